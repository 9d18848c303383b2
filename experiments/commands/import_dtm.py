"""`safepassage import dtm`: what a file of observed counts holds, and the tidy table made of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from calibration.readers.options import Options
    from calibration.readers.values import Span

_FILE = click.Path(path_type=Path)


@click.command("dtm")
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help="Write the tidy table here; counts from 1 to 9 are withheld in it.")
@click.option("--small-counts", is_flag=True, help="Write counts from 1 to 9 too.")
@click.option("--force", is_flag=True, help="Replace an existing table.")
@click.option(
    "--every", type=click.Choice(["day", "week", "month"]), default="month", show_default=True,
    help="Window into which counts of single days are added up.",
)  # fmt: skip
@click.option(
    "--places", type=click.Choice(["finest", "country"]), default="finest", show_default=True,
    help="The finest places of the file, or whole countries.",
)  # fmt: skip
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How 05/01/2030 is meant.")
@click.option(
    "--assessment", metavar="TYPE", help="Which of several types of assessment to read: BA, SA or ETT."
)
@click.option("--when", metavar="FROM..TO", help="Days of a round that the file does not date.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook to read.")
@click.option("--source", metavar="KEY", help="Source of all rows.  [default: as the file says, or its name]")
@click.option("--live", metavar="COUNTRY", help="Ask the DTM API first; FILE keeps its answer.")
@click.option(
    "--level", type=click.IntRange(0, 2), default=1, show_default=True, help="Level of areas for --live."
)
def command(
    file: Path,
    out: Path | None,
    small_counts: bool,
    force: bool,
    live: str | None,
    level: int,
    **said: str | None,
) -> None:
    """Show what was recognised in FILE, what was not, and what was dropped.

    Knows DTM flow monitoring and rounds (CSV, XLSX, saved responses of the DTM API), Missing Migrants exports, Frontex
    detections by month and the plain tidy table. Counts below 10 are never shown.
    """
    from calibration.readers.describe import describe  # noqa: PLC0415
    from calibration.readers.read import read_observed  # noqa: PLC0415

    if out is not None and out.exists() and not force:
        raise click.UsageError(f"{out} exists already; --force replaces it")
    if out is not None and not out.parent.is_dir():
        raise click.UsageError(f"{out} is in a folder that does not exist")
    options = _read_options(said)
    if live is not None:
        from calibration.readers.api import fetch  # noqa: PLC0415

        fetch(live, level, file)
    reading = read_observed(file, options)
    for line in describe(reading):
        click.echo(line)
    if out is None:
        return
    withheld = reading.table.write(out, small_counts=small_counts)
    click.echo(f"\nwrote {out}")
    if small_counts:
        click.echo("It holds counts below 10: keep it as carefully as the file it was made from.", err=True)
    elif withheld:
        click.echo(
            f"{withheld:,} counts are withheld in it: those from 1 to 9, and what would give them away.",
            err=True,
        )
        click.echo(f"A fit should read {file} itself, which has them.", err=True)


def _read_options(said: dict[str, str | None]) -> Options:
    from calibration.readers.options import Options  # noqa: PLC0415

    when = said.pop("when")
    order = said.pop("dates")
    given = cast(dict[str, Any], said)  # click has checked the choices
    return Options(**given, order=cast(Any, order), when=None if when is None else _read_when(when))


def _read_when(text: str) -> Span:
    """Return the days of an option such as 2030-01-01..2030-02-28."""
    from calibration.readers.values import Span  # noqa: PLC0415

    first, _, last = text.partition("..")
    try:
        span = Span(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError:
        raise click.UsageError(f"--when {text}: needs two days such as 2030-01-01..2030-02-28") from None
    if span.first > span.last:
        raise click.UsageError(f"--when {text}: ends before it begins")
    return span
