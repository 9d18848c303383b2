"""How much can be given today of what is scarce, and to whom lists of a day refer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from simulation.kernels.help import WANTS
from simulation.kernels.layout import F64, I32, I64, SERVICES
from simulation.world.routes import Routes

UNLIMITED = 2**60
_MARGIN = 1e-9  # for sums such as ten times 0.1


def refill(left: F64, daily: F64, most: F64) -> F64:
    """Return what can be given today: what was left and today's share, never more whole places than in ``most``.

    Only whole places lapse. What is below one person is kept for the days that follow, so that a small capacity, or a
    small scale, still serves as many in all.
    """
    total = np.maximum(left, 0.0) + daily  # left may be below 0 by rounding
    lapsed = np.maximum(np.floor(total + _MARGIN) - np.floor(most + _MARGIN), 0.0)
    return np.where(daily > 0, total - lapsed, 0.0)


def fraction(left: F64) -> F64:
    """Return what of places is below one whole place."""
    return np.maximum((left + _MARGIN) % 1.0 - _MARGIN, 0.0)


def whole(left: F64) -> I64:
    """Return whole people."""
    return np.floor(np.minimum(left + _MARGIN, UNLIMITED)).astype(np.int64)


def last_month_start(today: date) -> date:
    """Return the first day of the calendar month before ``today``, itself the first of a month."""
    return (today - timedelta(days=1)).replace(day=1)


def roomiest(routes: Routes, room: I64) -> I32:
    """Return (P,) the other place of the same country where most people can still be detained; -1 if there is none."""
    candidates = np.flatnonzero(routes.can_detain & (room > 0))
    country = routes.country[candidates]
    # Of places with as much room the last by name, wherever it stands in places.csv.
    best = candidates[np.lexsort((routes.place_rank[candidates], room[candidates], country))]
    found = np.full(room.size, -1, np.int32)
    found[routes.country[best]] = best  # by country: the last assignment holds
    return found[routes.country]


def sharing(pool: I32) -> I32:
    """Return (P,) the first place of those with the same number of a pool: one queue for all of them."""
    _, first, which = np.unique(pool, return_index=True, return_inverse=True)
    return first[which].astype(np.int32)


def pooled(queue: I32, capacity: F64) -> F64:
    """Return (P,) what places that share a queue can give together; endless where no place of it has a number."""
    total, limited = np.zeros(queue.size), np.zeros(queue.size, np.bool_)
    np.add.at(total, queue, np.where(np.isfinite(capacity), capacity, 0.0))
    np.logical_or.at(limited, queue, np.isfinite(capacity))
    return np.where(limited, total, float(UNLIMITED))


def split_by_service(listed: I32) -> I32:
    """Return (n, 2) row and place * SERVICES + kind, one entry a need that is asked for."""
    row, place, wants = listed[:, 0], listed[:, 1] // WANTS, listed[:, 1] % WANTS
    kind, who = np.nonzero((wants >> np.arange(SERVICES)[:, None]) & 1)
    return np.stack([row[who], place[who] * SERVICES + kind], axis=1).astype(np.int32)
