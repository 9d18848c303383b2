"""Who people are, drawn once: parties by their head's luck, sex, knowledge, vulnerability and money by each one's."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import CREDIT
from simulation.kernels.money import lognormal
from simulation.kernels.rng import to_uniform, uniform, words

# Kinds of members of a party. DRAWN: nobody says who it is, the person's own luck does.
DRAWN, ADULT, CHILD, CHILD_ALONE = -1, 0, 1, 2


@entry
def keep(key, who, scale):  # type: ignore[no-untyped-def]
    """Return whether each person is kept at a scale: by the person's own luck, so smaller scales are nested."""
    kept = np.empty(who.size, np.bool_)
    for i in range(who.size):
        kept[i] = uniform(key, who[i], 0, 0) < scale
    return kept


def _geometric(u, ratio, most):  # type: ignore[no-untyped-def]
    """Return a geometric number 0..most with weights ratio^k, from a uniform."""
    if ratio <= 0.0:
        return 0
    if abs(ratio - 1.0) < 1e-9:
        return int(u * (most + 1))
    total = 1.0 - math.pow(ratio, most + 1)
    return min(most, int(math.log1p(-u * total) / math.log(ratio)))


geometric = inner(_geometric)


@entry
def draw_parties(key, head, stream, shares, companions, children, most):  # type: ignore[no-untyped-def]
    """Draw who comes with each head of a party.

    head        (n,) uint64 who of the head
    stream      (n,) int32
    shares      (S, 3) share of heads who are adults; geometric ratio of companions; geometric ratio of children
    companions, children  (n,) uint8 OUT; companions is 255 for a child who travels alone
    most        (2,) largest number of companions and of children
    """
    for i in range(head.size):
        a, b, c, d = words(key, head[i], 0, 0)
        e, f, _, _ = words(key, head[i], 0, 1)
        companions[i], children[i] = 255, 0
        if to_uniform(a, b) < shares[stream[i], 0]:
            companions[i] = geometric(to_uniform(c, d), shares[stream[i], 1], most[0])
            children[i] = geometric(to_uniform(e, f), shares[stream[i], 2], most[1])


@entry
def draw_persons(  # type: ignore[no-untyped-def]
    key, who, party, kind, stream, shares, uninformed, start, group, choice_class, vulnerability
):
    """Draw sex, age, company, intention, knowledge and vulnerability of everybody.

    party       (n,) uint64 whose luck intention and knowledge follow
    kind        (n,) int8 DRAWN, ADULT, CHILD or CHILD_ALONE
    shares      (S, 6) female, child, unaccompanied among children, then cumulated europe, north_africa, region
    uninformed  share of people who understate risk;  start  mean vulnerability at the start (uniform on [0, 2 start])
    group, choice_class, vulnerability  (n,) OUT
    """
    for i in range(who.size):
        s = stream[i]
        a, b, c, d = words(key, who[i], 0, 0)
        e, f, g, h = words(key, who[i], 0, 1)
        i0, i1, j0, j1 = words(key, who[i], 0, 2)
        if party[i] != who[i]:
            _, _, g, h = words(key, party[i], 0, 1)
            i0, i1, _, _ = words(key, party[i], 0, 2)
        male = to_uniform(a, b) >= shares[s, 0]
        if kind[i] == DRAWN:
            child = to_uniform(c, d) < shares[s, 1]
            alone = to_uniform(e, f) < shares[s, 2]
        else:
            child, alone = kind[i] != ADULT, kind[i] == CHILD_ALONE
        group[i] = s * 6 + (3 if male else 0) + ((2 if alone else 1) if child else 0)
        u = to_uniform(g, h)
        intention = 0
        while intention < 3 and u >= shares[s, 3 + intention]:
            intention += 1
        choice_class[i] = intention * 2 + (1 if to_uniform(i0, i1) < uninformed else 0)
        vulnerability[i] = np.uint8(min(1.0, 2.0 * start * to_uniform(j0, j1)) * 255.0 + 0.5)


@entry
def draw_money(key, party, stream, n_initial, credit, median, spread, money, flags):  # type: ignore[no-untyped-def]
    """Draw who can travel on credit, and what those who are already on the way have left; the same for all of a party.

    party  (n,) uint64;  stream  (n,) int32;  n_initial  people under way before the first day, the first rows
    credit  share who can travel on credit;  median  (S,) USD;  spread  sigma of the log
    money (n,) int32, flags (n,) uint8 OUT
    """
    for i in range(party.size):
        if uniform(key, party[i], 0, 1) < credit:
            flags[i] |= CREDIT
        if i < n_initial:
            a, b, c, d = words(key, party[i], 0, 0)
            money[i] = lognormal(to_uniform(a, b), to_uniform(c, d), median[stream[i]], spread)
