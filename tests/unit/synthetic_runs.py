"""A model with known answers: what a comparison sees of a run, without a run."""

from __future__ import annotations

import datetime

import pandas as pd

from experiments.compare import Model
from simulation.spec.models import (
    BorderEnforcement,
    Document,
    Leg,
    Levers,
    MonitoringLeg,
    Parameter,
    Period,
    Place,
    Scenario,
)

_SOURCE = {"source": "made up for a test", "confidence": "assumed"}


def build_scenario(name: str = "baseline", *, enforcement: float = 0.0, monitored: bool = True) -> Scenario:
    """Three places in a row from Agadez to Lampedusa, with a bypass; nobody in it."""
    places = [("agadez", "NER", 16.97, 7.99, "hub"), ("sabha", "LBY", 27.04, 14.43, "hub")]
    places += [("lampedusa", "ITA", 35.5, 12.6, "destination")]
    levers = (
        Levers(border_enforcement=(BorderEnforcement(intensity=enforcement),)) if enforcement else Levers()
    )
    return Scenario(
        document=Document(
            scenario=name,
            title=f"Title of {name}",
            period=Period(
                start=datetime.date(2016, 1, 1),
                departures_end=datetime.date(2016, 12, 31),
                end=datetime.date(2017, 12, 31),
            ),
            seed=5,
            levers=levers,
        ),
        places=tuple(_place(*place) for place in places),
        legs=(
            _leg("main", "agadez", "sabha", "desert", "main"),
            _leg("around", "agadez", "sabha", "desert", "bypass"),
            _leg("crossing", "sabha", "lampedusa", "sea", "main"),
        ),
        risks=(),
        custody=(),
        streams=(),
        composition=(),
        monitoring=tuple(
            MonitoringLeg(point=point, leg=leg, kind=kind, title=point)
            for point, leg, kind in [
                ("agadez_seguedine", "main", "monitoring_point"),
                ("niger_north_cut", "main", "cut"),
                ("niger_north_cut", "around", "cut"),
            ]
            if monitored
        ),
        parameters=(
            Parameter(
                name="risk",
                value=1.0,
                low=0.5,
                high=2.0,
                distribution="loguniform",
                unit="1",
                meaning="",
                **_SOURCE,
            ),
        ),
    )


def _place(place: str, country: str, latitude: float, longitude: float, kind: str) -> Place:
    return Place(
        id=place,
        name=place.title(),
        country=country,
        latitude=latitude,
        longitude=longitude,
        kind=kind,
        risk_zone="zone",
        custody_zone="zone",
        stay_days=5.0,
        stay_days_low=1.0,
        stay_days_high=9.0,
        service_capacity=0.0,
        coord_source="made up for a test",
        coord_confidence="assumed",
        **_SOURCE,
    )


def _leg(leg: str, origin: str, destination: str, mode: str, control: str) -> Leg:
    return Leg(
        id=leg,
        origin=origin,
        destination=destination,
        mode=mode,
        purpose="irregular",
        control=control,
        distance_km=500.0,
        distance_basis="made up",
        days_low=1.0,
        days_mode=2.0,
        days_high=3.0,
        days_basis="made up",
        price_low=10.0,
        price_high=20.0,
        price_basis="made up",
        risk_zone="zone",
        vehicle_capacity=0,
        **_SOURCE,
    )


def synthetic_model(calls: list[tuple[str, int]] | None = None) -> Model:
    """A model whose answers are known.

    1,000 people start, each costs ``risk`` x luck deaths a hundred. Enforcement e moves 80% x e of the flow
    from the main leg to the bypass, where deaths are 3 times as frequent, and stops 10% x e. ``calls``
    collects (scenario name, seed) of every evaluation.
    """

    def evaluate(scenario: Scenario, seed: int, scale: float) -> pd.DataFrame:
        if calls is not None:
            calls.append((scenario.document.scenario, seed))
        enforcement = sum(entry.intensity for entry in scenario.document.levers.border_enforcement)
        risk = scenario.document.parameters.get("risk", 1.0)
        luck = 1.0 + (seed % 7 - 3) / 100.0
        crossing = 1000.0 * (1 - 0.1 * enforcement)
        around = crossing * (0.1 + 0.8 * enforcement)
        main = crossing - around
        deaths = {"main": 0.01 * risk * luck * main, "around": 0.03 * risk * luck * around}
        total = sum(deaths.values())
        rows = [
            ("journeys_started", "all", "all", 1000.0),
            ("arrivals", "all", "all", crossing - total),
            ("deaths", "all", "all", total),
            ("deaths_per_1000_journeys", "all", "all", total),
            ("deaths_sahara_per_1000_crossings", "all", "all", 1000 * total / crossing),
            ("violence", "all", "all", 2 * total),
            ("detention_person_days", "all", "all", 0.0),
            ("flow", "leg", "main", main),
            ("flow", "leg", "around", around),
            ("flow", "cut", "agadez_seguedine", main),
            ("flow", "cut", "niger_north_cut", crossing),
            ("deaths", "leg", "main", deaths["main"]),
            ("deaths", "leg", "around", deaths["around"]),
        ]
        frame = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
        frame = frame.assign(
            group_kind="all", group="all", n_simulated=(frame["value"] * scale).round().astype(int)
        )
        groups = []
        for kind, group, part in [("sex", "female", 0.2), ("sex", "male", 0.8), ("stream", "ghana", 0.5)]:
            some = frame[frame["outcome"] == "deaths"].assign(group_kind=kind, group=group)
            people = (some["n_simulated"] * part).astype(int)
            groups.append(some.assign(value=some["value"] * part, n_simulated=people))
        return pd.concat([frame, *groups], ignore_index=True)

    def draw(scenario: Scenario, seed: int, draw: int) -> Scenario:
        risk = [0.5, 0.8, 1.0, 1.3, 2.0][(draw + seed) % 5]
        document = scenario.document.model_copy(update={"parameters": {"risk": risk}})
        return scenario.model_copy(update={"document": document})

    return Model(evaluate, draw)
