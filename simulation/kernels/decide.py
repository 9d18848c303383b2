"""The decision at a place: an exponential race between the options that are open."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner
from simulation.kernels.rng import Stream, uniform, words


@inner
def choose(world, keys, place, choice_class, luck, who, day):  # type: ignore[no-untyped-def]
    """Return the option (row of options) taken at a place, or -1 if none is open.

    Each open option draws its own finish time, the first one home wins: option k with chance weight_k / sum. Taste
    noise is keyed by person, visit day and option, so closing an option changes only those who would have taken it.
    One block of four words serves four options; 32 bits each, so a chance is exact to 2e-10.

    luck  whose taste decides: the person's, or the vehicle's for a boat that must stay together
    """
    best = np.inf
    winner = -1
    block = np.uint32(0)
    w0 = w1 = w2 = w3 = np.uint64(0)
    for k in range(world.option_start[place], world.option_start[place + 1]):
        weight = world.weight[k, choice_class]
        if weight <= 0.0:
            continue
        option = world.option[k]
        if (
            option.awareness < 1.0
            and uniform(keys[Stream.AWARENESS], who, 0, option.hash) >= option.awareness
        ):
            continue
        if option.block != block:
            block = option.block
            w0, w1, w2, w3 = words(keys[Stream.CHOICE], luck, day, block)
        word = w0 if option.slot == 0 else w1 if option.slot == 1 else w2 if option.slot == 2 else w3
        u = (float(word) + 0.5) / 4294967296.0
        if u >= best * weight:  # -log(1 - u) >= u: it cannot win, the logarithm is not needed
            continue
        finish = -math.log1p(-u) / weight
        if finish < best:
            best = finish
            winner = k
    return winner
