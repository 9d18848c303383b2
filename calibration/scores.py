"""Scores of probabilistic forecasts: CRPS, interval score, coverage, and where the truth falls among the draws."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from calibration.cells import Floats, Mask

LEVELS = (0.5, 0.9)


def crps_draws(draws: Floats, observed: Floats) -> Floats:
    """Return (n,) the continuous ranked probability score of draws (n_draws, n), in the unit of the numbers.

    E|X - y| - E|X - X'| / 2, the second mean over pairs of different draws, so that it does not depend on how many
    draws there are ("fair": Ferro 2014, Quarterly Journal of the Royal Meteorological Society 140). The mean over pairs
    comes from order statistics (Gneiting and Raftery 2007, JASA 102, section 4.2).

    Raises:
        ValueError: Fewer than two draws.
    """
    n = len(draws)
    if n < 2:
        raise ValueError("a score of draws needs at least two of them")
    ordered = np.sort(draws, axis=0)
    rank = np.arange(1, n + 1).reshape(-1, *[1] * (draws.ndim - 1))
    pairs = 2 * ((2 * rank - n - 1) * ordered).sum(axis=0) / (n * (n - 1))  # E|X - X'|
    return np.asarray(np.abs(draws - observed).mean(axis=0) - pairs / 2)


def crps_normal(mean: Floats, sd: Floats, observed: Floats) -> Floats:
    """Return the CRPS of a normal forecast (Gneiting and Raftery 2007, equation 21)."""
    z = (observed - mean) / sd
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return np.asarray(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def crps_lognormal(mean_log: Floats, sd_log: Floats, observed: Floats) -> Floats:
    """Return the CRPS of a log-normal forecast (Baran and Lerch 2015, QJRMS 141, equation A2); observed above 0."""
    z = (np.log(observed) - mean_log) / sd_log
    mean = np.exp(mean_log + sd_log**2 / 2)
    inner = ndtr(z - sd_log) + ndtr(sd_log / np.sqrt(2)) - 1
    return np.asarray(observed * (2 * ndtr(z) - 1) - 2 * mean * inner)


def interval(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the ends of the central interval of draws (n_draws, n), (n,) each."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def interval_score(low: Floats, high: Floats, observed: Floats, level: float) -> Floats:
    """Return the interval score: width, and 2/(1 - level) times how far the truth is outside (Gneiting and Raftery)."""
    below, above = np.maximum(low - observed, 0), np.maximum(observed - high, 0)
    return np.asarray(high - low + 2 / (1 - level) * (below + above))


def is_covered(low: Floats, high: Floats, observed: Floats) -> Mask:
    """Return whether the truth lies in the interval, its ends included."""
    return np.asarray((low <= observed) & (observed <= high), np.bool_)


def pit_draws(draws: Floats, observed: Floats, rng: np.random.Generator) -> Floats:
    """Return (n,) where the truth falls among draws (n_draws, n), between 0 and 1; ties, as of counts, at random.

    Exactly uniform if the truth is one more draw: its rank among them, at random among equals, spread over the rank
    (randomised PIT: Czado, Gneiting and Held 2009, Biometrics 65).
    """
    below = (draws < observed).sum(axis=0)
    equal = (draws == observed).sum(axis=0)
    rank = below + rng.integers(0, equal + 1)
    return np.asarray((rank + rng.uniform(size=rank.shape)) / (len(draws) + 1))


def pit_histogram(pit: Floats, bins: int = 10) -> npt.NDArray[np.int64]:
    """Return (bins,) how many values of a PIT fall in even bins."""
    return np.histogram(pit, bins, (0.0, 1.0))[0].astype(np.int64)
