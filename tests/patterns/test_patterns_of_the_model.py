"""Signs that MODEL.md states, each between two short paired runs of the real map at the default parameters.

Statistical error: noise.csv holds the standard deviation of each margin over 7 pairs of other seeds (measure_noise.py).
A margin passes above the 99% point of Student's t on 6 degrees of freedom times it: were there no effect, a test would
pass by chance with probability 0.01 at most (normal noise). Seeds are fixed: a red test is a change of the model.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from arms import SCALE, SINCE, arm, base, settings
from scipy.special import stdtrit
from statements import NIGER, STATEMENTS, Statement

NOISE = pd.read_csv(Path(__file__).with_name("noise.csv")).set_index("pattern")
FALSE_PASS = 0.01


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_stated_sign(statement: Statement) -> None:
    margin = statement.margin(arm(statement.base), arm(statement.variant))
    noise = NOISE.loc[statement.name]
    needed = stdtrit(noise["seeds"] - 1, 1.0 - FALSE_PASS) * noise["sd"]
    assert margin > needed, f"margin {margin:.4g}, needed {needed:.4g}"


# Without chance: what a lever rules out or hands out ---
def test_children_are_not_detained_where_that_is_the_rule() -> None:
    before, after = arm({}), arm(settings("detention", children=False))
    assert before["detentions_children"] > 0
    assert after["detentions_children"] == 0


def test_relocation_relocates_as_many_as_there_are_places() -> None:
    after = arm(settings("relocation", places="6000 persons/year"))
    days = (base().document.period.end - SINCE).days + 1
    assert arm({})["relocated"] == 0
    # All places are wanted: far more people arrive. Whole people are dealt out at 1/SCALE each.
    assert after["relocated"] == pytest.approx(6000 * days / 365, abs=20 / SCALE)


def test_needs_are_referred_only_where_there_is_a_strategy() -> None:
    assert arm({})["referred"] == 0
    assert arm(settings("regional_protection", coverage=1.0))["referred"] > 100 / SCALE


# Shape of journeys: shares of tens of thousands of person-days or hundreds of people, far from the bounds ---
def test_most_journeys_that_end_do_not_end_in_europe() -> None:
    run = arm({})
    in_europe = run["arrivals"] + run["admissions"]
    assert 0 < in_europe < 0.5 * (in_europe + run["settled"] + run["returned"])


def test_journeys_go_leg_by_leg_with_pauses_for_work() -> None:
    run = arm({})
    table = run.result.person_days
    days = table.groupby("setting")["days"].sum()
    assert run["flow"] / run["journeys"] > 3
    assert days["leg"] < 0.25 * days.sum()
    assert days["working"] > 0.2 * days.sum()


def test_routes_react_to_policy_with_a_lag() -> None:
    """Enforcement in Niger cuts the road at once, boats from Libya months later: a stay there takes a year."""
    before, after = arm({}).daily, arm(NIGER).daily
    boats = [f"e{number:03d}" for number in range(98, 105)]

    def ratio(legs: list[str], first: str, last: str) -> float:
        of = slice(first, last)
        return float(after.loc[of, legs].to_numpy().sum() / before.loc[of, legs].to_numpy().sum())

    road = [ratio(["e022"], "2014-04-01", "2014-04-30"), ratio(["e022"], "2014-07-01", "2015-06-30")]
    sea = ratio(boats, "2014-04-01", "2014-04-30")
    assert road[1] < road[0] < 1.0
    assert sea == pytest.approx(1.0, abs=0.1)
    assert np.isfinite(road).all()
