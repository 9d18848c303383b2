"""The tables of a validation as CSV files, in a folder that appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

from experiments.flee.validation import Validation, camp_table, day_table, score_table
from experiments.safe_cells import to_csv
from simulation.errors import ResultError
from simulation.spec.files import whole_folder


def write_tables(found: Validation, folder: Path) -> None:
    """Write scores, camps, days (mean and deviation over seeds) and protection outcomes (one row a seed) to a folder.

    The folder is new or empty.

    Raises:
        ResultError: The folder cannot be written.
    """
    tables = {
        "scores": score_table(found),
        "camps": camp_table(found),
        "days": day_table(found),
        "protection": found.protection.assign(seed=range(1, len(found.protection) + 1)),
    }
    try:
        with whole_folder(folder) as new:
            for name, table in tables.items():
                (new / f"{name}.csv").write_text(to_csv(table), encoding="utf-8")
    except OSError as error:
        raise ResultError(f"{folder}: cannot write ({error.strerror})") from error
