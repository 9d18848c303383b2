"""Statistics of paired arms: known answers, awkward rows, and coverage at a stated error probability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.joint_interval import joint_interval
from experiments.statistics import QUANTILES_FROM, compute_levels, compute_paired

FALSE_ALARM = 1e-6


def test_monte_carlo_difference_is_the_paired_t_interval():
    rng = np.random.default_rng(4)
    baseline = rng.normal(100, 10, 12)
    variant = baseline + rng.normal(5, 2, 12)
    result = compute_paired(baseline, variant, "monte_carlo")
    expected = stats.ttest_rel(variant, baseline).confidence_interval(0.95)
    assert result.difference.low[0] == pytest.approx(expected.low)
    assert result.difference.high[0] == pytest.approx(expected.high)
    assert result.difference.value[0] == pytest.approx(np.mean(variant - baseline))
    assert result.ratio.value[0] == pytest.approx(variant.mean() / baseline.mean())


def test_total_difference_is_the_prediction_interval_by_its_formula():
    change = np.array([1.0, 4.0, 2.0, 9.0])
    result = compute_paired(np.full(4, -10.0), -10.0 + change, "total")  # not counts: nothing is assumed
    half = stats.t.ppf(0.975, 3) * change.std(ddof=1) * np.sqrt(1 + 1 / 4)
    assert result.difference.low[0] == pytest.approx(change.mean() - half)
    assert result.difference.high[0] == pytest.approx(change.mean() + half)
    result = compute_paired(np.full(4, 10.0), 10.0 + change, "total")
    logs = np.log((10 + change) / 10)
    half = stats.t.ppf(0.975, 3) * logs.std(ddof=1) * np.sqrt(1 + 1 / 4)
    assert result.ratio.low[0] == pytest.approx(np.exp(logs.mean() - half))
    assert result.ratio.high[0] == pytest.approx(np.exp(logs.mean() + half))


def test_joint_prediction_has_closed_forms_where_one_of_level_and_ratio_is_known():
    """With equal levels sqrt(b v) the ends are those of the log ratio, with equal ratios those of the level.

    The lattice has 4,096 points: its quantiles are within 2% of the exact half width.
    """
    x = np.array([0.3, 0.5, 0.2, 0.6, 0.4])
    half = stats.t.ppf(0.975, 4) * x.std(ddof=1) * np.sqrt(1 + 1 / 5)
    low, high = joint_interval(7 * np.exp(-x[None] / 2), 7 * np.exp(x[None] / 2), 0.95)
    np.testing.assert_allclose([2 * np.arcsinh(end[0] / 14) for end in (low, high)],
                               [x.mean() - half, x.mean() + half], atol=0.02 * half)  # fmt: skip
    level = np.exp(np.array([[1.0, 1.5, 0.5, 2.0, 1.2]]))
    logs = np.log(level * np.sqrt(0.6))
    half = stats.t.ppf(0.975, 4) * logs.std(ddof=1) * np.sqrt(1 + 1 / 5)
    low, high = joint_interval(level, 0.6 * level, 0.95)
    rate = 0.4 / np.sqrt(0.6)
    np.testing.assert_allclose([np.log(-high[0] / rate), np.log(-low[0] / rate)],
                               [logs.mean() - half, logs.mean() + half], atol=0.02 * half)  # fmt: skip


def test_from_forty_draws_on_total_is_empirical():
    change = np.arange(1.0, 80.0)  # 79 values: ranks 0.025 * 80 = 2 and 78 are order statistics
    result = compute_paired(np.ones(79), 1.0 + change, "total")
    assert [result.difference.low[0], result.difference.high[0]] == pytest.approx([2.0, 78.0])
    assert [result.ratio.low[0], result.ratio.high[0]] == pytest.approx([3.0, 79.0])


@pytest.mark.parametrize("n", [6, 15, QUANTILES_FROM, 100])
def test_total_interval_holds_the_next_draw_95_times_in_100(n):
    """4,000 repeats; the count of hits is binomial, so a false alarm has probability FALSE_ALARM.

    The share wanted is exactly 95% at each n; skewed (exponential) data are tried where quantiles hold.
    """
    rng = np.random.default_rng(n)
    draw = rng.standard_exponential if n >= QUANTILES_FROM else rng.standard_normal
    repeats = 4000
    level = compute_levels(draw((repeats, n)), "total")
    following = draw(repeats)
    hits = int(((level.low <= following) & (following <= level.high)).sum())
    assert stats.binomtest(hits, repeats, 0.95).pvalue > FALSE_ALARM
    assert stats.binomtest(hits, repeats, 0.90).pvalue < FALSE_ALARM  # the check would notice a 90% interval


def test_levels_above_zero_are_taken_on_the_log_scale():
    """4,000 repeats of 8 lognormal draws, as products of uncertain factors are; 95% exactly."""
    rng = np.random.default_rng(81)
    level = compute_levels(rng.lognormal(3.0, 0.8, (4000, 8)), "total")
    following = rng.lognormal(3.0, 0.8, 4000)
    assert (level.low > 0).all()
    # The interval is widened where the mean lies outside it (it hardly ever does), hence the small allowance.
    share = ((level.low <= following) & (following <= level.high)).mean()
    assert 0.935 < share < 0.965


def test_a_total_difference_agrees_in_sign_with_its_ratio():
    level = np.array([400.0, 900.0, 2500.0, 700.0])  # draws differ widely in level, hardly in ratio
    for ratio in (np.array([1.4, 1.5, 1.6, 1.5]), np.array([0.6, 0.7, 0.65, 0.7])):
        result = compute_paired(level, level * ratio, "total")
        clear = (result.ratio.low[0] > 1) or (result.ratio.high[0] < 1)
        assert clear
        assert result.difference.low[0] * result.difference.high[0] > 0
        assert result.difference.low[0] < result.difference.value[0] < result.difference.high[0]


def test_monte_carlo_interval_holds_the_true_mean_and_ratio():
    """4,000 repeats of 8 pairs; difference exactly 95%, the ratio's delta method between 92% and 97%."""
    rng = np.random.default_rng(8)
    repeats = 4000
    luck = rng.normal(0, 15, (repeats, 8))  # shared luck, as between arms
    baseline = 200 + luck + rng.normal(0, 5, (repeats, 8))
    variant = 250 + luck + rng.normal(0, 5, (repeats, 8))
    result = compute_paired(baseline, variant, "monte_carlo")
    hits = int(((result.difference.low <= 50) & (result.difference.high >= 50)).sum())
    assert stats.binomtest(hits, repeats, 0.95).pvalue > FALSE_ALARM
    share = ((result.ratio.low <= 1.25) & (result.ratio.high >= 1.25)).mean()
    assert 0.92 < share < 0.97


@pytest.mark.parametrize("kind", ["monte_carlo", "total"])
@pytest.mark.parametrize("n", [5, 50])
def test_awkward_rows_have_documented_results(kind, n):
    zero, seven = np.zeros(n), np.full(n, 7.0)
    rows = compute_paired(np.stack([zero, seven, zero, seven]), np.stack([zero, seven, seven, zero]), kind)
    assert rows.difference.value.tolist() == [0, 0, 7, -7]
    assert rows.difference.low.tolist() == [0, 0, 7, -7]
    assert rows.difference.high.tolist() == [0, 0, 7, -7]
    np.testing.assert_array_equal(rows.ratio.value, [np.nan, 1, np.nan, 0])
    np.testing.assert_array_equal(rows.ratio.low, [np.nan, 1, np.nan, 0])
    np.testing.assert_array_equal(
        rows.ratio.high, [np.nan, 1, np.nan, np.nan if kind == "monte_carlo" else 0]
    )


@pytest.mark.parametrize("kind", ["monte_carlo", "total"])
def test_missing_values_drop_the_pair(kind):
    result = compute_paired([1.0, np.nan, 3.0, np.inf], [2.0, 5.0, 4.0, 9.0], kind)
    assert result.pairs[0] == 2
    assert (result.baseline[0], result.variant[0], result.difference.value[0]) == (2.0, 3.0, 1.0)
    nothing = compute_paired([np.nan, np.nan], [1.0, 2.0], kind)
    assert nothing.pairs[0] == 0
    assert np.isnan(nothing.difference.value[0])
    assert np.isnan(nothing.ratio.high[0])


@pytest.mark.parametrize("kind", ["monte_carlo", "total"])
def test_one_pair_gives_estimates_without_intervals(kind):
    result = compute_paired([4.0], [6.0], kind)
    assert (result.difference.value[0], result.ratio.value[0]) == (2.0, 1.5)
    assert np.isnan([result.difference.low[0], result.difference.high[0], result.ratio.low[0]]).all()


def test_zeros_in_single_pairs_open_the_total_ratio():
    result = compute_paired([0.0, 2.0, 4.0], [3.0, 2.0, 2.0], "total")
    assert result.ratio.value[0] == pytest.approx(7 / 6)
    assert (result.ratio.low[0], result.ratio.high[0]) == (0.5, np.inf)


def test_a_rise_from_nothing_mirrors_a_fall_to_nothing():
    rise, fall = (
        compute_paired([0.0, 0.0], [1.0, 2.0], "total"),
        compute_paired([1.0, 2.0], [0.0, 0.0], "total"),
    )
    assert rise.difference.low[0] == pytest.approx(-fall.difference.high[0])
    assert rise.difference.low[0] > 0


def test_arms_of_different_length_are_refused():
    with pytest.raises(ValueError, match="different shapes"):
        compute_paired([1.0, 2.0], [1.0], "total")


@pytest.mark.parametrize("kind", ["monte_carlo", "total"])
def test_the_low_end_of_a_fall_is_at_most_all_there_was(kind):
    """All there was: the upper end of the baseline's own interval, or the largest seen."""
    baseline = np.array([10.0, 90.0, 1670.0])
    result = compute_paired(baseline, [0.0, 5.0, 40.0], kind)
    assert result.difference.low[0] >= -max(compute_levels(baseline, kind).high[0], 1670)
    assert compute_paired([10.0, 12.0], [0.0, 0.0], kind).difference.low[0] > -1e6
    assert compute_paired([-5.0, -9.0], [-25.0, -99.0], kind).difference.low[0] < -99  # not a count
