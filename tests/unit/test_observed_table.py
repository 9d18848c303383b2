"""The table of observed numbers keeps its rules, and says in which row one is broken."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.table import (
    COLUMNS,
    ObservedTable,
    as_frame,
    build_table,
    find_faults,
    join_tables,
    say_period,
)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "place": "ITA", "from": "2030-01-01", "to": "2030-01-31", "indicator": "arrivals_sea", "value": 1234.0,
        "source": "x", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"place": " "}, "place", "is empty"),
        ({"place": "A\nB"}, "place", "is not plain text"),
        ({"source": ""}, "source", "is empty"),
        ({"indicator": "sea arrivals"}, "indicator", "letters, digits"),
        ({"period": "fortnight"}, "period", "is not one of"),
        ({"confidence": "sure"}, "confidence", "is not one of"),
        ({"to": None}, "from", "has no first or last day"),
        ({"to": "2029-12-31"}, "to", "lies before the first day"),
        ({"value": -3.0}, "value", "is negative"),
        ({"value": np.inf}, "value", "is not a finite number"),
        ({"base": -3.0}, "base", "is negative"),
        ({"indicator": "share_women", "value": 14.0}, "value", "is more than 1"),
    ],
)
def test_a_rule_that_is_broken(changes: dict[str, Any], column: str, message: str) -> None:
    faults = list(find_faults(as_frame([row(), row(**changes)])))
    told = [fault for fault in faults if fault.column == column]
    assert told
    assert told[-1].row == 1
    assert message in told[-1].message
    with pytest.raises(ValueError, match=message):
        build_table([row(place="B"), row(**changes)])


def test_a_row_is_there_once_for_a_source() -> None:
    assert len(build_table([row(), row(source="y"), row(group="sex:female"), row(to="2030-02-28")])) == 4
    with pytest.raises(ValueError, match="is there twice"):
        build_table([row(), row(value=5.0)])


def test_a_table_of_nothing() -> None:
    empty = build_table([])
    assert (len(empty), tuple(empty.rows.columns)) == (0, COLUMNS)
    assert empty.is_small().tolist() == empty.is_complement().tolist() == []
    assert (empty.rows.dtypes == build_table([row()]).rows.dtypes).all()


def test_other_columns_are_no_table() -> None:
    with pytest.raises(ValueError, match="must be place, from"):
        ObservedTable(pd.DataFrame({"place": ["A"]}))


def test_choosing_and_joining() -> None:
    table = build_table([row(), row(**{"from": "2030-02-01"}, to="2030-02-28"), row(place="MLT")])
    assert len(table.select(place="ITA")) == 2
    assert len(table.select(place=["ITA", "MLT"], period="month")) == 3
    assert len(table.until(date(2030, 2, 27))) == 2
    assert len(join_tables([table, build_table([row(source="y")])])) == 4
    with pytest.raises(ValueError, match="is there twice"):
        join_tables([table, table.select(place="MLT")])


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        ("2030-01-01", "2030-01-01", "day"),
        ("2030-01-05", "2030-01-11", "week"),
        ("2028-02-01", "2028-02-29", "month"),
        ("2030-02-01", "2030-02-27", "span"),
        ("2030-12-01", "2030-12-31", "month"),
        ("2030-04-01", "2030-06-30", "quarter"),
        ("2030-02-01", "2030-04-30", "span"),
        ("2030-01-01", "2030-12-31", "year"),
        ("2030-02-01", "2031-01-31", "span"),
    ],
)
def test_what_days_make(first: str, last: str, period: str) -> None:
    assert say_period(pd.Timestamp(first), pd.Timestamp(last)) == period


@pytest.mark.parametrize(
    ("changes", "small"),
    [
        ({"value": 0.0}, False),
        ({"value": 1.0}, True),
        ({"value": 9.0}, True),
        ({"value": 10.0}, False),
        ({"value": None}, False),
        ({"indicator": "share_women", "value": 0.05}, False),
        ({"indicator": "share_women", "value": 0.05, "base": 100.0}, True),
        ({"indicator": "share_women", "value": 0.05, "base": 1000.0}, False),
        ({"indicator": "share_women", "value": 0.0, "base": 100.0}, False),
    ],
)
def test_what_rests_on_fewer_than_10_people(changes: dict[str, Any], small: bool) -> None:
    assert build_table([row(**changes)]).is_small().tolist() == [small]


@pytest.mark.parametrize(
    ("counts", "withheld"),
    [
        ([50, 50], []),
        ([3, 97], [97]),  # one alone follows from the total
        ([3, 12, 85], [12]),
        ([3, 4, 93], [93]),  # two together, but 7 people
        ([6, 7, 87], []),
        ([0, 100], []),
    ],
)
def test_counts_that_would_give_a_small_one_away(counts: list[int], withheld: list[int]) -> None:
    parts = [row(group=f"nationality:{at}", value=n) for at, n in enumerate(counts)]
    table = build_table([row(value=sum(counts)), *parts])
    assert table.rows.loc[table.is_complement(), "value"].tolist() == withheld
    assert not build_table(parts).is_complement().any()  # without the total nothing follows
