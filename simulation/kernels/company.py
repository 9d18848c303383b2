"""Who is still with whom: at the end of a day, the parties in which somebody moved are looked over.

Separation is observed, not assumed: members follow the same draws while nothing happens to one of them alone. Whoever
is now elsewhere (held, dead, aboard another boat, out of money) is apart from those who were with them until today.
A party with a child and an adult is a family: only there does parting count as separation.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner, step
from simulation.kernels.custody import detain, hold_unofficially
from simulation.kernels.harm import wound
from simulation.kernels.layout import (
    DEMOGRAPHICS,
    LEFT,
    LISTED,
    MAX_PARTY,
    NEVER,
    OWN_WAY,
    PARTING,
    SPARE,
    UNRECORDED,
    Event,
    Rate,
    Status,
)
from simulation.kernels.money import collect_wages, lose
from simulation.kernels.moves import count, is_free, lane_of, place_cell, refresh_bound, stay_at
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, uniform
from simulation.kernels.vulnerability import wear_down

_ALONE = np.int64(-1)


@inner
def has_ended(status):  # type: ignore[no-untyped-def]
    """Return whether a journey is over: whoever is still under way is alone then, the others stay as they were."""
    return status > Status.DETAINED or status == Status.STAYED_HOME


@inner
def whereabouts(world, people, row):  # type: ignore[no-untyped-def]
    """Return a number that people share who are together, -1 for somebody who is with nobody."""
    life = people.life[row]
    status = world.cell_status[life.cell]
    if has_ended(status) or life.flags & OWN_WAY:
        return _ALONE
    vehicles_on = world.setup[0].vehicles_on  # without them a boat is the party's own, whenever it leaves
    if status == Status.TRAVELLING and life.vehicle != 0 and vehicles_on:  # the same leg, its day and number
        aboard = np.int64(life.vehicle & np.uint64(0xFFFFFFFF))
        return np.int64(life.cell) + (aboard << 24) + (np.int64(1) << 57)
    if status == Status.TRAVELLING:  # the same leg and day of arrival
        return np.int64(life.cell) + (np.int64(people.due[row]) << 24)
    if is_free(status) or status == Status.ALTERNATIVE:
        return np.int64(world.setup[0].n_legs + world.cell_place[life.cell])
    if status == Status.PATHWAY:  # waits where the application was made
        return np.int64(world.setup[0].n_legs + world.leg[life.cell].origin)
    return np.int64(life.cell) + (np.int64(1) << 23)


@inner
def part(world, people, tally, row, lost, met):  # type: ignore[no-untyped-def]
    """Count who lost or met somebody of the party today."""
    if lost:
        count(tally, people, row, Event.SEPARATION)
        wound(world, people, row, Rate.SEPARATION)
    if met:
        count(tally, people, row, Event.REUNITED)


@inner
def see_child(people, tally, row, had_adult, has_adult):  # type: ignore[no-untyped-def]
    """Note whether a child who came with an adult still has one."""
    life = people.life[row]
    if life.group % DEMOGRAPHICS % 3 != 1:
        return
    if had_adult and not has_adult:
        life.flags |= LEFT
        count(tally, people, row, Event.LEFT_ALONE)
    elif has_adult:
        life.flags &= ~LEFT


@inner
def share_fortune(world, people, tally, first, size, where, i, day):  # type: ignore[no-untyped-def]
    """Let member i and those together with them, of whom i is the first, share their purse and their next decision."""
    n, purse, due = 0, 0, NEVER
    for j in range(i, size):
        if where[j] == where[i]:
            collect_wages(world, people, tally, first + j, day)  # or who is paid later would have more
            n += 1
            purse += people.life[first + j].money
            due = min(due, people.due[first + j])
    at_place = is_free(world.cell_status[people.life[first + i].cell])
    given = 0
    for j in range(i, size):
        if where[j] == where[i]:
            life = people.life[first + j]
            life.money = purse // n + (1 if given < purse % n else 0)
            life.flags = (life.flags & ~SPARE) | (SPARE if given < purse % n else 0)
            given += 1
            if at_place and is_free(world.cell_status[life.cell]):
                people.due[first + j] = due


@inner
def guardian_gone(world, people, first, i):  # type: ignore[no-untyped-def]
    """Return the adult whom child i was with until today and who is now held or free elsewhere; -1 if one is here."""
    life = people.life[first + i]
    mine, found = world.cell_status[life.cell], -1
    for j in range(np.int64(life.party_size)):
        if (life.together >> j) & 1 and people.life[first + j].group % DEMOGRAPHICS % 3 == 0:
            theirs = world.cell_status[people.life[first + j].cell]
            if people.life[first + j].cell == life.cell or (is_free(mine) and is_free(theirs)):
                return -1
            if theirs == Status.CAPTIVE or theirs == Status.DETAINED or is_free(theirs):
                found = j
    return found


@step
def follow(world, keys, people, tally, first, i, day, days_left):  # type: ignore[no-untyped-def]
    """Let a child whose last adult was taken into custody, or was let go from it, go where the adult is.

    Where children are exempt from detention they do not follow into it. A child who was itself taken today stays.
    """
    life = people.life[first + i]
    mine = world.cell_status[life.cell]
    if life.group % DEMOGRAPHICS % 3 != 1 or life.flags & OWN_WAY or has_ended(mine):
        return
    guardian = guardian_gone(world, people, first, i)
    if guardian < 0:
        return
    cell = people.life[first + guardian].cell
    place, status = world.cell_place[cell], world.cell_status[cell]
    in_custody = mine == Status.CAPTIVE or mine == Status.DETAINED
    if in_custody != is_free(status) or (
        in_custody and (world.cell_place[life.cell] != place or life.since == day)
    ):
        return
    if uniform(keys[Stream.PARTY], people.life[first + i].who, day, 1) >= world.setup[0].family_unity:
        return
    collect_wages(world, people, tally, first + i, day)
    if is_free(status):
        come_out(world, keys, people, tally, first + i, place, day, days_left)
    elif status == Status.CAPTIVE and people.due[first + guardian] != UNRECORDED:
        count(tally, people, first + i, Event.ABDUCTION)
        wound(world, people, first + i, Rate.ABDUCTION)
        stay_at(world, keys, people, tally, first + i, place, Status.CAPTIVE, day, days_left)
    elif world.place[place].arrest_child < 0.0:
        return
    elif status == Status.CAPTIVE:
        hold_unofficially(world, keys, people, tally, first + i, place, day, days_left)
    else:
        detain(world, keys, people, tally, first + i, place, day, days_left)


@inner
def come_out(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Let a child out of custody with the adult: captors keep what money it has, and the days have left their mark."""
    wear_down(world, people, row, day)
    if world.setup[0].money_on and world.cell_status[people.life[row].cell] == Status.CAPTIVE:
        lose(tally, people, row, Event.USD_ROBBED, people.life[row].money)
    count(tally, people, row, Event.RELEASED)
    stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)


@step
def turn_back(world, keys, people, tally, first, i, day, days_left):  # type: ignore[no-untyped-def]
    """Let somebody under way go back with whom of the family was turned back, or placed in the community, today."""
    life = people.life[first + i]
    if world.cell_status[life.cell] != Status.TRAVELLING or life.flags & OWN_WAY:
        return
    origin = world.leg[life.cell].origin
    for j in range(np.int64(life.party_size)):
        other = people.life[first + j]
        in_community = world.cell_status[other.cell] == Status.ALTERNATIVE
        turned_back = other.cell == place_cell(world, origin, Status.WAITING) and life.since < day
        if (life.together >> j) & 1 and other.since == day and (in_community or turned_back):
            place = world.cell_place[other.cell]
            if uniform(keys[Stream.PARTY], people.life[first].who, day, 2) < world.setup[0].family_unity:
                stay_at(world, keys, people, tally, first + i, place, Status.WAITING, day, days_left)
            return


@inner
def leave_others(world, people, first, size, i):  # type: ignore[no-untyped-def]
    """Keep somebody who came home, and may start again, with those only who have come home as well."""
    life = people.life[first + i]
    if world.cell_status[life.cell] == Status.RETURNED:
        for j in range(size):
            if world.cell_status[people.life[first + j].cell] != Status.RETURNED:
                life.together &= ~(1 << j)


@inner
def go_as_one(world, people, first, size, day):  # type: ignore[no-untyped-def]
    """Return whether a party that was together has done the same all day and shares its purse: nothing to look over."""
    head = people.life[first]
    status = world.cell_status[head.cell]
    if has_ended(status) or status == Status.NOT_STARTED:
        return False
    everybody = (1 << size) - 1
    last = people.life[first + size - 1]
    spare = 1  # members who carry a dollar more come first
    for i in range(size):
        life = people.life[first + i]
        carries = 1 if life.flags & SPARE else 0
        if (
            life.cell != head.cell
            or people.due[first + i] != people.due[first]
            or life.vehicle != head.vehicle
            or life.flags & (OWN_WAY | LEFT)
            or life.together != everybody - (1 << i)
            or life.money != last.money + carries
            or carries > spare
            or (status == Status.WORKING and life.since != day)
        ):
            return False
        spare = carries
    return not last.flags & SPARE


@step
def look_over(world, keys, people, tally, first, where, day, days_left):  # type: ignore[no-untyped-def]
    """Compare where the members of one party are with whom they were with; where (MAX_PARTY,) int64 scratch."""
    size = np.int64(people.life[first].party_size)
    if go_as_one(world, people, first, size, day):
        for i in range(size):
            people.life[first + i].flags &= ~LISTED
        return
    has_child, has_parent = False, False
    for i in range(size):
        has_child |= people.life[first + i].group % DEMOGRAPHICS % 3 == 1
        has_parent |= people.life[first + i].group % DEMOGRAPHICS % 3 == 0
    if has_child and has_parent and world.setup[0].family_unity > 0.0:
        for i in range(size):
            turn_back(world, keys, people, tally, first, i, day, days_left)
            follow(world, keys, people, tally, first, i, day, days_left)
    for i in range(size):
        where[i] = whereabouts(world, people, first + i)
        people.life[first + i].flags &= ~LISTED
    for i in range(size):
        life = people.life[first + i]
        if has_ended(world.cell_status[life.cell]):
            leave_others(world, people, first, size, i)
            continue
        now, had_adult, has_adult, first_of_group = 0, False, False, True
        for j in range(size):
            if j == i:
                continue
            adult = people.life[first + j].group % DEMOGRAPHICS % 3 == 0
            had_adult |= adult and (life.together >> j) & 1 == 1
            if where[i] != _ALONE and where[j] == where[i]:
                now |= 1 << j
                has_adult |= adult
                first_of_group &= j > i
        if has_child and has_parent:
            lost, met = life.together & ~now, now & ~life.together
            part(world, people, tally, first + i, lost, met)
            see_child(people, tally, first + i, had_adult, has_adult)
        if now == 0:
            life.flags &= ~SPARE
        elif first_of_group:
            share_fortune(world, people, tally, first, size, where, i, day)
        life.together = now
        if world.cell_status[life.cell] != Status.NOT_STARTED:
            refresh_bound(world, people, first + i)


@entry
def keep_company(world, keys, people, tally, rows, day, days_left):  # type: ignore[no-untyped-def]
    """Look over the party of everybody listed; rows (n,) int32 in any order, parties may be listed more than once."""
    world, people = by_reference(world), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    where = np.empty(MAX_PARTY, np.int64)
    for i in range(rows.size):
        if people.life[rows[i]].flags & LISTED:
            first = np.int64(rows[i]) - np.int64(people.life[rows[i]].party_index)
            look_over(world, keys, people, mine, first, where, day, days_left)
    mine.n_listed[PARTING] = 0  # whoever was moved here has been looked over as well
