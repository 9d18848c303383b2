"""Mean and variance of the logarithm of counts, zeros included, against sums over the counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calibration.observation.count_moments import LEAST, count_probabilities, log_moments


def exact(mean: float, clumping: float) -> tuple[float, float]:
    """Return mean and variance of log(y + 1/2), from scipy's negative binomial."""
    r = mean / (clumping - 1)
    top = int(stats.nbinom.ppf(1 - 1e-14, r, 1 / clumping)) + 10
    y = np.arange(top)
    p = stats.nbinom.pmf(y, r, 1 / clumping)
    z = np.log(y + 0.5)
    return float(p @ z), float(p @ (z - p @ z) ** 2)


@pytest.mark.parametrize("clumping", [1.001, 1.5, 5.0, 40.0, 250.0])
@pytest.mark.parametrize("per_clump", [1e-3, 0.05, 0.7, 3.0, 25.0, 39.0, 41.0, 400.0])
def test_moments_are_those_of_the_negative_binomial(clumping: float, per_clump: float) -> None:
    mean = max(per_clump * clumping, LEAST)
    found = log_moments(np.array(np.log(mean)), np.array(clumping))
    first, second = exact(mean, clumping)
    assert abs(float(found.mean) - first) < 1e-3
    assert abs(float(found.variance) / second - 1) < 0.03


def test_the_slope_is_the_derivative_of_the_mean() -> None:
    log_mean, step = np.linspace(-5, 8, 40), 1e-4
    clumping = np.full(40, 12.0)
    ends = [log_moments(log_mean + by, clumping).mean for by in (-step, step)]
    slope = log_moments(log_mean, clumping).slope
    np.testing.assert_allclose(slope, (ends[1] - ends[0]) / (2 * step), atol=0.02)


def test_without_clumping_counts_are_poisson() -> None:
    found = count_probabilities(3.0, 1.0)
    np.testing.assert_allclose(found[:20], stats.poisson.pmf(np.arange(20), 3.0), rtol=1e-4)


def test_many_people_scatter_as_they_should_and_nobody_does_not() -> None:
    many = log_moments(np.log(1e6), np.array(10.0))
    np.testing.assert_allclose([many.mean, many.variance], [np.log(1e6), 1e-5], rtol=1e-3)
    nobody = log_moments(np.array(-np.inf), np.array(10.0))
    assert abs(float(nobody.mean) - np.log(0.5)) < 0.01
    assert float(nobody.variance) < 0.01
    assert abs(float(nobody.slope)) < 0.01
