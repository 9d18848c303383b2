"""When a change is clear: enough draws, or seeds that agree, and never signs that disagree."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.clear import ENOUGH_DRAWS, find_direction
from experiments.statistics import compute_paired

WOBBLE = np.linspace(-1.0, 1.0, 12)
NO_SIGN, RISE, FALL = 10.0 * WOBBLE, 20.0 + WOBBLE, -20.0 + WOBBLE


def direction(total: np.ndarray, seeds: np.ndarray) -> int:
    """Return the direction where the variant differs from 100 by ``total`` in draws, ``seeds`` in seeds."""
    pairs = [
        compute_paired(np.full(change.shape, 100.0), 100.0 + change, kind)
        for change, kind in ((total, "total"), (seeds, "monte_carlo"))
    ]
    return int(find_direction(pairs[0], pairs[1])[0])


@pytest.mark.parametrize(
    ("total", "seeds", "expected"),
    [
        (RISE[:4], RISE[:4], 1),
        (FALL[:4], FALL[:4], -1),
        (RISE[:4], NO_SIGN + 0.1, 0),  # few draws and the seeds cannot say
        (RISE[: ENOUGH_DRAWS - 1], NO_SIGN + 0.1, 0),
        (RISE[:ENOUGH_DRAWS], NO_SIGN + 0.1, 1),  # enough draws
        (RISE, FALL, 0),  # signs disagree, whatever the draws
        (RISE, NO_SIGN - 0.1, 0),
        (NO_SIGN, RISE, 0),  # the total interval holds no change
        (RISE[:1], RISE[:1], 0),  # no interval
        (RISE[:4], RISE[:1], 0),
        (np.full(3, -100.0), np.full(3, -100.0), -1),  # it stops altogether
    ],
)
def test_the_rule(total, seeds, expected):
    assert direction(total, seeds) == expected


def test_harm_that_was_not_there_before_is_clear_by_its_difference():
    pair = [
        compute_paired(np.zeros(4), np.array([5.0, 6.0, 5.5, 6.5]), kind) for kind in ("total", "monte_carlo")
    ]
    assert find_direction(pair[0], pair[1]).tolist() == [1]
