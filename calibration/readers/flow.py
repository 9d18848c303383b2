"""Reads flow monitoring: groups of people seen at a point on a day, or people out and in over a window."""

from __future__ import annotations

import math
from collections.abc import Sequence

from calibration.readers.header import Records, drop_totals
from calibration.readers.options import Options
from calibration.readers.places import check_points, name_places, place_roles
from calibration.readers.repeats import drop_repeated, look_for_sums
from calibration.readers.report import Findings, Reading
from calibration.readers.tally import Key, Tally, look_for_gaps, look_for_partial_months, widen
from calibration.readers.values import Span, fold, is_missing, read_counts, read_spans
from calibration.table import EVERYBODY, build_table

PARTS = ("men", "women", "older_men", "older_women", "boys", "girls")
"""Columns of which everybody is in one."""
KINDS = {
    "outgoing": "outgoing out outflow outgoingflow sortant sortants fluxsortant sortie saliente flujosaliente salida "
    "خارج المغادرة التدفقالخارج",
    "incoming": "incoming in inflow incomingflow entrant entrants fluxentrant entree entrante flujoentrante entrada "
    "داخل الوافدة التدفقالداخل",
    "internal": "internal internalflow interne fluxinterne interno flujointerno داخلي",
}
KIND_OF = {fold(word): kind for kind, words in KINDS.items() for word in words.split()}
USED = (
    "id", "date", "from", "to", "month", "point", "country", "country_code", "admin1", "admin2", "admin3", "admin4",
    "latitude", "longitude", "direction", "outgoing", "incoming", "destination", "nationality", *PARTS, "total",
    "source",
)  # fmt: skip


def is_flow(records: Records) -> bool:
    """Return whether records count people at a point and a time."""
    counts = any(role in records.roles for role in ("total", "outgoing", "incoming", *PARTS))
    return counts and any(role in records.roles for role in ("date", "from", "month"))


def read_flow(sheets: Sequence[Records], findings: Findings, options: Options) -> Reading:
    """Return what a flow monitoring file says: its first sheet of counts, and nationalities linked to it by record.

    Raises:
        ScenarioError: It cannot be read without doubt.
    """
    records = next(sheet for sheet in sheets if is_flow(sheet))
    records = drop_totals(records, findings)
    is_registry = "date" in records.roles and "to" not in records.roles
    records = drop_repeated(records, findings, may_repeat=is_registry)
    windows = read_windows(records, findings, options)
    check_points(records, findings)
    if "households" in records.roles:
        findings.look(f"column {records.title('households')} counts households, not people: not used")
    places = name_places(records, place_roles(records.roles, options.places), findings)
    sources = [text or findings.name for text in records.texts("source")]
    cells: list[Key | None] = []
    for window, place, source in zip(windows, places, sources, strict=True):
        cell = None if window is None else Key(place, window, EVERYBODY, "flow", options.source or source)
        cells.append(cell)
    if not is_registry:
        kinds = zip(
            *(records.texts(role) for role in ("direction", "nationality", "destination")), strict=True
        )
        look_for_sums(records, list(zip(cells, kinds, strict=True)), findings)
    tally = Tally()
    for role in ("outgoing", "incoming"):
        if role in records.roles:
            people = read_counts(records.column(role), records.numbers(), records.title(role), findings)
            _add_all(tally, cells, people, f"flow_{role}")
    linked = [sheet for sheet in sheets if sheet.has("id", "nationality", "total") and not is_flow(sheet)]
    if any(role in records.roles for role in ("total", *PARTS)):
        _add_groups(tally, records, cells, findings)
        if linked and "id" in records.roles:
            _add_linked(tally, records, cells, linked[0], findings)
    findings.raise_problems()
    look_for_gaps(tally.sums, findings)
    table = build_table(tally.rows())
    return Reading(findings.file, "flow monitoring", records.uses(USED), len(records.lines), table, findings)


def read_windows(records: Records, findings: Findings, options: Options) -> list[Span | None]:
    """Return the window of every line, None where it names no day; single days become what is asked for."""
    lines = records.numbers()
    if records.has("from", "to"):
        starts = read_spans(records.column("from"), lines, records.title("from"), findings, options.order)
        ends = read_spans(records.column("to"), lines, records.title("to"), findings, options.order)
        windows = [Span(a.first, b.last) if a and b else None for a, b in zip(starts, ends, strict=True)]
        for window, line in zip(windows, lines, strict=True):
            if window and window.first > window.last:
                findings.problem("ends before it begins", line=line, column=records.title("to"))
    else:
        role = next(role for role in ("date", "from", "month") if role in records.roles)
        days = read_spans(records.column(role), lines, records.title(role), findings, options.order)
        windows = [day and widen(day, options.every) for day in days]
        look_for_partial_months([day for day in days if day], findings)
    for window, line in zip(windows, lines, strict=True):
        if window is None and not findings.problems:
            findings.drop("names no day", line)
    return windows


def _add_all(tally: Tally, cells: Sequence[Key | None], people: Sequence[float], indicator: str) -> None:
    for cell, number in zip(cells, people, strict=True):
        if cell is not None and not math.isnan(number):
            tally.add(cell._replace(indicator=indicator), number)


def _add_groups(tally: Tally, records: Records, cells: Sequence[Key | None], findings: Findings) -> None:
    """Add everybody, and the groups by sex and age, nationality and destination."""
    lines = records.numbers()
    counts = {
        role: read_counts(records.column(role), lines, records.title(role), findings)
        for role in ("total", *PARTS)
        if role in records.roles
    }
    everybody = _count_everybody(counts, lines, findings)
    directions = _read_directions(records, findings)
    categories = {
        role: records.texts(role) for role in ("nationality", "destination") if role in records.roles
    }
    for at, (cell, number) in enumerate(zip(cells, everybody, strict=True)):
        if cell is None or math.isnan(number):
            continue
        cell = cell._replace(indicator=directions[at])  # noqa: PLW2901
        tally.add(cell, number)
        for role in PARTS:
            if role in counts and not math.isnan(counts[role][at]):
                tally.add(cell._replace(group=f"sex_age:{role}"), counts[role][at])
        for role, texts in categories.items():
            category = "not said" if is_missing(texts[at]) else texts[at]
            tally.add(cell._replace(group=f"{role}:{category}"), number)


def _read_directions(records: Records, findings: Findings) -> list[str]:
    """Return the indicator of every line: flow out, in or within, or of any kind."""
    found = []
    for text, line in zip(records.texts("direction"), records.numbers(), strict=True):
        kind = KIND_OF.get(fold(text))
        if text and kind is None:
            findings.look(f"type of flow '{text[:40]}' is not known: counted as flow of any kind", line)
        found.append(f"flow_{kind}" if kind else "flow")
    return found


def _count_everybody(counts: dict[str, list[float]], lines: Sequence[int], findings: Findings) -> list[float]:
    """Return the people of every line: its total, or the sum of its parts where no total is given."""
    found = []
    for at, line in enumerate(lines):
        parts = [counts[role][at] for role in PARTS if role in counts]
        total = counts["total"][at] if "total" in counts else math.nan
        known = sum(part for part in parts if not math.isnan(part))
        if math.isnan(total) and any(not math.isnan(part) for part in parts):
            total = known
        elif parts and not any(math.isnan(part) for part in parts) and known != total:
            findings.look("men, women, boys and girls do not add up to the total; the total is taken", line)
        if math.isnan(total) and not findings.problems:
            findings.drop("says no number of people", line)
        found.append(total)
    return found


def _add_linked(
    tally: Tally, records: Records, cells: Sequence[Key | None], linked: Records, findings: Findings
) -> None:
    """Add nationalities that stand on a sheet of their own, joined by the number of the record."""
    directions = _read_directions(records, findings)
    places = {
        name: cell._replace(indicator=kind)
        for name, cell, kind in zip(records.texts("id"), cells, directions, strict=True)
        if cell is not None
    }
    people = read_counts(linked.column("total"), linked.numbers(), linked.title("total"), findings)
    for name, nationality, number, line in zip(
        linked.texts("id"), linked.texts("nationality"), people, linked.numbers(), strict=True
    ):
        if name not in places:
            findings.drop(f"sheet '{linked.sheet}': belongs to no record", line)
        elif not math.isnan(number):
            tally.add(places[name]._replace(group=f"nationality:{nationality or 'not said'}"), number)
    findings.note(f"nationalities from sheet '{linked.sheet}', joined by the number of the record")
