"""The ODD names everything that the model has: a name that is added to the code must be explained there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from small_worlds import tiny

from experiments.patterns import PATTERNS
from simulation import run
from simulation.cohorts import ENDS, EVER, PEOPLE
from simulation.kernels.layout import Event, Status
from simulation.observables import outcome_amounts, outcome_cells
from simulation.outcomes import ALL_RATIOS, COUNTED, RECORDED
from simulation.phases import DAY
from simulation.result import TABLES
from simulation.spec.models import (
    PARAMETER_NAMES,
    Coupling,
    LeverEntry,
    Levers,
    PathwayKind,
    Scenario,
    VehicleRisk,
)
from simulation.spec.quantities import Eligible, ServiceKind
from simulation.world.routes import OUTCOMES

DOCS = Path(__file__).parents[2] / "docs"
ODD = (DOCS / "ODD.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z0-9_.]+)`", ODD))


ENTRIES: list[type[LeverEntry]] = [get_args(field.annotation)[0] for field in Levers.model_fields.values()]


def lever_keys() -> set[str]:
    """Return the keys of every lever beside its dates, scope and source."""
    return {key for entry in ENTRIES for key in entry.model_fields} - set(LeverEntry.model_fields)


def outcome_names() -> set[str]:
    """Return the names of all outcomes but costs, whose names are made of items of unit costs."""
    result = run(tiny("line"), scale=0.1)
    cohorts = {PEOPLE, *ENDS, *EVER}
    return {*COUNTED, *RECORDED, *ALL_RATIOS, *outcome_cells(result), *outcome_amounts(result), *cohorts}


NAMES = {
    "levers": set(Levers.model_fields),
    "keys of levers": lever_keys(),
    "statuses": {status.name.lower() for status in Status},
    "events": {event.name.lower() for event in Event},
    "harms": set(OUTCOMES),
    "outcomes": outcome_names(),
    "patterns": {pattern.name for pattern in PATTERNS},
    "items of unit costs": {item for entry in ENTRIES for item in entry.costs},
    "tables of a run": set(TABLES),
    "kinds of service": set(get_args(ServiceKind)),
    "kinds of pathway": set(get_args(PathwayKind)),
    "who may apply": set(get_args(Eligible)),
    "parameters": set(PARAMETER_NAMES),
    "phases of a day": {phase.__name__ for phase in DAY},
    "couplings": set(Coupling.model_fields),
    "tables": set(Scenario.model_fields) - {"document"},
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_name_is_explained(kind: str) -> None:
    assert NAMES[kind], kind
    assert sorted(NAMES[kind] - NAMED) == []


@pytest.mark.parametrize("lever", Levers.model_fields)
def test_every_lever_is_told_with_its_keys_and_objectives(lever: str) -> None:
    entry = get_args(Levers.model_fields[lever].annotation)[0]
    line = next(line for line in ODD.splitlines() if line.startswith(f"| `{lever}` |"))
    keys = set(re.findall(r"`(\w+)`", line.split("|")[2]))
    assert keys == set(entry.model_fields) - set(LeverEntry.model_fields)
    assert line.split("|")[4].strip() == ", ".join(str(objective) for objective in entry.gcm)


@pytest.mark.parametrize("name", PARAMETER_NAMES)
def test_every_parameter_is_in_the_list_of_parameters(name: str) -> None:
    listed = ODD.split("### 7.20 Parameters")[1].split("\n## ")[0]
    assert f"`{name}`" in listed


def test_every_quantity_of_vehicles_is_explained() -> None:
    quantities = VehicleRisk.model_fields["quantity"].annotation.__args__
    assert [q for q in quantities if q not in ODD] == []


def test_all_seven_elements_are_there() -> None:
    titles = re.findall(r"^## (\d)\. (.+)$", ODD, flags=re.MULTILINE)
    assert [title for _, title in titles[:7]] == [
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    ]


def test_the_architecture_names_files_that_exist() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:simulation|experiments|tests|docs)/[\w/.*]+)`", text)
    assert len(named) > 12
    assert [name for name in named if not list(DOCS.parent.glob(name.rstrip("/")))] == []


def test_the_day_is_described_in_its_order() -> None:
    order = [phase.__name__ for phase in DAY]
    for text in (ODD, (DOCS / "architecture.md").read_text(encoding="utf-8")):
        places = [text.index(f"`{name}`") for name in order]
        assert places == sorted(places)


@pytest.mark.parametrize("page", ["ODD.md", "architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []
