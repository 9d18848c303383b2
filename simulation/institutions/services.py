"""Service providers: how many people a place can help in a day."""

from __future__ import annotations

from datetime import date

from simulation.institutions.base import Institution
from simulation.spec.models import Services


class ServiceProvider(Institution):
    """Writes ``capacity`` of its place: health, shelter, protection and information together."""

    lever = "services"
    over_places = True

    def act(self, today: date) -> None:
        """Set capacity to the table's, replaced or multiplied by the settings in force."""
        settings, mine = self.model.settings, self.territory
        settings.capacity[mine] = self.model.reference.capacity[mine]
        for entry, where in self.settings_in_force(today):
            assert isinstance(entry, Services)
            base = self.model.reference.capacity[where] if entry.capacity is None else entry.capacity
            settings.capacity[where] = base * entry.capacity_factor
