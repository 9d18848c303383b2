"""Harms together as text: side by side, the Pareto set, by departure cohort, and an index if a user weighs them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from experiments.collect import ALL, Values, mean_over_runs
from experiments.compare import Comparison
from experiments.pareto import HARMS, PER_JOURNEYS, TOTAL, find_basis, take_harms
from experiments.wording import say_change, say_levels, say_outcome, say_ratio
from simulation.cohorts import ENDS, EVER, FOLLOWED, HORIZON_MONTHS, PEOPLE, YOUNG

WIDTH = 108
_ENDS = ("", "_low", "_high")
_BASIS = {TOTAL: "in all", PER_JOURNEYS: "per 1,000 journeys"}
COHORT_RATES = (*ENDS, *EVER)


def align(cells: list[tuple[str, ...]]) -> list[str]:
    """Return rows of cells as lines: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


# Harms side by side and the Pareto set ---
def render_pareto(comparison: Comparison) -> Iterator[str]:
    """Yield the harms of all arms side by side, and which arms no other beats."""
    arms, pareto = list(comparison.plan.arms), comparison.pareto
    pareto = pareto[pareto["interval_kind"] == "total"]
    bases = [basis for basis in find_basis(comparison.values) if (pareto["basis"] == basis).any()]
    if not bases:
        return
    yield "Harms side by side (means over draws), and the Pareto set"
    for basis in bases:
        rows = pareto[pareto["basis"] == basis]
        cells: list[tuple[str, ...]] = [
            (_BASIS[basis], *arms),
            *_harm_cells(comparison.values, arms, basis),
            *_set_cells(rows, arms),
        ]
        yield from align(cells)
        for (arm,), row in _by(rows[~rows["in_set"]], "arm").items():
            yield f"  {arm}, {_BASIS[basis]}: beaten by {row['beaten_by'].replace(' ', ', ')}"
    yield from textwrap.wrap(
        f"In the Pareto set: no other scenario has at most as much of all {len(HARMS)} harms and less of one. It ranks "
        "nothing inside the set, and a difference of chance counts as one. Totals also fall when fewer people set out: "
        "what happens to those who stay is not in them.",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
    )


def _harm_cells(values: Values, arms: list[str], basis: str) -> Iterator[tuple[str, ...]]:
    finished = values.finished("total", *arms)
    means = np.stack(
        [mean_over_runs(take_harms(values, "total", arm, basis, HARMS)[finished].T) for arm in arms]
    )
    for harm, level in zip(HARMS, means.T, strict=True):
        if np.nan_to_num(level).any():
            yield (f"  {say_outcome(harm)}", *say_levels(list(level), whole=basis == TOTAL))


def _set_cells(pareto: pd.DataFrame, arms: list[str]) -> Iterator[tuple[str, ...]]:
    rows = _by(pareto, "arm")
    chosen = [rows[(arm,)] for arm in arms]
    yield ("  in the set, by these means", *("yes" if row["in_set"] else "no" for row in chosen))
    said = (f"{row['draws_in_set']} of {row['draws']} ({row['share_of_draws']:.0%})" for row in chosen)
    yield ("  in the set, draw by draw", *said)


def _by(table: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the rows of a table by the names in some of its columns."""
    return {
        tuple(str(row[key]) for key in keys): {str(name): value for name, value in row.items()}
        for row in table.to_dict("records")
    }


# The user's own weights ---
def render_index(comparison: Comparison) -> Iterator[str]:
    """Yield the index by the user's own weights; nothing without them."""
    weights = comparison.weights
    if weights is None:
        return
    title = f" ({weights.title})" if weights.title else ""
    yield f"Index by the user's own weights: {weights.file}{title}"
    yield from textwrap.wrap(
        "  Weights: " + ", ".join(f"{say_outcome(name)} {w:g}" for name, w in weights.by_harm.items()) + ". "
        "The weights are the user's judgement, not a finding of the model.",
        WIDTH,
        subsequent_indent="  ",
    )
    total, seeds = (
        _by(comparison.index[comparison.index["interval_kind"] == kind], "arm", "basis")
        for kind in ("total", "monte_carlo")
    )
    cells: list[tuple[str, ...]] = [
        (
            "by the user's weights",
            "baseline",
            "variant",
            "difference, total",
            "ratio, total",
            "difference, seeds only",
        )
    ]
    for key, row in total.items():
        other, whole = seeds[key], key[1] == TOTAL
        cells.append(
            (
                f"{key[0]}, {_BASIS[key[1]]}",
                *say_levels([row["baseline"], row["variant"]], whole=whole),
                say_change(*(row[f"difference{end}"] for end in _ENDS), whole=whole),
                say_ratio(*(row[f"ratio{end}"] for end in _ENDS)),
                say_change(*(other[f"difference{end}"] for end in _ENDS), whole=whole),
            )
        )
    yield from align(cells)


# Departure cohorts ---
def render_cohorts(comparison: Comparison, arm: str) -> list[str]:
    """Return what became of those who started, followed long enough, in the baseline and one variant."""
    table = comparison.table
    rows = table[
        (table["arm"] == arm) & table["scope_kind"].isin([FOLLOWED, YOUNG]) & (table["scope"] == ALL)
    ]
    total = _by(rows[rows["interval_kind"] == "total"], "scope_kind", "outcome")
    end = comparison.plan.baseline.document.period.end
    lines = []
    if (FOLLOWED, PEOPLE) in total:
        lines.append(f"Departure cohorts: of 1,000 who started {_say_from(comparison)}{_say_horizon(end)}")
        names = [name for name in COHORT_RATES if (FOLLOWED, name) in total]
        chosen = [total[FOLLOWED, name] for name in names]
        cells = [
            (
                "  " + say_outcome(name) + (" *" if row["fewer_than_10"] else ""),
                *say_levels([row["baseline"], row["variant"]], whole=False),
                say_change(*(row[f"difference{end}"] for end in _ENDS), whole=False),
            )
            for name, row in zip(names, chosen, strict=True)
            if row["baseline"] or row["variant"]
        ]
        lines += align([("", comparison.plan.baseline.document.scenario, arm, "difference, total"), *cells])
    if (YOUNG, PEOPLE) in total:
        way = total[YOUNG, "on_the_way_per_1000_started"]
        share = say_levels([way["baseline"], way["variant"]], whole=False)
        lines.append(
            f"  Those who started later are followed for less than {HORIZON_MONTHS} months: of 1,000, {share[0]} and "
            f"{share[1]} are still on the way."
        )
    return lines


def _say_from(comparison: Comparison) -> str:
    since = comparison.plan.since
    return f"from {since:%B %Y} on and " if since else ""


def _say_horizon(end: date) -> str:
    return f"at least {HORIZON_MONTHS} months before the end ({end:%-d %B %Y})"


def render_run_cohorts(summary: pd.DataFrame, end: date) -> list[str]:
    """Return what became of the cohorts of one run, by year of start, per 1,000 who started."""
    rows = summary[summary["scope_kind"].isin([FOLLOWED, YOUNG]) & (summary["scope"] != ALL)]
    if rows.empty:
        return []
    values = {key: float(row["value"]) for key, row in _by(rows, "scope_kind", "scope", "outcome").items()}
    cohorts = list(dict.fromkeys(key[:2] for key in values))
    cohorts.sort(key=lambda cohort: (cohort[1] != "before", cohort[1], cohort[0]))
    heads = [scope + (" +" if kind == YOUNG else "") for kind, scope in cohorts]
    cells: list[tuple[str, ...]] = [("", *heads)]
    cells.append(("  people who started", *(f"{values[(*cohort, PEOPLE)]:,.0f}" for cohort in cohorts)))
    for name in COHORT_RATES:
        cells.append(("  " + say_outcome(name), *(f"{values[(*cohort, name)]:,.1f}" for cohort in cohorts)))
    lines = [f"by year of start, per 1,000 who started, on {end:%-d %B %Y}:", *align(cells)]
    lines.append("  earlier years are followed for longer: compare policies within a year, not years")
    if any(kind == YOUNG for kind, _ in cohorts):
        lines.append(f"  + followed for less than {HORIZON_MONTHS} months: more will still happen to them")
    return lines
