"""`safepassage plan`: check, factors, pilot and run on the tiny map, and its pilot on a model with known answers."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from synthetic_runs import build_scenario, synthetic_model

from experiments.cli import main
from experiments.compare import compare
from experiments.design import Design
from experiments.execution.execute import MemoryStore
from experiments.execution.model import Model
from experiments.plan import Plan
from experiments.planning.describe import count_people
from experiments.planning.pilot import COLUMNS, run_pilot, say_pilot, say_time, take_first
from experiments.planning.results import FILES
from simulation import load_scenario

TINY = Path(__file__).parents[2] / "scenarios" / "tiny" / "fork"
TEXT = """\
plan: tiny
title: Does enforcement move people?
arms:
  - scenario: fork/fork.yaml
  - scenario: fork/enforcement.yaml
seed: 7
scale: 0.1
"""
DRAWN = TEXT + "replicates: 3\nseeds_only: 2\nanalyses: [comparison, robustness]\n"
SCREENED = (
    TEXT
    + "design: {method: morris, trajectories: 2, factors: [parameter:discount], groups: {risks: ['risk:*']}}\n"
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "fork")
    file = tmp_path / "plan.yaml"
    file.write_text(DRAWN, encoding="utf-8")
    return file


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["plan", *map(str, arguments)])


def test_check_says_what_will_run(plan):
    result = call("check", plan)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "tiny: Does enforcement move people?"
    assert "runs         10 = 2 arms x (3 replicates + 2 of seeds only)" in lines
    assert any("outcomes count from 2016-01-01" in line for line in lines)
    people = count_people(load_scenario(TINY / "fork.yaml"))
    assert (
        f"about {people:,.0f} in a run of the baseline, {people * 0.1:,.0f} of them simulated"
        in result.output
    )
    assert "robustness.csv" in result.output


def test_check_says_what_is_wrong_and_exits_with_2(plan):
    plan.write_text(DRAWN.replace("replicates: 3", "replicates: 0"), encoding="utf-8")
    result = call("check", plan)
    assert result.exit_code == 2
    assert f"{plan}:8: replicates: should be greater than or equal to 1; got 0" in result.output
    assert call("check", plan.with_name("none.yaml")).exit_code == 2


def test_people_are_those_of_the_period():
    fork = load_scenario(TINY / "fork.yaml")
    half = fork.document.period.model_copy(update={"departures_end": fork.document.period.start})
    one_day = fork.model_copy(update={"document": fork.document.model_copy(update={"period": half})})
    first = sum(row.journeys for row in fork.streams if row.year == half.start.year)
    waiting = sum(group.people for group in fork.initial)
    assert count_people(one_day) == pytest.approx(first / 365 + waiting)


def test_factors_lists_names_that_a_design_takes(plan):
    names = call("factors", plan).output.split()
    assert "parameter:discount" in names
    assert len(names) == len(set(names))
    plan.write_text(DRAWN + f"design: {{factors: ['{names[-1]}']}}\n", encoding="utf-8")
    assert call("check", plan).exit_code == 0


def test_run_writes_what_compare_writes_and_the_analyses_and_goes_on_from_there(plan, tmp_path):
    out = tmp_path / "out"
    result = call("run", plan, "--out", out)
    assert result.exit_code == 0, result.output
    promised = {name for asked in ("comparison", "robustness") for name in FILES[asked] if "." in name}
    assert promised | {"plan.yaml", "metadata.json", "runs"} <= {path.name for path in out.iterdir()}
    assert (out / "plan.yaml").read_text(encoding="utf-8") == DRAWN
    same = compare(TINY / "fork.yaml", TINY / "enforcement.yaml", replicates=3, seed=7, scale=0.1)
    keys = ["outcome", "scope_kind", "scope", "group_kind", "group", "arm"]
    # A row at which nothing happened in any run is left out, and the comparison has a seed more.
    found, wanted = (
        table[table["interval_kind"] == "total"].set_index(keys)["difference"]
        for table in (pd.read_csv(out / "comparison.csv"), same.table)
    )
    assert len(found) > 500
    np.testing.assert_allclose(found, wanted[found.index], rtol=1e-9)
    assert "Deaths and disappearances" in result.output
    again = call("run", plan, "--out", out)
    assert again.exit_code == 2
    assert "--force" in again.output
    # More replicates take over those that are there.
    before = json.loads((out / "metadata.json").read_text(encoding="utf-8"))["runs"]
    plan.write_text(DRAWN.replace("replicates: 3", "replicates: 4"), encoding="utf-8")
    result = call("run", plan, "--out", out, "--resume")
    assert result.exit_code == 0, result.output
    after = json.loads((out / "metadata.json").read_text(encoding="utf-8"))["runs"]
    prints = {run["fingerprint"] for run in after}
    assert len(after) == len(before) + 2
    assert {run["fingerprint"] for run in before} <= prints


def test_a_screening_writes_its_design_and_what_drives_but_no_comparison(plan, tmp_path):
    out = tmp_path / "out"
    plan.write_text(SCREENED, encoding="utf-8")
    result = call("run", plan, "--out", out)
    assert result.exit_code == 0, result.output
    names = {path.name for path in out.iterdir()}
    assert "comparison.csv" not in names
    assert {name for name in FILES["sensitivity"] if "." in name} <= names
    design = pd.read_csv(out / "design.csv")
    assert list(design.columns) == ["replicate", "risks", "parameter:discount"]
    assert len(design) == 6
    found = pd.read_csv(out / "sensitivity.csv")
    assert set(found["factor"]) == {"risks", "parameter:discount"}
    assert {"level", "difference"} == set(found["about"])


def test_the_pilots_runs_are_runs_of_the_plan(plan, tmp_path):
    out = tmp_path / "out"
    result = call("pilot", plan, "--replicates", 2, "--out", out, "--half-width", "deaths=5")
    assert result.exit_code == 0, result.output
    assert "pilot        8 runs in" in result.output
    assert "whole plan   10 runs; the 2 that are left" in result.output
    assert "Deaths and disappearances" in result.output
    refused = call("run", plan, "--out", out)
    assert refused.exit_code == 2
    assert "--resume" in refused.output
    again = call("pilot", plan, "--replicates", 2, "--out", out)
    assert "all 8 runs were kept from before" in again.output


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--half-width", "deaths"], "needs an outcome and a number above 0, such as deaths=20"),
        (["--half-width", "deaths=-1"], "needs an outcome and a number above 0"),
        (["--half-width", "death=1"], "unknown outcome death (did you mean deaths?)"),
        (["--replicates", "1"], "1 is not in the range x>=2"),
        (["--cluster", "tcp://127.0.0.1:1", "--workers", "2"], "a running --cluster has its own workers"),
    ],
)
def test_wrong_options_are_one_message(plan, option, words):
    result = call("pilot", plan, *option)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output


# A pilot of a model with known answers ---
WHOLE = Plan(build_scenario(), (build_scenario("enforcement", enforcement=1.0),), 30, 5, 1.0, seeds_only=10)


def test_a_pilot_is_the_beginning_of_its_plan():
    first = take_first(WHOLE, 4)
    assert (first.replicates, first.monte_carlo) == (4, 4)
    whole = {task.name: WHOLE.fingerprint(task, "x") for task in WHOLE.tasks()}
    assert all(whole[task.name] == first.fingerprint(task, "x") for task in first.tasks())
    points = np.linspace(0, 0.9, 30)[:, None]
    designed = replace(WHOLE, design=Design("latin_hypercube", ("a",), (("a",),), points))
    row = take_first(designed, 4)
    whole = {task.name: designed.fingerprint(task, "x") for task in designed.tasks()}
    assert all(whole[task.name] == row.fingerprint(task, "x") for task in row.tasks())
    assert take_first(WHOLE, 50).tasks() == WHOLE.tasks()


def test_a_pilot_says_what_a_wanted_precision_needs():
    store = MemoryStore()
    pilot = run_pilot(WHOLE, store, replicates=6, relative=0.05, model=synthetic_model())
    assert pilot.cost.runs == 24 == len(store.runs)
    assert list(pilot.table.columns) == COLUMNS
    deaths = pilot.table[pilot.table["outcome"] == "deaths"].set_index("interval_kind")
    values = store.collect(pilot.plan)
    for kind in ("total", "monte_carlo"):
        base, own = (values.series(kind, arm, values.find("deaths")) for arm in ("baseline", "enforcement"))
        row = deaths.loc[kind]
        assert row["pilot"] == 6
        assert row["difference"] == pytest.approx((own - base).mean())
        assert row["wanted"] == pytest.approx(0.05 * base.mean())
        assert row["needed_low"] <= row["needed"] <= row["needed_high"]
    spread = (values.series("total", "enforcement", values.find("deaths"))
              - values.series("total", "baseline", values.find("deaths"))).std(ddof=1)  # fmt: skip
    assert deaths.loc["total", "next_draw"] == pytest.approx(1.959964 * spread, rel=1e-6)
    text = "\n".join(say_pilot(pilot, WHOLE, 0.05))
    assert "whole plan   80 runs; the 56 that are left" in text
    assert "Deaths and disappearances" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3.4, "3 seconds"),
        (119, "119 seconds"),
        (600, "10 minutes"),
        (9000, "2.5 hours"),
        (float("nan"), "an unknown time"),
    ],
)
def test_durations_in_words(seconds, words):
    assert say_time(seconds) == words


def test_a_pilot_of_a_screening_looks_at_seeds_only():
    rows = np.linspace(0, 1, 30)[:, None]
    screened = replace(WHOLE, design=Design("morris", ("a",), (("a",),), rows, "common"))
    pilot = run_pilot(screened, MemoryStore(), replicates=3, model=_ignoring_points())
    assert set(pilot.table["interval_kind"]) == {"monte_carlo"}


def _ignoring_points() -> Model:
    plain = synthetic_model()
    return plain._replace(draw=lambda scenario, seed, number, **_: plain.draw(scenario, seed, number))
