"""Text cells that no spreadsheet takes for a formula, and tables of them as CSV."""

from __future__ import annotations

import pandas as pd

from simulation.errors import printable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What spreadsheets may read as the start of a formula or command (OWASP, "CSV Injection")."""
MARK = "'"
"""Stands before such text: spreadsheets then show it as text."""


def guard(text: str) -> str:
    """Return text on one line, with a mark before it where it starts like a formula, also behind spaces."""
    line = printable(text)
    return (
        MARK + line if line.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else line
    )


def guard_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose text cells and column names are guarded; numbers stay numbers, also negative ones."""
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    guarded = table.assign(**{str(name): _guard_column(table[name]) for name in texts})
    return guarded.rename(columns=lambda name: guard(str(name)))


def _guard_column(column: pd.Series) -> pd.Series:
    """Return a column whose text is guarded; each text once, since most come many times."""
    known = {cell: guard(cell) if isinstance(cell, str) else cell for cell in column.dropna().unique()}
    return column.map(known)


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV with guarded cells."""
    text: str = guard_table(table).to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text
