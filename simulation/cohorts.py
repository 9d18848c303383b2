"""Departure cohorts: what has become of the people who started in a year, by the end of the run."""

from __future__ import annotations

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
    status = cell_status[life["cell"]].astype(np.int64)
    started = status >= Status.WAITING
    life, status = life[started], status[started]
    days, which = np.unique(life["start_day"], return_inverse=True)
    years = np.array([BEFORE if day < 0 else calendar(int(day)).year for day in days], np.int64)
    year = years[which] if days.size else np.zeros(0, np.int64)
    keys = np.stack([year, life["group"].astype(np.int64), status], axis=1)
    rows, of = np.unique(keys, axis=0, return_inverse=True)
    marks = (np.ones(year.size), life["incidents"] > 0, life["times_detained"] > 0, life["sea_attempts"] > 0)
    counted = [np.bincount(of.ravel(), weights=mark, minlength=len(rows)).astype(np.int64) for mark in marks]
    return (
        np.concatenate([rows, np.stack(counted, axis=1)], axis=1) if len(rows) else np.zeros((0, 7), np.int64)
    )
