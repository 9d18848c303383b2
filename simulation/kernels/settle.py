"""What couples people, settled after everybody has lived the day: boarding, services at capacity, pathway quotas.

Each is two phases: the day listed who wants; here an exact lottery by a keyed priority, ties broken by who, decides.
The outcome is the same for any order of the list, so for any number of threads.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry
from simulation.kernels.day import decide
from simulation.kernels.layout import DEMOGRAPHICS, I32, NEVER, U64, Event, Status
from simulation.kernels.moves import (
    count,
    end_journey,
    lane_of,
    refresh_bound,
    stay_at,
    take_leg,
)
from simulation.kernels.rng import Stream, to_uniform, uniform, words


@entry
def depart(world, keys, people, tally, rows, legs, vehicles, day, days_left):  # type: ignore[no-untyped-def]
    """Start the legs of people who were put aboard vehicles. rows, legs (n,) int32; vehicles (n,) uint64."""
    mine = lane_of(tally, 0)
    for i in range(rows.size):
        take_leg(world, keys, people, mine, rows[i], legs[i], vehicles[i], day, days_left)


@entry
def _lottery_priorities(key, who, day):  # type: ignore[no-untyped-def]
    priority = np.empty(who.size, np.uint64)
    for i in range(who.size):
        priority[i] = words(key, who[i], day, 1)[3]
    return priority


def lottery_order(key: np.uint64, day: int, who: U64, queue: I32) -> I32:
    """Return positions of applicants, by queue, then in fair random order.

    Args:
        key: Philox key of the lottery's stream.
        day: Absolute day.
        who: (n,) applicants.
        queue: (n,) place or leg that each applies to.
    """
    return np.lexsort((who, _lottery_priorities(key, who, day), queue)).astype(np.int32)


@entry
def serve(world, keys, people, tally, rows, places, capacity, day):  # type: ignore[no-untyped-def]
    """Serve people in need, in lottery order, up to each place's capacity today; the rest is unmet need.

    rows, places  (n,) int32 in lottery order
    capacity      (P,) int64, people who can still be served today; falls as they are (OUT)
    Somebody who does not know where to go, or fears being reported, does not ask: that need is unmet as well.
    """
    mine = lane_of(tally, 0)
    for i in range(rows.size):
        row = rows[i]
        a, b, _, _ = words(keys[Stream.SERVICE], people.who[row], day, 0)
        asks = to_uniform(a, b) < world.setup[0].service_reach
        if asks and capacity[places[i]] > 0:
            capacity[places[i]] -= 1
            count(mine, people, row, Event.SERVED)
            v = people.life[row].vulnerability
            people.life[row].vulnerability = np.uint8(v - np.uint8(world.setup[0].service_relief * v + 0.5))
            refresh_bound(world, people, row)
        else:
            count(mine, people, row, Event.UNMET)


@entry
def grant(world, keys, people, tally, rows, legs, quota, day, days_left):  # type: ignore[no-untyped-def]
    """Decide applications that are complete: refused, granted while the quota lasts, or kept waiting.

    rows, legs  (n,) int32 in lottery order
    quota       (L,) int64, places left today; falls as they are granted (OUT)
    """
    mine = lane_of(tally, 0)
    for i in range(rows.size):
        row, leg = rows[i], legs[i]
        place = world.leg[leg].destination
        item = world.leg[leg].hash
        if uniform(keys[Stream.PATHWAY], people.who[row], people.due[row], item) >= world.leg[leg].acceptance:
            count(mine, people, row, Event.REFUSED)
            stay_at(world, people, mine, row, world.leg[leg].origin, Status.WAITING, days_left)
        elif quota[leg] > 0:
            quota[leg] -= 1
            count(mine, people, row, Event.COMPLETED)
            if world.place[place].is_terminal:
                end_journey(world, people, mine, row, Status.ADMITTED, Event.ADMITTED, days_left)
            else:
                stay_at(world, people, mine, row, place, Status.WAITING, days_left)
                decide(world, keys, people, mine, row, place, day, days_left)


@entry
def apply_time_limits(world, people, rows, day):  # type: ignore[no-untyped-def]
    """After a lever changed: people detained under a new time limit get it from today, exempt children leave today."""
    for i in range(rows.size):
        row = rows[i]
        cell = people.life[row].cell
        if world.cell_status[cell] != Status.DETAINED:
            continue
        place = world.cell_place[cell]
        child = people.life[row].group % DEMOGRAPHICS % 3 > 0
        if child and world.place[place].arrest_child < 0.0:
            people.due[row] = day
        elif world.place[place].limit_days > 0:
            people.due[row] = min(people.due[row], day + world.place[place].limit_days)
        else:
            people.due[row] = NEVER
