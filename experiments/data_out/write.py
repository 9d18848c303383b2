"""Writes the exported data: CSV with a row of tags, Parquet, XLSX for the whole route, and what each column means."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.collect import ALL
from experiments.data_out.columns import COLUMNS
from experiments.data_out.tidy import build_tidy
from experiments.execution.files import readable_errors, replacing
from experiments.report.read import Findings, read_findings
from experiments.safe_cells import guard_table, to_csv

FOLDER = "export"
DATA, DICTIONARY, SHEETS = "safepassage_data", "data_dictionary.csv", "safepassage_data.xlsx"
NOTES = (
    ("What this is", "Simulated numbers: policies compared under stated assumptions. They are not forecasts."),
    ("Small cells", "Numbers that rest on fewer than 10 simulated people are left out and marked in 'suppressed'; "
        "empty is not 0. What is left out may follow from other rows by subtraction: nobody in it lives, so this "
        "guards against quoting noise, not against finding a person."),
    ("Rounding", "Numbers are not rounded; quote them with their interval, and no finer than it."),
    ("Arrivals", "Never quote arrivals alone: fewer arrivals are not a protection outcome."),
    ("XLSX", "Holds intervals of kind total for the whole route; places, legs and seeds are in the other files."),
    ("Text", "Cells of text that start like a formula have an apostrophe before them."),
)  # fmt: skip


def write_data(folder: str | Path, out: str | Path | None = None) -> list[Path]:
    """Write the data of an experiment folder and return the paths: data CSV, Parquet, XLSX, dictionary.

    Each file is whole or absent; the same tables give the same CSV and Parquet bytes.

    Raises:
        ResultError: The experiment folder cannot be read, or the files cannot be written.
    """
    findings = read_findings(folder)
    target = findings.folder / FOLDER if out is None else Path(out).expanduser()
    tidy = build_tidy(findings)
    paths = [target / f"{DATA}.csv", target / f"{DATA}.parquet", target / SHEETS, target / DICTIONARY]
    with readable_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        with replacing(paths[0]) as temporary:
            temporary.write_text(say_csv(tidy), encoding="utf-8")
        with replacing(paths[1]) as temporary:
            tidy.to_parquet(temporary, index=False)
        with replacing(paths[2]) as temporary:
            _write_sheets(tidy, findings, temporary)
        with replacing(paths[3]) as temporary:
            temporary.write_text(to_csv(build_dictionary()), encoding="utf-8")
    return paths


def say_csv(tidy: pd.DataFrame) -> str:
    """Return the table as CSV: headings, then the row of HXL tags, then the data."""
    head, _, body = to_csv(tidy).partition("\n")
    return "\n".join([head, ",".join(column.tag for column in COLUMNS), body])


def build_dictionary() -> pd.DataFrame:
    """Return what every column means, and notes on the whole."""
    rows = [column._asdict() for column in COLUMNS]
    rows += [{"name": name, "tag": "", "kind": "note", "unit": "", "meaning": said} for name, said in NOTES]
    return pd.DataFrame(rows).rename(columns={"name": "column", "tag": "hxl_tag"})


def _write_sheets(tidy: pd.DataFrame, findings: Findings, path: Path) -> None:
    """Write the whole route, everybody and by group, with notes and dictionary, as a workbook."""
    from openpyxl import Workbook  # noqa: PLC0415 - only when a workbook is written

    book = Workbook(write_only=True)
    route = tidy[(tidy["scope_kind"] == ALL) & (tidy["interval_kind"] == "total")]
    everybody = route["group_kind"] == ALL
    tags = [column.tag for column in COLUMNS]
    facts = [("Safe Passage", findings.version), ("SHA-256 of comparison.csv", findings.fingerprint)]
    _add_sheet(book, "Notes", pd.DataFrame([*NOTES, *facts], columns=["about", "note"]), None)
    _add_sheet(book, "Everybody", route[everybody], tags)
    _add_sheet(book, "By group", route[~everybody], tags)
    _add_sheet(book, "Dictionary", build_dictionary(), None)
    book.save(path)


def _add_sheet(book: object, title: str, table: pd.DataFrame, tags: list[str] | None) -> None:
    """Add a sheet whose text is text: never a formula, a link or an error value."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    sheet = book.create_sheet(title)  # type: ignore[attr-defined]
    sheet.freeze_panes = "A3" if tags else "A2"

    def cell(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
        if pd.isna(value):
            return None
        if isinstance(value, float) and math.isinf(value):
            value = str(value)  # as a number it would be an empty cell, like what is left out
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value)
        made.data_type = "s"  # openpyxl takes "=..." for a formula
        return made

    guarded = guard_table(table)
    for row in ([str(name) for name in guarded], tags or (), *guarded.itertuples(index=False)):
        if len(row):
            sheet.append([cell(value) for value in row])
