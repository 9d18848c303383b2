"""The forecast table: draws of what will be published, a row a draw, as Parquet; made, written and read here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from calibration.cells import Floats, ObservationModel
from simulation.errors import ResultError

COLUMNS = ("series", "origin", "from", "to", "draw", "value")
_MARK = b"safepassage.forecast"
_FORMAT = 1
_DAYS = ("origin", "from", "to")


@dataclass(frozen=True)
class Forecast:
    """Draws of numbers to be published.

    Attributes:
        rows: Columns COLUMNS: series (str); origin, from, to (datetime64[s]): the last day of which anything was known
            and the window; draw (int64), from 0 in every window; value (float64).
        observation: The observation document, as its own models dump it: which rows of a table belong to a series.
        about: Anything else that says where the draws come from, ready for JSON.
    """

    rows: pd.DataFrame
    observation: dict[str, Any]
    about: dict[str, Any]

    def write(self, path: Path) -> Path:
        """Write the table, whole or not at all, and return its path.

        Raises:
            ResultError: It cannot be written.
        """
        told = {"format": _FORMAT, "observation": self.observation, "about": self.about}
        table = pa.Table.from_pandas(self.rows[list(COLUMNS)], preserve_index=False)
        metadata = {**(table.schema.metadata or {}), _MARK: json.dumps(told, ensure_ascii=False).encode()}
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table.replace_schema_metadata(metadata), temporary, compression="zstd")
            temporary.replace(path)
        except OSError as error:
            raise ResultError(f"{path}: cannot be written ({error.strerror})") from error
        return path


def read_forecast(path: Path) -> Forecast:
    """Return a forecast table, checked.

    Raises:
        ResultError: It is not there, no forecast table, or damaged.
    """
    if not path.is_file():
        raise ResultError(f"{path}: does not exist; `safepassage forecast` writes a forecast table")
    try:
        table = pq.read_table(str(path), use_threads=False)
        told = json.loads((table.schema.metadata or {})[_MARK])
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        raise ResultError(f"{path}: is not a forecast table ({type(error).__name__})") from error
    if told.get("format") != _FORMAT:
        raise ResultError(f"{path}: has format {told.get('format')}; {_FORMAT} is needed")
    rows = table.to_pandas()
    absent = [name for name in COLUMNS if name not in rows]
    if absent or rows["value"].isna().any():
        raise ResultError(f"{path}: is damaged ({', '.join(absent) or 'draws without a value'})")
    for name in _DAYS:
        rows[name] = rows[name].astype("datetime64[s]")
    return Forecast(rows, told["observation"], told["about"])


def draw_forecasts(
    model: ObservationModel,
    log_true: Floats,
    psi: Floats,
    origins: Sequence[date],
    months_ahead: int,
    rng: np.random.Generator,
    covariance: Floats | None = None,
) -> pd.DataFrame:
    """Return draws of all windows that end in the months after each origin, the posterior staying what it is.

    Each draw of theta and psi gives one draw of the numbers, conditional on what was published up to the origin.

    Args:
        model: What was observed, with windows to be predicted.
        log_true: (n_draws, n_cells) log true means by draws of the posterior. NaN where a draw does not say: what was
            observed there is not looked at; of windows to be predicted, the mean of the other draws is taken, and
            those of which no draw says anything are left out.
        psi: (n_draws, n_psi).
        origins: Last days of which something is known.
        months_ahead: How far windows may end after the origin.
        rng: Source of chance.
        covariance: (n_cells, n_cells) of log_true, the same for every draw, or None; see ``ObservationModel``.
    """
    cells = model.cells
    names = np.array(cells.series)
    frames = []
    for origin in origins:
        day = np.datetime64(origin, "D")
        later = (cells.end.astype("datetime64[M]") - day.astype("datetime64[M]")).astype(np.int64)
        said = ~np.isnan(log_true).all(axis=0)
        ahead = np.flatnonzero((cells.start > day) & (later <= months_ahead) & said)
        drawn = [
            _given_what_it_says(model, t).draw_observed(f, covariance, p, rng, origin)[ahead]
            for t, f, p in zip(log_true, _fill(log_true), psi, strict=True)
        ]
        index = np.tile(ahead, len(drawn))
        frames.append(
            pd.DataFrame(
                {
                    "series": names[cells.series_of[index]],
                    "origin": pd.Timestamp(origin).as_unit("s"),
                    "from": cells.start[index].astype("datetime64[s]"),
                    "to": cells.end[index].astype("datetime64[s]"),
                    "draw": np.repeat(np.arange(len(drawn)), ahead.size),
                    "value": np.concatenate(drawn),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _given_what_it_says(model: ObservationModel, log_true: Floats) -> ObservationModel:
    """Return the model without what was observed in cells of which a draw (n_cells,) says nothing."""
    absent = np.isnan(log_true)
    return model.with_observed(np.where(absent, np.nan, model.cells.observed)) if absent.any() else model


def _fill(log_true: Floats) -> Floats:
    """Return (n_draws, n_cells) with NaN replaced by the cell's mean over draws, or 0 where there is none."""
    absent = np.isnan(log_true)
    mean = np.where(absent, 0.0, log_true).sum(axis=0) / np.maximum((~absent).sum(axis=0), 1)
    return np.where(absent, mean, log_true)
