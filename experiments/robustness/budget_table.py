"""Equal budgets and cost per harm prevented as tables: what was spent, how equal it came out, what it bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.collect import ALL, Values
from experiments.pareto import TOTAL
from experiments.plan import PlanError
from experiments.robustness.budget_question import BudgetQuestion
from experiments.robustness.harm_values import HarmValues, take_harm_values
from experiments.robustness.money import (
    QUADRANTS,
    Ratio,
    compute_acceptability,
    compute_most_per_usd,
    compute_ratio,
    count_quadrants,
)
from experiments.robustness.ranking import wilson_interval
from experiments.statistics import Floats, compute_paired, mean_interval
from experiments.weights import INDEX, Weights

MILLION = 1e6
UNCLEAR = "unclear"
COST = "cost_total"
WILLINGNESS_USD = tuple(float(f"{digit}e{power}") for power in range(2, 8) for digit in (1, 3))
"""USD for one unit of harm prevented: 100 to 30 million in half decades, beside 0; a scale, not a judgement."""
SPENT_COLUMNS = [
    "arm", "item", "draws", "extra_usd", "mean_low", "mean_high", "spread_low", "spread_high", "draws_costing_more",
    "meant_usd", "share_of_meant", "share_low", "share_high", "is_equal",
]  # fmt: skip
BOUGHT_COLUMNS = [
    "harm", "arm", "draws", "prevented", "prevented_low", "prevented_high", "extra_usd", "extra_low", "extra_high",
    "per_million", "per_million_low", "per_million_high", "per_million_set",
    "usd_per_harm", "usd_per_harm_low", "usd_per_harm_high", "usd_per_harm_set",
    *QUADRANTS, "most_per_usd", "most_per_usd_low", "most_per_usd_high", "most_per_usd_draws", "fewer_than_10",
    "user_weights",
]  # fmt: skip
PLANE_COLUMNS = ["harm", "arm", "draw", "prevented", "extra_usd"]
ACCEPTABILITY_COLUMNS = ["harm", "arm", "willingness_usd", "share_of_draws", "low", "high"]


def take_costs(arms: Sequence[str], values: Values, item: str = COST) -> Floats:
    """Return (n_replicates, n_arms) what the measures of each arm cost, USD, in draws of the parameters.

    Raises:
        PlanError: The runs say nothing about costs.
    """
    row = values.find(item)
    if row is None:
        raise PlanError(
            "an analysis of budgets needs what the measures cost, and the runs do not report it: keep the outcome "
            f"{COST!r} (key 'outcomes') and give the scenarios a table unit_costs.csv"
        )
    return np.stack([values.series("total", arm, row) for arm in arms], axis=1)


def compute_spent(arms: Sequence[str], values: Values, question: BudgetQuestion) -> pd.DataFrame:
    """Return what each arm cost beyond the baseline, by item and in all, and how equal the budgets came out.

    Args:
        arms: Names of the arms, the baseline first.
        values: What the runs gave.
        question: Which arms are meant to cost the same.

    Returns:
        A table of SPENT_COLUMNS: one row an arm for ``cost_total``, then one for each item that some arm spends on.
        ``mean_*`` is the 95% interval of the mean, ``spread_*`` where one further draw would lie. Only totals of arms
        that are meant to be equal have ``meant_usd``, the share of it that was spent, its interval, and ``is_equal``:
        "yes" where the mean's interval lies within the tolerance, "no" where it lies outside, "unclear" else.
    """
    equal = (question.arms or tuple(arms[1:])) if question.asked else ()
    total = take_costs(arms, values)
    extra = total - total[:, :1]
    known = np.isfinite(extra).all(axis=1)
    of_equal = [i for i, arm in enumerate(arms) if arm in equal]
    meant = question.equal_usd or (float(extra[known][:, of_equal].mean()) if of_equal else np.nan)
    rows = []
    for i, arm in enumerate(arms):
        if i:
            row = _describe_cost(arm, COST, total[known], i)
            rows.append(row | (_judge(row, meant, question.tolerance) if arm in equal else {}))
    rows += _items(arms, values)
    return pd.DataFrame(rows, columns=SPENT_COLUMNS)


def compute_bought(
    arms: Sequence[str], values: Values, question: BudgetQuestion, weights: Weights | None = None
) -> pd.DataFrame:
    """Return harm prevented and extra cost of each arm against the baseline, and their ratio, one row a harm and arm.

    Totals over the whole route only: money is spent on everybody. Intervals are 95% intervals of means over draws;
    ``per_million_set`` and ``usd_per_harm_set`` say what the ends of a ratio mean (``money.Ratio``). ``most_per_usd``:
    the share of the ``most_per_usd_draws`` draws in which the arm prevents most per USD among the question's arms.
    """
    table, extra = _align(arms, values, weights)
    among = [i for i, arm in enumerate(arms) if arm in (question.arms or tuple(arms[1:]))]
    rows = []
    for place, harm in enumerate(table.harms):
        value = table.of(harm)
        prevented = value[:, :1] - value
        most = _say_most(prevented[:, among], extra[:, among], among)
        for i, arm in enumerate(arms[1:], start=1):
            rows.append(
                {
                    "harm": harm,
                    "arm": arm,
                    **_describe_bought(prevented[:, i], extra[:, i]),
                    **most.get(i, {"most_per_usd_draws": 0}),
                    "fewer_than_10": bool(table.few[i, place]),
                    "user_weights": weights.said if weights is not None and harm == INDEX else "",
                }
            )
    return pd.DataFrame(rows, columns=BOUGHT_COLUMNS)


def compute_acceptability_table(
    arms: Sequence[str], values: Values, weights: Weights | None = None
) -> pd.DataFrame:
    """Return, by harm and willingness, the share of draws in which each arm has the largest net benefit."""
    table, extra = _align(arms, values, weights)
    grid = np.array([0.0, *WILLINGNESS_USD])
    rows = []
    for harm in table.harms:
        value = table.of(harm)
        share = compute_acceptability(value[:, :1] - value, extra, grid)
        low, high = wilson_interval(share, len(value))
        for i, arm in enumerate(arms):
            columns = (grid, share[:, i], low[:, i], high[:, i])
            rows += [(harm, arm, *numbers) for numbers in zip(*columns, strict=True)]
    return pd.DataFrame(rows, columns=ACCEPTABILITY_COLUMNS)


def compute_plane(arms: Sequence[str], values: Values, weights: Weights | None = None) -> pd.DataFrame:
    """Return the cost-effectiveness plane: one row a harm, arm but the baseline, and draw."""
    table, extra = _align(arms, values, weights)
    rows = []
    for harm in table.harms:
        value = table.of(harm)
        for i, arm in enumerate(arms[1:], start=1):
            columns = (table.draws, value[:, 0] - value[:, i], extra[:, i])
            rows += [(harm, arm, *numbers) for numbers in zip(*columns, strict=True)]
    return pd.DataFrame(rows, columns=PLANE_COLUMNS)


def _align(arms: Sequence[str], values: Values, weights: Weights | None) -> tuple[HarmValues, Floats]:
    """Return harms, and costs above the baseline (n_draws, n_arms), in the draws in which both are known."""
    table = take_harm_values(arms, values, TOTAL, weights)
    total = take_costs(arms, values)[table.draws]
    known = np.isfinite(total).all(axis=1)
    kept = replace(table, value=table.value[known], journeys=table.journeys[known], draws=table.draws[known])
    return kept, (total - total[:, :1])[known]


def _describe_cost(arm: str, item: str, cost: Floats, place: int) -> dict[str, Any]:
    """Return what an arm spends on an item beyond the baseline, with both intervals."""
    mean = mean_interval((cost[:, place] - cost[:, 0])[None])
    spread = compute_paired(cost[:, 0], cost[:, place], "total").difference
    return {
        "arm": arm,
        "item": item,
        "draws": len(cost),
        "extra_usd": mean.value[0],
        "mean_low": mean.low[0],
        "mean_high": mean.high[0],
        "spread_low": spread.low[0],
        "spread_high": spread.high[0],
        "draws_costing_more": int((cost[:, place] > cost[:, 0]).sum()),
    }


def _judge(row: dict[str, Any], meant: float, tolerance: float) -> dict[str, Any]:
    """Return the share of the sum that was spent, and whether it is equal to it within the tolerance."""
    if not meant > 0:
        return {"meant_usd": meant, "is_equal": UNCLEAR}
    share, low, high = (float(row[name]) / meant for name in ("extra_usd", "mean_low", "mean_high"))
    inside, outside = abs(share - 1) <= tolerance, high < 1 - tolerance or low > 1 + tolerance
    if np.isfinite([low, high]).all():
        inside = low >= 1 - tolerance and high <= 1 + tolerance
    said = "yes" if inside else "no" if outside else UNCLEAR
    return {
        "meant_usd": meant,
        "share_of_meant": share,
        "share_low": low,
        "share_high": high,
        "is_equal": said,
    }


def _items(arms: Sequence[str], values: Values) -> list[dict[str, Any]]:
    """Return a row for each arm and item on which it spends otherwise than the baseline in some draw."""
    outcomes = values.rows.loc[values.rows["scope_kind"] == ALL, "outcome"]
    items = [name for name in dict.fromkeys(outcomes) if str(name).startswith("cost_") and name != COST]
    rows = []
    for i, arm in enumerate(arms[1:], start=1):
        for item in items:
            cost = take_costs(arms, values, item)
            known = np.isfinite(cost).all(axis=1)
            if (cost[known, i] != cost[known, 0]).any():
                rows.append(_describe_cost(arm, item, cost[known], i))
    return rows


def _say_most(prevented: Floats, extra: Floats, among: list[int]) -> dict[int, dict[str, float]]:
    """Return, by number of the arm, the share of draws in which it prevents most per USD."""
    most, n = compute_most_per_usd(prevented, extra)
    low, high = wilson_interval(most, n)
    return {
        i: {
            "most_per_usd": most[k],
            "most_per_usd_low": low[k],
            "most_per_usd_high": high[k],
            "most_per_usd_draws": n,
        }
        for k, i in enumerate(among)
    }


def _describe_bought(prevented: Floats, extra: Floats) -> dict[str, Any]:
    """Return harm prevented, its cost, their ratios and quadrants, of one harm and arm: arrays (n_draws,)."""
    gain, cost = mean_interval(prevented[None]), mean_interval(extra[None])
    per_million, per_harm = compute_ratio(prevented, extra / MILLION), compute_ratio(extra, prevented)
    return {
        "draws": len(extra),
        "prevented": gain.value[0],
        "prevented_low": gain.low[0],
        "prevented_high": gain.high[0],
        "extra_usd": cost.value[0],
        "extra_low": cost.low[0],
        "extra_high": cost.high[0],
        **_say_ratio("per_million", per_million),
        **_say_ratio("usd_per_harm", per_harm),
        **count_quadrants(prevented, extra),
    }


def _say_ratio(name: str, ratio: Ratio) -> dict[str, Any]:
    return {
        name: ratio.value,
        f"{name}_low": ratio.low,
        f"{name}_high": ratio.high,
        f"{name}_set": ratio.shape,
    }
