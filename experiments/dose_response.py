"""The dose-response panel: every lever at five levels, what each does to every headline outcome, over paired seeds.

Renew the panel of the documentation (`make panel`)::

    python -m experiments.dose_response docs/validation/dose_response
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import click
import numpy as np
import pandas as pd

from experiments.collect import ALL
from experiments.dose_levers import DOSES, LEVELS, SINCE, Dose
from experiments.plan import compute_run_seed
from experiments.statistics import Floats, compute_paired
from simulation.display import FEW_PEOPLE
from simulation.machine import n_cores
from simulation.observables import summarise
from simulation.provenance import revision
from simulation.result import RunResult
from simulation.runner import run_arms
from simulation.spec.load import load_scenario
from simulation.spec.models import Scenario

OUTCOMES = (
    "deaths",
    "deaths_per_1000_journeys",
    "deaths_sahara_per_1000_crossings",
    "deaths_sea_per_1000_attempts",
    "violence",
    "sgbv",
    "robbery",
    "abductions",
    "captivity_person_days",
    "arrests",
    "detentions",
    "detention_person_days",
    "detention_child_person_days",
    "separations",
    "children_left_alone",
    "unmet_need",
    "unmet_need_share",
    "served",
    "referred",
    "money_lost",
    "fares_per_leg",
    "stranded_person_days",
    "returned",
    "returns_assisted",
    "interceptions",
    "sea_attempts",
    "repeat_attempts",
    "arrivals",
    "relocated",
    "admissions",
    "journeys",
    "sahara_crossings",
    "flow_agadez_seguedine",
    "flow_niger_north_cut",
    "person_days_libya",
    "person_days",
    "belief_gap",
)
"""Outcomes of the table, harm first; the last ones are formed here, see ``measure``."""
COLUMNS = [
    "lever",
    "level",
    "quantity",
    "amount",
    "outcome",
    "value",
    "difference",
    "low",
    "high",
    "seeds",
    "n_simulated",
    "fewer_than_10",
]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Panel:
    """What was run, and what came out."""

    scenario: Scenario
    doses: tuple[Dose, ...]
    seeds: int
    scale: float
    revision: str
    table: pd.DataFrame
    """One row a lever, level and outcome; columns COLUMNS. ``difference`` is from level 0 of the same lever; low and
    high are the 95% interval of its mean over seeds, parameters at their defaults (NaN with one seed)."""

    def rows(self, lever: str, outcome: str) -> pd.DataFrame:
        """Return the five rows of a lever and an outcome, by level."""
        table = self.table
        return table[(table["lever"] == lever) & (table["outcome"] == outcome)]


def make_panel(
    scenario: Scenario,
    *,
    seeds: int,
    scale: float,
    doses: Sequence[Dose] = DOSES,
    progress: Progress | None = None,
) -> Panel:
    """Run every level of every lever with the same seeds and return the panel.

    Args:
        scenario: The base; its first day lies before SINCE.
        seeds: Number of paired seeds, 2 at least for intervals.
        scale: Share of people simulated, in (0, 1].
        doses: Levers and their levels.
        progress: Called with runs done and runs in all.
    """
    code = revision()  # as the runs begin, not as they end
    tasks = [(dose, k) for k in range(seeds) for dose in doses]
    found: dict[str, list[pd.DataFrame]] = {dose.lever: [] for dose in doses}
    # Processes, not threads: at a small scale most of a day is spent in Python.
    with ProcessPoolExecutor(n_cores(), mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(_run_levels, [dose.arm(scenario, level) for level in LEVELS], k, scale)
            for dose, k in tasks
        ]
        for done, ((dose, _), run) in enumerate(zip(tasks, runs, strict=True), start=1):
            found[dose.lever].append(run.result())
            if progress:
                progress(done * len(LEVELS), len(tasks) * len(LEVELS))
    table = pd.concat([_compare_levels(dose, found[dose.lever]) for dose in doses], ignore_index=True)
    return Panel(scenario, tuple(doses), seeds, scale, code, table)


def _run_levels(arms: Sequence[Scenario], replicate: int, scale: float) -> pd.DataFrame:
    """Return the outcomes of all levels with one seed: one row an outcome, columns (level, value or n)."""
    seed = compute_run_seed(arms[0].document.seed, "monte_carlo", replicate)
    results = run_arms(arms, SINCE, seed=seed, scale=scale, threads=1)
    return pd.concat([measure(result) for result in results], axis=1, keys=list(LEVELS))


def measure(result: RunResult) -> pd.DataFrame:
    """Return the outcomes of one run from SINCE on, weighted to everybody: index OUTCOMES, columns value and n.

    Beside those of ``summarise``: fares_per_leg (USD a leg entered), flows past a monitoring point and over a cut,
    person_days_libya (person-days at places in Libya, free or held), and belief_gap (distance between what the
    uninformed believe and the true chance of death, over the true one, mean over zones and months).
    """
    summary = summarise(result, SINCE)
    everybody = summary[summary["group_kind"] == ALL]
    whole = everybody[everybody["scope_kind"] == ALL]
    found = _pairs(whole)
    flow, fares = found["flow"], found["money_fares"]
    found["fares_per_leg"] = (fares[0] / flow[0] if flow[0] else float("nan"), flow[1])
    for cut in ("agadez_seguedine", "niger_north_cut"):
        of_cut = everybody[(everybody["scope_kind"] == "cut") & (everybody["scope"] == cut)]
        found[f"flow_{cut}"] = _pairs(of_cut)["flow"]
    libya = [
        place.id for place in result.scenario.places if place.country == "LBY" and place.kind != "sea_zone"
    ]
    there = everybody[(everybody["outcome"] == "person_days") & everybody["scope"].isin(libya)]
    found["person_days_libya"] = (float(there["value"].sum()), float(there["n_simulated"].sum()))
    found["belief_gap"] = (_belief_gap(result), found["journeys"][1])
    rows = [found[outcome] for outcome in OUTCOMES]
    return pd.DataFrame(rows, index=list(OUTCOMES), columns=["value", "n"])


def _pairs(rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return (value, people simulated behind it) by outcome."""
    numbers = rows[["value", "n_simulated"]].to_numpy(float)
    return {str(name): (float(v), float(n)) for name, (v, n) in zip(rows["outcome"], numbers, strict=True)}


def _belief_gap(result: RunResult) -> float:
    beliefs = result.beliefs
    of = beliefs[(beliefs["knowledge"] == "uninformed") & (beliefs["month"] >= f"{SINCE:%Y-%m}")]
    return float((of["perceived"] - of["true"]).abs().sum() / of["true"].sum())


def _compare_levels(dose: Dose, runs: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of one lever: every level against level 0."""
    names = runs[0].index

    def over_seeds(level: float, column: str) -> Floats:
        return np.stack([run[level, column].to_numpy(float) for run in runs], axis=1)

    parts = []
    for level in LEVELS:
        paired = compute_paired(over_seeds(0.0, "value"), over_seeds(level, "value"), "monte_carlo")
        n = np.maximum(over_seeds(0.0, "n").mean(axis=1), over_seeds(level, "n").mean(axis=1))
        change = paired.difference
        part = pd.DataFrame(
            {
                "lever": dose.lever,
                "level": level,
                "quantity": dose.quantity,
                "amount": dose.top * level,
                "outcome": names,
                "value": paired.variant,
                "difference": change.value,
                "low": change.low,
                "high": change.high,
                "seeds": paired.pairs,
                "n_simulated": n,
                "fewer_than_10": n < FEW_PEOPLE,
            }
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def find_sign(row: pd.Series) -> int:
    """Return 1 or -1 where the interval of a change leaves out 0 and enough people are behind it, else 0."""
    if row["fewer_than_10"] or not (row["low"] > 0 or row["high"] < 0):
        return 0
    return 1 if row["low"] > 0 else -1


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--base", default="scenarios/central_mediterranean/baseline.yaml", type=click.Path(path_type=Path)
)
@click.option("--seeds", default=4, show_default=True, help="Paired seeds.")
@click.option("--scale", default=0.02, show_default=True, help="Share of people simulated.")
@click.option("--lever", "levers", multiple=True, help="Only these levers.")
def main(target: Path, base: Path, seeds: int, scale: float, levers: tuple[str, ...]) -> None:
    """Write TARGET.csv, TARGET.png and TARGET.md."""
    from tqdm import tqdm  # noqa: PLC0415

    from experiments.dose_page import write_panel  # noqa: PLC0415

    doses = [dose for dose in DOSES if not levers or dose.lever in levers]
    scenario = load_scenario(base)
    with tqdm(desc="runs", total=seeds * len(doses) * len(LEVELS), unit="run", disable=None) as bar:

        def show(done: int, _: int) -> None:
            bar.update(done - bar.n)

        panel = make_panel(scenario, seeds=seeds, scale=scale, doses=doses, progress=show)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_panel(panel, target)


if __name__ == "__main__":
    main()
