"""What a report is made from: the tables of a finished experiment folder, each read once, and nothing computed anew."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from experiments.clear import find_directions_of_table
from experiments.collect import ALL, is_rate
from experiments.folder import COMPARISON, DISPLACEMENT, KIND, METADATA, MOVED
from experiments.plan import Plan
from experiments.planning.run import PLAN_COPY
from experiments.reading import read_plan
from experiments.robustness.tables import BOUGHT, ROBUSTNESS, SPENT
from experiments.wording import clean
from simulation.errors import ResultError
from simulation.result import read_metadata

SENSITIVITY = "sensitivity"
SIBLINGS = (Path(DISPLACEMENT).stem, Path(MOVED).stem, ROBUSTNESS, SPENT, BOUGHT, SENSITIVITY)
"""Tables beside the comparison that a report uses where the folder has them."""
Everybody = (ALL, ALL)
_ENDS = ("", "_low", "_high")
ROUNDING = 1e-9
"""Share of a level below which a difference is what is left of rounding."""
_NAMES = (
    "arm",
    "outcome",
    "scope_kind",
    "scope",
    "group_kind",
    "group",
    "interval_kind",
    "most_rise",
    "most_fall",
)
_NEEDED = ("arm", "outcome", "scope_kind", "scope", "group_kind", "group", "interval_kind", "baseline", "variant",
    "difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high", "replicates",
    "n_simulated", "fewer_than_10", "share_rising")  # fmt: skip


class Span(NamedTuple):
    """An estimate and its 95% interval, NaN where unknown."""

    value: float
    low: float
    high: float


class Effect(NamedTuple):
    """One row of the comparison, over draws: what one scenario has, and how it differs from the baseline."""

    arm: str
    outcome: str
    baseline: float
    variant: float
    difference: Span
    ratio: Span
    draws: int
    simulated: float
    """Mean simulated people behind the larger side."""
    few: bool
    """Rests on fewer than 10 simulated people."""
    direction: int
    """1: clearly more, -1: clearly fewer, 0: not clear, by the rule of ``experiments.clear``."""

    @property
    def whole(self) -> bool:
        """Whether it counts whole things, not a rate."""
        return not is_rate(self.outcome)

    @property
    def happens(self) -> bool:
        """Whether there is any of it in either scenario."""
        return any(math.isfinite(number) and number != 0 for number in (self.baseline, self.variant))


@dataclass(frozen=True)
class Findings:
    """A finished experiment as its tables tell it.

    Attributes:
        folder: Where it lies.
        metadata: How it was made.
        plan: What was asked.
        table: comparison.csv, both kinds of interval.
        siblings: The other tables, by name without ending; only those that the folder has.
        question: Title and description that the plan file gives; empty where there is none.
        fingerprint: SHA-256 of comparison.csv.
    """

    folder: Path
    metadata: dict[str, Any]
    plan: Plan
    table: pd.DataFrame
    siblings: Mapping[str, pd.DataFrame]
    question: tuple[str, str]
    fingerprint: str

    @property
    def variants(self) -> list[str]:
        """Names of all scenarios but the baseline."""
        return list(self.plan.arms)[1:]

    @property
    def version(self) -> str:
        """Version of the software that made the runs; the one that writes about them may be another."""
        return clean(str(self.metadata["provenance"]["packages"]["safepassage"]))

    def find(
        self,
        arm: str,
        outcome: str,
        scope: tuple[str, str] = Everybody,
        group: tuple[str, str] = Everybody,
    ) -> Effect | None:
        """Return the effect on an outcome; None where the table has no such row or nothing is known of it."""
        row = self._rows.get((arm, outcome, *scope, *group))
        return None if row is None or math.isnan(row.baseline) else row

    def effects(
        self, outcome: str, scope: tuple[str, str] = Everybody, group: tuple[str, str] = Everybody
    ) -> list[Effect]:
        """Return the effects of all scenarios on one outcome, those that are known."""
        found = (self.find(arm, outcome, scope, group) for arm in self.variants)
        return [effect for effect in found if effect is not None]

    def groups(self, kind: str) -> list[str]:
        """Return the groups of a kind, in the order of the table."""
        here = self.table[(self.table["group_kind"] == kind) & (self.table["scope_kind"] == ALL)]
        return list(dict.fromkeys(here["group"].astype(str)))

    def scopes(self, kind: str) -> list[str]:
        """Return the scopes of a kind, in the order of the table."""
        return list(dict.fromkeys(self.table.loc[self.table["scope_kind"] == kind, "scope"].astype(str)))

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], Effect]:
        total = self.table[self.table["interval_kind"] == "total"]
        total = total.assign(direction=find_directions_of_table(self.table, total))
        return {_key(row): _effect(row) for row in total.to_dict("records")}


def read_findings(folder: str | Path) -> Findings:
    """Read an experiment folder's tables.

    Raises:
        ResultError: It is no finished experiment folder, holds no comparison, or a table is damaged.
    """
    folder = Path(folder).expanduser()
    if not (folder / METADATA).is_file():
        raise ResultError(f"{folder}: is not a finished experiment folder: it has no {METADATA}")
    metadata = read_metadata(folder)
    if metadata.get("kind") != KIND:
        raise ResultError(
            f"{folder}: is not an experiment folder; `safepassage compare` and `safepassage plan run` write one"
        )
    if not (folder / COMPARISON).is_file():
        raise ResultError(
            f"{folder}: holds no {COMPARISON}, so there is nothing to report; a plan needs the analysis 'comparison'"
        )
    content = (folder / COMPARISON).read_bytes()
    table = _read_table(folder / COMPARISON, content)
    missing = [name for name in _NEEDED if name not in table]
    if missing or table.empty:
        said = f"lacks the columns {', '.join(missing)}" if missing else "has no rows"
        raise ResultError(f"{folder / COMPARISON}: {said}; run the comparison again")
    siblings = {name: folder / f"{name}.csv" for name in SIBLINGS}
    return Findings(
        folder,
        metadata,
        read_plan(folder, metadata),
        table,
        {name: _read_table(path, path.read_bytes()) for name, path in siblings.items() if path.is_file()},
        _read_question(folder / PLAN_COPY),
        hashlib.sha256(content).hexdigest(),
    )


def _read_table(path: Path, content: bytes) -> pd.DataFrame:
    try:
        names: dict[Hashable, type] = dict.fromkeys(
            _NAMES, str
        )  # a cohort's scope is a year, and still a name
        return pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""], dtype=names)
    except (ValueError, UnicodeDecodeError) as error:  # pandas' own errors of parsing are ValueErrors
        raise ResultError(f"{path}: is damaged ({error}); run the comparison again") from error


def _read_question(path: Path) -> tuple[str, str]:
    """Return title and description of the plan that was run; what cannot be read is left out."""
    if not path.is_file():
        return "", ""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only for folders of plans
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise ResultError(f"{path}: is damaged ({type(error).__name__}); run the plan again") from error
    said = said if isinstance(said, dict) else {}
    return str(said.get("title") or ""), str(said.get("description") or "")


def _key(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("arm", "outcome", "scope_kind", "scope", "group_kind", "group"))


def _effect(row: Mapping[Hashable, Any]) -> Effect:
    baseline, variant = float(row["baseline"]), float(row["variant"])
    noise = ROUNDING * max(abs(baseline), abs(variant))
    difference = Span(*(_drop_noise(float(row[f"difference{end}"]), noise) for end in _ENDS))
    return Effect(
        arm=str(row["arm"]),
        outcome=str(row["outcome"]),
        baseline=baseline,
        variant=variant,
        difference=difference,
        ratio=Span(*(float(row[f"ratio{end}"]) for end in _ENDS)),
        draws=int(row["replicates"]),
        simulated=float(row["n_simulated"]),
        few=bool(row["fewer_than_10"]),
        direction=int(row["direction"]),
    )


def _drop_noise(difference: float, noise: float) -> float:
    """Return 0 for what is left of rounding when equal numbers are averaged."""
    return 0.0 if abs(difference) <= noise else difference
