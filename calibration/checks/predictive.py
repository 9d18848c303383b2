"""What prior and posterior say would be observed, beside what was: cells, yearly totals, where the observed fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from calibration.cells import Cells, Floats
from calibration.scores import pit_draws
from calibration.target import Target

QUANTILES = {"low": 0.05, "median": 0.5, "high": 0.95}


def draw_predictive(target: Target, z: Floats, rng: np.random.Generator) -> Floats:
    """Return (n_draws, n_cells) numbers as they would be published, one draw for each row of unknowns z."""
    log_true, psi = target.log_true(z), target.psi(z)
    left_out = target.left_out
    return np.array(
        [
            target.observation.draw_observed(cells, left_out, values, rng)
            for cells, values in zip(log_true, psi, strict=True)
        ]
    )


def describe_cells(cells: Cells, drawn: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Return a row a cell: series, from, to, observed, low, median, high (90% interval), pit.

    The PIT is the share of draws below what was observed, ties broken at random: uniform where draws are right.
    """
    return _describe(_names(cells), cells.start, cells.end, cells.observed, drawn, rng)


def describe_years(
    cells: Cells, kinds: Sequence[str], drawn: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the same for totals of calendar years, over the cells that were observed; shares and stocks are averaged.

    Columns as for ``describe_cells``, with ``kind`` (of the series: count, share or stock), ``cells`` (how many were
    observed) and ``ratio`` (high over low).
    """
    year = cells.start.astype("datetime64[Y]")
    seen = ~np.isnan(cells.observed)
    key = pd.DataFrame({"series": cells.series_of, "year": year, "at": np.arange(len(cells))})[seen]
    rows = [group["at"].to_numpy() for _, group in key.groupby(["series", "year"])]
    kind = [kinds[cells.series_of[at[0]]] for at in rows]

    def total(numbers: Floats) -> Floats:
        sums = [numbers[..., at].sum(axis=-1) for at in rows]
        sizes = [1 if one == "count" else len(at) for one, at in zip(kind, rows, strict=True)]
        return np.stack([s / n for s, n in zip(sums, sizes, strict=True)], axis=-1)

    first = np.array([at[0] for at in rows])
    last = np.array([at[-1] for at in rows])
    table = _describe(
        _names(cells)[first], cells.start[first], cells.end[last], total(cells.observed), total(drawn), rng
    )
    return table.assign(kind=kind, cells=[len(at) for at in rows], ratio=table["high"] / table["low"])


def _describe(
    names: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    observed: Floats,
    drawn: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    ends = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    return pd.DataFrame(
        {
            "series": names,
            "from": start.astype("datetime64[s]"),
            "to": end.astype("datetime64[s]"),
            "observed": observed,
            **dict(zip(QUANTILES, ends, strict=True)),
            "pit": np.where(np.isnan(observed), np.nan, pit_draws(drawn, observed, rng)),
        }
    )


def _names(cells: Cells) -> np.ndarray:
    return np.array(cells.series, object)[cells.series_of]
