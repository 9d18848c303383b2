"""Pathway offices: places a month, time to decide, odds and awareness of one regular way to travel."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.spec.models import LegalPathways


class PathwayOffice(Institution):
    """Writes ``quota``, ``processing_factor``, ``acceptance`` and ``awareness`` of its regular legs."""

    lever = "legal_pathways"

    def act(self, today: date) -> None:
        """Start from the table, then apply the settings in force, each key only where it is given."""
        settings, reference, mine = self.model.settings, self.model.reference, self.territory
        for name in ("quota", "processing_factor", "acceptance", "awareness"):
            getattr(settings, name)[mine] = getattr(reference, name)[mine]
        table_days = np.maximum(self.model.routes.mean_days, 1e-9)
        for entry, where in self.settings_in_force(today):
            assert isinstance(entry, LegalPathways)
            base = reference.quota[where] if entry.quota is None else entry.quota
            settings.quota[where] = base * entry.quota_factor
            if entry.processing is not None:
                settings.processing_factor[where] = entry.processing / table_days[where]
            if entry.acceptance is not None:
                settings.acceptance[where] = entry.acceptance
            if entry.awareness is not None:
                settings.awareness[where] = entry.awareness
