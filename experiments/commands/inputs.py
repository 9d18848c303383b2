"""What verbs ask for in the same way: scenario files with their warnings said, and the share of people simulated."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from simulation.spec.load import load_with_warnings
from simulation.spec.models import Scenario


class ScaleRange(click.FloatRange):
    """A share above 0 and at most 1; nan, which compares with nothing, is refused too."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Return the share, or fail with what would be right."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is not a number above 0 and at most 1.", param, ctx)
        return number


def load_aloud(*files: Path) -> list[Scenario]:
    """Load scenario files and print their warnings to stderr, each once: files may share tables.

    Raises:
        ScenarioError: As for ``load_scenario``.
    """
    loaded = [load_with_warnings(file) for file in files]
    for line in dict.fromkeys(str(problem) for _, warnings in loaded for problem in warnings):
        click.echo(f"warning: {line}", err=True)
    return [scenario for scenario, _ in loaded]
