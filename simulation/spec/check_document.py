"""Checks of what the YAML file says against the calendar and against the names in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from simulation.spec.bounds import out_of_bounds
from simulation.spec.check_levers import check_lever
from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, Where, error, warning
from simulation.spec.models import NEUTRAL, Closure, LeverEntry, Levers, Period, Scenario, Scope

# The first year that streams.csv may name.
FIRST_DAY = date(1990, 1, 1)


def check_document(scenario: Scenario) -> Iterator[Finding]:
    """Check period, levers, closures and parameter overrides."""
    document = scenario.document
    yield from _period(document.period)
    legs = {leg.id for leg in scenario.legs}
    for name in Levers.model_fields:
        for index, entry in enumerate(getattr(document.levers, name)):
            where: Where = ("document", "levers", name, index)
            yield from _dates(entry, where, document.period)
            yield from _scope(entry.scope, (*where, "scope"), scenario)
            yield from check_lever(entry, where, scenario)
    for index, closure in enumerate(document.closures):
        where = ("document", "closures", index)
        yield from _dates(closure, where, document.period)
        if not closure.legs:
            yield error((*where, "legs"), "a closure needs at least one leg")
        yield from _unknown((*where, "legs"), closure.legs, legs, "leg", "legs")
    yield from _parameters(scenario)


def _period(period: Period) -> Iterator[Finding]:
    where = ("document", "period")
    if period.start < FIRST_DAY:
        yield error((*where, "start"), f"must not be before {FIRST_DAY}; got {period.start}")
    if period.departures_end < period.start:
        yield error(
            (*where, "departures_end"), f"{period.departures_end} is before the start, {period.start}"
        )
    if period.end < period.departures_end:
        message = f"{period.end} is before the end of departures, {period.departures_end}"
        yield error((*where, "end"), message, "people are followed until end")


def _dates(entry: LeverEntry | Closure, where: Where, period: Period) -> Iterator[Finding]:
    if entry.start is not None and entry.end is not None and entry.end < entry.start:
        yield error((*where, "to"), f"{entry.end} is before from, {entry.start}")
    elif (entry.start is not None and entry.start > period.end) or (
        entry.end is not None and entry.end < period.start
    ):
        dates = f"{entry.start or 'the start'} to {entry.end or 'the end'}"
        message = f"{dates} is outside the period, {period.start} to {period.end}: never in force"
        yield warning(where, message, refers_to="period")


def _scope(scope: Scope, where: Where, scenario: Scenario) -> Iterator[Finding]:
    countries = {place.country for place in scenario.places}
    yield from _unknown((*where, "countries"), scope.countries, countries, "country", "places")
    yield from _unknown(
        (*where, "places"), scope.places, {place.id for place in scenario.places}, "place", "places"
    )
    yield from _unknown((*where, "legs"), scope.legs, {leg.id for leg in scenario.legs}, "leg", "legs")
    pathways = {leg.pathway for leg in scenario.legs if leg.pathway is not None}
    for index, pathway in enumerate(scope.pathways):
        if pathway not in pathways:
            yield warning((*where, "pathways", index), f"no leg is a {pathway} pathway", refers_to="legs")


def _unknown(where: Where, names: Iterable[str], known: set[str], noun: str, table: str) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name not in known:
            yield error((*where, index), f"unknown {noun} {name}", near_name(name, known), table)


def _parameters(scenario: Scenario) -> Iterator[Finding]:
    table = {parameter.name: parameter for parameter in scenario.parameters}
    for name, value in scenario.document.parameters.items():
        where = ("document", "parameters", name)
        if name not in table and name not in NEUTRAL:
            known = {*table, *NEUTRAL}
            yield error(where, f"unknown parameter {name}", near_name(name, known), "parameters")
        elif message := out_of_bounds(name, value):
            yield error(where, message)
        elif name in table and not table[name].low <= value <= table[name].high:
            low, high = table[name].low, table[name].high
            yield warning(where, f"{value:g} is outside the range of parameters.csv, {low:g} to {high:g}")
