"""The model's cells as a function of theta, learnt from noisy runs, with what is not known of them kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from calibration.cells import Cells, Floats
from calibration.regression import KINDS, Kind, Regression, bend, best_of, fit_regressions
from simulation.errors import SafePassageError

ENOUGH = 3.0
"""Log score by which runs left out must be better predicted than by their mean, for a component to be kept."""
MOST_COMPONENTS = 60
LEAST_REPLICATES = 4
"""Runs that differ in luck alone, below which their variance says too little."""


class Uncertainty(NamedTuple):
    """What a run's log cells differ by from the emulator's mean; standard deviations (n_cells,)."""

    parameter: Floats
    """Not known of the components, at a typical point."""
    truncation: Floats
    """Left out with the components that are not kept; pooled over the cells of a series."""
    run_noise: Floats
    """Luck of one run at the scale of the runs."""


@dataclass(frozen=True, eq=False)
class Emulator:
    """Log true means of cells at scores of the factors.

    Attributes:
        center: (n_cells,) log cells at the middle of the runs, levels adjusted.
        directions: (n_components, n_cells) change of the log cells by a unit of each component.
        components: How each component follows from the scores.
        uncertainty: Parts of what is not known, a cell.
        coverage: Share of cells of runs left out that lie in their 90% intervals.
        kind_scores: Sum over components of the log score of runs left out, by kind of regression.
    """

    center: Floats
    directions: Floats
    components: tuple[Regression, ...]
    uncertainty: Uncertainty
    coverage: float
    kind_scores: dict[Kind, float]

    def mean(self, scores: Floats) -> Floats:
        """Return log true means (n, n_cells) at scores (n, n_factors)."""
        return self.center + self.component_means(scores) @ self.directions

    def component_means(self, scores: Floats) -> Floats:
        """Return (n, n_components) means of the components."""
        if not self.components:
            return np.zeros((len(scores), 0))
        slope, curvature = self._collapsed
        smooth = np.array([one.smooth_mean(scores) for one in self.components]).T
        return np.asarray(scores @ slope + bend(scores) @ curvature + smooth, np.float64)

    @cached_property
    def _collapsed(self) -> tuple[Floats, Floats]:
        """Linear and quadratic parts of all components, (n_factors, n_components) each."""
        return (
            np.array([one.slope for one in self.components]).T,
            np.array([one.curvature for one in self.components]).T,
        )

    @cached_property
    def spread(self) -> Floats:
        """(n_components,) standard deviation of each component's function at a typical new point."""
        return np.array([one.spread for one in self.components])

    @cached_property
    def factor(self) -> Floats:
        """(n_components, n_cells): rows times independent standard normals are the emulator's own error."""
        return self.spread[:, None] * self.directions

    @property
    def covariance(self) -> Floats:
        """(n_cells, n_cells) of the log true means as the emulator knows them: parameter and truncation."""
        return self.factor.T @ self.factor + np.diag(self.uncertainty.truncation**2)


def fit_emulator(
    scores: Floats,
    true: Floats,
    cells: Cells,
    scale: float,
    *,
    kinds: Sequence[Kind] = KINDS,
    replicates: Floats | None = None,
) -> Emulator:
    """Return the emulator of some runs.

    Log cells are centred, weighed by how well a run shows them, and split into components by singular values; each
    component that factors predict is learnt by itself. Where luck has a variance of v times the mean, counts x are
    taken as log(x + v / 2), whose mean is right to second order; what is left of the level is adjusted so that the sum
    over runs of each cell is met.

    Args:
        scores: (n_runs, n_factors) normal scores of the runs.
        true: (n_runs, n_cells) what truly happened in each run, people at 1:1 (shares for series of shares).
        cells: Which series a cell belongs to.
        scale: Share of people simulated in the runs.
        kinds: Regressions that are compared.
        replicates: (n_replicates, n_cells) runs that differ in nothing but luck; left out: Poisson luck,
            which is right for counts of people only.
    """
    luck = measure_luck(cells, scale, replicates)
    logs = np.log(true + 0.5 * luck)
    noise = np.sqrt(luck / (true.mean(axis=0) + 0.5 * luck))
    center = logs.mean(axis=0)
    left, size, right = np.linalg.svd((logs - center) / noise, full_matrices=False)
    kept: list[Regression] = []
    rows: list[Floats] = []
    kind_scores = dict.fromkeys(kinds, 0.0)
    for k in range(min(MOST_COMPONENTS, len(size) - 1)):
        values = left[:, k] * size[k]
        fits = fit_regressions(scores, values, kinds)
        best = best_of(fits)
        if best.left_out.log_score < _score_of_mean(values) + ENOUGH:
            continue
        kept.append(best)
        rows.append(right[k] * noise)
        for kind, fit in fits.items():
            kind_scores[kind] += fit.left_out.log_score
    directions = np.array(rows).reshape(len(rows), true.shape[1])
    return _finish(_Parts(center, directions, tuple(kept), noise, true, luck), cells, kind_scores)


class _Parts(NamedTuple):
    """An emulator in the making; names as in ``fit_emulator``."""

    center: Floats
    directions: Floats
    components: tuple[Regression, ...]
    noise: Floats
    true: Floats
    luck: Floats


def _finish(parts: _Parts, cells: Cells, kind_scores: dict[Kind, float]) -> Emulator:
    """Return the emulator with its level met and what is left over taken apart.

    Runs left out show what is not known: squared errors of counts beyond luck, over squared counts, are those of the
    function. What of them the components do not account for was left out with the others.
    """
    shape = (len(parts.true), len(parts.components))
    left_out = np.array([one.left_out.mean for one in parts.components]).T.reshape(shape)
    spread = np.array([one.spread for one in parts.components])
    parameter = np.sqrt(((spread[:, None] * parts.directions) ** 2).sum(axis=0))
    logs = parts.center + left_out @ parts.directions
    small = 0.5 * parts.luck
    logs += np.log((parts.true.sum(axis=0) + small) / (np.exp(logs).sum(axis=0) + small))
    counts = np.exp(logs)
    surplus = (parts.true - counts) ** 2 - parts.luck * counts
    truncation = np.zeros(len(parts.center))
    for series in range(len(cells.series)):
        own = cells.series_of == series
        if own.any():
            unknown = _estimate_share(surplus[:, own], counts[:, own], parts.luck[own])
            truncation[own] = np.sqrt(max(unknown - float((parameter[own] ** 2).mean()), 0.0))
    deviation = np.sqrt(parts.luck * counts + (parameter**2 + truncation**2) * counts**2)
    return Emulator(
        parts.center + (logs - left_out @ parts.directions - parts.center)[0],
        parts.directions,
        parts.components,
        Uncertainty(parameter, truncation, parts.noise),
        float((np.abs(parts.true - counts) < 1.6449 * deviation).mean()),
        kind_scores,
    )


def _estimate_share(surplus: Floats, counts: Floats, luck: Floats) -> float:
    """Return s such that ``surplus`` is s times squared counts in the mean, each weighed by how well it says so."""
    share = 0.01
    for _ in range(10):
        weight = 1.0 / (luck * counts + share * counts**2) ** 2
        share = max(float((weight * surplus * counts**2).sum() / (weight * counts**4).sum()), 1e-8)
    return share


def measure_luck(cells: Cells, scale: float, replicates: Floats | None) -> Floats:
    """Return (n_cells,) variance over mean of runs that differ in luck alone, pooled over each series.

    Without replicates, or where they show nothing, that of Poisson counts of simulated people.

    Raises:
        SafePassageError: There are some replicates, but too few to show a variance.
    """
    luck = np.full(len(cells), 1.0 / scale)
    if replicates is None:
        return luck
    if len(replicates) < LEAST_REPLICATES:
        raise SafePassageError(
            f"only {len(replicates)} runs at the best estimates finished; {LEAST_REPLICATES} are the least that show "
            "how large luck is"
        )
    for series in range(len(cells.series)):
        own = cells.series_of == series
        total = replicates[:, own].mean(axis=0).sum()
        if total > 0:
            luck[own] = max(replicates[:, own].var(axis=0, ddof=1).sum() / total, 1e-9)
    return luck


def _score_of_mean(values: Floats) -> float:
    """Return the log score of each of some numbers predicted by mean and variance of the others."""
    n = len(values)
    variance = float(values.var()) * n / (n - 1)
    error = values * n / (n - 1)
    return float(-0.5 * (np.log(2 * np.pi * variance) + error**2 / variance).sum())
