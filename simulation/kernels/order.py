"""Who asked today, and in which order their lots come: by queue and ticket, ties by who; any list gives the same."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import viewing
from simulation.kernels.moves import shared_luck

_FEW = 32  # so many are sorted by insertion alone


@viewing
def take(tally, which):  # type: ignore[no-untyped-def]
    """Take what the lanes listed today: (n,) int32 rows and targets. which: a list of the layout, empty afterwards."""
    n, lanes = 0, tally.n_listed.shape[0]
    for lane in range(lanes):
        n += tally.n_listed[lane, which]
    rows, targets = np.empty(n, np.int32), np.empty(n, np.int32)
    n = 0
    for lane in range(lanes):
        for i in range(tally.n_listed[lane, which]):
            rows[n], targets[n] = tally.listed[lane, which, i, 0], tally.listed[lane, which, i, 1]
            n += 1
        tally.n_listed[lane, which] = 0
    return rows, targets


@viewing
def _by_bytes(ticket, order):  # type: ignore[no-untyped-def]
    """Sort positions by ticket, byte by byte from the lowest on: each pass keeps the order of those that are equal."""
    other, begins = np.empty_like(order), np.empty(257, np.int64)
    for byte in range(8):
        shift = np.uint64(8 * byte)
        begins[:] = 0
        for i in range(order.size):
            begins[((ticket[i] >> shift) & np.uint64(255)) + np.uint64(1)] += 1
        if begins.max() == order.size:  # the same byte in all tickets
            continue
        begins = np.cumsum(begins)
        for i in range(order.size):
            value = (ticket[order[i]] >> shift) & np.uint64(255)
            other[begins[value]] = order[i]
            begins[value] += 1
        order, other = other, order
    return order


@viewing
def order_of(ticket, who):  # type: ignore[no-untyped-def]
    """Return positions (n,) int32 by ticket, then by who.

    ticket  (n,) uint64, queue in the upper 32 bits, a random word in the lower
    who     (n,) uint64
    """
    order = np.arange(ticket.size).astype(np.int32)
    if order.size > _FEW:
        order = _by_bytes(ticket, order)
    for i in range(1, order.size):  # ties are mostly parties, which draw one lot
        this, j = order[i], i
        while j > 0:
            last = order[j - 1]
            if ticket[last] < ticket[this] or (ticket[last] == ticket[this] and who[last] < who[this]):
                break
            order[j] = last
            j -= 1
        order[j] = this
    return order


@viewing
def names_of(people, rows):  # type: ignore[no-untyped-def]
    """Return (n,) uint64 whose draws the people in these rows follow, and (n,) uint64 who they are."""
    luck, who = np.empty(rows.size, np.uint64), np.empty(rows.size, np.uint64)
    for i in range(rows.size):
        luck[i], who[i] = shared_luck(people, rows[i]), people.life[rows[i]].who
    return luck, who
