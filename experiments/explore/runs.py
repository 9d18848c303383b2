"""One quick pair of runs in a thread of its own, with progress to look at and a way to stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType

from experiments.explore.dials import Choice, apply
from experiments.explore.look import Look, compare_runs
from simulation.errors import SafePassageError
from simulation.result import RunResult
from simulation.spec.models import Scenario

_ONE_AT_A_TIME = threading.Lock()
"""Pages of one server take turns: the compiled kernels share their threads."""


class Phase(Enum):
    """How far a pair of runs is."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    start: str
    """Name of the scenario to start from."""
    since: date
    choice: Choice = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class State:
    """What the page shows of a pair of runs."""

    phase: Phase = Phase.IDLE
    request: Request | None = None
    done: float = 0.0
    """Share of the days of both runs that are simulated."""
    look: Look | None = None
    error: str = ""


class _StoppedError(Exception):
    """Ends a run from its own progress."""


class Runner:
    """Runs one request at a time in the background; the page reads ``state`` whenever it likes."""

    def __init__(self, scenarios: Mapping[str, Scenario], scale: float) -> None:
        """Take the scenarios to start from, by name, and the share of people simulated, in (0, 1]."""
        self.state = State()
        self._scenarios = scenarios
        self._scale = scale
        self._baselines: dict[str, RunResult] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, request: Request) -> None:
        """Begin a request; one that is under way goes on and this one is not taken."""
        if self.state.phase is Phase.RUNNING:
            return
        self._stop.clear()
        self.state = State(Phase.RUNNING, request)
        self._thread = threading.Thread(target=self._run, args=(request,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the request that is under way, at its next day."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> State:
        """Wait until the request under way has ended, and return how."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.state

    def _run(self, request: Request) -> None:
        try:
            with _ONE_AT_A_TIME:
                look = self._look(request)
            self.state = State(Phase.DONE, request, 1.0, look)
        except _StoppedError:
            self.state = State(Phase.STOPPED, request)
        except SafePassageError as error:
            self.state = State(Phase.FAILED, request, error=str(error))
        except Exception as error:  # the page must not wait for ever for a thread that has ended
            logging.getLogger(__name__).exception("a run of the explore page failed")
            self.state = State(Phase.FAILED, request, error=f"{type(error).__name__}: {error}")

    def _look(self, request: Request) -> Look:
        from simulation.observables import summarise  # noqa: PLC0415 - numba only when something runs

        scenario = self._scenarios[request.start]
        halves = 1 if request.start in self._baselines else 2
        if halves == 2:
            self._baselines[request.start] = self._simulate(scenario, request, 0, halves)
        changed = self._simulate(apply(scenario, request.choice, request.since), request, halves - 1, halves)
        return compare_runs(
            summarise(self._baselines[request.start], request.since), summarise(changed, request.since)
        )

    def _simulate(self, scenario: Scenario, request: Request, before: int, halves: int) -> RunResult:
        """Run a scenario with its own seed: the same people and luck whatever the levers."""
        from simulation.runner import run  # noqa: PLC0415

        def progress(day: int, days: int) -> None:
            if self._stop.is_set():
                raise _StoppedError
            self.state = State(Phase.RUNNING, request, (before + day / days) / halves)

        seed = self._scenarios[request.start].document.seed
        return run(scenario, seed=seed, scale=self._scale, threads=1, progress=progress)
