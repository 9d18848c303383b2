"""Runs all of a plan that is not finished yet: one front for threads and clusters, one writer of results."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import pandas as pd

from experiments.collect import Values, collect_values
from experiments.execution.model import Model
from experiments.execution.threads import Keep, run_in_threads
from experiments.execution.units import Evaluated, Failure, Unit, split_units
from experiments.plan import Plan, Task
from simulation.errors import ResultError

STOP_AFTER = 20
"""So many failed runs before any finished: the plan is at fault, not a run."""


class Executor(Protocol):
    """Where units are evaluated."""

    def __call__(self, plan: Plan, model: Model, units: Iterator[Unit], keep: Keep, /) -> None:
        """Evaluate all units and hand each to ``keep``; take no more of them than are soon begun."""
        ...


class RunKeeper(Protocol):
    """Where finished runs are kept, so that an interrupted plan can go on."""

    def find(self, plan: Plan) -> set[Task]:
        """Return the tasks whose runs of exactly this plan are kept."""
        ...

    def write(self, plan: Plan, task: Task, summary: pd.DataFrame) -> None:
        """Keep the summary of a finished run."""
        ...

    def note_failure(self, failure: Failure) -> None:
        """Keep what is known of a run that failed."""
        ...


class RunStore(RunKeeper, Protocol):
    """A keeper that gives summaries back."""

    def collect(self, plan: Plan) -> Values:
        """Return the values of all finished runs side by side."""
        ...

    def runs_of(self, plan: Plan) -> Mapping[Task, pd.DataFrame]:
        """Return the summaries of all finished runs, in the order of the plan."""
        ...


class MemoryStore:
    """Keeps summaries in memory: for comparisons that are not written down."""

    def __init__(self) -> None:
        self.runs: dict[Task, pd.DataFrame] = {}

    def find(self, plan: Plan) -> set[Task]:
        """Return what is kept."""
        return set(self.runs)

    def write(self, plan: Plan, task: Task, summary: pd.DataFrame) -> None:
        """Keep a summary."""
        self.runs[task] = summary

    def note_failure(self, failure: Failure) -> None:
        """Nothing: the report names it."""

    def collect(self, plan: Plan) -> Values:
        """Return the values of all finished runs side by side."""
        return collect_values(self.runs_of(plan), plan.tasks())

    def runs_of(self, plan: Plan) -> Mapping[Task, pd.DataFrame]:
        """Return the summaries in the order of the plan."""
        return {task: self.runs[task] for task in plan.tasks() if task in self.runs}


class State(NamedTuple):
    """How far a plan is."""

    finished: int
    """Runs that are kept, earlier ones included."""
    failed: int
    total: int
    earlier: int
    """Runs that were kept before this start."""


Watch = Callable[[State], None]


class Report(NamedTuple):
    """What became of a plan's runs."""

    finished: int
    earlier: int
    """Of these, runs that an earlier start had finished."""
    failed: tuple[Failure, ...]

    def lines(self) -> list[str]:
        """Return the failed runs in words, one a line."""
        return say_failures(self.failed, self.finished + len(self.failed))


def say_failures(failed: Sequence[Failure], total: int) -> list[str]:
    """Return failed runs in words, one a line; nothing where none failed."""
    if not failed:
        return []
    head = f"{len(failed)} of {total} runs failed; their pairs are left out"
    each = [f"  {bad.task.name} (seed {bad.task.seed}): {bad.reason}" for bad in failed]
    return [head, *each[:STOP_AFTER], *(["  ..."] if len(each) > STOP_AFTER else [])]


def execute(
    plan: Plan,
    model: Model,
    store: RunKeeper,
    *,
    executor: Executor = run_in_threads,
    watch: Watch | None = None,
) -> Report:
    """Run every task of a plan that the store does not hold; the numbers do not depend on where or how many at once.

    Runs that raise, or that kill their worker again and again, are noted as failed and the rest goes on. Ctrl-C and
    SIGTERM end it; runs that finished until then are kept.

    Raises:
        ResultError: No run finished and STOP_AFTER or all of them failed, or the store cannot be written.
    """
    tasks = plan.tasks()
    found = store.find(plan)
    earlier, failed, finished = len(found), list[Failure](), len(found)

    def say() -> None:
        if watch:
            watch(State(finished, len(failed), len(tasks), earlier))

    def keep(evaluated: Evaluated) -> None:
        nonlocal finished
        for task, summary in evaluated.finished:
            store.write(plan, task, summary)
            finished += 1
        for bad in evaluated.failed:
            store.note_failure(bad)
            failed.append(bad)
        say()
        if not finished and len(failed) >= STOP_AFTER:
            raise ResultError(_say_all_failed(failed))

    if found:
        say()
    with _stop_on_sigterm():
        executor(plan, model, split_units(plan, model, (task for task in tasks if task not in found)), keep)
    if not finished:
        raise ResultError(_say_all_failed(failed))
    order = {task: number for number, task in enumerate(tasks)}
    return Report(finished, earlier, tuple(sorted(failed, key=lambda bad: order[bad.task])))


def _say_all_failed(failed: list[Failure]) -> str:
    first = failed[0]
    return (
        f"no run finished: all of the first {len(failed)} failed. The first was {first.task.name} "
        f"(seed {first.task.seed}): {first.reason}\n{first.trace}"
    ).rstrip()


@contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Let SIGTERM, by which schedulers end a job, stop like Ctrl-C; only the main thread can listen."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt("SIGTERM")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
