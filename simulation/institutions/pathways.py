"""Pathway offices: places a month, time to decide, odds, awareness and eligibility of one regular way to travel."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.book import given, share_out
from simulation.kernels.layout import Purpose
from simulation.spec.models import LegalPathways
from simulation.world.policy import Mask, eligibility

_WRITES = ("quota", "processing_factor", "acceptance", "awareness", "eligible", "min_vulnerability")


class PathwayOffice(Institution):
    """Writes what holds of its regular legs."""

    lever = "legal_pathways"

    def act(self, today: date) -> None:
        """Start from the table, then apply the settings in force, each key only where it is given."""
        settings, reference, routes = self.model.settings, self.model.reference, self.model.routes
        self.restore(*_WRITES)
        for ruling, where in self.settings_in_force(LegalPathways, today):
            entry = ruling.entry
            if entry.quota is not None or entry.quota_factor is not None:
                base = reference.quota[where] if entry.quota is None else entry.quota
                settings.quota[where] = base * given(entry.quota_factor)
            if entry.budget is not None:
                people = self.book.bought(entry.budget, "legal_pathways", ruling.days)
                in_scope = ruling.legs & (routes.purpose == Purpose.REGULAR)
                settings.quota[where] += share_out(people, reference.quota, in_scope)[where]
            self._apply(entry, where)

    def _apply(self, entry: LegalPathways, where: Mask) -> None:
        """Write the keys that are no numbers of places."""
        settings = self.model.settings
        if entry.processing is not None:
            table_days = np.maximum(self.model.routes.mean_days, 1e-9)
            settings.processing_factor[where] = entry.processing / table_days[where]
        if entry.acceptance is not None:
            settings.acceptance[where] = entry.acceptance
        if entry.awareness is not None:
            settings.awareness[where] = entry.awareness
        if entry.eligible is not None:
            settings.eligible[where], settings.min_vulnerability[where] = eligibility(entry.eligible)
