"""Flee's map: locations.csv, routes.csv and closures.csv."""

from __future__ import annotations

from pathlib import Path

from simulation.displacement.case import MOST_PEOPLE, CaseClosure, DisplacementPlace, PlaceKind, Road
from simulation.errors import shown
from simulation.spec.csv_rows import Findings, Row, day_of, number_of, read_rows
from simulation.spec.explain import near_name

_COLUMNS = (
    "name",
    "region",
    "country",
    "latitude",
    "longitude",
    "location_type",
    "conflict_date",
    "population",
)
# Looked for in the lower-cased type, in this order.
_KINDS: tuple[tuple[str, PlaceKind], ...] = (
    ("idp", "idp_camp"),
    ("camp", "camp"),
    ("conflict", "conflict_zone"),
    ("forward", "hub"),
    ("marker", "junction"),
    ("flood_zone", "flood_zone"),
    ("default", "town"),
    ("town", "town"),
)
_CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")


def _kind_of(row: Row, found: Findings) -> PlaceKind:
    text = row.cell(5).lower()
    for word, kind in _KINDS:
        if word in text:
            return kind
    found.wrong(
        row.file, row.line, "location_type", f"{shown(row.cell(5))} is no kind of location",
        "conflict_zone, town, camp, idpcamp, marker, forwarding_hub or flood_zone",
    )  # fmt: skip
    return "town"


def _degrees(row: Row, i: int, column: str, most: float, found: Findings) -> float | None:
    if not row.cell(i):
        return None
    value = number_of(row, i, column, found, low=-most)
    if value is not None and value > most:
        found.wrong(row.file, row.line, column, f"{row.cell(i)} lies outside -{most:g} to {most:g} degrees")
        return None
    return value


def _place(row: Row, extra_names: list[str], found: Findings) -> DisplacementPlace | None:
    if not row.cell(0):
        found.wrong(
            row.file, row.line, "name", "is empty", "every location has a name; leave whole lines blank"
        )
        return None
    kind = _kind_of(row, found)
    size = number_of(row, 7, "population", found, high=MOST_PEOPLE) if row.cell(7) else 0.0
    extra = {name: row.cell(8 + i) for i, name in enumerate(extra_names) if name and row.cell(8 + i)}
    if row.cell(6) and kind == "conflict_zone":
        extra["conflict_date"] = row.cell(6)
    elif row.cell(6) not in ("", "0"):
        found.remark(f"locations.csv:{row.line}: conflict_date of {row.cell(0)}, which is no conflict_zone")
    growth = extra.pop("capacity_per_day", "0")
    is_camp = kind in ("camp", "idp_camp")
    per_day = number_of(Row(row.file, row.line, (growth,)), 0, "capacity_per_day", found, high=MOST_PEOPLE)
    return DisplacementPlace(
        name=row.cell(0),
        region=row.cell(1) or "unknown",
        country=row.cell(2) or "unknown",
        latitude=_degrees(row, 3, "latitude", 90.0, found),
        longitude=_degrees(row, 4, "longitude", 180.0, found),
        kind=kind,
        population=0.0 if is_camp else size or 0.0,
        capacity=(size or None) if is_camp else None,
        capacity_per_day=per_day or 0.0,
        extra=extra,
    )


def read_places(file: Path, found: Findings) -> tuple[DisplacementPlace, ...]:
    """Return the places of locations.csv in file order."""
    header, rows = read_rows(file)
    places: dict[str, DisplacementPlace] = {}
    for row in rows:
        place = _place(row, header[len(_COLUMNS) :], found)
        if place is None:
            continue
        if place.name in places:
            found.wrong(row.file, row.line, "name", f"{place.name} is there twice", "every name once")
        places[place.name] = place
    _remark_on_cells_beyond(rows, max(len(header), len(_COLUMNS)), found)
    used = {"conflict_date", "conflict_intensity"}
    unused = sorted({name for place in places.values() for name in place.extra} - used)
    for name in unused:
        found.remark(f"locations.csv: column {name} (kept, not used)")
    if not rows:
        found.wrong(
            file, None, "", "holds no location", "name,region,country,latitude,longitude,location_type,..."
        )
    return tuple(places.values())


def _remark_on_cells_beyond(rows: list[Row], n_columns: int, found: Findings) -> None:
    beyond = [row for row in rows if any(row.cells[n_columns:])]
    if beyond:
        lines = (
            f"lines {beyond[0].line} to {beyond[-1].line}" if len(beyond) > 1 else f"line {beyond[0].line}"
        )
        found.remark(f"{beyond[0].file.name}: cells beyond the header in {len(beyond)} rows, {lines}")


def known(row: Row, i: int, column: str, names: set[str], found: Findings) -> str | None:
    """Return a location's name, or None after noting that there is none of that name."""
    if row.cell(i) in names:
        return row.cell(i)
    found.wrong(
        row.file,
        row.line,
        column,
        f"{shown(row.cell(i))} is no location of locations.csv",
        near_name(row.cell(i), names),
    )
    return None


def read_roads(file: Path, names: set[str], found: Findings) -> tuple[Road, ...]:
    """Return the roads of routes.csv; a route to a place that is not there is a problem."""
    header, rows = read_rows(file)
    roads = []
    for row in rows:
        name1, name2 = known(row, 0, "name1", names, found), known(row, 1, "name2", names, found)
        km = number_of(row, 2, "distance", found)
        extra = {
            name: row.cell(3 + i)
            for i, name in enumerate(header[3:] or ["forced_redirection"])
            if row.cell(3 + i)
        }
        speed = None
        if "max_move_speed" in extra:
            speed_row = Row(row.file, row.line, (extra.pop("max_move_speed"),))
            speed = number_of(speed_row, 0, "max_move_speed", found, low=1e-9)
        if name1 is not None and name2 is not None and km is not None:
            if name1 == name2:
                found.wrong(row.file, row.line, "name2", f"a route from {name1} to itself")
                continue
            roads.append(Road(name1=name1, name2=name2, km=km, km_per_day=speed, extra=extra))
    _remark_on_cells_beyond(rows, max(len(header), 4), found)
    redirected = sum(road.extra.get("forced_redirection", "0") not in ("0", "0.0") for road in roads)
    if redirected:
        found.remark(
            f"routes.csv: forced_redirection on {redirected} routes (kept; people choose themselves)"
        )
    unused = sorted({name for road in roads for name in road.extra if name != "forced_redirection"})
    for name in unused:
        found.remark(f"routes.csv: column {name} (kept, not used)")
    return tuple(roads)


def read_closures(
    file: Path, places: tuple[DisplacementPlace, ...], found: Findings
) -> tuple[CaseClosure, ...]:
    """Return what closures.csv closes; a closure that ends before it starts closes nothing."""
    names, countries = {p.name for p in places}, {p.country for p in places}
    closures = []
    for row in read_rows(file)[1]:
        kind = row.cell(0).lower()
        first, end = day_of(row, 3, "closure_start", found), day_of(row, 4, "closure_end", found)
        if kind not in _CLOSURES:
            found.wrong(
                row.file,
                row.line,
                "closure_type",
                f"{shown(row.cell(0))} is no kind of closure",
                ", ".join(_CLOSURES),
            )
            continue
        if kind == "remove_forced_redirection":
            found.remark(f"closures.csv:{row.line}: {kind} (people choose themselves)")
            continue
        ends = (1, 2) if kind in ("country", "link") else (1,)
        missing = [
            row.cell(i) for i in ends if row.cell(i) not in (countries if kind == "country" else names)
        ]
        if missing:  # cases name countries and places that they have cut from the map
            found.remark(f"closures.csv:{row.line}: {', '.join(missing)} is not on the map; nothing to close")
            continue
        if first is None or end is None:
            continue
        if 0 <= end <= max(first, 0):
            flee = " (Flee closes it for good)" if end < first else ""
            found.remark(f"closures.csv:{row.line}: ends on day {end}, before it has closed anything{flee}")
            continue
        if first < 0:
            found.note(
                f"closures.csv:{row.line}: begins before the start: closed from day 0 on (Flee leaves it open)"
            )
        if kind == "link":
            found.note(f"closures.csv:{row.line}: closes the road both ways (Flee leaves it open)")
        closures.append(
            CaseClosure(
                kind="idp_camp" if kind == "idpcamp" else kind,  # type: ignore[arg-type]
                name1=row.cell(1), name2=row.cell(2) if len(ends) == 2 else "",
                first_day=max(first, 0), last_day=None if end < 0 else end - 1,
            )
        )  # fmt: skip
    return tuple(closures)
