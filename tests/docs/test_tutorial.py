"""The tutorial's files and commands run, in order, and print what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.pages import Block, call, find_dead_links, find_missing, read_blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "first_policy_experiment.md"
PLAN = "my_question.yaml"


def play(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """Do what the page says in the current folder; yield commands and what they print."""
    for kind, _, text in blocks:
        if kind == "yaml":
            Path(PLAN).write_text(text, encoding="utf-8")
        elif kind == "diff":
            old, new = (line[1:] for line in text.splitlines())
            before = Path(PLAN).read_text(encoding="utf-8")
            assert before.count(f"{old}\n") == 1, old
            Path(PLAN).write_text(before.replace(f"{old}\n", f"{new}\n"), encoding="utf-8")
        else:
            assert kind == "console"
            yield text, call(text.splitlines()[0])


@pytest.mark.timeout(900)
def test_the_tutorial_runs_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    blocks = read_blocks(PAGE)
    assert [block.kind for block in blocks].count("console") == 6
    for shown, printed in play(blocks):
        assert find_missing(shown, printed) == [], printed
    folder = tmp_path / "runs" / "my_question"
    table = pd.read_csv(folder / "comparison.csv")
    assert set(table["arm"]) == {
        "services-three_times",
        "firewall-kept_apart",
        "services-three_times_firewall-kept_apart",
    }
    assert table.loc[table["outcome"] == "journeys_started", "replicates"].max() == 8
    for file in ("risk_services-three_times.txt", "displacement.csv", "pareto.csv", "robustness.csv", "plan.yaml",
                 "sensitivity.csv", "drivers_services-three_times.txt"):  # fmt: skip
        assert (folder / file).is_file(), file


def test_a_line_that_is_not_printed_would_be_found() -> None:
    assert find_missing("$ x\nruns 24\n...\ntakes ... s\n", "runs 25\ntakes 3 s\n") == ["runs 24"]


def test_the_pages_that_the_tutorial_names_exist() -> None:
    assert find_dead_links(PAGE) == []
