"""Small scenarios, random worlds, and what tests compare of a run; shared by the tests of the model."""

from __future__ import annotations

import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from simulation import RouteModel, load_scenario
from simulation.kernels.layout import DEMOGRAPHICS, EVENTS, HARMS, I64, LIFE, Status
from simulation.spec.models import (
    Closure,
    Composition,
    Coupling,
    Custody,
    Document,
    InitialGroup,
    Leg,
    Levers,
    Period,
    Place,
    RelativeRisk,
    Risk,
    Scenario,
    Stream,
    VehicleRisk,
)
from simulation.world.routes import OUTCOMES

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FALSE_ALARM = 1e-6  # per statistical test; seeds are fixed, so a red test is a real change
_UNCERTAIN = {"derivation": "test map", "source": "assumed: test map", "confidence": "assumed"}
_SAID = {"source": "assumed: test map", "confidence": "assumed"}
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
    return changed(scenario, coupling=Coupling(vehicles=False, services=False, pathways=False))


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


def events_so_far(model: RouteModel) -> I64:
    """Return (C, EVENTS) events since the first day, the month that is open included."""
    total = model.recorder.tally.events.sum(axis=(0, 2)).astype(np.int64)
    for _, cell, _, kind, count in model.recorder._events:
        np.add.at(total, (cell, kind), count)
    assert total.shape == (model.cell_status.size, EVENTS)
    return total


# Random worlds ---
def place(name: str, kind: str, country: str = "NER", capacity: float = 1.0, stay: float = 3.0) -> Place:
    """Return a place of a test map; its zone of custody is jail, its zone of risk town (open_sea at sea)."""
    return Place(
        id=name, name=name.title(), country=country, latitude=0, longitude=0, kind=kind,
        risk_zone="open_sea" if kind == "sea_zone" else "town", custody_zone="jail",
        stay_days=stay, stay_days_low=stay, stay_days_high=stay, service_capacity=capacity,
        coord_source="assumed: test map", coord_confidence="assumed", **_SAID,
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
        **given, **_SAID,
    )  # fmt: skip


def risk(zone: str, setting: str, outcome: str, value: float) -> Risk:
    """Return a hazard a day."""
    number = {"value": value, "low": value, "high": value, "unit": "per_day"}
    return Risk(zone=zone, setting=setting, outcome=outcome, **number, **_UNCERTAIN)


def stream(name: str, start: str, journeys: float, intends: tuple[float, ...]) -> tuple[Stream, Composition]:
    """Return a stream of 2015 and its composition; intends: europe, north_africa, region, circular."""
    entry = Stream(stream=name, place=start, nationality="NER", year=2015, journeys=journeys,
                   journeys_low=journeys, journeys_high=journeys, **_UNCERTAIN)  # fmt: skip
    europe, north_africa, region, circular = intends
    people = Composition(stream=name, female=0.4, child=0.4, unaccompanied=0.5, europe=europe,
                         north_africa=north_africa, region=region, circular=circular,
                         **_UNCERTAIN)  # fmt: skip
    return entry, people


class World(Scenario):
    """A random scenario; it is too long to be shown when a property fails."""

    def __repr__(self) -> str:
        """Return a short description."""
        return f"<random world of {len(self.legs)} legs, {self.document.levers!r}>"


shares = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])
_dates = st.integers(0, 80).map(lambda days: (FIRST + datetime.timedelta(days=days)).isoformat())


@st.composite
def _lever_sets(draw: DrawFn) -> Levers:
    """Return settings of every lever, each with some chance, over some days and some of the map."""
    scope = st.sampled_from([{}, {}, {"countries": ["NER"]}, {"places": ["hub0"]}, {"places": ["zone"]}])

    def entries(least: int = 0, **keys: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
        setting = st.fixed_dictionaries(keys, optional={"from": _dates})
        return [
            entry | {"scope": draw(scope)} for entry in draw(st.lists(setting, min_size=least, max_size=2))
        ]

    found = {
        "border_enforcement": entries(intensity=shares),
        "legal_pathways": entries(quota_factor=st.sampled_from([0.0, 0.5, 3.0]), acceptance=shares),
        "detention": entries(after_arrest=shares, children=st.booleans(),
                             time_limit=st.sampled_from(["1 day", "5 days", "0.5 months"])),
        "services": entries(capacity_factor=st.sampled_from([0.0, 0.3, 4.0])),
        "search_and_rescue": entries(coverage=shares),
        "interception": entries(1, intensity=st.sampled_from([1.0, 0.0, 0.5])),
    }  # fmt: skip
    return Levers.model_validate(found)


@st.composite
def worlds(draw: DrawFn) -> World:
    """Return a small random map by land and sea, harsh, lived for some months under random levers."""
    hubs = [f"hub{i}" for i in range(draw(st.integers(1, 3)))]
    kinds = st.sampled_from(["hub", "desert_waypoint", "border_post", "detention_hub"])
    capacities = st.sampled_from([0.0, 0.3, 1.0, 2.5])
    places = [place("home", "origin", capacity=draw(capacities))]
    places += [place(h, draw(kinds), draw(st.sampled_from(["NER", "LBY"])), draw(capacities)) for h in hubs]
    places += [place("coast", "coastal_departure", "LBY", draw(capacities)), place("zone", "sea_zone", "LBY")]
    places += [place("europe", "destination", "ITA")]
    land = ["home", *hubs, "coast"]
    chain = list(pairwise(land))
    extra = draw(st.lists(st.tuples(st.sampled_from(land), st.sampled_from(land)), max_size=3))
    modes = st.sampled_from(["paved", "unpaved", "desert"])
    legs = []
    for i, (origin, destination) in enumerate([*chain, *((a, b) for a, b in extra if a != b)]):
        mode = draw(modes)
        capacity = draw(st.sampled_from([0, 3, 20])) if mode == "desert" else 0
        control = draw(st.sampled_from(["main", "bypass"]))
        legs.append(
            leg(origin, destination, mode, name=f"way{i}", control=control, vehicle_capacity=capacity)
        )
    boat = draw(st.sampled_from([4, 30, 0]))
    legs += [leg("coast", "zone", "sea", name="out", vehicle_capacity=boat, days_low=0.3, days_mode=0.5)]
    legs += [leg("zone", "europe", "sea", name="over", vehicle_capacity=boat)]
    legs += [leg("zone", "coast", "sea", name="back", purpose="interception", risk_zone="calm")]
    legs += [leg(hubs[0], "home", name="expelled", purpose="return_forced")]
    if draw(st.booleans()):
        legs.append(leg("coast", "home", "regular", name="assisted", purpose="return_voluntary"))
    for origin, kind in (("home", "labour"), ("coast", "evacuation")):
        quota = draw(st.sampled_from([0.0, 2.0, 15.0]))
        target = draw(st.sampled_from(["europe", hubs[0]]))
        legs.append(leg(origin, target, "regular", name=f"{kind}_{origin}", purpose="regular", pathway=kind,
                        quota=quota, acceptance=draw(shares)))  # fmt: skip
    rates = st.sampled_from([0.0, 0.001, 0.01, 0.1])
    zones = [(zone, "leg") for zone in ("paved", "unpaved", "desert", "sea")]
    zones += [("town", "place"), ("jail", "detention"), ("jail", "captivity")]
    land_only = {"arrest", "abduction"}  # nobody is arrested or abducted at sea
    risks = [
        risk(zone, setting, outcome, draw(rates))
        for zone, setting in zones
        for outcome in OUTCOMES[:HARMS]
        if not (zone == "sea" and outcome in land_only)
    ]
    chances = {"peril": shares, "rescue_share": shares, "death_rescued": shares, "death_unrescued": shares,
               "pickup": shares,
               "interception_full": st.sampled_from([0.9, 0.0, 0.4])}  # fmt: skip
    vehicle_risks = [
        VehicleRisk(zone=zone, quantity=q, value=v, low=v, high=v, **_UNCERTAIN)
        for zone in ("sea", "desert")
        for q, v in ((q, draw(chance)) for q, chance in chances.items())
        if zone == "sea" or q not in {"pickup", "interception_full"}
    ]
    jail = {"mean_days": 8.0, "mean_days_low": 8.0, "mean_days_high": 8.0}
    custody = [
        Custody(zone="jail", setting="detention", after_arrest=draw(shares), after_interception=draw(shares),
                exit_expelled=0.5, exit_assisted=0.1, **jail, **_UNCERTAIN),
        Custody(zone="jail", setting="captivity", after_arrest=0, after_interception=0,
                exit_expelled=0, exit_assisted=0, **jail, **_UNCERTAIN),
    ]  # fmt: skip
    streams = [stream("locals", "home", draw(st.sampled_from([200.0, 1500.0])), (0.4, 0.3, 0.2, 0.1))]
    if draw(st.booleans()):
        streams.append(stream("others", "coast", 600.0, (1.0, 0.0, 0.0, 0.0)))
    days = draw(st.integers(40, 100))
    end = FIRST + datetime.timedelta(days=days)
    couplings = st.builds(Coupling, vehicles=st.booleans(), services=st.booleans(), pathways=st.booleans())
    waiting = draw(st.sampled_from([0.0, 25.0, 120.0]))
    return World(
        document=Document(
            scenario="random", title="A random map",
            period=Period(start=FIRST, departures_end=FIRST + datetime.timedelta(days=days // 2), end=end),
            seed=draw(st.integers(0, 2**32)), levers=draw(_lever_sets()), coupling=draw(couplings),
            parameters={"service_seeking": 0.5, "service_knowledge": 0.9, "pathway_awareness": 0.8,
                        "settle_utility": -6.0, "return_utility": -6.0, "pathway_utility": 1.0},
        ),
        places=tuple(places), legs=tuple(legs), risks=tuple(risks), vehicle_risks=tuple(vehicle_risks),
        custody=tuple(custody), streams=tuple(s for s, _ in streams),
        composition=tuple(c for _, c in streams),
        initial=(InitialGroup(place="coast", stream="locals", people=waiting, people_low=waiting,
                              people_high=waiting, mean_days_since_arrival=30, **_UNCERTAIN),),
        relative_risks=(
            RelativeRisk(outcome="sgbv", sex="female", age="adult", value=2, low=2, high=2, **_SAID),
        ),
        parameters=tiny("fork").parameters,
    )  # fmt: skip


ALIVE = [s for s in Status if Status.WAITING <= s <= Status.DETAINED]
