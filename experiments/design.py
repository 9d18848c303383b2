"""Where each replicate stands among the uncertain numbers: a design of uniforms, one row a replicate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from experiments.statistics import Floats
from simulation.spec.models import Scenario
from simulation.world.factors import DesignError, FactorProblem, Factors, find_factors

Method = Literal["random", "latin_hypercube", "sobol", "morris", "saltelli"]
Source = Method | Literal["posterior", "training"]
"""Where points come from: a method that a plan may name, draws of a posterior, or the runs of a fit."""
Seeds = Literal["own", "common"]
SCREENING: tuple[Method, ...] = ("morris", "saltelli")
"""Designs for sensitivity analysis: their rows make sense together only, and what is no factor stays at its best."""
EXTENSIBLE: tuple[Method, ...] = ("random", "sobol", "morris", "saltelli")
"""Designs that keep their rows when rows are added. A larger Latin hypercube has other points altogether."""
_STREAM = 3
"""Spawn key of the seeds of designs; 1 and 2 are those of runs, see ``experiments.plan``."""


@dataclass(frozen=True)
class DesignSpec:
    """What is asked of a design.

    Attributes:
        method: random, latin_hypercube or sobol (n replicates); morris or saltelli (sensitivity).
        factors: Names of uncertain numbers, or patterns with * and ?; each name found is a factor of its own.
        groups: Label -> names or patterns: all that is found shares one uniform. Neither: every name is a factor.
        seeds: One seed a replicate ("own"), or one for all ("common"); None: common for morris and saltelli.
        trajectories: Trajectories of morris; each takes n_factors + 1 replicates.
        levels: Levels of the grid of morris, even.
        samples: Base samples of saltelli, a power of 2; each takes n_factors + 2 replicates.
        second_order: Whether saltelli can give interactions of pairs, at 2 * n_factors + 2 replicates a sample.
    """

    method: Method = "random"
    factors: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] | None = None
    seeds: Seeds | None = None
    trajectories: int = 10
    levels: int = 4
    samples: int = 64
    second_order: bool = False

    @property
    def seeds_used(self) -> Seeds:
        """Whose seeds replicates have."""
        return self.seeds or ("common" if self.method in SCREENING else "own")

    def count_replicates(self, n_factors: int) -> int | None:
        """Return how many replicates the method takes for so many factors; None: as many as are asked for."""
        if self.method == "morris":
            return self.trajectories * (n_factors + 1)
        if self.method == "saltelli":
            return self.samples * ((2 * n_factors if self.second_order else n_factors) + 2)
        return None


@dataclass(frozen=True, eq=False)
class Design:
    """Uniforms of every replicate."""

    method: Source
    factors: tuple[str, ...]
    """Labels, in column order."""
    members: tuple[tuple[str, ...], ...]
    """Names of the draws behind each label, as ``simulation.world.draws`` names them."""
    points: Floats
    """(n_replicates, n_factors) uniforms in [0, 1]; for "random" the keyed uniforms, read back."""
    seeds: Seeds = "own"
    """Whether each replicate has its own seed, or all share one."""
    levels: int = 4
    """Levels of the grid; morris only."""
    second_order: bool = False
    """Whether pairs of factors are covered; saltelli only."""
    center: Floats | None = None
    """(n_factors,) uniforms of runs that vary the seed alone; None: every number at its best estimate."""

    def __post_init__(self) -> None:
        """Refuse points that are no uniforms, or that do not belong to the factors."""
        if self.points.ndim != 2 or self.points.shape[1] != len(self.factors):
            raise ValueError(f"points must be (n_replicates, {len(self.factors)}); got {self.points.shape}")
        if len(self.members) != len(self.factors):
            raise ValueError("every factor needs its members")
        if not ((self.points >= 0) & (self.points <= 1)).all():
            raise ValueError("points must lie in [0, 1]")

    @property
    def n_replicates(self) -> int:
        """Number of rows."""
        return int(self.points.shape[0])

    @property
    def others(self) -> Literal["draw", "median"]:
        """What numbers are that are no factor: drawn by key, or at their best estimate."""
        return "median" if self.method in (*SCREENING, "training") else "draw"

    @property
    def is_keyed(self) -> bool:
        """Whether the points are those that each number has without a design."""
        return self.method == "random" and all(len(names) == 1 for names in self.members)

    def given(self, replicate: int) -> dict[str, float]:
        """Return the uniforms of a replicate by the name of the draw."""
        return self._by_name(self.points[replicate])

    @property
    def given_center(self) -> dict[str, float]:
        """The uniforms of runs that vary the seed alone, by the name of the draw."""
        return {} if self.center is None else self._by_name(self.center)

    def _by_name(self, row: Floats) -> dict[str, float]:
        return {name: float(u) for names, u in zip(self.members, row, strict=True) for name in names}


def list_names(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """Return the names of the uncertain numbers of all arms, each once; an arm may have some that others lack."""
    from simulation.world.draws import find_uncertain  # noqa: PLC0415 - kernels only when names are asked for

    return tuple(dict.fromkeys(name for scenario in scenarios for name in find_uncertain(scenario)))


def make_design(
    scenarios: Sequence[Scenario], spec: DesignSpec, seed: int, replicates: int | None = None
) -> Design:
    """Return the design of a plan.

    Adding replicates keeps the rows that were there for every method but latin_hypercube (``EXTENSIBLE``), so that
    finished runs can be taken over.

    Args:
        scenarios: The arms.
        spec: What is asked for.
        seed: Seed of the plan; the same seed gives the same points.
        replicates: Rows; for morris and saltelli they follow from the factors: None, or just that number.

    Raises:
        DesignError: Factors that are not there, a number that the method cannot have, a missing package.
    """
    factors = find_factors(list_names(scenarios), spec.factors, spec.groups)
    rows = spec.count_replicates(len(factors.labels))
    problems = list(_check_numbers(spec, rows, replicates))
    if not factors.labels:
        problems.append(FactorProblem(("factors",), "no number of these scenarios is uncertain"))
    if problems:
        raise DesignError(problems)
    rows = rows or replicates or 0
    points = _make_points(factors, spec, seed, rows)
    return Design(
        spec.method, *factors, points, spec.seeds_used, levels=spec.levels, second_order=spec.second_order
    )


def _make_points(factors: Factors, spec: DesignSpec, seed: int, rows: int) -> Floats:
    """Return (rows, n_factors) uniforms."""
    n_factors = len(factors.labels)
    if spec.method == "random":
        from simulation.world.draws import read_uniforms  # noqa: PLC0415

        # A factor of one number has the uniform that it has without a design.
        keys = [
            names[0] if len(names) == 1 else f"factor:{label}" for label, names in zip(*factors, strict=True)
        ]
        return np.array([read_uniforms(keys, seed=seed, draw=row) for row in range(rows)])
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(_STREAM,))
    if spec.method in SCREENING:
        return _sample_screening(spec, n_factors, int(sequence.generate_state(1, np.uint32)[0]))
    from scipy.stats import qmc  # noqa: PLC0415

    rng = np.random.default_rng(sequence)
    sampler: qmc.QMCEngine
    if spec.method == "sobol":
        sampler = qmc.Sobol(n_factors, scramble=True, rng=rng)
    else:
        sampler = qmc.LatinHypercube(n_factors, rng=rng)
    return np.asarray(sampler.random(rows), np.float64)


def _sample_screening(spec: DesignSpec, n_factors: int, seed: int) -> Floats:
    """Return the points of SALib's Morris trajectories, or of its Sobol sample."""
    try:
        from SALib.sample import morris, sobol  # noqa: PLC0415 - an extra
    except ImportError:
        hint = 'pip install "safepassage[sensitivity]"'
        raise DesignError(
            [FactorProblem(("method",), f"{spec.method} needs the package SALib", hint)]
        ) from None
    problem: dict[str, Any] = {
        "num_vars": n_factors,
        "names": [str(i) for i in range(n_factors)],
        "bounds": [[0.0, 1.0]] * n_factors,
    }
    if spec.method == "morris":
        points = morris.sample(problem, spec.trajectories, num_levels=spec.levels, seed=seed)
    else:
        points = sobol.sample(problem, spec.samples, calc_second_order=spec.second_order, seed=seed)
    return np.clip(np.asarray(points, np.float64), 0.0, 1.0)  # a grid point may miss 1 by a rounding


def _check_numbers(spec: DesignSpec, rows: int | None, replicates: int | None) -> Iterator[FactorProblem]:
    """Yield what is wrong with the numbers of a spec; ``rows`` is what the method takes, None: as asked for."""
    if rows is None and (replicates is None or replicates < 1):
        yield FactorProblem(("replicates",), f"must be at least 1; got {replicates}")
    if rows is not None and replicates not in (None, rows):
        message = f"{spec.method} takes {rows} replicates here, not {replicates}"
        yield FactorProblem(("replicates",), message, "leave replicates out")
    if spec.method == "sobol" and replicates is not None and not _is_power_of_2(replicates):
        yield _unbalanced(("replicates",), "sobol", replicates)
    if spec.method == "saltelli" and not _is_power_of_2(spec.samples):
        yield _unbalanced(("samples",), "saltelli", spec.samples)
    if spec.method == "morris" and spec.trajectories < 2:
        yield FactorProblem(("trajectories",), f"must be at least 2; got {spec.trajectories}")
    if spec.method == "morris" and (spec.levels < 2 or spec.levels % 2):
        yield FactorProblem(("levels",), f"must be an even number; got {spec.levels}", "4 is usual")


def _is_power_of_2(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _unbalanced(where: tuple[str, ...], method: str, number: int) -> FactorProblem:
    """Return the problem of a number of Sobol points that would leave some ranges thinner than others."""
    below = 1 << max(number.bit_length() - 1, 0)
    message = f"points of {method} are balanced only if they are a power of 2; got {number}"
    return FactorProblem(where, message, f"use {below} or {2 * below}" if number > 0 else "use 64")
