"""Flee's validation data: layout, series of camps, and registration corrections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from simulation.displacement.case import MOST_PEOPLE, Correction, Observed
from simulation.displacement.corrections import correct
from simulation.errors import shown
from simulation.spec.csv_rows import Findings, Row, date_of, number_of, read_rows
from simulation.spec.explain import near_name

_HEADERS = ("", "datetime", "date")


def read_series(file: Path, found: Findings) -> dict[date, float]:
    """Return the counts of one file by date: dates rise, one count each."""
    counts: dict[date, float] = {}
    latest = date.min
    for i, row in enumerate(read_rows(file)[1]):
        if (i == 0 and row.cell(0).lower() in _HEADERS) or not row.cell(1) or row.cell(0).startswith("sep="):
            continue
        day = date_of(row, 0, "date", found)
        count = number_of(row, 1, "count", found, high=MOST_PEOPLE)
        if day is None or count is None:
            continue
        if counts and day <= latest:
            hint = "one row a date, in ascending order"
            found.wrong(row.file, row.line, "date", f"{day} does not come after {latest}", hint)
            continue
        counts[day] = count
        latest = day
    if not counts:
        found.wrong(file, None, "", "holds no count", "rows of date and count: 2012-02-29,1500")
    return counts


def add_up(series: list[dict[date, float]]) -> tuple[tuple[date, ...], tuple[float, ...]]:
    """Return the sum of several series: each is interpolated at the dates of all, and held before and after its own."""
    dates = sorted(set().union(*series))
    at = [day.toordinal() for day in dates]
    total = sum(np.interp(at, [d.toordinal() for d in one], list(one.values())) for one in series)
    return tuple(dates), tuple(float(x) for x in np.asarray(total))


def read_observed(folder: Path, camps: tuple[str, ...], found: Findings) -> tuple[Observed, ...]:
    """Return the series that data_layout.csv names: the total first, then every camp."""
    layout = folder / "data_layout.csv"
    observed: dict[str, Observed] = {}
    rows = read_rows(layout)[1]
    for i, row in enumerate(rows):
        name = row.cell(0) if i else "total"
        if i == 0 and row.cell(0).lower() != "total":
            found.wrong(
                layout, row.line, "name", f"the first row is {shown(row.cell(0))}", "total,refugees.csv"
            )
        if name in observed:
            found.wrong(layout, row.line, "name", f"{name} is there twice", "one row a camp")
            continue
        series = [_series_of(row, file, folder, found) for file in row.cells[1:] if file]
        if not series:
            found.wrong(layout, row.line, "file", f"{name} has no file", f"{name},{name.lower()}.csv")
        if any(not one for one in series) or not series:
            continue
        dates, counts = add_up(series)
        observed[name] = Observed(place=name, dates=dates, counts=counts)
        if len(series) > 1:
            found.note(
                f"data_layout.csv:{row.line}: the {len(series)} files of {name} are interpolated and added up"
            )
        if i and name not in camps:
            found.note(f"data_layout.csv:{row.line}: {name} is no camp; it counts in the total only")
    if not observed:
        found.wrong(layout, None, "", "names no series", "total,refugees.csv and then one row a camp")
    named = {row.cell(0) for row in rows}
    for camp in camps:
        if camp not in named:
            hint = f"add a row: {camp},file.csv"
            found.wrong(layout, None, "name", f"the camp {camp} of locations.csv has no row", hint)
    return tuple(observed.values())


def _series_of(row: Row, file: str, folder: Path, found: Findings) -> dict[date, float]:
    path = folder / file
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        there = path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        inside, there = True, False
    if not inside:
        hint = "series lie in the folder of data_layout.csv"
        found.wrong(row.file, row.line, "file", f"{shown(file)} lies outside {folder.name}", hint)
        return {}
    if not there:
        beside = near_name(file[:80], [p.name for p in folder.glob("*.csv")])
        found.wrong(row.file, row.line, "file", f"{shown(file)[1:-1]} is not in {folder.name}", beside)
        return {}
    return read_series(path, found)


def read_corrections(
    file: Path, observed: tuple[Observed, ...], start: date, found: Findings
) -> tuple[Correction, ...]:
    """Return the registration corrections; each names a date of its camp's series that has one before it."""
    series = {s.place: s for s in observed}
    corrections: list[Correction] = []
    for row in read_rows(file)[1]:
        if len(row.cells) < 2:
            continue
        name, day = row.cell(0), date_of(row, 1, "date", found)
        if name not in series:
            found.wrong(row.file, row.line, "camp", f"{shown(name)} has no series", near_name(name, series))
        elif day is not None and day < start:
            found.remark(f"{file.name}:{row.line}: {name} is corrected before the start; not used")
        elif day is not None and _is_usable(row, series[name], day, corrections, found):
            corrections.append(Correction(place=name, day=day))
    return tuple(corrections)


def _is_usable(row: Row, series: Observed, day: date, earlier: list[Correction], found: Findings) -> bool:
    if day not in series.dates:
        near = min(series.dates, key=lambda other: abs((other - day).days))
        found.wrong(
            row.file, row.line, "date", f"{series.place} has no count on {day}", f"the nearest is {near}"
        )
        return False
    if day == series.dates[0]:
        found.wrong(
            row.file,
            row.line,
            "date",
            f"{day} is the first count of {series.place}",
            "there is none to correct",
        )
        return False
    try:
        people = correct(
            series.dates, series.counts, [*(c.day for c in earlier if c.place == series.place), day]
        )
    except ValueError as error:
        message = f"{series.place}: {error}"
        found.wrong(row.file, row.line, "date", message, "name a later date, or take the row out")
        return False
    if people.max() > MOST_PEOPLE:
        found.wrong(
            row.file, row.line, "date", f"{series.place} comes above {MOST_PEOPLE:g} people by this row"
        )
        return False
    return True
