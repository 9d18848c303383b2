"""Scores of camps, against the definition written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from calibration.camp_scores import (
    averaged_difference,
    camp_differences,
    camp_errors,
    last_value,
    raw_count,
    relative_difference,
    rescale,
    shares_of,
    shares_of_day,
    total_error,
)

OBSERVED = np.array([[60.0, 40.0], [120.0, 80.0], [0.0, 0.0]])
FORECAST = np.array([[30.0, 20.0], [80.0, 120.0], [5.0, 0.0]])


def test_the_difference_of_a_day_is_as_defined() -> None:
    # |30-60| + |20-40| over 100; |80-120| + |120-80| over 200; 5 over max(1, 0).
    assert relative_difference(FORECAST, OBSERVED, rescaled=False).tolist() == [0.5, 0.4, 5.0]
    # Rescaled, 30 and 20 are 60 and 40; nobody is observed on the last day, so nobody is left of the forecast.
    assert relative_difference(FORECAST, OBSERVED, rescaled=True).tolist() == [0.0, 0.4, 0.0]


def test_the_average_counts_all_days_alike_day_0_included() -> None:
    assert averaged_difference(FORECAST, OBSERVED, rescaled=False) == pytest.approx((0.5 + 0.4 + 5.0) / 3)


def test_a_forecast_of_nobody_cannot_be_rescaled_and_is_all_wrong() -> None:
    nobody = np.zeros_like(OBSERVED)
    assert relative_difference(nobody, OBSERVED, rescaled=True).tolist() == [1.0, 1.0, 0.0]


def test_camp_errors_are_0_where_nobody_is_observed() -> None:
    assert camp_errors(FORECAST, OBSERVED).tolist() == pytest.approx(
        np.array([[0.5, 0.5], [1 / 3, 0.5], [0, 0]])
    )


def test_the_total_error_is_over_the_raw_count() -> None:
    # Listed on day 0: a total of 150 and the camps' 100; then it moves with the camps: 250, 350, 150.
    raw = raw_count(OBSERVED, 250.0)
    assert raw.tolist() == [250.0, 350.0, 150.0]
    assert total_error(FORECAST, OBSERVED, raw).tolist() == pytest.approx([50 / 250, 80 / 350, 5 / 150])


def test_naive_forecasts_hold_what_they_say() -> None:
    assert shares_of_day(OBSERVED, 0).tolist() == pytest.approx(OBSERVED)
    assert shares_of(np.array([1.0, 3.0]), OBSERVED)[0].tolist() == [25.0, 75.0]
    assert shares_of(np.array([np.nan, 3.0]), OBSERVED)[0].tolist() == [0.0, 100.0]
    assert last_value(OBSERVED, 1).tolist() == [[60.0, 40.0], [120.0, 80.0], [120.0, 80.0]]


people = arrays(np.float64, (4, 3), elements=st.integers(0, 1000).map(float))


@given(people, people)
def test_shares_only_means_that_a_common_factor_does_not_matter(
    forecast: np.ndarray, observed: np.ndarray
) -> None:
    once, twice = (averaged_difference(f, observed, rescaled=True) for f in (forecast, 2.0 * forecast))
    assert once == pytest.approx(twice)
    assert 0.0 <= once <= 2.0 + 1e-12
    known = forecast.sum(axis=1) > 0
    assert rescale(forecast, observed).sum(axis=1)[known] == pytest.approx(observed.sum(axis=1)[known])


@given(people, people)
def test_what_camps_add_sums_to_the_score(forecast: np.ndarray, observed: np.ndarray) -> None:
    for rescaled in (False, True):
        each = camp_differences(forecast, observed, rescaled=rescaled)
        assert each.sum() == pytest.approx(averaged_difference(forecast, observed, rescaled=rescaled))
