"""Moving one person from cell to cell, with every count that a move changes."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner, step, viewing
from simulation.kernels.hazards import bound_of, load_of
from simulation.kernels.layout import (
    DEMOGRAPHICS,
    HARMS,
    LISTED,
    NEVER,
    OWN_WAY,
    PARTING,
    RATES,
    Event,
    Status,
    Tally,
)
from simulation.kernels.rng import Stream, uniform

_PER_LEVEL = 1.0 / 255.0  # of vulnerability


@inner
def is_child(group):  # type: ignore[no-untyped-def]
    """Return whether a group is of children; the demographic is sex * 3 + (adult, accompanied, unaccompanied)."""
    return group % DEMOGRAPHICS % 3 > 0


@viewing
def lane_of(tally, lane):  # type: ignore[no-untyped-def]
    """Return the tally of one lane: views, no copies."""
    return Tally(
        tally.events[lane],
        tally.touched[lane],
        tally.moved[lane],
        tally.census[lane],
        tally.flow[lane],
        tally.listed[lane],
        tally.n_listed[lane],
    )


@inner
def enlist(tally, which, row, target):  # type: ignore[no-untyped-def]
    """Put a person on one of the day's lists, with a leg, a place or what else the list is about."""
    i = tally.n_listed[which]
    tally.listed[which, i, 0] = row
    tally.listed[which, i, 1] = target
    tally.n_listed[which] = i + 1


@inner
def note_company(people, tally, row):  # type: ignore[no-untyped-def]
    """List somebody who travels in a party, once a day: the phase keep_company then sees who is still with whom."""
    life = people.life[row]
    if life.party_size > 1 and not life.flags & LISTED:
        life.flags |= LISTED
        enlist(tally, PARTING, row, 0)


@inner
def shared_luck(people, row):  # type: ignore[no-untyped-def]
    """Return the key of what a party decides as one: its head's who; one's own for the solitary and the parted."""
    life = people.life[row]
    return people.life[row].who if life.flags & OWN_WAY else life.party


@inner
def place_cell(world, place, status):  # type: ignore[no-untyped-def]
    """Return the cell of a place for a status of PLACE_BLOCKS."""
    block = 0
    if status == Status.WORKING:
        block = 1
    elif status == Status.STRANDED:
        block = 2
    elif status == Status.ALTERNATIVE:
        block = 3
    elif status == Status.DETAINED:
        block = 4
    elif status == Status.CAPTIVE:
        block = 5
    return world.setup[0].n_legs + block * world.setup[0].n_places + place


@inner
def terminal_cell(world, status):  # type: ignore[no-untyped-def]
    """Return the cell of a terminal status (or of NOT_STARTED), in TERMINAL_ORDER."""
    base = world.setup[0].n_legs + 6 * world.setup[0].n_places
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
def is_free(status):  # type: ignore[no-untyped-def]
    """Return whether somebody at a place comes and goes as they like."""
    return status == Status.WAITING or status == Status.WORKING or status == Status.STRANDED


@inner
def rates_of(world, life):  # type: ignore[no-untyped-def]
    """Return how many of a cell's rates compete for a person: parties renew on a day drawn for all, not each alone."""
    if life.party_size > 1 and is_free(world.cell_status[life.cell]):
        return HARMS + 1
    return RATES


@inner
def seek_factor(world, life):  # type: ignore[no-untyped-def]
    """Return what the rate of seeking help is multiplied by: vulnerability, and more with a need open."""
    urgency = world.setup[0].need_urgency if life.needs else 0.0
    return life.vulnerability / 255.0 * (1.0 + urgency)


@inner
def bond_factor(world, life):  # type: ignore[no-untyped-def]
    """Return what the rate of abduction and trafficking is multiplied by: more for people in debt."""
    return world.setup[0].bonded if life.debt > 0 else world.setup[0].unbonded


@inner
def load_today(world, life, cell, n_rates):  # type: ignore[no-untyped-def]
    """Return the sum of a person's rates a day in a cell, but for the last bits; only the first n_rates compete."""
    urgency = world.setup[0].need_urgency if life.needs else 0.0
    seek = life.vulnerability * _PER_LEVEL * (1.0 + urgency)  # seek_factor without its division
    return load_of(
        world.load, cell, world.risk[life.group], n_rates, world.harm_multiplier, life.vulnerability, seek,
        bond_factor(world, life),
    )  # fmt: skip


@inner
def refresh_bound(world, people, row):  # type: ignore[no-untyped-def]
    """Set the screening bound of a person from the cell's rates: 255 aboard a vehicle, whose fate is shared."""
    life = people.life[row]
    if life.vehicle != 0:
        people.bound[row] = 255
    else:
        people.bound[row] = bound_of(load_today(world, life, life.cell, rates_of(world, life)))


@inner
def count(tally, people, row, event):  # type: ignore[no-untyped-def]
    """Count an event at the person's cell."""
    life = people.life[row]
    tally.events[event, life.cell, life.group] += 1
    tally.touched[event, life.cell] = 1


@step
def move(world, people, tally, row, cell, days_left):  # type: ignore[no-untyped-def]
    """Move a person to another cell at the end of a day of which, today included, ``days_left`` remain in the month.

    The census is taken at the end of the day: the new cell gets this day and the rest of the month, the old loses it.
    """
    life = people.life[row]
    days_and_one = (np.int64(days_left) << 32) + 1
    tally.moved[life.cell, life.group] -= days_and_one
    tally.moved[cell, life.group] += days_and_one
    tally.census[life.cell] -= 1
    tally.census[cell] += 1
    life.cell = cell
    people.due[row] = NEVER
    refresh_bound(world, people, row)
    note_company(people, tally, row)


def _waiting_days(u, mean):  # type: ignore[no-untyped-def]
    """Return whole days before an exponential wait of so many days on average ends, at most a million."""
    return int(min(-math.log1p(-u) * mean, 1e6))


waiting_days = inner(_waiting_days)


@step
def renew(world, keys, people, row, place, day):  # type: ignore[no-untyped-def]
    """Draw the day of the next decision of somebody in a party: geometric, with the daily chance of everybody else."""
    u = uniform(keys[Stream.RENEWAL], shared_luck(people, row), day, 0)
    people.due[row] = day + 1 + waiting_days(u, world.place[place].stay_days)


@step
def stay_at(world, keys, people, tally, row, place, status, day, days_left):  # type: ignore[no-untyped-def]
    """Move a person on foot to a place in a status."""
    life = people.life[row]
    life.vehicle = 0
    life.since = day
    move(world, people, tally, row, place_cell(world, place, status), days_left)
    if life.party_size > 1 and is_free(status):
        renew(world, keys, people, row, place, day)


@step
def end_journey(world, people, tally, row, status, event, days_left):  # type: ignore[no-untyped-def]
    """Count the event that ends a journey where it happens, then move the person to the terminal cell."""
    count(tally, people, row, event)
    people.life[row].vehicle = 0
    move(world, people, tally, row, terminal_cell(world, status), days_left)
    people.bound[row] = 0


@step
def go_home(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """Return a person home; some of them start again after a while."""
    end_journey(world, people, tally, row, Status.RETURNED, Event.RETURNED, days_left)
    setup = world.setup[0]
    luck = shared_luck(people, row)  # a family that came home together starts again together
    if setup.remigration_share > 0.0 and uniform(keys[Stream.RETURN], luck, day, 0) < setup.remigration_share:
        u = uniform(keys[Stream.RETURN], luck, day, 1)
        people.due[row] = day + 1 + waiting_days(u, setup.remigration_days)
