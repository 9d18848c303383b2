"""Checks of the tables against each other: references, ranges, shares and what a kind of leg needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from simulation.spec.bounds import LARGEST, out_of_bounds
from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, error, warning
from simulation.spec.models import PARAMETER_NAMES, REQUIRED, Scenario

# table -> the columns that must rise from left to right
_RISING: dict[str, tuple[tuple[str, ...], ...]] = {
    "places": (
        ("stay_days_low", "stay_days", "stay_days_high"),
        ("service_capacity_low", "service_capacity", "service_capacity_high"),
        ("work_chance_low", "work_chance", "work_chance_high"),
        ("wage_low", "wage", "wage_high"),
        ("detention_capacity_low", "detention_capacity", "detention_capacity_high"),
        ("return_capacity_low", "return_capacity", "return_capacity_high"),
    ),
    "legs": (
        ("days_low", "days_mode", "days_high"),
        ("price_low", "price_high"),
        ("quota_low", "quota", "quota_high"),
        ("acceptance_low", "acceptance", "acceptance_high"),
    ),
    "risks": (("low", "value", "high"),),
    "vehicle_risks": (("low", "value", "high"),),
    "custody": (
        ("mean_days_low", "mean_days", "mean_days_high"),
        ("after_arrest_low", "after_arrest", "after_arrest_high"),
        ("after_interception_low", "after_interception", "after_interception_high"),
        ("exit_expelled_low", "exit_expelled", "exit_expelled_high"),
        ("exit_assisted_low", "exit_assisted", "exit_assisted_high"),
        ("unofficial_share_low", "unofficial_share", "unofficial_share_high"),
        ("alternatives_share_low", "alternatives_share", "alternatives_share_high"),
        ("exit_bribe_low", "exit_bribe", "exit_bribe_high"),
        ("exit_ransom_low", "exit_ransom", "exit_ransom_high"),
        ("ransom_usd_low", "ransom_usd", "ransom_usd_high"),
    ),
    "streams": (("journeys_low", "journeys", "journeys_high"),),
    "composition": (
        ("female_low", "female", "female_high"),
        ("child_low", "child", "child_high"),
        ("europe_low", "europe", "europe_high"),
        ("savings_factor_low", "savings_factor", "savings_factor_high"),
    ),
    "initial": (("people_low", "people", "people_high"),),
    "relative_risks": (("low", "value", "high"),),
    "parameters": (("low", "value", "high"),),
    "services": (("relief_low", "relief", "relief_high"),),
    "unit_costs": (("low", "value", "high"),),
    "observation": (("low", "rate", "high"),),
}
# (table, column) -> table whose key it names
_REFERENCES = {
    ("legs", "origin"): "places",
    ("legs", "destination"): "places",
    ("streams", "place"): "places",
    ("streams", "stream"): "composition",
    ("initial", "place"): "places",
    ("initial", "stream"): "composition",
    ("season", "stream"): "composition",
    ("monitoring", "leg"): "legs",
}
MAX_RISK_GROUPS = 4
_KEYS = {"places": "id", "legs": "id", "composition": "stream"}


def check_tables(scenario: Scenario) -> Iterator[Finding]:
    """Check every table by itself and against those that it refers to."""
    yield from chain(
        _references(scenario),
        _ranges(scenario),
        _legs(scenario),
        _custody(scenario),
        _zones(scenario),
        _streams(scenario),
        _risk_groups(scenario),
        _services(scenario),
        _parameters(scenario),
        _monitoring(scenario),
        _sources(scenario),
    )


def _references(scenario: Scenario) -> Iterator[Finding]:
    for (table, column), target in _REFERENCES.items():
        known = {getattr(row, _KEYS[target]) for row in getattr(scenario, target)}
        for index, row in enumerate(getattr(scenario, table)):
            name = getattr(row, column)
            if name not in known:
                message = f"{name} is not in {target}.csv"
                yield error((table, index, column), message, near_name(name, known), target)


def _ranges(scenario: Scenario) -> Iterator[Finding]:
    for table, groups in _RISING.items():
        for index, row in enumerate(getattr(scenario, table)):
            for columns in groups:
                yield from _rising(table, index, {column: getattr(row, column) for column in columns})
    for (table, column), largest in LARGEST.items():
        for index, row in enumerate(getattr(scenario, table)):
            if (value := getattr(row, column)) > largest:
                yield error((table, index, column), f"must be at most {largest:,.0f}; got {value:g}")
    for index, risk in enumerate(scenario.risks):
        if risk.unit == "per_leg" and risk.high >= 1:
            message = f"a chance per leg must stay below 1; high is {risk.high:g}"
            yield error(("risks", index, "high"), message, "or is it a rate per_day?")
    for index, parameter in enumerate(scenario.parameters):
        if parameter.distribution == "loguniform" and parameter.low <= 0:
            yield error(("parameters", index, "low"), f"loguniform needs low above 0; got {parameter.low:g}")


def _rising(table: str, index: int, values: dict[str, float | None]) -> Iterator[Finding]:
    """The values must rise; an optional range has both ends or none."""
    given = {column: value for column, value in values.items() if value is not None}
    if list(given.values()) != sorted(given.values()):
        said = " <= ".join(f"{column} {value:g}" for column, value in given.items())
        yield error((table, index, next(iter(given))), f"does not hold: {said}")
    missing = [column for column in values if column not in given]
    if len(missing) == 1:
        message = "is empty, but the other end of its range is given"
        yield error((table, index, missing[0]), message, "give both ends, or neither")


def _legs(scenario: Scenario) -> Iterator[Finding]:
    for index, leg in enumerate(scenario.legs):
        if leg.origin == leg.destination:
            yield error(("legs", index, "destination"), f"leg {leg.id} ends where it starts")
        if (leg.purpose == "regular") != (leg.pathway is not None):
            message = f"leg {leg.id}: purpose regular and a kind of pathway go together"
            yield error(("legs", index, "pathway"), message)
    yield from _pullbacks(scenario)


def _custody(scenario: Scenario) -> Iterator[Finding]:
    for index, row in enumerate(scenario.custody):
        total = row.exit_expelled + row.exit_assisted + row.exit_bribe
        if total > 1 + 1e-9:
            message = f"exit_expelled + exit_assisted + exit_bribe must be at most 1; they add to {total:.6g}"
            yield error(("custody", index, "exit_expelled"), message)


def _pullbacks(scenario: Scenario) -> Iterator[Finding]:
    """A zone where boats can be pulled back needs a leg that brings their people to a coast."""
    sea_zones = {place.id for place in scenario.places if place.kind == "sea_zone"}
    with_way_back = {leg.origin for leg in scenario.legs if leg.purpose == "interception"}
    risky = {
        row.zone for row in scenario.vehicle_risks if row.quantity == "interception_full" and row.high > 0
    }
    told: set[str] = set()
    for index, leg in enumerate(scenario.legs):
        at = leg.destination if leg.destination in sea_zones else leg.origin
        boards = leg.mode == "sea" and leg.purpose == "irregular" and leg.vehicle_capacity > 0
        if boards and leg.risk_zone in risky and at not in with_way_back | told:
            told.add(at)
            message = f"no interception leg starts at {at}: boats of leg {leg.id} are never pulled back"
            yield warning(("legs", index, "id"), message, refers_to="legs")


def _zones(scenario: Scenario) -> Iterator[Finding]:
    custody = {row.zone for row in scenario.custody}
    for index, place in enumerate(scenario.places):
        if place.custody_zone not in custody and place.kind not in ("destination", "sea_zone"):
            message = f"zone {place.custody_zone} is not in custody.csv"
            yield error(
                ("places", index, "custody_zone"), message, near_name(place.custody_zone, custody), "custody"
            )
    in_use = {
        "leg": {leg.risk_zone for leg in scenario.legs},
        "place": {place.risk_zone for place in scenario.places},
        "detention": {place.custody_zone for place in scenario.places},
        "captivity": {place.custody_zone for place in scenario.places},
    }
    table = "places"
    for index, risk in enumerate(scenario.risks):
        if risk.zone not in in_use[risk.setting]:
            table = "legs" if risk.setting == "leg" else "places"
            message = (
                f"no row of {table}.csv has zone {risk.zone} for setting {risk.setting}: it acts on nobody"
            )
            yield warning(
                ("risks", index, "zone"), message, near_name(risk.zone, in_use[risk.setting]), table
            )
    vehicles = {leg.risk_zone for leg in scenario.legs if leg.vehicle_capacity > 0}
    for index, row in enumerate(scenario.vehicle_risks):
        if row.zone not in vehicles:
            message = f"no leg with vehicles has zone {row.zone}: it acts on nobody"
            yield warning(("vehicle_risks", index, "zone"), message, near_name(row.zone, vehicles), "legs")


def _streams(scenario: Scenario) -> Iterator[Finding]:
    for index, row in enumerate(scenario.composition):
        total = row.europe + row.north_africa + row.region + row.circular
        if abs(total - 1) > 1e-6:
            message = f"europe + north_africa + region + circular must be 1; they add to {total:.6g}"
            yield error(("composition", index, "europe"), message)
    first: dict[str, str] = {}
    for index, entry in enumerate(scenario.streams):
        if first.setdefault(entry.stream, entry.place) != entry.place:
            message = (
                f"stream {entry.stream} starts at {first[entry.stream]} further up; a stream has one place"
            )
            yield error(("streams", index, "place"), message, "give the second place a stream of its own")
    period = scenario.document.period
    years = {row.year for row in scenario.streams if row.journeys > 0}
    for year in range(period.start.year, period.departures_end.year + 1):
        if year not in years:
            yield warning(("streams",), f"nobody starts in {year}, a year of the period", refers_to="streams")


def _risk_groups(scenario: Scenario) -> Iterator[Finding]:
    """Every risk group costs a table of rates: there are few, and each must have people."""
    groups = list(dict.fromkeys(row.risk_group for row in scenario.composition))
    if len(groups) > MAX_RISK_GROUPS:
        message = f"has {len(groups)} risk groups; at most {MAX_RISK_GROUPS}"
        yield error(("composition",), message)
    known = {*groups, "all"}
    for index, row in enumerate(scenario.relative_risks):
        if row.risk_group not in known:
            message = f"no stream of composition.csv has risk group {row.risk_group}"
            where = ("relative_risks", index, "risk_group")
            yield error(where, message, near_name(row.risk_group, known), "composition")


def _services(scenario: Scenario) -> Iterator[Finding]:
    for column in ("capacity_share", "need_share"):
        total = sum(getattr(row, column) for row in scenario.services)
        if scenario.services and abs(total - 1) > 1e-6:
            yield error(("services", 0, column), f"{column} must add to 1; it adds to {total:.6g}")


def _parameters(scenario: Scenario) -> Iterator[Finding]:
    given = {parameter.name for parameter in scenario.parameters}
    for name in sorted(set(REQUIRED) - given):
        yield error(("parameters",), f"parameter {name} is missing", refers_to="parameters")
    for index, parameter in enumerate(scenario.parameters):
        if parameter.name not in PARAMETER_NAMES:
            hint = near_name(parameter.name, set(PARAMETER_NAMES) - given)
            message = f"the model has no parameter {parameter.name}"
            yield warning(("parameters", index, "name"), message, hint if hint.startswith("did") else "")
        for column in ("value", "low", "high"):
            if message := out_of_bounds(parameter.name, getattr(parameter, column)):
                yield error(("parameters", index, column), message)


def _monitoring(scenario: Scenario) -> Iterator[Finding]:
    first: dict[str, tuple[str, str]] = {}
    for index, row in enumerate(scenario.monitoring):
        if first.setdefault(row.point, (row.kind, row.title)) != (row.kind, row.title):
            message = f"{row.point} has another kind or title further up"
            yield error(("monitoring", index, "kind"), message)


def _sources(scenario: Scenario) -> Iterator[Finding]:
    known = {source.key for source in scenario.sources}
    if not known:
        return
    for table in type(scenario).model_fields:
        rows: Collection[object] = getattr(scenario, table) if table not in ("document", "sources") else ()
        unknown = sorted({key for row in rows for key in source_keys(getattr(row, "source", ""))} - known)
        if unknown:
            listed = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
            message = f"names sources that sources.csv does not have: {listed}"
            yield warning((table,), message, "keys are separated by spaces; or write assumed: why", "sources")


def source_keys(source: str) -> list[str]:
    """Return the keys of sources.csv that a text names; none if the number is assumed."""
    return [] if source.startswith("assumed") else source.replace(";", " ").split()
