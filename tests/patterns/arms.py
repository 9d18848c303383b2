"""Short paired runs of the real map for the pattern tests, each lived once."""

from __future__ import annotations

from functools import cache

import numpy as np

from experiments.dose_levers import Entries, add_entries
from experiments.pattern_runs import Run, base, live_arm, live_trunk
from simulation.model import RouteModel
from simulation.world.rates import believed_deaths

SCALE = 0.02
SEED = 2014
_RUNS: dict[tuple[int, str], Run] = {}


@cache
def trunk(seed: int) -> RouteModel:
    """Return the base on the eve of SINCE: every arm of a seed goes on from here."""
    return live_trunk(base(), seed, SCALE)


def arm(entries: Entries, seed: int = SEED) -> Run:
    """Return the run with some settings added from SINCE on; lived once."""
    key = (seed, repr(dict(entries)))
    if key not in _RUNS:
        _RUNS[key] = live_arm(trunk(seed), entries)
    return _RUNS[key]


def death_chances(name: str, value: float, entries: Entries) -> np.ndarray:
    """Return the true chance of death on each leg on the first day, with one parameter and some settings."""
    start = base().document.period.start
    scenario = add_entries(base(), entries, since=start)
    assert name in {row.name for row in scenario.parameters}
    rows = tuple(
        row.model_copy(update={"value": value}) if row.name == name else row for row in scenario.parameters
    )
    model = RouteModel(scenario.model_copy(update={"parameters": rows}), seed=SEED, scale=0.001, threads=1)
    model.step()
    return believed_deaths(model.routes, model.settings, model.outlook)[1]
