"""The order of a lottery: by queue and ticket, ties by who; the same for any order of the list."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry
from simulation.kernels.layout import I32, U64


@entry
def _settle_ties(ticket, who, order):  # type: ignore[no-untyped-def]
    """Sort the people of each run of equal tickets by who: mostly parties, which draw one lot. order (n,) OUT."""
    for i in range(1, order.size):
        this, j = order[i], i
        while j > 0 and ticket[order[j - 1]] == ticket[this] and who[order[j - 1]] > who[this]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = this


def order_of(ticket: U64, who: U64) -> I32:
    """Return positions (n,) int32 by ticket, then by who.

    Args:
        ticket: (n,) queue in the upper 32 bits, a random word in the lower.
        who: (n,) people.
    """
    order = np.argsort(ticket).astype(np.int32)
    _settle_ties(ticket, who, order)
    return order
