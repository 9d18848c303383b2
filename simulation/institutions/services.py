"""Service providers and mobile teams: whom a place or a stretch of desert can help, and who dares to ask."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.book import Ruling, given, share_out
from simulation.kernels.layout import F64, SERVICES, Service
from simulation.spec.models import AntiSmuggling, Firewall, Information, RegionalProtection, Services
from simulation.world.policy import Mask, service_shares


class ServiceProvider(Institution):
    """Writes ``capacity``, ``firewall``, ``knowledge``, ``informal_loss`` and ``referral`` of its place."""

    lever = "services"
    over_places = True

    def act(self, today: date) -> None:
        """Start from the table, then apply the settings in force of every lever that touches help."""
        settings = self.model.settings
        self.restore("capacity", "firewall", "knowledge", "informal_loss", "referral")
        for services, where in self.settings_in_force(Services, today):
            self._serve(services, where)
        for firewall, where in self.settings_in_force(Firewall, today):
            settings.firewall[where] = firewall.entry.share
        for told, where in self.settings_in_force(Information, today):
            settings.knowledge[where] = told.entry.reach * told.entry.trust
        for sought, where in self.settings_in_force(AntiSmuggling, today):
            settings.informal_loss[where] = sought.entry.criminalises_help
        for referred, where in self.settings_in_force(RegionalProtection, today):
            settings.referral[where] = referred.entry.coverage

    def _serve(self, ruling: Ruling[Services], where: Mask) -> None:
        """Set the capacity of the kinds in scope: replaced or multiplied, and what the budget adds."""
        entry, reference = ruling.entry, self.model.reference
        kinds = np.ones(SERVICES, np.bool_)
        if entry.kinds:
            kinds = np.isin(np.arange(SERVICES), [Service[kind.upper()] for kind in entry.kinds])
        mine = where[:, None] & kinds
        shares = share_out(1.0, service_shares(self.model.scenario), kinds)
        capacity = self.model.settings.capacity
        if entry.capacity is not None or entry.capacity_factor is not None:
            base = reference.capacity if entry.capacity is None else np.outer(where, entry.capacity * shares)
            capacity[mine] = (base * given(entry.capacity_factor))[mine]
        if entry.budget is not None:
            bought = self._bought(ruling, entry.budget, reference.capacity[:, kinds].sum(axis=1))
            capacity[mine] += np.outer(bought, shares)[mine]

    def _bought(self, ruling: Ruling[Services], budget: float, table: F64) -> F64:
        """Return (P,) people a day whom a budget serves on top, at places where people look for help."""
        routes = self.model.routes
        where = ruling.places & (routes.is_terminal == 0) & (routes.is_sea_zone == 0)
        return share_out(self.book.bought(budget, "services", ruling.days), table, where)


class MobileTeams(Institution):
    """Writes ``mobile`` of the desert legs that begin in its country."""

    lever = "services"

    def act(self, today: date) -> None:
        """Set the share of desert legs in reach to the setting in force, 0 where none is."""
        self.restore("mobile")
        for ruling, where in self.settings_in_force(Services, today):
            if ruling.entry.mobile_teams is not None:
                self.model.settings.mobile[where] = ruling.entry.mobile_teams
