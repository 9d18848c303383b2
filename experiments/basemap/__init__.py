"""Coastlines and borders behind the maps: a clipped copy of Natural Earth 1:50m, see LICENCE.md."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("natural_earth_50m_window.json.gz")
UNITS_PER_DEGREE = 100


class Basemap(NamedTuple):
    """Outlines in the window; every line is (n_points, 2): longitude, latitude, degrees."""

    window: tuple[float, float, float, float]
    """West, south, east, north."""
    land: tuple[NDArray[np.float64], ...]
    """Closed rings of land."""
    coast: tuple[NDArray[np.float64], ...]
    borders: tuple[NDArray[np.float64], ...]
    disputed: tuple[NDArray[np.float64], ...]
    """Borders without final status: drawn dashed."""


@cache
def load_basemap() -> Basemap:
    """Read the outlines."""
    with gzip.open(FILE, "rt", encoding="utf-8") as packed:
        content = json.load(packed)
    west, south, east, north = content["window"]

    def lines(name: str) -> tuple[NDArray[np.float64], ...]:
        return tuple(_unpack(flat) for flat in content[name])

    return Basemap(
        (west, south, east, north), lines("land"), lines("coast"), lines("borders"), lines("disputed")
    )


def _unpack(flat: Sequence[int]) -> NDArray[np.float64]:
    """Return (n_points, 2) degrees from x, y, then steps, in hundredths of a degree."""
    return np.cumsum(np.array(flat, dtype=np.int64).reshape(-1, 2), axis=0) / UNITS_PER_DEGREE
