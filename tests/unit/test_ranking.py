"""Regret, being best and ranks of small cases worked out by hand; then what must hold of any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_up_values import make_values

from experiments.robustness.ranking import (
    compute_best,
    compute_rank_shares,
    compute_regret,
    find_may_be_best,
    split_change,
    wilson_interval,
)
from experiments.robustness.robustness_table import compute_robustness
from experiments.weights import INDEX, Weights

# draws in rows, arms a, b, c in columns
HARM = np.array([[10.0, 8.0, 8.0], [5.0, 7.0, 9.0], [4.0, 4.0, 4.0], [6.0, 2.0, 3.0]])
TABLES = arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.integers(0, 6).map(float))


def test_regret_by_hand() -> None:
    assert compute_regret(HARM).tolist() == [[2, 0, 0], [0, 2, 4], [0, 0, 0], [4, 0, 1]]


def test_being_best_by_hand_ties_share_the_draw() -> None:
    third = 1 / 3
    expected = [[0, 0.5, 0.5], [1, 0, 0], [third, third, third], [0, 1, 0]]
    np.testing.assert_allclose(compute_best(HARM), expected)
    np.testing.assert_allclose(compute_best(HARM).mean(axis=0), [1 / 3, 11 / 24, 5 / 24])


def test_ranks_by_hand() -> None:
    third = 1 / 3
    a = np.array([[0, 0, 1], [1, 0, 0], [third] * 3, [0, 0, 1]]).mean(axis=0)
    b = np.array([[0.5, 0.5, 0], [0, 1, 0], [third] * 3, [1, 0, 0]]).mean(axis=0)
    c = np.array([[0.5, 0.5, 0], [0, 0, 1], [third] * 3, [0, 1, 0]]).mean(axis=0)
    np.testing.assert_allclose(compute_rank_shares(HARM), [a, b, c])


def test_wilson_by_hand() -> None:
    """Wilson's interval of 8 of 10: roots of (p - 0.8)^2 = z^2 p (1 - p) / 10, solved as a quadratic."""
    z2 = 1.959963984540054**2
    roots = np.sort(np.roots([1 + z2 / 10, -(1.6 + z2 / 10), 0.64]))
    low, high = wilson_interval(np.array([0.8]), 10)
    np.testing.assert_allclose([low[0], high[0]], roots)
    none, some = wilson_interval(np.array([0.0]), 20)
    assert none[0] == 0.0
    assert some[0] == pytest.approx(z2 / 20 / (1 + z2 / 20))
    assert np.isnan(wilson_interval(np.array([0.5]), 0)).all()


def test_the_change_of_a_total_splits_exactly() -> None:
    """100 deaths of 1,000 journeys against 60 of 500: risk rises from 0.10 to 0.12, journeys halve."""
    by_risk, by_movement = split_change(np.array([[100.0, 60.0]]), np.array([[1000.0, 500.0]]))
    np.testing.assert_allclose(by_risk, [[0.0, 0.02 * 750]])
    np.testing.assert_allclose(by_movement, [[0.0, -500 * 0.11]])
    np.testing.assert_allclose(by_risk + by_movement, [[0.0, -40.0]])


def test_an_arm_with_less_in_every_draw_rules_the_others_out() -> None:
    harm = np.column_stack([np.arange(10.0) + 5.0, np.arange(10.0), np.arange(10.0) * 1.0])
    assert find_may_be_best(harm).tolist() == [False, True, True]  # equal arms beat nobody
    assert find_may_be_best(harm[:1]).all()  # one draw says nothing


def test_the_best_arm_is_ruled_out_no_more_than_stated() -> None:
    """Four arms alike: each may be ruled out with 5% at most. 2,000 repetitions, so above 6.5% is chance 0.1%."""
    rng = np.random.default_rng(11)
    ruled_out = sum(not find_may_be_best(rng.normal(size=(20, 4)))[0] for _ in range(2000))
    assert ruled_out / 2000 < 0.065
    better = rng.normal(size=(20, 4)) - [2.0, 0.0, 0.0, 0.0]
    assert find_may_be_best(better).tolist() == [True, False, False, False]


@given(TABLES)
def test_regret_is_never_negative_and_somebody_has_none(harm) -> None:
    regret = compute_regret(harm)
    assert (regret >= 0).all()
    assert (regret.min(axis=1) == 0).all()
    best = compute_best(harm)
    np.testing.assert_allclose(best.sum(axis=1), 1.0)
    assert ((best > 0) == (regret == 0)).all()


@given(TABLES, st.integers(-50, 50), st.randoms(use_true_random=False))
def test_order_of_draws_and_arms_and_a_constant_do_not_matter(harm, constant, random) -> None:
    draws, arms = list(range(harm.shape[0])), list(range(harm.shape[1]))
    random.shuffle(draws)
    random.shuffle(arms)
    np.testing.assert_array_equal(compute_regret(harm + constant), compute_regret(harm))
    np.testing.assert_array_equal(compute_best(harm + constant), compute_best(harm))
    mixed = harm[draws][:, arms]
    np.testing.assert_array_equal(compute_regret(mixed), compute_regret(harm)[draws][:, arms])
    np.testing.assert_allclose(compute_rank_shares(mixed), compute_rank_shares(harm)[arms])


@given(TABLES)
def test_ranks_are_a_distribution_and_first_is_best(harm) -> None:
    shares = compute_rank_shares(harm)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(shares[:, 0], compute_best(harm).mean(axis=0))


@given(TABLES, st.integers(1, 1000))
def test_a_harm_that_moves_with_journeys_alone_has_no_part_in_risk(harm, journeys) -> None:
    moving = harm + journeys
    by_risk, by_movement = split_change(0.25 * moving, moving)
    np.testing.assert_allclose(by_risk, 0.0, atol=1e-12 * journeys)
    np.testing.assert_allclose(by_movement, 0.25 * (moving - moving[:, :1]))


# The table ---
DEATHS = {
    "base": [100.0, 200.0, 300.0, 400.0],
    "fewer": [80.0, 160.0, 240.0, 320.0],
    "odd": [90.0, 240.0, 290.0, 300.0],
}
JOURNEYS = {"base": [1000.0] * 4, "fewer": [800.0] * 4, "odd": [1000.0] * 4}


def make_table(**more):
    values = make_values({"deaths": DEATHS, "journeys": JOURNEYS, **more})
    table, ranks = compute_robustness(["base", "fewer", "odd"], values)
    return table.set_index(["basis", "harm", "arm"]).sort_index(), ranks


def test_harm_prevented_has_two_intervals_that_are_told_apart() -> None:
    """Prevented by "fewer": 20, 40, 60, 80. t(3) at 97.5% is 3.18245; s = 25.81989."""
    row = make_table()[0].loc[("total", "deaths", "fewer")]
    half = 3.182446305284263 * np.std([20, 40, 60, 80], ddof=1)
    assert row["prevented"] == 50.0
    assert row["prevented_mean_low"] == pytest.approx(50 - half / 2)
    assert row["prevented_mean_high"] == pytest.approx(50 + half / 2)
    assert row["prevented_spread_low"] < row["prevented_mean_low"]
    assert row["prevented_spread_high"] > row["prevented_mean_high"]
    assert row["draws_with_less"] == 4


def test_an_arm_that_only_moves_fewer_people_is_told() -> None:
    """A fifth fewer deaths of a fifth fewer journeys: the risk of each is the same."""
    table, _ = make_table()
    row = table.loc[("total", "deaths", "fewer")]
    assert row["only_fewer_journeys"]
    assert row["prevented_by_fewer_journeys"] == pytest.approx(50.0)
    assert row["prevented_by_lower_risk"] == pytest.approx(0.0, abs=1e-12)
    rate = table.loc[("per_1000_journeys", "deaths", "fewer")]
    assert rate["prevented"] == pytest.approx(0.0, abs=1e-12)
    assert not table.loc[("total", "deaths", "odd"), "only_fewer_journeys"]


def test_regret_and_being_best_of_the_table() -> None:
    """Regret of "odd": 10, 80, 50, 0 against "fewer", which has 0, 0, 0, 20."""
    table, ranks = make_table()
    odd = table.loc[("total", "deaths", "odd")]
    assert (odd["regret_mean"], odd["regret_max"]) == (35.0, 80.0)
    assert odd["regret_p90"] == pytest.approx(71.0)  # between 50 and 80, 0.7 of the way
    assert odd["regret_mean_share"] == pytest.approx(35 / 250)
    assert table.loc[("total", "deaths", "fewer"), "best"] == 0.75
    assert odd["best"] == 0.25
    assert odd["expected_rank"] == pytest.approx((2 + 3 + 2 + 1) / 4)
    of_odd = ranks[(ranks["basis"] == "total") & (ranks["arm"] == "odd")]
    assert of_odd["share_of_draws"].tolist() == [0.25, 0.5, 0.25]


def test_harms_are_never_added_up_without_weights_and_what_never_happened_is_left_out() -> None:
    table, _ = make_table(
        injury={arm: [0.0] * 4 for arm in DEATHS}, arrivals={arm: [9.0] * 4 for arm in DEATHS}
    )
    assert set(table.index.get_level_values("harm")) == {"deaths"}
    assert set(table["user_weights"]) == {""}


def test_the_users_own_weights_are_one_more_row_marked_as_theirs() -> None:
    sgbv = {"base": [10.0] * 4, "fewer": [10.0] * 4, "odd": [0.0] * 4}
    values = make_values({"deaths": DEATHS, "sgbv": sgbv, "journeys": JOURNEYS})
    weights = Weights("mine.yaml", "", {"deaths": 1.0, "sgbv": 3.0})
    table, _ = compute_robustness(["base", "fewer", "odd"], values, weights)
    index = table[(table["harm"] == INDEX) & (table["basis"] == "total")].set_index("arm")
    assert index["level"].to_dict() == {"base": 280.0, "fewer": 230.0, "odd": 230.0}
    assert set(index["user_weights"]) == {"deaths=1 sgbv=3"}


def test_draws_in_which_nobody_moves_have_no_rate() -> None:
    journeys = {arm: [1000.0, 0.0, 1000.0, 1000.0] for arm in DEATHS}
    values = make_values({"deaths": DEATHS, "journeys": journeys})
    table, _ = compute_robustness(["base", "fewer", "odd"], values)
    assert table.groupby("basis")["draws"].first().to_dict() == {"total": 4, "per_1000_journeys": 3}


def test_few_people_are_marked() -> None:
    values = make_values({"deaths": DEATHS}, people=9.0)
    table, _ = compute_robustness(["base", "fewer", "odd"], values)
    assert table["fewer_than_10"].all()
    assert set(table["basis"]) == {"total"}  # nobody counts journeys


def test_a_draw_with_a_failed_run_is_left_out_of_all_arms() -> None:
    values = make_values({"deaths": DEATHS | {"odd": [90.0, np.nan, 290.0, 300.0]}, "journeys": JOURNEYS})
    table, _ = compute_robustness(["base", "fewer", "odd"], values)
    assert set(table["draws"]) == {3}
    fewer = table[(table["basis"] == "total") & (table["arm"] == "fewer")].iloc[0]
    assert fewer["prevented"] == pytest.approx((20 + 60 + 80) / 3)
