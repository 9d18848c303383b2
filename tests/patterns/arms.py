"""Short paired runs of the real map for the pattern tests: three months lived once, then fifteen months an arm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.dose_levers import Entries, add_entries
from simulation.model import RouteModel
from simulation.observables import summarise
from simulation.provenance import provenance
from simulation.result import RunResult
from simulation.spec.load import load_scenario
from simulation.spec.models import Period, Scenario
from simulation.world.rates import believed_deaths

SCALE = 0.02
SEED = 2014
SINCE = date(2014, 4, 1)
END = date(2015, 6, 30)
MAP = Path(__file__).parents[2] / "scenarios" / "central_mediterranean" / "baseline.yaml"
BLOC = ("SEN", "GMB", "GIN", "CIV", "GHA", "NGA", "MLI", "BFA", "NER")


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

    @property
    def daily(self) -> pd.DataFrame:
        """Legs entered by day (rows, dates) and leg."""
        flows = self.result.flows.pivot(index="day", columns="leg", values="people").fillna(0.0)
        return flows.set_axis(pd.to_datetime(flows.index))


def finish(model: RouteModel, since: date) -> Run:
    """Live a model to its last day."""
    while model.running:
        model.step()
    streams = model.routes.streams
    result = RunResult(model.scenario, model.seed, model.scale, streams, model.counts(), provenance())
    summary = summarise(result, since)
    return Run(result, summary[summary["group_kind"] == "all"])


@cache
def trunk(seed: int) -> RouteModel:
    """Return the base on the eve of SINCE: every arm of a seed goes on from here."""
    model = RouteModel(base(), seed=seed, scale=SCALE, threads=1)
    for _ in range((SINCE - base().document.period.start).days):
        model.step()
    return model


_RUNS: dict[tuple[int, str], Run] = {}


def arm(entries: Entries, seed: int = SEED) -> Run:
    """Return the run with some settings added from SINCE on; lived once."""
    key = (seed, repr(dict(entries)))
    if key not in _RUNS:
        model = trunk(seed).fork(add_entries(base(), entries, since=SINCE))
        _RUNS[key] = finish(model, SINCE)
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


# Margins: above 0 where a pattern holds ---
Margin = Callable[[Run, Run], float]


def rises(outcome: str, over: str | None = None) -> Margin:
    """Return a margin: change of an outcome, or of its ratio to another."""

    def value(run: Run) -> float:
        return run[outcome] / (run[over] if over else 1.0)

    return lambda before, after: value(after) - value(before)


def falls(outcome: str) -> Margin:
    """Return a margin: how far an outcome fell."""
    return lambda before, after: before[outcome] - after[outcome]


def is_diverted(before: Run, after: Run) -> float:
    """Return the relative fall at the monitoring point less three times that over the full cut."""
    fall = [
        1.0 - after.find("flow", "cut", [cut]) / before.find("flow", "cut", [cut])
        for cut in ("agadez_seguedine", "niger_north_cut")
    ]
    return fall[0] - 3.0 * max(fall[1], 0.0)


def deadlier_desert(before: Run, after: Run) -> float:
    """Return the rise of the chance of death in the desert: deaths to be expected of those who entered its legs.

    Expected, not counted, deaths per 1,000 crossings: fifty deaths in a short run would hide any change.
    """
    return _expected_desert_deaths(after) - _expected_desert_deaths(before)


def _expected_desert_deaths(run: Run) -> float:
    counts, legs = run.result.counts, base().legs
    desert = np.array([leg.mode == "desert" and leg.purpose == "irregular" for leg in legs])
    first = (SINCE - base().document.period.start).days
    days = pd.date_range(base().document.period.start, periods=counts.flow.shape[0])
    of_day = np.asarray((days.year - days[0].year) * 12 + days.month - days[0].month)  # rows of ``true``
    expected = (counts.flow[first:, desert] * counts.true[of_day[first:]][:, desert]).sum() / run.result.scale
    return float(1000.0 * expected / run["sahara_crossings"])


def fewer_arrests_in_bloc(before: Run, after: Run) -> float:
    """Return by how much arrests on legs that begin in the bloc fell."""
    country = {place.id: place.country for place in base().places}
    legs = [leg.id for leg in base().legs if country[leg.origin] in BLOC]
    return before.find("arrests", "leg", legs) - after.find("arrests", "leg", legs)


def belief_gap(run: Run) -> float:
    """Return the distance of what the uninformed believe from the true chance of death, over the true one."""
    table = run.result.beliefs
    of = table[(table["knowledge"] == "uninformed") & (table["month"] >= f"{SINCE:%Y-%m}")]
    return float(np.abs(of["perceived"] - of["true"]).sum() / of["true"].sum())


def settings(lever: str, **entry: object) -> Mapping[str, list[Mapping[str, object]]]:
    """Return one setting of one lever."""
    return {lever: [entry]}
