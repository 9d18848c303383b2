"""Workload R as a plain compiled loop over people with counter-based draws: no screening, no tables beyond R's own."""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Records
from benchmarks.workload_r.expected import Shares, counted

_compiled = njit(cache=True, error_model="numpy")


@njit(inline="always")
def _uniform(seed, who, day, item):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return a uniform in [0, 1): SplitMix64's finaliser of a counter of who, day and item."""
    z = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(who)
    z = z * np.uint64(2048) + np.uint64(day) * np.uint64(2) + np.uint64(item)
    z *= np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 9007199254740992.0


@_compiled
def _live_day(  # type: ignore[no-untyped-def]  # noqa: ANN202, C901, PLR0912, PLR0913, PLR0917
    seed, day, group, v, place, state, left, broke,  # noqa: ANN001
    hazard, depart, go_home, choice, out, start, end, days, is_destination, at_node, flow, outcome,  # noqa: ANN001
):  # fmt: skip
    """Live one day of everybody and count where they are at its end. hazard (e, 3) and choice are cumulated."""
    for i in range(group.size):
        g, here, doing = group[i], place[i], state[i]
        if doing == r.NODE:
            u = _uniform(seed, i, day, 0)
            leave = depart[here, g] * (r.BROKE_FACTOR if broke[i] else 1.0)
            if u < go_home[here]:
                state[i] = r.RETURNED
            elif u < go_home[here] + leave:
                w = _uniform(seed, i, day, 1)
                option = 0
                while w >= choice[here, g, option]:
                    option += 1
                leg = out[here, option]
                place[i], left[i], broke[i], state[i] = leg, days[leg], 0, r.TRAVEL
                flow[leg, r.ENTERED] += 1
        elif doing == r.TRAVEL:
            u = _uniform(seed, i, day, 0) / v[i]
            if u < hazard[here, 0]:
                state[i] = r.DEAD
                flow[here, r.DEATHS] += 1
            elif u < hazard[here, 1]:
                state[i] = r.DETAINED
                flow[here, r.DETENTIONS] += 1
            else:
                if u < hazard[here, 2]:
                    broke[i] = 1
                    flow[here, r.ROBBERIES] += 1
                left[i] -= 1
                if left[i] == 0:
                    flow[here, r.COMPLETED] += 1
                    place[i] = end[here]
                    state[i] = r.ARRIVED if is_destination[end[here]] else r.NODE
        elif doing == r.DETAINED:
            u = _uniform(seed, i, day, 0)
            if u < r.RELEASE * r.DEPORTED:
                state[i] = r.RETURNED
            elif u < r.RELEASE:
                state[i], place[i] = r.NODE, start[here]
        outcome[state[i], g] += 1
        if state[i] == r.NODE:
            at_node[place[i], g] += 1


class Peer:
    """A run: one array a fact."""

    def __init__(self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1) -> None:
        """Put n people at their first nodes. threads: not used."""
        self.n, self.seed, self.world, self.records = n, seed, r.make_world(), Records.empty(days)
        people = r.make_people(n)
        columns = (people.node.astype(np.uint8), np.full(n, r.NODE, np.uint8), *np.zeros((2, n), np.uint8))
        self.people = (people.group, people.vulnerability, *columns)
        self.choice, self.hazard = r.cumulative_choice(self.world), np.cumsum(self.world.hazard, 2)

    def run(self) -> Shares:
        """Live all days."""
        world, of = self.world, self.records
        for t, k in enumerate(r.regime_of_day(len(of.flow))):
            _live_day(  # type: ignore[call-arg]
                self.seed, t, *self.people, self.hazard[k], world.depart, world.go_home, self.choice[k], world.out,
                world.start, world.end, world.days, world.is_destination, of.at_node[t], of.flow[t], of.outcome[t],
            )  # fmt: skip
        return counted(of, self.n)

    def bytes_a_person(self) -> float:
        """Return the memory of the columns."""
        return float(sum(c.nbytes for c in self.people)) / self.n
