"""One run: a scenario, a seed and a scale in, a result out. What experiments and calibration call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from simulation.model import RouteModel
from simulation.provenance import provenance
from simulation.result import RunResult, read_request
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario
from simulation.world.policy import day_number

Progress = Callable[[int, int], None]


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    scale: float = 1.0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run a scenario to its last day.

    Args:
        scenario: A scenario, or the path of a scenario file or of a run folder (whose seed and scale then hold).
        seed: Seed of every draw; the scenario's own if None.
        scale: Share of people simulated, in (0, 1].
        threads: Number of threads; the result is the same for any.
        progress: Called after every day with (days done, days in all).

    Returns:
        The result; the same scenario, seed and scale give the same bits.

    Raises:
        ScenarioError: The scenario's files have problems; all are named.
        ValueError: scale or threads out of range.
    """
    if isinstance(scenario, (str, Path)):
        path = Path(scenario)
        if (path / "metadata.json").is_file():
            scenario, stored_seed, scale = read_request(path)
            seed = stored_seed if seed is None else seed
        else:
            scenario = load_scenario(path)
    model = RouteModel(scenario, seed=seed, scale=scale, threads=threads)
    _live_to(model, model.last_day, progress)
    return _result(model)


def run_arms(
    scenarios: Sequence[Scenario],
    since: date,
    *,
    seed: int,
    scale: float = 1.0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[RunResult]:
    """Run scenarios that are the same until ``since``, living the days before it once for all of them.

    Args:
        scenarios: Scenarios that differ only in levers and closures that hold from ``since`` on.
        since: First day on which they can differ, after the first day of the run.
        seed: Seed of every draw.
        scale: Share of people simulated, in (0, 1].
        threads: Number of threads; the results are the same for any.
        progress: As in ``run``, for each scenario in turn.

    Returns:
        One result a scenario, with the same bits as ``run`` of each.
    """
    trunk = RouteModel(scenarios[0], seed=seed, scale=scale, threads=threads)
    _live_to(trunk, day_number(since) - 1, progress)
    results = []
    for scenario in scenarios[1:]:
        model = trunk.fork(scenario)
        _live_to(model, model.last_day, progress)
        results.append(_result(model))
    _live_to(trunk, trunk.last_day, progress)
    return [_result(trunk), *results]


def _live_to(model: RouteModel, day: int, progress: Progress | None) -> None:
    n_days = model.last_day - model.first_day + 1
    while model.day < day:
        model.step()
        if progress is not None:
            progress(model.day - model.first_day + 1, n_days)


def _result(model: RouteModel) -> RunResult:
    streams, counts = model.routes.streams, model.counts()
    model.close()
    return RunResult(model.scenario, model.seed, model.scale, streams, counts, provenance())
