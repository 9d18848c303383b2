"""Needs as part of the chain's state: opened by harms or at random, asked for together, counted as unmet once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from branches import Happening, State
from literal import Text
from matrix import Matrix

NEED_AFTER = {
    "abduction": {"health", "protection"}, "injury": {"health"}, "violence": {"health"},
    "sgbv": {"health", "protection"}, "robbery": {"basic"}, "separation": {"protection"}, "detained": {"protection"},
}  # fmt: skip
Needs = frozenset[tuple[str, bool]]  # open needs, and whether each has been counted as unmet


def with_needs(text: Text, matrix: Matrix) -> Matrix:
    """Return the chain whose states hold open needs as well: harms open needs, whoever looks for help asks for all.

    Somebody who looks for help without an open need has one that anybody may have; what is not served stays open, and
    is counted as unmet once. Without kinds of service a need leaves no trace.
    """
    rows = {row.service: row for row in text.scenario.services}
    general = {kind: row.need_share for kind, row in rows.items() if row.need_share > 0} or {"basic": 1.0}
    asked: dict[tuple[str, Needs], list[tuple[float, Needs, tuple[str, ...]]]] = {}

    def outcomes(place: str, needs: Needs) -> list[tuple[float, Needs, tuple[str, ...]]]:
        if (place, needs) not in asked:
            asked[place, needs] = list(_asking(text, place, needs, general))
        return asked[place, needs]

    found: list[tuple[int, int, float, tuple[Happening, ...]]] = []
    states: dict[State, int] = {}
    ended = -1
    names = list(matrix.states)
    of_source: list[list[int]] = [[] for _ in names]
    for i, source in enumerate(matrix.source):
        of_source[source].append(i)
    opened = [frozenset().union(*(NEED_AFTER.get(what, ()) for what, _ in h)) for h in matrix.happens]
    pending: list[tuple[int, Needs]] = []

    def number(base: int, needs: Needs) -> int:
        if base == len(names):
            return ended
        key = (*names[base], *(f"{kind} {missed}" for kind, missed in sorted(needs))) if rows else names[base]
        if key not in states:
            states[key] = len(states)
            pending.append((base, needs))
        return states[key]

    number(0, frozenset())
    while pending:
        base, needs = pending.pop()
        here = number(base, needs)
        for i in of_source[base]:
            target, chance, happens = int(matrix.target[i]), float(matrix.chance[i]), matrix.happens[i]
            if happens and happens[0][0] == "sought":
                cell = happens[0][1]
                for share, left, what in outcomes(cell[1], needs):
                    after = number(target, left if rows else needs)
                    found.append((here, after, chance * share, tuple((w, cell) for w in what)))
            else:
                after = number(target, _opened(needs, opened[i]) if rows else needs)
                found.append((here, after, chance, happens))
    source, target, chance, happens = zip(*found, strict=True)
    targets = np.array(target)
    return Matrix(
        states,
        np.array(source),
        np.where(targets == ended, len(states), targets),
        np.array(chance),
        list(happens),
    )


def _opened(needs: Needs, kinds: frozenset[str]) -> Needs:
    """Return needs with those of some kinds opened; one that is open already stays as it is."""
    return needs | {(kind, False) for kind in kinds - {kind for kind, _ in needs}}


def _asking(
    text: Text, place: str, needs: Needs, general: dict[str, float]
) -> Iterator[tuple[float, Needs, tuple[str, ...]]]:
    """Yield (chance, needs that stay open, what is counted) of somebody who looks for help."""
    if not needs:
        total = sum(general.values())
        for kind, share in general.items():
            for chance, left, what in _asking(text, place, frozenset({(kind, False)}), general):
                yield share / total * chance, left, what
        return
    for served in product((True, False), repeat=len(needs)):
        chance, left, what = 1.0, set(), ()
        for (kind, missed), got in zip(sorted(needs), served, strict=True):
            reach = text.reach(place, kind)
            chance *= reach if got else 1.0 - reach
            name = "served" if got else "unmet"
            what += () if missed and not got else (name, f"{name}_{kind}")
            if not got:
                left.add((kind, True))
        if chance > 0:
            yield chance, frozenset(left), what
