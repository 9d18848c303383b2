"""`safepassage import dtm`: what a file of observed counts holds, and the tidy table made of it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("dtm")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Show what was recognised in FILE, what was not, and what was dropped."""
    raise click.ClickException(f"{file}: no reader yet")
