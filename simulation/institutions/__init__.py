"""Institutions that act on the routes, each a small Mesa agent; found_institutions creates those that a map needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.institutions.base import Institution
from simulation.institutions.border import BorderAuthority
from simulation.institutions.detention import DetentionAuthority
from simulation.institutions.pathways import PathwayOffice
from simulation.institutions.sea import CoastGuard, RescueOperator
from simulation.institutions.services import ServiceProvider

if TYPE_CHECKING:
    from simulation.model import RouteModel

__all__ = [
    "BorderAuthority",
    "CoastGuard",
    "DetentionAuthority",
    "Institution",
    "PathwayOffice",
    "RescueOperator",
    "ServiceProvider",
    "found_institutions",
]


def found_institutions(model: RouteModel) -> list[Institution]:
    """Create every institution of the model's map: territories cover all legs and places, none twice a setting."""
    routes = model.routes
    country = np.array([p.country for p in routes.places])
    regular = np.array([leg.purpose == "regular" for leg in routes.legs], np.bool_)
    sea = routes.is_sea == 1
    zone = np.where(routes.is_sea_zone[routes.destination] == 1, routes.destination, routes.origin)
    found: list[Institution] = []
    for c in sorted(set(country)):
        found.append(BorderAuthority(model, f"border authority {c}", country[routes.origin] == c))
        found.append(DetentionAuthority(model, f"detention authority {c}", country == c))
    for p in np.unique(zone[sea]):
        name, mine = routes.places[p].name, sea & (zone == p)
        found.append(RescueOperator(model, f"rescue operator {name}", mine))
        found.append(CoastGuard(model, f"coast guard {name}", mine))
    for i in np.flatnonzero(regular):
        leg = routes.legs[i]
        only = np.arange(regular.size) == i
        found.append(PathwayOffice(model, f"pathway office {leg.pathway} {leg.id}", only))
    for p, place in enumerate(routes.places):
        only = np.arange(country.size) == p
        found.append(ServiceProvider(model, f"services {place.name}", only))
    return found
