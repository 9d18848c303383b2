"""Replicates for a wanted precision, and what pairing saves: known answers first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import compare
from experiments.precision import compute_pairing, compute_replicates_needed
from experiments.statistics import compute_paired

PILOT = np.array([3.0, 5.0, 4.0, 8.0, 6.0, 5.0])


def half_width(deviation, n, kind):
    return stats.t.ppf(0.975, n - 1) * deviation * np.sqrt(1 / n + (kind == "total"))


@pytest.mark.parametrize(("kind", "wanted"), [("monte_carlo", 0.5), ("total", 4.0)])
def test_the_number_is_the_smallest_that_is_enough(kind, wanted):
    needed = compute_replicates_needed(np.zeros(6), PILOT, kind, half_width=wanted)
    n = int(needed.replicates[0])
    deviation = PILOT.std(ddof=1)
    assert half_width(deviation, n, kind) <= wanted < half_width(deviation, n - 1, kind)
    assert needed.now[0] == pytest.approx(half_width(deviation, 6, kind))
    ends = [needed.low[0], needed.high[0]]
    for end, chi2 in zip(ends, stats.chi2.ppf([0.975, 0.025], 5), strict=True):
        s = deviation * np.sqrt(5 / chi2)
        if np.isfinite(end):
            assert half_width(s, end, kind) <= wanted
            assert end == 2 or half_width(s, end - 1, kind) > wanted
        else:
            assert 1.96 * s > wanted
    assert ends[0] <= n <= ends[1]


def test_more_draws_do_not_shrink_what_is_not_known():
    needed = compute_replicates_needed(np.zeros(6), PILOT, "total", half_width=1.0)
    assert needed.replicates[0] == np.inf
    assert needed.floor[0] == pytest.approx(1.959964 * PILOT.std(ddof=1), rel=1e-6)
    seeds = compute_replicates_needed(np.zeros(6), PILOT, "monte_carlo", half_width=1.0)
    assert needed.for_the_mean[0] == seeds.replicates[0] < np.inf


def test_relative_is_a_share_of_the_baseline():
    baseline = np.full(6, 50.0)
    one = compute_replicates_needed(baseline, baseline + PILOT, "monte_carlo", relative=0.01)
    two = compute_replicates_needed(baseline, baseline + PILOT, "monte_carlo", half_width=0.5)
    assert one.replicates[0] == two.replicates[0]


def test_awkward_pilots():
    needed = compute_replicates_needed(
        np.array([[1.0, np.nan, np.nan], [2.0, 2.0, 2.0], [np.nan] * 3]), np.full((3, 3), 4.0), "monte_carlo",
        half_width=1.0,
    )  # fmt: skip
    np.testing.assert_array_equal(needed.replicates, [np.nan, 2, np.nan])
    assert needed.pilot.tolist() == [1, 3, 0]
    for wrong in ({}, {"half_width": 0.0}, {"half_width": 1.0, "relative": 0.1}):
        with pytest.raises(ValueError, match="one of them and above 0"):
            compute_replicates_needed(PILOT, PILOT, "total", **wrong)


def test_the_number_delivers_the_precision_it_promises():
    """1,000 studies of the size that a large pilot asks for: their mean half-width is the wanted one within 3%."""
    rng = np.random.default_rng(4)
    pilot = rng.normal(0, 7, 4000)
    n = int(compute_replicates_needed(np.zeros(4000), pilot, "monte_carlo", half_width=2.0).replicates[0])
    studies = compute_paired(
        np.zeros((1000, n)) - 1, rng.normal(0, 7, (1000, n)) - 1, "monte_carlo"
    ).difference
    assert ((studies.high - studies.low) / 2).mean() == pytest.approx(2.0, rel=0.03)


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=9), st.floats(0.1, 50))
def test_a_finer_wish_never_needs_fewer(pilot, wanted):
    values = np.array(pilot)
    for kind in ("total", "monte_carlo"):
        coarse, fine = (
            compute_replicates_needed(np.zeros(len(values)), values, kind, half_width=width).replicates[0]
            for width in (wanted, wanted / 2)
        )
        assert fine >= coarse >= 2


def test_the_gain_of_pairing_is_the_ratio_of_variances():
    rng = np.random.default_rng(5)
    luck = rng.normal(0, 3, 30)
    left, right = 10 + luck + rng.normal(0, 1, 30), 12 + 2 * luck + rng.normal(0, 1, 30)
    pairing = compute_pairing(left, right)
    assert pairing.correlation.value[0] == pytest.approx(np.corrcoef(left, right)[0, 1])
    unpaired = left.var(ddof=1) + right.var(ddof=1)
    assert pairing.gain.value[0] == pytest.approx(unpaired / (right - left).var(ddof=1))
    low, high = stats.pearsonr(left, right).confidence_interval(0.95)
    assert (pairing.correlation.low[0], pairing.correlation.high[0]) == pytest.approx((low, high))


def test_intervals_of_correlation_and_gain_hold_the_truth():
    """2,000 repetitions of 20 pairs, correlation 0.8, equal variances: the gain is 5; shares within 93% to 97%."""
    rng = np.random.default_rng(6)
    left = rng.standard_normal((2000, 20))
    right = 0.8 * left + 0.6 * rng.standard_normal((2000, 20))
    pairing = compute_pairing(left, right)
    for estimate, truth in ((pairing.correlation, 0.8), (pairing.gain, 5.0)):
        assert 0.93 <= ((estimate.low <= truth) & (truth <= estimate.high)).mean() <= 0.97


def test_pairing_is_measured_for_every_outcome_of_a_comparison():
    found = compare(
        build_scenario(),
        build_scenario("enforcement", enforcement=1.0),
        replicates=6,
        seed=5,
        model=synthetic_model(),
    )
    table = found.pairing
    assert set(table["interval_kind"]) == {"total", "monte_carlo"}
    row = table[(table["outcome"] == "deaths") & (table["interval_kind"] == "total")].iloc[0]
    base, own = (
        found.values.series("total", arm, found.values.find("deaths")) for arm in ("baseline", "enforcement")
    )
    assert row["gain"] == pytest.approx((base.var(ddof=1) + own.var(ddof=1)) / (own - base).var(ddof=1))
    assert row["pairs"] == 6


def test_awkward_pairs():
    pairing = compute_pairing(
        np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0], [5.0] * 4, [np.nan] * 4]),
        np.array([[2.0, 3.0, 4.0, 5.0], [4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0], [1.0] * 4]),
    )
    assert pairing.correlation.value[:2] == pytest.approx([1.0, -1.0])
    assert pairing.gain.value[0] > 1e9
    assert pairing.gain.value[1] == pytest.approx(0.5)
    assert np.isnan(pairing.correlation.value[2:]).all()
    assert np.isnan(compute_pairing(np.zeros((2, 0)), np.zeros((2, 0))).gain.value).all()
    assert np.isnan(compute_pairing([1.0, 2.0, 4.0], [1.0, 3.0, 3.0]).correlation.low[0])
