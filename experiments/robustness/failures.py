"""When a package is said to fail in a draw: three plain meanings, and the questions that follow from a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from experiments.collect import Values
from experiments.robustness.harm_values import HarmValues, find_bases, say_basis, take_harm_values
from experiments.robustness.ranking import compute_regret
from experiments.robustness.rules import Bools
from experiments.weights import Weights
from experiments.wording import say_outcome

Meaning = Literal["not_less_than", "regret_above"]
REGRET_SHARE = 0.1
"""Regret above a tenth of the baseline's mean harm: a choice, to be set in the plan for a question that matters."""


@dataclass(frozen=True)
class Failure:
    """A question: in which draws does an arm fail?

    Attributes:
        arm: The arm.
        basis: Basis of the harm.
        harm: Name of the outcome.
        meaning: "not_less_than": harm is at least that of ``against``; "regret_above": regret is above ``above``.
        against: Name of the other arm; "" for regret.
        above: Regret that counts as failure, in the unit of the harm; 0 for the other meaning.
        draws: (n_draws,) numbers of the draws.
        fails: (n_draws,) whether it fails.
    """

    arm: str
    basis: str
    harm: str
    meaning: Meaning
    against: str
    above: float
    draws: NDArray[np.int64]
    fails: Bools

    @property
    def said(self) -> str:
        """What failure means here: "deaths, in all, are no fewer than under status_quo"."""
        what = f"{say_outcome(self.harm)} ({say_basis(self.basis)})"
        if self.meaning == "regret_above":
            return f"{what}: more than {self.above:,.3g} above the arm that is best in the draw"
        return f"{what}: no less than under {self.against}"


def find_not_less(table: HarmValues, arm: str, harm: str, against: str) -> Failure:
    """Return the draws in which an arm has at least as much of a harm as another."""
    value = table.of(harm)
    fails = value[:, table.arms.index(arm)] >= value[:, table.arms.index(against)]
    return Failure(arm, table.basis, harm, "not_less_than", against, 0.0, table.draws, fails)


def find_regret_above(table: HarmValues, arm: str, harm: str, share: float) -> Failure:
    """Return the draws in which an arm's regret is above a share of the baseline's mean harm."""
    value = table.of(harm)
    above = share * float(value[:, 0].mean())
    fails = compute_regret(value)[:, table.arms.index(arm)] > above
    return Failure(arm, table.basis, harm, "regret_above", "", above, table.draws, fails)


def ask_all(
    arms: Sequence[str],
    values: Values,
    weights: Weights | None = None,
    *,
    against: Sequence[str] = (),
    regret_share: float | None = None,
) -> Iterator[Failure]:
    """Yield a question for every arm but the baseline, basis and harm.

    Args:
        arms: Names of the arms, the baseline first.
        values: What the runs gave.
        weights: The user's own weights; with them their sum is a harm too.
        against: Arms to be compared with; empty: the baseline.
        regret_share: Ask for regret above this share of the baseline's mean harm besides; None: do not.
    """
    for basis in find_bases(values):
        table = take_harm_values(arms, values, basis, weights)
        if not len(table.draws):
            continue
        for arm in arms[1:]:
            for harm in table.harms:
                for other in against or arms[:1]:
                    if other != arm:
                        yield find_not_less(table, arm, harm, other)
                if regret_share is not None:
                    yield find_regret_above(table, arm, harm, regret_share)
