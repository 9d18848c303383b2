"""Rows as such: keeping those of journeys under way together, parties as one; whose luck the people in some share."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import NEVER, Status
from simulation.kernels.moves import shared_luck
from simulation.kernels.reference import by_reference


@inner
def _goes_on(world, people, row):  # type: ignore[no-untyped-def]
    """Return whether a journey has not ended, or will start again."""
    status = world.cell_status[people.life[row].cell]
    under_way = status <= Status.DETAINED and status != Status.STAYED_HOME
    return under_way or (status == Status.RETURNED and people.due[row] < NEVER)


@entry
def part_ended(world, people, first, last):  # type: ignore[no-untyped-def]
    """Return the order of rows first..last - 1 in which ended parties come first, and how many rows those are.

    Both parts keep their order; a party goes with its last member. Returns ((last - first,) int32, int).
    """
    world, people = by_reference(world), by_reference(people)
    n = last - first
    order, goes_on = np.empty(n, np.int32), np.zeros(n, np.bool_)
    begin = first
    while begin < last:
        size = min(max(1, np.int64(people.life[begin].party_size)), last - begin)
        party_goes_on = False
        for row in range(begin, begin + size):
            party_goes_on |= _goes_on(world, people, row)
        for row in range(begin, begin + size):
            goes_on[row - first] = party_goes_on
        begin += size
    ended = 0
    for i in range(n):
        if not goes_on[i]:
            order[ended] = first + i
            ended += 1
    under_way = ended
    for i in range(n):
        if goes_on[i]:
            order[under_way] = first + i
            under_way += 1
    return order, ended


@entry
def shared_lucks(people, rows):  # type: ignore[no-untyped-def]
    """Return (n,) uint64 whose draws the people in these rows follow: the party's, or their own where parted."""
    people = by_reference(people)
    luck = np.empty(rows.size, np.uint64)
    for i in range(rows.size):
        luck[i] = shared_luck(people, rows[i])
    return luck


@entry
def who_of(people, rows):  # type: ignore[no-untyped-def]
    """Return (n,) uint64 who the people in these rows are."""
    people = by_reference(people)
    who = np.empty(rows.size, np.uint64)
    for i in range(rows.size):
        who[i] = people.life[rows[i]].who
    return who
