"""`safepassage import flee`: a Flee case becomes a scenario of ours; what of it is not used is said."""

from __future__ import annotations

from pathlib import Path

import click

_FOLDER = click.Path(path_type=Path)


@click.command("flee")
@click.argument("folder", type=_FOLDER)
@click.option("--validation", type=_FOLDER, help="Folder of data_layout.csv, if it lies elsewhere.")
@click.option("--settings", type=_FOLDER, help="simsetting.yml, if it lies elsewhere.")
@click.option("--out", type=_FOLDER, help="Write the scenario to this folder.")
def command(folder: Path, validation: Path | None, settings: Path | None, out: Path | None) -> None:
    """Read the Flee case in FOLDER and say what was found; with --out, write it as a scenario.

    FOLDER holds input/ and validation/ (or input_csv/ and source_data/), or is itself an input folder.
    """
    from simulation.displacement.files import DOCUMENT, write_case  # noqa: PLC0415
    from simulation.displacement.observed import displaced_by_day  # noqa: PLC0415
    from simulation.errors import printable  # noqa: PLC0415
    from simulation.importers.flee import read_flee_case  # noqa: PLC0415
    from simulation.result import check_target  # noqa: PLC0415

    case = read_flee_case(folder, validation=validation, settings=settings)
    zones = len({spell.place for spell in case.conflicts})
    click.echo(f"{printable(case.name)}: {case.days} days from {case.start}")
    click.echo(
        f"  {len(case.places)} places, {len(case.roads)} roads, {len(case.camps)} camps, {zones} places with conflict"
    )
    click.echo(f"  {len(case.closures)} closures, {len(case.corrections)} corrections of registrations")
    if case.spawning.mode == "totals":
        people = displaced_by_day(case)
        click.echo(f"  {people[0]:,} people displaced on day 0, {people[-1]:,} on day {case.days - 1}")
    else:
        click.echo(f"  people are displaced by conflict ({case.spawning.mode})")
    for remark in case.not_mapped:
        click.echo(f"  {printable(remark)}", err=True)
    if out is None:
        return
    check_target(out, force=False, kind="displacement")
    write_case(case, out)
    click.echo(f"wrote {out}/ ({DOCUMENT} and its tables)")
