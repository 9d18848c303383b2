"""The observed numbers that the project ships: cited, openly licensed figures to the end of 2022, with sources."""

from __future__ import annotations

from pathlib import Path

from calibration.table import ObservedTable

OBSERVED = Path(__file__).parent / "observed.csv"
SOURCES = Path(__file__).parent / "sources.csv"


def load_shipped() -> ObservedTable:
    """Return the shipped table of observed numbers; ``sources.csv`` beside it says where each comes from."""
    from calibration.readers.tidy import read_tidy  # noqa: PLC0415

    return read_tidy(OBSERVED)
