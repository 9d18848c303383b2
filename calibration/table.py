"""The one table of observed numbers: every reader makes it, every fit reads it; small counts leave it on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]

COLUMNS = ("place", "from", "to", "period", "group", "indicator", "value", "base", "source", "confidence")
KEY = ("place", "from", "to", "group", "indicator", "source")
"""Columns that together name a row, once."""
PERIODS = ("day", "week", "month", "quarter", "year", "span", "round")
CONFIDENCE = ("data", "published", "derived", "recalled", "assumed")
EVERYBODY = "all"
SHARE = "share_"
"""Indicators that begin so are shares of a group in a population, 0 to 1; all others count people."""
SMALL = 10
HIDDEN, COMPLEMENT = f"<{SMALL}", "withheld"
"""Stand in a written table for a count from 1 to 9, and for one from which such a count could be computed."""


@dataclass(frozen=True)
class ObservedTable:
    """Observed numbers, one a row, as published: nothing is corrected here.

    Attributes:
        rows: Columns of ``COLUMNS``, in this order, with a plain index:
            place (str): where it was counted, as a code or as the file names it.
            from, to (datetime64[s]): first and last day of the window.
            period (str): one of ``PERIODS``; a round is a stock, all others count what happened in the window.
            group (str): ``all``, or dimension and category, such as ``nationality:NER``.
            indicator (str): what was counted: letters, digits and underscores.
            value (float64): people, or a share from 0 to 1; NaN: counted, but the number is withheld.
            base (float64): people that a share is a share of; NaN where unknown and for counts.
            source (str): key of a table of sources, or the name of the file.
            confidence (str): one of ``CONFIDENCE``.
    """

    rows: pd.DataFrame

    def __post_init__(self) -> None:
        """Refuse a table that breaks the rules above."""
        faults = list(find_faults(self.rows))
        if faults:
            row, column, message, hint = faults[0]
            raise ValueError(f"row {row}, {column}: {message}{f' ({hint})' if hint else ''}")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def select(self, **wanted: str | Iterable[str]) -> ObservedTable:
        """Return the rows whose columns hold one of the wanted values: ``select(place="ITA", period="month")``."""
        keep = np.ones(len(self.rows), np.bool_)
        for column, values in wanted.items():
            allowed = [values] if isinstance(values, str) else list(values)
            keep &= self.rows[column].isin(allowed).to_numpy()
        return ObservedTable(self.rows[keep].reset_index(drop=True))

    def until(self, day: date) -> ObservedTable:
        """Return the rows whose windows had ended by a day."""
        return ObservedTable(self.rows[self.rows["to"] <= pd.Timestamp(day)].reset_index(drop=True))

    def is_small(self) -> Mask:
        """Return (n,) which rows rest on 1 to 9 people: counts, and shares of a known base."""
        people = self.rows["value"].to_numpy(np.float64)
        base = self.rows["base"].to_numpy(np.float64)
        shares = _is_share(self.rows)
        people = np.where(shares, people * base, people)
        # A share comes from a rounded percentage: half a person is nobody.
        return np.asarray((people > np.where(shares, 0.5, 0)) & (people < SMALL - np.where(shares, 0.5, 0)))

    def is_complement(self) -> Mask:
        """Return (n,) which rows would give a small count away: the total less all others is what is withheld.

        Of the categories of a dimension whose total is in the table, either none is withheld, or at least two are that
        make ``SMALL`` people together; the smallest ones beyond the small counts are taken.
        """
        rows, small = self.rows, self.is_small()
        found = np.zeros(len(rows), np.bool_)
        cell = rows.groupby(["place", "from", "to", "indicator", "source"]).ngroup()
        totals = set(cell[rows["group"] == EVERYBODY])
        counts = (rows["group"] != EVERYBODY) & (rows["value"] > 0) & ~_is_share(rows)
        for (name, _), parts in rows[counts].groupby([cell, rows["group"].str.split(":").str[0]]):
            order = parts["value"].sort_values(kind="stable")
            n = int(small[order.index].sum())
            if n == 0 or name not in totals:
                continue
            while n < len(order) and (n < 2 or order.iloc[:n].sum() < SMALL):
                n += 1
            found[order.index[:n]] = True
        return found & ~small

    def write(self, file: Path, *, small_counts: bool = False) -> int:
        """Write the table as UTF-8 CSV; return how many counts were withheld.

        Args:
            file: Where to.
            small_counts: Write every count as it is. Else counts from 1 to 9, and those from which they could be
                computed, are withheld: such a table can be shown, but a fit to it would not know its quiet months.

        Raises:
            OSError: The file cannot be written.
        """
        nobody = np.zeros(len(self), np.bool_)
        small = nobody if small_counts else self.is_small()
        complement = nobody if small_counts else self.is_complement()
        out = self.rows.copy()
        value = out["value"].map(_say_number).mask(complement | out["value"].isna(), COMPLEMENT)
        out["value"] = value.mask(small, HIDDEN)
        out["base"] = out["base"].map(_say_number)
        for end in ("from", "to"):
            out[end] = out[end].dt.strftime("%Y-%m-%d")
        part = file.with_name(f"{file.name}.part")  # never half a table under its own name
        out.to_csv(part, index=False, lineterminator="\n", encoding="utf-8")
        part.replace(file)
        return int((small | complement).sum())


class Fault(NamedTuple):
    """One cell that breaks the rules of the table."""

    row: int
    column: str
    message: str
    hint: str = ""


def as_frame(rows: Iterable[Mapping[Any, object]]) -> pd.DataFrame:
    """Return rows given as mappings of ``COLUMNS`` as a frame with the table's dtypes, in their order, unchecked.

    ``period`` may be left out (it is what the days make it), and so may ``group`` (all), ``base`` (unknown) and
    ``confidence`` (data).
    """
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
    frame["group"] = frame["group"].fillna(EVERYBODY)
    frame["confidence"] = frame["confidence"].fillna("data")
    for end in ("from", "to"):
        frame[end] = pd.to_datetime(frame[end]).astype("datetime64[s]")
    named = [say_period(a, b) for a, b in zip(frame["from"], frame["to"], strict=True)]
    frame["period"] = frame["period"].where(frame["period"].notna(), pd.Series(named, dtype="object"))
    for column in ("value", "base"):
        frame[column] = frame[column].astype(np.float64)
    words = [column for column in COLUMNS if column not in ("from", "to", "value", "base")]
    return frame.astype(dict.fromkeys(words, "str"))


def build_table(rows: Iterable[Mapping[Any, object]]) -> ObservedTable:
    """Return the table of rows as ``as_frame`` takes them, ordered by indicator, place, group and time.

    Raises:
        ValueError: A row breaks the rules.
    """
    frame = as_frame(rows).sort_values(["indicator", "place", "group", "from", "to", "source"], kind="stable")
    return ObservedTable(frame.reset_index(drop=True))


def join_tables(tables: Iterable[ObservedTable]) -> ObservedTable:
    """Return all rows of some tables; a row that is in two of them is an error."""
    return ObservedTable(pd.concat([table.rows for table in tables], ignore_index=True))


def say_period(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return the period that two days make: whole days, weeks, months, quarters and years, else a span."""
    days = (last - first).days + 1
    if days == 1:
        return "day"
    if days == 7:
        return "week"
    next_day = last + pd.Timedelta(days=1)
    months = (next_day.year - first.year) * 12 + next_day.month - first.month
    if first.day == next_day.day == 1:
        if months == 1:
            return "month"
        if months == 3 and first.month % 3 == 1:
            return "quarter"
        if months == 12 and first.month == 1:
            return "year"
    return "span"


def find_faults(rows: pd.DataFrame) -> Iterator[Fault]:
    """Yield what breaks the rules of the table; no message says a number of people."""
    if tuple(rows.columns) != COLUMNS:
        yield Fault(
            0, "", f"columns are {', '.join(map(str, rows.columns))}", f"must be {', '.join(COLUMNS)}"
        )
        return
    for column in ("place", "source", "group"):
        yield from _where(~rows[column].map(_is_plain), column, "is empty or is not plain text on one line")
    yield from _where(
        ~rows["indicator"].str.fullmatch(r"\w+"), "indicator", "is not letters, digits and underscores"
    )
    yield from _where(~rows["period"].isin(PERIODS), "period", f"is not one of: {', '.join(PERIODS)}")
    yield from _where(
        ~rows["confidence"].isin(CONFIDENCE), "confidence", f"is not one of: {', '.join(CONFIDENCE)}"
    )
    yield from _where(rows["from"].isna() | rows["to"].isna(), "from", "has no first or last day")
    yield from _where(rows["from"] > rows["to"], "to", "lies before the first day")
    for column in ("value", "base"):
        yield from _where(rows[column] < 0, column, "is negative", "counts of people are 0 or more")
        yield from _where(np.isinf(rows[column]), column, "is not a finite number")
    too_much = _is_share(rows) & (rows["value"] > 1)
    yield from _where(too_much, "value", "is more than 1", "shares are from 0 to 1, not per cent")
    again = rows.duplicated(list(KEY))
    yield from _where(again, "indicator", f"is there twice for the same {', '.join(KEY[:-2])} and source")


def _where(wrong: pd.Series[bool] | Mask, column: str, message: str, hint: str = "") -> Iterator[Fault]:
    for row in np.flatnonzero(np.asarray(wrong, np.bool_)):
        yield Fault(int(row), column, message, hint)


def _is_plain(text: object) -> bool:
    return isinstance(text, str) and text.isprintable() and text == " ".join(text.split()) != ""


def _is_share(rows: pd.DataFrame) -> Mask:
    return np.asarray(rows["indicator"].str.startswith(SHARE), np.bool_)


def _say_number(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)
