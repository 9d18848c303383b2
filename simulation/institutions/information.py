"""Information offices: how many people hear and believe what is true of the legs of a country."""

from __future__ import annotations

from datetime import date

from simulation.institutions.base import Institution
from simulation.spec.models import Information


class InformationOffice(Institution):
    """Writes ``information`` of the legs that begin in its country."""

    lever = "information"

    def act(self, today: date) -> None:
        """Set reach x trust to the setting in force, 0 where none is."""
        self.restore("information")
        for ruling, where in self.settings_in_force(Information, today):
            self.model.settings.information[where] = ruling.entry.reach * ruling.entry.trust
