"""How many changes are shown at once, how many would look clear by chance, and which stand when that is counted in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit
from scipy.stats import binom

from experiments.collect import ALL, Values
from experiments.statistics import (
    INTERVAL_KINDS,
    LEVEL,
    QUANTILES_FROM,
    Floats,
    IntervalKind,
    compute_paired,
)
from experiments.wording import say_outcome

COLUMNS = [
    "interval_kind", "outcome", "arm", "difference", "difference_low", "difference_high", "replicates", "outside",
    "p_value", "p_holm", "stands", "shown", "shown_outside", "outside_by_chance",
]  # fmt: skip
ALPHA = 1.0 - LEVEL


def adjust_holm(p_value: Floats) -> Floats:
    """Return Holm's adjusted p-values (1979, Scandinavian Journal of Statistics 6:65); NaN stays and does not count.

    Whatever depends on whatever: if all differences whose adjusted p-value is at most 0.05 are quoted, the chance that
    even one of them is no difference is at most 5%.
    """
    result = np.full(p_value.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p_value))
    order = known[np.argsort(p_value[known], kind="stable")]
    left = len(order) - np.arange(len(order))
    result[order] = np.minimum(np.maximum.accumulate(p_value[order] * left), 1.0) if len(order) else []
    return result


def compute_paired_p(baseline: Floats, variant: Floats) -> Floats:
    """Return (n_rows,) the two-sided p-values of the paired t test of no mean difference.

    NaN below two pairs and where both arms are 0 in every pair, since there is nothing to test; 0 where every pair
    differs by the same amount.

    Args:
        baseline: (n_rows, n); NaN is missing.
        variant: The same shape, paired.
    """
    change = np.atleast_2d(variant) - np.atleast_2d(baseline)
    change = np.where(np.isfinite(change), change, np.nan)
    n = (~np.isnan(change)).sum(axis=1)
    mean = np.divide(np.nansum(change, axis=1), n, out=np.zeros(len(n)), where=n > 0)
    squares = np.nansum((change - mean[:, None]) ** 2, axis=1)
    error = np.sqrt(squares / np.maximum((n - 1) * n, 1))
    certain = error <= 1e-12 * np.abs(mean)
    t = np.divide(np.abs(mean), error, out=np.full(len(n), np.inf), where=~certain & (error > 0))
    p_value = np.where(mean == 0, 1.0, 2.0 * stdtr(np.maximum(n - 1, 1), -t))
    nothing = ~((np.nan_to_num(baseline) != 0) | (np.nan_to_num(variant) != 0)).any(axis=-1)
    return np.asarray(np.where((n < 2) | np.atleast_1d(nothing), np.nan, p_value), float)


def find_chance_outside(kind: IntervalKind, pairs: int) -> float:
    """Return the chance that the interval of a difference whose mean is 0 leaves out 0.

    "monte_carlo": 5%, by what the interval is. "total": far less, since the interval holds a further draw and not the
    mean; exact for normal differences below QUANTILES_FROM pairs, and for symmetric ones from there on.
    """
    if pairs < 2:
        return float("nan")
    if kind == "monte_carlo":
        return ALPHA
    if pairs < QUANTILES_FROM:
        t = float(stdtrit(pairs - 1, 1.0 - ALPHA / 2.0)) * np.sqrt(pairs + 1.0)
        return float(2.0 * stdtr(pairs - 1, -t))
    below = np.floor(ALPHA / 2.0 * (pairs + 1.0))
    return float(2.0 * binom.cdf(below - 1, pairs, 0.5))


def compute_multiplicity(values: Values, arms: Sequence[str]) -> pd.DataFrame:
    """Return what becomes of the differences over the whole route when it counts how many there are.

    A family is one kind of interval: all outcomes over the whole route for everybody, times all variants. Intervals are
    left as they are; ``p_holm`` and ``stands`` say which differences can be quoted together. Holm rather than Benjamini
    and Hochberg: each line may be quoted by itself, harms depend on each other in every way, and one false line about
    people's deaths is one too many.

    For "total" the p-value is about the mean over draws of the uncertain numbers, not about a further draw.

    Args:
        values: Of every run.
        arms: Names, the baseline first.

    Returns:
        Columns COLUMNS. ``outside``: the interval leaves out 0. ``shown``, ``shown_outside``, ``outside_by_chance``:
        rows of the family that can be tested, those outside, and how many would be if no mean differed.
    """
    parts = [part for kind in INTERVAL_KINDS for part in [_compute_family(values, arms, kind)] if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _compute_family(values: Values, arms: Sequence[str], kind: IntervalKind) -> pd.DataFrame:
    rows = values.rows
    whole = ((rows["scope_kind"] == ALL) & (rows["group_kind"] == ALL)).to_numpy()
    baseline, *variants = arms
    parts = []
    for arm in variants:
        if (kind, arm) not in values.value:
            continue
        left, right = values.value[kind, baseline][whole], values.value[kind, arm][whole]
        if not left.shape[1]:
            continue
        paired = compute_paired(left, right, kind)
        difference = paired.difference
        parts.append(
            pd.DataFrame(
                {
                    "interval_kind": kind,
                    "outcome": rows["outcome"].to_numpy()[whole],
                    "arm": arm,
                    "difference": difference.value,
                    "difference_low": difference.low,
                    "difference_high": difference.high,
                    "replicates": paired.pairs,
                    "outside": (difference.low > 0) | (difference.high < 0),
                    "p_value": compute_paired_p(left, right),
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    family = pd.concat(parts, ignore_index=True)
    tested = family["p_value"].notna()
    chances = [find_chance_outside(kind, int(n)) for n in family.loc[tested, "replicates"]]
    adjusted = adjust_holm(family["p_value"].to_numpy(float))
    return family.assign(
        p_holm=adjusted,
        stands=adjusted <= ALPHA,
        shown=int(tested.sum()),
        shown_outside=int((family["outside"] & tested).sum()),
        outside_by_chance=float(np.sum(chances)),
    )[COLUMNS]


def describe_multiplicity(table: pd.DataFrame) -> Iterator[str]:
    """Yield, for each kind of interval, how many are shown, how many chance would put outside, and which stand."""
    words: dict[str, str] = {
        "total": "over draws of the uncertain numbers",
        "monte_carlo": "over seeds, parameters at their defaults",
    }
    for kind, family in table.groupby("interval_kind", sort=False):
        first = family.iloc[0]
        chance = float(first["outside_by_chance"])
        expected = f"about {chance:.0f}" if chance >= 0.95 else "less than one"
        stand = int(family["stands"].sum())
        what = "mean differences over draws" if kind == "total" else "differences"
        yield (
            f"{int(first['shown'])} differences over the whole route are shown ({words.get(str(kind), str(kind))}): "
            f"{int(first['shown_outside'])} intervals leave out no change; {expected} would if no mean differed. "
            f"{stand} {what} stand when their number is counted in (Holm, 5% for all together)."
        )
        lost = family[family["outside"] & ~family["stands"]]
        if len(lost):
            names = ", ".join(
                f"{_say(outcome)} ({arm})" for outcome, arm in lost[["outcome", "arm"]].to_numpy()[:8]
            )
            more = f" and {len(lost) - 8} more" if len(lost) > 8 else ""
            yield f"Outside by themselves, not when counted in: {names}{more}."


def _say(outcome: str) -> str:
    words = say_outcome(outcome)
    return words[:1].lower() + words[1:]
