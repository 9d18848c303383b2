"""Exact expectations of workload R without random numbers: the forward (Kolmogorov) equation, day by day.

Two sets of terms. REFERENCE is the workload as defined. ENGINE is what our engine's own terms make of it (see
workload_r.engine): the daily chances of a leg are competing exponential rates, arrest does not grow with vulnerability,
and being robbed does not slow anybody down. Vulnerability is cut into bins, each at its mean; all else is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.definition import Floats, Population, Records, RouteWorld


class Terms(Enum):
    """Whose rule the expectation is of."""

    REFERENCE = "reference"
    ENGINE = "engine"


@dataclass(frozen=True)
class Shares:
    """Expected or counted results, per person."""

    outcome: Floats  # (days, 6) share of people in each state at the end of the day
    flow: Floats  # (5,) events a person over the period

    @property
    def active(self) -> float:
        """Share of person-days of people who are under way."""
        return float(self.outcome[:, :3].sum() / len(self.outcome))


def counted(records: Records, n: int) -> Shares:
    """Return the shares that an implementation counted."""
    return Shares(records.outcome.sum(2) / n, records.flow.sum((0, 1)) / n)


def leg_chances(hazard: Floats, v: Floats, terms: Terms) -> Floats:
    """Return (e, 3, c) chance a day of death, detention, robbery. hazard (e, 3); v (c,)."""
    if terms is Terms.REFERENCE:
        return hazard[:, :, None] * v
    rate = -np.log1p(-hazard)[:, :, None] * np.stack([v, np.ones_like(v), v])
    total = rate.sum(1, keepdims=True)
    chance: Floats = -np.expm1(-total) * rate / total
    return chance


class _Forward:
    """The distribution of people over states; c is a group and a bin of vulnerability, b whether they are broke."""

    def __init__(self, world: RouteWorld, people: Population, terms: Terms, n_bins: int) -> None:
        self.world, self.terms = world, terms
        v = people.vulnerability
        inside = np.searchsorted(np.quantile(v, np.linspace(0, 1, n_bins + 1)[1:-1]), v)
        mean = np.bincount(inside, v, n_bins) / np.maximum(np.bincount(inside, minlength=n_bins), 1)
        self.v = np.tile(mean, r.GROUPS)
        self.group = np.repeat(np.arange(r.GROUPS), n_bins)
        n_broke = 2 if terms is Terms.REFERENCE else 1
        self.node = np.zeros((n_broke, r.NODES, self.v.size))
        np.add.at(self.node[0], (people.node, people.group.astype(int) * n_bins + inside), 1.0 / v.size)
        self.on_leg = np.zeros((n_broke, int(world.days.max()), r.LEGS, self.v.size))  # by days still to go
        self.held = np.zeros((n_broke, r.LEGS, self.v.size))
        self.ended = np.zeros(3)  # arrived, dead, returned
        self.flow = np.zeros(len(r.FLOWS))
        self.share = r.choice_shares(world)[:, :, self.group]
        self.at_start = np.zeros((r.NODES, r.LEGS))
        self.at_start[world.start, np.arange(r.LEGS)] = 1.0
        self.at_end = np.zeros((r.NODES, r.LEGS))
        self.at_end[world.end, np.arange(r.LEGS)] = ~world.is_destination[world.end]

    def _travel(self, k: int) -> tuple[Floats, Floats]:
        """Return people who reach nodes and who are detained today."""
        chance = leg_chances(self.world.hazard[k], self.v, self.terms)
        everybody = self.on_leg.sum((0, 1))
        per_harm = np.einsum("ec,ehc->h", everybody, chance)
        self.flow[[r.DEATHS, r.DETENTIONS, r.ROBBERIES]] += per_harm
        self.ended[1] += per_harm[0]
        detained = self.on_leg.sum(1) * chance[:, 1]
        robbed = self.on_leg.sum(0) * chance[:, 2]
        self.on_leg *= 1.0 - chance.sum(1)
        self.on_leg[-1] += robbed
        done = self.on_leg[:, 0].copy()
        self.on_leg[:, :-1] = self.on_leg[:, 1:]
        self.on_leg[:, -1] = 0.0
        self.flow[r.COMPLETED] += done.sum()
        self.ended[0] += done[:, self.world.is_destination[self.world.end]].sum()
        return self.at_end @ done, detained

    def _leave(self, k: int) -> None:
        """Let people set out from nodes or go home."""
        world, legs = self.world, np.arange(r.LEGS)
        for broke in range(len(self.node)):
            node = self.node[broke]
            leaving = node * world.depart[:, self.group] * (r.BROKE_FACTOR if broke else 1.0)
            home = node * world.go_home[:, None]
            self.ended[2] += home.sum()
            entering = leaving[world.start] * self.share[k]
            self.flow[r.ENTERED] += entering.sum()
            self.node[broke] -= leaving + home
            self.on_leg[0, world.days - 1, legs] += entering

    def day(self, k: int) -> Floats:
        """Live a day of regime k; return the shares of the states at its end."""
        reached, detained = self._travel(k)
        self._leave(k)
        self.node += reached
        out = self.held * r.RELEASE
        self.ended[2] += out.sum() * r.DEPORTED
        self.node += self.at_start @ (out * (1.0 - r.DEPORTED))
        self.held += detained - out
        return np.array([self.on_leg.sum(), self.node.sum(), self.held.sum(), *self.ended])


def expect(people: Population, terms: Terms, days: int = r.DAYS, n_bins: int = 16) -> Shares:
    """Return what the rule makes of these people on average.

    Args:
        people: Their groups, vulnerabilities and first nodes; expectations are given these.
        terms: Whose rule.
        days: Length of the period.
        n_bins: Bins of vulnerability.
    """
    forward = _Forward(r.make_world(), people, terms, n_bins)
    outcome = np.array([forward.day(k) for k in r.regime_of_day(days)])
    return Shares(outcome, forward.flow)


def largest_z(found: Shares, expected: Shares, n: int) -> float:
    """Return the largest deviation of the shares in half time and at the end, in standard errors.

    People are independent given who they are, so the variance of a share p is at most p (1 - p) / n. Twelve normal
    deviates exceed 4.5 with a chance of 1e-4.
    """
    days = len(expected.outcome)
    rows = [days // 2, days - 1]
    p = expected.outcome[rows]
    error = np.sqrt(np.maximum(p * (1.0 - p), 1e-12) / n) + 1.0 / n
    return float(np.max(np.abs(found.outcome[rows] - p) / error))
