"""What do the data tell? How far each unknown, and each combination of unknowns, is narrowed from its prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibration.cells import Floats

_SHOWN = 4


def compute_contraction(names: Sequence[str], uniforms: Floats, scores: Floats) -> pd.DataFrame:
    """Return a row an unknown: where its posterior stands in its prior, and how much narrower it is.

    Args:
        names: Unknowns.
        uniforms: (n_draws, n) posterior draws as quantiles of their priors.
        scores: (n_draws, n) the same as normal scores, of variance 1 a priori.

    Returns:
        name; low, median, high (5, 50 and 95% of the posterior, as quantiles of the prior); contraction, 1 - posterior
        over prior variance of the normal scores: 0 where the data tell nothing, 1 where they tell all.
    """
    low, median, high = np.quantile(uniforms, [0.05, 0.5, 0.95], axis=0)
    columns = {"low": low, "median": median, "high": high, "contraction": 1.0 - scores.var(axis=0)}
    return pd.DataFrame({"name": list(names), **columns})


def find_directions(names: Sequence[str], white: Floats) -> pd.DataFrame:
    """Return the combinations of unknowns that the data tell most of, best first.

    Args:
        names: Unknowns.
        white: (n_draws, n) posterior draws of unknowns that are independent standard normals a priori.

    Returns:
        One row a direction with direction (1, 2, ...), variance_left (posterior over prior variance), mostly (the
        largest loadings in words), and a column of loadings for each unknown; squares of a row add to 1.
    """
    size, vectors = np.linalg.eigh(np.atleast_2d(np.cov(white.T)))
    loadings = vectors.T * np.sign(vectors.T[np.arange(len(size)), np.abs(vectors.T).argmax(axis=1)])[:, None]
    table = pd.DataFrame(loadings, columns=list(names))
    table.insert(0, "direction", np.arange(1, len(size) + 1))
    table.insert(1, "variance_left", size)
    table.insert(2, "mostly", [_say(names, row) for row in loadings])
    return table


def _say(names: Sequence[str], loadings: Floats) -> str:
    order = np.argsort(-np.abs(loadings))[:_SHOWN]
    return ", ".join(f"{loadings[i]:+.2f} {names[i]}" for i in order if abs(loadings[i]) > 0.1)
