"""Published numbers of 2014-2019, and the quantity of the model that each is held against."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import Event
from simulation.result import RunResult
from simulation.spec.models import Scenario
from simulation.world.routes import Routes

Mask = npt.NDArray[np.bool_]
FACTOR = 3.0
_OTHER_SEAS = ("sea_atlantic", "sea_alboran")  # the ways to Spain are not the Central Mediterranean


@dataclass(frozen=True)
class Observed:
    """One row of observed_orders.csv: people, in a period or on its last day."""

    indicator: str
    start: date
    end: date
    value: float
    low: float
    high: float
    population: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Lived:
    """One run of the history, with the people counted on census days.

    Attributes:
        result: The run.
        routes: Its route graph.
        bound: Census day -> people simulated in Libya, free or held, who mean to go on to Europe.
        held: Census day -> people simulated in official detention in Libya.
    """

    result: RunResult
    routes: Routes
    bound: dict[date, int]
    held: dict[date, int]


@dataclass(frozen=True)
class Order:
    """One comparison: people, at 1:1.

    Attributes:
        indicator: Key of MATCHED.
        start: First day.
        end: Last day, and the day of a stock.
        is_whole: Whether this is the indicator's row for all its years together (a stock: the mean of its days).
        true: What happens in the model, mean of the seeds.
        recorded: What of it would be recorded, mean of the seeds.
        low: The same at the low end of the recorded share.
        high: At the high end.
        seeds: Lowest and highest of the seeds, as recorded.
        observed: The published number, with its range.
        observed_low: Low end.
        observed_high: High end.
        source: Keys of sources.csv.
        confidence: How well the published number is known.
    """

    indicator: str
    start: date
    end: date
    is_whole: bool
    true: float
    recorded: float
    low: float
    high: float
    seeds: tuple[float, float]
    observed: float
    observed_low: float
    observed_high: float
    source: str
    confidence: str

    @property
    def ratio(self) -> float:
        """Model as recorded over observed."""
        return self.recorded / self.observed

    @property
    def verdict(self) -> str:
        """Whether the ratio is within the factor: yes, only within the ranges, or no (and to which side)."""
        if 1 / FACTOR <= self.ratio <= FACTOR:
            return "yes"
        reaches = self.low / self.observed_high <= FACTOR and self.high / self.observed_low >= 1 / FACTOR
        return ("too low" if self.ratio < 1 else "too high") + (", ranges reach" if reaches else "")


def read_observed(path: Path) -> list[Observed]:
    """Return the rows of observed_orders.csv that some quantity of the model matches."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Observed(
                row["indicator"],
                date.fromisoformat(row["from"]),
                date.fromisoformat(row["to"]),
                float(row["value"]),
                float(row["low"]),
                float(row["high"]),
                row["population"],
                row["source"],
                row["confidence"],
            )
            for row in csv.DictReader(file)
            if row["indicator"] in MATCHED
        ]


# What of the model matches ---
def _events(lived: Lived, kinds: Sequence[Event], cells: Mask, start: date, end: date) -> int:
    """Return people simulated to whom events happened at some cells, in the calendar months from start to end."""
    result = lived.result
    counts = result.counts
    of = np.isin(counts.event_kind, kinds) & cells[counts.event_cell]
    of &= (counts.event_month >= result.first_month(start)) & (counts.event_month <= result.first_month(end))
    return int(counts.event_count[of].sum())


def _on_legs(lived: Lived, legs: Mask) -> Mask:
    """Return (C,) the cells of some legs."""
    return np.concatenate([legs, np.zeros(lived.result.counts.stock.shape[0] - legs.size, np.bool_)])


def _central_sea(routes: Routes) -> Mask:
    """Return (L,) irregular legs by sea on the Central Mediterranean."""
    return np.array([leg.mode == "sea" and leg.risk_zone not in _OTHER_SEAS for leg in routes.legs], np.bool_)


def _arrivals(lived: Lived, start: date, end: date) -> int:
    return _events(lived, [Event.ARRIVED], _on_legs(lived, _central_sea(lived.routes)), start, end)


def _brought_back(country: str) -> Count:
    """Return the count of people brought back from sea to a country."""

    def count(lived: Lived, start: date, end: date) -> int:
        routes = lived.routes
        landed = routes.destination[np.maximum(routes.back_leg, 0)]
        there = np.array([place.country == country for place in routes.places], np.bool_)
        legs = (routes.back_leg >= 0) & there[landed]
        return _events(lived, [Event.INTERCEPTED], _on_legs(lived, legs), start, end)

    return count


def _deaths_at_sea(lived: Lived, start: date, end: date) -> int:
    return _events(lived, [Event.DEATH], _on_legs(lived, _central_sea(lived.routes)), start, end)


def _deaths_in_desert(lived: Lived, start: date, end: date) -> int:
    legs = np.array([leg.mode == "desert" for leg in lived.routes.legs], np.bool_)
    return _events(lived, [Event.DEATH], _on_legs(lived, legs), start, end)


def _deaths_in_libya(lived: Lived, start: date, end: date) -> int:
    """Count deaths at places in Libya north of 28 degrees, and on the roads between them."""
    routes, cells = lived.routes, lived.result.cells
    north = {place.id for place in routes.places if place.country == "LBY" and place.latitude > 28.0}
    roads = {
        leg.id
        for leg in routes.legs
        if leg.origin in north and leg.destination in north and leg.mode != "sea"
    }
    here = cells["location"].isin(north | roads).to_numpy()
    return _events(lived, [Event.DEATH], here, start, end)


def _bound_for_europe(lived: Lived, start: date, end: date) -> int:
    return lived.bound[end]


def _detained(lived: Lived, start: date, end: date) -> int:
    return lived.held[end]


def _past_agadez(lived: Lived, start: date, end: date) -> int:
    """Count people who enter the legs of the two monitoring points north of Agadez, day by day."""
    points = {row.leg for row in lived.result.scenario.monitoring if row.kind == "monitoring_point"}
    legs = np.array([leg.id in points for leg in lived.routes.legs], np.bool_)
    first = lived.result.scenario.document.period.start
    days = slice((start - first).days, (end - first).days + 1)
    return int(lived.result.counts.flow[days, legs].sum())


def _expelled(lived: Lived, start: date, end: date) -> int:
    """Count people driven over the border of Algeria to Niger: those who enter the last leg of expulsion."""
    routes = lived.routes
    country = {place.id: place.country for place in routes.places}
    legs = np.array(
        [
            leg.purpose == "return_forced"
            and (country[leg.origin], country[leg.destination]) == ("DZA", "NER")
            for leg in routes.legs
        ],
        np.bool_,
    )
    return _events(lived, [Event.ENTERED], _on_legs(lived, legs), start, end)


def _flown_home(lived: Lived, start: date, end: date) -> int:
    libya = [place.id for place in lived.routes.places if place.country == "LBY"]
    here = lived.result.cells["location"].isin(libya).to_numpy()
    return _events(lived, [Event.RETURNED_ASSISTED, Event.RETURNED_DETAINED], here, start, end)


Count = Callable[[Lived, date, date], int]


class Matched(NamedTuple):
    """What of the model an indicator is held against."""

    title: str
    count_people: Count
    rate: str
    """Indicator of observation.csv through which the model's number goes; empty: the published one is of all."""
    is_stock: bool
    is_core: bool
    """Whether it is one of the orders that the model must meet; the others are there to see what is behind them."""
    meaning: str


MATCHED = {
    "sea_arrivals": Matched(
        "Sea arrivals", _arrivals, "", False, True,
        "arrivals by sea from Libya, Tunisia and Algeria; the published detections are already turned into people "
        "landed, of our streams alone",
    ),
    "interceptions_libya": Matched(
        "Brought back to Libya", _brought_back("LBY"), "interceptions_libya", False, True,
        "people pulled back to a place in Libya",
    ),
    "interceptions_tunisia": Matched(
        "Stopped off Tunisia", _brought_back("TUN"), "interceptions_tunisia", False, True,
        "people pulled back to a place in Tunisia",
    ),
    "deaths_sea_recorded": Matched(
        "Deaths at sea, recorded", _deaths_at_sea, "deaths_sea", False, True,
        "deaths on the sea legs of the Central Mediterranean, not those to Spain",
    ),
    "deaths_desert_recorded": Matched(
        "Deaths in the desert, recorded", _deaths_in_desert, "deaths_desert", False, True,
        "deaths on desert legs",
    ),
    "people_in_libya_bound_for_europe": Matched(
        "People in Libya bound for Europe", _bound_for_europe, "", True, True,
        "people at places in Libya, free or held, who mean Europe, counted one by one on the last day; the published "
        "stock is already cut to those who name Europe",
    ),
    "flow_agadez": Matched(
        "Flow north of Agadez", _past_agadez, "flow_niger", False, True,
        "people who pass Seguedine and Arlit, short trade left out",
    ),
    "detained_libya_official": Matched(
        "Detained in Libya", _detained, "", True, False,
        "people in official detention on the day; those in unofficial sites are apart in the model",
    ),
    "deaths_libya_recorded": Matched(
        "Deaths in northern Libya, recorded", _deaths_in_libya, "deaths_libya", False, False,
        "deaths at places and on roads north of 28 degrees, in custody included",
    ),
    "expelled_algeria": Matched(
        "Expelled from Algeria to Niger", _expelled, "expelled_algeria", False, False,
        "people driven over the border to Assamaka; in 2015 only official convoys of Nigeriens were counted",
    ),
    "returns_assisted_libya": Matched(
        "Flown home from Libya", _flown_home, "returns_assisted", False, False,
        "assisted returns, from custody or not",
    ),
}  # fmt: skip


def recorded_share(scenario: Scenario, indicator: str, year: int) -> tuple[float, float, float]:
    """Return (share, low, high) of what happens that is recorded in a year; all 1 for an empty indicator.

    Raises:
        ValueError: observation.csv has no row for the year.
    """
    if not indicator:
        return 1.0, 1.0, 1.0
    for row in scenario.observation:
        if row.indicator == indicator and row.from_year <= year <= row.to_year:
            return row.rate, row.low, row.high
    raise ValueError(f"observation.csv has no rate of {indicator} in {year}")


# Comparing ---
def compare(observed: Sequence[Observed], runs: Sequence[Lived]) -> list[Order]:
    """Return, for every indicator, the row of all its years and then one a published number.

    Args:
        observed: Published numbers.
        runs: Runs of the same scenario and scale, a seed each.
    """
    orders: list[Order] = []
    for indicator in MATCHED:
        own = [_compare_one(row, runs) for row in observed if row.indicator == indicator]
        if own:
            orders += [_whole(own), *own]
    return orders


def _compare_one(row: Observed, runs: Sequence[Lived]) -> Order:
    matched = MATCHED[row.indicator]
    share, low, high = recorded_share(runs[0].result.scenario, matched.rate, row.start.year)
    each = [matched.count_people(run, row.start, row.end) / run.result.scale for run in runs]
    true = math.fsum(each) / len(each)
    return Order(
        row.indicator, row.start, row.end, False, true, share * true, low * true, high * true,
        (share * min(each), share * max(each)), row.value, row.low, row.high, row.source, row.confidence,
    )  # fmt: skip


def _whole(own: Sequence[Order]) -> Order:
    """Return the sum over the rows that no other row contains; the mean of stocks."""
    parts = list(_not_inside_another(own))
    by = 1 / len(parts) if MATCHED[own[0].indicator].is_stock else 1.0

    def total(name: str) -> float:
        return by * math.fsum(getattr(part, name) for part in parts)

    seeds = (by * math.fsum(part.seeds[0] for part in parts), by * math.fsum(part.seeds[1] for part in parts))
    return Order(
        own[0].indicator, parts[0].start, parts[-1].end, True, total("true"), total("recorded"), total("low"),
        total("high"), seeds, total("observed"), total("observed_low"), total("observed_high"),
        " ".join(dict.fromkeys(key for part in parts for key in part.source.split())),
        " ".join(dict.fromkeys(part.confidence for part in parts)),
    )  # fmt: skip


def _not_inside_another(own: Sequence[Order]) -> Iterator[Order]:
    for order in own:
        inside = [o for o in own if o is not order and o.start <= order.start and order.end <= o.end]
        if not inside:
            yield order
