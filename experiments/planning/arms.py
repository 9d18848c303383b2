"""The arms of a plan: scenario files with what the plan lays over them, and levers crossed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path, PurePosixPath, PureWindowsPath

from experiments.planning.models import PlanDocument
from simulation.errors import Problem, ScenarioError
from simulation.spec.load import load_with_warnings
from simulation.spec.models import Scenario
from simulation.spec.yaml_tree import Node

_LAID_OVER = ("levers", "closures", "parameters")


@dataclass(frozen=True)
class Arm:
    """One arm before its scenario is read.

    Attributes:
        file: Scenario file.
        said: Where the plan says so; problems of the arm as a whole stand there.
        overs: What the plan lays over the scenario, in turn.
    """

    file: Path
    said: Node
    overs: tuple[Node, ...]


def list_arms(tree: Node, document: PlanDocument) -> list[Arm]:
    """Return the arms of a plan: those it names, then every combination of crossed levels that changes something."""
    named = [_named_arm(tree, document, index) for index in range(len(document.arms))]
    return [*named, *_crossed(tree, document, named[0])] if document.cross else named


def load_arms(arms: list[Arm]) -> tuple[list[Scenario], list[Problem]]:
    """Return the scenarios of arms and the warnings about them, each once: arms may share files.

    Raises:
        ScenarioError: Every problem of every arm, each once, also two arms of one name.
    """
    problems: dict[Problem, None] = {}
    warnings: dict[Problem, None] = {}
    loaded: dict[str, Scenario] = {}
    for arm in arms:
        try:
            _check_path(arm.said)
            scenario, own = load_with_warnings(arm.file, *arm.overs)
        except ScenarioError as error:
            problems |= dict.fromkeys(error.problems)
            continue
        warnings |= dict.fromkeys(own)
        name = scenario.document.scenario
        if name in loaded:
            message = f"two arms are both called {name}"
            problems[Problem(arm.said.file, arm.said.line, arm.said.key, message, "give one a name")] = None
        loaded[name] = scenario
    if problems:
        raise ScenarioError(list(problems))
    return list(loaded.values()), list(warnings)


def _named_arm(tree: Node, document: PlanDocument, index: int) -> Arm:
    arm, node = document.arms[index], tree.nearest(("arms", index))[0]
    said: Node = node.value["scenario"]
    file = tree.file.parent / arm.scenario
    over = {key: node.value[key] for key in _LAID_OVER if key in node.value}
    if arm.name is not None:
        title = arm.title or arm.name.replace("_", " ")
        over |= _names(node.value["name"], arm.name, title)
    if arm.title is not None:
        over["title"] = node.value["title"]
    if "period" in tree.value:
        over["period"] = tree.value["period"]
    return Arm(file, said, (Node(over, file, 1, ""),))


def _crossed(tree: Node, document: PlanDocument, baseline: Arm) -> Iterator[Arm]:
    """Yield an arm for every combination of levels that sets any lever; names leave out what changes nothing."""
    node = tree.value["cross"]
    questions = [[(question, level) for level in levels] for question, levels in document.cross.items()]
    for levels in product(*questions):
        chosen = [(q, level, node.value[q].value[level]) for q, level in levels]
        changing = [(q, level, set_) for q, level, set_ in chosen if set_.value]
        if not changing:
            continue
        name = "_".join(f"{question}-{level}" for question, level, _ in changing)
        title = ", ".join(f"{question} {level}".replace("_", " ") for question, level, _ in chosen)
        overs = [Node({"levers": set_}, baseline.file, 1, "") for _, _, set_ in changing]
        named = Node(_names(node, name, title), baseline.file, 1, "")
        yield Arm(baseline.file, _said(baseline, node), (*baseline.overs, *overs, named))


def _said(baseline: Arm, node: Node) -> Node:
    """Return the path of the baseline as if the crossing said it, so that what is wrong with an arm points there."""
    return Node(baseline.said.value, node.file, node.line, node.key)


def _names(said: Node, name: str, title: str) -> dict[str, Node]:
    return {
        key: Node(text, said.file, said.line, said.key)
        for key, text in (("scenario", name), ("title", title))
    }


def _check_path(said: Node) -> None:
    """Refuse a scenario that is not a YAML file at a relative path, or not there."""
    text = str(said.value)
    hint = "the path is relative to this file"
    if PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive or text.startswith(("~", "\\")):
        message = f"{text} is not a relative path"
    elif not text.endswith((".yaml", ".yml")):
        message = f"{text} is not a .yaml file"
    elif "\0" in text or not (said.file.parent / text).is_file():
        message = f"{text} does not exist"
    else:
        return
    raise ScenarioError([Problem(said.file, said.line, said.key, message, hint)])
