"""The plan language for people and editors: plans/REFERENCE.md and schema.json, made from the models' own docs.

``python -m experiments.planning.publish`` writes both; a test fails when they no longer agree with the models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments.outcome_words import OUTCOMES
from experiments.planning.models import (
    ArmDocument,
    BudgetDocument,
    DesignDocument,
    PlanDocument,
    PlanPeriod,
)
from experiments.planning.results import FILES
from simulation.spec.publish import describe_fields, doc_of, table_lines

HEAD = """# Reference of the plan language

Made from the models in `experiments/planning` by `make reference`; do not edit. Start with
[docs/plans.md](../../docs/plans.md).

A plan is a YAML 1.2 file. Unknown keys are errors; `safepassage plan check FILE` reports every problem of the plan and
of its scenarios at once. Editors that know the first line `# yaml-language-server: $schema=schema.json` complete keys
and show their meaning. Levers are those of the scenario language: see
[its reference](../../scenarios/REFERENCE.md#levers).
"""
_VALUES = {
    "`arms`": "list of entries",
    "`cross`": "names, levels and levers",
    "`groups`": "labels, and lists of names",
    "`levers`": "as in a scenario",
}
"""Words for what the types of the models do not say by themselves."""


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan file, for editors."""
    schema = PlanDocument.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Safe Passage experiment plan"
    for definition in schema["$defs"].values():
        for field in definition.get("properties", {}).values():
            field.pop("title", None)
    return schema


def build_reference() -> str:
    """Return REFERENCE.md: the keys of a plan, what each analysis writes, and the names of all outcomes."""
    return HEAD + "\n".join([*_keys(), *_analyses(), *_outcomes()]) + "\n"


def write_files(folder: Path) -> None:
    """Write schema.json and REFERENCE.md into ``folder``."""
    schema = json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "schema.json").write_text(schema, encoding="utf-8")
    (folder / "REFERENCE.md").write_text(build_reference(), encoding="utf-8")


def _keys() -> Iterator[str]:
    yield "\n## Keys of a plan\n"
    yield from _fields(PlanDocument)
    sections: tuple[tuple[str, type[BaseModel]], ...] = (
        ("arms, each entry", ArmDocument),
        ("period", PlanPeriod),
        ("design", DesignDocument),
        ("budget", BudgetDocument),
    )
    for name, model in sections:
        yield f"\n### {name}\n{doc_of(model)}\n"
        yield from _fields(model)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    values = _VALUES if model in {PlanDocument, ArmDocument, DesignDocument} else {}
    rows = describe_fields(model)
    yield from table_lines([(key, values.get(key, value), *rest) for key, value, *rest in rows])


def _analyses() -> Iterator[str]:
    yield "\n## Analyses\nWhat each writes into the experiment folder, beside the runs and what is known of them.\n"
    yield "| analysis | files |"
    yield "|---|---|"
    for analysis, files in FILES.items():
        yield f"| `{analysis}` | {', '.join(f'`{name}`' if '.' in name else name for name in files)} |"


def _outcomes() -> Iterator[str]:
    yield "\n## Outcomes\nNames for the key `outcomes`. A run has those that its scenario can give.\n"
    yield "| outcome | meaning |"
    yield "|---|---|"
    for name, said in OUTCOMES.items():
        yield f"| `{name}` | {said.label} |"


if __name__ == "__main__":
    write_files(Path(__file__).parents[1] / "plans")
