"""Priors: their quantiles are the numbers that they were given by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from calibration.priors import Prior, scale
from simulation.world.draws import draw_around

SAID = {"source": "assumed: test", "confidence": "assumed"}
ENDS = np.array([0.025, 0.5, 0.975])


@pytest.mark.parametrize("distribution", ["lognormal", "logit"])
def test_the_three_numbers_are_quantiles(distribution: str) -> None:
    prior = Prior(low=0.5, best=0.65, high=0.85, distribution=distribution, **SAID)
    np.testing.assert_allclose(scale(prior, ENDS), [0.5, 0.65, 0.85], rtol=1e-12)


def test_even_priors_end_at_their_ends() -> None:
    even = Prior(low=2, best=3, high=8, distribution="uniform", **SAID)
    np.testing.assert_allclose(scale(even, np.array([0.0, 0.5, 1.0])), [2, 5, 8])
    even = Prior(low=2, best=3, high=8, distribution="loguniform", **SAID)
    np.testing.assert_allclose(scale(even, np.array([0.0, 0.5, 1.0])), [2, 4, 8])


@given(
    st.floats(0.0, 1.0),
    st.tuples(*[st.one_of(st.just(0.0), st.floats(0.01, 1.0))] * 3).map(sorted).filter(lambda x: x[0] < x[2]),
)
def test_even_halves_are_how_the_simulation_draws_a_range(u: float, said: list[float]) -> None:
    low, best, high = said
    prior = Prior(low=low, best=best, high=high, distribution="even_halves", **SAID)
    expected = draw_around(u, best, low, high, log=True)
    assert scale(prior, np.array(u)) == pytest.approx(expected, rel=1e-9)


def test_a_known_number_is_itself() -> None:
    known = Prior(low=0, best=0, high=0, **SAID)
    assert known.is_known
    assert (scale(known, np.full((2, 3), 0.3)) == np.zeros((2, 3))).all()


@given(
    st.sampled_from(["lognormal", "logit", "uniform", "loguniform"]),
    st.tuples(*[st.floats(0.01, 0.99)] * 3).map(sorted).filter(lambda x: x[0] < x[2]),
    st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999)).map(sorted),
)
def test_more_is_more(distribution: str, numbers: list[float], u: list[float]) -> None:
    prior = Prior(low=numbers[0], best=numbers[1], high=numbers[2], distribution=distribution, **SAID)
    less, more = scale(prior, np.array(u))
    assert less <= more * (1 + 1e-12)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"low": 2, "best": 1, "high": 3}, "needs low <= best <= high; got 2, 1, 3"),
        ({"low": 0, "best": 1, "high": 3}, "needs low above 0"),
        ({"low": 0.2, "best": 0.5, "high": 1, "distribution": "logit"}, "between 0 and 1"),
        ({"low": 0.2, "best": 0.5, "high": float("inf")}, "finite"),
        ({"low": 0.2, "best": 0.5, "high": True}, "needs a number, not true"),
    ],
)
def test_impossible_priors_are_refused(numbers: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Prior(**numbers, **SAID)
