"""One fit: runs, emulator, draws, posterior."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from calibration.cells import Floats, Ints
from calibration.emulator import measure_luck
from calibration.engine import MapRuns, Training, Waves, seeds_of, train
from calibration.fit.load import LoadedFit
from calibration.posterior import CHAINS, Posterior, hash_ranges
from calibration.sampler import Chains, Watch, draw_posterior, find_mode
from calibration.space import to_uniforms
from calibration.target import Target
from simulation.provenance import provenance


class Fit(NamedTuple):
    """What a fit gave."""

    loaded: LoadedFit
    training: Training
    target: Target
    chains: Chains
    draws: Floats
    """(n_draws, n_unknown) of the posterior file, in the unknowns of the target."""
    posterior: Posterior


def learn(loaded: LoadedFit, map_runs: MapRuns) -> tuple[Training, Target]:
    """Return the emulator of a fit and the density that its posterior has; ``map_runs`` as for ``run_fit``."""
    document = loaded.document
    waves = Waves(document.runs.replicates, document.runs.waves)
    training = train(loaded.space, loaded.observation, document.scale, waves, map_runs, document.seed)
    return training, Target(loaded.space, training.emulator, loaded.observation)


def find_point(target: Target) -> dict[str, float]:
    """Return the most probable point for a quick look: uniforms of the factors, values of psi. It has no intervals."""
    mode = find_mode(target.log_density, target.n_unknown)[None]
    factors = dict(
        zip(target.space.fitted_factors, to_uniforms(target.scores(mode))[0].tolist(), strict=True)
    )
    return factors | dict(zip(target.observation.names, target.psi(mode)[0].tolist(), strict=True))


def run_fit(loaded: LoadedFit, map_runs: MapRuns, watch: Watch | None = None) -> Fit:
    """Return the posterior of a fit; the same file, tables and code give the same draws.

    Args:
        loaded: The fit.
        map_runs: Makes runs of ``loaded.fitted_scenario``, or finds those that are made.
        watch: Told how far the sampler is.
    """
    document = loaded.document
    training, target = learn(loaded, map_runs)
    of_sampler, of_draws = seeds_of(document.seed, [0, 1])
    chains = draw_posterior(
        target.log_density,
        target.n_unknown,
        n_steps=document.sampling.steps,
        n_drop=document.sampling.drop,
        seed=of_sampler,
        watch=watch,
    )
    draws, chain = thin(chains, document.sampling.draws)
    posterior = _as_posterior(loaded, training, target, draws, chain, np.random.default_rng(of_draws))
    return Fit(loaded, training, target, chains, draws, posterior)


def thin(chains: Chains, n_draws: int) -> tuple[Floats, Ints]:
    """Return (n_draws, n_unknown) draws spread evenly over steps, and the quarter of the walkers each is from."""
    n_walkers, n_unknown = chains.draws.shape[1:]
    quarter = np.arange(n_walkers) * CHAINS // n_walkers
    found, of = [], []
    for number in range(CHAINS):
        own = chains.draws[:, quarter == number].reshape(-1, n_unknown)
        n = (n_draws - number + CHAINS - 1) // CHAINS
        rows = np.linspace(0, len(own) - 1, n).round().astype(np.int64)
        found.append(own[rows])
        of.append(np.full(n, number, np.int64))
    return np.vstack(found), np.concatenate(of)


def _as_posterior(
    loaded: LoadedFit,
    training: Training,
    target: Target,
    draws: Floats,
    chain: Ints,
    rng: np.random.Generator,
) -> Posterior:
    document, emulator = loaded.document, training.emulator
    scores = loaded.space.extend(target.scores(draws), rng)
    names = [name for group in loaded.space.members for name in group]
    about = {
        "fit": document.fit,
        "title": document.title,
        "scenario": loaded.scenario.document.scenario,
        "period": [str(loaded.scenario.document.period.start), str(document.until)],
        "digest": loaded.digest,
        "seed": document.seed,
        "scale": document.scale,
        "runs": len(training.uniforms),
        "waves": [wave._asdict() for wave in training.waves],
        "emulator": {"components": len(emulator.components), "coverage_of_90": emulator.coverage},
        "luck": _luck_by_series(loaded, training),
        "series": {
            name: int((loaded.observation.cells.series_of == k).sum())
            for k, name in enumerate(loaded.observation.cells.series)
        },
        "provenance": provenance(),
    }
    return Posterior(
        loaded.space.factors,
        loaded.space.members,
        to_uniforms(scores),
        loaded.observation.names,
        target.psi(draws),
        target.log_likelihood(draws),
        np.full(len(draws), 1.0 / len(draws)),
        chain,
        hash_ranges(loaded.scenario, names),
        about,
    )


def _luck_by_series(loaded: LoadedFit, training: Training) -> dict[str, float]:
    """Return variance over mean that luck gives series, in simulated people: at a scale it is so much over it."""
    cells, scale = loaded.observation.cells, loaded.document.scale
    replicates = training.true[training.is_replicate] if loaded.document.runs.replicates else None
    luck = scale * measure_luck(cells, scale, replicates)
    return {
        name: float(luck[cells.series_of == k][0])
        for k, name in enumerate(cells.series)
        if (cells.series_of == k).any()
    }
