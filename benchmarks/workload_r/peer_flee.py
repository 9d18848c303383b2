"""Flee on its case that is nearest to workload R: its route graph, one person an agent. For the table only.

Flee knows no hazards, detention, return, groups or policy by leg: towns with the mean chance of leaving of R's nodes,
camps as its destinations, links both ways of so many days' travel. Outcomes cannot be compared, person-days can.
"""

from __future__ import annotations

import contextlib
import io
import tempfile

import numpy as np
from flee import flee

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.expected import Shares
from benchmarks.workload_r.objects import objects_a_person

_KM_A_DAY = 200.0


class Peer:
    """A run."""

    def __init__(self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1) -> None:
        """Put n people at their first nodes. threads: not used."""
        self.n, self.days = n, days
        flee.random.seed(seed)
        rules = f"move_rules:\n  max_move_speed: {_KM_A_DAY}\n  max_walk_speed: {_KM_A_DAY}\n"
        with (
            tempfile.NamedTemporaryFile("w", suffix=".yml") as file,
            contextlib.redirect_stderr(io.StringIO()),
        ):
            file.write(rules)
            file.flush()
            flee.SimulationSettings.ReadFromYML(file.name)
        self.model = self.make(n)

    def make(self, n: int) -> flee.Ecosystem:
        """Return the route graph with n people."""
        model, world = flee.Ecosystem(), r.make_world()
        for node in range(r.NODES):
            kind = "camp" if world.is_destination[node] else "town"
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                model.addLocation(name=f"n{node}", location_type=kind, capacity=-1, pop=1)
            if kind == "town":  # a town made by addLocation has the chance that holds for all towns
                model.locations[-1].movechance = float(world.depart[node].mean())
        for start, end, length in zip(world.start, world.end, world.days, strict=True):
            model.linkUp(f"n{start}", f"n{end}", float(length) * _KM_A_DAY - 1.0)
        for node in r.make_people(n).node:
            model.addAgent(model.locations[int(node)], {})
        return model

    def run(self) -> Shares:
        """Live all days."""
        outcome = np.zeros((self.days, len(r.STATES)))
        for t in range(self.days):
            self.model.evolve()
            camps = sum(place.numAgents for place in self.model.locations if place.camp)
            places = sum(place.numAgents for place in self.model.locations)
            outcome[t, [r.TRAVEL, r.NODE, r.ARRIVED]] = self.n - places, places - camps, camps
        return Shares(outcome / self.n, np.zeros(len(r.FLOWS)))

    def bytes_a_person(self) -> float:
        """Return what Python sets aside for each person more."""
        return objects_a_person(self.make)
