"""What the comparative risk chart says, before anything is drawn: sections, rows, numbers, words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from experiments.clear import find_direction
from experiments.collect import ALL, is_rate
from experiments.compare import Comparison
from experiments.outcome_words import OUTCOMES
from experiments.statistics import Estimate, Floats, IntervalKind, compute_levels, compute_paired
from experiments.wording import is_known, say_change, say_group, say_levels, say_outcome
from simulation.display import FEW_PEOPLE

HARMS = (
    "deaths",
    "deaths_per_1000_journeys",
    "deaths_sahara_per_1000_crossings",
    "deaths_sea_per_1000_attempts",
    "violence",
    "sgbv",
    "abductions",
    "detentions",
    "detention_person_days",
    "separations",
    "unmet_need",
)
MOVEMENT = ("journeys_started", "sahara_crossings", "sea_attempts", "arrivals", "admissions", "returned")
GROUPED = ("deaths_per_1000_journeys", "deaths")
"""Outcome of the group rows: the first of these that runs report by group."""
GROUPS = (("sex", "female"), ("sex", "male"), ("age", "child"), ("unaccompanied", None))
MOST_STREAMS = 6


class Span(NamedTuple):
    """An estimate and its 95% interval, NaN where unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One row of the chart."""

    label: str
    outcome: str
    baseline: Span
    variant: Span
    ratio: Span
    """Intervals of kind "total"."""
    ratio_seeds: Span
    """Interval of kind "monte_carlo"."""
    difference: Span
    higher: int
    lower: int
    """Draws in which the variant is above, below the baseline."""
    draws: int
    few: bool
    """Rests on fewer than 10 simulated people."""
    direction: int
    """1: more, -1: fewer, 0: not clear by the rule of ``experiments.clear``."""

    @property
    def is_harm(self) -> bool:
        """Whether more of it is worse for the people themselves."""
        return OUTCOMES[self.outcome].is_harm

    @property
    def level_texts(self) -> tuple[str, str]:
        """Baseline and variant, rounded alike."""
        whole = not is_rate(self.outcome)
        widths = [
            span.high - span.low for span in (self.baseline, self.variant) if is_known(span.low, span.high)
        ]
        width = max(widths, default=math.nan)
        left, right = say_levels([self.baseline.value, self.variant.value], width, whole=whole)
        return left, right

    @property
    def change_text(self) -> str:
        """Difference with its interval."""
        return say_change(*self.difference, whole=not is_rate(self.outcome))

    @property
    def agreement_text(self) -> str:
        """In how many draws the variant is higher, or lower where that is the majority."""
        if self.higher == self.lower == 0:
            return f"same in {self.draws} of {self.draws}"
        if self.difference.value < 0:
            return f"lower in {self.lower} of {self.draws}"
        return f"higher in {self.higher} of {self.draws}"


@dataclass(frozen=True)
class Section:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


def build_sections(comparison: Comparison, arm: str) -> list[Section]:
    """Return the sections for one variant: harm to people, who dies, and movement beside them.

    Movement never stands alone: without a row of harm there is no chart.

    Raises:
        ValueError: The runs report no harm at all.
    """
    harms = [_build_row(comparison, arm, outcome) for outcome in HARMS]
    groups_of = next((outcome for outcome in GROUPED if _has_groups(comparison, outcome)), None)
    groups = _group_rows(comparison, arm, groups_of) if groups_of else []
    movement = [_build_row(comparison, arm, outcome) for outcome in MOVEMENT]
    sections = [
        Section("Harm to people", _known(harms)),
        Section(f"{say_outcome(groups_of)}, by group" if groups_of else "", _known(groups)),
        Section("Movement, to be read beside the harm above", _known(movement)),
    ]
    if not sections[0].rows:
        raise ValueError("the runs report no harm; movement is never shown alone")
    return [section for section in sections if section.rows]


def _known(rows: list[Row | None]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row is not None)


def _has_groups(comparison: Comparison, outcome: str) -> bool:
    rows = comparison.values.rows
    return bool(
        ((rows["outcome"] == outcome) & (rows["scope_kind"] == ALL) & (rows["group_kind"] == "sex")).any()
    )


def _group_rows(comparison: Comparison, arm: str, outcome: str) -> list[Row | None]:
    rows = comparison.values.rows
    here = rows[(rows["outcome"] == outcome) & (rows["scope_kind"] == ALL)]
    found: list[Row | None] = []
    for kind, wanted in GROUPS:
        names = here.loc[here["group_kind"] == kind, "group"]
        for group in names[names.map(lambda name, kind=kind, wanted=wanted: _is_wanted(kind, name, wanted))]:
            found.append(_build_row(comparison, arm, outcome, (kind, group)))
    streams = _known(
        [
            _build_row(comparison, arm, outcome, ("stream", name))
            for name in here.loc[here["group_kind"] == "stream", "group"]
        ]
    )
    counts = {row.label: _people(comparison, arm, row.label) for row in streams}
    largest = sorted(streams, key=lambda row: -counts[row.label])[:MOST_STREAMS]
    return [*found, *largest]


def _is_wanted(kind: str, name: str, wanted: str | None) -> bool:
    return say_group(kind, name) == "Unaccompanied children" if wanted is None else name == wanted


def _people(comparison: Comparison, arm: str, label: str) -> float:
    """Return the deaths of a stream at the defaults: the largest streams are shown."""
    values = comparison.values
    names = values.rows.loc[values.rows["group_kind"] == "stream", "group"].unique()
    group = next(name for name in names if say_group("stream", name) == label)
    series = values.series("monte_carlo", arm, values.find("deaths", (ALL, ALL), ("stream", group)))
    return 0.0 if np.isnan(series).all() else float(np.nanmean(series))


def _build_row(
    comparison: Comparison, arm: str, outcome: str, group: tuple[str, str] = (ALL, ALL)
) -> Row | None:
    """Return a row, or None where the runs do not report it or nothing happened."""
    values, base = comparison.values, comparison.plan.baseline.document.scenario
    place = values.find(outcome, (ALL, ALL), group)
    if place is None:
        return None

    def arms(kind: IntervalKind) -> tuple[Floats, Floats]:
        return values.series(kind, base, place), values.series(kind, arm, place)

    total, seeds = (compute_paired(*arms(kind), kind) for kind in ("total", "monte_carlo"))
    if not np.nanmax([total.baseline[0], total.variant[0], 0.0]) > 0:
        return None
    levels = [_span(compute_levels(side, "total")) for side in arms("total")]
    behind = max(values.mean_simulated("total", name)[place] for name in (base, arm))
    left, right = arms("total")
    return Row(
        say_outcome(outcome) if group == (ALL, ALL) else say_group(*group),
        outcome,
        levels[0],
        levels[1],
        ratio=_span(total.ratio),
        ratio_seeds=_span(seeds.ratio),
        difference=_span(total.difference),
        higher=int((right > left).sum()),
        lower=int((right < left).sum()),
        draws=int(total.pairs[0]),
        few=bool(behind < FEW_PEOPLE),
        direction=int(find_direction(total, seeds)[0]),
    )


def _span(estimate: Estimate) -> Span:
    """Return the first (only) row of an estimate."""
    return Span(float(estimate.value[0]), float(estimate.low[0]), float(estimate.high[0]))
