"""At sea, one of each a zone: rescue operators, who bring people to safety, and coast guards, who pull boats back."""

from __future__ import annotations

from datetime import date

from simulation.institutions.base import Institution
from simulation.spec.models import Interception, SearchAndRescue


class RescueOperator(Institution):
    """Writes ``coverage`` of the sea legs of its zone."""

    lever = "search_and_rescue"

    def act(self, today: date) -> None:
        """Set rescue coverage to the setting in force, 0 where none is."""
        self.model.settings.coverage[self.territory] = 0.0
        for entry, where in self.settings_in_force(today):
            assert isinstance(entry, SearchAndRescue)
            self.model.settings.coverage[where] = entry.coverage


class CoastGuard(Institution):
    """Writes ``interception`` of the sea legs of its zone."""

    lever = "interception"

    def act(self, today: date) -> None:
        """Set pull-back intensity to the setting in force, 0 where none is."""
        self.model.settings.interception[self.territory] = 0.0
        for entry, where in self.settings_in_force(today):
            assert isinstance(entry, Interception)
            self.model.settings.interception[where] = entry.intensity
