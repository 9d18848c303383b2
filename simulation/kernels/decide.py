"""The decision at a place: an exponential race between the options that are open."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner
from simulation.kernels.rng import Stream, uniform


@inner
def choose(world, keys, place, choice_class, luck, who, day):  # type: ignore[no-untyped-def]
    """Return the option (row of options) taken at a place, or -1 if none is open.

    Each open option draws its own finish time, the first one home wins: option k with chance weight_k / sum. Taste
    noise is keyed by person, visit day and option, so closing an option changes only those who would have taken it.

    luck  whose taste decides: the person's, or the vehicle's for a boat that must stay together
    """
    best = np.inf
    winner = -1
    for k in range(world.option_start[place], world.option_start[place + 1]):
        weight = world.weight[k, choice_class]
        if weight <= 0.0:
            continue
        option = world.option[k]
        known = option.awareness
        if known < 1.0 and uniform(keys[Stream.AWARENESS], who, 0, option.hash) >= known:
            continue
        u = uniform(keys[Stream.CHOICE], luck, day, option.hash)
        if u >= best * weight:  # -log(1 - u) >= u: it cannot win, the logarithm is not needed
            continue
        finish = -math.log1p(-u) / weight
        if finish < best:
            best = finish
            winner = k
    return winner
