"""Patterns over parameter draws: in what share of joint draws of all uncertain numbers each stated pattern shows.

Renew the page of the documentation (`make patterns`)::

    python -m experiments.pattern_draws docs/validation/patterns
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import click
import numpy as np
import pandas as pd
from scipy.special import betaincinv

from experiments.commands.inputs import ScaleRange
from experiments.pattern_runs import Run, base, live_arm, live_trunk
from experiments.pattern_statements import PATTERNS
from experiments.plan import compute_run_seed
from experiments.statistics import LEVEL
from simulation.machine import n_cores
from simulation.provenance import revision
from simulation.world.draws import draw_scenario

SEED = 2014
DEFAULTS, DRAWS = "defaults", "draws"
COLUMNS = ["kind", "number", "pattern", "margin"]
Progress = Callable[[], object]


@dataclass(frozen=True)
class Draws:
    """What was run, and what came out."""

    draws: int
    seeds: int
    scale: float
    revision: str
    table: pd.DataFrame
    """One row a run and pattern: kind (defaults: a seed each; draws: a joint draw and seed each), number, pattern, and
    margin, above 0 where the pattern shows; NaN where it cannot be said, which counts as not shown."""

    def shown(self, pattern: str, kind: str) -> tuple[int, int]:
        """Return in how many runs of a kind a pattern shows, and of how many."""
        table = self.table
        margin = table.loc[(table["pattern"] == pattern) & (table["kind"] == kind), "margin"]
        return int((margin > 0).sum()), len(margin)


def run_draws(draws: int, seeds: int, scale: float, progress: Progress = lambda: None) -> Draws:
    """Run the arms of every pattern over joint draws, and over seeds at the defaults, and return the margins.

    Args:
        draws: Joint draws of every uncertain number, each with a seed of its own, shared by the arms.
        seeds: Seeds with every number at its default.
        scale: Share of people simulated, in (0, 1].
        progress: Called after each draw or seed.
    """
    code = revision()  # as the runs begin, not as they end
    tasks = [(DEFAULTS, number) for number in range(seeds)] + [(DRAWS, number) for number in range(draws)]
    # Processes, not threads: at a small scale most of a day is spent in Python.
    with ProcessPoolExecutor(n_cores(), mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(measure, kind, number, scale) for kind, number in tasks]
        rows = []
        for (kind, number), run in zip(tasks, runs, strict=True):
            rows += [(kind, number, name, margin) for name, margin in run.result().items()]
            progress()
    return Draws(draws, seeds, scale, code, pd.DataFrame(rows, columns=COLUMNS))


def measure(kind: str, number: int, scale: float) -> dict[str, float]:
    """Return the margin of every pattern in one joint draw, or with one seed at the defaults."""
    scenario = base()
    if kind == DRAWS:
        scenario = draw_scenario(scenario, seed=SEED, draw=number)
    seed = compute_run_seed(SEED, "total" if kind == DRAWS else "monte_carlo", number)
    trunk = live_trunk(scenario, seed, scale)
    arms: dict[str, Run] = {}
    for statement in PATTERNS:
        for entries in (statement.base, statement.variant):
            if repr(dict(entries)) not in arms:
                arms[repr(dict(entries))] = live_arm(trunk, entries)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            s.name: float(s.margin(arms[repr(dict(s.base))], arms[repr(dict(s.variant))])) for s in PATTERNS
        }


def share_interval(shown: int, of: int) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) 95% interval of a share."""
    tail = (1.0 - LEVEL) / 2.0
    low = float(betaincinv(shown, of - shown + 1, tail)) if shown else 0.0
    high = float(betaincinv(shown + 1, of - shown, 1.0 - tail)) if shown < of else 1.0
    return low, high


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--draws", type=click.IntRange(1, 10_000), default=40, show_default=True, help="Joint draws.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=6, show_default=True, help="At the defaults.")
@click.option(
    "--scale", type=ScaleRange(), default=0.02, show_default=True, help="Share of people simulated."
)
def main(target: Path, draws: int, seeds: int, scale: float) -> None:
    """Write TARGET.csv and TARGET.md."""
    from tqdm import tqdm  # noqa: PLC0415

    from experiments.pattern_page import write_pages  # noqa: PLC0415

    with tqdm(desc="draws", total=draws + seeds, unit="draw", disable=None) as bar:
        found = run_draws(draws, seeds, scale, lambda: bar.update(1))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_pages(found, target)


if __name__ == "__main__":
    main()
