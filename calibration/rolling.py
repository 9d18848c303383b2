"""Forecasts from one origin after another, held against what was published later and against simple baselines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from calibration import scores
from calibration.baselines import Baseline, ets, seasonal_naive
from calibration.cells import Cells, Floats
from calibration.observation.windows import last_days, list_months
from calibration.table import HIDDEN, SMALL
from simulation.errors import ResultError, SafePassageError

MODEL = "model"
BASELINES: Mapping[str, Baseline] = {"seasonal_naive": seasonal_naive, "ets": ets}
BLOCK_MONTHS = 6
RESAMPLES = 2000
LEVEL = 0.95
SCORED = (
    "series", "method", "origin", "from", "to", "months_ahead", "observed", "median",
    "low_50", "high_50", "low_90", "high_90", "crps", "interval_score_90", "covered_50", "covered_90", "pit",
)  # fmt: skip
SUMMARY = (
    "series", "method", "n", "months", "crps", "interval_score_90", "covered_50", "covered_90",
    "skill", "skill_low", "skill_high",
)  # fmt: skip


def list_origins(first: date, last: date, every: int = 1) -> list[date]:
    """Return the last days of months from one to another, every so many months."""
    days: list[date] = last_days(list_months(first, last)).tolist()
    return [day for day in days if first <= day <= last][::every]


class _Window(NamedTuple):
    series: str
    origin: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp
    observed: float


def score_forecasts(
    forecasts: pd.DataFrame, cells: Cells, seed: int, baselines: Mapping[str, Baseline] = BASELINES
) -> tuple[pd.DataFrame, list[str]]:
    """Return the scores of every window that was forecast and then published, for the model and the baselines.

    Baselines forecast series of single months, from the months up to the origin that the cells hold; where they cannot,
    a remark says why, and the model stands alone.

    Args:
        forecasts: Rows of a forecast table.
        cells: What was published, before and after the origins.
        seed: Of baselines and of the randomised PIT.
        baselines: Name -> forecaster.

    Returns:
        Columns SCORED, and remarks.
    """
    published = {
        (cells.series[s], start, end): value
        for s, start, end, value in zip(
            cells.series_of, cells.start.tolist(), cells.end.tolist(), cells.observed, strict=True
        )
        if np.isfinite(value)
    }
    rows: list[tuple[object, ...]] = []
    remarks: list[str] = []
    for _, group in forecasts.groupby(["series", "origin"], sort=True):
        series, origin = str(group["series"].iloc[0]), pd.Timestamp(group["origin"].iloc[0])
        wide = group.pivot_table(index="draw", columns=["from", "to"], values="value")
        ends = wide.columns.to_frame(index=False)
        found = [_Window(series, origin, a, b, np.nan) for a, b in zip(ends["from"], ends["to"], strict=True)]
        values = [published.get((series, w.start.date(), w.end.date()), np.nan) for w in found]
        is_published = np.isfinite(values)
        windows = [w._replace(observed=v) for w, v in zip(found, values, strict=True) if np.isfinite(v)]
        if not windows:
            continue
        drawn = wide.to_numpy()[:, is_published]
        rows += _score(MODEL, windows, drawn, _rng(seed, series, MODEL, origin))
        for name, forecaster in baselines.items():
            rng = _rng(seed, series, name, origin)
            try:
                naive = _baseline(forecaster, windows, cells, len(drawn), rng)
            except SafePassageError as error:
                remarks.append(f"{series}, {name}: {error}")
            else:
                rows += _score(name, windows, naive, rng)
    return pd.DataFrame(rows, columns=list(SCORED)), list(dict.fromkeys(remarks))


def _rng(seed: int, series: str, method: str, origin: pd.Timestamp | None = None) -> np.random.Generator:
    """Return a source of chance of its own, so that nothing changes when other series or methods come in."""
    key = [crc32(series.encode()), crc32(method.encode()), 0 if origin is None else origin.toordinal()]
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=key))


def _score(
    method: str, windows: list[_Window], drawn: Floats, rng: np.random.Generator
) -> Iterator[tuple[object, ...]]:
    """Yield a row of SCORED for every window; drawn: (n_draws, n_windows)."""
    observed = np.array([w.observed for w in windows])
    low_50, high_50 = scores.interval(drawn, 0.5)
    low, high = scores.interval(drawn, 0.9)
    columns = (
        observed,
        np.median(drawn, axis=0),
        low_50,
        high_50,
        low,
        high,
        scores.crps_draws(drawn, observed),
        scores.interval_score(low, high, observed, 0.9),
        scores.is_covered(low_50, high_50, observed),
        scores.is_covered(low, high, observed),
        scores.pit_draws(drawn, observed, rng),
    )
    for window, numbers in zip(windows, zip(*columns, strict=True), strict=True):
        ahead = _months_after(window.origin, window.end)
        yield (window.series, method, window.origin, window.start, window.end, ahead, *numbers)


def _months_after(origin: pd.Timestamp, end: pd.Timestamp) -> int:
    return (end.year - origin.year) * 12 + end.month - origin.month


def _baseline(
    forecaster: Baseline, windows: list[_Window], cells: Cells, n_draws: int, rng: np.random.Generator
) -> Floats:
    """Return (n_draws, n_windows) draws of a baseline for months after an origin.

    Raises:
        SafePassageError: The series is not of single months, or the baseline cannot forecast it.
    """
    of = cells.of(windows[0].series)
    month = cells.start[of].astype("datetime64[M]")
    if (month != cells.end[of].astype("datetime64[M]")).any():
        raise SafePassageError("forecasts series of single months only")
    first, origin = month.min(), np.datetime64(windows[0].origin, "M")
    history = np.full(max(int((origin - first).astype(int)) + 1, 0), np.nan)
    before = cells.end[of] <= np.datetime64(windows[0].origin)
    history[(month[before] - first).astype(int)] = cells.observed[of][before]
    ahead = [_months_after(w.origin, w.end) for w in windows]
    return forecaster(history, max(ahead), n_draws, rng)[:, np.array(ahead) - 1]


# Over windows ---
def summarise_scores(scored: pd.DataFrame, seed: int, against: str = "seasonal_naive") -> pd.DataFrame:
    """Return mean scores by series and method, and the skill of every method against one of them.

    Skill is 1 - mean CRPS over that of ``against`` in the same windows: above 0 better, below 0 worse. Its interval
    resamples target months in blocks of six in a row, or as many as forecasts go ahead where that is more (circular
    block bootstrap: Politis and Romano 1992), all origins
    of a month together, since their errors are not independent. Below two blocks there is no interval.

    Returns:
        Columns SUMMARY; n windows in so many target months.
    """
    rows: list[tuple[object, ...]] = []
    key = ["origin", "from", "to"]
    for series, of_series in scored.groupby("series", sort=False):
        block = max(BLOCK_MONTHS, int(of_series["months_ahead"].max()))
        base = of_series[of_series["method"] == against].set_index(key)["crps"]
        for method, of in of_series.groupby("method", sort=False):
            means = [float(of[name].mean()) for name in SUMMARY[4:8]]
            skill = (np.nan, np.nan, np.nan)
            if method != against and len(base):
                both = of.set_index(key)["crps"].to_frame("own").join(base.rename("base"), how="inner")
                skill = skill_interval(both.reset_index(), _rng(seed, str(series), str(method)), block)
            rows.append((series, method, len(of), of["to"].nunique(), *means, *skill))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def skill_interval(
    both: pd.DataFrame, rng: np.random.Generator, block: int = BLOCK_MONTHS
) -> tuple[float, float, float]:
    """Return skill and the ends of its interval, from columns to, own and base (CRPS of the same windows).

    Args:
        both: The columns.
        rng: Source of chance.
        block: Months that are resampled together.
    """
    months = both.groupby("to")[["own", "base"]].sum().sort_index().to_numpy()
    n = len(months)
    own, base = months.sum(axis=0)
    if base == 0:
        return np.nan, np.nan, np.nan
    skill = 1 - own / base
    if n < 2 * block:
        return skill, np.nan, np.nan
    start = rng.integers(0, n, (RESAMPLES, -(-n // block), 1))
    chosen = ((start + np.arange(block)) % n).reshape(RESAMPLES, -1)[:, :n]
    sums = months[chosen].sum(axis=1)
    skills = 1 - sums[:, 0] / np.maximum(sums[:, 1], np.finfo(float).tiny)
    low, high = np.quantile(skills, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return skill, float(low), float(high)


def write_scores(summary: pd.DataFrame, scored: pd.DataFrame, folder: Path) -> None:
    """Write scores.csv (by series and method) and windows.csv (every window); observed counts from 1 to 9 as <10.

    Raises:
        ResultError: The folder exists, or cannot be written.
    """
    small = scored["observed"].between(1, SMALL - 1)
    windows = scored.astype({"observed": object})
    windows.loc[small, "observed"] = HIDDEN
    windows.loc[small, ["crps", "interval_score_90"]] = np.nan  # from which the count could be found
    try:
        folder.mkdir(parents=True)
        summary.to_csv(folder / "scores.csv", index=False)
        windows.to_csv(folder / "windows.csv", index=False)
    except OSError as error:
        raise ResultError(f"{folder}: cannot be written ({error.strerror})") from error
