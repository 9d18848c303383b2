"""From a scenario's names to index arrays: places, legs, zones and choices in the order of the tables.

Names end here. From this module on everything is an index; result tables put the names back.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import DEMOGRAPHICS, F64, HARMS, I32, SEX_AGE, U8, U32, Option, Purpose
from simulation.spec.models import Custody, Leg, Place, Risk, Scenario

OUTCOMES = ("death", "abduction", "arrest", "injury", "violence", "sgbv", "robbery", "separation")
INTENTIONS = ("europe", "north_africa", "region", "circular")
SEXES = ("female", "male")
AGES = ("adult", "child")
DEMOGRAPHIC_NAMES = tuple(
    (sex, age, alone)
    for sex in SEXES
    for age, alone in (("adult", ""), ("child", "accompanied"), ("child", "unaccompanied"))
)
EVERY_GROUP = "all"  # risk group of relative risks that hold for every group without a row of its own
PURPOSES = ("irregular", "regular", "interception", "return_forced", "return_voluntary")
_EUROPE = frozenset({"ITA", "MLT", "GRC", "ESP"})
_NORTH_AFRICA = frozenset({"DZA", "LBY", "TUN", "EGY", "MAR"})
_SETTLING = frozenset({"hub", "destination", "coastal_departure", "detention_hub"})


def name_hash(name: str, bits: int = 32) -> int:
    """Return a stable hash of a name, for draws that belong to the name and not to its row; never 0."""
    digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    return (digest >> (64 - bits)) or 1


def region_of(country: str) -> int:
    """Return the index in INTENTIONS of the region that a country (ISO alpha-3) belongs to."""
    if country in _EUROPE:
        return 0
    return 1 if country in _NORTH_AFRICA else 2


@dataclass(frozen=True)
class Routes:
    """The route graph and its people as arrays that no lever changes; shapes as in kernels.layout."""

    places: tuple[Place, ...]
    legs: tuple[Leg, ...]
    streams: tuple[str, ...]
    place_index: dict[str, int]
    leg_index: dict[str, int]
    origin: I32
    destination: I32
    purpose: U8
    is_sea: U8
    is_sahara: U8
    leg_hash: U32
    days: F64  # (L, 3) low, mode, high
    price: F64  # (L,) USD at the reference policy
    back_leg: I32
    rescue_place: I32
    custody_place: I32
    captivity_place: I32
    expulsion_leg: I32
    is_terminal: U8
    is_sea_zone: U8
    region: I32  # (P,) index in INTENTIONS of the region of the place
    savings_factor: F64  # (S,) savings of a stream over savings_median
    stream_place: I32  # (S,)
    leg_risk: F64  # (L, HARMS) base rates a day, before relative risks
    place_risk: F64  # (P, HARMS)
    detention_risk: F64  # (P, HARMS)
    captivity_risk: F64  # (P, HARMS)
    detention: tuple[Custody | None, ...]  # (P,)
    captivity: tuple[Custody | None, ...]  # (P,)
    relative_risk: F64  # (R, HARMS), 1 on average over the reference composition; R risk classes
    risk: U8  # (G,) risk class of a group
    parallel: F64  # (L,) irregular legs that join the same two places, itself included; 1 for other legs
    vehicle: dict[str, dict[str, float]]  # zone -> quantity -> value
    option_start: I32
    option_kind: U8
    option_leg: I32
    option_hash: U32
    option_place: I32

    @cached_property
    def mean_days(self) -> F64:
        """Mean travel time of each leg, days."""
        return np.asarray(self.days.mean(axis=1), np.float64)

    @cached_property
    def country(self) -> I32:
        """Number of each place's country, (P,), below P."""
        names = {name: i for i, name in enumerate(dict.fromkeys(place.country for place in self.places))}
        return np.array([names[place.country] for place in self.places], np.int32)

    @cached_property
    def place_rank(self) -> I32:
        """Rank of each place by id, (P,): an order that does not depend on places.csv."""
        return np.argsort(np.argsort([place.id for place in self.places])).astype(np.int32)

    @cached_property
    def can_detain(self) -> npt.NDArray[np.bool_]:
        """Whether people can be held at each place, (P,): a sea zone has a row of custody.csv only for the table."""
        held = np.array([row is not None for row in self.detention], np.bool_)
        return np.asarray(held & (self.is_sea_zone == 0), np.bool_)

    @cached_property
    def vehicle_capacity(self) -> I32:
        """People to a vehicle of each leg, (L,); 0 where people do not travel by vehicle."""
        return np.array([leg.vehicle_capacity for leg in self.legs], np.int32)

    @cached_property
    def is_main(self) -> npt.NDArray[np.bool_]:
        """Whether each leg is a main route, (L,): one that passes controls where it is by land."""
        return np.array([leg.control == "main" for leg in self.legs], np.bool_)

    @cached_property
    def land_controls(self) -> npt.NDArray[np.bool_]:
        """Whether each leg is irregular, by land, and passes controls, (L,)."""
        irregular = self.purpose == int(Purpose.IRREGULAR)
        return np.asarray(self.is_main & irregular & (self.is_sea == 0), np.bool_)

    @cached_property
    def vehicle_chances(self) -> dict[str, F64]:
        """Quantities of vehicle_risks.csv by name, (L,) each; 0 where people travel without shared fate."""
        shared = np.array(
            [leg.purpose == "irregular" and leg.mode in {"sea", "desert"} for leg in self.legs], np.bool_
        )
        names = dict.fromkeys(name for of_zone in self.vehicle.values() for name in of_zone)
        return {
            name: np.where(
                shared, [self.vehicle.get(leg.risk_zone, {}).get(name, 0.0) for leg in self.legs], 0.0
            )
            for name in names
        }

    @property
    def n_groups(self) -> int:
        """Number of groups: stream x demographic."""
        return len(self.streams) * DEMOGRAPHICS


def _risk_tables(scenario: Scenario, mean_days: F64) -> tuple[F64, F64, F64, F64]:
    """Return base rates a day by (leg | place | detention at place | captivity at place, harm)."""
    by_zone: dict[tuple[str, str, str], Risk] = {(r.zone, r.setting, r.outcome): r for r in scenario.risks}

    def rate(zone: str, setting: str, outcome: str, days: float) -> float:
        row = by_zone.get((zone, setting, outcome))
        if row is None:
            return 0.0
        return float(row.value) if row.unit == "per_day" else -math.log1p(-row.value) / days

    legs = np.array(
        [
            [rate(leg.risk_zone, "leg", o, mean_days[i]) for o in OUTCOMES]
            for i, leg in enumerate(scenario.legs)
        ]
    )

    def at_places(setting: str, zones: list[str]) -> F64:
        return np.array([[rate(zone, setting, o, 1.0) for o in OUTCOMES] for zone in zones]).reshape(
            -1, HARMS
        )

    custody_zones = [p.custody_zone for p in scenario.places]
    places = at_places("place", [p.risk_zone for p in scenario.places])
    detained, captive = at_places("detention", custody_zones), at_places("captivity", custody_zones)
    return legs.reshape(-1, HARMS), places, detained, captive


def risk_groups(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the risk groups, in the order of composition.csv."""
    return tuple(dict.fromkeys(c.risk_group for c in scenario.composition))


def reference_composition(scenario: Scenario) -> F64:
    """Return (R,) shares of the people who start, weighted by journeys: (risk group * 2 + sex) * 2 + is_child."""
    groups = risk_groups(scenario)
    weight = np.zeros(len(groups) * SEX_AGE)
    journeys: dict[str, float] = {}
    for row in scenario.streams:
        journeys[row.stream] = journeys.get(row.stream, 0.0) + row.journeys
    for c in scenario.composition:
        n = journeys.get(c.stream, 0.0)
        first = groups.index(c.risk_group) * SEX_AGE
        for sex, share in enumerate((c.female, 1 - c.female)):
            weight[first + sex * 2] += n * share * (1 - c.child)
            weight[first + sex * 2 + 1] += n * share * c.child
    total = weight.sum()
    return weight / total if total > 0 else np.full(weight.size, 1.0 / weight.size)


def _relative_risks(scenario: Scenario) -> F64:
    """Return (R, HARMS) relative risks, 1 on average over who starts; a row for all groups yields to a group's own."""
    groups = risk_groups(scenario)
    relative = np.ones((len(groups), SEX_AGE, HARMS))
    for general in (True, False):
        for row in scenario.relative_risks:
            if (row.risk_group == EVERY_GROUP) is not general:
                continue
            where = slice(None) if general else [g for g, name in enumerate(groups) if name == row.risk_group]
            sex_age = SEXES.index(row.sex) * 2 + AGES.index(row.age)
            relative[where, sex_age, OUTCOMES.index(row.outcome)] = row.value
    flat: F64 = relative.reshape(-1, HARMS)
    mean = reference_composition(scenario) @ flat
    return np.asarray(flat / np.where(mean > 0, mean, 1.0), np.float64)


def _risk_classes(scenario: Scenario, streams: tuple[str, ...]) -> U8:
    """Return (G,) risk class of every group: (risk group * 2 + sex) * 2 + is_child."""
    groups = risk_groups(scenario)
    of_stream = {c.stream: groups.index(c.risk_group) for c in scenario.composition}
    sex_age = np.array([SEXES.index(sex) * 2 + AGES.index(age) for sex, age, _ in DEMOGRAPHIC_NAMES])
    first = np.array([of_stream[s] * SEX_AGE for s in streams], np.int64)
    return np.asarray((first[:, None] + sex_age).ravel(), np.uint8)


def _parallel(legs: tuple[Leg, ...]) -> F64:
    """Return (L,) how many irregular legs join the two places of a leg in its direction; 1 for other legs."""
    ends = Counter((leg.origin, leg.destination) for leg in legs if leg.purpose == "irregular")
    return np.array(
        [ends[leg.origin, leg.destination] if leg.purpose == "irregular" else 1 for leg in legs], np.float64
    )


def _options(
    scenario: Scenario, place_index: dict[str, int], terminal: U8, sea: U8
) -> list[tuple[int, int, int, int]]:
    """Return (place, kind, leg, hash) of every option, by place; what is open and how good it is comes later."""
    voluntary = {leg.origin for leg in scenario.legs if leg.purpose == "return_voluntary"}
    rows: list[tuple[int, int, int, int]] = []
    for i, leg in enumerate(scenario.legs):
        if leg.purpose in {"irregular", "regular", "return_voluntary"}:
            rows.append((place_index[leg.origin], int(Option.LEG), i, name_hash("leg:" + leg.id)))
    for p, place in enumerate(scenario.places):
        if terminal[p] or sea[p]:
            continue
        rows.append((p, int(Option.STAY), -1, name_hash("stay:" + place.id)))
        if place.kind in _SETTLING:
            rows.append((p, int(Option.SETTLE), -1, name_hash("settle:" + place.id)))
        if place.kind != "origin" and place.id not in voluntary:
            rows.append((p, int(Option.RETURN), -1, name_hash("return:" + place.id)))
    return sorted(rows, key=lambda row: (row[0], row[3]))


def _first(values: list[int]) -> int:
    return values[0] if values else -1


def build_routes(scenario: Scenario) -> Routes:
    """Compile the tables of a valid scenario; references are known to hold (spec.checks)."""
    places, legs = scenario.places, scenario.legs
    index = {p.id: i for i, p in enumerate(places)}
    origin = np.array([index[leg.origin] for leg in legs], np.int32)
    destination = np.array([index[leg.destination] for leg in legs], np.int32)
    days = np.array([[leg.days_low, leg.days_mode, leg.days_high] for leg in legs], np.float64).reshape(-1, 3)
    sea = np.array([p.kind == "sea_zone" for p in places], np.uint8)
    goes_on = {leg.origin for leg in legs if leg.purpose == "irregular"}
    terminal = np.array([p.kind == "destination" and p.id not in goes_on for p in places], np.uint8)
    custody = {(c.zone, c.setting): c for c in scenario.custody}
    detention = tuple(custody.get((p.custody_zone, "detention")) for p in places)
    captivity = tuple(custody.get((p.custody_zone, "captivity")) for p in places)
    is_sea = np.array([leg.mode == "sea" for leg in legs], np.uint8)

    def zone_of(i: int) -> int:
        return int(destination[i] if sea[destination[i]] else origin[i])

    by_days = sorted(range(len(legs)), key=lambda i: (days[i].mean(), i))
    back = {int(origin[i]): i for i in reversed(range(len(legs))) if legs[i].purpose == "interception"}
    landings = {
        z: _first([int(destination[i]) for i in by_days if origin[i] == z and terminal[destination[i]]])
        for z in range(len(places))
    }
    any_landing = _first([p for p in landings.values() if p >= 0])
    rescue = [-1] * len(legs)
    for i in range(len(legs)):
        if is_sea[i]:
            own = int(destination[i]) if terminal[destination[i]] else landings[zone_of(i)]
            rescue[i] = own if own >= 0 else any_landing

    def held(i: int, kinds: tuple[Custody | None, ...]) -> int:
        # Who waits for a regular pathway is still at its origin.
        ends = (origin[i],) if legs[i].purpose == "regular" else (destination[i], origin[i])
        return _first([int(p) for p in ends if kinds[p] is not None and not sea[p]])

    leg_risk, place_risk, detention_risk, captivity_risk = _risk_tables(scenario, days.mean(axis=1))
    custody_place = np.array([held(i, detention) for i in range(len(legs))], np.int32)
    captivity_place = np.array([held(i, captivity) for i in range(len(legs))], np.int32)
    leg_risk[captivity_place < 0, 1] = 0.0  # nobody is abducted where no captivity is described
    place_risk[[c is None for c in captivity], 1] = 0.0
    detention_risk[:, 1:3] = 0.0
    captivity_risk[:, 1:3] = 0.0
    streams = tuple(dict.fromkeys(row.stream for row in scenario.streams))
    stream_place = {row.stream: index[row.place] for row in scenario.streams}
    factor = {row.stream: row.savings_factor for row in scenario.composition}
    options = _options(scenario, index, terminal, sea)
    counts = (
        np.bincount([row[0] for row in options], minlength=len(places))
        if options
        else np.zeros(len(places), int)
    )
    expel = {int(origin[i]): i for i in reversed(range(len(legs))) if legs[i].purpose == "return_forced"}
    return Routes(
        places=places,
        legs=legs,
        streams=streams,
        place_index=index,
        leg_index={leg.id: i for i, leg in enumerate(legs)},
        origin=origin,
        destination=destination,
        purpose=np.array([PURPOSES.index(leg.purpose) for leg in legs], np.uint8),
        is_sea=is_sea,
        is_sahara=np.array([leg.mode == "desert" and leg.purpose == "irregular" for leg in legs], np.uint8),
        leg_hash=np.array([name_hash("leg:" + leg.id) for leg in legs], np.uint32),
        days=days,
        price=np.array([_price(leg) for leg in legs], np.float64),
        back_leg=np.array(
            [back.get(zone_of(i), -1) if is_sea[i] else -1 for i in range(len(legs))], np.int32
        ),
        rescue_place=np.array(rescue, np.int32),
        custody_place=np.where(custody_place < 0, origin, custody_place).astype(np.int32),
        captivity_place=captivity_place,
        expulsion_leg=np.array([expel.get(p, -1) for p in range(len(places))], np.int32),
        is_terminal=terminal,
        is_sea_zone=sea,
        region=np.array([region_of(p.country) for p in places], np.int32),
        savings_factor=np.array([factor[s] for s in streams], np.float64),
        stream_place=np.array([stream_place[s] for s in streams], np.int32),
        leg_risk=leg_risk,
        place_risk=place_risk,
        detention_risk=detention_risk,
        captivity_risk=captivity_risk,
        detention=detention,
        captivity=captivity,
        relative_risk=_relative_risks(scenario),
        risk=_risk_classes(scenario, streams),
        parallel=_parallel(legs),
        vehicle={
            zone: {v.quantity: v.value for v in scenario.vehicle_risks if v.zone == zone}
            for zone in dict.fromkeys(v.zone for v in scenario.vehicle_risks)
        },
        option_start=np.r_[0, np.cumsum(counts)].astype(np.int32),
        option_kind=np.array([row[1] for row in options], np.uint8),
        option_leg=np.array([row[2] for row in options], np.int32),
        option_hash=np.array([row[3] for row in options], np.uint32),
        option_place=np.array([row[0] for row in options], np.int32),
    )


def _price(leg: Leg) -> float:
    """Return the fare in USD: geometric mean of the range, or the mean where the low end is 0."""
    if leg.price_low > 0 and leg.price_high > 0:
        return math.sqrt(leg.price_low * leg.price_high)
    return (leg.price_low + leg.price_high) / 2


assert PURPOSES[Purpose.INTERCEPTION] == "interception"
