"""`safepassage validate flee`: a Flee case by Flee's own measure, beside naive forecasts, over several seeds."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange
from experiments.commands.progress import progress_bar

_FOLDER = click.Path(path_type=Path)


@click.command("flee")
@click.argument("folder", type=_FOLDER)
@click.option("--seeds", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Runs.")
@click.option("--scale", type=ScaleRange(), default=1.0, show_default=True, help="Share of people simulated.")
@click.option("--validation", type=_FOLDER, help="Folder of data_layout.csv, if it lies elsewhere.")
@click.option("--settings", type=_FOLDER, help="simsetting.yml, if it lies elsewhere.")
@click.option(
    "--out", type=_FOLDER, help="Write scores, camps, days and protection outcomes as CSV to this folder."
)
def command(
    folder: Path, seeds: int, scale: float, validation: Path | None, settings: Path | None, out: Path | None
) -> None:
    """Run the Flee case in FOLDER, or one that import flee wrote, and score it against its camps."""
    from experiments.flee.text import render  # noqa: PLC0415
    from experiments.flee.validation import validate  # noqa: PLC0415
    from experiments.flee.write import write_tables  # noqa: PLC0415
    from simulation.displacement.files import DOCUMENT, load_case  # noqa: PLC0415
    from simulation.errors import printable  # noqa: PLC0415
    from simulation.importers.flee import read_flee_case  # noqa: PLC0415
    from simulation.result import check_target  # noqa: PLC0415

    if (folder / DOCUMENT).is_file():
        case = load_case(folder)
    else:
        case = read_flee_case(folder, validation=validation, settings=settings)
    if out is not None:
        check_target(out, force=False, kind="validation")
    for remark in case.not_mapped:
        click.echo(printable(remark), err=True)
    with progress_bar(case.name, "run", seeds) as bar:

        def show(done: int, _: int) -> None:
            bar.update(done - bar.n)

        found = validate(case, seeds, scale=scale, progress=show)
    for line in render(found):
        click.echo(printable(line))
    if out is not None:
        write_tables(found, out)
        click.echo(f"wrote {out}/ (scores, camps, days, protection as CSV)")
