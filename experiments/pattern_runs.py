"""Short paired runs of the real map for the patterns: three months lived once, then fifteen months an arm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from experiments.dose_levers import Entries, add_entries
from simulation.model import RouteModel
from simulation.observables import summarise
from simulation.provenance import provenance
from simulation.result import RunResult
from simulation.spec.load import load_scenario
from simulation.spec.models import Period, Scenario

SINCE = date(2014, 4, 1)
END = date(2015, 6, 30)
MAP = Path(__file__).parents[1] / "scenarios" / "central_mediterranean" / "baseline.yaml"


@cache
def base() -> Scenario:
    """Return the baseline, cut to END."""
    scenario = load_scenario(MAP)
    period = Period(start=scenario.document.period.start, departures_end=END, end=END)
    return scenario.model_copy(update={"document": scenario.document.model_copy(update={"period": period})})


@dataclass(frozen=True)
class Run:
    """What a run says from SINCE on."""

    result: RunResult
    summary: pd.DataFrame
    """Rows for everybody."""

    def __getitem__(self, outcome: str) -> float:
        """Return an outcome over the whole map."""
        return self.find(outcome, "all", ["all"])

    def find(self, outcome: str, kind: str, scopes: list[str]) -> float:
        """Return the sum of an outcome over some places, legs or cuts."""
        table = self.summary
        of = (table["outcome"] == outcome) & (table["scope_kind"] == kind) & table["scope"].isin(scopes)
        return float(table.loc[of, "value"].sum())


def live_trunk(scenario: Scenario, seed: int, scale: float) -> RouteModel:
    """Return a scenario on the eve of SINCE: every arm of a seed goes on from here."""
    model = RouteModel(scenario, seed=seed, scale=scale, threads=1)
    for _ in range((SINCE - scenario.document.period.start).days):
        model.step()
    return model


def live_arm(trunk: RouteModel, entries: Entries) -> Run:
    """Return the run that goes on from a trunk with some settings added from SINCE on."""
    return finish(trunk.fork(add_entries(trunk.scenario, entries, since=SINCE)), SINCE)


def finish(model: RouteModel, since: date) -> Run:
    """Live a model to its last day."""
    while model.running:
        model.step()
    streams = model.routes.streams
    result = RunResult(model.scenario, model.seed, model.scale, streams, model.counts(), provenance())
    summary = summarise(result, since)
    return Run(result, summary[summary["group_kind"] == "all"])
