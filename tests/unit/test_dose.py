"""The dose-response panel: levels are set as they say, and the table and page say what the runs said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.dose_levers import DOSES, LEVELS, SIGNS, SINCE
from experiments.dose_notes import NOTES
from experiments.dose_page import judge_sign, say_name, write_panel
from experiments.dose_picture import COLUMNS, say_percent
from experiments.dose_response import OUTCOMES, Panel, _compare_levels, find_sign
from experiments.plan import first_difference
from simulation.spec.load import load_scenario
from simulation.spec.models import Levers

ROUTE = Path(__file__).parents[2] / "scenarios" / "central_mediterranean" / "baseline.yaml"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(ROUTE)


def runs(dose, effect: float, seeds: int = 3) -> list[pd.DataFrame]:
    """Return runs in which every outcome is 1,000 and grows by ``effect`` from level 0 to 1, with some noise."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, (seeds, len(OUTCOMES), len(LEVELS)))
    return [
        pd.concat(
            {
                level: pd.DataFrame(
                    {"value": 1000.0 + effect * level + noise[k, :, j], "n": 500.0}, index=list(OUTCOMES)
                )
                for j, level in enumerate(LEVELS)
            },
            axis=1,
        )
        for k in range(seeds)
    ]


def test_every_lever_has_a_dose_and_a_note():
    assert [dose.lever for dose in DOSES] == list(Levers.model_fields)
    assert set(NOTES) == set(Levers.model_fields)


def test_signs_and_columns_name_outcomes_of_the_table():
    assert {sign.outcome for sign in SIGNS} <= set(OUTCOMES)
    assert set(COLUMNS) <= set(OUTCOMES)
    assert {sign.lever for sign in SIGNS} <= set(Levers.model_fields)


@pytest.mark.parametrize("dose", DOSES, ids=lambda dose: dose.lever)
def test_levels_differ_from_the_base_only_from_the_day_on(dose, scenario):
    arms = [dose.arm(scenario, level) for level in LEVELS]
    for arm in arms:
        assert first_difference(scenario, [arm]) == SINCE
    entries = [getattr(arm.document.levers, dose.lever) for arm in arms]
    before = getattr(scenario.document.levers, dose.lever)
    assert all(found[: len(before)] == before and len(found) > len(before) for found in entries)
    assert len({str(found) for found in entries}) == len(LEVELS)


def test_a_clear_rise_is_told_from_noise():
    table = _compare_levels(DOSES[0], runs(DOSES[0], 50.0))
    last = table[(table["outcome"] == "deaths") & (table["level"] == 1.0)].iloc[0]
    assert last["difference"] == pytest.approx(50.0, abs=5.0)
    assert find_sign(last) == 1
    at_zero = table[table["level"] == 0.0]
    assert (at_zero["difference"] == 0.0).all()
    few = last.copy()
    few["fewer_than_10"] = True
    assert find_sign(few) == 0


def test_page_says_whether_a_stated_sign_is_seen(scenario, tmp_path):
    tables = [_compare_levels(dose, runs(dose, 50.0)) for dose in DOSES]
    panel = Panel(scenario, DOSES, 3, 0.01, "0" * 40, pd.concat(tables, ignore_index=True))
    for sign in SIGNS:
        line = judge_sign(panel, sign)
        expected = {1: "as stated", -1: "against what is stated", 0: "both signs are stated"}[sign.sign]
        assert expected in line
    write_panel(panel, tmp_path / "dose")
    page = (tmp_path / "dose.md").read_text(encoding="utf-8")
    assert all(f"`{dose.lever}`" in page for dose in DOSES)
    assert all(say_name(outcome) in page for outcome in OUTCOMES)
    kept = pd.read_csv(tmp_path / "dose.csv")
    assert len(kept) == len(DOSES) * len(LEVELS) * len(OUTCOMES)
    assert (tmp_path / "dose.png").stat().st_size > 10_000


def test_changes_are_said_as_percentages():
    assert say_percent(0.034) == "+3.4%"
    assert say_percent(-0.57) == "\N{MINUS SIGN}57%"
    assert say_percent(0.0001) == "0%"
    assert say_percent(9.0) == "\N{MULTIPLICATION SIGN}10"
