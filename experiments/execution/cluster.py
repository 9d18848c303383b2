"""Runs units by Dask: a cluster started for this plan on this machine, or a running one by its address."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from experiments.execution.model import Model
from experiments.execution.threads import Keep
from experiments.execution.units import Evaluated, Failure, Unit
from experiments.plan import Plan
from simulation.errors import ResultError
from simulation.machine import n_cores

if TYPE_CHECKING:
    from distributed import Client, Future

UNITS_A_THREAD = 3
"""Units under way for each thread of the workers: the next ones are there when one ends, and no more are held."""
SECONDS_TO_FIRST_WORKER = 60.0
SECONDS_WITHOUT_WORKER = 3600.0
"""A queue may keep new workers waiting so long; then the plan ends, to be gone on with later."""
_SECONDS_BETWEEN_COUNTS = 5.0
_SECONDS_A_FETCH, _FETCHES = 3.0, 10  # a result is a megabyte at most
_ENVIRONMENT = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class DaskExecutor:
    """Evaluates units on Dask workers.

    Attributes:
        address: Of a running scheduler, as in tcp://10.0.0.1:8786; None: processes of this machine, one thread each,
            that only this machine can reach.
        workers: How many processes, if they are started here; None: one a core.
        connect_seconds: How long to wait for a scheduler to answer.
    """

    address: str | None = None
    workers: int | None = None
    connect_seconds: float = 20.0

    def __call__(self, plan: Plan, model: Model, units: Iterator[Unit], keep: Keep) -> None:
        """Evaluate all units and hand each to ``keep``.

        A unit whose workers die is run again; if they die again it waits until nothing else is under way and is run
        alone, arm by arm. Only what then takes its workers with it is a failed run: a neighbour never is.

        Raises:
            ResultError: The cluster cannot be reached, was lost, or would not give the same numbers.
        """
        with self._connect() as client:
            _Campaign(client, plan, model, keep).run(units)

    @contextmanager
    def _connect(self) -> Iterator[Client]:
        import dask  # noqa: PLC0415 - Dask only where it is asked for
        from distributed import Client, LocalCluster  # noqa: PLC0415

        if self.address is not None:
            try:
                client = Client(self.address, timeout=self.connect_seconds, set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                raise ResultError(f"{self.address}: no scheduler answers there ({error})") from error
            with client:
                yield client
            return
        settings = {
            "distributed.scheduler.allowed-failures": 1,
            # A worker that dies is started again by its nanny. After this time Dask looks whether it is there and
            # else gives its nanny up for good, also where it happens to be starting after another death.
            "distributed.deploy.lost-worker-timeout": "10 days",
        }
        with (
            dask.config.set(settings),
            LocalCluster(
                n_workers=self.workers or n_cores(),
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                # Without a dashboard the scheduler still serves its state; port 8787 may be somebody else's.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                memory_limit=0,  # the kernel's own limit holds; a pause at a share of it would stop runs for good
                silence_logs=60,
                env=_ENVIRONMENT,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


class _Campaign:
    """The units of a plan on their way through a cluster."""

    def __init__(self, client: Client, plan: Plan, model: Model, keep: Keep) -> None:
        self._client, self._plan, self._model, self._keep = client, plan, model, keep
        self._name = f"safepassage-{uuid.uuid4().hex}"
        self._under_way: dict[Future, Unit] = {}
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._suspects: list[Unit] = []  # their workers died: once more, alone
        self._width, self._counted = 0, 0.0

    def run(self, units: Iterator[Unit]) -> None:
        from experiments.execution.workers import Workplace, find_versions  # noqa: PLC0415

        self._await_workers()
        versions = find_versions()
        self._refuse_other_versions(versions)
        self._client.register_plugin(Workplace(self._name, self._plan, self._model, versions))
        try:
            self._drive(units)
            # Nothing else is under way from here on, so nobody else can be to blame.
            for suspect in self._suspects:
                for task in suspect:
                    self._submit((task,))
                    while self._under_way:
                        self._take(self._next_ended(), alone=True)
        except BaseException:
            self._abandon()
            raise
        finally:
            if self._client.status == "running":
                self._client.unregister_worker_plugin(self._name)

    def _drive(self, units: Iterator[Unit]) -> None:
        while True:
            while len(self._under_way) < self._count_places() and (unit := next(units, None)) is not None:
                self._submit(unit)
            if not self._under_way:
                return
            self._take(self._next_ended())

    def _submit(self, unit: Unit) -> None:
        from experiments.execution.workers import evaluate_here  # noqa: PLC0415

        key = f"{unit[0].name}-{uuid.uuid4().hex}"
        future = self._client.submit(evaluate_here, self._name, unit, key=key, pure=False)
        self._under_way[future] = unit
        future.add_done_callback(self._ended.put)

    def _next_ended(self) -> Future:
        """Return the next unit that ends; a cluster may be without workers for a while, but not without an end."""
        waited = 0.0
        while True:
            try:
                return self._ended.get(timeout=_SECONDS_BETWEEN_COUNTS)
            except Empty:
                waited = 0.0 if self._client.nthreads() else waited + _SECONDS_BETWEEN_COUNTS
            if waited >= SECONDS_WITHOUT_WORKER:
                raise ResultError(
                    f"the cluster has had no worker for {waited:.0f} seconds; finished runs are kept"
                )

    def _take(self, future: Future, *, alone: bool = False) -> None:
        """Hand over what a unit gave, or remember that it took its workers with it."""
        from distributed import KilledWorker  # noqa: PLC0415

        from experiments.execution.workers import MismatchError  # noqa: PLC0415

        unit = self._under_way[future]  # until it is kept: an interruption in between loses nothing
        try:
            evaluated: Evaluated | None = self._fetch(future)
        except MismatchError as error:
            raise ResultError(f"a worker of the cluster differs from this process: {error}") from None
        except KilledWorker:
            if not alone:
                self._suspects.append(self._under_way.pop(future))
                return
            reason = (
                "its worker process died each time it was run (out of memory, or a crash in compiled code)"
            )
            evaluated = Evaluated([], [Failure(task, reason, "") for task in unit])
        except CancelledError:
            message = f"the cluster was lost while {unit[0].name} was under way; finished runs are kept"
            raise ResultError(message) from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise ResultError(f"the cluster could not run {unit[0].name}: {reason}") from error
        if evaluated is None:
            self._submit(unit)
        else:
            self._keep(evaluated)
        del self._under_way[future]

    def _fetch(self, future: Future) -> Evaluated | None:
        """Return a result; None if its worker died with it.

        Dask would make it again by itself, but may wait for ever where workers die in quick succession.
        """
        for _ in range(_FETCHES):
            if future.status in ("pending", "lost"):
                return None
            try:
                evaluated: Evaluated = future.result(timeout=_SECONDS_A_FETCH)
            except TimeoutError:
                continue
            return evaluated
        return None

    def _abandon(self) -> None:
        """Stop what is under way; what finished meanwhile is handed over."""
        if self._client.status != "running":
            return
        self._client.cancel([future for future in self._under_way if future.status == "pending"])
        for future in list(self._under_way):
            if future.status == "finished" and (evaluated := self._fetch(future)) is not None:
                self._keep(evaluated)

    def _count_places(self) -> int:
        """Return how many units may be under way: workers come and go, so look now and then."""
        now = time.monotonic()
        if now - self._counted > _SECONDS_BETWEEN_COUNTS:
            threads = sum(self._client.nthreads().values())
            self._width, self._counted = max(2, UNITS_A_THREAD * threads), now
        return self._width

    def _await_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=SECONDS_TO_FIRST_WORKER)
        except TimeoutError as error:
            raise ResultError(
                f"the cluster has had no worker for {SECONDS_TO_FIRST_WORKER:.0f} seconds; start some, then repeat"
            ) from error

    def _refuse_other_versions(self, wanted: dict[str, str]) -> None:
        from experiments.execution.workers import compare_versions, find_versions  # noqa: PLC0415

        found: dict[str, Any] = self._client.run(find_versions, on_error="return")
        for address, versions in found.items():
            if not isinstance(versions, dict):
                raise ResultError(f"the worker at {address} cannot run Safe Passage: {versions}")
            if reason := compare_versions(wanted, versions):
                raise ResultError(f"the worker at {address} differs from this process: {reason}")
