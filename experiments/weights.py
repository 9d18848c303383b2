"""The user's own weights of harms: a small closed file, and the index that it gives. Never made without that file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.collect import Values, is_rate
from experiments.outcome_words import OUTCOMES
from experiments.pareto import HARMS, find_basis, take_harms
from experiments.plan import Plan
from experiments.statistics import INTERVAL_KINDS, Floats, IntervalKind, compute_levels, compute_paired
from simulation.errors import Problem, ScenarioError
from simulation.spec.explain import near_name
from simulation.spec.yaml_tree import Node, read_tree

KEYS = ("title", "weights")
WEIGHABLE = tuple(
    name for name, said in OUTCOMES.items()
    if said.is_harm and not is_rate(name) and not name.endswith("_recorded")
)  # fmt: skip
"""Counts of harm. Rates and recorded twins would weigh the same people again."""
INDEX = "index_by_user_weights"
_EXAMPLE = "a file of weights has the key weights, with a number for each harm: see docs/comparing.md"
COLUMNS = [
    "outcome", "basis", "arm",
    "baseline", "baseline_low", "baseline_high", "variant", "variant_low", "variant_high",
    "difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high",
    "share_rising", "replicates", "interval_kind", "user_weights",
]  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """What a user says that a unit of each harm weighs.

    Attributes:
        file: Name of the file, without its folder.
        title: What the user calls them; may be empty.
        by_harm: Weight of a unit of each outcome, at least 0 and not all 0.
    """

    file: str
    title: str
    by_harm: dict[str, float]

    @property
    def said(self) -> str:
        """The weights as one line."""
        return " ".join(f"{name}={weight:g}" for name, weight in self.by_harm.items())


def load_weights(path: Path) -> Weights:
    """Return the weights of a file.

    Every harm of the Pareto set must be named, so that none is left out unsaid; 0 says that it does not count.

    Raises:
        ScenarioError: Every problem found, each with file, line and key.
    """
    try:
        tree = read_tree(path)
    except ScenarioError as error:
        raise ScenarioError([_in_own_words(problem) for problem in error.problems]) from None
    problems = [*_check_keys(tree), *_check_weights(tree)]
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.line or 0))
    title = tree.value.get("title")
    by_harm = {name: float(node.value) for name, node in tree.value["weights"].value.items()}
    return Weights(path.name, title.value if title else "", by_harm)


def _in_own_words(problem: Problem) -> Problem:
    """Return a problem of reading without advice on scenarios, which this file is not."""
    if "scenario" not in problem.message + problem.hint:
        return problem
    message = problem.message if "scenario" not in problem.message else "is not a file of weights"
    return Problem(problem.file, problem.line, problem.key, message, _EXAMPLE)


def _check_keys(tree: Node) -> Iterator[Problem]:
    for name, node in tree.value.items():
        if name not in KEYS:
            yield Problem(node.file, node.line, name, "unknown key", near_name(name, KEYS))
    title = tree.value.get("title")
    if title is not None and not isinstance(title.value, str):
        yield Problem(title.file, title.line, "title", "needs text", 'put it in quotes: "..."')


def _check_weights(tree: Node) -> Iterator[Problem]:
    node = tree.value.get("weights")
    if node is None or not isinstance(node.value, dict):
        line = None if node is None else node.line
        yield Problem(tree.file, line, "weights", "needs a weight for each harm", _EXAMPLE)
        return
    wrong = [problem for name, weight in node.value.items() if (problem := _check_weight(name, weight))]
    yield from wrong
    missing = [name for name in HARMS if name not in node.value]
    if missing:
        hint = "write 0 for a harm that should not count"
        yield Problem(node.file, node.line, "weights", f"has no weight for {', '.join(missing)}", hint)
    elif not wrong and not any(weight.value for weight in node.value.values()):
        yield Problem(node.file, node.line, "weights", "are all 0: nothing would count")


def _check_weight(name: str, node: Node) -> Problem | None:
    """Return what is wrong with one weight."""
    weight = node.value
    if name not in WEIGHABLE:
        message = "cannot be weighed: it is not a count of harm" if name in OUTCOMES else "unknown outcome"
        return Problem(node.file, node.line, node.key, message, near_name(name, WEIGHABLE))
    if weight is None:
        return Problem(
            node.file, node.line, node.key, "has no number", "write 0 for a harm that should not count"
        )
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
        shown = "a list or keys" if isinstance(weight, list | dict) else repr(weight)
        return Problem(node.file, node.line, node.key, f"needs a number; got {shown}")
    if weight < 0:
        return Problem(node.file, node.line, node.key, f"must not be negative; got {weight:g}")
    return None


def compute_index(plan: Plan, values: Values, weights: Weights | None) -> pd.DataFrame:
    """Return the sum of harms times the user's weights, of each variant against the baseline; empty without weights.

    The index of a run is formed from that run's harms, over the whole route or per 1,000 journeys; intervals are those
    of every other outcome (``experiments.statistics``).
    """
    if weights is None:
        return pd.DataFrame(columns=COLUMNS)
    by = np.array(list(weights.by_harm.values()))
    parts = []
    for kind in INTERVAL_KINDS:
        for basis in find_basis(values):
            index = {
                arm: take_harms(values, kind, arm, basis, tuple(weights.by_harm)) @ by for arm in plan.arms
            }
            base = index[plan.baseline.document.scenario]
            for variant in plan.variants:
                arm = variant.document.scenario
                row = _compare_index(base, index[arm], kind)
                names = {"outcome": INDEX, "basis": basis, "arm": arm, "interval_kind": kind}
                parts.append(row.assign(**names, user_weights=weights.said))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _compare_index(base: Floats, own: Floats, kind: IntervalKind) -> pd.DataFrame:
    """Return one row: levels, difference and ratio of the index (n_replicates,) of two arms, with intervals."""
    paired = compute_paired(base, own, kind)
    spans = {
        "baseline": compute_levels(base, kind),
        "variant": compute_levels(own, kind),
        "difference": paired.difference,
        "ratio": paired.ratio,
    }
    row = {
        f"{name}{end}": side
        for name, span in spans.items()
        for end, side in zip(("", "_low", "_high"), span, strict=True)
    }
    rising = (own > base).sum() / np.maximum(paired.pairs, 1)
    return pd.DataFrame(row).assign(share_rising=rising, replicates=paired.pairs)
