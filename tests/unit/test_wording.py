"""Numbers and outcomes in plain words, rounded no finer than they are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.outcome_words import OUTCOMES
from experiments.wording import find_step, say_change, say_group, say_number, say_outcome, say_ratio
from simulation.cohorts import ENDS, EVER, PEOPLE
from simulation.outcomes import ALL_RATIOS, COUNTED, DAYS_IN, IN_CUSTODY, MONEY, RECORDABLE, RECORDED

M, X, DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ((1234.4, 800.2, 1700.9), "+1,200 (+800 to +1,700)"),
        ((-52.3, -61.0, -44.1), f"{M}52 ({M}61 to {M}44)"),
        ((3.2, -0.4, 6.9), "+3 (0 to +7)"),
        ((83.0, -16200.0, 18100.0), f"0 ({M}16,000 to +18,000)"),
        ((120.0, math.nan, math.nan), "+120"),
        ((math.nan, 1.0, 2.0), DASH),
        ((0.0, 0.0, 0.0), "0 (0 to 0)"),
        ((200000.0, 20000.0, 1660000.0), "+0.20 (+0.02 to +1.7) million"),
        ((9000.0, 1400.0, 310000.0), "+9,000 (+1,000 to +310,000)"),
        ((250000.0, 100000.0, 410000.0), "+250,000 (+100,000 to +410,000)"),
        ((200000.0, 10.0, 1660000.0), "+0.20 (just above 0 to +1.7) million"),
        ((200000.0, 2000.0, 1660000.0), "+200,000 (+2,000 to +1,700,000)"),
        ((-68.0, -1670.0, -2.0), f"{M}68 ({M}1,700 to {M}2)"),
        ((-680.0, -16700.0, -2.0), f"{M}680 ({M}17,000 to just below 0)"),
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
    assert say_ratio(3.0, 0.33, 12.81) == f"{X}3.0 (0.33 to 12.8)"
    assert say_ratio(0.0, 0.0, 0.0) == f"{X}0.00 (0.00 to 0.00)"


def test_a_small_but_clear_ratio_does_not_read_as_no_change():
    assert say_ratio(0.998, 0.996, 0.9994) == f"{X}0.998 (0.996 to 0.999)"
    assert say_ratio(1.0211, 1.0097, 1.0326) == f"{X}1.02 (1.01 to 1.03)"
    assert say_ratio(2.134, 1.0012, 4.523) == f"{X}2.1 (1.001 to 4.5)"
    assert say_ratio(1.021, 1.0001, 1.042) == f"{X}1.02 (just above 1 to 1.04)"
    assert say_ratio(0.9999, 0.9998, 0.99995) == "just below 1 (just below 1 to just below 1)"
    assert say_ratio(1.001, 0.996, 1.004) == f"{X}1.00 (1.00 to 1.00)"


def test_every_outcome_of_a_run_has_words():
    cohorts = {PEOPLE, *ENDS, *EVER}
    made = {*COUNTED, *ALL_RATIOS, *DAYS_IN, *IN_CUSTODY, *MONEY, *RECORDABLE, *RECORDED, *cohorts}
    assert made | {"flow_first_month"} <= set(OUTCOMES)


def test_names_known_and_unknown():
    assert say_outcome("deaths") == "Deaths and disappearances"
    assert say_outcome("new_outcome") == "New outcome"
    assert say_group("sex", "female") == "Women and girls"
    assert say_group("stream", "east_africa") == "East Africa"


@given(ends=st.lists(st.floats(1e-6, 1e9), min_size=3, max_size=3), whole=st.booleans())
def test_an_interval_without_zero_never_reads_as_holding_it(ends, whole):
    low, value, high = sorted(ends)
    said = say_change(value, low, high, whole=whole)
    assert "(0 " not in said
    assert "(0.0" not in said
    assert len(say_change(-value, -high, -low, whole=whole)) == len(said)


@given(low=st.floats(0.01, 100), value=st.floats(0.01, 100), high=st.floats(0.01, 100))
def test_a_ratio_reads_as_clear_exactly_where_it_is(low, value, high):
    low, value, high = sorted((low, value, high))
    inside = say_ratio(value, low, high).split("(")[1].rstrip(")").split(" to ")
    reads_as_one = any("just" not in end and float(end) == 1 for end in inside)
    if (low > 1) or (high < 1):
        assert not reads_as_one
    assert all(len(end.partition(".")[2]) <= 3 for end in inside)


@given(value=st.floats(-1e9, 1e9), half=st.floats(1e-3, 1e6))
def test_rounding_moves_a_value_by_at_most_an_eighth_of_its_interval(value, half):
    step = find_step(value, value - half, value + half, whole=False)
    text = say_number(value, step)
    said = float(text.replace(M, "-").replace(",", ""))
    assert abs(said - value) <= 2 * half / 8 + 1e-6 * max(1.0, abs(value))
