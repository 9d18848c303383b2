"""Where harm moved, in sentences: how much of what fell in one place, or for some, rose elsewhere, and how sure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.displacement import MAP, NATIONALITY
from experiments.folder import DISPLACEMENT, MOVED
from experiments.report.catalogue import HARMS, Catalogue
from experiments.report.read import Findings
from experiments.wording import is_known

MOST = 8
LEAST = 0.5
"""What fell, or rose, is no sentence if it would read as 0."""


def find_told(findings: Findings, arm: str) -> list[Mapping[Any, Any]]:
    """Return the rows on harm of which both the fall and the rise are told apart from luck, over draws.

    The share that reappeared has limits only where the fall is told apart (``compare_means``), and a low end above 0
    only where the rise is too. Left out: what rests on fewer than 10 simulated people, and ends without a name.
    """
    table = findings.siblings.get(Path(MOVED).stem)
    if table is None or table.empty:
        return []
    rows = table[
        (table["interval_kind"] == "total")
        & (table["arm"] == arm)
        & table["outcome"].isin(HARMS)
        & ~table["fewer_than_10"].astype(bool)
    ]
    return [row for row in rows.to_dict("records") if _is_told(row)]


def _is_told(row: Mapping[Any, Any]) -> bool:
    share, low, high = (float(row[f"share_reappeared{end}"]) for end in ("", "_low", "_high"))
    return bool(
        is_known(share, low, high)
        and low > 0
        and min(row["fell"], row["rose"]) >= LEAST
        and isinstance(row["most_rise"], str)
        and isinstance(row["most_fall"], str)
    )


def say_moved(findings: Findings, arm: str, catalogue: Catalogue) -> list[str]:
    """Return a sentence for each harm and way of looking in which it moved, as far as that is told apart from luck."""
    said = [_say_row(findings, row, catalogue) for row in find_told(findings, arm)]
    return [*said[:MOST], *_say_clear(findings, arm, catalogue)]


def _say_row(findings: Findings, row: Mapping[Any, Any], catalogue: Catalogue) -> str:
    share, low, high = (float(row[f"share_reappeared{end}"]) for end in ("", "_low", "_high"))
    step = 0.1 if max(abs(share), abs(low), abs(high)) < 10 else 1.0
    return catalogue.say(
        "moved.sentence",
        outcome=catalogue.outcome(str(row["outcome"])),
        among=catalogue.say(f"moved.among.{row['among']}"),
        fell=catalogue.levels([float(row["fell"])])[0],
        rose=catalogue.levels([float(row["rose"])])[0],
        share=catalogue.number(10 * share, step),
        low=catalogue.number(10 * low, step),
        high=catalogue.number(10 * high, step),
        fall=say_cell(findings, str(row["most_fall"]), str(row["among"]), catalogue),
        rise=say_cell(findings, str(row["most_rise"]), str(row["among"]), catalogue),
    )


def _say_clear(findings: Findings, arm: str, catalogue: Catalogue) -> list[str]:
    """Return the harms that clearly rose in one place or group and clearly fell in another."""
    table = findings.siblings.get(Path(DISPLACEMENT).stem)
    if table is None or table.empty:
        return []
    table = table[(table["arm"] == arm) & table["clear"].astype(bool) & table["outcome"].isin(HARMS)]
    said = []
    for (outcome, kind), rows in table.groupby(["outcome", "group_kind"], sort=False):
        parts = {way: rows[rows["direction"] == way] for way in ("rose", "fell")}
        if any(part.empty for part in parts.values()):
            continue
        firsts = {way: part.iloc[0] for way, part in parts.items()}
        said.append(
            catalogue.say(
                "moved.clear",
                outcome=catalogue.outcome(str(outcome)),
                rise=_say_change(findings, firsts["rose"], str(kind), catalogue),
                fall=_say_change(findings, firsts["fell"], str(kind), catalogue),
            )
        )
    return said[:MOST]


def _say_change(findings: Findings, row: pd.Series, kind: str, catalogue: Catalogue) -> str:
    on_map = kind == "all"
    cell = say_cell(findings, str(row["scope" if on_map else "group"]), MAP if on_map else kind, catalogue)
    ends = [float(row[f"difference{end}"]) for end in ("", "_low", "_high")]
    change = catalogue.interval(catalogue.change(*ends)) if not math.isnan(ends[0]) else ""
    return catalogue.say("map.change", leg=cell, change=change)


def say_cell(findings: Findings, name: str, among: str, catalogue: Catalogue) -> str:
    """Return a place, leg, group or nationality in words."""
    if among == NATIONALITY:
        return catalogue.nationality(name)
    if among != MAP:
        return catalogue.group(among, name)
    places = {place.id: place for place in findings.plan.baseline.places}
    legs = {leg.id: leg for leg in findings.plan.baseline.legs}
    if name in places:
        return catalogue.place(places[name])
    return catalogue.leg(legs[name], places) if name in legs else name
