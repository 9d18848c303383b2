"""A plan's first replicates: what a run takes, and how many replicates a wanted precision needs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.collect import Values
from experiments.design import SCREENING
from experiments.execution.execute import Executor, RunStore, State, Watch, execute
from experiments.execution.model import Model, simulation_model
from experiments.execution.threads import run_in_threads
from experiments.outcome_words import OUTCOMES
from experiments.pareto import HARMS
from experiments.plan import Plan
from experiments.precision import compute_replicates_needed
from experiments.statistics import INTERVAL_KINDS, IntervalKind

COLUMNS = [
    "interval_kind", "outcome", "arm", "pilot", "baseline", "difference", "wanted", "now", "needed", "needed_low",
    "needed_high", "next_draw",
]  # fmt: skip
"""wanted and now: half-widths of the interval of the mean difference, in the outcome's unit; needed: replicates for the
wanted one, with the ends that the pilot's size leaves; next_draw: half-width within which one further draw of the
numbers would lie however many replicates there are ("total" only)."""
_MANY = 1_000_000
_SMALL = 0.001
"""Share of people in the run that wakes the kernels: compiling is no part of what a run takes."""


class Cost(NamedTuple):
    """What the pilot's runs took."""

    runs: int
    """Runs that were made now; those kept from before take no time."""
    seconds: float

    def seconds_for(self, runs: int) -> float:
        """Return about what so many more runs take on this machine; NaN where no run was made."""
        return self.seconds / self.runs * runs if self.runs else float("nan")


class Pilot(NamedTuple):
    """What a pilot found."""

    plan: Plan
    """The pilot's own plan: the first replicates of the whole."""
    cost: Cost
    table: pd.DataFrame
    """One row a kind of interval, outcome and arm but the baseline; columns COLUMNS."""


def take_first(plan: Plan, replicates: int) -> Plan:
    """Return the plan of the first replicates of a plan: its runs are runs of the whole, to the last bit."""
    n = min(replicates, plan.replicates)
    design = plan.design
    if design is not None:
        design = replace(design, points=design.points[:n])
    return replace(plan, replicates=n, design=design, seeds_only=min(replicates, plan.monte_carlo))


def run_pilot(  # noqa: PLR0913  every choice has a name; the first two are enough
    plan: Plan,
    store: RunStore,
    *,
    replicates: int = 4,
    relative: float = 0.1,
    half_widths: Mapping[str, float] | None = None,
    executor: Executor = run_in_threads,
    watch: Watch | None = None,
    model: Model | None = None,
) -> Pilot:
    """Run the first replicates of a plan and say what the whole would need.

    Args:
        plan: The whole plan.
        store: Keeps the runs, so that the whole plan can take them over.
        replicates: How many to run, of either kind.
        relative: Wanted half-width of the interval of each difference, as a share of the baseline's mean.
        half_widths: Wanted half-widths by outcome, in its own unit; these outcomes are shown beside the harms.
        executor: Where runs are made.
        watch: Told how far it is.
        model: What a run is; left out: the simulation.
    """
    first = take_first(plan, replicates)
    found = model or simulation_model(first.since)
    if len(store.find(first)) < len(first.tasks()):
        found.evaluate(first.baseline, first.seed, min(_SMALL, first.scale))
    made = 0

    def count(state: State) -> None:
        nonlocal made
        made = state.finished - state.earlier
        if watch is not None:
            watch(state)

    begin = time.perf_counter()
    execute(first, found, store, executor=executor, watch=count)
    cost = Cost(made, time.perf_counter() - begin)
    return Pilot(first, cost, compute_needs(first, store.collect(first), relative, half_widths or {}))


def compute_needs(
    plan: Plan, values: Values, relative: float, half_widths: Mapping[str, float]
) -> pd.DataFrame:
    """Return what the wanted half-widths need, by kind of interval, outcome and arm; columns COLUMNS.

    Rows of a design for sensitivity are no draws from the ranges: of these only the seeds are looked at.
    """
    rows = []
    screening = plan.design is not None and plan.design.method in SCREENING
    for kind in INTERVAL_KINDS[-1:] if screening else INTERVAL_KINDS:
        for outcome in dict.fromkeys([*HARMS, *half_widths]):
            where = values.find(outcome)
            if where is None:
                continue
            for variant in plan.variants:
                arm = variant.document.scenario
                rows.append(
                    (
                        kind,
                        outcome,
                        arm,
                        *_need(plan, values, kind, arm, where, relative, half_widths.get(outcome)),
                    )
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def _need(
    plan: Plan,
    values: Values,
    kind: IntervalKind,
    arm: str,
    row: int,
    relative: float,
    half_width: float | None,
) -> tuple[float, ...]:
    """Return the numbers of one row, from "pilot" on."""
    base = values.series(kind, plan.baseline.document.scenario, row)
    own = values.series(kind, arm, row)
    wanted: dict[str, float] = {"relative": relative} if half_width is None else {"half_width": half_width}
    mean = compute_replicates_needed(
        base, own, "monte_carlo", **wanted
    )  # of the mean over replicates of any kind
    further = compute_replicates_needed(base, own, "total", **wanted).floor if kind == "total" else [np.nan]
    columns = (mean.half_width, mean.now, mean.replicates, mean.low, mean.high, further)
    return int(mean.pilot[0]), _mean(base), _mean(own - base), *(float(column[0]) for column in columns)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def say_pilot(pilot: Pilot, whole: Plan, relative: float) -> Iterator[str]:
    """Yield the pilot in words: time, then for each outcome the arm that needs most."""
    yield from _say_cost(pilot, len(whole.tasks()))
    for kind, words in _KINDS.items():
        rows = pilot.table[pilot.table["interval_kind"] == kind]
        if not rows["pilot"].gt(1).any():
            continue
        yield f"\nReplicates for the mean difference {words}, for the arm that needs most:"
        yield f"  {'':<48}{'half-width now':>15}{'wanted':>12}{'needs':>10}   {'range':<22}  arm"
        for outcome, own in rows.groupby("outcome", sort=False):
            yield _say_need(str(outcome), own)
    yield f"\nWanted is {relative:.0%} of the baseline's mean, unless --half-width says otherwise. The range is what a"
    yield "pilot of this size leaves open. Decide the number once: adding replicates until an interval looks right"
    yield "makes it wrong."


_KINDS: dict[IntervalKind, str] = {
    "total": "over draws of the uncertain numbers (replicates)",
    "monte_carlo": "over seeds alone (seeds_only)",
}


def _say_cost(pilot: Pilot, n_runs: int) -> Iterator[str]:
    runs, seconds = pilot.cost
    n_pilot = len(pilot.plan.tasks())
    if not runs:
        yield f"pilot        all {n_pilot} runs were kept from before: nothing was timed"
        return
    left = max(n_runs - n_pilot, 0)
    yield f"pilot        {runs} runs in {say_time(seconds)}: {seconds / runs:.2f} s a run as the machine is used here"
    time_left = say_time(pilot.cost.seconds_for(left))
    yield f"whole plan   {n_runs:,} runs; the {left:,} that are left take about {time_left}"


def _say_need(outcome: str, rows: pd.DataFrame) -> str:
    most = rows.iloc[int(rows["needed"].fillna(-1.0).to_numpy().argmax())]
    label = OUTCOMES[outcome].label if outcome in OUTCOMES else outcome
    if not (rows["baseline"].any() or rows["difference"].any()):
        return f"  {label:<48}{'never happened':>15}"
    span = f"{_say_count(most['needed_low'])} to {_say_count(most['needed_high'])}"
    numbers = f"{most['now']:>15,.3g}{most['wanted']:>12,.3g}{_say_count(most['needed']):>10}"
    return f"  {label:<48}{numbers}   {span:<22}  {most['arm']}"


def _say_count(number: float) -> str:
    if np.isnan(number):
        return "unknown"
    return f"{number:,.0f}" if number < _MANY else "millions"


def say_time(seconds: float) -> str:
    """Return a duration in words."""
    if not np.isfinite(seconds):
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
