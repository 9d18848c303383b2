"""Rolling origins: what is scored against what, and how sure the skill is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up_observations import monthly_model, noise

from calibration.baselines import seasonal_naive
from calibration.cells import Cells
from calibration.forecasts import COLUMNS, Forecast, draw_forecasts, read_forecast
from calibration.rolling import (
    MODEL,
    SCORED,
    SUMMARY,
    list_origins,
    score_forecasts,
    skill_interval,
    summarise_scores,
)
from simulation.errors import ResultError

ONLY_NAIVE = {"seasonal_naive": seasonal_naive}
N = 60
LOG_MEAN = np.log(400 * (1 + 0.6 * np.sin(np.arange(N) * np.pi / 6)))


def forecast(folder: Path, shift: float = 0.0, n_draws: int = 100) -> tuple[pd.DataFrame, Cells]:
    """Return forecasts of a series of 60 months from 12 origins, by its own law times exp(shift), and the series."""
    model = monthly_model(folder, [1.0] * N, noise(10, 0.3, 0.8))
    model = model.with_observed(model.draw_observed(LOG_MEAN, None, np.empty(0), np.random.default_rng(2)))
    origins = list_origins(date(2018, 1, 31), date(2018, 12, 31))
    log_true, psi = np.tile(LOG_MEAN + shift, (n_draws, 1)), np.empty((n_draws, 0))
    rng = np.random.default_rng(3)
    return draw_forecasts(model, log_true, psi, origins, 6, rng), model.cells


def test_origins_are_ends_of_months() -> None:
    assert list_origins(date(2016, 1, 15), date(2016, 4, 1)) == [
        date(2016, 1, 31),
        date(2016, 2, 29),
        date(2016, 3, 31),
    ]
    assert list_origins(date(2016, 1, 31), date(2016, 12, 31), 6) == [date(2016, 1, 31), date(2016, 7, 31)]


def test_windows_after_the_origin_are_drawn_and_no_others(tmp_path: Path) -> None:
    rows, _ = forecast(tmp_path, n_draws=3)
    assert list(rows.columns) == list(COLUMNS)
    assert (rows["from"] > rows["origin"]).all()
    per_origin = rows.groupby("origin")["from"].nunique()
    assert (per_origin == 6).all()
    assert len(rows) == 12 * 6 * 3


def test_cells_of_which_no_draw_says_anything_are_not_looked_at(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [1.0] * N, noise(10, 0.3, 0.8))
    drawn = model.draw_observed(LOG_MEAN, None, np.empty(0), np.random.default_rng(2))
    log_true, psi = np.tile(LOG_MEAN, (5, 1)), np.empty((5, 0))
    log_true[:, :40] = np.nan
    log_true[0, 50] = np.nan
    log_true[:, 51] = np.nan

    def ahead(observed: np.ndarray, truth: np.ndarray) -> pd.DataFrame:
        rng, origin = np.random.default_rng(3), model.cells.end[47].item()
        return draw_forecasts(model.with_observed(observed), truth, psi, [origin], 6, rng)

    rows = ahead(drawn, log_true)
    hidden = np.where(np.arange(N) < 40, np.nan, drawn)
    pd.testing.assert_frame_equal(rows, ahead(hidden, log_true))
    assert rows["value"].notna().all()
    assert rows["from"].nunique() == 5  # without the window of which no draw says anything


def test_scores_of_the_right_law_beat_the_naive_and_cover(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path)
    scored, remarks = score_forecasts(rows, cells, 1, ONLY_NAIVE)
    assert list(scored.columns) == list(SCORED)
    assert remarks == []
    assert len(scored) == 2 * 12 * 6
    assert set(scored["months_ahead"]) == set(range(1, 7))
    table = summarise_scores(scored, 1).set_index("method")
    assert list(summarise_scores(scored, 1).columns) == list(SUMMARY)
    assert table.loc[MODEL, "skill"] > 0
    assert table.loc[MODEL, "skill_low"] < table.loc[MODEL, "skill"] < table.loc[MODEL, "skill_high"]
    assert 0.7 < table.loc[MODEL, "covered_90"] <= 1
    assert np.isnan(table.loc["seasonal_naive", "skill"])


def test_losses_are_shown_as_losses(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path, shift=2.5)
    rows["value"] *= 5
    table = summarise_scores(score_forecasts(rows, cells, 1, ONLY_NAIVE)[0], 1).set_index("method")
    assert table.loc[MODEL, "skill_high"] < 0
    assert table.loc[MODEL, "covered_90"] < 0.5


def test_only_what_was_published_is_scored(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path)
    early, _ = score_forecasts(rows, cells.until(date(2018, 6, 30)), 1, ONLY_NAIVE)
    assert early["to"].max() == pd.Timestamp("2018-06-30")
    none, _ = score_forecasts(rows, cells.until(date(2017, 12, 31)), 1, ONLY_NAIVE)
    assert none.empty


def test_a_baseline_knows_nothing_from_after_its_origin(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path)
    first = rows[rows["origin"] == rows["origin"].min()]
    whole, _ = score_forecasts(first, cells, 1, ONLY_NAIVE)
    later = cells.observed.copy()
    later[-6:] *= 100  # months after all windows of the first origin
    other = Cells(cells.series, cells.series_of, cells.start, cells.end, later)
    pd.testing.assert_frame_equal(whole, score_forecasts(first, other, 1, ONLY_NAIVE)[0])


def test_what_a_baseline_cannot_do_is_said(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path)
    short = Cells(cells.series, cells.series_of[42:], cells.start[42:], cells.end[42:], cells.observed[42:])
    scored, remarks = score_forecasts(rows, short, 1, ONLY_NAIVE)
    assert "landed, seasonal_naive: a seasonal naive forecast needs 24 months of history" in remarks[0]
    assert MODEL in set(scored["method"])


def test_skill_by_hand_and_its_interval() -> None:
    to = pd.date_range("2020-01-31", periods=24, freq="ME")
    same = pd.DataFrame({"to": to, "own": 1.0, "base": 2.0})
    assert skill_interval(same, np.random.default_rng(0)) == (0.5, 0.5, 0.5)
    few = skill_interval(same.head(11), np.random.default_rng(0))
    assert few[0] == 0.5
    assert np.isnan(few[1:]).all()
    assert np.isnan(skill_interval(same.assign(base=0.0), np.random.default_rng(0))[0])


def test_months_in_a_row_that_err_together_widen_the_interval() -> None:
    to = pd.date_range("2018-01-31", periods=48, freq="ME")
    rng = np.random.default_rng(0)
    own = np.exp(rng.standard_normal(48))
    alone = skill_interval(pd.DataFrame({"to": to, "own": own, "base": 2.0}), np.random.default_rng(1))
    together = skill_interval(
        pd.DataFrame({"to": to, "own": np.sort(own), "base": 2.0}), np.random.default_rng(1)
    )
    assert together[0] == pytest.approx(alone[0])
    assert together[2] - together[1] > 1.5 * (alone[2] - alone[1])


# The table as a file ---
def test_a_forecast_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows, _ = forecast(tmp_path, n_draws=2)
    written = Forecast(rows, {"observation": "test"}, {"posterior": "x.parquet"})
    back = read_forecast(written.write(tmp_path / "deeper" / "forecast.parquet"))
    pd.testing.assert_frame_equal(back.rows, rows, check_dtype=False)
    assert (back.observation, back.about) == (written.observation, written.about)


def test_other_files_are_no_forecasts(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="does not exist"):
        read_forecast(tmp_path / "none.parquet")
    other = tmp_path / "other.parquet"
    pd.DataFrame({"x": [1]}).to_parquet(other)
    with pytest.raises(ResultError, match="is not a forecast table"):
        read_forecast(other)
    other.write_text("no parquet")
    with pytest.raises(ResultError, match="is not a forecast table"):
        read_forecast(other)


def test_another_method_changes_no_score_of_the_first(tmp_path: Path) -> None:
    rows, cells = forecast(tmp_path, n_draws=20)
    alone, _ = score_forecasts(rows, cells, 1, ONLY_NAIVE)
    both, _ = score_forecasts(rows, cells, 1, {"another": seasonal_naive, **ONLY_NAIVE})
    kept = both[both["method"] != "another"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, alone)
    found, again = summarise_scores(both, 1), summarise_scores(alone, 1)
    pd.testing.assert_frame_equal(found[found["method"] != "another"].reset_index(drop=True), again)


def test_blocks_are_as_long_as_forecasts_go_ahead() -> None:
    months = pd.date_range("2016-01-31", periods=20, freq="ME")
    both = pd.DataFrame({"to": months, "own": np.arange(1.0, 21), "base": 10.0})
    assert np.isfinite(skill_interval(both, np.random.default_rng(0))[1])
    assert np.isnan(skill_interval(both, np.random.default_rng(0), block=12)[1])
