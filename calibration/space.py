"""theta: the factors that a fit varies, as normal scores with their prior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr, ndtri

from calibration.cells import Floats, Mask
from simulation.spec.models import Scenario
from simulation.world.draws import find_uncertain
from simulation.world.factors import DesignError, FactorProblem, find_factors

HARDLY = 1e-9
"""Uniforms stay so far from 0 and 1 that their scores are finite."""


@dataclass(frozen=True)
class Yearly:
    """Streams whose journeys are a factor of their own in every year, like its neighbours as far as they correlate.

    Attributes:
        streams: Names or patterns of streams: stream:NAME.
        correlation: Of the scores of a year and the next, in [0, 1); an AR(1) process over the years. Each year by
            itself keeps the prior that its range says.
    """

    streams: tuple[str, ...]
    correlation: float


@dataclass(frozen=True)
class Space:
    """Factors with a joint prior: each uniform by itself, their normal scores joint normal.

    Attributes:
        factors: Labels, (n_factors,).
        members: Names of the draws behind each label, as ``simulation.world.draws`` names them.
        correlation: (n_factors, n_factors) prior correlation of the scores.
        fitted: (n_factors,) which factors can matter in the period that is fitted; the others, of later years, follow
            from them by their correlation.
    """

    factors: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    correlation: Floats
    fitted: Mask

    @cached_property
    def _lower(self) -> Floats:
        """Cholesky factor of the correlation of the fitted factors."""
        inside = self.correlation[np.ix_(self.fitted, self.fitted)]
        return np.asarray(np.linalg.cholesky(inside), np.float64)

    @property
    def n_fitted(self) -> int:
        """Number of fitted factors."""
        return int(self.fitted.sum())

    @property
    def fitted_factors(self) -> tuple[str, ...]:
        """Labels of the fitted factors."""
        return tuple(name for name, used in zip(self.factors, self.fitted, strict=True) if used)

    def colour(self, white: Floats) -> Floats:
        """Return scores (..., n_fitted) of the fitted factors from independent standard normals."""
        return np.asarray(white @ self._lower.T, np.float64)

    def whiten(self, scores: Floats) -> Floats:
        """Return the independent standard normals behind scores (..., n_fitted)."""
        return np.asarray(np.linalg.solve(self._lower, scores[..., None])[..., 0], np.float64)

    def given(self, uniforms: Floats) -> dict[str, float]:
        """Return the uniforms (n_fitted,) or (n_factors,) by the name of the draw, as ``draw_scenario`` takes them."""
        use = np.ones(len(self.factors), np.bool_) if len(uniforms) == len(self.factors) else self.fitted
        names = [members for members, used in zip(self.members, use, strict=True) if used]
        return {name: float(u) for group, u in zip(names, uniforms, strict=True) for name in group}

    def extend(self, scores: Floats, rng: np.random.Generator) -> Floats:
        """Return scores (n, n_factors) of all factors given those of the fitted ones (n, n_fitted)."""
        later = ~self.fitted
        across = self.correlation[np.ix_(later, self.fitted)]
        weights = np.linalg.solve(self.correlation[np.ix_(self.fitted, self.fitted)], across.T).T
        left = self.correlation[np.ix_(later, later)] - weights @ across.T
        full = np.empty((len(scores), len(self.factors)))
        full[:, self.fitted] = scores
        if later.any():
            noise = rng.standard_normal((len(scores), int(later.sum()))) @ np.linalg.cholesky(left).T
            full[:, later] = scores @ weights.T + noise
        return full


def to_scores(uniforms: Floats) -> Floats:
    """Return the normal scores of uniforms."""
    return np.asarray(ndtri(np.clip(uniforms, HARDLY, 1.0 - HARDLY)), np.float64)


def to_uniforms(scores: Floats) -> Floats:
    """Return the uniforms of normal scores."""
    return np.asarray(np.clip(ndtr(scores), HARDLY, 1.0 - HARDLY), np.float64)


def build_space(
    scenario: Scenario,
    last_year: int,
    factors: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    yearly: Mapping[str, Yearly] | None = None,
) -> Space:
    """Return the factors of a fit.

    Args:
        scenario: Its period decides which years there are.
        last_year: Journeys of later years are not fitted.
        factors: Names of uncertain numbers or patterns, each a factor, as in plans.
        groups: Label -> names or patterns that share one uniform, as in plans.
        yearly: Label -> streams that share one uniform in each year: factors "LABEL YEAR".

    Raises:
        DesignError: Names that fit nothing or stand in two factors.
    """
    first, end = scenario.document.period.start.year, scenario.document.period.end.year
    years = range(first, end + 1)
    labels: list[str] = []
    members: list[tuple[str, ...]] = []
    names, dated = list(find_uncertain(scenario)), set(find_uncertain(scenario, by_year=True))
    problems: list[FactorProblem] = []
    for label, one in (yearly or {}).items():
        streams, found = _find_streams(names, label, one)
        problems += found
        names = [name for name in names if name not in streams]
        labels += [f"{label} {year}" for year in years]
        members += [tuple(n for s in streams if (n := f"{s}:{year}") in dated) for year in years]
    if problems:
        raise DesignError(problems)
    if factors or groups or not yearly:
        rest = find_factors(names, factors, groups)
        labels, members = labels + list(rest.labels), members + list(rest.members)
    correlation = _correlate(len(labels), len(years), [one.correlation for one in (yearly or {}).values()])
    n_yearly = len(years) * len(yearly or {})
    fitted = np.array([i >= n_yearly or first + i % len(years) <= last_year for i in range(len(labels))])
    use = np.array([bool(m) for m in members])  # a year in which no number of the group is uncertain
    return Space(
        tuple(np.array(labels, object)[use]),
        tuple(m for m in members if m),
        correlation[np.ix_(use, use)],
        fitted[use],
    )


def _find_streams(
    names: Sequence[str], label: str, one: Yearly
) -> tuple[tuple[str, ...], list[FactorProblem]]:
    """Return the streams of a yearly factor, and what is wrong with its names."""
    try:
        (streams,) = find_factors(names, groups={label: one.streams}).members
    except DesignError as error:
        return (), [problem._replace(where=("yearly", *problem.where[1:])) for problem in error.problems]
    others = [name for name in streams if not name.startswith("stream:")]
    return streams, [FactorProblem(("yearly", label), f"{name} is no stream", "stream:*") for name in others]


def _correlate(n_factors: int, n_years: int, correlations: Sequence[float]) -> Floats:
    """Return (n_factors, n_factors): blocks of AR(1) over the years, then factors by themselves."""
    found = np.eye(n_factors)
    lag = np.abs(np.subtract.outer(np.arange(n_years), np.arange(n_years)))
    for number, correlation in enumerate(correlations):
        here = slice(number * n_years, (number + 1) * n_years)
        found[here, here] = np.power(correlation, lag)
    return found
