"""How much the answer hangs on the observation model: the posterior again with one of its numbers held elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from calibration.cells import Floats
from calibration.sampler import draw_posterior
from calibration.target import Target

HELD = {"low": 0.05, "high": 0.95}
"""Quantiles of its prior at which a number is held."""


def describe_moved(
    target: Target, draws: Floats, names: Sequence[str], seed: int, *, n_steps: int = 100, n_drop: int = 60
) -> pd.DataFrame:
    """Return how the posterior of the factors moves when numbers of the observation model are held, one at a time.

    Args:
        target: The fit.
        draws: (n, n_unknown) its posterior draws.
        names: Numbers of psi that are held at the 5% and the 95% quantile of their priors.
        seed: Seed of the draws.
        n_steps: Steps of the ensemble that are kept.
        n_drop: Steps before.

    Returns:
        One row a number held, end and factor: shift, of the factor's posterior mean in its own standard deviations.
    """
    scores = target.scores(draws)
    mean, sd = scores.mean(axis=0), scores.std(axis=0)
    rows = []
    for name in names:
        place = target.n_theta + target.n_error + target.observation.names.index(name)
        for end, quantile in HELD.items():
            held = _draw_held(target, place, float(ndtri(quantile)), (seed, n_steps, n_drop))
            shift = (target.scores(held).mean(axis=0) - mean) / sd
            rows += [(name, end, f, s) for f, s in zip(target.space.fitted_factors, shift, strict=True)]
    return pd.DataFrame(rows, columns=["held", "at", "factor", "shift"])


def _draw_held(target: Target, place: int, value: float, how: tuple[int, int, int]) -> Floats:
    """Return (n, n_unknown) draws with one unknown held."""

    def insert(z: Floats) -> Floats:
        return np.insert(z, place, value, axis=1)

    def log_density(z: Floats) -> Floats:
        return target.log_density(insert(z))

    seed, n_steps, n_drop = how
    chains = draw_posterior(log_density, target.n_unknown - 1, n_steps=n_steps, n_drop=n_drop, seed=seed)
    return insert(chains.draws.reshape(-1, target.n_unknown - 1))
