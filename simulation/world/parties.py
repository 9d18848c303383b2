"""Parties: who travels with whom, so that companions and families are people with rows of their own.

A stream's people are parties' heads, adults or unaccompanied children, and who comes along: companions and children of
an adult. The mean number of children per head is what the stream's composition says, so that shares stay as given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import F64, I32, U8, U64
from simulation.kernels.persons import ADULT, CHILD, CHILD_ALONE, DRAWN, draw_parties
from simulation.spec.models import Composition

MOST = np.array([3, 4])  # companions and children of one head: a party has at most 8 people
I8 = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Roster:
    """Everybody, party by party: members are neighbours, the head first. Each array (n,)."""

    who: U64
    party: U64  # who of the head
    kind: I8  # of member: persons.DRAWN, ADULT, CHILD, CHILD_ALONE
    size: U8
    index: U8


def truncated_mean(ratio: float, most: int) -> float:
    """Return the mean of a number 0..most with weights ratio^k."""
    weight = ratio ** np.arange(most + 1)
    return float(np.arange(most + 1) @ weight / weight.sum())


def ratio_for(mean: float, most: int) -> float:
    """Return the ratio at which weights ratio^k on 0..most have this mean; 1e6 where the mean is out of reach."""
    if mean <= 0.0:
        return 0.0
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2 if high > 2 * low + 1e-9 else (low * high) ** 0.5
        low, high = (middle, high) if truncated_mean(middle, most) < mean else (low, middle)
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


def muster(key: np.uint64, head: U64, stream: I32, shapes: F64) -> Roster:
    """Return everybody who comes with these heads.

    Args:
        key: Philox key of the stream PARTY.
        head: (n,) who of the heads; the last three bits are 0, for the numbers of members.
        stream: (n,) stream of each.
        shapes: (S, 3) adult share of heads, ratio of companions, ratio of children.
    """
    companions, children = np.empty(head.size, np.uint8), np.empty(head.size, np.uint8)
    draw_parties(key, head, stream, shapes, companions, children, MOST)
    adult = companions < 255
    adults = np.where(adult, companions + np.int64(1), 0)
    size = np.where(adult, adults + children, 1)
    first = np.cumsum(size) - size
    index = np.arange(size.sum()) - np.repeat(first, size)
    kind = np.where(
        index < np.repeat(adults, size), ADULT, np.where(np.repeat(adult, size), CHILD, CHILD_ALONE)
    )
    party = np.repeat(head, size)
    return Roster(
        who=party | index.astype(np.uint64), party=party, kind=kind.astype(np.int8),
        size=np.repeat(size, size).astype(np.uint8), index=index.astype(np.uint8),
    )  # fmt: skip


def solitary(who: U64) -> Roster:
    """Return a roster in which everybody travels alone and draws who they are."""
    one = np.ones(who.size, np.uint8)
    return Roster(who, who, np.full(who.size, DRAWN, np.int8), one, np.zeros(who.size, np.uint8))


def first_people(roster: Roster, n: int) -> Roster:
    """Return the roster of the first n people; a party that is cut is smaller."""
    size = np.minimum(roster.size[:n], n - (np.arange(n) - roster.index[:n])).astype(np.uint8)
    return Roster(roster.who[:n], roster.party[:n], roster.kind[:n], size, roster.index[:n])
