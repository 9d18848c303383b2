"""Runs units in this process, one to a core at a time: the kernels let other threads work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from experiments.execution.model import Model
from experiments.execution.units import Evaluated, Unit, evaluate_unit
from experiments.plan import Plan
from simulation.machine import n_cores

Keep = Callable[[Evaluated], None]


def run_in_threads(
    plan: Plan, model: Model, units: Iterator[Unit], keep: Keep, *, threads: int | None = None
) -> None:
    """Evaluate units and hand each to ``keep``, in the order in which they finish.

    Whatever ends it early stops the runs under way; those that finished meanwhile are still handed over.
    """
    pool = ThreadPoolExecutor(threads or n_cores(), thread_name_prefix="run")
    width = 2 * (threads or n_cores())  # as many again wait, so that no core does
    pending: set[Future[Evaluated]] = set()

    def take(done: set[Future[Evaluated]]) -> None:
        for future in tuple(done):  # gone only when kept: an interruption in between loses nothing
            keep(future.result())
            done.discard(future)

    done: set[Future[Evaluated]] = set()
    try:
        while True:
            while len(pending) < width and (unit := next(units, None)) is not None:
                pending.add(pool.submit(evaluate_unit, plan, model, unit))
            if not pending:
                break
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            take(done)
    except BaseException:
        if model.stop is not None:
            model.stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        for future in (*done, *pending):
            if not future.cancelled() and future.exception() is None:
                keep(future.result())
        raise
    pool.shutdown()
