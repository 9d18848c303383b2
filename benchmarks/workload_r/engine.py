"""Workload R on our engine: its tables filled by hand, its own day, recorder and rebuilds; nothing is special-cased.

The mapping, and where our terms differ from the workload's (expected.Terms.ENGINE is exact for ours):

- nodes are places, legs are legs with a fixed number of days; groups are groups, choice classes and risk classes;
- a person's v is one of 256 levels of vulnerability, which the harm multiplier turns back into v;
- daily chances p of a harm are rates -log(1 - p) that compete; arrest does not grow with v here;
- arrest leads into detention at a twin of the place where the leg began, out of which RELEASE of people come a day, to
  their home or to the twin, which offers what the place offers;
- our people decide when they reach a place, the workload's first wait. So legs end as interceptions do, in a waiting
  state without a decision at once (an alternative to detention), which a daily chance ends like any stay;
- leaving a place is a rate, and what happens then a choice between legs and home, with weights that make its shares;
- robbery takes nothing, since money is off here: nobody is broke;
- our recorder keeps people and entries day by day, all other events by calendar month; with ``daily`` set, it closes a
  month every evening, which gives the workload's daily counts of everything.

Everything that knows the kernels' tables is in this file.
"""

from __future__ import annotations

import calendar as gregorian
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace

import numpy as np

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Floats, Population, RouteWorld
from benchmarks.workload_r.expected import Shares
from simulation.crowd import Crowd
from simulation.kernels import layout
from simulation.kernels.day import refresh_bounds
from simulation.kernels.hazards import loads
from simulation.kernels.layout import NEVER, Event, Option, Purpose, Rate, Status
from simulation.kernels.rng import Stream, stream_key
from simulation.phases import live
from simulation.recorder import Recorder
from simulation.world.people import records
from simulation.world.policy import calendar, day_number

PLACES = 2 * r.NODES  # nodes, then their twins for people who are detained
FIRST_DAY = day_number(date(2014, 1, 1))
_LOWEST_V, _V_RANGE = 0.4, 2.1
_HARM_RATES = (Rate.DEATH, Rate.ARREST, Rate.ROBBERY)


def _block(status: Status) -> slice:
    """Return the cells of all places in a status."""
    first = r.LEGS + layout.PLACE_BLOCKS.index(status) * PLACES
    return slice(first, first + PLACES)


def _rates(world: RouteWorld, regime: int) -> Floats:
    """Return (C, GROUPS, RATES): hazards on legs, leaving at places, release in detention."""
    rate = np.zeros((layout.n_cells(r.LEGS, PLACES), r.GROUPS, layout.RATES))
    for column, harm in zip(world.hazard[regime].T, _HARM_RATES, strict=True):
        rate[: r.LEGS, :, harm] = -np.log1p(-column)[:, None]
    leaving = np.tile(-np.log1p(-(world.depart + world.go_home[:, None])), (2, 1))
    for status in (Status.WAITING, Status.WORKING, Status.STRANDED, Status.ALTERNATIVE):
        rate[_block(status), :, Rate.LEAVE] = leaving
    rate[_block(Status.DETAINED), :, Rate.LEAVE] = -np.log1p(-r.RELEASE)
    return rate


def _options(world: RouteWorld) -> tuple[layout.Records, layout.I32]:
    """Return the options and where each place's begin: the legs out of the node, then home."""
    legs = [list(world.out[n % r.NODES, : world.n_out[n % r.NODES]]) for n in range(PLACES)]
    taken = [[*out, -1] if out else [] for out in legs]  # nobody decides at a destination
    start = np.concatenate([[0], np.cumsum([len(t) for t in taken])]).astype(np.int32)
    option = np.zeros(start[-1], layout.OPTION)
    number = np.arange(start[-1]) - np.repeat(start[:-1], np.diff(start))
    place = np.repeat(np.arange(PLACES), np.diff(start)) % r.NODES
    option["leg"] = np.concatenate(taken)
    option["kind"] = np.where(option["leg"] >= 0, int(Option.LEG), int(Option.RETURN))
    option["awareness"], option["eligible"] = 1.0, (1 << layout.DEMOGRAPHICS) - 1
    option["hash"] = 8 * place + number
    return option, start


def _weights(world: RouteWorld, regime: int, option: layout.Records, start: layout.I32) -> Floats:
    """Return (O, GROUPS): shares of what people do who leave a place."""
    place = np.repeat(np.arange(PLACES), np.diff(start)) % r.NODES
    share = r.choice_shares(world)[regime][np.maximum(option["leg"], 0)]
    is_leg = option["leg"][:, None] >= 0
    return np.where(is_leg, share * world.depart[place], world.go_home[place][:, None])


def _legs(world: RouteWorld) -> layout.Records:
    leg = np.zeros(r.LEGS, layout.LEG)
    for name in ("days_low", "days_mode", "days_high"):
        leg[name] = world.days
    leg["origin"], leg["destination"] = world.start, world.end
    leg["custody_place"], leg["captivity_place"] = r.NODES + world.start, world.start
    leg["rescue_place"] = leg["back_leg"] = -1
    leg["hash"], leg["acceptance"], leg["purpose"] = np.arange(r.LEGS), 1.0, Purpose.INTERCEPTION
    return leg


def _places(world: RouteWorld) -> layout.Records:
    place = np.zeros(PLACES, layout.PLACE)
    goes_on = ~world.is_destination
    place["is_terminal"] = np.tile(world.is_destination, 2)
    place["arrest_adult"] = place["arrest_child"] = 1.0
    for name in ("interception_adult", "interception_child", "alternatives"):
        place[name][: r.NODES] = goes_on
    place["exit_assisted"], place["expulsion_leg"], place["stay_days"] = r.DEPORTED, -1, 1.0
    return place


def build_world(world: RouteWorld, regime: int) -> layout.World:
    """Return the tables of a day under a regime."""
    option, start = _options(world)
    setup = np.zeros(1, layout.SETUP)
    setup["n_legs"], setup["n_places"] = r.LEGS, PLACES
    setup["bonded"] = setup["unbonded"] = 1.0
    n_blocks, terminal = len(layout.PLACE_BLOCKS), layout.TERMINAL_ORDER
    status = np.r_[np.full(r.LEGS, Status.TRAVELLING), np.repeat(layout.PLACE_BLOCKS, PLACES), terminal]
    place = np.r_[world.end, np.tile(np.arange(PLACES), n_blocks), np.full(len(terminal), -1)]
    rate = _rates(world, regime)
    return layout.World(
        cell_status=status.astype(np.uint8),
        cell_place=place.astype(np.int32),
        rate=rate,
        load=loads(rate),
        risk=np.arange(r.GROUPS, dtype=np.uint8),
        leg=_legs(world),
        place=_places(world),
        option=option,
        option_start=start,
        weight=np.asfortranarray(_weights(world, regime, option, start)),
        stuck=np.ones((PLACES, layout.CHOICE_CLASSES)),
        go=np.ones((2, layout.CHOICE_CLASSES)),
        savings=np.zeros(2),
        harm_multiplier=_LOWEST_V + np.arange(256) * _V_RANGE / 255,
        reach=np.zeros((PLACES, layout.SERVICES)),
        relief=np.zeros(layout.SERVICES),
        need_share=np.ones(layout.SERVICES),
        setup=setup,
    )


def build_people(population: Population) -> layout.People:
    """Return everybody waiting at the first node, alone."""
    n = population.group.size
    life = records(n)
    life["who"] = life["party"] = np.arange(n, dtype=np.uint64)
    life["party_size"], life["start_day"] = 1, -1
    life["group"] = life["choice_class"] = population.group
    life["vulnerability"] = np.rint((population.vulnerability - _LOWEST_V) / _V_RANGE * 255)
    life["cell"] = _block(Status.WAITING).start + population.node
    return layout.People(due=np.full(n, NEVER, np.int32), bound=np.zeros(n, np.uint8), life=life)


class EngineR:
    """A run of the workload: what RouteModel is to a scenario, with the same phases ``live`` and ``record``."""

    def __init__(
        self, n: int, *, days: int = r.DAYS, seed: int = 1, threads: int = 1, daily: bool = False
    ) -> None:
        """Build tables and people on the eve of the first day."""
        self.n, self.regimes, self.day = n, r.regime_of_day(days), FIRST_DAY - 1
        self.last_day = FIRST_DAY + days - 1
        self.days_left, self.daily = 0, daily
        self.source = r.make_world()
        self.world = build_world(self.source, 0)
        self.keys = np.zeros(max(Stream) + 1, np.uint64)
        for stream in Stream:
            self.keys[stream] = stream_key(seed, stream)
        self.routes = SimpleNamespace(stream_place=np.zeros(2, np.int32))
        self.people = build_people(r.make_people(n))
        self.crowd = Crowd(self.people, n, FIRST_DAY)
        refresh_bounds(self.world, self.people, 0, n)
        self.pool = ThreadPoolExecutor(threads)
        self.recorder = Recorder(threads, self.world.cell_status, r.GROUPS, r.LEGS, days, n)
        self.recorder.count_initial(self.people.life["cell"], self.people.life["group"])

    @property
    def today(self) -> date:
        """Date of the day that was lived last."""
        return calendar(self.day)

    def step(self) -> None:
        """Live the next day; on the first day of a regime all tables are built anew."""
        self.day += 1
        index, today = self.day - FIRST_DAY, self.today
        month_days = gregorian.monthrange(today.year, today.month)[1]
        self.days_left = 1 if self.daily else min(month_days - today.day + 1, self.last_day - self.day + 1)
        if self.daily or today.day == 1:
            self.recorder.begin_month(self.days_left)
        if index and self.regimes[index] != self.regimes[index - 1]:
            self.world = build_world(self.source, int(self.regimes[index]))
            refresh_bounds(self.world, self.people, self.crowd.n_ended, self.crowd.n_seen)
        live(self)  # type: ignore[arg-type]  # it has all that the phase asks of a model
        self.recorder.end_day(index)
        if self.days_left == 1:
            self.recorder.keep_beliefs(np.zeros((2, r.LEGS)), np.zeros(r.LEGS))
            self.recorder.end_month()

    def run(self) -> Shares:
        """Live all days and return what was counted."""
        while self.day < self.last_day:
            self.step()
        self.pool.shutdown()
        return self.shares()

    def shares(self) -> Shares:
        """Return the results in the workload's terms."""
        counts = self.recorder.finish(np.zeros((0, 7), np.int64))
        at_node = (Status.WAITING, Status.WORKING, Status.STRANDED, Status.ALTERNATIVE)
        of = [
            (Status.TRAVELLING,),
            at_node,
            (Status.DETAINED,),
            (Status.ARRIVED,),
            (Status.DEAD,),
            (Status.RETURNED,),
        ]
        outcome = np.stack([counts.census[:, list(statuses)].sum(1) for statuses in of], 1) / self.n
        kinds = (Event.ENTERED, Event.COMPLETED, Event.DEATH, Event.ARREST, Event.ROBBERY)
        flow = [counts.event_count[counts.event_kind == kind].sum() / self.n for kind in kinds]
        return Shares(outcome, np.array(flow))

    def bytes_a_person(self) -> float:
        """Return the memory of everything that grows with people, lists that are never written left out."""
        return self.crowd.bytes_a_person
