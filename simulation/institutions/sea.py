"""At sea, one of each a zone: rescue operators, who bring people to safety, and coast guards, who pull boats back."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.book import Ruling
from simulation.kernels.layout import I64
from simulation.spec.models import Interception, SearchAndRescue
from simulation.world.routes import Routes


def zone_of_legs(routes: Routes) -> I64:
    """Return (L,) the sea zone of each leg by sea: where it leads, else where it begins; -1 on land."""
    zone = np.where(routes.is_sea_zone[routes.destination] == 1, routes.destination, routes.origin)
    return np.where(routes.is_sea == 1, zone, -1).astype(np.int64)


class RescueOperator(Institution):
    """Writes ``coverage`` and ``disembark`` of the sea legs of its zone."""

    lever = "search_and_rescue"

    def act(self, today: date) -> None:
        """Set rescue coverage to the settings in force, 0 where none is; a budget adds coverage, up to all."""
        settings, routes = self.model.settings, self.model.routes
        self.restore("coverage", "disembark")
        for ruling, where in self.settings_in_force(SearchAndRescue, today):
            entry = ruling.entry
            if entry.coverage is not None:
                settings.coverage[where] = entry.coverage
            if entry.disembark is not None:
                settings.disembark[where] = routes.place_index[entry.disembark]
            if entry.budget is not None:
                added = settings.coverage[where] + self._bought(ruling, entry.budget)
                settings.coverage[where] = np.minimum(added, 1.0)

    def _bought(self, ruling: Ruling[SearchAndRescue], budget: float) -> float:
        """Return the coverage that a budget adds in each zone in scope; paid by the zone and day at full coverage."""
        zones = np.unique(zone_of_legs(self.model.routes)[ruling.legs & (self.model.routes.is_sea == 1)])
        return self.book.bought(budget, "search_and_rescue", ruling.days) / max(zones.size, 1)


class CoastGuard(Institution):
    """Writes ``interception`` of the sea legs of its zone."""

    lever = "interception"

    def act(self, today: date) -> None:
        """Set pull-back intensity to the setting in force, 0 where none is."""
        self.restore("interception")
        for ruling, where in self.settings_in_force(Interception, today):
            self.model.settings.interception[where] = ruling.entry.intensity
