"""Plans: which runs there are, which share a seed, and what tells one run from another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import run_plan
from experiments.design import Design
from experiments.plan import Plan, PlanError

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)
PLAIN = Plan(BASELINE, (VARIANT,), 4, 7, 1.0)


def design(points, method="sobol", seeds="own") -> Design:
    table = np.array(points, float)
    labels = tuple(f"f{i}" for i in range(table.shape[1]))
    return Design(method, labels, tuple((label,) for label in labels), table, seeds)


SOBOL = replace(PLAIN, design=design([[0.1], [0.4], [0.6], [0.9]]))


def seeds(plan: Plan, kind: str) -> list[int]:
    return [task.seed for task in plan.tasks() if task.kind == kind and task.arm == "baseline"]


def test_a_design_changes_no_task():
    assert SOBOL.tasks() == PLAIN.tasks()
    assert len(set(seeds(SOBOL, "total"))) == 4


def test_common_seeds_are_common_to_draws_only():
    common = replace(PLAIN, design=design([[0.1], [0.4], [0.6], [0.9]], "morris", "common"))
    assert seeds(common, "total") == seeds(PLAIN, "total")[:1] * 4
    assert seeds(common, "monte_carlo") == seeds(PLAIN, "monte_carlo")
    assert len({task.name for task in common.tasks()}) == len(common.tasks())


@pytest.mark.parametrize(("seeds_only", "expected"), [(None, 4), (0, 0), (2, 2), (9, 9)])
def test_replicates_that_vary_the_seed_alone(seeds_only, expected):
    plan = replace(PLAIN, seeds_only=seeds_only)
    assert plan.monte_carlo == expected == len(seeds(plan, "monte_carlo"))
    assert len(seeds(plan, "total")) == 4
    pairs = [task.arm for task in plan.tasks()]
    assert pairs == ["baseline", "enforcement"] * (len(pairs) // 2)


def prints(plan: Plan) -> dict[str, str]:
    return {task.name: plan.fingerprint(task, "code") for task in plan.tasks()}


def test_fingerprints_cover_the_row_of_the_design_and_nothing_else_of_it():
    moved = replace(PLAIN, design=design([[0.1], [0.4], [0.7], [0.9]]))
    plain, sobol, other = prints(PLAIN), prints(SOBOL), prints(moved)
    changed = {name for name in sobol if sobol[name] != other[name]}
    assert changed == {"total-0002-baseline", "total-0002-enforcement"}
    assert all((plain[name] == sobol[name]) == name.startswith("monte_carlo") for name in plain)
    median = replace(PLAIN, design=design([[0.1], [0.4], [0.6], [0.9]], "morris"))
    assert prints(median)["total-0000-baseline"] != sobol["total-0000-baseline"]


def test_fingerprints_cover_what_is_kept():
    kept = replace(PLAIN, outcomes=("deaths", "sgbv"))
    assert set(prints(kept).values()).isdisjoint(prints(PLAIN).values())
    assert prints(kept) == prints(replace(PLAIN, outcomes=("sgbv", "deaths")))


def test_the_draw_of_a_run_gets_the_row_of_its_replicate():
    asked = []
    plain = synthetic_model()

    def draw(scenario, seed, number, **options):
        asked.append((number, options))
        return plain.draw(scenario, seed, number)

    run_plan(replace(SOBOL, seeds_only=0), plain._replace(draw=draw))
    points = {0: 0.1, 1: 0.4, 2: 0.6, 3: 0.9}
    assert len(asked) == 8
    assert all(options == {"given": {"f0": points[n]}, "others": "draw"} for n, options in asked)
    asked.clear()
    run_plan(PLAIN, plain._replace(draw=draw))
    assert len(asked) == 8
    assert not any(options for _, options in asked)


def test_plans_that_do_not_fit_together_are_refused():
    with pytest.raises(PlanError, match="the design has 4 rows for 5 replicates"):
        replace(SOBOL, replicates=5)
    with pytest.raises(PlanError, match="seeds_only must be at least 0; got -1"):
        replace(PLAIN, seeds_only=-1)
