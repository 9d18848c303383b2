"""Checks of a plan: by itself, before any scenario is read, and of what its analyses need of the scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from experiments.design import SCREENING
from experiments.outcome_words import OUTCOMES
from experiments.planning.models import Analysis, DesignDocument, PlanDocument
from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, error
from simulation.spec.models import Scenario

_ONLY_FOR = {"trajectories": "morris", "levels": "morris", "samples": "saltelli", "second_order": "saltelli"}


def analyses_of(document: PlanDocument) -> tuple[Analysis, ...]:
    """Return the analyses that a plan asks for, or those that go with its design."""
    if document.analyses:
        return tuple(dict.fromkeys(document.analyses))
    return ("sensitivity",) if document.design.method in SCREENING else ("comparison",)


def check_plan(document: PlanDocument) -> Iterator[Finding]:
    """Yield what is wrong with a plan; ``where`` starts at its root."""
    yield from _arms(document)
    yield from _replicates(document)
    yield from _design(document.design)
    yield from _posterior(document)
    yield from _analyses(document)
    for index, name in enumerate(document.outcomes):
        if name not in OUTCOMES:
            hint = near_name(name, OUTCOMES) or "docs/plans.md says where all are listed"
            yield error(("outcomes", index), f"unknown outcome {name}", hint)


def check_needs(document: PlanDocument, scenarios: Sequence[Scenario]) -> Iterator[Finding]:
    """Yield what an analysis would miss only after everything has run."""
    asked = analyses_of(document)
    if "discovery" in asked and find_spec("sklearn") is None:
        hint = 'pip install "safepassage[discovery]"'
        yield error(("analyses", asked.index("discovery")), "discovery needs the package scikit-learn", hint)
    if "budget" not in asked:
        return
    where = ("analyses", asked.index("budget"))
    if not any(scenario.unit_costs for scenario in scenarios):
        yield error(where, "a budget needs unit costs, and the scenarios have none", "see unit_costs.csv")
    arms = [scenario.document.scenario for scenario in scenarios]
    for index, name in enumerate(document.budget.arms if document.budget else ()):
        if name not in arms[1:]:
            message = f"{name} is the baseline" if name == arms[0] else f"unknown arm {name}"
            yield error(("budget", "arms", index), message, near_name(name, arms[1:]))


def _posterior(document: PlanDocument) -> Iterator[Finding]:
    if document.posterior is not None and document.design.model_fields_set:
        message = "a posterior decides how numbers are drawn, and so does design"
        yield error(("posterior",), message, "leave one of the two out")


def _arms(document: PlanDocument) -> Iterator[Finding]:
    if len(document.arms) < 2 and not document.cross:
        yield error(
            ("arms",), "a plan needs a baseline and at least one other arm", "or levers crossed: cross"
        )
    for index, arm in enumerate(document.arms):
        if arm.name is None and arm.model_fields_set & {"levers", "closures", "parameters"}:
            message = "an arm that changes its scenario needs a name of its own"
            yield error(("arms", index), message, "add name: some_name")
    for name, levels in document.cross.items():
        if len(levels) < 2:
            yield error(("cross", name), "needs at least two levels", "one may be empty, such as usual: {}")


def _replicates(document: PlanDocument) -> Iterator[Finding]:
    method = document.design.method
    if method in SCREENING and document.replicates is not None:
        message = f"must be left out: with {method} the number of factors decides it"
        yield error(("replicates",), message, "set design.trajectories (morris) or design.samples (saltelli)")
    if method not in SCREENING and document.replicates is None:
        yield error(("replicates",), "is missing", "a few for a first look, 40 or more for what is published")


def _design(design: DesignDocument) -> Iterator[Finding]:
    for key, method in _ONLY_FOR.items():
        if getattr(design, key) is not None and design.method != method:
            yield error(("design", key), f"is a key of the method {method}, not of {design.method}")


def _analyses(document: PlanDocument) -> Iterator[Finding]:
    method, asked = document.design.method, analyses_of(document)
    for index, name in enumerate(document.analyses):
        where = ("analyses", index)
        if name != "sensitivity" and method in SCREENING:
            message = f"needs draws from the ranges of the numbers; rows of {method} are no such draws"
            yield error(where, message, "make another plan, with design random, latin_hypercube or sobol")
    if document.seeds_only == 0 and "comparison" in asked:
        yield error(("seeds_only",), "a comparison needs at least 1 replicate that varies the seed alone")
    if document.budget is not None and "budget" not in asked:
        yield error(
            ("budget",), "is given, but budget is not among the analyses", "analyses: [comparison, budget]"
        )
