"""The decision at a place: an exponential race between the options that are open."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from simulation.kernels.rng import uniform


@njit
def choose(options, keys, place, choice_class, luck, who, day):  # type: ignore[no-untyped-def]
    """Return the option (row of options) taken at a place, or -1 if none is open.

    Each open option draws its own finish time, the first one home wins: option k with chance weight_k / sum. Taste
    noise is keyed by person, visit day and option, so closing an option changes only those who would have taken it.

    luck  whose taste decides: the person's, or the vehicle's for a boat that must stay together
    """
    best = np.inf
    winner = -1
    for k in range(options.start[place], options.start[place + 1]):
        weight = options.weight[k, choice_class]
        if weight <= 0.0:
            continue
        known = options.awareness[k]
        if known < 1.0 and uniform(keys.awareness, who, 0, options.hash[k]) >= known:
            continue
        finish = -math.log1p(-uniform(keys.choice, luck, day, options.hash[k])) / weight
        if finish < best:
            best = finish
            winner = k
    return winner
