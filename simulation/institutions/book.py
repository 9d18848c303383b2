"""The lever book: every setting of every lever with its scope on this map, its days in force and what a budget buys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar, cast, get_args

import numpy as np

from simulation.kernels.layout import F64
from simulation.spec.models import LeverEntry, Levers, Scenario
from simulation.world.policy import Mask, in_force, legs_in_scope, places_in_scope
from simulation.world.routes import Routes

Entry = TypeVar("Entry", bound=LeverEntry)

_LISTS: dict[type[LeverEntry], str] = {
    get_args(field.annotation)[0]: name for name, field in Levers.model_fields.items()
}


@dataclass(frozen=True)
class Ruling(Generic[Entry]):
    """One setting of a lever on this map."""

    entry: Entry
    legs: Mask  # (L,) in scope
    places: Mask  # (P,) in scope
    days: int  # days of the run on which it is in force

    def holds(self, today: date) -> bool:
        """Return whether it is in force today."""
        return in_force(self.entry, today)


class LeverBook:
    """All rulings of a scenario by lever, in the order of the file: of two that overlap, the later holds."""

    def __init__(self, scenario: Scenario, routes: Routes) -> None:
        """Find the scope of every setting once.

        Args:
            scenario: Levers, period and unit costs.
            routes: The compiled graph.
        """
        period, levers = scenario.document.period, scenario.document.levers
        self._costs = {row.item: row.value for row in scenario.unit_costs}

        def ruling(entry: LeverEntry) -> Ruling[LeverEntry]:
            first, last = entry.start or period.start, entry.end or period.end
            days = (min(last, period.end) - max(first, period.start)).days + 1
            legs, places = legs_in_scope(entry.scope, routes), places_in_scope(entry.scope, routes)
            return Ruling(entry, legs, places, max(days, 0))

        self._rulings = {kind: [ruling(e) for e in getattr(levers, name)] for kind, name in _LISTS.items()}

    def rulings(self, kind: type[Entry]) -> list[Ruling[Entry]]:
        """Return the settings of one lever, in order."""
        return cast("list[Ruling[Entry]]", self._rulings[kind])

    def bought(self, budget: float, item: str, days: int) -> float:
        """Return how many units a day a budget buys: budget / unit cost / days in force; 0 if never in force."""
        return budget / self._costs[item] / days if days > 0 else 0.0


def given(factor: float | None) -> float:
    """Return a factor of a setting, 1 where it is left out."""
    return 1.0 if factor is None else factor


def share_out(total: float, weight: F64, where: Mask) -> F64:
    """Return ``total`` dealt out over ``where`` in proportion to ``weight``, evenly where all weights are 0."""
    held = np.where(where, weight, 0.0)
    if held.sum() <= 0:
        held = where.astype(np.float64)
    return np.asarray(total * held / max(held.sum(), 1e-300), np.float64)
