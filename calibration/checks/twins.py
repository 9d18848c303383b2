"""Synthetic twins: data drawn from the prior and fitted again; ranks, coverage, and one joint test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.stats import binom

from calibration.cells import Floats, Ints, ObservationModel
from calibration.sampler import draw_posterior
from calibration.target import Target

LEVEL = 0.9
RELABELLED = 999
"""Times that truth and draws change roles in the joint test: its smallest p is 0.001."""


class Refitted(ObservationModel, Protocol):
    """An observation model that can be given other numbers."""

    def with_observed(self, observed: Floats) -> ObservationModel:
        """Return the same model with other numbers observed (n_cells,)."""
        ...


Distort = Callable[[Floats], Floats]
"""Changes what a twin observed (n_cells,): a planted error that the checks must see."""


@dataclass(frozen=True)
class TwinMaker:
    """Makes and fits one twin; can be sent to another process.

    Attributes:
        target: What is checked: prior, emulator and observation model. Cells without a number stay without.
        n_draws: Posterior draws of a twin.
        n_steps: Steps of the ensemble that are kept.
        n_drop: Steps before.
        distort: A planted error.
        lower: Cholesky factor of the covariance with which walkers begin; None: found for each twin.
    """

    target: Target
    observation: Refitted
    n_draws: int = 99
    n_steps: int = 60
    n_drop: int = 300
    distort: Distort | None = None
    lower: Floats | None = None

    def __call__(self, seed: int) -> Floats:
        """Return (1 + n_draws, n_theta + n_psi): the truth, then draws from the posterior of what it gave."""
        rng = np.random.default_rng(seed)
        truth = rng.standard_normal((1, self.target.n_unknown))
        observed = self._observe(truth, rng)
        fitted = Target(self.target.space, self.target.emulator, self.observation.with_observed(observed))
        chains = draw_posterior(
            fitted.log_density,
            fitted.n_unknown,
            lower=self.lower,
            n_steps=self.n_steps,
            n_drop=self.n_drop,
            seed=int(rng.integers(2**32)),
        )
        draws, _ = chains.take(self.n_draws, rng)
        return self.quantities(np.vstack([truth, draws]))

    def quantities(self, z: Floats) -> Floats:
        """Return (n, n_theta + n_psi) what is checked of unknowns: scores of the factors, and of psi."""
        return np.hstack([self.target.scores(z), z[:, self.target.n_theta + self.target.n_error :]])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities."""
        return (*self.target.space.fitted_factors, *self.observation.names)

    def _observe(self, truth: Floats, rng: np.random.Generator) -> Floats:
        target = self.target
        drawn = self.observation.draw_observed(
            target.log_true(truth)[0], target.left_out, target.psi(truth)[0], rng
        )
        drawn = np.where(np.isnan(self.observation.cells.observed), np.nan, drawn)
        return drawn if self.distort is None else self.distort(drawn)


def make_twins(maker: TwinMaker, n: int, seed: int, mapped: Callable[..., Iterable[Floats]] = map) -> Floats:
    """Return (n, 1 + n_draws, n_quantities) twins.

    Args:
        maker: Makes one.
        n: How many.
        seed: Declared beforehand.
        mapped: ``map``, or one that uses several processes.
    """
    seeds = np.random.SeedSequence(seed).generate_state(n, np.uint32).tolist()
    return np.array(list(mapped(maker, seeds)))


def rank(twins: Floats) -> Ints:
    """Return (n, 1 + n_draws, n_quantities) ranks of truth and draws among each other, from 0."""
    return np.asarray(twins.argsort(axis=1).argsort(axis=1), np.int64)


def describe_coverage(
    names: Sequence[str], ranks: Ints, level: float = LEVEL, alarm: float = 0.05
) -> pd.DataFrame:
    """Return a row a quantity: how often its central interval held the truth, and the band in which that should lie.

    The band is simultaneous: by chance alone any quantity leaves it in ``alarm`` of all checks at most (Bonferroni,
    which holds however they depend).
    """
    n, m = ranks.shape[:2]
    tail = (1 - level) / 2
    held = (ranks[:, 0] >= tail * m - 1e-9) & (ranks[:, 0] < (1 - tail) * m - 1e-9)
    allowed = np.count_nonzero((np.arange(m) >= tail * m - 1e-9) & (np.arange(m) < (1 - tail) * m - 1e-9)) / m
    each = alarm / len(names) / 2
    low, high = binom.ppf([each, 1 - each], n, allowed) / n
    found = held.mean(axis=0)
    return pd.DataFrame(
        {
            "name": list(names),
            "coverage": found,
            "expected": allowed,
            "band_low": low,
            "band_high": high,
            "inside": (found >= low) & (found <= high),
        }
    )


def joint_p_value(ranks: Ints, rng: np.random.Generator) -> float:
    """Return the p-value of one test that the truths' ranks are uniform, over all quantities together.

    The statistic is the sum over quantities of the Cramer-von Mises distance of their ranks from uniform. A truth and
    the draws from its posterior are exchangeable, so that any of them could have been the truth: relabelling gives the
    statistic's distribution however quantities depend on each other.
    """
    n, m, _ = ranks.shape
    found = _distance(ranks[:, 0], m)
    relabelled = [_distance(ranks[np.arange(n), rng.integers(m, size=n)], m) for _ in range(RELABELLED)]
    return float((1 + np.sum(np.array(relabelled) >= found)) / (1 + RELABELLED))


def _distance(ranks: Ints, m: int) -> float:
    """Return the summed Cramer-von Mises distance of ranks (n, n_quantities) below m from even ones."""
    n = len(ranks)
    ordered = (np.sort(ranks, axis=0) + 0.5) / m
    even = (2 * np.arange(1, n + 1) - 1) / (2 * n)
    return float(((ordered - even[:, None]) ** 2).sum())


@dataclass(frozen=True)
class Bands:
    """Simultaneous bands of the share of ranks at or below each rank.

    Attributes:
        at: (n_points,) expected shares.
        low: (n_points,)
        high: (n_points,)
    """

    at: Floats
    low: Floats
    high: Floats


def find_bands(
    n: int, n_ranks: int, rng: np.random.Generator, alarm: float = 0.05, times: int = 2000
) -> Bands:
    """Return bands that the whole empirical distribution of n uniform ranks leaves with chance ``alarm``.

    Sailynoja, Burkner & Vehtari 2022 (Statistics and Computing 32:32), by simulation: the pointwise level is what the
    most extreme point of uniform ranks has.
    """
    at = np.arange(1, n_ranks) / n_ranks
    extreme = np.empty(times)
    for k in range(times):
        counts = np.bincount(rng.integers(n_ranks, size=n), minlength=n_ranks).cumsum()[:-1]
        tails = np.minimum(binom.cdf(counts, n, at), binom.sf(counts - 1, n, at))
        extreme[k] = 2 * tails.min()
    level = np.quantile(extreme, alarm)
    low, high = (np.asarray(binom.ppf(p, n, at) / n, np.float64) for p in (level / 2, 1 - level / 2))
    return Bands(at, low, high)


def leaves_bands(ranks: Ints, bands: Bands) -> Iterator[bool]:
    """Yield for each quantity of ranks (n, n_quantities) whether its distribution leaves the bands."""
    for column in ranks.T:
        share = np.bincount(column, minlength=len(bands.at) + 1).cumsum()[:-1] / len(column)
        yield bool(((share < bands.low - 1e-12) | (share > bands.high + 1e-12)).any())
