"""Border authorities: how strictly the controlled legs of a country are policed, and which are closed."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.spec.models import BorderEnforcement
from simulation.world.policy import in_force


class BorderAuthority(Institution):
    """Writes ``enforcement`` and ``closed`` of the legs that begin in its country."""

    lever = "border_enforcement"

    def act(self, today: date) -> None:
        """Set control intensity to the setting in force, 0 where none is, and apply closures."""
        settings = self.model.settings
        settings.enforcement[self.territory] = 0.0
        for entry, where in self.settings_in_force(today):
            assert isinstance(entry, BorderEnforcement)
            settings.enforcement[where] = entry.intensity
        settings.closed[self.territory] = False
        names = np.array([leg.id for leg in self.model.routes.legs])
        for closure in self.model.scenario.document.closures:
            if in_force(closure, today):
                settings.closed[self.territory & np.isin(names, closure.legs)] = True
