"""A world in which log cells are linear in the scores: the posterior is normal, with a closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from lognormal_observation import LogNormal, monthly_cells

from calibration.cells import Floats
from calibration.space import Space, to_scores


@dataclass(frozen=True)
class LinearWorld:
    """log true = base + scores @ slope, without luck; psi as in ``LogNormal``."""

    base: Floats
    slope: Floats
    space: Space
    observation: LogNormal

    def map_runs(self, uniforms: Floats) -> Floats:
        return np.exp(self.base + to_scores(uniforms) @ self.slope)

    def exact(self) -> tuple[Floats, Floats]:
        """Return mean and covariance of (scores, log rates) given what was observed."""
        cells, o = self.observation.cells, self.observation
        rates = np.eye(len(cells.series))[cells.series_of]
        design = np.hstack([self.slope.T, rates])
        n_theta = len(self.slope)
        prior = np.zeros((design.shape[1], design.shape[1]))
        prior[:n_theta, :n_theta] = self.space.correlation
        prior[n_theta:, n_theta:] = o.rate_sd**2 * np.eye(len(cells.series))
        covariance = np.linalg.inv(np.linalg.inv(prior) + design.T @ design / o.sd**2)
        return covariance @ design.T @ (np.log(cells.observed) - self.base) / o.sd**2, covariance


def build_world(n_factors: int = 6, n_series: int = 3, n_months: int = 24, seed: int = 5) -> LinearWorld:
    rng = np.random.default_rng(seed)
    cells = monthly_cells(n_series, "2016-01", n_months)
    base = np.log(1000.0) + 0.3 * np.sin(np.arange(len(cells)))
    slope = 0.2 * rng.standard_normal((n_factors, n_series))[:, cells.series_of]
    slope = slope + 0.03 * rng.standard_normal(slope.shape)
    correlation = np.eye(n_factors)
    correlation[0, 1] = correlation[1, 0] = 0.7
    names = tuple(f"factor {k}" for k in range(n_factors))
    members = tuple((f"parameter:p{k}",) for k in range(n_factors))
    space = Space(names, members, correlation, np.ones(n_factors, np.bool_))
    observation = LogNormal(cells)
    psi = observation.scale_psi(rng.random(n_series))
    truth = space.colour(rng.standard_normal(n_factors))
    drawn = observation.draw_observed(base + truth @ slope, None, psi, rng)
    return LinearWorld(base, slope, space, observation.with_observed(drawn))
