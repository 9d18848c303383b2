"""Memory of people who are Python objects, measured where it is set aside."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

_FEW, _MANY = 1000, 5000


def objects_a_person(make: Callable[[int], object]) -> float:
    """Return bytes a person: what ``make(people)`` holds for many people, less what it holds for few."""
    held = []
    for people in (_FEW, _MANY):
        tracemalloc.start()
        kept = make(people)
        held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del kept
    return (held[1] - held[0]) / (_MANY - _FEW)
