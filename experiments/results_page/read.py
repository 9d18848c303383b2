"""From a finished experiment folder and its plan file to what a results page is made from."""

from __future__ import annotations

from pathlib import Path

from experiments.collect import collect_tables
from experiments.compare import analyse
from experiments.execution.store import RunFiles, StoredRuns
from experiments.folder import RUNS
from experiments.planning.load import load_plan
from experiments.planning.results import compute_tables
from experiments.results_page.study import Study
from experiments.robustness.budget_question import read_budget_question
from simulation.errors import ResultError
from simulation.result import read_metadata

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
    if not plan.monte_carlo:
        raise ResultError(
            f"{file}: a results page needs runs that vary the seed alone: seeds_only of at least 1"
        )
    metadata = read_metadata(folder)
    files = RunFiles(folder / RUNS, mend=False)
    code = str(metadata.get("model_code_sha256"))
    found = files.find({task: plan.fingerprint(task, code) for task in plan.tasks()})
    if not found:
        raise ResultError(f"{folder}: holds no runs of {file.name} as it is now; run it again")
    values = collect_tables(plan.tasks(), files.read_parts(found))
    arms = list(plan.arms)
    return Study(
        name=loaded.document.plan,
        title=loaded.document.title,
        question=loaded.document.description or loaded.document.title,
        command=command or f"safepassage plan run {file.as_posix()}",
        comparison=analyse(plan, StoredRuns(files, plan.tasks()), None, values),
        revision=str(metadata["provenance"]["revision"]),
        tables=compute_tables(loaded, values),
        budget=read_budget_question(loaded.budget, arms),
        sensitivity=folder if (folder / SENSITIVITY).is_file() else None,
    )
