"""The model's text, on hazards, formula by formula, from a Scenario: slow, plain Python.

Levers must hold for the whole run (no dates). Nothing of simulation.world or simulation.kernels is used.
"""

from __future__ import annotations

import math
from functools import cached_property

from literal_policy import Policy

from simulation.spec.models import Leg, Scenario

OUTCOMES = ("death", "abduction", "arrest", "injury", "violence", "sgbv", "robbery", "separation")
RISK_CLASSES = tuple((sex, age) for sex in ("female", "male") for age in ("adult", "child"))
CERTAIN = 0.999999  # chances per leg are cut here: a certain event would be an infinite rate


def per_day(chance: float, days: float) -> float:
    """Return the rate a day that makes ``chance`` over ``days``."""
    return -math.log(1.0 - min(chance, CERTAIN)) / days


class Hazards(Policy):
    """What the model's text says of the map, the policy and the hazards of one scenario, as lookups by name."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.risks = {(r.zone, r.setting, r.outcome): r for r in scenario.risks}
        self.vehicles = {(v.zone, v.quantity): v.value for v in scenario.vehicle_risks}
        self._rates: dict[tuple[str, str, tuple[str, ...]], dict[str, float]] = {}

    # Hazards ------------------------------------------------------------------------------------------------
    @cached_property
    def risk_groups(self) -> list[str]:
        return list(dict.fromkeys(c.risk_group for c in self.scenario.composition))

    @cached_property
    def relative_risk(self) -> dict[tuple[str, str, str, str], float]:
        """Relative risk by (sex, age, risk group, outcome), 1 on average over the people who start."""
        table = {(r.sex, r.age, r.risk_group, r.outcome): r.value for r in self.scenario.relative_risks}

        def said(sex: str, age: str, group: str, outcome: str) -> float:
            general = table.get((sex, age, "all", outcome), 1.0)  # type: ignore[arg-type]
            return table.get((sex, age, group, outcome), general)  # type: ignore[arg-type]

        found = {}
        for outcome in OUTCOMES:
            weighted, weight = 0.0, 0.0
            for c in self.scenario.composition:
                n = sum(s.journeys for s in self.scenario.streams if s.stream == c.stream)
                for sex, of_sex in (("female", c.female), ("male", 1 - c.female)):
                    for age, of_age in (("adult", 1 - c.child), ("child", c.child)):
                        weighted += n * of_sex * of_age * said(sex, age, c.risk_group, outcome)
                        weight += n * of_sex * of_age
            for group in self.risk_groups:
                for sex, age in RISK_CLASSES:
                    value = said(sex, age, group, outcome)
                    found[sex, age, group, outcome] = value / (weighted / weight) if weighted > 0 else value
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

    def beyond(self, leg: Leg) -> float:
        """Return control beyond the reference, as a share of what there is to full control."""
        r = self.p["control_reference"]
        return max(0.0, (self.leg_policy(leg).control - r) / (1.0 - r))

    def within(self, leg: Leg) -> float:
        """Return the share of reference control that is in force."""
        r = self.reference_control(leg)
        return min(self.leg_policy(leg).control / r, 1.0) if r > 0 else 1.0

    def arrests(self, leg: Leg) -> float:
        """Return arrests a day on a leg, of an average person."""
        found = self.base_rate("leg", leg.id, "arrest") * self.within(leg)
        if leg.purpose != "irregular" or leg.mode == "sea":
            return found
        days, now = self.mean_days(leg), self.leg_policy(leg)
        if leg.control == "main":
            found += per_day(self.beyond(leg) * self.p["arrest_at_full"], days)
        return found + per_day(now.anti_smuggling * self.p["driver_arrest_at_full"], days)

    def rates(self, setting: str, name: str, risk: tuple[str, ...]) -> dict[str, float]:
        """Return harms a day of a person of a risk class (sex, age, group), at the vulnerability of reference.

        The group may be left out where there is one only.
        """
        key = (setting, name, risk)
        if key not in self._rates:
            sex, age, group = (*risk, *self.risk_groups)[:3]
            found = {o: self.base_rate(setting, name, o) for o in OUTCOMES}
            if setting == "leg":
                found["arrest"] = self.arrests(self.legs[name])
            if setting == "detention":
                worse = self.place_policy(self.places[name]).harm_factor
                found = {o: rate * worse for o, rate in found.items()}
            self._rates[key] = {o: rate * self.relative_risk[sex, age, group, o] for o, rate in found.items()}
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
        factor = 1.0 if leg.mode == "sea" else 1.0 + self.beyond(leg) * (full - 1.0)
        factor *= self.hunted(leg, self.p["anti_smuggling_peril"])
        if leg.mode == "sea" and self.scenario.document.coupling.market:
            factor *= math.exp(
                self.p["market_rescue_quality"] * (now.coverage - self.p["reference_coverage"])
            )
        pulled = 0.0
        if self.unless_closed(self.back_leg(leg)) is not None:
            pulled = self.vehicle(leg, "interception_full") * now.interception
        peril = self.vehicle(leg, "peril") * factor
        pickup = self.vehicle(leg, "pickup") * now.coverage
        return per_day(peril, days), per_day(pickup, days), per_day(pulled, days)

    def hunted(self, leg: Leg, full: float) -> float:
        """Return the factor of anti-smuggling on a leg with vehicles, ``full`` at intensity 1."""
        if leg.purpose != "irregular" or leg.vehicle_capacity == 0:
            return 1.0
        return 1.0 + self.leg_policy(leg).anti_smuggling * (full - 1.0)

    def rescue_share(self, leg: Leg) -> float:
        share, now = self.vehicle(leg, "rescue_share"), self.leg_policy(leg)
        if leg.purpose != "irregular":
            return 0.0
        if leg.mode == "sea":
            return share * now.coverage
        return share + (1.0 - share) * now.mobile * self.p["mobile_reach"]
