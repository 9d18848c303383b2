"""One YAML 1.2 file as a tree whose every node knows its file, line and key; nothing is executed or expanded.

The tree is built from the parser's events with a resolver of its own (the YAML 1.2 core schema), because a
loader that makes objects would lose lines, accept unknown tags, expand aliases (the "billion laughs" file)
or let a repeated key win silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from simulation.errors import Problem, ScenarioError
from simulation.spec.files import read_text

YAML_LIMIT_BYTES = 256_000
MAX_DEPTH = 20
_BIG = "a scenario file is small; its data belong in the CSV tables"

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE, _FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}
_INT = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN_TAGS = {"str", "int", "float", "bool", "null", "map", "seq", "timestamp"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file and where it stands.

    Attributes:
        value: A scalar, ``dict[str, Node]`` or ``list[Node]``.
        file: File that says it.
        line: 1-based line of its key (in a mapping) or of itself.
        key: Dotted key as written in that file, for example ``levers.detention.0.children``.
    """

    value: Any
    file: Path
    line: int
    key: str

    def plain(self) -> Any:  # noqa: ANN401  (what YAML can say)
        """Return the value as plain dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {name: child.plain() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def nearest(self, loc: tuple[str | int, ...]) -> tuple[Node, tuple[str | int, ...]]:
        """Return the deepest node on the way to ``loc``, and the part of ``loc`` that is not there."""
        node = self
        for depth, step in enumerate(loc):
            inside = node.value
            if isinstance(inside, dict) and step in inside:
                node = inside[str(step)]
            elif isinstance(inside, list) and isinstance(step, int) and step < len(inside):
                node = inside[step]
            else:
                return node, loc[depth:]
        return node, ()


def read_tree(file: Path) -> Node:
    """Return the tree of a YAML file.

    Raises:
        ScenarioError: The file is unreadable, is not one YAML mapping, repeats a key, nests too deeply, or
        uses
            anchors, aliases or tags. Syntax stops at its first problem, everything else is reported together.
    """
    text = read_text(file, limit_bytes=YAML_LIMIT_BYTES, advice_if_large=_BIG)
    builder = _Builder(file)
    try:
        return builder.build(iter(YAML(typ="safe", pure=True).parse(text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        message = " ".join(str(error.problem or error.context or "cannot be read").split())
        builder.problems.append(Problem(file, line, "", f"is not valid YAML: {message}"))
    except YAMLError as error:
        first = str(error).strip().splitlines()[0]
        builder.problems.append(Problem(file, None, "", f"is not valid YAML: {first}"))
    raise ScenarioError(builder.problems)


class _Builder:
    """Builds a tree from parser events and collects what must not be there."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def build(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                raise self._stop(
                    event, "", "holds more than one document", 'remove the line "---" between them'
                )
            if kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent", "AliasEvent"):
                root = self._node(event, events, "", event.start_mark.line + 1, 0)
        if root is None or root.value is None:
            raise ScenarioError([Problem(self.file, None, "", "is empty", "see scenarios/README.md")])
        if not isinstance(root.value, dict):
            self._note(
                root.line, "", "a scenario is a list of keys and values, such as scenario: my_scenario"
            )
        if self.problems:
            raise ScenarioError(self.problems)
        return root

    def _node(self, event: Any, events: Iterator[Any], key: str, line: int, depth: int) -> Node:  # noqa: ANN401
        if depth > MAX_DEPTH:
            raise self._stop(event, key, f"is nested more than {MAX_DEPTH} levels deep")
        kind = type(event).__name__
        here = event.start_mark.line + 1
        if kind == "AliasEvent":
            self._note(here, key, f"alias *{event.anchor} is not allowed", "write the value out")
            return Node(None, self.file, line, key)
        if event.anchor is not None:
            self._note(
                here, key, f"anchor &{event.anchor} is not allowed", "write the value out where it is needed"
            )
        tag = str(event.tag or "!")
        if tag != "!" and tag.removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
            self._note(here, key, f"tag {tag} is not allowed", "write the value without a tag")
        if kind == "MappingStartEvent":
            return Node(self._mapping(events, key, depth), self.file, line, key)
        if kind == "SequenceStartEvent":
            children: list[Node] = []
            for child in events:
                if type(child).__name__ == "SequenceEndEvent":
                    break
                name = f"{key}.{len(children)}" if key else str(len(children))
                children.append(self._node(child, events, name, child.start_mark.line + 1, depth + 1))
            return Node(children, self.file, line, key)
        is_plain = event.implicit[0]
        return Node(_scalar(event.value) if is_plain else event.value, self.file, line, key)

    def _mapping(self, events: Iterator[Any], key: str, depth: int) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for name_event in events:
            if type(name_event).__name__ == "MappingEndEvent":
                break
            line = name_event.start_mark.line + 1
            if type(name_event).__name__ != "ScalarEvent":
                raise self._stop(name_event, key, "has a key that is not text")
            name = str(name_event.value)
            path = f"{key}.{name}" if key else name
            child = self._node(next(events), events, path, line, depth + 1)
            if name in children:
                self._note(line, path, "is given twice", f"first on line {children[name].line}; keep one")
            children[name] = child
        return children

    def _note(self, line: int, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, key, message, hint))

    def _stop(self, event: Any, key: str, message: str, hint: str = "") -> ScenarioError:  # noqa: ANN401
        self._note(event.start_mark.line + 1, key, message, hint)
        return ScenarioError(self.problems)


def _scalar(text: str) -> object:
    """Resolve a plain scalar by the YAML 1.2 core schema; dates stay text (the models read them)."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
