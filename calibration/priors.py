"""Priors given as (low, best, high): from a uniform to a value, for what nobody measured exactly."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.special import expit, ndtri

from calibration.cells import Floats
from simulation.spec.quantities import Confidence, Number, Strict

Distribution = Literal["lognormal", "logit", "uniform", "loguniform", "even_halves"]
_Z = float(ndtri(0.975))


class Prior(Strict):
    """A number that is not known exactly. With low equal to high it is taken as known and never drawn."""

    low: Number
    """Low end: of the central 95 per cent (lognormal, logit), or of all values (the others)."""
    best: Number
    """Best estimate: the median (lognormal, logit, even_halves); for the others only said."""
    high: Number
    """High end."""
    distribution: Distribution = "lognormal"
    """lognormal: two halves of a normal on the log scale, which meet at best. logit: the same on the log odds, for
    numbers between 0 and 1. uniform, loguniform: even between low and high. even_halves: as ranges of scenario tables
    are drawn: half below best and half above, each half even on the log scale (on the plain one from 0)."""
    source: Annotated[str, Field(min_length=1)]
    """Keys of sources.csv, or "assumed: why"."""
    confidence: Confidence
    """How well the number is known."""

    @model_validator(mode="after")
    def _is_possible(self) -> Prior:
        if not self.low <= self.best <= self.high:
            raise ValueError(f"needs low <= best <= high; got {self.low:g}, {self.best:g}, {self.high:g}")
        if self.is_known:
            return self
        if self.distribution in ("lognormal", "loguniform") and self.low <= 0:
            raise ValueError(f"a {self.distribution} prior needs low above 0; got {self.low:g}")
        if self.distribution == "logit" and not 0 < self.low <= self.high < 1:
            raise ValueError(
                f"a logit prior needs low and high between 0 and 1; got {self.low:g} and {self.high:g}"
            )
        return self

    @property
    def is_known(self) -> bool:
        """Whether the number is fixed."""
        return self.low == self.high


def scale(prior: Prior, u: Floats) -> Floats:
    """Return the prior's quantiles at ``u`` in (0, 1), any shape."""
    low, best, high = prior.low, prior.best, prior.high
    if prior.is_known:
        return np.full(np.shape(u), best)
    if prior.distribution == "uniform":
        return np.asarray(low + (high - low) * u)
    if prior.distribution == "loguniform":
        return np.asarray(low * (high / low) ** u)
    if prior.distribution == "even_halves":
        lower, upper = _even(2.0 * u, low, best), _even(2.0 * u - 1.0, best, high)
        return np.asarray(np.where(u < 0.5, lower, upper))
    if prior.distribution == "logit":
        return np.asarray(expit(_two_halves(_log_odds(low), _log_odds(best), _log_odds(high), u)))
    return np.asarray(np.exp(_two_halves(math.log(low), math.log(best), math.log(high), u)))


def _even(u: Floats, low: float, high: float) -> Floats:
    """Return low + u (high - low), on the log scale where low is above 0: ``simulation.world.draws.draw_around``."""
    return np.asarray(low * (high / low) ** u if low > 0 else low + (high - low) * u)


def _log_odds(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _two_halves(low: float, middle: float, high: float, u: Floats) -> Floats:
    """Return quantiles of a normal whose two halves have spreads of their own: 2.5% at low, 97.5% at high."""
    z = np.asarray(ndtri(u), np.float64)
    return np.asarray(middle + np.where(z < 0, middle - low, high - middle) / _Z * z)
