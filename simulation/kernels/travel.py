"""Travel time of a leg, and the lottery that puts people aboard boats and desert vehicles."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import I32, U64
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


@entry
def _boarding_tickets(key, who, leg, day):  # type: ignore[no-untyped-def]
    ticket = np.empty(who.size, np.uint64)
    for i in range(who.size):
        ticket[i] = (np.uint64(leg[i]) << np.uint64(32)) | words(key, who[i], day, 0)[0]
    return ticket


@entry
def _fill(leg, begins_party, capacity):  # type: ignore[no-untyped-def]
    """Return the number of each one's vehicle: a party takes the next where the last has no room for anybody."""
    number = np.empty(leg.size, np.uint64)
    vehicle, aboard = 0, 0
    for i in range(leg.size):
        if i == 0 or leg[i] != leg[i - 1]:
            vehicle, aboard = 0, 0
        elif begins_party[i] and aboard >= capacity[leg[i]]:
            vehicle, aboard = vehicle + 1, 0
        number[i] = vehicle
        aboard += 1
    return number


def assign_vehicles(
    key: np.uint64, day: int, luck: U64, who: U64, leg: I32, capacity: I32, leg_hash: U64
) -> tuple[I32, U64]:
    """Put people who leave over the same leg on the same day aboard vehicles by a keyed lottery.

    Args:
        key: Philox key of the boarding stream.
        day: Absolute day.
        luck: (n,) whose lot counts: a party boards together, the last aboard making room.
        who: (n,) people who board today.
        leg: (n,) leg of each.
        capacity: (L,) people to a vehicle.
        leg_hash: (L,) hash of the leg's name.

    Returns:
        (order, vehicle): positions of the people in lottery order, and the vehicle of each in that order:
        leg hash (32 bits), day (16), number (16). All but the last are full, by up to a party more than full; the same
        for any order of the input.
    """
    order = order_of(_boarding_tickets(key, luck, leg, day), who)
    ordered_leg = leg[order]
    ordered_luck = luck[order]
    begins_party = np.r_[
        True, (ordered_luck[1:] != ordered_luck[:-1]) | (ordered_leg[1:] != ordered_leg[:-1])
    ]
    number = _fill(ordered_leg, begins_party, capacity)
    vehicle = (
        (leg_hash[ordered_leg].astype(np.uint64) << np.uint64(32))
        | (np.uint64(day) << np.uint64(16))
        | number
    )
    return order, vehicle
