"""Scores of forecasts in plain text: every series, every method, losses like wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from calibration.rolling import MODEL
from experiments.harm_text import align
from experiments.wording import is_known, say_change, say_levels

METHODS = {MODEL: "model", "seasonal_naive": "seasonal naive", "ets": "ETS"}
HEAD = ("", "", "windows", "months", "CRPS", "in 50%", "in 90%", "skill (95% interval)")
NOTE = """\
CRPS: mean distance between forecast and number, in people (of a share: parts of 1); less is closer. in 50%, in
90%: part of the numbers in the interval that should hold so many. Skill: 1 - CRPS / CRPS of the seasonal naive
forecast of the same windows; above 0 closer than it, below 0 farther."""


def render_scores(summary: pd.DataFrame, scored: pd.DataFrame, remarks: Sequence[str]) -> list[str]:
    """Return the lines of a table of scores.

    Args:
        summary: As ``calibration.rolling.summarise_scores`` returns it.
        scored: As ``score_forecasts`` returns it, of at least one window.
        remarks: What could not be scored, and why.
    """
    first, last = scored["from"].min(), scored["to"].max()
    origins = scored["origin"].nunique()
    said = f"{origins} origins" if origins > 1 else f"{scored['origin'].iloc[0]:%Y-%m-%d}"
    lines = [f"Forecasts from {said}, held against what was published of {first:%Y-%m-%d} to {last:%Y-%m-%d}"]
    cells: list[tuple[str, ...]] = [HEAD]
    for _, rows in summary.groupby("series", sort=False):
        cells += _rows(rows)
    lines += [*align(cells), *NOTE.splitlines()]
    return [*lines, *(f"not scored: {remark}" for remark in remarks)]


def _rows(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    crps = rows["crps"].astype(float).tolist()
    closeness = say_levels(crps, whole=max(crps) >= 100)
    for place, (row, said) in enumerate(zip(rows.to_dict("records"), closeness, strict=True)):
        skill = [float(row[name]) for name in ("skill", "skill_low", "skill_high")]
        yield (
            str(row["series"]) if place == 0 else "",
            METHODS.get(str(row["method"]), str(row["method"])),
            f"{row['n']:,}",
            f"{row['months']:,}",
            said,
            f"{row['covered_50']:.0%}",
            f"{row['covered_90']:.0%}",
            say_change(*skill, whole=False) if is_known(skill[0]) else "",
        )
