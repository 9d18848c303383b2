"""The levers of the explore page, and what a choice of them is as a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from experiments.dose_levers import DOSES, Dose, add_entries
from simulation.spec.models import Scenario

Settings = Callable[[float], Sequence[Mapping[str, Any]]]
Choice = Mapping[str, float | None]
"""Amount by key of a dial; None, or left out: as in the scenario."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_DOSES: dict[str, Dose] = {dose.lever: dose for dose in DOSES}


class Dial(NamedTuple):
    """One lever as the page offers it.

    A dial has a handful of steps and "as in the scenario", which no position of a slider could say.
    """

    key: str
    """Key of the lever, as `safepassage levers` lists it."""
    label: str
    meaning: str
    """What it changes and where, in one sentence."""
    steps: tuple[float, ...]
    unit: str
    """How a step is said, as a format of the amount."""
    settings: Settings

    def say(self, amount: float) -> str:
        """Return a step in words."""
        return self.unit.format(amount)


DIALS: tuple[Dial, ...] = (
    Dial(
        "border_enforcement",
        "Border enforcement",
        "share of vehicles stopped on controlled roads in Mali, Niger, Chad, Sudan and Algeria",
        SHARES,
        "{:.0%}",
        _DOSES["border_enforcement"].settings,
    ),
    Dial(
        "search_and_rescue",
        "Rescue at sea",
        "share of boats, in every sea, that are in reach of a rescue vessel",
        SHARES,
        "{:.0%}",
        _DOSES["search_and_rescue"].settings,
    ),
    Dial(
        "interception",
        "Interception at sea",
        "share of boats from western Libya that a coast guard looks for, to bring people back",
        SHARES,
        "{:.0%}",
        _DOSES["interception"].settings,
    ),
    Dial(
        "services",
        "Services on the way",
        "capacity of health care, shelter, basic aid, protection and information, everywhere",
        (0.5, 2.0, 4.0, 8.0),
        "{:g} times the reference",
        _DOSES["services"].settings,
    ),
    Dial(
        "detention",
        "Longest detention",
        "nobody is held longer by state authorities, wherever there is detention",
        (7.0, 30.0, 90.0),
        "{:g} days",
        lambda days: [{"time_limit": f"{days:g} days"}],
    ),
    Dial(
        "legal_pathways",
        "Regular pathways",
        "places for visas, work, family, study and other regular ways; who may apply stays as it is",
        (0.5, 2.0, 5.0, 10.0),
        "{:g} times the places",
        lambda times: [{"quota_factor": times}],
    ),
)


def apply(scenario: Scenario, choice: Choice, since: date) -> Scenario:
    """Return the scenario with the chosen levers in force from a day to the end, over whatever it sets itself.

    Raises:
        ValueError: The choice names a lever that the page does not have.
    """
    unknown = set(choice) - {dial.key for dial in DIALS}
    if unknown:
        raise ValueError(f"the page has no lever {', '.join(sorted(unknown))}")
    entries = {
        dial.key: [fit_scope(entry, scenario) for entry in dial.settings(amount)]
        for dial in DIALS
        if (amount := choice.get(dial.key)) is not None
    }
    return add_entries(scenario, entries, since=since)


def fit_scope(entry: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """Return a setting that reaches no further than the map; on a map with none of its scope it holds everywhere."""
    own = {
        "countries": {place.country for place in scenario.places},
        "legs": {leg.id for leg in scenario.legs},
    }
    scope = {kind: [n for n in names if n in own[kind]] for kind, names in entry.get("scope", {}).items()}
    rest = {key: value for key, value in entry.items() if key != "scope"}
    return {**rest, "scope": scope} if any(scope.values()) else rest


def list_days(scenario: Scenario) -> list[date]:
    """Return the days from which levers can be changed: the first of each half-year in which people depart."""
    period = scenario.document.period
    years = range(period.start.year, period.departures_end.year + 1)
    days = [date(year, month, 1) for year in years for month in (1, 7)]
    return [day for day in days if period.start < day < period.departures_end] or [period.start]
