"""A finished experiment folder is read back as it was, or refused with one message."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import analyse, compare
from experiments.design import Design
from experiments.execution.execute import execute
from experiments.folder import ExperimentFolder
from experiments.plan import Plan
from experiments.reading import read_experiment
from simulation.errors import ResultError

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)
POINTS = np.random.default_rng(3).random((3, 2))
DESIGN = Design("sobol", ("risk", "both"), (("parameter:risk",), ("x:1", "x:2")), POINTS, "own")


def write(folder, plan):
    with ExperimentFolder(folder) as store:
        model = synthetic_model()
        free = model._replace(draw=lambda scenario, seed, number, **_: model.draw(scenario, seed, number))
        report = execute(plan, free, store)
        values = store.collect(plan)
        found = analyse(plan, store.runs_of(plan), None, values, report.failed)
        store.finish(found, pictures=False)
    return values


@pytest.mark.parametrize(
    "plan",
    [
        Plan(BASELINE, (VARIANT,), 3, 5, 0.5),
        Plan(BASELINE, (VARIANT,), 3, 5, 1.0, design=DESIGN, seeds_only=1, outcomes=("deaths", "flow")),
        Plan(BASELINE, (VARIANT,), 2, 5, 1.0, seeds_only=0),
    ],
)
def test_plan_design_and_values_come_back(tmp_path, plan):
    values = write(tmp_path / "out", plan)
    stored = read_experiment(tmp_path / "out")
    for field in ("baseline", "variants", "replicates", "seed", "scale", "since", "outcomes", "monte_carlo"):
        assert getattr(stored.plan, field) == getattr(plan, field)
    assert stored.plan.tasks() == plan.tasks()
    if plan.design is None:
        assert stored.plan.design is None
    else:
        assert np.array_equal(stored.plan.design.points, POINTS)  # to the last bit
        assert stored.plan.design.factors == DESIGN.factors
        assert stored.plan.design.members == DESIGN.members
    pd.testing.assert_frame_equal(stored.values.rows, values.rows)
    for key, table in values.value.items():
        assert np.array_equal(stored.values.value[key], table, equal_nan=True)
        assert np.array_equal(stored.values.n_simulated[key], values.n_simulated[key], equal_nan=True)
    assert stored.failed.empty


def test_runs_of_another_plan_are_not_mixed_in(tmp_path):
    write(tmp_path / "out", Plan(BASELINE, (VARIANT,), 2, 5, 1.0))
    write(tmp_path / "other", Plan(BASELINE, (VARIANT,), 2, 6, 1.0))
    stranger = next((tmp_path / "other" / "runs").iterdir())
    own = tmp_path / "out" / "runs" / stranger.name
    content = own.read_bytes()
    own.write_bytes(stranger.read_bytes())
    with pytest.raises(
        ResultError, match=f"runs of another plan or version of the model \\({stranger.stem}\\)"
    ):
        read_experiment(tmp_path / "out")
    own.unlink()
    with pytest.raises(ResultError, match=f"1 of its runs are missing \\({stranger.stem}"):
        read_experiment(tmp_path / "out")
    own.write_bytes(content[:-30])
    with pytest.raises(ResultError, match="is damaged"):
        read_experiment(tmp_path / "out")
    assert own.is_file()  # reading moves nothing


def test_what_is_no_experiment_is_one_message(tmp_path):
    with pytest.raises(ResultError, match="is not a finished experiment folder"):
        read_experiment(tmp_path)
    (tmp_path / "metadata.json").write_text(json.dumps({"format": 1, "kind": "run"}), encoding="utf-8")
    with pytest.raises(ResultError, match="is not an experiment folder"):
        read_experiment(tmp_path)


def test_a_comparison_with_an_arm_that_always_fails_says_so(tmp_path):
    model = synthetic_model()

    def fail(scenario, seed, scale):
        if scenario.document.scenario == "enforcement":
            raise ValueError("no such lever")
        return model.evaluate(scenario, seed, scale)

    found = compare(BASELINE, VARIANT, replicates=2, model=model._replace(evaluate=fail))
    assert len(found.failed) == 4
    deaths = found.headlines().set_index("outcome").loc["deaths"]
    assert deaths["replicates"] == 0
    assert np.isnan(deaths["variant"])
