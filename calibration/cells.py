"""The seam of calibration: cells (what was observed, of what, when) and what an observation model can do with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulation.result import RunResult

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Numbers observed, one a cell, ordered by series and then by first day.

    Attributes:
        series: Names of the series.
        series_of: (n_cells,) index into ``series``.
        start: (n_cells,) datetime64[D], first day of the window.
        end: (n_cells,) datetime64[D], its last day; a stock is averaged over the window.
        observed: (n_cells,) the number as published (people; a share for a series of shares); NaN: to be predicted.
    """

    series: tuple[str, ...]
    series_of: Ints
    start: Days
    end: Days
    observed: Floats

    def __post_init__(self) -> None:
        """Refuse cells whose columns do not belong together."""
        sizes = {len(c) for c in (self.series_of, self.start, self.end, self.observed)}
        if len(sizes) != 1:
            raise ValueError(f"columns of cells differ in length: {sorted(sizes)}")
        if (self.start > self.end).any():
            raise ValueError("a window ends before it starts")
        order = np.lexsort((self.start, self.series_of))
        if (order != np.arange(order.size)).any():
            raise ValueError("cells must be ordered by series, then by first day")

    def __len__(self) -> int:
        """Return how many cells there are."""
        return len(self.observed)

    def of(self, name: str) -> Mask:
        """Return (n_cells,) which cells belong to a series."""
        return np.asarray(self.series_of == self.series.index(name), np.bool_)

    def until(self, day: date) -> Cells:
        """Return the same cells as known on a day: what was observed in windows that end later is NaN."""
        known = self.end <= np.datetime64(day)
        return replace(self, observed=np.where(known, self.observed, np.nan))


class ObservationModel(Protocol):
    """How cells come about from what truly happened. theta is the model's, psi is the observation's."""

    @property
    def cells(self) -> Cells:
        """What was observed."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of psi, (n_psi,)."""

    def scale_psi(self, u: Floats) -> Floats:
        """Return the values of psi at uniforms of the priors; (..., n_psi) to (..., n_psi)."""

    def with_observed(self, observed: Floats) -> ObservationModel:
        """Return the same model with other numbers observed (n_cells,), such as a draw for a synthetic twin."""

    def compute_true(self, result: RunResult) -> Floats:
        """Return (n_cells,) what truly happened in a run, people at 1:1 (a share for a series of shares).

        NaN where the run does not cover the whole window.
        """

    def log_likelihood(self, log_true: Floats, covariance: Floats | None, psi: Floats) -> Floats:
        """Return (...) the log density of what was observed (cells with NaN are left out).

        Args:
            log_true: (..., n_cells) log of the true mean of every cell.
            covariance: (..., n_cells, n_cells), or (n_cells, n_cells) for all, of log_true as the emulator knows it;
                None where the truth is known. Entries between series are allowed.
            psi: (..., n_psi) values. Leading axes are those of ``log_true``; one call for many points is cheaper.
        """

    def draw_observed(
        self,
        log_true: Floats,
        covariance: Floats | None,
        psi: Floats,
        rng: np.random.Generator,
        after: date | None = None,
    ) -> Floats:
        """Return (n_cells,) numbers as they would be published, one draw.

        Args:
            log_true: (n_cells,) log of the true mean of every cell.
            covariance: As in ``log_likelihood``; (n_cells, n_cells) or None.
            psi: (n_psi,) values.
            rng: Source of chance.
            after: With a day: drawn given what was observed in windows that end on it or before, whose cells come
                back as observed; the discrepancy of each series is carried on from its last residuals.
        """
