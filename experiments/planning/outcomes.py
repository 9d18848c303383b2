"""What must be kept of a run so that the outcomes and analyses that a plan asks for can be formed."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.outcome_words import OUTCOMES
from experiments.pareto import HARMS
from experiments.planning.models import Analysis
from simulation.outcomes import ALL_RATIOS

PATTERN_OUTCOMES = (
    "flow", "flow_first_month", "deaths_sahara_per_1000_crossings", "deaths_sea_per_1000_attempts",
    "detention_person_days", "repeat_attempts", "arrivals", "admissions", "settled", "returned", "journeys",
    "travelling_person_days", "working_person_days", "person_days",
)  # fmt: skip
"""Of these ``experiments.patterns`` is made; a comparison says whether its patterns show."""
COSTS = tuple(name for name in OUTCOMES if name.startswith("cost_"))
_HARMS_TOGETHER = (*HARMS, "journeys", "journeys_started", "arrivals")
NEEDS: dict[Analysis, tuple[str, ...]] = {
    "comparison": (*_HARMS_TOGETHER, *PATTERN_OUTCOMES),
    "robustness": _HARMS_TOGETHER,
    "budget": (*_HARMS_TOGETHER, *COSTS),
    "discovery": _HARMS_TOGETHER,
    "sensitivity": (),
}
_COHORT_RATE = "_per_1000_started"


def complete_outcomes(names: Iterable[str], analyses: Iterable[Analysis]) -> tuple[str, ...]:
    """Return outcomes with all that they and the analyses are made of, in a stable order.

    A rate brings its numerator and denominator, a share of a departure cohort the number of people in it.
    """
    wanted = dict.fromkeys([*names, *(need for analysis in analyses for need in NEEDS[analysis])])
    for name in list(wanted):
        if name in ALL_RATIOS:
            wanted |= dict.fromkeys((ALL_RATIOS[name].top, *ALL_RATIOS[name].bottoms))
        elif name.endswith(_COHORT_RATE):
            wanted["cohort_people"] = None
    return tuple(wanted)
