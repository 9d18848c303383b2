"""How an uncertain number is said to people: what it is, and where in its range a condition puts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.robustness.rules import Condition
from experiments.wording import find_step, say_number
from simulation.spec.models import Scenario

NO_HARM = ("observation:",)
"""Draws that decide what would be recorded of harm, never harm itself: no rule about harm may name them."""
_OF_COUNTRY = {
    "capacity": "room of services in {0}",
    "work": "chance of work in {0}",
    "wage": "wages in {0}",
    "detention": "room in detention in {0}",
    "returns": "room for assisted returns in {0}",
}
_OTHERS = {
    "stay": "length of stay at a {0}",
    "price": "fares in {0}",
    "quota": "places of the {0} pathway",
    "acceptance": "odds of the {0} pathway",
    "risk": "rate of {2} in {0} ({1})",
    "vehicle": "{1} of vehicles in {0}",
    "stream": "number of people who start from {0}",
    "initial": "number of people already on the way from {0}",
    "female": "share of women and girls from {0}",
    "child": "share of children from {0}",
    "savings_factor": "savings of people from {0}",
    "europe": "share bound for Europe from {0}",
    "relief": "relief that {0} services give",
    "cost": "unit cost of {0}",
}
_NAMES = _OF_COUNTRY | _OTHERS


@dataclass(frozen=True)
class FactorWords:
    """A factor in words.

    Attributes:
        label: As the design names it.
        words: What it is, without a verb: "room of services in LBY".
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
    found = []
    for label, names in zip(labels, members, strict=True):
        parameter = parameters.get(names[0]) if len(names) == 1 else None
        if parameter is not None:
            scale = (parameter.value, parameter.low, parameter.high, parameter.distribution == "loguniform")
            words = f"{parameter.name} ({parameter.meaning})" if parameter.meaning else parameter.name
            found.append(FactorWords(label, words, scale, parameter.unit))
        elif len(names) > 1:
            found.append(FactorWords(label, f"{label.replace('_', ' ')} ({len(names)} numbers together)"))
        else:
            found.append(FactorWords(label, say_name(names[0])))
    return found


def say_name(name: str) -> str:
    """Return the name of one draw in words: "stream:gambia" is "number of people who start from gambia"."""
    kind, *rest = name.split(":")
    said = [part.replace("_", " ") for part in rest]
    if kind == "custody":
        what = said[2] if len(said) > 2 else "mean days"
        return f"{what} in {said[1]}, {said[0]}"
    if kind == "relative":
        whom = " ".join(part for part in said[1:] if part != "all")
        return f"risk of {said[0]} of {whom} people beside others"
    pattern = _NAMES.get(kind)
    if pattern is None or len(said) <= pattern.count("{") - 1:
        return " ".join([kind.replace("_", " "), *said])
    return pattern.format(*said)


def say_condition(condition: Condition, factor: FactorWords) -> str:
    """Return a condition as a clause: "wages in LBY are in the highest 40% of their range of draws".

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


def _side(condition: Condition) -> str:
    return "above" if condition.low > 0 else "at most"


def _say_value(value: float) -> str:
    return say_number(value, find_step(value, whole=False))
