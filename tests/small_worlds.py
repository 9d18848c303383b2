"""Small scenarios, the rows they are made of, and what tests compare of a run; shared by the tests of the model."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation import RouteModel, load_scenario
from simulation.kernels.layout import DEMOGRAPHICS, EVENTS, I64, LIFE, Event, Status
from simulation.spec.models import (
    Closure,
    Composition,
    Coupling,
    Leg,
    Levers,
    Period,
    Place,
    Risk,
    Scenario,
    Stream,
)

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FALSE_ALARM = 1e-6  # per statistical test; seeds are fixed, so a red test is a real change
UNCERTAIN = {"derivation": "test map", "source": "assumed: test map", "confidence": "assumed"}
SAID = {"source": "assumed: test map", "confidence": "assumed"}
FIRST = datetime.date(2015, 1, 1)


# Scenarios ---
@cache
def tiny(name: str) -> Scenario:
    """Return one of the shipped tiny maps: line, fork or sea."""
    return load_scenario(SCENARIOS / "tiny" / name / f"{name}.yaml")


@cache
def route(days: int = 180) -> Scenario:
    """Return the real baseline, cut to its first days; its levers and closures as they are."""
    whole = load_scenario(SCENARIOS / "central_mediterranean" / "baseline.yaml")
    end = whole.document.period.start + datetime.timedelta(days=days - 1)
    return changed(whole, period=Period(start=whole.document.period.start, departures_end=end, end=end))


def changed(scenario: Scenario, **document: Any) -> Scenario:
    """Return the scenario with keys of its document replaced."""
    return scenario.model_copy(update={"document": scenario.document.model_copy(update=document)})


def with_levers(scenario: Scenario, **levers: list[dict[str, Any]]) -> Scenario:
    """Return the scenario with some levers replaced by settings as an author writes them."""
    kept = {
        name: getattr(scenario.document.levers, name) for name in Levers.model_fields if name not in levers
    }
    return changed(scenario, levers=Levers.model_validate(levers).model_copy(update=kept))


def uncoupled(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing that ties people to each other."""
    return changed(scenario, coupling=Coupling(**dict.fromkeys(Coupling.model_fields, False)))


def closing(scenario: Scenario, *legs: str, start: datetime.date | None = None) -> Scenario:
    """Return the scenario with legs closed from a day on."""
    closures = (*scenario.document.closures, Closure(legs=legs, start=start))
    return changed(scenario, closures=closures)


# Runs ---
def lived(scenario: Scenario, **options: Any) -> RouteModel:
    """Return a model that has lived all its days."""
    model = RouteModel(scenario, **options)
    while model.running:
        model.step()
    return model


def everybody(model: RouteModel) -> pd.DataFrame:
    """Return every column of everybody, by who, with names in place of numbers of rows of the tables."""
    life = model.people.life
    named = {"cell", "group"}
    columns = {name: life[name] for name in LIFE.names or () if name not in named}
    columns |= {"due": model.people.due, "bound": model.people.bound}
    columns["status"] = model.cell_status[life["cell"]]
    places = np.array([model.location_of(c) for c in range(model.cell_status.size)])
    columns["location"] = places[life["cell"]]
    columns["stream"] = np.array(model.routes.streams)[life["group"] // DEMOGRAPHICS]
    columns["demographic"] = life["group"] % DEMOGRAPHICS
    return pd.DataFrame(columns, index=pd.Index(model.people.who, name="who")).sort_index()


def counted(model: RouteModel) -> list[np.ndarray[Any, Any]]:
    """Return all counts of a finished run as arrays."""
    counts = model.counts()
    return [getattr(counts, name) for name in counts.__dataclass_fields__]


def same_counts(one: RouteModel, other: RouteModel) -> bool:
    """Return whether two finished runs counted the same, to the last bit."""
    return all(np.array_equal(a, b) for a, b in zip(counted(one), counted(other), strict=True))


def counted_so_far(model: RouteModel) -> I64:
    """Return (C, G, EVENTS) events since the first day, the month that is open included."""
    total = np.moveaxis(model.recorder.tally.events.sum(axis=0), 0, 2).astype(np.int64)
    for _, cell, group, kind, count in model.recorder._events:
        np.add.at(total, (cell, group, kind), count)
    assert total.shape == (model.cell_status.size, model.routes.n_groups, EVENTS)
    return total


def events_so_far(model: RouteModel) -> I64:
    """Return (C, EVENTS) events since the first day, the month that is open included."""
    return counted_so_far(model).sum(axis=1)


def by_event(model: RouteModel) -> dict[Event, I64]:
    """Return events of a finished run, by cell."""
    counts = model.counts()
    table = np.zeros((len(Event), model.cell_status.size), np.int64)
    np.add.at(table, (counts.event_kind, counts.event_cell), counts.event_count)
    return {event: table[event] for event in Event}


# Rows ---
def place(name: str, kind: str, country: str = "NER", capacity: float = 1.0, stay: float = 3.0) -> Place:
    """Return a place of a test map; its zone of custody is jail, its zone of risk town (open_sea at sea)."""
    return Place(
        id=name, name=name.title(), country=country, latitude=0, longitude=0, kind=kind,
        risk_zone="open_sea" if kind == "sea_zone" else "town", custody_zone="jail",
        stay_days=stay, stay_days_low=stay, stay_days_high=stay, service_capacity=capacity,
        coord_source="assumed: test map", coord_confidence="assumed", **SAID,
    )  # fmt: skip


def leg(origin: str, destination: str, mode: str = "paved", *, name: str = "", **fields: Any) -> Leg:
    """Return a leg of a test map; its zone of risk is called as its mode."""
    given = {
        "purpose": "irregular", "control": "main", "days_low": 0.5, "days_mode": 1.5, "days_high": 4.0,
        "price_low": 10.0, "price_high": 40.0, "vehicle_capacity": 0, "risk_zone": mode,
    } | fields  # fmt: skip
    return Leg(
        id=name or f"{origin}_{destination}", origin=origin, destination=destination, mode=mode,
        distance_km=100, distance_basis="test map", days_basis="test map", price_basis="test map",
        **given, **SAID,
    )  # fmt: skip


def risk(zone: str, setting: str, outcome: str, value: float) -> Risk:
    """Return a hazard a day."""
    number = {"value": value, "low": value, "high": value, "unit": "per_day"}
    return Risk(zone=zone, setting=setting, outcome=outcome, **number, **UNCERTAIN)


def stream(name: str, start: str, journeys: float, intends: tuple[float, ...]) -> tuple[Stream, Composition]:
    """Return a stream of 2015 and its composition; intends: europe, north_africa, region, circular."""
    entry = Stream(stream=name, place=start, nationality="NER", year=2015, journeys=journeys,
                   journeys_low=journeys, journeys_high=journeys, **UNCERTAIN)  # fmt: skip
    europe, north_africa, region, circular = intends
    people = Composition(stream=name, female=0.4, child=0.4, unaccompanied=0.5, europe=europe,
                         north_africa=north_africa, region=region, circular=circular,
                         **UNCERTAIN)  # fmt: skip
    return entry, people


ALIVE = [s for s in Status if Status.WAITING <= s <= Status.DETAINED]
