"""Who people are, drawn once: parties by their head's luck, sex, knowledge, vulnerability and money by each one's."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import entry, inner
from simulation.kernels.layout import CREDIT
from simulation.kernels.money import lognormal
from simulation.kernels.rng import to_uniform, uniform, words

# In place of a number of adults: one person, of whom nobody says who it is, their own luck does.
SOLITARY = 255


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
def draw_parties(key, head, stream, shares, most, adults, size):  # type: ignore[no-untyped-def]
    """Draw who comes with each head of a party.

    head        (n,) uint64 who of the head
    stream      (n,) int32
    shares      (S, 3) share of heads who are adults; geometric ratio of companions; geometric ratio of children
    most        (2,) largest number of companions and of children
    adults, size  (n,) uint8 OUT: adults of the party, the head among them, 0 for a child who travels alone; people
    """
    for i in range(head.size):
        a, b, c, d = words(key, head[i], 0, 0)
        adults[i], size[i] = 0, 1
        if to_uniform(a, b) < shares[stream[i], 0]:
            e, f, _, _ = words(key, head[i], 0, 1)
            adults[i] = 1 + geometric(to_uniform(c, d), shares[stream[i], 1], most[0])
            size[i] = adults[i] + geometric(to_uniform(e, f), shares[stream[i], 2], most[1])


@entry
def draw_persons(  # type: ignore[no-untyped-def]
    key, head, stream, adults, size, first, shares, uninformed, start, life
):
    """Draw sex, age, company, intention, knowledge and vulnerability of everybody, party by party.

    head, stream, adults, size  (n,) of the parties: see parties.Parties
    first       (n,) int64 row of the head; the others follow
    shares      (S, 6) female, child, unaccompanied among children, then cumulated europe, north_africa, region
    uninformed  share of people who understate risk;  start  mean vulnerability at the start (uniform on [0, 2 start])
    life        (N,) LIFE OUT
    """
    for i in range(head.size):
        s, everybody = stream[i], (np.int64(1) << np.int64(size[i])) - 1
        e, f, g, h = words(key, head[i], 0, 1)
        i0, i1, _, _ = words(key, head[i], 0, 2)
        u, intention = to_uniform(g, h), 0
        while intention < 3 and u >= shares[s, 3 + intention]:
            intention += 1
        choice_class = intention * 2 + (1 if to_uniform(i0, i1) < uninformed else 0)
        for index in range(size[i]):
            row, who = first[i] + index, head[i] + np.uint64(index)
            a, b, c, d = words(key, who, 0, 0)
            _, _, j0, j1 = words(key, who, 0, 2)
            male = to_uniform(a, b) >= shares[s, 0]
            child, alone = index >= adults[i], adults[i] == 0
            if adults[i] == SOLITARY:
                child, alone = to_uniform(c, d) < shares[s, 1], to_uniform(e, f) < shares[s, 2]
            life[row].who, life[row].party = who, head[i]
            life[row].group = s * 6 + (3 if male else 0) + ((2 if alone else 1) if child else 0)
            life[row].choice_class = choice_class
            life[row].vulnerability = np.uint8(min(1.0, 2.0 * start * to_uniform(j0, j1)) * 255.0 + 0.5)
            life[row].party_size, life[row].party_index = size[i], index
            life[row].together = everybody - (np.int64(1) << np.int64(index))


@entry
def draw_money(key, head, stream, size, first, is_under_way, credit, median, spread, life):  # type: ignore[no-untyped-def]
    """Draw who can travel on credit, and what those who are already on the way have left; the same for all of a party.

    head, stream, size, first  (n,) of the parties, as for draw_persons;  is_under_way  (n,) before the first day
    credit  share who can travel on credit;  median  (S,) USD;  spread  sigma of the log
    life    (N,) LIFE OUT
    """
    for i in range(head.size):
        on_credit, money = uniform(key, head[i], 0, 1) < credit, 0
        if is_under_way[i]:
            a, b, c, d = words(key, head[i], 0, 0)
            money = lognormal(to_uniform(a, b), to_uniform(c, d), median[stream[i]], spread)
        for row in range(first[i], first[i] + size[i]):
            life[row].flags = CREDIT if on_credit else 0
            life[row].money = money
