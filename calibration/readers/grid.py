"""From bytes to sheets of cells: encodings, separators, workbooks; whatever is damaged is one clear problem."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from calibration.readers.report import Findings
from simulation.errors import printable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | datetime | None
LIMIT_BYTES = 200_000_000
LIMIT_ROWS = 2_000_000
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
HEADER_LINES = 20
"""A header is looked for so far down: titles and logos may stand above it. Merged cells further down are layout."""
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class Line(NamedTuple):
    """A line of a file that has something in it; numbers start at 1, as editors and spreadsheets show them."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Sheet:
    """A table of cells: a CSV file, or one sheet of a workbook (its name as written, blanks and all)."""

    name: str
    lines: list[Line]


def read_bytes(file: Path, findings: Findings) -> bytes:
    """Return a file's bytes.

    Raises:
        ScenarioError: Missing, not a file, not readable, too large, or empty.
    """
    try:
        if file.is_dir():
            raise findings.fail("is a folder, not a file")
        if file.exists() and not file.is_file():
            raise findings.fail("is not a regular file")
        if file.stat().st_size > LIMIT_BYTES:
            raise findings.fail(f"is too large: at most {LIMIT_BYTES // 1_000_000} MB are read")
        raw = file.read_bytes()
    except FileNotFoundError:
        raise findings.fail("does not exist") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise findings.fail(f"cannot be read: {reason}") from None
    if not raw.strip():
        raise findings.fail("is empty")
    return raw


def read_sheets(raw: bytes, findings: Findings, is_name: Callable[[str], bool]) -> list[Sheet]:
    """Return the sheets of a CSV file or a workbook that have anything in them.

    Args:
        raw: The file.
        findings: Where to say how it was read.
        is_name: Whether a text is the name of a column: the separator is the sign that makes most names.

    Raises:
        ScenarioError: It is neither, is damaged, or is empty.
    """
    if raw.startswith(OLD_WORKBOOK):
        raise findings.fail(
            "is an old Excel workbook (.xls) or is locked by a password", "save it as .xlsx or CSV"
        )
    sheets = (
        _read_workbook(raw, findings) if raw.startswith(WORKBOOK) else [_read_csv(raw, findings, is_name)]
    )
    for sheet in sheets:
        if not sheet.lines:
            findings.look(f"sheet '{sheet.name}' is empty" if len(sheets) > 1 else "the file has no cells")
    filled = [sheet for sheet in sheets if sheet.lines]
    if not filled:
        raise findings.fail("is empty: no cell of it holds anything")
    return filled


def decode(raw: bytes, findings: Findings) -> str:
    """Return the text of a file: UTF-8, UTF-16 with a mark, or the Windows code page 1252, also line by line.

    Raises:
        ScenarioError: It is none of these.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError:
            raise findings.fail(
                "begins as UTF-16 and goes on as something else", "save it as UTF-8"
            ) from None
        findings.note("encoding: UTF-16")
        return _without_zero(text, findings)
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw.removeprefix(codecs.BOM_UTF8)
        findings.note("encoding: UTF-8 with a byte order mark")
    try:
        return _without_zero(raw.decode("utf-8"), findings)
    except UnicodeDecodeError:
        return _decode_lines(raw, findings)


def _decode_lines(raw: bytes, findings: Findings) -> str:
    """Return text of which some lines are UTF-8 and others cp1252, as when files of two machines are joined."""
    lines: list[str] = []
    foreign: list[int] = []
    has_utf8 = False
    for number, line in enumerate(raw.split(b"\n"), 1):
        try:
            lines.append(line.decode("utf-8"))
            has_utf8 |= not line.isascii()
        except UnicodeDecodeError:
            try:
                lines.append(line.decode("cp1252"))
            except UnicodeDecodeError:
                message = "is neither UTF-8 nor Windows (cp1252) text"
                raise findings.fail(message, "save it as UTF-8", line=number) from None
            foreign.append(number)
    if has_utf8:
        findings.look(
            "mixed encodings: these lines are Windows text (cp1252), others UTF-8; look at their names",
            *foreign,
        )
    else:
        findings.note("encoding: Windows (cp1252), taken because it is not UTF-8; look at names with accents")
    return _without_zero("\n".join(lines), findings)


def _without_zero(text: str, findings: Findings) -> str:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        hint = "save it as UTF-8 CSV or as .xlsx"
        raise findings.fail("is not text: it holds a zero byte (UTF-16 without its mark?)", hint, line=line)
    return text


def _read_csv(raw: bytes, findings: Findings, is_name: Callable[[str], bool]) -> Sheet:
    text = decode(raw, findings)
    separator = _find_separator(text, is_name)
    if separator != ",":
        findings.note(f"columns separated by {SEPARATORS[separator]}")
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                lines.append(Line(number, [clean(cell) or None for cell in record]))
            number = reader.line_num + 1  # a quoted cell may span lines: the next record begins after them
            if len(lines) > LIMIT_ROWS:
                raise findings.fail(f"has more than {LIMIT_ROWS:,} lines")
    except csv.Error as error:
        raise findings.fail(
            f"is not valid CSV: {error}", "a quotation mark may be left open", line=number
        ) from None
    return Sheet("", lines)


def _find_separator(text: str, is_name: Callable[[str], bool]) -> str:
    """Return the sign by which some line near the top falls into most names of columns."""
    names = dict.fromkeys(SEPARATORS, 0)
    for line in text[:20_000].splitlines()[:HEADER_LINES]:
        for sign in SEPARATORS:
            cells = [cell.strip(' "') for cell in line.split(sign)]
            names[sign] = max(names[sign], sum(is_name(cell) for cell in cells))
    return max(names, key=lambda sign: names[sign])


def _read_workbook(raw: bytes, findings: Findings) -> list[Sheet]:
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > 5 * LIMIT_BYTES:
                raise findings.fail("unpacks to too much to be a table")
        # Not read_only: that mode does not know merged cells.
        book = load_workbook(io.BytesIO(raw), data_only=True)
        return [Sheet(sheet.title, _read_worksheet(sheet, findings)) for sheet in book.worksheets]
    except Exception as error:
        if findings.problems:
            raise
        # A damaged workbook fails in as many ways as zip, XML and the format itself have.
        hint = "open it in a spreadsheet programme and save it again"
        raise findings.fail(f"is not a whole .xlsx workbook ({type(error).__name__})", hint) from None


def _read_worksheet(sheet: Worksheet, findings: Findings) -> list[Line]:
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        top, left, bottom, right = merged.min_row, merged.min_col, merged.max_row, merged.max_col
        if top > HEADER_LINES:
            findings.look(f"sheet '{sheet.title}' has merged cells among its data", top)
            continue
        for row in rows[top - 1 : bottom]:
            row[left - 1 : right] = [rows[top - 1][left - 1]] * (right - left + 1)
    lines = [Line(number, [_tidy_cell(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    return [line for line in lines if any(cell is not None for cell in line.cells)]


def clean(text: str) -> str:
    """Return a text on one line, without marks of writing direction, and with one blank where it had several."""
    if text.isascii() and text.isprintable():  # nearly all cells
        return " ".join(text.split())
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return printable(" ".join(shown.split()))


def _tidy_cell(value: object) -> Cell:
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return None if value is None else str(value)
