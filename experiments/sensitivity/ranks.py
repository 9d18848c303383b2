"""Rank correlations: what an ordinary comparison, drawn at random, says about its drivers."""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import rankdata

from experiments.sensitivity.indices import Indices, is_constant, no_indices
from experiments.statistics import Estimate, Floats

LEAST = 8
"""Draws below which no correlation is given."""
SPARE = 10
"""Draws beyond the number of factors from which the other factors can be held constant (PRCC)."""
EXACT_UP_TO = 40
_PERMUTATIONS, _ENUMERATED, _SEED = 200_000, 8, 20_260
_Z = 1.959963984540054


def compute_ranks(points: Floats, values: Floats, idle: NDArray[np.bool_] | None = None) -> Indices:
    """Return the rank correlation of each factor with an outcome, other factors held constant where draws allow it.

    With at least ``SPARE`` draws more than factors: partial rank correlation (PRCC), the correlation of ranks after the
    linear effect of the ranks of all other factors is taken out of both (Marino, Hogue, Ray, Kirschner 2008, Journal of
    Theoretical Biology 254:178). Its p-value is that of t = r sqrt(f / (1 - r^2)) with f = n - 2 - (n_factors - 1); its
    interval Fisher's with standard error 1 / sqrt(f - 1).

    With fewer: Spearman's correlation, factor by factor, the others part of the noise. Its interval is Fisher's with
    standard error sqrt((1 + r^2 / 2) / (n - 3)) (Bonett, Wright 2000, Psychometrika 65:23), approximate below 25
    draws. Its p-value up to EXACT_UP_TO draws is that of permutations: the t distribution's tail is too thin there for
    hundreds of factors. With many factors some look like drivers by chance alone: read ``p_value`` with their number.

    Both see monotone relations only: a number whose middle is worst looks like none.

    Args:
        points: (n_draws, n_factors) uniforms.
        values: (n_draws,) the outcome; NaN where a run failed: that draw is left out and counted.
        idle: (n_factors,) factors that cannot touch the outcome: they get no correlation; None: there are none.
    """
    known = np.isfinite(values)
    n, n_factors = int(known.sum()), points.shape[1]
    n_dropped = int((~known).sum())
    chosen = np.ones(n_factors, bool) if idle is None else ~idle
    partial = n >= int(chosen.sum()) + SPARE
    method = "prcc" if partial else "spearman"
    if n < LEAST:
        note = f"only {n} draws; at least {LEAST} are needed"
        return no_indices(method, (method,), n_factors, note, n_used=n, n_dropped=n_dropped)
    if is_constant(values[known]):
        return no_indices(method, (method,), n_factors, "never varied", n_used=n, n_dropped=n_dropped)
    x, y = rankdata(points[known], axis=0), rankdata(values[known])
    varies = (np.ptp(x, axis=0) > 0) & chosen
    r = np.full(n_factors, np.nan)
    if partial:
        r[varies] = _correlate_partially(x[:, varies], y)
        freedom = n - 2 - (int(varies.sum()) - 1)
        error = np.full(n_factors, 1.0 / np.sqrt(freedom - 1.0))
    else:
        r[varies] = _correlate(x[:, varies], y)
        freedom = n - 2
        error = np.sqrt((1.0 + r**2 / 2.0) / (n - 3.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.arctanh(r)
        low, high = np.tanh(centre - _Z * error), np.tanh(centre + _Z * error)
        t = np.abs(r) * np.sqrt(freedom / (1.0 - r**2))
    p_value = 2.0 * stdtr(freedom, -t)
    if not partial and n <= EXACT_UP_TO:
        p_value = _permute(tuple(np.sort(y)), r)
    return Indices(method, {method: Estimate(r, low, high)}, n, n_dropped, p_value=np.asarray(p_value, float))


def adjust_rates(p_value: Floats) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values (1995): of the factors at or below q, about q are false leads.

    NaN stays NaN and does not count. Leads are followed up, not quoted one by one, so it is their share of false ones
    that matters; for statements that are quoted see ``experiments.multiplicity``.
    """
    result = np.full(p_value.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p_value))
    if not known.size:
        return result
    order = known[np.argsort(p_value[known], kind="stable")]
    scaled = p_value[order] * len(order) / np.arange(1, len(order) + 1)
    result[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return result


def _correlate(x: Floats, y: Floats) -> Floats:
    """Return (n_factors,) the correlations of columns with y."""
    a, b = x - x.mean(axis=0), y - y.mean()
    return np.asarray(np.clip(a.T @ b / np.sqrt((a**2).sum(axis=0) * (b**2).sum()), -1.0, 1.0), float)


def _permute(ranks: tuple[float, ...], r: Floats) -> Floats:
    """Return two-sided p-values of correlations r (n_factors,) with an outcome of these sorted ranks; NaN stays."""
    null = _null(ranks)
    known = ~np.isnan(r)
    result = np.full(r.shape, np.nan)
    at_least = len(null) - np.searchsorted(null, np.abs(r[known]) - 1e-9)
    extra = 0 if len(ranks) <= _ENUMERATED else 1  # of drawn permutations, the data themselves are one more
    result[known] = (at_least + extra) / (len(null) + extra)
    return result


@lru_cache(maxsize=32)
def _null(ranks: tuple[float, ...]) -> Floats:
    """Return the sizes of rank correlations under all, or 200,000, permutations, in rising order."""
    y, n = np.array(ranks), len(ranks)
    if n <= _ENUMERATED:
        shuffled = y[np.array(list(permutations(range(n))))]
    else:
        shuffled = np.random.default_rng(_SEED).permuted(np.tile(y, (_PERMUTATIONS, 1)), axis=1)
    return np.sort(np.abs(_correlate(shuffled.T, np.arange(1.0, n + 1.0))))


def _correlate_partially(x: Floats, y: Floats) -> Floats:
    """Return (n_factors,) the correlations of columns with y, all other columns held constant.

    From one regression on all columns: r = b / sqrt(b^2 + RSS c), b the coefficient, c the diagonal of the inverse of
    X'X, which is t / sqrt(t^2 + f).
    """
    a, b = x - x.mean(axis=0), y - y.mean()
    inverse = np.linalg.pinv(a.T @ a)
    slope = inverse @ (a.T @ b)
    rest = float(((b - a @ slope) ** 2).sum())
    if rest < 1e-18 * float((b**2).sum()):
        rest = 0.0
    slope[np.abs(slope) < 1e-9] = 0.0  # ranks are of the order of n: what is left of rounding is no slope
    scale = np.sqrt(slope**2 + rest * np.diag(inverse))
    return np.asarray(np.divide(slope, scale, out=np.zeros(len(slope)), where=scale > 0), float)
