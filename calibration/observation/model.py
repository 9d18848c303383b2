"""A declared observation model with its cells: the ObservationModel that a fit works with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.cells import Cells, Floats, Ints, Mask
from calibration.observation.likelihood import (
    Moments,
    condition,
    count_moments,
    draw_counts,
    draw_shares,
    log_normal_density,
    log_series_density,
    monthly_covariance,
    observed_scale,
    share_moments,
    window_covariance,
    window_weights,
)
from calibration.observation.load import LoadedObservation, load_observation
from calibration.observation.models import Observes
from calibration.observation.parameters import Parameters, collect_parameters
from calibration.observation.quantities import compute_true
from calibration.observation.select import Selected, extend_cells, select_cells
from calibration.observation.windows import month_shares
from simulation.result import RunResult
from simulation.spec.models import Scenario


@dataclass(frozen=True)
class Block:
    """Cells with one discrepancy in time: those of a series, and of others that observe the same people."""

    cells: Ints  # their indices
    leader: int  # the series whose sd and correlation it has
    lags: Ints  # (n, n) months between them, of windows of single months
    weights: (
        Floats | None
    )  # (n_lags, n, n) of lags between longer windows; None where every cell is one month


@dataclass(frozen=True)
class DeclaredModel:
    """Implements ``calibration.cells.ObservationModel`` for an observation file and an observed table.

    Attributes:
        cells: What was observed.
        observes: Quantity of each series.
        parameters: psi and what it acts on.
        asked: (n_cells,) people asked, for shares; NaN for counts.
        blocks: The cells of each discrepancy.
    """

    cells: Cells
    observes: tuple[Observes, ...]
    parameters: Parameters
    asked: Floats
    blocks: tuple[Block, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of psi, (n_psi,)."""
        return self.parameters.names

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the numbers of each series are: count, share or stock."""
        return tuple(
            "share" if one.share_of is not None else "stock" if one.is_stock else "count"
            for one in self.observes
        )

    def scale_psi(self, u: Floats) -> Floats:
        """Return the values of psi at uniforms of the priors, (..., n_psi)."""
        return self.parameters.scale(u)

    def compute_true(self, result: RunResult) -> Floats:
        """Return (n_cells,) what truly happened in a run; see ``calibration.observation.quantities``."""
        return compute_true(result, self.cells, self.observes)

    def with_observed(self, observed: Floats) -> DeclaredModel:
        """Return the same model with other numbers observed (n_cells,), such as draws of a synthetic twin."""
        return replace(self, cells=replace(self.cells, observed=observed))

    # The density ---
    def log_likelihood(self, log_true: Floats, covariance: Floats | None, psi: Floats) -> Floats:
        """Return (...) the log density of log(observed + 1/2), of shares of the empirical log odds.

        Without a covariance between blocks the density is a product over blocks, and without any between cells that of
        months is linear in their number; both cost far less.

        Args:
            log_true: (..., n_cells).
            covariance: (..., n_cells, n_cells) or (n_cells, n_cells) of log_true; None where it is known.
            psi: (..., n_psi).
        """
        moments = self.moments(log_true, psi)
        known = ~np.isnan(self.cells.observed)
        residual = observed_scale(self.cells.observed, self.asked) - moments.mean
        total = np.zeros(residual.shape[:-1])
        if covariance is not None and _is_diagonal(covariance):
            own = (moments.slope * moments.spread) ** 2 * np.diagonal(covariance, axis1=-2, axis2=-1)
            moments, covariance = moments._replace(variance=moments.variance + own), None
        if covariance is None:
            return sum((self._block_density(b, known, residual, moments, psi) for b in self.blocks), total)
        for cells in self._independent(covariance, known):
            of = self.observed_covariance(cells, moments, covariance, psi)
            total = total + log_normal_density(residual[..., cells], of)
        return total

    def _block_density(
        self, block: Block, known: Mask, residual: Floats, moments: Moments, psi: Floats
    ) -> Floats:
        """Return (...) the log density of the known cells of a block, its truth known."""
        cells = block.cells[known[block.cells]]
        if block.weights is not None:
            of = self.observed_covariance(cells, moments, None, psi)
            return log_normal_density(residual[..., cells], of)
        month = self.cells.start[cells].astype("datetime64[M]").astype(np.int64)
        order = np.argsort(month, kind="stable")
        cells, month = cells[order], month[order]
        complete = self.parameters.complete(psi)
        sd, correlation = (complete[..., self._noise(block, i)] for i in (1, 2))
        at = residual[..., cells], moments.slope[..., cells], moments.variance[..., cells]
        return log_series_density(*at, month, sd, correlation)

    def moments(self, log_true: Floats, psi: Floats) -> Moments:
        """Return the moments of what is observed, (..., n_cells)."""
        complete = self.parameters.complete(psi)
        factors = self.parameters.factors
        acting = factors.any(axis=0)  # only rates and odds have a logarithm that is asked for
        log_factor = np.log(complete[..., acting]) @ factors[:, acting].T
        clumping = complete[..., self.parameters.noise[self.cells.series_of, 0]]
        leader = np.empty(len(self.cells), np.int64)
        for block in self.blocks:
            leader[block.cells] = block.leader
        sd = complete[..., self.parameters.noise[leader, 1]]
        counts = count_moments(log_true + log_factor, clumping, sd)
        is_share = ~np.isnan(self.asked)
        if not is_share.any():
            return counts
        asked = np.where(is_share, self.asked, 1.0)
        shares = share_moments(log_true, log_factor, asked, clumping)
        return Moments(*(np.where(is_share, s, c) for s, c in zip(shares, counts, strict=True)))

    def discrepancy(self, cells: Ints, moments: Moments, covariance: Floats | None, psi: Floats) -> Floats:
        """Return (..., n, n) the covariance of d, what model and emulator may be off, of some cells."""
        complete = self.parameters.complete(psi)
        total = np.zeros((*moments.mean.shape[:-1], cells.size, cells.size))
        for block in self.blocks:
            inside, within = np.isin(cells, block.cells), np.isin(block.cells, cells)
            if not inside.any():
                continue
            sd, correlation = (complete[..., self._noise(block, i)] for i in (1, 2))
            if block.weights is None:
                own = monthly_covariance(block.lags[np.ix_(within, within)], sd, correlation)
            else:
                own = window_covariance(block.weights[:, within][:, :, within], sd, correlation)
            at = np.flatnonzero(inside)
            total[..., at[:, None], at] = own
        if covariance is not None:
            spread = moments.spread[..., cells]
            total = (
                total + spread[..., :, None] * covariance[..., cells[:, None], cells] * spread[..., None, :]
            )
        return total

    def observed_covariance(
        self, cells: Ints, moments: Moments, covariance: Floats | None, psi: Floats
    ) -> Floats:
        """Return (..., n, n) the covariance of z of some cells."""
        slope = moments.slope[..., cells]
        total = slope[..., :, None] * self.discrepancy(cells, moments, covariance, psi) * slope[..., None, :]
        diagonal = np.arange(cells.size)
        total[..., diagonal, diagonal] += moments.variance[..., cells]
        return total

    def _independent(self, covariance: Floats | None, known: Mask) -> Iterator[Ints]:
        """Yield known cells in sets that do not depend on each other: those of each block, or all."""
        block_of = np.empty(len(self.cells), np.int64)
        for index, block in enumerate(self.blocks):
            block_of[block.cells] = index
        between = block_of[:, None] != block_of
        if covariance is not None and np.any(covariance[..., between & known & known[:, None]]):
            yield np.flatnonzero(known)
            return
        for block in self.blocks:
            cells = block.cells[known[block.cells]]
            if cells.size:
                yield cells

    def _noise(self, block: Block, which: int) -> int:
        return int(self.parameters.noise[block.leader, which])

    # Draws ---
    def draw_observed(
        self,
        log_true: Floats,
        covariance: Floats | None,
        psi: Floats,
        rng: np.random.Generator,
        after: date | None = None,
    ) -> Floats:
        """Return (n_cells,) numbers as they would be published, one draw.

        Counts are negative binomial and shares beta-binomial about a mean with the discrepancy in it, so that zeros and
        small numbers come as they should.

        Args:
            log_true: (n_cells,).
            covariance: (n_cells, n_cells) of log_true, or None.
            psi: (n_psi,).
            rng: Source of chance.
            after: With a day: given what was observed in windows that end on it or before; those come back as observed.
        """
        moments = self.moments(log_true, psi)
        every = np.ones(len(self.cells), np.bool_)
        known = ~every if after is None else ~np.isnan(self.cells.until(after).observed)
        residual = observed_scale(self.cells.observed, self.asked) - moments.mean
        centre = moments.centre.copy()
        for cells in self._independent(covariance, every):
            spread = self.discrepancy(cells, moments, covariance, psi)
            seen = known[cells]
            if seen.any():
                slope, variance = moments.slope[cells], moments.variance[cells]
                mean, spread = condition(spread, slope, variance, residual[cells], seen)
                centre[cells] += mean
            new = cells[~seen]
            centre[new] += _draw_normal(spread[np.ix_(~seen, ~seen)], rng)
        return self._draw_about(centre, known, psi, rng)

    def _draw_about(self, centre: Floats, known: Mask, psi: Floats, rng: np.random.Generator) -> Floats:
        """Return (n_cells,) counts and shares drawn about their logs of means and odds; known ones as observed."""
        clumping = self.parameters.complete(psi)[self.parameters.noise[self.cells.series_of, 0]]
        counts, shares = ~known & np.isnan(self.asked), ~known & ~np.isnan(self.asked)
        drawn = self.cells.observed.copy()
        drawn[counts] = draw_counts(centre[counts], clumping[counts], rng)
        drawn[shares] = draw_shares(centre[shares], self.asked[shares], clumping[shares], rng)
        return drawn


def load_model(
    path: str | Path,
    observed: pd.DataFrame,
    scenario: Scenario,
    until: date | None = None,
    rates_until: date | None = None,
) -> DeclaredModel:
    """Return the observation model of a file with the cells of an observed table.

    Args:
        path: Observation file.
        observed: Rows as ``calibration.observation.select.select_cells`` takes them.
        scenario: The scenario that it is about.
        until: With a day: windows to be predicted are added up to it.
        rates_until: With a day: periods of rates that start after it are not used; the last before holds on.

    Raises:
        ScenarioError: Every problem found in file or table.
    """
    loaded = load_observation(path, scenario)
    selected = select_cells(loaded, observed)
    if until is not None:
        selected = extend_cells(loaded, selected, until)
    return build_model(loaded, selected, scenario, rates_until)


def build_model(
    loaded: LoadedObservation, selected: Selected, scenario: Scenario, rates_until: date | None = None
) -> DeclaredModel:
    """Return the observation model of a loaded file for given cells.

    Raises:
        ScenarioError: A cell is in no period of a rate of its series.
    """
    cells = selected.cells
    return DeclaredModel(
        cells,
        tuple(series.observes for series in loaded.document.series.values()),
        collect_parameters(loaded, cells, scenario, rates_until),
        selected.asked,
        tuple(_list_blocks(loaded, cells)),
    )


def _list_blocks(loaded: LoadedObservation, cells: Cells) -> Iterator[Block]:
    """Yield the cells of every discrepancy, those of no cells left out."""
    leaders = [series.discrepancy_of or name for name, series in loaded.document.series.items()]
    for leader in dict.fromkeys(leaders):
        led = [index for index, name in enumerate(leaders) if name == leader]
        of = np.flatnonzero(np.isin(cells.series_of, led))
        if not of.size:
            continue
        months, shares = month_shares(cells.start[of], cells.end[of])
        number = months.astype("datetime64[M]").astype(np.int64)[shares.argmax(axis=1)]
        is_monthly = np.count_nonzero(shares) == of.size  # every window lies in one month
        lags = np.abs(number[:, None] - number)
        yield Block(of, cells.series.index(leader), lags, None if is_monthly else window_weights(shares))


def _is_diagonal(covariance: Floats) -> bool:
    """Return whether no cell goes with another."""
    n = covariance.shape[-1]
    return bool(np.count_nonzero(covariance) == np.count_nonzero(covariance[..., range(n), range(n)]))


def _draw_normal(covariance: Floats, rng: np.random.Generator) -> Floats:
    """Return a draw with mean 0 and a covariance that may be singular, such as 0 without any discrepancy."""
    n = len(covariance)
    lifted = covariance + 1e-10 * np.eye(n)
    return np.asarray(np.linalg.cholesky(lifted) @ rng.standard_normal(n))
