"""From cells to numbers and days: separators of thousands, decimal commas, dates as text, months by name."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from calibration.readers.grid import Cell
from calibration.readers.report import Findings

MISSING = {
    "", "-", "--", "–", "—", ".", "..", "...", "na", "n/a", "nan", "none", "null", "nd", "n.d.", "n/d", "notavailable",
    "#n/a", "nondisponible", "nodisponible", "nodata", "غيرمتوفر", "غيرمتاح",
}  # fmt: skip
MONTHS = (
    "january jan janvier janv enero ene يناير جانفي كانونالثاني",
    "february feb fevrier fev fevr febrero فبراير فيفري شباط",
    "march mar mars marzo مارس اذار",
    "april apr avril avr abril abr ابريل افريل نيسان",
    "may mai mayo مايو ماي ايار",
    "june jun juin junio يونيو جوان حزيران",
    "july jul juillet juil julio يوليو جويلية تموز",
    "august aug aout agosto ago اغسطس اوت اب",
    "september sep sept septembre septiembre سبتمبر ايلول",
    "october oct octobre octubre اكتوبر تشرينالاول",
    "november nov novembre noviembre نوفمبر تشرينالثاني",
    "december dec decembre diciembre dic ديسمبر كانونالاول",
)  # fmt: skip
MOST_PEOPLE = 1e10
FIRST_YEAR, LAST_YEAR = 1990, 2100
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_SPACED = re.compile(r"(?<=\d)[\s'’٬](?=\d{3}(\D|$))")
_NUMBER = re.compile(r"\d+([.,]\d+)?([eE][+-]?\d+)?")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return letters and digits of a text without accents, marks or case: what two spellings have in common."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("ـ", "")
    return "".join(sign for sign in plain if sign.isalnum())


MONTH_OF = {fold(name): month for month, names in enumerate(MONTHS, 1) for name in names.split()}


def is_missing(cell: Cell) -> bool:
    """Return whether a cell says that nothing is known."""
    if isinstance(cell, str):
        return cell.strip().casefold() in MISSING or fold(cell) in MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def read_counts(cells: Sequence[Cell], lines: Sequence[int], column: str, findings: Findings) -> list[float]:
    """Return whole numbers of people, NaN where a cell says nothing; what is no count is a problem, and NaN.

    Separators of thousands are taken off where the whole column agrees on one. No message repeats a number.
    """
    values = read_numbers(cells, lines, column, findings)
    broken = [i for i, value in enumerate(values) if not math.isnan(value) and not value.is_integer()]
    if broken:
        hint = "are these thousands, averages or percentages? give people"
        findings.problem("is no whole number, but counts people", hint, line=lines[broken[0]], column=column)
    if any(value > MOST_PEOPLE for value in values):
        line = next(line for line, value in zip(lines, values, strict=True) if value > MOST_PEOPLE)
        findings.problem("is more people than there are", line=line, column=column)
    return [math.nan if i in set(broken) else value for i, value in enumerate(values)]


def read_numbers(cells: Sequence[Cell], lines: Sequence[int], column: str, findings: Findings) -> list[float]:
    """Return numbers of 0 and more, NaN where a cell says nothing; what is no number is a problem, and NaN."""
    texts = [_plain_number(cell) if isinstance(cell, str) else "" for cell in cells]
    thousands = _find_thousands(texts, lines, column, findings)
    if thousands is None:
        return [math.nan] * len(cells)
    values: list[float] = []
    for cell, text, line in zip(cells, texts, lines, strict=True):
        value = math.nan
        if is_missing(cell):
            pass
        elif isinstance(cell, int | float):
            value = _as_float(cell)
        elif text.endswith("%"):
            findings.problem("is in per cent", "numbers of people are needed", line=line, column=column)
        else:
            value = _parse_number(text.removeprefix("-"), thousands)
            if math.isnan(value):
                findings.problem("is not a number", line=line, column=column)
            elif text.startswith("-"):
                value = -value
        if value < 0 or math.isinf(value):
            message = "is negative" if value < 0 else "is not a finite number"
            findings.problem(message, "counts are 0 or more", line=line, column=column)
            value = math.nan
        values.append(value)
    return values


def read_degrees(cell: Cell) -> float:
    """Return a coordinate, with a decimal point or comma; NaN if it is none."""
    if isinstance(cell, int | float):
        return float(cell)
    text = _plain_number(cell) if isinstance(cell, str) else ""
    sign = -1.0 if text.startswith("-") else 1.0
    return sign * _parse_number(text.removeprefix("-").rstrip("°"), "")


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf


def _plain_number(text: str) -> str:
    """Return a number with European digits, an ASCII minus and no blanks or apostrophes between thousands."""
    text = "".join(
        str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text.strip()
    )
    text = text.replace("٫", ".").replace("−", "-").replace("–", "-")
    if text.startswith("(") and text.endswith(")"):  # as accountants write a negative
        text = f"-{text[1:-1]}"
    return _SPACED.sub("", text)


def _find_thousands(
    texts: Sequence[str], lines: Sequence[int], column: str, findings: Findings
) -> str | None:
    """Return the sign that separates thousands in a column, empty if none does; None if that is unclear."""
    grouped = {sign: [i for i, t in enumerate(texts) if _groups_by(t, sign)] for sign in ",."}
    broken = {sign: any(sign in t and not _groups_by(t, sign) for t in texts) for sign in ",."}
    for sign, other in (",.", ".,"):
        if not grouped[sign]:
            continue
        if broken[sign] or grouped[other]:
            line = lines[grouped[sign][0]]
            message = f"cannot tell whether '{sign}' separates thousands or decimals: the column has both"
            findings.problem(
                message, "write numbers without separators of thousands", line=line, column=column
            )
            return None
        findings.note(f"'{sign}' in column {column} taken for a separator of thousands")
        return sign
    return ""


def _groups_by(text: str, sign: str) -> bool:
    found = _GROUPED.fullmatch(text.removeprefix("-"))
    return found is not None and found[1] == sign


def _parse_number(text: str, thousands: str) -> float:
    if thousands:
        text = text.replace(thousands, "")
    if not _NUMBER.fullmatch(text):
        return math.nan
    return float(text.replace(",", "."))


class Span(NamedTuple):
    """First and last day that a cell names."""

    first: date
    last: date


def read_spans(
    cells: Sequence[Cell], lines: Sequence[int], column: str, findings: Findings, order: str | None = None
) -> list[Span | None]:
    """Return the days that cells name, None where a cell says nothing; a month is its first and last day.

    Args:
        cells: Dates of a spreadsheet, ISO days and months, days and months by name, ``05/01/2030``, or the numbers by
            which spreadsheets count days.
        lines: Their lines.
        column: Header, for messages.
        findings: Where problems go: what is no date, and days whose order cannot be told.
        order: ``day-first`` or ``month-first`` for days such as ``05/01/2030``; None finds out from the column.
    """
    order = order or _find_order(cells, lines, column, findings)
    spans: list[Span | None] = []
    for cell, line in zip(cells, lines, strict=True):
        span = None if is_missing(cell) else _read_span(cell, order)
        if span is None and not is_missing(cell):
            hint = "write days as 2030-01-31 and months as 2030-01"
            findings.problem(f"is not a date{_say_text(cell)}", hint, line=line, column=column)
        spans.append(span)
    if any(_is_serial(cell) for cell in cells):
        findings.note(
            f"numbers in column {column} taken for the days that spreadsheets count from 1899-12-30"
        )
    return spans


def find_month(text: str) -> Span | None:
    """Return the month that a text names; None if it names none, or a day."""
    span = _read_span(text, "day-first") if text else None
    return span if span and span.first != span.last else None


def _say_text(cell: Cell) -> str:
    """Return what a cell says, but nothing of a bare number: in a shifted column it may be of people."""
    has_words = isinstance(cell, str) and not re.fullmatch(r"[\d\s.,%()\-]*", cell)
    return f": {str(cell)[:40]}" if has_words else ""


def _find_order(cells: Sequence[Cell], lines: Sequence[int], column: str, findings: Findings) -> str:
    pairs = [
        (m, line) for c, line in zip(cells, lines, strict=True) if isinstance(c, str) and (m := _slashed(c))
    ]
    if not pairs:
        return "day-first"
    day_first = any(int(found[1]) > 12 for found, _ in pairs)
    month_first = any(int(found[2]) > 12 for found, _ in pairs)
    if day_first and month_first:
        findings.problem("some dates put the day first and some the month", "write 2030-01-31", column=column)
    elif not day_first and not month_first and any(found[1] != found[2] for found, _ in pairs):
        hint = "say --dates day-first or --dates month-first, or write 2030-01-31"
        findings.problem(
            "cannot tell the day from the month in any date", hint, line=pairs[0][1], column=column
        )
    order = "month-first" if month_first else "day-first"
    findings.note(f"dates in column {column} read {order}")
    return order


def _slashed(text: str) -> re.Match[str] | None:
    return re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})( .*)?", text.strip())


def _is_serial(cell: Cell) -> bool:
    number = cell if isinstance(cell, int | float) else None
    if isinstance(cell, str) and re.fullmatch(r"\d{5}(\.\d+)?", cell):
        number = float(cell)
    return number is not None and 32874 <= number <= 73051  # 1990-01-01 to 2100-01-01


def _read_span(cell: Cell, order: str) -> Span | None:
    if isinstance(cell, datetime):
        return _day(cell.year, cell.month, cell.day)
    if _is_serial(cell):
        counted = date(1899, 12, 30) + timedelta(days=int(float(str(cell))))
        return _day(counted.year, counted.month, counted.day)
    text = str(cell).strip()
    if found := re.fullmatch(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{2}|(?<=[-/.])\d)([T ].*)?", text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{4})[-/](\d{1,2})", text):
        return _month(int(found[1]), int(found[2]))
    if slashed := _slashed(text):
        a, b = int(slashed[1]), int(slashed[2])
        year = int(slashed[3]) + (2000 if len(slashed[3]) == 2 else 0)
        return _day(year, b, a) if order == "day-first" else _day(year, a, b)
    return _read_named(text)


def _read_named(text: str) -> Span | None:
    """Return a day or month that is written with the month's name: ``5 janvier 2030``, ``Jan-30``, ``JAN2030``."""
    words = [word for word in re.findall(r"[^\W\d]+", text.casefold()) if word not in ("de", "del", "of")]
    month, numbers = MONTH_OF.get(fold("".join(words))), re.findall(r"\d+", text)
    if month is None or not 1 <= len(numbers) <= 2:
        return None
    year = next((number for number in numbers if len(number) == 4), None)
    if year is None and len(numbers[-1]) == 2 and (len(numbers) == 2 or not text[0].isdecimal()):
        year = f"20{numbers[-1]}"
    if year is None:  # 30-Jan is a day without a year
        return None
    if len(numbers) == 1:
        return _month(int(year), month)
    return _day(int(year), month, int(numbers[1] if numbers[0] == year else numbers[0]))


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Span(found, found) if FIRST_YEAR <= year <= LAST_YEAR else None


def _month(year: int, month: int) -> Span | None:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    return Span(date(year, month, 1), last_of_month(date(year, month, 1)))


def last_of_month(day: date) -> date:
    """Return the last day of the month that a day is in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
