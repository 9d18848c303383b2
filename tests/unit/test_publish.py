"""The published schema and reference agree with the models, and shipped scenarios with the schema."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from simulation.spec.publish import build_reference, build_schema, write_files
from simulation.spec.tables import TABLES
from simulation.spec.yaml_tree import read_tree

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = sorted(SCENARIOS.rglob("*.yaml"))


def test_published_files_are_in_step_with_the_models(tmp_path: Path) -> None:
    write_files(tmp_path)
    for name in ("schema.json", "REFERENCE.md"):
        published, made = ((folder / name).read_text(encoding="utf-8") for folder in (SCENARIOS, tmp_path))
        assert published == made, f"scenarios/{name} is out of step: run `make reference`"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(build_schema())


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_scenarios_fit_the_schema(file: Path) -> None:
    jsonschema.validate(read_tree(file).plain(), build_schema())


BASE = {"base": "b.yaml", "scenario": "x", "title": "x"}
MISFITS = {
    "unknown key": BASE | {"sead": 1},
    "no period and no base": {"scenario": "x", "title": "x"},
    "no unit": BASE | {"levers": {"detention": [{"time_limit": 90}]}},
    "only a unit": BASE | {"levers": {"detention": [{"time_limit": "days"}]}},
    "share above 1": BASE | {"levers": {"interception": [{"intensity": 2}]}},
    "unknown pathway": BASE | {"levers": {"legal_pathways": [{"scope": {"pathways": ["boat"]}}]}},
}


@pytest.mark.parametrize("name", MISFITS)
def test_the_schema_shows_an_editor_what_is_wrong(name: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(MISFITS[name], build_schema())


def test_a_variant_may_move_one_day_of_the_period() -> None:
    jsonschema.validate(BASE | {"period": {"end": "2018-12-31"}}, build_schema())


def test_the_reference_names_every_lever_table_and_column() -> None:
    reference = build_reference()
    for lever in build_schema()["$defs"]["Levers"]["properties"]:
        assert f"\n### {lever}\n" in reference
    for name, table in TABLES.items():
        section = reference.split(f"\n### {name}.csv ")[1].split("\n### ")[0]
        for column in table.model.model_fields:
            assert f"| `{column}` |" in section
