"""Random small worlds for comparisons with exact theory: valid scenarios with constant levers and coupling off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from literal_hazards import OUTCOMES
from map_rows import (
    ALL_VULNERABLE,
    ASSUMED,
    assemble,
    composition,
    custody,
    leg,
    place,
    risk,
    stream,
    vehicle_risk,
)

from simulation.spec.models import (
    Composition,
    Custody,
    InitialGroup,
    Leg,
    Place,
    RelativeRisk,
    Risk,
    Scenario,
    ServiceRow,
    VehicleRisk,
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


_PATHWAYS = ("humanitarian", "evacuation", "family", "labour", "visa", "study")
_ELIGIBLE = ("children", "unaccompanied", "women_and_children", "vulnerable")


def _draw_places(draft: _Draft, most: int) -> tuple[list[str], list[str], list[str]]:
    """Draw 3 to ``most`` places; return land places (the first is the origin), sea zones and terminal places."""
    rng = draft.rng
    n_sea, n_end = int(rng.integers(0, 3)), int(rng.integers(1, 3))
    n_land = int(rng.integers(max(1, 3 - n_sea - n_end), most + 1 - n_sea - n_end))
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
    for _ in range(int(rng.integers(0, 4))):
        origin = str(rng.choice(land))
        target = str(rng.choice(ends if rng.random() < 0.6 else [p for p in [*land, *ends] if p != origin]))
        draft.leg(
            origin, target, purpose="regular", mode="regular", pathway=str(rng.choice(_PATHWAYS)),
            quota=float(rng.integers(0, 4)), acceptance=float(rng.uniform(0.2, 1.0)), longest=6.0,
            eligible=str(rng.choice(_ELIGIBLE)) if rng.random() < 0.6 else "all",
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
        out = rng.dirichlet((1, 1, 1, 2))
        shares = {"exit_expelled": float(out[0]), "exit_assisted": float(out[1])}
        shares |= {"after_arrest": float(rng.uniform()), "after_interception": float(rng.uniform())}
        if rng.random() < 0.6:
            shares |= {
                "alternatives_share": float(rng.uniform()),
                "unofficial_share": float(rng.uniform(0, 0.6)),
            }
            shares |= {"exit_bribe": float(out[2]), "bribe_usd": 50.0}
        held.append(custody(f"jail{i}", "detention", float(rng.uniform(1.0, 8.0)), **shares))
        if rng.random() < 0.7:
            ransom = {
                "exit_ransom": float(rng.uniform()),
                "ransom_usd": 500.0,
            }  # money is off: an exit as any other
            held.append(custody(f"jail{i}", "captivity", float(rng.uniform(1.0, 6.0)), **ransom))
    return rows, shared, held


def _draw_levers(rng: np.random.Generator, draft: _Draft, land: list[str]) -> dict[str, Any]:
    """Draw levers that hold for the whole run; some only in one country."""

    def share() -> float:
        return float(rng.uniform())

    countries = sorted({p.country for p in draft.places})
    here = {"scope": {"countries": [str(rng.choice(countries))]}}
    there = {"scope": {"countries": [str(rng.choice(countries))]}}
    bloc = [str(c) for c in rng.permutation(countries)[:2]]
    ports: dict[str, Any] = {"disembark": str(rng.choice(land))} if rng.random() < 0.5 else {}
    limit = {"time_limit": f"{rng.integers(1, 6)} days", "children": bool(rng.random() < 0.5)}
    held = {"alternatives": share(), "unofficial": 0.5 * share(), "harm_factor": 2 * share()}
    path = {"quota": "60 persons/month", "processing": f"{rng.uniform(1.0, 5.0):.2f} days"}
    kinds = {"scope": {"pathways": [str(x) for x in rng.permutation(_PATHWAYS)[:3]]}}
    settings: tuple[tuple[float, str, dict[str, Any]], ...] = (
        (0.6, "border_enforcement", {"intensity": share()}),
        (0.3, "border_enforcement", {"intensity": share()} | here),
        (0.4, "free_movement", {"share": share(), "bloc": bloc}),
        (0.5, "anti_smuggling", {"intensity": share()}),
        (0.7, "search_and_rescue", {"coverage": share()} | ports),
        (0.7, "interception", {"intensity": share()}),
        (0.4, "detention", limit | here),
        (0.4, "detention", held | there),
        (0.4, "returns", {"expelled": 0.5 * share(), "assisted_exits": share()} | there),
        (0.5, "information", {"reach": share(), "trust": share()} | here),
        (0.3, "firewall", {"share": share()} | there),
        (0.5, "legal_pathways", path | {"acceptance": float(rng.uniform(0.3, 1.0))}),
        (0.3, "legal_pathways", {"eligible": str(rng.choice(_ELIGIBLE))} | kinds),
    )
    levers: dict[str, Any] = {}
    for chance, lever, entry in settings:
        if rng.random() < chance:
            levers.setdefault(lever, []).append(entry)
    return levers


def _draw_parameters(rng: np.random.Generator, *, with_services: bool) -> dict[str, float]:
    chosen = {
        "price_weight": rng.uniform(0.1, 1.0), "time_weight": rng.uniform(0.0, 0.05),
        "risk_weight": rng.uniform(0.0, 6.0), "arrest_weight": rng.uniform(0.0, 2.0),
        "discount": rng.uniform(0.7, 0.95), "destination_reward": rng.uniform(1.0, 4.0),
        "stay_utility": rng.uniform(-2.5, -1.0), "settle_utility": rng.uniform(-2.0, -0.5),
        "uninformed_share": rng.choice((0.0, 0.4)), "uninformed_bias": rng.uniform(0.2, 1.5),
        "pathway_awareness": rng.choice((1.0, 0.6)), "alternative_days": rng.uniform(1.0, 6.0),
        "control_reference": rng.choice((0.0, rng.uniform(0.1, 0.6))), "path_size_weight": rng.uniform(0.0, 1.0),
        "anti_smuggling_price": rng.uniform(1.0, 3.0), "anti_smuggling_peril": rng.uniform(0.5, 2.0),
        "driver_arrest_at_full": rng.uniform(0.0, 0.6), "information_effect": rng.uniform(0.0, 1.0),
    }  # fmt: skip
    if rng.random() < 0.3:
        chosen |= {"remigration_share": rng.uniform(0.1, 0.6), "remigration_days": rng.uniform(0.5, 6.0)}
    # Some are vulnerable enough for a pathway of theirs, and nothing that happens changes it; or everybody is.
    chosen |= {"vulnerability_start": rng.uniform(0.2, 0.7), "vulnerability_step": 0.0}
    if with_services or rng.random() < 0.4:
        chosen |= {"service_seeking": rng.uniform(0.05, 0.3), "vulnerability_start": ALL_VULNERABLE}
        chosen |= {"vulnerability_step": 0.1, "service_stigma": rng.uniform(0.0, 0.5)}
    if with_services:  # needs are part of the state: keep it small
        chosen |= {"uninformed_share": 0.0, "pathway_awareness": 1.0}
    return {name: float(value) for name, value in chosen.items()}


def _draw_services(rng: np.random.Generator, calm: str) -> list[ServiceRow]:
    """Draw kinds of service: needs that no harm has caused ask for ``calm`` and one more."""
    kinds = ("health", "shelter", "basic", "protection", "information")
    asked = (str(rng.choice(("health", "basic", "protection"))), calm)
    needs = dict(zip(asked, rng.dirichlet((1, 1)).tolist(), strict=True))
    return [
        ServiceRow(service=kind, capacity_share=0.2, need_share=needs.get(kind, 0.0), relief=0.0, **ASSUMED)
        for kind in kinds
    ]


def _draw_composition(rng: np.random.Generator, name: str, *, with_services: bool, group: str) -> Composition:
    intended = np.zeros(4)
    intended[rng.choice(4, 2, replace=False)] = rng.dirichlet((1, 1))
    if with_services:
        intended = (intended == intended.max()).astype(float)
    names = ("europe", "north_africa", "region", "circular")
    shares = dict(zip(names, intended.tolist(), strict=True))
    female, child = float(rng.uniform(0.1, 0.6)), 0.0 if with_services else float(rng.choice((0.0, 0.3)))
    return composition(name, female=female, child=child, unaccompanied=0.5, risk_group=group, **shares)


def random_world(seed: int, people: float) -> Scenario:
    """Return a random world: people of stream ``leaving`` start on the first day, those of ``met`` are on the way.

    Args:
        seed: The same seed, the same world.
        people: Expected number in each stream.
    """
    rng = np.random.default_rng(seed)
    with_services = seed % 12 == 3
    draft = _Draft(rng)
    land, sea, ends = _draw_places(draft, 6 if with_services else 12)
    _draw_roads(draft, land, ends)
    _draw_sea(draft, land, sea, ends)
    _draw_pathways(draft, land, ends)
    risks, shared, held = _draw_risks(rng)
    met_at = str(rng.choice(land))
    relative = [
        RelativeRisk(outcome=o, sex="female", age=a, risk_group=g, value=v, low=v, high=v, **ASSUMED)
        for o, g in (
            ("death", "all"),
            ("arrest", "all"),
            ("violence", "all"),
            ("death", "far"),
            ("injury", "near"),
        )
        for a, v in (("adult", float(rng.uniform(0.5, 2.0))), ("child", float(rng.uniform(0.5, 2.0))))
    ]
    closures = []
    if rng.random() < 0.3:  # of a pair of parallel legs, one may be closed: nobody is cut off
        pairs = {(x.origin, x.destination): x.id for x in draft.legs if x.purpose == "irregular"}
        doubled = [x.id for x in draft.legs if pairs.get((x.origin, x.destination), x.id) != x.id]
        closures = [{"legs": doubled[:1]}] if doubled else []
    return assemble(
        parameters=_draw_parameters(rng, with_services=with_services),
        document={"levers": _draw_levers(rng, draft, land), "closures": closures},
        places=draft.places,
        legs=draft.legs,
        risks=risks,
        vehicle_risks=shared,
        custody=held,
        streams=[stream("leaving", land[0], people), stream("met", met_at, 0.0)],
        services=_draw_services(rng, ("shelter", "information")[seed // 12 % 2]) if with_services else (),
        composition=[
            _draw_composition(rng, name, with_services=with_services, group=group)
            for name, group in (("leaving", "near"), ("met", "far"))
        ],
        initial=[
            InitialGroup(
                place=met_at, stream="met", people=people, people_low=people, people_high=people,
                mean_days_since_arrival=0, derivation="test map", **ASSUMED,
            )
        ],
        relative_risks=relative,
    )  # fmt: skip
