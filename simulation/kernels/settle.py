"""What couples people, settled after everybody has lived the day: boarding, pathway quotas, time limits.

Each is two phases: the day listed who wants; here an exact lottery by a keyed priority, ties broken by who, decides.
The outcome is the same for any order of the list, so for any number of threads.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.act import decide
from simulation.kernels.compile import entry
from simulation.kernels.layout import (
    I32,
    NEVER,
    U64,
    Event,
    Status,
)
from simulation.kernels.legs import take_leg
from simulation.kernels.moves import (
    count,
    end_journey,
    is_child,
    lane_of,
    shared_luck,
    stay_at,
)
from simulation.kernels.order import order_of
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, uniform, words


@entry
def depart(world, keys, people, tally, rows, legs, vehicles, day, days_left):  # type: ignore[no-untyped-def]
    """Start the legs of people who were put aboard vehicles. rows, legs (n,) int32; vehicles (n,) uint64."""
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        take_leg(world, keys, people, mine, rows[i], legs[i], vehicles[i], day, days_left)


@entry
def _lottery_tickets(key, who, queue, day):  # type: ignore[no-untyped-def]
    ticket = np.empty(who.size, np.uint64)
    for i in range(who.size):
        ticket[i] = (np.uint64(queue[i]) << np.uint64(32)) | words(key, who[i], day, 1)[3]
    return ticket


def lottery_order(key: np.uint64, day: int, luck: U64, who: U64, queue: I32) -> I32:
    """Return positions of applicants, by queue, then in fair random order.

    Args:
        key: Philox key of the lottery's stream.
        day: Absolute day.
        luck: (n,) whose draw counts: a party draws one lot.
        who: (n,) applicants.
        queue: (n,) place or leg that each applies to.
    """
    return order_of(_lottery_tickets(key, luck, queue, day), who)


@entry
def grant(world, keys, people, tally, rows, legs, quota, day, days_left):  # type: ignore[no-untyped-def]
    """Decide applications that are complete: refused, granted while the quota lasts, or kept waiting.

    rows, legs  (n,) int32 in lottery order
    quota       (L,) int64, places left today; falls as they are granted (OUT)
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        row, leg = rows[i], legs[i]
        place = world.leg[leg].destination
        item = world.leg[leg].hash
        luck = shared_luck(people, row)  # a family's application is one
        if uniform(keys[Stream.PATHWAY], luck, people.due[row], item) >= world.leg[leg].acceptance:
            count(mine, people, row, Event.REFUSED)
            stay_at(world, keys, people, mine, row, world.leg[leg].origin, Status.WAITING, day, days_left)
        elif quota[leg] > 0:
            quota[leg] -= 1
            count(mine, people, row, Event.COMPLETED)
            if world.place[place].is_terminal:
                end_journey(world, people, mine, row, Status.ADMITTED, Event.ADMITTED, days_left)
            else:
                stay_at(world, keys, people, mine, row, place, Status.WAITING, day, days_left)
                decide(world, keys, people, mine, row, place, day, days_left)


@entry
def apply_time_limits(world, people, first, last, day):  # type: ignore[no-untyped-def]
    """After a lever changed: people detained under a new time limit get it from today, exempt children leave today."""
    world, people = by_reference(world), by_reference(people)
    for row in range(first, last):
        cell = people.life[row].cell
        if world.cell_status[cell] != Status.DETAINED:
            continue
        place = world.cell_place[cell]
        if is_child(people.life[row].group) and world.place[place].arrest_child < 0.0:
            people.due[row] = day
        elif world.place[place].limit_days > 0:
            people.due[row] = min(people.due[row], day + world.place[place].limit_days)
        else:
            people.due[row] = NEVER
