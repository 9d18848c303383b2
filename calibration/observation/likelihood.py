"""Mean and covariance of what is observed, on the scale on which it is nearly normal; the density; conditional draws.

Counts. y is recorded with mean m = rate x true x exp(d), d the discrepancy and what the emulator does not know, and
variance c m (c: clumping). The scale is z = log(y + 1/2), which has a value at y = 0. Given d, mean and variance of z
are those of a negative binomial count (``log_moments``); over d, z has the mean E z(d), the slope
s = cov(z, d) / var d, and

    Var z = E Var(z | d) + Var E(z | d), of which s' G s goes with d and the rest is of each cell alone.

With m large and sd small this is the usual c/m + G. As m falls to 0, variance and slope fall to 0: a month that can
have no deaths says nothing when it has none.

Shares. z = log((n y + 1/2) / (n - n y + 1/2)) of n people asked, the empirical log odds (Cox 1970, Analysis of Binary
Data), with the log odds of p' = those of p + log selection, and variance deff (1/(n p') + 1/(n (1 - p'))).

G is the covariance of d: sd^2 x correlation^lag between months of one series (of a longer window: the mean of its
months), plus the emulator's, for shares on the log odds: divided by (1 - p) on either side (delta method).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import expit

from calibration.cells import Floats, Ints, Mask
from calibration.observation.count_moments import LEAST, log_moments

LEAST_SHARE = 1e-4
_LEAST_STEP = 0.01
_LOG_2PI = float(np.log(2 * np.pi))


class Moments(NamedTuple):
    """What is observed on its normal scale, given the truth and no discrepancy. All (..., n_cells)."""

    mean: Floats
    variance: Floats
    slope: Floats
    """Change of the mean per unit of discrepancy."""
    spread: Floats
    """Change of the discrepancy's scale per unit of log true: 1, or of log odds per log share."""
    centre: Floats
    """Log of the recorded mean; log odds of the recorded share."""


def count_moments(log_mean: Floats, clumping: Floats, sd: Floats) -> Moments:
    """Return the moments of log(y + 1/2) of counts with a recorded mean m exp(d) and variance clumping x that mean.

    Averages over d, normal with standard deviation ``sd``, by Gauss-Hermite quadrature at three points: where d may be
    large, counts scatter more below than they do less above.

    Args:
        log_mean: (...) log m.
        clumping: (...) variance over mean.
        sd: (...) standard deviation of d.
    """
    log_mean = np.maximum(log_mean, np.log(LEAST))
    step = np.sqrt(3.0) * np.maximum(sd, _LEAST_STEP)
    low, middle, high = (log_moments(log_mean + by, clumping) for by in (-step, 0.0, step))
    mean = (low.mean + 4 * middle.mean + high.mean) / 6
    slope = (high.mean - low.mean) / (2 * step)
    # What of the mean's own variance over d is not linear in d scatters like the count itself.
    over_d = ((low.mean - mean) ** 2 + 4 * (middle.mean - mean) ** 2 + (high.mean - mean) ** 2) / 6
    curved = np.maximum(over_d - slope**2 * step**2 / 3, 0.0)
    variance = (low.variance + 4 * middle.variance + high.variance) / 6 + curved
    return Moments(mean, variance, slope, np.ones_like(mean), log_mean)


def share_moments(log_share: Floats, log_odds: Floats, asked: Floats, clumping: Floats) -> Moments:
    """Return the moments of the empirical log odds of shares of people asked.

    Args:
        log_share: Log of the true share.
        log_odds: Log of the odds to be asked.
        asked: People asked.
        clumping: Design effect.
    """
    p = np.clip(np.exp(log_share), LEAST_SHARE, 1 - LEAST_SHARE)
    centre = np.log(p) - np.log1p(-p) + log_odds
    q = expit(centre)
    effective = asked / clumping
    variance = 1 / (effective * q + 0.5) + 1 / (effective * (1 - q) + 0.5)
    mean = np.log((asked * q + 0.5) / (asked * (1 - q) + 0.5))
    return Moments(mean, variance, np.ones_like(q), 1 / (1 - p), centre)


def observed_scale(observed: Floats, asked: Floats) -> Floats:
    """Return z of what was observed. asked: people asked; NaN for counts."""
    of_share = np.log((asked * observed + 0.5) / (asked * (1 - observed) + 0.5))
    return np.where(np.isnan(asked), np.log(observed + 0.5), of_share)


def monthly_covariance(lags: Ints, sd: Floats, correlation: Floats) -> Floats:
    """Return (..., n, n) the covariance of the discrepancy in single months.

    Args:
        lags: (n, n) months between them.
        sd: (...) standard deviation.
        correlation: (...) from one month to the next.
    """
    powers = correlation[..., None] ** np.arange(int(lags.max()) + 1)
    return np.asarray(sd[..., None, None] ** 2 * powers[..., lags])


def window_weights(shares: Floats) -> Floats:
    """Return (n_lags, n, n) how much a lag weighs between two windows, each the mean of its months.

    Args:
        shares: (n, n_months) part of each window in each month.
    """
    n_months = shares.shape[1]
    apart = [shares[:, lag:] @ shares[:, : n_months - lag].T for lag in range(n_months)]
    return np.stack([apart[0], *(one + one.T for one in apart[1:])])


def window_covariance(weights: Floats, sd: Floats, correlation: Floats) -> Floats:
    """Return (..., n, n) the covariance of the mean discrepancy of windows with weights (n_lags, n, n)."""
    powers = correlation[..., None] ** np.arange(len(weights))
    return np.asarray(sd[..., None, None] ** 2 * np.tensordot(powers, weights, 1))


def log_normal_density(residual: Floats, covariance: Floats) -> Floats:
    """Return (...) the log density of residuals (..., n) that are normal with mean 0 and a covariance (..., n, n)."""
    factor = np.linalg.cholesky(covariance)
    white = solve_triangular(factor, residual[..., None], lower=True)[..., 0]
    log_determinant = np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.asarray(-0.5 * (white**2).sum(axis=-1) - log_determinant - 0.5 * residual.shape[-1] * _LOG_2PI)


def log_series_density(
    residual: Floats, slope: Floats, variance: Floats, month: Ints, sd: Floats, correlation: Floats
) -> Floats:
    """Return (...) what ``log_normal_density`` gives for single months of one AR(1) discrepancy, in linear time.

    A Kalman filter over the cells in the order of time; a month may have several cells.

    Args:
        residual: (..., n) z less its mean.
        slope: (..., n) of z in the discrepancy.
        variance: (..., n) of z given the discrepancy.
        month: (n,) number of the month, rising.
        sd: (...) of the discrepancy.
        correlation: (...) from one month to the next.
    """
    mean, spread = np.zeros_like(sd), sd**2
    total = np.full(residual.shape[:-1], -0.5 * residual.shape[-1] * _LOG_2PI)
    for i, lag in enumerate(np.diff(month, prepend=month[:1])):
        if lag:
            kept = correlation**lag
            mean, spread = kept * mean, kept**2 * spread + (1 - kept**2) * sd**2
        s = slope[..., i]
        seen = s**2 * spread + variance[..., i]
        off = residual[..., i] - s * mean
        total -= 0.5 * (np.log(seen) + off**2 / seen)
        gain = spread * s / seen
        mean, spread = mean + gain * off, spread * (1 - gain * s)
    return total


def condition(
    covariance: Floats, slope: Floats, variance: Floats, residual: Floats, known: Mask
) -> tuple[Floats, Floats]:
    """Return mean and covariance of the discrepancy d of all cells given what some of them showed.

    Args:
        covariance: (n, n) of d.
        slope: (n,) of z in d.
        variance: (n,) of z given d.
        residual: (n,) z less its mean.
        known: (n,) which cells are known.
    """
    seen = slope[known]
    total = seen[:, None] * covariance[np.ix_(known, known)] * seen + np.diag(variance[known])
    gain = np.linalg.solve(total, seen[:, None] * covariance[known]).T
    mean = gain @ residual[known]
    return mean, covariance - gain @ (seen[:, None] * covariance[known])


def draw_counts(log_mean: Floats, clumping: Floats, rng: np.random.Generator) -> Floats:
    """Return counts with a mean and variance clumping x mean: negative binomial, or Poisson without clumping."""
    mean = np.exp(np.clip(log_mean, np.log(LEAST), 25.0))
    excess = np.maximum(clumping - 1.0, 1e-9)
    lifted = np.where(clumping > 1.0, rng.gamma(mean / excess, excess), mean)
    return rng.poisson(lifted).astype(np.float64)


def draw_shares(log_odds: Floats, asked: Floats, clumping: Floats, rng: np.random.Generator) -> Floats:
    """Return shares of people asked: beta-binomial with a design effect, or binomial without."""
    p = np.clip(expit(log_odds), LEAST_SHARE, 1 - LEAST_SHARE)
    strength = np.maximum((asked - 1) / np.maximum(clumping - 1.0, 1e-9) - 1, 1e-3)
    lifted = np.where(clumping > 1.0, rng.beta(p * strength, (1 - p) * strength), p)
    return rng.binomial(asked.astype(np.int64), lifted) / asked
