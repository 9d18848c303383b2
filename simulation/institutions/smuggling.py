"""Smuggling markets: how hard those who carry people are pursued on the legs of a country.

How fares and boats answer to demand and rescue is the market's own doing, not a policy: see world/market.py.
"""

from __future__ import annotations

from datetime import date

from simulation.institutions.base import Institution
from simulation.spec.models import AntiSmuggling


class SmugglingMarket(Institution):
    """Writes ``anti_smuggling`` of the legs that begin in its country."""

    lever = "anti_smuggling"

    def act(self, today: date) -> None:
        """Set the intensity of the pursuit to the setting in force, 0 where none is."""
        self.restore("anti_smuggling")
        for ruling, where in self.settings_in_force(AntiSmuggling, today):
            self.model.settings.anti_smuggling[where] = ruling.entry.intensity
