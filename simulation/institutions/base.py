"""What every institution is: a Mesa agent that turns the levers in force into its own part of the settings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import mesa

from simulation.institutions.book import Entry, LeverBook, Ruling
from simulation.world.policy import Mask

if TYPE_CHECKING:
    from simulation.model import RouteModel


class Institution(mesa.Agent):
    """An authority, provider or operator with a territory; it acts on days on which some lever changes."""

    lever: str
    """Name of the lever that it carries out, or the first of several."""
    over_places = False
    """True: its territory is places; False: legs."""

    def __init__(self, model: RouteModel, name: str, territory: Mask, book: LeverBook) -> None:
        """Create the institution.

        Args:
            model: The model it acts in.
            name: What reports call it.
            territory: (L,) or (P,) the legs or places that it answers for.
            book: The scenario's levers.
        """
        super().__init__(model)
        self.name = name
        self.territory = territory
        self.book = book

    def settings_in_force(self, kind: type[Entry], today: date) -> list[tuple[Ruling[Entry], Mask]]:
        """Return a lever's settings that hold today in the territory, in order, each with where: the later holds."""
        found = [r for r in self.book.rulings(kind) if r.holds(today)]
        scopes = [self.territory & (r.places if self.over_places else r.legs) for r in found]
        return [(ruling, where) for ruling, where in zip(found, scopes, strict=True) if where.any()]

    def act(self, today: date) -> None:
        """Write this institution's part of ``model.settings`` for today."""
        raise NotImplementedError

    def restore(self, *names: str) -> None:
        """Set its part of the named settings to the reference policy."""
        for name in names:
            column = getattr(self.model.settings, name)
            column[self.territory] = getattr(self.model.reference, name)[self.territory]

    def remove(self) -> None:
        """Refuse: the legs and places that it answers for would be left without a policy."""
        raise TypeError("an institution cannot be removed from the model")
