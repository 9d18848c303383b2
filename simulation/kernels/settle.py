"""What couples people, settled after everybody has lived the day: boarding, pathway quotas, time limits.

Each is two phases: the day listed who wants; here an exact lottery by a keyed priority, ties broken by who, decides.
The outcome is the same for any order of the list, so for any number of threads.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.act import decide
from simulation.kernels.compile import entry, step, viewing
from simulation.kernels.layout import APPLYING, BOARDING, NEVER, Event, Status
from simulation.kernels.legs import take_leg
from simulation.kernels.moves import (
    count,
    end_journey,
    is_child,
    lane_of,
    shared_luck,
    stay_at,
)
from simulation.kernels.order import names_of, order_of, take
from simulation.kernels.places import keep_rest, refill_monthly, whole_places
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, uniform, words
from simulation.kernels.travel import assign_vehicles


@viewing
def lottery_order(key, day, luck, who, queue):  # type: ignore[no-untyped-def]
    """Return positions of applicants (n,) int32, by queue, then in fair random order.

    key    Philox key of the lottery's stream
    day    absolute day
    luck   (n,) uint64 whose draw counts: a party draws one lot
    who    (n,) uint64 applicants
    queue  (n,) int32 place or leg that each applies to
    """
    ticket = np.empty(who.size, np.uint64)
    for i in range(who.size):
        ticket[i] = (np.uint64(queue[i]) << np.uint64(32)) | words(key, luck[i], day, 1)[3]
    return order_of(ticket, who)


@viewing
def draw_lots(key, people, rows, queue, day):  # type: ignore[no-untyped-def]
    """Return positions of the people in these rows in the order of the lottery for ``queue``, (n,) int32."""
    luck, who = names_of(people, rows)
    return lottery_order(key, day, luck, who, queue)


@entry
def depart(world, keys, people, tally, day, days_left):  # type: ignore[no-untyped-def]
    """Put people who leave today by boat or vehicle aboard, by a keyed lottery, and start their legs."""
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    rows, legs = take(tally, BOARDING)
    luck, who = names_of(people, rows)
    table = world.leg
    order, vehicle = assign_vehicles(
        keys[Stream.BOARDING], day, luck, who, legs, table["capacity"], table["hash"]
    )
    for i in range(order.size):
        row, leg = rows[order[i]], legs[order[i]]
        take_leg(world, keys, people, mine, row, leg, vehicle[i], day, days_left)


@entry
def grant(world, keys, people, tally, monthly, left, binding, today, days_left):  # type: ignore[no-untyped-def]
    """Decide applications that are complete: refused, granted while the quota lasts, or kept waiting.

    monthly  (L,) float64, places a month;  left  (L,) float64 places left, IN and OUT;  binding  whether they bind
    today    (day, day of the month, days of the month)
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    day, month_day, month_days = today
    refill_monthly(left, monthly, month_day, month_days)
    rows, legs = take(tally, APPLYING)
    quota = whole_places(left, binding)
    order = draw_lots(keys[Stream.PATHWAY], people, rows, legs, day)
    for i in range(order.size):
        decide_application(world, keys, people, mine, rows[order[i]], legs[order[i]], quota, day, days_left)
    keep_rest(left, quota, binding)


@step
def decide_application(world, keys, people, tally, row, leg, quota, day, days_left):  # type: ignore[no-untyped-def]
    """Decide one application. quota (L,) int64 places left today; falls as they are granted (OUT)."""
    place = world.leg[leg].destination
    luck = shared_luck(people, row)  # a family's application is one
    if uniform(keys[Stream.PATHWAY], luck, people.due[row], world.leg[leg].hash) >= world.leg[leg].acceptance:
        count(tally, people, row, Event.REFUSED)
        stay_at(world, keys, people, tally, row, world.leg[leg].origin, Status.WAITING, day, days_left)
    elif quota[leg] > 0:
        quota[leg] -= 1
        count(tally, people, row, Event.COMPLETED)
        if world.place[place].is_terminal:
            end_journey(world, people, tally, row, Status.ADMITTED, Event.ADMITTED, days_left)
        else:
            stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
            decide(world, keys, people, tally, row, place, day, days_left)


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
