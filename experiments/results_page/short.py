"""The first part of a results page: a handful of sentences, each from numbers with their uncertainty."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from experiments.clear import find_directions_of_table
from experiments.pareto import HARMS, TOTAL
from experiments.results_page.study import Study, say_code
from experiments.robustness.budget_words import say_equality
from experiments.robustness.charts import say_harm, say_winner
from experiments.robustness.discovery_table import RULE
from experiments.robustness.harm_values import say_basis
from experiments.robustness.tables import DISCOVERY, ROBUSTNESS, SPENT
from experiments.weights import INDEX
from experiments.wording import say_ratio

ENDS = ("", "_low", "_high")


def write_short(study: Study) -> Iterator[str]:
    """Yield what was found, a line an answer."""
    yield "## In short\n"
    for arm in study.variants:
        yield f"- {_say_arm(study, arm)}"
    robust = study.tables.get(ROBUSTNESS)
    if robust is not None and len(robust):
        for basis in dict.fromkeys(robust["basis"]):
            yield f"- {say_basis(basis).capitalize()}: {_lower(say_winner(robust, basis))}"
        yield from _say_movement(robust)
    spent = study.tables.get(SPENT)
    if spent is not None and len(spent):
        yield f"- {say_equality(spent, study.budget.tolerance)}"
    found = study.tables.get(DISCOVERY)
    if found is not None and len(found):
        n = int((found["found"] == RULE).sum())
        yield f"- Rules that tell when a package fails, better than chance: {n or 'none'}."
    yield ""


def _say_arm(study: Study, arm: str) -> str:
    """Return what clearly rises and falls under a package: totals of harm with ratio and interval."""
    rows = study.comparison.headlines()
    rows = rows[(rows["arm"] == arm) & rows["outcome"].isin(HARMS) & ~rows["fewer_than_10"].astype(bool)]
    rows = rows.assign(direction=find_directions_of_table(study.comparison.table, rows))
    found = {str(row["outcome"]): row for row in rows.to_dict("records")}
    parts = []
    for direction, word in ((-1, "clearly less"), (1, "clearly more")):
        names = [harm for harm in HARMS if harm in found and found[harm]["direction"] == direction]
        if names:
            parts.append(f"{word}: {', '.join(_say_one(found[name]) for name in names)}")
    unclear = [
        harm for harm in HARMS if harm in found and found[harm]["direction"] == 0 and _happens(found[harm])
    ]
    if unclear and not parts:
        return f"{say_code(arm)}: none of {len(unclear)} harms clearly changes."
    if unclear:
        parts.append(f"not clear: {', '.join(say_harm(harm).lower() for harm in unclear)}")
    return f"{say_code(arm)}: {'; '.join(parts) or 'no harm happened'}."


def _say_movement(robust: pd.DataFrame) -> Iterator[str]:
    """Yield under which packages totals fall mostly, or only, because fewer people move."""
    total = robust[
        (robust["basis"] == TOTAL) & (robust["harm"] != INDEX) & (robust["prevented_mean_low"] > 0)
    ]
    for arm, rows in total.groupby("arm", sort=False):
        mostly = rows[rows["prevented_by_fewer_journeys"] > 0.5 * rows["prevented"]]
        only = int(rows["only_fewer_journeys"].sum())
        if len(mostly):
            yield (
                f"- Fewer people move under {say_code(str(arm))}: of {len(rows)} totals of harm that fall in the mean, "
                f"{len(mostly)} fall mostly"
                f"{f', and {only} only,' if only else ''} for that reason ({_list(mostly)})."
            )


def _list(rows: pd.DataFrame) -> str:
    return ", ".join(say_harm(str(harm)).lower() for harm in rows["harm"])


def _lower(sentence: str) -> str:
    """Return a sentence that follows a colon."""
    return sentence[:1].lower() + sentence[1:]


def _say_one(row: dict[Hashable, Any]) -> str:
    return (
        f"{say_harm(str(row['outcome'])).lower()} {say_ratio(*(float(row[f'ratio{end}']) for end in ENDS))}"
    )


def _happens(row: dict[Hashable, Any]) -> bool:
    return bool(row["baseline"] or row["variant"])
