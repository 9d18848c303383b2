"""Tidy summaries of many runs, side by side: one row an outcome, scope and group, one column a replicate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.plan import Task
from experiments.statistics import INTERVAL_KINDS, Floats, IntervalKind

if TYPE_CHECKING:
    import pyarrow as pa

KEYS = ["outcome", "scope_kind", "scope", "group_kind", "group"]
ALL = "all"
EPISODES = {
    "detention_person_days": "detentions",
    "detention_child_person_days": "detentions_children",
    "captivity_person_days": "abductions",
    "stranded_person_days": "stranded",
    "alternatives_person_days": "alternatives",
    "cost_detention": "detentions",
    "cost_alternatives": "alternatives",
}
"""Person-days and money over the whole route, and the episodes that they rest on: ten days may be one person."""
_BITS = (12, 6, 18, 6, 18)
"""Room for the names of each of KEYS in one number of 60 bits."""

Ints = NDArray[np.int64]


def is_rate(outcome: str) -> bool:
    """Return whether an outcome is a ratio of two totals: its absence means "nobody at risk", not 0."""
    return "_per_" in outcome or outcome.endswith("_share")


@dataclass(frozen=True)
class Values:
    """What all runs of a comparison gave."""

    rows: pd.DataFrame
    """(n_rows) the five KEYS of each row, in the order of the summaries."""
    value: Mapping[tuple[IntervalKind, str], Floats]
    """By kind and arm: (n_rows, n_replicates), people, person-days or rates; NaN where unknown."""
    n_simulated: Mapping[tuple[IntervalKind, str], Floats]
    """By kind and arm: (n_rows, n_replicates), people simulated behind each value; NaN where the run failed."""

    def find(
        self, outcome: str, scope: tuple[str, str] = (ALL, ALL), group: tuple[str, str] = (ALL, ALL)
    ) -> int | None:
        """Return the row of an outcome, scope and group (each kind and name); None where there is none."""
        wanted = dict(zip(KEYS, (outcome, *scope, *group), strict=True))
        hit = np.ones(len(self.rows), bool)
        for key, name in wanted.items():
            hit &= (self.rows[key] == name).to_numpy()
        where = np.flatnonzero(hit)
        return int(where[0]) if where.size else None

    def series(self, kind: IntervalKind, arm: str, row: int | None) -> Floats:
        """Return one row's values over the replicates of an arm: (n_replicates,); NaN for a missing row."""
        values = self.value[kind, arm]
        return np.full(values.shape[1], np.nan) if row is None else values[row]

    def finished(self, kind: IntervalKind, *arms: str) -> NDArray[np.bool_]:
        """Return (n_replicates,) which replicates have a finished run in each of some arms."""
        each = [self.n_simulated[kind, arm] for arm in arms]
        return np.asarray(np.all([~np.isnan(people).all(axis=0) for people in each], axis=0), np.bool_)

    def mean_simulated(self, kind: IntervalKind, arm: str) -> Floats:
        """Return (n_rows,) people simulated a run behind each row, over the runs that finished; 0 if none did."""
        people = self.n_simulated[kind, arm][:, self.finished(kind, arm)]
        return mean_over_runs(people) if people.shape[1] else np.zeros(len(people))


def mean_over_runs(values: Floats) -> Floats:
    """Return (n,) the means of (n, n_replicates) values; unknown where there is no replicate."""
    return values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)


def collect_values(frames: Mapping[Task, pd.DataFrame], tasks: Sequence[Task] | None = None) -> Values:
    """Return the summaries side by side.

    A row that a run lacks is 0 for a count (nobody) and unknown for a rate. Rows below the whole route at
    which nothing happened in any run are left out.

    Args:
        frames: Summary of each finished run.
        tasks: All runs that were asked for; left out: those of ``frames``. A run without a summary is unknown
            throughout, so that its pairs are left out.

    Raises:
        ValueError: A summary lacks a column or names a row twice.
    """
    import pyarrow as pa  # noqa: PLC0415 - arrow only where runs are read

    collector = Collector(list(frames) if tasks is None else tasks)
    for task, frame in frames.items():
        missing = [column for column in (*KEYS, "value", "n_simulated") if column not in frame.columns]
        if missing:
            raise ValueError(f"summary of {task.name} lacks the columns {missing}")
        collector.add([task], [0, len(frame)], pa.Table.from_pandas(frame, preserve_index=False))
    return collector.finish()


class Collector:
    """Puts runs side by side as they are read, in any order, without holding their tables."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        """Make room for all runs that were asked for."""
        self._order = {task: number for number, task in enumerate(tasks)}
        self._names: list[dict[str, int]] = [{} for _ in KEYS]
        self._rows: dict[int, int] = {}  # names as one number -> row
        self._first = np.zeros(0, np.int64)  # where a row was named first: run, then place in its summary
        self._column: dict[Task, int] = {}
        counts: dict[tuple[IntervalKind, str], int] = {
            (kind, arm): 0 for kind in INTERVAL_KINDS for arm in dict.fromkeys(task.arm for task in tasks)
        }
        for task in sorted(tasks, key=lambda task: task.replicate):
            self._column[task] = counts[task.kind, task.arm]
            counts[task.kind, task.arm] += 1
        self._value = {key: np.zeros((0, n)) for key, n in counts.items()}
        self._people = {key: np.zeros((0, n)) for key, n in counts.items()}
        self._known = {key: np.zeros(n, bool) for key, n in counts.items()}

    def add(self, tasks: Sequence[Task | None], bounds: Sequence[int], table: pa.Table) -> None:
        """Add runs.

        Args:
            tasks: The runs of a table, one after the other; None: not wanted.
            bounds: (n + 1) where each begins and ends in it.
            table: Columns KEYS, value and n_simulated.

        Raises:
            ValueError: A run names a row twice.
        """
        rows = self._find_rows(table)
        value = table.column("value").to_numpy().astype(float)
        people = table.column("n_simulated").to_numpy().astype(float)
        for task, begin, end in zip(tasks, bounds[:-1], bounds[1:], strict=True):
            if task is None:
                continue
            part, column = rows[begin:end], self._column[task]
            if np.unique(part).size < part.size:
                raise ValueError(f"summary of {task.name} names a row twice: {self._say_twice(part)}")
            place = (self._order[task] << 32) + np.arange(part.size)
            self._first[part] = np.minimum(self._first[part], place)
            key = (task.kind, task.arm)
            self._value[key], self._people[key] = (
                _grow(table, self._first.size) for table in (self._value[key], self._people[key])
            )
            self._value[key][part, column], self._people[key][part, column] = (
                value[begin:end],
                people[begin:end],
            )
            self._known[key][column] = True

    def finish(self) -> Values:
        """Return what was added; room is given back on the way."""
        n, names = len(self._rows), [list(names) for names in self._names]
        named = np.flatnonzero(self._first[:n] < _NEVER)
        order = named[np.argsort(self._first[named])]
        packed = np.fromiter(self._rows, np.int64, n)[order]
        index = pd.MultiIndex.from_arrays(
            [np.array(words, object)[codes] for words, codes in zip(names, _unpack(packed), strict=True)],
            names=KEYS,
        )
        count = ~np.array([is_rate(outcome) for outcome in index.get_level_values("outcome")], bool)
        pairs = _find_episodes(index)
        value, people = {}, {}
        for key, known in self._known.items():
            table, crowd = (_grow(store.pop(key), n)[order] for store in (self._value, self._people))
            crowd[pairs[0]] = _at_most(crowd[pairs[0]], crowd[pairs[1]])
            for array, is_count in ((table, count), (crowd, np.ones(len(count), bool))):
                array[np.isnan(array) & is_count[:, None] & known] = 0.0
            value[key], people[key] = table, crowd
        something = np.any([np.nan_to_num(table).any(axis=1) for table in value.values()], axis=0)
        keep = np.asarray(something | (index.get_level_values("scope_kind") == ALL), bool)
        rows = index[keep].to_frame(index=False).astype("str")
        return Values(rows, *({key: table[keep] for key, table in side.items()} for side in (value, people)))

    def _find_rows(self, table: pa.Table) -> Ints:
        """Return (n,) the row of each line of a table; rows that are new get the next numbers."""
        packed = np.zeros(table.num_rows, np.int64)
        for key, known, bits in zip(KEYS, self._names, _BITS, strict=True):
            column = table.column(key).combine_chunks()
            column = column if hasattr(column, "dictionary") else column.dictionary_encode()
            here = [known.setdefault(name, len(known)) for name in column.dictionary.to_pylist()]
            if len(known) > 1 << bits:
                raise ValueError(f"more than {1 << bits} names of {key}")
            packed = (packed << bits) | np.array([*here, 0], np.int64)[column.indices.to_numpy()]
        unique, back = np.unique(packed, return_inverse=True)
        rows = np.array([self._rows.setdefault(int(k), len(self._rows)) for k in unique] or [0], np.int64)
        if len(self._rows) > self._first.size:
            more = max(len(self._rows), 2 * self._first.size) - self._first.size
            self._first = np.concatenate([self._first, np.full(more, _NEVER)])
        return np.asarray(rows[back], np.int64)

    def _say_twice(self, rows: Ints) -> tuple[str, ...]:
        unique, counts = np.unique(rows, return_counts=True)
        packed = np.array([list(self._rows)[int(unique[counts > 1][0])]])
        codes = [int(code[0]) for code in _unpack(packed)]
        return tuple(list(names)[code] for names, code in zip(self._names, codes, strict=True))


_NEVER = np.iinfo(np.int64).max


def _grow(table: Floats, n_rows: int) -> Floats:
    """Return a table with room for so many rows, unknown where it is new."""
    if len(table) >= n_rows:
        return table
    return np.concatenate([table, np.full((n_rows - len(table), table.shape[1]), np.nan)])


def _unpack(packed: Ints) -> list[Ints]:
    found = []
    for bits in reversed(_BITS):
        found.append(packed & ((1 << bits) - 1))
        packed = packed >> bits
    return found[::-1]


def _find_episodes(index: pd.MultiIndex) -> tuple[list[int], list[int]]:
    """Return rows over the whole route that rest on episodes, and the rows of these."""
    where = {key: number for number, key in enumerate(index) if key[1] == ALL}
    pairs = [(number, where.get((EPISODES.get(key[0]), *key[1:]))) for key, number in where.items()]
    found = [(row, episodes) for row, episodes in pairs if episodes is not None]
    return [row for row, _ in found], [episodes for _, episodes in found]


def _at_most(people: Floats, episodes: Floats) -> Floats:
    """Return people, no more than episodes where a run has both."""
    return np.where(np.isnan(people), np.nan, np.fmin(people, episodes))


def collect_tables(
    tasks: Sequence[Task], parts: Iterable[tuple[Sequence[Task | None], Sequence[int], pa.Table]]
) -> Values:
    """Return the runs of tables side by side, see ``collect_values`` and ``Collector.add``."""
    collector = Collector(tasks)
    for part in parts:
        collector.add(*part)
    return collector.finish()
