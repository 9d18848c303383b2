"""The verb validate: hold the model against what others observed, one format a line and a module."""

from __future__ import annotations

import click

from experiments.commands.lazy_group import LazyGroup

FORMATS = {
    "flee": (
        "experiments.commands.validate_flee",
        "Hold a Flee case against its camps, beside naive forecasts.",
    ),
}


class _Formats(LazyGroup):
    verbs = FORMATS


@click.group("validate", cls=_Formats, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Hold runs against observations of others, by their own measures."""
