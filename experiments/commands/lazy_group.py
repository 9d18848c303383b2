"""A group of commands whose modules are imported when a command is used, so that help starts at once."""

from __future__ import annotations

import importlib

import click

Verbs = dict[str, tuple[str, str]]
"""Verb -> (module with a click command named ``command``, one line for --help)."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and line, and imports one when it is used."""

    verbs: Verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of use."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of a verb."""
        if cmd_name not in self.verbs:
            return None
        command: click.Command = importlib.import_module(self.verbs[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in self.verbs.items()])


def formats_group(verb: str, formats: Verbs, words: str) -> LazyGroup:
    """Return a verb with one command for each format."""

    class Formats(LazyGroup):
        verbs = formats

    return Formats(verb, help=words, context_settings={"help_option_names": ["-h", "--help"]})
