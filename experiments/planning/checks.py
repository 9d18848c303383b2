"""Checks of a plan by itself, before any scenario is read."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.design import SCREENING
from experiments.outcome_words import OUTCOMES
from experiments.planning.models import Analysis, DesignDocument, PlanDocument
from simulation.spec.explain import near_name
from simulation.spec.findings import Finding, error

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
    yield from _analyses(document)
    for index, name in enumerate(document.outcomes):
        if name not in OUTCOMES:
            hint = near_name(name, OUTCOMES) or "docs/plans.md says where all are listed"
            yield error(("outcomes", index), f"unknown outcome {name}", hint)


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
