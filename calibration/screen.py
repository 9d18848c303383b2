"""History matching: which theta the observed totals rule out, whatever the rest is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.cells import Cells, Floats, Mask, ObservationModel
from calibration.emulator import Emulator
from calibration.space import to_uniforms

RULED_OUT = 3.0
"""Any single-peaked distribution has 95% of its mass within three standard deviations (Pukelsheim 1994)."""
DRAWS = 200


@dataclass(frozen=True, eq=False)
class Screen:
    """How far theta may be from yearly totals of the series.

    Attributes:
        blocks: (n_blocks, n_cells) which cells each total adds up.
        observed: (n_blocks,) log of the observed total.
        shift: (n_blocks,) mean of log observed less log true total.
        deviation: (n_blocks,) standard deviation of the same, with the emulator's own; psi drawn from its prior.
    """

    blocks: Mask
    observed: Floats
    shift: Floats
    deviation: Floats

    def implausibility(self, log_true: Floats) -> Floats:
        """Return (n,) the second-largest distance of any total, in standard deviations, of log true cells (n, n_cells).

        The second, since the largest of many may be one number that was published wrong (Vernon, Goldstein & Bower
        2010, Bayesian Analysis 5, section 3.4).
        """
        totals = _log_totals(np.exp(log_true), self.blocks)
        distance = np.abs(self.observed - totals - self.shift) / self.deviation
        return np.sort(distance, axis=1)[:, -min(2, distance.shape[1])]


def build_screen(
    observation: ObservationModel, emulator: Emulator, rng: np.random.Generator, n_draws: int = DRAWS
) -> Screen:
    """Return the screen of what was observed: shift and deviation are those of draws at the middle of the runs."""
    blocks = _blocks(observation.cells)
    log_true = emulator.center
    uniforms = to_uniforms(rng.standard_normal((n_draws, len(observation.names))))
    drawn = np.array(
        [observation.draw_observed(log_true, None, observation.scale_psi(u), rng) for u in uniforms]
    )
    residual = _log_totals(drawn, blocks) - _log_totals(np.exp(log_true)[None], blocks)
    own = np.sqrt(emulator.uncertainty.parameter**2 + emulator.uncertainty.truncation**2)
    of_emulator = np.array([own[block].mean() for block in blocks])
    return Screen(
        blocks,
        _log_totals(observation.cells.observed[None], blocks)[0],
        residual.mean(axis=0),
        np.sqrt(residual.var(axis=0) + of_emulator**2),
    )


def _blocks(cells: Cells) -> Mask:
    """Return (n_blocks, n_cells) the observed cells of each series and calendar year."""
    seen = ~np.isnan(cells.observed)
    year = cells.start.astype("datetime64[Y]").astype(np.int64)
    key = cells.series_of * 10_000 + year
    return np.array([seen & (key == one) for one in np.unique(key[seen])], np.bool_).reshape(-1, len(cells))


def _log_totals(numbers: Floats, blocks: Mask) -> Floats:
    """Return (n, n_blocks) logs of the totals of numbers (n, n_cells); a total of 0 is taken as half a person."""
    totals = np.where(np.isnan(numbers), 0.0, numbers) @ blocks.T
    return np.asarray(np.log(np.where(totals > 0, totals, 0.5)), np.float64)
