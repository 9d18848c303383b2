"""The verb import: what others write in their formats, one format a line and a module."""

from __future__ import annotations

import click

from experiments.commands.lazy_group import LazyGroup

FORMATS = {
    "dtm": (
        "experiments.commands.import_dtm",
        "Read observed counts (DTM, Missing Migrants, Frontex, plain tables) into one tidy table.",
    ),
    "flee": (
        "experiments.commands.import_flee",
        "Read a Flee case (input folder, validation folder, settings) into a scenario.",
    ),
}


class _Formats(LazyGroup):
    verbs = FORMATS


@click.group("import", cls=_Formats, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Read files of other programmes and publishers."""
