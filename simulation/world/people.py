"""Columns of people: one value a fact, drawn once from the composition of the stream by the person's own luck.

Writers after the start: cell, due, last_fraction, vehicle, since, bound by moves; vulnerability by harm, custody and
services; money and debt by money; needs by harm and services; together and flags by the day and by keep_company;
incidents, times_detained, sea_attempts, scar by the day. who, party, group, choice_class and start_day never change.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.kernels import layout
from simulation.kernels.layout import F64, I32, MAX_PARTY, NEVER, U64, People, Status
from simulation.kernels.persons import draw_money, draw_persons
from simulation.kernels.rng import Stream, stream_key
from simulation.machine import n_cores
from simulation.spec.models import Scenario
from simulation.world.departures import initial_heads, kept_at, potential_journeys
from simulation.world.parties import Parties, PartyShape, muster, people_left, shape_of, solitary
from simulation.world.routes import INTENTIONS, Routes

_CHUNK = 1 << 14  # parties drawn in one go: their rows stay in the processor's cache


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


class _Muster:
    """Turns heads into parties, kept at a scale."""

    def __init__(
        self, scenario: Scenario, routes: Routes, seed: int, scale: float, parameters: dict[str, float]
    ) -> None:
        self._seed, self.scale = seed, scale
        self.with_parties = scenario.document.coupling.parties
        rows = {c.stream: c for c in scenario.composition}
        shapes = [shape_of(rows[name], parameters["companions_mean"]) for name in routes.streams]
        self.shapes: list[PartyShape] = shapes
        self._table = np.array([[s.adult_share, s.companions, s.children] for s in shapes]).reshape(-1, 3)

    def parties(self, head: U64, stream: I32) -> Parties:
        if not self.with_parties:
            return solitary(head, stream)
        return muster(stream_key(self._seed, Stream.PARTY), head, stream, self._table)

    def kept(self, head: U64) -> npt.NDArray[np.bool_]:
        return kept_at(self._seed, self.scale, head)


def _initial(scenario: Scenario, routes: Routes, mustering: _Muster) -> tuple[Parties, I32]:
    """Return the parties and places of the people who are on the way on the first day."""
    per_head = MAX_PARTY if mustering.with_parties else 1
    heads = [np.zeros(0, np.uint64)] + [initial_heads(row, per_head) for row in scenario.initial]
    head, people = np.concatenate(heads), np.array([h.size for h in heads[1:]], np.int64)
    stream = np.array([routes.streams.index(row.stream) for row in scenario.initial], np.int32)
    place = np.array([routes.place_index[row.place] for row in scenario.initial], np.int32)
    begin = np.repeat(np.cumsum(people) - people, people)  # a group has as many possible heads as people
    everybody = mustering.parties(head, np.repeat(stream, people))
    size = people_left(everybody, begin, np.repeat(people, people))
    stays = (size > 0) & mustering.kept(head)
    found = Parties(head[stays], everybody.stream[stays], everybody.adults[stays], size[stays])
    return found, np.repeat(place, people)[stays]


def _starters(
    scenario: Scenario, routes: Routes, seed: int, parameters: dict[str, float], mustering: _Muster
) -> tuple[Parties, I32]:
    """Return the parties and start days of the people who could start in the period."""
    heads = np.array([s.heads for s in mustering.shapes]) if mustering.with_parties else None
    head, stream, start = potential_journeys(scenario, routes, seed, parameters, heads, mustering.scale)
    return mustering.parties(head, stream), start


def _together(one: Parties, other: Parties) -> Parties:
    columns = (np.concatenate([getattr(p, f) for p in (one, other)]) for f in Parties.__dataclass_fields__)
    return Parties(*columns)


def _draw(
    scenario: Scenario,
    routes: Routes,
    seed: int,
    parameters: dict[str, float],
    parties: Parties,
    n_early: int,
) -> layout.Records:
    """Return everybody as drawn, (N,) LIFE; the first ``n_early`` parties are under way on the first day."""
    first = np.cumsum(parties.size, dtype=np.int64) - parties.size
    life = records(int(parties.size.sum(dtype=np.int64)))
    shares = _stream_shares(scenario, routes)
    has_money = scenario.document.coupling.money and parameters["savings_median"] > 0
    median = routes.savings_factor * parameters["savings_median"]
    early = np.arange(parties.head.size) < n_early
    keys = stream_key(seed, Stream.PERSON), stream_key(seed, Stream.MONEY)

    def draw(begin: int) -> None:
        some = slice(begin, begin + _CHUNK)
        head, stream, size = parties.head[some], parties.stream[some], parties.size[some]
        draw_persons(
            keys[0], head, stream, parties.adults[some], size, first[some], shares,
            parameters["uninformed_share"], parameters["vulnerability_start"], life,
        )  # fmt: skip
        if has_money:
            draw_money(
                keys[1], head, stream, size, first[some], early[some], parameters["credit_share"], median,
                parameters["savings_spread"], life,
            )  # fmt: skip

    chunks = range(0, parties.head.size, _CHUNK)
    if len(chunks) <= 1:
        for begin in chunks:
            draw(begin)
    else:
        with ThreadPoolExecutor(n_cores()) as pool:
            list(pool.map(draw, chunks))
    return life


def records(n: int) -> layout.Records:
    """Return (n,) LIFE of zeros, each in one line of the processor's cache: a record across two costs two fetches."""
    size = layout.LIFE.itemsize
    raw = np.zeros((n + 1) * size, np.uint8)
    begin = -raw.ctypes.data % size
    return raw[begin : begin + n * size].view(layout.LIFE)


def build_population(
    scenario: Scenario, routes: Routes, seed: int, scale: float, parameters: dict[str, float]
) -> Population:
    """Draw everybody who is on the way on the first day or could start later; initial people first, then by day.

    Args:
        scenario: Streams, composition, initial population, period.
        routes: The compiled graph.
        seed: The run's seed.
        scale: Share of people kept, in (0, 1], by a keyed hash of who leads the party.
        parameters: Behavioural parameters by name.
    """
    mustering = _Muster(scenario, routes, seed, scale, parameters)
    early, place = _initial(scenario, routes, mustering)
    later, start = _starters(scenario, routes, seed, parameters, mustering)
    life = _draw(scenario, routes, seed, parameters, _together(early, later), early.head.size)
    n_legs, n_places = len(routes.legs), len(routes.places)
    n, n_initial = life.size, int(early.size.sum(dtype=np.int64))
    working = n_legs + n_places * layout.PLACE_BLOCKS.index(Status.WORKING)
    not_started = layout.n_cells(n_legs, n_places) - len(layout.TERMINAL_ORDER)
    not_started += layout.TERMINAL_ORDER.index(Status.NOT_STARTED)
    due = np.full(n, NEVER, np.int32)
    due[n_initial:] = np.repeat(start, later.size)
    life["start_day"][:n_initial] = -1
    life["start_day"][n_initial:] = due[n_initial:]
    life["cell"][:n_initial] = working + np.repeat(place, early.size)
    life["cell"][n_initial:] = not_started
    return Population(People(due=due, bound=np.zeros(n, np.uint8), life=life), n_initial)
