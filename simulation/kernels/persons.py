"""Who people are, drawn once by each person's own luck: kept at a scale, sex, age, company, intention, knowledge."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry
from simulation.kernels.rng import to_uniform, uniform, words


@entry
def keep(key, who, scale):  # type: ignore[no-untyped-def]
    """Return whether each person is kept at a scale: by the person's own luck, so smaller scales are nested."""
    kept = np.empty(who.size, np.bool_)
    for i in range(who.size):
        kept[i] = uniform(key, who[i], 0, 0) < scale
    return kept


@entry
def draw_persons(key, who, stream, shares, uninformed, start, group, choice_class, vulnerability):  # type: ignore[no-untyped-def]
    """Draw sex, age, company, intention, knowledge and vulnerability of everybody.

    shares      (S, 6) female, child, unaccompanied among children, then cumulated europe, north_africa, region
    uninformed  share of people who understate risk;  start  mean vulnerability at the start (uniform on [0, 2 start])
    group, choice_class, vulnerability  (n,) OUT
    """
    for i in range(who.size):
        s = stream[i]
        a, b, c, d = words(key, who[i], 0, 0)
        e, f, g, h = words(key, who[i], 0, 1)
        i0, i1, j0, j1 = words(key, who[i], 0, 2)
        male = to_uniform(a, b) >= shares[s, 0]
        child = to_uniform(c, d) < shares[s, 1]
        alone = to_uniform(e, f) < shares[s, 2]
        group[i] = s * 6 + (3 if male else 0) + ((2 if alone else 1) if child else 0)
        u = to_uniform(g, h)
        intention = 0
        while intention < 3 and u >= shares[s, 3 + intention]:
            intention += 1
        choice_class[i] = intention * 2 + (1 if to_uniform(i0, i1) < uninformed else 0)
        vulnerability[i] = np.uint8(min(1.0, 2.0 * start * to_uniform(j0, j1)) * 255.0 + 0.5)
