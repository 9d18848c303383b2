"""The model's text on the map and on constant levers, from a Scenario: slow, plain Python, without the model's tables.

Levers must hold for the whole run (no dates). Nothing of simulation.world, institutions or kernels is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulation.spec.models import NEUTRAL, Custody, Leg, Place, Scenario, Scope

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class LegPolicy:
    """What constant levers make of a leg."""

    control: float = 0.0
    anti_smuggling: float = 0.0
    information: float = 0.0
    mobile: float = 0.0
    coverage: float = 0.0
    interception: float = 0.0
    quota: float = 0.0
    processing_factor: float = 1.0
    acceptance: float = 1.0
    awareness: float = 1.0
    eligible: str = "all"
    disembark: str | None = None
    is_closed: bool = False


@dataclass(frozen=True)
class PlacePolicy:
    """What constant levers make of detention at a place; chances (adult, child)."""

    after_arrest: tuple[float, float] = (0.0, 0.0)
    after_interception: tuple[float, float] = (0.0, 0.0)
    limit_days: float = 0.0
    alternatives: float = 0.0
    unofficial: float = 0.0
    harm_factor: float = 1.0
    expelled: float = 0.0
    assisted: float = 0.0


@dataclass(frozen=True)
class HelpPolicy:
    """What constant levers make of help at a place."""

    firewall: float = 0.0
    knowledge: float = 0.0
    referral: float = 0.0


def last(entries: Iterable[Any], key: str, otherwise: Any) -> Any:
    """Return what the last entry that gives a key says, or ``otherwise``."""
    for entry in entries:
        if getattr(entry, key) is not None:
            otherwise = getattr(entry, key)
    return otherwise


def _by_age(held: Iterable[Any], key: str, otherwise: float) -> tuple[float, float]:
    """Return chances of detention of adults and children; an entry that names a chance names it for both."""
    held = list(held)
    adult = last(held, key, otherwise)
    return adult, adult if last(held, "children", True) else 0.0


class Policy:
    """What the model's text says of the map and the policy of one scenario, as lookups by name."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.places: dict[str, Place] = {p.id: p for p in scenario.places}
        self.legs: dict[str, Leg] = {leg.id: leg for leg in scenario.legs}
        self.p: dict[str, float] = NEUTRAL | {x.name: x.value for x in scenario.parameters}
        self.p |= scenario.document.parameters
        self.custody: dict[tuple[str, str], Custody] = {(c.zone, c.setting): c for c in scenario.custody}
        self._leg_policy: dict[str, LegPolicy] = {}

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

    def unless_closed(self, leg: Leg | None) -> Leg | None:
        return None if leg is None or self.leg_policy(leg).is_closed else leg

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

    def _settings(self, lever: str, where: Leg | Place) -> list[Any]:
        """Return the settings of a lever that hold at a leg or place."""
        entries: Iterable[Any] = getattr(self.scenario.document.levers, lever)
        if isinstance(where, Leg):
            return [entry for entry in entries if self._leg_in_scope(where, entry.scope)]
        return [entry for entry in entries if self._place_in_scope(where, entry.scope)]

    def reference_control(self, leg: Leg) -> float:
        """Return the control at which base arrests of a leg are defined."""
        controlled = leg.control == "main" and leg.purpose == "irregular" and leg.mode != "sea"
        return self.p["control_reference"] if controlled else 0.0

    def leg_policy(self, leg: Leg) -> LegPolicy:
        if leg.id not in self._leg_policy:
            self._leg_policy[leg.id] = self._effective_leg_policy(leg)
        return self._leg_policy[leg.id]

    def _effective_leg_policy(self, leg: Leg) -> LegPolicy:
        ends = {self.places[leg.origin].country, self.places[leg.destination].country}
        free = [entry for entry in self._settings("free_movement", leg) if ends <= set(entry.bloc)]
        told = self._settings("information", leg)
        rescue = self._settings("search_and_rescue", leg) if leg.mode == "sea" else []
        pulled = self._settings("interception", leg) if leg.mode == "sea" else []
        teams = self._settings("services", leg) if leg.mode == "desert" else []
        paths = self._settings("legal_pathways", leg) if leg.purpose == "regular" else []
        quota = leg.quota / DAYS_PER_MONTH
        for path in paths:
            if path.quota is not None or path.quota_factor is not None:
                base = leg.quota / DAYS_PER_MONTH if path.quota is None else path.quota
                quota = base * (1.0 if path.quota_factor is None else path.quota_factor)
        days = last(paths, "processing", None)
        controlled = last(self._settings("border_enforcement", leg), "intensity", self.reference_control(leg))
        aware = self.p["pathway_awareness"] if leg.purpose == "regular" else 1.0
        return LegPolicy(
            control=controlled * (1.0 - last(free, "share", 0.0)),
            anti_smuggling=last(self._settings("anti_smuggling", leg), "intensity", 0.0),
            information=told[-1].reach * told[-1].trust if told else 0.0,
            mobile=last(teams, "mobile_teams", 0.0),
            coverage=last(rescue, "coverage", 0.0),
            disembark=last(rescue, "disembark", None),
            interception=last(pulled, "intensity", 0.0),
            quota=quota,
            processing_factor=1.0 if days is None else days / self.mean_days(leg),
            acceptance=last(paths, "acceptance", leg.acceptance),
            awareness=last(paths, "awareness", aware),
            eligible=last(paths, "eligible", leg.eligible),
            is_closed=any(leg.id in closure.legs for closure in self.scenario.document.closures),
        )

    def place_policy(self, place: Place) -> PlacePolicy:
        detention = self.custody_at(place.id, "detention")
        if detention is None:  # nobody is detained where no detention is described
            return PlacePolicy()
        held, home = self._settings("detention", place), self._settings("returns", place)
        limit = last(held, "time_limit", None)
        return PlacePolicy(
            after_arrest=_by_age(held, "after_arrest", detention.after_arrest),
            after_interception=_by_age(held, "after_interception", detention.after_interception),
            limit_days=0.0 if limit is None else max(limit, 1.0),  # counted at the ends of days
            alternatives=last(held, "alternatives", detention.alternatives_share),
            unofficial=last(held, "unofficial", detention.unofficial_share),
            harm_factor=last(held, "harm_factor", 1.0),
            expelled=last(home, "expelled", detention.exit_expelled),
            assisted=last(home, "assisted_exits", detention.exit_assisted),
        )

    def exits(self, place: str) -> tuple[float, float]:
        """Return the shares of exits from detention by expulsion and by assisted return; some of the rest is bought."""
        detention, now = self.custody_at(place, "detention"), self.place_policy(self.places[place])
        bought = 0.0 if detention is None else detention.exit_bribe
        total = max(1.0, now.expelled + now.assisted + bought)
        return now.expelled / total, now.assisted / total

    def reach(self, place: str, service: str) -> float:
        """Return the share of needs whose bearer knows where to go and dares to."""
        now, p = self.help_policy(self.places[place]), self.p
        knows = 1.0 - (1.0 - p["service_knowledge"]) * (1.0 - now.knowledge)
        dares = 1.0 - (1.0 - p["service_trust"]) * (1.0 - now.firewall)
        shame = p["service_stigma"] if service == "protection" else 0.0
        return knows * dares * (1.0 - shame)

    def help_policy(self, place: Place) -> HelpPolicy:
        told = self._settings("information", place)
        return HelpPolicy(
            firewall=last(self._settings("firewall", place), "share", 0.0),
            knowledge=told[-1].reach * told[-1].trust if told else 0.0,
            referral=last(self._settings("regional_protection", place), "coverage", 0.0),
        )
