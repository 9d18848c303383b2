"""Cells from an observed table: windows, zeros, what is withheld, and what contradicts itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_observations import HEAD, LANDED, RATES, rows, write

from calibration.cells import Cells
from calibration.observation.load import load_observation
from calibration.observation.select import Selected, extend_cells, select_cells
from simulation.errors import ScenarioError

TEXT = HEAD + RATES + LANDED
YEARS = ((40, "2014-01"), (50, "2015-01"), (60, "2016-01"))


def select(folder: Path, table: pd.DataFrame, **changes: str) -> Selected:
    """Return the cells of a table, by the file with parts of its text changed."""
    text = TEXT
    for old, new in changes.items():
        key = old.replace("_", " ")
        assert key in text
        text = text.replace(key, new)
    return select_cells(load_observation(write(folder, text)), table)


def named(cells: Cells) -> dict[str, float]:
    return {str(day): float(value) for day, value in zip(cells.start, cells.observed, strict=True)}


def test_a_month_is_a_cell(tmp_path: Path) -> None:
    cells = select(tmp_path, rows([5, 0, 7])).cells
    assert named(cells) == {"2015-01-01": 5, "2015-02-01": 0, "2015-03-01": 7}
    assert list(map(str, cells.end)) == ["2015-01-31", "2015-02-28", "2015-03-31"]


def test_only_the_selected_rows_count(tmp_path: Path) -> None:
    other = [
        rows([99, 99], place="MLT"),
        rows([99], indicator="deaths"),
        rows([99], period="week", place="GRC"),
    ]
    assert named(select(tmp_path, pd.concat([rows([5]), *other], ignore_index=True)).cells) == {
        "2015-01-01": 5
    }


@pytest.mark.parametrize(("window", "length"), [("quarter", 3), ("year", 12)])
def test_months_add_up_to_longer_windows_if_all_are_there(tmp_path: Path, window: str, length: int) -> None:
    values = {f"2015-{m:02d}": float(m) for m in range(1, 13)} | {f"2016-{m:02d}": 1.0 for m in range(1, 12)}
    cells = select(tmp_path, rows(values), month=window).cells
    sums = [sum(range(at, at + length)) for at in range(1, 13, length)]
    later = [] if length == 12 else [3.0, 3.0, 3.0]  # the last quarter of 2016, and that year, lack a month
    assert list(cells.observed) == sums + later


def test_without_a_row_a_month_is_unknown_or_zero_as_said(tmp_path: Path) -> None:
    table = rows({"2015-01": 3.0, "2015-03": 4.0})
    assert len(select(tmp_path, table).cells) == 2
    known = "month\n    missing: zero\n    from: 2015-01-01\n    to: 2015-04-30"
    assert list(select(tmp_path, table, month=known).cells.observed) == [3, 0, 4, 0]


def test_what_is_withheld_is_neither_zero_nor_missing(tmp_path: Path) -> None:
    table = rows({"2015-01": 3.0, "2015-02": np.nan, "2015-03": 4.0})
    known = "month\n    missing: zero\n    from: 2015-01-01\n    to: 2015-03-31"
    assert named(select(tmp_path, table, month=known).cells) == {"2015-01-01": 3, "2015-03-01": 4}
    assert len(select(tmp_path, table, month=known.replace("month", "quarter", 1)).cells) == 0


def test_rows_of_the_same_days(tmp_path: Path) -> None:
    table = pd.concat([rows([5, 6]), rows([50, 60], source="other")], ignore_index=True)
    with pytest.raises(ScenarioError, match="two rows speak of 2015-01-01 to 2015-01-31"):
        select(tmp_path, table)
    assert list(select(tmp_path, table, month="month\n    combine: sum").cells.observed) == [55, 66]
    first = {"place:_ITA}": "place: ITA, source: [other, test]}", "month": "month\n    combine: first_source"}
    more = pd.concat([table, rows({"2015-03": 7})], ignore_index=True)
    assert list(select(tmp_path, more, **first).cells.observed) == [50, 60, 7]


def test_a_year_gives_way_to_its_months(tmp_path: Path) -> None:
    years = LANDED.split("series:\n")[1].replace("landed:", "years:").replace("window: month", "window: year")
    years = years.replace("place: ITA", "place: ITA, period: year") + "    without_days_of: landed\n"
    text = TEXT.replace("place: ITA}", "place: ITA, period: month}") + years
    whole = [rows([v], first=f).assign(to=pd.Timestamp(f"{f[:4]}-12-31"), period="year") for v, f in YEARS]
    table = pd.concat([rows([5], first="2015-06"), *whole], ignore_index=True)
    cells = select_cells(load_observation(write(tmp_path, text)), table).cells
    assert named(cells) == {"2015-06-01": 5, "2014-01-01": 40, "2016-01-01": 60}


def test_months_and_their_year_are_not_added_up(tmp_path: Path) -> None:
    year = rows([100]).assign(to=pd.Timestamp("2015-12-31"), period="year")
    table = pd.concat([rows([5, 6]), year], ignore_index=True)
    with pytest.raises(ScenarioError, match="rows overlap, such as months and a year of them"):
        select(tmp_path, table, month="month\n    combine: sum")


@pytest.mark.parametrize("value", [-1.0, np.inf])
def test_impossible_numbers_are_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(ScenarioError, match="2015-02-01 to 2015-02-28 is not a number of people, 0 or more"):
        select(tmp_path, rows([1, value]))


def test_shares_say_of_how_many(tmp_path: Path) -> None:
    share = {
        "counts:_arrivals": "counts: arrivals, share_of: {sex: female}",
        "recorded:_[seen]": "interviews: 300",
        "month": "as_given",
    }
    table = rows([0.1, 0.2]).assign(base=[np.nan, 50])
    found = select(tmp_path, table, **share)
    assert list(found.asked) == [300, 50]
    with pytest.raises(ScenarioError, match="is not a share from 0 to 1"):
        select(tmp_path, rows([0.1, 12]), **share)
    with pytest.raises(ScenarioError, match="nobody says how many people were asked in 2015-01-01"):
        select(tmp_path, table, **(share | {"recorded:_[seen]": "combine: one"}))


def test_windows_to_be_predicted_follow_the_last(tmp_path: Path) -> None:
    loaded = load_observation(write(tmp_path, TEXT))
    found = extend_cells(loaded, select_cells(loaded, rows([5, 6])), date(2015, 5, 30)).cells
    assert list(map(str, found.start)) == ["2015-01-01", "2015-02-01", "2015-03-01", "2015-04-01"]
    assert np.isnan(found.observed).tolist() == [False, False, True, True]
    assert found.until(date(2015, 1, 31)).observed[0] == 5
    assert np.isnan(found.until(date(2015, 1, 31)).observed[1:]).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.integers(0, 1000), min_size=12, max_size=36), st.sampled_from(["quarter", "year"]))
def test_nobody_is_added_or_lost(tmp_path: Path, values: list[int], window: str) -> None:
    cells = select(tmp_path, rows([float(v) for v in values]), month=window).cells
    length = {"quarter": 3, "year": 12}[window]
    assert cells.observed.sum() == sum(values[: len(values) // length * length])
