"""Published plans: sound, in step with the scenario pack; schema and reference agree with the models."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from experiments.design import list_names
from experiments.outcome_words import OUTCOMES
from experiments.planning.load import load_plan
from experiments.planning.models import PlanDocument
from experiments.planning.publish import build_reference, build_schema, write_files
from simulation.spec.yaml_tree import read_tree

ROOT = Path(__file__).parents[2]
PLANS = ROOT / "experiments" / "plans"
PACK = ROOT / "scenarios" / "central_mediterranean" / "pack"
PUBLISHED = sorted(PLANS.glob("*.yaml"))


def test_published_files_are_in_step_with_the_models(tmp_path: Path) -> None:
    write_files(tmp_path)
    for name in ("schema.json", "REFERENCE.md"):
        published, made = ((folder / name).read_text(encoding="utf-8") for folder in (PLANS, tmp_path))
        assert published == made, f"experiments/plans/{name} is out of step: run `make reference`"


def test_the_reference_names_every_key_and_outcome() -> None:
    reference = build_reference()
    assert all(f"| `{key}` |" in reference for key in PlanDocument.model_fields)
    assert all(f"| `{name}` |" in reference for name in OUTCOMES)


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_published_plans_fit_the_schema_and_are_sound(file: Path) -> None:
    jsonschema.validate(read_tree(file).plain(), build_schema())
    loaded = load_plan(file)
    assert loaded.document.plan == file.stem
    assert loaded.document.description
    assert loaded.plan.since is not None
    assert loaded.plan.since.year == 2017
    # A restriction of this plan's own would be a warning; those of the map are known.
    assert not [problem for problem in loaded.warnings if problem.file == file]


@pytest.mark.parametrize(
    "misfit",
    [
        {"plan": "x"},
        {"plan": "x", "title": "x", "arms": []},
        {"plan": "x", "title": "x", "arms": [{"scenario": "a.yaml", "colour": 1}]},
        {"plan": "x", "title": "x", "arms": [{"scenario": "a.yaml"}], "design": {"method": "sobel"}},
        {"plan": "x", "title": "x", "arms": [{"scenario": "a.yaml"}], "cross": {"a": {"b": {"levers": []}}}},
        {"plan": "x", "title": "x", "arms": [{"scenario": "a.yaml"}], "scale": 0},
    ],
)
def test_the_schema_shows_an_editor_what_is_wrong(misfit: dict[str, object]) -> None:
    jsonschema.Draft202012Validator.check_schema(build_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(misfit, build_schema())


def test_the_packages_are_all_of_the_pack() -> None:
    arms = load_plan(PLANS / "packages.yaml").plan.arms
    assert set(arms) == {file.stem for file in PACK.glob("*.yaml")}
    assert next(iter(arms)) == "status_quo"


def test_crossed_measures_are_those_of_the_protection_package() -> None:
    crossed = load_plan(PLANS / "alone_and_together.yaml").plan.arms
    assert len(crossed) == 8
    package = load_plan(PLANS / "packages.yaml").plan.arms["protection_package"].document.levers
    together = crossed["rescue-restored_services-five_times_detention-limited"].document.levers
    for name in ("search_and_rescue", "services", "firewall", "detention"):
        assert getattr(together, name) == getattr(package, name), name


def test_the_screening_leaves_out_only_what_harms_nobody() -> None:
    plan = load_plan(PLANS / "sensitivity.yaml").plan
    assert plan.design is not None
    studied = {name for names in plan.design.members for name in names}
    left = set(list_names(plan.scenarios)) - studied
    assert {name.split(":")[0] for name in left} == {"cost", "observation"}
    further = load_plan(PLANS / "sensitivity_sobol.yaml").plan
    assert further.design is not None
    known = dict(zip(plan.design.factors, plan.design.members, strict=True))
    assert all(
        known[label] == names
        for label, names in zip(further.design.factors, further.design.members, strict=True)
    )
