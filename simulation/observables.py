"""What a run says, as one tidy table of outcomes by place, leg, cut and group: for experiments and calibration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.kernels.layout import EVENTS, I64, Event
from simulation.result import RunResult

Mask = npt.NDArray[np.bool_]
COLUMNS = ["outcome", "scope_kind", "scope", "group_kind", "group", "value", "n_simulated"]

# Outcome -> event that it counts, wherever it happens.
COUNTED = {
    "journeys_started": Event.STARTED,
    "arrivals": Event.ARRIVED,
    "admissions": Event.ADMITTED,
    "deaths": Event.DEATH,
    "violence": Event.VIOLENCE,
    "sgbv": Event.SGBV,
    "robbery": Event.ROBBERY,
    "injury": Event.INJURY,
    "abductions": Event.ABDUCTION,
    "separations": Event.SEPARATION,
    "arrests": Event.ARREST,
    "detentions": Event.DETAINED,
    "expulsions": Event.EXPELLED,
    "interceptions": Event.INTERCEPTED,
    "rescues": Event.RESCUED,
    "sahara_crossings": Event.SAHARA_CROSSING,
    "sea_attempts": Event.SEA_ATTEMPT,
    "served": Event.SERVED,
    "unmet_need": Event.UNMET,
    "returned": Event.RETURNED,
    "settled": Event.SETTLED,
    "flow": Event.ENTERED,
}

# Rate -> (numerator, denominator), per 1,000.
RATES = {
    "deaths_per_1000_journeys": ("deaths", "journeys"),
    "deaths_sahara_per_1000_crossings": ("deaths_sahara", "sahara_crossings"),
    "deaths_sea_per_1000_attempts": ("deaths_sea", "sea_attempts"),
    "violence_per_1000_journeys": ("violence", "journeys"),
    "sgbv_per_1000_journeys": ("sgbv", "journeys"),
    "abductions_per_1000_journeys": ("abductions", "journeys"),
    "detentions_per_1000_journeys": ("detentions", "journeys"),
}


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
    return found


def first_month(result: RunResult, since: date | None) -> int:
    """Return the index of the month from which to count: that of ``since``, or the run's first."""
    start = result.scenario.document.period.start
    return 0 if since is None else max(0, (since.year - start.year) * 12 + since.month - start.month)


def outcome_cells(result: RunResult, since: date | None = None) -> dict[str, I64]:
    """Return every outcome as simulated people or person-days by cell and group, (C, G).

    Counts run from the month of ``since``; ``journeys`` are those that started from then on and those that were
    under way when that month began (counted at the first cell, which has no meaning for them).
    """
    c = result.counts
    month = first_month(result, since)
    n_cells, n_groups = c.stock.shape
    events = np.zeros((EVENTS, n_cells, n_groups), np.int64)
    of = c.event_month >= month
    np.add.at(events, (c.event_kind[of], c.event_cell[of], c.event_group[of]), c.event_count[of])
    days = np.zeros((n_cells, n_groups), np.int64)
    of = c.days_month >= month
    np.add.at(days, (c.days_cell[of], c.days_group[of]), c.days_count[of])
    cells = result.cells
    setting = cells["setting"].to_numpy()
    legs = result.scenario.legs
    sea = np.zeros(n_cells, np.bool_)
    desert = np.zeros(n_cells, np.bool_)
    sea[: len(legs)] = [leg.mode == "sea" for leg in legs]
    desert[: len(legs)] = [leg.mode == "desert" and leg.purpose == "irregular" for leg in legs]
    alive = setting != "ended"
    found: dict[str, I64] = {name: events[event] for name, event in COUNTED.items()}
    found["deaths_sea"] = np.where(sea[:, None], events[Event.DEATH], 0)
    found["deaths_sahara"] = np.where(desert[:, None], events[Event.DEATH], 0)
    found["journeys"] = events[Event.STARTED].copy()
    found["journeys"][0] += c.on_the_way[min(month, len(c.on_the_way) - 1)]
    found["detention_person_days"] = np.where((setting == "detention")[:, None], days, 0)
    found["captivity_person_days"] = np.where((setting == "captivity")[:, None], days, 0)
    found["person_days"] = days
    found["still_on_the_way"] = np.where(alive[:, None], c.stock, 0)
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


def summarise(result: RunResult, since: date | None = None) -> pd.DataFrame:
    """Return the tidy table of a run, or of its months from that of ``since`` on.

    One row per (outcome, scope_kind, scope, group_kind, group). scope_kind is all, place, leg or cut; group_kind is
    all, sex, age, stream or unaccompanied (groups over the whole map; places, legs and cuts for everybody).

    Returns:
        Columns outcome, scope_kind, scope, group_kind, group; value (float: people, person-days, or a rate per 1,000,
        weighted to 1:1; NaN for a rate without a denominator); n_simulated (int: simulated people or person-days
        behind the value; for a rate, behind its numerator).
    """
    outcomes = outcome_cells(result, since)
    weight = 1.0 / result.scale
    rows: list[tuple[str, str, str, str, str, float, int]] = []
    for group in _groups(result):
        total = {name: int(table[:, group.columns].sum()) for name, table in outcomes.items()}
        key = ("all", "all", group.kind, group.name)
        rows += [(name, *key, n * weight, n) for name, n in total.items()]
        for rate, (top, bottom) in RATES.items():
            value = 1000.0 * total[top] / total[bottom] if total[bottom] else float("nan")
            rows.append((rate, *key, value, total[top]))
    by_cell = {name: table.sum(axis=1) for name, table in outcomes.items()}
    for kind, scope, cells in _scopes(result):
        where = np.flatnonzero(cells)
        for name, totals in by_cell.items():
            if name == "journeys":
                continue
            n = int(totals[where].sum())
            if n:
                rows.append((name, kind, scope, "all", "all", n * weight, n))
    for point, cells in cuts(result).items():
        for name in ("flow", "deaths"):
            n = int(by_cell[name][cells].sum())
            rows.append((name, "cut", point, "all", "all", n * weight, n))
    return pd.DataFrame(rows, columns=COLUMNS)
