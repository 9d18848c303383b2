"""CSV files of others, row by row: comments and blank lines skipped, every problem with its file, line and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from simulation.errors import Problem, ScenarioError, shown
from simulation.spec.files import read_text

LIMIT_BYTES = 50_000_000
MOST = 1e12
"""Largest number that is read unless a column has a limit of its own: sums and products of a few stay finite."""
_MOST_DAYS_OFF = 10**9
_MOST_CHARACTERS = 400  # of a message about a file of others


@dataclass
class Findings:
    """Problems and remarks collected while files are read.

    Attributes:
        problems: What makes the case unreadable.
        remarks: What was read but is not used, or is used in another way than its author may expect.
    """

    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def wrong(self, file: Path, line: int | None, key: str, message: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(file, line, _cut(key), _cut(message), _cut(hint)))

    def remark(self, text: str) -> None:
        """Note what is not used."""
        self.remarks.append(_cut(f"not used: {text}"))

    def note(self, text: str) -> None:
        """Note what is used in another way than its author may expect."""
        self.remarks.append(_cut(f"note: {text}"))

    def raise_if_any(self) -> None:
        """Raise ScenarioError if there are problems."""
        if self.problems:
            raise ScenarioError(self.problems)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "..."


@dataclass(frozen=True)
class Row:
    """One row of a file, its cells stripped of blanks."""

    file: Path
    line: int
    cells: tuple[str, ...]

    def cell(self, i: int) -> str:
        """Return a cell, empty where the row is shorter."""
        return self.cells[i] if i < len(self.cells) else ""


def read_rows(file: Path) -> tuple[list[str], list[Row]]:
    """Return (names of the columns, rows) of a CSV file.

    A row whose first cell starts with ``#``, quoted or not, is a comment or header; fully empty rows are skipped. The
    header is the comment before the first row that has the most cells, the last of several.

    Raises:
        ScenarioError: The file cannot be read, or a quote is never closed.
    """
    text = read_text(file, limit_bytes=LIMIT_BYTES)
    header: list[str] = []
    rows: list[Row] = []
    for line, cells in _numbered(file, text):
        if not any(cells):
            continue
        if not cells[0].startswith("#"):
            rows.append(Row(file, line, cells))
        elif not rows and len(cells) >= len(header):
            header = [cells[0].removeprefix("#").strip().strip('"'), *cells[1:]]
    return header, rows


def _numbered(file: Path, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (line, cells) of every row; a comment ends with its line, whatever quotes are in it."""
    begin, quoted, lines = 1, False, list[str]()
    for number, line in enumerate(io.StringIO(text), start=1):
        is_comment = not lines and line.lstrip(' \t"').startswith("#")
        lines.append(line)
        quoted ^= line.count('"') % 2 == 1
        if is_comment or not quoted:
            yield from _parsed(file, begin, "".join(lines))
            begin, quoted, lines = number + 1, False, []
    if lines:
        hint = "close it, or write two quotes for one"
        raise ScenarioError([Problem(file, begin, "", "is not a CSV row: a quote is never closed", hint)])


def _parsed(file: Path, begin: int, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader, line = (
        csv.reader(io.StringIO(text)),
        begin,
    )  # not strict: blanks behind a closing quote are common
    try:
        for cells in reader:
            yield line, tuple(cell.strip() for cell in cells)
            line = begin + reader.line_num
    except csv.Error as error:
        raise ScenarioError([Problem(file, line, "", f"is not a CSV row: {error}")]) from None


def number_of(
    row: Row, i: int, column: str, found: Findings, *, low: float = 0.0, high: float = MOST
) -> float | None:
    """Return a number from ``low`` to ``high``, or None after noting what is wrong."""
    text = row.cell(i)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < low:
        found.wrong(
            row.file, row.line, column, f"{shown(text)} is no number of at least {low:g}", "e.g. 1500"
        )
        return None
    if value > high:
        found.wrong(row.file, row.line, column, f"{shown(text)} is too large", f"at most {high:g}")
        return None
    return value


def day_of(row: Row, i: int, column: str, found: Findings) -> int | None:
    """Return a whole number of days since the start (may be below 0), or None after noting what is wrong."""
    text = row.cell(i)
    try:
        day = int(text)
    except ValueError:
        day = None
    if day is None or abs(day) > _MOST_DAYS_OFF:
        hint = "a whole number, counted from the start: 0 is the first day"
        found.wrong(row.file, row.line, column, f"{shown(text)} is no day", hint)
        return None
    return day


def date_of(row: Row, i: int, column: str, found: Findings) -> date | None:
    """Return a date, or None after noting what is wrong."""
    text = row.cell(i)
    try:
        return date.fromisoformat(text)
    except ValueError:
        found.wrong(row.file, row.line, column, f"{shown(text)} is no date", "YYYY-MM-DD, e.g. 2012-02-29")
        return None
