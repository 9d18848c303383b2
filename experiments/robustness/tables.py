"""What a plan's analyses of robustness, budget and discovery give: named tables, computed from finished runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.collect import Values
from experiments.design import SCREENING, Design, DesignSpec, make_design
from experiments.plan import Plan, PlanError
from experiments.robustness.budget_question import read_budget_question
from experiments.robustness.budget_table import (
    compute_acceptability_table,
    compute_bought,
    compute_plane,
    compute_spent,
)
from experiments.robustness.discovery_table import compute_discovery
from experiments.robustness.factor_words import NO_HARM, describe_factors
from experiments.robustness.failures import ask_all
from experiments.robustness.robustness_table import compute_robustness
from experiments.weights import Weights
from simulation.spec.explain import near_name

Tables = dict[str, pd.DataFrame]
"""By name; the name is that of the file, without .csv."""
ROBUSTNESS, RANKS = "robustness", "ranks"
SPENT, BOUGHT, PLANE, ACCEPTABILITY = "budget", "cost_per_harm", "cost_plane", "acceptability"
DISCOVERY, RULES = "discovery", "discovery_rules"


def analyse_robustness(
    plan: Plan, values: Values, design: Design | None = None, weights: Weights | None = None
) -> Tables:
    """Return harm prevented, regret and shares of being best of every arm, harm by harm.

    Args:
        plan: The plan that was run.
        values: What its runs gave.
        design: How parameters were drawn; None: each replicate at random.
        weights: The user's own weights of harms; None: nothing is added up.

    Raises:
        PlanError: The design is made for sensitivity: its rows are no draws from the ranges.
    """
    refuse_screening(design, "robustness")
    table, ranks = compute_robustness(list(plan.arms), values, weights)
    return {ROBUSTNESS: table, RANKS: ranks}


def analyse_budget(
    plan: Plan,
    values: Values,
    design: Design | None = None,
    weights: Weights | None = None,
    budget: Mapping[str, Any] | None = None,
) -> Tables:
    """Return what the arms cost, how equal their budgets came out, and what the money bought.

    Args:
        plan: The plan that was run.
        values: What its runs gave.
        design: How parameters were drawn; None: each replicate at random.
        weights: The user's own weights of harms; None: nothing is added up.
        budget: The plan's key ``budget``, see ``budget_question``.

    Raises:
        PlanError: A key of the budget is wrong, the runs report no costs, or the design is made for sensitivity.
    """
    refuse_screening(design, "budget")
    arms = list(plan.arms)
    question = read_budget_question(budget, arms)
    return {
        SPENT: compute_spent(arms, values, question),
        BOUGHT: compute_bought(arms, values, question, weights),
        PLANE: compute_plane(arms, values, weights),
        ACCEPTABILITY: compute_acceptability_table(arms, values, weights),
    }


def analyse_discovery(
    plan: Plan,
    values: Values,
    design: Design | None = None,
    weights: Weights | None = None,
    *,
    against: Sequence[str] = (),
    regret_share: float | None = None,
) -> Tables:
    """Return in which draws each arm fails, and rules that tell them, if there are any.

    Args:
        plan: The plan that was run; its seed decides folds and shuffles.
        values: What its runs gave.
        design: How parameters were drawn; None: each replicate at random, every uncertain number a factor.
        weights: The user's own weights of harms; None: nothing is added up.
        against: Arms beside which an arm fails if it has no less of the harm; empty: the baseline.
        regret_share: Ask besides when regret is above this share of the baseline's mean harm.

    Raises:
        PlanError: The design is made for sensitivity, or ``against`` names no arm.
        DiscoveryError: scikit-learn is missing.
    """
    refuse_screening(design, "discovery")
    for name in against:
        if name not in plan.arms:
            raise PlanError(f"{name!r} is no arm of this plan; {near_name(name, plan.arms)}")
    design = design or make_design(plan.scenarios, DesignSpec(), plan.seed, plan.replicates)
    matters = [
        i for i, names in enumerate(design.members) if not all(name.startswith(NO_HARM) for name in names)
    ]
    labels = [design.factors[i] for i in matters]
    factors = describe_factors(labels, [design.members[i] for i in matters], plan.baseline)
    failures = list(ask_all(list(plan.arms), values, weights, against=against, regret_share=regret_share))
    found, rules = compute_discovery(failures, design.points[:, matters], factors, plan.seed)
    return {DISCOVERY: found, RULES: rules}


def refuse_screening(design: Design | None, analysis: str) -> None:
    """Refuse designs whose rows belong together: shares of them are no shares of draws.

    Raises:
        PlanError: The design is one of SCREENING.
    """
    if design is not None and design.method in SCREENING:
        raise PlanError(
            f"the analysis {analysis!r} needs draws from the ranges, and points of a {design.method} design are none: "
            "use the design random, latin_hypercube or sobol, or leave the analysis out"
        )
