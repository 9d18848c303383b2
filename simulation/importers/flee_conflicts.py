"""Flee's conflicts: the columns of conflicts.csv and the conflict dates of locations.csv, as spells of days."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from simulation.displacement.case import DisplacementPlace, Spell
from simulation.errors import shown
from simulation.spec.csv_rows import MOST, Findings, Row, number_of, read_rows

_NONE = 1e-6  # Flee's own threshold: an intensity below it is no conflict


def spells_of(place: str, intensity: Sequence[float]) -> list[Spell]:
    """Return the runs of equal intensity above 0 of a place, day by day."""
    found, day = [], 0
    for value, run in groupby(intensity):
        n = len(list(run))
        if value > _NONE:
            found.append(Spell(place=place, first_day=day, last_day=day + n - 1, intensity=value))
        day += n
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _column(rows: list[Row], i: int, name: str, found: Findings) -> list[float] | None:
    values = []
    for row in rows:
        if not row.cell(i):
            found.wrong(row.file, row.line, name, "is empty", "0 where there is no conflict")
            return None
        value = number_of(row, i, name, found)
        if value is None:
            return None  # one message a column: the rest would repeat it
        values.append(value)
    return values


def read_conflicts(file: Path, days: int, names: set[str], found: Findings) -> dict[str, list[float]]:
    """Return the daily intensities, (days,) each, of the places that conflicts.csv has a column for.

    The day is the row's position, as in Flee; its first cell is not read.
    """
    header, rows = read_rows(file)
    if not header and rows and not _is_number(rows[0].cell(1)):  # Flee asks for no # here
        header, rows = list(rows[0].cells), rows[1:]
    if not header:
        found.wrong(file, 1, "", "has no header", "the first row is #Day and then the names of locations")
        return {}
    if not names & set(header[1:]):
        hint = "#Day and then names; without this file conflict_date of locations.csv decides"
        found.wrong(file, None, "", "no column names a location", hint)
        return {}
    if len(rows) < days:
        found.wrong(
            file, None, "", f"holds {len(rows)} days; the period has {days}", "one row a day, in order"
        )
    columns: dict[str, list[float]] = {}
    for i, name in enumerate(header[1:], start=1):
        if name and name not in names:
            found.remark(f"conflicts.csv: column {name} (no location of that name)")
        elif name in header[1:i]:
            found.wrong(file, None, name, "is the name of two columns", "one column a location")
        elif name:
            values = _column(rows[:days], i, name, found)
            if values is not None:
                columns[name] = values
    return columns


def conflict_spells(
    places: tuple[DisplacementPlace, ...], columns: dict[str, list[float]], days: int, found: Findings
) -> tuple[Spell, ...]:
    """Return all spells of conflict: a column decides; without one, the conflict date of locations.csv does."""
    spells = []
    for place in places:
        if place.name in columns:
            spells += spells_of(place.name, columns[place.name])
            if (
                place.kind == "conflict_zone"
                and columns[place.name][:1] < [_NONE]
                and _conflict_date(place, found) <= 0
            ):
                found.note(
                    f"conflicts.csv: {place.name} is at peace until its column says else (in Flee in conflict)"
                )
        elif place.kind == "conflict_zone":
            first = _conflict_date(place, found)
            intensity = _intensity(place, found)
            if columns and first > 0:
                found.note(
                    f"locations.csv: {place.name} has no column in conflicts.csv and is in conflict from its "
                    f"conflict_date on, day {first} (in Flee never)"
                )
            if first < days and intensity > _NONE:
                spells.append(
                    Spell(place=place.name, first_day=max(first, 0), last_day=days - 1, intensity=intensity)
                )
    return tuple(spells)


def _intensity(place: DisplacementPlace, found: Findings) -> float:
    text = place.extra.get("conflict_intensity", "1")
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= MOST:
        found.note(f"locations.csv: conflict_intensity of {place.name} is {shown(text)}; taken as 1")
        return 1.0
    return value


def _conflict_date(place: DisplacementPlace, found: Findings) -> int:
    try:
        return int(place.extra.get("conflict_date", "0"))
    except ValueError:
        found.note(f"locations.csv: conflict_date of {place.name} is no day; taken as 0")
        return 0
