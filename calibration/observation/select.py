"""Cells from an observed table: which rows belong to a series, added up to its windows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from calibration.cells import Cells, Days, Floats
from calibration.observation.load import LoadedObservation
from calibration.observation.models import Select, SeriesDocument
from calibration.observation.windows import last_days, list_months
from simulation.errors import Problem, ScenarioError
from simulation.spec.documents import in_order

MONTHS = {"month": 1, "quarter": 3, "year": 12}
_KEYS = ("indicator", "place", "group", "period", "source")


class Selected(NamedTuple):
    """Cells, and what belongs to them."""

    cells: Cells
    asked: Floats
    """(n_cells,) people asked, for shares; NaN for counts."""


def select_cells(loaded: LoadedObservation, table: pd.DataFrame) -> Selected:
    """Return the cells of all series, in the order of the file; a series without rows has none.

    A number that was withheld (NaN) makes its window unknown, and an unknown window is left out.

    Args:
        loaded: The observation model.
        table: Observed rows with the columns place, from, to, period, group, indicator, value, source and, where
            shares say of how many people, base; ``from`` and ``to`` are days, both inclusive.

    Raises:
        ScenarioError: A value is impossible, or two rows of a series say something of the same days.
    """
    parts, problems = [], []
    for index, (name, series) in enumerate(loaded.document.series.items()):
        rows = _rows_of(table, series)
        found = list(_check_rows(loaded, name, series, rows))
        problems += found
        if not found:
            parts.append(_to_windows(rows, series).assign(series=index))
    if problems:
        raise ScenarioError(in_order(problems, loaded.tree.file))
    names = list(loaded.document.series)
    for index, series in enumerate(loaded.document.series.values()):
        if series.without_days_of is not None:
            parts[index] = _without_days_of(parts[index], parts[names.index(series.without_days_of)])
    return _as_cells(loaded, pd.concat(parts, ignore_index=True))


def extend_cells(loaded: LoadedObservation, selected: Selected, until: date) -> Selected:
    """Return cells with windows to be predicted (NaN) after the last of every series, up to a day.

    Windows are as long as the series': a month, quarter or year; a month for series of windows as given. As many people
    are asked as in the last window.
    """
    cells, frames = selected.cells, []
    for index, series in enumerate(loaded.document.series.values()):
        of = cells.series_of == index
        columns = {"start": cells.start, "end": cells.end, "value": cells.observed, "asked": selected.asked}
        known = pd.DataFrame({name: column[of] for name, column in columns.items()})
        length = MONTHS.get(series.window, 1)
        after = cells.end[of].max() + np.timedelta64(1, "D") if of.any() else np.datetime64(series.start)
        start = np.unique(_window_of(list_months(after, np.datetime64(until)), length))
        end = last_days(_shift(start, length - 1))
        fits = (start >= after) & (end <= np.datetime64(until))
        new = pd.DataFrame({"start": start[fits], "end": end[fits], "value": np.nan})
        new["asked"] = known["asked"].iloc[-1] if len(known) else series.interviews
        frames.append(pd.concat([known, new] if len(known) else [new]).assign(series=index))
    return _as_cells(loaded, pd.concat(frames, ignore_index=True))


def _as_cells(loaded: LoadedObservation, rows: pd.DataFrame) -> Selected:
    """Return rows with the columns series, start, end, value and asked as cells."""
    cells = Cells(
        tuple(loaded.document.series),
        rows["series"].to_numpy(np.int64),
        rows["start"].to_numpy().astype("datetime64[D]"),
        rows["end"].to_numpy().astype("datetime64[D]"),
        rows["value"].to_numpy(np.float64),
    )
    return Selected(cells, rows["asked"].to_numpy(np.float64))


# Rows of a series ---
def match_rows(table: pd.DataFrame, select: Select) -> pd.Series[bool]:
    """Return which rows of a table a selection means."""
    mask = pd.Series(True, index=table.index)
    for key in _KEYS:
        if wanted := getattr(select, key):
            mask &= table[key].isin(wanted)
    for key in ("group", "source"):
        if unwanted := getattr(select, f"without_{key}"):
            mask &= ~table[key].isin(unwanted)
    return mask


def _rows_of(table: pd.DataFrame, series: SeriesDocument) -> pd.DataFrame:
    """Return start, end, value and asked of the rows of a series, in the order of time."""
    rows = table[match_rows(table, series.select)]
    found = pd.DataFrame({"value": rows["value"].astype(float), "asked": np.nan})
    for name, key in (("start", "from"), ("end", "to")):
        found[name] = pd.to_datetime(rows[key]).astype("datetime64[s]")
    if series.observes.share_of is not None:
        base = rows["base"] if "base" in rows else pd.Series(np.nan, index=rows.index)
        found["asked"] = base.fillna(np.nan if series.interviews is None else series.interviews)
    inside = (found["start"] >= pd.Timestamp(series.start)) & (found["end"] <= pd.Timestamp(series.to))
    if series.combine == "first_source":
        order = {source: place for place, source in enumerate(series.select.source)}
        found = found.assign(rank=rows["source"].map(order))[inside].sort_values("rank", kind="stable")
        return found.drop_duplicates(["start", "end"]).sort_values(["start", "end"])
    return found[inside].sort_values(["start", "end"], kind="stable")


def _check_rows(
    loaded: LoadedObservation, name: str, series: SeriesDocument, rows: pd.DataFrame
) -> Iterator[Problem]:
    """Yield what is wrong with the rows of a series."""
    where = ("series", name)
    is_share = series.observes.share_of is not None
    wrong = np.isinf(rows["value"]) | (rows["value"] < 0) | (is_share & (rows["value"] > 1))
    if wrong.any():
        allowed = "a share from 0 to 1" if is_share else "a number of people, 0 or more"
        message = f"the observed value of {_say_days(rows[wrong])} is not {allowed}"
        yield loaded.problem(where, message, "mend the observed table")
    if is_share and rows["asked"].isna().any():
        message = f"nobody says how many people were asked in {_say_days(rows[rows['asked'].isna()])}"
        yield loaded.problem((*where, "interviews"), message, "say it in the column base, or here")
    twice = rows.duplicated(["start", "end"], keep=False)
    if series.combine == "one" and twice.any():
        hint = "narrow select, or say combine: sum or combine: first_source"
        message = f"two rows speak of {_say_days(rows[twice])}"
        yield loaded.problem((*where, "select"), message, hint)
        return
    distinct = rows[["start", "end"]].drop_duplicates()
    if series.window != "as_given" and (distinct["start"] <= distinct["end"].shift()).any():
        message = "rows overlap, such as months and a year of them"
        yield loaded.problem((*where, "select"), message, "name one period in select")


def _say_days(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{first['start']:%Y-%m-%d} to {first['end']:%Y-%m-%d}"


# Windows ---
def _to_windows(rows: pd.DataFrame, series: SeriesDocument) -> pd.DataFrame:
    """Return start, end, value and asked of every window whose days are all known."""
    rows = rows.assign(withheld=rows["value"].isna())
    numbers = ["value", "withheld", "asked"]
    summed = rows.groupby(["start", "end"])[numbers].sum(min_count=1).reset_index()
    if series.window == "as_given":
        return summed.loc[summed["withheld"] == 0, ["start", "end", "value", "asked"]]
    if series.missing == "zero":
        summed = _with_zeros(summed, list_months(series.start, series.to))
    length = MONTHS[series.window]
    summed["start"] = summed["start"].astype("datetime64[s]")
    summed["days"] = (summed["end"] - summed["start"]).dt.days + 1
    summed["window"] = _window_of(summed["start"].to_numpy().astype("datetime64[D]"), length)
    found = summed.groupby("window")[[*numbers, "days"]].sum(min_count=1).reset_index()
    last = last_days(_shift(found["window"].to_numpy().astype("datetime64[D]"), length - 1))
    found["start"], found["end"] = found["window"], last.astype("datetime64[s]")
    full = found["days"] == (found["end"] - found["start"]).dt.days + 1
    return found.loc[full & (found["withheld"] == 0), ["start", "end", "value", "asked"]]


def _without_days_of(windows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the windows that share no day with one of another series."""
    starts, ends = (windows[name].to_numpy()[:, None] for name in ("start", "end"))
    shares_days = (starts <= other["end"].to_numpy()) & (other["start"].to_numpy() <= ends)
    return windows.iloc[np.flatnonzero(~shares_days.any(axis=1))]


def _with_zeros(rows: pd.DataFrame, months: Days) -> pd.DataFrame:
    """Return rows with one of value 0 for every month in which none starts."""
    there = rows["start"].to_numpy().astype("datetime64[M]")
    absent = months[~np.isin(months.astype("datetime64[M]"), there)]
    first, last = absent.astype("datetime64[s]"), last_days(absent).astype("datetime64[s]")
    zeros = pd.DataFrame({"start": first, "end": last, "value": 0.0, "withheld": 0, "asked": np.nan})
    return pd.concat([rows, zeros] if len(rows) else [zeros], ignore_index=True).sort_values("start")


def _window_of(day: Days, months: int) -> Days:
    """Return the first day of the window of 1, 3 or 12 calendar months that holds a day."""
    number = day.astype("datetime64[M]").astype(np.int64)
    return (number // months * months).astype("datetime64[M]").astype("datetime64[D]")


def _shift(day: Days, months: int) -> Days:
    return np.asarray((day.astype("datetime64[M]") + months).astype("datetime64[D]"))
