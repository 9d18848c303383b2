"""Where the difference of one further pair would lie when both arms are above 0: level and ratio predicted together."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

POINTS = 4096
"""Points of the predictive distribution; the central 95% lies between about the 102nd and the 3,994th."""
_CHUNK = 512  # rows at a time: memory stays flat
_LARGEST_LOG = 300.0  # a wider prediction is "no limit" in every practical sense and must not overflow
_NOTHING = 1e-9
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def joint_interval(baseline: Floats, variant: Floats, level: float) -> tuple[Floats, Floats]:
    """Return (n_rows,) the ends of the central ``level`` of the predicted difference of one further pair.

    A difference is level times relative change: v - b = sqrt(b v) * 2 sinh(x / 2) with x = log(v / b). The pair
    (log sqrt(b v), x) is taken as bivariate normal with unknown mean and covariance; a further pair is then taken as
    bivariate t (Cornish 1954, Australian Journal of Physics 7:531) about the sample's mean, with N - 1 degrees of
    freedom and sqrt(1 + 1/N) times the sample's spread, so that the margin of x is the usual t interval of the log
    ratio and both say the same sign. Quantiles are read off a fixed lattice of POINTS: the same numbers each time, no
    luck. The correlation is taken as it was seen: how often this holds is measured in docs/validation/coverage.md.

    Args:
        baseline: (n_rows, n) above 0, the same n >= 2 for all rows.
        variant: The same shape, above 0.
        level: Share that the interval holds.
    """
    size = 0.5 * (np.log(baseline) + np.log(variant))
    change = np.log(variant) - np.log(baseline)
    n = baseline.shape[1]
    z, w = _lattice(n - 1)
    scale = math.sqrt(1.0 + 1.0 / n)
    size_sd, change_sd = (values.std(axis=1, ddof=1) for values in (size, change))
    centred = (size - size.mean(axis=1, keepdims=True)) * (change - change.mean(axis=1, keepdims=True))
    product = size_sd * change_sd
    varies = (size_sd > _NOTHING) & (change_sd > _NOTHING)  # rounding has no correlation
    rho = np.divide(centred.sum(axis=1) / (n - 1), product, out=np.zeros(len(size)), where=varies)
    rho = np.clip(rho, -1.0, 1.0)
    low, high = np.empty(len(size)), np.empty(len(size))
    tail = (1.0 - level) / 2.0
    for start in range(0, len(size), _CHUNK):
        rows = slice(start, start + _CHUNK)
        across = rho[rows, None] * z + np.sqrt(1.0 - rho[rows, None] ** 2) * w
        sizes = size.mean(axis=1)[rows, None] + scale * size_sd[rows, None] * across
        halves = 0.5 * (change.mean(axis=1)[rows, None] + scale * change_sd[rows, None] * z)
        drawn = 2.0 * np.exp(_bound(sizes)) * np.sinh(_bound(halves))
        low[rows], high[rows] = np.quantile(drawn, [tail, 1.0 - tail], axis=1)
    return _agree_in_sign(low, high, change.mean(axis=1), _half(n, level) * scale * change_sd)


def _agree_in_sign(low: Floats, high: Floats, centre: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Return the ends on the side of 0 that the log ratio's own interval says; the lattice may miss by a hair."""
    rises, falls = centre - half > 0, centre + half < 0
    tiny = np.finfo(float).tiny
    low = np.where(rises, np.maximum(low, tiny), np.where(falls, low, np.minimum(low, 0.0)))
    high = np.where(falls, np.minimum(high, -tiny), np.where(rises, high, np.maximum(high, 0.0)))
    return low, high


def _half(n: int, level: float) -> float:
    return float(stdtrit(n - 1, 0.5 + level / 2.0))


def _bound(logs: Floats) -> Floats:
    return np.asarray(np.clip(logs, -_LARGEST_LOG, _LARGEST_LOG), float)


@cache
def _lattice(freedom: int) -> tuple[Floats, Floats]:
    """Return (POINTS,) twice: a lattice of the standard bivariate t, symmetric in both coordinates.

    The radius has r^2 / 2 distributed as F(2, freedom), whose quantile has a closed form; angles step by the golden
    ratio. Symmetry makes swapped arms give mirrored intervals.
    """
    index = np.arange(POINTS // 4)
    p = (index + 0.5) / (POINTS // 4)
    # Powers of a share near 0 at one degree of freedom are large but finite.
    radius = np.sqrt(freedom * ((1.0 - p) ** (-2.0 / freedom) - 1.0))
    angle = 0.5 * math.pi * ((index * _GOLDEN) % 1.0)
    z, w = radius * np.cos(angle), radius * np.sin(angle)
    return np.concatenate([z, -z, z, -z]), np.concatenate([w, w, -w, -w])
