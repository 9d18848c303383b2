"""Tidy summaries of many runs, side by side: one row an outcome, scope and group, one column a replicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.plan import Task
from experiments.statistics import Floats, IntervalKind

KEYS = ["outcome", "scope_kind", "scope", "group_kind", "group"]
ALL = "all"


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
    """By kind and arm: (n_rows, n_replicates), people simulated behind each value."""

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


def collect_values(frames: Mapping[Task, pd.DataFrame]) -> Values:
    """Return the summaries side by side.

    A row that a run lacks is 0 for a count (nobody) and unknown for a rate. Rows below the whole route at
    which nothing happened in any run are left out.

    Raises:
        ValueError: A summary lacks a column or names a row twice.
    """
    indexed = {task: _index(task, frame) for task, frame in frames.items()}
    index = _union([frame.index for frame in indexed.values()])
    count = ~np.array([is_rate(outcome) for outcome in index.get_level_values("outcome")])
    stacks: dict[str, dict[tuple[IntervalKind, str], NDArray[np.float64]]] = {"value": {}, "n_simulated": {}}
    for column, stack in stacks.items():
        for kind, arm in dict.fromkeys((task.kind, task.arm) for task in frames):
            ordered = sorted((t for t in frames if (t.kind, t.arm) == (kind, arm)), key=lambda t: t.replicate)
            table = np.stack([indexed[t][column].reindex(index).to_numpy(float) for t in ordered], axis=1)
            table[np.isnan(table) & (count | (column == "n_simulated"))[:, None]] = 0.0
            stack[kind, arm] = table
    something = np.any([np.nan_to_num(table).any(axis=1) for table in stacks["value"].values()], axis=0)
    keep = something | (index.get_level_values("scope_kind") == ALL)
    rows = index[keep].to_frame(index=False)
    value, simulated = ({key: table[keep] for key, table in stack.items()} for stack in stacks.values())
    return Values(rows, value, simulated)


_EPISODES = {
    "detention_person_days": "detentions",
    "detention_child_person_days": "detentions_children",
    "captivity_person_days": "abductions",
    "stranded_person_days": "stranded",
    "alternatives_person_days": "alternatives",
    "cost_detention": "detentions",
    "cost_alternatives": "alternatives",
}


def _count_people(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a summary whose person-days over the whole route rest on episodes: ten days may be one."""
    people = summary["n_simulated"].copy()
    for key in summary.index:
        episodes = (_EPISODES.get(key[0]), *key[1:])
        if key[1] == ALL and episodes in summary.index:
            people[key] = min(people[key], summary["n_simulated"][episodes])
    return summary.assign(n_simulated=people)


def _index(task: Task, frame: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in (*KEYS, "value", "n_simulated") if column not in frame.columns]
    if missing:
        raise ValueError(f"summary of {task.name} lacks the columns {missing}")
    indexed = frame.set_index(KEYS)
    if not indexed.index.is_unique:
        twice = indexed.index[indexed.index.duplicated()][0]
        raise ValueError(f"summary of {task.name} names a row twice: {twice}")
    return _count_people(indexed)


def _union(indexes: Sequence[pd.Index]) -> pd.MultiIndex:
    """Return every row once, in the order of first appearance."""
    first = indexes[0]
    for other in indexes[1:]:
        if not other.equals(first):
            first = first.append(other[~other.isin(first)])
    return pd.MultiIndex.from_tuples(first.tolist(), names=KEYS)
