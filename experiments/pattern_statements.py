"""The patterns of MODEL.md section 7.5, and signs of its levers (section 4), as margins between two short runs."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments import pattern_margins as margins
from experiments.dose_levers import Entries
from experiments.pattern_runs import SINCE, Run

Margin = Callable[[Run, Run], float]
BLOC = ("SEN", "GMB", "GIN", "CIV", "GHA", "NGA", "MLI", "BFA", "NER")


# Margins: above 0 where a pattern holds ---
def rises(outcome: str, over: str | None = None) -> Margin:
    """Return a margin: change of an outcome, or of its ratio to another."""

    def value(run: Run) -> float:
        return run[outcome] / (run[over] if over else 1.0)

    return lambda before, after: value(after) - value(before)


def falls(outcome: str) -> Margin:
    """Return a margin: how far an outcome fell."""
    return lambda before, after: before[outcome] - after[outcome]


def is_diverted(before: Run, after: Run) -> float:
    """Return the relative fall at the monitoring point less three times that over the full cut."""
    point, cut = (_fall(before, after, "flow", name) for name in ("agadez_seguedine", "niger_north_cut"))
    return float(margins.diverted(point, cut))


def _fall(before: Run, after: Run, outcome: str, cut: str) -> float:
    values = [run.find(outcome, "cut", [cut]) for run in (before, after)]
    return float(margins.compute_relative_fall(*values))


def deadlier_desert(before: Run, after: Run) -> float:
    """Return the rise of the chance of death in the desert: deaths to be expected of those who entered its legs.

    Expected, not counted, deaths per 1,000 crossings: fifty deaths in a short run would hide any change.
    """
    return _expected_desert_deaths(after) - _expected_desert_deaths(before)


def _expected_desert_deaths(run: Run) -> float:
    counts, scenario = run.result.counts, run.result.scenario
    start = scenario.document.period.start
    desert = np.array([leg.mode == "desert" and leg.purpose == "irregular" for leg in scenario.legs])
    first = (SINCE - start).days
    days = pd.date_range(start, periods=counts.flow.shape[0])
    of_day = np.asarray((days.year - days[0].year) * 12 + days.month - days[0].month)  # rows of ``true``
    expected = (counts.flow[first:, desert] * counts.true[of_day[first:]][:, desert]).sum() / run.result.scale
    return float(1000.0 * expected / run["sahara_crossings"])


def ends_within_region(run: Run, _: Run) -> float:
    """Return how far the share of ended journeys that end in Europe stays below a half."""
    return float(margins.within_region(run["arrivals"] + run["admissions"], run["settled"] + run["returned"]))


def goes_leg_by_leg(run: Run, _: Run) -> float:
    """Return the smallest of the margins of legs a journey, days on legs and days at work."""
    days = run["person_days"]
    return float(
        margins.leg_by_leg(
            run["flow"] / run["journeys"],
            run["travelling_person_days"] / days,
            run["working_person_days"] / days,
        )
    )


def reacts_with_a_lag(before: Run, after: Run) -> float:
    """Return the smallest of three margins: the road empties, further later on, and boats wait for months."""
    first, boats = (
        _fall(before, after, "flow_first_month", cut) for cut in ("agadez_seguedine", "libya_departures")
    )
    return float(margins.lagging(first, _fall(before, after, "flow", "agadez_seguedine"), boats))


def fewer_arrests_in_bloc(before: Run, after: Run) -> float:
    """Return by how much arrests on legs that begin in the bloc fell."""
    scenario = before.result.scenario
    country = {place.id: place.country for place in scenario.places}
    legs = [leg.id for leg in scenario.legs if country[leg.origin] in BLOC]
    return before.find("arrests", "leg", legs) - after.find("arrests", "leg", legs)


def belief_gap(run: Run) -> float:
    """Return the distance of what the uninformed believe from the true chance of death, over the true one."""
    table = run.result.beliefs
    of = table[(table["knowledge"] == "uninformed") & (table["month"] >= f"{SINCE:%Y-%m}")]
    return float(np.abs(of["perceived"] - of["true"]).sum() / of["true"].sum())


# What is set ---
def settings(lever: str, **entry: object) -> Entries:
    """Return one setting of one lever."""
    return {lever: [entry]}


BOATS_OFF_LIBYA = [f"e{number:03d}" for number in range(98, 109)]
# Law 2015-36 as in niger_enforcement_2016.yaml.
NIGER: Entries = {
    "border_enforcement": [
        {"scope": {"countries": ["NER"]}, "intensity": 0.1},
        {"scope": {"legs": ["e021", "e022", "e023", "e024", "e025"]}, "intensity": 0.8},
        {"scope": {"legs": ["e037", "e038", "e039"]}, "intensity": 0.3},
    ]
}
PULL_BACKS = settings("interception", scope={"legs": BOATS_OFF_LIBYA}, intensity=0.8)
SAHEL = settings(
    "border_enforcement", scope={"countries": ["MLI", "NER", "TCD", "SDN", "DZA"]}, intensity=0.8
)
CONTROLS = settings("border_enforcement", scope={"countries": BLOC}, intensity=0.5)
PATHWAYS = settings(
    "legal_pathways", quota_factor=10, processing="60 days", acceptance=0.8, awareness=0.5
)  # fmt: skip
WIDE_OPEN = settings(  # places for many, of whom all know: those of PATHWAYS are too few to be seen at sea
    "legal_pathways", quota_factor=100, processing="60 days", acceptance=0.8, awareness=1.0
)
PURSUIT = settings("anti_smuggling", intensity=1.0)


class Statement(NamedTuple):
    """A pattern: what is set in the second arm and not in the first, and a margin above 0 where it holds."""

    name: str
    variant: Entries
    margin: Margin
    base: Entries = MappingProxyType({})
    is_shape: bool = False
    """Whether the margin rests on shares far from their bounds, so that seeds move it little."""
    pairs: int = 1
    """Paired seeds over which a test takes the mean of the margin."""


PATTERNS = (
    Statement("enforcement_diverts_rather_than_stops", NIGER, is_diverted),
    Statement("enforcement_makes_the_desert_deadlier", NIGER, deadlier_desert),
    Statement(
        "less_rescue_makes_the_sea_deadlier",
        settings("search_and_rescue", coverage=0.2),
        rises("deaths_sea_per_1000_attempts"),
    ),
    Statement("pull_backs_fill_detention", PULL_BACKS, rises("detention_person_days")),
    Statement("pull_backs_are_followed_by_new_attempts", PULL_BACKS, rises("repeat_attempts")),
    Statement("most_journeys_end_within_the_region", {}, ends_within_region, is_shape=True),
    Statement("journeys_go_leg_by_leg_with_pauses_for_work", {}, goes_leg_by_leg, is_shape=True),
    Statement("routes_react_with_a_lag", NIGER, reacts_with_a_lag, is_shape=True),
)
"""Those of section 7.5, in its order: the share of parameter draws that show each is in docs/validation/patterns.md."""
SIGNS = (
    Statement("firewall_brings_people_to_help", settings("firewall"), rises("served")),
    Statement("interception_brings_people_back", PULL_BACKS, rises("interceptions")),
    Statement(
        "services_lower_unmet_need", settings("services", capacity_factor=4), falls("unmet_need_share")
    ),
    Statement(
        "time_limit_shortens_detention",
        settings("detention", time_limit="10 days"),
        falls("detention_person_days"),
    ),
    Statement(
        "alternatives_replace_detention",
        settings("detention", alternatives=0.5),
        falls("detention_person_days"),
    ),
    Statement("conditions_decide_harm", settings("detention", harm_factor=3), rises("violence_in_detention")),
    Statement("enforcement_arrests", SAHEL, rises("arrests")),
    Statement("enforcement_raises_fares", SAHEL, rises("money_fares", over="flow")),
    Statement("detention_detains", settings("detention", after_arrest=1.0), rises("detentions")),
    Statement(
        "detention_holds_people_for_long",
        settings("detention", after_arrest=1.0),
        rises("detention_person_days"),
    ),
    Statement("services_help", settings("services", capacity_factor=4), rises("served")),
    Statement("pathways_admit", PATHWAYS, rises("admissions")),
    Statement("pathways_spare_people_the_sea", WIDE_OPEN, falls("sea_attempts"), pairs=6),
    Statement("pursuit_arrests", PURSUIT, rises("arrests")),
    Statement(
        "free_movement_lowers_arrests",
        {**CONTROLS, **settings("free_movement")},
        fewer_arrests_in_bloc,
        CONTROLS,
    ),
    Statement(
        "information_closes_the_gap_to_the_truth",
        settings("information", reach=1.0),
        lambda before, after: belief_gap(before) - belief_gap(after),
    ),
    Statement("referred_needs_are_served", settings("regional_protection", coverage=1.0), rises("served")),
    Statement("pursuit_raises_fares", PURSUIT, rises("money_fares", over="flow")),
    Statement(
        "assisted_return_returns",
        settings("returns", scope={"places": ["agadez", "tripoli"]}, assisted_factor=4),
        rises("returns_assisted"),
    ),
    Statement(
        "expulsion_expels",
        settings("returns", scope={"countries": ["DZA"]}, expelled=0.9),
        rises("expulsions"),
    ),
)
"""Signs of the levers, looked for at the defaults (tests/patterns)."""
