"""Exported data: tagged, explained, small cells left out, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from report_folders import TITLES, retitle, write_folder
from synthetic_runs import build_scenario

from experiments.cli import main
from experiments.data_out.columns import COLUMNS, NAMES, SUPPRESSED
from experiments.data_out.write import write_data
from experiments.safe_cells import FORMULA_STARTS, guard, to_csv

TAG = re.compile(r"#[a-z]+(\+[a-z_]+)*")
"""A tag of the HXL standard: a word, and attributes."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(
        tmp_path_factory.mktemp("data") / "out", [build_scenario("enforcement", enforcement=1.0)], scale=0.1
    )


@pytest.fixture(scope="module")
def written(folder):
    return {path.name: path for path in write_data(folder)}


def read(path) -> pd.DataFrame:
    return pd.read_csv(path, skiprows=[1], keep_default_na=False, na_values=[""])


def test_the_tidy_table_has_the_numbers_of_the_comparison(folder, written):
    table, own = read(written["safepassage_data.csv"]), pd.read_csv(folder / "comparison.csv")
    assert list(table) == NAMES
    assert len(table) == len(own)
    kept = table["suppressed"] == "no"
    assert 0 < kept.sum() < len(table)
    for name in SUPPRESSED:
        np.testing.assert_allclose(table.loc[kept, name], own.loc[kept, name], rtol=1e-9)
    parquet = pd.read_parquet(written["safepassage_data.parquet"])
    np.testing.assert_allclose(parquet["difference"], table["difference"], rtol=1e-9)


def test_small_cells_are_left_out_everywhere(folder, written):
    own = pd.read_csv(folder / "comparison.csv")
    few = own["fewer_than_10"] & ~((own["baseline"] == 0) & (own["variant"] == 0))
    assert few.any()
    table = read(written["safepassage_data.csv"])
    assert (table["suppressed"] == np.where(few, "yes", "no")).all()
    assert table.loc[few.to_numpy(), list(SUPPRESSED)].isna().all(axis=None)
    assert (table.loc[few.to_numpy(), "clear"] == "unclear").all()
    sheet = load_workbook(written["safepassage_data.xlsx"])["By group"]
    rows = list(sheet.iter_rows(values_only=True))
    hidden = [row for row in rows[2:] if row[NAMES.index("suppressed")] == "yes"]
    assert hidden
    assert all(row[NAMES.index(name)] is None for row in hidden for name in SUPPRESSED)


def test_every_column_is_tagged_and_explained(written):
    with written["safepassage_data.csv"].open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        head, tags = next(rows), next(rows)
    assert head == NAMES
    assert all(TAG.fullmatch(tag) for tag in tags)
    assert len(set(tags)) == len(tags)
    words = pd.read_csv(written["data_dictionary.csv"])
    assert list(words["column"][: len(NAMES)]) == NAMES
    assert words["meaning"].notna().all()
    assert {column.kind for column in COLUMNS} == {"text", "number", "yes/no"}


def test_a_workbook_has_the_same_numbers_for_the_whole_route(written):
    table = read(written["safepassage_data.csv"])
    here = table[
        (table["scope_kind"] == "all") & (table["group_kind"] == "all") & (table["interval_kind"] == "total")
    ]
    rows = list(load_workbook(written["safepassage_data.xlsx"])["Everybody"].iter_rows(values_only=True))
    assert list(rows[0]) == NAMES
    assert rows[1][0].startswith("#")
    found = [row[NAMES.index("baseline")] for row in rows[2:]]
    np.testing.assert_allclose(np.array(found, float), here["baseline"], rtol=1e-9)


def test_an_endless_ratio_is_said_alike_in_csv_and_workbook(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    table = pd.read_csv(copy / "comparison.csv", keep_default_na=False, dtype=str)
    here = (
        (table["scope_kind"] == "all") & (table["group_kind"] == "all") & (table["interval_kind"] == "total")
    )
    table.loc[here, "ratio_high"] = "inf"
    table.loc[here, "fewer_than_10"] = "False"
    table.to_csv(copy / "comparison.csv", index=False)
    files = {path.name: path for path in write_data(copy)}
    at = NAMES.index("ratio_high")
    rows = list(load_workbook(files["safepassage_data.xlsx"])["Everybody"].iter_rows(values_only=True))[2:]
    assert {row[at] for row in rows} == {"inf"}
    own = read(files["safepassage_data.csv"])
    assert np.isinf(own["ratio_high"]).sum() == len(rows) == here.sum()


@pytest.mark.parametrize("name", TITLES)
def test_hostile_titles_are_no_formulas(name, tmp_path):
    variant = retitle(build_scenario("enforcement", enforcement=1.0), TITLES[name])
    folder = write_folder(
        tmp_path / "out", [variant], replicates=2, baseline=retitle(build_scenario(), TITLES[name])
    )
    files = {path.suffix: path for path in write_data(folder)}
    text_columns = [i for i, column in enumerate(COLUMNS) if column.kind != "number"]
    with files[".csv"].open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) == len(COLUMNS):
                assert not [row[i] for i in text_columns if row[i].startswith(FORMULA_STARTS)]
                assert all(len(cell) <= 400 for cell in row)
    book = load_workbook(files[".xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # text and numbers, no "f"
    assert not [cell for cell in cells if cell.hyperlink]


@given(st.text())
def test_guarded_text_starts_no_formula_and_keeps_its_words(text):
    said = guard(text)
    assert not said.lstrip().startswith(FORMULA_STARTS)
    assert "\n" not in said
    if text.isprintable():
        assert said.removeprefix("'") == text.removeprefix("'")


def test_negative_numbers_stay_numbers():
    text = to_csv(pd.DataFrame({"=name": ["-x", "y"], "value": [-1.5, 2.0]}))
    assert text == "'=name,value\n'-x,-1.5\ny,2\n"


def test_the_verb_writes_all_files_and_says_where(folder, tmp_path):
    result = CliRunner().invoke(main, ["export", str(folder), "--out", str(tmp_path / "data")])
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "data").iterdir()} == {
        "safepassage_data.csv", "safepassage_data.parquet", "safepassage_data.xlsx", "data_dictionary.csv",
    }  # fmt: skip
    result = CliRunner().invoke(main, ["export", str(tmp_path)])
    assert result.exit_code == 2
