"""The tutorial for Flee users: its files are written, its commands run and print what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from test_tutorial import call, find_missing

from experiments.cli import main
from simulation.displacement.files import load_case
from simulation.displacement.model import DAY
from simulation.displacement.parameters import DEFAULTS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "bring_your_flee_case.md"
TEXT = PAGE.read_text(encoding="utf-8")


def write_files(folder: Path) -> int:
    """Write the files of the page, each named in the line above its block; return how many."""
    files = re.findall(r"^`([\w/.]+)`[^\n]*:\n\n```csv\n(.*?)^```$", TEXT, re.M | re.S)
    for name, text in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return len(files)


def test_the_tutorial_runs_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert write_files(tmp_path) == TEXT.count("```csv") == 11
    monkeypatch.chdir(tmp_path)
    shown = [
        block for block in re.findall(r"^```console\n(.*?)^```$", TEXT, re.M | re.S) if block.startswith("$")
    ]
    assert len(shown) == 3
    for block in shown:
        loose = re.sub(r" +", " ", block)
        printed = re.sub(r" +", " ", call(block.splitlines()[0]))
        assert find_missing(loose, printed) == [], printed
    assert load_case(tmp_path / "my_scenario").days == 10
    scores = pd.read_csv(tmp_path / "my_scores" / "scores.csv").set_index("forecast")
    assert 0.0 < scores.loc["this model", "rescaled"] < 2.0
    assert len(pd.read_csv(tmp_path / "my_scores" / "protection.csv")) == 5


def test_the_message_that_the_page_shows_is_the_one_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path)
    routes = tmp_path / "my_case" / "input" / "routes.csv"
    routes.write_text(routes.read_text().replace("Birch,Cove", "Brich,Cove"))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["import", "flee", "my_case"])
    assert done.exit_code == 2
    (shown,) = re.findall(r"^```console\n(routes.*?)\n```$", TEXT, re.M)
    assert shown in done.output


def test_the_pages_that_the_tutorial_names_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)[)#]", TEXT)
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_the_odd_names_every_parameter_and_phase_of_displacement() -> None:
    odd = (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8").split("## 9. Forced displacement")[1]
    for name, p in DEFAULTS.items():
        assert f"| `{name}` | {p.value:g} | {p.low:g}-{p.high:g} | {p.unit} |" in odd
    for phase in DAY:
        assert f"`{phase.__name__}`" in odd
