"""Sobol indices: what share of an outcome's variance each number carries, alone and with others."""

from __future__ import annotations

import numpy as np

from experiments.sensitivity.indices import (
    SEED,
    Indices,
    SensitivityError,
    describe_problem,
    is_constant,
    load_salib,
    no_indices,
    split_blocks,
)
from experiments.statistics import Estimate, Floats

LEAST = 16
"""Complete blocks below which no index is given."""
RESAMPLES = 500
MEASURES = ("total", "first")


def compute_sobol(points: Floats, values: Floats, *, second_order: bool) -> Indices:
    """Return first and total order indices of each factor of a Saltelli design.

    First order by the estimator of Saltelli et al. (2010, Computer Physics Communications 181:259, table 2 b), total
    order by that of Jansen (1999, Computer Physics Communications 117:35; the same table, f), as SALib has them, with
    its bootstrap intervals over blocks. Estimates may lie below 0 or above 1 by chance; an interval that does says so.

    Args:
        points: (n_blocks * size, n_factors), size n_factors + 2, or 2 n_factors + 2 with ``second_order``.
        values: (n_rows,) the outcome; NaN where a run failed: its block is left out and counted.
        second_order: Whether the blocks cover pairs.

    Raises:
        SensitivityError: The points are no Saltelli sample.
    """
    n_factors = points.shape[1]
    size = (2 * n_factors if second_order else n_factors) + 2
    _, complete = split_blocks(values, size)
    _check_blocks(points, n_factors, size)
    n_used, n_dropped = int(complete.sum()), int((~complete).sum())
    if n_used < LEAST:
        note = f"only {n_used} of {len(complete)} blocks are complete; at least {LEAST} are needed"
        return no_indices("sobol", MEASURES, n_factors, note, n_used=n_used, n_dropped=n_dropped)
    kept = values[np.repeat(complete, size)]
    if is_constant(kept):
        return no_indices("sobol", MEASURES, n_factors, "never varied", n_used=n_used, n_dropped=n_dropped)
    found = load_salib("sobol").analyze(
        describe_problem(n_factors), kept, calc_second_order=second_order, num_resamples=RESAMPLES, seed=SEED
    )
    measures = {
        "total": _estimate(found["ST"], found["ST_conf"]),
        "first": _estimate(found["S1"], found["S1_conf"]),
    }
    note = "blocks left out: the sample is not balanced any more" if n_dropped else ""
    pairs = _estimate(found["S2"], found["S2_conf"]) if second_order else None
    return Indices("sobol", measures, n_used, n_dropped, note, pairs=pairs)


def _estimate(value: object, half: object) -> Estimate:
    centre, width = np.asarray(value, float), np.asarray(half, float)
    return Estimate(centre, centre - width, centre + width)


def _check_blocks(points: Floats, n_factors: int, size: int) -> None:
    """Refuse points whose rows 1 to n_factors of a block differ from its first in another column than their own."""
    blocks = points.reshape(-1, size, n_factors)
    differs = blocks[:, 1 : n_factors + 1] != blocks[:, :1]
    if (differs & ~np.eye(n_factors, dtype=bool)).any():
        raise SensitivityError("the points are no Saltelli sample of these factors")
