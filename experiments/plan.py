"""Which runs a comparison needs, with seeds that depend on names and numbers, never on order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypedDict

import numpy as np

from experiments.design import Design
from experiments.statistics import IntervalKind
from simulation.errors import SafePassageError
from simulation.spec.models import Closure, Document, LeverEntry, Levers, Scenario

# A mean over seeds is known well enough from so many; draws of the parameters need more and decide the rest.
MONTE_CARLO_AT_MOST = 20
_SEED_STREAM: dict[IntervalKind, int] = {"total": 1, "monte_carlo": 2}


class PlanError(SafePassageError):
    """The scenarios or numbers of a comparison do not fit together."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run of a comparison.

    Attributes:
        kind: "total" (parameters drawn) or "monte_carlo" (parameters at their defaults).
        replicate: 0-based; arms of one kind and replicate share their seed and, if "total", their draw.
        arm: Name of the scenario.
        seed: Seed of the run.
    """

    kind: IntervalKind
    replicate: int
    arm: str
    seed: int

    @property
    def name(self) -> str:
        """Name of the run, unique in its comparison and fit for a file."""
        return f"{self.kind}-{self.replicate:04d}-{self.arm}"


class DrawOptions(TypedDict, total=False):
    """How a design changes the draw of a replicate; keywords of ``simulation.world.draws.draw_scenario``."""

    given: dict[str, float]
    others: Literal["draw", "median"]


@dataclass(frozen=True)
class Plan:
    """A baseline, its variants, and how often each is run."""

    baseline: Scenario
    variants: tuple[Scenario, ...]
    replicates: int
    """Joint draws of the uncertain parameters ("total")."""
    seed: int
    scale: float
    since: date | None = None
    """Outcomes count from the first day of this date's month; None: from the first day of the run."""
    design: Design | None = None
    """Where the replicates of kind "total" stand among the uncertain numbers; None: all drawn at random."""
    seeds_only: int | None = None
    """Replicates of kind "monte_carlo"; None: as many as of kind "total", at most MONTE_CARLO_AT_MOST."""
    outcomes: tuple[str, ...] | None = None
    """What is kept of a run; None: everything."""

    def __post_init__(self) -> None:
        """Refuse what cannot be compared, with every reason at once."""
        reasons = list(self._reasons())
        if reasons:
            raise PlanError("\n".join(reasons))

    def _reasons(self) -> Iterator[str]:
        if self.replicates < 1:
            yield f"replicates must be at least 1; got {self.replicates}"
        if self.seeds_only is not None and self.seeds_only < 0:
            yield f"seeds_only must be at least 0; got {self.seeds_only}"
        if self.design is not None and self.design.n_replicates != self.replicates:
            yield f"the design has {self.design.n_replicates} rows for {self.replicates} replicates"
        if not 0.0 < self.scale <= 1.0:
            yield f"scale must be above 0 and at most 1; got {self.scale:g}"
        names = [scenario.document.scenario for scenario in self.scenarios]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"two scenarios are both called {name!r}; give each its own name under the key 'scenario'"
        period = self.baseline.document.period
        for variant in self.variants:
            if variant.document.period != period:
                yield f"{variant.document.scenario!r} covers another period than the baseline"

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The arms, baseline first."""
        return (self.baseline, *self.variants)

    @property
    def arms(self) -> dict[str, Scenario]:
        """The arms by name, baseline first."""
        return {scenario.document.scenario: scenario for scenario in self.scenarios}

    @property
    def monte_carlo(self) -> int:
        """Replicates with parameters at their defaults."""
        return min(self.replicates, MONTE_CARLO_AT_MOST) if self.seeds_only is None else self.seeds_only

    def tasks(self) -> list[Task]:
        """Return all runs; arms of a replicate stand together, so an interrupted plan leaves whole pairs."""
        kinds: list[tuple[IntervalKind, int]] = []
        for replicate in range(max(self.replicates, self.monte_carlo)):
            if replicate < self.replicates:
                kinds.append(("total", replicate))
            if replicate < self.monte_carlo:
                kinds.append(("monte_carlo", replicate))
        return [
            Task(kind, replicate, arm, self._seed_of(kind, replicate))
            for kind, replicate in kinds
            for arm in self.arms
        ]

    def _seed_of(self, kind: IntervalKind, replicate: int) -> int:
        """Return the seed of a replicate's runs; a design with common seeds varies nothing but its points."""
        shared = kind == "total" and self.design is not None and self.design.seeds == "common"
        return compute_run_seed(self.seed, kind, 0 if shared else replicate)

    def draw_options(self, replicate: int, kind: IntervalKind = "total") -> DrawOptions | None:
        """Return how the numbers of a replicate are drawn; nothing: all at random, by key; None: not drawn at all."""
        if kind == "monte_carlo":
            center = {} if self.design is None else self.design.given_center
            return {"given": center, "others": "median"} if center else None
        if self.design is None or self.design.is_keyed:
            return {}
        return {"given": self.design.given(replicate), "others": self.design.others}

    @cached_property
    def _texts(self) -> dict[str, str]:
        """A hash of every arm's text: made once, since each of many runs is named after it."""
        texts = {name: scenario.model_dump_json() for name, scenario in self.arms.items()}
        return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}

    def fingerprint(self, task: Task, code: str) -> str:
        """Return a hash of all that decides the run's numbers; ``code`` stands for the model's own text."""
        facts: dict[str, object] = {
            "scenario": self._texts[task.arm],
            "kind": task.kind,
            "replicate": task.replicate,
            "draw_seed": self.seed,
            "run_seed": task.seed,
            "scale": self.scale,
            "since": str(self.since),
            "code": code,
        }
        facts.update(self.draw_options(task.replicate, task.kind) or {})
        if self.outcomes is not None:
            facts["outcomes"] = sorted(self.outcomes)
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def first_difference(baseline: Scenario, variants: Sequence[Scenario]) -> date | None:
    """Return the first day on which some variant can differ from the baseline; None if from the first day on.

    Before it, all arms are the same to the last bit: counting from there leaves differences as they are and keeps
    ratios and rates from being diluted by time in which nothing was changed.
    """
    start = baseline.document.period.start
    days = [start]
    for variant in variants:
        if not _same_but_dated(baseline, variant):
            return None
        entries = [_dated(scenario.document) for scenario in (baseline, variant)]
        changed = [e for e in entries[0] if e not in entries[1]] + [
            e for e in entries[1] if e not in entries[0]
        ]
        days += [entry.start or start for entry in changed]
    later = [day for day in days if day > start]
    return min(later) if later and days.count(start) == 1 else None


def _dated(document: Document) -> list[LeverEntry | Closure]:
    levers = [
        entry for name in type(document.levers).model_fields for entry in getattr(document.levers, name)
    ]
    return [*levers, *document.closures]


def _same_but_dated(baseline: Scenario, variant: Scenario) -> bool:
    """Return whether two scenarios differ in nothing but names, levers and closures."""
    bare = [
        scenario.model_copy(
            update={
                "document": scenario.document.model_copy(
                    update={
                        "scenario": "x",
                        "title": "",
                        "description": "",
                        "levers": Levers(),
                        "closures": (),
                    }
                )
            }
        )
        for scenario in (baseline, variant)
    ]
    return bare[0] == bare[1]


def compute_run_seed(seed: int, kind: IntervalKind, replicate: int) -> int:
    """Return the seed of a replicate's runs in [0, 2**64), the same for all arms."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(_SEED_STREAM[kind], replicate))
    return int(sequence.generate_state(1, np.uint64)[0])
