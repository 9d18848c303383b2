"""Files that are whole or absent, and what the file system refuses as one message."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from simulation.errors import ResultError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path; put it in the place of ``path`` when all of it is on disk."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_csv(table: pd.DataFrame, path: Path, *, float_format: str = "%.10g") -> Path:
    """Write a table as CSV, whole or not at all, and return its path; the same table gives the same bytes."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", float_format=float_format)
    return path


@contextmanager
def readable_errors(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into one message for the person who chose the folder."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in _FULL:
            advice = "finished runs are kept: make room, and the same command goes on from them"
            raise ResultError(f"{folder}: the disk is full ({reason}); {advice}") from error
        message = f"{folder}: cannot be written ({reason}); choose another place with --out"
        raise ResultError(message) from error
