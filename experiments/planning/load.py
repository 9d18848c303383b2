"""From a plan file to a Plan with its scenarios, or to every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.design import SCREENING, Design, DesignSpec, make_design
from experiments.plan import Plan, first_difference
from experiments.planning.arms import list_arms, load_arms
from experiments.planning.checks import analyses_of, check_needs, check_plan
from experiments.planning.models import Analysis, DesignDocument, PlanDocument
from experiments.planning.outcomes import complete_outcomes
from experiments.posterior_design import design_of_posterior
from simulation.errors import Problem, ResultError, SafePassageError, ScenarioError
from simulation.spec.documents import in_order, locate, read_own_tree
from simulation.spec.files import read_text
from simulation.spec.findings import Finding
from simulation.spec.load import locate_error
from simulation.spec.models import Scenario
from simulation.spec.yaml_tree import YAML_LIMIT_BYTES, Node
from simulation.world.factors import DesignError

EXAMPLE = "a plan has the keys plan, title, arms and replicates: see docs/plans.md"

SCREENING_SEEDS = 10
"""Of a plan for sensitivity: what luck alone does must be known, to be told from what the numbers do."""


@dataclass(frozen=True)
class LoadedPlan:
    """A plan file, read and checked.

    Attributes:
        document: The file as written.
        plan: What is run.
        analyses: Results to compute.
        warnings: What to look at in plan, scenarios and tables.
        text: The file itself.
    """

    document: PlanDocument
    plan: Plan
    analyses: tuple[Analysis, ...]
    warnings: tuple[Problem, ...]
    text: str

    @property
    def budget(self) -> dict[str, Any] | None:
        """What the plan says about budgets, as keys and values; None: nothing."""
        budget = self.document.budget
        return None if budget is None else budget.model_dump(exclude_none=True, exclude_defaults=True)


def load_plan(path: str | Path) -> LoadedPlan:
    """Load and check a plan file with its scenarios and tables.

    Raises:
        ScenarioError: Every problem found, each with file, line, key and, where one can be given, a hint.
    """
    tree = read_own_tree(Path(path), "plan", EXAMPLE)
    document, sound, problems = _validate(tree)
    if document is None:
        raise _in_order(problems, tree)
    problems += [locate(finding, sound) for finding in check_plan(document)] if sound is tree else []
    try:
        scenarios, warnings = load_arms(list_arms(sound, document))
    except ScenarioError as error:
        raise _in_order([*problems, *error.problems], tree) from None
    problems += [locate(finding, sound) for finding in check_needs(document, scenarios)]
    if problems:
        raise _in_order(problems, tree)
    plan = _make_plan(tree, document, scenarios)
    text = read_text(Path(path), limit_bytes=YAML_LIMIT_BYTES)
    return LoadedPlan(document, plan, analyses_of(document), tuple(warnings), text)


def _validate(tree: Node) -> tuple[PlanDocument | None, Node, list[Problem]]:
    """Return what is sound of a plan, the tree of that, and what is wrong with the rest."""
    try:
        return PlanDocument.model_validate(tree.plain()), tree, []
    except ValidationError as error:
        details = error.errors(include_url=False)
    if "scenario" in tree.value and "plan" not in tree.value:
        return None, tree, [Problem(tree.file, None, "", "is a scenario, not a plan", EXAMPLE)]
    problems = [locate_error(detail, tree, PlanDocument) for detail in details]
    sound = _set_aside(tree, [detail["loc"] for detail in details])
    try:
        return PlanDocument.model_validate(sound.plain()), sound, problems
    except ValidationError:
        return None, tree, problems


def _set_aside(tree: Node, wrong: list[tuple[str | int, ...]]) -> Node:
    """Return a plan without its wrong arms and keys, so that the scenarios of the other arms can be looked at."""
    arms = {loc[1] for loc in wrong if loc[0] == "arms" and len(loc) > 1}
    keys = {loc[0] for loc in wrong if loc[0] != "arms" or len(loc) == 1}
    kept = {key: node for key, node in tree.value.items() if key not in keys}
    if arms and "arms" in kept:
        said = kept["arms"]
        sound = [arm for index, arm in enumerate(said.value) if index not in arms]
        kept["arms"] = Node(sound, said.file, said.line, said.key)
    for key in ("plan", "title"):
        kept.setdefault(key, Node("unnamed", tree.file, 1, key))
    return Node(kept, tree.file, tree.line, tree.key)


def _make_plan(tree: Node, document: PlanDocument, scenarios: list[Scenario]) -> Plan:
    baseline, *variants = scenarios
    seed = baseline.document.seed if document.seed is None else document.seed
    design = _design(tree, document, scenarios, seed)
    analyses = analyses_of(document)
    screening = document.design.method in SCREENING
    try:
        return Plan(
            baseline,
            tuple(variants),
            document.replicates or (design.n_replicates if design else 0),
            seed,
            document.scale,
            None if document.whole_period else first_difference(baseline, variants),
            design=design,
            seeds_only=SCREENING_SEEDS if document.seeds_only is None and screening else document.seeds_only,
            outcomes=complete_outcomes(document.outcomes, analyses) if document.outcomes else None,
        )
    except SafePassageError as error:
        lines = str(error).splitlines()
        raise _in_order([Problem(tree.file, None, "", line) for line in lines], tree) from None


def spec_of(design: DesignDocument) -> DesignSpec:
    """Return what a plan asks of its design, with the defaults of ``DesignSpec``."""
    given = design.model_dump(exclude_none=True)
    return DesignSpec(**given)


def _design(tree: Node, document: PlanDocument, scenarios: list[Scenario], seed: int) -> Design | None:
    """Return the design; None for random draws of every number by itself, where nothing asks which they were."""
    asked = document.design
    if document.posterior is not None:
        return _posterior_design(tree, document, scenarios, seed)
    plain = asked.method == "random" and not (asked.factors or asked.groups or asked.seeds == "common")
    if plain and "discovery" not in analyses_of(document):
        return None
    try:
        return make_design(scenarios, spec_of(asked), seed, document.replicates)
    except DesignError as error:
        problems = []
        for where, message, hint in error.problems:
            path = where if where[0] == "replicates" else ("design", *where)
            problems.append(locate(Finding("error", path, message, hint), tree))
        raise _in_order(problems, tree) from None


def _posterior_design(tree: Node, document: PlanDocument, scenarios: list[Scenario], seed: int) -> Design:
    from calibration.posterior import read_posterior  # noqa: PLC0415 - arrow and scipy only where one is named

    try:
        posterior = read_posterior(tree.file.parent / str(document.posterior))
        return design_of_posterior(posterior, scenarios, seed, document.replicates or 0)
    except ResultError as error:
        raise ScenarioError([locate(Finding("error", ("posterior",), str(error), ""), tree)]) from None


def _in_order(problems: Iterable[Problem], tree: Node) -> ScenarioError:
    """Return problems as an error: those of the plan first, in each file by line, each once."""
    return ScenarioError(in_order(problems, tree.file))
