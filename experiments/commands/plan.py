"""The verb plan: check an experiment plan, try a few of its replicates, run it into an experiment folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments.commands.progress import show_progress

if TYPE_CHECKING:
    from experiments.compare import Comparison
    from experiments.execution.execute import Executor
    from experiments.plan import Plan
    from experiments.planning.load import LoadedPlan

_FILE = click.Path(path_type=Path)
_MOST_ARMS = 3
"""With more variants the tables are files to look into, not lines to scroll through."""

MANY_RUNS, SMALL_RUN = 50, 300_000
"""From so many runs on, of fewer simulated people than that, processes pay for the seconds that they take to start."""

_out = click.option("--out", type=_FILE, help="Experiment folder.  [default: runs/PLAN]")
_cluster = click.option(
    "--cluster", metavar="ADDRESS", help="Scheduler of a running Dask cluster: tcp://HOST:8786."
)
_workers = click.option(
    "--workers",
    type=click.IntRange(1),
    help="Run in so many processes of this machine.  [default: one a core for many small runs, else threads]",
)


@click.group("plan", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Experiments from a plan file: arms, replicates, how numbers are drawn, what is analysed.

    docs/plans.md tells what a plan may say; experiments/plans has published ones.
    """


@command.command("check")
@click.argument("file", type=_FILE, metavar="PLAN")
def check(file: Path) -> None:
    """Report every problem of a PLAN and its scenarios at once, or print what it will run."""
    from experiments.design import list_names  # noqa: PLC0415
    from experiments.planning.describe import describe_plan  # noqa: PLC0415

    loaded = _load_aloud(file)
    for line in describe_plan(loaded, len(list_names(loaded.plan.scenarios))):
        click.echo(line)


@command.command("factors")
@click.argument("file", type=_FILE, metavar="PLAN")
def factors(file: Path) -> None:
    """List the uncertain numbers of a PLAN's arms by name, for its keys design.factors and design.groups."""
    from experiments.design import list_names  # noqa: PLC0415

    for name in list_names(_load_aloud(file).plan.scenarios):
        click.echo(name)


@command.command("pilot")
@click.argument("file", type=_FILE, metavar="PLAN")
@click.option("--replicates", type=click.IntRange(2), default=4, show_default=True, help="Of either kind.")
@click.option(
    "--relative", type=click.FloatRange(0, min_open=True), default=0.1, show_default=True,
    help="Wanted half-width of each difference, as a share of the baseline's mean.",
)  # fmt: skip
@click.option(
    "--half-width", "half_widths", multiple=True, metavar="OUTCOME=NUMBER",
    help="Wanted half-width of an outcome's difference, in its own unit; may be repeated.",
)  # fmt: skip
@_out
@_cluster
@_workers
def pilot(
    file: Path,
    replicates: int,
    relative: float,
    half_widths: tuple[str, ...],
    out: Path | None,
    cluster: str | None,
    workers: int | None,
) -> None:
    """Run a few replicates of a PLAN: what the whole would take, and how many replicates a precision needs.

    The runs are kept: `safepassage plan run PLAN --resume` takes them over.
    """
    from experiments.folder import ExperimentFolder  # noqa: PLC0415
    from experiments.planning.pilot import run_pilot, say_pilot  # noqa: PLC0415

    wanted = dict(_read_half_width(text) for text in half_widths)
    loaded = _load_aloud(file)
    executor = choose_executor(cluster, workers)
    with ExperimentFolder(_folder(loaded, out)) as store, show_progress() as watch:
        found = run_pilot(
            loaded.plan, store, replicates=replicates, relative=relative, half_widths=wanted, executor=executor,
            watch=watch,
        )  # fmt: skip
    for line in say_pilot(found, loaded.plan, relative):
        click.echo(line)
    click.echo(f"The pilot's runs are kept; this takes them over: safepassage plan run {file} --resume")


@command.command("run")
@click.argument("file", type=_FILE, metavar="PLAN")
@_out
@_cluster
@_workers
@click.option("--resume", is_flag=True, help="Go on from finished runs, also from those of a whole folder.")
@click.option("--force", is_flag=True, help="Replace an existing experiment folder.")
def run(
    file: Path, out: Path | None, cluster: str | None, workers: int | None, resume: bool, force: bool
) -> None:
    """Run a PLAN and write its experiment folder. Finished runs are kept when it is interrupted."""
    from experiments.planning.run import run_experiment  # noqa: PLC0415

    loaded = _load_aloud(file)
    executor = choose_executor(cluster, workers, loaded.plan)
    folder = _folder(loaded, out)
    try:
        with show_progress() as watch:
            found = run_experiment(loaded, folder, executor=executor, resume=resume, force=force, watch=watch)
    except KeyboardInterrupt:
        click.echo("\ninterrupted; finished runs are kept, --resume goes on from them", err=True)
        raise
    for line in found.report.lines():
        click.echo(line, err=True)
    for name in found.damaged:
        click.echo(f"{name} could not be read and was set aside; its runs were made again", err=True)
    if "comparison" in loaded.analyses:
        _show(found.comparison)
    click.echo(f"\nwrote {found.folder}: {_list_files(found.folder)}")


def _show(comparison: Comparison) -> None:
    """Print the comparison; with many variants only which no other beats, the rest is in the files."""
    if len(comparison.plan.variants) <= _MOST_ARMS:
        from experiments.tables import render  # noqa: PLC0415

        click.echo(render(comparison))
        return
    from experiments.harm_text import render_pareto  # noqa: PLC0415

    for line in render_pareto(comparison):
        click.echo(line)


def _list_files(folder: Path) -> str:
    """Return the names of tables and the like; charts, of which there may be many, in two words."""
    names = sorted(path.name for path in folder.iterdir())
    shown = [name for name in names if not name.endswith((".png", ".svg", ".txt"))]
    return ", ".join([*shown, "charts and maps"] if len(shown) < len(names) else shown)


def _load_aloud(file: Path) -> LoadedPlan:
    from experiments.planning.load import load_plan  # noqa: PLC0415

    loaded = load_plan(file)
    for problem in loaded.warnings:
        click.echo(f"warning: {problem}", err=True)
    return loaded


def _folder(loaded: LoadedPlan, out: Path | None) -> Path:
    return out or Path("runs") / loaded.document.plan


def choose_executor(cluster: str | None, workers: int | None, plan: Plan | None = None) -> Executor:
    """Return where runs are made: threads of this process, processes of this machine, or a running cluster.

    Left to itself it takes threads, but processes for many small runs: two threads make those no faster than one does,
    since the interpreter's lock is held for the half millisecond a day that does not grow with people.
    """
    if cluster is not None and workers is not None:
        raise click.UsageError("--workers starts processes here; a running --cluster has its own workers")
    if cluster is None and workers is None and not (plan is not None and _is_many_small_runs(plan)):
        from experiments.execution.threads import run_in_threads  # noqa: PLC0415

        return run_in_threads
    from experiments.execution.cluster import DaskExecutor  # noqa: PLC0415

    return DaskExecutor(cluster, workers)


def _is_many_small_runs(plan: Plan) -> bool:
    from experiments.planning.describe import count_people  # noqa: PLC0415

    people = count_people(plan.baseline) * plan.scale
    return len(plan.tasks()) >= MANY_RUNS and people < SMALL_RUN


def _read_half_width(text: str) -> tuple[str, float]:
    """Return outcome and number of an option such as deaths=20."""
    from experiments.outcome_words import OUTCOMES  # noqa: PLC0415
    from simulation.spec.explain import near_name  # noqa: PLC0415

    name, _, number = text.partition("=")
    try:
        half_width = float(number)
    except ValueError:
        half_width = float("nan")
    if not half_width > 0:
        raise click.UsageError(
            f"--half-width {text}: needs an outcome and a number above 0, such as deaths=20"
        )
    if name not in OUTCOMES:
        hint = near_name(name, OUTCOMES)
        raise click.UsageError(f"--half-width {text}: unknown outcome {name}{f' ({hint})' if hint else ''}")
    return name, half_width
