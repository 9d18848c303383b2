"""Reads the plain tidy table: the project's own format, which `safepassage import dtm --out` writes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from calibration.readers.grid import Cell, Sheet, read_bytes, read_sheets
from calibration.readers.header import say_cell
from calibration.readers.report import ColumnUse, Findings, Reading
from calibration.readers.values import Span, fold, read_numbers, read_spans
from calibration.table import (
    COLUMNS,
    COMPLEMENT,
    EVERYBODY,
    HIDDEN,
    ObservedTable,
    as_frame,
    build_table,
    find_faults,
)

REQUIRED = ("place", "from", "to", "indicator", "value")
MEANING = {
    "place": "place",
    "from": "first day",
    "to": "last day",
    "period": "kind of window",
    "group": "group of people",
    "indicator": "what was counted",
    "value": "number observed",
    "base": "people that a share is of",
    "source": "source",
    "confidence": "confidence",
}


def read_tidy(file: Path) -> ObservedTable:
    """Return a plain tidy table.

    Raises:
        ScenarioError: The file is not one, or a row of it breaks the table's rules.
    """
    findings = Findings(file)
    sheet = read_sheets(read_bytes(file, findings), findings, is_tidy_name)[0]
    if not is_tidy(sheet):
        raise findings.fail("is not a plain tidy table", f"its columns are {', '.join(COLUMNS)}", line=1)
    return read_tidy_sheet(sheet, findings).table


def is_tidy_name(text: str) -> bool:
    """Return whether a text is the name of a column of the table."""
    return text in COLUMNS


def is_tidy(sheet: Sheet) -> bool:
    """Return whether the first line of a sheet is the header of a tidy table."""
    names = [fold(say_cell(cell)) for cell in sheet.lines[0].cells]
    return set(REQUIRED) <= set(names)


def read_tidy_sheet(sheet: Sheet, findings: Findings) -> Reading:
    """Return what a sheet with a tidy header says.

    Raises:
        ScenarioError: A row of it breaks the table's rules.
    """
    names = [fold(say_cell(cell)) for cell in sheet.lines[0].cells]
    for name in {name for name in names if name in COLUMNS and names.count(name) > 1}:
        raise findings.fail("column is given twice", line=sheet.lines[0].number, column=name)
    data = sheet.lines[1:]
    if not data:
        raise findings.fail("has a header but no rows")
    numbers = [line.number for line in data]
    for line in data:
        if len(line.cells) != len(names):
            message = f"has {len(line.cells)} cells, the header has {len(names)}"
            findings.problem(message, "quote a cell that holds a comma", line=line.number)
    findings.raise_problems()
    cells = {name: [line.cells[at] for line in data] for at, name in enumerate(names) if name in COLUMNS}
    rows = _read_rows(cells, numbers, findings)
    findings.raise_problems()
    for fault in find_faults(as_frame(rows)):
        findings.problem(fault.message, fault.hint, line=numbers[fault.row], column=fault.column)
    findings.raise_problems()
    shown = [say_cell(cell) for cell in sheet.lines[0].cells]
    columns = tuple(ColumnUse(text, MEANING.get(name)) for text, name in zip(shown, names, strict=True))
    return Reading(findings.file, "plain tidy table", columns, len(data), build_table(rows), findings)


def _read_rows(cells: dict[str, list[Cell]], lines: list[int], findings: Findings) -> list[dict[str, Any]]:
    hidden = [cell in (HIDDEN, COMPLEMENT) for cell in cells["value"]]
    if any(hidden):
        message = "counts that were withheld when the table was written: a fit does not know them"
        findings.look(message, *(line for line, is_hidden in zip(lines, hidden, strict=True) if is_hidden))
    shown = [None if is_hidden else cell for cell, is_hidden in zip(cells["value"], hidden, strict=True)]
    columns: dict[str, list[Any]] = {"value": list(read_numbers(shown, lines, "value", findings))}
    for value, is_hidden, line in zip(columns["value"], hidden, lines, strict=True):
        if math.isnan(value) and not is_hidden and not findings.problems:
            findings.problem("is empty", f"leave the row out, or write {HIDDEN}", line=line, column="value")
    if "base" in cells:
        columns["base"] = list(read_numbers(cells["base"], lines, "base", findings))
    for end in ("from", "to"):
        spans = read_spans(cells[end], lines, end, findings)
        for span, line in zip(spans, lines, strict=True):
            if span is None:
                findings.problem("is empty", line=line, column=end)
        columns[end] = [_end_of(span, end) for span in spans]
    defaults = {"group": EVERYBODY, "source": findings.name, "confidence": "data", "period": None}
    for name in ("place", "indicator", *defaults):
        texts = [say_cell(cell) for cell in cells.get(name, [None] * len(lines))]
        columns[name] = [text or defaults.get(name, "") for text in texts]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _end_of(span: Span | None, end: str) -> Any:  # noqa: ANN401  (what a frame takes for a day: a day, or none)
    if span is None:
        return None
    return span.first if end == "from" else span.last
