"""Relocation offices: places in other countries of destination for people who arrive in one."""

from __future__ import annotations

from datetime import date

from simulation.institutions.base import Institution
from simulation.spec.models import Relocation


class RelocationOffice(Institution):
    """Writes ``relocation`` and ``relocation_pool`` of the places of its country."""

    lever = "relocation"
    over_places = True

    def act(self, today: date) -> None:
        """Set places a day, of which the terminal destinations in scope share a pool; 0 where no setting holds."""
        self.restore("relocation", "relocation_pool")
        book = self.book.rulings(Relocation)
        ends = self.model.routes.is_terminal == 1
        for ruling, where in self.settings_in_force(Relocation, today):
            n_places = int((ruling.places & ends).sum())
            if n_places:
                self.model.settings.relocation[where & ends] = ruling.entry.places / n_places
                self.model.settings.relocation_pool[where & ends] = next(
                    k for k, other in enumerate(book) if other is ruling
                )
