"""What one quick pair of runs shows: outcomes side by side, harm first, and the people on each leg."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from experiments.collect import ALL, is_rate
from experiments.wording import is_known
from simulation.display import FEW_PEOPLE

HARM = (
    "deaths",
    "deaths_per_1000_journeys",
    "deaths_sahara_per_1000_crossings",
    "deaths_sea_per_1000_attempts",
    "violence",
    "sgbv",
    "abductions",
    "detention_person_days",
    "stranded_person_days",
    "separations",
    "interceptions",
    "unmet_need_share",
)
MOVEMENT = ("journeys", "sea_attempts", "returned", "admissions", "arrivals")
"""After the harm and under the same heading as people on the move: arrivals are never shown alone."""


class Outcome(NamedTuple):
    """One outcome in both runs, weighted to everybody."""

    name: str
    baseline: float
    changed: float
    few: bool
    """Fewer than 10 simulated people are behind the larger of the two: no figure is shown."""

    @property
    def whole(self) -> bool:
        """Whether it counts whole things, not a rate."""
        return not is_rate(self.name)


class LegFlow(NamedTuple):
    """People who entered a leg in both runs."""

    leg: str
    baseline: float
    changed: float
    few: bool
    """Fewer than 10 simulated people are behind the larger of the two."""
    may_be_luck: bool
    """The two differ by no more than independent counts of simulated people often would (two standard deviations)."""


class Look(NamedTuple):
    """Two runs with the same people and luck, side by side."""

    harm: tuple[Outcome, ...]
    movement: tuple[Outcome, ...]
    legs: tuple[LegFlow, ...]


def compare_runs(baseline: pd.DataFrame, changed: pd.DataFrame) -> Look:
    """Return what two summaries (``simulation.observables.summarise``) say side by side; what neither has is left out.

    Args:
        baseline: Of the scenario as it is.
        changed: Of the same, with levers moved, over the same months.
    """
    sides = _everybody(baseline), _everybody(changed)
    outcomes = {
        kind: tuple(
            Outcome(name, *values, max(people) < FEW_PEOPLE)
            for name in names
            for values, people in _pair(sides, (name, ALL, ALL))
        )
        for kind, names in (("harm", HARM), ("movement", MOVEMENT))
    }
    legs = sorted({key[2] for side in sides for key in side if key[:2] == ("flow", "leg")})
    flows = tuple(
        LegFlow(leg, *values, max(people) < FEW_PEOPLE, _may_be_luck(people))
        for leg in legs
        for values, people in _pair(sides, ("flow", "leg", leg))
    )
    return Look(outcomes["harm"], outcomes["movement"], flows)


_Key = tuple[str, str, str]
_Two = tuple[float, float]
_Side = dict[_Key, _Two]


def _everybody(summary: pd.DataFrame) -> _Side:
    """Return (value, simulated people) of everybody by outcome, kind of scope, scope."""
    rows = summary[summary["group_kind"] == ALL]
    keys = zip(*(rows[name].astype(str) for name in ("outcome", "scope_kind", "scope")), strict=True)
    numbers = rows[["value", "n_simulated"]].to_numpy(float).tolist()
    return {key: (value, n) for key, (value, n) in zip(keys, numbers, strict=True)}


def _pair(sides: tuple[_Side, _Side], key: _Key) -> Iterator[tuple[_Two, _Two]]:
    """Yield both values, and the simulated people behind each; nothing where neither run knows it."""
    if not any(key in side for side in sides):
        return
    absent = (float("nan") if is_rate(key[0]) else 0.0, 0.0)
    (before, n_before), (after, n_after) = (side.get(key, absent) for side in sides)
    if is_known(before) or is_known(after):
        yield (before, after), (n_before, n_after)


def _may_be_luck(people: _Two) -> bool:
    """Return whether two counts differ by no more than two standard deviations of a difference of Poisson counts."""
    return abs(people[1] - people[0]) <= 2.0 * math.sqrt(sum(people))
