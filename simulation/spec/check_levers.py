"""Checks of single lever settings against the map: what a budget buys, where the rescued land, who can be relocated."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, Where, error, warning
from simulation.spec.models import (
    LegalPathways,
    LeverEntry,
    Relocation,
    Returns,
    Scenario,
    Scope,
    SearchAndRescue,
    Services,
)

# Lever -> item of unit_costs.csv that its budget is divided by.
BUDGET_ITEM: dict[type[LeverEntry], str] = {
    LegalPathways: "legal_pathways",
    Services: "services",
    SearchAndRescue: "search_and_rescue",
    Returns: "returns_assisted",
}


def check_lever(entry: LeverEntry, where: Where, scenario: Scenario) -> Iterator[Finding]:
    """Check one setting of a lever."""
    if getattr(entry, "budget", None) is not None:
        yield from _budget(BUDGET_ITEM[type(entry)], where, scenario)
    if isinstance(entry, SearchAndRescue) and entry.disembark is not None:
        yield from _disembark(entry.disembark, where, scenario)
    if isinstance(entry, Relocation) and not _relocates(entry.scope, scenario):
        message = "no destination that ends journeys is in scope: nobody is relocated"
        yield error((*where, "scope"), message, refers_to="places legs")
    if isinstance(entry, Services) and entry.kinds and not scenario.services and "basic" not in entry.kinds:
        message = "without services.csv all help is of the kind basic: these kinds serve nobody"
        yield warning((*where, "kinds"), message, refers_to="services")
    if isinstance(entry, Returns) and entry.budget is not None:
        yield from _return_budget(entry.scope, where, scenario)


def _budget(item: str, where: Where, scenario: Scenario) -> Iterator[Finding]:
    costs = {row.item: row for row in scenario.unit_costs}
    if item not in costs:
        message = f"a budget needs the unit cost of {item} in unit_costs.csv"
        yield error((*where, "budget"), message, near_name(item, costs), "unit_costs")
    elif min(costs[item].low, costs[item].value) <= 0:
        message = f"a budget buys without end: the unit cost of {item} may be 0"
        yield error((*where, "budget"), message, refers_to="unit_costs")


def _disembark(name: str, where: Where, scenario: Scenario) -> Iterator[Finding]:
    places = {place.id: place for place in scenario.places}
    if name not in places:
        yield error((*where, "disembark"), f"unknown place {name}", near_name(name, places), "places")
    elif places[name].kind == "sea_zone":
        yield error((*where, "disembark"), f"{name} is a sea zone; people land at a place on the coast")


def _in_scope(scope: Scope, place: str, country: str) -> bool:
    everywhere = not (scope.countries or scope.places or scope.legs or scope.pathways)
    return everywhere or place in scope.places or country in scope.countries


def _relocates(scope: Scope, scenario: Scenario) -> bool:
    goes_on = {leg.origin for leg in scenario.legs if leg.purpose == "irregular"}
    return any(
        place.kind == "destination" and place.id not in goes_on and _in_scope(scope, place.id, place.country)
        for place in scenario.places
    )


def _return_budget(scope: Scope, where: Where, scenario: Scenario) -> Iterator[Finding]:
    if all(
        place.return_capacity is None
        for place in scenario.places
        if _in_scope(scope, place.id, place.country)
    ):
        message = "no place in scope has a return_capacity: assisted return has no limit there to be raised"
        yield warning((*where, "budget"), message, refers_to="places")
