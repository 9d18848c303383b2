"""Who gets a place where places are few: detention, assisted return, relocation; in the order of a lottery."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry
from simulation.kernels.custody import detain, release
from simulation.kernels.layout import Event, Status
from simulation.kernels.legs import set_down, take_leg
from simulation.kernels.money import pay, purse
from simulation.kernels.moves import count, go_home, lane_of, renew
from simulation.kernels.reference import by_reference


@entry
def hold(world, keys, people, tally, rows, places, room, held, day, days_left):  # type: ignore[no-untyped-def]
    """Detain people where they were taken, while there is room.

    rows, places  (n,) int32 in lottery order
    room          (P,) int64, people for whom there is room tonight; falls as they are held (OUT)
    held          (n,) bool OUT, whether there was room
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        held[i] = room[places[i]] > 0
        if held[i]:
            room[places[i]] -= 1
            detain(world, keys, people, mine, rows[i], places[i], day, days_left)


@entry
def transfer(world, keys, people, tally, rows, places, room, elsewhere, day, days_left):  # type: ignore[no-untyped-def]
    """Detain people for whom there was no room in another place of the country while there is; let the others go.

    rows, places  (n,) int32 in lottery order
    room          (P,) int64, people for whom there is room when all places have held their own; falls (OUT)
    elsewhere     (P,) int32, place to which people are transferred, -1 if none
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        row, place = rows[i], places[i]
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


@entry
def assist(world, keys, people, tally, rows, places, left, queue, leg, day, days_left):  # type: ignore[no-untyped-def]
    """Bring home people who want to go, while the programme has places; others go by their own means if they can.

    rows, places  (n,) int32 in lottery order
    left          (P,) int64, places left today by queue; falls as they are given (OUT)
    queue         (P,) int32, whose places a place draws on
    leg           (P,) int32, leg of voluntary return from the place, -1 if none
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        row, place = rows[i], places[i]
        held = world.cell_status[people.life[row].cell] == Status.DETAINED
        if left[queue[place]] > 0:
            left[queue[place]] -= 1
            count(mine, people, row, Event.RETURNED_DETAINED if held else Event.RETURNED_ASSISTED)
            if leg[place] >= 0 and not held:
                take_leg(world, keys, people, mine, row, leg[place], np.uint64(0), day, days_left)
            else:
                go_home(world, keys, people, mine, row, day, days_left)
        elif not held and 0 < world.setup[0].return_fare <= purse(people.life[row]):
            pay(mine, people, row, Event.USD_FARES, world.setup[0].return_fare)
            go_home(world, keys, people, mine, row, day, days_left)
        else:
            count(mine, people, row, Event.RETURN_REFUSED)
            if held:
                release(world, keys, people, mine, row, place, day, days_left)
            elif people.life[row].party_size > 1:
                renew(world, keys, people, row, place, day)


@entry
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
