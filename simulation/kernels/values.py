"""Values of places in the forward-looking choice: the fixed point of the log-sums of their options."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import entry, inner

_CLOSE = 1e-13  # a value that would change by less, as a share of itself and one, is kept
_NO_OPTION = -50.0  # value of a place from which nothing is open, in utils


@inner
def worth(k, c, utility, through, held_back, target, back, value, discount):  # type: ignore[no-untyped-def]
    """Return what option k is worth to class c: its own utility and what is to be expected after it."""
    ahead = through[k, c] * value[target[k], c] + held_back[k, c] * value[back[k], c]
    return utility[k, c] + discount * ahead


@inner
def step_of(place, c, start, utility, through, held_back, target, back, value, discount):  # type: ignore[no-untyped-def]
    """Return by how much the value of a place must change, the values of all others as they are: Newton's step.

    V = log sum exp(u_k + discount x (... + share_k x V)): options that lead back to the place itself, staying above
    all, make it an equation in V; its slope is discount x the mean of share_k, weighted as the options are chosen.
    """
    top = -np.inf
    for k in range(start[place], start[place + 1]):
        top = max(top, worth(k, c, utility, through, held_back, target, back, value, discount))
    if top == -np.inf:
        return _NO_OPTION - value[place, c]
    total = slope = 0.0
    for k in range(start[place], start[place + 1]):
        weight = math.exp(worth(k, c, utility, through, held_back, target, back, value, discount) - top)
        total += weight
        if target[k] == place:
            slope += weight * through[k, c]
        if back[k] == place:
            slope += weight * held_back[k, c]
    return (top + math.log(total) - value[place, c]) / (1.0 - discount * slope / total)


@entry
def settle_values(  # type: ignore[no-untyped-def]
    utility, through, held_back, target, back, start, in_turn, value, weight, discount, sweeps
):
    """Find the values of places, and the weights of options that follow.

    utility, through, held_back  (O, K) see choice._Terms;  target, back  (O,) int32 places
    start    (P + 1,) int32 options of a place;  in_turn  (n,) places with options, in the order of every sweep
    value    (P, K) float64 IN the values to begin with, OUT the values
    weight   (O, K) float64 OUT, exp(worth) over the largest of the place; 0 where closed

    Place after place takes its Newton step with the others as they are. A place keeps its value where the step is as
    good as none: so what becomes of it depends only on places that can be reached from it, to the last bit.
    """
    for c in range(value.shape[1]):
        for _ in range(sweeps):
            has_changed = False
            for place in in_turn:
                step = step_of(place, c, start, utility, through, held_back, target, back, value, discount)
                if abs(step) > _CLOSE * (1.0 + abs(value[place, c])):
                    value[place, c] += step
                    has_changed = True
            if not has_changed:
                break
        for place in in_turn:
            top = -np.inf
            for k in range(start[place], start[place + 1]):
                weight[k, c] = worth(k, c, utility, through, held_back, target, back, value, discount)
                top = max(top, weight[k, c])
            for k in range(start[place], start[place + 1]):
                weight[k, c] = math.exp(weight[k, c] - top) if top > -np.inf else 0.0
