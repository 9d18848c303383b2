"""What the measures of a run cost: units used, by events or by settings over time, times unit costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import mesa
import numpy as np
import pandas as pd

from simulation.institutions import LeverBook, found_institutions
from simulation.institutions.sea import zone_of_legs
from simulation.kernels.layout import F64, Event, Purpose
from simulation.result import RunResult
from simulation.spec.models import Information, Scenario
from simulation.units import DAYS_PER_YEAR
from simulation.world.policy import Mask, calendar, change_days, day_number, reference_settings
from simulation.world.routes import Routes, build_routes
from simulation.world.tables import resolve_parameters

if TYPE_CHECKING:
    from simulation.model import RouteModel

COLUMNS = ["item", "unit", "units", "usd", "usd_low", "usd_high"]

# Item of unit_costs.csv -> events that are paid for, one unit each.
PAID_EVENTS = {
    "services": (Event.SERVED,),
    "returns_assisted": (Event.RETURNED_ASSISTED, Event.RETURNED_DETAINED),
    "returns_forced": (Event.EXPELLED,),
    "regional_protection": (Event.REFERRED,),
    "relocation": (Event.RELOCATED,),
}
# Item -> setting in which every person-day is paid for.
PAID_DAYS = {"detention": "detention", "alternatives": "alternative"}


@dataclass(frozen=True)
class Cost:
    """What one item cost."""

    item: str
    unit: str
    units: float
    usd: float
    usd_low: float
    usd_high: float
    n: int | None  # people simulated, or person-days, behind it; None: settings alone


class PolicyDesk(mesa.Model):
    """The institutions of a scenario without its people: what they set on a day needs nobody to travel."""

    def __init__(self, scenario: Scenario) -> None:
        """Found the institutions.

        Args:
            scenario: A valid scenario.
        """
        super().__init__(rng=0)  # nothing is drawn
        self.scenario = scenario
        self.routes = build_routes(scenario)
        self.parameters = resolve_parameters(scenario)
        self.reference = reference_settings(scenario, self.routes, self.parameters)
        self.settings = reference_settings(scenario, self.routes, self.parameters)
        self.institutions = found_institutions(cast("RouteModel", self))  # they read only what is set above

    def act(self, today: date) -> None:
        """Bring the settings to those of a day."""
        for institution in self.institutions:
            institution.act(today)


def costs(result: RunResult, since: date | None = None) -> pd.DataFrame:
    """Return what the measures of a run cost, for the items that unit_costs.csv prices.

    The difference between two runs is the cost of a package. Money spent by the people themselves is not in it.

    Args:
        result: A finished run.
        since: Count from the month of this day; None: from the first.

    Returns:
        Columns item; unit; units (float, weighted to 1:1); usd, usd_low, usd_high (at the unit cost and the ends of
        its range).
    """
    rows = [[getattr(cost, name) for name in COLUMNS] for cost in costs_of(result, since)]
    return pd.DataFrame(rows, columns=COLUMNS)


def costs_of(result: RunResult, since: date | None = None) -> list[Cost]:
    """Return the costs of a run in the order of unit_costs.csv; items that the model does not know are left out."""
    if not result.scenario.unit_costs:
        return []
    month = min(result.first_month(since), len(result.months) - 1)
    used = _of_events(result, month) | _of_settings(result, month)
    return [
        Cost(row.item, row.unit, units, units * row.value, units * row.low, units * row.high, n)
        for row in result.scenario.unit_costs
        if row.item in used
        for units, n in (used[row.item],)
    ]


Used = dict[str, tuple[float, int | None]]


def _of_events(result: RunResult, month: int) -> Used:
    """Return (units, people simulated or person-days) of every item paid by event or person-day."""
    c = result.counts
    late = c.event_month >= month
    used: Used = {}
    for item, events in PAID_EVENTS.items():
        n = int(c.event_count[late & np.isin(c.event_kind, events)].sum())
        used[item] = (n / result.scale, n)
    # An evacuation to a country of transit is paid like an admission: the quota that a budget buys is of both.
    regular = np.zeros(c.stock.shape[0], np.bool_)
    regular[: len(result.scenario.legs)] = [leg.purpose == "regular" for leg in result.scenario.legs]
    n = int(c.event_count[late & (c.event_kind == Event.COMPLETED) & regular[c.event_cell]].sum())
    used["legal_pathways"] = (n / result.scale, n)
    setting = result.cells["setting"].to_numpy()
    for item, where in PAID_DAYS.items():
        n = int(c.days_count[(c.days_month >= month) & (setting == where)[c.days_cell]].sum())
        used[item] = (n / result.scale, n)
    return used


def _of_settings(result: RunResult, month: int) -> Used:
    """Return (units, None) of every item paid by what is set, summed over the days; information by who passes."""
    desk = PolicyDesk(result.scenario)
    measures = _measures(desk)
    units = dict.fromkeys(measures, 0.0)
    entries, heard = 0, 0.0
    book = LeverBook(result.scenario, desk.routes)
    period = result.scenario.document.period
    first = day_number(period.start)
    for start, end in _spells(result, month):
        today = calendar(start)
        desk.act(today)
        for item, measure in measures.items():
            units[item] += measure() * (end - start)
        passing = result.counts.flow[start - first : end - first].sum(axis=0)
        reach = _reach(book, today, len(desk.routes.legs))
        heard += float((passing * reach).sum())
        entries += int(passing[reach > 0].sum())
    used: Used = {item: (value, None) for item, value in units.items()}
    used["information"] = (heard / result.scale, entries)
    return used


def _spells(result: RunResult, month: int) -> Iterator[tuple[int, int]]:
    """Yield (first day, day after the last) of every spell from a month on in which no lever changes."""
    period = result.scenario.document.period
    start = max(day_number(period.start), day_number(result.months[month].date()))
    end = day_number(period.end) + 1
    days = sorted({start, end, *(day for day in change_days(result.scenario) if start < day < end)})
    yield from pairwise(days)


def _reach(book: LeverBook, today: date, n_legs: int) -> F64:
    """Return (L,) share of people who hear accurate information on the way to a leg."""
    reach = np.zeros(n_legs)
    for ruling in book.rulings(Information):
        if ruling.holds(today):
            reach[ruling.legs] = ruling.entry.reach
    return reach


def _measures(desk: PolicyDesk) -> dict[str, Callable[[], float]]:
    """Return, by item, how many units a day today's settings use."""
    routes, now = desk.routes, desk.settings
    irregular: Mask = np.asarray(routes.purpose == Purpose.IRREGULAR, np.bool_)
    controlled = routes.land_controls
    usual = desk.parameters["control_reference"]
    helping = (routes.is_terminal == 0) & (routes.is_sea_zone == 0)

    def control() -> float:
        return float(np.maximum(now.control[controlled] - usual, 0.0).sum()) / DAYS_PER_YEAR

    def pursuit() -> float:
        return float(now.anti_smuggling[irregular].sum()) / DAYS_PER_YEAR

    def firewall() -> float:
        return float(now.firewall[helping & (now.capacity.sum(axis=1) > 0)].sum()) / DAYS_PER_YEAR

    return {
        "border_enforcement": control,
        "anti_smuggling": pursuit,
        "firewall": firewall,
        "search_and_rescue": lambda: _over_zones(routes, now.coverage, irregular),
        "interception": lambda: _over_zones(routes, now.interception, irregular),
    }


def _over_zones(routes: Routes, share: F64, irregular: Mask) -> float:
    """Return the sum over sea zones of the mean of a share over a zone's irregular legs."""
    zone = np.where(irregular, zone_of_legs(routes), -1)
    return float(sum(share[zone == z].mean() for z in np.unique(zone[zone >= 0])))
