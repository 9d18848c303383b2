"""Harm of every arm in every draw, as arrays: what ranking, regret and money all start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.collect import Values
from experiments.pareto import HARMS, PER_JOURNEYS, TOTAL, find_basis, take_harms
from experiments.statistics import Floats
from experiments.weights import INDEX, Weights
from simulation.display import FEW_PEOPLE

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class HarmValues:
    """Harms of all arms, draw by draw, on one basis.

    Attributes:
        basis: ``total`` over the whole route, or ``per_1000_journeys``.
        arms: Names, the baseline first.
        harms: Names of outcomes; ``INDEX`` last where the user gave weights.
        value: (n_draws, n_arms, n_harms), people, incidents or person-days; per 1,000 journeys on that basis.
        journeys: (n_draws, n_arms) journeys of the run, NaN where runs do not count them.
        draws: (n_draws,) numbers of the replicates; those in which some arm is not known are left out.
        few: (n_arms, n_harms) whether fewer than 10 simulated people a run stand behind the larger of the arm's and
            the baseline's value.
    """

    basis: str
    arms: tuple[str, ...]
    harms: tuple[str, ...]
    value: Floats
    journeys: Floats
    draws: NDArray[np.int64]
    few: Bools

    def of(self, harm: str) -> Floats:
        """Return (n_draws, n_arms) of one harm."""
        return self.value[:, :, self.harms.index(harm)]


def take_harm_values(
    arms: Sequence[str], values: Values, basis: str, weights: Weights | None = None
) -> HarmValues:
    """Return the harms that happened at all, in draws of the parameters (kind "total").

    Args:
        arms: Names of the arms, the baseline first.
        values: What the runs gave.
        basis: One of ``experiments.pareto.BASES``.
        weights: The user's own weights; only with them there is a sum of harms, as one more row.
    """
    cube = np.stack([take_harms(values, "total", arm, basis, HARMS) for arm in arms], axis=1)
    people = np.stack([_count_people(values, arm, HARMS) for arm in arms])
    names: tuple[str, ...] = HARMS
    if weights is not None:
        weighed = tuple(weights.by_harm)
        by = np.array(list(weights.by_harm.values()))
        index = np.stack([take_harms(values, "total", arm, basis, weighed) @ by for arm in arms], axis=1)
        cube = np.concatenate([cube, index[:, :, None]], axis=2)
        own = np.array([[_count_people(values, arm, weighed).sum()] for arm in arms])
        people, names = np.concatenate([people, own], axis=1), (*names, INDEX)
    known = np.isfinite(cube).all(axis=(1, 2))
    happened = np.asarray((cube[known] > 0).any(axis=(0, 1)), np.bool_)
    behind = people[:, happened]
    row = values.find("journeys")
    journeys = np.stack([values.series("total", arm, row) for arm in arms], axis=1)
    return HarmValues(
        basis,
        tuple(arms),
        tuple(names[i] for i in np.flatnonzero(happened)),
        cube[known][:, :, happened],
        journeys[known],
        np.flatnonzero(known),
        np.asarray(np.maximum(behind, behind[:1]) < FEW_PEOPLE, np.bool_),
    )


def find_bases(values: Values) -> tuple[str, ...]:
    """Return the bases that can be formed, totals first."""
    return find_basis(values)


def say_basis(basis: str) -> str:
    """Return a basis in words."""
    return {TOTAL: "in all", PER_JOURNEYS: "per 1,000 journeys"}[basis]


def _count_people(values: Values, arm: str, harms: tuple[str, ...]) -> Floats:
    """Return (n_harms,) people simulated behind each harm, mean over the runs that finished."""
    mean = values.mean_simulated("total", arm)
    rows = [values.find(harm) for harm in harms]
    return np.array([0.0 if row is None else mean[row] for row in rows])
