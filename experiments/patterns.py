"""Patterns that a comparison should show if the model behaves as the evidence says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments import pattern_margins as margins
from experiments.collect import Values, mean_over_runs
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
        lever: The lever that the variant must set where the baseline does not, or sets otherwise; empty where the
            pattern is one of the baseline alone.
        rises: Whether the variant must use the lever more (mean setting) than the baseline, or less.
        cuts: Monitoring points or cuts that both scenarios must have.
        measure: (values, kind, arm) -> (n_quantities, n_replicates), the quantities behind the margin.
        margin: Quantities (n_quantities, ...) -> margin (...); above 0: shown; NaN: cannot be said.
        quantities: What the quantities are, for the printed line: a format string for them.
        at_once: Whether the lever must differ on the first day counted already.
    """

    name: str
    statement: str
    lever: str
    rises: bool
    cuts: tuple[str, ...]
    measure: Measure
    margin: Callable[[Floats, Floats], Floats]
    quantities: Callable[[Floats, Floats], str]
    at_once: bool = False


_KINDS: tuple[IntervalKind, ...] = ("monte_carlo", "total")


def compute_patterns(plan: Plan, values: Values) -> pd.DataFrame:
    """Return each pattern that applies to a variant: at the defaults, and in how many parameter draws.

    "At the defaults" takes means over the Monte Carlo replicates first. Runs that failed are left out; a draw in
    which a quantity cannot be formed (nobody crossed) counts as not showing the pattern.
    """
    baseline = plan.baseline.document.scenario
    found = []
    for arm, pattern in _wanted(plan):
        defaults, draws = (
            [
                pattern.measure(values, kind, name)[:, values.finished(kind, baseline, arm)]
                for name in (baseline, arm)
            ]
            for kind in _KINDS
        )
        defaults = [mean_over_runs(quantity) for quantity in defaults]
        if not pattern.lever and np.isnan(defaults[0]).any():
            continue  # the summaries do not hold what the pattern is made of
        shown = np.nan_to_num(pattern.margin(*draws), nan=-1.0) > 0
        row = (pattern.name, arm, pattern.statement, pattern.quantities(*defaults))
        holds = bool(np.nan_to_num(pattern.margin(*defaults), nan=-1.0) > 0)
        share = float(shown.mean()) if shown.size else float("nan")
        found.append((*row, holds, int(shown.sum()), shown.size, share))
    return pd.DataFrame(found, columns=COLUMNS)


def _wanted(plan: Plan) -> Iterator[tuple[str, Pattern]]:
    """Yield the arms and the patterns to look for in them: those of the baseline alone first."""
    for pattern in PATTERNS:
        if not pattern.lever and _has_cuts(pattern, plan.baseline):
            yield plan.baseline.document.scenario, pattern
    for variant in plan.variants:
        for pattern in PATTERNS:
            if pattern.lever and _applies(pattern, plan, variant):
                yield variant.document.scenario, pattern


def _has_cuts(pattern: Pattern, scenario: Scenario) -> bool:
    return set(pattern.cuts) <= {row.point for row in scenario.monitoring}


def _applies(pattern: Pattern, plan: Plan, variant: Scenario) -> bool:
    baseline = plan.baseline
    if not (_has_cuts(pattern, baseline) and _has_cuts(pattern, variant)):
        return False
    settings = [_settings(pattern.lever, scenario) for scenario in (baseline, variant)]
    first = ((plan.since or baseline.document.period.start) - baseline.document.period.start).days
    if pattern.at_once and (settings[0][:, first] == settings[1][:, first]).all():
        return False
    change = settings[1].mean() - settings[0].mean()
    return bool(change > 0 if pattern.rises else change < 0)


def _settings(lever: str, scenario: Scenario) -> Floats:
    """Return (n_legs, n_days) a lever's setting; of entries that overlap, the later holds."""
    period = scenario.document.period
    n_days = (period.end - period.start).days + 1
    settings = np.zeros((len(scenario.legs), n_days))
    for entry in getattr(scenario.document.levers, lever):
        first = max(((entry.start or period.start) - period.start).days, 0)
        last = min(((entry.end or period.end) - period.start).days, n_days - 1)
        settings[select_legs(entry.scope, scenario), first : last + 1] = getattr(entry, _SETTING[lever])
    return settings


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


def _flows(*cuts: str, outcome: str = "flow") -> Measure:
    def measure(values: Values, kind: IntervalKind, arm: str) -> Floats:
        return np.stack([values.series(kind, arm, values.find(outcome, ("cut", cut))) for cut in cuts])

    return measure


def _outcome(*outcomes: str) -> Measure:
    def measure(values: Values, kind: IntervalKind, arm: str) -> Floats:
        return np.stack([values.series(kind, arm, values.find(outcome)) for outcome in outcomes])

    return measure


def _early_flows(values: Values, kind: IntervalKind, arm: str) -> Floats:
    """Return flows of the road in the first month and in all, and of boats from Libya in the first month."""
    first = _flows("agadez_seguedine", "libya_departures", outcome="flow_first_month")(values, kind, arm)
    return np.stack([first[0], _flows("agadez_seguedine")(values, kind, arm)[0], first[1]])


def _diversion_margin(baseline: Floats, variant: Floats) -> Floats:
    return margins.diverted(*margins.compute_relative_fall(baseline, variant))


def _lag_margin(baseline: Floats, variant: Floats) -> Floats:
    return margins.lagging(*margins.compute_relative_fall(baseline, variant))


def _region_margin(baseline: Floats, _: Floats) -> Floats:
    return margins.within_region(baseline[0] + baseline[1], baseline[2] + baseline[3])


def _legs_margin(baseline: Floats, _: Floats) -> Floats:
    return margins.leg_by_leg(*_per_journey(baseline))


def _per_journey(found: Floats) -> tuple[Floats, Floats, Floats]:
    """Return legs a journey, and the shares of person-days on legs and at work."""
    legs, journeys, on_legs, working, days = found
    return legs / journeys, on_legs / days, working / days


def _rise(baseline: Floats, variant: Floats) -> Floats:
    return np.asarray((variant - baseline)[0], float)


def _say_lag(baseline: Floats, variant: Floats) -> str:
    first, whole, boats = margins.compute_relative_fall(baseline, variant)
    return f"road {-first:+.0%} in the first month and {-whole:+.0%} in all; boats {-boats:+.0%} in the first month"


def _say_region(baseline: Floats, _: Floats) -> str:
    return f"{(baseline[0] + baseline[1]) / baseline.sum():.0%} of the journeys that ended did so in Europe"


def _say_legs(baseline: Floats, _: Floats) -> str:
    legs, on_legs, working = _per_journey(baseline)
    return f"{legs:.1f} legs a journey; {on_legs:.0%} of the days on legs, {working:.0%} at work"


def _say_falls(baseline: Floats, variant: Floats) -> str:
    point, cut = margins.compute_relative_fall(baseline, variant)
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
    Pattern(
        "interception_repeats",
        "More interception at sea is followed by more attempts of people who have tried before",
        "interception",
        True,
        (),
        _outcome("repeat_attempts"),
        _rise,
        _say_change("repeated attempts"),
    ),
    Pattern(
        "mostly_within_region",
        "Most journeys that end do not end in Europe",
        "",
        True,
        ("agadez_seguedine", "niger_north_cut"),
        _outcome("arrivals", "admissions", "settled", "returned"),
        _region_margin,
        _say_region,
    ),
    Pattern(
        "leg_by_leg",
        "Journeys go leg by leg with pauses for work: more than 3 legs a journey, less than a quarter of all days on "
        "legs and more than a fifth at work",
        "",
        True,
        ("agadez_seguedine", "niger_north_cut"),
        _outcome("flow", "journeys", "travelling_person_days", "working_person_days", "person_days"),
        _legs_margin,
        _say_legs,
    ),
    Pattern(
        "routes_lag",
        "Routes react with a lag: in the first month enforcement in Niger empties the road less than later on, and "
        "boats from Libya have not changed by a tenth",
        "border_enforcement",
        True,
        ("agadez_seguedine", "libya_departures"),
        _early_flows,
        _lag_margin,
        _say_lag,
        at_once=True,
    ),
)
"""See docs/ODD.md, "Patterns"; each is looked for where its lever differs."""
