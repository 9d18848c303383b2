"""A benchmark runs each measurement in a process of its own and reads one line of JSON from it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
_MARK = "RESULT "
Result = dict[str, Any]


class MeasurementError(Exception):
    """A measurement did not come to its end; the message says why, in a line."""


def tell(result: Result) -> None:
    """Print a result for ``ask`` to read."""
    print(_MARK + json.dumps(result), flush=True)


def ask(
    module: str, *arguments: object, python: Path | None = None, environment: dict[str, str] | None = None
) -> Result:
    """Run a module of this folder and return what it told.

    Args:
        module: Module under ``benchmarks``.
        arguments: Its command line.
        python: Interpreter; this one if None.
        environment: Variables to set.

    Raises:
        MeasurementError: It could not be started, or ended with an error.
    """
    command = [str(python or sys.executable), "-m", f"benchmarks.{module}", *map(str, arguments)]
    # One thread for libraries that bring their own; what is measured takes its threads from its arguments.
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    variables = os.environ | single | {"PYTHONPATH": str(ROOT)} | (environment or {})
    try:
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MeasurementError("its environment is not set up: run it by make bench") from error
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            found: Result = json.loads(line.removeprefix(_MARK))
            return found
    last = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()[-1]
    raise MeasurementError(last)


def interleave(jobs: dict[str, Callable[[], Result]], repeats: int) -> dict[str, list[Result] | str]:
    """Run jobs in turn, A B C A B C, and return every job's results; a job that fails gives its reason instead."""
    results: dict[str, list[Result] | str] = {name: [] for name in jobs}
    for turn in range(repeats):
        for name, job in jobs.items():
            so_far = results[name]
            if isinstance(so_far, str):
                continue
            print(f"  {turn + 1}/{repeats} {name}", flush=True)
            try:
                so_far.append(job())
            except MeasurementError as reason:
                results[name] = str(reason)
    return results


def median(results: Iterable[Result], key: str) -> float:
    """Return the median of a number over repeated results."""
    return statistics.median(float(result[key]) for result in results)


def span(results: Sequence[Result], key: str, unit: float, digits: int) -> str:
    """Return "median (lowest-highest)" of a number over repeated results, in a unit."""
    numbers = [float(result[key]) / unit for result in results]
    middle = f"{statistics.median(numbers):,.{digits}f}"
    return (
        middle if len(numbers) == 1 else f"{middle} ({min(numbers):,.{digits}f}-{max(numbers):,.{digits}f})"
    )
