"""The uncertain numbers that a difference goes with most, from the folder's table of sensitivity where it has one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from experiments.report.catalogue import Catalogue
from experiments.report.read import Findings
from experiments.sensitivity.analyse import DIFFERENCE, INDICES
from experiments.sensitivity.drivers import MEASURES
from experiments.wording import clean, is_known

OUTCOMES = ("deaths_per_1000_journeys", "deaths")
"""The first of these that was looked at."""
MOST = 5


class Drivers(NamedTuple):
    """What a difference goes with.

    Attributes:
        outcome: The outcome, in words.
        rows: Name of the number, index with interval, how sure the number is, what would settle it; the strongest
            first, only what is beyond chance.
        data: The rows of the table behind them.
    """

    outcome: str
    rows: list[tuple[str, str, str, str]]
    data: pd.DataFrame


def find_drivers(findings: Findings, arm: str, catalogue: Catalogue) -> Drivers | None:
    """Return the drivers of one scenario's difference; None where the folder's runs were too few to look."""
    table = findings.siblings.get(Path(INDICES).stem)
    if table is None or table.empty:
        return None
    own = table[(table["about"] == DIFFERENCE) & (table["arm"] == arm) & table["value"].notna()]
    own = own[own["measure"] == own["method"].map(MEASURES)]
    outcome = next((name for name in OUTCOMES if (own["outcome"] == name).any()), None)
    if outcome is None:
        return None
    rows = own[(own["outcome"] == outcome) & (own["beyond_chance"] == "yes")]
    rows = rows.sort_values("value", key=lambda value: -value.abs(), kind="stable").head(MOST)
    return Drivers(catalogue.outcome(outcome), [_say(row, catalogue) for _, row in rows.iterrows()], rows)


def _say(row: pd.Series, catalogue: Catalogue) -> tuple[str, str, str, str]:
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    said = catalogue.number(value, 0.01, sign=True)
    if is_known(low, high):
        ends = (catalogue.number(end, 0.01, sign=True) for end in (low, high))
        said = catalogue.say("number.interval", value=said, low=next(ends), high=next(ends))
    measure = catalogue.say(f"drivers.measure.{row['measure']}")
    return (
        clean(str(row["words"]), 200),
        f"{measure}: {said}",
        clean(str(row["confidence"])),
        clean(str(row["settled_by"]), 200),
    )
