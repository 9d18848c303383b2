"""Does each series scatter about the model as declared? A level, a spread and a shape that could be wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular
from scipy.special import ndtr, ndtri

from calibration.cells import Floats
from calibration.observation.likelihood import observed_scale
from calibration.observation.model import DeclaredModel

_Z90 = float(ndtri(0.95))
COLUMNS = ("series", "n", "factor", "factor_low", "factor_high", "p_level", "p_spread", "p_shape")


def check_series(
    model: DeclaredModel,
    log_true: Floats,
    covariance: Floats | None,
    psi: Floats,
    rng: np.random.Generator,
    n_draws: int = 400,
) -> pd.DataFrame:
    """Return a test of every series against what the model says of it, at one point.

    The residuals of a series are made independent with their own covariance, discrepancy and emulator included, so that
    a run of months above the model is judged as one thing and not as many. A recording rate that is wrong by a factor
    shows as that factor.

    Args:
        model: The observation model with what was observed.
        log_true: (n_cells,).
        covariance: (n_cells, n_cells) of log_true, or None.
        psi: (n_psi,).
        rng: Source of the draws that spread and shape are held against: counts with a large discrepancy are not normal.
        n_draws: How many; no p is below 2 / (n_draws + 1).

    Returns:
        One row a series that has numbers: n cells; factor, observed over expected by generalised least squares (of
        odds, for shares), with its 90% interval; p_level of a factor of 1; p_spread of the scatter about that level and
        p_shape of its distribution (distance of the residuals from a normal), both by rank among draws of the model.
        Small p: not as declared.
    """
    moments = model.moments(log_true, psi)
    observed = model.cells.observed
    drawn = np.stack([model.draw_observed(log_true, covariance, psi, rng) for _ in range(n_draws)])
    residual = observed_scale(np.vstack([observed, drawn]), model.asked) - moments.mean
    rows = []
    for index, name in enumerate(model.cells.series):
        cells = np.flatnonzero((model.cells.series_of == index) & ~np.isnan(observed))
        if cells.size:
            of = model.observed_covariance(cells, moments, covariance, psi)
            rows.append((name, cells.size, *_test(residual[:, cells], of, moments.slope[cells])))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _test(residual: Floats, covariance: Floats, slope: Floats) -> tuple[float, ...]:
    """Return factor, its interval and the p values of the first row of residuals (1 + n_draws, n)."""
    lower = np.linalg.cholesky(covariance)
    white = solve_triangular(lower, residual.T, lower=True).T
    level = solve_triangular(lower, slope, lower=True)  # what a log factor of 1 adds to the white residuals
    information = float(level @ level)
    shift, error = white @ level / information, 1 / np.sqrt(information)
    left = white - shift[:, None] * level
    factor = np.exp([shift[0], shift[0] - _Z90 * error, shift[0] + _Z90 * error])
    p_level = 2 * float(ndtr(-abs(shift[0]) / error))
    p_spread = _rank((left**2).sum(axis=1), two_sided=True)
    p_shape = _rank(_distance_from_normal(left), two_sided=False)
    return (*map(float, factor), p_level, p_spread, p_shape)


def _distance_from_normal(white: Floats) -> Floats:
    """Return the Kolmogorov-Smirnov distance of each row from a standard normal."""
    n = white.shape[1]
    expected, place = ndtr(np.sort(white, axis=1)), np.arange(n)
    return np.asarray(np.maximum((place + 1) / n - expected, expected - place / n).max(axis=1))


def _rank(statistics: Floats, *, two_sided: bool) -> float:
    """Return the p value of the first statistic among all; of being large, or of being large or small."""
    n = len(statistics)
    above = int((statistics >= statistics[0]).sum())
    if not two_sided:
        return above / n
    below = int((statistics <= statistics[0]).sum())
    return min(1.0, 2 * min(above, below) / n)
