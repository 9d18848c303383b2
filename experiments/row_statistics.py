"""Count, mean and deviation of each row of replicates, NaN being missing, and Student's quantile for as many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]


def take_pairs(baseline: Floats, variant: Floats) -> tuple[Floats, Floats]:
    """Return both arms as (n_rows, n), NaN in both where either is not known.

    Raises:
        ValueError: The arms have different shapes.
    """
    left, right = np.atleast_2d(np.asarray(baseline, float)), np.atleast_2d(np.asarray(variant, float))
    if left.shape != right.shape:
        raise ValueError(f"arms have different shapes: {left.shape} and {right.shape}")
    known = np.isfinite(left) & np.isfinite(right)
    return np.where(known, left, np.nan), np.where(known, right, np.nan)


def count_known(values: Floats) -> NDArray[np.int64]:
    """Return (n_rows,) how many values of each row are known."""
    return np.asarray((~np.isnan(values)).sum(axis=1), np.int64)


def mean_known(values: Floats) -> Floats:
    """Return (n_rows,) the mean of the known values; NaN where there is none."""
    n = count_known(values)
    total = np.asarray(np.nansum(values, axis=1), float)
    mean = np.divide(total, n, out=np.full(len(values), np.nan), where=n > 0)
    return np.asarray(mean, float)


def deviation_known(values: Floats) -> Floats:
    """Return the sample standard deviation (N - 1) of each row: NaN below two values, 0 for constants."""
    n, mean = count_known(values), mean_known(values)
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    result = np.sqrt(np.divide(squares, n - 1, out=np.full(len(values), np.nan), where=n > 1))
    known = np.where(np.isnan(values), mean[:, None], values)
    constant = (n > 1) & (known == known[:, :1]).all(axis=1) if values.shape[1] else n > 1
    return np.asarray(np.where(constant, 0.0, result), float)


def student_t(n: Floats | NDArray[np.int64], level: float) -> Floats:
    """Return the two-sided Student t quantile of a level at N - 1 degrees of freedom; NaN below two values."""
    quantile = np.asarray(stdtrit(np.maximum(n - 1, 1), 0.5 + level / 2.0), float)
    return np.asarray(np.where(n > 1, quantile, np.nan), float)
