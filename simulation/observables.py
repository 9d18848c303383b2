"""What a run says, as one tidy table of outcomes by place, leg, cut and group: for experiments and calibration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.cohorts import cohort_rows
from simulation.costs import costs_of
from simulation.kernels.layout import EVENTS, F64, I64, Event
from simulation.outcomes import (
    ALL_RATIOS,
    COUNTED,
    DAYS_IN,
    IN_CUSTODY,
    MONEY,
    RATES,
    RATIOS,
    RECORDABLE,
    RECORDED,
)
from simulation.recorded import recorded_cells, recorded_share
from simulation.result import RunResult

__all__ = [
    "COLUMNS",
    "COUNTED",
    "RATES",
    "RATIOS",
    "Amount",
    "cuts",
    "outcome_amounts",
    "outcome_cells",
    "summarise",
]

Mask = npt.NDArray[np.bool_]
COLUMNS = ["outcome", "scope_kind", "scope", "group_kind", "group", "value", "n_simulated"]


@dataclass(frozen=True)
class Amount:
    """An outcome with the people behind it."""

    value: F64  # (C, G), or a sum over cells or groups; of the people simulated, in the outcome's own unit
    n: I64  # the same shape: people simulated, or person-days, behind it


@dataclass(frozen=True)
class _Group:
    kind: str
    name: str
    columns: Mask  # (G,)


def _groups(result: RunResult) -> list[_Group]:
    table = result.groups
    found = [_Group("all", "all", np.ones(len(table), np.bool_))]
    for kind in ("sex", "age", "stream"):
        column = table[kind].to_numpy()
        found += [_Group(kind, str(name), column == name) for name in dict.fromkeys(column)]
    found.append(_Group("unaccompanied", "unaccompanied", table["company"].to_numpy() == "unaccompanied"))
    risk_group = {row.stream: row.risk_group for row in result.scenario.composition}
    of_column = np.array([risk_group.get(stream, "") for stream in table["stream"]])
    names = [name for name in dict.fromkeys(of_column) if name]
    if len(names) > 1:
        found += [_Group("risk_group", str(name), of_column == name) for name in names]
    return found


def _events(result: RunResult, month: int) -> I64:
    """Return (EVENTS, C, G) events from a month on."""
    c = result.counts
    events = np.zeros((EVENTS, *c.stock.shape), np.int64)
    of = c.event_month >= month
    np.add.at(events, (c.event_kind[of], c.event_cell[of], c.event_group[of]), c.event_count[of])
    return events


def _entered(result: RunResult, month: int) -> I64:
    """Return (C, G) legs entered in one month."""
    c = result.counts
    entered = np.zeros(c.stock.shape, np.int64)
    of = (c.event_month == month) & (c.event_kind == Event.ENTERED)
    np.add.at(entered, (c.event_cell[of], c.event_group[of]), c.event_count[of])
    return entered


def _days(result: RunResult, month: int) -> I64:
    """Return (C, G) person-days from a month on."""
    c = result.counts
    days = np.zeros(c.stock.shape, np.int64)
    of = c.days_month >= month
    np.add.at(days, (c.days_cell[of], c.days_group[of]), c.days_count[of])
    return days


def outcome_cells(result: RunResult, since: date | None = None) -> dict[str, I64]:
    """Return every outcome that counts people or person-days, of those simulated, by cell and group, (C, G).

    Counts run from the month of ``since``; ``journeys`` are those that started from then on, again or for the first
    time, and those that were under way when that month began (counted at the first cell, which has no meaning for
    them).
    """
    c = result.counts
    month = result.first_month(since)
    events, days = _events(result, month), _days(result, month)
    setting = result.cells["setting"].to_numpy()
    child = (result.groups["age"] == "child").to_numpy()
    found: dict[str, I64] = {name: events[event] for name, event in COUNTED.items()}
    for name, cells in recorded_cells(result).items():
        found[name] = np.where(cells[:, None], events[list(RECORDABLE[name][0])].sum(axis=0), 0)
    for name, (event, custody) in IN_CUSTODY.items():
        found[name] = np.where((setting == custody)[:, None], events[event], 0)
    found["flow_first_month"] = _entered(result, month)
    found["detentions_children"] = np.where(child, events[Event.DETAINED], 0)
    found["journeys"] = events[Event.STARTED] + events[Event.RESTARTED]
    found["journeys"][0] += c.on_the_way[min(month, len(c.on_the_way) - 1)]
    for name, where in DAYS_IN.items():
        found[name] = np.where((setting == where)[:, None], days, 0)
    found["detention_child_person_days"] = np.where(child, found["detention_person_days"], 0)
    found["person_days"] = days
    found["still_on_the_way"] = np.where((setting != "ended")[:, None], c.stock, 0)
    return found


def outcome_amounts(result: RunResult, since: date | None = None) -> dict[str, Amount]:
    """Return sums of money in USD, and what would be recorded of what happens, by cell and group, (C, G).

    ``n`` of money is how many events there were in which it can change hands (of wages: person-days at work), of a
    recorded outcome how many true events. A recorded outcome is left out where observation.csv has no rate for some
    month, or the map nothing that its indicator counts.
    """
    month = result.first_month(since)
    events, days = _events(result, month), _days(result, month)
    working = (result.cells["setting"] == "working").to_numpy()[:, None]
    found = {}
    for name, (usd, behind) in MONEY.items():
        n = events[list(behind)].sum(axis=0) if behind else np.where(working, days, 0)
        found[name] = Amount(events[list(usd)].sum(axis=0).astype(np.float64), n)
    cells = recorded_cells(result)
    for name, true in RECORDED.items():
        kinds, indicator = RECORDABLE[true]
        rate = recorded_share(result, indicator)
        if cells[true].any() and not np.isnan(rate[month:]).any():
            found[name] = _recorded(result, month, kinds, cells[true], rate)
    return found


def _recorded(result: RunResult, month: int, kinds: tuple[Event, ...], cells: Mask, rate: F64) -> Amount:
    """Return the events at some cells as they would be recorded."""
    c = result.counts
    of = np.isin(c.event_kind, kinds) & (c.event_month >= month) & cells[c.event_cell]
    where = (c.event_cell[of], c.event_group[of])
    found = Amount(np.zeros(c.stock.shape), np.zeros(c.stock.shape, np.int64))
    np.add.at(found.n, where, c.event_count[of])
    np.add.at(found.value, where, c.event_count[of] * rate[c.event_month[of]])
    return found


def _scopes(result: RunResult) -> Iterator[tuple[str, str, Mask]]:
    """Yield (kind, name, cells) of every place and leg."""
    cells = result.cells
    setting, location = cells["setting"].to_numpy(), cells["location"].to_numpy()
    on_leg, ended = setting == "leg", setting == "ended"
    for leg in result.scenario.legs:
        yield "leg", leg.id, on_leg & (location == leg.id)
    for place in result.scenario.places:
        yield "place", place.id, ~on_leg & ~ended & (location == place.id)


def cuts(result: RunResult) -> dict[str, Mask]:
    """Return the cells of the legs of every monitoring point and cut."""
    legs = np.array([leg.id for leg in result.scenario.legs])
    points: dict[str, list[str]] = {}
    for row in result.scenario.monitoring:
        points.setdefault(row.point, []).append(row.leg)
    padded = {}
    for point, members in points.items():
        mask = np.zeros(result.counts.stock.shape[0], np.bool_)
        mask[: legs.size] = np.isin(legs, members)
        padded[point] = mask
    return padded


Row = tuple[str, str, str, str, str, float, int]


def _totals(amounts: dict[str, Amount], of: Mask, weight: float) -> dict[str, tuple[float, int]]:
    """Return (value weighted to 1:1, people simulated behind it) of every outcome over some groups or cells."""
    where = np.flatnonzero(of)
    return {
        name: (float(a.value[where].sum()) * weight, int(a.n[where].sum())) for name, a in amounts.items()
    }


def _ratio_rows(total: dict[str, tuple[float, int]], key: tuple[str, str, str, str]) -> Iterator[Row]:
    for name, ratio in ALL_RATIOS.items():
        bottom = sum(total[outcome][0] for outcome in ratio.bottoms)
        top, n = total[ratio.top]
        yield (name, *key, ratio.factor * top / bottom if bottom else float("nan"), n)


def _local_rows(result: RunResult, by_cell: dict[str, Amount], weight: float) -> Iterator[Row]:
    """Yield the rows of places, legs and cuts, for everybody."""
    for kind, scope, cells in _scopes(result):
        for name, (value, n) in _totals(by_cell, cells, weight).items():
            if name != "journeys" and (n or value):
                yield (name, kind, scope, "all", "all", value, n)
    at_cuts = ("flow", "flow_first_month", "flow_niger_recorded", "deaths")
    passing = {name: by_cell[name] for name in at_cuts if name in by_cell}
    for point, cells in cuts(result).items():
        for name, (value, n) in _totals(passing, cells, weight).items():
            yield (name, "cut", point, "all", "all", value, n)


def _cost_rows(result: RunResult, since: date | None, journeys: int) -> Iterator[Row]:
    """Yield what each item costs, and all of them; a cost of settings alone rests on all journeys."""
    key = ("all", "all", "all", "all")
    found = costs_of(result, since)
    for row in found:
        yield (f"cost_{row.item}", *key, row.usd, journeys if row.n is None else row.n)
    if found:
        yield ("cost_total", *key, sum(row.usd for row in found), journeys)


def _cohort_rows(result: RunResult, since: date | None) -> Iterator[Row]:
    """Yield what has become of the departure cohorts, for everybody."""
    period = result.scenario.document.period
    found = cohort_rows(result.counts.cohorts, result.scale, period.start, period.end, since)
    for name, kind, scope, value, n in found:
        yield (name, kind, scope, "all", "all", value, n)


def _sum(counts: dict[str, I64], amounts: dict[str, Amount], axis: int) -> dict[str, Amount]:
    """Return every outcome summed over cells (axis 0) or groups (axis 1)."""
    summed = {name: table.sum(axis=axis) for name, table in counts.items()}
    return {name: Amount(n.astype(np.float64), n) for name, n in summed.items()} | {
        name: Amount(a.value.sum(axis=axis), a.n.sum(axis=axis)) for name, a in amounts.items()
    }


def summarise(result: RunResult, since: date | None = None) -> pd.DataFrame:
    """Return the tidy table of a run, or of its months from that of ``since`` on.

    One row per (outcome, scope_kind, scope, group_kind, group). scope_kind is all, place, leg, cut, or cohort and
    cohort_young (departure cohorts, see ``simulation.cohorts``); group_kind is all, sex, age, stream, unaccompanied, or
    risk_group where the map has several (groups over the whole map; places, legs, cuts and cohorts for everybody; costs
    for the whole map and everybody).

    Returns:
        Columns outcome, scope_kind, scope, group_kind, group; value (float: people, person-days, USD, a rate per
        1,000, a share or a mean, weighted to 1:1; NaN for a ratio without a denominator); n_simulated (int: simulated
        people or person-days behind the value; for a ratio, behind its numerator; for money, events in which it can
        change hands; for a cost of settings alone, all journeys).
    """
    counts, amounts = outcome_cells(result, since), outcome_amounts(result, since)
    weight = 1.0 / result.scale
    by_group, by_cell = _sum(counts, amounts, 0), _sum(counts, amounts, 1)
    rows: list[Row] = []
    for group in _groups(result):
        total = _totals(by_group, group.columns, weight)
        key = ("all", "all", group.kind, group.name)
        rows += [(name, *key, value, n) for name, (value, n) in total.items()]
        rows += _ratio_rows(total, key)
    rows += _cost_rows(result, since, int(by_group["journeys"].n.sum()))
    rows += _local_rows(result, by_cell, weight)
    rows += _cohort_rows(result, since)
    return pd.DataFrame(rows, columns=COLUMNS)
