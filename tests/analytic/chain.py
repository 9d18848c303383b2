"""The model as a finite absorbing Markov chain, solved exactly: what a run must show when nothing couples people.

Holds for constant levers, coupling off, vulnerability without effect (gamma 0) and, where services are sought, with
everybody's vulnerability 1. Choices are solved independently as well (``literal``), by fixed-point iteration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from branches import Array, Branches, Days, Happening, State, decisions
from literal import INTENTIONS, Text
from literal_hazards import OUTCOMES, RISK_CLASSES
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

from simulation.spec.models import Scenario

ENDINGS = {
    "death": "DEAD",
    "arrived": "ARRIVED",
    "admitted": "ADMITTED",
    "settled": "SETTLED",
    "returned": "RETURNED",
}
LIVING = ("WAITING", "WORKING", "PATHWAY", "TRAVELLING", "CAPTIVE", "DETAINED")
STATUSES = (*LIVING, *ENDINGS.values())
HAPPENINGS = (
    *OUTCOMES, "started", "entered", "completed", "detained", "released", "expelled", "returned", "arrived",
    "admitted", "refused", "settled", "sea_attempt", "intercepted", "rescued", "peril", "served", "unmet",
)  # fmt: skip


@dataclass(frozen=True)
class Moments:
    """Mean, variance and skewness of a count or of person-days, for one person."""

    mean: float
    variance: float
    skewness: float


@dataclass
class Cohort:
    """What the chain says of the people of one stream (``initial``: those on the way on the first day)."""

    stream: str
    happens: dict[Happening, float] = field(
        default_factory=dict
    )  # expected number a person, by place and leg
    ends: dict[tuple[str, str], dict[Happening, float]] = field(default_factory=dict)  # by risk class
    moments: dict[str, Moments] = field(default_factory=dict)  # of HAPPENINGS and of days in LIVING
    census: list[Array] = field(
        default_factory=list
    )  # chance of each of STATUSES at the end of day 1, 2, ...

    @property
    def horizon(self) -> int:
        """Days after which, to 1e-9, everybody's journey has ended."""
        return len(self.census)


@dataclass(frozen=True)
class _Matrix:
    """Branches as arrays, for one risk class and one choice class."""

    states: dict[State, int]
    source: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]  # len(states): ended
    chance: Array
    happens: list[tuple[Happening, ...]]

    @classmethod
    def build(cls, *parts: Branches) -> _Matrix:
        rows = [(key, chance) for part in parts for key, chance in part.chance.items()]
        states: dict[State, int] = {}
        for (here, there, _), _ in rows:
            states.setdefault(here, len(states))
            if there is not None:
                states.setdefault(there, len(states))
        source = np.array([states[s] for (s, _, _), _ in rows])
        target = np.array([len(states) if t is None else states[t] for (_, t, _), _ in rows])
        chance = np.array([c for _, c in rows])
        leaving = np.bincount(source, chance, len(states))
        assert np.allclose(leaving, 1.0, atol=1e-11), "the chances of a state do not add up to 1"
        return cls(states, source, target, chance, [h for (_, _, h), _ in rows])

    @property
    def n(self) -> int:
        return len(self.states)

    def sums(self, values: Array) -> Array:
        """Add values of branches by their source."""
        width = values.shape[1]
        total = np.zeros((self.n, width))
        np.add.at(total, self.source, values)
        return total

    def counted(self) -> Array:
        """Return (branches, HAPPENINGS) how often each thing happens on a branch: 0 or 1."""
        table = np.zeros((self.chance.size, len(HAPPENINGS)))
        for row, happens in enumerate(self.happens):
            for what, _ in happens:
                table[row, HAPPENINGS.index(what)] += 1.0
        assert table.max() <= 1.0
        return table


def status_of(text: Text, state: State) -> str | None:
    """Return the status of a state; None for decisions, which take no time."""
    if state[0] == "leg":
        return "PATHWAY" if text.legs[str(state[1])].purpose == "regular" else "TRAVELLING"
    names = {"waiting": "WAITING", "working": "WORKING", "captivity": "CAPTIVE", "detention": "DETAINED"}
    return names.get(str(state[0]))


def _raw_moments(matrix: _Matrix, text: Text) -> Array:
    """Return (3, states, HAPPENINGS + LIVING): expected X, X^2 and X^3 of what is still to come from a state."""
    n, k = matrix.n, len(HAPPENINGS)
    moving = matrix.target < n
    q = sparse.coo_matrix(
        (matrix.chance[moving], (matrix.source[moving], matrix.target[moving])), (n, n)
    ).tocsc()
    solver = splu((sparse.identity(n, format="csc") - q).tocsc())
    counted = matrix.counted()
    here = np.zeros((n, len(LIVING)))
    for state, i in matrix.states.items():
        status = status_of(text, state)
        if status is not None:
            here[i, LIVING.index(status)] = 1.0
    chance = matrix.chance[:, None]
    ended = np.zeros((1, k))
    m = solver.solve(np.hstack([matrix.sums(chance * counted), here]))
    later_m = np.vstack([m[:, :k], ended])[matrix.target]
    now = here * (1.0 + 2.0 * (q @ m[:, k:]))
    s = solver.solve(np.hstack([matrix.sums(chance * counted * (1.0 + 2.0 * later_m)), now]))
    later_s = np.vstack([s[:, :k], ended])[matrix.target]
    now = here * (1.0 + 3.0 * (q @ m[:, k:]) + 3.0 * (q @ s[:, k:]))
    t = solver.solve(np.hstack([matrix.sums(chance * counted * (1.0 + 3.0 * later_m + 3.0 * later_s)), now]))
    return np.stack([m, s, t])


def _expected(matrix: _Matrix, start: int) -> dict[Happening, float]:
    """Return the expected number of each happening at each cell, from the visits of every state."""
    n, moving = matrix.n, matrix.target < matrix.n
    q = sparse.coo_matrix(
        (matrix.chance[moving], (matrix.source[moving], matrix.target[moving])), (n, n)
    ).tocsc()
    first = np.zeros(n)
    first[start] = 1.0
    visits = splu((sparse.identity(n, format="csc") - q.T).tocsc()).solve(first)
    found: dict[Happening, float] = {}
    for happens, flow in zip(matrix.happens, visits[matrix.source] * matrix.chance, strict=True):
        for item in happens:
            found[item] = found.get(item, 0.0) + float(flow)
    return found


def _daily(matrix: _Matrix, text: Text, start: int, limit: int) -> Iterator[Array]:
    """Yield the chance of each status at the end of day 1, 2, ... until 1e-9 are left; start: a decision or a state."""
    n = matrix.n
    moving = matrix.target < n
    step = sparse.coo_matrix(
        (matrix.chance[moving], (matrix.target[moving], matrix.source[moving])), (n, n)
    ).tocsr()
    ending = np.zeros((len(STATUSES), n))
    for source, target, chance, happens in zip(
        matrix.source, matrix.target, matrix.chance, matrix.happens, strict=True
    ):
        if target == n:
            ending[STATUSES.index(ENDINGS[happens[-1][0]]), source] += chance
    status = [status_of(text, state) for state in matrix.states]
    instant = np.array([s is None for s in status])
    gather = np.array([[s == name for s in status] for name in STATUSES], float)
    here, ended = np.zeros(n), np.zeros(len(STATUSES))
    here[start] = 1.0
    deciding = instant[start]
    for _ in range(limit):
        if not deciding:
            ended, here = ended + ending @ here, step @ here
        deciding = False
        now = np.where(instant, here, 0.0)
        ended, here = ended + ending @ now, np.where(instant, 0.0, here) + step @ now
        yield ended + gather @ here
        if here.sum() < 1e-9:
            return
    raise AssertionError(f"{here.sum():g} are still on the way after {limit} days")


def _choice_classes(text: Text, stream: str) -> Iterator[tuple[float, str, bool, frozenset[str]]]:
    """Yield (share, intention, informed, legs known) of the people of a stream."""
    row = next(c for c in text.scenario.composition if c.stream == stream)
    unsure = [x for x in text.scenario.legs if text.leg_policy(x).awareness < 1.0]
    for intention in INTENTIONS:
        for informed in (True, False):
            share = getattr(row, intention)
            share *= 1 - text.p["uninformed_share"] if informed else text.p["uninformed_share"]
            for pattern in range(2 ** len(unsure)):
                known, of_known = set(), 1.0
                for bit, leg in enumerate(unsure):
                    aware = text.leg_policy(leg).awareness
                    knows = bool(pattern >> bit & 1)
                    of_known *= aware if knows else 1 - aware
                    known |= {leg.id} if knows else set()
                if share * of_known > 0:
                    yield share * of_known, intention, informed, frozenset(known)


def risk_shares(text: Text, stream: str) -> dict[tuple[str, str], float]:
    """Return the share of each risk class among the people of a stream."""
    row = next(c for c in text.scenario.composition if c.stream == stream)
    return {
        (sex, age): (row.female if sex == "female" else 1 - row.female)
        * (row.child if age == "child" else 1 - row.child)
        for sex, age in RISK_CLASSES
    }


def solve(scenario: Scenario, limit: int = 3000) -> dict[str, Cohort]:
    """Solve the chain for every stream: people who start, or, if a stream has an initial group, that group.

    Args:
        scenario: Constant levers, coupling off; a stream has journeys or one initial group, not both.
        limit: Longest journey, days.
    """
    text = Text(scenario)
    days = {risk: Days(text, risk) for risk in RISK_CLASSES}
    weights = {(i, k): text.choice(i, k)[1] for i in INTENTIONS for k in (True, False)}
    starts: dict[str, State] = {s.stream: ("decide", s.place, "waiting") for s in scenario.streams}
    starts |= {g.stream: ("working", g.place) for g in scenario.initial}
    found = {}
    for stream, start in starts.items():
        cohort = Cohort(stream)
        raw = np.zeros((3, len(HAPPENINGS) + len(LIVING)))
        for risk, of_risk in risk_shares(text, stream).items():
            ends = cohort.ends.setdefault(risk, {})
            for share, intention, informed, known in _choice_classes(text, stream):
                captain = weights["europe", True]
                choices = decisions(text, days[risk], weights[intention, informed], captain, known)
                matrix = _reachable(_Matrix.build(days[risk].branches, choices), start)
                here = matrix.states[start]
                for item, number in _expected(matrix, here).items():
                    cohort.happens[item] = cohort.happens.get(item, 0.0) + of_risk * share * number
                    if item[0] in ENDINGS:
                        ends[item] = ends.get(item, 0.0) + share * number
                raw += of_risk * share * _raw_moments(matrix, text)[:, here]
                _add_census(cohort, of_risk * share, list(_daily(matrix, text, here, limit)))
        cohort.moments = _central(raw, is_initial=start[0] == "working")
        found[stream] = cohort
    return found


def _reachable(matrix: _Matrix, start: State) -> _Matrix:
    """Return the part of the chain that can be reached from a state (the rest may hold people for ever)."""
    n = matrix.n
    moving = matrix.target < n
    graph = sparse.coo_matrix(
        (np.ones(moving.sum()), (matrix.source[moving], matrix.target[moving])), (n, n)
    ).tocsr()
    order = csgraph.breadth_first_order(graph, matrix.states[start], return_predecessors=False)
    number = np.full(n + 1, -1)
    number[order] = np.arange(order.size)
    number[n] = order.size
    keep = number[matrix.source] >= 0
    states = {state: int(number[i]) for state, i in matrix.states.items() if number[i] >= 0}
    happens = [h for h, k in zip(matrix.happens, keep, strict=True) if k]
    ordered = dict(sorted(states.items(), key=lambda item: item[1]))
    return _Matrix(
        ordered, number[matrix.source[keep]], number[matrix.target[keep]], matrix.chance[keep], happens
    )


def _add_census(cohort: Cohort, share: float, days: list[Array]) -> None:
    while len(cohort.census) < len(days):
        cohort.census.append(cohort.census[-1].copy() if cohort.census else np.zeros(len(STATUSES)))
    for day in range(len(cohort.census)):
        cohort.census[day] += share * days[min(day, len(days) - 1)]


def _central(raw: Array, is_initial: bool) -> dict[str, Moments]:
    found = {}
    for i, name in enumerate((*HAPPENINGS, *LIVING)):
        m, s, t = raw[:, i]
        variance = max(s - m * m, 0.0)
        third = t - 3 * m * s + 2 * m**3
        skewness = third / variance**1.5 if variance > 1e-12 else 0.0
        # The eve of the first day is not counted for people who are on the way already.
        mean = m - 1.0 if is_initial and name == "WORKING" else m
        found[name] = Moments(float(mean), float(variance), float(skewness))
    return found
