"""The equal-budget view: what each scenario costs beyond the baseline, how equal that came out, what it prevents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from experiments.report.catalogue import Catalogue
from experiments.report.panels import Panel, PanelRow, draw_band
from experiments.report.read import Findings
from experiments.robustness.budget_table import COST, MILLION
from experiments.robustness.tables import BOUGHT, SPENT
from experiments.wording import is_known

HARMS_BOUGHT = ("deaths", "sgbv", "abductions")
LONGEST = 4.0
"""Intervals of spending are cut, with an arrow, at this multiple of the largest mean."""


class Money(NamedTuple):
    """Spending as a small chart, what it says of equality, and what was prevented."""

    spent: Panel
    equality: str
    bought: list[dict[str, str]]
    data: pd.DataFrame


def build_money(findings: Findings, labels: Mapping[str, str], catalogue: Catalogue) -> Money | None:
    """Return the equal-budget view; None where the folder has no analysis of budgets."""
    spent, bought = findings.siblings.get(SPENT), findings.siblings.get(BOUGHT)
    if spent is None or bought is None or spent.empty:
        return None
    totals = spent[(spent["item"] == COST) & spent["arm"].isin(labels)]
    panel = _build_panel(totals, labels, catalogue)
    wanted = bought[bought["harm"].isin(HARMS_BOUGHT) & bought["arm"].isin(labels)]
    rows = [_say_bought(row, labels, catalogue) for row in wanted.to_dict("records")]
    return Money(panel, _say_equality(totals, catalogue), rows, bought)


def _build_panel(totals: pd.DataFrame, labels: Mapping[str, str], catalogue: Catalogue) -> Panel:
    sums = totals[["extra_usd", "meant_usd"]].to_numpy(float)
    largest = LONGEST * max([abs(s) for s in sums.ravel() if is_known(s)], default=1.0)
    ends = [e for e in totals[["mean_low", "mean_high"]].to_numpy(float).ravel() if is_known(e)]
    low, high = max(min([0.0, *ends]), -largest), min(max([0.0, *ends, *sums[:, 1][sums[:, 1] > 0]]), largest)
    margin = 0.06 * (high - low or 1.0)
    domain = (low - margin, high + margin)
    rows = []
    for row in totals.to_dict("records"):
        span = [float(row[name]) / MILLION for name in ("extra_usd", "mean_low", "mean_high")]
        said = catalogue.change(*span, whole=False)
        text = catalogue.say(
            "money.millions", said=catalogue.interval(said) if is_known(*span) else said.value
        )
        meant = float(row["meant_usd"])
        picture = draw_band(
            (float(row["extra_usd"]), float(row["mean_low"]), float(row["mean_high"])), domain, meant
        )
        rows.append(PanelRow(labels[str(row["arm"])], picture, text, text))
    return Panel(
        catalogue.say("money.spent.title"), catalogue.say("money.spent.note"), rows, Markup(), totals
    )


def _say_equality(totals: pd.DataFrame, catalogue: Catalogue) -> str:
    meant = [float(usd) for usd in totals["meant_usd"] if is_known(float(usd))]
    counts = {verdict: int((totals["is_equal"] == verdict).sum()) for verdict in ("yes", "no", "unclear")}
    if not meant:
        return catalogue.say("money.not_equal")
    return catalogue.say(
        "money.equality",
        meant=catalogue.number(meant[0] / MILLION, 1.0),
        **{name: catalogue.number(n) for name, n in counts.items()},
    )


def _say_bought(row: dict[Any, Any], labels: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    """Return one line: scenario, harm, how much less of it, and that for a million where it can be told."""
    prevented = catalogue.change(*(-float(row[f"prevented{end}"]) for end in ("", "_high", "_low")))
    per_million = catalogue.say("number.unknown")
    if row["per_million_set"] == "interval" and row["extra_usd"] > 0:
        ends = (float(row[f"per_million{end}"]) for end in ("", "_high", "_low"))
        per_million = catalogue.interval(catalogue.change(*(-end for end in ends), whole=False))
    return {
        "arm": labels[str(row["arm"])],
        "harm": catalogue.outcome(str(row["harm"])),
        "prevented": catalogue.interval(prevented) + (" *" if row["fewer_than_10"] else ""),
        "per_million": per_million,
    }
