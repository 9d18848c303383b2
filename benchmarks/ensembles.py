"""How plans of many runs scale: one worker and two, time beside the runs themselves, memory, reading back.

Usage: python -m benchmarks.ensembles [--quick]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks import machine
from benchmarks.measured import ROOT, Result
from experiments.execution.cluster import DaskExecutor
from experiments.execution.execute import Executor, MemoryStore, RunStore, State, execute
from experiments.execution.model import Model, simulation_model
from experiments.execution.threads import run_in_threads
from experiments.execution.units import Unit, evaluate_unit, split_units
from experiments.folder import ExperimentFolder
from experiments.plan import Plan
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario

MAP = ROOT / "scenarios" / "central_mediterranean"
TINY = ROOT / "scenarios" / "tiny" / "fork"
BARS = {"speed_up": 1.8, "overhead_ms": 50.0}
_OUTCOMES = 40
_COUNTS_AT = 20
"""Memory is looked at so many times over a plan."""


def real_plan(replicates: int, scale: float) -> Plan:
    """Return the main comparison with arms that share no days, so that each run is a unit."""
    arms = [load_scenario(MAP / f"{name}.yaml") for name in ("baseline", "niger_enforcement_2016")]
    return Plan(arms[0], (arms[1],), replicates, 1, scale, seeds_only=0)


def small_plan(runs: int) -> Plan:
    """Return a plan of so many small runs."""
    arms = [load_scenario(TINY / f"{name}.yaml") for name in ("fork", "enforcement")]
    return Plan(arms[0], (arms[1],), runs // 2, 1, 1.0, seeds_only=0)


def evaluate_small(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    """Return a summary of 40 rows at once: what is left is all that a plan costs beside its runs."""
    names = [f"outcome_{k}" for k in range(_OUTCOMES)]
    rows = {"outcome": names, "scope_kind": "all", "scope": "all", "group_kind": "all", "group": "all"}
    return pd.DataFrame(rows).assign(value=float(seed % 1000), n_simulated=100)


def draw_nothing(scenario: Scenario, seed: int, number: int, **options: object) -> Scenario:
    """Return the scenario as it is."""
    return scenario


SMALL = Model(evaluate_small, draw_nothing)


class Clock:
    """Times what happens from the first run that finishes to the last: starting a cluster is no part of a run."""

    def __init__(self) -> None:
        self.begin, self.end, self.first, self.last = 0.0, 0.0, 0, 0

    def __call__(self, state: State) -> None:
        """Note a step of the plan."""
        self.end = time.perf_counter()
        if not self.begin:
            self.begin, self.first = self.end, state.finished
        self.last = state.finished

    @property
    def rate(self) -> float:
        """Runs a second."""
        return (self.last - self.first) / (self.end - self.begin)


def measure_rate(plan: Plan, model: Model, executor: Executor, store: RunStore | None = None) -> float:
    """Return runs a second of a plan."""
    clock = Clock()
    execute(plan, model, store or MemoryStore(), executor=executor, watch=clock)
    return clock.rate


def measure_scaling(replicates: int, scale: float) -> Result:
    """Return the rates of one and two workers, and of two threads of one process, taken in turn."""
    plan, found = real_plan(replicates, scale), {}
    model = simulation_model()
    model.evaluate(plan.baseline, 1, scale)  # compiled code is in the cache
    for name, executor in {
        "one worker": DaskExecutor(workers=1),
        "two workers": DaskExecutor(workers=2),
        "two threads": _Threads(2),
        "one thread": _Threads(1),
    }.items():
        print(f"  {name}", flush=True)
        found[name] = measure_rate(plan, model, executor)
    return {
        "runs_a_second": found,
        "speed_up": found["two workers"] / found["one worker"],
        "speed_up_threads": found["two threads"] / found["one thread"],
    }


class _Threads:
    def __init__(self, threads: int) -> None:
        self.threads = threads

    def __call__(self, plan: Plan, model: Model, units: Iterator[Unit], keep) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        run_in_threads(plan, model, units, keep, threads=self.threads)


def measure_overhead(runs: int) -> Result:
    """Return milliseconds a run that a plan takes beside the runs themselves, by executor, into a folder."""
    plan, found = small_plan(runs), {}
    begin = time.perf_counter()
    for unit in split_units(plan, SMALL, plan.tasks()):
        evaluate_unit(plan, SMALL, unit)
    alone = (time.perf_counter() - begin) / runs
    for name, executor in {"threads": run_in_threads, "two workers": DaskExecutor(workers=2)}.items():
        print(f"  {name}", flush=True)
        with tempfile.TemporaryDirectory() as place, ExperimentFolder(Path(place) / "out") as store:
            found[name] = 1e3 * max(1.0 / measure_rate(plan, SMALL, executor, store) - alone, 0.0)
    return {"alone_ms": 1e3 * alone, "overhead_ms": found}


def measure_memory(runs: int, workers: int) -> Result:
    """Return the memory of the process that starts a plan of small runs, over the plan, and the time to read it."""
    plan = small_plan(runs)
    mebibytes: list[float] = []

    def look(state: State) -> None:
        if state.finished % max(runs // _COUNTS_AT, 1) == 0:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            mebibytes.append(pages * resource.getpagesize() / 2**20)

    executor: Executor = DaskExecutor(workers=workers) if workers else run_in_threads
    with tempfile.TemporaryDirectory() as place, ExperimentFolder(Path(place) / "out") as store:
        begin = time.perf_counter()
        execute(plan, SMALL, store, executor=executor, watch=look)
        seconds = time.perf_counter() - begin
        code = (
            "import sys, time; from pathlib import Path\n"
            "from experiments.folder import ExperimentFolder; from benchmarks.ensembles import small_plan\n"
            "plan = small_plan(int(sys.argv[2])); begin = time.perf_counter()\n"
            "store = ExperimentFolder(Path(sys.argv[1])); values = store.collect(plan)\n"
            "assert values.value['total', 'fork'].shape[1] == plan.replicates\n"
            "print(time.perf_counter() - begin)"
        )
        store.__exit__(None, None, None)  # the reader takes the lock
        done = subprocess.run(
            [sys.executable, "-c", code, str(Path(place) / "out"), str(runs)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    return {
        "runs": runs,
        "seconds": seconds,
        "mebibytes": [round(number) for number in mebibytes],
        "growth_mebibytes": mebibytes[-1] - mebibytes[len(mebibytes) // 4],
        "reading_seconds": float(done.stdout),
    }


def measure(*, quick: bool) -> Result:
    """Return all measurements."""
    print("one worker and two")
    scaling = measure_scaling(*((6, 0.005) if quick else (20, 0.05)))
    print("time beside the runs")
    overhead = measure_overhead(400 if quick else 2000)
    print("memory and reading")
    memory = measure_memory(2000 if quick else 10_000, 2)
    return {"machine": machine.describe(), "scaling": scaling, "overhead": overhead, "memory": memory}


def main() -> None:
    """Measure and print; exit status 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description="Plans of many runs.")
    parser.add_argument("--quick", action="store_true", help="few runs: a few minutes")
    found = measure(quick=parser.parse_args().quick)
    print(json.dumps(found, indent=1))
    missed = (
        [f"{found['scaling']['speed_up']:.2f} times with two workers, bar {BARS['speed_up']}"]
        if found["scaling"]["speed_up"] < BARS["speed_up"]
        else []
    )
    missed += [
        f"{ms:.0f} ms a run beside the run by {name}, bar {BARS['overhead_ms']:.0f}"
        for name, ms in found["overhead"]["overhead_ms"].items()
        if ms > BARS["overhead_ms"]
    ]
    if missed:
        sys.exit("missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
