"""What is left of a scenario once its invalid parts are set aside, so that the other checks can speak too.

Without this an author would mend a typing error only to be told next of a leg that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic_core import ErrorDetails

from simulation.spec.yaml_tree import Node

Loc = tuple[str | int, ...]
# Long enough that no date is out of place: problems of a period that cannot be read are already reported.
_STAND_IN_PERIOD = {"start": "1990-01-01", "departures_end": "2199-12-31", "end": "2199-12-31"}


def salvage(tree: Node, errors: Iterable[ErrorDetails]) -> Node:
    """Return ``tree`` without what ``errors`` complain about; what is left keeps file, line and key."""
    drop = {_removed(detail) for detail in errors}
    kept = _without(tree, (), drop)
    stand_ins: dict[str, object] = {"scenario": "unnamed", "title": "untitled", "period": _STAND_IN_PERIOD}
    for name, value in stand_ins.items():
        if name not in kept.value:
            kept.value[name] = _node(value, tree.file)
    return kept


def _removed(detail: ErrorDetails) -> Loc:
    """Return the smallest part that can be left out so that the rest stays valid."""
    loc = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return loc
    if loc[0] == "levers" and len(loc) >= 3:
        return loc[:3]
    if loc[0] in ("levers", "closures", "parameters") and len(loc) >= 2:
        return loc[:2]
    return loc[:1]


def _without(node: Node, loc: Loc, drop: set[Loc]) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {k: _without(v, (*loc, k), drop) for k, v in value.items() if (*loc, k) not in drop}
    elif isinstance(value, list):
        value = [_without(v, (*loc, i), drop) for i, v in enumerate(value) if (*loc, i) not in drop]
    return Node(value, node.file, node.line, node.key)


def _node(value: object, file: Path) -> Node:
    if isinstance(value, dict):
        value = {name: _node(child, file) for name, child in value.items()}
    return Node(value, file, 1, "")
