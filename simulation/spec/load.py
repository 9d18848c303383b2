"""From a scenario file to a resolved Scenario, or to every problem in it at once; and back to plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.errors import Problem, ScenarioError
from simulation.spec.explain import explain, known_keys, model_at, near_name
from simulation.spec.inherit import read_with_bases, tables_folder
from simulation.spec.models import Document, Scenario
from simulation.spec.tables import TABLES, Rows, read_table
from simulation.spec.yaml_tree import Node


def load_scenario(path: str | Path) -> Scenario:
    """Load, merge and check a scenario file with its base files and tables.

    Raises:
        ScenarioError: Every problem found, each with file, line, key and, where one can be given, a hint.
    """
    file = Path(path)
    tree = read_with_bases(file)
    document, problems = _validate(tree)
    try:
        folder = tables_folder(tree, file)
    except ScenarioError as error:
        raise ScenarioError(problems + error.problems) from None
    tables = {name: read_table(folder, name) for name in TABLES}
    problems += [problem for table in tables.values() for problem in table.problems]
    if problems or document is None:
        raise ScenarioError(problems)
    return _assemble(document, tables)


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


def _validate(tree: Node) -> tuple[Document | None, list[Problem]]:
    """Return the document of a merged tree, or None and what is wrong with it."""
    try:
        return Document.model_validate(tree.plain()), []
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False):
            node, rest = tree.nearest(detail["loc"])
            message, hint = explain(detail)
            if detail["type"] == "extra_forbidden":
                model = model_at(Document, detail["loc"][:-1])
                given = tree.nearest(detail["loc"][:-1])[0].value
                hint = near_name(str(detail["loc"][-1]), set(known_keys(model or Document)) - set(given))
            key = ".".join(filter(None, [node.key, *map(str, rest)]))
            problems.append(Problem(node.file, node.line if node.key else None, key, message, hint))
        return None, problems


def _assemble(document: Document, tables: dict[str, Rows]) -> Scenario:
    return Scenario(document=document, **{name: table.rows for name, table in tables.items()})
