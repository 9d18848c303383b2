"""The model as a finite absorbing Markov chain, solved exactly: what a run must show when nothing couples people.

Holds for constant levers, coupling off, vulnerability without effect (gamma 0) and, where services are sought, with
everybody's vulnerability 1. Choices are solved independently as well (``literal``), by fixed-point iteration. Where
kinds of service are told apart (services.csv), the state holds a person's open needs beside where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from branches import Array, Days, Happening, State, starting_again
from decisions import decisions
from literal import INTENTIONS, Text
from literal_hazards import RISK_CLASSES
from matrix import COLUMN, HAPPENINGS, Matrix, reachable
from needs import with_needs
from scipy import sparse
from scipy.sparse.linalg import splu

from simulation.spec.models import Scenario

ENDINGS = {
    "death": "DEAD",
    "arrived": "ARRIVED",
    "admitted": "ADMITTED",
    "settled": "SETTLED",
    "returned": "RETURNED",
}
LIVING = ("WAITING", "WORKING", "ALTERNATIVE", "PATHWAY", "TRAVELLING", "CAPTIVE", "DETAINED")
STATUSES = (*LIVING, *ENDINGS.values())


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
    ever: dict[str, float] = field(default_factory=dict)  # chance of ever going to sea, or by desert
    census: list[Array] = field(
        default_factory=list
    )  # chance of each of STATUSES at the end of day 1, 2, ...

    @property
    def horizon(self) -> int:
        """Days after which, to 1e-9, everybody's journey has ended."""
        return len(self.census)


def status_of(text: Text, state: State) -> str | None:
    """Return the status of a state; None for decisions, which take no time."""
    if state[0] == "leg":
        return "PATHWAY" if text.legs[str(state[1])].purpose == "regular" else "TRAVELLING"
    names = {
        "waiting": "WAITING", "working": "WORKING", "alternative": "ALTERNATIVE", "captivity": "CAPTIVE",
        "detention": "DETAINED", "home": "RETURNED",
    }  # fmt: skip
    return names.get(str(state[0]))


def _raw_moments(matrix: Matrix, text: Text) -> Array:
    """Return (3, states, HAPPENINGS + LIVING): expected X, X^2 and X^3 of what is still to come from a state."""
    n, k, q = matrix.n, len(HAPPENINGS), matrix.step
    solver = splu((sparse.eye_array(n, format="csc") - q).tocsc())
    counted = matrix.counted()
    here = np.zeros((n, len(LIVING)))
    for state, i in matrix.states.items():
        status = status_of(text, state)
        if status in LIVING:
            here[i, LIVING.index(status)] = 1.0
    chance = matrix.chance[:, None]
    ended = np.zeros((1, k))
    m = solver.solve(np.hstack([matrix.sums(chance * counted), here]))
    later_m = np.vstack([m[:, :k], ended])[matrix.target]
    now = here * (1.0 + 2.0 * (q @ m[:, k:]))
    # (c + X)^2 and (c + X)^3 where c is counted on the branch and X is still to come.
    s = solver.solve(np.hstack([matrix.sums(chance * counted * (counted + 2.0 * later_m)), now]))
    later_s = np.vstack([s[:, :k], ended])[matrix.target]
    now = here * (1.0 + 3.0 * (q @ m[:, k:]) + 3.0 * (q @ s[:, k:]))
    third = counted * (counted**2 + 3.0 * counted * later_m + 3.0 * later_s)
    t = solver.solve(np.hstack([matrix.sums(chance * third), now]))
    return np.stack([m, s, t])


def _expected(matrix: Matrix, start: int) -> dict[Happening, float]:
    """Return the expected number of each happening at each cell, from the visits of every state."""
    first = np.zeros(matrix.n)
    first[start] = 1.0
    visits = splu((sparse.eye_array(matrix.n, format="csc") - matrix.step.T).tocsc()).solve(first)
    found: dict[Happening, float] = {}
    for happens, flow in zip(matrix.happens, visits[matrix.source] * matrix.chance, strict=True):
        for item in happens:
            found[item] = found.get(item, 0.0) + float(flow)
    return found


def _ever(matrix: Matrix, start: int, what: str) -> float:
    """Return the chance that something ever happens to a person."""
    happens = np.array([any(name == what for name, _ in h) for h in matrix.happens])
    if not happens.any():
        return 0.0
    n, moving = matrix.n, (matrix.target < matrix.n) & ~happens
    entries = (matrix.chance[moving], (matrix.source[moving], matrix.target[moving]))
    q = sparse.coo_array(entries, (n, n))
    at_once = np.bincount(matrix.source[happens], matrix.chance[happens], n)
    return float(splu((sparse.eye_array(n, format="csc") - q).tocsc()).solve(at_once)[start])


def _daily(matrix: Matrix, text: Text, start: int, limit: int) -> Iterator[Array]:
    """Yield the chance of each status at the end of day 1, 2, ... until 1e-9 are left; start: a decision or a state."""
    n, step = matrix.n, matrix.step.T.tocsr()
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


@dataclass(frozen=True)
class _Kind:
    """People who take the same decisions: intention, knowledge, and the legs closed to them."""

    intention: str
    informed: bool
    barred: frozenset[str]


def _kinds(text: Text, stream: str, sex: str, age: str) -> dict[_Kind, float]:
    """Return the shares of kinds of people among those of a stream, sex and age."""
    row = next(c for c in text.scenario.composition if c.stream == stream)
    unsure = [x for x in text.scenario.legs if text.leg_policy(x).awareness < 1.0]
    found: dict[_Kind, float] = {}
    for intention, informed in product(INTENTIONS, (True, False)):
        share = getattr(row, intention)
        share *= 1 - text.p["uninformed_share"] if informed else text.p["uninformed_share"]
        for knows in product((True, False), repeat=len(unsure)):
            aware = [text.leg_policy(leg).awareness for leg in unsure]
            of_known = math.prod(a if k else 1 - a for a, k in zip(aware, knows, strict=True))
            unknown = {leg.id for leg, k in zip(unsure, knows, strict=True) if not k}
            for of_person, refused in _eligibility(text, row.unaccompanied, sex, age):
                kind = _Kind(intention, informed, frozenset(unknown | refused))
                if share * of_known * of_person > 0:
                    found[kind] = found.get(kind, 0.0) + share * of_known * of_person
    return found


def _eligibility(text: Text, unaccompanied: float, sex: str, age: str) -> Iterator[tuple[float, set[str]]]:
    """Yield (share, regular legs that they may not apply for) of people of a sex and age."""
    start = text.p["vulnerability_start"]  # uniform on [0, 2 start]; nothing changes who counts as vulnerable
    vulnerable = max(0.0, 1.0 - 0.25 / start) if start > 0 else 0.0
    alone = unaccompanied if age == "child" else 0.0
    for is_alone, is_vulnerable in product((True, False), repeat=2):
        share = (alone if is_alone else 1 - alone) * (vulnerable if is_vulnerable else 1 - vulnerable)
        may = {
            "all": True,
            "children": age == "child",
            "unaccompanied": is_alone,
            "women_and_children": sex == "female" or age == "child",
            "vulnerable": is_vulnerable,
        }
        regular = [leg for leg in text.scenario.legs if leg.purpose == "regular"]
        yield share, {leg.id for leg in regular if not may[text.leg_policy(leg).eligible]}


def risk_shares(text: Text, stream: str) -> dict[tuple[str, str], float]:
    """Return the share of each sex and age among the people of a stream."""
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
    weights = {(i, k): text.choice(i, k)[1] for i in INTENTIONS for k in (True, False)}
    place = {s.stream: s.place for s in scenario.streams}
    starts: dict[str, State] = {s: ("decide", p, "waiting") for s, p in place.items()}
    starts |= {g.stream: ("working", g.place) for g in scenario.initial}
    group = {c.stream: c.risk_group for c in scenario.composition}
    days: dict[tuple[str, str, str], Days] = {}
    found = {}
    for stream, start in starts.items():
        cohort = Cohort(stream, ever={"sea_attempt": 0.0, "desert": 0.0})
        raw = np.zeros((3, len(HAPPENINGS) + len(LIVING)))
        for (sex, age), of_risk in risk_shares(text, stream).items():
            risk = (sex, age, group[stream])
            if of_risk > 0 and risk not in days:
                days[risk] = Days(text, risk)
            ends = cohort.ends.setdefault((sex, age), {})
            for kind, share in _kinds(text, stream, sex, age).items() if of_risk > 0 else ():
                captain, own = weights["europe", True], weights[kind.intention, kind.informed]
                choices = decisions(text, days[risk], own, captain, kind.barred)
                again = starting_again(text, place[stream])
                matrix = reachable(Matrix.build(days[risk].branches, choices, again), start)
                matrix = with_needs(text, matrix)
                here = matrix.states[start]
                for item, number in _expected(matrix, here).items():
                    cohort.happens[item] = cohort.happens.get(item, 0.0) + of_risk * share * number
                    if item[0] in ENDINGS:
                        ends[item] = ends.get(item, 0.0) + share * number
                for what in cohort.ever:
                    cohort.ever[what] += of_risk * share * _ever(matrix, here, what)
                raw += of_risk * share * _raw_moments(matrix, text)[:, here]
                _add_census(cohort, of_risk * share, list(_daily(matrix, text, here, limit)))
        cohort.moments = _central(raw, is_initial=start[0] == "working")
        cohort.moments["repeat_attempt"] = _repeats(raw[:, COLUMN["sea_attempt"]], cohort.ever["sea_attempt"])
        found[stream] = cohort
    return found


def _repeats(raw: Array, ever: float) -> Moments:
    """Return the moments of attempts at sea after the first, from those of attempts and the chance of any."""
    m, s, t = raw
    return _of_raw(m - ever, s - 2 * m + ever, t - 3 * s + 3 * m - ever)


def _add_census(cohort: Cohort, share: float, days: list[Array]) -> None:
    while len(cohort.census) < len(days):
        cohort.census.append(cohort.census[-1].copy() if cohort.census else np.zeros(len(STATUSES)))
    for day in range(len(cohort.census)):
        cohort.census[day] += share * days[min(day, len(days) - 1)]


def _of_raw(m: float, s: float, t: float) -> Moments:
    variance = max(s - m * m, 0.0)
    third = t - 3 * m * s + 2 * m**3
    return Moments(float(m), float(variance), float(third / variance**1.5) if variance > 1e-12 else 0.0)


def _central(raw: Array, is_initial: bool) -> dict[str, Moments]:
    found = {}
    for i, name in enumerate((*HAPPENINGS, *LIVING)):
        one = _of_raw(*raw[:, i])
        # The eve of the first day is not counted for people who are on the way already.
        found[name] = replace(one, mean=one.mean - 1.0) if is_initial and name == "WORKING" else one
    return found
