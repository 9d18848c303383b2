"""Observed people by day and camp: corrections, interpolation, and the total that displacement follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulation.displacement.case import DisplacementCase, Observed
from simulation.displacement.corrections import correct
from simulation.kernels.layout import F64, I64


def corrected(series: Observed, case: DisplacementCase) -> F64:
    """Return the counts of a series, (n,) people, after the case's registration corrections in their order."""
    days = [c.day for c in case.corrections if c.place == series.place and c.day >= case.start]
    return correct(series.dates, series.counts, days)


def by_day(series: Observed, case: DisplacementCase) -> I64:
    """Return (days,) whole people of a series, interpolated between its dates and held before and after them."""
    days = [(day - case.start).days for day in series.dates]
    return np.interp(np.arange(case.days), days, corrected(series, case)).astype(np.int64)


def observed_camps(case: DisplacementCase, places: Sequence[str] | None = None) -> I64:
    """Return (days, K) observed people of the camps; 0 for a camp that has no series.

    ``places``: whose series, by default all camps of the case. With spawning.day0 "empty" those of day 0 are taken off.
    """
    series = {s.place: s for s in case.observed}
    names = case.camps if places is None else places
    zero = np.zeros(case.days, np.int64)
    columns = [by_day(series[name], case) if name in series else zero for name in names]
    table = np.column_stack(columns) if columns else np.zeros((case.days, 0), np.int64)
    return np.maximum(table - table[0], 0) if case.spawning.day0 == "empty" else table


def displaced_by_day(case: DisplacementCase) -> I64:
    """Return (days,) people displaced so far under spawning mode "totals": it never falls.

    Day 0 holds the people who are in the camps from the start, or with spawning.day0 "set_out" who are displaced on it.
    When the observed total falls nobody is sent back: the fall is kept and taken off the next rises, so the number on
    any day is the highest total observed until then.
    """
    rows = [s.place for s in case.observed if s.place != "total"]
    if case.spawning.total == "total_column":
        rise = by_day(next(s for s in case.observed if s.place == "total"), case)
    else:
        rise = observed_camps(case, rows).sum(axis=1)
    first = int(rise[0] if case.spawning.day0 == "set_out" else observed_camps(case)[0].sum())
    return np.asarray(first + np.maximum.accumulate(rise - rise[0]), np.int64)
