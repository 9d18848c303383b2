"""What docs/plans.md says of plans is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from experiments.cli import main
from experiments.commands.plan import command
from experiments.design import Method
from experiments.planning.models import PlanDocument
from simulation.spec.yaml_tree import read_tree

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")


def test_every_command_method_and_published_plan_is_told() -> None:
    assert set(re.findall(r"`safepassage plan (\w+) PLAN`", PAGE)) == set(command.commands)
    assert set(re.findall(r"^\| `(\w+)`(?: \(default\))? \| .*\|$", PAGE, re.M)) >= set(get_args(Method))
    assert set(re.findall(r"^\| `(\w+\.yaml)`", PAGE, re.M)) == {
        path.name for path in (ROOT / "experiments" / "plans").glob("*.yaml")
    }


def test_options_that_are_told_exist() -> None:
    told = set(re.findall(r"`[^`]*?(--[a-z][a-z-]*)", PAGE))
    assert told
    known = {option for sub in command.commands.values() for param in sub.params for option in param.opts}
    assert told <= known


def test_the_crossing_is_a_valid_one(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "plan.yaml"
    file.write_text("plan: x\ntitle: x\narms: [{scenario: a.yaml}]\n" + block, encoding="utf-8")
    assert set(PlanDocument.model_validate(read_tree(file).plain()).cross) == {"rescue", "services"}


def test_pages_that_are_named_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


@pytest.mark.parametrize("verb", sorted(command.commands))
def test_every_verb_has_help(verb: str) -> None:
    result = CliRunner().invoke(main, ["plan", verb, "--help"])
    assert result.exit_code == 0
    assert "PLAN" in result.output
