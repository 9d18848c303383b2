"""Forecasts that know nothing but the series itself: what a model must beat to be of use."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import Protocol

import numpy as np

from calibration.cells import Floats
from simulation.errors import SafePassageError

SEASON = 12
LEAST_FOR_ETS = 2 * SEASON


class Baseline(Protocol):
    """Draws of the months after a history."""

    def __call__(self, history: Floats, ahead: int, n_draws: int, rng: np.random.Generator) -> Floats:
        """Return (n_draws, ahead) numbers of the months after a monthly history (n,), NaN where a month is unknown."""


def seasonal_naive(history: Floats, ahead: int, n_draws: int, rng: np.random.Generator) -> Floats:
    """Return draws of the months ahead: the same month of the year before, times what such years differed by.

    Works on log(y + 1/2). The spread is made of the history's own changes from one year to the next, all months
    together and centred (bootstrapped residuals, as in Hyndman and Athanasopoulos, Forecasting, section 5.5); a month
    two years ahead has two such changes on top of each other. Each draw takes its changes as blocks of three months in
    a row, since a high month is followed by high months. A month whose predecessor is unknown falls back on the year
    before that.

    Raises:
        SafePassageError: The history is too short: some month of the year has no predecessor, or there is no change.
    """
    z = np.log(history + 0.5)
    changes = z[SEASON:] - z[:-SEASON]
    if np.isfinite(changes).sum() < SEASON:
        raise SafePassageError("a seasonal naive forecast needs 24 months of history, and 12 changes in them")
    changes = changes - np.nanmean(changes)
    drawn = np.empty((n_draws, ahead))
    steps = -(-ahead // SEASON)
    walks = np.cumsum([_draw_blocks(changes, n_draws, SEASON, rng) for _ in range(steps)], axis=0)
    for month in range(ahead):
        start, years_back = _last_known(z, month)
        total = walks[month // SEASON][:, month % SEASON]
        drawn[:, month] = start + total * np.sqrt(years_back / (month // SEASON + 1))
    return np.asarray(np.maximum(np.exp(drawn) - 0.5, 0.0))


def _last_known(z: Floats, month: int) -> tuple[float, int]:
    """Return the last known value of the same month of the year, and how many years before it was."""
    at, years = len(z) + month - SEASON, 1
    while at >= 0:
        if at < len(z) and np.isfinite(z[at]):
            return float(z[at]), years
        at, years = at - SEASON, years + 1
    raise SafePassageError("a seasonal naive forecast needs every month of the year once in the history")


def _draw_blocks(
    changes: Floats, n_draws: int, length: int, rng: np.random.Generator, block: int = 3
) -> Floats:
    """Return (n_draws, length) changes drawn in blocks of months that follow each other; unknown ones are passed by."""
    known = changes[np.isfinite(changes)]
    n_blocks = -(-length // block)
    start = rng.integers(0, known.size, (n_draws, n_blocks, 1))
    return np.asarray(known[(start + np.arange(block)) % known.size].reshape(n_draws, -1)[:, :length])


def ets(history: Floats, ahead: int, n_draws: int, rng: np.random.Generator) -> Floats:
    """Return draws of exponential smoothing of log(y + 1/2): errors add up, and by AICc with a damped trend, a season.

    Fitted by statsmodels (Hyndman, Koehler, Ord and Snyder 2008); unknown months are filled along a line.

    Raises:
        SafePassageError: statsmodels is not there, or the history is too short.
    """
    if find_spec("statsmodels") is None:
        raise SafePassageError('ETS needs statsmodels: pip install "safepassage[forecast]"')
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415

    z = np.log(history + 0.5)
    z = z[np.flatnonzero(np.isfinite(z)).min(initial=len(z)) :]
    if len(z) < LEAST_FOR_ETS:
        raise SafePassageError(f"ETS needs {LEAST_FOR_ETS} months of history; there are {len(z)}")
    known = np.isfinite(z)
    z = np.interp(np.arange(len(z)), np.flatnonzero(known), z[known])
    best = None
    for trend in (False, True):
        for seasonal in (False, True):
            model = ETSModel(
                z,
                trend="add" if trend else None,
                damped_trend=trend,
                seasonal="add" if seasonal else None,
                seasonal_periods=SEASON if seasonal else None,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a fit that does not converge loses by its AICc
                fitted = model.fit(disp=False)
            if np.isfinite(fitted.aicc) and (best is None or fitted.aicc < best.aicc):
                best = fitted
    if best is None:
        raise SafePassageError("ETS could not be fitted")
    errors = np.sqrt(best.scale) * rng.standard_normal((ahead, n_draws))
    drawn = best.simulate(ahead, anchor="end", repetitions=n_draws, random_errors=errors)
    return np.maximum(np.exp(np.asarray(drawn, np.float64).reshape(ahead, n_draws).T) - 0.5, 0.0)
