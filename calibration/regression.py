"""One number as a function of many factors, learnt from few noisy runs: a Gaussian process of simple parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.optimize import minimize

from calibration.cells import Floats

Kind = Literal["linear", "quadratic", "quadratic_smooth", "smooth"]
KINDS: tuple[Kind, ...] = ("linear", "quadratic", "quadratic_smooth", "smooth")
_PARTS: dict[Kind, tuple[str, ...]] = {
    "linear": ("linear",),
    "quadratic": ("linear", "quadratic"),
    "quadratic_smooth": ("linear", "quadratic", "smooth"),
    "smooth": ("smooth",),
}
_JITTER = 1e-8
_START = {"linear": 1.0, "quadratic": 0.05, "smooth": 0.2, "length": 1.5, "noise": 0.1}
_BOUNDS = {
    "linear": (1e-8, 1e3),
    "quadratic": (1e-8, 1e2),
    "smooth": (1e-8, 1e2),
    "length": (0.2, 20.0),
    "noise": (1e-7, 10.0),
}


class LeftOut(NamedTuple):
    """Predictions of each run from all others (Rasmussen & Williams 2006, equations 5.10-5.12)."""

    mean: Floats
    """(n_runs,)"""
    variance: Floats
    """(n_runs,) of the run's own number, noise included."""
    log_score: float
    """Sum of log densities."""


@dataclass(frozen=True, eq=False)
class Regression:
    """A fitted process: prior covariance is a sum of a linear, a quadratic (no crossed terms) and a smooth part.

    The linear part is Bayesian ridge regression on normal scores, the quadratic one adds (x^2 - 1) / sqrt(2) of each
    factor, the smooth one is a squared exponential whose distances weigh a factor by its linear effect: with some tens
    of factors and a few hundred runs a length scale for each factor is not learnt well.

    Attributes:
        kind: Which parts there are.
        hyper: Variance of each part, ``length`` of the smooth one, ``noise`` of a run.
        points: (n_runs, n_factors) scores of the runs.
        relevance: (n_factors,) weights in distances, mean square 1.
        weights: (n_runs,) inverse covariance times the runs' numbers.
        inverse: (n_runs, n_runs) inverse covariance of the runs' numbers.
        left_out: How well each run is predicted from the others.
    """

    kind: Kind
    hyper: dict[str, float]
    points: Floats
    relevance: Floats
    weights: Floats
    inverse: Floats
    left_out: LeftOut

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return mean and variance (n,) of the function, without the noise of a run, at scores (n, n_factors)."""
        across = _covariance(self.hyper, points, self.points, self.relevance)
        own = _own_variance(self.hyper, points)
        return across @ self.weights, np.maximum(own - ((across @ self.inverse) * across).sum(axis=1), 0.0)

    @cached_property
    def slope(self) -> Floats:
        """(n_factors,) change of the mean with each score, by the linear part."""
        prior = self.hyper.get("linear", 0.0) / self.points.shape[1]
        return np.asarray(prior * self.points.T @ self.weights, np.float64)

    @cached_property
    def curvature(self) -> Floats:
        """(n_factors,) change of the mean with (x^2 - 1) / sqrt(2) of each score, by the quadratic part."""
        prior = self.hyper.get("quadratic", 0.0) / self.points.shape[1]
        return np.asarray(prior * bend(self.points).T @ self.weights, np.float64)

    def smooth_mean(self, points: Floats) -> Floats:
        """Return the smooth part of the mean (n,) at scores (n, n_factors)."""
        if "smooth" not in self.hyper:
            return np.zeros(len(points))
        square = _square_distance(points, self.points, self.relevance)
        return np.asarray(
            self.hyper["smooth"] * np.exp(-0.5 / self.hyper["length"] ** 2 * square) @ self.weights,
            np.float64,
        )

    @property
    def noise(self) -> float:
        """Variance of a run about the function."""
        return self.hyper["noise"]

    @property
    def spread(self) -> float:
        """Root mean square of what is not known of the function at a new point like those of the runs."""
        return float(np.sqrt(np.maximum(self.left_out.variance - self.noise, 0.0).mean()))


def fit_regressions(points: Floats, values: Floats, kinds: Sequence[Kind] = KINDS) -> dict[Kind, Regression]:
    """Return a process of each kind; their ``left_out.log_score`` says which predicts best.

    Hyperparameters maximise the marginal likelihood; runs left out are predicted at hyperparameters of all runs, of
    which there are at most five.

    Args:
        points: (n_runs, n_factors) scores.
        values: (n_runs,) numbers, centred.
        kinds: What is compared.
    """
    linear = _fit(points, values, "linear", np.ones(points.shape[1]))
    relevance = _find_relevance(linear)
    return {kind: linear if kind == "linear" else _fit(points, values, kind, relevance) for kind in kinds}


def best_of(fits: dict[Kind, Regression]) -> Regression:
    """Return the process that predicts runs left out best."""
    return max(fits.values(), key=lambda fit: fit.left_out.log_score)


def _find_relevance(linear: Regression) -> Floats:
    """Return (n_factors,) root mean square linear effects as they are known, scaled to mean square 1."""
    prior = linear.hyper["linear"] / linear.points.shape[1]
    effect = prior * linear.points.T @ linear.weights
    known = prior * ((linear.inverse @ linear.points) * linear.points).sum(axis=0)
    square = effect**2 + prior * np.clip(1.0 - known, 0.0, 1.0)
    return np.asarray(np.sqrt(square / max(square.mean(), 1e-300)), np.float64)


def _fit(points: Floats, values: Floats, kind: Kind, relevance: Floats) -> Regression:
    scale = max(float(values.std()), 1e-12)
    target = values / scale
    names = [*_PARTS[kind], *(["length"] if "smooth" in _PARTS[kind] else []), "noise"]
    blocks = _Blocks(points, relevance)

    def loss(log_hyper: Floats) -> tuple[float, Floats]:
        return blocks.loss(dict(zip(names, np.exp(log_hyper), strict=True)), target)

    found = minimize(
        loss,
        np.log([_START[name] for name in names]),
        jac=True,
        method="L-BFGS-B",
        bounds=[tuple(np.log(_BOUNDS[name])) for name in names],
    )
    best = dict(zip(names, np.exp(found.x).tolist(), strict=True))
    hyper = {name: value * (1.0 if name == "length" else scale**2) for name, value in best.items()}
    covariance = blocks.covariance(hyper)
    inverse = np.asarray(cho_solve((cholesky(covariance, lower=True), True), np.eye(len(values))))
    weights = inverse @ values
    return Regression(kind, hyper, points, relevance, weights, inverse, _leave_out(inverse, weights, values))


def _leave_out(inverse: Floats, weights: Floats, values: Floats) -> LeftOut:
    variance = 1.0 / np.diag(inverse)
    mean = values - weights * variance
    log_score = -0.5 * (np.log(2 * np.pi * variance) + (values - mean) ** 2 / variance).sum()
    return LeftOut(mean, variance, float(log_score))


class _Blocks:
    """Covariances of the runs' numbers by part, made once for all hyperparameters."""

    def __init__(self, points: Floats, relevance: Floats) -> None:
        self.n, d = points.shape
        self._linear = points @ points.T / d
        bent = bend(points)
        self._quadratic = bent @ bent.T / d
        self._square = _square_distance(points, points, relevance)

    def parts(self, hyper: dict[str, float]) -> dict[str, Floats]:
        """Return the derivative of the covariance by the logarithm of each hyperparameter."""
        found = {"noise": hyper["noise"] * np.eye(self.n)}
        if "linear" in hyper:
            found["linear"] = hyper["linear"] * self._linear
        if "quadratic" in hyper:
            found["quadratic"] = hyper["quadratic"] * self._quadratic
        if "smooth" in hyper:
            found["smooth"] = hyper["smooth"] * np.exp(-0.5 * self._square / hyper["length"] ** 2)
            found["length"] = found["smooth"] * self._square / hyper["length"] ** 2
        return found

    def covariance(self, hyper: dict[str, float]) -> Floats:
        """Return (n_runs, n_runs) covariance of the runs' numbers."""
        return _sum_up(self.parts(hyper), self.n)

    def loss(self, hyper: dict[str, float], target: Floats) -> tuple[float, Floats]:
        """Return minus the log marginal likelihood and its gradient by the logarithms of ``hyper``, in its order."""
        parts = self.parts(hyper)
        lower = cholesky(_sum_up(parts, self.n), lower=True)
        inverse = cho_solve((lower, True), np.eye(self.n))
        weights = inverse @ target
        value = 0.5 * target @ weights + np.log(np.diag(lower)).sum()
        gradient = [0.5 * ((inverse * parts[n]).sum() - weights @ parts[n] @ weights) for n in hyper]
        return float(value), np.array(gradient)


def _sum_up(parts: dict[str, Floats], n: int) -> Floats:
    total = sum((part for name, part in parts.items() if name != "length"), np.zeros((n, n)))
    return np.asarray(total + _JITTER * np.trace(total) / n * np.eye(n), np.float64)


def _covariance(hyper: dict[str, float], a: Floats, b: Floats, relevance: Floats) -> Floats:
    """Return (n_a, n_b) covariances of the function between points."""
    d = a.shape[1]
    total = np.zeros((len(a), len(b)))
    if "linear" in hyper:
        total += hyper["linear"] / d * (a @ b.T)
    if "quadratic" in hyper:
        total += hyper["quadratic"] / d * (bend(a) @ bend(b).T)
    if "smooth" in hyper:
        total += hyper["smooth"] * np.exp(-0.5 * _square_distance(a, b, relevance) / hyper["length"] ** 2)
    return total


def _own_variance(hyper: dict[str, float], points: Floats) -> Floats:
    """Return (n,) prior variances of the function."""
    total: Floats = np.full(len(points), hyper.get("smooth", 0.0))
    total += hyper.get("linear", 0.0) * (points**2).mean(axis=1)
    return np.asarray(total + hyper.get("quadratic", 0.0) * (bend(points) ** 2).mean(axis=1), np.float64)


def bend(points: Floats) -> Floats:
    """Return (x^2 - 1) / sqrt(2): of mean 0 and variance 1 for standard normal x, and uncorrelated with x."""
    return np.asarray((points**2 - 1.0) / np.sqrt(2.0), np.float64)


def _square_distance(a: Floats, b: Floats, relevance: Floats) -> Floats:
    """Return (n_a, n_b) mean weighted square differences of the factors."""
    a, b = a * relevance, b * relevance
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * a @ b.T
    return np.asarray(np.maximum(square, 0.0) / a.shape[1], np.float64)
