"""The order of long lotteries, and the values of places, against their definitions in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from simulation.kernels.order import order_of
from simulation.kernels.values import settle_values


@njit
def ordered(ticket, who):  # type: ignore[no-untyped-def]
    return order_of(ticket, who)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(0, 300),
    queues=st.integers(1, 1000),
    lots=st.sampled_from([3, 40, 2**32]),
)
def test_lots_come_by_ticket_then_by_who(seed: int, n: int, queues: int, lots: int) -> None:
    random = np.random.default_rng(seed)
    queue, lot = (random.integers(0, most, n, dtype=np.uint64) for most in (queues, lots))
    ticket = (queue << np.uint64(32)) | lot
    who = random.permutation(np.arange(n, dtype=np.uint64) << np.uint64(20))
    expected = sorted(range(n), key=lambda i: (int(ticket[i]), int(who[i])))
    assert ordered(ticket, who).tolist() == expected


def settled(discount: float, sweeps: int) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], ...]:
    """Return the values of two places and the weights of their options; a third ends journeys, a fourth has none."""
    start = np.array([0, 3, 5, 5, 6], np.int32)
    utility = np.array([-0.5, -2.0, -1.0, -0.3, -4.0, -np.inf])[:, None]
    through = np.array([1.0, 0.9, 0.7, 1.0, 0.6, 0.0])[:, None]
    held_back = np.array([0.0, 0.05, 0.2, 0.0, 0.4, 0.0])[:, None]
    target, back = np.array([0, 1, 2, 1, 0, 3], np.int32), np.array([0, 0, 1, 1, 1, 3], np.int32)
    value, weight = np.array([[0.0], [0.0], [10.0], [0.0]]), np.zeros((6, 1))
    settle_values(
        utility, through, held_back, target, back, start, np.array([0, 1, 3]), value, weight, discount, sweeps
    )
    return value, weight


def literal(value: float, others: tuple[float, float, float]) -> tuple[float, float]:
    """Return the log-sums of the first two places, from values of three."""
    a, b, end = others
    first = (-0.5 + value * a, -2.0 + value * (0.9 * b + 0.05 * a), -1.0 + value * (0.7 * end + 0.2 * b))
    second = (-0.3 + value * b, -4.0 + value * (0.6 * a + 0.4 * b))
    return math.log(sum(map(math.exp, first))), math.log(sum(map(math.exp, second)))


@pytest.mark.parametrize("discount", [0.5, 0.9, 0.965])
def test_values_are_the_fixed_point_of_the_log_sums(discount: float) -> None:
    value, weight = settled(discount, 600)
    a, b, end, nothing = value[:, 0].tolist()
    assert (a, b) == pytest.approx(literal(discount, (a, b, end)), abs=1e-11)
    assert (end, nothing) == (10.0, -50.0)
    assert weight[:3].max() == weight[3:5].max() == 1.0
    assert weight[5] == 0.0


def test_one_sweep_is_not_enough() -> None:
    value, _ = settled(0.965, 1)
    a, b, end, _ = value[:, 0].tolist()
    assert abs(literal(0.965, (a, b, end))[0] - a) > 0.01
