"""The numbers behind a draw's name: range, source and how sure we are of it, read from the scenario's tables."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulation.spec.models import Scenario
from simulation.world.routes import EVERY_GROUP

NOT_GRADED = "not graded"
"""Stays, fares and capacities have no confidence of their own: that of their row is about the place or way itself."""
FROM_FIRM_TO_WEAK = ("data", "published", "derived", "recalled", NOT_GRADED, "assumed")
WEAK = ("recalled", "assumed")
_DATA_SHEET = "docs/data_sheet.md"
_OF_COUNTRY = {
    "capacity": "service_capacity",
    "work": "work_chance",
    "wage": "wage",
    "detention": "detention_capacity",
    "returns": "return_capacity",
}
_CUSTODY = (
    "after_arrest", "after_interception", "exit_expelled", "exit_assisted", "exit_bribe", "unofficial_share",
    "alternatives_share", "exit_ransom", "ransom_usd",
)  # fmt: skip
_COMPOSITION = ("female", "child", "savings_factor", "europe")


class Number(NamedTuple):
    """One uncertain number of a scenario's tables."""

    name: str
    """Of its draw, as ``simulation.world.draws`` names it."""
    value: float
    low: float
    high: float
    source: str
    confidence: str


def find_numbers(scenario: Scenario) -> dict[str, list[Number]]:
    """Return the numbers behind every draw of a scenario that has a range, by the draw's name."""
    found: defaultdict[str, list[Number]] = defaultdict(list)
    overridden = scenario.document.parameters
    for number in _all_numbers(scenario):
        if number.name.removeprefix("parameter:") in overridden and number.name.startswith("parameter:"):
            continue
        if number.low < number.value or number.value < number.high:
            found[number.name].append(number)
    return dict(found)


def find_weakest(confidences: list[str]) -> str:
    """Return the weakest of several confidences."""
    return max(confidences, key=FROM_FIRM_TO_WEAK.index) if confidences else ""


def _all_numbers(scenario: Scenario) -> Iterator[Number]:
    for row in scenario.parameters:
        yield from _take(row, f"parameter:{row.name}", "value")
    for place in scenario.places:
        yield from _take(place, f"stay:{place.kind}", "stay_days", graded=False)
        for name, field in _OF_COUNTRY.items():
            yield from _take(place, f"{name}:{place.country}", field, graded=False)
    yield from _of_legs(scenario)
    for risk in scenario.risks:
        yield from _take(risk, f"risk:{risk.zone}:{risk.setting}:{risk.outcome}", "value")
    for vehicle in scenario.vehicle_risks:
        yield from _take(vehicle, f"vehicle:{vehicle.zone}:{vehicle.quantity}", "value")
    for custody in scenario.custody:
        own = f"custody:{custody.zone}:{custody.setting}"
        yield from _take(custody, own, "mean_days")
        for field in _CUSTODY:
            yield from _take(custody, f"{own}:{field}", field)
    yield from _of_people(scenario)
    for service in scenario.services:
        yield from _take(service, f"relief:{service.service}", "relief")
    for cost in scenario.unit_costs:
        yield from _take(cost, f"cost:{cost.item}", "value")
    for rate in scenario.observation:
        yield from _take(rate, f"observation:{rate.indicator}:{rate.scope}", "rate")


def _of_legs(scenario: Scenario) -> Iterator[Number]:
    for leg in scenario.legs:
        if leg.price_low > 0:
            middle = math.sqrt(leg.price_low * leg.price_high)
            basis = leg.price_basis.lower()
            grade = "assumed" if basis.startswith("assumed") else NOT_GRADED
            if basis.startswith("own knowledge"):
                grade = "recalled"
            name = f"price:{leg.risk_zone}"
            yield Number(name, middle, leg.price_low, leg.price_high, leg.price_basis, grade)
        if leg.purpose == "regular":
            yield from _take(leg, f"quota:{leg.pathway}", "quota", graded=False)
            yield from _take(leg, f"acceptance:{leg.pathway}", "acceptance", graded=False)


def _of_people(scenario: Scenario) -> Iterator[Number]:
    for stream in scenario.streams:
        yield from _take(stream, f"stream:{stream.stream}", "journeys")
    for composition in scenario.composition:
        for field in _COMPOSITION:
            yield from _take(composition, f"{field}:{composition.stream}", field)
    for group in scenario.initial:
        yield from _take(group, f"initial:{group.stream}", "people")
    for relative in scenario.relative_risks:
        name = f"relative:{relative.outcome}:{relative.sex}:{relative.age}"
        if relative.risk_group != EVERY_GROUP:
            name = f"{name}:{relative.risk_group}"
        yield from _take(relative, name, "value")


def _take(row: Any, name: str, field: str, *, graded: bool = True) -> Iterator[Number]:  # noqa: ANN401  rows share no type
    """Yield the number of one column of a row if it has a range."""
    own = f"{field}_low" in type(row).model_fields
    low, high = (getattr(row, f"{field}_{end}" if own else end, None) for end in ("low", "high"))
    value = getattr(row, field)
    if value is None or low is None or high is None:
        return
    source, grade = (row.source, row.confidence) if graded else (_DATA_SHEET, NOT_GRADED)
    yield Number(name, float(value), float(low), float(high), source, grade)
