"""The check of every series: silent when all is as declared, loud when a recording rate is wrong by a factor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_observations import monthly_model, noise
from scipy.stats import kstest
from small_worlds import FALSE_ALARM

from calibration.observation.residuals import COLUMNS, _distance_from_normal, check_series

NO_PSI = np.empty(0)
MONTHS = 84


def planted(
    folder: Path, factor: float, n: int, mean: float = 300.0, sd: float = 0.3, n_draws: int = 9
) -> list[dict[str, float]]:
    """Return what the check says of series that are recorded ``factor`` times as often as declared."""
    season = 1 + 0.5 * np.sin(np.arange(MONTHS) * np.pi / 6)
    model = monthly_model(folder, [1.0] * MONTHS, noise(20, sd, 0.7))
    log_true = np.log(mean * season)
    rng = np.random.default_rng(11)
    found = []
    for _ in range(n):
        observed = model.draw_observed(log_true + np.log(factor), None, NO_PSI, rng)
        table = check_series(model.with_observed(observed), log_true, None, NO_PSI, rng, n_draws)
        found += table.to_dict("records")
    return found


@pytest.mark.parametrize(("mean", "sd"), [(15.0, 0.3), (300.0, 0.3), (300.0, 0.9)])
def test_when_all_is_as_declared_p_is_even(tmp_path: Path, mean: float, sd: float) -> None:
    """60 series; Kolmogorov-Smirnov, false alarm 1e-6 a test."""
    found = planted(tmp_path, 1.0, 60, mean, sd, n_draws=39)
    for name in ("p_level", "p_spread", "p_shape"):
        assert kstest([row[name] for row in found], "uniform").pvalue > FALSE_ALARM, name
    held = np.mean([row["factor_low"] <= 1 <= row["factor_high"] for row in found])
    assert 0.80 < held < 0.97


@pytest.mark.parametrize("factor", [0.6, 1.7])
def test_a_wrong_recording_rate_is_seen_and_sized(tmp_path: Path, factor: float) -> None:
    found = planted(tmp_path, factor, 40)
    seen = [row["p_level"] < 0.01 for row in found]
    assert np.mean(seen) > 0.8
    assert np.exp(np.mean([np.log(row["factor"]) for row in found])) == pytest.approx(factor, rel=0.06)


def test_scatter_that_was_not_declared_is_seen(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [1.0] * MONTHS, noise(20, 0.3, 0.7))
    wild = monthly_model(tmp_path, [1.0] * MONTHS, noise(100, 0.6, 0.1))
    log_true = np.full(MONTHS, np.log(500.0))
    observed = wild.draw_observed(log_true, None, NO_PSI, np.random.default_rng(2))
    row = check_series(model.with_observed(observed), log_true, None, NO_PSI, np.random.default_rng(3))
    assert list(row.columns) == list(COLUMNS)
    assert row["p_spread"].iloc[0] == 2 / 401  # the least that 400 draws can say


def test_the_distance_is_that_of_kolmogorov_and_smirnov() -> None:
    rows = np.random.default_rng(0).normal(0.3, 1.2, (5, 30))
    expected = [kstest(row, "norm").statistic for row in rows]
    np.testing.assert_allclose(_distance_from_normal(rows), expected, rtol=1e-12)


def test_series_without_numbers_are_left_out(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [1.0] * 3, noise())
    rng = np.random.default_rng(4)
    assert check_series(model.with_observed(np.full(3, np.nan)), np.zeros(3), None, NO_PSI, rng, 2).empty
