"""Runs of random worlds show what the absorbing Markov chain says, and the comparison would notice a 1% error.

All comparisons with the chain share one false-alarm budget (comparison.FALSE_ALARM, 1e-6 for the whole suite, split
evenly); seeds are fixed, so a red test is a real change.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from chain import LIVING, Cohort, solve
from comparison import MAX_TESTS, PER_TEST, Finding, Observed, compare, merge, observe, people_of
from map_rows import assemble, composition, custody, leg, place, risk, stream, vehicle_risk
from matrix import HAPPENINGS
from random_world import random_world
from scipy import stats

from simulation.spec.checks import check_scenario
from simulation.spec.models import Scenario

WORLDS = range(48)  # every twelfth tells kinds of service apart
PEOPLE = 30_000  # in each of a world's two streams


def surprises(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.p_value < PER_TEST]


def last_day(cohorts: dict[str, Cohort]) -> int:
    return max(cohort.horizon for cohort in cohorts.values())


@pytest.mark.parametrize("world", WORLDS)
def test_outcomes_and_person_days_equal_the_chain_solution(world):
    scenario = random_world(world, PEOPLE)
    # Two things that no author may ask for, and the model can do: everybody equally vulnerable, so that the chain needs
    # no state for it, and a destination that happens to be out of reach.
    allowed = ("vulnerability_start must be", "no journey can reach the destination")
    errors = [f for f in check_scenario(scenario) if f.severity == "error"]
    assert [f for f in errors if not f.message.startswith(allowed)] == []
    cohorts = solve(scenario)
    check_distribution(cohorts)
    seen = observe(scenario, seed=1000 + world, days=last_day(cohorts))
    findings = [f for cohort in cohorts.values() for f in compare(cohort, seen)]
    assert 0 < len(findings) <= MAX_TESTS // (len(WORLDS) + 4)
    assert surprises(findings) == []
    assert min(people_of(seen, name) for name in cohorts) > 0.9 * PEOPLE


def check_distribution(cohorts: dict[str, Cohort]) -> None:
    """The chain itself: people are somewhere on every day, and their days add up."""
    for cohort in cohorts.values():
        assert np.allclose([day.sum() for day in cohort.census], 1.0, atol=1e-8)
        if cohort.moments["restarted"].mean == 0:
            for ends in cohort.ends.values():
                assert sum(ends.values()) == pytest.approx(1.0, abs=1e-9) or not ends
        for i, status in enumerate(LIVING):
            days = sum(day[i] for day in cohort.census)
            assert days == pytest.approx(cohort.moments[status].mean, abs=1e-5)


def test_the_worlds_show_everything_that_can_happen():
    """Every happening and status is seen often in some worlds; a suite that never sees a thing proves nothing."""
    often = dict.fromkeys((*HAPPENINGS, *LIVING, "repeat_attempt", "sahara_crossing"), 0)
    for world in (*WORLDS[:14], *WORLDS[15::12]):
        seen = observe(random_world(world, PEOPLE), seed=world, days=70)
        total = dict.fromkeys(often, 0)
        for happens in seen.happens.values():
            for (what, _), count in happens.items():
                total[what] += count
        for days in seen.days.values():
            for status, count in days.items():
                total[status] += count
        for what, count in total.items():
            often[what] += count > 300
    needs = ("_shelter", "_information")  # few worlds tell them apart
    assert {what: n for what, n in often.items() if n < (1 if what.endswith(needs) else 2)} == {}


# The twin that must fail ----------------------------------------------------------------------------------------
HAZARDS: dict[str, float] = {"road deaths": 0.2, "road arrests": 0.25, "wrecks": 0.8, "alternatives": 0.1}
PLANTED = {
    "road deaths": 1.01,
    "road arrests": 1.01,
    "wrecks": 1.01,
    "alternatives": 1.03,
}  # ratio, wrong to right
SHOWN = {
    "road deaths": ("death", ("leg", "road")),
    "road arrests": ("returned", ("detention", "coast")),
    "wrecks": ("death", ("leg", "crossing")),
    "alternatives": ("alternative", ("leg", "road")),
}  # what happens at most once to a person, and shows the hazard
MANY, RUNS = 1_000_000, 4
SEEDS = range(1, RUNS + 1)


def hazardous_world(**changed: float) -> Scenario:
    """Home, two days of road with deaths and arrests, the coast, a crossing with wrecks, the other shore."""
    hazard = HAZARDS | {name.replace("_", " "): value for name, value in changed.items()}
    never: dict[str, Any] = dict.fromkeys(("stay_utility", "return_utility", "settle_utility"), -60.0)
    held = {"after_arrest": 1.0, "exit_assisted": 1.0, "alternatives_share": hazard["alternatives"]}
    return assemble(
        parameters=never | {"alternative_days": 2.0},
        places=[
            place("home", "origin"),
            place("coast", "border_post", custody_zone="jail"),
            place("shore", "destination", country="ITA"),
        ],
        legs=[
            leg("road", "home", "coast", (2.0, 2.0, 2.0), risk_zone="rough"),
            leg("crossing", "coast", "shore", (0.4, 0.7, 1.6), mode="sea", vehicle_capacity=80, risk_zone="open"),
        ],
        risks=[
            risk("rough", "leg", "death", hazard["road deaths"]),
            risk("rough", "leg", "arrest", hazard["road arrests"]),
        ],
        vehicle_risks=[vehicle_risk("open", "peril", hazard["wrecks"]), vehicle_risk("open", "death_unrescued", 0.9)],
        custody=[custody("jail", "detention", 1.5, **held)],
        streams=[stream("people", "home", MANY)],
        composition=[composition("people")],
    )  # fmt: skip


def observe_many(scenario: Scenario) -> Observed:
    days = solve(scenario)["people"].horizon
    return merge([observe(scenario, seed, days) for seed in SEEDS])


def wrongly(hazard: str) -> Scenario:
    """Return the world with one hazard planted wrong."""
    return hazardous_world(**{hazard.replace(" ", "_"): PLANTED[hazard] * HAZARDS[hazard]})


def power(hazard: str, n: int) -> tuple[float, float, float]:
    """Return (share of people who show it, expected z, chance to notice) of a hazard that is planted wrong.

    The count is binomial; a planted p1 is noticed if it lies further from p0 than the test's critical z.
    """
    told = solve(hazardous_world())["people"].happens[SHOWN[hazard]]
    p1 = solve(wrongly(hazard))["people"].happens[SHOWN[hazard]]
    sd0, sd1 = np.sqrt(told * (1 - told) / n), np.sqrt(p1 * (1 - p1) / n)
    critical = stats.norm.isf(PER_TEST / 2) * sd0
    return told, (p1 - told) / sd0, float(stats.norm.sf((critical - (p1 - told)) / sd1))


@cache
def many_people() -> Observed:
    return observe_many(hazardous_world())


def test_the_hazardous_world_agrees_with_its_own_chain():
    assert surprises(compare(solve(hazardous_world())["people"], many_people())) == []


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_chain_told_a_hazard_one_percent_wrong_disagrees(hazard):
    """4 million people; hazards 1% wrong, the share of alternatives 3%: power above 0.99 at z 6.8 each."""
    share, z, chance = power(hazard, RUNS * MANY)
    assert share * RUNS * MANY > 100_000
    assert z > 9.3
    assert chance > 0.99
    assert surprises(compare(solve(wrongly(hazard))["people"], many_people())) != []


@pytest.mark.parametrize(("hazard", "what"), [("wrecks", SHOWN["wrecks"]), ("alternatives", "alternative")])
def test_a_model_run_with_a_hazard_wrong_disagrees(hazard, what):
    """The other way round: the run has 1% more wrecks, or 3% more alternatives, than the chain knows of."""
    seen = observe_many(wrongly(hazard))
    assert power(hazard, RUNS * MANY)[2] > 0.99
    found = {f.what for f in surprises(compare(solve(hazardous_world())["people"], seen))}
    assert f"people: {what}" in found
