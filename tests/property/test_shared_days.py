"""Arms that share their first days live them once, and end with the same bits as if each had lived them itself."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import lever_sets, worlds
from small_worlds import FIRST

from experiments.plan import first_difference
from simulation import load_scenario, run
from simulation.recorder import Counts
from simulation.runner import run_arms
from simulation.spec.models import (
    BorderEnforcement,
    Interception,
    Levers,
    Scenario,
    SearchAndRescue,
    Services,
)

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"


def with_levers(scenario: Scenario, name: str, **entries: object) -> Scenario:
    levers = scenario.document.levers
    added = {key: (*getattr(levers, key), entry) for key, entry in entries.items()}
    document = scenario.document.model_copy(
        update={"scenario": name, "levers": levers.model_copy(update=added)}
    )
    return scenario.model_copy(update={"document": document})


def variants(scenario: Scenario, start: date) -> list[Scenario]:
    later = start + timedelta(days=40)
    return [
        with_levers(scenario, "stricter", border_enforcement=BorderEnforcement(start=start, intensity=0.9)),
        with_levers(
            scenario,
            "elsewhere",
            interception=Interception(start=start, end=later, intensity=1.0),
            search_and_rescue=SearchAndRescue(start=later, coverage=0.0),
            services=Services(start=start, capacity_factor=3.0),
        ),
    ]


def differing(one: Counts, two: Counts) -> list[str]:
    return [f.name for f in fields(Counts) if not np.array_equal(getattr(one, f.name), getattr(two, f.name))]


@pytest.mark.parametrize("name", ["fork", "sea"])
@pytest.mark.parametrize("threads", [1, 2])
def test_shared_days_change_no_bit(name: str, threads: int) -> None:
    scenario = load_scenario(TINY / name / f"{name}.yaml")
    start = scenario.document.period.start + timedelta(days=75)
    arms = [scenario, *variants(scenario, start)]
    assert first_difference(arms[0], arms[1:]) == start
    together = run_arms(arms, start, seed=5, threads=threads)
    alone = [run(arm, seed=5, threads=1) for arm in arms]
    for shared, separate in zip(together, alone, strict=True):
        assert shared.scenario == separate.scenario
        assert differing(shared.counts, separate.counts) == []
    assert any(differing(alone[0].counts, other.counts) for other in alone[1:])  # the twins that must differ


def test_scenarios_that_differ_from_the_start_or_in_their_tables_share_no_days() -> None:
    scenario = load_scenario(TINY / "fork" / "fork.yaml")
    first = scenario.document.period.start
    early = with_levers(scenario, "early", border_enforcement=BorderEnforcement(start=first, intensity=0.5))
    undated = with_levers(scenario, "undated", border_enforcement=BorderEnforcement(intensity=0.5))
    other = scenario.model_copy(update={"risks": scenario.risks[:-1]})
    later = with_levers(
        scenario,
        "later",
        border_enforcement=BorderEnforcement(start=first + timedelta(days=9), intensity=0.5),
    )
    assert first_difference(scenario, [early]) is None
    assert first_difference(scenario, [undated]) is None
    assert first_difference(scenario, [other]) is None
    assert first_difference(scenario, [later, early]) is None
    assert first_difference(scenario, [later]) == first + timedelta(days=9)


def from_day(scenario: Scenario, name: str, more: Levers, start: date) -> Scenario:
    """Return the scenario with further settings of every lever, all in force from a day on."""
    levers = scenario.document.levers
    later = {
        key: (
            *getattr(levers, key),
            *(entry.model_copy(update={"start": start}) for entry in getattr(more, key)),
        )
        for key in Levers.model_fields
    }
    document = scenario.document.model_copy(
        update={"scenario": name, "levers": levers.model_copy(update=later)}
    )
    return scenario.model_copy(update={"document": document})


@settings(max_examples=40)
@given(scenario=worlds(), more=lever_sets(), day=st.integers(5, 32), scale=st.sampled_from([1.0, 0.5]))
def test_shared_days_change_no_bit_whatever_is_on(
    scenario: Scenario, more: Levers, day: int, scale: float
) -> None:
    """Any mechanism on, any levers from any day on: parties, purses, markets, beliefs and queues go along."""
    start = FIRST + timedelta(days=day)
    arm = from_day(scenario, "other", more, start)
    assert first_difference(scenario, [arm]) == start
    together = run_arms([scenario, arm], start, seed=3, scale=scale, threads=1)
    for shared, one in zip(together, (scenario, arm), strict=True):
        alone = run(one, seed=3, scale=scale, threads=1)
        assert differing(shared.counts, alone.counts) == []
