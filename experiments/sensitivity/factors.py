"""The factors of a design as a table: in words, how sure we are of them, and what would settle them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from experiments.design import Design
from experiments.sensitivity.numbers import Number, find_numbers, find_weakest
from experiments.sensitivity.settling import find_settling
from experiments.sensitivity.words import say_factor
from simulation.spec.models import Scenario

COLUMNS = [
    "factor", "words", "numbers", "value", "low", "high", "confidence", "kind", "settled_by", "sources",
]  # fmt: skip


def describe_factors(scenarios: Iterable[Scenario], design: Design) -> pd.DataFrame:
    """Return one row a factor, columns COLUMNS.

    ``value``, ``low`` and ``high`` only where the factor is one number; ``confidence`` is the weakest of its numbers;
    ``sources`` are keys of sources.csv, or a word on how the number was found.
    """
    numbers: dict[str, list[Number]] = {}
    meanings: dict[str, str] = {}
    for scenario in scenarios:
        for name, found in find_numbers(scenario).items():
            numbers.setdefault(name, found)
        meanings.update({row.name: row.meaning for row in scenario.parameters})
    rows = [
        _describe(label, members, numbers, meanings)
        for label, members in zip(design.factors, design.members, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _describe(
    label: str, members: tuple[str, ...], numbers: dict[str, list[Number]], meanings: dict[str, str]
) -> tuple[object, ...]:
    behind = [number for name in members for number in numbers.get(name, [])]
    one = behind[0] if len(behind) == 1 else None
    settling = list(dict.fromkeys(find_settling(name) for name in members))
    sources = dict.fromkeys(key for number in behind for key in _split(number.source))
    return (
        label,
        say_factor(label, members, meanings),
        len(behind),
        one.value if one else float("nan"),
        one.low if one else float("nan"),
        one.high if one else float("nan"),
        find_weakest([number.confidence for number in behind]),
        "; ".join(dict.fromkeys(item.kind for item in settling)),
        "; ".join(dict.fromkeys(item.data for item in settling)),
        " ".join(sources),
    )


def _split(source: str) -> list[str]:
    """Return the keys of a list of sources; a sentence stays whole."""
    words = source.split()
    return words if all("_" in word or "/" in word for word in words) else [f'"{source}"']
