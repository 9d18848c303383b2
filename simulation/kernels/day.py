"""One day of people's lives: exposure, movement, custody and decisions, for one share of the rows.

The story: a screening byte says whether anything can happen today; if so, the person's cell says which part of the day
runs. All people read the world as it was at the start of the day; what couples people (boarding a vehicle, asking for
a service, a pathway's places) is only listed here and settled after everybody has lived the day.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from simulation.kernels.decide import choose
from simulation.kernels.hazards import NOTHING, draw_event
from simulation.kernels.layout import HARMS, RATES, TERMINAL, Event, Option, Purpose, Rate, Status
from simulation.kernels.moves import (
    count,
    end_journey,
    hurt,
    lane_of,
    refresh_bound,
    risk_class,
    stay_at,
    take_leg,
)
from simulation.kernels.rng import screen_byte, to_uniform, uniform, words

_LOWEST_TERMINAL = int(min(s for s in TERMINAL if s != Status.STAYED_HOME))
_HOME = int(Status.STAYED_HOME)


@njit
def decide(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Choose at a place and act on it; a person already in the place's WAITING or WORKING cell, or in a boat at sea."""
    boat = people.vehicle[row] if world.places.is_sea_zone[place] else np.uint64(0)
    luck = boat if boat != 0 else people.who[row]
    choice_class = 0 if boat != 0 else people.choice_class[row]
    options = world.options
    k = choose(options, keys, place, choice_class, luck, people.who[row], day)
    if k < 0 and world.places.is_sea_zone[place]:
        brought_ashore(world, keys, people, tally, row, people.cell[row], False, day, days_left)
    elif k < 0 or options.kind[k] == Option.STAY:
        status = Status.WAITING if k < 0 else Status.WORKING
        stay_at(world, people, tally, row, place, status, days_left)
    elif options.kind[k] == Option.SETTLE:
        end_journey(world, people, tally, row, Status.SETTLED, Event.SETTLED, days_left)
    elif options.kind[k] == Option.RETURN:
        end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
    else:
        leg = options.leg[k]
        if boat == 0 and world.legs.capacity[leg] > 0:
            if world.vehicles_on:
                i = tally.n_boarding[0]
                tally.boarding[i, 0] = row
                tally.boarding[i, 1] = leg
                tally.n_boarding[0] = i + 1
                return
            boat = people.who[row]
        take_leg(world, keys, people, tally, row, leg, boat, day, days_left)


@njit
def detain(world, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Detain a person at a place, until release or the time limit."""
    people.times_detained[row] = min(255, people.times_detained[row] + 1)
    stay_at(world, people, tally, row, place, Status.DETAINED, days_left)
    count(tally, people, row, Event.DETAINED)
    if world.places.limit_days[place] > 0:
        people.due[row] = day + world.places.limit_days[place]


@njit
def suffer(world, keys, people, tally, row, harm, day, days_left):  # type: ignore[no-untyped-def]
    """Apply a harm where the person is; return True if it changed where the person is."""
    if harm == Rate.DEATH:
        end_journey(world, people, tally, row, Status.DEAD, Event.DEATH, days_left)
        return True
    count(tally, people, row, harm)
    if harm == Rate.ARREST:
        return arrest(world, keys, people, tally, row, day, days_left)
    hurt(world, people, row)
    if harm == Rate.ABDUCTION:
        cell = people.cell[row]
        held_at = world.legs.captivity_place[cell] if cell < world.n_legs else world.cells.place[cell]
        stay_at(world, people, tally, row, held_at, Status.CAPTIVE, days_left)
        return True
    refresh_bound(world, people, row)
    return False


@njit
def arrest(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """After an arrest on land: detention, or being turned back to where the leg began; True if the person moved."""
    cell = people.cell[row]
    on_leg = cell < world.n_legs
    custody = world.legs.custody_place[cell] if on_leg else world.cells.place[cell]
    child = risk_class(people.group[row]) & 1
    u = uniform(keys.custody, people.who[row], day, 0)
    if u < world.places.detain_after_arrest[custody, child]:
        detain(world, people, tally, row, custody, day, days_left)
        return True
    if on_leg:
        stay_at(world, people, tally, row, world.legs.origin[cell], Status.WAITING, days_left)
        return True
    return False


@njit
def share_fate(world, keys, people, tally, row, leg, fraction, day, days_left):  # type: ignore[no-untyped-def]
    """Draw what happens to the person's boat or vehicle today; return True if the leg ended with it.

    The draws are keyed by the vehicle, so all aboard share them without looking each other up; survival is individual.
    """
    legs = world.legs
    vehicle = people.vehicle[row]
    total = legs.shared[leg, 0] + legs.shared[leg, 1] + legs.shared[leg, 2]
    if total <= 0.0:
        return False
    a, b, c, d = words(keys.vehicle, vehicle, day, 0)
    u = to_uniform(a, b)
    p_any = -np.expm1(-total * fraction)
    if u >= p_any:
        return False
    left = u / p_any * total
    if left < legs.shared[leg, 0]:
        count(tally, people, row, Event.PERIL)
        rescued = to_uniform(c, d) < legs.rescue_share[leg]
        dies = legs.death_rescued[leg] if rescued else legs.death_unrescued[leg]
        if uniform(keys.survival, people.who[row], day, 0) < dies:
            end_journey(world, people, tally, row, Status.DEAD, Event.DEATH, days_left)
            return True
        hurt(world, people, row)
        brought_ashore(world, keys, people, tally, row, leg, rescued, day, days_left)
    elif left < legs.shared[leg, 0] + legs.shared[leg, 1]:
        brought_ashore(world, keys, people, tally, row, leg, True, day, days_left)
    else:
        count(tally, people, row, Event.INTERCEPTED)
        brought_ashore(world, keys, people, tally, row, leg, False, day, days_left)
    return True


@njit
def brought_ashore(world, keys, people, tally, row, leg, rescued, day, days_left):  # type: ignore[no-untyped-def]
    """Bring a survivor to safety: rescued at sea to a port of safety, others back to the coast or the leg's start."""
    legs = world.legs
    if rescued:
        count(tally, people, row, Event.RESCUED)
    if legs.is_sea[leg] == 0:
        stay_at(world, people, tally, row, legs.origin[leg], Status.WAITING, days_left)
    elif (rescued or legs.back_leg[leg] < 0) and legs.rescue_place[leg] >= 0:
        end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
    elif legs.back_leg[leg] >= 0:
        take_leg(world, keys, people, tally, row, legs.back_leg[leg], np.uint64(0), day, days_left)
    else:
        stay_at(world, people, tally, row, legs.origin[leg], Status.WAITING, days_left)


@njit
def arrive(world, keys, people, tally, row, leg, rest, u, day, days_left):  # type: ignore[no-untyped-def]
    """End a leg: live the rest of the day at the place reached, then decide, by the leg's purpose.

    rest  share of the day left, in [0, 1)
    u     uniform for what the rest of the day holds; NaN if today's event has already happened
    """
    place = world.legs.destination[leg]
    purpose = world.legs.purpose[leg]
    if purpose == Purpose.REGULAR:
        i = tally.n_applying[0]
        tally.applying[i, 0] = row
        tally.applying[i, 1] = leg
        tally.n_applying[0] = i + 1
        return
    count(tally, people, row, Event.COMPLETED)
    if purpose == Purpose.RETURN_VOLUNTARY:
        end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
        return
    if purpose == Purpose.INTERCEPTION:
        child = risk_class(people.group[row]) & 1
        chance = world.places.detain_after_interception[place, child]
        if uniform(keys.custody, people.who[row], day, 1) < chance:
            detain(world, people, tally, row, place, day, days_left)
            return
    if world.places.is_terminal[place]:
        end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
        return
    if world.places.is_sea_zone[place] == 0:
        stay_at(world, people, tally, row, place, Status.WAITING, days_left)
        if u == u and rest > 0.0:
            rate = world.cells.rate[people.cell[row], risk_class(people.group[row])]
            harm, _ = draw_event(u, rest, rate, HARMS, world.harm_multiplier, people.vulnerability[row])
            if harm != NOTHING and suffer(world, keys, people, tally, row, harm, day, days_left):
                return
    decide(world, keys, people, tally, row, place, day, days_left)


@njit
def travel(world, keys, people, tally, row, u, day, days_left):  # type: ignore[no-untyped-def]
    """A day on a leg: the vehicle's fate, then the person's own, then perhaps the arrival."""
    leg = people.cell[row]
    due = people.due[row] <= day
    fraction = float(people.last_fraction[row]) if people.due[row] == day else 1.0
    if people.vehicle[row] != 0 and share_fate(world, keys, people, tally, row, leg, fraction, day, days_left):
        return
    rate = world.cells.rate[leg, risk_class(people.group[row])]
    harm, rest_u = draw_event(u, fraction, rate, HARMS, world.harm_multiplier, people.vulnerability[row])
    if harm != NOTHING:
        rest_u = np.nan
        if suffer(world, keys, people, tally, row, harm, day, days_left):
            return
    if due:
        arrive(world, keys, people, tally, row, leg, 1.0 - fraction, rest_u, day, days_left)


@njit
def leave_custody(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """End detention or captivity: expulsion over a leg, assisted return, or release at the place."""
    cell = people.cell[row]
    place = world.cells.place[cell]
    if world.cells.status[cell] == Status.DETAINED:
        u = uniform(keys.custody, people.who[row], day, 2)
        expelled = world.places.exit_expelled[place] if world.places.expulsion_leg[place] >= 0 else 0.0
        if u < expelled:
            count(tally, people, row, Event.EXPELLED)
            leg = world.places.expulsion_leg[place]
            take_leg(world, keys, people, tally, row, leg, np.uint64(0), day, days_left)
            return
        if u >= 1.0 - world.places.exit_assisted[place]:
            end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
            return
    count(tally, people, row, Event.RELEASED)
    stay_at(world, people, tally, row, place, Status.WAITING, days_left)


@njit
def stay(world, keys, people, tally, row, u, day, days_left):  # type: ignore[no-untyped-def]
    """A day at a place or in custody: a harm, the end of the stay, a need for a service, or nothing."""
    cell = people.cell[row]
    status = world.cells.status[cell]
    if people.due[row] <= day:
        leave_custody(world, keys, people, tally, row, day, days_left)
        return
    rate = world.cells.rate[cell, risk_class(people.group[row])]
    event, _ = draw_event(u, 1.0, rate, RATES, world.harm_multiplier, people.vulnerability[row])
    if event == NOTHING:
        return
    if event == Rate.LEAVE:
        if status == Status.DETAINED or status == Status.CAPTIVE:
            leave_custody(world, keys, people, tally, row, day, days_left)
        else:
            decide(world, keys, people, tally, row, world.cells.place[cell], day, days_left)
    elif event == Rate.SEEK:
        i = tally.n_seeking[0]
        tally.seeking[i, 0] = row
        tally.seeking[i, 1] = world.cells.place[cell]
        tally.n_seeking[0] = i + 1
    else:
        suffer(world, keys, people, tally, row, event, day, days_left)


@njit
def start_journey(world, keys, people, tally, row, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Somebody who could start today does, or stays at home; who starts decides at once where to go."""
    stream = people.group[row] // 6
    go = world.options.go[stream, people.choice_class[row]]
    place = start_place[stream]
    if uniform(keys.start, people.who[row], 0, 0) >= go:
        end_journey(world, people, tally, row, Status.STAYED_HOME, Event.STAYED_HOME, days_left)
        return
    stay_at(world, people, tally, row, place, Status.WAITING, days_left)
    count(tally, people, row, Event.STARTED)
    decide(world, keys, people, tally, row, place, day, days_left)


@njit
def live(world, keys, people, tally, row, byte, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of a person whose screening byte, or due day, says that something may happen."""
    status = world.cells.status[people.cell[row]]
    if status == Status.NOT_STARTED and people.due[row] > day:
        return
    if status == Status.NOT_STARTED:
        start_journey(world, keys, people, tally, row, start_place, day, days_left)
        return
    if status >= _LOWEST_TERMINAL or status == _HOME:
        return
    a, b, _, _ = words(keys.event, people.who[row], day, 0)
    u = (float(byte) + to_uniform(a, b)) / 256.0
    if status == Status.TRAVELLING or status == Status.PATHWAY:
        travel(world, keys, people, tally, row, u, day, days_left)
    else:
        stay(world, keys, people, tally, row, u, day, days_left)


@njit(nogil=True, cache=True)
def live_day(world, keys, people, tally, lane, n_rows, chunk, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of one lane's share of rows 0..n_rows-1: every n-th chunk from the lane's number on.

    tally        arrays with a leading axis of lanes
    start_place  (S,) int32, place where a stream starts
    day          absolute day; days_left  days of the month that remain, today included
    """
    n_lanes = tally.flow.shape[0]
    mine = lane_of(tally, lane)
    for first in range(lane * chunk, n_rows, n_lanes * chunk):
        block = np.uint64(0)
        w0 = w1 = w2 = w3 = np.uint64(0)
        for row in range(first, min(first + chunk, n_rows)):
            who = people.who[row]
            if who >> np.uint64(4) != block:
                block = who >> np.uint64(4)
                w0, w1, w2, w3 = words(keys.screen, block, day, 0)
            byte = screen_byte(w0, w1, w2, w3, int(who & np.uint64(15)))
            if byte <= people.bound[row] or people.due[row] <= day:
                live(world, keys, people, mine, row, byte, start_place, day, days_left)


@njit(cache=True)
def refresh_bounds(world, people, n_rows):  # type: ignore[no-untyped-def]
    """Set every screening bound anew after a lever changed; keep those of ended journeys at 0."""
    for row in range(n_rows):
        status = world.cells.status[people.cell[row]]
        if status != Status.NOT_STARTED and status < _LOWEST_TERMINAL and status != _HOME:
            refresh_bound(world, people, row)

