"""Detention authorities: who is detained after arrest or interception, for how long at most, and in what conditions."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np

from simulation.institutions.base import Institution
from simulation.spec.models import Detention
from simulation.world.policy import Mask

_WRITES = (
    "after_arrest", "after_interception", "limit_days", "alternatives", "unofficial", "harm_factor",
    "detention_capacity",
)  # fmt: skip


class DetentionAuthority(Institution):
    """Writes what holds of detention, and of alternatives to it, at the places of its country."""

    lever = "detention"
    over_places = True

    @cached_property
    def _equipped(self) -> Mask:
        """Places where custody.csv describes detention: nobody is detained elsewhere, since nobody could leave."""
        return np.array([row is not None for row in self.model.routes.detention], np.bool_)

    def act(self, today: date) -> None:
        """Start from the zone's reference, then apply the settings in force, each key only where it is given."""
        self.restore(*_WRITES)
        exempt = np.zeros(self.territory.size, np.bool_)
        for ruling, scope in self.settings_in_force(Detention, today):
            where = scope & self._equipped
            self._apply(ruling.entry, where)
            if ruling.entry.children is not None:
                exempt[where] = not ruling.entry.children
        self.model.settings.after_arrest[exempt, 1] = -1.0
        self.model.settings.after_interception[exempt, 1] = -1.0

    def _apply(self, entry: Detention, where: Mask) -> None:
        settings = self.model.settings
        for name in ("after_arrest", "after_interception", "alternatives", "unofficial", "harm_factor"):
            value = getattr(entry, name)
            if value is not None:
                getattr(settings, name)[where] = value
        if entry.time_limit is not None:
            # A stay is counted at the ends of days, so the shortest is one day; 0 would mean no limit.
            settings.limit_days[where] = max(entry.time_limit, 1.0)
