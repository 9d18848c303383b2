"""The verb compare: run policies in pairs, print what differs, write the experiment folder."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange, load_aloud

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("scenarios", nargs=-1, type=_FILE, required=True, metavar="BASELINE VARIANT [VARIANT...]")
@click.option("--replicates", default=8, show_default=True, help="Joint draws of the uncertain parameters.")
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), help="Seed of draws and luck.  [default: the baseline's]"
)
@click.option(
    "--scale",
    type=ScaleRange(),
    default=1.0,
    show_default=True,
    help="Share of people simulated, up to 1.",
)
@click.option("--whole-period", is_flag=True, help="Count from the first day, not from the first difference.")
@click.option("--weights", type=_FILE, help="YAML file with your own weights of harms, for an index by them.")
@click.option("--out", type=_FILE, help="Experiment folder.  [default: runs/BASELINE-vs-VARIANT]")
@click.option("--force", is_flag=True, help="Replace an existing experiment folder.")
def command(  # noqa: PLR0913, PLR0917  one argument an option
    scenarios: tuple[Path, ...],
    replicates: int,
    seed: int | None,
    scale: float,
    whole_period: bool,
    weights: Path | None,
    out: Path | None,
    force: bool,
) -> None:
    """Compare policies over paired runs: the same people and luck in every scenario.

    The first scenario is the baseline. Each replicate also draws the uncertain parameters from their ranges,
    shared by all scenarios; as many runs again vary the seed alone. Finished runs are kept when interrupted:
    the same command goes on.
    """
    from experiments.commands.progress import progress_bar  # noqa: PLC0415
    from experiments.compare import compare  # noqa: PLC0415
    from experiments.execution.execute import say_failures  # noqa: PLC0415
    from experiments.folder import ExperimentFolder  # noqa: PLC0415
    from experiments.plan import Plan  # noqa: PLC0415
    from experiments.tables import render  # noqa: PLC0415
    from experiments.weights import load_weights  # noqa: PLC0415

    if len(scenarios) == 1:
        raise click.UsageError("a comparison needs a baseline and at least one other scenario")
    own_weights = None if weights is None else load_weights(weights)
    loaded = load_aloud(*scenarios)
    # Refuses what cannot be compared before a folder is made or a bar drawn.
    Plan(loaded[0], tuple(loaded[1:]), replicates, loaded[0].document.seed if seed is None else seed, scale)
    names = [scenario.document.scenario for scenario in loaded]
    folder = out or Path("runs") / f"{names[0]}-vs-{'-'.join(names[1:])}"
    with ExperimentFolder(folder, force=force) as store:
        with progress_bar("runs", "run") as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                comparison = compare(
                    *loaded,
                    replicates=replicates,
                    seed=seed,
                    scale=scale,
                    whole_period=whole_period,
                    progress=show,
                    store=store,
                    weights=own_weights,
                )
            except KeyboardInterrupt:
                click.echo("\ninterrupted; finished runs are kept, the same command goes on", err=True)
                raise
        written = store.finish(comparison)
        damaged = store.damaged
    for line in say_failures(comparison.failed, len(comparison.plan.tasks())):
        click.echo(line, err=True)
    for name in damaged:
        click.echo(f"{name} could not be read and was set aside; its runs were made again", err=True)
    click.echo(render(comparison))
    click.echo(f"\nwrote {written}: " + ", ".join(sorted(path.name for path in written.iterdir())))
