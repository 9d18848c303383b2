"""What couples people, settled after everybody has lived the day: boarding, services at capacity, pathway quotas.

Each is two phases: the day listed who wants; here an exact lottery by a keyed priority, ties broken by who, decides.
The outcome is the same for any order of the list, so for any number of threads.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.act import decide
from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import (
    DEMOGRAPHICS,
    GUARDED,
    I32,
    LEFT,
    NEVER,
    OWN_WAY,
    REFERRED,
    SERVICES,
    U64,
    Event,
    Service,
    Status,
)
from simulation.kernels.legs import take_leg
from simulation.kernels.moves import (
    count,
    end_journey,
    is_child,
    lane_of,
    note_company,
    place_cell,
    refresh_bound,
    shared_luck,
    stay_at,
)
from simulation.kernels.rng import Stream, uniform, words
from simulation.kernels.vulnerability import relieve


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


def lottery_order(key: np.uint64, day: int, luck: U64, who: U64, queue: I32) -> I32:
    """Return positions of applicants, by queue, then in fair random order.

    Args:
        key: Philox key of the lottery's stream.
        day: Absolute day.
        luck: (n,) whose draw counts: a party draws one lot.
        who: (n,) applicants.
        queue: (n,) place or leg that each applies to.
    """
    return np.lexsort((who, _lottery_priorities(key, luck, day), queue)).astype(np.int32)


@inner
def count_asked(world, tally, people, row, place, event):  # type: ignore[no-untyped-def]
    """Count an event at the place where help was asked for: who came by referral may have gone on since."""
    life = people.life[row]
    cell = life.cell
    if cell < world.setup[0].n_legs or world.cell_place[cell] != place:
        cell = place_cell(world, place, Status.WAITING)
    tally.events[cell, life.group, event] += 1


@entry
def serve(world, keys, people, tally, rows, targets, referred, capacity, day):  # type: ignore[no-untyped-def]
    """Serve people in need, in lottery order, up to each place's capacity today by kind; the rest is unmet need.

    An unmet need stays open, to be asked for again, and is counted once.

    rows, targets  (n,) int32 in lottery order; a target is place * SERVICES + kind
    referred       (n,) bool, who comes with a referral: knows where to go and dares to
    capacity       (P * SERVICES,) int64, people who can still be served today; falls as they are (OUT)
    Somebody who does not know where to go, or fears being reported, does not ask: that need is unmet as well.
    """
    mine = lane_of(tally, 0)
    for i in range(rows.size):
        row = rows[i]
        place, kind = targets[i] // SERVICES, targets[i] % SERVICES
        who, life = people.who[row], people.life[row]
        asks = referred[i] or uniform(keys[Stream.SERVICE], who, day, kind) < world.reach[place, kind]
        if asks and capacity[targets[i]] > 0:
            capacity[targets[i]] -= 1
            count_asked(world, mine, people, row, place, Event.SERVED)
            count_asked(world, mine, people, row, place, Event.SERVED_HEALTH + kind)
            life.needs &= ~(1 << kind)
            life.missed &= ~(1 << kind)
            relieve(people, row, world.relief[kind])
            if kind == Service.PROTECTION:
                protect(world, keys, people, mine, row, day)
            if world.cell_status[life.cell] <= Status.DETAINED:
                refresh_bound(world, people, row)
            continue
        if not (life.missed >> kind) & 1:
            count_asked(world, mine, people, row, place, Event.UNMET)
            count_asked(world, mine, people, row, place, Event.UNMET_HEALTH + kind)
        if world.setup[0].needs_on:  # the need stays, and is counted once
            life.missed |= 1 << kind
        else:
            life.needs &= ~(1 << kind)
        referral = world.place[place].referral
        if referral > 0.0 and uniform(keys[Stream.SERVICE], who, day, 8 + kind) < referral:
            if not life.flags & REFERRED:
                count_asked(world, mine, people, row, place, Event.REFERRED)
            life.flags |= REFERRED


@inner
def protect(world, keys, people, tally, row, day):  # type: ignore[no-untyped-def]
    """What protection does beside relief: a guardian for a child alone, and tracing for people who lost their party."""
    life = people.life[row]
    alone = life.group % DEMOGRAPHICS % 3 == 2 or (is_child(life.group) and life.flags & LEFT)
    if alone and not life.flags & GUARDED:
        life.flags |= GUARDED
        relieve(people, row, world.setup[0].guardianship_relief)
    if (
        life.flags & OWN_WAY
        and uniform(keys[Stream.REUNION], people.who[row], day, 0) < world.setup[0].reunion_rate
    ):
        life.flags &= ~OWN_WAY
        note_company(people, tally, row)


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
def apply_time_limits(world, people, rows, day):  # type: ignore[no-untyped-def]
    """After a lever changed: people detained under a new time limit get it from today, exempt children leave today."""
    for i in range(rows.size):
        row = rows[i]
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
