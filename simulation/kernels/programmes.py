"""Who gets a place where places are few: detention, assisted return, relocation; in the order of a lottery."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry
from simulation.kernels.custody import detain, release
from simulation.kernels.layout import Event, Status
from simulation.kernels.legs import set_down, take_leg
from simulation.kernels.money import pay
from simulation.kernels.moves import count, go_home, lane_of, renew
from simulation.kernels.reference import by_reference


@entry
def hold(world, keys, people, tally, rows, places, room, elsewhere, day, days_left):  # type: ignore[no-untyped-def]
    """Detain people while there is room; others are transferred to where there is, or let go.

    rows, places  (n,) int32 in lottery order
    room          (P,) int64, people for whom there is room tonight; falls as they are held (OUT)
    elsewhere     (P,) int32, place to which people are transferred, -1 if none
    """
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        row, place = rows[i], places[i]
        cell = people.life[row].cell
        other = elsewhere[place]
        if room[place] > 0:
            room[place] -= 1
            detain(world, keys, people, mine, row, place, day, days_left)
        elif other >= 0 and room[other] > 0:
            room[other] -= 1
            count(mine, people, row, Event.TRANSFERRED)
            detain(world, keys, people, mine, row, other, day, days_left)
        elif cell < world.setup[0].n_legs:
            # Let go where the leg began, from sea where they would have been held: never in the middle of the sea.
            back = place if world.leg[cell].is_sea else world.leg[cell].origin
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
        elif not held and 0 < world.setup[0].return_fare <= people.life[row].money:
            pay(mine, people, row, Event.USD_FARES, world.setup[0].return_fare)
            go_home(world, keys, people, mine, row, day, days_left)
        else:
            count(mine, people, row, Event.RETURN_REFUSED)
            if held:
                release(world, keys, people, mine, row, place, day, days_left)
            elif people.life[row].party_size > 1:
                renew(world, keys, people, row, place, day)


@entry
def relocate(people, tally, rows, places, left):  # type: ignore[no-untyped-def]
    """Give arrivals places in other countries while they last.

    rows, places  (n,) int32 in lottery order
    left          (1,) int64, places left; falls as they are given (OUT)
    """
    people = by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    for i in range(rows.size):
        if left[0] > 0:
            left[0] -= 1
            count(mine, people, rows[i], Event.RELOCATED)
