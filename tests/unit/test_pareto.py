"""The Pareto set of small cases worked out by hand: ties, equal arms, draws apart, and what a run does not report."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_runs import build_scenario, synthetic_model

from experiments.collect import collect_values
from experiments.compare import compare
from experiments.pareto import HARMS, compute_pareto, find_beaten, find_pareto_set, take_harms
from experiments.plan import Plan
from experiments.tables import render

BASELINE = build_scenario()
HALF = build_scenario("half", enforcement=0.5)
FULL = build_scenario("full", enforcement=1.0)


@pytest.mark.parametrize(
    ("harms", "in_set"),
    [
        ([[1, 2], [2, 1]], [True, True]),  # each is better in one
        ([[1, 2], [1, 3]], [True, False]),  # a tie in one, less in the other
        ([[1, 2], [1, 2]], [True, True]),  # equal arms beat nobody
        ([[1, 2], [1, 2], [0, 2]], [False, False, True]),  # and fall together
        ([[0, 9], [9, 0], [5, 5], [6, 5]], [True, True, True, False]),
        ([[3, 3]], [True]),
    ],
)
def test_sets_by_hand(harms: list[list[float]], in_set: list[bool]) -> None:
    assert find_pareto_set(np.array(harms, float)).tolist() == in_set


def test_who_beats_whom() -> None:
    beaten = find_beaten(np.array([[1.0, 1.0], [2.0, 1.0], [2.0, 1.0]]))
    assert beaten.tolist() == [[False, True, True], [False, False, False], [False, False, False]]


@given(
    harms=st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=6),
    factors=st.lists(st.floats(0.1, 100), min_size=3, max_size=3),
)
def test_some_arm_is_always_in_the_set_and_units_do_not_matter(harms, factors) -> None:
    table = np.array(harms, float)
    found = find_pareto_set(table)
    assert found.any()
    np.testing.assert_array_equal(found, find_pareto_set(table * np.array(factors)))
    np.testing.assert_array_equal(found[::-1], find_pareto_set(table[::-1]))


def test_a_comparison_of_three_arms() -> None:
    """Deaths and violence rise with enforcement and nothing else differs, so the baseline beats both in every draw."""
    comparison = compare(BASELINE, HALF, FULL, replicates=4, model=synthetic_model())
    table = comparison.pareto[comparison.pareto["interval_kind"] == "total"].set_index("arm")
    assert table["basis"].unique().tolist() == ["total"]  # these runs count no journeys to divide by
    assert table["in_set"].to_dict() == {"baseline": True, "half": False, "full": False}
    assert table.loc["full", "beaten_by"] == "baseline half"
    assert table["draws_in_set"].to_dict() == {"baseline": 4, "half": 0, "full": 0}
    assert table["share_of_draws"].to_dict() == {"baseline": 1.0, "half": 0.0, "full": 0.0}
    text = render(comparison)
    assert "full, in all: beaten by baseline, half" in text
    assert "own weights" not in text


def tables(deaths: dict[str, list[float]], journeys: dict[str, float]) -> tuple[Plan, object]:
    """Return a plan of two arms and values with known deaths by draw; the same for both kinds of interval."""
    import pandas as pd

    plan = Plan(BASELINE, (FULL,), 2, 1, 1.0)
    frames = {}
    for task in plan.tasks():
        rows = [("deaths", deaths[task.arm][task.replicate]), ("journeys", journeys[task.arm])]
        frames[task] = pd.DataFrame(rows, columns=["outcome", "value"]).assign(
            scope_kind="all", scope="all", group_kind="all", group="all", n_simulated=50
        )
    return plan, collect_values(frames)


def test_draws_are_judged_apart_and_rates_by_their_own_journeys() -> None:
    plan, values = tables({"baseline": [10, 30], "full": [20, 10]}, {"baseline": 1000, "full": 500})
    table = compute_pareto(plan, values).set_index(["interval_kind", "basis", "arm"]).sort_index()
    total = table.loc[("total", "total")]
    assert total["draws_in_set"].to_dict() == {"baseline": 1, "full": 1}
    assert total["in_set"].to_dict() == {"baseline": False, "full": True}  # means 20 and 15
    rate = table.loc[("total", "per_1000_journeys")]  # 10, 30 and 40, 20 per 1,000
    assert rate["draws_in_set"].to_dict() == {"baseline": 1, "full": 1}
    assert rate["in_set"].to_dict() == {"baseline": True, "full": False}
    found = take_harms(values, "total", "full", "per_1000_journeys", ("deaths", "sgbv"))
    assert found.tolist() == [[40.0, 0.0], [20.0, 0.0]]


def test_draws_without_journeys_are_left_out_of_rates() -> None:
    plan, values = tables({"baseline": [1, 1], "full": [1, 1]}, {"baseline": 10, "full": 0})
    table = compute_pareto(plan, values)
    assert set(table["basis"]) == {"total"}
    assert table["in_set"].all()  # a tie of equal arms


def test_no_harm_of_the_set_is_a_part_of_another() -> None:
    assert len(set(HARMS)) == len(HARMS)
    assert not any(f"{other}_" in harm for harm in HARMS for other in HARMS)
