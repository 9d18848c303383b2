"""Random small worlds for comparisons with exact theory: valid scenarios with constant levers and coupling off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from literal_hazards import OUTCOMES

from simulation.spec.models import (
    PARAMETER_NAMES,
    REQUIRED,
    Composition,
    Coupling,
    Custody,
    Document,
    InitialGroup,
    Leg,
    Parameter,
    Place,
    RelativeRisk,
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


def composition(name: str, **shares: float) -> Composition:
    """Return a stream's people: adult men bound for Europe if nothing else is said."""
    given = dict.fromkeys(("female", "child", "unaccompanied", "north_africa", "region", "circular"), 0.0)
    given |= {"europe": 1.0} | shares
    return Composition(stream=name, derivation="test map", **given, **ASSUMED)


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


@dataclass
class _Draft:
    """Rows of a world that is being drawn."""

    rng: np.random.Generator
    places: list[Place] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    terminals: list[str] = field(default_factory=list)

    def days(self, longest: float) -> tuple[float, float, float]:
        """Draw a travel time: whole days, a fixed real number, or triangular (also narrow, or of less than a day)."""
        kind = self.rng.integers(4)
        if kind == 0:
            d = float(self.rng.integers(1, int(longest) + 1))
            return d, d, d
        if kind == 1:
            d = float(self.rng.uniform(0.2, longest))
            return d, d, d
        low, mode, high = (float(x) for x in np.sort(self.rng.uniform(0.2, longest, 3)))
        edge = self.rng.integers(4)
        return (low, low, high) if edge == 0 else (low, high, high) if edge == 1 else (low, mode, high)

    def leg(self, origin: str, destination: str, **columns: Any) -> None:
        longest = columns.pop("longest", 3.5)
        low, high = np.sort(self.rng.uniform(0, 800, 2))
        price = {"price_low": 0.0 if self.rng.random() < 0.2 else float(low), "price_high": float(high)}
        control = "main" if self.rng.random() < 0.6 else "bypass"
        given = {"control": control, "risk_zone": f"way{self.rng.integers(3)}"} | price | columns
        self.legs.append(leg(f"e{len(self.legs)}", origin, destination, self.days(longest), **given))


_KINDS = ("hub", "border_post", "desert_waypoint", "coastal_departure", "detention_hub")
_COUNTRIES = ("NER", "DZA", "LBY", "TCD")


def _draw_places(draft: _Draft) -> tuple[list[str], list[str], list[str]]:
    """Draw 3 to 12 places; return land places (the first is the origin), sea zones and terminal places."""
    rng = draft.rng
    n_sea, n_end = int(rng.integers(0, 3)), int(rng.integers(1, 3))
    n_land = int(rng.integers(max(1, 3 - n_sea - n_end), 13 - n_sea - n_end))
    land = [f"land{i}" for i in range(n_land)]
    for i, name in enumerate(land):
        kind = "origin" if i == 0 else str(rng.choice(_KINDS))
        kind = "destination" if i > 0 and i == n_land - 1 and rng.random() < 0.3 else kind
        draft.places.append(
            place(
                name, kind, country=str(rng.choice(_COUNTRIES)), risk_zone=f"town{rng.integers(2)}",
                custody_zone=f"jail{rng.integers(2)}", stay_days=float(rng.uniform(0.7, 4.0)),
            )
        )  # fmt: skip
    sea = [f"sea{i}" for i in range(n_sea)]
    for name in sea:
        draft.places.append(place(name, "sea_zone", country="LBY", risk_zone="town0", stay_days=1.5))
    ends = [f"end{i}" for i in range(n_end)]
    for name in ends:
        country = str(rng.choice(("ITA", "LBY", "MLT")))
        zone = str(rng.choice(("none", "jail0")))
        draft.places.append(place(name, "destination", country=country, custody_zone=zone))
    return land, sea, ends


def _draw_roads(draft: _Draft, land: list[str], ends: list[str]) -> None:
    """Draw legs by land: every place leads on, some also back; parallel legs and desert vehicles are usual."""
    rng = draft.rng

    def road(origin: str, destination: str) -> None:
        mode = str(rng.choice(("paved", "unpaved", "desert")))
        capacity = int(rng.integers(5, 40)) if mode == "desert" and rng.random() < 0.7 else 0
        draft.leg(origin, destination, mode=mode, vehicle_capacity=capacity)

    for i, name in enumerate(land):
        further = [*land[i + 1 :], *ends]
        road(name, further[0] if rng.random() < 0.6 else str(rng.choice(further)))
        for _ in range(int(rng.integers(0, 3))):
            other = str(rng.choice([p for p in [*land, *ends] if p != name]))
            road(name, other)
            if rng.random() < 0.3:
                road(name, other)
        if i > 0 and rng.random() < 0.3:
            draft.leg(name, land[0], purpose="return_forced", mode="paved")
        if i > 0 and rng.random() < 0.3:
            draft.leg(name, land[0], purpose="return_voluntary", mode="paved")


def _draw_sea(draft: _Draft, land: list[str], sea: list[str], ends: list[str]) -> None:
    rng = draft.rng
    for i, zone in enumerate(sea):
        coasts = {str(c) for c in rng.choice(land, min(len(land), 2), replace=False)}
        for coast in sorted(coasts):
            boat = int(rng.integers(10, 100)) if rng.random() < 0.8 else 0
            draft.leg(coast, zone, mode="sea", vehicle_capacity=boat, longest=2.0)
        for j in range(int(rng.integers(1, 3))):
            boat = int(rng.integers(10, 100)) if rng.random() < 0.6 else 0
            further = sea[i + 1] if j == 1 and i + 1 < len(sea) else str(rng.choice(ends))
            draft.leg(zone, further, mode="sea", vehicle_capacity=boat, longest=2.0)
        if rng.random() < 0.7:
            draft.leg(zone, sorted(coasts)[0], purpose="interception", mode="sea", longest=2.0)


def _draw_pathways(draft: _Draft, land: list[str], ends: list[str]) -> None:
    rng = draft.rng
    for _ in range(int(rng.integers(0, 3))):
        origin = str(rng.choice(land))
        target = str(rng.choice(ends if rng.random() < 0.6 else [p for p in [*land, *ends] if p != origin]))
        draft.leg(
            origin, target, purpose="regular", mode="regular", pathway="labour", quota=float(rng.integers(0, 4)),
            acceptance=float(rng.uniform(0.2, 1.0)), longest=6.0,
        )  # fmt: skip


def _draw_risks(rng: np.random.Generator) -> tuple[list[Risk], list[VehicleRisk], list[Custody]]:
    rows = []
    harsh = rng.random() < 0.3  # harm every day or two: "at most one event a day" then matters
    for zone, setting, top in (
        *((f"way{i}", "leg", 0.08) for i in range(3)),
        *((f"town{i}", "place", 0.04) for i in range(2)),
        *((f"jail{i}", "detention", 0.05) for i in range(2)),
        *((f"jail{i}", "captivity", 0.05) for i in range(2)),
    ):
        for outcome in OUTCOMES:
            if rng.random() < 0.5:
                per_leg = setting == "leg" and rng.random() < 0.5
                often = harsh and outcome not in {"death", "abduction", "arrest"}
                highest = (0.9 if per_leg else 1.5) if often else (3 * top if per_leg else top)
                value = float(rng.uniform(0.0, highest))
                rows.append(risk(zone, setting, outcome, value, "per_leg" if per_leg else "per_day"))
    quantities = ("peril", "rescue_share", "death_rescued", "death_unrescued", "pickup", "interception_full")
    shared = [
        vehicle_risk(f"way{i}", q, float(rng.uniform(0.0, 0.5 if q == "peril" else 0.9)))
        for i in range(3)
        for q in quantities
    ]
    held = []
    for i in range(2):
        out = rng.dirichlet((1, 1, 2))
        shares = {"exit_expelled": float(out[0]), "exit_assisted": float(out[1])}
        shares |= {"after_arrest": float(rng.uniform()), "after_interception": float(rng.uniform())}
        held.append(custody(f"jail{i}", "detention", float(rng.uniform(1.0, 8.0)), **shares))
        if rng.random() < 0.7:
            held.append(custody(f"jail{i}", "captivity", float(rng.uniform(1.0, 6.0))))
    return rows, shared, held


def _draw_levers(rng: np.random.Generator, countries: list[str]) -> dict[str, Any]:
    """Draw levers that hold for the whole run; some only in one country."""
    levers: dict[str, Any] = {}
    scope = {"countries": [str(rng.choice(countries))]}
    if rng.random() < 0.6:
        levers["border_enforcement"] = [{"intensity": float(rng.uniform())}]
        if rng.random() < 0.5:
            levers["border_enforcement"].append({"intensity": float(rng.uniform()), "scope": scope})
    if rng.random() < 0.7:
        levers["search_and_rescue"] = [{"coverage": float(rng.uniform())}]
    if rng.random() < 0.7:
        levers["interception"] = [{"intensity": float(rng.uniform())}]
    if rng.random() < 0.4:
        limit = f"{rng.integers(1, 6)} days"
        levers["detention"] = [{"time_limit": limit, "children": bool(rng.random() < 0.5), "scope": scope}]
    if rng.random() < 0.5:
        path = {"quota": "60 persons/month", "processing": f"{rng.uniform(1.0, 5.0):.2f} days"}
        levers["legal_pathways"] = [path | {"acceptance": float(rng.uniform(0.3, 1.0))}]
    return levers


def _draw_parameters(rng: np.random.Generator) -> dict[str, float]:
    chosen = {
        "price_weight": rng.uniform(0.1, 1.0), "time_weight": rng.uniform(0.0, 0.05),
        "risk_weight": rng.uniform(0.0, 6.0), "arrest_weight": rng.uniform(0.0, 2.0),
        "discount": rng.uniform(0.7, 0.95), "destination_reward": rng.uniform(1.0, 4.0),
        "stay_utility": rng.uniform(-2.5, -1.0), "settle_utility": rng.uniform(-2.0, -0.5),
        "uninformed_share": rng.choice((0.0, 0.4)), "uninformed_bias": rng.uniform(0.2, 1.5),
        "pathway_awareness": rng.choice((1.0, 0.6)),
    }  # fmt: skip
    if rng.random() < 0.4:
        chosen |= {"service_seeking": rng.uniform(0.0, 0.3), "vulnerability_start": ALL_VULNERABLE}
    return {name: float(value) for name, value in chosen.items()}


def _draw_composition(rng: np.random.Generator, name: str) -> Composition:
    intended = np.zeros(4)
    intended[rng.choice(4, 2, replace=False)] = rng.dirichlet((1, 1))
    names = ("europe", "north_africa", "region", "circular")
    shares = dict(zip(names, intended.tolist(), strict=True))
    female, child = float(rng.uniform(0.1, 0.6)), float(rng.choice((0.0, 0.3)))
    return composition(name, female=female, child=child, unaccompanied=0.5, **shares)


def random_world(seed: int, people: float) -> Scenario:
    """Return a random world: people of stream ``leaving`` start on the first day, those of ``met`` are on the way.

    Args:
        seed: The same seed, the same world.
        people: Expected number in each stream.
    """
    rng = np.random.default_rng(seed)
    draft = _Draft(rng)
    land, sea, ends = _draw_places(draft)
    _draw_roads(draft, land, ends)
    _draw_sea(draft, land, sea, ends)
    _draw_pathways(draft, land, ends)
    risks, shared, held = _draw_risks(rng)
    met_at = str(rng.choice(land))
    relative = [
        RelativeRisk(outcome=o, sex="female", age=a, value=v, low=v, high=v, **ASSUMED)
        for o in ("death", "arrest", "violence")
        for a, v in (("adult", float(rng.uniform(0.5, 2.0))), ("child", float(rng.uniform(0.5, 2.0))))
    ]
    closures = []
    if rng.random() < 0.3:  # of a pair of parallel legs, one may be closed: nobody is cut off
        pairs = {(x.origin, x.destination): x.id for x in draft.legs if x.purpose == "irregular"}
        doubled = [x.id for x in draft.legs if pairs.get((x.origin, x.destination), x.id) != x.id]
        closures = [{"legs": doubled[:1]}] if doubled else []
    return assemble(
        parameters=_draw_parameters(rng),
        document={"levers": _draw_levers(rng, sorted({p.country for p in draft.places})), "closures": closures},
        places=draft.places,
        legs=draft.legs,
        risks=risks,
        vehicle_risks=shared,
        custody=held,
        streams=[stream("leaving", land[0], people), stream("met", met_at, 0.0)],
        composition=[_draw_composition(rng, "leaving"), _draw_composition(rng, "met")],
        initial=[
            InitialGroup(
                place=met_at, stream="met", people=people, people_low=people, people_high=people,
                mean_days_since_arrival=0, derivation="test map", **ASSUMED,
            )
        ],
        relative_risks=relative,
    )  # fmt: skip
