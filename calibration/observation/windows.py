"""Windows of days against calendar months: what a run counts by month, put on the days of an observation."""

from __future__ import annotations

from datetime import date

import numpy as np

from calibration.cells import Days, Floats

_DAY = np.timedelta64(1, "D")


def list_months(start: date | np.datetime64, end: date | np.datetime64) -> Days:
    """Return the first days of all calendar months that touch start..end, datetime64[D]."""
    first, last = (np.datetime64(str(day)[:7], "M") for day in (start, end))
    return np.arange(first, last + 1).astype("datetime64[D]")


def last_days(months: Days) -> Days:
    """Return the last day of months given by their first."""
    return np.asarray((months.astype("datetime64[M]") + 1).astype("datetime64[D]") - _DAY)


def overlap_days(start: Days, end: Days, months: Days) -> Floats:
    """Return (n_cells, n_months) days that windows share with calendar months."""
    ends = np.minimum(end[:, None], last_days(months)[None, :])
    starts = np.maximum(start[:, None], months[None, :])
    return np.maximum((ends - starts) / _DAY + 1.0, 0.0)


def month_shares(start: Days, end: Days) -> tuple[Days, Floats]:
    """Return the months that windows touch, and (n_cells, n_months) the share of each window's days in each."""
    months = list_months(start.min(), end.max())
    days = overlap_days(start, end, months)
    return months, days / days.sum(axis=1, keepdims=True)
