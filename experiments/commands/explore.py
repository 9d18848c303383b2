"""The verb explore: a page on this machine to move levers and look at once."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange

DEFAULT = Path("scenarios/central_mediterranean/baseline.yaml")


@click.command("explore")
@click.argument("start", metavar="[FOLDER|SCENARIO]", type=click.Path(path_type=Path), default=DEFAULT)
@click.option(
    "--scale", type=ScaleRange(), default=0.01, show_default=True, help="Share of people simulated."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on this machine.  [default: any that is free]",
)
@click.option("--no-browser", is_flag=True, help="Only say the address; open no browser.")
def command(start: Path, scale: float, port: int, no_browser: bool) -> None:
    """Serve a page on this machine to move levers, run quickly and look: an impression, not a result.

    Starts from a SCENARIO file, from the scenarios of an experiment FOLDER, or from the shipped baseline. Ends with
    Ctrl+C. Nobody but this machine can reach the page, and it sends nothing anywhere.
    """
    from experiments.explore.serve import find_scenarios, serve  # noqa: PLC0415

    serve(
        find_scenarios(start),
        scale=scale,
        port=port,
        show=not no_browser,
        ready=lambda url: click.echo(f"{url} (Ctrl+C ends it)"),
    )
