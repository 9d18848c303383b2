"""Plans of a cheap model whose answers are known, importable by workers in other processes."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pandas as pd
from synthetic_runs import build_scenario

from experiments.execution.model import Model
from experiments.plan import Plan
from simulation.spec.models import Scenario

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)


def known_plan(replicates: int = 6, seed: int = 7, **more) -> Plan:
    """Two arms; as many runs with seeds alone."""
    return Plan(BASELINE, (VARIANT,), replicates, seed, 1.0, **more)


def evaluate(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    """Deaths follow the drawn risk, the enforcement and the seed, exactly."""
    risk = scenario.document.parameters.get("risk", 1.0)
    enforcement = sum(entry.intensity for entry in scenario.document.levers.border_enforcement)
    deaths = risk * (10.0 + 5.0 * enforcement) + seed % 7
    rows = [
        ("journeys_started", "all", "all", 1000.0),
        ("deaths", "all", "all", deaths),
        ("deaths", "leg", "main", deaths / 4),
        ("deaths_per_1000_journeys", "all", "all", deaths),
    ]
    frame = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
    return frame.assign(group_kind="all", group="all", n_simulated=100)


def draw(scenario: Scenario, seed: int, number: int, **options: object) -> Scenario:
    """Risks 1, 2, ..., 5 in turn."""
    document = scenario.document.model_copy(update={"parameters": {"risk": 1.0 + (number + seed) % 5}})
    return scenario.model_copy(update={"document": document})


KNOWN = Model(evaluate, draw)


def _raise_for(bad: frozenset[tuple[str, int]], scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    if (scenario.document.scenario, seed) in bad:
        raise FloatingPointError(f"people became negative\nin {scenario.document.scenario}")
    return evaluate(scenario, seed, scale)


def raising_model(*bad: tuple[str, int]) -> Model:
    """The known model, but some (arm, seed) raise."""
    return Model(partial(_raise_for, frozenset(bad)), draw)


def _die_for(bad: frozenset[tuple[str, int]], scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    if (scenario.document.scenario, seed) in bad:
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluate(scenario, seed, scale)


def deadly_model(*bad: tuple[str, int]) -> Model:
    """The known model, but some (arm, seed) kill the process that runs them, as a lack of memory would."""
    return Model(partial(_die_for, frozenset(bad)), draw)


def _die_once(marks: Path, bad: frozenset[int], scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
    mark = marks / f"{scenario.document.scenario}-{seed}"
    if seed in bad and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluate(scenario, seed, scale)


def frail_model(marks: Path, *bad: int) -> Model:
    """The known model, but runs of some seeds kill their process the first time; it leaves a mark in a folder."""
    return Model(partial(_die_once, marks, frozenset(bad)), draw)
