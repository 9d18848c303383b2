"""The verb run: simulate one scenario, or repeat a run from its folder, and write the run folder."""

from __future__ import annotations

from pathlib import Path

import click

from experiments.commands.inputs import ScaleRange, load_aloud

_FILE = click.Path(path_type=Path)
_SHOWN = (
    ("journeys_started", "journeys started"),
    ("deaths", "deaths"),
    ("deaths_per_1000_journeys", "deaths per 1,000 journeys"),
    ("violence", "incidents of physical violence"),
    ("sgbv", "incidents of sexual and gender-based violence"),
    ("abductions", "abductions"),
    ("detention_person_days", "person-days in detention"),
    ("unmet_need", "times that need was not met"),
    ("arrivals", "arrivals in Europe by sea"),
    ("admissions", "admissions by a regular pathway"),
)


@click.command("run")
@click.argument("scenario", type=_FILE)
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), help="Seed of every draw.  [default: the scenario's]"
)
@click.option("--scale", type=ScaleRange(), help="Share of people simulated.  [default: 1]")
@click.option("--out", type=_FILE, help="Run folder.  [default: runs/SCENARIO-seedSEED]")
@click.option("--force", is_flag=True, help="Replace an existing run folder.")
def command(scenario: Path, seed: int | None, scale: float | None, out: Path | None, force: bool) -> None:
    """Simulate SCENARIO (a YAML file, or a run folder to repeat) and write a run folder."""
    from experiments.commands.progress import progress_bar  # noqa: PLC0415
    from experiments.harm_text import render_run_cohorts  # noqa: PLC0415
    from simulation import run  # noqa: PLC0415
    from simulation.observables import summarise  # noqa: PLC0415
    from simulation.result import TABLES, check_target, read_request  # noqa: PLC0415

    if (scenario / "metadata.json").is_file():
        loaded, stored_seed, stored_scale = read_request(scenario)
        seed = stored_seed if seed is None else seed
        scale = stored_scale if scale is None else scale
    else:
        (loaded,) = load_aloud(scenario)
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
    for name, words in _SHOWN:
        value = everybody[name]
        click.echo(
            f"  {value:>14,.1f}  {words}" if name.endswith("journeys") else f"  {value:>14,.0f}  {words}"
        )
    for line in render_run_cohorts(table, loaded.document.period.end):
        click.echo(line)
    click.echo(f"wrote {folder}/ ({', '.join(TABLES)} as Parquet; metadata.json)")
