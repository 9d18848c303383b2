"""Runs a plan into its experiment folder: executes what is missing, computes the analyses, writes the results."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from experiments.compare import Comparison, analyse, compare_nothing
from experiments.execution.execute import Executor, Report, Watch, execute
from experiments.execution.files import replacing
from experiments.execution.model import Model, simulation_model
from experiments.execution.threads import run_in_threads
from experiments.folder import ExperimentFolder
from experiments.planning.load import LoadedPlan
from experiments.planning.results import write_results

PLAN_COPY = "plan.yaml"


class Experiment(NamedTuple):
    """What running a plan gave."""

    folder: Path
    comparison: Comparison
    """Empty tables where the plan asks for no comparison."""
    report: Report
    damaged: tuple[str, ...]
    """Files of earlier runs that could not be read and whose runs were made again."""


def run_experiment(
    loaded: LoadedPlan,
    folder: Path,
    *,
    executor: Executor = run_in_threads,
    resume: bool | None = None,
    force: bool = False,
    watch: Watch | None = None,
    model: Model | None = None,
) -> Experiment:
    """Run all of a plan that its folder does not hold yet, and write the results.

    Args:
        loaded: The plan.
        folder: Experiment folder; finished runs are kept beside it until it is whole.
        executor: Where runs are made; the numbers do not depend on it.
        resume: Go on from finished runs; see ``ExperimentFolder``.
        force: Replace an experiment folder that is there.
        watch: Told how far the plan is.
        model: What a run is; left out: the simulation.

    Raises:
        ResultError: The folder cannot be used, or no run finished.
        PlanError: An analysis lacks what it needs.
    """
    plan = loaded.plan
    with ExperimentFolder(folder, force=force, resume=resume) as store:
        report = execute(plan, model or simulation_model(plan.since), store, executor=executor, watch=watch)
        values, runs = store.collect(plan), store.runs_of(plan)
        if "comparison" in loaded.analyses:
            comparison = analyse(plan, runs, None, values, report.failed)
        else:
            comparison = compare_nothing(plan, values, runs, report.failed)

        def write_more(place: Path) -> None:
            write_results(loaded, values, place)
            with replacing(place / PLAN_COPY) as temporary:
                temporary.write_text(loaded.text, encoding="utf-8")

        written = store.finish(comparison, write_more=write_more)
        return Experiment(written, comparison, report, tuple(store.damaged))
