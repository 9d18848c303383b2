"""Departure cohorts: everybody who started is in one row, and the rows agree with events and with the last day."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from small_worlds import changed, lived, route, tiny

from simulation import run
from simulation.cohorts import COLUMNS, ENDS, EVER, cohort_rows, month_number
from simulation.kernels.layout import Status
from simulation.observables import summarise
from simulation.result import RunResult
from simulation.spec.models import Period
from simulation.world.policy import day_number


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


# Rates ---
START, END = datetime.date(2015, 1, 1), datetime.date(2017, 3, 31)


def rows_of(*rows: tuple[datetime.date | None, Status, int, int]) -> np.ndarray:
    """Return cohorts of one group from (day of start, status, people, harmed)."""
    table = [(0 if d is None else month_number(d), 0, s, n, harmed, 0, 0) for d, s, n, harmed in rows]
    return np.array(table, np.int64).reshape(-1, 7)


def found(cohorts: np.ndarray, **options: object) -> dict[tuple[str, str, str], tuple[float, int]]:
    given = {"scale": 0.5, "start": START, "end": END, "since": None, **options}
    return {row[:3]: row[3:] for row in cohort_rows(cohorts, **given)}  # type: ignore[arg-type]


def test_rates_by_hand_and_the_youngest_are_apart() -> None:
    cohorts = rows_of(
        (None, Status.DEAD, 1, 1),
        (datetime.date(2016, 3, 31), Status.DEAD, 1, 1),
        (datetime.date(2016, 3, 1), Status.ARRIVED, 3, 1),
        (datetime.date(2016, 4, 1), Status.TRAVELLING, 2, 0),
    )
    rows = found(cohorts)
    # March 2016 is followed for a year to 31 March 2017; April is not.
    assert rows["cohort_people", "cohort", "2016"] == (8.0, 4)
    assert rows["deaths_per_1000_started", "cohort", "2016"] == (250.0, 1)
    assert rows["harmed_per_1000_started", "cohort", "2016"] == (500.0, 2)
    assert rows["on_the_way_per_1000_started", "cohort", "2016"] == (0.0, 0)
    assert rows["on_the_way_per_1000_started", "cohort_young", "2016"] == (1000.0, 2)
    assert rows["deaths_per_1000_started", "cohort", "before"] == (1000.0, 1)
    # "all" holds every year of start, not those under way before.
    assert rows["cohort_people", "cohort", "all"] == (8.0, 4)
    assert rows["cohort_people", "cohort_young", "all"] == (4.0, 2)
    a_day_less = found(cohorts, end=datetime.date(2017, 3, 30))
    assert a_day_less["cohort_people", "cohort_young", "2016"] == (12.0, 6)
    later = found(cohorts, since=datetime.date(2016, 4, 15))
    assert {scope for _, _, scope in later} == {"2016", "all"}
    assert later["cohort_people", "cohort_young", "all"] == (4.0, 2)


def test_no_cohort_no_rows() -> None:
    assert found(rows_of()) == {}


def test_rates_of_a_run_against_people_counted_one_by_one() -> None:
    scenario = tiny("fork")
    model = lived(scenario)
    life, status = model.people.life, model.cell_status[model.people.life["cell"]]
    first, last = (day_number(datetime.date(2015, month, day)) for month, day in ((1, 1), (12, 31)))
    of = (life["start_day"] >= first) & (life["start_day"] <= last) & (status >= Status.WAITING)
    n = int(of.sum())
    table = summarise(RunResult(scenario, model.seed, 1.0, model.routes.streams, model.counts(), {}))
    rows = table[(table["scope_kind"] == "cohort") & (table["scope"] == "2015")].set_index("outcome")["value"]
    assert rows["cohort_people"] == n > 0
    assert rows["deaths_per_1000_started"] == pytest.approx(1000 * (status[of] == Status.DEAD).sum() / n)
    assert rows["harmed_per_1000_started"] == pytest.approx(1000 * (life["incidents"][of] > 0).sum() / n)
    assert rows[list(ENDS)].sum() == pytest.approx(1000)
    assert set(rows.index) == {"cohort_people", *ENDS, *EVER}


def test_a_run_of_a_year_has_young_cohorts_only() -> None:
    scenario = tiny("fork")
    end = datetime.date(2015, 12, 31)
    period = Period(start=scenario.document.period.start, departures_end=end, end=end)
    table = summarise(run(changed(scenario, period=period)))
    assert set(table.loc[table["outcome"] == "cohort_people", "scope_kind"]) == {"cohort_young"}
