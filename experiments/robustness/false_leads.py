"""Whether a rule is better than what chance finds: permutation tests, corrected for how many questions were asked.

The test shuffles which draws failed, so that no input can go with failure, and looks for a rule in the same way, choice
of inputs and cross-validation included (Ojala and Garriga 2010, Journal of Machine Learning Research 11:1833-1863).
Shuffling goes on until ten shuffles did at least as well as the data, or to the end: such a p-value is valid at either
stop (Besag and Clifford 1991, Biometrika 78:301-304) and questions without an answer cost little.

Many questions are asked at once (arms, harms). P-values are corrected by Holm's method (1979, Scandinavian Journal of
Statistics 6:65-70): where nothing is to be found at all, the chance that any rule is reported is at most 5%.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from experiments.robustness.rules import (
    Bools,
    Search,
    compute_skill,
    deal_folds,
    predict_unseen,
    quick_trees,
    rank_columns,
)
from experiments.statistics import Floats

FALSE_LEADS = 0.05
"""Largest chance that any rule is reported if there is none."""
AS_GOOD = 10
"""Shuffles as good as the data after which a question is given up."""
FEWEST_SHUFFLES = 199


class Lead(NamedTuple):
    """What cross-validation and shuffling say of one question.

    Attributes:
        said: (n_draws,) whether rules from other draws call the draw a failure.
        skill: See ``experiments.robustness.rules``.
        p_value: Chance of such a skill if no input goes with failure.
        shuffles: How many were made.
    """

    said: Bools
    skill: float
    p_value: float
    shuffles: int


def count_shuffles(n_questions: int) -> int:
    """Return how many shuffles a question needs at most, so that one true rule among all can be reported."""
    return max(FEWEST_SHUFFLES, math.ceil(n_questions / FALSE_LEADS))


def follow_lead(points: Floats, fails: Bools, search: Search, seed: Sequence[int], shuffles: int) -> Lead:
    """Return the cross-validated skill of rules and its p-value.

    Args:
        points: (n_draws, n_factors) uniforms.
        fails: (n_draws,), at least ``search.folds`` True and as many False.
        search: How rules are looked for.
        seed: Decides folds and shuffles; declare it with the result.
        shuffles: How many to make at most.
    """
    rng = np.random.default_rng(np.random.SeedSequence(list(seed)))
    ranks = rank_columns(points)
    with quick_trees():
        return _shuffle(points, ranks, fails, search, rng, shuffles)


def _shuffle(
    points: Floats, ranks: Floats, fails: Bools, search: Search, rng: np.random.Generator, shuffles: int
) -> Lead:

    def try_once(labels: Bools) -> tuple[Bools, float]:
        said = predict_unseen(points, ranks, labels, search, deal_folds(labels, search.folds, rng))
        return said, compute_skill(labels, said)

    said, skill = try_once(fails)
    if skill <= 0:
        return Lead(said, skill, 1.0, 0)
    as_good = made = 0
    while made < shuffles and as_good < AS_GOOD:
        made += 1
        as_good += try_once(rng.permutation(fails))[1] >= skill
    p_value = as_good / made if as_good == AS_GOOD else (as_good + 1) / (made + 1)
    return Lead(said, skill, float(p_value), made)
