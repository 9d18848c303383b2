"""Says in lines what a file was recognised as; no line says how many people were counted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from calibration.readers.report import Reading, say_lines
from calibration.table import EVERYBODY
from simulation.errors import printable

WIDTH = 110
MOST_PLACES = 12


def describe(reading: Reading) -> Iterator[str]:
    """Yield what was recognised, what was not, what was dropped and why, and what to look at."""
    for line in _describe(reading):
        yield printable(line)


def _describe(reading: Reading) -> Iterator[str]:
    rows = reading.table.rows
    yield f"{reading.file.name}: {reading.format}"
    yield from _wrap(
        "lines", f"{reading.n_lines:,} of data, read as {len(rows):,} rows of the observed table"
    )
    yield from _wrap("days", f"{rows['from'].min():%Y-%m-%d} to {rows['to'].max():%Y-%m-%d}")
    yield from _wrap("windows", ", ".join(sorted(set(rows["period"]))))
    if reading.rounds:
        yield from _wrap("rounds", ", ".join(reading.rounds))
    yield from _wrap("counted", ", ".join(sorted(set(rows["indicator"]))))
    places = sorted(set(rows["place"]))
    more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    yield from _wrap("places", f"{len(places)}: {', '.join(places[:MOST_PLACES])}{more}")
    dimensions = sorted({group.partition(":")[0] for group in rows["group"]} - {EVERYBODY})
    yield from _wrap("groups", ", ".join(["everybody", *(f"by {name}" for name in dimensions)]))
    for note in reading.findings.notes:
        yield from _wrap("read as", note)
    yield "columns"
    width = min(max(len(use.header) for use in reading.columns), 40)
    for use in reading.columns:
        yield f"  {use.header[:40]:<{width}}  {use.meaning or 'not used'}"
    yield from _list("dropped", reading.findings.dropped)
    yield from _list("to look at", reading.findings.looks)


def _list(title: str, found: dict[str, list[int]]) -> Iterator[str]:
    if found:
        yield title
    for message, lines in found.items():
        where = f": {say_lines(lines)}" if lines else ""
        yield from textwrap.wrap(f"{message}{where}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _wrap(title: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"{title:<9}", subsequent_indent=" " * 9)
