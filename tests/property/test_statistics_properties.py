"""What must hold of every paired comparison, whatever the numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.statistics import compute_levels, compute_paired

VALUES = st.one_of(st.just(0.0), st.floats(0.0, 1e6, allow_subnormal=False), st.just(np.nan), st.just(np.inf))
KINDS = st.sampled_from(["monte_carlo", "total"])


@st.composite
def arms(draw):
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 50)))
    return draw(arrays(float, shape, elements=VALUES)), draw(arrays(float, shape, elements=VALUES))


def largest_baseline(baseline, variant, kind):
    """Return what the baseline can be, row by row: its interval's upper end, or the largest value of known pairs."""
    known = np.isfinite(baseline) & np.isfinite(variant)
    high = compute_levels(np.where(known, baseline, np.nan), kind).high
    return np.fmax(np.where(known, baseline, 0.0).max(axis=1), high)


@settings(deadline=None)
@given(pair=arms(), kind=KINDS)
def test_estimates_lie_in_their_intervals_without_warnings(pair, kind):
    result = compute_paired(*pair, kind)
    slack = 1e-9 * (1 + np.abs(result.difference.value))
    for estimate in (result.difference, result.ratio):
        known = ~np.isnan(estimate.value) & ~np.isnan(estimate.low)
        assert (estimate.low[known] <= estimate.value[known] + slack[known]).all()
        high = known & ~np.isnan(estimate.high)
        assert (estimate.value[high] <= estimate.high[high] + slack[high]).all()
    assert (np.isnan(result.difference.value) == (result.pairs == 0)).all()
    assert (np.isnan(result.ratio.value) == ~(result.baseline > 0)).all()


@settings(deadline=None)
@given(pair=arms(), kind=KINDS)
def test_swapping_arms_mirrors_the_difference_down_to_all_there_was(pair, kind):
    ahead, back = compute_paired(*pair, kind), compute_paired(*pair[::-1], kind)
    np.testing.assert_allclose(ahead.difference.value, -back.difference.value, rtol=1e-9, atol=1e-6)
    mirrored = np.maximum(-back.difference.high, -largest_baseline(*pair, kind))
    np.testing.assert_allclose(ahead.difference.low, mirrored, rtol=1e-9, atol=1e-6)


@settings(deadline=None)
@given(pair=arms(), kind=KINDS)
def test_nothing_falls_by_more_than_there_was(pair, kind):
    low = compute_paired(*pair, kind).difference.low
    known = ~np.isnan(low)
    assert (low[known] >= -largest_baseline(*pair, kind)[known]).all()


@settings(deadline=None)
@given(pair=arms(), kind=KINDS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_replicates_does_not_matter(pair, kind, seed):
    order = np.random.default_rng(seed).permutation(pair[0].shape[1])
    one = compute_paired(*pair, kind)
    two = compute_paired(pair[0][:, order], pair[1][:, order], kind)
    np.testing.assert_allclose(one.difference.low, two.difference.low, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(one.ratio.high, two.ratio.high, rtol=1e-6, atol=1e-6)


@settings(deadline=None)
@given(pair=arms(), kind=KINDS)
def test_equal_arms_show_no_difference(pair, kind):
    result = compute_paired(pair[0], pair[0], kind)
    known = result.pairs > 0
    assert (result.difference.value[known] == 0).all()
    assert (result.ratio.value[known & (result.baseline > 0)] == 1).all()
