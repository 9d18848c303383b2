"""Files as publishers of observed numbers write them, with invented counts, and the table that each must give."""

from __future__ import annotations

import calendar
import csv
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

from calibration.table import ObservedTable, build_table

Grid = list[list[Any]]

NAMES = {
    "en": ("record_id", "Survey date", "FMP name", "Flow type", "Nationality", "Men", "Women", "Boys", "Girls",
           "Total"),
    "fr": ("Identifiant", "Date d'enquête", "Point de suivi", "Type de flux", "Nationalité", "Hommes", "Femmes",
           "Garçons", "Filles", "Nombre total"),
    "es": ("Clave", "Fecha de la encuesta", "Punto de monitoreo", "Tipo de flujo", "Nacionalidad", "Hombres", "Mujeres",
           "Niños", "Niñas", "Número de personas"),
    "ar": ("رقم السجل", "تاريخ المسح", "نقطة الرصد", "نوع التدفق", "الجنسية", "رجال", "نساء",
           "أولاد", "بنات", "المجموع"),
}  # fmt: skip
DIRECTIONS = {
    "en": {"outgoing": "Outgoing", "incoming": "Incoming", "internal": "internal"},
    "fr": {"outgoing": "Sortant", "incoming": "entrant", "internal": "Interne"},
    "es": {"outgoing": "saliente", "incoming": "Entrante", "internal": "interno"},
    "ar": {"outgoing": "خارج", "incoming": "داخل", "internal": "داخلي"},
}
TAGS = (
    "#id+code", "#date+occurred", "#loc+name+fmp", "#indicator+type+flow", "#population+nationality+code",
    "#affected+m+adults", "#affected+f+adults", "#affected+m+children", "#affected+f+children",
    "#affected+ind",
)  # fmt: skip
PARTS = ("men", "women", "boys", "girls")


class Group(NamedTuple):
    """People seen together at a point on a day."""

    day: date
    point: str
    direction: str
    nationality: str
    people: tuple[int, int, int, int]


@dataclass(frozen=True)
class Layout:
    """How somebody writes a table."""

    language: str = "en"
    encoding: str = "utf-8"
    separator: str = ","
    thousands: str = ""
    day: str = "%Y-%m-%d"
    has_tags: bool = False
    has_titles: bool = False
    above: Sequence[Sequence[Any]] = field(default_factory=list)
    is_workbook: bool = False


def say_count(number: int, layout: Layout) -> Any:
    if layout.is_workbook:
        return number
    return f"{number:,}".replace(",", layout.thousands)


def month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def flow_grid(groups: Sequence[Group], layout: Layout) -> Grid:
    """Return a flow monitoring registry: titles, header of one or two lines, tags, a line a group."""
    grid: Grid = [list(row) for row in layout.above]
    if layout.has_titles:
        grid.append(["Registry", *[""] * 4, "People", *[""] * 4])
    grid.append(list(NAMES[layout.language]))
    if layout.has_tags:
        grid.append(list(TAGS))
    for number, group in enumerate(groups, 1):
        counts = [say_count(n, layout) for n in (*group.people, sum(group.people))]
        day = group.day if layout.is_workbook else group.day.strftime(layout.day)
        direction = DIRECTIONS[layout.language][group.direction]
        grid.append([f"R{number}", day, group.point, direction, group.nationality, *counts])
    return grid


def flow_table(groups: Sequence[Group], source: str) -> ObservedTable:
    """Return what a registry says, by month: everybody, parts and nationalities."""
    sums: dict[tuple[str, date, str, str], int] = defaultdict(int)
    for group in groups:
        parts = {f"sex_age:{part}": n for part, n in zip(PARTS, group.people, strict=True)}
        whole = sum(group.people)
        for name, number in {"all": whole, f"nationality:{group.nationality}": whole, **parts}.items():
            sums[group.point, group.day.replace(day=1), name, f"flow_{group.direction}"] += number
    rows = []
    for (place, month, group_name, indicator), number in sums.items():
        first, last = month_of(month)
        rows.append({"place": place, "from": first, "to": last, "group": group_name, "indicator": indicator,
                     "value": number, "source": source})  # fmt: skip
    return build_table(rows)


def write_grid(grid: Grid, file: Path, layout: Layout | None = None) -> Path:
    """Write a grid as CSV, or as a workbook of one sheet."""
    layout = layout or Layout(is_workbook=file.suffix == ".xlsx")
    if layout.is_workbook:
        return write_workbook({"Data": grid}, file)
    text = io.StringIO()
    csv.writer(text, delimiter=layout.separator, lineterminator="\r\n").writerows(grid)
    file.write_bytes(text.getvalue().encode(layout.encoding))
    return file


def write_workbook(sheets: dict[str, Grid], file: Path, merged: Sequence[str] = ()) -> Path:
    """Write sheets as a workbook; ``merged`` are ranges of the first sheet such as ``F1:I1``."""
    book = Workbook()
    book.remove(book.active)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name)
        for row in grid:
            sheet.append([None if cell == "" else cell for cell in row])
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(file)
    return file


def write_response(records: Sequence[dict[str, Any]], file: Path, **envelope: Any) -> Path:
    """Write a response of the DTM API."""
    answer = {"result": list(records), "statusCode": 200, "isSuccess": True, "errorMessages": [],
              "totalRecordsCount": len(records), **envelope}  # fmt: skip
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def record(**changes: Any) -> dict[str, Any]:
    """Return a record of the DTM API, of admin level 1."""
    return {
        "id": 1, "operation": "Example Operation", "admin0Name": "Chad", "admin0Pcode": "TCD", "admin1Name": "Lac",
        "admin1Pcode": "TD07", "numPresentIdpInd": 1200, "reportingDate": "2030-01-31T00:00:00",
        "yearReportingDate": 2030, "monthReportingDate": 1, "roundNumber": 1, "displacementReason": "Conflict",
        "numberMales": None, "numberFemales": None, "idpOriginAdmin1Name": "Not available",
        "idpOriginAdmin1Pcode": "Not available", "assessmentType": "BA", **changes,
    }  # fmt: skip
