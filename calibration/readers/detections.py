"""Reads detections of border crossings as Frontex publishes them: by route, nationality and month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from calibration.readers.header import Records, drop_totals, says_total
from calibration.readers.options import Options
from calibration.readers.repeats import drop_repeated, look_for_sums
from calibration.readers.report import ColumnUse, Findings, Reading
from calibration.readers.tally import Key, Tally, look_for_gaps
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
    records = next(sheet for sheet in sheets if is_detections(sheet))
    records = drop_repeated(drop_totals(records, findings, among=("route",)), findings, may_repeat=False)
    told = zip(
        *(records.texts(role) for role in ("route", "nationality", "border", "month", "date")), strict=True
    )
    look_for_sums(records, list(told), findings)
    months = _months(records)
    counts = _read_wide(records, months, findings) if months else _read_long(records, findings, options)
    findings.raise_problems()
    routes = [_name_route(text) for text in records.texts("route")]
    nationalities = records.texts("nationality")
    sources = [text or findings.name for text in records.texts("source")]
    everybody, named = Tally(), Tally()
    for count in counts:
        if math.isnan(count.people):
            continue
        source = options.source or sources[count.at]
        cell = Key(routes[count.at], count.window, EVERYBODY, "detections", source)
        if says_total(nationalities[count.at]) or "nationality" not in records.roles:
            everybody.add(cell, count.people)
        else:
            nationality = nationalities[count.at] or "not said"
            named.add(cell._replace(group=f"nationality:{nationality}"), count.people)
    tally = _complete(everybody, named, findings)
    findings.note("detections count crossings, not people: one person can be detected twice")
    look_for_gaps(tally.sums, findings)
    uses = tuple(
        ColumnUse(use.header, "detections of that month" if at in months else use.meaning)
        for at, use in enumerate(records.uses(USED))
    )
    return Reading(
        findings.file, "detections by route", uses, len(records.lines), build_table(tally.rows()), findings
    )


def _complete(everybody: Tally, named: Tally, findings: Findings) -> Tally:
    """Return everybody and the nationalities; where no line has the total, it is the sum of the nationalities."""
    added = Tally()
    for cell, people in named.sums.items():
        added.add(cell._replace(group=EVERYBODY), people)
    if any(everybody.sums.get(cell, people) != people for cell, people in added.sums.items()):
        findings.look("nationalities do not add up to the total of some months; the total is taken")
    return Tally.of({**added.sums, **everybody.sums, **named.sums})


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
