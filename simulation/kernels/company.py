"""Who is still with whom: at the end of a day, the parties in which somebody moved are looked over.

Separation is observed, not assumed: members follow the same draws while nothing happens to one of them alone. Whoever
is now elsewhere (held, dead, aboard another boat, out of money) is apart from those who were with them until today.
A party with a child and an adult is a family: only there does parting count as separation.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.harm import need_after
from simulation.kernels.layout import (
    DEMOGRAPHICS,
    LEFT,
    LISTED,
    MAX_PARTY,
    NEVER,
    OWN_WAY,
    Event,
    Rate,
    Status,
)
from simulation.kernels.moves import count, is_free, lane_of, refresh_bound
from simulation.kernels.vulnerability import hurt

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
    if status == Status.TRAVELLING:  # the same leg, boat or vehicle, and day of arrival
        return (
            np.int64(life.cell) + (np.int64(people.due[row]) << 24) + (np.int64(life.vehicle & 0xFFFF) << 48)
        )
    if is_free(status) or status == Status.ALTERNATIVE:
        return np.int64(world.setup[0].n_legs + world.cell_place[life.cell])
    return np.int64(life.cell) + (np.int64(1) << 23)


@inner
def part(world, people, tally, row, lost, met):  # type: ignore[no-untyped-def]
    """Count who lost or met somebody of the party today."""
    if lost:
        count(tally, people, row, Event.SEPARATION)
        hurt(world, people, row)
        if world.setup[0].needs_on:
            people.life[row].needs |= need_after(Rate.SEPARATION)
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
def share_fortune(world, people, first, size, where, i):  # type: ignore[no-untyped-def]
    """Let member i and those together with them, of whom i is the first, share their purse and their next decision."""
    n, purse, due = 0, 0, NEVER
    for j in range(i, size):
        if where[j] == where[i]:
            n += 1
            purse += people.life[first + j].money
            due = min(due, people.due[first + j])
    at_place = is_free(world.cell_status[people.life[first + i].cell])
    given = 0
    for j in range(i, size):
        if where[j] == where[i]:
            life = people.life[first + j]
            life.money = purse // n + (1 if given < purse % n else 0)
            given += 1
            if at_place and is_free(world.cell_status[life.cell]):
                people.due[first + j] = due


@inner
def look_over(world, people, tally, first, where):  # type: ignore[no-untyped-def]
    """Compare where the members of one party are with whom they were with; where (MAX_PARTY,) int64 scratch."""
    size = people.life[first].party_size
    has_child, has_parent = False, False
    for i in range(size):
        where[i] = whereabouts(world, people, first + i)
        people.life[first + i].flags &= ~LISTED
        has_child |= people.life[first + i].group % DEMOGRAPHICS % 3 == 1
        has_parent |= people.life[first + i].group % DEMOGRAPHICS % 3 == 0
    for i in range(size):
        life = people.life[first + i]
        if has_ended(world.cell_status[life.cell]):
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
        if now and first_of_group:
            share_fortune(world, people, first, size, where, i)
        life.together = now
        if world.cell_status[life.cell] != Status.NOT_STARTED:
            refresh_bound(world, people, first + i)


@entry
def keep_company(world, people, tally, rows):  # type: ignore[no-untyped-def]
    """Look over the party of everybody listed; rows (n,) int32 in any order, parties may be listed more than once."""
    mine = lane_of(tally, 0)
    where = np.empty(MAX_PARTY, np.int64)
    for i in range(rows.size):
        if people.life[rows[i]].flags & LISTED:
            look_over(world, people, mine, rows[i] - people.life[rows[i]].party_index, where)
