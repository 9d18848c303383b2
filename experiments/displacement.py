"""How much of the harm that fell in one place, or for some people, reappeared in another: one line a harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.collect import ALL, Values
from experiments.compare import DISPLACED
from experiments.countries import say_country
from experiments.statistics import (
    INTERVAL_KINDS,
    LEVEL,
    Estimate,
    Floats,
    IntervalKind,
    mean_interval,
    spread_interval,
)
from experiments.wording import is_known, say_group, say_leg, say_number, say_outcome, say_place
from simulation.display import FEW_PEOPLE
from simulation.spec.models import Scenario

MAP, NATIONALITY = "map", "nationality"
AMONG = (MAP, "sex", "age", NATIONALITY)
"""Where harm can move: between places and legs, and between people by sex, age and nationality."""
COLUMNS = [
    "interval_kind", "arm", "outcome", "among", "cells", "fell", "fell_low", "fell_high", "rose", "rose_low",
    "rose_high", "share_reappeared", "share_reappeared_low", "share_reappeared_high", "most_rise", "most_rise_by",
    "most_fall", "most_fall_by", "replicates", "fewer_than_10",
]  # fmt: skip
LEAST = 3
"""Pairs below which no cell can be called by the others."""


class Moved(NamedTuple):
    """What fell in cells that fall, and what rose in cells that rise. All (n_replicates,), in the outcome's unit."""

    fell: Floats
    rose: Floats


def split_moves(change: Floats) -> Moved:
    """Return the falls and rises of each replicate, cells called rising or falling by all *other* replicates.

    Adding up whatever happens to rise would count luck as harm that moved: with luck alone, as much rises as falls.
    Called by the others, luck alone adds up to 0 on average, and may be negative in a replicate.

    Args:
        change: (n_cells, n_replicates) variant minus baseline, in the outcome's unit; no missing values.
    """
    others = change.sum(axis=1, keepdims=True) - change
    # What is left of rounding when a cell never changes is no direction.
    direction = np.sign(
        np.where(np.abs(others) < 1e-9 * np.abs(change).sum(axis=1, keepdims=True), 0.0, others)
    )
    return Moved(-(change * (direction < 0)).sum(axis=0), (change * (direction > 0)).sum(axis=0))


def compute_displacement_summary(
    values: Values, arms: Sequence[str], nationalities: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return, for each variant, harm and way of looking, how much fell, how much rose, and the share that reappeared.

    ``share_reappeared`` is what rose where it rises over what fell where it falls: 0.6 says that for 10 fewer in some
    places there were 6 more in others; above 1 says that more rose than fell. It is left out where nothing clearly
    falls. Its interval is that of the ratio of the two means, over draws for "total" and over seeds for "monte_carlo":
    see ``compare_means``.

    Args:
        values: Of every run.
        arms: Names, the baseline first.
        nationalities: Stream -> nationality; streams of one nationality count together. Left out: each by itself.

    Returns:
        Columns COLUMNS, one row where at least two cells are there and anything changed. ``most_rise`` and
        ``most_fall`` name the cell (place or leg by its identifier, group by its name) with the largest mean change.
    """
    rows = []
    baseline, *variants = arms
    for kind in INTERVAL_KINDS:
        for arm in variants:
            if (kind, arm) not in values.value:
                continue
            for outcome in DISPLACED:
                for among in AMONG:
                    cells = _take_cells(values, kind, (baseline, arm), outcome, among, nationalities or {})
                    row = _summarise(cells, kind)
                    if row:
                        rows.append(
                            {"interval_kind": kind, "arm": arm, "outcome": outcome, "among": among, **row}
                        )
    return pd.DataFrame(rows, columns=COLUMNS)


class _Cells(NamedTuple):
    names: list[str]
    change: Floats
    """(n_cells, n_replicates) variant minus baseline."""
    simulated: Floats
    """(n_cells,) simulated people a run in the larger of the two arms."""


def _take_cells(
    values: Values,
    kind: IntervalKind,
    pair: tuple[str, str],
    outcome: str,
    among: str,
    nationality: Mapping[str, str],
) -> _Cells:
    """Return the cells among which one harm can move; replicates with a failed run are left out."""
    rows = values.rows
    if among == MAP:
        chosen = rows["scope_kind"].isin(["place", "leg"]) & (rows["group_kind"] == ALL)
        names = rows["scope"]
    else:
        group = "stream" if among == NATIONALITY else among
        chosen = (rows["scope_kind"] == ALL) & (rows["group_kind"] == group)
        names = (
            rows["group"].map(lambda name: nationality.get(name, name))
            if group == "stream"
            else rows["group"]
        )
    where = np.flatnonzero((chosen & (rows["outcome"] == outcome)).to_numpy())
    base, own = (values.value[kind, arm][where] for arm in pair)
    labels = names.iloc[where].astype(str)
    change = pd.DataFrame(own - base).groupby(labels.to_numpy(), sort=False).sum(min_count=1)
    people: Floats = np.maximum(*(values.mean_simulated(kind, arm)[where] for arm in pair))
    simulated = pd.Series(people).groupby(labels.to_numpy(), sort=False).sum().to_numpy(np.float64)
    table = change.to_numpy(float)
    return _Cells(
        list(change.index), table[:, np.isfinite(table).all(axis=0)], np.asarray(simulated, np.float64)
    )


def _summarise(cells: _Cells, kind: IntervalKind) -> dict[str, object]:
    """Return one row of the summary, empty where there is nothing to say."""
    n_cells, n = cells.change.shape
    if n_cells < 2 or n < LEAST or not cells.change.any():
        return {}
    moved, mean = split_moves(cells.change), cells.change.mean(axis=1)
    share = compare_means(moved.rose, moved.fell)
    fell, rose = (_interval(series, kind) for series in moved)
    rise, fall = int(mean.argmax()), int(mean.argmin())
    # What moves rests on the people behind the cells that change, not on those of the whole route.
    changing = cells.simulated[mean != 0]
    return {
        "cells": n_cells,
        **_ends("fell", fell),
        **_ends("rose", rose),
        **_ends("share_reappeared", share),
        "most_rise": cells.names[rise] if mean[rise] > 0 else "",
        "most_rise_by": mean[rise] if mean[rise] > 0 else np.nan,
        "most_fall": cells.names[fall] if mean[fall] < 0 else "",
        "most_fall_by": mean[fall] if mean[fall] < 0 else np.nan,
        "replicates": n,
        "fewer_than_10": bool(changing.sum() < FEW_PEOPLE),
    }


def compare_means(above: Floats, below: Floats) -> Estimate:
    """Return the ratio of two means with its 95% interval by Fieller's theorem (1954, J. R. Stat. Soc. B 16:175).

    Arrays (1,); NaN where the t interval of the mean below is not above 0, since the ratio then has no limits.

    Args:
        above: (n,) values, paired with
        below: (n,).
    """
    n = len(above)
    (s_aa, s_ab), (_, s_bb) = np.cov(above, below) / n
    a, b = float(above.mean()), float(below.mean())
    t = float(stdtrit(n - 1, 0.5 + LEVEL / 2.0))
    # Below, a constant fall known to the last bit has no spread at all.
    g = t**2 * s_bb / b**2 if b > 0 else np.inf
    if g >= 1.0:
        unknown = np.full(1, np.nan)
        return Estimate(unknown, unknown, unknown)
    ratio = a / b
    middle = ratio - g * s_ab / s_bb if s_bb > 0 else ratio
    rest = max(
        s_aa - 2.0 * ratio * s_ab + ratio**2 * s_bb - g * (s_aa - s_ab**2 / s_bb if s_bb > 0 else 0.0), 0.0
    )
    half = t / b * np.sqrt(rest)
    return Estimate(
        *(np.full(1, end) for end in (ratio, (middle - half) / (1.0 - g), (middle + half) / (1.0 - g)))
    )


def _interval(series: Floats, kind: IntervalKind) -> Estimate:
    """Return the mean of a series with its interval of one kind; it is a difference, and may be below 0."""
    make = mean_interval if kind == "monte_carlo" else spread_interval
    return make(series[None])


def _ends(name: str, estimate: Estimate) -> dict[str, float]:
    return {f"{name}{end}": float(side[0]) for end, side in zip(("", "_low", "_high"), estimate, strict=True)}


def find_nationalities(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return the nationality of each stream, as streams.csv has it."""
    return {row.stream: row.nationality for scenario in scenarios for row in scenario.streams}


def describe_displacement(table: pd.DataFrame, scenario: Scenario) -> Iterator[str]:
    """Yield where and for whom each harm rose when it fell elsewhere, over draws, a line each.

    Left out: what rests on fewer than 10 simulated people, and where nothing falls or nothing rises.
    """
    for row in table.to_dict("records"):
        if (
            row["interval_kind"] != "total"
            or row["fewer_than_10"]
            or not row["most_rise"]
            or not row["most_fall"]
        ):
            continue
        share, low, high = (float(row[f"share_reappeared{end}"]) for end in ("", "_low", "_high"))
        if not is_known(share) or not row["rose"] > 0:
            continue
        among = {MAP: "between places and legs", NATIONALITY: "between nationalities"}.get(
            row["among"], f"by {row['among']}"
        )
        ends = f" ({_percent(low)} to {_percent(high)})" if is_known(low) or is_known(high) else ""
        rise, fall = (say_cell(str(row[name]), row["among"], scenario) for name in ("most_rise", "most_fall"))
        yield (
            f"{row['arm']}, {say_outcome(row['outcome'])} {among}: {_amount(row['fell'])} fewer where it fell, "
            f"{_amount(row['rose'])} more where it rose: {_percent(share)}{ends} of what fell reappeared elsewhere. "
            f"Most more: {rise} ({_amount(row['most_rise_by'])}); most fewer: {fall} ({_amount(-row['most_fall_by'])})."
        )


def say_cell(name: str, among: str, scenario: Scenario) -> str:
    """Return a place, leg, group or nationality in words."""
    if among == NATIONALITY:
        return say_country(name) if len(name) == 3 else say_group("stream", name) if "_" in name else name
    if among != MAP:
        return say_group(among, name)
    places = {place.id: place for place in scenario.places}
    legs = {leg.id: leg for leg in scenario.legs}
    if name in places:
        return say_place(places[name])
    return say_leg(legs[name], places) if name in legs else name


def _amount(value: float) -> str:
    """Return an amount to two or three digits; below 1 with a decimal."""
    size = abs(value)
    step = 10.0 ** (np.floor(np.log10(size)) - 1) if size > 0 else 1.0
    return say_number(value, float(max(step, 0.1)))


def _percent(share: float) -> str:
    if np.isinf(share):
        return "no limit"
    return f"{share:.0%}" if np.isfinite(share) else "unknown"
