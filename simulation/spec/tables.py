"""The CSV tables of a scenario: read row by row, every problem with its file, line and column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.errors import Problem, ScenarioError
from simulation.spec.explain import explain, near_name
from simulation.spec.files import read_text
from simulation.spec.models import (
    Composition,
    Custody,
    InitialGroup,
    Leg,
    MonitoringLeg,
    ObservationRate,
    Parameter,
    Place,
    RelativeRisk,
    Risk,
    SeasonWeight,
    ServiceRow,
    Source,
    Stream,
    Strict,
    TimelineEvent,
    UnitCost,
    VehicleRisk,
)

CSV_LIMIT_BYTES = 50_000_000
# A table in the wrong format is wrong on every line: enough of them tell the author what to do.
MAX_PROBLEMS = 25


@dataclass(frozen=True, slots=True)
class Table:
    """What a table of the scenario must look like.

    Attributes:
        model: Type of a row; its fields are the columns.
        key: Columns that together name a row, once.
        is_required: Whether the file must be there and hold rows.
    """

    model: type[Strict]
    key: tuple[str, ...]
    is_required: bool = True


TABLES: dict[str, Table] = {
    "places": Table(Place, ("id",)),
    "legs": Table(Leg, ("id",)),
    "risks": Table(Risk, ("zone", "setting", "outcome")),
    "vehicle_risks": Table(VehicleRisk, ("zone", "quantity"), is_required=False),
    "custody": Table(Custody, ("zone", "setting")),
    "streams": Table(Stream, ("stream", "place", "year")),
    "composition": Table(Composition, ("stream",)),
    "initial": Table(InitialGroup, ("place", "stream"), is_required=False),
    "relative_risks": Table(RelativeRisk, ("outcome", "sex", "age", "risk_group"), is_required=False),
    "season": Table(SeasonWeight, ("stream", "month"), is_required=False),
    "monitoring": Table(MonitoringLeg, ("point", "leg"), is_required=False),
    "parameters": Table(Parameter, ("name",)),
    "services": Table(ServiceRow, ("service",), is_required=False),
    "unit_costs": Table(UnitCost, ("item",), is_required=False),
    "observation": Table(ObservationRate, ("indicator", "scope", "from_year"), is_required=False),
    "policy_timeline": Table(TimelineEvent, ("date", "place", "event"), is_required=False),
    "sources": Table(Source, ("key",), is_required=False),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The valid rows of one table, with the line of each, and what was wrong with the others."""

    file: Path
    rows: tuple[Any, ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]


def read_table(folder: Path, name: str, library: Path) -> Rows:
    """Read table ``name`` (a key of ``TABLES``) in ``folder``; problems are returned, not raised.

    A table that is a link must not lead out of ``library``, the folder of the scenario folders.
    """
    table, file = TABLES[name], folder / f"{name}.csv"
    if not _is_inside(file, library):
        message = "is a link that leads outside the folder of the scenario folders"
        return Rows(file, (), (), (Problem(file, None, "", message, "copy the file here"),))
    if not table.is_required and not file.exists():
        return Rows(file, (), (), ())
    advice = "see scenarios/REFERENCE.md for its columns"
    try:
        text = read_text(file, limit_bytes=CSV_LIMIT_BYTES, advice=advice)
    except ScenarioError as error:
        return Rows(file, (), (), tuple(error.problems))
    reader = _Reader(file, table)
    try:
        reader.read(text)
    except csv.Error as error:
        reader.note(reader.line, "", f"is not valid CSV: {error}")
    return Rows(file, tuple(reader.rows), tuple(reader.lines), tuple(reader.reported()))


def _is_inside(file: Path, library: Path) -> bool:
    try:
        return file.resolve().is_relative_to(library)
    except (OSError, RuntimeError):  # links that lead in a circle: reading says so
        return True


class _Reader:
    """Reads one table and collects its problems."""

    def __init__(self, file: Path, table: Table) -> None:
        self.file, self.table = file, table
        self.rows: list[Strict] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []
        self.line = 1
        self._seen: dict[tuple[object, ...], int] = {}
        fields = table.model.model_fields
        # An empty cell means the default where there is one; elsewhere the model says what is missing.
        self._optional = {column for column, field in fields.items() if not field.is_required()}

    def read(self, text: str) -> None:
        records = self._records(text)
        header = next(records, None)
        if header is None:
            self.note(None, "", "is empty", f"columns: {', '.join(self.table.model.model_fields)}")
            return
        columns = [column.strip() for column in header]
        if not self._check_header(columns):
            return
        for record in records:
            if len(record) != len(columns):
                message = f"has {len(record)} cells, the header has {len(columns)}"
                self.note(self.line, "", message, "quote a cell that holds a comma")
            else:
                self._read_row(dict(zip(columns, record, strict=True)))
            if len(self.problems) > MAX_PROBLEMS:
                return
        if self.table.is_required and not self.rows and not self.problems:
            self.note(None, "", "has a header but no rows")

    def note(self, line: int | None, column: str, message: str, hint: str = "") -> None:
        """Keep one problem."""
        self.problems.append(Problem(self.file, line, column, message, hint))

    def reported(self) -> list[Problem]:
        """Return the problems, at most ``MAX_PROBLEMS`` and a word about the rest."""
        if len(self.problems) <= MAX_PROBLEMS:
            return self.problems
        more = Problem(self.file, None, "", f"has more problems; the first {MAX_PROBLEMS} are listed")
        return [*self.problems[:MAX_PROBLEMS], more]

    def _records(self, text: str) -> Iterator[list[str]]:
        reader = csv.reader(text.splitlines(keepends=True), strict=True)
        before = 0
        for record in reader:
            self.line, before = before + 1, reader.line_num  # a quoted cell may span lines: report the first
            if any(cell.strip() for cell in record):
                yield record

    def _check_header(self, columns: list[str]) -> bool:
        known = self.table.model.model_fields
        if len(columns) == 1 and len(known) > 1:
            separators = [name for sign, name in ((";", "semicolons"), ("\t", "tabs")) if sign in columns[0]]
            if separators:
                self.note(1, "", f"separates its columns by {separators[0]}", "save it with commas")
                return False
        for column in columns:
            if column not in known:
                self.note(1, column, "unknown column", near_name(column, set(known) - set(columns)))
            if columns.count(column) > 1:
                self.note(1, column, "column is given twice")
        for column, field in known.items():
            if column not in columns and field.is_required():
                self.note(1, column, "column is missing")
        return not self.problems

    def _read_row(self, cells: dict[str, str]) -> None:
        given = {column: cell.strip() for column, cell in cells.items()}
        given = {column: cell for column, cell in given.items() if cell or column not in self._optional}
        try:
            row = self.table.model.model_validate(given)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                message, hint = explain(detail)
                self.note(self.line, ".".join(map(str, detail["loc"])), message, hint)
            return
        key = tuple(getattr(row, column) for column in self.table.key)
        if key in self._seen:
            message = f"{' '.join(map(str, key))} is given twice"
            self.note(self.line, " ".join(self.table.key), message, f"first on line {self._seen[key]}")
            return
        self._seen[key] = self.line
        self.rows.append(row)
        self.lines.append(self.line)
