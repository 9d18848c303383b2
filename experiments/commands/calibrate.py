"""The verb calibrate: fit a scenario to observed numbers and write a posterior with its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments.commands.plan import choose_executor
from experiments.commands.progress import progress_bar, show_progress
from simulation.machine import n_cores

if TYPE_CHECKING:
    from calibration.cells import Floats
    from calibration.fit.load import LoadedFit
    from experiments.execution.execute import Executor, Watch

_FILE = click.Path(path_type=Path)


@click.command("calibrate")
@click.argument("file", type=_FILE, metavar="FIT")
@click.option("--out", type=_FILE, help="Folder of results.  [default: runs/FIT]")
@click.option(
    "--observed", "extra", multiple=True, type=_FILE,
    help="One more table of observed numbers, or a folder of observed series; may be repeated.",
)  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on from finished runs.")
@click.option("--force", is_flag=True, help="Replace an earlier fit, runs included.")
@click.option(
    "--twins", type=click.IntRange(0), default=0, show_default=True,
    help="Synthetic data sets, drawn from the prior and fitted again: are intervals right?",
)  # fmt: skip
@click.option(
    "--held", multiple=True, metavar="NAME",
    help="A number of the observation model, held at either end of its prior: does the answer hang on it?",
)  # fmt: skip
@click.option("--check", "only_check", is_flag=True, help="Read and check everything, run nothing.")
@click.option("--quick", is_flag=True, help="From finished runs, a point fit only: a look, no posterior.")
@click.option("--workers", type=click.IntRange(1), help="Run in so many processes of this machine.")
def command(  # noqa: PLR0913, PLR0917  one argument an option
    file: Path,
    out: Path | None,
    extra: tuple[Path, ...],
    resume: bool,
    force: bool,
    twins: int,
    held: tuple[str, ...],
    only_check: bool,
    quick: bool,
    workers: int | None,
) -> None:
    """Fit a scenario to observed numbers: FIT says to which, and what may move.

    Writes a posterior file that runs, comparisons, plans and forecasts draw from, and what is to be known of it.
    Finished runs are kept when interrupted; --resume goes on from them.
    """
    from calibration.fit.load import load_fit  # noqa: PLC0415

    loaded = load_fit(file, extra)
    for problem in loaded.warnings:
        click.echo(f"warning: {problem}", err=True)
    unknown = [name for name in held if name not in loaded.observation.names]
    if unknown:
        names = ", ".join(loaded.observation.names)
        raise click.UsageError(f"--held {unknown[0]}: the observation model has {names}")
    _say_fit(loaded)
    if only_check:
        return
    folder = out or Path("runs") / loaded.document.fit
    executor = choose_executor(None, workers)
    try:
        with show_progress() as watch:
            if quick:
                _say_point(loaded, folder, executor, watch)
            else:
                _make(loaded, folder, (resume, force), (twins, held), executor, watch, workers or n_cores())
    except KeyboardInterrupt:
        click.echo("\ninterrupted; finished runs are kept, --resume goes on from them", err=True)
        raise


def _make(
    loaded: LoadedFit,
    folder: Path,
    again: tuple[bool, bool],
    asked: tuple[int, tuple[str, ...]],
    executor: Executor,
    watch: Watch,
    workers: int,
) -> None:
    """Make the fit and say what it gave."""
    from calibration.checks.convergence import describe_trouble  # noqa: PLC0415
    from experiments.fitting.calibrate import POSTERIOR, calibrate  # noqa: PLC0415

    fit, checks = calibrate(
        loaded, folder, resume=again[0], force=again[1], twins=asked[0], held=asked[1], executor=executor,
        watch_runs=watch, mapped=_map_over(workers if asked[0] else 0),
    )  # fmt: skip
    click.echo(
        f"draws        {len(fit.posterior):,}; largest R-hat {checks.convergence['r_hat'].max():.3f}, fewest effective "
        f"draws {checks.convergence['effective_draws'].min():,.0f}"
    )
    if trouble := describe_trouble(checks.convergence):
        click.secho(f"WARNING: {trouble}", err=True, bold=True)
    years = checks.years[checks.years["kind"] != "stock"]
    inside = ((years["observed"] >= years["low"]) & (years["observed"] <= years["high"])).mean()
    click.echo(
        f"years        {inside:.0%} of {len(years)} yearly totals in their 90% intervals (they were fitted)"
    )
    if checks.joint_p is not None:
        click.echo(f"twins        joint test of uniform ranks: p = {checks.joint_p:.3f}")
    click.echo(f"wrote {folder}: report.md, {POSTERIOR}, tables and pictures")


def _map_over(workers: int) -> Callable[..., Iterable[Floats]]:
    """Return what maps a function over many processes, with a bar; without workers just ``map``."""
    if not workers:
        return map
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    def mapped(make: Callable[[int], Floats], seeds: Sequence[int]) -> Iterator[Floats]:
        # What makes a twin holds the whole emulator: it goes to each process once, not with every seed.
        with (
            ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=_keep, initargs=(make,)
            ) as pool,
            progress_bar("twins", "twin", len(seeds)) as bar,
        ):
            for twin in pool.map(_make_kept, seeds):
                bar.update(1)
                yield twin

    return mapped


_kept: list[Callable[[int], Floats]] = []
"""In a process of twins: what makes one."""


def _keep(make: Callable[[int], Floats]) -> None:
    _kept[:] = [make]


def _make_kept(seed: int) -> Floats:
    return _kept[0](seed)


def _say_point(loaded: LoadedFit, folder: Path, executor: Executor, watch: Watch) -> None:
    """Print the most probable point; runs that it needs are made and kept."""
    from calibration.fit.run import find_point, learn  # noqa: PLC0415
    from experiments.fitting.calibrate import RUNS  # noqa: PLC0415
    from experiments.fitting.runs import CellRuns, MakeRuns  # noqa: PLC0415

    document = loaded.document
    with CellRuns(folder / RUNS, loaded.observation) as store:
        make = MakeRuns(
            loaded.fitted_scenario, loaded.space, loaded.observation, store,
            scale=document.scale, seed=document.seed, executor=executor, watch=watch,
        )  # fmt: skip
        _training, target = learn(loaded, make)
    click.echo("the most probable point, without intervals (factors: quantiles of their priors):")
    for name, value in find_point(target).items():
        click.echo(f"  {value:>10.3f}  {name}")


def _say_fit(loaded: LoadedFit) -> None:
    """Print what is fitted to what."""
    document, cells = loaded.document, loaded.observation.cells
    click.echo(f"{document.fit}: {document.title}")
    click.echo(f"scenario     {loaded.scenario.document.scenario}, to {document.until}")
    for number, name in enumerate(cells.series):
        own = cells.series_of == number
        if own.any():
            click.echo(
                f"observed     {name}: {own.sum()} windows, {cells.start[own].min()} to {cells.end[own].max()}"
            )
        else:
            click.echo(f"observed     {name}: nothing", err=True)
    click.echo(
        f"factors      {loaded.space.n_fitted}, and {len(loaded.observation.names)} of the observation model"
    )
    runs = document.runs.replicates + sum(document.runs.waves)
    click.echo(f"runs         {runs:,} at scale {document.scale:g}")
