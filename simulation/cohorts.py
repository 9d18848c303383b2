"""Departure cohorts: what has become of the people who started in a year, by the end of the run."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.layout import I64, U8, Records, Status
from simulation.world.policy import calendar

COLUMNS = ("people", "harmed", "detained", "attempted_sea")
BEFORE = 0  # in place of a year: people who were under way on the first day


def follow_cohorts(life: Records, cell_status: U8) -> I64:
    """Return what has become of everybody who started, by year of start.

    Args:
        life: (N,) LIFE at the end of the run.
        cell_status: (C,) status of every cell.

    Returns:
        (n, 7) rows of year of start (``BEFORE`` for those already under way), group, status at the end, then people,
        people with at least one incident of harm, ever detained, who ever tried the sea.
    """
    status = cell_status[life["cell"]]
    started = np.flatnonzero(status >= Status.WAITING)
    if not started.size:
        return np.zeros((0, 7), np.int64)
    day = np.maximum(life["start_day"], -1)[started] + 1
    year_of = np.array([BEFORE] + [calendar(d).year for d in range(int(day.max()))], np.int64)
    years, which = np.unique(year_of, return_inverse=True)
    group = life["group"][started].astype(np.int64)
    shape = (years.size, int(group.max()) + 1, int(status.max()) + 1)
    key = (which[day] * shape[1] + group) * shape[2] + status[started]
    marks = [life[name][started] > 0 for name in ("incidents", "times_detained", "sea_attempts")]
    counted = [np.bincount(key[mark], minlength=math.prod(shape)) for mark in (slice(None), *marks)]
    found = np.flatnonzero(counted[0])
    year, in_group, ended = np.unravel_index(found, shape)
    return np.stack([years[year], in_group, ended, *(number[found] for number in counted)], axis=1)
