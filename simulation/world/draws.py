"""One joint draw of every uncertain number of a scenario, keyed by the number's name: arms of a comparison share it."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from simulation.kernels.rng import Stream, stream_key
from simulation.spec.models import Scenario, Strict
from simulation.world.routes import name_hash

Row = TypeVar("Row", bound=Strict)


def _uniform(seed: int, draw: int, name: str) -> float:
    key = [int(stream_key(seed, Stream.PARAMETERS)) ^ draw, name_hash(name, 64)]
    return float(np.random.Generator(np.random.Philox(key=key)).random())


def draw_between(u: float, low: float, high: float, *, log: bool) -> float:
    """Return the quantile u of the uniform, or log-uniform where ``log`` and low > 0, distribution on [low, high]."""
    if log and low > 0:
        return math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
    return low + u * (high - low)


def _redraw(row: Row, seed: int, draw: int, name: str, field: str) -> Row:
    prefix = f"{field}_" if hasattr(row, f"{field}_low") else ""
    low, high = getattr(row, f"{prefix}low"), getattr(row, f"{prefix}high")
    value = draw_between(_uniform(seed, draw, name), low, high, log=True)
    return row.model_copy(update={field: value})


def draw_scenario(scenario: Scenario, *, seed: int, draw: int) -> Scenario:
    """Return the scenario with risks, custody, streams, stocks, stays, relative risks and parameters drawn jointly.

    Args:
        scenario: A valid scenario. Its parameter overrides are choices, not uncertainties: they stay.
        seed: Seed of the comparison.
        draw: Number of the draw; the same (seed, draw) gives the same numbers in every scenario that has the names.

    Journeys of a stream share one draw over the years, so that a stream is large or small as a whole. Log-uniform
    between low and high where low > 0, else uniform; parameters say their distribution.
    """
    overridden = scenario.document.parameters
    parameters = tuple(
        p
        if p.name in overridden
        else p.model_copy(
            update={
                "value": draw_between(
                    _uniform(seed, draw, "parameter:" + p.name),
                    p.low,
                    p.high,
                    log=p.distribution == "loguniform",
                )
            }
        )
        for p in scenario.parameters
    )
    return scenario.model_copy(
        update={
            "parameters": parameters,
            "places": tuple(_redraw(p, seed, draw, f"stay:{p.kind}", "stay_days") for p in scenario.places),
            "risks": tuple(
                _redraw(r, seed, draw, f"risk:{r.zone}:{r.setting}:{r.outcome}", "value")
                for r in scenario.risks
            ),
            "vehicle_risks": tuple(
                _redraw(v, seed, draw, f"vehicle:{v.zone}:{v.quantity}", "value")
                for v in scenario.vehicle_risks
            ),
            "custody": tuple(
                _redraw(c, seed, draw, f"custody:{c.zone}:{c.setting}", "mean_days") for c in scenario.custody
            ),
            "streams": tuple(
                _redraw(s, seed, draw, f"stream:{s.stream}", "journeys") for s in scenario.streams
            ),
            "initial": tuple(
                _redraw(g, seed, draw, f"initial:{g.stream}", "people") for g in scenario.initial
            ),
            "relative_risks": tuple(
                _redraw(r, seed, draw, f"relative:{r.outcome}:{r.sex}:{r.age}", "value")
                for r in scenario.relative_risks
            ),
        }
    )
