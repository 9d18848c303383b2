"""The files and commands of the page on calibration run, in order, and print what the page shows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from calibration.readers.read import load_observed
from tests.pages import call, find_dead_links, find_missing, read_blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "calibrate_to_your_dtm_file.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the one a reader of the page works in."""
    for name in ("scenarios", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_runs_as_shown(folder: Path) -> None:
    n_commands = 0
    for kind, word, text in read_blocks(PAGE):
        if kind != "console":
            Path(word).write_text(text, encoding="utf-8")
            continue
        printed = call(text.splitlines()[0], exit_code=2 if word == "refused" else 0)
        assert find_missing(text, printed) == [], printed
        n_commands += 1
    assert n_commands >= 8
    table = pd.read_csv(folder / "gate.csv")
    assert set(table["place"]) == {"Gate"}


def test_the_file_counts_everybody_but_the_total_and_the_repeated_record() -> None:
    table = load_observed(ROOT / "docs" / "tutorials" / "gate_registry.csv")
    lines = pd.read_csv(ROOT / "docs" / "tutorials" / "gate_registry.csv", skiprows=[0, 2])
    lines = lines[lines["record_id"].notna()].drop_duplicates("record_id")
    everybody = table.select(group="all").rows
    assert len(everybody) == 17  # eighteen months less the one without lines
    assert everybody["value"].sum() == lines["total"].sum()


def test_pages_that_are_named_exist() -> None:
    assert find_dead_links(PAGE) == []
