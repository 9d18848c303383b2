"""A scenario file laid over its base files: one merged tree whose nodes still know the file that said them.

Rules: mappings merge key by key; the lists below ``levers`` are the base's entries followed by the file's
own (of entries that overlap the later holds, so a variant wins); every other list and value replaces the
base's. What names a scenario (``scenario``, ``title``, ``description``) is never inherited.

A file that a scenario names (``base``, ``tables``) is given by a relative path and must lie, links
followed, in the folder that holds the scenario's own folder, or below it: scenario folders side by side can
share, and a scenario from somebody else cannot reach the rest of the disk.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from simulation.errors import Problem, ScenarioError
from simulation.spec.yaml_tree import Node, read_tree

MAX_BASES = 10
_OWN_KEYS = ("scenario", "title", "description")


def read_with_bases(file: Path) -> Node:
    """Return the merged tree of a scenario file and its bases.

    Raises:
        ScenarioError: A file is unreadable or invalid, a base is outside the allowed folder, or bases form
        a ring.
    """
    library = library_of(file)
    chain = [read_tree(file)]
    seen = [file.resolve()]
    while (said := chain[-1].value.get("base")) is not None:
        base = resolve_inside(said, library)
        if base.suffix not in (".yaml", ".yml"):
            raise _problem(said, f"{said.value} is not a .yaml file")
        if base.resolve() in seen:
            raise _problem(
                said, f"{said.value} leads back to a file that is already in use", "bases form a ring"
            )
        if len(chain) > MAX_BASES:
            raise _problem(said, f"more than {MAX_BASES} base files in a row")
        if not base.exists():
            raise _problem(said, f"{said.value} does not exist", "the path is relative to this file")
        seen.append(base.resolve())
        chain.append(read_tree(base))
    first = chain[-1]
    merged = _without(first, ("base",))
    # Not said anywhere: the tables lie beside the first base file.
    merged.value.setdefault("tables", Node(".", first.file, 1, "tables"))
    for tree in reversed(chain[:-1]):
        merged = _merge(_without(merged, _OWN_KEYS), _without(tree, ("base",)), ())
    return merged


def lay_over(tree: Node, over: Node) -> Node:
    """Return a merged tree with ``over``, which need not be a whole scenario, laid over it by the rules above."""
    return _merge(tree, over, ())


def tables_folder(tree: Node, file: Path) -> Path:
    """Return the folder of the CSV tables of a merged tree; ``file`` is the scenario that was asked for."""
    said: Node = tree.value["tables"]
    folder = resolve_inside(said, library_of(file))
    if not folder.is_dir():
        raise _problem(said, f"{said.value} is not a folder", "the path is relative to this file")
    return folder


def library_of(file: Path) -> Path:
    """Return the folder in which everything that a scenario names must lie."""
    own = file.resolve().parent
    # Directly below the root of the disk there is no folder of scenario folders: stay in the own one.
    return own if own.parent == own.parent.parent else own.parent


def resolve_inside(said: Node, library: Path) -> Path:
    """Return the path that ``said`` names, relative to the file that says it.

    Raises:
        ScenarioError: Not text, not relative, or outside ``library`` once links are followed.
    """
    text = said.value
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise _problem(said, f"needs a path relative to this file; got {text!r}")
    if PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive or text.startswith(("~", "\\")):
        raise _problem(said, f"{text} is not a relative path", "the path is relative to this file")
    path = said.file.parent / text
    try:
        inside = path.resolve().is_relative_to(library)
    except (OSError, RuntimeError):  # links that lead in a circle
        inside = False
    if not inside:
        raise _problem(
            said, f"{text} lies outside the folder of the scenario folders", "copy it beside this file"
        )
    return path


def _without(tree: Node, keys: tuple[str, ...]) -> Node:
    kept = {name: child for name, child in tree.value.items() if name not in keys}
    return Node(kept, tree.file, tree.line, tree.key)


def _merge(base: Node, over: Node, path: tuple[str, ...]) -> Node:
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        merged = dict(base.value)
        for name, child in over.value.items():
            merged[name] = _merge(merged[name], child, (*path, name)) if name in merged else child
        return Node(merged, over.file, over.line, over.key)
    if path[:1] == ("levers",) and isinstance(base.value, list) and isinstance(over.value, list):
        return Node([*base.value, *over.value], over.file, over.line, over.key)
    return over


def _problem(said: Node, message: str, hint: str = "") -> ScenarioError:
    return ScenarioError([Problem(said.file, said.line, said.key, message, hint)])
