"""YAML files other than scenarios (plans, observation models, fits): read, validated, problems named by line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from simulation.errors import Problem, ScenarioError
from simulation.spec.findings import Finding
from simulation.spec.load import locate_error
from simulation.spec.yaml_tree import Node, read_tree

Model = TypeVar("Model", bound=BaseModel)


def read_own_tree(file: Path, what: str, example: str) -> Node:
    """Return the tree of a file that is no scenario, with problems in its own words.

    Args:
        file: The file.
        what: What it should be, such as "plan".
        example: What to read or write.

    Raises:
        ScenarioError: As for ``read_tree``.
    """
    try:
        return read_tree(file)
    except ScenarioError as error:
        raise ScenarioError([_in_own_words(p, what, example) for p in error.problems]) from None


def read_document(file: Path, model: type[Model], what: str, example: str) -> tuple[Model, Node]:
    """Return a file as a model, and its tree for checks that must name lines.

    Raises:
        ScenarioError: Every key that is wrong.
    """
    tree = read_own_tree(file, what, example)
    try:
        return model.model_validate(tree.plain()), tree
    except ValidationError as error:
        problems = [locate_error(detail, tree, model) for detail in error.errors(include_url=False)]
    raise ScenarioError(in_order(problems, file))


def locate(finding: Finding, tree: Node) -> Problem:
    """Return a finding, whose ``where`` starts at the root of a tree, with its file, line and key."""
    node, missing = tree.nearest(finding.where)
    key = ".".join(filter(None, [node.key, *map(str, missing)]))
    return Problem(node.file, node.line if node.key else None, key, finding.message, finding.hint)


def in_order(problems: Iterable[Problem], first: Path) -> list[Problem]:
    """Return problems, each once: those of ``first`` first, in each file by line."""
    unique = list(dict.fromkeys(problems))
    files = list(dict.fromkeys([first, *(problem.file for problem in unique)]))
    return sorted(unique, key=lambda problem: (files.index(problem.file), problem.line or 0))


def _in_own_words(problem: Problem, what: str, example: str) -> Problem:
    """Return a problem of reading without advice on scenarios, which this file is not."""
    if "scenario" not in problem.message + problem.hint:
        return problem
    article = "an" if what[0] in "aeiou" else "a"
    message = problem.message if "scenario" not in problem.message else f"is not {article} {what}"
    return Problem(problem.file, problem.line, problem.key, message, example)
