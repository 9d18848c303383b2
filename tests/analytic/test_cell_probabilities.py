"""Deterministic: the chances that the kernels give to a day's events are the literal formulas, for any rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.kernels.hazards import NOTHING, draw_event, screening_bound
from simulation.kernels.layout import HARMS, RATES, Rate

RATE = st.one_of(st.just(0.0), st.floats(1e-9, 3.0))
TABLE = st.lists(RATE, min_size=RATES, max_size=RATES)
FRACTION = st.one_of(st.just(1.0), st.floats(1e-6, 1.0))
VULNERABILITY = st.integers(0, 255)
GAMMA = st.floats(-1.0, 2.0)
SEEK = st.one_of(st.just(0.0), st.floats(1e-6, 3.0))  # factor of seeking help
BOND = st.floats(0.5, 4.0)  # factor of abduction for people in debt
COMPETING = (HARMS, HARMS + 1, RATES)  # on the way; in company at a place; at a place or in custody


def rate_table(rates: list[float]) -> np.ndarray:
    return np.array(rates).reshape(1, 1, RATES)


def literal_rates(rates: list[float], gamma: float, v: int, n: int, seek: float, bond: float) -> list[float]:
    """rate_k x exp(gamma v) for harms, abduction also x bond; seeking x seek; leaving and arrest as they are."""
    found = []
    for k, rate in enumerate(rates[:n]):
        if k == Rate.SEEK:
            found.append(rate * seek)
        elif k in (Rate.ARREST, Rate.LEAVE):
            found.append(rate)
        elif k == Rate.ABDUCTION:
            found.append(rate * math.exp(gamma * v / 255) * bond)
        else:
            found.append(rate * math.exp(gamma * v / 255))
    return found


def upper_edge(event: int, *arguments: object) -> float:
    """Return the largest u, to 2^-60, whose event has a number up to ``event``: u runs through events in order."""

    def is_below(u: float) -> bool:
        found, _ = draw_event(u, *arguments)
        return NOTHING < found <= event

    if not is_below(0.0):
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low


@given(TABLE, FRACTION, VULNERABILITY, GAMMA, SEEK, BOND, st.sampled_from(COMPETING))
def test_chances_of_a_day_are_the_competing_risks_formula(rates, fraction, v, gamma, seek, bond, n):
    effective = literal_rates(rates, gamma, v, n, seek, bond)
    multiplier = np.exp(gamma * np.arange(256) / 255)
    arguments = (fraction, rate_table(rates), 0, 0, n, multiplier, v, seek, bond)
    total = math.fsum(effective)
    edges = [0.0] + [upper_edge(k, *arguments) for k in range(n)]
    chances = np.diff(edges)
    for k, rate in enumerate(effective):
        expected = 0.0 if total == 0 else rate / total * -math.expm1(-total * fraction)
        assert chances[k] == pytest.approx(expected, rel=1e-9, abs=1e-14), Rate(k).name
    assert chances.sum() == pytest.approx(-math.expm1(-fraction * total), rel=1e-12, abs=1e-15)


@given(TABLE, FRACTION, VULNERABILITY, st.floats(0.0, 1.0, exclude_max=True))
def test_what_a_quiet_part_of_a_day_leaves_is_uniform_again(rates, fraction, v, u):
    """Given no event, the rest of the day's uniform is (u - p) / (1 - p): uniform on [0, 1)."""
    event, rest = draw_event(u, fraction, rate_table(rates), 0, 0, HARMS, np.ones(256), v, 1.0, 1.0)
    p_any = -math.expm1(-fraction * math.fsum(literal_rates(rates, 0.0, v, HARMS, 1.0, 1.0)))
    if event == NOTHING:
        assert rest == pytest.approx((u - p_any) / (1 - p_any), abs=1e-6)
        assert -1e-12 <= rest < 1.0
    else:
        assert u <= p_any + 1e-15


@given(TABLE, VULNERABILITY, GAMMA, SEEK, BOND, st.sampled_from(COMPETING))
def test_the_screening_bound_never_hides_a_day_with_an_event(rates, v, gamma, seek, bond, n):
    """A byte above the bound is a day whose uniform (byte + v) / 256 lies beyond the chance of any event."""
    multiplier = np.exp(gamma * np.arange(256) / 255)
    arguments = (rate_table(rates), 0, 0, n, multiplier, v, seek, bond)
    bound = int(screening_bound(*arguments))
    p_any = -math.expm1(-math.fsum(literal_rates(rates, gamma, v, n, seek, bond)))
    assert (bound + 1) / 256 >= p_any - 1e-15
    if bound < 255:
        event, _ = draw_event((bound + 1) / 256, 1.0, *arguments)
        assert event == NOTHING
    assert bound / 256 <= p_any or bound == 0  # and it does not look at more days than it must


@given(TABLE, st.integers(0, HARMS - 1), st.floats(1.001, 3.0))
def test_more_of_a_hazard_never_lowers_its_own_chance(rates, k, factor):
    def chance(of: list[float]) -> float:
        total = math.fsum(of)
        arguments = (1.0, rate_table(of), 0, 0, RATES, np.ones(256), 255, 1.0, 1.0)
        assert upper_edge(RATES - 1, *arguments) == pytest.approx(-math.expm1(-total), abs=1e-12)
        return upper_edge(k, *arguments) - (upper_edge(k - 1, *arguments) if k else 0.0)

    more = [rate * factor if i == k else rate for i, rate in enumerate(rates)]
    assert chance(more) >= chance(rates) - 1e-14
