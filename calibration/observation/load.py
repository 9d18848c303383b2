"""From an observation file to its document, or to every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from calibration.observation.models import ObservationDocument, SeriesDocument, Setting, Who
from calibration.priors import Prior
from simulation.errors import Problem, ResultError, ScenarioError
from simulation.spec.check_tables import source_keys
from simulation.spec.documents import in_order, locate, read_document
from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, Where, error
from simulation.spec.models import Scenario
from simulation.spec.yaml_tree import Node

EXAMPLE = "see docs/observation_model.md"
SETTINGS: tuple[str, ...] = get_args(Setting)


@dataclass(frozen=True)
class LoadedObservation:
    """An observation file, read and checked by itself.

    Attributes:
        document: What it says.
        tree: Where it says so, for problems that turn up later.
    """

    document: ObservationDocument
    tree: Node

    def problem(self, where: Where, message: str, hint: str = "") -> Problem:
        """Return a problem of the file with its line."""
        return locate(error(where, message, hint), self.tree)


def load_observation(path: str | Path, scenario: Scenario | None = None) -> LoadedObservation:
    """Load and check an observation file.

    Args:
        path: The file.
        scenario: The scenario whose places, legs, rates and sources it names; None: these are not checked.

    Raises:
        ScenarioError: Every problem found, each with file, line, key and, where one can be given, a hint.
    """
    document, tree = read_document(Path(path), ObservationDocument, "observation model", EXAMPLE)
    findings = list(_check(document))
    if scenario is not None:
        findings += _check_names(document, scenario)
    if findings:
        raise ScenarioError(in_order([locate(finding, tree) for finding in findings], Path(path)))
    return LoadedObservation(document, tree)


def restore_observation(dump: dict[str, Any], file: Path) -> LoadedObservation:
    """Return the observation model that a result holds, as ``document.model_dump(mode="json", by_alias=True)``.

    Args:
        dump: The dump.
        file: The result that it is from, which problems name.

    Raises:
        ResultError: It is not an observation document of this version.
    """
    try:
        document = ObservationDocument.model_validate(dump)
    except ValidationError as error:
        raise ResultError(
            f"{file}: holds no observation model of this version ({error.error_count()} keys)"
        ) from None
    return LoadedObservation(document, Node({}, file, 1, ""))


# By itself ---
def _check(document: ObservationDocument) -> Iterator[Finding]:
    for name, rows in document.rates.items():
        ordered = sorted(rows, key=lambda row: row.start)
        for index, row in enumerate(rows):
            where = ("rates", name, index)
            if row.start > row.to:
                yield error((*where, "to"), f"ends on {row.to}, before it starts on {row.start}")
            if row.low <= 0:
                yield error((*where, "low"), f"a rate is above 0; got {row.low:g}")
        for one, other in pairwise(ordered):
            if other.start <= one.to:
                yield error(("rates", name), f"periods overlap: {other.start} is in the one up to {one.to}")
    for name, series in document.series.items():
        if series.noise not in document.noise:
            hint = near_name(series.noise, document.noise)
            yield error(("series", name, "noise"), f"unknown noise {series.noise}", hint)
        yield from _check_leader(document, name, series)
        yield from _check_other_windows(document, name, series)
        yield from _check_series(("series", name), series)


def _check_leader(document: ObservationDocument, name: str, series: SeriesDocument) -> Iterator[Finding]:
    where: Where = ("series", name, "discrepancy_of")
    if series.discrepancy_of is None:
        return
    leader = document.series.get(series.discrepancy_of)
    if leader is None:
        hint = near_name(series.discrepancy_of, document.series)
        yield error(where, f"unknown series {series.discrepancy_of}", hint)
    elif leader.discrepancy_of is not None:
        yield error(where, f"{series.discrepancy_of} has none of its own", "name a series that has")
    elif series.observes.share_of is not None or leader.observes.share_of is not None:
        yield error(where, "shares have discrepancies of their own")


def _check_other_windows(
    document: ObservationDocument, name: str, series: SeriesDocument
) -> Iterator[Finding]:
    where: Where = ("series", name, "without_days_of")
    if series.without_days_of is None:
        return
    other = document.series.get(series.without_days_of)
    if other is None:
        hint = near_name(series.without_days_of, document.series)
        yield error(where, f"unknown series {series.without_days_of}", hint)
    elif other is series or other.without_days_of is not None:
        yield error(where, f"{series.without_days_of} gives way itself", "name a series that does not")


def _check_series(where: Where, series: SeriesDocument) -> Iterator[Finding]:
    is_share = series.observes.share_of is not None
    for key in ("interviews", "selection"):
        if not is_share and getattr(series, key) is not None:
            yield error((*where, key), "is a key of shares; this series has no observes.share_of")
    if is_share and series.combine == "sum":
        yield error((*where, "combine"), "shares cannot be added up")
    if is_share and series.recorded:
        yield error((*where, "recorded"), "a share has no recorded part; say selection")
    if (is_share or series.observes.is_stock) and series.window != "as_given":
        what = "a share" if is_share else "a stock"
        yield error((*where, "window"), f"{what} cannot be added up over rows", "window: as_given")
    if series.start > series.to:
        yield error((*where, "to"), f"ends on {series.to}, before it starts on {series.start}")
    if series.combine == "first_source" and not series.select.source:
        yield error((*where, "combine"), "first_source needs an order: select.source")
    if series.missing == "zero":
        if not {"start", "to"} <= series.model_fields_set:
            yield error(
                (*where, "missing"), "zero needs the keys from and to: the months that the file covers"
            )
        if series.window == "as_given":
            yield error((*where, "missing"), "zero needs windows of a month, quarter or year")


# Against the scenario ---
def _check_names(document: ObservationDocument, scenario: Scenario) -> Iterator[Finding]:
    rates = {row.indicator for row in scenario.observation}
    for name in sorted(rates & set(document.rates)):
        message = f"{name} is also in observation.csv"
        yield error(("rates", name), message, "take another name, or leave it out here")
    for name, series in document.series.items():
        where: Where = ("series", name)
        for index, rate in enumerate(series.recorded):
            if rate not in rates | set(document.rates):
                hint = near_name(rate, rates | set(document.rates))
                message = f"{rate} is neither in rates nor in observation.csv"
                yield error((*where, "recorded", index), message, hint)
        yield from _check_scope((*where, "observes", "where"), series, scenario)
        for key in ("who", "share_of"):
            who: Who | None = getattr(series.observes, key)
            yield from _check_who((*where, "observes", key), who or Who(), scenario)
    known = {source.key for source in scenario.sources}
    for where, prior in _priors(document):
        for key in sorted(set(source_keys(prior.source)) - known):
            message = f"{key} is not in sources.csv"
            yield error((*where, "source"), message, near_name(key, known) or "or write assumed: why")


def _check_scope(where: Where, series: SeriesDocument, scenario: Scenario) -> Iterator[Finding]:
    scope = series.observes.where
    known = {
        "legs": {leg.id for leg in scenario.legs},
        "points": {row.point for row in scenario.monitoring},
        "into": {place.country for place in scenario.places},
        "countries": {place.country for place in scenario.places},
        "places": {place.id for place in scenario.places},
    }
    for key, names in known.items():
        for index, name in enumerate(getattr(scope, key)):
            if name not in names:
                yield error((*where, key, index), f"{name} is not on the map", near_name(name, names))


def _check_who(where: Where, who: Who, scenario: Scenario) -> Iterator[Finding]:
    streams = {row.stream for row in scenario.streams}
    for index, pattern in enumerate(who.streams):
        if not any(fnmatchcase(stream, pattern) for stream in streams):
            hint = near_name(pattern, streams)
            yield error((*where, "streams", index), f"{pattern} matches no stream", hint)


def _priors(document: ObservationDocument) -> Iterator[tuple[Where, Prior]]:
    """Yield every prior with its place in the file."""
    for name, noise in document.noise.items():
        for key in ("clumping", "sd", "correlation"):
            yield ("noise", name, key), getattr(noise, key)
    for name, rows in document.rates.items():
        yield from ((("rates", name, index), row) for index, row in enumerate(rows))
    for name, series in document.series.items():
        if series.selection is not None:
            yield ("series", name, "selection"), series.selection
