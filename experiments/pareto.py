"""Harms side by side, and the Pareto set: which policies no other beats. Nothing is added up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.collect import Values
from experiments.plan import Plan
from experiments.statistics import INTERVAL_KINDS, Floats, IntervalKind

HARMS = (
    "deaths", "injury", "violence", "sgbv", "robbery", "abductions", "detention_person_days", "separations",
    "unmet_need",
)  # fmt: skip
"""One outcome for each kind of harm of the model, none of them a part or a consequence by definition of another.

Deaths at sea, in the desert or in custody are parts of deaths. Detention counts in person-days, since what a time limit
or an alternative changes is time; arrests end in it or in nothing, and interceptions are harm by what follows them.
"""
TOTAL, PER_JOURNEYS = "total", "per_1000_journeys"
BASES = (TOTAL, PER_JOURNEYS)
"""Over the whole route; and per 1,000 journeys (started, started again, or under way), as rates per journey are."""
COLUMNS = [
    "interval_kind",
    "basis",
    "arm",
    "in_set",
    "beaten_by",
    "draws",
    "draws_in_set",
    "share_of_draws",
    "harms",
]


def find_beaten(harms: Floats) -> NDArray[np.bool_]:
    """Return (..., n_arms, n_arms) whether the arm of the row beats that of the column.

    It does if none of its harms is larger and at least one is smaller: equals beat nobody.

    Args:
        harms: (..., n_arms, n_harms), any units, one a harm.
    """
    row, column = harms[..., :, None, :], harms[..., None, :, :]
    return np.asarray((row <= column).all(axis=-1) & (row < column).any(axis=-1), np.bool_)


def find_pareto_set(harms: Floats) -> NDArray[np.bool_]:
    """Return (..., n_arms) whether no other arm beats an arm; see ``find_beaten``."""
    return np.asarray(~find_beaten(harms).any(axis=-2), np.bool_)


def find_basis(values: Values) -> tuple[str, ...]:
    """Return the bases that can be formed: without a count of journeys only totals."""
    return BASES if values.find("journeys") is not None else (TOTAL,)


def take_harms(values: Values, kind: IntervalKind, arm: str, basis: str, harms: tuple[str, ...]) -> Floats:
    """Return (n_replicates, n_harms) of one arm; a harm that no run reports happened to nobody."""
    rows = [values.find(harm) for harm in harms]
    n = values.value[kind, arm].shape[1]
    found = np.stack([np.zeros(n) if row is None else values.series(kind, arm, row) for row in rows], axis=1)
    if basis == TOTAL:
        return found
    journeys = values.series(kind, arm, values.find("journeys"))[:, None]
    rate = np.divide(1000.0 * found, journeys, out=np.full(found.shape, np.nan), where=journeys > 0)
    return np.asarray(rate, float)


def compute_pareto(plan: Plan, values: Values) -> pd.DataFrame:
    """Return which arms are in the Pareto set, by means over replicates and in each replicate by itself.

    Returns:
        One row a kind of interval, basis and arm. ``in_set`` and ``beaten_by`` (arms, separated by spaces) are those of
        the means; ``draws_in_set`` counts the replicates in which the arm is in the set, of ``draws`` in which all arms
        can be said. Arms of a replicate share parameters and luck.
    """
    arms, rows = list(plan.arms), []
    for kind in INTERVAL_KINDS:
        for basis in find_basis(values):
            harms = np.stack([take_harms(values, kind, arm, basis, HARMS) for arm in arms], axis=1)
            harms = harms[np.isfinite(harms).all(axis=(1, 2))]
            if not len(harms):
                continue
            beaten, each = find_beaten(harms.mean(axis=0)), find_pareto_set(harms)
            for number, arm in enumerate(arms):
                by = [arms[other] for other in np.flatnonzero(beaten[:, number])]
                n = int(each[:, number].sum())
                rows.append(
                    (kind, basis, arm, not by, " ".join(by), len(harms), n, n / len(harms), " ".join(HARMS))
                )
    return pd.DataFrame(rows, columns=COLUMNS)
