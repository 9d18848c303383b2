"""Signs that MODEL.md states, each between two short paired runs of the real map at the default parameters.

Statistical error: noise.csv holds the standard deviation of each margin over 7 pairs of other seeds (measure_noise.py).
A margin (a mean where a statement asks for several pairs) passes above the 99% point of Student's t on 6 degrees of
freedom times its standard error: were there no effect, a test would pass by chance with probability 0.01 at most
(normal noise). Seeds are fixed: a red test is a change of the model.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from arms import SCALE, SEED, arm
from scipy.special import stdtrit

from experiments.pattern_runs import SINCE, base
from experiments.pattern_statements import PATTERNS, SIGNS, Statement, settings

NOISE = pd.read_csv(Path(__file__).with_name("noise.csv")).set_index("pattern")
FALSE_PASS = 0.01
NOISY = [statement for statement in (*PATTERNS, *SIGNS) if not statement.is_shape]
SHAPES = [statement for statement in PATTERNS if statement.is_shape]


@pytest.mark.parametrize("statement", NOISY, ids=lambda statement: statement.name)
def test_stated_sign(statement: Statement) -> None:
    seeds = range(SEED, SEED + statement.pairs)
    margin = np.mean([statement.margin(arm(statement.base, s), arm(statement.variant, s)) for s in seeds])
    noise = NOISE.loc[statement.name]
    needed = stdtrit(noise["seeds"] - 1, 1.0 - FALSE_PASS) * noise["sd"] / statement.pairs**0.5
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


# Shape of journeys and lags: shares of tens of thousands of person-days or hundreds of people, far from the bounds ---
@pytest.mark.parametrize("statement", SHAPES, ids=lambda statement: statement.name)
def test_stated_shape(statement: Statement) -> None:
    assert statement.margin(arm(statement.base), arm(statement.variant)) > 0


def test_every_noisy_pattern_has_its_noise() -> None:
    assert {statement.name for statement in NOISY} == set(NOISE.index)
