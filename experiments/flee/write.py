"""The tables of a validation as CSV files, in a folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from experiments.flee.validation import Validation, camp_table, day_table, score_table
from simulation.errors import ResultError


def write_tables(found: Validation, folder: Path) -> None:
    """Write scores, camps, days (mean over seeds) and protection outcomes (one row a seed) to a new or empty folder.

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
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, table in tables.items():
                table.to_csv(temporary / f"{name}.csv", index=False, float_format="%.6g")
            temporary.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise ResultError(f"{folder}: cannot write ({error.strerror})") from error
