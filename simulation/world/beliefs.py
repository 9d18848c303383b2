"""What the uninformed believe of the risks ahead: moved monthly by reports of deaths and by smugglers' reassurance.

The informed see true risks. The belief of a leg is perceived over true risk: 1 is the truth, below 1 too rosy. After
the idea of Hinsch & Bijak (2023), Journal of Artificial Societies and Social Simulation (Routes and Rumours), without
their exchange between persons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import F64, I64, Purpose
from simulation.world.policy import Mask
from simulation.world.routes import Routes

_MOST = 10.0  # nobody believes a risk to be more than ten times the true one


@dataclass
class Beliefs:
    """State of the beliefs of the uninformed, by leg; news comes by zone of risk."""

    zone: npt.NDArray[np.int64]  # (L,) zone of risk of a leg
    heard_of: Mask  # (L,) irregular legs: of others there is no news
    uninformed: F64  # (L,) perceived over true risk
    on_the_way: F64  # (2, Z) deaths, and deaths to be expected, of last month: reports travel for a month
    gathered: F64  # (2, Z) the same since the zone's last news
    months: npt.NDArray[np.int64]  # (Z,) months since the zone's last news

    @classmethod
    def begin(cls, routes: Routes, bias: float) -> Beliefs:
        """Return the beliefs at the start: the same ``bias`` everywhere."""
        names = list(dict.fromkeys(leg.risk_zone for leg in routes.legs))
        return cls(
            zone=np.array([names.index(leg.risk_zone) for leg in routes.legs], np.int64),
            heard_of=routes.purpose == Purpose.IRREGULAR,
            uninformed=np.full(len(routes.legs), bias),
            on_the_way=np.zeros((2, len(names))),
            gathered=np.zeros((2, len(names))),
            months=np.zeros(len(names), np.int64),
        )

    def copy(self) -> Beliefs:
        """Return a copy that goes its own way."""
        changing = ("uninformed", "on_the_way", "gathered", "months")
        return replace(self, **{name: getattr(self, name).copy() for name in changing})

    def update(self, entered: I64, deaths: I64, chance: F64, parameters: dict[str, float]) -> None:
        """Let the news of the month before the one that ended change beliefs.

        News of a zone is told once at least one death was to be expected there since the last news: fewer say nothing
        about a risk. belief += share x (target - belief), with share = 1 - (1 - belief_rate) ^ months since then, and
        target = (1 - belief_smugglers) x heard + belief_smugglers x belief_reassured and
        heard = (1 - belief_diaspora) x belief_reports x deaths / expected + belief_diaspora x 1: relatives abroad, who
        are trusted, tell the truth.

        Args:
            entered: (L,) people simulated who entered each leg in the month that ended.
            deaths: (L,) people simulated who died on each leg in that month.
            chance: (L,) true chance of death on the leg.
            parameters: Rates and weights by name.
        """
        news = np.stack([self._by_zone(deaths.astype(np.float64)), self._by_zone(entered * chance)])
        self.gathered = self.gathered + self.on_the_way
        self.on_the_way = news
        self.months = self.months + 1
        told = self.gathered[1] >= 1.0
        ratio = np.where(told, self.gathered[0] / np.where(told, self.gathered[1], 1.0), 0.0)
        diaspora, smugglers = parameters["belief_diaspora"], parameters["belief_smugglers"]
        heard = (1.0 - diaspora) * parameters["belief_reports"] * ratio + diaspora
        target = (1.0 - smugglers) * heard + smugglers * parameters["belief_reassured"]
        share = np.where(told, 1.0 - (1.0 - parameters["belief_rate"]) ** self.months, 0.0)
        change = share[self.zone] * (target[self.zone] - self.uninformed)
        self.uninformed = np.where(
            self.heard_of, np.clip(self.uninformed + change, 0.0, _MOST), self.uninformed
        )
        self.gathered = np.where(told, 0.0, self.gathered)
        self.months = np.where(told, 0, self.months)

    def _by_zone(self, of_leg: F64) -> F64:
        """Return (Z,) sums over the irregular legs of each zone."""
        total = np.bincount(self.zone[self.heard_of], of_leg[self.heard_of], self.months.size)
        return np.asarray(total, np.float64)
