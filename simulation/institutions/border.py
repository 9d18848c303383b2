"""Border authorities: how strictly the controlled legs of a country are policed, and which are closed."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.kernels.layout import F64
from simulation.spec.models import BorderEnforcement, FreeMovement
from simulation.world.policy import in_force


class BorderAuthority(Institution):
    """Writes ``control`` and ``closed`` of the legs that begin in its country."""

    lever = "border_enforcement"

    def act(self, today: date) -> None:
        """Set control intensity to the setting in force or the reference, lift it inside a bloc, apply closures."""
        settings = self.model.settings
        self.restore("control")
        for ruling, where in self.settings_in_force(BorderEnforcement, today):
            settings.control[where] = ruling.entry.intensity
        settings.control[self.territory] *= 1.0 - self._lifted(today)[self.territory]
        settings.closed[self.territory] = False
        names = np.array([leg.id for leg in self.model.routes.legs])
        for closure in self.model.scenario.document.closures:
            if in_force(closure, today):
                settings.closed[self.territory & np.isin(names, closure.legs)] = True

    def _lifted(self, today: date) -> F64:
        """Return (L,) share of controls lifted on legs that begin and end in a bloc of free movement."""
        routes = self.model.routes
        country = np.array([place.country for place in routes.places])
        lifted = np.zeros(len(routes.legs))
        for ruling, where in self.settings_in_force(FreeMovement, today):
            member = np.isin(country, ruling.entry.bloc)
            lifted[where & member[routes.origin] & member[routes.destination]] = ruling.entry.share
        return lifted
