"""Plans of a cheap model whose answers are known; its functions can be imported by workers in other processes."""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from threading import Event, Lock

import numpy as np
import pandas as pd
from synthetic_runs import build_scenario

from experiments.compare import analyse
from experiments.execution.execute import Report, execute
from experiments.execution.model import Model
from experiments.execution.threads import run_in_threads
from experiments.folder import ExperimentFolder
from experiments.plan import Plan
from simulation.spec.models import Scenario

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)
Bad = frozenset[tuple[str, int]]


def known_plan(replicates: int = 6, seed: int = 7, **more) -> Plan:
    """Two arms; as many runs with seeds alone."""
    return Plan(BASELINE, (VARIANT,), replicates, seed, 1.0, **more)


def evaluate(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    """Deaths follow the drawn risk, the enforcement and the seed, exactly."""
    risk = scenario.document.parameters.get("risk", 1.0)
    enforcement = sum(entry.intensity for entry in scenario.document.levers.border_enforcement)
    deaths = risk * (10.0 + 5.0 * enforcement) + seed % 7
    rows = [
        ("journeys_started", "all", "all", 1000.0),
        ("deaths", "all", "all", deaths),
        ("deaths", "leg", "main", deaths / 4),
        ("deaths_per_1000_journeys", "all", "all", deaths),
    ]
    frame = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
    return frame.assign(group_kind="all", group="all", n_simulated=100)


def draw(scenario: Scenario, seed: int, number: int, **options: object) -> Scenario:
    """Risks 1, 2, ..., 5 in turn."""
    document = scenario.document.model_copy(update={"parameters": {"risk": 1.0 + (number + seed) % 5}})
    return scenario.model_copy(update={"document": document})


KNOWN = Model(evaluate, draw)


def _raise_for(bad: Bad, scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    if (scenario.document.scenario, seed) in bad:
        raise FloatingPointError(f"people became negative\nin {scenario.document.scenario}")
    return evaluate(scenario, seed, scale)


def raising_model(*bad: tuple[str, int]) -> Model:
    """The known model, but some (arm, seed) raise."""
    return Model(partial(_raise_for, frozenset(bad)), draw)


def _die_for(bad: Bad, scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    if (scenario.document.scenario, seed) in bad:
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluate(scenario, seed, scale)


def deadly_model(*bad: tuple[str, int]) -> Model:
    """The known model, but some (arm, seed) kill the process that runs them, as a lack of memory would."""
    return Model(partial(_die_for, frozenset(bad)), draw)


def _die_once(marks: Path, bad: frozenset[int], scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    mark = marks / f"{scenario.document.scenario}-{seed}"
    if seed in bad and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluate(scenario, seed, scale)


def frail_model(marks: Path, *bad: int) -> Model:
    """The known model, but runs of some seeds kill their process the first time; each leaves a mark in a folder."""
    return Model(partial(_die_once, marks, frozenset(bad)), draw)


def counting_model(calls: list[tuple[str, int]]) -> Model:
    """The known model; every evaluation is listed."""

    def listed(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
        calls.append((scenario.document.scenario, seed))
        return evaluate(scenario, seed, scale)

    return Model(listed, draw)


def run_into(folder: Path, plan: Plan, model: Model = KNOWN, executor=run_in_threads, **how) -> Report:
    """Run a plan into a folder, as `safepassage plan run` does, without pictures."""
    with ExperimentFolder(folder, **how) as store:
        report = execute(plan, model, store, executor=executor)
        store.finish(
            analyse(plan, store.runs_of(plan), None, store.collect(plan), report.failed), pictures=False
        )
        return report


def read_table(folder: Path) -> bytes:
    """Return the comparison's table, to the last digit that is written."""
    return (folder / "comparison.csv").read_bytes()


def check_runs(folder: Path, plan: Plan, missing: tuple[str, ...] = ()) -> None:
    """Assert that a finished folder holds every run of a plan once, but those that failed."""
    entries = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["runs"]
    names = [f"{e['interval_kind']}-{e['replicate']:04d}-{e['arm']}" for e in entries]
    assert names == [task.name for task in plan.tasks() if task.name not in missing]


def kept_runs(folder: Path) -> int:
    """Return how many runs an unfinished experiment keeps."""
    return len(list((folder.parent / f".{folder.name}.partial" / "runs").glob("*.parquet")))


def stalling_model(runs: int) -> Model:
    """The known model, but after so many runs it says so on stdout and waits until it is stopped or killed."""
    stop, lock, left = Event(), Lock(), [runs]

    def stall(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
        with lock:
            left[0] -= 1
            stalled = left[0] < 0
            if left[0] == -1:
                sys.stdout.write("stalled\n")
                sys.stdout.flush()
        if stalled:
            stop.wait(120)  # the test ends it long before
            raise InterruptedError
        return evaluate(scenario, seed, scale)

    return Model(stall, draw, None, stop)


def _stall_for(marks: Path, bad: frozenset[int], scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    if seed in bad:
        (marks / "stalled").write_text("yes", encoding="utf-8")
        Event().wait(120)  # the test ends it long before
    return evaluate(scenario, seed, scale)


def stalling_workers(marks: Path, *bad: int) -> Model:
    """The known model, but runs of some seeds do not come to their end; the first leaves a mark in a folder."""
    return Model(partial(_stall_for, marks, frozenset(bad)), draw)


def same_values(left: dict[object, np.ndarray], right: dict[object, np.ndarray]) -> bool:
    """Return whether two sets of values are the same to the last bit."""
    return left.keys() == right.keys() and all(
        np.array_equal(left[key], right[key], equal_nan=True) for key in left
    )


if __name__ == "__main__":  # the parent process of a test: FOLDER RUNS, or FOLDER MARKS "workers"
    import known_plans  # workers find functions there, not in a main program

    place = Path(sys.argv[1])
    if sys.argv[3:] == ["workers"]:
        from experiments.execution.cluster import DaskExecutor

        late = known_plan().tasks()[16].seed
        model = known_plans.stalling_workers(Path(sys.argv[2]), late)
        run_into(place, known_plan(), model, DaskExecutor(workers=2))
    else:
        run_into(place, known_plan(), stalling_model(int(sys.argv[2])))
