"""What a plan asks about money: which arms are meant to cost the same, how much, and how close is equal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.plan import PlanError
from simulation.spec.explain import near_name

KEYS = ("equal_usd", "arms", "tolerance")
TOLERANCE = 0.1
"""Spending within a tenth of the sum is called equal, if the plan does not say otherwise: a choice, not a finding."""


@dataclass(frozen=True)
class BudgetQuestion:
    """The key ``budget`` of a plan.

    Attributes:
        equal_usd: The sum that each arm is meant to cost above the baseline, USD; None: their own mean.
        arms: Arms that are meant to cost the same; empty: all but the baseline.
        tolerance: Largest share by which spending may differ from the sum and still be called equal.
        asked: Whether the plan says that arms should cost the same at all.
    """

    equal_usd: float | None = None
    arms: tuple[str, ...] = ()
    tolerance: float = TOLERANCE
    asked: bool = True


def read_budget_question(given: Mapping[str, Any] | None, arms: Sequence[str]) -> BudgetQuestion:
    """Return the question that a plan's key ``budget`` asks.

    Args:
        given: The mapping as read; None where the plan has none.
        arms: Names of the plan's arms, the baseline first.

    Raises:
        PlanError: Every key, name or number that is wrong, at once.
    """
    if given is None:
        return BudgetQuestion(asked=False)
    problems = list(_check(given, arms))
    if problems:
        raise PlanError("\n".join(problems))
    equal = given.get("equal_usd")
    return BudgetQuestion(
        None if equal is None else float(equal),
        tuple(given.get("arms") or ()),
        float(given.get("tolerance") or TOLERANCE),
    )


def _check(given: Mapping[str, Any], arms: Sequence[str]) -> Iterator[str]:
    for key in given:
        if key not in KEYS:
            yield f"budget.{key}: unknown key; {near_name(key, KEYS) or 'keys are ' + ', '.join(KEYS)}"
    for key in ("equal_usd", "tolerance"):
        number = given.get(key)
        if key in given and number is not None and not _is_positive(number):
            yield f"budget.{key}: needs a number above 0; got {number!r}"
    names = given.get("arms") or ()
    if isinstance(names, str) or not isinstance(names, Sequence):
        yield f"budget.arms: needs a list of arms; got {names!r}"
        return
    for name in names:
        if name not in arms[1:]:
            hint = "the baseline is what others are compared with" if name in arms[:1] else ""
            yield f"budget.arms: {name!r} is no arm beside the baseline; {hint or near_name(str(name), arms[1:])}"


def _is_positive(number: object) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and math.isfinite(number)
        and number > 0
    )
