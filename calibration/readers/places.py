"""Which place a line is about, and whether its coordinates can be true."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from calibration.readers.grid import Cell
from calibration.readers.header import Records
from calibration.readers.options import Places
from calibration.readers.report import Findings
from calibration.readers.values import is_missing, read_degrees

FINEST = ("point", "admin4", "admin3", "admin2", "admin1", "country_code", "country")
WHOLE = ("country_code", "country")
NOWHERE = "all places"
FAR, NEAR = 8.0, 4.0
"""Degrees: swapped are coordinates that lie far from the others, and near them when turned round."""

Point = tuple[float, float]


def place_roles(roles: Sequence[str | None], places: Places) -> list[str]:
    """Return the roles that name the place of a line, the one to use first; empty if there is none."""
    return [role for role in (WHOLE if places == "country" else FINEST) if role in roles]


def name_places(records: Records, roles: Sequence[str], default: str = NOWHERE) -> list[str]:
    """Return the place of every line: the first of some roles that is filled in."""
    columns = [records.column(role) for role in roles if role in records.roles]
    named = []
    for at in range(len(records.lines)):
        cells = (column[at] for column in columns)
        named.append(next((str(cell).strip() for cell in cells if not is_missing(cell)), default))
    return named


def read_points(records: Records) -> list[Point]:
    """Return latitude and longitude of every line, NaN where there is none."""
    if records.has("latitude", "longitude"):
        pairs = zip(records.column("latitude"), records.column("longitude"), strict=True)
        return [(read_degrees(north), read_degrees(east)) for north, east in pairs]
    if records.has("coordinates"):
        return [_split(cell) for cell in records.column("coordinates")]
    return [(math.nan, math.nan)] * len(records.lines)


def check_points(records: Records, findings: Findings) -> list[Point]:
    """Return the coordinates of every line; those that cannot be true are said, and are NaN."""
    points = read_points(records)
    known = [point for point in points if _is_on_earth(point)]
    middle = (
        (statistics.median(p[0] for p in known), statistics.median(p[1] for p in known))
        if known
        else (0.0, 0.0)
    )
    checked: list[Point] = []
    for point, line in zip(points, records.numbers(), strict=True):
        turned = (point[1], point[0])
        fault = ""
        if math.isnan(point[0]) or math.isnan(point[1]):
            pass
        elif not _is_on_earth(point):
            fault = (
                "latitude and longitude are swapped"
                if _is_on_earth(turned)
                else "coordinates are not on Earth"
            )
        elif len(known) >= 5 and _distance(point, middle) > FAR and _distance(turned, middle) < NEAR:
            fault = "latitude and longitude look swapped: turned round they lie among the other places"
        if fault:
            findings.look(f"{fault}; not used", line)
        checked.append((math.nan, math.nan) if fault else point)
    return checked


def _split(cell: Cell) -> Point:
    parts = str(cell or "").replace(";", ",").split(",")
    return (read_degrees(parts[0]), read_degrees(parts[1])) if len(parts) == 2 else (math.nan, math.nan)


def _is_on_earth(point: Point) -> bool:
    return abs(point[0]) <= 90 and abs(point[1]) <= 180


def _distance(a: Point, b: Point) -> float:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))
