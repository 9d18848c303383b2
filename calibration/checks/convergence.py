"""Are there enough draws? R-hat and effective draws of every unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibration.cells import Floats
from calibration.sampler import Chains

GROUPS = 4
COLUMNS = ["name", "r_hat", "effective_draws"]
R_HAT_LIMIT = 1.05
LEAST_EFFECTIVE = 100
"""Draws beyond these limits are told as not converged: looser than R-hat 1.01 and 400 (Vehtari et al. 2021, Bayesian
Analysis 16), which are for quantiles in the tails."""


def check_convergence(chains: Chains, names: Sequence[str]) -> pd.DataFrame:
    """Return R-hat and effective draws of the unknowns, in their order; names of the first or last may be left out.

    R-hat compares the two halves of the walks of each quarter of the walkers (split R-hat, Gelman et al. 2013, section
    11.4); walkers by themselves are short, and never meant as chains. Effective draws
    are all draws over their integrated autocorrelation time, averaged over walkers (Goodman & Weare 2010).
    """
    from emcee.autocorr import integrated_time  # noqa: PLC0415 - an extra

    draws = chains.draws[:, :, : len(names)]
    n_steps, n_walkers, _ = draws.shape
    time = integrated_time(draws, quiet=True, tol=0)
    return pd.DataFrame(
        {"name": list(names), "r_hat": split_r_hat(draws), "effective_draws": n_steps * n_walkers / time},
        columns=COLUMNS,
    )


def split_r_hat(draws: Floats) -> Floats:
    """Return (n_unknown,) R-hat of draws (n_steps, n_walkers, n_unknown): quarters of the walkers, each halved."""
    half, n_walkers = draws.shape[0] // 2, draws.shape[1]
    groups = np.array_split(np.arange(n_walkers), min(GROUPS, n_walkers))
    parts = [part[:, own] for part in (draws[:half], draws[half : 2 * half]) for own in groups]
    within = np.mean([part.var(axis=(0, 1), ddof=1) for part in parts], axis=0)
    between = np.var([part.mean(axis=(0, 1)) for part in parts], axis=0, ddof=1)
    return np.asarray(np.sqrt(1.0 + between / np.maximum(within, 1e-300)), np.float64)


def describe_trouble(convergence: pd.DataFrame) -> str | None:
    """Return what is wrong with draws that have not converged, or None. convergence: of ``check_convergence``."""
    bad = convergence[
        ~(convergence["r_hat"] <= R_HAT_LIMIT) | ~(convergence["effective_draws"] >= LEAST_EFFECTIVE)
    ]
    if bad.empty:
        return None
    worst = bad.sort_values("r_hat", ascending=False)["name"].head(3)
    return (
        f"THE POSTERIOR HAS NOT CONVERGED: {len(bad)} of {len(convergence)} unknowns have R-hat above {R_HAT_LIMIT} or "
        f"fewer than {LEAST_EFFECTIVE} effective draws (worst: {', '.join(worst)}). Do not use it; raise "
        "sampling.steps and sampling.drop, and fit again with --resume."
    )
