"""What workload R is: its world, its people and its calendar, the same numbers for every implementation.

Source: the project's performance note and the generator that came with it ("reference workload R", common.py); the
order of random draws is that of the generator, so that its published expectations hold for this code too
(tests/unit/test_workload_r.py compares them where the generator is at hand).

People go from one of 8 starting nodes towards one of 3 destinations. All are updated from the state at the start of
the day, with v the vulnerability of a person and h the daily hazards of a leg under the policy of the day:

- on a leg: dead, detained or robbed with chances v * h, at most one of them; who is neither dead nor detained makes a
  day of progress, and reaches the leg's end with the last one. Robbed people are broke until they next set out.
- at a node: returns home, or sets out (half as likely while broke), over a leg by multinomial logit.
- detained: released to the leg's start, or returned home.

The first hazard of a leg is met on the day after setting out; destination, death and return end a journey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

DAYS = 365
NODES, LEGS, GROUPS = 60, 150, 8
ORIGINS, DESTINATIONS = 8, 3  # the first nodes, the last nodes
MAX_OUT = 6  # legs out of a node
REGIME_STARTS = (0, 90, 180, 270)  # first day of each policy
REGIMES = len(REGIME_STARTS)
RELEASE = 0.05  # chance a day that detention ends
DEPORTED = 0.3  # share of its ends that are a return home
BROKE_FACTOR = 0.5
STATES = ("travel", "node", "detained", "arrived", "dead", "returned")
TRAVEL, NODE, DETAINED, ARRIVED, DEAD, RETURNED = range(6)
FLOWS = ("entered", "completed", "deaths", "detentions", "robberies")
ENTERED, COMPLETED, DEATHS, DETENTIONS, ROBBERIES = range(5)
_WORLD_SEED, _PEOPLE_SEED = 20240607, 7


@dataclass(frozen=True)
class RouteWorld:
    """The world; k is a regime, e a leg, n a node, g a group."""

    start: Ints  # (e,) node
    end: Ints  # (e,) node
    days: Ints  # (e,) days of travel
    hazard: Floats  # (k, e, 3) chance a day of death, detention, robbery at v = 1
    depart: Floats  # (n, g) chance a day
    go_home: Floats  # (n,) chance a day
    is_destination: npt.NDArray[np.bool_]  # (n,)
    out: Ints  # (n, MAX_OUT) legs, -1 padded
    n_out: Ints  # (n,)
    utility: Floats  # (k, e, g) of the multinomial logit


@dataclass(frozen=True)
class Population:
    """One entry a person."""

    group: npt.NDArray[np.int8]
    vulnerability: npt.NDArray[np.float32]
    node: Ints


@dataclass(frozen=True)
class Records:
    """What every implementation counts: stocks at the end of a day, flows of the day."""

    at_node: Ints  # (days, n, g) people
    flow: Ints  # (days, e, 5) in the order of FLOWS
    outcome: Ints  # (days, 6, g) people in each of STATES

    @staticmethod
    def empty(days: int) -> Records:
        """Return records of so many days, all zero."""
        shapes = ((days, NODES, GROUPS), (days, LEGS, len(FLOWS)), (days, len(STATES), GROUPS))
        return Records(*(np.zeros(shape, np.int32) for shape in shapes))


def _topology(x: Floats, y: Floats, r: np.random.Generator) -> list[tuple[int, int]]:
    """Return the legs, sorted: each node's nearest neighbour to the north, then random ones among near nodes."""
    legs: set[tuple[int, int]] = set()
    n_out = np.zeros(NODES, int)
    apart = np.hypot(x[:, None] - x, 1.6 * (y[:, None] - y))

    def link(a: int, b: int) -> None:
        if a != b and (a, b) not in legs and n_out[a] < MAX_OUT:
            legs.add((a, b))
            n_out[a] += 1

    inner = NODES - DESTINATIONS
    for a in range(inner):
        link(a, a + 1 + int(np.argsort(apart[a, a + 1 :])[0]))
    while len(legs) < LEGS:
        a = int(r.integers(0, inner))
        near = np.argsort(apart[a])[1:13]
        weight = np.where(near > a, 9.0, 1.0)
        link(a, int(r.choice(near, p=weight / weight.sum())))
    return sorted(legs)


def _policies(hazard: Floats, r: np.random.Generator) -> tuple[Floats, Floats]:
    """Return (multiplier (k, e, 3), enforcement (k, e)): a first policy and random changes of it."""
    multiplier, enforcement = np.ones((REGIMES, LEGS, 3)), np.zeros((REGIMES, LEGS))
    enforcement[0] = r.random(LEGS)
    for k in range(1, REGIMES):
        multiplier[k] = np.exp(r.normal(0.0, 0.35, hazard.shape))
        enforcement[k] = np.clip(enforcement[k - 1] + r.normal(0, 0.25, LEGS), 0, 1)
    return multiplier, enforcement


def make_world() -> RouteWorld:
    """Return the world; the order of draws is the definition, do not change it."""
    r = np.random.default_rng(_WORLD_SEED)
    y = np.sort(r.random(NODES))
    x = r.random(NODES)
    legs = _topology(x, y, r)
    start, end = np.array(legs, np.int32).T.copy()
    length = np.hypot(x[:, None] - x, 1.6 * (y[:, None] - y))[start, end]
    rank = np.argsort(np.argsort(length)) / (LEGS - 1)
    days = (1 + np.round(11 * rank**1.4)).astype(np.int32)
    cost = days * r.uniform(20, 60, LEGS)
    ranges = ((-4.2, -2.9), (-3.0, -1.7), (-2.8, -1.6))  # log10 of death, detention, robbery a day
    hazard = np.stack([10 ** r.uniform(low, high, LEGS) for low, high in ranges], 1)
    multiplier, enforcement = _policies(hazard, r)
    hazards = hazard[None] * multiplier
    perceived = 100 * (3 * hazards[:, :, 0] + hazards[:, :, 1]) * days
    weights = ((0.002, 0.008), (0.02, 0.12), (0.02, 0.10), (0.2, 1.5))  # of cost, days, risk, enforcement
    by_cost, by_days, by_risk, by_enforcement = (-r.uniform(low, high, GROUPS) for low, high in weights)
    is_destination = np.arange(NODES) >= NODES - DESTINATIONS
    depart = r.uniform(0.06, 0.16, (NODES, GROUPS))
    depart[:ORIGINS] = r.uniform(0.015, 0.04, (ORIGINS, GROUPS))
    depart[is_destination] = 0.0
    go_home = r.uniform(0.0003, 0.0015, NODES)
    go_home[:ORIGINS] = 0.0
    go_home[is_destination] = 0.0
    out, n_out = np.full((NODES, MAX_OUT), -1, np.int32), np.zeros(NODES, np.int32)
    for e, n in enumerate(start):
        out[n, n_out[n]] = e
        n_out[n] += 1
    utility = (
        by_cost * cost[:, None] + by_days * days[:, None] + by_risk * perceived[:, :, None]
        + by_enforcement * enforcement[:, :, None]
    )  # fmt: skip
    return RouteWorld(start, end, days, hazards, depart, go_home, is_destination, out, n_out, utility)


def make_people(n: int, seed: int = _PEOPLE_SEED) -> Population:
    """Return n people; the order of draws is the definition."""
    r = np.random.default_rng(seed)
    group = r.integers(0, GROUPS, n, dtype=np.int8)
    vulnerability = np.clip(np.exp(r.normal(0, 0.35, n).astype(np.float32)), 0.4, 2.5).astype(np.float32)
    return Population(group, vulnerability, r.integers(0, ORIGINS, n, dtype=np.int32))


def regime_of_day(days: int = DAYS) -> Ints:
    """Return (days,) the regime in force."""
    return (np.searchsorted(REGIME_STARTS, np.arange(days), side="right") - 1).astype(np.int32)


def choice_shares(world: RouteWorld) -> Floats:
    """Return (k, e, g) chance that somebody of g who sets out from the start of e takes e."""
    weight = np.exp(world.utility)
    total = np.zeros((REGIMES, NODES, GROUPS))
    for k in range(REGIMES):
        np.add.at(total[k], world.start, weight[k])
    return weight / total[:, world.start]


def cumulative_choice(world: RouteWorld) -> Floats:
    """Return (k, n, g, MAX_OUT) cumulated chances of the legs in world.out, 1 from the last leg on."""
    share = choice_shares(world)
    table = np.ones((REGIMES, NODES, GROUPS, MAX_OUT))
    for n in np.flatnonzero(world.n_out):
        m = world.n_out[n]
        table[:, n, :, : m - 1] = np.cumsum(share[:, world.out[n, : m - 1]], axis=1).transpose(0, 2, 1)
    return table
