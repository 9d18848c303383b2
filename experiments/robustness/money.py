"""Harm prevented and what it costs, draw by draw: ratios, quadrants and acceptability, as functions of arrays.

**Ratio.** Harm prevented per USD is the ratio of two means over the same draws. Its 95% set is Fieller's (1954, Journal
of the Royal Statistical Society B 16:175-185): all ratios r for which the mean of ``prevented - r cost`` is not told
apart from 0 by a paired t test, exact if both are normal. Where the mean of the cost is itself told apart from 0, the
set is an interval; otherwise no interval is right, and the set is everything outside an interval ("exclusive") or every
number ("all"): then the quadrants say what can be said. (Von Luxburg and Franz 2009, Statistica Sinica 19, show all
three cases; for costs and effects: Willan and O'Brien 1996, Health Economics 5:297-305.)

**Quadrants** of the cost-effectiveness plane (Black 1990, Medical Decision Making 10:212-214): does an arm cost more or
less than the baseline, and is there less or more harm; the share of draws in each. A negative ratio alone cannot say
whether an arm saves money and harm or costs both.

**Acceptability**: the share of draws in which an arm has the largest ``willingness x prevented - cost`` of all arms,
the baseline with 0 among them; arms that tie share a draw (Fenwick, Claxton and Sculpher 2001, Health Economics
10:779-787). What preventing a death or a rape is worth in money is nobody's finding: the table only says how an order
of arms would depend on it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

from experiments.robustness.ranking import compute_best
from experiments.statistics import LEVEL, Floats

Shape = Literal["interval", "exclusive", "all", "none"]
QUADRANTS = (
    "costs_more_less_harm",
    "costs_less_less_harm",
    "costs_more_more_harm",
    "costs_less_more_harm",
    "no_change",
)
"""The last: cost or harm is the same as in the baseline, to the last digit."""


class Ratio(NamedTuple):
    """A ratio of means with its 95% set.

    Attributes:
        value: mean(above) / mean(below); NaN where the mean of ``below`` is 0.
        low: Lower end of the interval; of an exclusive set, the end of its lower part.
        high: Upper end of the interval; of an exclusive set, the beginning of its upper part.
        shape: "interval" [low, high]; "exclusive": at most low or at least high; "all" numbers; "none": below two
            draws.
    """

    value: float
    low: float
    high: float
    shape: Shape


def compute_ratio(above: Floats, below: Floats) -> Ratio:
    """Return the ratio of two means over paired draws with Fieller's 95% set (see the module).

    Args:
        above: (n_draws,), any unit.
        below: (n_draws,), any unit.
    """
    a, b = np.asarray(above, float), np.asarray(below, float)
    n = len(a)
    mean_a, mean_b = (float(x.mean()) if n else np.nan for x in (a, b))
    value = mean_a / mean_b if n and mean_b != 0 else np.nan
    if n < 2:
        return Ratio(value, np.nan, np.nan, "none")
    t2 = float(stdtrit(n - 1, 0.5 + LEVEL / 2.0)) ** 2 / n
    (var_a, cov), (_, var_b) = np.cov(a, b)
    # A r^2 - 2 B r + C <= 0
    A, B, C = mean_b**2 - t2 * var_b, mean_a * mean_b - t2 * cov, mean_a**2 - t2 * var_a
    inside = max(B * B - A * C, 0.0) if A > 0 else B * B - A * C
    if A > 0:
        return Ratio(value, float((B - np.sqrt(inside)) / A), float((B + np.sqrt(inside)) / A), "interval")
    if A == 0 or inside <= 0:
        return Ratio(value, np.nan, np.nan, "all")
    ends = sorted(float((B + sign * np.sqrt(inside)) / A) for sign in (-1.0, 1.0))
    return Ratio(value, ends[0], ends[1], "exclusive")


def count_quadrants(prevented: Floats, cost: Floats) -> dict[str, float]:
    """Return the share of draws in each of QUADRANTS; they add up to 1.

    Args:
        prevented: (n_draws,) harm of the baseline minus that of the arm.
        cost: (n_draws,) cost of the arm minus that of the baseline, USD.
    """
    p, c = np.asarray(prevented, float), np.asarray(cost, float)
    hits = ((c > 0) & (p > 0), (c < 0) & (p > 0), (c > 0) & (p < 0), (c < 0) & (p < 0), (c == 0) | (p == 0))
    return {name: float(hit.mean()) if len(p) else np.nan for name, hit in zip(QUADRANTS, hits, strict=True)}


def compute_acceptability(prevented: Floats, cost: Floats, willingness: Floats) -> Floats:
    """Return (n_willingness, n_arms) the share of draws in which an arm has the largest net benefit.

    Args:
        prevented: (n_draws, n_arms); the baseline's column is 0.
        cost: (n_draws, n_arms), USD above the baseline; the baseline's column is 0.
        willingness: (n_willingness,) USD for one unit of harm prevented, at least 0.
    """
    p, c = np.asarray(prevented, float), np.asarray(cost, float)
    return np.stack([compute_best(c - w * p).mean(axis=0) for w in np.asarray(willingness, float)])


def compute_most_per_usd(prevented: Floats, cost: Floats) -> tuple[Floats, int]:
    """Return (n_arms,) the share of draws in which an arm prevents most per USD, and how many draws can say.

    Only draws in which every arm costs more than the baseline can: a ratio over a saving has no order. Arms that tie
    share a draw.

    Args:
        prevented: (n_draws, n_arms) without the baseline.
        cost: (n_draws, n_arms), USD above the baseline.
    """
    p, c = np.asarray(prevented, float), np.asarray(cost, float)
    can = (c > 0).all(axis=1)
    if not can.any():
        return np.full(p.shape[1], np.nan), 0
    return np.asarray(compute_best(-p[can] / c[can]).mean(axis=0), float), int(can.sum())
