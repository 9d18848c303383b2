"""The verb run: simulate one scenario, or repeat a run from its folder, and write the run folder."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange, load_aloud
from simulation.spec.models import Scenario

_FILE = click.Path(path_type=Path)


@click.command("run")
@click.argument("scenario", type=_FILE)
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), help="Seed of every draw.  [default: the scenario's]"
)
@click.option("--scale", type=ScaleRange(), help="Share of people simulated.  [default: 1]")
@click.option("--posterior", type=_FILE, help="Posterior file: numbers that were fitted have its medians.")
@click.option("--draw", type=click.IntRange(0), help="With --posterior: a draw of it by number, from 0.")
@click.option("--out", type=_FILE, help="Run folder.  [default: runs/SCENARIO-seedSEED]")
@click.option("--force", is_flag=True, help="Replace an existing run folder.")
def command(
    scenario: Path,
    seed: int | None,
    scale: float | None,
    posterior: Path | None,
    draw: int | None,
    out: Path | None,
    force: bool,
) -> None:
    """Simulate SCENARIO (a YAML file, or a run folder to repeat) and write a run folder."""
    from experiments.commands.progress import progress_bar  # noqa: PLC0415
    from experiments.harm_text import render_run_cohorts  # noqa: PLC0415
    from simulation import run  # noqa: PLC0415
    from simulation.display import SHOWN  # noqa: PLC0415
    from simulation.observables import summarise  # noqa: PLC0415
    from simulation.result import TABLES, check_target, read_request  # noqa: PLC0415

    if (scenario / "metadata.json").is_file():
        loaded, stored_seed, stored_scale = read_request(scenario)
        seed = stored_seed if seed is None else seed
        scale = stored_scale if scale is None else scale
    else:
        (loaded,) = load_aloud(scenario)
    if draw is not None and posterior is None:
        raise click.UsageError("--draw needs a --posterior")
    if posterior is not None:
        loaded = _draw_from(posterior, draw, loaded)
    seed = loaded.document.seed if seed is None else seed
    folder = out or Path("runs") / f"{loaded.document.scenario}-seed{seed}"
    check_target(folder, force=force, kind="run")
    with progress_bar(loaded.document.scenario, "day") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = run(loaded, seed=seed, scale=1.0 if scale is None else scale, progress=show)
    result.write(folder, force=force)
    table = summarise(result)
    everybody = table[(table["scope_kind"] == "all") & (table["group_kind"] == "all")].set_index("outcome")[
        "value"
    ]
    click.echo(f"{loaded.document.scenario}: {loaded.document.title} (seed {seed}, scale {result.scale:g})")
    for name, words in SHOWN:
        value = everybody[name]
        click.echo(
            f"  {value:>14,.1f}  {words}" if name.endswith("journeys") else f"  {value:>14,.0f}  {words}"
        )
    for line in render_run_cohorts(table, loaded.document.period.end):
        click.echo(line)
    click.echo(f"wrote {folder}/ ({', '.join(TABLES)} as Parquet; metadata.json)")


def _draw_from(file: Path, draw: int | None, scenario: Scenario) -> Scenario:
    """Return a scenario with its fitted numbers from a posterior; all others stay at their best estimates."""
    from calibration.posterior import read_posterior  # noqa: PLC0415
    from simulation.world.draws import draw_scenario  # noqa: PLC0415

    posterior = read_posterior(file)
    posterior.check_scenarios([scenario], file)
    if draw is not None and draw >= len(posterior):
        raise click.UsageError(f"--draw {draw}: {file} has draws 0 to {len(posterior) - 1}")
    uniforms = posterior.center if draw is None else posterior.uniforms[draw]
    return draw_scenario(scenario, seed=0, draw=0, given=posterior.given(uniforms), others="median")
