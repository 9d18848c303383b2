"""The model's text, formula by formula, from a Scenario: slow, plain Python, written without the model's tables.

Levers must hold for the whole run (no dates). Nothing of simulation.world or simulation.kernels is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from simulation.spec.models import Custody, Leg, Place, Scenario, Scope

OUTCOMES = ("death", "abduction", "arrest", "injury", "violence", "sgbv", "robbery", "separation")
RISK_CLASSES = tuple((sex, age) for sex in ("female", "male") for age in ("adult", "child"))
CERTAIN = 0.999999  # chances per leg are cut here: a certain event would be an infinite rate
DAYS_PER_MONTH = 365.25 / 12


def per_day(chance: float, days: float) -> float:
    """Return the rate a day that makes ``chance`` over ``days``."""
    return -math.log(1.0 - min(chance, CERTAIN)) / days


@dataclass(frozen=True)
class LegPolicy:
    """What constant levers make of a leg."""

    enforcement: float = 0.0
    coverage: float = 0.0
    interception: float = 0.0
    quota: float = 0.0
    processing_factor: float = 1.0
    acceptance: float = 1.0
    awareness: float = 1.0
    is_closed: bool = False


@dataclass(frozen=True)
class PlacePolicy:
    """What constant levers make of detention at a place; chances (adult, child)."""

    after_arrest: tuple[float, float] = (0.0, 0.0)
    after_interception: tuple[float, float] = (0.0, 0.0)
    limit_days: float = 0.0


class Hazards:
    """What the model's text says of the map, the policy and the hazards of one scenario, as lookups by name."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.places: dict[str, Place] = {p.id: p for p in scenario.places}
        self.legs: dict[str, Leg] = {leg.id: leg for leg in scenario.legs}
        self.p: dict[str, float] = {x.name: x.value for x in scenario.parameters}
        self.p |= scenario.document.parameters
        self.custody: dict[tuple[str, str], Custody] = {(c.zone, c.setting): c for c in scenario.custody}
        self.risks = {(r.zone, r.setting, r.outcome): r for r in scenario.risks}
        self.vehicles = {(v.zone, v.quantity): v.value for v in scenario.vehicle_risks}
        self._leg_policy: dict[str, LegPolicy] = {}
        self._rates: dict[tuple[str, str, tuple[str, str]], dict[str, float]] = {}

    # The map ------------------------------------------------------------------------------------------------
    def is_sea_zone(self, place: str) -> bool:
        return self.places[place].kind == "sea_zone"

    def is_terminal(self, place: str) -> bool:
        """A destination from which no irregular leg goes on."""
        onward = any(x.origin == place and x.purpose == "irregular" for x in self.scenario.legs)
        return self.places[place].kind == "destination" and not onward

    def mean_days(self, leg: Leg) -> float:
        return (leg.days_low + leg.days_mode + leg.days_high) / 3.0

    def first_leg(self, origin: str, purpose: str) -> Leg | None:
        legs = [x for x in self.scenario.legs if x.origin == origin and x.purpose == purpose]
        return legs[0] if legs else None

    def sea_zone_of(self, leg: Leg) -> str:
        return leg.destination if self.is_sea_zone(leg.destination) else leg.origin

    def back_leg(self, leg: Leg) -> Leg | None:
        return self.first_leg(self.sea_zone_of(leg), "interception") if leg.mode == "sea" else None

    def rescue_place(self, leg: Leg) -> str | None:
        """Port of safety: the leg's own port, else the nearest by days from the zone, else any zone's."""
        if leg.mode != "sea":
            return None
        if self.is_terminal(leg.destination):
            return leg.destination
        zones = [self.sea_zone_of(leg), *[p.id for p in self.scenario.places]]
        for zone in zones:
            ways = [x for x in self.scenario.legs if x.origin == zone and self.is_terminal(x.destination)]
            if ways:
                return min(ways, key=self.mean_days).destination
        return None

    def custody_at(self, place: str, setting: str) -> Custody | None:
        return self.custody.get((self.places[place].custody_zone, setting))

    def held_at(self, leg: Leg, setting: str) -> str | None:
        """Place of custody of somebody taken on a leg: where it leads, else where it begins."""
        ends = (leg.origin,) if leg.purpose == "regular" else (leg.destination, leg.origin)
        on_land = [p for p in ends if not self.is_sea_zone(p)]
        return next((p for p in on_land if self.custody_at(p, setting) is not None), None)

    # Policy -------------------------------------------------------------------------------------------------
    def _leg_in_scope(self, leg: Leg, scope: Scope) -> bool:
        if not (scope.countries or scope.places or scope.legs or scope.pathways):
            return True
        at_zone = self.is_sea_zone(leg.destination) and leg.destination in scope.places
        origin = self.places[leg.origin]
        return (
            leg.id in scope.legs
            or origin.country in scope.countries
            or origin.id in scope.places
            or at_zone
            or (leg.pathway is not None and leg.pathway in scope.pathways)
        )

    def _place_in_scope(self, place: Place, scope: Scope) -> bool:
        if not (scope.countries or scope.places or scope.legs or scope.pathways):
            return True
        return place.id in scope.places or place.country in scope.countries

    def leg_policy(self, leg: Leg) -> LegPolicy:
        if leg.id not in self._leg_policy:
            self._leg_policy[leg.id] = self._effective_leg_policy(leg)
        return self._leg_policy[leg.id]

    def _effective_leg_policy(self, leg: Leg) -> LegPolicy:
        levers = self.scenario.document.levers
        regular = leg.purpose == "regular"
        quota = leg.quota / DAYS_PER_MONTH
        now = LegPolicy(
            quota=quota,
            acceptance=leg.acceptance,
            awareness=self.p["pathway_awareness"] if regular else 1.0,
            is_closed=any(leg.id in c.legs for c in self.scenario.document.closures),
        )
        for entry in levers.border_enforcement:
            if self._leg_in_scope(leg, entry.scope):
                now = replace(now, enforcement=entry.intensity)
        for rescue in levers.search_and_rescue if leg.mode == "sea" else ():
            if self._leg_in_scope(leg, rescue.scope):
                now = replace(now, coverage=rescue.coverage)
        for pull in levers.interception if leg.mode == "sea" else ():
            if self._leg_in_scope(leg, pull.scope):
                now = replace(now, interception=pull.intensity)
        return self._pathway_policy(leg, now) if regular else now

    def _pathway_policy(self, leg: Leg, now: LegPolicy) -> LegPolicy:
        quota = now.quota
        for path in self.scenario.document.levers.legal_pathways:
            if self._leg_in_scope(leg, path.scope):
                base = quota if path.quota is None else path.quota
                now = replace(now, quota=base * path.quota_factor)
                if path.processing is not None:
                    now = replace(now, processing_factor=path.processing / self.mean_days(leg))
                if path.acceptance is not None:
                    now = replace(now, acceptance=path.acceptance)
                if path.awareness is not None:
                    now = replace(now, awareness=path.awareness)
        return now

    def place_policy(self, place: Place) -> PlacePolicy:
        detention = self.custody_at(place.id, "detention")
        if detention is None:  # nobody is detained where no detention is described
            return PlacePolicy()
        now = PlacePolicy((detention.after_arrest,) * 2, (detention.after_interception,) * 2)
        for entry in self.scenario.document.levers.detention:
            if not self._place_in_scope(place, entry.scope):
                continue
            if entry.after_arrest is not None:
                now = replace(now, after_arrest=(entry.after_arrest,) * 2)
            if entry.after_interception is not None:
                now = replace(now, after_interception=(entry.after_interception,) * 2)
            if entry.time_limit is not None:
                now = replace(now, limit_days=max(entry.time_limit, 1.0))  # counted at the ends of days
            if not entry.children:
                now = replace(
                    now,
                    after_arrest=(now.after_arrest[0], 0.0),
                    after_interception=(now.after_interception[0], 0.0),
                )
        return now

    # Hazards ------------------------------------------------------------------------------------------------
    @cached_property
    def relative_risk(self) -> dict[tuple[str, str, str], float]:
        """Relative risk by (sex, age, outcome), 1 on average over the people who start."""
        table = {(r.sex, r.age, r.outcome): r.value for r in self.scenario.relative_risks}
        found = {}
        for outcome in OUTCOMES:
            weighted, weight = 0.0, 0.0
            for c in self.scenario.composition:
                n = sum(s.journeys for s in self.scenario.streams if s.stream == c.stream)
                for sex, of_sex in (("female", c.female), ("male", 1 - c.female)):
                    for age, of_age in (("adult", 1 - c.child), ("child", c.child)):
                        weighted += n * of_sex * of_age * table.get((sex, age, outcome), 1.0)
                        weight += n * of_sex * of_age
            for sex, age in RISK_CLASSES:
                value = table.get((sex, age, outcome), 1.0)
                found[sex, age, outcome] = value / (weighted / weight) if weighted > 0 else value
        return found

    def _base(self, zone: str, setting: str, outcome: str, days: float) -> float:
        row = self.risks.get((zone, setting, outcome))  # type: ignore[call-overload]
        if row is None:
            return 0.0
        return float(row.value) if row.unit == "per_day" else -math.log(1.0 - row.value) / days

    def base_rate(self, setting: str, name: str, outcome: str) -> float:
        """Return a base hazard a day. setting: leg, place, detention or captivity; name: id of leg or place."""
        if setting == "leg" and self.legs[name].purpose == "regular":  # the applicant waits at the origin
            return self.base_rate("place", self.legs[name].origin, outcome)
        if outcome == "abduction" and self._captors(setting, name) is None:
            return 0.0
        if outcome == "arrest" and setting in {"detention", "captivity"}:
            return 0.0
        if setting == "leg":
            leg = self.legs[name]
            return self._base(leg.risk_zone, "leg", outcome, self.mean_days(leg))
        place = self.places[name]
        zone = place.risk_zone if setting == "place" else place.custody_zone
        return self._base(zone, setting, outcome, 1.0)

    def _captors(self, setting: str, name: str) -> str | None:
        """Return where somebody taken here is held; None from custody, or where no captivity is described."""
        if setting == "leg":
            return self.held_at(self.legs[name], "captivity")
        free = setting == "place" and self.custody_at(name, "captivity") is not None
        return name if free else None

    def controls(self, leg: Leg) -> float:
        """Return the extra arrests a day that enforcement makes on a leg."""
        if leg.control != "main" or leg.purpose != "irregular" or leg.mode == "sea":
            return 0.0
        return per_day(self.leg_policy(leg).enforcement * self.p["arrest_at_full"], self.mean_days(leg))

    def rates(self, setting: str, name: str, risk: tuple[str, str]) -> dict[str, float]:
        """Return harms a day of a person of a risk class (sex, age), at the vulnerability of reference."""
        key = (setting, name, risk)
        if key not in self._rates:
            found = {o: self.base_rate(setting, name, o) for o in OUTCOMES}
            if setting == "leg":
                found["arrest"] += self.controls(self.legs[name])
            self._rates[key] = {o: rate * self.relative_risk[(*risk, o)] for o, rate in found.items()}
        return self._rates[key]

    # Vehicles -----------------------------------------------------------------------------------------------
    def vehicle(self, leg: Leg, quantity: str) -> float:
        if leg.purpose != "irregular" or leg.mode not in {"sea", "desert"}:
            return 0.0
        return self.vehicles.get((leg.risk_zone, quantity), 0.0)  # type: ignore[call-overload]

    def shared_rates(self, leg: Leg) -> tuple[float, float, float]:
        """Return rates a day of peril, pick-up by rescue and pull-back of a vehicle on a leg."""
        now, days = self.leg_policy(leg), self.mean_days(leg)
        full = self.p["main_peril_full"] if leg.control == "main" else self.p["bypass_peril_full"]
        factor = 1.0 if leg.mode == "sea" else 1.0 + now.enforcement * (full - 1.0)
        pulled = 0.0
        if self.back_leg(leg) is not None:
            pulled = self.vehicle(leg, "interception_full") * now.interception
        peril = self.vehicle(leg, "peril") * factor
        pickup = self.vehicle(leg, "pickup") * now.coverage
        return per_day(peril, days), per_day(pickup, days), per_day(pulled, days)

    def rescue_share(self, leg: Leg) -> float:
        share = self.vehicle(leg, "rescue_share")
        return share * self.leg_policy(leg).coverage if leg.mode == "sea" else share
