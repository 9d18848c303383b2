"""The strongest drivers of each difference, chosen and worded for the chart and its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.design import SCREENING, Design
from experiments.sensitivity.analyse import DIFFERENCE, LEVEL, MAIN, Sensitivity
from experiments.wording import say_outcome

MOST_OUTCOMES, MOST_FACTORS = 6, 5
MOST_LEADS = 2
"""Of rank correlations that chance may explain, so many are shown a difference: leads, not findings."""
MEASURES = {"morris": "mu_star", "sobol": "total", "prcc": "prcc", "spearman": "spearman"}
"""Method -> the measure that is drawn."""
RANKS = ("prcc", "spearman")
AXES = {
    "mu_star": "how far the difference moves when the number goes\nthrough its range, beside the strongest of each",
    "total": "share of the variance of the difference that goes\nwith the number, alone (hollow), with others (full)",
    "prcc": "partial rank correlation with the difference,\nother numbers held constant",
    "spearman": "rank correlation with the difference",
}

_SAID = {
    "mu_star": "how far the difference moves when the number goes through its range, % of the baseline's level",
    "total": "share of the variance of the difference that goes with the number, alone and with others",
    "prcc": "partial rank correlation with the difference, other numbers held constant",
    "spearman": "rank correlation with the difference",
}


@dataclass(frozen=True)
class Driver:
    """One number beside one difference.

    Attributes:
        words: What the number is.
        value: The index; for "mu_star" a percentage of the baseline's level.
        low: Low end of its 95% interval.
        high: High end.
        alone: First order index, for "total" only; NaN otherwise.
        beyond: "yes", "no" or "" (not known): whether it is beyond what chance alone gives.
        confidence: How sure we are of the number.
        settled_by: Data that would narrow it.
    """

    words: str
    value: float
    low: float
    high: float
    alone: float
    beyond: str
    confidence: str
    settled_by: str


@dataclass(frozen=True)
class Section:
    """The drivers of one difference, strongest first."""

    outcome: str
    measure: str
    drivers: tuple[Driver, ...]
    remark: str
    """What to know before reading: luck, leads by chance, dropped rows."""

    @property
    def heading(self) -> str:
        """The outcome in words."""
        return say_outcome(self.outcome)


def build_sections(found: Sensitivity, arm: str) -> list[Section]:
    """Return the drivers of the difference of an arm, one section an outcome, harm first."""
    outcomes = found.outcomes[(found.outcomes["about"] == DIFFERENCE) & (found.outcomes["arm"] == arm)]
    order = {name: place for place, name in enumerate(MAIN)}
    listed = sorted(outcomes["outcome"], key=lambda name: order.get(name, len(order)))
    sections = []
    for outcome in listed:
        section = _build_section(found, arm, outcome)
        if section is not None:
            sections.append(section)
    return sections[:MOST_OUTCOMES]


def _build_section(found: Sensitivity, arm: str, outcome: str) -> Section | None:
    rows = found.indices
    rows = rows[(rows["about"] == DIFFERENCE) & (rows["arm"] == arm) & (rows["outcome"] == outcome)]
    measure = MEASURES[str(rows["method"].iloc[0])]
    shown = rows[(rows["measure"] == measure) & rows["value"].notna()]
    unit = _find_unit(found, outcome, measure)
    if shown.empty or not np.isfinite(unit):
        return None
    size = shown["value"].abs()
    likely = shown["beyond_chance"] != "no"
    shown = shown.assign(_likely=likely, _size=size).sort_values(
        ["_likely", "_size"], ascending=False, kind="stable"
    )
    shown = shown[shown["_size"] > 0].head(MOST_FACTORS)
    if measure in RANKS:
        if not shown["_likely"].any():
            return None  # leads that chance explains are in the table, and are no chart
        shown = pd.concat([shown[shown["_likely"]], shown[~shown["_likely"]].head(MOST_LEADS)])
    first = rows[rows["measure"] == "first"]
    alone = dict(zip(first["factor"].astype(str), first["value"].astype(float), strict=True))
    drivers = tuple(
        Driver(
            words=str(row["words"]),
            value=float(row["value"]) * unit,
            low=float(row["low"]) * unit,
            high=float(row["high"]) * unit,
            alone=alone.get(str(row["factor"]), float("nan")),
            beyond=str(row["beyond_chance"]),
            confidence=str(row["confidence"]),
            settled_by=str(row["settled_by"]),
        )
        for row in shown.to_dict("records")
    )
    return Section(outcome, measure, drivers, _remark(found, arm, outcome)) if drivers else None


def _find_unit(found: Sensitivity, outcome: str, measure: str) -> float:
    """Return by what the index is multiplied: elementary effects become percentages of the baseline's mean level."""
    if measure != "mu_star":
        return 1.0
    table = found.outcomes
    level = table[(table["about"] == LEVEL) & (table["outcome"] == outcome)]["mean"]
    mean = float(level.iloc[0]) if len(level) else float("nan")
    return 100.0 / abs(mean) if mean else float("nan")


def _remark(found: Sensitivity, arm: str, outcome: str) -> str:
    table = found.outcomes
    row = table[(table["about"] == DIFFERENCE) & (table["arm"] == arm) & (table["outcome"] == outcome)].iloc[
        0
    ]
    parts = []
    if np.isfinite(row["luck_share"]):
        ends = f"{row['luck_share_low']:.0%} to {row['luck_share_high']:.0%}"
        parts.append(f"luck of the seed: {row['luck_share']:.0%} of the variance ({ends})")
    if np.isfinite(row["leads"]):
        parts.append(
            f"{int(row['leads'])} of {int(row['factors'])} numbers look like drivers, {row['leads_by_chance']:.0f} "
            f"would by chance, {int(row['leads_adjusted'])} stand after adjustment"
        )
    if row["dropped"]:
        parts.append(f"{int(row['dropped'])} left out for failed runs")
    return "; ".join(parts)


def rank_data(sections: list[Section]) -> list[tuple[str, int]]:
    """Return which data would settle how many of the drivers shown that chance does not explain, most first."""
    counts = Counter(
        data
        for section in sections
        for driver in section.drivers
        if driver.beyond == "yes"
        for data in driver.settled_by.split("; ")
    )
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def describe_drivers(sections: list[Section], baseline: str, arm: str, design: Design) -> Iterator[str]:
    """Yield the chart in sentences, for those who cannot see it."""
    yield f"What drives the difference between {baseline} and {arm}, by {describe_design(design)}."
    if not sections:
        yield say_nothing(design)
    for section in sections:
        axis = _SAID[section.measure]
        yield ""
        yield f"{section.heading} ({section.remark or 'no remark'}). Numbers: {axis}."
        for driver in section.drivers:
            chance = {"no": " Not told from chance.", "yes": "", "": " Chance not known."}[driver.beyond]
            yield (
                f"- {driver.words}: {say_index(section.measure, driver.value)} "
                f"({say_index(section.measure, driver.low)} to {say_index(section.measure, driver.high)}); "
                f"{driver.confidence or 'no confidence given'}. Would be settled by {driver.settled_by}.{chance}"
            )
    ranked = rank_data(sections)
    if ranked:
        yield ""
        yield (
            "Data that would settle most of it: " + "; ".join(f"{data} ({n})" for data, n in ranked[:3]) + "."
        )


def say_nothing(design: Design) -> str:
    """Return why there is nothing to show."""
    if design.method in SCREENING:
        return "No difference that varies was found: nothing to explain."
    return (
        f"No number stands out from chance: {design.n_replicates:,} draws of {len(design.factors):,} numbers are too "
        "few to tell which drive the difference. The plan experiments/plans/sensitivity.yaml asks that question."
    )


def say_index(measure: str, value: float) -> str:
    """Return an index as it is read: a percentage, a share, or a correlation."""
    if not np.isfinite(value):
        return "unknown"
    if measure == "mu_star":
        return f"{value:.0f}%" if abs(value) >= 9.5 else f"{value:.1f}%"
    if measure == "total":
        return f"{100 * value:.0f}%"
    return f"{value:+.2f}"


def describe_design(design: Design) -> str:
    """Return the design in words."""
    methods = {
        "random": "random draws",
        "latin_hypercube": "a Latin hypercube",
        "sobol": "Sobol points",
        "morris": "Morris trajectories",
        "saltelli": "a Saltelli sample",
    }
    seeds = "one seed for all" if design.seeds == "common" else "a seed each"
    return f"{methods[design.method]}: {design.n_replicates:,} rows over {len(design.factors):,} numbers, {seeds}"


def count_weak(sections: list[Section], weak: tuple[str, ...]) -> tuple[int, int]:
    """Return how many of the drivers shown are weakly supported, and how many there are."""
    shown = pd.Series([driver.confidence for section in sections for driver in section.drivers], dtype=object)
    return int(shown.isin(weak).sum()), len(shown)
