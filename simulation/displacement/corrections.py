"""Registration corrections: rough early counts are brought to the level of a verified one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

import numpy as np

from simulation.kernels.layout import F64


def correct(dates: Sequence[date], counts: Sequence[float], verified: Sequence[date]) -> F64:
    """Return (n,) counts after corrections in their order.

    Counts before a verified date are multiplied by the verified value over the one before it, so that an early, rough
    registration runs into the level of the verified one.

    Args:
        dates: (n,) rising.
        counts: (n,) people.
        verified: Dates of verified counts, each one of ``dates`` but not the first.

    Raises:
        ValueError: A count before a verified date is below 1 by then, so that there is nothing to multiply.
    """
    people = np.array(counts, np.float64)
    for day in verified:
        i = bisect_left(dates, day)
        if people[i - 1] < 1.0:
            raise ValueError(f"the count before {day} is below 1 and cannot be scaled")
        people[:i] *= people[i] / people[i - 1]
    return people
