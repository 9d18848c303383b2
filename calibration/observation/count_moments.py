"""Mean and variance of log(y + 1/2) of a count y, also where y is often 0: summed once, then looked up."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import map_coordinates
from scipy.special import digamma, polygamma

from calibration.cells import Floats

LEAST = 1e-3  # people: a mean below this is taken as this
MOST_CLUMPING = 300.0
_LARGE = 40.0  # means over clumping from which the gamma formula is as good as the sum
_LOG_RATIOS = (float(np.log(LEAST / MOST_CLUMPING)), float(np.log(1.01 * _LARGE)))
_LOG_CLUMPINGS = np.linspace(0.0, np.log(MOST_CLUMPING), 16)
_FINE = (800, 200)


class LogMoments(NamedTuple):
    """Moments of log(y + 1/2), any shape."""

    mean: Floats
    variance: Floats


def log_moments(log_mean: Floats, clumping: Floats) -> LogMoments:
    """Return the moments of log(y + 1/2) of a negative binomial count y of mean m and variance clumping x m.

    Where m is at least 40 x clumping, y + 1/2 is taken as a gamma variable of the same mean and variance, with shape
    k = (m + 1/2)^2 / (clumping m): mean log(m + 1/2) + digamma(k) - log k, variance trigamma(k). Below, the moments are
    the sums over y themselves, from a table (error below 0.001 in the mean, 3 per cent in the variance).

    Args:
        log_mean: Log of m; means below 0.001 are taken as 0.001.
        clumping: Variance over mean, from 1 to 300.
    """
    x, w = np.broadcast_arrays(np.maximum(log_mean, np.log(LEAST)), np.log(clumping))
    large = x > w + np.log(_LARGE)
    found = [np.empty(x.shape) for _ in LogMoments._fields]
    for into, values in zip(found, _by_gamma(x[large], w[large]), strict=True):
        into[large] = values
    for into, values in zip(found, _by_table(x[~large], w[~large]), strict=True):
        into[~large] = values
    return LogMoments(*found)


def _by_gamma(log_mean: Floats, log_clumping: Floats) -> LogMoments:
    m = np.exp(log_mean)
    shape = (m + 0.5) ** 2 / m * np.exp(-log_clumping)
    mean = np.log(m + 0.5) + digamma(shape) - np.log(shape)
    return LogMoments(mean, np.asarray(polygamma(1, shape), np.float64))


def _by_table(log_mean: Floats, log_clumping: Floats) -> LogMoments:
    w = np.minimum(log_clumping, np.log(MOST_CLUMPING))
    ratio = (log_mean - w - _LOG_RATIOS[0]) / (_LOG_RATIOS[1] - _LOG_RATIOS[0])
    at = np.stack([ratio, w / _LOG_CLUMPINGS[-1]]) * (np.array(_FINE)[:, None] - 1)
    mean, log_variance = (map_coordinates(table, at, order=1, mode="nearest") for table in _tables())
    return LogMoments(mean, np.exp(log_variance))


@cache
def _tables() -> tuple[Floats, Floats]:
    """Return mean and log variance over log(m / clumping) and log clumping, (n, k) each; about a second, once.

    The sums are made on a coarse grid and splined onto a fine one, on which looking up is linear and quick.
    """
    log_ratio = np.linspace(*_LOG_RATIOS, 60)
    sums = [[_sum_moments(ratio * c, c) for c in np.exp(_LOG_CLUMPINGS)] for ratio in np.exp(log_ratio)]
    table = np.array(sums)
    mean = RectBivariateSpline(log_ratio, _LOG_CLUMPINGS, table[:, :, 0])
    log_variance = RectBivariateSpline(log_ratio, _LOG_CLUMPINGS, np.log(table[:, :, 1]))
    fine = np.linspace(*_LOG_RATIOS, _FINE[0]), np.linspace(0.0, _LOG_CLUMPINGS[-1], _FINE[1])
    return mean(*fine), log_variance(*fine)


def _sum_moments(mean: float, clumping: float) -> tuple[float, float]:
    """Return mean and variance of log(y + 1/2), summed over all y that matter."""
    p = count_probabilities(mean, clumping)
    z = np.log(np.arange(p.size) + 0.5)
    first = float(p @ z)
    return first, float(p @ (z - first) ** 2)


def count_probabilities(mean: float, clumping: float) -> Floats:
    """Return the chances of 0, 1, 2, ... of a negative binomial count; Poisson in the limit of clumping 1."""
    clumping = max(clumping, 1.0 + 1e-6)
    r = mean / (clumping - 1.0)
    y = np.arange(1, int(mean + 12 * np.sqrt(clumping * mean) + 30 * clumping) + 1)
    steps = np.log((r + y - 1) / y) + np.log1p(-1.0 / clumping)
    p = np.exp(np.concatenate([[0.0], np.cumsum(steps)]) - r * np.log(clumping))
    return np.asarray(p / p.sum())
