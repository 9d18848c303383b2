"""Multiplicity: Holm by hand, the paired t test of SciPy, and how many would be outside by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.collect import KEYS, Values
from experiments.multiplicity import (
    adjust_holm,
    compute_multiplicity,
    compute_paired_p,
    describe_multiplicity,
    find_chance_outside,
)
from experiments.statistics import compute_paired


def values_of(n_outcomes, n, change, seed=1, scale=10.0):
    """Return a comparison of n_outcomes outcomes whose variant is ``change`` more, with luck of deviation ``scale``."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame([[f"outcome_{i}", *["all"] * 4] for i in range(n_outcomes)], columns=KEYS)
    value = {}
    for kind in ("total", "monte_carlo"):
        base = 1000 + rng.normal(0, scale, (n_outcomes, n))
        value[kind, "usual"] = base
        value[kind, "policy"] = base + np.asarray(change)[:, None] + rng.normal(0, scale, (n_outcomes, n))
    return Values(rows, value, {key: np.full(table.shape, 50.0) for key, table in value.items()})


def test_holm_by_hand():
    adjusted = adjust_holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(adjusted, [0.03, 0.06, np.nan, 0.06, 0.02])
    assert adjust_holm(np.array([np.nan])).tolist() == pytest.approx([np.nan], nan_ok=True)
    assert adjust_holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_and_never_lowers(p_values):
    p_value = np.array(p_values)
    adjusted = adjust_holm(p_value)
    assert (adjusted >= p_value).all()
    assert (adjusted <= 1).all()
    order = np.argsort(p_value, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def test_p_values_are_those_of_the_paired_t_test():
    rng = np.random.default_rng(3)
    left, right = rng.normal(5, 1, (4, 9)), rng.normal(5.5, 1, (4, 9))
    right[0, 3] = np.nan
    expected = stats.ttest_rel(right, left, axis=1, nan_policy="omit").pvalue
    np.testing.assert_allclose(compute_paired_p(left, right), np.asarray(expected, float))


def test_p_values_of_awkward_rows():
    left = np.array([[0.0] * 4, [3.0] * 4, [1.0, 2.0, 3.0, 4.0], [1.0, np.nan, np.nan, np.nan]])
    right = np.array([[0.0] * 4, [5.0] * 4, [1.0, 2.0, 3.0, 4.0], [2.0] * 4])
    np.testing.assert_array_equal(compute_paired_p(left, right), [np.nan, 0, 1, np.nan])


@pytest.mark.parametrize(("kind", "n"), [("monte_carlo", 8), ("total", 2), ("total", 3)])
def test_the_share_outside_by_chance_is_what_is_said(kind, n):
    """20,000 pairs of arms without a difference, values below 0 so that nothing is assumed; binomial, 1e-6."""
    rng = np.random.default_rng(n)
    left, right = rng.normal(-50, 1, (2, 20000, n))
    difference = compute_paired(left, right, kind).difference
    outside = int(((difference.low > 0) | (difference.high < 0)).sum())
    assert stats.binomtest(outside, 20000, find_chance_outside(kind, n)).pvalue > 1e-6
    assert np.isnan(find_chance_outside(kind, 1))
    assert find_chance_outside("total", 60) < 1e-12


def test_of_many_differences_that_are_none_some_are_outside_and_none_stands():
    table = compute_multiplicity(values_of(100, 10, np.zeros(100)), ["usual", "policy"])
    seeds = table[table["interval_kind"] == "monte_carlo"]
    assert seeds["outside_by_chance"].iloc[0] == pytest.approx(5.0)
    assert stats.binomtest(int(seeds["outside"].sum()), 100, 0.05).pvalue > 1e-4
    assert seeds["shown_outside"].iloc[0] == seeds["outside"].sum()
    assert not table["stands"].any()


def test_a_large_difference_stands_and_intervals_are_left_alone():
    change = np.zeros(50)
    change[7] = 80.0
    values = values_of(50, 10, change)
    table = compute_multiplicity(values, ["usual", "policy"])
    assert set(table.loc[table["stands"], "outcome"]) == {"outcome_7"}
    paired = compute_paired(values.value["total", "usual"], values.value["total", "policy"], "total")
    total = table[table["interval_kind"] == "total"]
    np.testing.assert_array_equal(total["difference_low"], paired.difference.low)


def test_it_is_said_aloud():
    change = np.zeros(100)
    change[:5] = 100.0
    text = " ".join(
        describe_multiplicity(compute_multiplicity(values_of(100, 10, change), ["usual", "policy"]))
    )
    assert "100 differences over the whole route are shown (over draws of the uncertain numbers)" in text
    assert "about 5 would if no mean differed. 5 differences stand" in text
    assert "Outside by themselves, not when counted in: outcome" in text


def test_the_family_is_everything_for_the_whole_route():
    values = values_of(3, 6, np.zeros(3))
    rows = values.rows.copy()
    rows.loc[1, ["scope_kind", "scope"]] = ["leg", "main"]
    value = {
        **values.value,
        **{(kind, "other"): values.value[kind, "policy"] for kind in ("total", "monte_carlo")},
    }
    table = compute_multiplicity(Values(rows, value, value), ["usual", "policy", "other"])
    assert (table["shown"] == 4).all()
    assert set(table["outcome"]) == {"outcome_0", "outcome_2"}
    only = {key: table_ for key, table_ in value.items() if key[0] == "total"}
    assert set(compute_multiplicity(Values(rows, only, only), ["usual", "policy"])["interval_kind"]) == {
        "total"
    }
