"""`safepassage score`: what it prints, what it writes, and what it says of wrong input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from made_up_observations import LANDED, noise, rows, write

from calibration.forecasts import Forecast
from calibration.observation.load import load_observation
from experiments.cli import main

TEXT = (
    "observation: test\ntitle: A test\nnoise:\n"
    + noise(10, 0.3, 0.8)
    + LANDED.replace("    recorded: [seen]\n", "")
)


@pytest.fixture
def forecast(tmp_path: Path) -> Path:
    """Write a forecast of 2018, and tables of what was published to 2017 and of 2018."""
    document = load_observation(write(tmp_path, TEXT)).document
    rng = np.random.default_rng(1)
    published = rng.poisson(300, 48).astype(float)
    published[-2] = 4
    months = pd.date_range("2018-01-01", periods=12, freq="MS").as_unit("s")
    index = np.tile(np.arange(12), 50)
    table = pd.DataFrame(
        {
            "series": "landed",
            "origin": pd.Timestamp("2017-12-31").as_unit("s"),
            "from": months[index],
            "to": (months + pd.offsets.MonthEnd(0)).as_unit("s")[index],
            "draw": np.repeat(np.arange(50), 12),
            "value": rng.poisson(300, 600).astype(float),
        }
    )
    dump = document.model_dump(mode="json", by_alias=True)
    Forecast(table, dump, {}).write(tmp_path / "forecast.parquet")
    whole = rows(list(published), first="2015-01")
    for name, part in (("before.csv", whole.iloc[:36]), ("after.csv", whole.iloc[36:])):
        text = part.assign(**{"from": part["from"].dt.date, "to": part["to"].dt.date})
        text.to_csv(tmp_path / name, index=False)
    return tmp_path / "forecast.parquet"


def score(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["score", *map(str, arguments)])


def test_it_prints_every_method_and_writes_both_tables(forecast: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    done = score(forecast, tmp_path / "before.csv", tmp_path / "after.csv", "--out", out)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    expected = "Forecasts from 2017-12-31, held against what was published of 2018-01-01 to 2018-12-31"
    assert lines[0] == expected
    assert [line.split()[1] for line in lines if line.startswith("landed ")] == ["model"]
    assert any(line.strip().startswith("seasonal naive") for line in lines)
    summary = pd.read_csv(out / "scores.csv")
    assert {"model", "seasonal_naive"} <= set(summary["method"])
    assert summary.loc[summary["method"] == "model", "skill"].notna().all()
    windows = pd.read_csv(out / "windows.csv", dtype=str)
    small = windows[windows["from"] == "2018-11-01"]
    assert set(small["observed"]) == {"<10"}  # a real count below 10 is never echoed
    assert small["crps"].isna().all()
    assert windows.loc[windows["from"] != "2018-11-01", "crps"].notna().all()


def test_without_what_came_before_the_model_stands_alone(forecast: Path, tmp_path: Path) -> None:
    done = score(forecast, tmp_path / "after.csv")
    assert done.exit_code == 0, done.output
    assert (
        "not scored: landed, seasonal_naive: a seasonal naive forecast needs 24 months of history"
        in done.output
    )
    assert "model" in done.output


def test_wrong_input_is_one_clear_line(forecast: Path, tmp_path: Path) -> None:
    cases = [
        ((tmp_path / "none.parquet", tmp_path / "after.csv"), "none.parquet: does not exist"),
        ((tmp_path / "after.csv", tmp_path / "after.csv"), "after.csv: is not a forecast table"),
        ((forecast, tmp_path / "none.csv"), "none.csv"),
        (
            (forecast, tmp_path / "before.csv"),
            "no window of the forecast (2018-01-01 to 2018-12-31) is in it",
        ),
        ((forecast, tmp_path / "after.csv", "--out", tmp_path), "exists already"),
    ]
    for arguments, message in cases:
        done = score(*arguments)
        assert done.exit_code == 2, done.output
        assert message in done.output
        assert "Traceback" not in done.output


def test_another_observation_file_chooses_other_rows(forecast: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT.replace("place: ITA", "place: MLT"), encoding="utf-8")
    done = score(forecast, tmp_path / "after.csv", "--observation", other)
    assert done.exit_code == 2
    assert "no window of the forecast" in done.output
