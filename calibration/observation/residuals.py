"""Does each series scatter about the model as declared? A level, a spread and a shape that could be wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import solve_triangular
from scipy.special import chdtr, ndtr, ndtri
from scipy.stats import kstest

from calibration.cells import Floats
from calibration.observation.likelihood import observed_scale
from calibration.observation.model import DeclaredModel

_Z90 = float(ndtri(0.95))
COLUMNS = ("series", "n", "factor", "factor_low", "factor_high", "p_level", "p_spread", "p_shape")


def check_series(
    model: DeclaredModel, log_true: Floats, covariance: Floats | None, psi: Floats
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

    Returns:
        One row a series that has numbers: n cells; factor, observed over expected by generalised least squares (of
        odds, for shares), with its 90% interval; p_level of a factor of 1, p_spread of scatter as declared about that
        level (chi-squared), p_shape of independent normal residuals (Kolmogorov-Smirnov). Small p: not as declared.
    """
    moments = model.moments(log_true, psi)
    residual = observed_scale(model.cells.observed, model.asked) - moments.mean
    rows = []
    for index, name in enumerate(model.cells.series):
        cells = np.flatnonzero((model.cells.series_of == index) & ~np.isnan(model.cells.observed))
        if cells.size:
            of = model.observed_covariance(cells, moments, covariance, psi)
            rows.append((name, cells.size, *_test(residual[cells], of, moments.slope[cells])))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _test(residual: Floats, covariance: Floats, slope: Floats) -> tuple[float, ...]:
    factor = np.linalg.cholesky(covariance)
    white = solve_triangular(factor, residual, lower=True)
    level = solve_triangular(factor, slope, lower=True)  # what a log factor of 1 adds to the white residuals
    information = float(level @ level)
    shift = float(level @ white) / information
    error = 1 / np.sqrt(information)
    left = white - shift * level
    ends = np.exp([shift, shift - _Z90 * error, shift + _Z90 * error])
    p_level = 2 * float(ndtr(-abs(shift) / error))
    below = float(chdtr(residual.size - 1, left @ left)) if residual.size > 1 else np.nan
    p_spread = 2 * min(below, 1 - below)
    return (*map(float, ends), p_level, p_spread, float(kstest(white, "norm").pvalue))
