"""Runs from which the emulator learns: a spread design first, then where the data leave room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from calibration.cells import Floats, Mask, ObservationModel
from calibration.emulator import Emulator, fit_emulator
from calibration.sampler import draw_posterior
from calibration.screen import RULED_OUT, build_screen
from calibration.space import Space, to_scores, to_uniforms
from calibration.target import Target
from simulation.errors import SafePassageError

MapRuns = Callable[[Floats], Floats]
"""Uniforms (n, n_fitted) of all runs so far and of those now wanted, to true cells (n, n_cells); NaN in failed runs.

Row i is made with the i-th seed, whatever else is asked for, so that finished runs can be kept."""
_STREAM = 4
"""Spawn key of the seeds of calibration; 1 to 3 are those of runs and designs, see ``experiments.plan``."""
_TEMPER = 0.1
"""Later waves are drawn with the likelihood to this power: wider than the posterior, so that they surround it."""
_CANDIDATES = 8
"""Candidates for each run of a later wave."""


@dataclass(frozen=True)
class Waves:
    """How many runs are made.

    Attributes:
        replicates: Runs at the best estimates of all factors, which differ in luck alone.
        runs: Runs of each wave.
    """

    replicates: int = 12
    runs: tuple[int, ...] = (256, 128)


class Wave(NamedTuple):
    """What one wave taught."""

    runs: int
    failed: int
    components: int
    coverage: float
    """Of the emulator's 90% intervals, over cells of runs left out."""
    share_left: float
    """Of the prior that is not ruled out after the wave; an upper bound where none of the draws is left."""


class Training(NamedTuple):
    """Runs, and what was learnt from them."""

    uniforms: Floats
    """(n_runs, n_fitted)"""
    true: Floats
    """(n_runs, n_cells) true cells at 1:1."""
    is_replicate: Mask
    emulator: Emulator
    waves: tuple[Wave, ...]


def train(
    space: Space, observation: ObservationModel, scale: float, waves: Waves, map_runs: MapRuns, seed: int
) -> Training:
    """Return an emulator learnt from waves of runs; the same arguments give the same points.

    Raises:
        SafePassageError: Runs do not cover all cells, or too few finished.
    """
    uniforms = np.full((waves.replicates, space.n_fitted), 0.5)
    done: list[Wave] = []
    emulator: Emulator | None = None
    for number, n_runs in enumerate(waves.runs):
        rng = _rng(seed, number)
        if emulator is None:
            new = spread_points(space, n_runs, rng)
        else:
            new = points_left(Target(space, emulator, observation), n_runs, rng)
        uniforms = np.vstack([uniforms, new])
        true = map_runs(uniforms)
        finished, true = _check(true, observation)
        is_replicate = np.arange(len(true)) < waves.replicates
        emulator = fit_emulator(
            to_scores(uniforms[finished & ~is_replicate]),
            true[finished & ~is_replicate],
            observation.cells,
            scale,
            replicates=true[finished & is_replicate] if waves.replicates else None,
        )
        done.append(_judge(space, observation, emulator, len(new), int((~finished).sum()), rng))
    assert emulator is not None
    return Training(uniforms[finished], true[finished], is_replicate[finished], emulator, tuple(done))


def spread_points(space: Space, n: int, rng: np.random.Generator) -> Floats:
    """Return (n, n_fitted) uniforms that fill the prior evenly: scrambled Sobol points, correlated as the prior is."""
    from scipy.stats import qmc  # noqa: PLC0415

    power = max(int(np.ceil(np.log2(n))), 1)
    points = qmc.Sobol(space.n_fitted, scramble=True, rng=rng).random_base2(power)[:n]
    return to_uniforms(space.colour(to_scores(np.asarray(points, np.float64))))


def points_left(target: Target, n: int, rng: np.random.Generator) -> Floats:
    """Return (n, n_fitted) uniforms in what is not ruled out: widened posterior draws, far from each other."""

    def widened(z: Floats) -> Floats:
        likelihood = target.log_likelihood(z)
        return np.asarray(_TEMPER * likelihood - 0.5 * (z**2).sum(axis=1), np.float64)

    chains = draw_posterior(widened, target.n_unknown, n_steps=60, n_drop=60, seed=int(rng.integers(2**31)))
    z, _ = chains.take(_CANDIDATES * n, rng)
    scores = target.scores(z)
    screen = build_screen(target.observation, target.emulator, rng)
    distance = screen.implausibility(target.emulator.mean(scores))
    # Where all is ruled out the model cannot meet the data; the nearest still teach most.
    limit = max(RULED_OUT, float(np.sort(distance)[min(2 * n, len(distance) - 1)]))
    return to_uniforms(_far_apart(target.space, scores[distance <= limit], n))


def _far_apart(space: Space, scores: Floats, n: int) -> Floats:
    """Return n of some scores, each the farthest from those taken before, in the metric of the prior."""
    white = space.whiten(scores)
    nearest = np.full(len(white), np.inf)
    taken = [0]
    while len(taken) < min(n, len(white)):
        nearest = np.minimum(nearest, ((white - white[taken[-1]]) ** 2).sum(axis=1))
        taken.append(int(nearest.argmax()))
    return np.asarray(scores[taken], np.float64)


def _judge(
    space: Space,
    observation: ObservationModel,
    emulator: Emulator,
    runs: int,
    failed: int,
    rng: np.random.Generator,
    n_draws: int = 4096,
) -> Wave:
    scores = space.colour(rng.standard_normal((n_draws, space.n_fitted)))
    distance = build_screen(observation, emulator, rng).implausibility(emulator.mean(scores))
    left = max(float((distance <= RULED_OUT).mean()), 1.0 / n_draws)
    return Wave(runs, failed, len(emulator.components), emulator.coverage, left)


def _check(true: Floats, observation: ObservationModel) -> tuple[Mask, Floats]:
    """Return (n_runs,) which runs finished, and the runs with shares of nobody taken as their mean over runs."""
    missing = np.isnan(true)
    finished: Mask = np.asarray(~missing.all(axis=1), np.bool_)
    never: Mask = np.logical_and.reduce(missing[finished], axis=0)
    if finished.any() and never.any():
        cells = observation.cells
        cell = int(np.flatnonzero(never)[0])
        name, start, end = cells.series[cells.series_of[cell]], cells.start[cell], cells.end[cell]
        raise SafePassageError(f"{name}, {start} to {end}: the scenario's period does not cover it")
    if finished.sum() < 10:
        raise SafePassageError(f"only {int(finished.sum())} of {len(true)} runs finished; 10 are the least")
    known = np.where(missing, np.nan, true)[finished]
    filled = np.where(missing & finished[:, None], np.nanmean(known, axis=0), true)
    return finished, np.asarray(filled, np.float64)


def _rng(seed: int, *numbers: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(_STREAM, *numbers)))


def seeds_of(seed: int, names: Sequence[int]) -> list[int]:
    """Return seeds in [0, 2**32) for parts of a fit that are no runs."""
    return [int(_rng(seed, 1000, name).integers(2**32)) for name in names]
