"""How many replicates a wanted precision needs, from a pilot; and what pairing saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from experiments.collect import ALL, Values
from experiments.row_statistics import count_known, deviation_known, mean_known, student_t, take_pairs
from experiments.statistics import INTERVAL_KINDS, LEVEL, Estimate, Floats, IntervalKind

COLUMNS = [
    "interval_kind", "outcome", "arm", "correlation", "correlation_low", "correlation_high", "gain", "gain_low",
    "gain_high", "pairs",
]  # fmt: skip
"""Of the table of pairing. gain: variance of the difference of independent arms over that of paired ones."""
MOST = 10**9
"""Above so many replicates the answer is "no number": infinity."""
_Z = float(ndtri(0.5 + LEVEL / 2.0))


class Needed(NamedTuple):
    """What a pilot says about precision, row by row. All arrays (n_rows,)."""

    half_width: Floats
    """Half the width of the interval that is wanted, in the outcome's unit."""
    now: Floats
    """Half the width that the pilot itself has, in the outcome's unit."""
    replicates: Floats
    """Replicates whose interval has the wanted half-width; infinity where no number is enough."""
    low: Floats
    """The same, had the pilot met an unusually small variance: low end of its 95% interval."""
    high: Floats
    """The same with the high end: what to plan for if the precision must be reached."""
    floor: Floats
    """Half-width that no number of replicates goes below: 0 for "monte_carlo", 1.96 deviations for "total"."""
    for_the_mean: Floats
    """Replicates after which the mean over replicates is known to the wanted half-width."""
    pilot: NDArray[np.int64]
    """Pairs of the pilot."""


class Pairing(NamedTuple):
    """What sharing people, luck and parameters between arms saves. All arrays (n_rows,)."""

    correlation: Estimate
    """Of baseline and variant over replicates."""
    gain: Estimate
    """Variance of the difference of independent arms over that of paired ones: runs that pairing saves, as a factor."""
    pairs: NDArray[np.int64]


def compute_replicates_needed(
    baseline: Floats,
    variant: Floats,
    kind: IntervalKind,
    *,
    half_width: float | None = None,
    relative: float | None = None,
) -> Needed:
    """Return how many replicates an interval of the paired difference needs for a wanted half-width.

    "monte_carlo": the smallest n with t(n - 1) * s / sqrt(n) at most the half-width, s the pilot's deviation of paired
    differences. "total": the smallest n with t(n - 1) * s * sqrt(1 + 1/n) at most that; since it tends to 1.96 s, more
    draws reach it only where 1.96 s is below it, and ``for_the_mean`` says what the mean over draws would need.

    The pilot's variance is itself uncertain: ``low`` and ``high`` put the ends of its 95% chi-square interval,
    (N - 1) s^2 / chi2, in place of s^2. With 4 pairs s may be 0.57 to 3.7 times what it seems.

    Decide the number once, from the pilot, and keep the pilot's replicates: their number does not depend on the mean
    that they show (Stein 1945, Annals of Mathematical Statistics 16:243). Adding replicates until an interval leaves
    out 0, or looks narrow, is another procedure, and its 95% intervals hold the truth less often.

    Args:
        baseline: (n_rows, n_pilot) or (n_pilot,).
        variant: The same shape, paired.
        kind: What varies between replicates.
        half_width: Wanted, in the outcome's unit; or
        relative: wanted, as a share of the baseline's mean.

    Raises:
        ValueError: Not exactly one of ``half_width`` and ``relative`` is given, or it is not above 0.
    """
    given = [value for value in (half_width, relative) if value is not None]
    if len(given) != 1 or not given[0] > 0:
        raise ValueError("give half_width or relative, one of them and above 0")
    left, right = take_pairs(baseline, variant)
    n, deviation = count_known(left), deviation_known(right - left)
    wanted = (
        np.full(len(left), half_width)
        if half_width is not None
        else np.abs(mean_known(left)) * float(relative or 0.0)
    )
    freedom = np.maximum(n - 1, 1)
    tails = (1.0 - LEVEL) / 2.0
    small, large = (deviation * np.sqrt(freedom / chdtri(freedom, tail)) for tail in (tails, 1.0 - tails))
    unknown = (n < 2) | np.isnan(wanted)
    half = student_t(n, LEVEL) * deviation * np.sqrt(1.0 / np.maximum(n, 1) + (kind == "total"))
    found = [np.where(unknown, np.nan, _find_number(s, wanted, kind)) for s in (deviation, small, large)]
    mean_needs = np.where(unknown, np.nan, _find_number(deviation, wanted, "monte_carlo"))
    floor = _Z * deviation if kind == "total" else np.where(unknown, np.nan, 0.0)
    return Needed(wanted, half, found[0], found[1], found[2], floor, mean_needs, n)


def _find_number(deviation: Floats, wanted: Floats, kind: IntervalKind) -> Floats:
    """Return the smallest n >= 2 whose half-width is at most the wanted one; infinity beyond MOST."""
    extra = 1.0 if kind == "total" else 0.0

    def enough(n: Floats) -> NDArray[np.bool_]:
        return np.asarray(student_t(n, LEVEL) * deviation * np.sqrt(1.0 / n + extra) <= wanted, bool)

    low, high = np.full(len(deviation), 1.0), np.full(len(deviation), float(MOST))
    never = ~enough(high)
    for _ in range(40):  # bisection: low is too few, high is enough
        middle = np.floor((low + high) / 2.0)
        good = enough(np.maximum(middle, 2.0)) & (middle >= 2.0)
        high, low = np.where(good, middle, high), np.where(good, low, middle)
    return np.where(never, np.inf, np.maximum(high, 2.0))


def compute_pairing(baseline: Floats, variant: Floats) -> Pairing:
    """Return how far pairing lowers the variance of a difference, measured.

    gain = (s_b^2 + s_v^2) / s_d^2 = 1 / (1 - k r) with k = 2 s_b s_v / (s_b^2 + s_v^2). The interval of the correlation
    r is Fisher's, tanh(atanh r +- 1.96 / sqrt(N - 3)); that of the gain is what it makes of it, k as seen. It needs 4.
    A gain below 1 says that pairing costs: the arms answer the same luck in opposite ways.

    Args:
        baseline: (n_rows, n) or (n,).
        variant: The same shape, paired.
    """
    left, right = take_pairs(baseline, variant)
    n = count_known(left)
    s_left, s_right = deviation_known(left), deviation_known(right)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = (left - mean_known(left)[:, None]) * (right - mean_known(right)[:, None])
        r = np.nansum(centred, axis=1) / ((n - 1) * s_left * s_right)
        r = np.where((s_left > 0) & (s_right > 0), np.clip(r, -1.0, 1.0), np.nan)
        half = np.where(n > 3, _Z / np.sqrt(np.maximum(n - 3, 1)), np.nan)
        low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
        k = 2.0 * s_left * s_right / (s_left**2 + s_right**2)
        gains = [1.0 / np.maximum(1.0 - k * end, 0.0) for end in (r, low, high)]
    return Pairing(Estimate(r, low, high), Estimate(*gains), n)


def compute_pairing_table(values: Values, arms: Sequence[str]) -> pd.DataFrame:
    """Return what pairing saves, by kind of interval, variant and outcome over the whole route; columns COLUMNS.

    Args:
        values: Of every run.
        arms: Names, the baseline first.
    """
    rows = values.rows
    whole = ((rows["scope_kind"] == ALL) & (rows["group_kind"] == ALL)).to_numpy()
    parts = []
    for kind in INTERVAL_KINDS:
        for arm in arms[1:]:
            if (kind, arm) not in values.value:
                continue
            found = compute_pairing(values.value[kind, arms[0]][whole], values.value[kind, arm][whole])
            columns = {
                f"{name}{end}": side
                for name, estimate in (("correlation", found.correlation), ("gain", found.gain))
                for end, side in zip(("", "_low", "_high"), estimate, strict=True)
            }
            names = {"interval_kind": kind, "outcome": rows["outcome"].to_numpy()[whole], "arm": arm}
            parts.append(pd.DataFrame({**names, **columns, "pairs": found.pairs}))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
