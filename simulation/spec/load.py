"""From a scenario file to a resolved Scenario, or to every problem in it at once; and back to plain data."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from simulation.errors import Problem, ScenarioError
from simulation.spec.checks import check_scenario
from simulation.spec.explain import explain, known_keys, model_at, near_name
from simulation.spec.findings import Finding
from simulation.spec.inherit import lay_over, library_of, read_with_bases, tables_folder
from simulation.spec.models import Document, Scenario
from simulation.spec.salvage import salvage
from simulation.spec.tables import TABLES, Rows, read_table
from simulation.spec.yaml_tree import Node


def load_scenario(path: str | Path) -> Scenario:
    """Load, merge and check a scenario file with its base files and tables.

    Raises:
        ScenarioError: Every problem found, each with file, line, key and, where one can be given, a hint.
    """
    return load_with_warnings(path)[0]


def load_with_warnings(path: str | Path, *overs: Node) -> tuple[Scenario, list[Problem]]:
    """Load as ``load_scenario`` does, and return the warnings beside the scenario.

    Args:
        path: The scenario file.
        overs: Trees of other files that change it, laid over it in turn; problems in them name those files.

    Raises:
        ScenarioError: As for ``load_scenario``.
    """
    file = Path(path)
    tree = reduce(lay_over, overs, read_with_bases(file))
    document, sound, problems = _validate(tree)
    try:
        folder = tables_folder(tree, file)
    except ScenarioError as error:
        raise ScenarioError(_in_order(problems + error.problems)) from None
    library = library_of(file)
    tables = {name: read_table(folder, name, library) for name in TABLES}
    broken = {name for name, table in tables.items() if table.problems}
    problems += [problem for table in tables.values() for problem in table.problems]
    if document is None:
        raise ScenarioError(_in_order(problems))
    scenario = Scenario(document=document, **{name: table.rows for name, table in tables.items()})
    # A remark that relies on a broken table would only repeat that table's problems in other words.
    findings = [
        finding
        for finding in check_scenario(scenario)
        if not {*finding.refers_to.split(), finding.where[0]} & broken
    ]
    problems += [_locate(finding, sound, tables) for finding in findings if finding.severity == "error"]
    if problems:
        raise ScenarioError(_in_order(problems))
    own = {file, *(child.file for over in overs for child in over.value.values())}
    kept = [finding for finding in findings if not _cut_short(finding, sound, own)]
    return scenario, _in_order([_locate(finding, sound, tables) for finding in kept])


def dump_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return the whole resolved scenario as JSON-ready data; ``scenario_from_dict`` gives it back exactly."""
    return scenario.model_dump(mode="json", by_alias=True)


def scenario_from_dict(data: dict[str, Any]) -> Scenario:
    """Return the scenario of a dump.

    Raises:
        ScenarioError: The data are not a dump of this version's scenario language.
    """
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False):
            message, hint = explain(detail)
            problems.append(Problem(Path("scenario"), None, ".".join(map(str, detail["loc"])), message, hint))
        raise ScenarioError(problems) from None


def check_dump(scenario: Scenario) -> list[Problem]:
    """Return the errors of a scenario that came from a dump, which somebody may have edited since."""
    file = Path("scenario")
    problems = []
    for name, table in TABLES.items():
        rows = getattr(scenario, name)
        keys = [tuple(getattr(row, column) for column in table.key) for row in rows]
        if table.is_required and not keys:
            problems.append(Problem(file, None, name, "has no rows"))
        problems += [
            Problem(file, None, name, f"{' '.join(map(str, key))} is given twice")
            for key, times in Counter(keys).items()
            if times > 1
        ]
    problems += [
        Problem(file, None, ".".join(map(str, finding.where)), finding.message, finding.hint)
        for finding in check_scenario(scenario)
        if finding.severity == "error"
    ]
    return problems


def locate_error(detail: ErrorDetails, tree: Node, model: type[BaseModel]) -> Problem:
    """Return one validation error of a tree with its file, line and key, in plain words."""
    node, rest = tree.nearest(detail["loc"])
    message, hint = explain(detail)
    if detail["type"] == "extra_forbidden":
        hint = near_name(str(detail["loc"][-1]), known_keys(model_at(model, detail["loc"][:-1]) or model))
    key = ".".join(filter(None, [node.key, *map(str, rest)]))
    return Problem(node.file, node.line if node.key else None, key, message, hint)


def _validate(tree: Node) -> tuple[Document | None, Node, list[Problem]]:
    """Return what is valid of a merged tree as a document, its tree, and what is wrong with the rest."""
    try:
        return Document.model_validate(tree.plain()), tree, []
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [locate_error(detail, tree, Document) for detail in details]
    sound = salvage(tree, details)
    try:
        return Document.model_validate(sound.plain()), sound, problems
    except ValidationError:
        return None, tree, problems


def _cut_short(finding: Finding, tree: Node, own: set[Path]) -> bool:
    """Return whether a warning is of a base's setting that a variant leaves out by a period of its own.

    Args:
        finding: A warning.
        tree: The merged tree.
        own: Files whose settings are the variant's own.
    """
    if finding.refers_to != "period":
        return False
    setting, period = tree.nearest(finding.where[1:])[0], tree.nearest(("period", "end"))[0]
    return setting.file not in {period.file, *own}


def _locate(finding: Finding, tree: Node, tables: dict[str, Rows]) -> Problem:
    """Return a finding with the file and line of what it is about."""
    table, *rest = finding.where
    if table == "document":
        node, missing = tree.nearest(tuple(rest))
        key = ".".join(filter(None, [node.key, *map(str, missing)]))
        return Problem(node.file, node.line if node.key else None, key, finding.message, finding.hint)
    rows = tables[str(table)]
    line = rows.lines[int(rest[0])] if rest else None
    return Problem(rows.file, line, str(rest[1]) if len(rest) > 1 else "", finding.message, finding.hint)


def _in_order(problems: list[Problem]) -> list[Problem]:
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: (files.index(problem.file), problem.line or 0))
