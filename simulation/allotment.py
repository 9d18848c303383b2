"""What institutions can give: services, quotas, programmes, room in detention, under the settings in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from simulation.kernels import programmes
from simulation.kernels.layout import F64, I32, I64
from simulation.kernels.places import UNLIMITED
from simulation.units import DAYS_PER_MONTH
from simulation.world.policy import Settings
from simulation.world.rates import unless_closed
from simulation.world.routes import Routes
from simulation.world.tables import effective_capacity

_MARGIN = 1e-9  # for sums such as ten times 0.1


@dataclass(frozen=True)
class Offers:
    """What there is to give, at the scale of the run; changes when the settings do."""

    services: F64  # (P * SERVICES,) people who can be served a day
    pathways: F64  # (L,) places a month
    returns: F64  # (P,) places a month, by queue
    return_leg: I32  # (P,) leg of voluntary return, -1 if none is open
    relocations: F64  # (P,) places a month, by queue
    relocation_queue: I32  # (P,) first place of those that share a pool
    detention: I64  # (P,) people who can be detained


def make_offers(
    routes: Routes,
    settings: Settings,
    parameters: dict[str, float],
    scale: float,
    return_queue: I32,
    voluntary_leg: I32,
) -> Offers:
    """Return what there is to give under the settings.

    Args:
        routes: The compiled graph.
        settings: What the levers in force make of it.
        parameters: Behavioural parameters by name.
        scale: Share of people simulated.
        return_queue: (P,) whose places of assisted return a place draws on.
        voluntary_leg: (P,) leg of voluntary return from the place, -1 if none.
    """
    queue = sharing(settings.relocation_pool)
    relocations = np.asarray(np.bincount(queue, settings.relocation, queue.size), np.float64)
    room = np.minimum(np.ceil(settings.detention_capacity * scale - _MARGIN), UNLIMITED)
    return Offers(
        services=effective_capacity(settings, parameters).ravel() * scale,
        pathways=settings.quota * scale * DAYS_PER_MONTH,
        returns=pooled(return_queue, settings.return_capacity) * scale * DAYS_PER_MONTH,
        return_leg=unless_closed(voluntary_leg, settings),
        relocations=relocations * scale * DAYS_PER_MONTH,
        relocation_queue=queue,
        detention=room.astype(np.int64),
    )


def last_month_start(today: date) -> date:
    """Return the first day of the calendar month before ``today``, itself the first of a month."""
    return (today - timedelta(days=1)).replace(day=1)


def roomiest(routes: Routes, room: I64) -> I32:
    """Return (P,) the other place of the same country where most people can still be detained; -1 if there is none."""
    found: I32 = programmes.roomiest(routes.country, routes.can_detain, routes.place_rank, room)
    return found


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
