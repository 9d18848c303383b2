"""Departure cohorts: everybody who started is in one row, and the rows agree with events and with the last day."""

from __future__ import annotations

import pandas as pd
from small_worlds import route, tiny

from simulation import run
from simulation.cohorts import COLUMNS
from simulation.result import RunResult


def people(result: RunResult, **wanted: str) -> int:
    table = result.cohorts
    for column, value in wanted.items():
        table = table[table[column] == value]
    return int(table["people"].sum())


def test_cohorts_hold_everybody_who_started() -> None:
    result = run(tiny("fork"))
    started = result.events.loc[lambda e: e["event"] == "started", "people"].sum()
    assert people(result) == started + int(result.counts.initial[:-7].sum())
    assert people(result, start_year="before") == int(result.counts.initial[:-7].sum()) > 0
    assert set(result.cohorts["start_year"]) == {"before", "2015", "2016"}


def test_statuses_are_those_of_the_last_day() -> None:
    result = run(route(120), scale=0.02)
    last = result.census.iloc[-1]
    for status in set(result.cohorts["status"]):
        assert people(result, status=status) == last[status]


def test_marks_are_shares_of_the_people() -> None:
    table = run(route(120), scale=0.02).cohorts
    assert (table[list(COLUMNS)].to_numpy() >= 0).all()
    assert (table[["harmed", "detained", "attempted_sea"]].le(table["people"], axis=0)).all(axis=None)
    assert table.groupby("status")["attempted_sea"].sum()["arrived"] > 0


def test_cohorts_are_kept_in_the_run_folder(tmp_path) -> None:  # type: ignore[no-untyped-def]
    result = run(tiny("line"))
    folder = result.write(tmp_path / "run")
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "cohorts.parquet"), result.cohorts, check_dtype=False
    )
