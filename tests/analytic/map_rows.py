"""Rows of small test maps to compare with exact theory, and a scenario of them in which nothing couples people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from simulation.spec.models import (
    PARAMETER_NAMES,
    REQUIRED,
    Composition,
    Coupling,
    Custody,
    Document,
    Leg,
    Parameter,
    Place,
    Risk,
    Scenario,
    Stream,
    VehicleRisk,
)

FIRST_DAY = date(2015, 1, 1)  # of a year of 365 days: everybody starts on it
ASSUMED: dict[str, Any] = {"source": "assumed: test map", "confidence": "assumed"}
PARAMETERS: dict[str, float] = {
    "price_weight": 0.5, "time_weight": 0.02, "risk_weight": 3.0, "arrest_weight": 1.0, "discount": 0.9,
    "destination_reward": 3.0, "second_best_share": 0.3, "stay_utility": -1.0, "settle_utility": -1.5,
    "return_utility": -1.0, "pathway_utility": -0.5, "uninformed_share": 0.0, "uninformed_bias": 0.5,
    "departure_reference": 1.0, "departure_dispersion": 1e6, "deterrence_elasticity": 0.0,
    "pathway_awareness": 1.0, "vulnerability_start": 0.2, "vulnerability_step": 0.1, "vulnerability_gamma": 0.0,
    "service_relief": 0.0, "service_seeking": 0.0, "service_knowledge": 0.6, "service_trust": 0.5,
    "arrest_at_full": 0.3, "price_ratio_full": 2.0, "bypass_peril_full": 1.5, "main_peril_full": 0.7,
}  # fmt: skip
ALL_VULNERABLE = 1e9  # mean vulnerability at which everybody starts, and stays, at 1


def place(name: str, kind: str, **columns: Any) -> Place:
    """Return a place of a test map, country NER and stays of two days if nothing else is said."""
    given: dict[str, Any] = {
        "country": "NER",
        "risk_zone": "calm",
        "custody_zone": "none",
        "stay_days": 2.0,
    } | columns
    stay = given["stay_days"]
    return Place(
        id=name, name=name, latitude=0, longitude=0, kind=kind, stay_days_low=stay, stay_days_high=stay,
        service_capacity=0, coord_source="assumed: test map", coord_confidence="assumed", **given, **ASSUMED,
    )  # fmt: skip


def leg(name: str, origin: str, destination: str, days: tuple[float, float, float], **columns: Any) -> Leg:
    """Return a leg of a test map, an unpaved irregular main road if nothing else is said."""
    given: dict[str, Any] = {
        "mode": "unpaved", "purpose": "irregular", "control": "main", "risk_zone": "calm", "vehicle_capacity": 0,
        "price_low": 10.0, "price_high": 10.0,
    }  # fmt: skip
    return Leg(
        id=name, origin=origin, destination=destination, distance_km=1, distance_basis="assumed: test map",
        days_low=days[0], days_mode=days[1], days_high=days[2], days_basis="assumed: test map",
        price_basis="assumed: test map", **(given | columns), **ASSUMED,
    )  # fmt: skip


def risk(zone: str, setting: str, outcome: str, value: float, unit: str = "per_day") -> Risk:
    """Return a base hazard of a test map."""
    return Risk(
        zone=zone, setting=setting, outcome=outcome, value=value, low=value, high=value, unit=unit,
        derivation="test map", **ASSUMED,
    )  # fmt: skip


def vehicle_risk(zone: str, quantity: str, value: float) -> VehicleRisk:
    """Return a shared fate of a test map."""
    return VehicleRisk(
        zone=zone, quantity=quantity, value=value, low=value, high=value, derivation="test map", **ASSUMED
    )


def custody(zone: str, setting: str, mean_days: float, **shares: float) -> Custody:
    """Return custody of a test map; shares left out are 0."""
    given = (
        dict.fromkeys(("after_arrest", "after_interception", "exit_expelled", "exit_assisted"), 0.0) | shares
    )
    return Custody(
        zone=zone, setting=setting, mean_days=mean_days, mean_days_low=mean_days, mean_days_high=mean_days,
        derivation="test map", **given, **ASSUMED,
    )  # fmt: skip


def stream(name: str, origin: str, people_on_first_day: float) -> Stream:
    """Return a stream of which so many are expected on the first day."""
    journeys = people_on_first_day * 365
    return Stream(
        stream=name, place=origin, nationality="test", year=FIRST_DAY.year, journeys=journeys,
        journeys_low=journeys, journeys_high=journeys, derivation="test map", **ASSUMED,
    )  # fmt: skip


def composition(name: str, risk_group: str = "all", **shares: float) -> Composition:
    """Return a stream's people: adult men bound for Europe if nothing else is said."""
    given = dict.fromkeys(("female", "child", "unaccompanied", "north_africa", "region", "circular"), 0.0)
    given |= {"europe": 1.0} | shares
    return Composition(stream=name, risk_group=risk_group, derivation="test map", **given, **ASSUMED)


def assemble(
    *, parameters: dict[str, float] | None = None, document: dict[str, Any] | None = None, **tables: Any
) -> Scenario:
    """Return a scenario of one day of departures, coupling off, from rows and what differs from the defaults."""
    values = PARAMETERS | (parameters or {})
    assert set(REQUIRED) <= set(values) <= set(PARAMETER_NAMES)
    rows = tuple(
        Parameter(
            name=n, value=v, low=v, high=v, distribution="uniform", unit="", meaning="test map", **ASSUMED
        )
        for n, v in values.items()
    )
    written = {
        "scenario": "test", "title": "Test map",
        "period": {"start": FIRST_DAY, "departures_end": FIRST_DAY, "end": FIRST_DAY + timedelta(days=3000)},
        "coupling": dict.fromkeys(Coupling.model_fields, False),
    } | (document or {})  # fmt: skip
    lists: dict[str, Any] = {"risks": (), "custody": (), "composition": (), "streams": ()} | tables
    return Scenario(
        document=Document.model_validate(written), parameters=rows, **{k: tuple(v) for k, v in lists.items()}
    )
