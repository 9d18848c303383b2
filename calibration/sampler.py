"""Draws from a posterior by emcee, helped by the normal approximation at its mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import cholesky, eigh, solve_triangular
from scipy.optimize import minimize

from calibration.cells import Floats
from simulation.errors import SafePassageError

LogDensity = Callable[[Floats], Floats]
"""(n, n_unknown) to (n,)."""
Watch = Callable[[int, int], None]
"""Called with steps done and steps in all."""
_STEP, _WIDE_STEP = 5e-3, 2e-2
"""Of finite differences for gradients and for second derivatives: moments of counts are looked up, not quite smooth."""
MOST_GRADIENTS = 100
_LEAST_PRECISION = 0.25
"""A direction in which the posterior looks wider than twice the prior at its mode is searched that far at most."""
_FROM_NORMAL = 0.8
"""Share of steps from the normal approximation."""
_KEPT, _WIDER = 0.1, 1.1
"""Share of the earlier covariance in one that is learnt from walkers, and by how much that is widened."""
LEAST_WALKERS = 40


class Normal(NamedTuple):
    """A normal approximation of the posterior."""

    mean: Floats
    """(n_unknown,)"""
    lower: Floats
    """(n_unknown, n_unknown) Cholesky factor of the covariance."""

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """Return (n, n_unknown) draws."""
        return self.mean + rng.standard_normal((n, len(self.mean))) @ self.lower.T

    def white(self, points: Floats) -> Floats:
        """Return the independent standard normals (n, n_unknown) behind points."""
        return np.asarray(solve_triangular(self.lower, (points - self.mean).T, lower=True).T)


@dataclass(frozen=True, eq=False)
class Chains:
    """Draws of an ensemble of walkers.

    Attributes:
        draws: (n_steps, n_walkers, n_unknown) after the start was dropped.
        log_density: (n_steps, n_walkers).
        accepted: Mean share of steps that moved.
    """

    draws: Floats
    log_density: Floats
    accepted: float

    def take(self, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return (n, n_unknown) draws without repeats where there are so many, and their log densities."""
        flat = self.draws.reshape(-1, self.draws.shape[-1])
        chosen = rng.choice(len(flat), n, replace=n > len(flat))
        return flat[chosen], self.log_density.reshape(-1)[chosen]


def find_mode(log_density: LogDensity, n_unknown: int, lower: Floats | None = None) -> Floats:
    """Return the unknowns (n_unknown,) of highest density, by L-BFGS with finite differences made in one call.

    Args:
        log_density: Of many points in one call.
        n_unknown: Number of unknowns.
        lower: Cholesky factor of a covariance like the posterior's: in its metric few steps are needed.

    Raises:
        SafePassageError: The density is not finite at 0, where the search begins.
    """
    metric = np.eye(n_unknown) if lower is None else lower
    step = _STEP * metric.T
    shifts = np.vstack([np.zeros(n_unknown), step, -step])

    def loss(white: Floats) -> tuple[float, Floats]:
        values = log_density(metric @ white + shifts)
        gradient = (values[1 : n_unknown + 1] - values[n_unknown + 1 :]) / (2.0 * _STEP)
        if not np.isfinite(values[0]):
            return 1e100, np.zeros(n_unknown)
        return -float(values[0]), -np.nan_to_num(gradient, posinf=0.0, neginf=0.0)

    if not np.isfinite(log_density(np.zeros((1, n_unknown)))[0]):
        raise SafePassageError("what was observed has no likelihood at the best estimates of all numbers")
    found = minimize(
        loss,
        np.zeros(n_unknown),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 100, "maxfun": MOST_GRADIENTS, "maxcor": 30, "ftol": 1e-7, "gtol": 1e-2},
    )
    return np.asarray(metric @ found.x, np.float64)


def approximate(log_density: LogDensity, mode: Floats) -> Normal:
    """Return the normal approximation at a mode: the inverse of minus the second derivatives (Laplace)."""
    n, h = len(mode), _WIDE_STEP
    i, j = np.triu_indices(n)
    eye = h * np.eye(n)
    plus, minus = log_density(mode + eye), log_density(mode - eye)
    center = log_density(mode[None])[0]
    both = log_density(mode + eye[i] + eye[j])
    neither = log_density(mode - eye[i] - eye[j])
    second = (both + neither + 2 * center - (plus + minus)[i] - (plus + minus)[j]) / (2 * h**2)
    precision = np.zeros((n, n))
    precision[i, j] = precision[j, i] = -np.nan_to_num(second)
    size, direction = eigh(precision)
    covariance = (direction / np.maximum(size, _LEAST_PRECISION)) @ direction.T
    return Normal(mode, cholesky(covariance, lower=True))


def sample(
    log_density: LogDensity,
    normal: Normal,
    *,
    n_steps: int,
    n_drop: int,
    seed: int,
    watch: Watch | None = None,
) -> Chains:
    """Return draws of an ensemble (Foreman-Mackey et al. 2013, PASP 125).

    Most steps are proposed from a normal approximation, kept partly (a preconditioned Crank-Nicolson step, Cotter et
    al. 2013, Statistical Science 28): where the posterior is nearly normal they are all but independent. The others are
    by differential evolution among the walkers (Ter Braak 2006) and stretches, which need no approximation and free
    walkers that are far out. The steps that are dropped serve to learn the approximation from the walkers.

    Args:
        log_density: Of many points in one call.
        normal: First approximation of the posterior.
        n_steps: Steps that are kept.
        n_drop: Steps before.
        seed: Same seed, same draws.
        watch: Told how far it is.
    """
    import emcee  # noqa: PLC0415 - an extra

    n_unknown = len(normal.mean)
    n_walkers = max(2 * n_unknown + 2, LEAST_WALKERS)
    random = np.random.RandomState(seed % 2**32)
    state = emcee.State(normal.draw(np.random.default_rng(seed), n_walkers), random_state=random.get_state())
    done, total = 0, n_drop + n_steps

    def advance(state: Any, normal: Normal, steps: int) -> tuple[Any, Any]:  # noqa: ANN401  (emcee has no types)
        nonlocal done
        share = (1.0 - _FROM_NORMAL) / 2
        moves = [
            (emcee.moves.MHMove(_CrankNicolson(normal)), _FROM_NORMAL),
            (emcee.moves.DEMove(), share),
            (emcee.moves.StretchMove(), share),
        ]
        sampler = emcee.EnsembleSampler(n_walkers, n_unknown, log_density, moves=moves, vectorize=True)
        for reached in sampler.sample(state, iterations=steps):
            state, done = reached, done + 1
            if watch is not None:
                watch(done, total)
        return sampler, state

    for steps in _split(n_drop):
        sampler, state = advance(state, normal, steps)
        normal = _learn(normal, sampler.get_chain(discard=steps // 2, flat=True))
    sampler, _ = advance(state, normal, n_steps)
    return Chains(sampler.get_chain(), sampler.get_log_prob(), float(sampler.acceptance_fraction.mean()))


def _split(n: int) -> list[int]:
    """Return the lengths of the stages before, each of which learns from the one before."""
    return [part for part in (n // 3, n - n // 3) if part > 0]


def _learn(normal: Normal, points: Floats) -> Normal:
    """Return an approximation with mean and covariance of points, the latter drawn a little to what it was."""
    before = normal.lower @ normal.lower.T
    covariance = (1.0 - _KEPT) * np.cov(points.T).reshape(before.shape) + _KEPT * before
    return Normal(points.mean(axis=0), cholesky(_WIDER * covariance, lower=True))


class _CrankNicolson:
    """Proposes mean + sqrt(1 - b^2) (z - mean) + b e, e from the normal approximation, b drawn for each step."""

    def __init__(self, normal: Normal) -> None:
        self._normal = normal

    def __call__(self, points: Floats, random: np.random.RandomState) -> tuple[Floats, Floats]:
        """Return proposals and the log of backward over forward density, that of the approximation at both ends."""
        white = self._normal.white(points)
        size = np.sqrt(random.uniform(0.01, 1.0, (len(points), 1)))
        moved = np.sqrt(1.0 - size**2) * white + size * random.standard_normal(white.shape)
        factor = 0.5 * ((moved**2).sum(axis=1) - (white**2).sum(axis=1))
        return self._normal.mean + moved @ self._normal.lower.T, factor


def draw_posterior(
    log_density: LogDensity,
    n_unknown: int,
    *,
    lower: Floats | None = None,
    n_steps: int = 400,
    n_drop: int = 200,
    seed: int,
    watch: Watch | None = None,
) -> Chains:
    """Return draws from a density over standard-normal-like unknowns: mode, normal approximation, ensemble.

    Args:
        log_density: Of many points in one call.
        n_unknown: Number of unknowns.
        lower: Cholesky factor of a covariance to begin with, such as that of a like posterior; None: found at the mode.
        n_steps: Steps that are kept.
        n_drop: Steps before.
        seed: Same seed, same draws.
        watch: Told how far it is.
    """
    mode = find_mode(log_density, n_unknown, lower)
    normal = approximate(log_density, mode) if lower is None else Normal(mode, lower)
    return sample(log_density, normal, n_steps=n_steps, n_drop=n_drop, seed=seed, watch=watch)
