"""The patterns of MODEL.md section 7.5 and of its levers (section 4) as margins between two arms of a short run."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from arms import (
    BLOC,
    Margin,
    belief_gap,
    deadlier_desert,
    falls,
    fewer_arrests_in_bloc,
    is_diverted,
    rises,
    settings,
)

from experiments.dose_levers import Entries

BOATS_OFF_LIBYA = [f"e{number:03d}" for number in range(98, 109)]
# Law 2015-36 as in niger_enforcement_2016.yaml.
NIGER = {
    "border_enforcement": [
        {"scope": {"countries": ["NER"]}, "intensity": 0.1},
        {"scope": {"legs": ["e021", "e022", "e023", "e024", "e025"]}, "intensity": 0.8},
        {"scope": {"legs": ["e037", "e038", "e039"]}, "intensity": 0.3},
    ]
}
PULL_BACKS = settings("interception", scope={"legs": BOATS_OFF_LIBYA}, intensity=0.8)
CONTROLS = settings("border_enforcement", scope={"countries": BLOC}, intensity=0.5)
PATHWAYS = settings(
    "legal_pathways", quota_factor=10, processing="60 days", acceptance=0.8, awareness=0.5
)  # fmt: skip
PURSUIT = settings("anti_smuggling", intensity=1.0)


class Statement(NamedTuple):
    """A pattern: what is set in the second arm and not in the first, and a margin above 0 where it holds."""

    name: str
    variant: Entries
    margin: Margin
    base: Entries = MappingProxyType({})


STATEMENTS = (
    Statement("enforcement_diverts_rather_than_stops", NIGER, is_diverted),
    Statement("enforcement_makes_the_desert_deadlier", NIGER, deadlier_desert),
    Statement(
        "less_rescue_makes_the_sea_deadlier",
        settings("search_and_rescue", coverage=0.2),
        rises("deaths_sea_per_1000_attempts"),
    ),
    Statement("pull_backs_fill_detention", PULL_BACKS, rises("detention_person_days")),
    Statement("pull_backs_are_followed_by_new_attempts", PULL_BACKS, rises("repeat_attempts")),
    Statement("firewall_brings_people_to_help", settings("firewall"), rises("served")),
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
    Statement("pathways_admit", PATHWAYS, rises("admissions")),
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
