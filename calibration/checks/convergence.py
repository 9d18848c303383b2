"""Are there enough draws? R-hat and effective draws of every unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibration.cells import Floats
from calibration.sampler import Chains

COLUMNS = ["name", "r_hat", "effective_draws"]


def check_convergence(chains: Chains, names: Sequence[str]) -> pd.DataFrame:
    """Return R-hat and effective draws of the unknowns, in their order; names of the first or last may be left out.

    R-hat compares halves of the walks of all walkers (split R-hat, Gelman et al. 2013, section 11.4). Effective draws
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
    """Return (n_unknown,) R-hat of draws (n_steps, n_walkers, n_unknown), each walk split in two."""
    half = draws.shape[0] // 2
    walks = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1)
    within = walks.var(axis=0, ddof=1).mean(axis=0)
    between = walks.mean(axis=0).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((half - 1) / half + between / np.maximum(within, 1e-300)), np.float64)
