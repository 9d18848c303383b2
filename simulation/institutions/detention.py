"""Detention authorities: who is detained after arrest or interception, and for how long at most."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np

from simulation.institutions.base import Institution
from simulation.spec.models import Detention
from simulation.world.policy import Mask


class DetentionAuthority(Institution):
    """Writes ``after_arrest``, ``after_interception`` and ``limit_days`` of the places of its country."""

    lever = "detention"
    over_places = True

    @cached_property
    def _equipped(self) -> Mask:
        """Places where custody.csv describes detention: nobody is detained elsewhere, since nobody could leave."""
        return np.array([row is not None for row in self.model.routes.detention], np.bool_)

    def act(self, today: date) -> None:
        """Start from the zone's reference, then apply the settings in force, each key only where it is given."""
        settings, reference, mine = self.model.settings, self.model.reference, self.territory
        settings.after_arrest[mine] = reference.after_arrest[mine]
        settings.after_interception[mine] = reference.after_interception[mine]
        settings.limit_days[mine] = reference.limit_days[mine]
        for entry, scope in self.settings_in_force(today):
            where = scope & self._equipped
            assert isinstance(entry, Detention)
            if entry.after_arrest is not None:
                settings.after_arrest[where] = entry.after_arrest
            if entry.after_interception is not None:
                settings.after_interception[where] = entry.after_interception
            if entry.time_limit is not None:
                # A stay is counted at the ends of days, so the shortest is one day; 0 would mean no limit.
                settings.limit_days[where] = max(entry.time_limit, 1.0)
            if not entry.children:
                settings.after_arrest[where, 1] = -1.0
                settings.after_interception[where, 1] = -1.0
