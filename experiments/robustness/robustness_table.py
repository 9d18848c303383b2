"""The ranking of packages as tables: harm prevented, regret, share of being best, ranks; one row a harm and arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.collect import Values
from experiments.pareto import PER_JOURNEYS, TOTAL
from experiments.robustness.harm_values import Bools, HarmValues, find_bases, take_harm_values
from experiments.robustness.ranking import (
    HIGH_QUANTILE,
    compute_best,
    compute_rank_shares,
    compute_regret,
    find_may_be_best,
    split_change,
    wilson_interval,
)
from experiments.statistics import Floats, compute_paired, mean_interval
from experiments.weights import INDEX, Weights

COLUMNS = [
    "basis", "harm", "arm", "draws", "level",
    "prevented", "prevented_mean_low", "prevented_mean_high", "prevented_spread_low", "prevented_spread_high",
    "draws_with_less", "prevented_by_lower_risk", "prevented_by_fewer_journeys", "only_fewer_journeys",
    "regret_mean", "regret_p90", "regret_max", "regret_mean_share", "regret_p90_share", "regret_max_share",
    "best", "best_low", "best_high", "expected_rank", "may_be_best", "fewer_than_10", "user_weights",
]  # fmt: skip
RANK_COLUMNS = ["basis", "harm", "arm", "rank", "share_of_draws"]


def compute_robustness(
    arms: Sequence[str], values: Values, weights: Weights | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranking of arms for each harm by itself, and the distribution of ranks.

    Harms are never added up, unless the user gives weights: then their sum is one more row, marked as the user's.
    Arrivals are no criterion.

    Args:
        arms: Names of the arms, the baseline first.
        values: What the runs gave; draws of the parameters (kind "total") are used.
        weights: The user's own weights of harms.

    Returns:
        A table of COLUMNS, one row a basis, harm and arm, the baseline among them:

        - ``prevented``: mean over draws of baseline minus arm, in the unit of the harm, with two different 95%
          intervals. ``prevented_mean_*``: where the mean over many draws would lie (Student t of the paired
          differences); it shrinks with more draws. ``prevented_spread_*``: where one further draw would lie (as in
          ``experiments.statistics``, kind "total"); it does not.
        - ``prevented_by_lower_risk`` and ``prevented_by_fewer_journeys`` add up to it (totals only, see
          ``split_change``). ``only_fewer_journeys``: the total is clearly lower (interval of the mean above 0) while
          harm per 1,000 journeys is not lower in the mean.
        - ``regret_*``: mean, the value that nine draws in ten do not exceed, and the largest; ``*_share`` of the
          baseline's mean harm.
        - ``best`` with its interval, ``expected_rank`` and ``may_be_best``: see ``experiments.robustness.ranking``.

        And a table of RANK_COLUMNS.
    """
    found = {basis: take_harm_values(arms, values, basis, weights) for basis in find_bases(values)}
    found = {basis: table for basis, table in found.items() if len(table.draws)}
    rows, ranks = [], []
    for basis, table in found.items():
        for harm in table.harms:
            only = _find_only_fewer_journeys(found, harm) if basis == TOTAL else np.zeros(len(arms), np.bool_)
            rows += _rank_harm(table, harm, only, weights.said if weights and harm == INDEX else "")
            shares = compute_rank_shares(table.of(harm))
            for arm, own in zip(arms, shares, strict=True):
                ranks += [(basis, harm, arm, rank, share) for rank, share in enumerate(own, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(ranks, columns=RANK_COLUMNS)


def _rank_harm(table: HarmValues, harm: str, only: Bools, said: str) -> list[dict[str, Any]]:
    """Return the rows of one harm."""
    value = table.of(harm)
    columns: dict[str, Any] = {
        "basis": table.basis,
        "harm": harm,
        "arm": table.arms,
        "draws": len(value),
        "level": value.mean(axis=0),
        **_say_prevented(table, value),
        "only_fewer_journeys": only,
        **_say_regret(value),
        **_say_best(value),
        "fewer_than_10": table.few[:, table.harms.index(harm)],
        "user_weights": said,
    }
    return [
        {
            name: column[i] if isinstance(column, tuple | np.ndarray) else column
            for name, column in columns.items()
        }
        for i in range(len(table.arms))
    ]


def _say_prevented(table: HarmValues, value: Floats) -> dict[str, Floats]:
    """Return, by arm, harm prevented with both intervals, and where the change sits."""
    prevented = value[:, :1] - value
    mean, spread = mean_interval(prevented.T), _spread(value)
    by_risk, by_movement = split_change(value, table.journeys)
    parts = {"lower_risk": by_risk, "fewer_journeys": by_movement} if table.basis == TOTAL else {}
    nothing = np.full(value.shape[1], np.nan)
    return {
        "prevented": mean.value,
        "prevented_mean_low": mean.low,
        "prevented_mean_high": mean.high,
        "prevented_spread_low": spread[:, 0],
        "prevented_spread_high": spread[:, 1],
        "draws_with_less": (prevented > 0).sum(axis=0),
        **{
            f"prevented_by_{name}": 0.0 - parts[name].mean(axis=0) if name in parts else nothing
            for name in ("lower_risk", "fewer_journeys")
        },
    }


def _say_regret(value: Floats) -> dict[str, Floats]:
    """Return, by arm, mean, high and largest regret, in the unit of the harm and as shares of the baseline's mean."""
    regret = compute_regret(value)
    sizes = {
        "regret_mean": regret.mean(axis=0),
        "regret_p90": np.quantile(regret, HIGH_QUANTILE, axis=0),
        "regret_max": regret.max(axis=0),
    }
    base = float(value[:, 0].mean()) or np.nan
    return sizes | {f"{name}_share": size / base for name, size in sizes.items()}


def _say_best(value: Floats) -> dict[str, Floats | Bools]:
    """Return, by arm, the share of draws in which it is best, its mean rank, and whether it may be best."""
    best = compute_best(value).mean(axis=0)
    low, high = wilson_interval(best, len(value))
    ranks = compute_rank_shares(value) @ np.arange(1.0, value.shape[1] + 1.0)
    return {
        "best": best,
        "best_low": low,
        "best_high": high,
        "expected_rank": ranks,
        "may_be_best": find_may_be_best(value),
    }


def _spread(value: Floats) -> Floats:
    """Return (n_arms, 2) where the harm prevented in one further draw would lie."""
    ends = [compute_paired(value[:, 0], arm, "total").difference for arm in value.T]
    return np.array([[-end.high[0], -end.low[0]] for end in ends]) + 0.0  # no minus zero


def _find_only_fewer_journeys(found: dict[str, HarmValues], harm: str) -> Bools:
    """Return (n_arms,) whether the total is clearly lower and harm per journey is not lower in the mean."""
    total = found[TOTAL].of(harm)
    per = found.get(PER_JOURNEYS)
    if per is None or harm not in per.harms:
        return np.zeros(total.shape[1], np.bool_)
    rate = per.of(harm).mean(axis=0)
    return np.asarray((mean_interval((total[:, :1] - total).T).low > 0) & (rate >= rate[0]), np.bool_)
