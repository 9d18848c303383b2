"""Simple forecasts: exact where the series is, honest about their spread, and clear about what they lack."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from calibration.baselines import Baseline, ets, seasonal_naive
from calibration.scores import interval, is_covered
from simulation.errors import SafePassageError

SEASON = 1 + 0.6 * np.sin(np.arange(12) * np.pi / 6)
needs_statsmodels = pytest.mark.skipif(
    find_spec("statsmodels") is None, reason='ETS is an extra: pip install "safepassage[forecast]"'
)
BOTH = [pytest.param(seasonal_naive), pytest.param(ets, marks=needs_statsmodels)]


def draw(method: Baseline, history: np.ndarray, ahead: int, n: int = 400) -> np.ndarray:
    return method(np.asarray(history, float), ahead, n, np.random.default_rng(3))


def test_a_series_that_repeats_itself_is_forecast_exactly() -> None:
    history = np.tile(np.round(100 * SEASON), 3)
    found = draw(seasonal_naive, history, 18)
    np.testing.assert_allclose(found, np.tile(np.tile(history[:12], 2)[:18], (400, 1)), rtol=1e-12)


def test_a_steady_rise_is_no_spread() -> None:
    """Changes are centred: a series that doubles each year is forecast as the last year, without scatter."""
    history = np.concatenate([100 * SEASON, 200 * SEASON, 400 * SEASON]) - 0.5
    found = draw(seasonal_naive, history, 12)
    np.testing.assert_allclose(found, np.tile(400 * SEASON - 0.5, (400, 1)), rtol=1e-9)


def test_two_years_ahead_is_less_certain_than_one() -> None:
    rng = np.random.default_rng(1)
    history = 500 * np.tile(SEASON, 6) * np.exp(0.3 * rng.standard_normal(72))
    found = np.log(draw(seasonal_naive, history, 24, 4000))
    first, second = found[:, :12].std(axis=0).mean(), found[:, 12:].std(axis=0).mean()
    assert second / first == pytest.approx(np.sqrt(2), rel=0.1)


def test_a_month_without_predecessor_falls_back_on_the_year_before() -> None:
    history = np.full(36, 200.0)
    history[12], history[24] = 300.0, np.nan
    found = draw(seasonal_naive, history, 2)
    assert np.median(found[:, 0]) == pytest.approx(300, rel=0.2)
    assert np.median(found[:, 1]) == pytest.approx(200, rel=0.2)


@pytest.mark.parametrize("method", BOTH)
def test_zeros_are_no_trouble_and_nothing_is_negative(method: Baseline) -> None:
    history = np.random.default_rng(2).poisson(0.7 * np.tile(SEASON, 4)).astype(float)
    found = draw(method, history, 12)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@pytest.mark.parametrize("method", BOTH)
def test_the_same_seed_draws_the_same(method: Baseline) -> None:
    history = 100 * np.tile(SEASON, 4) * np.exp(0.2 * np.random.default_rng(5).standard_normal(48))
    assert np.array_equal(draw(method, history, 6, 50), draw(method, history, 6, 50))


@pytest.mark.parametrize("method", BOTH)
def test_too_short_a_history_is_said(method: Baseline) -> None:
    with pytest.raises(SafePassageError, match="24 months of history"):
        draw(method, np.full(20, 5.0), 3)
    with pytest.raises(SafePassageError):
        draw(method, np.full(40, np.nan), 3)


def test_naive_intervals_hold_about_what_they_say() -> None:
    """90% intervals a year ahead of 30 series; wide bounds, since months of a series share their past."""
    rng = np.random.default_rng(8)
    held = []
    for _ in range(30):
        series = 300 * np.tile(SEASON, 7) * np.exp(0.25 * rng.standard_normal(84))
        low, high = interval(draw(seasonal_naive, series[:72], 12), 0.9)
        held.append(is_covered(low, high, series[72:]).mean())
    assert 0.82 < np.mean(held) < 0.97


@needs_statsmodels
def test_ets_follows_a_season() -> None:
    rng = np.random.default_rng(4)
    history = 300 * np.tile(SEASON, 6) * np.exp(0.05 * rng.standard_normal(72))
    found = np.median(draw(ets, history, 12), axis=0)
    np.testing.assert_allclose(found, 300 * SEASON, rtol=0.15)
