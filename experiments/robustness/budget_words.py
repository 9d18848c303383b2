"""Money in sentences: what was spent, how equal it came out, what it bought, and when no ratio can be given."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from experiments.robustness.budget_table import COST, MILLION
from experiments.robustness.charts import say_harm
from experiments.wording import find_step, is_known, say_change, say_number

Row = Mapping[Hashable, Any]
MONEY_NOTE = (
    "Money is an approximation: units used times unit costs. Unit costs are drawn from the ranges of unit_costs.csv "
    "with every other uncertain number, several of them are assumed, and what people themselves pay or lose is not "
    "in them."
)
_QUADRANTS = {
    "costs_more_less_harm": "it costs more and there is less of it",
    "costs_less_less_harm": "it costs less and there is less of it",
    "costs_more_more_harm": "it costs more and there is more of it",
    "costs_less_more_harm": "it costs less and there is more of it",
    "no_change": "one of the two does not change",
}


def say_usd(value: float, low: float, high: float) -> str:
    """Return an extra cost in USD with its interval: "+381 (+259 to +504) million USD"."""
    unit, after = (MILLION, "million USD") if max(abs(value), 1.0) >= MILLION else (1.0, "USD")
    return f"{say_change(value / unit, low / unit, high / unit, whole=False)} {after}"


def say_quadrants(row: Row) -> str:
    """Return the share of draws in each quadrant that has any."""
    n = int(row["draws"])
    found = [
        f"in {round(row[name] * n)} of {n} draws {words}"
        for name, words in _QUADRANTS.items()
        if row[name] > 0
    ]
    return "; ".join(found)


def say_per_million(row: Row) -> str:
    """Return harm prevented per million USD with Fieller's interval, or why there is no such number."""
    if row["per_million_set"] != "interval":
        return "no ratio: the extra cost is not told apart from 0"
    if row["extra_usd"] < 0:
        return "no ratio: it costs less than the baseline"
    ends = (row["per_million"], row["per_million_low"], row["per_million_high"])
    return f"{say_change(*ends, whole=False)} per million USD"


def say_usd_per_harm(row: Row) -> str:
    """Return USD for one unit of harm prevented, or why there is no such number."""
    if row["prevented"] <= 0:
        return "none prevented in the mean"
    if row["usd_per_harm_set"] != "interval":
        return "not given: the harm prevented is not told apart from 0"
    if row["extra_usd"] <= 0:
        return "not given: it costs less than the baseline"
    value, low, high = (_say_price(float(row[f"usd_per_harm{end}"])) for end in ("", "_low", "_high"))
    return f"{value} ({low} to {high})"


def _say_price(usd: float) -> str:
    """Return a price with two digits, whole dollars at the finest."""
    return say_number(usd, max(find_step(10.0 * usd, whole=True), 1.0))


def say_bought(row: Row) -> str:
    """Return one harm and arm: cost, harm prevented, ratio, quadrants."""
    gain = say_change(row["prevented"], row["prevented_low"], row["prevented_high"])
    star = " (rests on fewer than 10 simulated people)" if row["fewer_than_10"] else ""
    return (
        f"{say_harm(str(row['harm']))}, {row['arm']}: prevented {gain}{star}, for "
        f"{say_usd(row['extra_usd'], row['extra_low'], row['extra_high'])}: {say_per_million(row)}; "
        f"{say_quadrants(row)}."
    )


def say_equality(spent: pd.DataFrame, tolerance: float) -> str:
    """Return how equal the budgets came out, from the rows of ``budget_table.compute_spent``."""
    totals = spent[spent["item"] == COST]
    rows = totals[totals["meant_usd"].notna()]
    if rows.empty:
        return f"The plan does not say that packages should cost the same: {_say_range(totals)}."
    meant = float(rows["meant_usd"].iloc[0])
    said = [f"Meant to be equal at {say_number(meant / MILLION, 1.0)} million USD beyond the baseline"]
    said[0] += f": {_say_range(rows)}."
    by_verdict = {verdict: list(arms["arm"]) for verdict, arms in rows.groupby("is_equal")}
    if list(by_verdict) == ["yes"]:
        return f"{said[0]} All lie within {tolerance:.0%} of the sum, intervals of their means included."
    words = {"yes": "yes", "no": "clearly not", "unclear": "the draws do not tell for"}
    parts = [
        f"{words[verdict]} {', '.join(by_verdict[verdict])}" for verdict in words if verdict in by_verdict
    ]
    return f"{said[0]} Within {tolerance:.0%} of the sum: {'; '.join(parts)}."


def _say_range(rows: pd.DataFrame) -> str:
    """Return between which sums mean spending came out."""
    least, most = float(rows["extra_usd"].min()), float(rows["extra_usd"].max())
    low, high = (say_number(usd / MILLION, 1.0) for usd in (least, most))
    if len(rows) == 1 or low == high:
        return f"mean spending came out at {low} million USD"
    said = f"mean spending came out between {low} and {high} million USD"
    if not is_known(least, most) or least <= 0:
        return said
    times = most / least
    return f"{said}, the dearest {times:.2f} times the cheapest" if times < 10 else said
