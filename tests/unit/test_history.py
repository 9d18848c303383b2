"""The documentation tables of the Central Mediterranean: sources exist, levers have a name, ranges hold their value."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

ROUTE = Path(__file__).parents[2] / "scenarios" / "central_mediterranean"
LEVERS = {
    "border_enforcement",
    "anti_smuggling",
    "legal_pathways",
    "detention",
    "services",
    "firewall",
    "search_and_rescue",
    "interception",
    "returns",
    "free_movement",
    "information",
    "regional_protection",
    "relocation",
}


def rows_of(name: str) -> list[dict[str, str]]:
    """Read a table of the route.

    Args:
        name: File without its ending.

    Returns:
        One mapping of column to text for each row.
    """
    with (ROUTE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", ["policy_timeline", "observation", "observed_orders"])
def test_every_row_names_sources_that_exist(table: str) -> None:
    keys = {row["key"] for row in rows_of("sources")}
    missing = {key for row in rows_of(table) for key in row["source"].split() if key not in keys}
    assert not missing
    assert all(row["source"] for row in rows_of(table))


def test_timeline_is_in_order_and_names_levers() -> None:
    rows = rows_of("policy_timeline")
    dates = [date.fromisoformat(row["date"]) for row in rows]
    assert dates == sorted(dates)
    assert {row["lever"] for row in rows} <= LEVERS | {"context"}
    assert all(row["how_in_model"] for row in rows)


@pytest.mark.parametrize(("table", "value"), [("observation", "rate"), ("observed_orders", "value")])
def test_ranges_hold_their_value(table: str, value: str) -> None:
    for row in rows_of(table):
        assert 0 < float(row["low"]) <= float(row[value]) <= float(row["high"]), row


def test_observation_covers_each_year_once() -> None:
    years: dict[tuple[str, int], int] = {}
    for row in rows_of("observation"):
        for year in range(int(row["from_year"]), int(row["to_year"]) + 1):
            key = (row["indicator"], year)
            years[key] = years.get(key, 0) + 1
    assert set(years.values()) == {1}


def test_streams_hold_every_year_of_the_history() -> None:
    years: dict[str, set[int]] = {}
    for row in rows_of("streams"):
        years.setdefault(row["stream"], set()).add(int(row["year"]))
        assert 0 < float(row["journeys_low"]) <= float(row["journeys"]) <= float(row["journeys_high"]), row
    assert all(set(range(2017, 2023)) <= held for held in years.values())
