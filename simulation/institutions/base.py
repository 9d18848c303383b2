"""What every institution is: a Mesa agent that turns the levers in force into its own part of the settings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import mesa

from simulation.spec.models import LeverEntry, Scope
from simulation.world.policy import Mask, in_force, legs_in_scope, places_in_scope

if TYPE_CHECKING:
    from simulation.model import RouteModel


class Institution(mesa.Agent):
    """An authority, provider or operator with a territory; it acts on days on which some lever changes."""

    lever: str
    """Name of the lever that it carries out."""
    over_places = False
    """True: its territory is places; False: legs."""

    def __init__(self, model: RouteModel, name: str, territory: Mask) -> None:
        """Create the institution.

        Args:
            model: The model it acts in.
            name: What reports call it.
            territory: (L,) or (P,) the legs or places that it answers for.
        """
        super().__init__(model)
        self.name = name
        self.territory = territory
        entries: tuple[LeverEntry, ...] = getattr(model.scenario.document.levers, self.lever)
        self._entries = [(entry, territory & self._scope(entry.scope)) for entry in entries]

    def _scope(self, scope: Scope) -> Mask:
        routes = self.model.routes
        return places_in_scope(scope, routes) if self.over_places else legs_in_scope(scope, routes)

    def settings_in_force(self, today: date) -> list[tuple[LeverEntry, Mask]]:
        """Return the lever's settings that hold today in the territory, in order: of two, the later holds."""
        return [(entry, where) for entry, where in self._entries if where.any() and in_force(entry, today)]

    def act(self, today: date) -> None:
        """Write this institution's part of ``model.settings`` for today."""
        raise NotImplementedError

    def remove(self) -> None:
        """Refuse: the legs and places that it answers for would be left without a policy."""
        raise TypeError("an institution cannot be removed from the model")
