"""Who gets a place where places are few: detention, assisted return, relocation; in the order of a lottery."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, step, viewing
from simulation.kernels.custody import detain, release
from simulation.kernels.layout import HOLDING, RELOCATING, RETURNING, Event, Status
from simulation.kernels.legs import set_down, take_leg
from simulation.kernels.money import pay, purse
from simulation.kernels.moves import count, go_home, lane_of, place_cell, renew
from simulation.kernels.order import take
from simulation.kernels.places import keep_rest, refill_monthly, whole_places
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream
from simulation.kernels.settle import draw_lots


@viewing
def _room(world, tally, initial, capacity):  # type: ignore[no-untyped-def]
    """Return (P,) int64 people for whom there is room in detention as of now."""
    room, first = np.empty(capacity.size, np.int64), place_cell(world, 0, Status.DETAINED)
    for place in range(capacity.size):
        held = initial[first + place]
        for lane in range(tally.census.shape[0]):
            held += tally.census[lane, first + place]
        room[place] = max(capacity[place] - held, 0)
    return room


@entry
def hold(world, keys, people, tally, initial, capacity, day, days_left):  # type: ignore[no-untyped-def]
    """Detain people where they were taken, while there is room, in lottery order.

    initial   (C,) int64 people before the first day;  capacity  (P,) int64 people who can be detained

    Returns (rows, places, room): (n,) int32 of those for whom there was none; (P,) int64 room that is left.
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    rows, places = take(tally, HOLDING)
    room = _room(world, tally, initial, capacity)
    order = draw_lots(keys[Stream.HOLDING], people, rows, places, day)
    other_rows, other_places, n = np.empty_like(rows), np.empty_like(places), 0
    for i in range(order.size):
        row, place = rows[order[i]], places[order[i]]
        if room[place] > 0:
            room[place] -= 1
            detain(world, keys, people, mine, row, place, day, days_left)
        else:
            other_rows[n], other_places[n] = row, place
            n += 1
    return other_rows[:n], other_places[:n], room


@entry
def roomiest(country, can_detain, rank, room):  # type: ignore[no-untyped-def]
    """Return (P,) int32 the other place of the same country where most people can still be detained; -1 if none.

    country  (P,) int32;  can_detain  (P,) bool;  rank  (P,) of places by name: of places with as much room the last
    room     (P,) int64, people for whom there is room
    """
    best, found = np.full(country.size, -1, np.int32), np.empty(country.size, np.int32)
    for p in range(country.size):
        b = best[country[p]]
        is_better = b < 0 or room[p] > room[b] or (room[p] == room[b] and rank[p] > rank[b])
        if can_detain[p] and room[p] > 0 and is_better:
            best[country[p]] = p
    for p in range(country.size):
        found[p] = best[country[p]]
    return found


@entry
def transfer(world, keys, people, tally, rows, places, room, elsewhere, day, days_left):  # type: ignore[no-untyped-def]
    """Detain people for whom there was no room in another place of the country while there is; let the others go.

    They draw again, all together: no place comes first.

    rows, places  (n,) int32
    room          (P,) int64, people for whom there is room when all places have held their own; falls (OUT)
    elsewhere     (P,) int32, place to which people are transferred, -1 if none
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    order = draw_lots(keys[Stream.HOLDING], people, rows, np.zeros(rows.size, np.int32), day)
    for i in range(order.size):
        row, place = rows[order[i]], places[order[i]]
        cell = people.life[row].cell
        other = elsewhere[place]
        if other >= 0 and room[other] > 0:
            room[other] -= 1
            count(mine, people, row, Event.TRANSFERRED)
            detain(world, keys, people, mine, row, other, day, days_left)
        elif cell < world.setup[0].n_legs:
            # Let go where the leg began, from sea where they would have been held: never in the middle of the sea.
            way = world.leg[cell]
            back = place if way.is_sea or world.place[way.origin].is_sea_zone else way.origin
            set_down(world, keys, people, mine, row, back, day, days_left)


@viewing
def _queues(queue, places):  # type: ignore[no-untyped-def]
    """Return (n,) int32 whose places each of those who ask draws on."""
    found = np.empty(places.size, np.int32)
    for i in range(places.size):
        found[i] = queue[places[i]]
    return found


@entry
def assist(world, keys, people, tally, monthly, left, queue, leg, today, days_left):  # type: ignore[no-untyped-def]
    """Bring home people who want to go, while the programme has places; others go by their own means if they can.

    monthly  (P,) float64, places a month by queue;  left  (P,) float64 places left by queue, IN and OUT
    queue    (P,) int32, whose places a place draws on
    leg      (P,) int32, leg of voluntary return from the place, -1 if none
    today    (day, day of the month, days of the month)
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    day, month_day, month_days = today
    refill_monthly(left, monthly, month_day, month_days)
    rows, places = take(tally, RETURNING)
    free, queues = whole_places(left, True), _queues(queue, places)
    order = draw_lots(keys[Stream.RETURN], people, rows, queues, day)
    for i in range(order.size):
        row, place = rows[order[i]], places[order[i]]
        is_free = free[queue[place]] > 0
        if is_free:
            free[queue[place]] -= 1
        send_home(world, keys, people, mine, row, place, is_free, leg[place], day, days_left)
    keep_rest(left, free, True)


@step
def send_home(world, keys, people, tally, row, place, is_free, leg, day, days_left):  # type: ignore[no-untyped-def]
    """Bring somebody home if a place is free, over a leg if there is one; else by own means, or not."""
    held = world.cell_status[people.life[row].cell] == Status.DETAINED
    if is_free:
        count(tally, people, row, Event.RETURNED_DETAINED if held else Event.RETURNED_ASSISTED)
        if leg >= 0 and not held:
            take_leg(world, keys, people, tally, row, leg, np.uint64(0), day, days_left)
        else:
            go_home(world, keys, people, tally, row, day, days_left)
    elif not held and 0 < world.setup[0].return_fare <= purse(people.life[row]):
        pay(tally, people, row, Event.USD_FARES, world.setup[0].return_fare)
        go_home(world, keys, people, tally, row, day, days_left)
    else:
        count(tally, people, row, Event.RETURN_REFUSED)
        if held:
            release(world, keys, people, tally, row, place, day, days_left)
        elif people.life[row].party_size > 1:
            renew(world, keys, people, row, place, day)


@viewing
def relocate(people, tally, rows, places, left, queue):  # type: ignore[no-untyped-def]
    """Give arrivals places in other countries while they last.

    rows, places  (n,) int32 in lottery order
    left          (P,) int64, places left today by queue; falls as they are given (OUT)
    queue         (P,) int32, whose places a place draws on
    """
    people = by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        pool = queue[places[i]]
        if left[pool] > 0:
            left[pool] -= 1
            count(mine, people, rows[i], Event.RELOCATED)


@entry
def draw_for_relocation(keys, people, tally, monthly, left, queue, today):  # type: ignore[no-untyped-def]
    """Let arrivals draw lots for the places of today in other countries.

    monthly  (P,) float64, places a month by queue;  left  (P,) float64 places left by queue, IN and OUT
    queue    (P,) int32, whose places a place draws on
    today    (day, day of the month, days of the month)
    """
    day, month_day, month_days = today
    refill_monthly(left, monthly, month_day, month_days)
    rows, places = take(tally, RELOCATING)
    free = whole_places(left, True)
    key, queues = keys[Stream.RELOCATION], _queues(queue, places)
    order = draw_lots(key, by_reference(people), rows, queues, day)
    relocate(people, tally, rows[order], places[order], free, queue)
    keep_rest(left, free, True)
