"""The smuggling market: fares, and the state of boats and vehicles, answer to demand and to rescue.

Demand is the log of last month's flow over a leg against what the leg is used to. Whether more demand makes passages
dearer, and boats worse, is disputed: the ranges of the elasticities may contain zero, and at zero nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulation.kernels.layout import F64, I64, Purpose
from simulation.units import DAYS_PER_MONTH
from simulation.world.policy import Mask
from simulation.world.routes import Routes

MEMORY_MONTHS = 12  # what a leg is used to: the mean flow of the first year, then an average with this memory
_LEAST, _MOST = 0.25, 4.0  # a market does not change beyond four times


@dataclass
class Market:
    """State of the market on every leg; updated once a month."""

    is_served: Mask  # (L,) irregular legs with vehicles or a fare
    price: F64  # (L,) fare over the fare under today's policy
    quality: F64  # (L,) peril over the peril under today's policy: above 1, boats and vehicles are worse
    reference: F64  # (L,) people a month that the leg is used to
    months: int = 0  # months seen

    @classmethod
    def begin(cls, routes: Routes) -> Market:
        """Return the market at rest."""
        ones = np.ones(len(routes.legs))
        is_served = (routes.purpose == Purpose.IRREGULAR) & (
            (routes.vehicle_capacity > 0) | (routes.price > 0)
        )
        return cls(is_served, ones, ones.copy(), np.zeros(ones.size))

    def copy(self) -> Market:
        """Return a copy that goes its own way."""
        return replace(
            self, price=self.price.copy(), quality=self.quality.copy(), reference=self.reference.copy()
        )

    def update(self, entered: I64, days: int, scale: float, parameters: dict[str, float]) -> None:
        """Let fares and quality answer to the flow of the month that ended.

        Args:
            entered: (L,) people simulated who entered each leg that month.
            days: Days of the month that were lived.
            scale: Share of people simulated.
            parameters: Elasticities by name.
        """
        flow = entered / scale / days * DAYS_PER_MONTH
        self.months += 1
        self.reference = self.reference + (flow - self.reference) / min(self.months, MEMORY_MONTHS)
        demand = np.log((flow + 1.0) / (self.reference + 1.0))
        self.price = self._answer(parameters["market_demand_price"] * demand)
        self.quality = self._answer(parameters["market_demand_quality"] * demand)

    def _answer(self, log_ratio: F64) -> F64:
        return np.where(self.is_served, np.clip(np.exp(log_ratio), _LEAST, _MOST), 1.0)


def rescue_quality(routes: Routes, coverage: F64, parameters: dict[str, float]) -> F64:
    """Return (L,) factor on peril at sea from boats that are made for being rescued soon; 1 on land.

    exp(market_rescue_quality x (coverage - reference_coverage)). The evidence disagrees whether rescue makes boats
    worse, so the range of the weight contains zero.
    """
    above = coverage - parameters["reference_coverage"]
    irregular_sea = (routes.is_sea == 1) & (routes.purpose == Purpose.IRREGULAR)
    return np.where(irregular_sea, np.exp(parameters["market_rescue_quality"] * above), 1.0)
