"""Columns of people: one value a fact, drawn once from the composition of the stream by the person's own luck.

Writers after the start: cell, due, last_fraction, vehicle, since, bound by moves; vulnerability by harm, custody and
services; money and debt by money; needs by harm and services; together and flags by the day and by keep_company;
incidents, times_detained, sea_attempts, scar by the day. who, party, group, choice_class and start_day never change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.kernels import layout
from simulation.kernels.layout import F64, I32, MAX_PARTY, NEVER, U64, People, Status
from simulation.kernels.persons import draw_money, draw_persons, keep
from simulation.kernels.rng import Stream, stream_key
from simulation.spec.models import Scenario
from simulation.world.departures import initial_heads, potential_journeys
from simulation.world.parties import PartyShape, Roster, first_people, muster, shape_of, solitary
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


class _Muster:
    """Turns heads of parties into everybody, kept at a scale."""

    def __init__(
        self, scenario: Scenario, routes: Routes, seed: int, scale: float, parameters: dict[str, float]
    ) -> None:
        self._seed, self._scale = seed, scale
        self.with_parties = scenario.document.coupling.parties
        rows = {c.stream: c for c in scenario.composition}
        shapes = [shape_of(rows[name], parameters["companions_mean"]) for name in routes.streams]
        self.shapes: list[PartyShape] = shapes
        self._table = np.array([[s.adult_share, s.companions, s.children] for s in shapes]).reshape(-1, 3)

    def people(self, head: U64, stream: I32) -> Roster:
        if not self.with_parties:
            return solitary(head)
        return muster(stream_key(self._seed, Stream.PARTY), head, stream, self._table)

    def kept(self, head: U64) -> npt.NDArray[np.bool_]:
        if self._scale >= 1.0:
            return np.ones(head.size, np.bool_)
        return np.asarray(keep(stream_key(self._seed, Stream.THINNING), head, self._scale))


def _concatenate(rosters: list[Roster]) -> Roster:
    columns = (np.concatenate([getattr(r, f) for r in rosters]) for f in Roster.__dataclass_fields__)
    return Roster(*columns)


def _initial(scenario: Scenario, routes: Routes, mustering: _Muster) -> tuple[Roster, I32, I32]:
    """Return the roster, streams and places of the people who are on the way on the first day."""
    rosters, stream, place = [solitary(np.zeros(0, np.uint64))], [], []
    for row in scenario.initial:
        s = routes.streams.index(row.stream)
        heads = initial_heads(row, MAX_PARTY if mustering.with_parties else 1)
        everybody = mustering.people(heads, np.full(heads.size, s, np.int32))
        first = first_people(everybody, heads.size)
        mask = mustering.kept(first.party)
        rosters.append(Roster(*(getattr(first, f)[mask] for f in Roster.__dataclass_fields__)))
        n = int(mask.sum())
        stream.append(np.full(n, s, np.int32))
        place.append(np.full(n, routes.place_index[row.place], np.int32))
    none = np.zeros(0, np.int32)
    return _concatenate(rosters), np.concatenate([none, *stream]), np.concatenate([none, *place])


def _starters(
    scenario: Scenario, routes: Routes, seed: int, parameters: dict[str, float], mustering: _Muster
) -> tuple[Roster, I32, I32]:
    """Return the roster, streams and start days of the people who could start in the period."""
    heads = np.array([s.heads for s in mustering.shapes]) if mustering.with_parties else None
    head, stream, start = potential_journeys(scenario, routes, seed, parameters, heads)
    mask = mustering.kept(head)
    head, stream, start = head[mask], stream[mask], start[mask]
    roster = mustering.people(head, stream)
    which = np.searchsorted(np.flatnonzero(roster.index == 0), np.arange(roster.who.size), side="right") - 1
    return roster, stream[which], start[which]


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
    roster0, stream0, place0 = _initial(scenario, routes, mustering)
    roster1, stream1, start1 = _starters(scenario, routes, seed, parameters, mustering)
    roster, stream = _concatenate([roster0, roster1]), np.concatenate([stream0, stream1])
    n, n_initial = roster.who.size, roster0.who.size
    n_legs, n_places = len(routes.legs), len(routes.places)
    life = records(n)
    life["who"] = roster.who
    group, choice_class, vulnerability = np.empty(n, np.int32), np.empty(n, np.uint8), np.empty(n, np.uint8)
    draw_persons(
        stream_key(seed, Stream.PERSON), roster.who, roster.party, roster.kind, stream,
        _stream_shares(scenario, routes), parameters["uninformed_share"], parameters["vulnerability_start"],
        group, choice_class, vulnerability,
    )  # fmt: skip
    money, flags = np.zeros(n, np.int32), np.zeros(n, np.uint8)
    if scenario.document.coupling.money and parameters["savings_median"] > 0:
        draw_money(
            stream_key(seed, Stream.MONEY), roster.party, stream, n_initial, parameters["credit_share"],
            routes.savings_factor * parameters["savings_median"], parameters["savings_spread"], money, flags,
        )  # fmt: skip
    life["group"], life["choice_class"], life["vulnerability"] = group, choice_class, vulnerability
    life["money"], life["flags"] = money, flags
    life["party"], life["party_size"], life["party_index"] = roster.party, roster.size, roster.index
    others = (
        (np.int64(1) << roster.size.astype(np.int64)) - 1 - (np.int64(1) << roster.index.astype(np.int64))
    )
    life["together"] = others
    life["cell"] = layout.n_cells(n_legs, n_places) - len(layout.TERMINAL_ORDER)
    life["cell"] += layout.TERMINAL_ORDER.index(Status.NOT_STARTED)
    life["cell"][:n_initial] = n_legs + n_places * layout.PLACE_BLOCKS.index(Status.WORKING) + place0
    due = np.full(n, NEVER, np.int32)
    due[n_initial:] = start1
    life["start_day"][:n_initial] = -1
    life["start_day"][n_initial:] = start1
    return Population(People(due=due, bound=np.zeros(n, np.uint8), life=life), n_initial)
