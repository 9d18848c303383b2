"""Travel time of a leg, and the lottery that puts people aboard boats and desert vehicles."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner, viewing
from simulation.kernels.order import order_of
from simulation.kernels.rng import words


def _triangular(u, low, mode, high):  # type: ignore[no-untyped-def]
    """Return the triangular (low, mode, high) quantile of u: days as a real number."""
    if high <= low:
        return low
    split = (mode - low) / (high - low)
    if u < split:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


triangular = inner(_triangular)


def _due_day(day, days):  # type: ignore[no-untyped-def]
    """Return (due, last fraction) of a leg chosen at the end of ``day`` that takes ``days`` > 0 from the next day.

    The leg fills whole days and then the last fraction, in (0, 1], of the due day.
    """
    whole = math.ceil(days) - 1
    return day + 1 + whole, np.float32(days - whole)


due_day = inner(_due_day)


@viewing
def assign_vehicles(key, day, luck, who, leg, capacity, leg_hash):  # type: ignore[no-untyped-def]
    """Put people who leave over the same leg on the same day aboard vehicles by a keyed lottery.

    key       Philox key of the boarding stream
    day       absolute day
    luck      (n,) uint64 whose lot counts: a party boards together, the last aboard making room
    who       (n,) uint64 people who board today
    leg       (n,) int32 leg of each
    capacity  (L,) people to a vehicle
    leg_hash  (L,) hash of the leg's name

    Returns (order, vehicle): positions of the people in lottery order, (n,) int32, and the vehicle of each in that
    order, (n,) uint64: leg hash (32 bits), day (16), number (16). All but the last are full, by up to a party more than
    full; the same for any order of the input.
    """
    ticket, vehicle = np.empty(who.size, np.uint64), np.empty(who.size, np.uint64)
    for i in range(who.size):
        ticket[i] = (np.uint64(leg[i]) << np.uint64(32)) | words(key, luck[i], day, 0)[0]
    order = order_of(ticket, who)
    number, aboard = 0, 0
    for i in range(order.size):
        this, last = order[i], order[i - 1]
        if i == 0 or leg[this] != leg[last]:
            number, aboard = 0, 0
        elif luck[this] != luck[last] and aboard >= capacity[leg[this]]:
            number, aboard = number + 1, 0
        hour = (np.uint64(day) << np.uint64(16)) | np.uint64(number)
        vehicle[i] = (np.uint64(leg_hash[leg[this]]) << np.uint64(32)) | hour
        aboard += 1
    return order, vehicle
