"""Moving one person from cell to cell, with every count that a move changes; and the start of a leg."""

from __future__ import annotations

from numba import njit

from simulation.kernels.hazards import screening_bound
from simulation.kernels.layout import (
    CROSSED_SAHARA,
    DEMOGRAPHICS,
    NEVER,
    Event,
    Purpose,
    Status,
    Tally,
)
from simulation.kernels.rng import uniform
from simulation.kernels.travel import due_day, triangular


def _risk_class(group):  # type: ignore[no-untyped-def]
    """Return sex * 2 + is_child of a group; the demographic is sex * 3 + (adult, accompanied, unaccompanied)."""
    demographic = group % DEMOGRAPHICS
    return (demographic // 3) * 2 + (1 if demographic % 3 > 0 else 0)


risk_class = njit(_risk_class)


@njit
def lane_of(tally, lane):  # type: ignore[no-untyped-def]
    """Return the tally of one lane: views, no copies."""
    return Tally(
        tally.events[lane],
        tally.person_days[lane],
        tally.stock[lane],
        tally.flow[lane],
        tally.n_boarding[lane],
        tally.boarding[lane],
        tally.n_seeking[lane],
        tally.seeking[lane],
        tally.n_applying[lane],
        tally.applying[lane],
    )


@njit
def place_cell(world, place, status):  # type: ignore[no-untyped-def]
    """Return the cell of a place for WAITING, WORKING, DETAINED or CAPTIVE."""
    block = 0
    if status == Status.WORKING:
        block = 1
    elif status == Status.DETAINED:
        block = 2
    elif status == Status.CAPTIVE:
        block = 3
    return world.n_legs + block * world.n_places + place


@njit
def terminal_cell(world, status):  # type: ignore[no-untyped-def]
    """Return the cell of a terminal status (or of NOT_STARTED), in TERMINAL_ORDER."""
    base = world.n_legs + 4 * world.n_places
    if status == Status.NOT_STARTED:
        return base
    if status == Status.STAYED_HOME:
        return base + 1
    if status == Status.ARRIVED:
        return base + 2
    if status == Status.ADMITTED:
        return base + 3
    if status == Status.SETTLED:
        return base + 4
    if status == Status.RETURNED:
        return base + 5
    return base + 6


@njit
def refresh_bound(world, people, row):  # type: ignore[no-untyped-def]
    """Set the screening bound of a person from the cell's rates: 255 aboard a vehicle, whose fate is shared."""
    if people.vehicle[row] != 0:
        people.bound[row] = 255
    else:
        rate = world.cells.rate[people.cell[row], risk_class(people.group[row])]
        people.bound[row] = screening_bound(rate, world.harm_multiplier, people.vulnerability[row])


@njit
def count(tally, people, row, event):  # type: ignore[no-untyped-def]
    """Count an event at the person's cell."""
    tally.events[people.cell[row], people.group[row], event] += 1


@njit
def move(world, people, tally, row, cell, days_left):  # type: ignore[no-untyped-def]
    """Move a person to another cell at the end of a day of which, today included, ``days_left`` remain in the month.

    The census is taken at the end of the day: the new cell gets this day and the rest of the month, the old loses it.
    """
    group = people.group[row]
    old = people.cell[row]
    tally.person_days[old, group] -= days_left
    tally.person_days[cell, group] += days_left
    tally.stock[old, group] -= 1
    tally.stock[cell, group] += 1
    people.cell[row] = cell
    people.due[row] = NEVER
    refresh_bound(world, people, row)


@njit
def stay_at(world, people, tally, row, place, status, days_left):  # type: ignore[no-untyped-def]
    """Move a person on foot to a place in a status."""
    people.vehicle[row] = 0
    move(world, people, tally, row, place_cell(world, place, status), days_left)


@njit
def end_journey(world, people, tally, row, status, event, days_left):  # type: ignore[no-untyped-def]
    """Count the event that ends a journey where it happens, then move the person to the terminal cell."""
    count(tally, people, row, event)
    people.vehicle[row] = 0
    move(world, people, tally, row, terminal_cell(world, status), days_left)
    people.bound[row] = 0


@njit
def take_leg(world, keys, people, tally, row, leg, vehicle, day, days_left):  # type: ignore[no-untyped-def]
    """Start a leg at the end of ``day``; travel begins the next morning, its time drawn once, shared by a vehicle."""
    legs = world.legs
    people.vehicle[row] = vehicle
    move(world, people, tally, row, leg, days_left)
    count(tally, people, row, Event.ENTERED)
    tally.flow[leg] += 1
    if legs.is_sahara[leg] and not people.flags[row] & CROSSED_SAHARA:
        people.flags[row] |= CROSSED_SAHARA
        count(tally, people, row, Event.SAHARA_CROSSING)
    luck = vehicle if vehicle != 0 else people.who[row]
    u = uniform(keys.travel, luck, day, legs.hash[leg])
    days = triangular(u, legs.days_low[leg], legs.days_mode[leg], legs.days_high[leg])
    due, fraction = due_day(day, days)
    people.due[row] = due
    people.last_fraction[row] = fraction
    from_coast = world.places.is_sea_zone[legs.origin[leg]] == 0
    if legs.is_sea[leg] and legs.purpose[leg] == Purpose.IRREGULAR and from_coast:
        people.sea_attempts[row] = min(255, people.sea_attempts[row] + 1)
        count(tally, people, row, Event.SEA_ATTEMPT)


@njit
def hurt(world, people, row):  # type: ignore[no-untyped-def]
    """Raise vulnerability after an incident: by the step, of what is left to 1."""
    v = int(people.vulnerability[row])
    v += (world.vulnerability_step * (255 - v) + 127) // 255
    people.vulnerability[row] = min(255, v)
    people.incidents[row] = min(255, people.incidents[row] + 1)
