"""How much of an outcome's variance is the luck of the seed, so that an index is not mistaken for a driver."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtri

from experiments.statistics import Estimate, Floats

LEAST = 3
"""Runs over seeds below which nothing is said about luck."""


def compute_luck(points: Floats, values: Floats, seeds: Floats, *, own_seeds: bool) -> tuple[float, int]:
    """Return the variance that luck gives one outcome, and the degrees of freedom it is known by.

    From rows of the design that are repeated with seeds of their own, where there are any; otherwise from runs that
    vary the seed alone (kind "monte_carlo", parameters at their defaults), as if luck were the same everywhere.

    Args:
        points: (n_rows, n_factors) uniforms.
        values: (n_rows,) the outcome over the design; NaN is missing.
        seeds: (n_seeds,) the outcome over seeds, parameters held.
        own_seeds: Whether each row of the design has a seed of its own.

    Returns:
        (NaN, 0) where it cannot be known.
    """
    if own_seeds:
        squares, freedom = _pool_repeats(points, values)
        if freedom + 1 >= LEAST:
            return squares / freedom, freedom
    known = seeds[np.isfinite(seeds)]
    if len(known) < LEAST:
        return float("nan"), 0
    return float(known.var(ddof=1)), len(known) - 1


def compute_luck_share(values: Floats, luck: float, freedom: int) -> Estimate:
    """Return the share of the variance over the design's rows that luck would give, with its interval; arrays (1,).

    The interval is that of a ratio of two normal variances (F), cut at 0 and 1.
    """
    known = values[np.isfinite(values)]
    if freedom < 1 or len(known) < LEAST or not known.var(ddof=1) > 0:
        unknown = np.full(1, np.nan)
        return Estimate(unknown, unknown, unknown)
    share = luck / float(known.var(ddof=1))
    low, high = (share / float(fdtri(freedom, len(known) - 1, tail)) for tail in (0.975, 0.025))
    return Estimate(*(np.full(1, min(max(end, 0.0), 1.0)) for end in (share, low, high)))


def _pool_repeats(points: Floats, values: Floats) -> tuple[float, int]:
    """Return the sum of squares within groups of equal rows, and its degrees of freedom."""
    known = np.isfinite(values)
    _, group = np.unique(points[known], axis=0, return_inverse=True)
    group, kept = group.reshape(-1), values[known]
    n = np.bincount(group) if len(kept) else np.zeros(0, np.int64)
    mean = np.bincount(group, kept) / np.maximum(n, 1) if len(kept) else np.zeros(0)
    return float(((kept - mean[group]) ** 2).sum()), int(len(kept) - len(n))
