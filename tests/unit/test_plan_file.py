"""Plan files: what they become, and that everything wrong with one is said at once with file, line and key."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.design import list_names
from experiments.outcome_words import OUTCOMES
from experiments.pareto import HARMS
from experiments.plan import Plan
from experiments.planning.load import LoadedPlan, load_plan
from experiments.planning.outcomes import complete_outcomes
from simulation import load_scenario
from simulation.errors import ScenarioError
from simulation.outcomes import ALL_RATIOS

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ARMS = """\
plan: tiny
title: Does enforcement move people?
arms:
  - scenario: fork/fork.yaml
  - scenario: fork/enforcement.yaml
"""
MILD = """\
  - name: mild
    scenario: fork/fork.yaml
    levers:
      border_enforcement:
        - {from: 2016-02-01, intensity: 0.4, source: "assumed: test"}
"""
CROSS = """\
cross:
  control:
    usual: {}
    full:
      border_enforcement: [{from: 2016-01-01, intensity: 1.0, source: "assumed: test"}]
  help:
    usual: {}
    more:
      services: [{from: 2016-01-01, capacity_factor: 3, source: "assumed: test"}]
    most:
      services: [{from: 2016-01-01, capacity_factor: 9, source: "assumed: test"}]
"""
DRAWN = "replicates: 4\n"
COSTS = """\
item,unit,value,low,high,derivation,source,confidence
services,person served,9,3,20,test map,assumed,assumed
"""


@pytest.fixture
def read(tmp_path: Path):
    shutil.copytree(SCENARIOS / "tiny" / "fork", tmp_path / "fork")
    file = tmp_path / "plan.yaml"

    def load(*parts: str) -> LoadedPlan:
        file.write_text("".join(parts), encoding="utf-8")
        return load_plan(file)

    return load


@pytest.fixture
def complain(read, tmp_path: Path):
    def say(*parts: str) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            read(*parts)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return say


# What a plan becomes ---
def test_a_plan_of_two_scenarios_is_their_comparison(read, tmp_path):
    found = read(ARMS, DRAWN)
    fork = tmp_path / "fork"
    plan = Plan(
        load_scenario(fork / "fork.yaml"), (load_scenario(fork / "enforcement.yaml"),), 4, 1, 1.0,
        datetime.date(2016, 1, 1),
    )  # fmt: skip
    assert list(found.plan.arms) == ["fork", "fork_enforcement"]
    assert found.plan == plan
    assert [found.plan.fingerprint(t, "x") for t in plan.tasks()] == [
        plan.fingerprint(t, "x") for t in plan.tasks()
    ]
    assert found.analyses == ("comparison",)


def test_levers_of_an_arm_come_on_top_of_its_scenario(read):
    arms = read(ARMS, MILD, "    parameters: {discount: 0.9}\n", DRAWN).plan.arms
    mild, fork = arms["mild"].document, arms["fork"].document
    assert [entry.intensity for entry in mild.levers.border_enforcement] == [0.4]
    assert mild.parameters == {"discount": 0.9}
    assert mild.title == "mild"
    assert (
        mild.model_copy(
            update={"scenario": "fork", "title": fork.title, "levers": fork.levers, "parameters": {}}
        )
        == fork
    )


def test_crossed_levers_give_every_combination_but_the_baseline_once(read):
    arms = read(ARMS, CROSS, DRAWN).plan.arms
    crossed = {"help-more", "help-most", "control-full", "control-full_help-more", "control-full_help-most"}
    assert list(arms)[:2] == ["fork", "fork_enforcement"]
    assert set(arms) == {"fork", "fork_enforcement"} | crossed
    both = arms["control-full_help-most"].document
    assert [entry.intensity for entry in both.levers.border_enforcement] == [1.0]
    assert [entry.capacity_factor for entry in both.levers.services] == [9.0]
    assert both.title == "control full, help most"
    assert arms["help-more"].document.levers.border_enforcement == ()


@given(sizes=st.lists(st.integers(2, 3), min_size=1, max_size=3))
def test_a_crossing_has_as_many_arms_as_combinations(tmp_path_factory, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("cross")
    shutil.copytree(SCENARIOS / "tiny" / "fork", folder / "fork")
    levers = ("border_enforcement", "search_and_rescue", "services")
    keys = ("intensity", "coverage", "capacity_factor")
    text = [ARMS, "cross:\n"]
    for number, size in enumerate(sizes):
        text.append(f"  q{number}:\n    usual: {{}}\n")
        for level in range(1, size):
            text.append(f"    l{level}: {{{levers[number]}: [{{{keys[number]}: {level / 10}}}]}}\n")
    (folder / "plan.yaml").write_text("".join([*text, DRAWN]), encoding="utf-8")
    arms = load_plan(folder / "plan.yaml").plan.arms
    assert len(arms) == 2 + int(np.prod(sizes)) - 1


def test_a_period_holds_for_all_arms(read):
    plan = read(ARMS, DRAWN, "period: {end: 2017-06-30}\n").plan
    assert {arm.document.period.end for arm in plan.scenarios} == {datetime.date(2017, 6, 30)}
    assert {arm.document.period.start for arm in plan.scenarios} == {datetime.date(2015, 1, 1)}


def test_whole_period_seed_and_scale(read):
    plan = read(ARMS, DRAWN, "whole_period: true\nseed: 9\nscale: 0.25\nseeds_only: 1\n").plan
    assert (plan.since, plan.seed, plan.scale, plan.monte_carlo) == (None, 9, 0.25, 1)


def test_a_screening_plan_takes_as_many_replicates_as_its_factors_need(read):
    found = read(
        ARMS,
        "design:\n  method: morris\n  trajectories: 3\n  factors: [parameter:discount]\n"
        '  groups: {risks: ["risk:*"]}\n',
    )
    plan = found.plan
    assert plan.design is not None
    assert plan.design.factors == ("risks", "parameter:discount")
    assert (plan.replicates, plan.monte_carlo) == (3 * 3, 10)
    assert len({task.seed for task in plan.tasks() if task.kind == "total"}) == 1
    assert found.analyses == ("sensitivity",)


def test_a_number_that_one_arm_has_fixed_is_a_factor_all_the_same(read):
    fixed = MILD + "    parameters: {discount: 0.9}\n"
    plan = read(ARMS, fixed, DRAWN, "design: {method: sobol, factors: [parameter:discount]}\n").plan
    assert "parameter:discount" not in list_names([plan.arms["mild"]])
    assert plan.design is not None
    assert plan.design.factors == ("parameter:discount",)


def test_drawn_designs_of_every_method_are_read(read):
    for method in ("random", "latin_hypercube", "sobol"):
        plan = read(
            ARMS, DRAWN, f"design: {{method: {method}, factors: ['parameter:*'], seeds: common}}\n"
        ).plan
        assert plan.design is not None
        assert plan.design.points.shape[0] == 4
        assert plan.design.seeds == "common"


def test_a_discovery_knows_the_draws_and_makes_the_same_runs(read):
    plain = read(ARMS, DRAWN).plan
    told = read(ARMS, DRAWN, "analyses: [comparison, discovery]\n").plan
    assert told.design is not None
    assert told.design.factors == list_names(plain.scenarios)
    assert [told.fingerprint(t, "x") for t in told.tasks()] == [
        plain.fingerprint(t, "x") for t in plain.tasks()
    ]


def test_budgets_are_passed_on_as_they_are_said(read, tmp_path):
    (tmp_path / "fork" / "unit_costs.csv").write_text(COSTS, encoding="utf-8")
    text = "analyses: [budget]\nbudget: {equal_usd: 5.0e+6, arms: [fork_enforcement]}\n"
    assert read(ARMS, DRAWN, text).budget == {"equal_usd": 5e6, "arms": ("fork_enforcement",)}
    assert read(ARMS, DRAWN).budget is None


# Outcomes ---
def test_rates_bring_what_they_are_made_of():
    kept = complete_outcomes(["sgbv_per_1000_journeys"], ["sensitivity"])
    assert kept == ("sgbv_per_1000_journeys", "sgbv", "journeys")
    assert complete_outcomes(["deaths_per_1000_started"], []) == ("deaths_per_1000_started", "cohort_people")
    assert complete_outcomes(["deaths"], ["sensitivity"]) == ("deaths",)


def test_analyses_bring_the_harms_they_set_side_by_side():
    for analysis in ("comparison", "robustness", "budget", "discovery"):
        assert set(complete_outcomes([], [analysis])) >= {*HARMS, "journeys"}
    assert "cost_total" in complete_outcomes([], ["budget"])


@given(names=st.lists(st.sampled_from(sorted(OUTCOMES)), max_size=6))
def test_completing_is_complete(names: list[str]) -> None:
    kept = complete_outcomes(names, ["comparison"])
    assert set(names) <= set(kept) <= set(OUTCOMES)
    assert complete_outcomes(kept, ["comparison"]) == kept
    for name in kept:
        if name in ALL_RATIOS:
            assert {ALL_RATIOS[name].top, *ALL_RATIOS[name].bottoms} <= set(kept)


def test_the_plan_keeps_the_completed_outcomes(read):
    assert "journeys" in read(ARMS, DRAWN, "outcomes: [deaths_per_1000_journeys]\n").plan.outcomes


# What is wrong with a plan ---
def test_everything_wrong_is_said_at_once_in_plan_and_scenarios(complain):
    lines = complain(
        ARMS.replace("enforcement.yaml", "enforcment.yaml"),
        MILD.replace("0.4", "4, colour: red"),
        CROSS.replace(
            "from: 2016-01-01, capacity_factor: 9", "scope: {countries: [ZZZ]}, capacity_factor: 9"
        ),
        "replicates: two\noutcomez: [deaths]\n",
    )
    assert lines == [
        "plan.yaml:5: arms.1.scenario: fork/enforcment.yaml does not exist (the path is relative to this file)",
        "plan.yaml:10: arms.2.levers.border_enforcement.0.intensity: should be less than or equal to 1; got 4",
        "plan.yaml:10: arms.2.levers.border_enforcement.0.colour: unknown key (known: from, intensity, scope, "
        "source, to)",
        "plan.yaml:21: cross.help.most.services.0.scope.countries.0: unknown country ZZZ (known: LBY, NER)",
        "plan.yaml:22: replicates: needs a whole number; got 'two'",
        "plan.yaml:23: outcomez: unknown key (did you mean outcomes?)",
    ]


def test_problems_of_a_scenario_name_that_file(read, complain, tmp_path):
    read(ARMS, DRAWN)
    file = tmp_path / "fork" / "enforcement.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("0.8", "8"), encoding="utf-8")
    (line,) = complain(ARMS, DRAWN)
    assert line.startswith("fork/enforcement.yaml:9: levers.border_enforcement.0.intensity: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "plan.yaml:22: replicates: is missing"),
        (DRAWN + "seeds_only: 0\n", ":7: seeds_only: a comparison needs at least 1 replicate"),
        (DRAWN + "budget: {equal_usd: 5}\n", ":7: budget: is given, but budget is not among the analyses"),
        (
            DRAWN + "outcomes: [deaths, death]\n",
            ":7: outcomes.1: unknown outcome death (did you mean deaths?)",
        ),
        (
            DRAWN + "design: {method: sobel}\n",
            "design.method: 'sobel' is not one of: random, latin_hypercube",
        ),
        (DRAWN + "design: {levels: 4}\n", ":7: design.levels: is a key of the method morris, not of random"),
        (DRAWN + "design: {method: morris}\n", ":6: replicates: must be left out: with morris"),
        ("replicates: 5\ndesign: {method: sobol}\n", ":6: replicates: points of sobol are balanced only"),
        (
            DRAWN + "design: {factors: [parameter:discont]}\n",
            ":7: design.factors.0: parameter:discont is no unc",
        ),
        (DRAWN + "design: {groups: {a: [x*]}}\n", ":7: design.groups.a.0: no uncertain number fits x*"),
        ("design: {method: saltelli, samples: 3}\n", ":6: design.samples: points of saltelli are balanced"),
        ("design: {method: morris, levels: 3}\n", ":6: design.levels: must be an even number; got 3"),
        ("design: {method: morris}\nanalyses: [comparison]\n", ":7: analyses.0: needs draws from the ranges"),
        (DRAWN + "cross: {help: {usual: {}}}\n", ":7: cross.help: needs at least two levels"),
        (DRAWN + "period: {end: 2010-01-01}\n", ":7: period.end: 2010-01-01 is before the end of departures"),
        (DRAWN + "scale: 0\n", ":7: scale: should be greater than 0"),
        ("replicates: true\n", ":6: replicates: needs a number, not true"),
        (DRAWN + "x: &a 1\n", ":7: x: anchor &a is not allowed"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_key(complain, text, problem):
    lines = complain(ARMS, text)
    assert any(problem.replace("plan.yaml:22:", "plan.yaml:") in line for line in lines), lines


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("/etc/passwd.yaml", "is not a relative path"),
        ("~/x.yaml", "is not a relative path"),
        ("C:\\x.yaml", "is not a relative path"),
        ("fork/places.csv", "is not a .yaml file"),
        ("nowhere.yaml", "does not exist"),
    ],
)
def test_scenarios_are_yaml_files_at_relative_paths(complain, said, problem):
    lines = complain(ARMS.replace("fork/enforcement.yaml", said), DRAWN)
    assert lines == [f"plan.yaml:5: arms.1.scenario: {said} {problem} (the path is relative to this file)"]


def test_what_an_analysis_would_miss_is_said_before_anything_runs(complain, monkeypatch):
    asked = DRAWN + "analyses: [budget, discovery]\nbudget: {arms: [fork_enforcment, fork]}\n"
    monkeypatch.setattr("experiments.planning.checks.find_spec", lambda name: None)
    lines = complain(ARMS, asked)
    assert lines == [
        'plan.yaml:7: analyses.1: discovery needs the package scikit-learn (pip install "safepassage[discovery]")',
        "plan.yaml:7: analyses.0: a budget needs unit costs, and the scenarios have none (see unit_costs.csv)",
        "plan.yaml:8: budget.arms.0: unknown arm fork_enforcment (did you mean fork_enforcement?)",
        "plan.yaml:8: budget.arms.1: fork is the baseline (known: fork_enforcement)",
    ]


def test_arms_need_names_of_their_own(complain):
    (line,) = complain(ARMS.replace("enforcement", "fork"), DRAWN)
    assert line == "plan.yaml:5: arms.1.scenario: two arms are both called fork (give one a name)"
    line = complain(ARMS, MILD.replace("name: mild", "title: Mild"), DRAWN)[0]
    assert line.startswith("plan.yaml:6: arms.2: an arm that changes its scenario needs a name of its own")
    (line,) = complain("".join(ARMS.splitlines(keepends=True)[:4]), DRAWN)
    assert line.startswith("plan.yaml:3: arms: a plan needs a baseline and at least one other arm")


def test_other_files_are_no_plans(complain):
    assert complain("scenario: x\n")[0].startswith("plan.yaml: is a scenario, not a plan")
    assert complain("")[0].startswith("plan.yaml: is empty (a plan has the keys")
    assert complain("- a\n")[0].startswith("plan.yaml:1: is not a plan (a plan has the keys")
    assert complain("plan: [\n")[0].startswith("plan.yaml:2: is not valid YAML")


def test_a_lever_that_is_never_in_force_is_a_warning_of_the_plan(read, tmp_path):
    late = MILD.replace("2016-02-01", "2031-01-01")
    (warning,) = read(ARMS, late, DRAWN).warnings
    assert (warning.file, warning.line) == (tmp_path / "plan.yaml", 10)
    assert "never in force" in warning.message
