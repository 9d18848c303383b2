"""Which tables and pictures each analysis of a plan gives; heavy modules are imported by whoever needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.planning.models import Analysis

if TYPE_CHECKING:
    import pandas as pd

    from experiments.collect import Values
    from experiments.planning.load import LoadedPlan

FILES: dict[Analysis, tuple[str, ...]] = {
    "comparison": (
        "comparison.csv", "displacement.csv", "displacement_summary.csv", "multiplicity.csv", "pairing.csv",
        "pareto.csv", "patterns.csv", "charts and maps",
    ),
    "robustness": ("robustness.csv", "ranks.csv", "charts"),
    "budget": ("budget.csv", "cost_per_harm.csv", "cost_plane.csv", "acceptability.csv", "charts"),
    "discovery": ("discovery.csv", "discovery_rules.csv"),
    "sensitivity": ("sensitivity.csv", "sensitivity_outcomes.csv", "sensitivity_factors.csv", "charts"),
}  # fmt: skip
"""What each writes into the experiment folder."""


def compute_tables(loaded: LoadedPlan, values: Values) -> dict[str, pd.DataFrame]:
    """Return the tables of robustness, budget and discovery, where asked for, by file name without ending.

    Raises:
        PlanError: The runs do not hold what an analysis needs.
    """
    from experiments.robustness.tables import (  # noqa: PLC0415
        analyse_budget,
        analyse_discovery,
        analyse_robustness,
    )

    plan, asked = loaded.plan, loaded.analyses
    tables: dict[str, pd.DataFrame] = {}
    if "robustness" in asked:
        tables |= analyse_robustness(plan, values, plan.design)
    if "budget" in asked:
        tables |= analyse_budget(plan, values, plan.design, budget=loaded.budget)
    if "discovery" in asked:
        tables |= analyse_discovery(plan, values, plan.design)
    return tables


def write_results(loaded: LoadedPlan, values: Values, folder: Path) -> None:
    """Compute all analyses but the comparison and write their tables and pictures.

    Raises:
        SafePassageError: The runs do not hold what an analysis needs, or a package is missing.
    """
    tables = compute_tables(loaded, values)
    if tables:
        from experiments.robustness.pictures import write_analyses  # noqa: PLC0415 - matplotlib

        write_analyses(loaded.plan, tables, folder)
    if (
        "sensitivity" in loaded.analyses and not (folder / FILES["sensitivity"][0]).exists()
    ):  # a comparison may have
        from experiments.sensitivity.analyse import analyse_sensitivity  # noqa: PLC0415 - matplotlib

        analyse_sensitivity(loaded.plan, values, loaded.plan.design, folder)
