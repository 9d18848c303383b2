"""Runs of random worlds show what the absorbing Markov chain says, and the comparison would notice a 1% error.

All comparisons with the chain share one false-alarm budget (comparison.FALSE_ALARM, 1e-6 for the whole suite, split
evenly); seeds are fixed, so a red test is a real change.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from chain import HAPPENINGS, STATUSES, Cohort, solve
from comparison import MAX_TESTS, PER_TEST, Finding, Observed, compare, merge, observe, people_of
from random_world import assemble, composition, custody, leg, place, random_world, risk, stream, vehicle_risk
from scipy import stats

from simulation.spec.checks import check_scenario
from simulation.spec.models import Scenario

WORLDS = range(60)
PEOPLE = 30_000  # in each of a world's two streams


@cache
def exact(world: int) -> dict[str, Cohort]:
    return solve(random_world(world, PEOPLE))


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
    cohorts = exact(world)
    seen = observe(scenario, seed=1000 + world, days=last_day(cohorts))
    findings = [f for cohort in cohorts.values() for f in compare(cohort, seen)]
    assert 0 < len(findings) <= MAX_TESTS // (len(WORLDS) + 4)
    assert surprises(findings) == []
    assert min(people_of(seen, name) for name in cohorts) > 0.9 * PEOPLE


def test_the_worlds_show_everything_that_can_happen():
    """Every happening and status is expected often in many worlds; a suite that never sees a thing proves nothing."""
    worlds = [exact(world) for world in WORLDS]
    for name in (*HAPPENINGS, "WAITING", "WORKING", "PATHWAY", "TRAVELLING", "CAPTIVE", "DETAINED"):
        if name != "started":
            often = sum(max(c.moments[name].mean for c in world.values()) * PEOPLE > 300 for world in worlds)
            assert often >= 10, name


def test_the_chain_is_a_distribution():
    for world in WORLDS:
        for cohort in exact(world).values():
            assert np.allclose([day.sum() for day in cohort.census], 1.0, atol=1e-8)
            for ends in cohort.ends.values():
                assert sum(ends.values()) == pytest.approx(1.0, abs=1e-9)
            for i, status in enumerate(STATUSES[:6]):
                days = sum(day[i] for day in cohort.census)
                assert days == pytest.approx(cohort.moments[status].mean, abs=1e-5)


# The twin that must fail ----------------------------------------------------------------------------------------
HAZARDS: dict[str, float] = {"road deaths": 0.2, "road arrests": 0.25, "wrecks": 0.8}
ENDINGS = {
    "road deaths": ("death", ("leg", "road")),
    "road arrests": ("returned", ("detention", "coast")),
    "wrecks": ("death", ("leg", "crossing")),
}
MANY, RUNS = 1_000_000, 4
SEEDS = range(1, RUNS + 1)


def hazardous_world(**changed: float) -> Scenario:
    """Home, two days of road with deaths and arrests, the coast, a crossing with wrecks, the other shore."""
    hazard = HAZARDS | {name.replace("_", " "): value for name, value in changed.items()}
    never: dict[str, Any] = dict.fromkeys(("stay_utility", "return_utility", "settle_utility"), -60.0)
    return assemble(
        parameters=never,
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
        custody=[custody("jail", "detention", 1.5, after_arrest=1.0, exit_assisted=1.0)],
        streams=[stream("people", "home", MANY)],
        composition=[composition("people")],
    )  # fmt: skip


def observe_many(scenario: Scenario) -> Observed:
    days = solve(scenario)["people"].horizon
    return merge([observe(scenario, seed, days) for seed in SEEDS])


def power(hazard: str, n: int) -> tuple[float, float, float]:
    """Return (share of the ending, expected z, chance to notice) when a hazard is 1% above what the chain is told.

    The ending's count is binomial; a planted p1 is noticed if it lies further from p0 than the test's critical z.
    """
    told = solve(hazardous_world())["people"].happens[ENDINGS[hazard]]
    planted = solve(hazardous_world(**{hazard.replace(" ", "_"): 1.01 * HAZARDS[hazard]}))["people"]
    p1 = planted.happens[ENDINGS[hazard]]
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
    """4 million people: expected z 9.9 (road deaths), 11.0 (arrests), 12.6 (wrecks); power above 0.999 at z 6.8."""
    share, z, chance = power(hazard, RUNS * MANY)
    assert share >= 0.10
    assert z > 9.5
    assert chance > 0.99
    wrong = hazardous_world(**{hazard.replace(" ", "_"): 1.01 * HAZARDS[hazard]})
    assert surprises(compare(solve(wrong)["people"], many_people())) != []


def test_a_model_run_with_a_hazard_one_percent_wrong_disagrees():
    """The other way round: the run has 1% more wrecks than the chain knows of. Expected z 12.6, power above 0.9999."""
    seen = observe_many(hazardous_world(wrecks=1.01 * HAZARDS["wrecks"]))
    assert power("wrecks", RUNS * MANY)[2] > 0.99
    found = {f.what for f in surprises(compare(solve(hazardous_world())["people"], seen))}
    assert f"people: {ENDINGS['wrecks']}" in found
