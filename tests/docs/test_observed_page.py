"""What docs/observed_data.md says of the table, its files and its columns is so."""

from __future__ import annotations

import re
from pathlib import Path

from calibration.data import load_shipped
from calibration.readers.names import ROLES
from calibration.table import COLUMNS, CONFIDENCE, PERIODS
from experiments.commands.import_ import FORMATS
from experiments.commands.import_dtm import command
from tests.pages import find_dead_links

PAGE = Path(__file__).parents[2] / "docs" / "observed_data.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_column_of_the_table_is_told() -> None:
    table = TEXT.partition("## Files that are known")[0]
    told = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", table, re.M)))
    assert tuple(told) == COLUMNS
    for word in (*PERIODS, *CONFIDENCE):
        assert f"`{word}`" in table


def test_every_name_of_a_column_is_told() -> None:
    for role in ROLES.values():
        names = ", ".join(name.strip() for name in role.names.split("|"))
        tags = " ".join(f"`{tag}`" for tag in role.tags.split())
        assert f"| {role.meaning} | {names} | {tags} |".replace("|  |", "| |") in TEXT, role.meaning


def test_options_that_are_told_exist() -> None:
    told = set(re.findall(r"`[^`]*?(--[a-z][a-z-]*)", TEXT))
    assert told <= {option for parameter in command.params for option in parameter.opts}
    assert "dtm" in FORMATS


def test_what_is_shipped_is_told() -> None:
    table = load_shipped()
    shipped = TEXT.partition("## What is shipped")[2].partition("## Names of columns")[0]
    assert f"{len(table):,} rows" in shipped
    for name in {
        *table.rows["indicator"],
        *table.rows.loc[table.rows["indicator"] == "deaths_recorded", "place"],
    }:
        assert f"`{name}`" in shipped


def test_pages_that_are_named_exist() -> None:
    assert find_dead_links(PAGE) == []
