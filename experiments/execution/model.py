"""What a run is: how a plan asks for numbers, here in this process or in a worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from threading import Event
from typing import Any, NamedTuple, Unpack

import pandas as pd

from experiments.plan import DrawOptions
from simulation.spec.models import Scenario


class Model(NamedTuple):
    """How a comparison asks for numbers; tests put a model with known answers here.

    A cluster sends it to its workers: the functions are then importable, or methods of objects that can be pickled.
    """

    evaluate: Callable[[Scenario, int, float], pd.DataFrame]
    """(scenario, seed, scale) -> tidy summary of one run."""
    draw: Callable[..., Scenario]
    """(scenario, seed, draw, **Plan.draw_options) -> the scenario with joint draw ``draw`` of its uncertain numbers."""
    evaluate_arms: Callable[[Sequence[Scenario], int, float], list[pd.DataFrame]] | None = None
    """The same for several scenarios at once, where days that they share need to be lived only once."""
    stop: Event | None = None
    """Set when the comparison is interrupted: runs under way in this process end at once; None: they end as they do."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without ``stop``: an event does not leave its process."""
        return Model, (self.evaluate, self.draw, self.evaluate_arms)


class _Simulation:
    """The real model; outcomes count from the month of ``since``."""

    def __init__(self, since: date | None) -> None:
        self.since = since
        self.stop = Event()

    def __reduce__(self) -> tuple[Any, ...]:
        return _Simulation, (self.since,)

    # numba and mesa are imported only when something runs.
    def evaluate(self, scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
        from simulation.observables import summarise  # noqa: PLC0415
        from simulation.runner import run  # noqa: PLC0415

        result = run(scenario, seed=seed, scale=scale, threads=1, progress=self._go_on)
        return summarise(result, self.since)

    def evaluate_arms(self, scenarios: Sequence[Scenario], seed: int, scale: float) -> list[pd.DataFrame]:
        from simulation.observables import summarise  # noqa: PLC0415
        from simulation.runner import run_arms  # noqa: PLC0415

        assert self.since is not None
        results = run_arms(scenarios, self.since, seed=seed, scale=scale, threads=1, progress=self._go_on)
        return [summarise(result, self.since) for result in results]

    def draw(self, scenario: Scenario, seed: int, number: int, **options: Unpack[DrawOptions]) -> Scenario:
        from simulation.world.draws import draw_scenario  # noqa: PLC0415

        return draw_scenario(scenario, seed=seed, draw=number, **options)

    def _go_on(self, done: int, total: int) -> None:
        if self.stop.is_set():
            raise InterruptedError(f"stopped on day {done} of {total}")


def simulation_model(since: date | None = None) -> Model:
    """Return the real model: one run of the simulation, one joint draw of its parameters."""
    real = _Simulation(since)
    return Model(real.evaluate, real.draw, real.evaluate_arms if since else None, real.stop)
