"""Morris screening: how far an outcome moves when one number goes through its range, all else held."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtrit

from experiments.sensitivity.indices import (
    SEED,
    Indices,
    SensitivityError,
    describe_problem,
    is_constant,
    load_salib,
    no_indices,
    split_blocks,
)
from experiments.statistics import Estimate, Floats

LEAST = 4
"""Complete trajectories below which no index is given."""
RESAMPLES = 1000
MEASURES = ("mu_star", "mu", "sigma")


def compute_morris(points: Floats, values: Floats, levels: int) -> Indices:
    """Return the elementary effects of each factor over the trajectories of a Morris design.

    An elementary effect is the change of the outcome over the step of one factor's uniform (Morris 1991, Technometrics
    33:161), so it is in the outcome's unit, for the whole range of the number. ``mu_star`` is the mean of absolute
    effects, ``mu`` the mean effect, ``sigma`` their deviation: large where the effect depends on the other numbers
    (Campolongo, Cariboni, Saltelli 2007, Environmental Modelling & Software 22:1509). The interval of ``mu_star`` is
    SALib's bootstrap over trajectories; that of ``mu`` is Student's t; ``sigma`` has none.

    Args:
        points: (n_trajectories * (n_factors + 1), n_factors) uniforms, one trajectory after the other.
        values: (n_rows,) the outcome; NaN where a run failed: its trajectory is left out and counted.
        levels: Levels of the design's grid.

    Raises:
        SensitivityError: The points are no trajectories of that grid.
    """
    n_factors = points.shape[1]
    _, complete = split_blocks(values, n_factors + 1)
    _check_steps(points, n_factors, levels)
    n_used, n_dropped = int(complete.sum()), int((~complete).sum())
    if n_used < LEAST:
        note = f"only {n_used} of {len(complete)} trajectories are complete; at least {LEAST} are needed"
        return no_indices("morris", MEASURES, n_factors, note, n_used=n_used, n_dropped=n_dropped)
    rows = np.repeat(complete, n_factors + 1)
    if is_constant(values[rows]):
        note = "never varied"
        return no_indices("morris", MEASURES, n_factors, note, n_used=n_used, n_dropped=n_dropped)
    found = load_salib("morris").analyze(
        describe_problem(n_factors),
        points[rows],
        values[rows],
        num_resamples=RESAMPLES,
        num_levels=levels,
        seed=SEED,
    )
    mu_star, mu, sigma, half = (
        np.asarray(found[name], float) for name in ("mu_star", "mu", "sigma", "mu_star_conf")
    )
    unknown = np.full(n_factors, np.nan)
    about = _half_of_mean(sigma, n_used)
    measures = {
        "mu_star": Estimate(mu_star, np.maximum(mu_star - half, 0.0), mu_star + half),
        "mu": Estimate(mu, mu - about, mu + about),
        "sigma": Estimate(sigma, unknown, unknown),
    }
    return Indices("morris", measures, n_used, n_dropped)


def compute_chance_effect(deviation: float, levels: int, n_trajectories: int, n_factors: int = 1) -> float:
    """Return the ``mu_star`` that no factor of so many exceeds by luck alone, 95 times in 100.

    An effect of luck alone is the difference of two runs over the step: normal with deviation d = sqrt(2) s / step. The
    mean of n absolute values of it is about normal, with mean d sqrt(2 / pi) and variance d^2 (1 - 2 / pi) / n; its
    quantile at 1 - 5% / n_factors holds for all factors together (Bonferroni). With one seed for all rows the luck of
    neighbouring rows is partly the same, and this is cautious. The deviation counts as known: give it ten seeds.

    Args:
        deviation: Standard deviation s of the outcome over seeds, parameters held.
        levels: Levels of the design's grid.
        n_trajectories: Complete trajectories.
        n_factors: Factors that are looked at.
    """
    one = np.sqrt(2.0) * deviation / find_step(levels)
    quantile = float(ndtri(1.0 - 0.05 / max(n_factors, 1)))
    return float(
        one * (np.sqrt(2.0 / np.pi) + quantile * np.sqrt((1.0 - 2.0 / np.pi) / max(n_trajectories, 1)))
    )


def find_step(levels: int) -> float:
    """Return the step of a Morris design on a grid of so many levels."""
    return levels / (2.0 * (levels - 1.0))


def _check_steps(points: Floats, n_factors: int, levels: int) -> None:
    """Refuse points in which a row changes more than one factor, or by another step than the grid's."""
    moved = np.diff(points.reshape(-1, n_factors + 1, n_factors), axis=1)
    sizes = np.abs(moved).max(axis=2)
    if ((np.abs(moved) > 1e-9).sum(axis=2) != 1).any() or not np.allclose(
        sizes, find_step(levels), atol=1e-6
    ):
        raise SensitivityError(f"the points are no Morris trajectories on {levels} levels")


def _half_of_mean(deviation: Floats, n: int) -> Floats:
    return np.asarray(stdtrit(n - 1, 0.975) * deviation / np.sqrt(n), float)
