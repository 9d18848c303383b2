"""Which sampler draws a posterior of a fit's size and shape, how fast and how right: the table in docs/calibration.md.

``python -m benchmarks.sampler_trial`` prints it, in some ten minutes. Needs emcee; zeus-mcmc, dynesty and
nautilus-sampler are tried where they are installed and are no dependencies. Where pyabc is installed, its draws of a
small problem with a closed form stand beside ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from calibration.cells import Floats
from calibration.sampler import approximate, draw_posterior, find_mode

N_THETA, N_SERIES, N_MONTHS = 30, 5, 84
N = N_THETA + 2 * N_SERIES
SEED = 20261


class Problem(NamedTuple):
    """40 unknowns: 30 factors, a rate and a noise for each of 5 series of 84 months; bent, as a model's cells are."""

    log_density: Callable[[Floats], Floats]
    truth: Floats


class Outcome(NamedTuple):
    """Draws (n, N) of equal weight, how many independent ones they are worth, and what they took."""

    draws: Floats
    effective: float
    evaluations: int


def build_problem() -> Problem:
    """Return the problem; its prior is standard normal in every unknown."""
    rng = np.random.default_rng(SEED)
    series, month = np.repeat(np.arange(N_SERIES), N_MONTHS), np.tile(np.arange(N_MONTHS), N_SERIES)
    effect = np.zeros((N_THETA, len(series)))
    for k in range(21):  # three regions, seven years
        effect[k] = (month // 12 == k % 7) * rng.uniform(0.1, 0.5, N_SERIES)[series]
    effect[21:] = 0.2 * rng.standard_normal((9, N_SERIES))[:, series]

    def cells(z: Floats) -> Floats:
        along = z[:, :N_THETA] @ effect
        return 0.6 * along + np.log1p(0.4 * np.exp(along)) + 0.2 * z[:, N_THETA + series]

    def noise(z: Floats) -> Floats:
        return (0.2 * np.exp(0.4 * z[:, N_THETA + N_SERIES :]))[:, series]

    truth = rng.standard_normal(N)
    y = cells(truth[None])[0] + noise(truth[None])[0] * rng.standard_normal(len(series))

    def log_density(z: Floats) -> Floats:
        z = np.atleast_2d(z)
        sd = noise(z)
        return -0.5 * (((y - cells(z)) / sd) ** 2 + 2 * np.log(sd)).sum(axis=1) - 0.5 * (z**2).sum(axis=1)

    return Problem(log_density, truth)


def count_effective(chains: Floats) -> float:
    """Return the effective draws (n_steps, n_walkers, N) of the unknown that has fewest."""
    from emcee.autocorr import integrated_time  # noqa: PLC0415 - not all are installed

    return chains.shape[0] * chains.shape[1] / float(integrated_time(chains, quiet=True).max())


def by_emcee(problem: Problem, moves: str, steps: int) -> Outcome:
    """Sample by emcee with stretch moves, or differential evolution with snooker moves."""
    import emcee  # noqa: PLC0415 - not all are installed

    chosen = None if moves == "stretch" else [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    walkers = 2 * N + 2
    start = 0.1 * np.random.default_rng(SEED).standard_normal((walkers, N))
    sampler = emcee.EnsembleSampler(walkers, N, problem.log_density, moves=chosen, vectorize=True)
    state = emcee.State(start, random_state=np.random.RandomState(SEED).get_state())
    sampler.run_mcmc(state, steps)
    kept = sampler.get_chain(discard=steps // 3)
    return Outcome(kept.reshape(-1, N), count_effective(kept), walkers * steps)


def by_ours(problem: Problem, steps: int) -> Outcome:
    """Sample as a fit does: emcee with steps from the normal approximation."""
    calls = 0

    def counted(z: Floats) -> Floats:
        nonlocal calls
        calls += len(z)
        return problem.log_density(z)

    chains = draw_posterior(counted, N, n_steps=steps, n_drop=steps // 3, seed=SEED)
    return Outcome(chains.draws.reshape(-1, N), count_effective(chains.draws), calls)


def by_zeus(problem: Problem, steps: int) -> Outcome:
    """Sample by zeus (Karamanis, Beutler & Peacock 2021)."""
    import zeus  # noqa: PLC0415 - not all are installed

    walkers = 2 * N
    np.random.seed(SEED)  # noqa: NPY002 - all that zeus knows
    start = 0.1 * np.random.default_rng(SEED).standard_normal((walkers, N))
    sampler = zeus.EnsembleSampler(walkers, N, problem.log_density, vectorize=True, verbose=False)
    sampler.run_mcmc(start, steps, progress=False)
    kept = sampler.get_chain(discard=steps // 3)
    return Outcome(kept.reshape(-1, N), count_effective(kept), int(sampler.ncall))


def _to_normal(u: Floats) -> Floats:
    return np.asarray(ndtri(np.clip(u, 1e-12, 1 - 1e-12)))


def _likelihood(problem: Problem) -> Callable[[Floats], Floats]:
    def log_likelihood(z: Floats) -> Floats:
        z = np.atleast_2d(z)
        return problem.log_density(z) + 0.5 * (z**2).sum(axis=1)

    return log_likelihood


def by_dynesty(problem: Problem, live: int) -> Outcome:
    """Sample by dynesty (Speagle 2020), random walks."""
    import dynesty  # noqa: PLC0415 - not all are installed

    one = _likelihood(problem)
    sampler = dynesty.NestedSampler(
        lambda z: float(one(z)[0]),
        _to_normal,
        N,
        nlive=live,
        sample="rwalk",
        rstate=np.random.default_rng(SEED),
    )
    sampler.run_nested(dlogz=0.5, print_progress=False)
    found = sampler.results
    weights = np.exp(found.logwt - found.logz[-1])
    weights /= weights.sum()
    draws = found.samples[np.random.default_rng(SEED).choice(len(weights), 4000, p=weights)]
    return Outcome(draws, float(1 / (weights**2).sum()), int(np.sum(found.ncall)))


def by_nautilus(problem: Problem, effective: int) -> Outcome:
    """Sample by nautilus (Lange 2023): importance nested sampling with neural networks."""
    import nautilus  # noqa: PLC0415 - not all are installed

    sampler = nautilus.Sampler(
        _to_normal, _likelihood(problem), n_dim=N, n_live=2000, vectorized=True, seed=SEED
    )
    sampler.run(n_eff=effective, verbose=False, timeout=400)
    points, log_w, _ = sampler.posterior()
    weights = np.exp(log_w - log_w.max())
    draws = points[np.random.default_rng(SEED).choice(len(weights), 4000, p=weights / weights.sum())]
    return Outcome(draws, float(weights.sum() ** 2 / (weights**2).sum()), int(sampler.n_like))


def main() -> None:
    """Print the table."""
    problem = build_problem()
    mode = find_mode(problem.log_density, N)
    normal = approximate(problem.log_density, mode)
    reference = draw_posterior(problem.log_density, N, n_steps=6000, n_drop=500, seed=1).draws.reshape(-1, N)
    mean, sd = reference.mean(axis=0), reference.std(axis=0)
    tries: dict[str, Callable[[], Outcome]] = {
        "emcee, stretch moves": lambda: by_emcee(problem, "stretch", 6000),
        "emcee, differential evolution and snooker": lambda: by_emcee(problem, "evolution", 6000),
        "emcee, steps from the normal approximation": lambda: by_ours(problem, 600),
        "zeus": lambda: by_zeus(problem, 400),
        "dynesty, random walks, 400 live": lambda: by_dynesty(problem, 400),
        "nautilus": lambda: by_nautilus(problem, 2000),
    }
    print(
        "| sampler | seconds | densities | effective draws | effective a second | mean off by | sd over true |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, run in tries.items():
        begin = time.process_time()
        try:
            found = run()
        except ImportError:
            print(f"| {name} | not installed | | | | | |")
            continue
        took = time.process_time() - begin
        off = np.abs((found.draws.mean(axis=0) - mean) / sd).max()
        ratio = found.draws.std(axis=0) / sd
        print(
            f"| {name} | {took:.0f} | {found.evaluations:,} | {found.effective:,.0f} | "
            f"{found.effective / took:,.0f} | {off:.2f} sd | {ratio.min():.2f} to {ratio.max():.2f} |",
            flush=True,
        )
    print(f"largest distance of the mode from the mean: {np.abs((normal.mean - mean) / sd).max():.2f} sd")


class Line(NamedTuple):
    """Ten observed points of a line, normal noise: intercept and slope have a normal posterior in closed form."""

    at: Floats
    observed: Floats
    sd: float = 0.5

    def exact(self) -> tuple[Floats, Floats]:
        """Return posterior means and standard deviations of intercept and slope, standard normal a priori."""
        design = np.column_stack([np.ones_like(self.at), self.at])
        covariance = np.linalg.inv(np.eye(2) + design.T @ design / self.sd**2)
        return covariance @ design.T @ self.observed / self.sd**2, np.sqrt(np.diag(covariance))

    def log_density(self, z: Floats) -> Floats:
        """Return (n,) log posterior densities."""
        residual = (self.observed - z[:, :1] - z[:, 1:] * self.at) / self.sd
        return -0.5 * ((residual**2).sum(axis=1) + (z**2).sum(axis=1))


def check_outside() -> None:
    """Print means and standard deviations of the small problem: exact, ours, and by pyabc's ABC-SMC."""
    at = np.linspace(-1, 1, 10)
    line = Line(at, 0.8 - 0.6 * at + 0.5 * np.random.default_rng(SEED).standard_normal(10))
    draws = draw_posterior(line.log_density, 2, n_steps=1000, n_drop=200, seed=SEED).draws.reshape(-1, 2)
    rows = {"exact": line.exact(), "ours": (draws.mean(axis=0), draws.std(axis=0))}
    try:
        rows["pyabc, ABC-SMC"] = by_pyabc(line)
    except ImportError:
        print("pyabc is not installed")
    print("| small problem | intercept | slope |\n|---|---|---|")
    for name, (mean, sd) in rows.items():
        print(f"| {name} | {mean[0]:.3f} +- {sd[0]:.3f} | {mean[1]:.3f} +- {sd[1]:.3f} |")


def by_pyabc(line: Line, populations: int = 9) -> tuple[Floats, Floats]:
    """Return weighted means and standard deviations of pyabc's last population, by distances of sufficient numbers."""
    import pyabc  # noqa: PLC0415 - not a dependency

    rng = np.random.default_rng(SEED)

    def summarise(y: Floats) -> dict[str, float]:
        return {"mean": float(y.mean()), "tilt": float((y * line.at).mean() / (line.at**2).mean())}

    def simulate(z: dict[str, float]) -> dict[str, float]:
        return summarise(z["a"] + z["b"] * line.at + line.sd * rng.standard_normal(len(line.at)))

    prior = pyabc.Distribution(a=pyabc.RV("norm", 0, 1), b=pyabc.RV("norm", 0, 1))
    search = pyabc.ABCSMC(
        simulate, prior, pyabc.PNormDistance(2), population_size=1000, sampler=pyabc.SingleCoreSampler()
    )
    search.new("sqlite://", summarise(line.observed))
    found, weight = search.run(minimum_epsilon=0.03, max_nr_populations=populations).get_distribution()
    z = found[["a", "b"]].to_numpy()
    mean = weight @ z
    return mean, np.sqrt(weight @ (z - mean) ** 2)


if __name__ == "__main__":
    main()
    check_outside()
