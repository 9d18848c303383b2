"""What a results page is made from: a finished comparison, its analyses, and how it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from experiments.compare import Comparison
from experiments.design import SCREENING
from experiments.robustness.budget_question import BudgetQuestion
from experiments.robustness.tables import Tables

ARMS_A_TABLE = 4


@dataclass(frozen=True)
class Study:
    """A finished plan with all that its page tells.

    Attributes:
        name: Name of the plan, fit for a file.
        title: What it is called.
        question: What is asked, in plain words.
        command: The command that repeats it.
        comparison: What was found.
        revision: Revision of the code that made the runs.
        tables: Tables of its analyses, see ``experiments.robustness.tables``.
        budget: What the plan asks about money.
        failed: Runs that did not come to their end.
        sensitivity: Folder with sensitivity.csv and its pictures; None where there is none.
    """

    name: str
    title: str
    question: str
    command: str
    comparison: Comparison
    revision: str
    tables: Tables = field(default_factory=dict)
    budget: BudgetQuestion = field(default_factory=BudgetQuestion)
    failed: int = 0
    sensitivity: Path | None = None

    @property
    def baseline(self) -> str:
        """Name of the first arm."""
        return self.comparison.plan.baseline.document.scenario

    @property
    def variants(self) -> list[str]:
        """Names of the other arms."""
        return list(self.comparison.plan.arms)[1:]

    @property
    def is_screening(self) -> bool:
        """Whether its rows are made for sensitivity: no draws from the ranges, so that only drivers can be told."""
        design = self.comparison.plan.design
        return design is not None and design.method in SCREENING

    @property
    def folder(self) -> str:
        """Name of the folder of pictures beside the page."""
        return self.name


def part_arms(arms: Sequence[str]) -> list[list[str]]:
    """Return arms in parts of nearly the same size, few enough to stand side by side in one table."""
    n_parts = max(-(-len(arms) // ARMS_A_TABLE), 1)
    ends = [round(len(arms) * part / n_parts) for part in range(n_parts + 1)]
    return [list(arms[start:end]) for start, end in pairwise(ends)]


def write_rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the first column to the left, the others to the right."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def say_code(name: str) -> str:
    """Return a name as code, as scenario files name it."""
    return f"`{name}`"


def say_names(names: Sequence[str]) -> str:
    """Return names as a list in words."""
    said = [say_code(name) for name in names]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} and {said[-1]}"
