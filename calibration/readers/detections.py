"""Reads detections of border crossings as Frontex publishes them: by route, nationality and month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from calibration.readers.header import Records
from calibration.readers.options import Options
from calibration.readers.repeats import drop_repeated
from calibration.readers.report import ColumnUse, Findings, Reading
from calibration.readers.tally import Cell, Tally, look_for_gaps
from calibration.readers.values import Span, find_month, fold, read_counts, read_spans
from calibration.table import EVERYBODY, build_table

USED = ("route", "nationality", "border", "month", "date", "detections", "total", "source")
ROUTES = {
    fold("Central Mediterranean"): "CMR",
    fold("Western Mediterranean"): "WMR",
    fold("Eastern Mediterranean"): "EMR",
    fold("Western African"): "WAR",
}
FEWEST_MONTHS = 3


class _Counts(NamedTuple):
    """Detections of one line and month."""

    at: int
    window: Span
    people: float


def is_detections(records: Records) -> bool:
    """Return whether records are detections by route."""
    if "route" not in records.roles:
        return False
    counts = "detections" in records.roles or "total" in records.roles
    return (counts and ("month" in records.roles or "date" in records.roles)) or len(
        _months(records)
    ) >= FEWEST_MONTHS


def read_detections(sheets: Sequence[Records], findings: Findings, options: Options) -> Reading:
    """Return detections by month, route and nationality, borders added up.

    Raises:
        ScenarioError: It cannot be read without doubt.
    """
    records = drop_repeated(
        next(sheet for sheet in sheets if is_detections(sheet)), findings, may_repeat=False
    )
    months = _months(records)
    counts = _read_wide(records, months, findings) if months else _read_long(records, findings, options)
    findings.raise_problems()
    routes = [_name_route(text) for text in records.texts("route")]
    nationalities = records.texts("nationality")
    sources = [text or findings.name for text in records.texts("source")]
    tally = Tally()
    for count in counts:
        if math.isnan(count.people):
            continue
        source = options.source or sources[count.at]
        cell = Cell(routes[count.at], count.window, EVERYBODY, "detections", source)
        tally.add(cell, count.people)
        if "nationality" in records.roles:
            named = nationalities[count.at] or "not said"
            tally.add(cell._replace(group=f"nationality:{named}"), count.people)
    findings.note("detections count crossings, not people: one person can be detected twice")
    look_for_gaps(tally.sums, findings)
    uses = tuple(
        ColumnUse(use.header, "detections of that month" if at in months else use.meaning)
        for at, use in enumerate(records.uses(USED))
    )
    return Reading(
        findings.file, "detections by route", uses, len(records.lines), build_table(tally.rows()), findings
    )


def _months(records: Records) -> dict[int, Span]:
    """Return columns whose header is a month, such as JAN2009 or 2009-01, with the month."""
    found = {at: find_month(text) for at, text in enumerate(records.header) if records.roles[at] is None}
    return {at: month for at, month in found.items() if month is not None}


def _read_wide(records: Records, months: dict[int, Span], findings: Findings) -> list[_Counts]:
    counts = []
    for column, month in months.items():
        cells = [line.cells[column] for line in records.lines]
        people = read_counts(cells, records.numbers(), records.header[column], findings)
        counts += [_Counts(at, month, number) for at, number in enumerate(people)]
    return counts


def _read_long(records: Records, findings: Findings, options: Options) -> list[_Counts]:
    lines = records.numbers()
    role = "month" if "month" in records.roles else "date"
    months = read_spans(records.column(role), lines, records.title(role), findings, options.order)
    role = "detections" if "detections" in records.roles else "total"
    people = read_counts(records.column(role), lines, records.title(role), findings)
    counts = []
    for at, (month, number, line) in enumerate(zip(months, people, lines, strict=True)):
        if month is None:
            findings.drop("says no month", line)
        else:
            counts.append(_Counts(at, month, number))
    return counts


def _name_route(text: str) -> str:
    plain = fold(text)
    return next((code for name, code in ROUTES.items() if plain.startswith(name)), text or "not said")
