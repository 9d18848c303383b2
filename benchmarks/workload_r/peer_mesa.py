"""Workload R in Mesa, one object a person: as Mesa's tutorials teach it, and as an expert would tune it."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Any

import mesa
import networkx as nx
import numpy as np

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Records
from benchmarks.workload_r.expected import Shares, counted
from benchmarks.workload_r.objects import objects_a_person

_REPORTS = {"at_node": "waiting", "flow": "flow", "outcome": "stock"}


class _Base(mesa.Model):
    """Counters, calendar and reports, the same in both styles."""

    def __init__(self, n: int, days: int, seed: int, kind: type[mesa.Agent]) -> None:
        super().__init__(rng=seed)
        self.n_people, self.day, self.regimes = n, 0, r.regime_of_day(days).tolist()
        self.regime = 0
        self.source = r.make_world()
        self.found()
        people = r.make_people(n)
        self.stock = [[0] * r.GROUPS for _ in r.STATES]
        self.waiting = [[0] * r.GROUPS for _ in range(r.NODES)]
        kind.create_agents(
            self, n, people.group.tolist(), people.vulnerability.tolist(), people.node.tolist()
        )
        for group, node in zip(people.group.tolist(), people.node.tolist(), strict=True):
            self.stock[r.NODE][group] += 1
            self.waiting[node][group] += 1
        self.datacollector = mesa.DataCollector(
            model_reporters={
                name: (lambda m, of=of: [row.copy() for row in getattr(m, of)])
                for name, of in _REPORTS.items()
            }
        )

    def found(self) -> None:
        """Make the world's tables."""
        raise NotImplementedError

    def begin_day(self) -> None:
        """Set the day's regime and empty its flows."""
        self.regime = self.regimes[self.day]
        self.flow = [[0] * len(r.FLOWS) for _ in range(r.LEGS)]
        self.day += 1


class Traveller(mesa.Agent):
    """A person, idiomatic: looks everything up in the graph, weighs the legs anew at each choice."""

    def __init__(self, model: Model, group: int, vulnerability: float, node: int) -> None:
        """Begin at a node."""
        super().__init__(model)
        self.group, self.vulnerability, self.node = group, vulnerability, node
        self.state, self.leg, self.travelled, self.broke = r.NODE, (node, node), 0, False

    def step(self) -> None:
        """Live a day."""
        if self.state == r.TRAVEL:
            self.travel()
        elif self.state == r.NODE:
            self.wait()
        elif self.state == r.DETAINED:
            u = self.random.random()
            if u < r.RELEASE:
                self.node = self.leg[0]
                self.enter(r.RETURNED if u < r.RELEASE * r.DEPORTED else r.NODE)

    def travel(self) -> None:
        """A day on a leg."""
        leg = self.model.graph.edges[self.leg]
        death, detention, robbery = (self.vulnerability * h for h in leg["hazard"][self.model.regime])
        flow = self.model.flow[leg["number"]]
        u = self.random.random()
        if u < death:
            flow[r.DEATHS] += 1
            self.enter(r.DEAD)
        elif u < death + detention:
            flow[r.DETENTIONS] += 1
            self.enter(r.DETAINED)
        else:
            if u < death + detention + robbery:
                flow[r.ROBBERIES] += 1
                self.broke = True
            self.travelled += 1
            if self.travelled == leg["days"]:
                flow[r.COMPLETED] += 1
                self.node = self.leg[1]
                is_destination = self.model.graph.nodes[self.node]["is_destination"]
                self.enter(r.ARRIVED if is_destination else r.NODE)

    def wait(self) -> None:
        """A day at a node."""
        node = self.model.graph.nodes[self.node]
        u = self.random.random()
        leave = node["depart"][self.group] * (r.BROKE_FACTOR if self.broke else 1.0)
        if u < node["go_home"] + leave:
            self.model.waiting[self.node][self.group] -= 1
            if u < node["go_home"]:
                self.enter(r.RETURNED)
                return
            out = list(self.model.graph.out_edges(self.node, data="utility"))
            weights = [math.exp(utility[self.model.regime][self.group]) for _, _, utility in out]
            start, end, _ = self.random.choices(out, weights)[0]
            self.leg, self.travelled, self.broke = (start, end), 0, False
            self.model.flow[self.model.graph.edges[self.leg]["number"]][r.ENTERED] += 1
            self.enter(r.TRAVEL)

    def enter(self, state: int) -> None:
        """Change state."""
        self.model.stock[self.state][self.group] -= 1
        self.model.stock[state][self.group] += 1
        if state == r.NODE:
            self.model.waiting[self.node][self.group] += 1
        self.state = state


class Model(_Base):
    """The idiomatic model: a networkx graph with attributes, agents shuffled every day."""

    def found(self) -> None:
        """Make the graph."""
        world = self.source
        self.graph: nx.DiGraph[int] = nx.DiGraph()
        for n in range(r.NODES):
            self.graph.add_node(
                n, is_destination=bool(world.is_destination[n]), go_home=float(world.go_home[n]),
                depart=world.depart[n].tolist(),
            )  # fmt: skip
        for e in range(r.LEGS):
            self.graph.add_edge(
                int(world.start[e]), int(world.end[e]), number=e, days=int(world.days[e]),
                hazard=world.hazard[:, e].tolist(), utility=world.utility[:, e].tolist(),
            )  # fmt: skip

    def step(self) -> None:
        """Live a day."""
        self.begin_day()
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)


class FastTraveller(mesa.Agent):
    """A person, tuned: lists, cumulated tables, one draw where one will do; whose journey has ended is removed."""

    def __init__(self, model: FastModel, group: int, vulnerability: float, node: int) -> None:
        """Begin at a node. place: a node, or the leg on which the person is or was detained."""
        super().__init__(model)
        self.group, self.v, self.place = group, vulnerability, node
        self.state, self.left, self.factor = r.NODE, 0, 1.0

    def step(self) -> None:
        """Live a day."""
        m, place, state = self.model, self.place, self.state
        u = m.draw()
        if state == r.NODE:
            home, group = m.go_home[place], self.group
            if u >= home + m.depart[place][group] * self.factor:
                return
            m.waiting[place][group] -= 1
            if u < home:
                self.end(r.RETURNED)
                return
            leg = m.out[place][bisect_right(m.choice[place][group], m.draw())]
            m.flow[leg][r.ENTERED] += 1
            self.place, self.left, self.factor = leg, m.days[leg], 1.0
            self.enter(r.TRAVEL)
        elif state == r.TRAVEL:
            death, detention, robbery = m.hazard[place]
            u /= self.v
            if u < robbery:
                if u < death:
                    m.flow[place][r.DEATHS] += 1
                    self.end(r.DEAD)
                    return
                if u < detention:
                    m.flow[place][r.DETENTIONS] += 1
                    self.enter(r.DETAINED)
                    return
                m.flow[place][r.ROBBERIES] += 1
                self.factor = r.BROKE_FACTOR
            self.left -= 1
            if not self.left:
                m.flow[place][r.COMPLETED] += 1
                self.reach(m.target[place])
        elif u < r.RELEASE:
            if u < r.RELEASE * r.DEPORTED:
                self.end(r.RETURNED)
            else:
                self.reach(m.origin[place])

    def reach(self, node: int) -> None:
        """Come to a node."""
        self.place = node
        if self.model.is_destination[node]:
            self.end(r.ARRIVED)
        else:
            self.enter(r.NODE)
            self.model.waiting[node][self.group] += 1

    def enter(self, state: int) -> None:
        """Change state."""
        stock = self.model.stock
        stock[self.state][self.group] -= 1
        stock[state][self.group] += 1
        self.state = state

    def end(self, state: int) -> None:
        """End the journey."""
        self.enter(state)
        self.remove()


class FastModel(_Base):
    """The tuned model: plain lists instead of a graph, agents in fixed order."""

    def found(self) -> None:
        """Make look-up lists."""
        world = self.source
        self.draw = self.random.random
        self.go_home, self.depart = world.go_home.tolist(), world.depart.tolist()
        self.out = [[int(e) for e in row if e >= 0] for row in world.out]
        self.choices, self.hazards = r.cumulative_choice(world).tolist(), np.cumsum(world.hazard, 2).tolist()
        self.days, self.origin, self.target = world.days.tolist(), world.start.tolist(), world.end.tolist()
        self.is_destination = world.is_destination.tolist()

    def step(self) -> None:
        """Live a day."""
        self.begin_day()
        self.choice, self.hazard = self.choices[self.regime], self.hazards[self.regime]
        self.agents.do("step")
        self.datacollector.collect(self)


class Peer:
    """A run of the tuned model."""

    model_class: type[_Base] = FastModel
    agent_class: type[mesa.Agent] = FastTraveller

    def __init__(self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1) -> None:
        """Put n people at their first nodes. threads: not used."""
        self.n, self.days, self.seed = n, days, seed
        self.model: Any = self.make(n)

    def make(self, n: int) -> _Base:
        """Return a model of n people."""
        return self.model_class(n, self.days, self.seed, self.agent_class)

    def run(self) -> Shares:
        """Live all days."""
        for _ in range(self.days):
            self.model.step()
        kept = self.model.datacollector.model_vars
        return counted(Records(*(np.array(kept[name], np.int32) for name in _REPORTS)), self.n)

    def bytes_a_person(self) -> float:
        """Return what Python sets aside for each person more."""
        return objects_a_person(self.make)


class IdiomaticPeer(Peer):
    """A run of the idiomatic model."""

    model_class = Model
    agent_class = Traveller
