"""Mean and variance of the logarithm of counts, zeros included, against sums over the counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from calibration.observation.count_moments import LEAST, count_probabilities, log_moments
from calibration.observation.likelihood import count_moments, draw_counts


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


@pytest.mark.parametrize(("mean", "clumping", "sd"), [(0.5, 1.0, 0.4), (6.0, 8.0, 0.5), (200.0, 20.0, 0.8)])
def test_over_the_discrepancy_mean_variance_and_slope_are_those_of_drawn_counts(
    mean: float, clumping: float, sd: float
) -> None:
    """400,000 draws; bounds of 5 standard errors, and 3 per cent for three points of quadrature."""
    rng, n = np.random.default_rng(9), 400_000
    d = sd * rng.standard_normal(n)
    z = np.log(draw_counts(np.log(mean) + d, np.full(n, max(clumping, 1.0)), rng) + 0.5)
    found = count_moments(np.array(np.log(mean)), np.array(clumping), np.array(sd))
    assert abs(float(found.mean) - z.mean()) < 5 * z.std() / np.sqrt(n) + 0.01
    total = float(found.variance + found.slope**2 * sd**2)
    assert total == pytest.approx(z.var(), rel=0.04)
    assert float(found.slope) == pytest.approx(np.cov(z, d)[0, 1] / sd**2, rel=0.04)


def test_without_discrepancy_the_slope_is_the_derivative_of_the_mean() -> None:
    log_mean, step = np.linspace(-5, 8, 40), 0.05
    clumping = np.full(40, 12.0)
    ends = [log_moments(log_mean + by, clumping).mean for by in (-step, step)]
    slope = count_moments(log_mean, clumping, np.zeros(40)).slope
    np.testing.assert_allclose(slope, (ends[1] - ends[0]) / (2 * step), atol=0.02)


def test_without_clumping_counts_are_poisson() -> None:
    found = count_probabilities(3.0, 1.0)
    np.testing.assert_allclose(found[:20], stats.poisson.pmf(np.arange(20), 3.0), rtol=1e-4)


def test_many_people_scatter_as_they_should_and_nobody_does_not() -> None:
    many = log_moments(np.log(1e6), np.array(10.0))
    np.testing.assert_allclose([many.mean, many.variance], [np.log(1e6), 1e-5], rtol=1e-3)
    nobody = count_moments(np.array(-np.inf), np.array(10.0), np.array(0.5))
    assert abs(float(nobody.mean) - np.log(0.5)) < 0.01
    assert float(nobody.variance) < 0.01
    assert abs(float(nobody.slope)) < 0.01
