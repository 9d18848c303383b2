"""`safepassage score`: forecasts against what was published since, beside forecasts that know only the series."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(path_type=Path)


@click.command("score")
@click.argument("forecast", type=_FILE)
@click.argument("observed", type=_FILE, nargs=-1, required=True)
@click.option(
    "--observation", type=_FILE, help="Observation file.  [default: the one that was forecast with]"
)
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), default=1, show_default=True, help="Of the baselines."
)
@click.option("--out", type=_FILE, help="Folder for scores.csv and windows.csv; must not exist.")
def command(
    forecast: Path, observed: tuple[Path, ...], observation: Path | None, seed: int, out: Path | None
) -> None:
    """Score a FORECAST table against OBSERVED tables: tidy CSV files, or folders of observed series.

    OBSERVED must hold what was published before the forecast, too: baselines start from it. `safepassage forecast`
    writes a forecast table of a posterior.
    """
    from calibration.fit.load import read_observed  # noqa: PLC0415
    from calibration.forecasts import read_forecast  # noqa: PLC0415
    from calibration.observation.load import load_observation, restore_observation  # noqa: PLC0415
    from calibration.observation.select import select_cells  # noqa: PLC0415
    from calibration.rolling import score_forecasts, summarise_scores, write_scores  # noqa: PLC0415
    from experiments.score_text import render_scores  # noqa: PLC0415
    from simulation.errors import ResultError  # noqa: PLC0415

    read = read_forecast(forecast)
    if out is not None and out.exists():
        raise ResultError(f"{out}: exists already; choose another folder with --out")
    own = restore_observation(read.observation, forecast)
    loaded = own if observation is None else load_observation(observation)
    cells = select_cells(loaded, read_observed(observed).rows).cells
    scored, remarks = score_forecasts(read.rows, cells, seed)
    if scored.empty:
        first, last = read.rows["from"].min(), read.rows["to"].max()
        raise ResultError(
            f"{', '.join(map(str, observed))}: no window of the forecast ({first:%Y-%m-%d} to {last:%Y-%m-%d}) is in it"
        )
    summary = summarise_scores(scored, seed)
    for line in render_scores(summary, scored, remarks):
        click.echo(line)
    if out is not None:
        write_scores(summary, scored, out)
        click.echo(f"wrote {out}/ (scores.csv, windows.csv)")
