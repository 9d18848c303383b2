"""The verb export: the data of a finished experiment for other programs, tagged, explained, small cells left out."""

from __future__ import annotations

from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


@click.command("export")
@click.argument("folder", type=_PATH)
@click.option("--out", type=_PATH, help="Folder for the files.  [default: export, in the folder]")
def command(folder: Path, out: Path | None) -> None:
    """Write the data of an experiment FOLDER as tidy CSV with HXL tags, Parquet and XLSX, with a data dictionary.

    Numbers that rest on fewer than 10 simulated people are left out, and marked.
    """
    from experiments.data_out.write import write_data  # noqa: PLC0415

    written = write_data(folder, out)
    click.echo(f"wrote {written[0].parent}: " + ", ".join(path.name for path in written))
