"""How an uncertain number is said to people: what it is, and where in its range a condition puts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.robustness.rules import Condition
from experiments.sensitivity.words import say_factor
from experiments.wording import find_step, say_number
from simulation.spec.models import Scenario

NO_HARM = ("observation:",)
"""Draws that decide what would be recorded of harm, never harm itself: no rule about harm may name them."""


@dataclass(frozen=True)
class FactorWords:
    """A factor in words.

    Attributes:
        label: As the design names it.
        words: What it is, without a verb: "capacity of services in Libya".
        scale: (value, low, high, whether on the log scale) where the factor is one number of parameters.csv.
        unit: Unit of that number.
    """

    label: str
    words: str
    scale: tuple[float, float, float, bool] | None = None
    unit: str = ""

    def value_at(self, u: float) -> float | None:
        """Return the number at uniform ``u``; None where the factor is not one number."""
        if self.scale is None:
            return None
        from simulation.world.draws import draw_around  # noqa: PLC0415 - loads the kernels

        value, low, high, log = self.scale
        return draw_around(u, value, low, high, log=log)


def describe_factors(
    labels: Sequence[str], members: Sequence[Sequence[str]], scenario: Scenario | None
) -> list[FactorWords]:
    """Return the factors of a design in words.

    Args:
        labels: Labels of the design.
        members: Names of the draws behind each label.
        scenario: Where ranges and meanings of parameters stand; None: names only.
    """
    parameters = {f"parameter:{p.name}": p for p in scenario.parameters} if scenario else {}
    meanings = {p.name: p.meaning for p in parameters.values() if p.meaning}
    found = []
    for label, names in zip(labels, members, strict=True):
        words = _lower(say_factor(label, tuple(names), meanings))
        parameter = parameters.get(names[0]) if len(names) == 1 else None
        if parameter is None:
            found.append(FactorWords(label, words))
            continue
        scale = (parameter.value, parameter.low, parameter.high, parameter.distribution == "loguniform")
        if parameter.name not in words:
            words = f"{words} ({parameter.name})"
        found.append(FactorWords(label, words, scale, parameter.unit))
    return found


def say_condition(condition: Condition, factor: FactorWords) -> str:
    """Return a condition as a clause: "wages in Libya is in the highest 40% of its draws".

    A parameter of one number is given by that number too.
    """
    low, high = condition.low, condition.high
    ends = [end for end in (low, high) if 0 < end < 1]
    if low > 0 and high < 1:
        where = f"between the lowest {low:.0%} and the highest {1 - high:.0%} of its draws"
    elif low > 0:
        where = f"in the highest {1 - low:.0%} of its draws"
    else:
        where = f"in the lowest {high:.0%} of its draws"
    values = [factor.value_at(end) for end in ends]
    if any(value is None for value in values):
        return f"{factor.words} is {where}"
    said = [_say_value(value) for value in values if value is not None]
    between = f"between {said[0]} and {said[-1]}" if len(said) > 1 else f"{_side(condition)} {said[0]}"
    unit = "" if factor.unit in {"", "1", "share", "ratio"} else f" {factor.unit}"
    return f"{factor.words} is {between}{unit}, {where}"


def _lower(words: str) -> str:
    """Return words as they stand within a sentence."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _side(condition: Condition) -> str:
    return "above" if condition.low > 0 else "at most"


def _say_value(value: float) -> str:
    return say_number(value, find_step(value, whole=False))
