"""What every lever is, as plain data: keys, objectives, unit costs, and the entries of a scenario that are in force."""

from __future__ import annotations

import re
from typing import Any, get_args

from simulation.spec.gcm import GCM_OBJECTIVES
from simulation.spec.models import LeverEntry, Levers, Scenario, Scope
from simulation.spec.publish import describe_fields

_SCOPES = {
    "legs": "countries, places or legs",
    "places": "countries or places",
    "pathways": "countries, places, legs or kinds of pathway",
}
# Lever -> what it acts on; search and rescue and interception also take a sea zone as a place.
_ACTS_ON = {
    "border_enforcement": "legs",
    "anti_smuggling": "legs",
    "legal_pathways": "pathways",
    "detention": "places",
    "services": "legs",  # capacity at places, mobile teams on legs
    "firewall": "places",
    "search_and_rescue": "legs",
    "interception": "legs",
    "returns": "places",
    "free_movement": "legs",
    "information": "legs",
    "regional_protection": "places",
    "relocation": "places",
}


def list_levers(scenario: Scenario | None = None) -> list[dict[str, Any]]:
    """Return one entry a lever, ready for JSON.

    Args:
        scenario: Adds the unit costs of its tables (``costs``) and its settings over time (``entries``).
    """
    return [
        _lever(name, get_args(field.annotation)[0], scenario) for name, field in Levers.model_fields.items()
    ]


def _lever(name: str, kind: type[LeverEntry], scenario: Scenario | None) -> dict[str, Any]:
    fields = describe_fields(kind, without=tuple(LeverEntry.model_fields))
    keys = [
        dict(zip(("key", "value", "default", "meaning"), map(_plain, row), strict=True)) for row in fields
    ]
    told: dict[str, Any] = {
        "lever": name,
        "changes": _plain(kind.__doc__ or ""),
        "keys": keys,
        "scope": _SCOPES[_ACTS_ON[name]],
        "gcm": [{"objective": number, "title": GCM_OBJECTIVES[number]} for number in kind.gcm],
        "cost_items": list(kind.costs),
    }
    if scenario is not None:
        told["costs"] = [
            row.model_dump(include={"item", "unit", "value", "low", "high", "source", "confidence"})
            for row in scenario.unit_costs
            if row.item in kind.costs
        ]
        told["entries"] = [_entry(entry, scenario) for entry in getattr(scenario.document.levers, name)]
    return told


def _entry(entry: LeverEntry, scenario: Scenario) -> dict[str, Any]:
    period = scenario.document.period
    return {
        "from": str(entry.start or period.start),
        "to": str(entry.end or period.end),
        "scope": {kind: list(getattr(entry.scope, kind)) for kind in Scope.model_fields if getattr(entry.scope, kind)},
        "settings": entry.model_dump(
            mode="json", exclude_unset=True, exclude={"start", "end", "scope", "source"}
        ),
        "source": entry.source,
    }  # fmt: skip


def _plain(text: str) -> str:
    """Return text without the marks of Markdown, on one line."""
    return re.sub(r"\s+", " ", text).replace("`", "").replace("**", "").strip()
