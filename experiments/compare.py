"""Paired comparison of policies: the same people, luck and parameter draws in every arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.clear import find_directions_of_table
from experiments.collect import ALL, Values, collect_values
from experiments.execution.execute import MemoryStore, RunStore, execute
from experiments.execution.model import Model, simulation_model
from experiments.execution.units import Failure
from experiments.multiplicity import compute_multiplicity
from experiments.pareto import compute_pareto
from experiments.patterns import compute_patterns
from experiments.plan import Plan, PlanError, Task, first_difference
from experiments.posterior_design import design_of_posterior
from experiments.precision import compute_pairing_table
from experiments.statistics import INTERVAL_KINDS, compute_paired
from experiments.weights import Weights, compute_index
from simulation.display import FEW_PEOPLE
from simulation.spec.models import Scenario

if TYPE_CHECKING:
    from calibration.posterior import Posterior

COLUMNS = [
    "outcome",
    "scope",
    "group",
    "baseline",
    "variant",
    "difference",
    "difference_low",
    "difference_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "replicates",
    "interval_kind",
    "scope_kind",
    "group_kind",
    "arm",
    "n_simulated",
    "fewer_than_10",
    "share_rising",
]
DISPLACEMENT_COLUMNS = [
    "arm",
    "outcome",
    "scope_kind",
    "scope",
    "group_kind",
    "group",
    "direction",
    "clear",
    "share_rising",
    "baseline",
    "variant",
    "difference",
    "difference_low",
    "difference_high",
]
DISPLACED = (
    "deaths", "injury", "violence", "sgbv", "robbery", "abductions", "detentions", "separations", "unmet_need"
)  # fmt: skip
"""Harms of which it is said where, and for whom, they rose while they fell elsewhere."""
DISPLACED_AMONG = ("sex", "age", "stream")
"""Kinds of group among which harm can move; a stream stands for a nationality."""

Progress = Callable[[int, int], None]
"""Called with the runs that are done, finished or failed, and the runs of the whole comparison."""


@dataclass(frozen=True)
class Comparison:
    """What a comparison found."""

    plan: Plan
    table: pd.DataFrame
    """One row an outcome, scope, group, variant and kind of interval; columns COLUMNS."""
    displacement: pd.DataFrame
    """Where a harm of DISPLACED rose while it fell elsewhere; see ``compute_displacement``."""
    patterns: pd.DataFrame
    """Patterns that these scenarios should show; see ``experiments.patterns``."""
    pareto: pd.DataFrame
    """Which scenarios no other beats on all harms; see ``experiments.pareto``."""
    weights: Weights | None
    """The user's own weights of harms; None: nothing is added up."""
    index: pd.DataFrame
    """The index that the user's weights give; empty without them."""
    values: Values
    """Values of every run, side by side."""
    runs: Mapping[Task, pd.DataFrame]
    """Tidy summary of every run that finished."""
    failed: tuple[Failure, ...] = ()
    """Runs that have none; their pairs are left out."""
    moved: pd.DataFrame = field(default_factory=pd.DataFrame)
    """How much of each harm that fell somewhere rose elsewhere; see ``experiments.displacement``."""
    multiplicity: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Which differences stand when their number is counted in; see ``experiments.multiplicity``."""
    pairing: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What sharing people, luck and parameters between arms saves; see ``experiments.precision``."""

    def headlines(self) -> pd.DataFrame:
        """Return the rows for the whole route and everybody, intervals of kind "total"."""
        table = self.table
        return table[
            (table["scope_kind"] == ALL) & (table["group_kind"] == ALL) & (table["interval_kind"] == "total")
        ].reset_index(drop=True)

    def _repr_html_(self) -> str:
        """Return the comparison as a notebook shows it."""
        from experiments.notebook import show_comparison  # noqa: PLC0415 - only in notebooks

        return show_comparison(self)

    def write(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write the experiment folder with its tables, charts and maps, and return it.

        Raises:
            ResultError: The folder exists (without ``force``) or cannot be written.
        """
        from experiments.folder import ExperimentFolder  # noqa: PLC0415 - arrow only if used

        with ExperimentFolder(Path(folder), force=force) as store:
            for task, summary in self.runs.items():
                store.write(self.plan, task, summary)
            return store.finish(self)


def compare(  # noqa: PLR0913  every choice has a name; the first two are enough
    baseline: Scenario | str | Path,
    *variants: Scenario | str | Path,
    replicates: int = 4,
    seed: int | None = None,
    scale: float = 1.0,
    progress: Progress | None = None,
    whole_period: bool = False,
    store: RunStore | None = None,
    model: Model | None = None,
    weights: Weights | None = None,
    posterior: Posterior | None = None,
) -> Comparison:
    """Run a baseline and its variants in pairs and return what differs.

    Args:
        baseline: A scenario, or the path of a scenario file.
        variants: One or more others over the same period.
        replicates: Joint draws of the uncertain parameters, each shared by all arms; as many again (at most
            20) vary the seed alone, with parameters at their defaults.
        seed: Decides draws and luck; left out: the baseline's own seed.
        scale: Share of people simulated, in (0, 1]; results are weighted to everybody.
        progress: Called after each run.
        whole_period: Count from the first day of the run. Otherwise outcomes count from the month in which the
            scenarios begin to differ: before it they are the same.
        store: Keeps finished runs and returns those that are already there.
        model: What a run is; left out: the simulation.
        weights: The user's own weights of harms, see ``experiments.weights``; left out: harms are not added up.
        posterior: Numbers that were fitted are drawn from here, the others from their ranges; runs that vary the seed
            alone have its medians.

    Raises:
        PlanError: The scenarios or numbers do not fit together.
        ResultError: The posterior was fitted to other ranges than the scenarios'.
        ScenarioError: A scenario file is wrong.
    """
    first, *others = (_load(scenario) for scenario in (baseline, *variants))
    seed = first.document.seed if seed is None else seed
    since = None if whole_period else first_difference(first, others)
    if not others:
        raise PlanError("a comparison needs a baseline and at least one other scenario")
    design = None if posterior is None else design_of_posterior(posterior, (first, *others), seed, replicates)
    plan = Plan(first, tuple(others), replicates, seed, scale, since, design=design)
    watch = None if progress is None else lambda state: progress(state.finished + state.failed, state.total)
    kept = store or MemoryStore()
    report = execute(plan, model or simulation_model(since), kept, watch=watch)
    return analyse(plan, kept.runs_of(plan), weights, kept.collect(plan), report.failed)


def run_plan(plan: Plan, model: Model, store: RunStore | None = None) -> Mapping[Task, pd.DataFrame]:
    """Run all of a plan that the store does not hold, in this process, and return every run that finished."""
    kept = store or MemoryStore()
    execute(plan, model, kept)
    return kept.runs_of(plan)


def analyse(
    plan: Plan,
    runs: Mapping[Task, pd.DataFrame],
    weights: Weights | None = None,
    values: Values | None = None,
    failed: tuple[Failure, ...] = (),
) -> Comparison:
    """Return the comparison that finished runs amount to.

    Args:
        plan: What was asked for.
        runs: Summaries of the finished runs.
        weights: The user's own weights of harms.
        values: Values of the runs, where they are known already.
        failed: Runs that have no summary; their pairs are left out.
    """
    from experiments.displacement import (  # noqa: PLC0415 - it asks this module what counts as displaced
        compute_displacement_summary,
        find_nationalities,
    )

    values = collect_values(runs, plan.tasks()) if values is None else values
    table = pd.concat(
        [
            _compare_arm(values, plan.baseline.document.scenario, variant.document.scenario)
            for variant in plan.variants
        ],
        ignore_index=True,
    )
    return Comparison(
        plan=plan,
        table=table,
        displacement=compute_displacement(table),
        patterns=compute_patterns(plan, values),
        pareto=compute_pareto(plan, values),
        weights=weights,
        index=compute_index(plan, values, weights),
        values=values,
        runs=runs,
        failed=failed,
        moved=compute_displacement_summary(values, list(plan.arms), find_nationalities(plan.scenarios)),
        multiplicity=compute_multiplicity(values, list(plan.arms)),
        pairing=compute_pairing_table(values, list(plan.arms)),
    )


def compare_nothing(
    plan: Plan, values: Values, runs: Mapping[Task, pd.DataFrame], failed: tuple[Failure, ...] = ()
) -> Comparison:
    """Return a comparison without tables, where none was asked for or rows are no draws: runs and their values."""
    none = pd.DataFrame()
    return Comparison(plan, none, none, none, none, None, none, values, runs, failed)


def compute_displacement(table: pd.DataFrame) -> pd.DataFrame:
    """Return where a harm of DISPLACED rose, and where it fell, for variants that show both.

    Where: a place or leg (for everybody), or a group of one kind of DISPLACED_AMONG (over the whole map). Rises and
    falls are set against each other among places and legs, and among the groups of one kind. Rests on the intervals of
    kind "total". ``clear`` follows the rule of ``experiments.clear``. Estimates that rest on fewer than 10 simulated
    people are left out.

    Returns:
        Columns DISPLACEMENT_COLUMNS, direction being "rose" or "fell"; the largest changes first, rises and
        falls apart.
    """
    on_map = table["scope_kind"].isin(["place", "leg"]) & (table["group_kind"] == ALL)
    among = (table["scope_kind"] == ALL) & table["group_kind"].isin(DISPLACED_AMONG)
    local = table[
        (table["interval_kind"] == "total")
        & (on_map | among)
        & table["outcome"].isin(DISPLACED)
        & ~table["fewer_than_10"]
        & (table["difference"] != 0)
    ].copy()
    local["direction"] = np.where(local["difference"] > 0, "rose", "fell")
    local["clear"] = find_directions_of_table(table, local) != 0
    both = local.groupby(["arm", "outcome", "group_kind"])["direction"].transform("nunique") == 2
    local = local.loc[both, DISPLACEMENT_COLUMNS]
    order = local.assign(size=-local["difference"].abs()).sort_values(
        ["arm", "outcome", "group_kind", "direction", "size"],
        ascending=[True, True, True, False, True],
        kind="stable",
    )
    return order.drop(columns="size").reset_index(drop=True)


def _compare_arm(values: Values, baseline: str, variant: str) -> pd.DataFrame:
    """Return the rows of one variant: total first, then Monte Carlo.

    ``n_simulated`` is the mean number of simulated people a run behind the larger of the two arms: harm that
    moved to where nobody went before rests on the people of the variant. ``share_rising`` is the share of
    pairs in which the variant is above the baseline.
    """
    parts = []
    for kind in INTERVAL_KINDS:
        paired = compute_paired(values.value[kind, baseline], values.value[kind, variant], kind)
        rising = (values.value[kind, variant] > values.value[kind, baseline]).sum(axis=1)
        simulated = [values.mean_simulated(kind, arm) for arm in (baseline, variant)]
        part = values.rows.assign(
            baseline=paired.baseline,
            variant=paired.variant,
            **{f"difference{end}": side for end, side in _ends(paired.difference)},
            **{f"ratio{end}": side for end, side in _ends(paired.ratio)},
            replicates=paired.pairs,
            interval_kind=kind,
            arm=variant,
            n_simulated=np.maximum(*simulated),
            share_rising=rising / np.maximum(paired.pairs, 1),
        )
        parts.append(part.assign(fewer_than_10=part["n_simulated"] < FEW_PEOPLE))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _ends(estimate: Iterable[np.ndarray]) -> list[tuple[str, np.ndarray]]:
    return list(zip(("", "_low", "_high"), estimate, strict=True))


def _load(scenario: Scenario | str | Path) -> Scenario:
    if isinstance(scenario, Scenario):
        return scenario
    from simulation.spec.load import load_scenario  # noqa: PLC0415 - ruamel only when a file is read

    return load_scenario(Path(scenario))
