"""Where the header of a sheet is, what its columns mean, and which lines below it are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from calibration.readers.grid import HEADER_LINES, Cell, Line, Sheet
from calibration.readers.names import ROLES, find_role
from calibration.readers.report import ColumnUse, Findings
from calibration.readers.values import fold

TOTALS = {fold(word) for word in ("total", "totals", "grand total", "sum", "totaux", "total general", "sous total",
    "subtotal", "sub total", "totales", "suma", "المجموع", "الإجمالي", "المجموع الكلي")}  # fmt: skip
IN_THOUSANDS = re.compile(
    r"\b(in|en)?\s*(thousands?|milliers?|miles|x ?1000|000s?|بالآلاف)\b|'000", re.IGNORECASE
)
PER_CENT = re.compile(
    r"%|\b(per ?cent|pour ?cent|por ?ciento|percentage|pourcentage|porcentaje)\b|النسبة", re.IGNORECASE
)
TAG = re.compile(r"#[a-z][a-z0-9_]*( *\+ *[a-z0-9_]+)*")
"""An HXL tag; error values of spreadsheets such as #N/A are none."""
PEOPLE = (
    "total", "men", "women", "older_men", "older_women", "boys", "girls", "children", "unaccompanied", "idps",
    "migrants", "males", "females", "outgoing", "incoming", "dead", "missing", "dead_missing", "detections",
)  # fmt: skip
"""Roles whose columns count people."""
WORDS = (
    "point",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "admin4",
    "nationality",
    "date",
    "from",
    "route",
    "direction",
)
"""Roles in whose columns the word total marks a line that adds others up."""


class Records(NamedTuple):
    """Lines of data below a header.

    Attributes:
        sheet: Name of the sheet; empty for a file without sheets.
        header: Texts of the header, one a column.
        roles: What each column means; None: not known.
        lines: Lines of data, all as long as the header.
    """

    sheet: str
    header: list[str]
    roles: list[str | None]
    lines: list[Line]

    def has(self, *roles: str) -> bool:
        """Return whether there is a column of each of some roles."""
        return all(role in self.roles for role in roles)

    def column(self, role: str) -> list[Cell]:
        """Return the cells of the first column of a role."""
        at = self.roles.index(role)
        return [line.cells[at] for line in self.lines]

    def texts(self, role: str) -> list[str]:
        """Return the cells of the first column of a role as text, empty ones as empty; all empty without the column."""
        if role not in self.roles:
            return [""] * len(self.lines)
        return [say_cell(cell) for cell in self.column(role)]

    def title(self, role: str) -> str:
        """Return the header of the first column of a role."""
        return self.header[self.roles.index(role)]

    def numbers(self) -> list[int]:
        """Return the line numbers."""
        return [line.number for line in self.lines]

    def keep(self, wanted: Sequence[bool]) -> Records:
        """Return the records with some of the lines."""
        return self._replace(lines=[line for line, keep in zip(self.lines, wanted, strict=True) if keep])

    def uses(self, used: Sequence[str]) -> tuple[ColumnUse, ...]:
        """Return what each column was taken for: the meaning of those whose role is used, None for the others."""
        found = []
        seen: set[str] = set()
        for header, role in zip(self.header, self.roles, strict=True):
            takes = role is not None and role in used and (role not in seen or role == "origin")
            found.append(ColumnUse(header or "(no header)", ROLES[role].meaning if takes and role else None))
            seen.add(role or "")
        return tuple(found)


def say_cell(cell: Cell) -> str:
    """Return a cell as text; whole numbers without a decimal point."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def find_records(sheet: Sheet, findings: Findings) -> Records | None:
    """Return the data of a sheet; None if no line of it looks like a header."""
    best: tuple[int, int, list[str], list[str | None]] | None = None
    for at in range(min(HEADER_LINES, len(sheet.lines))):
        for depth in (1, 2) if not _has_data(sheet.lines[at + 1 : at + 2]) else (1,):
            header = _compose(sheet.lines[at : at + depth])
            roles = [find_role(text) for text in header]
            known = len({role for role in roles if role})
            if known >= 2 and (best is None or known > best[0]):
                best = (known, at + depth, header, roles)
    if best is None:
        return None
    _, start, header, roles = best
    if start > 1 and sheet.lines[start - 2].cells != sheet.lines[start - 1].cells:
        findings.note(
            f"header{f' of sheet {sheet.name!r}' if sheet.name else ''} ends on line {sheet.lines[start - 1].number}"
        )
    lines = _take_tags(sheet.lines[start:], roles, findings)
    lines = [Line(line.number, (line.cells + [None] * len(header))[: max(len(header), 1)]) for line in lines]
    records = Records(sheet.name, header, roles, lines)
    _check_units(records, findings)
    return records


def _compose(lines: Sequence[Line]) -> list[str]:
    """Return the header of one line, or of two: a title above several columns is put before each of their names."""
    below = [say_cell(cell) for cell in lines[-1].cells]
    if len(lines) == 1:
        return below
    above = [say_cell(cell) for cell in lines[0].cells]
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    title, header = "", []
    for over, under in zip(above, below, strict=True):
        title = over or (title if under else "")
        choices = [f"{title} {under}".strip(), f"{under} {title}".strip(), under, over]
        header.append(next((text for text in choices if text and find_role(text)), choices[0]))
    return header


def _has_data(lines: Sequence[Line]) -> bool:
    """Return whether a line has numbers or days in it, and so is no second line of a header."""
    cells = [cell for line in lines for cell in line.cells if cell is not None]
    return any(not isinstance(cell, str) or re.fullmatch(r"[\d\s.,:/T-]+", cell) for cell in cells)


def _take_tags(lines: Sequence[Line], roles: list[str | None], findings: Findings) -> list[Line]:
    """Return the lines that are no HXL tags; tags of the first such line say what columns without a known name mean."""
    data: list[Line] = []
    for line in lines:
        texts = [say_cell(cell) for cell in line.cells]
        if not any(TAG.fullmatch(text) for text in texts):
            data.append(line)
            continue
        if not data:
            for at, text in enumerate(texts[: len(roles)]):
                roles[at] = roles[at] or (find_role(text) if TAG.fullmatch(text) else None)
        findings.drop("HXL tags", line.number)
    return data


def _check_units(records: Records, findings: Findings) -> None:
    """Refuse counts that the header gives in thousands, and leave out those that it gives in per cent."""
    for at, header in enumerate(records.header):
        if find_role(IN_THOUSANDS.sub("", header)) in PEOPLE and IN_THOUSANDS.search(header):
            findings.problem("is in thousands", "give people, not thousands", column=header)
        elif PER_CENT.search(header) and find_role(PER_CENT.sub("", header)) in PEOPLE:
            findings.look(f"column {header} is in per cent: not used")
            records.roles[at] = None


def drop_totals(records: Records, findings: Findings, *, among: Sequence[str] = WORDS) -> Records:
    """Return the records without lines that add up others: those that say total in a column of some roles."""
    places = [at for at, role in enumerate(records.roles) if role in among]
    keep = []
    for line in records.lines:
        is_total = any(says_total(line.cells[at]) for at in places)
        keep.append(not is_total)
        if is_total:
            findings.drop("adds up other lines (it says total)", line.number)
    return records.keep(keep)


def says_total(cell: Cell) -> bool:
    """Return whether a cell names a sum of others: ``Total``, ``Total Agadez``, ``Totaux``."""
    if not isinstance(cell, str):
        return False
    words = cell.casefold().split()
    return fold(cell) in TOTALS or (len(words) > 1 and "total" in (words[0].rstrip(":"), words[-1]))
