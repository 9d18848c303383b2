"""The verb report: one page for people who decide, from a finished experiment folder."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.report import LANGUAGES

_PATH = click.Path(path_type=Path)


@click.command("report")
@click.argument("folder", type=_PATH)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the page."
)
@click.option("--out", type=_PATH, help="The file.  [default: report.html, or report.fr.html, in the folder]")
def command(folder: Path, lang: str, out: Path | None) -> None:
    """Write the report of an experiment FOLDER: one file that opens in any browser, without internet.

    What changes for people, who they are, maps before and after, where harm moved, how sure it is, and how to repeat
    it. Print it from the browser for a PDF.
    """
    from experiments.report.page import write_report  # noqa: PLC0415

    written = write_report(folder, lang, out)
    click.echo(f"wrote {written} ({written.stat().st_size / 1e6:.1f} MB)")
