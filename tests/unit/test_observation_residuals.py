"""The check of every series: silent when all is as declared, loud when a recording rate is wrong by a factor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_observations import monthly_model, noise
from scipy.stats import kstest
from small_worlds import FALSE_ALARM

from calibration.observation.residuals import COLUMNS, check_series

NO_PSI = np.empty(0)
MONTHS = 84


def planted(folder: Path, factor: float, n: int, mean: float = 300.0) -> list[dict[str, float]]:
    """Return what the check says of series that are recorded ``factor`` times as often as declared."""
    season = 1 + 0.5 * np.sin(np.arange(MONTHS) * np.pi / 6)
    model = monthly_model(folder, [1.0] * MONTHS, noise(20, 0.3, 0.7))
    log_true = np.log(mean * season)
    rng = np.random.default_rng(11)
    found = []
    for _ in range(n):
        observed = model.draw_observed(log_true + np.log(factor), None, NO_PSI, rng)
        found += check_series(model.with_observed(observed), log_true, None, NO_PSI).to_dict("records")
    return found


@pytest.mark.parametrize("mean", [15.0, 300.0])
def test_when_all_is_as_declared_p_is_even(tmp_path: Path, mean: float) -> None:
    """200 series; Kolmogorov-Smirnov on the level, false alarm 1e-6."""
    found = planted(tmp_path, 1.0, 200, mean)
    assert kstest([row["p_level"] for row in found], "uniform").pvalue > FALSE_ALARM
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
    row = check_series(model.with_observed(observed), log_true, None, NO_PSI)
    assert list(row.columns) == list(COLUMNS)
    assert row["p_spread"].iloc[0] < 1e-6


def test_series_without_numbers_are_left_out(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [1.0] * 3, noise())
    assert check_series(model.with_observed(np.full(3, np.nan)), np.zeros(3), None, NO_PSI).empty
