"""The unit of work: the runs that are made together, evaluated the same way in any process."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from experiments.collect import EPISODES
from experiments.execution.model import Model
from experiments.plan import Plan, Task
from simulation.errors import printable

_TAIL_LINES = 12
_REASON_LENGTH = 300

Unit = tuple[Task, ...]
"""Runs of one kind and replicate: all arms that share days, else one."""


class Failure(NamedTuple):
    """A run that did not come to its end."""

    task: Task
    reason: str
    """One line."""
    trace: str
    """The last lines of the traceback; empty where the process died."""


class Evaluated(NamedTuple):
    """What became of a unit: every task of it is in one of the two."""

    finished: list[tuple[Task, pd.DataFrame]]
    failed: list[Failure]


def split_units(plan: Plan, model: Model, tasks: Iterable[Task]) -> Iterator[Unit]:
    """Return tasks as units of work, in order; a replicate's arms stand together in a plan's tasks."""
    shared = model.evaluate_arms is not None and plan.since is not None
    unit: list[Task] = []
    for task in tasks:
        if unit and not (shared and (task.kind, task.replicate) == (unit[0].kind, unit[0].replicate)):
            yield tuple(unit)
            unit = []
        unit.append(task)
    if unit:
        yield tuple(unit)


def evaluate_unit(plan: Plan, model: Model, unit: Unit) -> Evaluated:
    """Return the summaries of a unit, or why there are none.

    Arms that fail together are tried again one by one: the others of the replicate are not lost.

    Raises:
        InterruptedError: The model was told to stop.
    """
    try:
        frames = _evaluate(plan, model, unit)
    except Exception as error:
        if model.stop is not None and model.stop.is_set():
            raise InterruptedError from error
        if len(unit) == 1:
            return Evaluated([], [describe_failure(unit[0], error)])
        each = [evaluate_unit(plan, model, (task,)) for task in unit]
        return Evaluated(
            [pair for one in each for pair in one.finished], [bad for one in each for bad in one.failed]
        )
    return Evaluated([(t, _keep_outcomes(plan, f)) for t, f in zip(unit, frames, strict=True)], [])


def describe_failure(task: Task, error: BaseException) -> Failure:
    """Return a failure as words: a reason of one line and the end of the traceback."""
    trace = "".join(traceback.format_exception(error)).rstrip().splitlines()
    said = str(error).strip().splitlines()
    reason = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    return Failure(task, printable(reason)[:_REASON_LENGTH], "\n".join(trace[-_TAIL_LINES:]))


def _evaluate(plan: Plan, model: Model, unit: Unit) -> Sequence[pd.DataFrame]:
    scenarios = [plan.arms[task.arm] for task in unit]
    replicate = unit[0].replicate
    options = plan.draw_options(replicate, unit[0].kind)
    if options is not None:
        scenarios = [model.draw(scenario, plan.seed, replicate, **options) for scenario in scenarios]
    if len(unit) > 1 and model.evaluate_arms:
        return model.evaluate_arms(scenarios, unit[0].seed, plan.scale)
    return [model.evaluate(scenario, unit[0].seed, plan.scale) for scenario in scenarios]


def _keep_outcomes(plan: Plan, summary: pd.DataFrame) -> pd.DataFrame:
    """Return the outcomes that a plan keeps, and those that say how many people stand behind person-days."""
    if plan.outcomes is None:
        return summary
    wanted = {*plan.outcomes, *(EPISODES[name] for name in plan.outcomes if name in EPISODES)}
    return summary[summary["outcome"].isin(wanted)].reset_index(drop=True)
