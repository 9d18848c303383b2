"""Columns of people: one value a fact, drawn once from the composition of the stream by the person's own luck.

Writers after the start: cell, due, last_fraction, vehicle, bound by moves; vulnerability by harm and services; flags,
incidents, times_detained, sea_attempts by the day. who, group, choice_class and start_day never change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels import layout
from simulation.kernels.layout import F64, NEVER, People, Status
from simulation.kernels.persons import draw_persons, keep
from simulation.kernels.rng import Stream, stream_key
from simulation.spec.models import Scenario
from simulation.world.departures import initial_people, potential_journeys
from simulation.world.routes import INTENTIONS, Routes


@dataclass(frozen=True)
class Population:
    """The columns, and how many of the first rows were already on the way on the first day."""

    people: People
    n_initial: int


def _stream_shares(scenario: Scenario, routes: Routes) -> F64:
    rows = {c.stream: c for c in scenario.composition}
    table = np.zeros((len(routes.streams), 6))
    for s, name in enumerate(routes.streams):
        c = rows[name]
        intended = np.array([getattr(c, intention) for intention in INTENTIONS])
        table[s, :3] = c.female, c.child, c.unaccompanied
        table[s, 3:] = np.cumsum(intended / intended.sum())[:3]
    return table


def build_population(
    scenario: Scenario, routes: Routes, seed: int, scale: float, parameters: dict[str, float]
) -> Population:
    """Draw everybody who is on the way on the first day or could start later; initial people first, then by day.

    Args:
        scenario: Streams, composition, initial population, period.
        routes: The compiled graph.
        seed: The run's seed.
        scale: Share of people kept, in (0, 1], by a keyed hash of who.
        parameters: Behavioural parameters by name.
    """
    who0, stream0, place0 = initial_people(scenario, routes)
    who1, stream1, start1 = potential_journeys(scenario, routes, seed, parameters)
    if scale < 1.0:
        key = stream_key(seed, Stream.THINNING)
        kept0, kept1 = keep(key, who0, scale), keep(key, who1, scale)
        who0, stream0, place0 = who0[kept0], stream0[kept0], place0[kept0]
        who1, stream1, start1 = who1[kept1], stream1[kept1], start1[kept1]
    who = np.concatenate([who0, who1])
    stream = np.concatenate([stream0, stream1])
    n, n_initial = who.size, who0.size
    n_legs, n_places = len(routes.legs), len(routes.places)
    life = np.zeros(n, layout.LIFE)
    group, choice_class, vulnerability = np.empty(n, np.int32), np.empty(n, np.uint8), np.empty(n, np.uint8)
    draw_persons(
        stream_key(seed, Stream.PERSON), who, stream, _stream_shares(scenario, routes),
        parameters["uninformed_share"], parameters["vulnerability_start"], group, choice_class, vulnerability,
    )  # fmt: skip
    life["group"], life["choice_class"], life["vulnerability"] = group, choice_class, vulnerability
    life["cell"] = n_legs + 4 * n_places + layout.TERMINAL_ORDER.index(Status.NOT_STARTED)
    life["cell"][:n_initial] = n_legs + n_places + place0  # working
    due = np.full(n, NEVER, np.int32)
    due[n_initial:] = start1
    life["start_day"][:n_initial] = -1
    life["start_day"][n_initial:] = start1
    return Population(
        People(who=who, due=due, bound=np.zeros(n, np.uint8), luck=np.zeros((n, 16), np.uint8), life=life),
        n_initial,
    )
