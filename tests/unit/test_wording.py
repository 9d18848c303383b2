"""Numbers and outcomes in plain words, rounded no finer than they are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.wording import OUTCOMES, find_step, say_change, say_group, say_number, say_outcome, say_ratio
from simulation.observables import COUNTED, RATES

M, X, DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ((1234.4, 800.2, 1700.9), "+1,200 (+800 to +1,700)"),
        ((-52.3, -61.0, -44.1), f"{M}52 ({M}61 to {M}44)"),
        ((3.2, -0.4, 6.9), "+3 (0 to +7)"),
        ((120.0, math.nan, math.nan), "+120"),
        ((math.nan, 1.0, 2.0), DASH),
        ((0.0, 0.0, 0.0), "0 (0 to 0)"),
        ((200000.0, 20000.0, 1660000.0), "+0.20 (+0.02 to +1.7) million"),
        ((9000.0, 1400.0, 310000.0), "+9,000 (+1,000 to +310,000)"),
        ((250000.0, 100000.0, 410000.0), "+250,000 (+100,000 to +410,000)"),
    ],
)
def test_a_change_is_rounded_to_a_tenth_of_its_interval(change, text):
    assert say_change(*change) == text


def test_rates_keep_the_decimals_that_they_deserve():
    assert say_change(0.4213, 0.3, 0.55, whole=False) == "+0.42 (+0.30 to +0.55)"


def test_ratios():
    assert say_ratio(1.2345, 1.1, 1.4) == f"{X}1.23 (1.10 to 1.40)"
    assert say_ratio(1.2345, 1.1, math.inf) == f"{X}1.23 (1.10 to no limit)"
    assert say_ratio(math.nan, math.nan, math.nan) == DASH
    assert say_ratio(3.0, math.nan, math.nan) == f"{X}3.00"


def test_a_small_but_clear_ratio_does_not_read_as_no_change():
    assert say_ratio(0.998, 0.996, 0.9994) == f"{X}0.9980 (0.9960 to 0.9994)"
    assert say_ratio(1.001, 0.996, 1.004) == f"{X}1.00 (1.00 to 1.00)"


def test_every_outcome_of_a_run_has_words():
    assert {*COUNTED, *RATES} <= set(OUTCOMES)


def test_names_known_and_unknown():
    assert say_outcome("deaths") == "Deaths and disappearances"
    assert say_outcome("new_outcome") == "New outcome"
    assert say_group("sex", "female") == "Women and girls"
    assert say_group("stream", "east_africa") == "East Africa"


@given(value=st.floats(-1e9, 1e9), half=st.floats(1e-3, 1e6))
def test_rounding_moves_a_value_by_at_most_an_eighth_of_its_interval(value, half):
    step = find_step(value, value - half, value + half, whole=False)
    text = say_number(value, step)
    said = float(text.replace(M, "-").replace(",", ""))
    assert abs(said - value) <= 2 * half / 8 + 1e-6 * max(1.0, abs(value))
