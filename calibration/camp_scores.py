"""How well camps are forecast: Flee's averaged relative difference, as it is and rescaled, and naive forecasts.

With s_k(t) people forecast in camp k at the end of day t and d_k(t) people observed,

    E(t) = sum_k |s_k(t) - d_k(t)| / max(1, sum_k d_k(t)),

averaged over all days with equal weights, day 0 included. It lies between 0 and 2 where the sums agree: a person in a
wrong camp counts twice. Rescaled, s_k(t) is multiplied by sum_k d_k(t) / sum_k s_k(t) (0 if nobody is in any camp), so
that only the shares are compared (Suleimenova, Bell & Groen 2017, Scientific Reports 7:13377; Flee's post-processing).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def rescale(forecast: Floats, observed: Floats) -> Floats:
    """Return (T, K) the forecast with the observed total of every day."""
    total = forecast.sum(axis=1, keepdims=True)
    factor = np.divide(observed.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(forecast * factor, np.float64)


def relative_difference(forecast: Floats, observed: Floats, *, rescaled: bool) -> Floats:
    """Return (T,) E of every day.

    Args:
        forecast: (T, K) people.
        observed: (T, K) people.
        rescaled: Compare shares only.
    """
    of = rescale(forecast, observed) if rescaled else forecast
    return np.asarray(np.abs(of - observed).sum(axis=1) / np.maximum(1.0, observed.sum(axis=1)), np.float64)


def averaged_difference(forecast: Floats, observed: Floats, *, rescaled: bool) -> float:
    """Return the averaged relative difference (ARD) over all days."""
    return float(relative_difference(forecast, observed, rescaled=rescaled).mean())


def camp_differences(forecast: Floats, observed: Floats, *, rescaled: bool) -> Floats:
    """Return (K,) what each camp adds to the averaged relative difference; they sum to it."""
    of = rescale(forecast, observed) if rescaled else forecast
    each = np.abs(of - observed) / np.maximum(1.0, observed.sum(axis=1))[:, None]
    return np.asarray(each.mean(axis=0), np.float64)


def camp_errors(forecast: Floats, observed: Floats) -> Floats:
    """Return (T, K) Flee's "error" of a camp: |s / d - 1|, 0 where d is 0."""
    ratio = np.divide(forecast, observed, out=np.ones_like(forecast), where=observed > 0)
    return np.asarray(np.abs(ratio - 1.0), np.float64)


def total_error(forecast: Floats, observed: Floats, raw: Floats) -> Floats:
    """Return (T,) Flee's "Total error": the differences over its raw count (T,), 0 where that is not above 0."""
    gap = np.abs(forecast - observed).sum(axis=1)
    return np.asarray(np.divide(gap, raw, out=np.zeros_like(gap), where=raw > 0), np.float64)


def raw_count(observed: Floats, listed_on_day0: float) -> Floats:
    """Return (T,) Flee's raw count R of people where the total is the sum of the camps.

    R(0) is everything that the layout lists on day 0, the total and all camps; R then moves with the sum of the camps,
    so that it is too large by the total of day 0.
    """
    camps = observed.sum(axis=1)
    return np.asarray(listed_on_day0 + camps - camps[0], np.float64)


def shares_of_day(observed: Floats, day: int) -> Floats:
    """Return (T, K) the forecast that gives every day's observed total the shares of one day: the fixed shares."""
    return shares_of(observed[min(day, len(observed) - 1)], observed)


def shares_of(size: Floats, observed: Floats) -> Floats:
    """Return (T, K) the forecast that splits every day's observed total by a size of the camps, e.g. capacity."""
    known = np.where(np.isfinite(size), size, 0.0)
    share = known / known.sum() if known.sum() > 0 else np.full(known.size, 1.0 / known.size)
    return np.asarray(observed.sum(axis=1, keepdims=True) * share, np.float64)


def last_value(observed: Floats, day: int) -> Floats:
    """Return (T, K) the forecast that what was observed on a day stays; until then it is what was observed."""
    held = observed.copy()
    held[day:] = observed[min(day, len(observed) - 1)]
    return held
