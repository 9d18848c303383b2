"""From a finished experiment folder and its plan file to what a results page is made from."""

from __future__ import annotations

from pathlib import Path

from experiments.compare import analyse, compare_nothing
from experiments.design import SCREENING
from experiments.plan import Plan
from experiments.planning.load import load_plan
from experiments.planning.results import compute_tables
from experiments.reading import StoredExperiment, read_experiment
from experiments.results_page.study import Study
from experiments.robustness.budget_question import read_budget_question
from simulation.errors import ResultError

SENSITIVITY = "sensitivity.csv"


def read_study(file: Path, folder: Path, command: str | None = None) -> Study:
    """Return the study of a plan from its finished experiment folder; nothing is run.

    Analyses are computed anew from the kept runs, so that a page follows the words and tables of today, while the
    revision is that of the runs.

    Args:
        file: The plan.
        folder: The experiment folder that running it wrote.
        command: Command that repeats it; None: ``safepassage plan run`` with the file.

    Raises:
        ScenarioError: The plan is wrong.
        ResultError: The folder holds no runs of this plan, or none that vary the seed alone.
    """
    loaded = load_plan(file)
    plan = loaded.plan
    screening = plan.design is not None and plan.design.method in SCREENING
    if not plan.monte_carlo and not screening:
        raise ResultError(
            f"{file}: a results page needs runs that vary the seed alone: seeds_only of at least 1"
        )
    stored = read_experiment(folder)
    if not _is_same(plan, stored):
        raise ResultError(f"{folder}: holds no runs of {file.name} as it is now; run it again")
    values, runs = stored.values, stored.runs
    arms = list(plan.arms)
    return Study(
        name=loaded.document.plan,
        title=loaded.document.title,
        question=loaded.document.description or loaded.document.title,
        command=command or f"safepassage plan run {file.as_posix()}",
        comparison=compare_nothing(plan, values, runs) if screening else analyse(plan, runs, None, values),
        revision=str(stored.metadata["provenance"]["revision"]),
        tables={} if screening else compute_tables(loaded, values),
        budget=read_budget_question(loaded.budget, arms),
        failed=len(stored.failed),
        sensitivity=folder if (folder / SENSITIVITY).is_file() else None,
    )


def _is_same(plan: Plan, stored: StoredExperiment) -> bool:
    """Return whether two plans ask for the same runs, to the last number."""
    code = str(stored.metadata.get("model_code_sha256"))
    asked, kept = ({task: one.fingerprint(task, code) for task in one.tasks()} for one in (plan, stored.plan))
    return asked == kept
