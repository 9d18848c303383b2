"""Branches as arrays: the transition matrix of one risk class and one kind of people, and what is counted on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from branches import Array, Branches, Happening, State
from literal_hazards import OUTCOMES
from scipy import sparse
from scipy.sparse import csgraph

KINDS = ("health", "shelter", "basic", "protection", "information")
HAPPENINGS = (
    *OUTCOMES, "started", "restarted", "entered", "completed", "alternative", "unofficial", "detained", "released",
    "expelled", "returned", "returned_detained", "arrived", "admitted", "refused", "settled", "sea_attempt",
    "intercepted", "rescued", "peril", "served", "unmet", *(f"served_{kind}" for kind in KINDS),
    *(f"unmet_{kind}" for kind in KINDS),
)  # fmt: skip
COLUMN = {name: i for i, name in enumerate(HAPPENINGS)}


@dataclass(frozen=True)
class Matrix:
    """Branches as arrays, for one risk class and one choice class."""

    states: dict[State, int]
    source: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]  # len(states): ended
    chance: Array
    happens: list[tuple[Happening, ...]]

    @classmethod
    def build(cls, *parts: Branches) -> Matrix:
        rows = [(key, chance) for part in parts for key, chance in part.chance.items()]
        states: dict[State, int] = {}
        for (here, there, _), _ in rows:
            states.setdefault(here, len(states))
            if there is not None:
                states.setdefault(there, len(states))
        source = np.array([states[s] for (s, _, _), _ in rows])
        target = np.array([len(states) if t is None else states[t] for (_, t, _), _ in rows])
        chance = np.array([c for _, c in rows])
        leaving = np.bincount(source, chance, len(states))
        assert np.allclose(leaving, 1.0, atol=1e-11), "the chances of a state do not add up to 1"
        return cls(states, source, target, chance, [h for (_, _, h), _ in rows])

    @property
    def n(self) -> int:
        return len(self.states)

    def sums(self, values: Array) -> Array:
        """Add values of branches by their source."""
        width = values.shape[1]
        total = np.zeros((self.n, width))
        np.add.at(total, self.source, values)
        return total

    def counted(self) -> Array:
        """Return (branches, HAPPENINGS) how often each thing happens on a branch."""
        table = np.zeros((self.chance.size, len(HAPPENINGS)))
        for row, happens in enumerate(self.happens):
            for what, _ in happens:
                if what in COLUMN:
                    table[row, COLUMN[what]] += 1.0
        return table

    @cached_property
    def step(self) -> sparse.csc_array:
        """(n, n) chances to go from state to state; endings left out."""
        moving = self.target < self.n
        entries = (self.chance[moving], (self.source[moving], self.target[moving]))
        return sparse.coo_array(entries, (self.n, self.n)).tocsc()


def reachable(matrix: Matrix, start: State) -> Matrix:
    """Return the part of the chain that can be reached from a state (the rest may hold people for ever)."""
    n = matrix.n
    moving = matrix.target < n
    entries = (np.ones(moving.sum()), (matrix.source[moving], matrix.target[moving]))
    graph = sparse.coo_array(entries, (n, n)).tocsr()
    order = csgraph.breadth_first_order(graph, matrix.states[start], return_predecessors=False)
    number = np.full(n + 1, -1)
    number[order] = np.arange(order.size)
    number[n] = order.size
    keep = number[matrix.source] >= 0
    states = {state: int(number[i]) for state, i in matrix.states.items() if number[i] >= 0}
    happens = [h for h, k in zip(matrix.happens, keep, strict=True) if k]
    ordered = dict(sorted(states.items(), key=lambda item: item[1]))
    return Matrix(
        ordered, number[matrix.source[keep]], number[matrix.target[keep]], matrix.chance[keep], happens
    )
