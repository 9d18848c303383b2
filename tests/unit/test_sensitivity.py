"""Sensitivity: closed forms on Ishigami and on linear models of our own interface, then failures and luck."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from scipy import stats

from experiments.collect import Values
from experiments.design import Design
from experiments.sensitivity import compute_sensitivity
from experiments.sensitivity.indices import SensitivityError
from experiments.sensitivity.noise import compute_luck, compute_luck_share
from experiments.sensitivity.ranks import adjust_rates, compute_ranks
from experiments.sensitivity.screening import compute_chance_effect, compute_morris
from experiments.sensitivity.variance import compute_sobol

BASE, EFFECT = np.array([4.0, -2.0, 1.0, 0.0]), np.array([0.0, 0.0, 3.0, -1.0])


def problem(n):
    return {"num_vars": n, "names": [str(i) for i in range(n)], "bounds": [[0.0, 1.0]] * n}


def trajectories(n_factors, n=10, levels=4, seed=3):
    return np.clip(morris_sample.sample(problem(n_factors), n, num_levels=levels, seed=seed), 0, 1)


def saltelli(n_factors, n=1024, seed=3, *, second_order=False):
    return sobol_sample.sample(problem(n_factors), n, calc_second_order=second_order, seed=seed)


def design_of(method, points, seeds="common", **more):
    names = tuple(f"parameter:p{i}" for i in range(points.shape[1]))
    return Design(method, names, tuple((name,) for name in names), points, seeds, **more)


def values_of(points, base=BASE, effect=EFFECT, noise=0.0, n_seeds=12):
    """Return what runs of a linear model give: deaths = 100 + base . u, the variant effect . u more, luck added."""
    rng = np.random.default_rng(9)
    luck = [noise * rng.standard_normal((2, 1, n)) for n in (len(points), n_seeds)]
    total = 100 + (points @ base)[None]
    value = {
        ("total", "usual"): total + luck[0][0],
        ("total", "policy"): total + (points @ effect)[None] + luck[0][1],
        ("monte_carlo", "usual"): 100 + luck[1][0],
        ("monte_carlo", "policy"): 101 + luck[1][1],
    }
    rows = pd.DataFrame(
        [["deaths"] + ["all"] * 4], columns=["outcome", "scope_kind", "scope", "group_kind", "group"]
    )
    return Values(rows, value, {key: np.full(table.shape, 50.0) for key, table in value.items()})


def analyse(design, **more):
    factors = pd.DataFrame(
        {"factor": design.factors, "words": "w", "confidence": "assumed", "settled_by": "data"}
    )
    return compute_sensitivity(values_of(design.points, **more), ["usual", "policy"], design, factors)


def take(found, about, measure):
    table = found.indices
    return table[(table["about"] == about) & (table["measure"] == measure)].reset_index(drop=True)


def ishigami(points):
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices():
    """Return first and total order indices in closed form (Ishigami, Homma 1990), a = 7, b = 0.1."""
    a, b, pi = 7.0, 0.1, np.pi
    alone = np.array([0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0.0])
    both = b**2 * pi**8 * (1 / 18 - 1 / 50)
    variance = alone.sum() + both
    return alone / variance, (alone + np.array([both, 0, both])) / variance, both / variance


def test_sobol_indices_of_ishigami_are_the_closed_form():
    points = saltelli(3, 2048, second_order=True)
    found = compute_sobol(points, ishigami(points), second_order=True)
    first, total, pair = ishigami_indices()
    for measure, truth in (("first", first), ("total", total)):
        estimate = found.measures[measure]
        assert (estimate.low <= truth).all()
        assert (truth <= estimate.high).all()
        np.testing.assert_allclose(estimate.value, truth, atol=0.03)
    assert found.pairs.low[0, 2] <= pair <= found.pairs.high[0, 2]
    assert abs(found.pairs.value[0, 1]) < 0.05


def test_sobol_intervals_hold_ishigamis_closed_form_in_most_samples():
    """40 samples, 6 indices each: at least 90% of intervals hold the truth; scrambled points make them cautious.

    With independent points 216 or fewer of 240 would come with probability 1e-3; the seed is fixed.
    """
    first, total, _ = ishigami_indices()
    held = []
    for seed in range(1, 41):
        points = saltelli(3, 256, seed)
        found = compute_sobol(points, ishigami(points), second_order=False).measures
        for measure, truth in (("first", first), ("total", total)):
            held += [*((found[measure].low <= truth) & (truth <= found[measure].high))]
    assert np.mean(held) >= 0.90


def test_sobol_indices_of_a_linear_model_through_designs_and_values():
    """u uniform on [0, 1]: every index is coefficient squared over their sum, for the level and for the difference."""
    found = analyse(design_of("saltelli", saltelli(4)))
    for about, coefficients in (("level", BASE), ("difference", EFFECT)):
        truth = coefficients**2 / (coefficients**2).sum()
        for measure in ("first", "total"):
            rows = take(found, about, measure)
            assert (rows["low"] <= truth + 1e-12).all()
            assert (truth - 1e-12 <= rows["high"]).all()
            np.testing.assert_allclose(rows["value"], truth, atol=0.03)
    assert set(take(found, "difference", "total")["arm"]) == {"policy"}
    assert found.outcomes["luck_share"].tolist() == [0, 0]


def test_morris_effects_of_a_linear_model_are_its_coefficients():
    found = analyse(design_of("morris", trajectories(4)))
    for about, coefficients in (("level", BASE), ("difference", EFFECT)):
        np.testing.assert_allclose(take(found, about, "mu_star")["value"], np.abs(coefficients), atol=1e-9)
        np.testing.assert_allclose(take(found, about, "mu")["value"], coefficients, atol=1e-9)
        np.testing.assert_allclose(take(found, about, "sigma")["value"], 0, atol=1e-9)
        np.testing.assert_allclose(take(found, about, "mu_star")["low"], np.abs(coefficients), atol=1e-9)
    rows = take(found, "difference", "mu_star")
    assert rows["beyond_chance"].tolist() == ["no", "no", "yes", "yes"]


@pytest.mark.parametrize("levels", [4, 6, 8])
def test_morris_knows_the_grid_of_its_design(levels):
    points = trajectories(3, levels=levels)
    found = compute_morris(points, points @ [1.0, 2.0, 3.0], levels)
    np.testing.assert_allclose(found.measures["mu_star"].value, [1, 2, 3], atol=1e-9)
    with pytest.raises(SensitivityError, match="no Morris trajectories"):
        compute_morris(points, points @ [1.0, 2.0, 3.0], levels + 2)


def test_a_failed_run_takes_its_trajectory_or_block_with_it():
    points = trajectories(4)
    values = points @ BASE
    values[[3, 4, 22]] = np.nan  # trajectories of 5 rows: the first and the fifth
    found = compute_morris(points, values, 4)
    assert (found.n_used, found.n_dropped) == (8, 2)
    np.testing.assert_allclose(found.measures["mu_star"].value, np.abs(BASE), atol=1e-9)
    points = saltelli(4, 512)
    values = points @ BASE
    values[[0, 100]] = np.nan
    found = compute_sobol(points, values, second_order=False)
    assert (found.n_used, found.n_dropped) == (510, 2)
    assert "not balanced" in found.note
    np.testing.assert_allclose(found.measures["total"].value, BASE**2 / (BASE**2).sum(), atol=0.05)


def test_too_few_whole_blocks_and_constants_give_no_index_but_a_reason():
    points = trajectories(4)
    values = points @ BASE
    values[::5][:7] = np.nan
    found = compute_morris(points, values, 4)
    assert "only 3 of 10 trajectories" in found.note
    assert np.isnan(found.measures["mu_star"].value).all()
    points = saltelli(4, 16)
    broken = points @ BASE
    broken[0] = np.nan
    assert "only 15 of 16 blocks" in compute_sobol(points, broken, second_order=False).note
    for found in (
        compute_morris(trajectories(4), np.full(50, 7.0), 4),
        compute_sobol(saltelli(4, 16), np.full(96, 7.0), second_order=False),
        compute_ranks(np.random.default_rng(0).random((50, 4)), np.full(50, 7.0)),
    ):
        assert found.note == "never varied"
        assert all(np.isnan(estimate.value).all() for estimate in found.measures.values())
    assert "only 7 draws" in compute_ranks(np.random.default_rng(0).random((7, 3)), np.arange(7.0)).note


def test_points_and_runs_that_do_not_belong_together_are_refused():
    with pytest.raises(SensitivityError, match="not whole blocks"):
        compute_morris(trajectories(4)[:-1], np.zeros(49), 4)
    shuffled = np.random.default_rng(0).permutation(saltelli(4, 16))
    with pytest.raises(SensitivityError, match="no Saltelli sample"):
        compute_sobol(shuffled, shuffled @ BASE, second_order=False)
    design = design_of("random", np.random.default_rng(0).random((30, 4)), "own")
    other = values_of(design.points[:-1])
    factors = pd.DataFrame({"factor": design.factors, "words": "", "confidence": "", "settled_by": ""})
    with pytest.raises(SensitivityError, match="30 rows, the runs of usual 29"):
        compute_sensitivity(other, ["usual", "policy"], design, factors)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze.sobol", None)
    points = saltelli(4, 16)
    with pytest.raises(SensitivityError, match=r"sobol needs the package SALib: pip install"):
        compute_sobol(points, points @ BASE, second_order=False)


def test_prcc_sees_a_monotone_relation_whatever_its_shape():
    """y = exp(5 u0) alone: rank correlation 1. With noise, PRCC is the partial correlation of ranks by regression."""
    rng = np.random.default_rng(11)
    points = rng.random((60, 4))
    found = compute_ranks(points, np.exp(5 * points[:, 0]))
    assert found.method == "prcc"
    np.testing.assert_allclose(found.measures["prcc"].value, [1, 0, 0, 0], atol=1e-6)
    values = np.exp(3 * points[:, 0]) - points[:, 1] ** 3 + rng.standard_normal(60)
    found = compute_ranks(points, values)
    x, y = stats.rankdata(points, axis=0), stats.rankdata(values)
    for j in range(4):
        others = np.column_stack([np.ones(60), np.delete(x, j, axis=1)])
        rest = [v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (x[:, j], y)]
        assert found.measures["prcc"].value[j] == pytest.approx(np.corrcoef(*rest)[0, 1])
    t = found.measures["prcc"].value * np.sqrt(55 / (1 - found.measures["prcc"].value ** 2))
    np.testing.assert_allclose(found.p_value, 2 * stats.t.sf(np.abs(t), 55))


def test_few_draws_of_many_numbers_fall_back_to_spearman():
    rng = np.random.default_rng(12)
    points, values = rng.random((20, 300)), rng.random(20)
    found = compute_ranks(points, values)
    assert found.method == "spearman"
    expected = [stats.spearmanr(points[:, j], values).statistic for j in range(300)]
    np.testing.assert_allclose(found.measures["spearman"].value, expected)


def test_leads_of_nothing_are_as_many_as_said():
    """300 numbers that do nothing, 40 draws, 30 times: 5% look like leads (binomial, 1e-6), hardly any adjusted."""
    rng = np.random.default_rng(13)
    leads, adjusted = 0, 0
    for _ in range(30):
        p_value = compute_ranks(rng.random((40, 300)), rng.random(40)).p_value
        leads += int((p_value <= 0.05).sum())
        adjusted += int((adjust_rates(p_value) <= 0.05).sum())
    assert stats.binomtest(leads, 9000, 0.05).pvalue > 1e-6
    assert adjusted <= 6


def test_few_draws_have_the_exact_distribution_of_ranks():
    """Eight draws: of 40,320 orders 2 have |rho| = 1 and 16 at least 0.976 (one neighbouring pair exchanged)."""
    rising = np.arange(8.0)
    swapped = rising[[1, 0, 2, 3, 4, 5, 6, 7]]
    points = np.column_stack([rising, -rising, swapped]) / 8.0
    p_value = compute_ranks(points, rising).p_value
    np.testing.assert_allclose(p_value, np.array([2, 2, 16]) / 40320)
    many = compute_ranks(np.random.default_rng(3).random((12, 400)), np.arange(12.0))
    plain = [stats.spearmanr(x, np.arange(12.0)) for x in np.random.default_rng(3).random((12, 400)).T]
    exact = np.array([one.pvalue for one in plain])
    np.testing.assert_allclose(many.p_value, exact, atol=0.012)  # the t distribution is near in the middle


def test_adjusted_rates_by_hand():
    p_value = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    np.testing.assert_allclose(adjust_rates(p_value), [0.02, 0.04, np.nan, 0.04, 0.02])


def test_intervals_of_rank_correlations_hold_the_truth():
    """400 repetitions of 60 draws of two normal factors, true Spearman correlation (6/pi) asin(r/2): 92% to 98%."""
    rng = np.random.default_rng(14)
    held = []
    for _ in range(400):
        x = rng.standard_normal((60, 60))
        y = 0.6 * x[:, 0] + 0.8 * rng.standard_normal(60)
        estimate = compute_ranks(stats.norm.cdf(x), y).measures["spearman"]
        held.append(estimate.low[0] <= 6 / np.pi * np.arcsin(0.3) <= estimate.high[0])
    assert 0.92 <= np.mean(held) <= 0.98


def test_luck_is_a_share_of_the_variance():
    """Levels vary by 4 u0 - 2 u1 + u2 (variance 21/12) and luck of variance 1: its share is 1 / 2.75."""
    rng = np.random.default_rng(15)
    points = rng.random((400, 4))
    values = points @ BASE + rng.standard_normal(400)
    luck, freedom = compute_luck(points, values, rng.standard_normal(200), own_seeds=True)
    share = compute_luck_share(values, luck, freedom)
    assert freedom == 199
    assert share.low[0] <= 1 / 2.75 <= share.high[0]
    assert share.value[0] == pytest.approx(1 / 2.75, rel=0.2)


def test_repeated_rows_tell_luck_better_than_the_defaults():
    points = np.repeat(np.random.default_rng(16).random((100, 2)), 2, axis=0)
    values = points @ [3.0, 1.0] + np.tile([0.5, -0.5], 100)
    luck, freedom = compute_luck(points, values, np.full(50, 7.0), own_seeds=True)
    assert (luck, freedom) == (pytest.approx(0.5), 100)
    assert compute_luck(points, values, np.array([1.0, 2.0, 3.0]), own_seeds=False) == (1.0, 2)
    assert compute_luck(points, values, np.array([1.0]), own_seeds=False)[1] == 0


def test_effects_of_luck_alone_are_called_no_more_than_chance():
    """Pure luck in 300 Morris designs of 3 factors: one is above what chance gives to one in 5 of 100, any of the three
    above what it gives to all three in 5 of 100 designs (sums of few absolute normals are skewed: 2% to 10%).
    """
    rng = np.random.default_rng(17)
    points = trajectories(3)
    one, any_of_all = 0, 0
    for _ in range(300):
        effects = compute_morris(points, rng.standard_normal(len(points)), 4).measures["mu_star"].value
        one += int((effects > compute_chance_effect(1.0, 4, 10)).sum())
        any_of_all += int((effects > compute_chance_effect(1.0, 4, 10, 3)).any())
    assert 0.02 < one / 900 < 0.10
    assert 0.02 < any_of_all / 300 < 0.10


def test_luck_hides_what_is_smaller_than_it():
    found = analyse(design_of("morris", trajectories(4, 20), "own"), noise=2.0, n_seeds=40)
    rows = take(found, "difference", "mu_star")
    assert rows["beyond_chance"].iloc[3] == "no"  # an effect of 1 beside luck of deviation 2.8
    assert (rows["chance"] > 1).all()
    alone = found.outcomes.set_index("about").loc["difference"]
    assert alone["luck_share"] > 0.3


def test_without_runs_over_seeds_nothing_is_said_about_luck():
    found = analyse(design_of("morris", trajectories(4)), n_seeds=0)
    assert (take(found, "difference", "mu_star")["beyond_chance"] == "").all()
    assert found.outcomes["luck_share"].isna().all()


def test_an_ordinary_comparison_says_how_many_leads_chance_gives():
    rng = np.random.default_rng(18)
    found = analyse(design_of("random", rng.random((30, 4)), "own"), noise=0.1)
    outcome = found.outcomes.set_index("about").loc["level"]
    assert outcome["method"] == "prcc"
    assert outcome["leads_by_chance"] == pytest.approx(0.2)
    assert take(found, "level", "prcc")["beyond_chance"].tolist()[:2] == ["yes", "yes"]
    assert take(found, "level", "prcc")["value"].iloc[1] < 0


def test_interactions_of_pairs_are_tabled_where_the_design_has_them():
    points = saltelli(3, 512, second_order=True)
    design = design_of("saltelli", points, second_order=True)
    found = analyse(design, base=np.array([1.0, 2.0, 3.0]), effect=np.array([1.0, 0.0, 0.0]))
    assert len(found.pairs) == 2 * 3
    assert found.pairs["value"].abs().max() < 0.1
    assert analyse(design_of("morris", trajectories(4))).pairs.empty


@settings(deadline=None, max_examples=25)
@given(
    scale=st.floats(0.01, 100),
    shift=st.floats(-1e3, 1e3),
    coefficients=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
)
def test_indices_do_not_depend_on_units(scale, shift, coefficients):
    points = saltelli(3, 32)
    values = points @ np.array(coefficients) + 0.3 * points[:, 0] * points[:, 1] + 1e-3 * points[:, 2]
    one, two = (
        compute_sobol(points, v, second_order=False).measures for v in (values, shift + scale * values)
    )
    np.testing.assert_allclose(one["total"].value, two["total"].value, atol=1e-4)
    assert (one["total"].value >= -1e-12).all()  # Jansen's estimator is a sum of squares
    points = trajectories(3)
    effects = compute_morris(points, points @ np.array(coefficients) + 0.1 * points[:, 0], 4)
    scaled = compute_morris(points, shift + scale * (points @ np.array(coefficients) + 0.1 * points[:, 0]), 4)
    if not effects.note and not scaled.note:
        expected = scale * effects.measures["mu_star"].value
        np.testing.assert_allclose(scaled.measures["mu_star"].value, expected, atol=1e-6 * (1 + abs(shift)))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), n=st.integers(8, 60), k=st.integers(1, 8))
def test_rank_correlations_do_not_care_how_an_outcome_is_stretched(seed, n, k):
    rng = np.random.default_rng(seed)
    points, values = rng.random((n, k)), rng.random(n)
    one, two, mirrored = (compute_ranks(points, v) for v in (values, np.exp(9 * values), -values))
    for found, sign in ((two, 1), (mirrored, -1)):
        (a,), (b,) = one.measures.values(), found.measures.values()
        np.testing.assert_allclose(a.value, sign * b.value, atol=1e-9)
        assert (a.low <= a.value + 1e-12).all()
        assert (a.value <= a.high + 1e-12).all()
