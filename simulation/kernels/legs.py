"""Starting a leg and paying for it, what a boat or vehicle meets on it, and being brought back to land."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import step
from simulation.kernels.layout import CROSSED_SAHARA, RELOCATING, Event, Purpose, Status
from simulation.kernels.money import pay
from simulation.kernels.moves import count, end_journey, enlist, move, refresh_bound, shared_luck, stay_at
from simulation.kernels.rng import Stream, to_uniform, uniform, words
from simulation.kernels.travel import due_day, triangular
from simulation.kernels.vulnerability import hurt


@step
def take_leg(world, keys, people, tally, row, leg, vehicle, day, days_left):  # type: ignore[no-untyped-def]
    """Start a leg at the end of ``day``; travel begins the next morning, its time drawn once, shared by a vehicle."""
    life, way = people.life[row], world.leg[leg]
    life.vehicle = vehicle
    life.since = day
    move(world, people, tally, row, leg, days_left)
    count(tally, people, row, Event.ENTERED)
    tally.flow[leg] += 1
    if world.setup[0].money_on and way.price > 0:
        pay(tally, people, row, Event.USD_FARES, way.price)
        refresh_bound(world, people, row)  # a fare on credit makes a debt
    if way.is_sahara and not life.flags & CROSSED_SAHARA:
        life.flags |= CROSSED_SAHARA
        count(tally, people, row, Event.SAHARA_CROSSING)
    days = way.days_low
    if way.days_high > way.days_low:
        luck = vehicle if vehicle != 0 else shared_luck(people, row)
        u = uniform(keys[Stream.TRAVEL], luck, day, way.hash)
        days = triangular(u, way.days_low, way.days_mode, way.days_high)
    due, fraction = due_day(day, days)
    people.due[row] = due
    life.last_fraction = fraction
    if way.is_sea and way.purpose == Purpose.IRREGULAR and not world.place[way.origin].is_sea_zone:
        if life.sea_attempts > 0:
            count(tally, people, row, Event.REPEAT_ATTEMPT)
        life.sea_attempts = min(255, life.sea_attempts + 1)
        count(tally, people, row, Event.SEA_ATTEMPT)


@step
def end_in_arrival(world, people, tally, row, place, days_left):  # type: ignore[no-untyped-def]
    """End a journey at a destination; where other countries offer places, the person enters the lottery for them."""
    end_journey(world, people, tally, row, Status.ARRIVED, Event.ARRIVED, days_left)
    if world.place[place].relocation > 0.0:
        enlist(tally, RELOCATING, row, place)


@step
def set_down(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Leave somebody free at a place; at a destination nobody decides any more: there they have arrived."""
    if world.place[place].is_terminal:
        end_in_arrival(world, people, tally, row, place, days_left)
    else:
        stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)


@step
def bring_ashore(world, keys, people, tally, row, leg, rescued, day, days_left):  # type: ignore[no-untyped-def]
    """Bring somebody to land: rescued at sea to a place of disembarkation, others back to the coast or the start."""
    way = world.leg[leg]
    if rescued:
        count(tally, people, row, Event.RESCUED)
    if way.is_sea and (rescued or way.back_leg < 0) and way.rescue_place >= 0:
        set_down(world, keys, people, tally, row, way.rescue_place, day, days_left)
    elif way.is_sea and way.back_leg >= 0:
        take_leg(world, keys, people, tally, row, way.back_leg, np.uint64(0), day, days_left)
    else:  # a sea zone without a way back and without a port leads on: nobody stays at sea
        land = way.destination if world.place[way.origin].is_sea_zone else way.origin
        set_down(world, keys, people, tally, row, land, day, days_left)


@step
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
        if uniform(keys[Stream.SURVIVAL], people.life[row].who, day, 0) < dies:
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
