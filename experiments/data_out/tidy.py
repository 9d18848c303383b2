"""The comparison as one tidy table: names beside identifiers, what is clear, and small cells left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.clear import find_directions_of_table
from experiments.data_out.columns import NAMES, SUPPRESSED
from experiments.outcome_words import OUTCOMES
from experiments.report.read import Findings
from experiments.wording import clean, say_leg, say_outcome, say_place

CLEAR = {1: "more", 0: "unclear", -1: "fewer"}


def build_tidy(findings: Findings) -> pd.DataFrame:
    """Return the comparison with columns ``NAMES``, in the order of comparison.csv.

    Rows that rest on fewer than 10 simulated people, other than rows that are 0 in both scenarios, keep their place
    but lose their numbers: what is empty there is not 0.
    """
    table = findings.table
    arms, titles = findings.plan.arms, {}
    for name, scenario in arms.items():
        titles[name] = clean(scenario.document.title)
    few = table["fewer_than_10"].astype(bool) & ~((table["baseline"] == 0) & (table["variant"] == 0))
    directions = pd.Series(find_directions_of_table(table, table), index=table.index)
    tidy = table.assign(
        scenario=table["arm"].astype(str),
        scenario_title=table["arm"].map(titles),
        baseline_scenario=findings.plan.baseline.document.scenario,
        outcome_name=table["outcome"].map(say_outcome),
        is_harm=table["outcome"].map(lambda name: _say_yes(name in OUTCOMES and OUTCOMES[name].is_harm)),
        scope_name=table["scope"].map(_name_scopes(findings)).fillna(""),
        clear=np.where(few, CLEAR[0], directions.map(CLEAR)),
        suppressed=few.map(_say_yes),
    )
    tidy.loc[few, list(SUPPRESSED)] = np.nan
    return tidy[NAMES].reset_index(drop=True)


def _say_yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _name_scopes(findings: Findings) -> dict[str, str]:
    """Return the names of places and legs by their identifiers."""
    places = {place.id: place for place in findings.plan.baseline.places}
    legs = {leg.id: clean(say_leg(leg, places)) for leg in findings.plan.baseline.legs}
    return legs | {name: clean(say_place(place)) for name, place in places.items()}
