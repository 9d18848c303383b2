"""Money by hand: ratios with Fieller's sets, quadrants, acceptability, equal budgets, and words for awkward cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_values import make_plan, make_values

from experiments.plan import PlanError
from experiments.robustness.budget_question import BudgetQuestion, read_budget_question
from experiments.robustness.budget_table import (
    compute_acceptability_table,
    compute_bought,
    compute_plane,
    compute_spent,
)
from experiments.robustness.budget_words import (
    say_bought,
    say_equality,
    say_per_million,
    say_quadrants,
    say_usd_per_harm,
)
from experiments.robustness.money import (
    compute_acceptability,
    compute_most_per_usd,
    compute_ratio,
    count_quadrants,
)
from experiments.robustness.tables import analyse_budget
from experiments.statistics import mean_interval

ARMS = ["base", "dear", "cheap"]


# Ratios ---
def test_a_ratio_without_spread_is_exact() -> None:
    ratio = compute_ratio(np.full(4, 6.0), np.full(4, 2.0))
    assert ratio == (3.0, 3.0, 3.0, "interval")


def test_ends_of_the_ratio_are_where_the_t_test_is_just_not_significant() -> None:
    """The definition itself: at both ends the 95% interval of mean(a - r b) touches 0."""
    rng = np.random.default_rng(4)
    a, b = rng.normal(5.0, 2.0, 12), rng.normal(3.0, 0.8, 12)
    ratio = compute_ratio(a, b)
    assert ratio.shape == "interval"
    assert ratio.low < a.mean() / b.mean() < ratio.high
    for end, side in ((ratio.low, "low"), (ratio.high, "high")):
        touching = mean_interval((a - end * b)[None])
        nearest = min(abs(touching.low[0]), abs(touching.high[0]))
        assert nearest == pytest.approx(0.0, abs=1e-9), side


def test_a_cost_near_zero_has_no_interval() -> None:
    cost = np.array([-3.0, 2.0, -1.0, 3.0, -2.0, 1.5])
    surely = compute_ratio(np.full(6, 50.0) + np.arange(6), cost)
    assert surely.shape == "exclusive"
    assert surely.low < surely.high
    assert compute_ratio(np.array([1.0, -2.0, 1.5, -1.0, 0.5, 0.2]), cost).shape == "all"
    assert compute_ratio(np.array([1.0]), np.array([2.0])).shape == "none"
    assert np.isnan(compute_ratio(np.ones(4), np.zeros(4)).value)


def test_fiellers_set_holds_the_true_ratio_as_often_as_it_says() -> None:
    """3,000 repetitions at 95%: the share lies in 93.5% to 96.5% unless by a chance of 2 in 10,000."""
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(3000):
        shared = rng.normal(size=15)
        a, b = 2.0 + shared + rng.normal(size=15), 4.0 + shared + 0.5 * rng.normal(size=15)
        ratio = compute_ratio(a, b)
        inside = ratio.low <= 0.5 <= ratio.high
        hits += inside if ratio.shape == "interval" else not (ratio.low < 0.5 < ratio.high)
    assert 0.935 < hits / 3000 < 0.965


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=12), st.integers(2, 9)
)
def test_units_scale_ratios_and_order_does_not_matter(pairs, factor) -> None:
    a, b = np.array(pairs, float).T
    one, other = compute_ratio(a, b), compute_ratio((factor * a)[::-1], b[::-1])
    if one.shape == "interval" and other.shape == "interval":
        scaled = factor * np.array(one[:3])
        np.testing.assert_allclose(other[:3], scaled, rtol=1e-6, atol=1e-6 * factor)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=12))
def test_quadrants_hold_every_draw_once(pairs) -> None:
    prevented, cost = np.array(pairs, float).T
    assert sum(count_quadrants(prevented, cost).values()) == pytest.approx(1.0)


def test_quadrants_by_hand() -> None:
    shares = count_quadrants(np.array([1.0, 2.0, -1.0, -1.0, 0.0]), np.array([5.0, -5.0, 5.0, -5.0, 5.0]))
    assert set(shares.values()) == {0.2}


def test_acceptability_by_hand() -> None:
    """Prevented 0, 10, 30 at 0, 100, 600: below 10 a unit nobody is worth it, from 10 the second, from 25 the third."""
    prevented, cost = np.array([[0.0, 10.0, 30.0]] * 3), np.array([[0.0, 100.0, 600.0]] * 3)
    shares = compute_acceptability(prevented, cost, np.array([0.0, 9.0, 10.0, 20.0, 25.0, 30.0]))
    assert shares.tolist() == [[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]]


def test_most_per_usd_by_hand() -> None:
    prevented = np.array([[10.0, 30.0], [10.0, 10.0], [5.0, 50.0], [1.0, 1.0]])
    cost = np.array([[1.0, 5.0], [1.0, 1.0], [-1.0, 5.0], [2.0, 1.0]])
    shares, n = compute_most_per_usd(prevented, cost)
    assert n == 3  # where an arm saves money a ratio has no order
    np.testing.assert_allclose(shares, [(1 + 0.5) / 3, (0.5 + 1) / 3])
    assert compute_most_per_usd(prevented, -np.abs(cost))[1] == 0


# Tables ---
def make_money(dear=(300e6, 330e6, 270e6, 300e6), cheap=(150e6, 150e6, 150e6, 150e6)):
    deaths = {"base": [100.0] * 4, "dear": [70.0, 67.0, 73.0, 70.0], "cheap": [110.0, 90.0, 100.0, 95.0]}
    base = 20e6
    cost = {
        "base": [base] * 4,
        "dear": [base + extra for extra in dear],
        "cheap": [base + extra for extra in cheap],
    }
    return make_values({"deaths": deaths, "cost_total": cost, "cost_services": cost})


def test_cost_per_harm_by_hand() -> None:
    """Thirty deaths fewer for 300 million in the mean, in strict proportion: 0.1 per million, 10 million each."""
    rows = compute_bought(ARMS, make_money(), BudgetQuestion()).set_index("arm")
    dear = rows.loc["dear"]
    assert (dear["prevented"], dear["extra_usd"]) == (30.0, 300e6)
    assert dear["per_million"] == pytest.approx(0.1)
    assert (dear["per_million_low"], dear["per_million_high"]) == pytest.approx((0.1, 0.1))
    assert dear["usd_per_harm"] == pytest.approx(10e6)
    assert (dear["costs_more_less_harm"], dear["most_per_usd"], dear["most_per_usd_draws"]) == (1.0, 1.0, 4)
    assert rows.loc["cheap", "costs_more_more_harm"] == 0.25
    assert rows.loc["cheap", "no_change"] == 0.25


def test_words_of_cost_per_harm() -> None:
    rows = compute_bought(ARMS, make_money(), BudgetQuestion()).set_index("arm", drop=False)
    said = say_bought(rows.loc["dear"].to_dict())
    assert said.startswith("Deaths and disappearances, dear: prevented +30")
    assert "in 4 of 4 draws it costs more and there is less of it" in said
    assert say_usd_per_harm(rows.loc["dear"].to_dict()).startswith("10,000,000")
    cheap = rows.loc["cheap"].to_dict()
    assert say_usd_per_harm(cheap) == "not given: the harm prevented is not told apart from 0"
    assert "in 1 of 4 draws it costs more and there is more of it" in say_quadrants(cheap)


def test_no_ratio_where_cost_is_near_zero_or_saved() -> None:
    near = compute_bought(ARMS, make_money(cheap=(-50e6, 60e6, -40e6, 35e6)), BudgetQuestion()).set_index(
        "arm"
    )
    assert say_per_million(near.loc["cheap"].to_dict()) == "no ratio: the extra cost is not told apart from 0"
    saved = compute_bought(ARMS, make_money(cheap=(-50e6,) * 4), BudgetQuestion()).set_index("arm")
    assert say_per_million(saved.loc["cheap"].to_dict()) == "no ratio: it costs less than the baseline"
    assert saved.loc["cheap", "most_per_usd_draws"] == 0


def test_how_equal_budgets_came_out() -> None:
    question = BudgetQuestion(equal_usd=300e6)
    spent = compute_spent(ARMS, make_money(), question)
    total = spent[spent["item"] == "cost_total"].set_index("arm")
    assert total["share_of_meant"].to_dict() == {"dear": 1.0, "cheap": 0.5}
    assert total["is_equal"].to_dict() == {"dear": "unclear", "cheap": "no"}  # s = 24.5 million, n = 4: +-13%
    assert set(spent["item"]) == {"cost_total", "cost_services"}
    said = say_equality(spent, question.tolerance)
    assert "the dearest 2.00 times the cheapest" in said
    assert said.endswith("Within 10% of the sum: clearly not cheap; the draws do not tell for dear.")
    alike = compute_spent(ARMS, make_money(dear=(300e6,) * 4, cheap=(310e6,) * 4), BudgetQuestion())
    assert set(alike[alike["item"] == "cost_total"]["is_equal"]) == {"yes"}
    assert alike["meant_usd"].iloc[0] == pytest.approx(305e6)
    assert "All lie within 10% of the sum" in say_equality(alike, 0.1)


def test_only_the_arms_that_are_meant_to_be_equal_are_judged() -> None:
    spent = compute_spent(ARMS, make_money(), BudgetQuestion(arms=("dear",)))
    total = spent[spent["item"] == "cost_total"].set_index("arm")
    assert np.isnan(total.loc["cheap", "meant_usd"])
    assert total.loc["dear", "meant_usd"] == 300e6
    unasked = compute_spent(ARMS, make_money(), read_budget_question(None, ARMS))
    assert unasked["meant_usd"].isna().all()
    assert say_equality(unasked, 0.1) == (
        "The plan does not say that packages should cost the same: mean spending came out between 150 and 300 million "
        "USD, the dearest 2.00 times the cheapest."
    )


def test_the_plane_has_every_draw_and_acceptability_adds_up() -> None:
    plane = compute_plane(ARMS, make_money())
    assert len(plane) == 8
    assert plane[plane["arm"] == "dear"]["prevented"].tolist() == [30.0, 33.0, 27.0, 30.0]
    table = compute_acceptability_table(ARMS, make_money())
    np.testing.assert_allclose(table.groupby(["harm", "willingness_usd"])["share_of_draws"].sum(), 1.0)
    best = table[table["willingness_usd"] == 3e7].set_index("arm")["share_of_draws"]
    assert best["dear"] == 1.0  # worth it above 10 million


# The question ---
def test_every_mistake_of_the_budget_is_named_at_once() -> None:
    given = {"equal_us": 3e8, "equal_usd": -1, "arms": ["dere", "base"], "tolerance": True}
    with pytest.raises(PlanError) as error:
        read_budget_question(given, ARMS)
    lines = str(error.value).splitlines()
    assert len(lines) == 5
    assert "budget.equal_us: unknown key; did you mean equal_usd?" in lines
    assert "budget.equal_usd: needs a number above 0; got -1" in lines
    assert any("'dere' is no arm" in line and "did you mean dear?" in line for line in lines)
    assert any("the baseline is what others are compared with" in line for line in lines)
    assert read_budget_question(None, ARMS) == BudgetQuestion(asked=False)
    assert read_budget_question({}, ARMS) == BudgetQuestion()
    assert read_budget_question({"equal_usd": 3e8, "arms": ["dear"]}, ARMS) == BudgetQuestion(3e8, ("dear",))


def test_runs_without_costs_are_refused_in_words() -> None:
    values = make_values({"deaths": {arm: [1.0, 2.0] for arm in ARMS}})
    with pytest.raises(PlanError, match="keep the outcome 'cost_total'"):
        analyse_budget(make_plan(ARMS, 2), values)
