"""Parties: who travels with whom, so that companions and families are people with rows of their own.

A stream's people are parties' heads, adults or unaccompanied children, and who comes along: companions and children of
an adult. The mean number of children per head is what the stream's composition says, so that shares stay as given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from simulation.kernels.layout import F64, I32, I64, U8, U64
from simulation.kernels.persons import SOLITARY, draw_parties
from simulation.spec.models import Composition

MOST = np.array([3, 4])  # companions and children of one head: a party has at most 8 people


@dataclass(frozen=True)
class Parties:
    """Who starts together: members are neighbours, the head first, adults before children. Each array (n,)."""

    head: U64  # who of the head; of a member, as much more as its number in the party
    stream: I32
    adults: U8  # 0: a child who travels alone; persons.SOLITARY: one person of whom nothing is known yet
    size: U8  # people


def truncated_mean(ratio: float, most: int) -> float:
    """Return the mean of a number 0..most with weights ratio^k."""
    weight = ratio ** np.arange(most + 1)
    return float(np.arange(most + 1) @ weight / weight.sum())


@cache
def ratio_for(mean: float, most: int) -> float:
    """Return the ratio at which weights ratio^k on 0..most have this mean; 1e6 where the mean is out of reach."""
    if mean <= 0.0:
        return 0.0
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2 if high > 2 * low + 1e-9 else (low * high) ** 0.5
        before = (low, high)
        low, high = (middle, high) if truncated_mean(middle, most) < mean else (low, middle)
        if (low, high) == before:
            break
    return high


@dataclass(frozen=True)
class PartyShape:
    """How the parties of one stream are made."""

    heads: float  # heads a person
    adult_share: float  # of heads
    companions: float  # geometric ratio
    children: float  # geometric ratio


def shape_of(row: Composition, companions_mean: float) -> PartyShape:
    """Return how parties of a stream are made so that its shares of children and of unaccompanied ones hold."""
    adults, alone = 1.0 - row.child, row.child * row.unaccompanied
    accompanied = row.child - alone
    ratio = ratio_for(companions_mean, int(MOST[0]))
    adult_heads = adults / (1.0 + truncated_mean(ratio, int(MOST[0])))
    heads = adult_heads + alone
    if (
        heads <= 0.0
    ):  # a stream of accompanied children only: each is drawn as before parties, without an adult
        return PartyShape(1.0, 0.0, 0.0, 0.0)
    per_head = accompanied / adult_heads if adult_heads > 0 else 0.0
    return PartyShape(heads, adult_heads / heads, ratio, ratio_for(per_head, int(MOST[1])))


def muster(key: np.uint64, head: U64, stream: I32, shapes: F64) -> Parties:
    """Return who comes with these heads.

    Args:
        key: Philox key of the stream PARTY.
        head: (n,) who of the heads; the last three bits are 0, for the numbers of members.
        stream: (n,) stream of each.
        shapes: (S, 3) adult share of heads, ratio of companions, ratio of children.
    """
    adults, size = np.empty(head.size, np.uint8), np.empty(head.size, np.uint8)
    draw_parties(key, head, stream, shapes, MOST, adults, size)
    return Parties(head, stream, adults, size)


def solitary(head: U64, stream: I32) -> Parties:
    """Return parties of one: everybody travels alone and draws who they are."""
    return Parties(head, stream, np.full(head.size, SOLITARY, np.uint8), np.ones(head.size, np.uint8))


def people_left(parties: Parties, begin: I64, people: I64) -> U8:
    """Return (n,) sizes of parties of which only so many people of a group are wanted: the first ones.

    Args:
        parties: Group after group.
        begin: (n,) position of the first party of each party's group.
        people: (n,) people wanted of each party's group.
    """
    before = np.cumsum(parties.size, dtype=np.int64) - parties.size
    left = people - (before - before[begin])
    return np.clip(left, 0, parties.size).astype(np.uint8)
