"""Reads a finished experiment folder back: what was asked, and the values of all runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.collect import Values, collect_tables
from experiments.design import Design
from experiments.execution.store import RunFiles, StoredRuns
from experiments.folder import DESIGN, FAILED, KIND, METADATA, RUNS
from experiments.plan import Plan, Task
from simulation.errors import ResultError
from simulation.result import read_metadata
from simulation.spec.load import scenario_from_dict


class StoredExperiment(NamedTuple):
    """What an experiment folder holds."""

    plan: Plan
    values: Values
    runs: Mapping[Task, pd.DataFrame]
    """Summaries of the runs, read when they are looked at."""
    failed: pd.DataFrame
    """Runs that have no values: run, arm, interval_kind, replicate, seed, reason, traceback."""
    metadata: dict[str, Any]


def read_experiment(folder: str | Path) -> StoredExperiment:
    """Return the plan of a finished experiment and the values of its runs.

    Raises:
        ResultError: It is no experiment folder, a file is damaged or missing, or its runs are not all of one plan and
            one version of the model.
    """
    folder = Path(folder).expanduser()
    if not (folder / METADATA).is_file():
        raise ResultError(f"{folder}: is not a finished experiment folder: it has no {METADATA}")
    metadata = read_metadata(folder)
    if metadata.get("kind") != KIND:
        raise ResultError(f"{folder}: is not an experiment folder; `safepassage plan run` writes one")
    plan = read_plan(folder, metadata)
    files = RunFiles(folder / RUNS, mend=False)
    tasks = {task.name: task for task in plan.tasks()}
    own = {
        tasks[name]: str(entry["fingerprint"])
        for entry in metadata["runs"]
        if (name := f"{entry['interval_kind']}-{entry['replicate']:04d}-{entry['arm']}") in tasks
    }
    missing = [task.name for task in own if files.fingerprint(task) is None]
    if missing or len(own) < len(metadata["runs"]):
        raise ResultError(f"{folder}: {len(missing)} of its runs are missing ({', '.join(missing[:3])} ...)")
    others = [task.name for task in own if files.fingerprint(task) != own[task]]
    if others or len(files) > len(own):
        which = ", ".join(others[:3]) or "more runs than its own"
        raise ResultError(f"{folder}: holds runs of another plan or version of the model ({which})")
    failed = pd.read_csv(folder / FAILED) if (folder / FAILED).is_file() else pd.DataFrame()
    values = collect_tables(plan.tasks(), files.read_parts(list(own)))
    return StoredExperiment(plan, values, StoredRuns(files, plan.tasks()), failed, metadata)


def read_plan(folder: Path, metadata: dict[str, Any]) -> Plan:
    """Return the plan of a finished experiment folder."""
    arms = [
        scenario_from_dict(metadata["scenarios"][n]) for n in (metadata["baseline"], *metadata["variants"])
    ]
    since, outcomes = metadata.get("since"), metadata.get("outcomes")
    return Plan(
        arms[0],
        tuple(arms[1:]),
        metadata["replicates"]["total"],
        metadata["seed"],
        metadata["scale"],
        None if since is None else date.fromisoformat(since),
        design=_read_design(folder, metadata.get("design")),
        seeds_only=metadata["replicates"]["monte_carlo"],
        outcomes=None if outcomes is None else tuple(outcomes),
    )


def _read_design(folder: Path, told: dict[str, Any] | None) -> Design | None:
    if told is None:
        return None
    try:
        table = pd.read_csv(folder / DESIGN, dtype=str)  # pandas' own floats may miss the last bit
    except OSError as error:
        raise ResultError(f"{folder / DESIGN}: cannot be read ({error.strerror})") from error
    return Design(
        told["method"],
        tuple(told["factors"]),
        tuple(tuple(names) for names in told["members"]),
        np.array([[float(u) for u in row] for row in table[list(told["factors"])].to_numpy()]).reshape(
            len(table), -1
        ),
        told["seeds"],
        levels=told["levels"],
        second_order=told["second_order"],
        center=None if told.get("center") is None else np.array(told["center"], np.float64),
    )
