"""The model's text on choice, from a Scenario: the recursive logit solved slowly, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from literal_hazards import Hazards

from simulation.spec.models import Leg

INTENTIONS = ("europe", "north_africa", "region", "circular")


def region_of(country: str) -> str:
    """Return the region of a country (ISO alpha-3), by the name of the intention that ends there."""
    if country in {"ITA", "MLT", "GRC", "ESP"}:
        return "europe"
    return "north_africa" if country in {"DZA", "LBY", "TUN", "EGY", "MAR"} else "region"


@dataclass(frozen=True)
class Option:
    """Something that a person at a place can choose; leg is None for stay, settle and return."""

    kind: str
    leg: Leg | None = None


class Text(Hazards):
    """Everything that the model's text says of one scenario: hazards, and what people choose."""

    def options(self, place: str) -> list[Option]:
        """Return the options at a place; a terminal place or a sea zone has its legs only."""
        mine = [x for x in self.scenario.legs if x.origin == place]
        chosen = {"irregular", "regular", "return_voluntary"}
        found = [Option("leg", x) for x in mine if x.purpose in chosen]
        if self.is_terminal(place) or self.is_sea_zone(place):
            return found
        found.append(Option("stay"))
        if self.places[place].kind in {"hub", "destination", "coastal_departure", "detention_hub"}:
            found.append(Option("settle"))
        voluntary = any(x.purpose == "return_voluntary" for x in mine)
        if self.places[place].kind != "origin" and not voluntary:
            found.append(Option("return"))
        return found

    def is_open(self, leg: Leg) -> bool:
        now = self.leg_policy(leg)
        return not now.is_closed and (leg.purpose != "regular" or now.quota > 0)

    def price(self, leg: Leg) -> float:
        if leg.price_low > 0 and leg.price_high > 0:
            fare = math.sqrt(leg.price_low * leg.price_high)
        else:
            fare = (leg.price_low + leg.price_high) / 2
        if leg.purpose == "irregular" and leg.mode != "sea":
            fare *= 1.0 + self.beyond(leg) * (self.p["price_ratio_full"] - 1.0)
        return fare * self.hunted(leg, self.p["anti_smuggling_price"])

    def true_chances(self, leg: Leg) -> tuple[float, float]:
        """Return the chance to die and to be stopped on a leg, for somebody of average risk."""
        days = self.mean_days(leg)
        shared = self.shared_rates(leg)
        total = sum(shared)
        occurs = [0.0 if total == 0 else r / total * (1.0 - math.exp(-total * days)) for r in shared]
        helped = self.rescue_share(leg)
        dies = helped * self.vehicle(leg, "death_rescued") + (1 - helped) * self.vehicle(
            leg, "death_unrescued"
        )
        death = 1.0 - math.exp(-self.base_rate("leg", leg.id, "death") * days) + occurs[0] * dies
        return death, 1.0 - math.exp(-self.arrests(leg) * days) + occurs[2]

    def parallel(self, leg: Leg) -> int:
        """Return how many irregular legs join the same two places."""
        ends = (leg.origin, leg.destination)
        return sum(x.purpose == "irregular" and (x.origin, x.destination) == ends for x in self.scenario.legs)

    def reward(self, place: str, intention: str) -> float:
        full = self.p["destination_reward"]
        return (
            full if region_of(self.places[place].country) == intention else full * self.p["second_best_share"]
        )

    def _value_of(
        self, place: str, option: Option, intention: str, bias: float
    ) -> tuple[float, list[tuple[float, str]]]:
        """Return (utility now, [(chance, place that follows)]) of an option."""
        if option.kind == "stay":
            return self.p["stay_utility"], [(1.0, place)]
        if option.kind == "settle":
            return self.p["settle_utility"] + self.reward(place, intention), []
        leg = option.leg
        if leg is None or leg.purpose == "return_voluntary":
            home = intention == "circular" and region_of(self.places[place].country) == "north_africa"
            return self.p["return_utility"] + (self.p["destination_reward"] if home else 0.0), []
        now = self.leg_policy(leg)
        cost = self.p["price_weight"] * self.price(leg) / 1000.0
        cost += self.p["time_weight"] * self.mean_days(leg) * now.processing_factor
        if leg.purpose == "regular":
            granted = now.acceptance
            return self.p["pathway_utility"] - cost, [(granted, leg.destination), (1 - granted, place)]
        death, stopped = self.true_chances(leg)
        bias += (1.0 - bias) * now.information * self.p["information_effect"]
        death = min(1.0, bias * death)
        stopped = min(1.0 - death, bias * stopped)
        back = self.back_leg(leg)
        behind = place if back is None else back.destination
        u = -cost - self.p["risk_weight"] * death - self.p["arrest_weight"] * stopped
        u += self.p["path_size_weight"] * math.log(1.0 / self.parallel(leg))
        return u, [(1.0 - death - stopped, leg.destination), (stopped, behind)]

    def choice(
        self, intention: str, informed: bool
    ) -> tuple[dict[str, float], dict[str, list[tuple[Option, float]]]]:
        """Solve the recursive logit by fixed-point iteration to 1e-12.

        Returns:
            (V, options): value of every place; every open option of a place with its weight exp(u - V).
        """
        bias = 1.0 if informed else self.p["uninformed_bias"]
        stages = {
            place: [
                (option, *self._value_of(place, option, intention, bias))
                for option in self.options(place)
                if option.leg is None or self.is_open(option.leg)
            ]
            for place in self.places
        }
        value = {p: self.reward(p, intention) if self.is_terminal(p) else 0.0 for p in self.places}
        beta = self.p["discount"]
        for _ in range(100_000):
            after = dict(value)
            for place, stage in stages.items():
                if not self.is_terminal(place) and self.options(place):
                    after[place] = _log_sum_exp(u + beta * _mean(value, nexts) for _, u, nexts in stage)
            moved = max(abs(after[p] - value[p]) for p in value)
            value = after
            if moved < 1e-12:
                break
        weights = {
            place: [(o, math.exp(u + beta * _mean(value, nexts) - value[place])) for o, u, nexts in stage]
            for place, stage in stages.items()
        }
        return value, weights


def _mean(value: dict[str, float], nexts: Iterable[tuple[float, str]]) -> float:
    return sum(chance * value[place] for chance, place in nexts)


def _log_sum_exp(terms: Iterable[float]) -> float:
    terms = list(terms)
    if not terms:
        return -50.0  # nothing is open
    top = max(terms)
    return top + math.log(sum(math.exp(t - top) for t in terms))
