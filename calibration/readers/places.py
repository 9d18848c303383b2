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
"""Degrees: coordinates look swapped that lie far from the others, and near them when turned round."""
MOST = 0.8
"""Of the places of a file, so many must lie together for it to be about one area."""

Point = tuple[float, float]


def place_roles(roles: Sequence[str | None], places: Places) -> list[str]:
    """Return the roles that name the place of a line, the one to use first; empty if there is none."""
    return [role for role in (WHOLE if places == "country" else FINEST) if role in roles]


def name_places(records: Records, roles: Sequence[str], findings: Findings | None = None) -> list[str]:
    """Return the place of every line: the first of some roles that is filled in."""
    columns = [records.column(role) for role in roles if role in records.roles]
    if not columns and findings is not None:
        findings.look(f"no column names a place: everything is of '{NOWHERE}'")
    named = []
    for at in range(len(records.lines)):
        cells = (column[at] for column in columns)
        named.append(next((str(cell).strip() for cell in cells if not is_missing(cell)), NOWHERE))
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
    """Return the coordinates of every line; those that cannot be on Earth are said, and are NaN.

    In a file about one area those are said too that lie far from it, and in it when turned round; they stay, since a
    place may well be there.
    """
    points = read_points(records)
    known = [point for point in points if _is_on_earth(point)]
    middle = (
        (statistics.median(p[0] for p in known), statistics.median(p[1] for p in known))
        if known
        else (0.0, 0.0)
    )
    is_local = len(known) >= 5 and sum(_distance(p, middle) <= FAR for p in known) >= MOST * len(known)
    checked: list[Point] = []
    for point, line in zip(points, records.numbers(), strict=True):
        turned = (point[1], point[0])
        is_given, is_possible = not any(math.isnan(angle) for angle in point), _is_on_earth(point)
        if is_given and not is_possible:
            fault = (
                "latitude and longitude are swapped"
                if _is_on_earth(turned)
                else "coordinates are not on Earth"
            )
            findings.look(f"{fault}; not used", line)
        elif is_given and is_local and _distance(point, middle) > FAR and _distance(turned, middle) < NEAR:
            findings.look(
                "latitude and longitude look swapped: turned round they lie among the other places", line
            )
        checked.append(point if is_possible else (math.nan, math.nan))
    return checked


def _split(cell: Cell) -> Point:
    parts = str(cell or "").replace(";", ",").split(",")
    return (read_degrees(parts[0]), read_degrees(parts[1])) if len(parts) == 2 else (math.nan, math.nan)


def _is_on_earth(point: Point) -> bool:
    return abs(point[0]) <= 90 and abs(point[1]) <= 180


def _distance(a: Point, b: Point) -> float:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))
