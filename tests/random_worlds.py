"""Random worlds: small harsh maps on which any mechanism may be on and any lever may act."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from small_worlds import FIRST, SAID, UNCERTAIN, leg, place, risk, stream, tiny

from simulation.kernels.layout import HARMS
from simulation.spec.models import (
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
    ServiceRow,
    Stream,
    UnitCost,
    VehicleRisk,
)
from simulation.spec.quantities import ServiceKind
from simulation.world.routes import OUTCOMES

CHANGES = (
    FIRST + datetime.timedelta(days=7),
    FIRST + datetime.timedelta(days=22),
)  # days on which levers may change

# What a random world may set a parameter to; the first value is the one that examples shrink to.
MECHANISMS: dict[str, tuple[float, ...]] = {
    "companions_mean": (0.0, 0.7, 2.0),
    "family_unity": (0.0, 1.0, 0.5),
    "reunion_rate": (0.0, 1.0),
    "savings_median": (0.0, 25.0, 150.0),
    "savings_spread": (0.0, 1.0),
    "credit_share": (0.0, 0.4),
    "saving_share": (1.0, 0.3),
    "debt_exploitation": (1.0, 3.0),
    "debt_reference": (0.0, 0.3),
    "robbery_loss": (0.0, 0.5, 1.0),
    "bribe": (0.0, 15.0),
    "detention_step": (0.0, 0.8),
    "detention_scar": (0.0, 0.3),
    "alternative_days": (60.0, 4.0),
    "need_urgency": (0.0, 3.0),
    "service_stigma": (0.0, 0.5),
    "informal_share": (0.0, 0.5),
    "guardianship_relief": (0.0, 0.5),
    "mobile_reach": (0.5, 1.0),
    "queue_weight": (0.0, 0.5),
    "path_size_weight": (0.0, 1.0),
    "belief_rate": (0.0, 0.7),
    "belief_reports": (1.0, 0.5),
    "belief_smugglers": (0.0, 0.5),
    "information_effect": (1.0, 0.5),
    "market_demand_price": (0.0, 0.8, -0.3),
    "market_demand_quality": (0.0, 0.8),
    "market_rescue_quality": (0.0, 0.6),
    "control_reference": (0.0, 0.4),
    "anti_smuggling_price": (1.0, 2.0),
    "anti_smuggling_peril": (1.0, 2.0, 0.5),
    "driver_arrest_at_full": (0.0, 0.5),
    "return_fare": (0.0, 40.0),
    "remigration_share": (0.0, 0.9),
    "remigration_days": (180.0, 4.0),
    "return_utility": (-6.0, -1.0),
    "vulnerability_start": (0.3, 0.5),
}
CHOSEN = {
    "service_seeking": 0.5,
    "service_knowledge": 0.9,
    "pathway_awareness": 0.8,
    "settle_utility": -6.0,
    "pathway_utility": 1.0,
}


class World(Scenario):
    """A random scenario; it is too long to be shown when a property fails."""

    def __repr__(self) -> str:
        """Return a short description."""
        return (
            f"<random world of {len(self.legs)} legs, {self.document.coupling!r}, {self.document.levers!r}>"
        )


shares = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])
_numbers = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in MECHANISMS.items()})
_dates = st.sampled_from([day.isoformat() for day in CHANGES])
_scopes = st.sampled_from([{}, {}, {"countries": ["NER"]}, {"places": ["hub0"]}, {"places": ["zone"]}])
_few = st.sampled_from(["0 persons/day", "10 persons/month", "0.5 persons/day", "3 persons/day"])
_budgets = st.sampled_from([0.0, 5000.0])
_who = st.sampled_from(["all", "children", "unaccompanied", "women_and_children", "vulnerable"])
_kinds = st.sampled_from([[], ["health", "protection"], ["basic"]])
KINDS: tuple[ServiceKind, ...] = ("health", "shelter", "basic", "protection", "information")
ITEMS = ("legal_pathways", "services", "search_and_rescue", "returns_assisted")

# Lever -> (keys always given, keys that may be given).
_LEVERS: dict[str, tuple[dict[str, st.SearchStrategy[Any]], dict[str, st.SearchStrategy[Any]]]] = {
    "border_enforcement": ({"intensity": shares}, {}),
    "anti_smuggling": ({"intensity": shares}, {"criminalises_help": shares}),
    "legal_pathways": (
        {"quota_factor": st.sampled_from([3.0, 0.5, 0.0])},
        {"acceptance": shares, "awareness": shares, "eligible": _who, "budget": _budgets,
         "processing": st.sampled_from(["2 days", "20 days"])},
    ),
    "detention": (
        {"after_arrest": shares, "children": st.booleans()},
        {"time_limit": st.sampled_from(["1 day", "5 days", "0.5 months"]), "alternatives": shares,
         "unofficial": shares, "harm_factor": st.sampled_from([0.0, 3.0])},
    ),
    "services": (
        {"capacity_factor": st.sampled_from([4.0, 0.3, 0.0])},
        {"kinds": _kinds, "mobile_teams": shares, "budget": _budgets},
    ),
    "firewall": ({"share": shares}, {}),
    "search_and_rescue": (
        {"coverage": shares}, {"disembark": st.sampled_from(["coast", "europe"]), "budget": _budgets}
    ),
    "interception": ({"intensity": st.sampled_from([1.0, 0.0, 0.5])}, {}),
    "returns": ({"assisted": _few}, {"expelled": shares, "assisted_exits": shares, "budget": _budgets}),
    "free_movement": ({"share": shares}, {"bloc": st.sampled_from([["NER"], ["NER", "LBY"]])}),
    "information": ({"reach": shares}, {"trust": shares}),
    "regional_protection": ({"coverage": shares}, {}),
    "relocation": ({"places": _few}, {}),
}  # fmt: skip


@st.composite
def lever_sets(draw: DrawFn) -> Levers:
    """Return settings of every lever, each with some chance, from a day on and over some of the map."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, (always, perhaps) in _LEVERS.items():
        setting = st.fixed_dictionaries(always | {"scope": _scopes}, optional=perhaps | {"from": _dates})
        least = 1 if name == "interception" else 0
        found[name] = draw(st.lists(setting, min_size=least, max_size=2 if name == "detention" else 1))
    return Levers.model_validate(found)


@st.composite
def _places(draw: DrawFn, hubs: list[str]) -> list[Place]:
    """Return home, hubs, a coast, a zone at sea and a destination; some with work and with limits."""
    kinds = st.sampled_from(["hub", "desert_waypoint", "border_post", "detention_hub"])
    capacities = st.sampled_from([0.0, 0.3, 1.0, 2.5])
    found = [place("home", "origin", capacity=draw(capacities))]
    found += [place(h, draw(kinds), draw(st.sampled_from(["NER", "LBY"])), draw(capacities)) for h in hubs]
    found += [place("coast", "coastal_departure", "LBY", draw(capacities)), place("zone", "sea_zone", "LBY")]
    held = st.sampled_from([None, 0.0, 1.0, 4.0])
    homeward = st.sampled_from([None, 0.0, 0.2, 1.0])
    work = st.sampled_from([(0.0, 0.0), (0.8, 6.0)])
    equipped = []
    for one in found:
        chance, wage = draw(work)
        limits = {"detention_capacity": draw(held), "return_capacity": draw(homeward)}
        equipped.append(one.model_copy(update={"work_chance": chance, "wage": wage, **limits}))
    return [*equipped, place("europe", "destination", "ITA")]


@st.composite
def _legs(draw: DrawFn, hubs: list[str]) -> list[Leg]:
    """Return a chain of legs over land, some more at random, the sea, ways back, and regular ways."""
    land = ["home", *hubs, "coast"]
    extra = draw(st.lists(st.tuples(st.sampled_from(land), st.sampled_from(land)), max_size=3))
    modes = st.sampled_from(["paved", "unpaved", "desert"])
    found = []
    for i, (origin, destination) in enumerate([*pairwise(land), *((a, b) for a, b in extra if a != b)]):
        mode = draw(modes)
        capacity = draw(st.sampled_from([0, 3, 20])) if mode == "desert" else 0
        control = draw(st.sampled_from(["main", "bypass"]))
        found.append(
            leg(origin, destination, mode, name=f"way{i}", control=control, vehicle_capacity=capacity)
        )
    boat = draw(st.sampled_from([4, 30, 0]))
    found += [leg("coast", "zone", "sea", name="out", vehicle_capacity=boat, days_low=0.3, days_mode=0.5)]
    found += [leg("zone", "europe", "sea", name="over", vehicle_capacity=boat)]
    found += [leg("zone", "coast", "sea", name="back", purpose="interception", risk_zone="calm")]
    found += [leg(hubs[0], "home", name="expelled", purpose="return_forced")]
    if draw(st.booleans()):
        found.append(leg("coast", "home", "regular", name="assisted", purpose="return_voluntary"))
    for origin, kind in (("home", "labour"), ("coast", "evacuation")):
        quota = draw(st.sampled_from([0.0, 2.0, 15.0]))
        target = draw(st.sampled_from(["europe", hubs[0]]))
        found.append(
            leg(origin, target, "regular", name=f"{kind}_{origin}", purpose="regular", pathway=kind,
                quota=quota, acceptance=draw(shares), eligible=draw(_who))
        )  # fmt: skip
    return found


@st.composite
def _risks(draw: DrawFn) -> tuple[list[Risk], list[VehicleRisk]]:
    """Return hazards of every setting, and what boats and desert vehicles meet."""
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
    vehicles = [
        VehicleRisk(zone=zone, quantity=q, value=v, low=v, high=v, **UNCERTAIN)
        for zone in ("sea", "desert")
        for q, v in ((q, draw(chance)) for q, chance in chances.items())
        if zone == "sea" or q not in {"pickup", "interception_full"}
    ]
    return risks, vehicles


@st.composite
def _custody(draw: DrawFn) -> tuple[Custody, Custody]:
    """Return what detention and captivity are like."""
    jail = {"zone": "jail", "mean_days": 8.0, "mean_days_low": 8.0, "mean_days_high": 8.0, **UNCERTAIN}
    none = {"after_arrest": 0, "after_interception": 0, "exit_expelled": 0, "exit_assisted": 0}
    few = st.sampled_from([0.0, 0.3])
    detention = Custody(
        setting="detention", after_arrest=draw(shares), after_interception=draw(shares), exit_expelled=0.4,
        exit_assisted=draw(st.sampled_from([0.1, 0.3])), exit_bribe=draw(few), bribe_usd=30,
        unofficial_share=draw(few), alternatives_share=draw(few), **jail,
    )  # fmt: skip
    captivity = Custody(setting="captivity", exit_ransom=draw(shares), ransom_usd=90, **none, **jail)
    return detention, captivity


@st.composite
def _services(draw: DrawFn) -> tuple[ServiceRow, ...]:
    """Return no table, or all kinds of service."""
    if not draw(st.booleans()):
        return ()
    relief = draw(st.sampled_from([0.3, 1.0]))
    return tuple(
        ServiceRow(service=kind, capacity_share=0.2, need_share=0.2, relief=relief, **SAID) for kind in KINDS
    )


@st.composite
def _streams(draw: DrawFn) -> tuple[list[Stream], list[Composition]]:
    """Return people who start at home and, perhaps, at the coast."""
    found = [stream("locals", "home", draw(st.sampled_from([300.0, 1500.0])), (0.4, 0.3, 0.2, 0.1))]
    if draw(st.booleans()):
        found.append(stream("others", "coast", 600.0, (1.0, 0.0, 0.0, 0.0)))
    return [s for s, _ in found], [c for _, c in found]


_mostly = st.sampled_from([True, True, True, False])
_couplings = st.builds(
    Coupling, vehicles=st.booleans(), services=st.booleans(), pathways=st.booleans(), parties=_mostly,
    money=_mostly, detention=_mostly, returns=_mostly, market=_mostly, beliefs=_mostly,
)  # fmt: skip


@st.composite
def worlds(draw: DrawFn, days: int = 60) -> World:
    """Return a small random map by land and sea, harsh, lived for up to ``days`` days under random levers."""
    hubs = [f"hub{i}" for i in range(draw(st.integers(1, 3)))]
    risks, vehicle_risks = draw(_risks())
    streams, composition = draw(_streams())
    length = draw(st.integers(min(days, 34), days))  # a month ends in between
    waiting = draw(st.sampled_from([0.0, 25.0, 80.0]))
    middle = FIRST + datetime.timedelta(days=length // 2)
    return World(
        document=Document(
            scenario="random", title="A random map",
            period=Period(start=FIRST, departures_end=middle, end=FIRST + datetime.timedelta(days=length)),
            seed=draw(st.integers(0, 2**32)), levers=draw(lever_sets()), coupling=draw(_couplings),
            parameters=CHOSEN | draw(_numbers),
        ),
        places=tuple(draw(_places(hubs))), legs=tuple(draw(_legs(hubs))), risks=tuple(risks),
        vehicle_risks=tuple(vehicle_risks), custody=draw(_custody()), services=draw(_services()),
        streams=tuple(streams), composition=tuple(composition),
        initial=(InitialGroup(place="coast", stream="locals", people=waiting, people_low=waiting,
                              people_high=waiting, mean_days_since_arrival=30, **UNCERTAIN),),
        relative_risks=(
            RelativeRisk(outcome="sgbv", sex="female", age="adult", value=2, low=2, high=2, **SAID),
        ),
        parameters=tiny("fork").parameters,
        unit_costs=tuple(
            UnitCost(item=item, unit="person", value=50, low=50, high=50, **UNCERTAIN) for item in ITEMS
        ),
    )  # fmt: skip
