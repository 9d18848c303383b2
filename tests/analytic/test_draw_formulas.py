"""Deterministic: the generator's known answers, and travel times as scipy's triangular distribution gives them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.kernels.layout import LIFE, People
from simulation.kernels.rng import _philox4x32, philox4x32, to_uniform, words
from simulation.kernels.screening import DAYS_OF_LUCK, draw_luck
from simulation.kernels.travel import due_day, triangular

# Random123 (Salmon et al. 2011), known answers of philox4x32 with 10 rounds: counter, key, words.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]

days = st.integers(0, 40_000)


def _words(text: str) -> list[np.uint64]:
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
@pytest.mark.parametrize("function", [philox4x32, _philox4x32], ids=["compiled", "plain"])
def test_philox_gives_the_published_words(function, counter, key, answer):
    with np.errstate(over="ignore"):
        found = function(*_words(counter), *_words(key))
    assert [int(word) for word in found] == [int(word) for word in _words(answer)]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_uniform_has_53_bits_and_stays_below_one(high, low):
    u = to_uniform(np.uint64(high), np.uint64(low))
    assert u == ((high >> 5) * 2**26 + (low >> 6)) / 2**53
    assert 0.0 <= u < 1.0


@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=5), days)
def test_the_sixteen_screening_bytes_are_the_bytes_of_the_four_words(key, who, day):
    """Of everybody from the second row on: what lies outside the rows asked for is left alone."""
    n = len(who)
    people = People(np.zeros(n, np.int32), np.zeros(n, np.uint8), np.zeros(n, LIFE))
    people.life["who"] = who
    luck = np.full((DAYS_OF_LUCK, n), 7, np.uint8)
    draw_luck(np.uint64(key), people, luck, 1, n, day)
    assert (luck[:, 0] == 7).all()
    for row in range(1, n):
        block = words(np.uint64(key), np.uint64(who[row]), day // DAYS_OF_LUCK, 0)
        assert bytes(luck[:, row]) == b"".join(int(word).to_bytes(4, "little") for word in block)


@given(
    st.floats(0.0, 1.0, exclude_max=True),
    st.floats(0.05, 20.0),
    st.floats(0.0, 1.0),
    st.floats(0.01, 60.0),
)
def test_travel_time_is_the_triangular_quantile(u, low, where, width):
    high = low + width
    mode = min(high, low + where * width)
    expected = stats.triang.ppf(u, (mode - low) / (high - low), loc=low, scale=high - low)
    assert triangular(u, low, mode, high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.floats(0.05, 400.0), st.integers(0, 30_000))
def test_a_leg_fills_whole_days_and_then_a_last_fraction(days, day):
    due, fraction = due_day(day, days)
    whole = due - day - 1
    assert 0.0 < fraction <= 1.0
    assert whole + float(fraction) == pytest.approx(days, rel=1e-6)
    assert whole == math.ceil(days) - 1


@pytest.mark.parametrize(
    ("days", "due", "fraction"), [(1.0, 11, 1.0), (2.0, 12, 1.0), (0.25, 11, 0.25), (3.5, 14, 0.5)]
)
def test_a_leg_begun_on_day_10_is_travelled_from_the_next_morning(days, due, fraction):
    assert due_day(10, days) == (due, fraction)
