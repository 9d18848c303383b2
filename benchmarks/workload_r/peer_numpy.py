"""Workload R in vectorised NumPy: columns of the whole population, index lists of who is where each day."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Ints, Records
from benchmarks.workload_r.expected import Shares, counted

Rows = npt.NDArray[np.signedinteger[Any]]


def _per(flow: Ints, kind: int, legs: Ints) -> None:
    flow[:, kind] += np.bincount(legs, minlength=r.LEGS)


class Peer:
    """A run; ``place`` is a node or, on a leg and in detention, a leg."""

    def __init__(self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1) -> None:
        """Put n people at their first nodes. threads: not used."""
        self.n, self.world, self.rng = n, r.make_world(), np.random.default_rng(seed)
        people = r.make_people(n)
        self.group, self.v = people.group, people.vulnerability
        self.place = people.node.astype(np.int16)
        self.state = np.full(n, r.NODE, np.int8)
        self.done = np.zeros(n, np.int8)
        self.broke = np.zeros(n, bool)
        self.choice = r.cumulative_choice(self.world)
        self.hazard = np.cumsum(self.world.hazard, 2)
        self.records = Records.empty(days)

    def _travel(self, rows: Rows, k: int, flow: Ints) -> None:
        leg = self.place[rows]
        u = self.rng.random(rows.size) / self.v[rows]
        event = (u[:, None] >= self.hazard[k][leg]).sum(1)  # 0 death, 1 detention, 2 robbery, 3 none
        for kind, number in ((r.DEATHS, 0), (r.DETENTIONS, 1), (r.ROBBERIES, 2)):
            _per(flow, kind, leg[event == number])
        self.state[rows[event == 0]] = r.DEAD
        self.state[rows[event == 1]] = r.DETAINED
        self.broke[rows[event == 2]] = True
        on = rows[event >= 2]
        self.done[on] += 1
        there = on[self.done[on] == self.world.days[self.place[on]]]
        _per(flow, r.COMPLETED, self.place[there])
        self.place[there] = node = self.world.end[self.place[there]]
        self.state[there] = np.where(self.world.is_destination[node], r.ARRIVED, r.NODE)

    def _leave(self, rows: Rows, k: int, flow: Ints) -> None:
        node, group = self.place[rows], self.group[rows]
        u = self.rng.random(rows.size)
        home = self.world.go_home[node]
        leave = self.world.depart[node, group] * np.where(self.broke[rows], r.BROKE_FACTOR, 1.0)
        self.state[rows[u < home]] = r.RETURNED
        going = np.flatnonzero((u >= home) & (u < home + leave))
        rows, node, group = rows[going], node[going], group[going]
        option = (self.rng.random(rows.size)[:, None] >= self.choice[k][node, group]).sum(1)
        self.place[rows] = leg = self.world.out[node, option]
        self.state[rows], self.done[rows], self.broke[rows] = r.TRAVEL, 0, False
        _per(flow, r.ENTERED, leg)

    def _release(self, rows: Rows) -> None:
        u = self.rng.random(rows.size)
        self.state[rows[u < r.RELEASE * r.DEPORTED]] = r.RETURNED
        free = rows[(u >= r.RELEASE * r.DEPORTED) & (u < r.RELEASE)]
        self.place[free] = self.world.start[self.place[free]]
        self.state[free] = r.NODE

    def run(self) -> Shares:
        """Live all days."""
        for t, k in enumerate(r.regime_of_day(len(self.records.flow))):
            rows = [np.flatnonzero(self.state == s) for s in (r.TRAVEL, r.NODE, r.DETAINED)]
            self._travel(rows[0], int(k), self.records.flow[t])
            self._leave(rows[1], int(k), self.records.flow[t])
            self._release(rows[2])
            here = np.flatnonzero(self.state == r.NODE)
            key = self.place[here].astype(np.int32) * r.GROUPS + self.group[here]
            self.records.at_node[t] = np.bincount(key, minlength=r.NODES * r.GROUPS).reshape(r.NODES, -1)
            key = self.state * np.int8(r.GROUPS) + self.group
            self.records.outcome[t] = np.bincount(key, minlength=len(r.STATES) * r.GROUPS).reshape(
                -1, r.GROUPS
            )
        return counted(self.records, self.n)

    def bytes_a_person(self) -> float:
        """Return the memory of the columns."""
        columns = (self.group, self.v, self.place, self.state, self.done, self.broke)
        return sum(c.nbytes for c in columns) / self.n
