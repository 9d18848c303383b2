"""Rows as such: keeping those of journeys under way together, parties as one."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import NEVER, Status
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
