"""The scenario language for people and editors: REFERENCE.md and schema.json, made from the models' own docs.

``python -m simulation.spec.publish`` writes both; a test fails when they no longer agree with the models.
"""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulation.spec import models
from simulation.spec.inherit import MAX_BASES
from simulation.spec.models import Closure, Coupling, Document, LeverEntry, Levers, Period, Scope
from simulation.spec.tables import CSV_LIMIT_BYTES, TABLES
from simulation.spec.yaml_tree import MAX_DEPTH, YAML_LIMIT_BYTES
from simulation.units import UNITS

_NAMES = {str: "text", float: "number", int: "whole number", bool: "true or false", date: "day"}
BASE_DOC = "A scenario file that this one changes; a path relative to this file."

HEAD = """# Reference of the scenario language

Made from the models in `simulation/spec` by `make reference`; do not edit. Start with [README.md](README.md).

A scenario is a YAML 1.2 file and a folder of CSV tables. Unknown keys and columns are errors.
`safepassage check FILE` reports every problem at once. Editors that know the first line
`# yaml-language-server: $schema=schema.json` complete keys and show their meaning.

Limits: {yaml} kB a YAML file, {csv} MB a table, {depth} levels of nesting, {bases} base files in a row.
Anchors, aliases and tags are not part of the language. Files named by a scenario are given by a path relative
to the file that names them and must lie in the folder above the scenario's own folder, or below it.

## Units
Quantities in YAML are a number and a unit, such as `90 days` or `100 persons/month`. A month is 30.4375 days.

{units}

"""


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors.

    A file with a ``base`` may leave out whatever the base says, so only its own name is required there.
    """
    schema = Document.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Safe Passage scenario"
    schema["properties"] = {"base": {"type": "string", "description": BASE_DOC}, **schema["properties"]}
    required = schema.pop("required")
    schema["required"] = [name for name in required if name in ("scenario", "title")]
    schema["if"] = {"required": ["base"]}
    schema["else"] = {"required": required}
    schema["$defs"]["Period"].pop("required")  # a variant may move one of its days
    for definition in schema["$defs"].values():
        for field in definition.get("properties", {}).values():
            field.pop("title", None)
    return schema


def build_reference() -> str:
    """Return REFERENCE.md: keys, levers, and the columns of every table."""
    units = "\n".join(f"- {unit}: {', '.join(f'`{spelling}`' for spelling in UNITS[unit])}" for unit in UNITS)
    head = HEAD.format(
        yaml=YAML_LIMIT_BYTES // 1000,
        csv=CSV_LIMIT_BYTES // 1_000_000,
        depth=MAX_DEPTH,
        bases=MAX_BASES,
        units=units,
    )
    return head + "\n".join([*_keys(), *_levers(), *_tables()]) + "\n"


def write_files(folder: Path) -> None:
    """Write schema.json and REFERENCE.md into ``folder``."""
    schema = json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "schema.json").write_text(schema, encoding="utf-8")
    (folder / "REFERENCE.md").write_text(build_reference(), encoding="utf-8")


def _keys() -> Iterator[str]:
    yield "\n## Keys of a scenario file\n"
    yield from table_lines([("`base`", "path", "none", BASE_DOC), *describe_fields(Document)])
    for model, name in ((Period, "period"), (Coupling, "coupling"), (Closure, "closures, each entry")):
        yield f"\n### {name}\n{doc_of(model)}\n"
        yield from table_lines(describe_fields(model))


def _levers() -> Iterator[str]:
    yield f"\n## Levers\n{doc_of(Levers)}\n"
    yield f"Every entry of every lever may say the following. {doc_of(LeverEntry)}\n"
    yield from table_lines(describe_fields(LeverEntry))
    yield f"\n### scope\n{doc_of(Scope)}\n"
    yield from table_lines(describe_fields(Scope))
    for name, field in Levers.model_fields.items():
        entry = get_args(field.annotation)[0]
        yield f"\n### {name}\n{doc_of(entry)}\n"
        yield from table_lines(describe_fields(entry, without=tuple(LeverEntry.model_fields)))


def _tables() -> Iterator[str]:
    yield "\n## Tables\nComma-separated, UTF-8, with a header line. An empty cell means the default."
    for name, table in TABLES.items():
        need = "required" if table.is_required else "may be left out"
        yield f"\n### {name}.csv ({need}; one row for each {' and '.join(table.key)})\n{doc_of(table.model)}\n"
        yield from table_lines(describe_fields(table.model), head="column")
    yield (
        "\nParameters that parameters.csv must hold: "
        + ", ".join(f"`{n}`" for n in models.REQUIRED)
        + ". Parameters that it may leave out, with the value at which their mechanism does nothing: "
        + ", ".join(f"`{n}` {value:g}" for n, value in models.NEUTRAL.items())
        + "."
    )


def table_lines(rows: list[tuple[str, ...]], head: str = "key") -> Iterator[str]:
    """Yield the lines of a table of (key, value, default, meaning)."""
    yield f"| {head} | value | default | meaning |"
    yield "|---|---|---|---|"
    for row in rows:
        yield "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |"


def describe_fields(model: type[BaseModel], without: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return (key, value, default, meaning) of the fields of a model, as the reference says them."""
    return [
        (f"`{field.alias or name}`", _type_of(model, name, field), _default(field), field.description or "")
        for name, field in model.model_fields.items()
        if name not in without
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be given**"
    default = field.default
    return f"`{json.dumps(default)}`" if isinstance(default, (bool, int, float)) or default == "." else "none"


def _type_of(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    schema = model.model_json_schema(by_alias=False)["properties"][name]
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    if "examples" in schema or "examples" in options[0]:
        examples = schema.get("examples", options[0].get("examples"))
        return "quantity, such as " + ", ".join(f"`{example}`" for example in examples)
    return _words(field.annotation) + _bounds(options[0])


def _bounds(schema: dict[str, Any]) -> str:
    signs = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    said = [f"{words} {schema[sign]:g}" for sign, words in signs.items() if sign in schema]
    return f", {', '.join(said)}" if said else ""


def _words(annotation: Any) -> str:  # noqa: ANN401  (a type expression has no narrower type)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_words(option) for option in arguments if option is not type(None))
    if origin in (typing.Annotated, tuple):
        return ("list of " if origin is tuple else "") + _words(arguments[0])
    if origin is dict:
        return "names and numbers"
    if issubclass(annotation, BaseModel):
        return "entries" if issubclass(annotation, (LeverEntry, Closure)) else "see below"
    return _NAMES[annotation]


def doc_of(model: type[BaseModel]) -> str:
    """Return what a model's docstring says, on one line."""
    return re.sub(r"\s+", " ", model.__doc__ or "").strip()


if __name__ == "__main__":
    write_files(Path(__file__).parents[2] / "scenarios")
