"""How far numbers may go at all: the one table of hard bounds, wider than any range that a source gives."""

from __future__ import annotations

from typing import NamedTuple


class Bound(NamedTuple):
    """The values that a parameter can take, ends included unless ``is_open`` (then low itself is left out)."""

    low: float
    high: float
    is_open: bool = False

    def holds(self, value: float) -> bool:
        """Return whether ``value`` is inside."""
        return (self.low < value if self.is_open else self.low <= value) and value <= self.high

    def __str__(self) -> str:
        """Return the bound in words that follow "must be"."""
        low = f"above {self.low:g}" if self.is_open else f"at least {self.low:g}"
        return f"{low} and at most {self.high:g}"


_SHARE = Bound(0, 1)
_WEIGHT = Bound(0, 1e4)
_UTILITY = Bound(-1e3, 1e3)
_RATIO = Bound(0, 100)

# In the units of parameters.csv. Outside them the model's formulas have no meaning, or its numbers overflow.
BOUNDS: dict[str, Bound] = {
    "price_weight": _WEIGHT,
    "time_weight": _WEIGHT,
    "risk_weight": _WEIGHT,
    "arrest_weight": _WEIGHT,
    "discount": Bound(0, 0.999),
    "destination_reward": _UTILITY,
    "second_best_share": _SHARE,
    "stay_utility": _UTILITY,
    "settle_utility": _UTILITY,
    "return_utility": _UTILITY,
    "pathway_utility": _UTILITY,
    "uninformed_share": _SHARE,
    "uninformed_bias": Bound(0, 10),
    "departure_reference": Bound(0, 1, is_open=True),
    "departure_dispersion": Bound(0, 1e6, is_open=True),
    "deterrence_elasticity": Bound(-5, 5),
    "pathway_awareness": _SHARE,
    "vulnerability_start": Bound(0, 0.5),
    "vulnerability_step": _SHARE,
    "vulnerability_gamma": Bound(-10, 10),
    "service_relief": _SHARE,
    "service_seeking": _SHARE,
    "service_knowledge": _SHARE,
    "service_trust": _SHARE,
    "arrest_at_full": _SHARE,
    "price_ratio_full": _RATIO,
    "bypass_peril_full": _RATIO,
    "main_peril_full": _RATIO,
    "companions_mean": Bound(0, 10),
    "reunion_rate": _SHARE,
    "family_unity": _SHARE,
    "savings_median": Bound(0, 1e6),
    "savings_spread": Bound(0, 3),
    "credit_share": _SHARE,
    "saving_share": _SHARE,
    "debt_exploitation": _RATIO,
    "debt_reference": _SHARE,
    "robbery_loss": _SHARE,
    "bribe": Bound(0, 1e6),
    "injury_delay": Bound(0, 1000),
    "detention_step": _SHARE,
    "detention_scar": _SHARE,
    "alternative_days": Bound(0, 1e4, is_open=True),
    "need_urgency": _RATIO,
    "service_stigma": _SHARE,
    "informal_share": _SHARE,
    "guardianship_relief": _SHARE,
    "mobile_reach": _SHARE,
    "queue_weight": _RATIO,
    "path_size_weight": Bound(0, 10),
    "belief_rate": _SHARE,
    "belief_reports": Bound(0, 10),
    "belief_diaspora": _SHARE,
    "belief_smugglers": _SHARE,
    "belief_reassured": Bound(0, 10),
    "information_effect": _SHARE,
    "market_demand_price": Bound(-5, 5),
    "market_demand_quality": Bound(-5, 5),
    "market_rescue_quality": Bound(-10, 10),
    "reference_coverage": _SHARE,
    "control_reference": Bound(0, 0.99),
    "anti_smuggling_price": _RATIO,
    "anti_smuggling_peril": _RATIO,
    "driver_arrest_at_full": _SHARE,
    "remigration_share": _SHARE,
    "return_fare": Bound(0, 1e6),
    "remigration_days": Bound(0, 1e4, is_open=True),
}

_NUMBERED = (
    2**24 / 8 - 1
)  # each of a row of people leads a party of up to 8, and who they are has 24 bits for all

# (table, column) -> largest number: beyond it a slip of the pen would fill the memory.
LARGEST: dict[tuple[str, str], float] = {
    ("streams", "journeys"): 1e8,
    ("streams", "journeys_low"): 1e8,
    ("streams", "journeys_high"): 1e8,
    ("initial", "people"): _NUMBERED,
    ("initial", "people_low"): _NUMBERED,
    ("initial", "people_high"): _NUMBERED,
    ("legs", "vehicle_capacity"): 100_000,
}


def out_of_bounds(name: str, value: float) -> str:
    """Return what is wrong with a parameter's value, or nothing; names that the model lacks have no bounds."""
    bound = BOUNDS.get(name)
    return "" if bound is None or bound.holds(value) else f"{name} must be {bound}; got {value:g}"
