"""One day of people's lives: exposure, movement, custody and decisions, for one share of the rows.

The story: a screening byte says whether anything can happen today; if so, the person's cell says which part of the day
runs. All people read the world as it was at the start of the day; what couples people (boarding a vehicle, asking for
a service, a pathway's places) is only listed here and settled after everybody has lived the day.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.decide import choose
from simulation.kernels.hazards import NOTHING, draw_event
from simulation.kernels.layout import (
    APPLYING,
    BOARDING,
    DEMOGRAPHICS,
    HARMS,
    RATES,
    SEEKING,
    Event,
    Option,
    Purpose,
    Rate,
    Status,
)
from simulation.kernels.moves import (
    count,
    end_journey,
    enlist,
    hurt,
    lane_of,
    place_cell,
    refresh_bound,
    risk_class,
    stay_at,
    take_leg,
)
from simulation.kernels.rng import Stream, screen_byte, to_uniform, uniform, words

_STAY = int(Option.STAY)
DAYS_OF_LUCK = 16  # one draw holds a screening byte for each of so many days


@inner
def decide(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Choose at a place and act on it; the person is in a cell of the place, or still on the leg that led to it."""
    life, who = people.life[row], people.who[row]
    boat = life.vehicle if world.place[place].is_sea_zone else np.uint64(0)
    luck = boat if boat != 0 else who
    choice_class = 0 if boat != 0 else life.choice_class
    k = choose(world, keys, place, choice_class, luck, who, day)
    if k < 0 and world.place[place].is_sea_zone and life.cell < world.setup[0].n_legs:
        bring_ashore(world, keys, people, tally, row, life.cell, False, day, days_left)
        return
    kind = int(world.option[k].kind) if k >= 0 else _STAY
    if kind == Option.STAY:
        if k >= 0 and life.cell == place_cell(world, place, Status.WORKING):
            return
        stay_at(world, people, tally, row, place, Status.WORKING if k >= 0 else Status.WAITING, days_left)
    elif kind == Option.SETTLE:
        stay_at(world, people, tally, row, place, Status.WAITING, days_left)
        end_journey(world, people, tally, row, Status.SETTLED, Event.SETTLED, days_left)
    elif kind == Option.RETURN:
        stay_at(world, people, tally, row, place, Status.WAITING, days_left)
        end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
    else:
        leg = world.option[k].leg
        if boat == 0 and world.leg[leg].capacity > 0:
            if world.setup[0].vehicles_on:
                enlist(tally, BOARDING, row, leg)
                return
            boat = who
        take_leg(world, keys, people, tally, row, leg, boat, day, days_left)


@inner
def detain(world, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Detain a person at a place, until release or the time limit."""
    life = people.life[row]
    life.times_detained = min(255, life.times_detained + 1)
    stay_at(world, people, tally, row, place, Status.DETAINED, days_left)
    count(tally, people, row, Event.DETAINED)
    if world.place[place].limit_days > 0:
        people.due[row] = day + world.place[place].limit_days


@inner
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
        cell = people.life[row].cell
        held_at = world.leg[cell].captivity_place if cell < world.setup[0].n_legs else world.cell_place[cell]
        stay_at(world, people, tally, row, held_at, Status.CAPTIVE, days_left)
        return True
    refresh_bound(world, people, row)
    return False


@inner
def arrest(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """After an arrest on land: detention, or being turned back to where the leg began; True if the person moved."""
    cell = people.life[row].cell
    on_leg = cell < world.setup[0].n_legs
    custody = world.place[world.leg[cell].custody_place if on_leg else world.cell_place[cell]]
    chance = custody.arrest_child if risk_class(people.life[row].group) & 1 else custody.arrest_adult
    if uniform(keys[Stream.CUSTODY], people.who[row], day, 0) < chance:
        place = world.leg[cell].custody_place if on_leg else world.cell_place[cell]
        detain(world, people, tally, row, place, day, days_left)
        return True
    if on_leg:
        stay_at(world, people, tally, row, world.leg[cell].origin, Status.WAITING, days_left)
        return True
    return False


@inner
def share_fate(world, keys, people, tally, row, leg, fraction, day, days_left):  # type: ignore[no-untyped-def]
    """Draw what happens to the person's boat or vehicle today; return True if the leg ended with it.

    The draws are keyed by the vehicle, so all aboard share them without looking each other up; survival is individual.
    """
    way = world.leg[leg]
    total = way.peril + way.pickup + way.pullback
    if total <= 0.0:
        return False
    a, b, c, d = words(keys[Stream.VEHICLE], people.life[row].vehicle, day, 0)
    u = to_uniform(a, b)
    p_any = -np.expm1(-total * fraction)
    if u >= p_any:
        return False
    left = u / p_any * total
    if left < way.peril:
        count(tally, people, row, Event.PERIL)
        rescued = to_uniform(c, d) < way.rescue_share
        dies = way.death_rescued if rescued else way.death_unrescued
        if uniform(keys[Stream.SURVIVAL], people.who[row], day, 0) < dies:
            end_journey(world, people, tally, row, Status.DEAD, Event.DEATH, days_left)
            return True
        hurt(world, people, row)
        bring_ashore(world, keys, people, tally, row, leg, rescued, day, days_left)
    elif left < way.peril + way.pickup:
        bring_ashore(world, keys, people, tally, row, leg, True, day, days_left)
    else:
        count(tally, people, row, Event.INTERCEPTED)
        bring_ashore(world, keys, people, tally, row, leg, False, day, days_left)
    return True


@inner
def bring_ashore(world, keys, people, tally, row, leg, rescued, day, days_left):  # type: ignore[no-untyped-def]
    """Bring somebody to land: rescued at sea to a port of safety, others back to the coast or the leg's start."""
    way = world.leg[leg]
    if rescued:
        count(tally, people, row, Event.RESCUED)
    if way.is_sea and (rescued or way.back_leg < 0) and way.rescue_place >= 0:
        end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
    elif way.is_sea and way.back_leg >= 0:
        take_leg(world, keys, people, tally, row, way.back_leg, np.uint64(0), day, days_left)
    else:
        stay_at(world, people, tally, row, way.origin, Status.WAITING, days_left)


@inner
def arrive(world, keys, people, tally, row, leg, rest, u, day, days_left):  # type: ignore[no-untyped-def]
    """End a leg: live the rest of the day at the place reached, then decide, by the leg's purpose.

    rest  share of the day left, in [0, 1)
    u     uniform for what the rest of the day holds; NaN if today's event has already happened
    """
    place, purpose = world.leg[leg].destination, world.leg[leg].purpose
    if purpose == Purpose.REGULAR:
        enlist(tally, APPLYING, row, leg)
        return
    count(tally, people, row, Event.COMPLETED)
    if purpose == Purpose.RETURN_VOLUNTARY:
        end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
        return
    risk = risk_class(people.life[row].group)
    if purpose == Purpose.INTERCEPTION:
        ashore = world.place[place]
        chance = ashore.interception_child if risk & 1 else ashore.interception_adult
        if uniform(keys[Stream.CUSTODY], people.who[row], day, 1) < chance:
            detain(world, people, tally, row, place, day, days_left)
            return
    if world.place[place].is_terminal:
        end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
        return
    if not world.place[place].is_sea_zone:
        if not np.isnan(u) and rest > 0.0:
            cell = place_cell(world, place, Status.WAITING)
            v = people.life[row].vulnerability
            harm, _ = draw_event(u, rest, world.rate, cell, risk, HARMS, world.harm_multiplier, v)
            if harm != NOTHING:
                stay_at(world, people, tally, row, place, Status.WAITING, days_left)
                if suffer(world, keys, people, tally, row, harm, day, days_left):
                    return
        people.life[row].vehicle = 0
    decide(world, keys, people, tally, row, place, day, days_left)


@inner
def travel(world, keys, people, tally, row, u, day, days_left):  # type: ignore[no-untyped-def]
    """A day on a leg: the vehicle's fate, then the person's own, then perhaps the arrival."""
    life, due = people.life[row], people.due[row]
    leg = life.cell
    fraction = float(life.last_fraction) if due == day else 1.0
    if life.vehicle != 0 and share_fate(world, keys, people, tally, row, leg, fraction, day, days_left):
        return
    risk = risk_class(life.group)
    harm, rest_u = draw_event(
        u, fraction, world.rate, leg, risk, HARMS, world.harm_multiplier, life.vulnerability
    )
    if harm != NOTHING:
        rest_u = np.nan
        if suffer(world, keys, people, tally, row, harm, day, days_left):
            return
    if due <= day:
        arrive(world, keys, people, tally, row, leg, 1.0 - fraction, rest_u, day, days_left)


@inner
def leave_custody(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """End detention or captivity: expulsion over a leg, assisted return, or release at the place."""
    cell = people.life[row].cell
    place = world.cell_place[cell]
    if world.cell_status[cell] == Status.DETAINED:
        rules = world.place[place]
        u = uniform(keys[Stream.CUSTODY], people.who[row], day, 2)
        if rules.expulsion_leg >= 0 and u < rules.exit_expelled:
            count(tally, people, row, Event.EXPELLED)
            take_leg(world, keys, people, tally, row, rules.expulsion_leg, np.uint64(0), day, days_left)
            return
        if u >= 1.0 - rules.exit_assisted:
            end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
            return
    count(tally, people, row, Event.RELEASED)
    if world.place[place].is_terminal:  # nobody decides there any more: who is let go has arrived
        end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
        return
    stay_at(world, people, tally, row, place, Status.WAITING, days_left)


@inner
def stay(world, keys, people, tally, row, u, day, days_left):  # type: ignore[no-untyped-def]
    """A day at a place or in custody: a harm, the end of the stay, a need for a service, or nothing."""
    if people.due[row] <= day:
        leave_custody(world, keys, people, tally, row, day, days_left)
        return
    life = people.life[row]
    cell = life.cell
    risk = risk_class(life.group)
    event, _ = draw_event(u, 1.0, world.rate, cell, risk, RATES, world.harm_multiplier, life.vulnerability)
    if event == NOTHING:
        return
    if event == Rate.LEAVE:
        status = world.cell_status[cell]
        if status == Status.DETAINED or status == Status.CAPTIVE:
            leave_custody(world, keys, people, tally, row, day, days_left)
        else:
            decide(world, keys, people, tally, row, world.cell_place[cell], day, days_left)
    elif event == Rate.SEEK:
        enlist(tally, SEEKING, row, world.cell_place[cell])
    else:
        suffer(world, keys, people, tally, row, event, day, days_left)


@inner
def draw_luck(keys, people, row, day):  # type: ignore[no-untyped-def]
    """Draw a person's screening bytes for the 16 days that hold ``day``."""
    w0, w1, w2, w3 = words(keys[Stream.SCREEN], people.who[row], day // DAYS_OF_LUCK, 0)
    for k in range(DAYS_OF_LUCK):
        people.luck[row, k] = screen_byte(w0, w1, w2, w3, k)


@inner
def start_journey(world, keys, people, tally, row, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Somebody who could start today does, or stays at home; who starts decides at once where to go."""
    life = people.life[row]
    stream = life.group // DEMOGRAPHICS
    if uniform(keys[Stream.START], people.who[row], 0, 0) >= world.go[stream, life.choice_class]:
        end_journey(world, people, tally, row, Status.STAYED_HOME, Event.STAYED_HOME, days_left)
        return
    draw_luck(keys, people, row, day)
    stay_at(world, people, tally, row, start_place[stream], Status.WAITING, days_left)
    count(tally, people, row, Event.STARTED)
    decide(world, keys, people, tally, row, start_place[stream], day, days_left)


@inner
def live(world, keys, people, tally, row, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of a person whose screening byte, or due day, says that something may happen."""
    status = world.cell_status[people.life[row].cell]
    if status == Status.NOT_STARTED:
        if people.due[row] <= day:
            start_journey(world, keys, people, tally, row, start_place, day, days_left)
        return
    if status > Status.DETAINED or status == Status.STAYED_HOME:
        return
    a, b, _, _ = words(keys[Stream.EVENT], people.who[row], day, 0)
    u = (float(people.luck[row, day % DAYS_OF_LUCK]) + to_uniform(a, b)) / 256.0
    if status == Status.TRAVELLING or status == Status.PATHWAY:
        travel(world, keys, people, tally, row, u, day, days_left)
    else:
        stay(world, keys, people, tally, row, u, day, days_left)


@entry
def draw_luck_of(keys, people, rows, day):  # type: ignore[no-untyped-def]
    """Draw the screening bytes of people who are on the way when a run begins."""
    for i in range(rows.size):
        draw_luck(keys, people, rows[i], day)


@inner
def screen(keys, people, rows, first, last, day, picked):  # type: ignore[no-untyped-def]
    """Pick the people of rows[first:last] to whom something may happen today; return how many.

    Somebody whose byte is above the bound has, for certain, a day without an event; the byte is the leading part of
    the event's uniform.

    picked  (chunk,) int32 OUT
    """
    k = day % DAYS_OF_LUCK
    if k == 0:
        for i in range(first, last):
            draw_luck(keys, people, rows[i], day)
    n = 0
    for i in range(first, last):
        row = rows[i]
        if people.luck[row, k] <= people.bound[row] or people.due[row] <= day:
            picked[n] = row
            n += 1
    return n


@entry
def live_day(world, keys, people, tally, lane, rows, chunk, start_place, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of one lane's share of ``rows``: every n-th chunk from the lane's number on.

    tally        arrays with a leading axis of lanes
    rows         (n,) int32, everybody whose journey may not have ended
    start_place  (S,) int32, place where a stream starts
    day          absolute day; days_left  days of the month that remain, today included
    """
    n_lanes = tally.flow.shape[0]
    mine = lane_of(tally, lane)
    picked = np.empty(chunk, np.int32)
    for first in range(lane * chunk, rows.size, n_lanes * chunk):
        n = screen(keys, people, rows, first, min(first + chunk, rows.size), day, picked)
        touched = 0
        for i in range(n):  # fetch the rows together: one by one, each would wait for memory
            touched += people.life[picked[i]].cell
        for i in range(n if touched >= 0 else 0):
            live(world, keys, people, mine, picked[i], start_place, day, days_left)


@entry
def drop_ended(world, people, rows):  # type: ignore[no-untyped-def]
    """Move the rows of journeys that have not ended to the front, in order; return how many they are."""
    n = 0
    for i in range(rows.size):
        status = world.cell_status[people.life[rows[i]].cell]
        if status <= Status.DETAINED and status != Status.STAYED_HOME:
            rows[n] = rows[i]
            n += 1
    return n


@entry
def refresh_bounds(world, people, rows):  # type: ignore[no-untyped-def]
    """Set every screening bound anew after a lever changed; keep those of ended journeys at 0."""
    for i in range(rows.size):
        status = world.cell_status[people.life[rows[i]].cell]
        if status >= Status.WAITING and status <= Status.DETAINED:
            refresh_bound(world, people, rows[i])
