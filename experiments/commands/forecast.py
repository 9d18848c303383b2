"""The verb forecast: draws of what would be observed in the months after a day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange
from experiments.commands.plan import choose_executor
from experiments.commands.progress import show_progress

_FILE = click.Path(path_type=Path)


@click.command("forecast")
@click.argument("posterior", type=_FILE)
@click.option("--fit", "file", type=_FILE, required=True, help="Fit file that the posterior is of.")
@click.option(
    "--from", "origin", type=click.DateTime(["%Y-%m-%d"]), required=True,
    help="Last day of which anything is known; the forecast begins on the next.",
)  # fmt: skip
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="Months ahead.")
@click.option("--scenario", type=_FILE, help="Another scenario, for other policies.  [default: the fit's]")
@click.option(
    "--observed", "extra", multiple=True, type=_FILE,
    help="One more table of observed numbers, or a folder of observed series; may be repeated.",
)  # fmt: skip
@click.option("--draws", type=click.IntRange(2), default=100, show_default=True, help="Runs, one a draw.")
@click.option("--scale", type=ScaleRange(), help="Share of people simulated.  [default: the fit's]")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=1, show_default=True)
@click.option("--out", type=_FILE, help="Parquet file of draws.  [default: runs/FIT-from-DAY.parquet]")
@click.option("--workers", type=click.IntRange(1), help="Run in so many processes of this machine.")
def command(  # noqa: PLR0913, PLR0917  one argument an option
    posterior: Path,
    file: Path,
    origin: datetime,
    months: int,
    scenario: Path | None,
    extra: tuple[Path, ...],
    draws: int,
    scale: float | None,
    seed: int,
    out: Path | None,
    workers: int | None,
) -> None:
    """Draw what would be observed in the months after a day, from a POSTERIOR file.

    Each draw is a run of the model with numbers from the posterior, recorded as the observation file declares, given
    all that was observed up to the day. Policies are those of the scenario: this is what its assumptions lead to.
    """
    from calibration.fit.load import load_fit  # noqa: PLC0415
    from calibration.posterior import read_posterior  # noqa: PLC0415
    from experiments.commands.inputs import load_aloud  # noqa: PLC0415
    from experiments.fitting.forecast import Wanted, forecast  # noqa: PLC0415

    drawn = read_posterior(posterior)
    loaded = load_fit(file, extra)
    day: date = origin.date()
    other = None if scenario is None else load_aloud(scenario)[0]
    target = out or Path("runs") / f"{loaded.document.fit}-from-{day}.parquet"
    wanted = Wanted(day, months, draws, loaded.document.scale if scale is None else scale, seed)
    executor = choose_executor(None, workers)
    with show_progress() as watch:
        found = forecast(
            loaded, file.parent / loaded.document.observation, drawn, wanted,
            target.parent / f".{target.name}.runs", scenario=other, executor=executor, watch=watch,
        )  # fmt: skip
    found.write(target)
    if failed := found.about["failed"]:
        click.echo(f"warning: {failed} of {draws} runs failed; their draws are left out", err=True)
    for name, rows in found.rows.groupby("series", sort=False):
        low, middle, high = rows.groupby("draw")["value"].sum().quantile([0.05, 0.5, 0.95])
        click.echo(f"  {middle:>12,.0f}  {low:>12,.0f} to {high:>12,.0f}  {name}")
    click.echo(
        f"median and 90% interval of the sum over the months\nwrote {target}: {len(found.rows):,} draws"
    )
