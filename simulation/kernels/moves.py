"""Moving one person from cell to cell, with every count that a move changes; and the start of a leg."""

from __future__ import annotations

from simulation.kernels.compile import inner, viewing
from simulation.kernels.hazards import screening_bound
from simulation.kernels.layout import CROSSED_SAHARA, DEMOGRAPHICS, NEVER, Event, Purpose, Status, Tally
from simulation.kernels.rng import Stream, uniform
from simulation.kernels.travel import due_day, triangular


def _risk_class(group):  # type: ignore[no-untyped-def]
    """Return sex * 2 + is_child of a group; the demographic is sex * 3 + (adult, accompanied, unaccompanied)."""
    demographic = group % DEMOGRAPHICS
    return (demographic // 3) * 2 + (1 if demographic % 3 > 0 else 0)


risk_class = inner(_risk_class)


@viewing
def lane_of(tally, lane):  # type: ignore[no-untyped-def]
    """Return the tally of one lane: views, no copies."""
    return Tally(
        tally.events[lane],
        tally.moved[lane],
        tally.census[lane],
        tally.flow[lane],
        tally.listed[lane],
        tally.n_listed[lane],
    )


@inner
def enlist(tally, which, row, target):  # type: ignore[no-untyped-def]
    """Put a person on one of the day's lists: BOARDING, SEEKING or APPLYING, with a leg or place."""
    i = tally.n_listed[which]
    tally.listed[which, i, 0] = row
    tally.listed[which, i, 1] = target
    tally.n_listed[which] = i + 1


@inner
def place_cell(world, place, status):  # type: ignore[no-untyped-def]
    """Return the cell of a place for WAITING, WORKING, DETAINED or CAPTIVE."""
    block = 0
    if status == Status.WORKING:
        block = 1
    elif status == Status.DETAINED:
        block = 2
    elif status == Status.CAPTIVE:
        block = 3
    return world.setup[0].n_legs + block * world.setup[0].n_places + place


@inner
def terminal_cell(world, status):  # type: ignore[no-untyped-def]
    """Return the cell of a terminal status (or of NOT_STARTED), in TERMINAL_ORDER."""
    base = world.setup[0].n_legs + 4 * world.setup[0].n_places
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


@inner
def refresh_bound(world, people, row):  # type: ignore[no-untyped-def]
    """Set the screening bound of a person from the cell's rates: 255 aboard a vehicle, whose fate is shared."""
    life = people.life[row]
    if life.vehicle != 0:
        people.bound[row] = 255
    else:
        people.bound[row] = screening_bound(
            world.rate, life.cell, risk_class(life.group), world.harm_multiplier, life.vulnerability
        )


@inner
def count(tally, people, row, event):  # type: ignore[no-untyped-def]
    """Count an event at the person's cell."""
    life = people.life[row]
    tally.events[life.cell, life.group, event] += 1


@inner
def move(world, people, tally, row, cell, days_left):  # type: ignore[no-untyped-def]
    """Move a person to another cell at the end of a day of which, today included, ``days_left`` remain in the month.

    The census is taken at the end of the day: the new cell gets this day and the rest of the month, the old loses it.
    """
    life = people.life[row]
    tally.moved[life.cell, life.group, 0] -= days_left
    tally.moved[life.cell, life.group, 1] -= 1
    tally.moved[cell, life.group, 0] += days_left
    tally.moved[cell, life.group, 1] += 1
    tally.census[world.cell_status[life.cell]] -= 1
    tally.census[world.cell_status[cell]] += 1
    life.cell = cell
    people.due[row] = NEVER
    refresh_bound(world, people, row)


@inner
def stay_at(world, people, tally, row, place, status, days_left):  # type: ignore[no-untyped-def]
    """Move a person on foot to a place in a status."""
    people.life[row].vehicle = 0
    move(world, people, tally, row, place_cell(world, place, status), days_left)


@inner
def end_journey(world, people, tally, row, status, event, days_left):  # type: ignore[no-untyped-def]
    """Count the event that ends a journey where it happens, then move the person to the terminal cell."""
    count(tally, people, row, event)
    people.life[row].vehicle = 0
    move(world, people, tally, row, terminal_cell(world, status), days_left)
    people.bound[row] = 0


@inner
def take_leg(world, keys, people, tally, row, leg, vehicle, day, days_left):  # type: ignore[no-untyped-def]
    """Start a leg at the end of ``day``; travel begins the next morning, its time drawn once, shared by a vehicle."""
    life, way = people.life[row], world.leg[leg]
    life.vehicle = vehicle
    move(world, people, tally, row, leg, days_left)
    count(tally, people, row, Event.ENTERED)
    tally.flow[leg] += 1
    if way.is_sahara and not life.flags & CROSSED_SAHARA:
        life.flags |= CROSSED_SAHARA
        count(tally, people, row, Event.SAHARA_CROSSING)
    luck = vehicle if vehicle != 0 else people.who[row]
    u = uniform(keys[Stream.TRAVEL], luck, day, way.hash)
    due, fraction = due_day(day, triangular(u, way.days_low, way.days_mode, way.days_high))
    people.due[row] = due
    life.last_fraction = fraction
    if way.is_sea and way.purpose == Purpose.IRREGULAR and not world.place[way.origin].is_sea_zone:
        life.sea_attempts = min(255, life.sea_attempts + 1)
        count(tally, people, row, Event.SEA_ATTEMPT)


@inner
def hurt(world, people, row):  # type: ignore[no-untyped-def]
    """Raise vulnerability after an incident: by the step, of what is left to 1."""
    life = people.life[row]
    v = int(life.vulnerability)
    v += (world.setup[0].vulnerability_step * (255 - v) + 127) // 255
    life.vulnerability = min(255, v)
    life.incidents = min(255, life.incidents + 1)
