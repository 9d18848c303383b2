"""A comparison as text: headlines with both kinds of interval, where harm moved, harms together, and the patterns."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from typing import Any

import pandas as pd

from experiments.collect import is_rate
from experiments.compare import DISPLACED, DISPLACED_AMONG, Comparison
from experiments.displacement import MAP, describe_displacement
from experiments.harm_text import align, render_cohorts, render_index, render_pareto
from experiments.multiplicity import describe_multiplicity
from experiments.outcome_words import OUTCOMES
from experiments.wording import (
    is_known,
    say_change,
    say_group,
    say_leg,
    say_levels,
    say_outcome,
    say_place,
    say_ratio,
)

ENDS = ("", "_low", "_high")
MOST_LEGS = 3
LEFT_OUT = {
    "flow", "flow_first_month", "journeys", "person_days", "travelling_person_days", "working_person_days",
    "returned_by_programme",
}  # fmt: skip
"""Denominators and sums that say little about a whole route; comparison.csv has them, and what never happened."""


def render(comparison: Comparison) -> str:
    """Return the headlines, the displacement of harm, the Pareto set, any index and the patterns as text."""
    plan = comparison.plan
    lines = []
    for variant in plan.variants:
        lines += [*_render_arm(comparison, variant.document.scenario), ""]
    lines += [*render_pareto(comparison), ""]
    if comparison.weights is not None:
        lines += [*render_index(comparison), ""]
    if plan.since:
        lines.append(
            f"Counted from {plan.since.replace(day=1):%-d %B %Y}: until {plan.since:%-d %B %Y} the scenarios are the "
            "same (--whole-period counts from the first day)."
        )
    lines += [
        "95% intervals. Total: where the value would lie under one more joint draw of the uncertain "
        f"parameters ({_say_count(plan.replicates, 'draw')}).",
        f"Seeds only: of the mean over {_say_count(plan.monte_carlo, 'seed')}, parameters at their defaults. "
        "* rests on fewer than 10 simulated people.",
        *_render_multiplicity(comparison),
    ]
    if not comparison.patterns.empty:
        lines += ["", "Patterns"]
        for row in comparison.patterns.itertuples():
            verdict = "shown" if row.holds_at_defaults else "NOT shown"
            lines += textwrap.wrap(
                f"{row.statement} ({row.arm})", 108, initial_indent="  ", subsequent_indent="  "
            )
            lines.append(
                f"    at the defaults: {verdict} ({row.at_defaults}); "
                f"in {row.draws_showing} of {_say_count(plan.replicates, 'draw')} ({row.share_of_draws:.0%})"
            )
    return "\n".join(lines)


def _render_arm(comparison: Comparison, arm: str) -> list[str]:
    table = comparison.table
    rows = table[(table["arm"] == arm) & (table["scope_kind"] == "all") & (table["group_kind"] == "all")]
    total, seeds = (_by_outcome(rows[rows["interval_kind"] == kind]) for kind in ("total", "monte_carlo"))
    order = [outcome for outcome in OUTCOMES if outcome in total and outcome not in LEFT_OUT]
    order += [outcome for outcome in total if outcome not in OUTCOMES]
    order = [outcome for outcome in order if _happens(total[outcome])]
    baseline = comparison.plan.baseline.document.scenario
    head = ("", baseline, arm, "difference, total", "ratio, total", "difference, seeds only")
    cells: list[tuple[str, ...]] = [head]
    for outcome in order:
        cells.append(_cells(say_outcome(outcome), total[outcome], seeds[outcome], outcome))
    lines = [f"{baseline} against {arm}", *align(cells), *render_cohorts(comparison, arm)]
    lines += [*_render_displacement(comparison, arm), *_render_moved(comparison, arm)]
    return [*lines, *_render_reappeared(comparison, arm)]


def _render_displacement(comparison: Comparison, arm: str) -> list[str]:
    """Return where deaths clearly rose and fell, by leg."""
    moved = comparison.displacement
    moved = moved[(moved["arm"] == arm) & (moved["outcome"] == "deaths") & (moved["scope_kind"] == "leg")]
    places = {place.id: place for place in comparison.plan.baseline.places}
    legs = {leg.id: leg for leg in comparison.plan.baseline.legs}
    lines = []
    for direction in ("rose", "fell"):
        clear = moved.loc[moved["clear"] & (moved["direction"] == direction), "scope"].head(MOST_LEGS)
        said = "; ".join(say_leg(legs[name], places) for name in clear) or "no leg clearly"
        lines.append(f"Deaths {direction} most on: {said}")
    return lines


def _render_moved(comparison: Comparison, arm: str) -> list[str]:
    """Return a line for every harm that clearly rose at a place, or in a group, and clearly fell at another."""
    moved = comparison.displacement
    moved = moved[(moved["arm"] == arm) & moved["clear"]]
    lines = []
    for harm in DISPLACED:
        of = moved[moved["outcome"] == harm]
        parts = []
        for kind in ("all", *DISPLACED_AMONG):
            rows = of[of["group_kind"] == kind].drop_duplicates("direction").to_dict("records")
            where = {row["direction"]: _say_where(comparison, row) for row in rows}
            if len(where) == 2:
                parts.append(f"more: {where['rose']}, fewer: {where['fell']}")
        if parts:
            said = f"{say_outcome(harm)} moved; {'; '.join(parts)}"
            lines += textwrap.wrap(said, 108, initial_indent="  ", subsequent_indent="    ")
    return ["Most clearly, by leg or place and by group (displacement.csv has all):", *lines] if lines else []


def _render_reappeared(comparison: Comparison, arm: str) -> list[str]:
    """Return how much of what fell in some places rose in others, a line a harm."""
    moved = comparison.moved
    if not len(moved):
        return []
    chosen = moved[(moved["arm"] == arm) & (moved["among"] == MAP)]
    lines = []
    for said in describe_displacement(chosen, comparison.plan.baseline):
        words = said.removeprefix(f"{arm}, ")
        lines += textwrap.wrap(words, 108, initial_indent="  ", subsequent_indent="    ")
    head = (
        "How much of what fell reappeared elsewhere (displacement_summary.csv has groups and nationalities):"
    )
    return [head, *lines] if lines else []


def _render_multiplicity(comparison: Comparison) -> list[str]:
    """Return how many differences are shown and how many chance would put outside their interval."""
    if not len(comparison.multiplicity):
        return []
    return [
        line for said in describe_multiplicity(comparison.multiplicity) for line in textwrap.wrap(said, 108)
    ]


def _say_where(comparison: Comparison, row: dict[Hashable, Any]) -> str:
    if row["group_kind"] != "all":
        return say_group(row["group_kind"], row["group"])
    places = {place.id: place for place in comparison.plan.baseline.places}
    if row["scope_kind"] == "place":
        return f"at {say_place(places[row['scope']])}"
    legs = {leg.id: leg for leg in comparison.plan.baseline.legs}
    return say_leg(legs[row["scope"]], places)


def _say_count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _happens(numbers: dict[str, float]) -> bool:
    """Return whether a number is other than 0 in either scenario; a lever that nobody pulls has no cost."""
    return any(is_known(numbers[arm]) and numbers[arm] != 0 for arm in ("baseline", "variant"))


def _by_outcome(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    columns = [name + end for name in ("difference", "ratio") for end in ENDS]
    numbers = rows[["baseline", "variant", *columns, "fewer_than_10"]].astype(float)
    return {
        str(outcome): {str(column): float(value) for column, value in values.items()}
        for outcome, values in zip(rows["outcome"], numbers.to_dict("records"), strict=True)
    }


def _cells(label: str, total: dict[str, float], seeds: dict[str, float], outcome: str) -> tuple[str, ...]:
    whole = not is_rate(outcome)
    return (
        label + (" *" if total["fewer_than_10"] else ""),
        *say_levels([total["baseline"], total["variant"]], whole=whole),
        say_change(*(total[f"difference{end}"] for end in ENDS), whole=whole),
        say_ratio(*(total[f"ratio{end}"] for end in ENDS)),
        say_change(*(seeds[f"difference{end}"] for end in ENDS), whole=whole),
    )
