"""What scenarios/README.md shows can be done as shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from simulation import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def route(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(SCENARIOS / "central_mediterranean", tmp_path / "scenarios" / "central_mediterranean")
    )


def test_the_readmes_examples_load(route: Path) -> None:
    text = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    first, second = re.findall(r"^( *)```yaml\n(.*?)^\1```", text, flags=re.MULTILINE | re.DOTALL)
    own = route / "my_policy.yaml"
    own.write_text(dedent(first[1]), encoding="utf-8")
    document = load_scenario(own).document
    assert document.scenario == "my_policy"
    assert document.levers.legal_pathways[-1].processing == 60.0
    own.write_text("base: baseline.yaml\nscenario: x\ntitle: x\n" + second[1], encoding="utf-8")
    document = load_scenario(own).document
    assert document.closures[0].legs == ("e021",)
    assert document.levers.detention[-1].children is False
