"""Institutions that act on the routes, each a small Mesa agent; found_institutions creates those that a map needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.book import LeverBook
from simulation.institutions.border import BorderAuthority
from simulation.institutions.detention import DetentionAuthority
from simulation.institutions.information import InformationOffice
from simulation.institutions.pathways import PathwayOffice
from simulation.institutions.relocation import RelocationOffice
from simulation.institutions.returns import ReturnProgramme
from simulation.institutions.sea import CoastGuard, RescueOperator, zone_of_legs
from simulation.institutions.services import MobileTeams, ServiceProvider
from simulation.institutions.smuggling import SmugglingMarket
from simulation.kernels.layout import Purpose

if TYPE_CHECKING:
    from simulation.model import RouteModel

__all__ = [
    "BorderAuthority",
    "CoastGuard",
    "DetentionAuthority",
    "InformationOffice",
    "Institution",
    "LeverBook",
    "MobileTeams",
    "PathwayOffice",
    "RelocationOffice",
    "RescueOperator",
    "ReturnProgramme",
    "ServiceProvider",
    "SmugglingMarket",
    "found_institutions",
]


def found_institutions(model: RouteModel) -> list[Institution]:
    """Create every institution of the model's map: territories cover all legs and places, none twice a setting."""
    routes, book = model.routes, LeverBook(model.scenario, model.routes)
    country = np.array([p.country for p in routes.places])
    begins = country[routes.origin] if routes.legs else np.zeros(0, country.dtype)
    desert = np.array([leg.mode == "desert" for leg in routes.legs], np.bool_)
    zone = zone_of_legs(routes)
    found: list[Institution] = []
    for c in sorted(set(country)):
        legs, places = begins == c, country == c
        found.append(BorderAuthority(model, f"border authority {c}", legs, book))
        found.append(SmugglingMarket(model, f"smuggling market {c}", legs, book))
        found.append(InformationOffice(model, f"information office {c}", legs, book))
        found.append(DetentionAuthority(model, f"detention authority {c}", places, book))
        found.append(ReturnProgramme(model, f"return programme {c}", places, book))
        if routes.is_terminal[places].any():
            found.append(RelocationOffice(model, f"relocation office {c}", places, book))
        if (legs & desert).any():
            found.append(MobileTeams(model, f"mobile teams {c}", legs & desert, book))
    for p in np.unique(zone[zone >= 0]):
        name, mine = routes.places[p].name, zone == p
        found.append(RescueOperator(model, f"rescue operator {name}", mine, book))
        found.append(CoastGuard(model, f"coast guard {name}", mine, book))
    for i in np.flatnonzero(routes.purpose == Purpose.REGULAR):
        leg = routes.legs[i]
        only = np.arange(len(routes.legs)) == i
        found.append(PathwayOffice(model, f"pathway office {leg.pathway} {leg.id}", only, book))
    for p, place in enumerate(routes.places):
        only = np.arange(country.size) == p
        found.append(ServiceProvider(model, f"services {place.name}", only, book))
    return found
