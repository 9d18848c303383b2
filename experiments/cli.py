"""The front door: parse, call, print. Heavy modules are imported by the verb that needs them, never here."""

from __future__ import annotations

import os
import sys

import click

from experiments.commands.lazy_group import LazyGroup
from simulation import __version__
from simulation.errors import SafePassageError, ScenarioError

VERBS = {
    "check": ("experiments.commands.check", "Report every problem of a scenario, or what it will simulate."),
    "levers": ("experiments.commands.levers", "List the policy levers: keys, objectives, unit costs."),
    "run": ("experiments.commands.run", "Simulate one scenario and write a run folder."),
    "compare": (
        "experiments.commands.compare",
        "Compare two scenarios over paired replicates, with intervals.",
    ),
    "report": ("experiments.commands.report", "Write one page on an experiment, to read, print and share."),
    "explore": (
        "experiments.commands.explore",
        "Move levers on a page of this machine, and look.",
    ),
    "export": (
        "experiments.commands.export",
        "Write an experiment's data as CSV, Parquet and XLSX, explained.",
    ),
    "plan": ("experiments.commands.plan", "Check, pilot and run an experiment from a plan file."),
    "calibrate": (
        "experiments.commands.calibrate",
        "Fit a scenario to observed numbers: a posterior and its checks.",
    ),
    "forecast": (
        "experiments.commands.forecast",
        "Draw what would be observed in later months, from a posterior.",
    ),
    "validate": (
        "experiments.commands.validate",
        "Hold the model against observations of others, by their measures.",
    ),
    "import": (
        "experiments.commands.import_",
        "Read files of others: DTM and other observed counts, Flee cases.",
    ),
    "score": ("experiments.commands.score", "Score forecasts against what was published since."),
}


class FrontDoor(LazyGroup):
    """The group of all verbs; turns errors into exit codes.

    Exit codes: 0 fine, 2 the input is wrong (one line for each problem), 1 the program is wrong.
    """

    verbs = VERBS

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; say what went wrong in one line for each problem."""
        try:
            return super().invoke(ctx)
        except SafePassageError as error:
            if ctx.params.get("debug"):
                raise
            _say(error)
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:  # the reader, say `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"Something went wrong in Safe Passage: {type(error).__name__}: {error}", err=True)
            click.echo("Repeat with `safepassage --debug ...` for the details to report.", err=True)
            ctx.exit(1)


@click.group(cls=FrontDoor, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="safepassage")
@click.option("--debug", is_flag=True, help="Show the full traceback of an error.")
def main(debug: bool) -> None:
    """Compare what migration policies do to people on the move.

    Start with `safepassage check SCENARIO.yaml`.
    """


def _say(error: SafePassageError) -> None:
    if not isinstance(error, ScenarioError):
        click.echo(str(error), err=True)
        return
    for problem in error.problems:
        click.echo(str(problem), err=True)
    if len(error.problems) > 1:
        click.echo(f"{len(error.problems)} problems", err=True)
