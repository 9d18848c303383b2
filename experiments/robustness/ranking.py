"""Regret, shares of being best and ranks of arms over draws, as functions of arrays; less harm is better.

**Regret** of an arm in a draw: its harm minus the least harm of any arm in that draw (Savage 1951, The theory of
statistical decision, Journal of the American Statistical Association 46:55-67; as a measure of robustness over many
futures: Lempert, Popper and Bankes 2003, Shaping the next one hundred years, RAND MR-1626). It is at least 0, and in
every draw some arm has 0. It depends on which arms are compared: adding one can change the order of the others.

**Share of being best**: the share of draws in which an arm has the least harm; arms that tie share the draw. Its 95%
interval is Wilson's (1927, Journal of the American Statistical Association 22:209-212): it says what a finite number of
draws leaves open, not whether the ranges that were drawn from are right.

**May be best**: arms that cannot be ruled out as the one with the least expected harm. An arm is ruled out if some
other arm has less by a one-sided paired t test at 5% / (n_arms - 1). The truly best arm is ruled out with a
probability of at most 5% (Bonferroni; with the best as the comparison the selection needs no further correction: Hsu
1984, Annals of Statistics 12:1136-1144), exactly if differences are normal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from experiments.statistics import LEVEL, Floats

HIGH_QUANTILE = 0.9
"""Regret that nine draws in ten do not exceed."""


def compute_regret(harm: Floats) -> Floats:
    """Return (..., n_arms) harm above the least of the draw; ``harm`` is (..., n_arms), any unit."""
    table = np.asarray(harm, float)
    return np.asarray(table - table.min(axis=-1, keepdims=True), float)


def compute_best(harm: Floats) -> Floats:
    """Return (..., n_arms) each arm's share in being best of its draw: 1 alone, 1/k among k that tie, else 0."""
    best = compute_regret(harm) == 0.0
    return np.asarray(best / best.sum(axis=-1, keepdims=True), float)


def compute_rank_shares(harm: Floats) -> Floats:
    """Return (n_arms, n_arms) the share of draws in which the arm of the row has rank 1, 2, ... (columns).

    Arms that tie share their ranks evenly: two that tie for first have half of rank 1 and half of rank 2 each.

    Args:
        harm: (n_draws, n_arms), any unit.
    """
    table = np.asarray(harm, float)
    n_arms = table.shape[1]
    below = (table[:, None, :] < table[:, :, None]).sum(axis=2)
    tied = (table[:, None, :] == table[:, :, None]).sum(axis=2)
    ranks = np.arange(n_arms)
    inside = (ranks >= below[..., None]) & (ranks < (below + tied)[..., None])
    return np.asarray((inside / tied[..., None]).mean(axis=0), float)


def wilson_interval(share: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's 95% interval of a share of ``n`` draws; shared draws count in parts."""
    p = np.asarray(share, float)
    if n < 1:
        return np.full(p.shape, np.nan), np.full(p.shape, np.nan)
    z2 = float(ndtri(0.5 + LEVEL / 2.0)) ** 2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return np.clip(centre - half, 0.0, p), np.clip(centre + half, p, 1.0)


def find_may_be_best(harm: Floats) -> NDArray[np.bool_]:
    """Return (n_arms,) whether an arm may have the least expected harm (see the module); all True below two draws."""
    table = np.asarray(harm, float)
    n, n_arms = table.shape
    if n < 2 or n_arms < 2:
        return np.ones(n_arms, np.bool_)
    more = table[:, :, None] - table[:, None, :]  # draw, arm, other
    mean, spread = more.mean(axis=0), more.std(axis=0, ddof=1)
    constant = (more == more[:1]).all(axis=0)
    t = np.divide(mean * np.sqrt(n), spread, out=np.where(mean > 0, np.inf, 0.0), where=~constant)
    worse = stdtr(n - 1, -t) < (1.0 - LEVEL) / (n_arms - 1)
    return np.asarray(~worse.any(axis=1), np.bool_)


def split_change(harm: Floats, journeys: Floats) -> tuple[Floats, Floats]:
    """Return how much of a change of total harm comes from risk, and how much from how many move.

    harm_1 - harm_0 = (r_1 - r_0) (J_0 + J_1) / 2 + (J_1 - J_0) (r_0 + r_1) / 2, r being harm per journey: exact, and
    the same whichever arm comes first (Kitagawa 1955, Journal of the American Statistical Association 50:1168-1194).
    It says where a difference sits, not why.

    Args:
        harm: (n_draws, n_arms), the baseline first.
        journeys: (n_draws, n_arms).

    Returns:
        (n_draws, n_arms) change by harm per journey, and by the number of journeys; NaN where nobody moves.
    """
    table, moving = np.asarray(harm, float), np.asarray(journeys, float)
    rate = np.divide(table, moving, out=np.full(table.shape, np.nan), where=moving > 0)
    by_risk = (rate - rate[:, :1]) * (moving + moving[:, :1]) / 2.0
    by_movement = (moving - moving[:, :1]) * (rate + rate[:, :1]) / 2.0
    return by_risk, by_movement
