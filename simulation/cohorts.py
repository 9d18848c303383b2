"""Departure cohorts: what has become of the people who started in a month or year, by the end of the run."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import I64, U8, Records, Status
from simulation.world.policy import calendar

COLUMNS = ("people", "harmed", "detained", "attempted_sea")
BEFORE = 0  # in place of a month: people who were under way on the first day
HORIZON_MONTHS = 12
"""Cohorts that started at least so many months before the end are comparable between policies; younger ones marked."""
FOLLOWED, YOUNG = "cohort", "cohort_young"
ALL = "all"

# Rate per 1,000 started -> statuses at the end. Everybody is in one of them: these add up to 1,000.
ENDS = {
    "deaths_per_1000_started": (Status.DEAD,),
    "arrived_per_1000_started": (Status.ARRIVED,),
    "admitted_per_1000_started": (Status.ADMITTED,),
    "settled_per_1000_started": (Status.SETTLED,),
    "returned_per_1000_started": (Status.RETURNED,),
    "on_the_way_per_1000_started": tuple(s for s in Status if Status.WAITING <= s <= Status.DETAINED),
}
# Rate per 1,000 started -> column of COLUMNS: at least once on the way, however it ended.
EVER = {
    "harmed_per_1000_started": "harmed",
    "detained_per_1000_started": "detained",
    "tried_sea_per_1000_started": "attempted_sea",
}
PEOPLE = "cohort_people"
Row = tuple[str, str, str, float, int]


def month_number(day: date) -> int:
    """Return the number of a calendar month, counted from year 0."""
    return day.year * 12 + day.month - 1


def follow_cohorts(life: Records, cell_status: U8) -> I64:
    """Return what has become of everybody who started, by month of start.

    Args:
        life: (N,) LIFE at the end of the run.
        cell_status: (C,) status of every cell.

    Returns:
        (n, 7) rows of month of start (``month_number``; ``BEFORE`` for those already under way), group, status at the
        end, then people, people with at least one incident of harm, ever detained, who ever tried the sea.
    """
    status = cell_status[life["cell"]]
    started = np.flatnonzero(status >= Status.WAITING)
    if not started.size:
        return np.zeros((0, 7), np.int64)
    day = np.maximum(life["start_day"], -1)[started] + 1
    month_of = np.array([BEFORE] + [month_number(calendar(d)) for d in range(int(day.max()))], np.int64)
    months, which = np.unique(month_of, return_inverse=True)
    group = life["group"][started].astype(np.int64)
    shape = (months.size, int(group.max()) + 1, int(status.max()) + 1)
    key = (which[day] * shape[1] + group) * shape[2] + status[started]
    marks = [life[name][started] > 0 for name in ("incidents", "times_detained", "sea_attempts")]
    counted = [np.bincount(key[mark], minlength=math.prod(shape)) for mark in (slice(None), *marks)]
    found = np.flatnonzero(counted[0])
    month, in_group, ended = np.unravel_index(found, shape)
    return np.stack([months[month], in_group, ended, *(number[found] for number in counted)], axis=1)


def cohort_rows(cohorts: I64, scale: float, start: date, end: date, since: date | None) -> Iterator[Row]:
    """Yield (outcome, scope kind, scope, value, people simulated behind it) of the cohorts of a run.

    A cohort is a year of start, or ``all`` years; split at the horizon into those who started at least HORIZON_MONTHS
    before the end (FOLLOWED) and the rest (YOUNG). Everybody is followed to the end of the run, not to the horizon:
    older cohorts for longer. With ``since`` only those who started from that month on count.

    Args:
        cohorts: (n, 7) as ``follow_cohorts`` gives it.
        scale: Share of people simulated.
        start: First day of the run.
        end: Last day of the run.
        since: Day from whose month on starts count; None: all, and people under way on the first day ("before").
    """
    month = cohorts[:, 0]
    known = np.ones(month.size, np.bool_) if since is None else month >= month_number(since)
    followed = np.where(month == BEFORE, month_number(start), month) <= _last_followed(end)
    year = np.where(month == BEFORE, BEFORE, month // 12)
    for kind, of in ((FOLLOWED, known & followed), (YOUNG, known & ~followed)):
        for one in np.unique(year[of]):
            scope = "before" if one == BEFORE else str(one)
            yield from _rates(cohorts[of & (year == one)], scale, kind, scope)
        if (of & (month != BEFORE)).any():
            yield from _rates(cohorts[of & (month != BEFORE)], scale, kind, ALL)


def _last_followed(end: date) -> int:
    """Return the last month all of whose starters are followed for HORIZON_MONTHS."""
    is_whole = end.day == monthrange(end.year, end.month)[1]
    return month_number(end) - HORIZON_MONTHS - (0 if is_whole else 1)


def _rates(rows: I64, scale: float, kind: str, scope: str) -> Iterator[Row]:
    people = int(rows[:, 3].sum())
    yield PEOPLE, kind, scope, people / scale, people
    for name, n in {**_ended(rows[:, 2], rows[:, 3]), **_marked(rows)}.items():
        yield name, kind, scope, 1000.0 * n / people, n


def _ended(status: npt.NDArray[np.int64], people: npt.NDArray[np.int64]) -> dict[str, int]:
    return {name: int(people[np.isin(status, ends)].sum()) for name, ends in ENDS.items()}


def _marked(rows: I64) -> dict[str, int]:
    return {name: int(rows[:, 3 + COLUMNS.index(column)].sum()) for name, column in EVER.items()}
