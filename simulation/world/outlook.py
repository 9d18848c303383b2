"""What adapts beside policy: the market's fares and boats, what people believe, and the queues they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels.layout import F64, I64
from simulation.spec.models import Coupling
from simulation.world.beliefs import Beliefs
from simulation.world.market import Market
from simulation.world.routes import Routes

_MARKET = ("market_demand_price", "market_demand_quality")


@dataclass
class Outlook:
    """State that changes once a month; tables are built from it and from the settings."""

    market: Market
    beliefs: Beliefs
    wait: F64  # (L,) days that the queue of a regular leg stands for: backlog over places a day
    parameters: dict[str, float]
    market_on: bool  # coupling: fares and boats answer to demand and rescue
    beliefs_on: bool  # coupling: reports change beliefs

    @classmethod
    def begin(cls, routes: Routes, parameters: dict[str, float], coupling: Coupling) -> Outlook:
        """Return the outlook at the start of a run: market at rest, first beliefs, no queues."""
        return cls(
            market=Market.begin(routes),
            beliefs=Beliefs.begin(routes, parameters["uninformed_bias"]),
            wait=np.zeros(len(routes.legs)),
            parameters=parameters,
            market_on=coupling.market,
            beliefs_on=coupling.beliefs,
        )

    def copy(self) -> Outlook:
        """Return a copy that goes its own way."""
        return Outlook(
            self.market.copy(), self.beliefs.copy(), self.wait.copy(), self.parameters, self.market_on,
            self.beliefs_on,
        )  # fmt: skip

    @property
    def bias(self) -> F64:
        """(2, L) perceived over true risk, of the informed and the uninformed, before the lever information."""
        return np.stack([np.ones(self.beliefs.uninformed.size), self.beliefs.uninformed])

    def adapt(self, entered: I64, deaths: I64, chance: F64, days: int, scale: float) -> bool:
        """Let market and beliefs answer to the calendar month that ended; return whether tables must be built anew.

        Args:
            entered: (L,) people simulated who entered each leg.
            deaths: (L,) people simulated who died on each leg.
            chance: (L,) true chance of death on the leg.
            days: Days of the month that were lived.
            scale: Share of people simulated.
        """
        has_changed = False
        if self.market_on and any(self.parameters[name] != 0.0 for name in _MARKET):
            self.market.update(entered, days, scale, self.parameters)
            has_changed = True
        if self.beliefs_on and self.parameters["belief_rate"] > 0.0:
            self.beliefs.update(entered, deaths, chance, self.parameters)
            has_changed = True
        return has_changed
