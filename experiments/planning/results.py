"""Which tables each analysis of a plan gives; heavy modules are imported by the analysis that needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.planning.models import Analysis

if TYPE_CHECKING:
    import pandas as pd

    from experiments.collect import Values
    from experiments.planning.load import LoadedPlan

FILES: dict[Analysis, tuple[str, ...]] = {
    "comparison": ("comparison.csv", "displacement.csv", "pareto.csv", "patterns.csv", "charts and maps"),
    "robustness": ("robustness.csv", "ranks.csv"),
    "budget": ("budget.csv", "cost_per_harm.csv", "cost_plane.csv", "acceptability.csv"),
    "discovery": ("discovery.csv", "discovery_rules.csv"),
    "sensitivity": ("sensitivity.csv",),
}
"""What each writes into the experiment folder."""


def compute_tables(loaded: LoadedPlan, values: Values) -> dict[str, pd.DataFrame]:
    """Return the tables of all analyses but the comparison, by file name without ending.

    Raises:
        PlanError: The runs do not hold what an analysis needs.
    """
    tables: dict[str, pd.DataFrame] = {}
    for analysis in loaded.analyses:
        if analysis != "comparison":
            tables |= _compute(analysis, loaded, values)
    return tables


def _compute(analysis: Analysis, loaded: LoadedPlan, values: Values) -> dict[str, pd.DataFrame]:
    plan = loaded.plan
    from experiments.robustness.tables import (  # noqa: PLC0415
        analyse_budget,
        analyse_discovery,
        analyse_robustness,
    )

    if analysis == "robustness":
        return analyse_robustness(plan, values, plan.design)
    if analysis == "budget":
        return analyse_budget(plan, values, plan.design, budget=loaded.budget)
    if analysis == "discovery":
        return analyse_discovery(plan, values, plan.design)
    return {}
