"""An observation model with a closed form: log observed is log true, a log rate for each series, and normal noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy.special import ndtri

from calibration.cells import Cells, Floats


@dataclass(frozen=True)
class LogNormal:
    """Cells with independent normal noise on the log scale; psi are the log rates of the series."""

    cells: Cells
    sd: float = 0.05
    rate_sd: float = 0.1

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"log rate of {name}" for name in self.cells.series)

    def scale_psi(self, u: Floats) -> Floats:
        return self.rate_sd * ndtri(u)

    def compute_true(self, result: object) -> Floats:
        raise NotImplementedError

    def log_likelihood(self, log_true: Floats, covariance: Floats | None, psi: Floats) -> Floats:
        known = ~np.isnan(self.cells.observed)
        mean = (log_true + psi[..., self.cells.series_of])[..., known]
        own = 0.0 if covariance is None else np.diag(covariance)[known]
        variance = self.sd**2 + own + np.zeros(known.sum())
        square = (np.log(self.cells.observed[known]) - mean) ** 2 / variance
        return -0.5 * (square + np.log(2 * np.pi * variance)).sum(axis=-1)

    def draw_observed(
        self,
        log_true: Floats,
        covariance: Floats | None,
        psi: Floats,
        rng: np.random.Generator,
        after: date | None = None,
    ) -> Floats:
        return np.exp(log_true + psi[self.cells.series_of] + self.sd * rng.standard_normal(len(self.cells)))

    def with_observed(self, observed: Floats) -> LogNormal:
        return replace(self, cells=replace(self.cells, observed=observed))


def monthly_cells(n_series: int, first: str, n_months: int) -> Cells:
    start = np.tile(np.datetime64(first, "M") + np.arange(n_months), n_series)
    days, ends = start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]") - 1
    names = tuple(f"series {k}" for k in range(n_series))
    of = np.repeat(np.arange(n_series), n_months)
    return Cells(names, of, days, ends, np.full(len(of), np.nan))
