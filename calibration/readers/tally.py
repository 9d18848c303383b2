"""Adds the people of many lines up into the cells of the observed table, and looks for gaps between them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from calibration.readers.options import Every
from calibration.readers.report import Findings
from calibration.readers.values import Span, last_of_month
from calibration.table import EVERYBODY


class Key(NamedTuple):
    """What a number is of."""

    place: str
    window: Span
    group: str
    indicator: str
    source: str


class Tally:
    """People by cell.

    Attributes:
        sums: Cell to people.
        period: Kind of window of all cells; None: what the days make it.
    """

    def __init__(self, period: str | None = None) -> None:
        self.sums: dict[Key, float] = defaultdict(float)
        self.period = period

    @classmethod
    def of(cls, sums: Mapping[Key, float]) -> Tally:
        """Return a tally of cells that are added up already."""
        tally = cls()
        tally.sums.update(sums)
        return tally

    def add(self, cell: Key, people: float) -> None:
        """Add people to a cell; a number that is not known makes the cell unknown."""
        self.sums[cell] += people

    def fill_with_zeros(self, every: Every) -> None:
        """Add windows of nobody between the first and the last day of all, for every place that has a window."""
        if not self.sums:
            return
        day, end = min(cell.window.first for cell in self.sums), max(cell.window.last for cell in self.sums)
        series = {cell._replace(window=Span(day, day)) for cell in self.sums}
        while day <= end:
            window = widen(Span(day, day), every)
            for cell in series:
                self.sums.setdefault(cell._replace(window=window), 0.0)
            day = window.last + timedelta(days=1)

    def take_new_dimensions(self, other: Tally) -> None:
        """Take over the cells of another tally of the same people whose dimension this one does not have."""
        own = {dimension_of(cell.group) for cell in self.sums}
        for cell, people in other.sums.items():
            if dimension_of(cell.group) not in own:
                self.sums[cell] = people

    def rows(self) -> list[dict[str, Any]]:
        """Return the cells whose number is known, as rows of the table."""
        return [
            {
                "place": cell.place,
                "from": cell.window.first,
                "to": cell.window.last,
                "period": self.period,
                "group": cell.group,
                "indicator": cell.indicator,
                "value": people,
                "source": cell.source,
            }
            for cell, people in self.sums.items()
            if not math.isnan(people)
        ]


def dimension_of(group: str) -> str:
    """Return what a group is a category of: ``nationality`` for ``nationality:NER``."""
    return group.partition(":")[0]


def widen(span: Span, every: Every) -> Span:
    """Return the day, the week from Monday, or the month that a single day is in; longer spans stay as they are."""
    if span.first != span.last or every == "day":
        return span
    if every == "month":
        return Span(span.first.replace(day=1), last_of_month(span.first))
    monday = span.first - timedelta(days=span.first.weekday())
    return Span(monday, monday + timedelta(days=6))


def look_for_gaps(cells: Iterable[Key], findings: Findings) -> None:
    """Say which months between the first and the last of a series have no row: nothing counted, or nothing told."""
    months: dict[tuple[str, str], set[date]] = defaultdict(set)
    for cell in cells:
        if cell.group == EVERYBODY and cell.window == widen(
            Span(cell.window.first, cell.window.first), "month"
        ):
            months[cell.place, cell.indicator].add(cell.window.first)
    gaps: dict[str, list[str]] = defaultdict(list)
    for (place, indicator), found in sorted(months.items()):
        month, missing = min(found), []
        while month < max(found):
            if month not in found:
                missing.append(f"{month:%Y-%m}")
            month = last_of_month(month) + timedelta(days=1)
        if missing:
            more = f" and {len(missing) - 6} more" if len(missing) > 6 else ""
            gaps[f"{', '.join(missing[:6])}{more}"].append(f"{indicator} at {place}")
    for missed, series in gaps.items():
        rest = f" and {len(series) - 3} more series" if len(series) > 3 else ""
        findings.look(f"no line for {missed}: {'; '.join(series[:3])}{rest} (a gap is not zero)")


def look_for_partial_months(days: Iterable[Span], findings: Findings) -> None:
    """Say where single days begin after the first of a month or end before its last: it may be incomplete."""
    single = [span.first for span in days if span.first == span.last]
    if not single:
        return
    first, last = min(single), max(single)
    if first.day > 1:
        findings.look(f"the first day is {first}: its month may be incomplete")
    if last != last_of_month(last):
        findings.look(f"the last day is {last}: its month may be incomplete")
