"""Workload R in mesa-frames, tuned: one Polars frame of people on the way, look-ups as gathers, events by scatter."""

from __future__ import annotations

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Floats, Ints, Records
from benchmarks.workload_r.expected import Shares, counted

_HOME, _FREE, _REACHED_ROBBED = 5, 6, 7  # what happens in a day, after the numbers of FLOWS
_HELD_KEY = r.LEGS + r.NODES * r.GROUPS  # keys of look-ups: legs, then node and group, then detention


def _thresholds(world: r.RouteWorld, k: int) -> list[pl.Series]:
    """Return three cumulated chances by key: of the harms of a leg; of going home and leaving, or being let go."""
    harms = np.cumsum(world.hazard[k], 1)
    home = np.repeat(world.go_home, r.GROUPS)
    first = np.r_[harms[:, 0], home, r.RELEASE * r.DEPORTED]
    second = np.r_[harms[:, 1], world.depart.ravel(), r.RELEASE * (1.0 - r.DEPORTED)]
    third = np.r_[harms[:, 2], np.zeros(home.size + 1)]
    return [pl.Series(x.astype(np.float32)) for x in (first, second, third)]


class Travellers(AgentSetPolars):
    """Everybody on the way; whose journey has ended leaves the frame."""

    def __init__(self, model: RouteR, n: int) -> None:
        """Put n people at their first nodes."""
        super().__init__(model)
        people = r.make_people(n)
        self += pl.DataFrame(
            {
                "unique_id": np.arange(n),
                "group": people.group,
                "v": people.vulnerability,
                "place": people.node.astype(np.int16),
                "state": np.full(n, r.NODE, np.int8),
                "left": np.zeros(n, np.int8),
                "factor": np.ones(n, np.float32),
            }
        )

    def happenings(self) -> pl.DataFrame:
        """Return the frame with what happens to each today (-1 nothing), a day of every leg done."""
        state, place, u, v = (pl.col(name) for name in ("state", "place", "u", "v"))
        on_leg, waits = state == r.TRAVEL, state == r.NODE
        key = pl.when(on_leg).then(place).when(waits).then(r.LEGS + place * r.GROUPS + pl.col("group"))
        a, b, c = (pl.lit(s).gather(pl.col("key")) for s in self.model.thresholds)
        travelling = (
            pl.when(u < v * pl.col("a")).then(r.DEATHS)
            .when(u < v * pl.col("b")).then(r.DETENTIONS)
            .when(u < v * c).then(pl.when(pl.col("left") == 1).then(_REACHED_ROBBED).otherwise(r.ROBBERIES))
            .when(pl.col("left") == 1).then(r.COMPLETED)
            .otherwise(-1)
        )  # fmt: skip
        resting = (
            pl.when(u < pl.col("a")).then(_HOME)
            .when(u < pl.col("a") + pl.col("b") * pl.when(waits).then(pl.col("factor")).otherwise(1.0))
            .then(pl.when(waits).then(r.ENTERED).otherwise(_FREE))
            .otherwise(-1)
        )  # fmt: skip
        draws = pl.Series("u", self.random.random(len(self.agents), dtype=np.float32))
        return (
            self.agents.lazy()
            .with_columns(draws, key=key.otherwise(_HELD_KEY).cast(pl.UInt32))
            .with_columns(a=a, b=b)
            .with_columns(
                event=pl.when(on_leg).then(travelling).otherwise(resting).cast(pl.Int8),
                left=pl.when(on_leg).then(pl.col("left") - 1).otherwise(pl.col("left")),
            )
            .collect()
        )

    def step(self) -> None:
        """Live a day: what happens is an expression over all, what follows from it touches only those concerned."""
        m, df = self.model, self.happenings()
        hit = df.with_row_index("row").filter(pl.col("event") >= 0)
        event, place, group = (hit[name].to_numpy() for name in ("event", "place", "group"))
        factor = np.where(event == r.ENTERED, 1.0, hit["factor"].to_numpy()).astype(np.float32)
        factor[(event == r.ROBBERIES) | (event == _REACHED_ROBBED)] = r.BROKE_FACTOR
        going = event == r.ENTERED
        node, of = place[going], group[going]
        option = (self.random.random(node.size)[:, None] >= m.choice[node, of]).sum(1)
        target, left, state = place.copy(), hit["left"].to_numpy().copy(), m.next_state[event]
        target[going] = leg = m.source.out[node, option]
        left[going] = m.source.days[leg]
        reached = (event == r.COMPLETED) | (event == _REACHED_ROBBED)
        m.count_flows(event, np.where(going, target, place), reached)
        target[reached] = m.source.end[place[reached]]
        state[reached & m.source.is_destination[np.where(reached, target, 0)]] = r.ARRIVED
        target[event == _FREE] = m.source.start[place[event == _FREE]]
        rows = hit["row"]
        new = {"place": target, "left": left, "state": state, "factor": factor}
        df = df.with_columns(df[name].scatter(rows, values) for name, values in new.items())
        m.count_people(df)
        self.agents = df.filter(pl.col("state") < r.ARRIVED).select(
            "group", "v", "place", "state", "left", "factor", "unique_id"
        )


class RouteR(ModelDF):
    """Tables of every regime, and the records."""

    def __init__(self, n: int, days: int, seed: int) -> None:
        """Make tables and people."""
        super().__init__(seed)
        self.source, self.day, self.records = r.make_world(), 0, Records.empty(days)
        self.regimes = r.regime_of_day(days)
        self.every_threshold = [_thresholds(self.source, k) for k in range(r.REGIMES)]
        self.every_choice: Floats = r.cumulative_choice(self.source)
        self.next_state = np.array(
            [r.TRAVEL, r.NODE, r.DEAD, r.DETAINED, r.TRAVEL, r.RETURNED, r.NODE, r.NODE], np.int8
        )
        self.ended = np.zeros((len(r.STATES), r.GROUPS), np.int64)
        self.agents += Travellers(self, n)

    def count_flows(self, event: Ints, leg: Ints, reached: np.ndarray) -> None:
        """Count what happened on the legs today."""
        flow = self.records.flow[self.day]
        for kind in (r.ENTERED, r.DEATHS, r.DETENTIONS):
            flow[:, kind] = np.bincount(leg[event == kind], minlength=r.LEGS)
        flow[:, r.COMPLETED] = np.bincount(leg[reached], minlength=r.LEGS)
        robbed = (event == r.ROBBERIES) | (event == _REACHED_ROBBED)
        flow[:, r.ROBBERIES] = np.bincount(leg[robbed], minlength=r.LEGS)

    def count_people(self, df: pl.DataFrame) -> None:
        """Count where everybody is tonight."""
        where = df.lazy().group_by("state", "place", "group").len().collect().to_numpy().astype(np.int64)
        state, place, group, number = where.T
        at = state == r.NODE
        np.add.at(self.records.at_node[self.day], (place[at], group[at]), number[at])
        done = state >= r.ARRIVED
        np.add.at(self.ended, (state[done], group[done]), number[done])
        today = self.ended.copy()
        np.add.at(today, (state[~done], group[~done]), number[~done])
        self.records.outcome[self.day] = today

    def step(self) -> None:
        """Live a day."""
        k = self.regimes[self.day]
        self.thresholds, self.choice = self.every_threshold[k], self.every_choice[k]
        self.agents.step()
        self.day += 1


class Peer:
    """A run; the number of threads is Polars' own, set by POLARS_MAX_THREADS before it is imported."""

    def __init__(self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1) -> None:
        """Put n people at their first nodes."""
        self.n, self.days, self.model = n, days, RouteR(n, days, seed)
        self.size = self.model.get_agents_of_type(Travellers).agents.estimated_size()

    def run(self) -> Shares:
        """Live all days."""
        for _ in range(self.days):
            self.model.step()
        return counted(self.model.records, self.n)

    def bytes_a_person(self) -> float:
        """Return the size of the frame."""
        return float(self.size) / self.n
