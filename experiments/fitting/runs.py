"""The runs of a fit: made like those of a plan, kept in its folder, read back as true cells."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import inspect
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import IO, Any

import numpy as np
import pandas as pd

from calibration.cells import Floats, ObservationModel
from calibration.observation import quantities
from calibration.space import Space
from experiments.design import Design
from experiments.execution.code import hash_model_code
from experiments.execution.execute import Executor, Report, Watch, execute
from experiments.execution.files import readable_errors
from experiments.execution.model import Model
from experiments.execution.store import RunFiles, StoredRuns
from experiments.execution.threads import run_in_threads
from experiments.execution.units import Failure
from experiments.plan import Plan, Task
from simulation.errors import ResultError
from simulation.spec.models import Scenario

TRUE = "true"
"""Column of what is kept of a run: the true number of every cell."""


class CellRuns:
    """Finished runs of one scenario in a folder, each as its true cells; one writer at a time, as a context manager.

    Raises:
        ResultError: The folder cannot be written, or another fit writes it.
    """

    def __init__(self, folder: Path, observation: ObservationModel) -> None:
        """Take the folder for this process."""
        self.folder = folder
        self.failures: list[Failure] = []
        with readable_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = (folder / "lock").open("w", encoding="utf-8")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise ResultError(f"{folder}: another fit is writing it") from None
            self.files = RunFiles(folder)
        self._code = _hash_code(observation)

    def __enter__(self) -> CellRuns:
        """Return the store."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others write."""
        self._lock.close()

    def find(self, plan: Plan) -> set[Task]:
        """Return the tasks whose runs of exactly this plan are kept."""
        return self.files.find({task: plan.fingerprint(task, self._code) for task in plan.tasks()})

    def write(self, plan: Plan, task: Task, summary: pd.DataFrame) -> None:
        """Keep the cells of a finished run."""
        with readable_errors(self.folder):
            self.files.write(task, plan.fingerprint(task, self._code), summary)

    def note_failure(self, failure: Failure) -> None:
        """Keep what is known of a run that failed."""
        self.failures.append(failure)
        task = failure.task
        with readable_errors(self.folder), (self.folder / "failed.csv").open("a", newline="") as file:
            csv.writer(file).writerow([task.name, task.seed, failure.reason, failure.trace])

    def read(self, plan: Plan, n_cells: int) -> Floats:
        """Return (n_replicates, n_cells) true cells; NaN where a run failed."""
        found = np.full((plan.replicates, n_cells), np.nan)
        for task, summary in StoredRuns(
            self.files, sorted(self.find(plan), key=lambda t: t.replicate)
        ).items():
            found[task.replicate] = summary[TRUE].to_numpy()
        return found


class MakeRuns:
    """Makes the runs that a fit asks for: ``calibration.engine.MapRuns``."""

    def __init__(  # noqa: PLR0913  each is a choice of its own
        self,
        scenario: Scenario,
        space: Space,
        observation: ObservationModel,
        store: CellRuns,
        *,
        scale: float,
        seed: int,
        executor: Executor = run_in_threads,
        watch: Watch | None = None,
    ) -> None:
        self._scenario, self._space, self._observation, self._store = scenario, space, observation, store
        self._scale, self._seed, self._executor, self._watch = scale, seed, executor, watch
        self.report: Report | None = None

    def __call__(self, uniforms: Floats) -> Floats:
        """Return (n, n_cells) true cells of runs at uniforms (n, n_fitted), making those that are not kept."""
        used = self._space.fitted
        members = tuple(names for names, is_used in zip(self._space.members, used, strict=True) if is_used)
        design = Design("training", self._space.fitted_factors, members, uniforms)
        plan = Plan(self._scenario, (), len(uniforms), self._seed, self._scale, design=design, seeds_only=0)
        model = cell_model(self._observation)
        self.report = execute(plan, model, self._store, executor=self._executor, watch=self._watch)
        return self._store.read(plan, len(self._observation.cells))


class _Measure:
    """Runs the simulation and counts its cells."""

    def __init__(self, observation: ObservationModel) -> None:
        self.observation = observation
        self.stop = Event()

    def __reduce__(self) -> tuple[Any, ...]:
        return _Measure, (self.observation,)

    def evaluate(self, scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
        from simulation.runner import run  # noqa: PLC0415 - numba and mesa only when something runs

        result = run(scenario, seed=seed, scale=scale, threads=1, progress=self._go_on)
        return pd.DataFrame({TRUE: self.observation.compute_true(result)})

    def draw(self, scenario: Scenario, seed: int, number: int, **options: Any) -> Scenario:  # noqa: ANN401
        from simulation.world.draws import draw_scenario  # noqa: PLC0415

        return draw_scenario(scenario, seed=seed, draw=number, **options)

    def _go_on(self, done: int, total: int) -> None:
        if self.stop.is_set():
            raise InterruptedError(f"stopped on day {done} of {total}")


def cell_model(observation: ObservationModel) -> Model:
    """Return what a run is to a fit: the simulation, and the true number of every cell."""
    measure = _Measure(observation)
    return Model(measure.evaluate, measure.draw, None, measure.stop)


def _hash_code(observation: ObservationModel) -> str:
    """Return a hash of all that decides the cells of a run, but scenario, draw, seed and scale."""
    cells = observation.cells
    digest = hashlib.sha256(hash_model_code().encode() + inspect.getsource(quantities).encode())
    digest.update(repr((cells.series, getattr(observation, "observes", None))).encode())
    for column in (cells.series_of, cells.start, cells.end):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
