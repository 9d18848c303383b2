"""Patterns that a comparison should show if the model behaves as the evidence says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.collect import Values
from experiments.plan import Plan
from experiments.statistics import Floats, IntervalKind
from simulation.spec.models import Scenario, Scope

COLUMNS = [
    "pattern",
    "arm",
    "statement",
    "at_defaults",
    "holds_at_defaults",
    "draws_showing",
    "draws",
    "share_of_draws",
]
Measure = Callable[[Values, IntervalKind, str], Floats]


@dataclass(frozen=True)
class Pattern:
    """One pattern: when to look for it, and a margin that is above 0 where it holds.

    Attributes:
        name: Short name in tables.
        statement: What should be seen, in plain words.
        lever: The lever that the variant must set where the baseline does not, or sets otherwise.
        rises: Whether the variant must use the lever more (mean setting) than the baseline, or less.
        cuts: Monitoring points or cuts that both scenarios must have.
        measure: (values, kind, arm) -> (n_quantities, n_replicates), the quantities behind the margin.
        margin: Quantities (n_quantities, ...) -> margin (...); above 0: shown; NaN: cannot be said.
        quantities: What the quantities are, for the printed line: a format string for them.
    """

    name: str
    statement: str
    lever: str
    rises: bool
    cuts: tuple[str, ...]
    measure: Measure
    margin: Callable[[Floats, Floats], Floats]
    quantities: Callable[[Floats, Floats], str]


def compute_patterns(plan: Plan, values: Values) -> pd.DataFrame:
    """Return each pattern that applies to a variant: at the defaults, and in how many parameter draws.

    "At the defaults" takes means over the Monte Carlo replicates first. A draw in which a quantity cannot be
    formed (nobody crossed) counts as not showing the pattern.
    """
    baseline = plan.baseline.document.scenario
    found = []
    for variant in plan.variants:
        arm = variant.document.scenario
        for pattern in PATTERNS:
            if not _applies(pattern, plan.baseline, variant):
                continue
            defaults = [pattern.measure(values, "monte_carlo", name).mean(axis=1) for name in (baseline, arm)]
            draws = [pattern.measure(values, "total", name) for name in (baseline, arm)]
            shown = np.nan_to_num(pattern.margin(*draws), nan=-1.0) > 0
            row = (pattern.name, arm, pattern.statement, pattern.quantities(*defaults))
            holds = bool(np.nan_to_num(pattern.margin(*defaults), nan=-1.0) > 0)
            found.append((*row, holds, int(shown.sum()), shown.size, float(shown.mean())))
    return pd.DataFrame(found, columns=COLUMNS)


def compute_relative_fall(baseline: Floats, variant: Floats) -> Floats:
    """Return 1 - variant / baseline; NaN where the baseline is 0."""
    base, other = np.asarray(baseline, float), np.asarray(variant, float)
    share = np.divide(other, base, out=np.full(base.shape, np.nan), where=base > 0)
    return np.asarray(1.0 - share, float)


def _applies(pattern: Pattern, baseline: Scenario, variant: Scenario) -> bool:
    for scenario in (baseline, variant):
        if not set(pattern.cuts) <= {row.point for row in scenario.monitoring}:
            return False
    change = _mean_setting(pattern.lever, variant) - _mean_setting(pattern.lever, baseline)
    return change > 0 if pattern.rises else change < 0


def _mean_setting(lever: str, scenario: Scenario) -> float:
    """Return a lever's mean setting over legs and days; of entries that overlap, the later holds."""
    period = scenario.document.period
    n_days = (period.end - period.start).days + 1
    settings = np.zeros((len(scenario.legs), n_days))
    for entry in getattr(scenario.document.levers, lever):
        first = max(((entry.start or period.start) - period.start).days, 0)
        last = min(((entry.end or period.end) - period.start).days, n_days - 1)
        settings[select_legs(entry.scope, scenario), first : last + 1] = getattr(entry, _SETTING[lever])
    return float(settings.mean())


def select_legs(scope: Scope, scenario: Scenario) -> NDArray[np.bool_]:
    """Return (n_legs,) whether each leg is in scope, as the policies of a run have it.

    A leg belongs to the country of its origin and to its origin; a sea leg to the sea zone at either end.
    """
    if not (scope.countries or scope.places or scope.legs or scope.pathways):
        return np.ones(len(scenario.legs), np.bool_)
    places = {place.id: place for place in scenario.places}
    return np.array(
        [
            leg.id in scope.legs
            or places[leg.origin].country in scope.countries
            or leg.origin in scope.places
            or (leg.destination in scope.places and places[leg.destination].kind == "sea_zone")
            or (leg.pathway is not None and leg.pathway in scope.pathways)
            for leg in scenario.legs
        ],
        np.bool_,
    )


_SETTING = {"border_enforcement": "intensity", "interception": "intensity", "search_and_rescue": "coverage"}


def _flows(*cuts: str) -> Measure:
    def measure(values: Values, kind: IntervalKind, arm: str) -> Floats:
        return np.stack([values.series(kind, arm, values.find("flow", ("cut", cut))) for cut in cuts])

    return measure


def _outcome(outcome: str) -> Measure:
    def measure(values: Values, kind: IntervalKind, arm: str) -> Floats:
        return values.series(kind, arm, values.find(outcome))[None]

    return measure


def _diversion_margin(baseline: Floats, variant: Floats) -> Floats:
    """Return fall at the point - 3 x fall over the cut, or the fall at the point where that is smaller."""
    point, cut = compute_relative_fall(baseline, variant)
    return np.asarray(np.minimum(point - 3.0 * cut, point), float)


def _rise(baseline: Floats, variant: Floats) -> Floats:
    return np.asarray((variant - baseline)[0], float)


def _say_falls(baseline: Floats, variant: Floats) -> str:
    point, cut = compute_relative_fall(baseline, variant)
    return f"flow {-point:+.0%} at the point, {-cut:+.0%} over the cut"


def _say_change(unit: str) -> Callable[[Floats, Floats], str]:
    def say(baseline: Floats, variant: Floats) -> str:
        return f"{baseline[0]:,.3g} to {variant[0]:,.3g} {unit}"

    return say


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "diversion_niger",
        "Enforcement in Niger cuts the flow past Agadez-Seguedine relatively at least 3 times as much as the "
        "flow over the full cut from Niger to Libya and Algeria: people are diverted rather than stopped",
        "border_enforcement",
        True,
        ("agadez_seguedine", "niger_north_cut"),
        _flows("agadez_seguedine", "niger_north_cut"),
        _diversion_margin,
        _say_falls,
    ),
    Pattern(
        "deadlier_desert",
        "Enforcement in Niger raises deaths in the desert per 1,000 journeys that cross the Sahara",
        "border_enforcement",
        True,
        ("agadez_seguedine", "niger_north_cut"),
        _outcome("deaths_sahara_per_1000_crossings"),
        _rise,
        _say_change("deaths per 1,000 crossings"),
    ),
    Pattern(
        "less_rescue_deadlier_sea",
        "Less search and rescue raises deaths per 1,000 attempts at sea",
        "search_and_rescue",
        False,
        (),
        _outcome("deaths_sea_per_1000_attempts"),
        _rise,
        _say_change("deaths per 1,000 attempts"),
    ),
    Pattern(
        "interception_detains",
        "More interception at sea raises the days that people spend in detention",
        "interception",
        True,
        (),
        _outcome("detention_person_days"),
        _rise,
        _say_change("person-days in detention"),
    ),
)
"""See docs/ODD.md, "Patterns"; each is looked for where its lever differs."""
