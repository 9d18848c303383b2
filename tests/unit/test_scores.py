"""Scores of forecasts: closed forms, scoringrules as a second opinion, and what makes a score proper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, norm
from small_worlds import FALSE_ALARM

from calibration import scores

SEED = 20161001


def test_crps_of_draws_by_the_definition() -> None:
    draws, observed = np.array([[1.0, 0.0], [2.0, 4.0], [6.0, 5.0]]), np.array([3.0, 0.0])
    found = scores.crps_draws(draws, observed)
    for column in range(2):
        x, y = draws[:, column], observed[column]
        pairs = [abs(a - b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j]
        assert found[column] == pytest.approx(np.mean(np.abs(x - y)) - np.mean(pairs) / 2)


def test_crps_closed_forms_are_integrals_of_squared_differences() -> None:
    grid = np.linspace(-60, 120, 400_001)
    step = grid[1] - grid[0]
    forecast = norm.cdf(grid, 10, 4)
    expected = ((forecast - (grid >= 13.7)) ** 2).sum() * step
    found = scores.crps_normal(np.array(10.0), np.array(4.0), np.array(13.7))
    assert float(found) == pytest.approx(expected, rel=1e-4)
    positive = np.linspace(1e-6, 4000, 2_000_001)
    forecast = norm.cdf(np.log(positive), 4, 0.7)
    expected = ((forecast - (positive >= 90)) ** 2).sum() * (positive[1] - positive[0])
    found = scores.crps_lognormal(np.array(4.0), np.array(0.7), np.array(90.0))
    assert float(found) == pytest.approx(expected, rel=1e-4)


def test_draws_come_to_the_closed_form() -> None:
    """20,000 draws, bounds of about 6 standard errors."""
    rng = np.random.default_rng(SEED)
    observed = np.array([-2.0, 0.3, 1.5])
    draws = rng.standard_normal((20_000, 3))
    exact = scores.crps_normal(np.zeros(3), np.ones(3), observed)
    np.testing.assert_allclose(scores.crps_draws(draws, observed), exact, atol=0.04)


def test_scoringrules_agrees() -> None:
    sr = pytest.importorskip("scoringrules", reason="a second opinion on scores: pip install scoringrules")
    rng = np.random.default_rng(SEED)
    draws, observed = rng.gamma(2, 50, (40, 6)), rng.gamma(2, 50, 6)
    theirs = sr.crps_ensemble(observed, draws, m_axis=0, estimator="fair")
    np.testing.assert_allclose(scores.crps_draws(draws, observed), theirs, rtol=1e-9)
    mean, sd = rng.normal(size=6), rng.uniform(0.2, 2, 6)
    np.testing.assert_allclose(
        scores.crps_normal(mean, sd, observed), sr.crps_normal(observed, mean, sd), rtol=1e-9
    )
    np.testing.assert_allclose(
        scores.crps_lognormal(mean, sd, observed), sr.crps_lognormal(observed, mean, sd), rtol=1e-7
    )
    low, high = scores.interval(draws, 0.9)
    theirs = sr.interval_score(observed, low, high, 0.1)
    np.testing.assert_allclose(scores.interval_score(low, high, observed, 0.9), theirs, rtol=1e-9)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=30), st.integers(0, 50), st.integers(1, 9))
def test_crps_has_the_unit_of_the_numbers_and_no_place(draws: list[int], y: int, factor: int) -> None:
    x = np.array(draws, float)[:, None]
    one = scores.crps_draws(x, np.array([float(y)]))
    np.testing.assert_allclose(scores.crps_draws(x * factor, np.array([y * factor])), one * factor, atol=1e-9)
    np.testing.assert_allclose(scores.crps_draws(x + factor, np.array([y + factor])), one, atol=1e-9)


def test_the_truth_scores_best() -> None:
    """Mean CRPS of 4,000 numbers under the right forecast, and under one too low, too wide or too narrow."""
    observed = np.random.default_rng(SEED).standard_normal(4000)
    means = {
        name: float(scores.crps_normal(np.full(4000, shift), np.full(4000, sd), observed).mean())
        for name, (shift, sd) in {
            "right": (0, 1),
            "low": (-0.5, 1),
            "wide": (0, 2),
            "narrow": (0, 0.5),
        }.items()
    }
    assert min(means, key=lambda name: means[name]) == "right"


def test_one_draw_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="at least two"):
        scores.crps_draws(np.zeros((1, 3)), np.zeros(3))


def test_intervals_cover_what_they_should_and_pay_for_what_they_do_not() -> None:
    low, high = np.array([2.0, 2.0, 2.0]), np.array([5.0, 5.0, 5.0])
    observed = np.array([2.0, 1.0, 6.5])
    assert scores.is_covered(low, high, observed).tolist() == [True, False, False]
    np.testing.assert_allclose(scores.interval_score(low, high, observed, 0.9), [3, 3 + 20 * 1, 3 + 20 * 1.5])


@pytest.mark.parametrize("mean", [0.2, 3.0, 500.0])
def test_pit_of_counts_is_even_if_the_forecast_is_right(mean: float) -> None:
    """3,000 counts, zeros and ties included; Kolmogorov-Smirnov, false alarm 1e-6; a wrong forecast must be seen."""
    rng = np.random.default_rng(SEED)
    draws, observed = rng.poisson(mean, (99, 3000)), rng.poisson(mean, 3000)
    pit = scores.pit_draws(draws.astype(float), observed.astype(float), rng)
    assert kstest(pit, "uniform").pvalue > FALSE_ALARM
    assert scores.pit_histogram(pit).sum() == 3000
    more = rng.poisson(1.5 * mean, 3000)
    assert (
        kstest(scores.pit_draws(draws.astype(float), more.astype(float), rng), "uniform").pvalue < FALSE_ALARM
    )
