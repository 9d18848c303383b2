"""One day of people's lives: exposure, movement, custody and decisions, for one share of the rows.

The story: a screening byte says whether anything can happen today; if so, the person's cell says which part of the day
runs. All people read the world as it was at the start of the day; what couples people (boarding a vehicle, asking for
a service, custody, pathways, programmes) is only listed here and settled after everybody has lived the day.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.act import decide
from simulation.kernels.compile import entry, inner, step
from simulation.kernels.custody import leave_custody, take_into_custody
from simulation.kernels.harm import event_of_day, harm_after_arrival, suffer
from simulation.kernels.hazards import NOTHING
from simulation.kernels.help import ask_for_help
from simulation.kernels.layout import (
    APPLYING,
    DEMOGRAPHICS,
    HARMS,
    REFERRED,
    Event,
    Purpose,
    Rate,
    Status,
)
from simulation.kernels.legs import end_in_arrival, share_fate
from simulation.kernels.money import book, collect_wages, savings_of
from simulation.kernels.moves import (
    count,
    end_journey,
    enlist,
    go_home,
    is_child,
    is_free,
    lane_of,
    place_cell,
    rates_of,
    refresh_bound,
    renew,
    shared_luck,
    stay_at,
)
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, uniform
from simulation.kernels.screening import DAYS_OF_LUCK, screen


@step
def arrive(world, keys, people, tally, row, leg, rest, byte, day, days_left):  # type: ignore[no-untyped-def]
    """End a leg: live the rest of the day at the place reached, then decide, by the leg's purpose.

    rest  share of the day left, in [0, 1)
    byte  the day's screening byte; 256 if today's event has already happened
    """
    place, purpose = world.leg[leg].destination, world.leg[leg].purpose
    if purpose == Purpose.REGULAR:
        enlist(tally, APPLYING, row, leg)
        return
    count(tally, people, row, Event.COMPLETED)
    if purpose == Purpose.RETURN_VOLUNTARY:
        go_home(world, keys, people, tally, row, day, days_left)
        return
    life, here = people.life[row], world.place[place]
    if purpose == Purpose.INTERCEPTION:
        chance = here.interception_child if is_child(life.group) else here.interception_adult
        if chance >= 1.0 or (
            chance > 0.0 and uniform(keys[Stream.CUSTODY], people.life[row].who, day, 1) < chance
        ):
            take_into_custody(world, keys, people, tally, row, place, day, days_left)
            return
    if here.is_terminal:
        end_in_arrival(world, people, tally, row, place, days_left)
        return
    if not here.is_sea_zone:
        if byte < 256.0 and rest > 0.0:
            cell = place_cell(world, place, Status.WAITING)
            harm = harm_after_arrival(world, keys, people, row, leg, cell, byte, rest, day)
            if harm != NOTHING:
                stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
                if suffer(world, keys, people, tally, row, harm, day, days_left):
                    return
        life.vehicle = 0
        if life.flags & REFERRED:
            life.flags &= ~REFERRED
            if life.needs:
                if life.cell < world.setup[0].n_legs:
                    stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
                ask_for_help(world, keys, people, tally, row, place, True, day)
    decide(world, keys, people, tally, row, place, day, days_left)


@inner
def travel(world, keys, people, tally, row, byte, day, days_left):  # type: ignore[no-untyped-def]
    """A day on a leg: the vehicle's fate, then the person's own, then perhaps the arrival."""
    life, due = people.life[row], people.due[row]
    leg = life.cell
    fraction = float(life.last_fraction) if due == day else 1.0
    if life.vehicle != 0 and share_fate(world, keys, people, tally, row, leg, fraction, day, days_left):
        return
    harm = event_of_day(world, keys, people, row, leg, byte, fraction, HARMS, day)
    if harm != NOTHING:
        byte = 256.0
        if suffer(world, keys, people, tally, row, harm, day, days_left):
            return
    if people.due[row] <= day:  # an injury may have put it off
        arrive(world, keys, people, tally, row, leg, 1.0 - fraction, byte, day, days_left)


@inner
def stay(world, keys, people, tally, row, byte, day, days_left):  # type: ignore[no-untyped-def]
    """A day at a place or in custody: a harm, a need for a service, the end of the stay, or nothing."""
    life = people.life[row]
    cell = life.cell
    status, place = world.cell_status[cell], world.cell_place[cell]
    due = people.due[row] <= day
    if due and not is_free(status):
        leave_custody(world, keys, people, tally, row, day, days_left)
        return
    event = event_of_day(world, keys, people, row, cell, byte, 1.0, rates_of(world, life), day)
    if world.setup[0].money_on and (event != NOTHING or due):
        collect_wages(world, people, tally, row, day)
    if event == Rate.LEAVE:
        if status == Status.DETAINED or status == Status.CAPTIVE:
            leave_custody(world, keys, people, tally, row, day, days_left)
        elif world.place[
            place
        ].is_terminal:  # in the community at a destination: nobody decides there any more
            end_in_arrival(world, people, tally, row, place, days_left)
        else:
            decide(world, keys, people, tally, row, place, day, days_left)
        return
    if event == Rate.SEEK:
        ask_for_help(world, keys, people, tally, row, place, False, day)
    elif event != NOTHING and suffer(world, keys, people, tally, row, event, day, days_left):
        return
    if due:  # a party renews on a day of its own, whatever else the day holds
        decide(world, keys, people, tally, row, place, day, days_left)


@step
def set_out(world, keys, people, tally, row, start_place, event, day, days_left):  # type: ignore[no-untyped-def]
    """Begin a journey where the person's stream starts, with savings, and decide at once where to go."""
    life = people.life[row]
    place = start_place[life.group // DEMOGRAPHICS]
    stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
    count(tally, people, row, event)
    if world.setup[0].money_on:
        usd = savings_of(world, keys, life.group // DEMOGRAPHICS, shared_luck(people, row), day)
        book(tally, people, row, Event.USD_SAVINGS, usd)
        life.money += usd
    decide(world, keys, people, tally, row, place, day, days_left)


@step
def start_journey(world, keys, people, tally, row, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Somebody who could start today does, or stays at home; a party as one."""
    life = people.life[row]
    go = world.go[life.group // DEMOGRAPHICS, life.choice_class]
    if uniform(keys[Stream.START], life.party, 0, 0) >= go:
        end_journey(world, people, tally, row, Status.STAYED_HOME, Event.STAYED_HOME, days_left)
        return
    set_out(world, keys, people, tally, row, start_place, Event.STARTED, day, days_left)


@inner
def live(world, keys, people, tally, row, luck, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of a person whose screening byte ``luck``, or due day, says that something may happen."""
    status = world.cell_status[people.life[row].cell]
    if status == Status.NOT_STARTED:
        if people.due[row] <= day:
            start_journey(world, keys, people, tally, row, start_place, day, days_left)
        return
    if status == Status.RETURNED and people.due[row] <= day:
        set_out(world, keys, people, tally, row, start_place, Event.RESTARTED, day, days_left)
        return
    if status > Status.DETAINED or status == Status.STAYED_HOME:
        return
    byte = float(luck)
    if status == Status.TRAVELLING or status == Status.PATHWAY:
        travel(world, keys, people, tally, row, byte, day, days_left)
    else:
        stay(world, keys, people, tally, row, byte, day, days_left)


@entry
def settle_in(world, keys, people, n, day):  # type: ignore[no-untyped-def]
    """Prepare the first n people, on the way on the eve of a run, ``day``: wages from then on, next decision."""
    world, people = by_reference(world), by_reference(people)
    for row in range(n):
        life = people.life[row]
        life.since = day
        if life.party_size > 1 and is_free(world.cell_status[life.cell]):
            renew(world, keys, people, row, world.cell_place[life.cell], day)


@entry
def live_day(  # type: ignore[no-untyped-def]
    world, keys, people, luck, tally, lane, first, last, chunk, start_place, day, days_left
):
    """Live one day of one lane's share of rows first..last - 1: every n-th chunk from the lane's number on.

    luck         (16, N) uint8, screening bytes
    tally        arrays with a leading axis of lanes
    start_place  (S,) int32, place where a stream starts
    day          absolute day; days_left  days of the month that remain, today included
    """
    world, people = by_reference(world), by_reference(people)
    n_lanes = tally.flow.shape[0]
    mine = by_reference(lane_of(tally, lane))
    picked, flag = np.empty(chunk, np.int32), np.empty((chunk + 63) // 64 * 64, np.uint8)
    bytes_of_day = luck[day % DAYS_OF_LUCK]
    for begin in range(first + lane * chunk, last, n_lanes * chunk):
        n = screen(people, luck, begin, min(begin + chunk, last), day, flag, picked)
        touched = 0
        for i in range(n):  # fetch the rows together: one by one, each would wait for memory
            touched += people.life[picked[i]].cell
        for i in range(n if touched >= 0 else 0):
            row = picked[i]
            live(world, keys, people, mine, row, bytes_of_day[row], start_place, day, days_left)


@entry
def refresh_bounds(world, people, first, last):  # type: ignore[no-untyped-def]
    """Set the screening bounds of rows first..last - 1 anew after a lever changed; those of ended journeys stay 0."""
    world, people = by_reference(world), by_reference(people)
    for row in range(first, last):
        status = world.cell_status[people.life[row].cell]
        if status >= Status.WAITING and status <= Status.DETAINED:
            refresh_bound(world, people, row)
