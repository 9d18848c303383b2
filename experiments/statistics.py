"""Paired differences and ratios between two arms, with 95% intervals of two kinds that are never mixed.

``monte_carlo``: only the seed varies, parameters stay at their defaults. The interval is a Student t
interval of the *mean* paired difference, so it shrinks as replicates are added. The ratio is the ratio of
the two means; its interval is the linearised (delta method) t interval of its logarithm, with the pairing
kept.

``total``: each replicate draws every uncertain parameter jointly, shared by both arms, and has its own
seed. The interval says where the difference of one further draw would lie; it does not shrink to nothing as
replicates are added.

- Fewer than ``QUANTILES_FROM`` pairs, both arms above 0 in every pair: levels and ratios by the t-based
  prediction interval, mean +- t * s * sqrt(1 + 1/N), on the log scale; differences by the joint prediction of
  level and ratio (``experiments.joint_interval``), since a difference scales with the level of its draw. It says
  the same sign as the ratio.
- Fewer than ``QUANTILES_FROM`` pairs, some of them 0 (or negative): the t-based prediction interval of the
  differences themselves; on the log scale where the ratio's interval leaves out 1 and every pair differs the
  same way.
- From ``QUANTILES_FROM`` pairs on: between empirical quantiles at rank p * (N + 1), which holds the next draw
  with probability 95% whatever the distribution (Wilks 1941, Annals of Mathematical Statistics 12: expected
  coverage between order statistics r < s is (s - r) / (N + 1)).

The estimate is the mean over replicates for a level or a difference, and the ratio of the two means for a
ratio, so that difference = variant - baseline, ratio = variant / baseline, and groups add up to their
total. A total interval of very skewed values is widened where needed so that it holds its own estimate.

A count cannot fall by more than there was: where no value is below 0, the low end of a difference, of either
kind, is never below minus what the baseline can be: the upper end of its own interval, or the largest that was seen
where that is larger.

How often these intervals hold the truth, case by case, is measured in docs/validation/coverage.md (by
``experiments.coverage``), with the cases in which they do not.

Values that are missing or not finite in either arm drop the pair; ``pairs`` says how many remained.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.joint_interval import joint_interval
from experiments.row_statistics import count_known, deviation_known, mean_known, student_t, take_pairs

IntervalKind = Literal["monte_carlo", "total"]
INTERVAL_KINDS: tuple[IntervalKind, ...] = ("total", "monte_carlo")

Floats = NDArray[np.float64]
LEVEL = 0.95
# Below 39 pairs no order statistic lies outside the central 95% of the next draw; 40 is the first round
# number above.
QUANTILES_FROM = 40


class Estimate(NamedTuple):
    """An estimate a row with its 95% interval; NaN where it cannot be known. All arrays (n_rows,)."""

    value: Floats
    low: Floats
    high: Floats


class Paired(NamedTuple):
    """What two arms say about each row. All arrays (n_rows,)."""

    baseline: Floats
    """Mean over pairs in the baseline arm."""
    variant: Floats
    """Mean over pairs in the variant arm."""
    difference: Estimate
    """Variant minus baseline."""
    ratio: Estimate
    """Variant over baseline; NaN where the baseline mean is 0."""
    pairs: NDArray[np.int64]
    """Pairs in which both arms have a finite value."""


def compute_paired(baseline: Floats, variant: Floats, kind: IntervalKind) -> Paired:
    """Return the paired difference and ratio of each row, with intervals of one kind.

    Args:
        baseline: (n_rows, n_replicates) or (n_replicates,), any unit, at least 0 where ratios are wanted.
        variant: The same shape; column k shares parameters and luck with column k of ``baseline``.
        kind: What varies between replicates, see the module.

    Returns:
        Documented results for awkward rows: no pair at all gives NaN everywhere; one pair gives estimates
        without intervals; equal differences in every pair give an interval of width 0; an outcome that
        never happened in either arm gives difference 0 (0 to 0) and no ratio; a baseline that is always 0
        gives no ratio, the difference speaks; see also ``_total_ratio`` for single zeros.
    """
    left, right = take_pairs(baseline, variant)
    mean_left, mean_right = mean_known(left), mean_known(right)
    if kind == "monte_carlo":
        difference = mean_interval(right - left)
        ratio = _monte_carlo_ratio(left, right)
    else:
        ratio = _total_ratio(left, right)
        difference = _joint_difference(_total_difference(left, right, ratio), left, right)
    difference = _limit_fall(difference, left, right, kind)
    return Paired(mean_left, mean_right, difference, ratio, count_known(left))


def compute_levels(values: Floats, kind: IntervalKind) -> Estimate:
    """Return the mean level of each row (n_rows, n_replicates) of one arm with its interval."""
    table = np.atleast_2d(np.asarray(values, float))
    table = np.where(np.isfinite(table), table, np.nan)
    if kind == "monte_carlo":
        return mean_interval(table)
    plain = spread_interval(table)
    above_zero = np.where(np.isnan(table), True, table > 0).all(axis=1)
    return _scaled_interval(table, plain, above_zero & _can_scale(table, plain))


def mean_interval(values: Floats) -> Estimate:
    """Return the mean of each row and its Student t interval; NaN is missing. ``values`` is (n_rows, n)."""
    mean, deviation, n = mean_known(values), deviation_known(values), count_known(values)
    half = student_t(n, LEVEL) * deviation / np.sqrt(np.maximum(n, 1))
    return Estimate(mean, mean - half, mean + half)


def spread_interval(values: Floats) -> Estimate:
    """Return the mean of each row and the interval that holds one further value; NaN is missing."""
    mean, deviation, n = mean_known(values), deviation_known(values), count_known(values)
    half = student_t(n, LEVEL) * deviation * np.sqrt(1.0 + 1.0 / np.maximum(n, 1))
    low, high = mean - half, mean + half
    many = n >= QUANTILES_FROM
    if many.any():
        low[many], high[many] = _quantiles(values[many])
    return Estimate(mean, np.minimum(low, mean), np.maximum(high, mean))


def _total_difference(left: Floats, right: Floats, ratio: Estimate) -> Estimate:
    """Return the mean difference and where that of one further pair would lie (see the module)."""
    change = right - left
    plain = spread_interval(change)
    sign = np.where(plain.value > 0, 1.0, -1.0)
    one_sided = np.where(np.isnan(change), True, change * sign[:, None] > 0).all(axis=1)
    from_nothing = np.where(np.isnan(left), True, left == 0).all(axis=1)  # the ratio is infinite throughout
    clear = (ratio.low > 1.0) | (ratio.high < 1.0) | from_nothing
    scaled = one_sided & clear & _can_scale(change, plain)
    size = _scaled_interval(np.abs(change), plain, scaled)
    down = scaled & (sign < 0)
    return Estimate(plain.value, np.where(down, -size.high, size.low), np.where(down, -size.low, size.high))


def _joint_difference(plain: Estimate, left: Floats, right: Floats) -> Estimate:
    """Return ``plain`` with the rows that are above 0 throughout by the joint prediction of level and ratio."""
    above_zero = np.where(np.isnan(left), True, (left > 0) & (right > 0)).all(axis=1)
    chosen = above_zero & _can_scale(left, plain)
    low, high, n = plain.low.copy(), plain.high.copy(), count_known(left)
    for pairs in np.unique(n[chosen]):
        rows = np.flatnonzero(chosen & (n == pairs))
        known = ~np.isnan(left[rows])
        ends = joint_interval(
            left[rows][known].reshape(-1, pairs), right[rows][known].reshape(-1, pairs), LEVEL
        )
        low[rows], high[rows] = ends
    return Estimate(plain.value, np.minimum(low, plain.value), np.maximum(high, plain.value))


def _limit_fall(difference: Estimate, left: Floats, right: Floats, kind: IntervalKind) -> Estimate:
    """Return the differences with low ends no lower than minus what the baseline can be (see the module)."""
    counts = ~((left < 0) | (right < 0)).any(axis=1)
    seen = np.where(np.isnan(left), 0.0, left).max(axis=1, initial=0.0)
    most = np.fmax(seen, compute_levels(left, kind).high)
    return difference._replace(low=np.where(counts, np.maximum(difference.low, -most), difference.low))


def _can_scale(values: Floats, plain: Estimate) -> NDArray[np.bool_]:
    """Return the rows whose spread needs an assumed shape: few values, not all equal."""
    return np.asarray((count_known(values) < QUANTILES_FROM) & (plain.low < plain.high), bool)


def _scaled_interval(values: Floats, plain: Estimate, rows: NDArray[np.bool_]) -> Estimate:
    """Return ``plain`` with the chosen rows, above 0 throughout, on the log scale instead."""
    if not rows.any():
        return plain
    logs = np.log(values[rows])
    centre, n, mean = mean_known(logs), count_known(logs), mean_known(values[rows])
    half = student_t(n, LEVEL) * deviation_known(logs) * np.sqrt(1.0 + 1.0 / n)
    low, high = plain.low.copy(), plain.high.copy()
    with np.errstate(over="ignore"):
        low[rows] = np.minimum(np.exp(centre - half), mean)
        high[rows] = np.maximum(np.exp(centre + half), mean)
    return Estimate(plain.value, low, high)


def _monte_carlo_ratio(left: Floats, right: Floats) -> Estimate:
    """Return the ratio of means; interval exp(log ratio +- t * se).

    The standard error is that of v / mean(v) - b / mean(b), pair by pair.

    A variant that is always 0 gives 0 with no upper end; a baseline that is always 0 gives NaN.
    """
    mean_left, mean_right, n = mean_known(left), mean_known(right), count_known(left)
    ratio = _ratio(mean_right, mean_left)
    usable = (mean_left > 0) & (mean_right > 0)
    scale_left, scale_right = np.where(usable, mean_left, 1.0), np.where(usable, mean_right, 1.0)
    spread = deviation_known(right / scale_right[:, None] - left / scale_left[:, None])
    half = student_t(n, LEVEL) * spread / np.sqrt(np.maximum(n, 1))
    # An interval too wide for a float ends at infinity, which is what it means.
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = ratio * np.exp(-half), ratio * np.exp(half)
    return Estimate(
        ratio, np.where(usable, low, np.where(ratio == 0, 0.0, np.nan)), np.where(usable, high, np.nan)
    )


def _total_ratio(left: Floats, right: Floats) -> Estimate:
    """Return the ratio of means and where the ratio of one further pair would lie.

    Pair by pair: 0 against 0 is a tie, ratio 1; something against 0 is infinite. Below ``QUANTILES_FROM``
    pairs the log scale needs every ratio positive and finite; where one is not, the interval runs from the
    smallest to the largest ratio seen, 0 and infinity included, which is as much as so few pairs can say.
    """
    ratio = _ratio(mean_known(right), mean_known(left))
    tie, infinite = (left == 0) & (right == 0), (left == 0) & (right > 0)
    with np.errstate(over="ignore"):
        each = np.where(tie, 1.0, np.where(infinite, np.inf, right / np.where(left == 0, 1.0, left)))
    proper = np.isfinite(each) & (each > 0)
    logs = np.where(np.isnan(each), np.nan, np.log(np.where(proper, each, 1.0)))
    centre, n = mean_known(logs), count_known(logs)
    half = student_t(n, LEVEL) * deviation_known(logs) * np.sqrt(1.0 + 1.0 / np.maximum(n, 1))
    with np.errstate(over="ignore"):
        low, high = np.exp(centre - half), np.exp(centre + half)
    many = n >= QUANTILES_FROM
    odd = (~proper & ~np.isnan(each)).any(axis=1) & ~many & (n >= 2)
    if odd.any():
        low[odd], high[odd] = np.nanmin(each[odd], axis=1), np.nanmax(each[odd], axis=1)
    if many.any():
        low[many], high[many] = _quantiles(each[many])
    never = np.isnan(ratio)
    low, high = (
        np.where(never, np.nan, np.minimum(low, ratio)),
        np.where(never, np.nan, np.maximum(high, ratio)),
    )
    unknown = n < 2
    return Estimate(ratio, np.where(unknown, np.nan, low), np.where(unknown, np.nan, high))


def _quantiles(values: Floats) -> tuple[Floats, Floats]:
    """Return the empirical ends at rank p * (N + 1) of each row, N its own count of known values.

    Written out because numpy interpolates infinity minus infinity to NaN: equal neighbours need no
    interpolation.
    """
    ordered = np.sort(values, axis=1)  # NaN last
    n = count_known(values)
    rows = np.arange(len(values))

    def at(p: float) -> Floats:
        rank = np.clip(p * (n + 1.0), 1.0, n) - 1.0
        below = np.floor(rank).astype(np.int64)
        above = np.minimum(below + 1, n - 1)
        lower, upper, part = ordered[rows, below], ordered[rows, above], rank - below
        step = np.where((lower == upper) | (part == 0), 0.0, part)
        gap = np.subtract(upper, lower, out=np.zeros_like(lower), where=step > 0)
        return np.asarray(lower + step * gap, float)

    tail = (1.0 - LEVEL) / 2.0
    return at(tail), at(1.0 - tail)


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below, NaN where below is 0 or missing; too large for a float is infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0), float)
