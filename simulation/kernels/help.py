"""Help: who needs it, knows of it and dares to ask; who is served at a place's capacity; what it does."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner, step, viewing
from simulation.kernels.layout import (
    DEMOGRAPHICS,
    GUARDED,
    LEFT,
    OWN_WAY,
    REFERRED,
    SEEKING,
    SERVICES,
    Event,
    Service,
    Status,
)
from simulation.kernels.moves import enlist, is_child, lane_of, note_company, place_cell, refresh_bound
from simulation.kernels.order import take
from simulation.kernels.places import keep_rest, refill_daily, whole_places
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, uniform
from simulation.kernels.settle import draw_lots
from simulation.kernels.vulnerability import relieve

WANTS = 32  # an entry of the list SEEKING is place * WANTS + a bit for each service asked for


@inner
def count_asked(world, tally, people, row, place, event):  # type: ignore[no-untyped-def]
    """Count an event at the place where help was asked for: who came by referral may have gone on since."""
    life = people.life[row]
    cell = life.cell
    if cell < world.setup[0].n_legs or world.cell_place[cell] != place:
        cell = place_cell(world, place, Status.WAITING)
    tally.events[event, cell, life.group] += 1
    tally.touched[event, cell] = 1


@step
def go_without(world, keys, people, tally, row, place, kind, day):  # type: ignore[no-untyped-def]
    """Count a need that is not met, once since it arose; where needs are followed it stays open and may be referred."""
    life = people.life[row]
    if not (life.missed >> kind) & 1:
        count_asked(world, tally, people, row, place, Event.UNMET)
        count_asked(world, tally, people, row, place, Event.UNMET_HEALTH + kind)
    if not world.setup[0].needs_on:
        life.needs &= ~(1 << kind)
        return
    life.missed |= 1 << kind
    referral = world.place[place].referral
    if referral > 0.0 and uniform(keys[Stream.SERVICE], people.life[row].who, day, 8 + kind) < referral:
        if not life.flags & REFERRED:
            count_asked(world, tally, people, row, place, Event.REFERRED)
        life.flags |= REFERRED


@step
def ask_for_help(world, keys, people, tally, row, place, referred, day):  # type: ignore[no-untyped-def]
    """Somebody looks for help with every need open, or with one that anybody may have.

    Who knows where to go and dares to, or comes by referral, is listed for the lottery of the place; for the others the
    need is unmet at once.
    """
    life, who = people.life[row], people.life[row].who
    if life.needs == 0:
        u = uniform(keys[Stream.SERVICE], who, day, 6)
        kind = 0
        while kind < SERVICES - 1 and u >= world.need_share[kind]:
            kind += 1
        life.needs = 1 << kind
        refresh_bound(world, people, row)
    wants = 0
    for kind in range(SERVICES):
        if not (life.needs >> kind) & 1:
            continue
        if referred or uniform(keys[Stream.SERVICE], who, day, kind) < world.reach[place, kind]:
            wants |= 1 << kind
        else:
            go_without(world, keys, people, tally, row, place, kind, day)
    if wants:
        enlist(tally, SEEKING, row, place * WANTS + wants)


@viewing
def split_by_service(rows, asked):  # type: ignore[no-untyped-def]
    """Return (n,) int32 rows and place * SERVICES + kind, one entry a need that is asked for."""
    n = 0
    for i in range(rows.size):
        for kind in range(SERVICES):
            n += (asked[i] >> kind) & 1
    row, target = np.empty(n, np.int32), np.empty(n, np.int32)
    n = 0
    for i in range(rows.size):
        for kind in range(SERVICES):
            if (asked[i] >> kind) & 1:
                row[n], target[n] = rows[i], asked[i] // WANTS * SERVICES + kind
                n += 1
    return row, target


@entry
def serve(world, keys, people, tally, daily, left, binding, day):  # type: ignore[no-untyped-def]
    """Serve people who ask, in lottery order, up to each place's capacity today by kind; the rest goes without.

    daily  (P * SERVICES,) float64 people who can be served a day;  left  (P * SERVICES,) float64 IN and OUT
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    refill_daily(left, daily)
    rows, targets = take(tally, SEEKING)
    rows, targets = split_by_service(rows, targets)
    capacity = whole_places(left, binding)
    order = draw_lots(keys[Stream.SERVICE], people, rows, targets, day)
    for i in range(order.size):
        row, target = rows[order[i]], targets[order[i]]
        place, kind = target // SERVICES, target % SERVICES
        life = people.life[row]
        if capacity[target] <= 0:
            go_without(world, keys, people, mine, row, place, kind, day)
            continue
        capacity[target] -= 1
        count_asked(world, mine, people, row, place, Event.SERVED)
        count_asked(world, mine, people, row, place, Event.SERVED_HEALTH + kind)
        life.needs &= ~(1 << kind)
        life.missed &= ~(1 << kind)
        relieve(people, row, world.relief[kind])
        if kind == Service.PROTECTION:
            protect(world, keys, people, mine, row, day)
        if world.cell_status[life.cell] <= Status.DETAINED:
            refresh_bound(world, people, row)
    keep_rest(left, capacity, binding)


@step
def protect(world, keys, people, tally, row, day):  # type: ignore[no-untyped-def]
    """What protection does beside relief: a guardian for a child alone, and tracing for people who lost their party."""
    life = people.life[row]
    alone = life.group % DEMOGRAPHICS % 3 == 2 or (is_child(life.group) and life.flags & LEFT)
    if alone and not life.flags & GUARDED:
        life.flags |= GUARDED
        relieve(people, row, world.setup[0].guardianship_relief)
    if (
        life.flags & OWN_WAY
        and uniform(keys[Stream.REUNION], people.life[row].who, day, 0) < world.setup[0].reunion_rate
    ):
        life.flags &= ~OWN_WAY
        note_company(people, tally, row)
