"""Return programmes: who is expelled from detention, and how many people can be helped home."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.book import Ruling, given, share_out
from simulation.kernels.layout import F64
from simulation.spec.models import Returns
from simulation.world.policy import Mask


class ReturnProgramme(Institution):
    """Writes ``expelled``, ``assisted_exits`` and ``return_capacity`` of the places of its country."""

    lever = "returns"
    over_places = True

    def act(self, today: date) -> None:
        """Start from the tables, then apply the settings in force, each key only where it is given."""
        settings, reference = self.model.settings, self.model.reference
        self.restore("expelled", "assisted_exits", "return_capacity")
        equipped = np.array([row is not None for row in self.model.routes.detention], np.bool_)
        for ruling, where in self.settings_in_force(Returns, today):
            entry = ruling.entry
            if entry.expelled is not None:
                settings.expelled[where & equipped] = entry.expelled
            if entry.assisted_exits is not None:
                settings.assisted_exits[where & equipped] = entry.assisted_exits
            if entry.assisted is not None or entry.assisted_factor is not None:
                base = reference.return_capacity[where] if entry.assisted is None else entry.assisted
                # Places without a limit stay without one, even where the factor is 0.
                limited = np.where(np.isfinite(base), base, 0.0) * given(entry.assisted_factor)
                settings.return_capacity[where] = np.where(np.isfinite(base), limited, np.inf)
            if entry.budget is not None:
                settings.return_capacity[where] += self._bought(ruling, entry.budget)[where]

    def _bought(self, ruling: Ruling[Returns], budget: float) -> F64:
        """Return (P,) assisted returns a day that a budget adds; places without a limit need none."""
        routes, table = self.model.routes, self.model.reference.return_capacity
        open_to: Mask = (routes.is_terminal == 0) & (routes.is_sea_zone == 0)
        open_to &= np.array([place.kind != "origin" for place in routes.places], np.bool_)
        where = ruling.places & open_to & np.isfinite(table)
        return share_out(self.book.bought(budget, "returns_assisted", ruling.days), table, where)
