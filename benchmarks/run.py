"""The whole benchmark: workload R on our engine and its peers, the full model, growth and start-up, and their report.

Usage: python -m benchmarks.run [--quick] [--only r route growth start history] [--out docs/validation]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine, report
from benchmarks.full_model import FOLDER
from benchmarks.measured import PEERS_PYTHON, ROOT, MeasurementError, Result, ask, interleave
from benchmarks.plan import FULL, QUICK, Case, Plan, RouteCase

_OWN_ENVIRONMENT = ("mesa_frames", "flee")  # peers that ask for an older NumPy than ours
PARTS = ("r", "route", "growth", "start", "history")


def _peer(case: Case) -> Result:
    python = PEERS_PYTHON if case.name in _OWN_ENVIRONMENT else None
    threads = {"POLARS_MAX_THREADS": str(case.threads)}
    return ask(
        "workload_r.one",
        case.name,
        case.people,
        "--threads",
        case.threads,
        python=python,
        environment=threads,
    )


def _route(case: RouteCase) -> Result:
    return ask("full_model", case.people, "--years", case.years, "--threads", case.threads)


def _measure_route(plan: Plan) -> dict[str, list[Result] | str]:
    found: dict[str, list[Result] | str] = {}
    for repeats in sorted({case.repeats for case in plan.route}):
        cases = [case for case in plan.route if case.repeats == repeats]
        found |= interleave({case.key: partial(_route, case) for case in cases}, repeats)
    return {case.key: found[case.key] for case in plan.route}


def history_seconds(scale: float = 1.0) -> float:
    """Return seconds of the history 2014-2022 by the command line, on all cores, run folder written."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            "run",
            str(FOLDER / "history.yaml"),
            "--out",
            str(Path(folder) / "run"),
            "--scale",
            str(scale),
        ]
        code = f"from experiments.cli import main; main({words!r})"
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise MeasurementError((done.stderr.strip() or "it failed").splitlines()[-1])
        return time.perf_counter() - begin


def _or_reason(measure: Callable[[], Result]) -> Result | str:
    try:
        return measure()
    except MeasurementError as reason:
        return str(reason)


def measure(plan: Plan, parts: list[str]) -> dict[str, Any]:
    """Return all results of a plan, part by part; a part that failed is the reason."""
    found: dict[str, Any] = {"mode": plan.name, "machine": machine.describe()}
    if "r" in parts:
        print("workload R")
        found["r"] = interleave({case.key: partial(_peer, case) for case in plan.peers}, plan.repeats)
    if "route" in parts:
        print("the full model on the real route")
        found["route"] = _measure_route(plan)
    if "growth" in parts:
        print("growth")
        sizes = (
            "--people",
            plan.growth_people,
            "--repeats",
            plan.growth_repeats,
            "--points",
            plan.growth_points,
        )
        found["growth"] = _or_reason(lambda: ask("growth", *sizes))
    if "start" in parts:
        print("start-up")
        found["start"] = _or_reason(lambda: ask("start_up", *(["--cold"] if plan.cold else [])))
    if "history" in parts and plan.history:
        print("the history 2014-2022 at scale 1, end to end")
        found["history"] = _or_reason(lambda: {"seconds": history_seconds()})
    return found


def main() -> None:
    """Measure, print the report and keep it."""
    parser = argparse.ArgumentParser(description="The whole benchmark.")
    parser.add_argument("--quick", action="store_true", help="few people, no repeats: a few minutes")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), help="some parts; nothing is kept"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "validation", help="folder of the report")
    of = parser.parse_args()
    begin = time.perf_counter()
    found = measure(QUICK if of.quick else FULL, of.only)
    text = report.page(found)
    print(text)
    if set(of.only) == set(PARTS):
        of.out.mkdir(parents=True, exist_ok=True)
        (of.out / "benchmarks.md").write_text(text, encoding="utf-8")
        report.append_history(of.out / "benchmarks_history.csv", found)
    print(f"{time.perf_counter() - begin:.0f} s in all")
    if wrong := report.faults(found):
        sys.exit(f"results that differ from the exact expectation: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
