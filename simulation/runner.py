"""One run: a scenario, a seed and a scale in, a result out. What experiments and calibration call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simulation.model import RouteModel
from simulation.provenance import provenance
from simulation.result import RunResult, read_request
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario


def run(
    scenario: Scenario | str | Path,
    *,
    seed: int | None = None,
    scale: float = 1.0,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
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
    n_days = model.last_day - model.first_day + 1
    for done in range(1, n_days + 1):
        model.step()
        if progress is not None:
            progress(done, n_days)
    return RunResult(scenario, model.seed, scale, model.routes.streams, model.counts(), provenance())
