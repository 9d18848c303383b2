"""`safepassage check`: every problem of a scenario at once, or what it will simulate."""

from __future__ import annotations

from pathlib import Path

import click

from simulation.spec.describe import describe
from simulation.spec.load import load_with_warnings


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Report every problem of a scenario FILE, or print what it will simulate."""
    scenario, warnings = load_with_warnings(file)
    for line in describe(scenario):
        click.echo(line)
    for problem in warnings:
        click.echo(f"warning: {problem}", err=True)
    if warnings:
        click.echo(f"{file}: no errors, {len(warnings)} to look at", err=True)
