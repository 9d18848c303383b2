"""A results page from a plan file and its finished folder, on the tiny map."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from experiments.planning.load import load_plan
from experiments.planning.run import run_experiment
from experiments.results_page.__main__ import main
from experiments.results_page.read import read_study
from experiments.results_page.write import write_results_page
from simulation.errors import ResultError

TINY = Path(__file__).parents[2] / "scenarios" / "tiny" / "fork"
TEXT = """\
plan: tiny
title: Does enforcement move people?
description: Two arms on a map of a fork.
arms:
  - scenario: fork/fork.yaml
  - scenario: fork/enforcement.yaml
seed: 7
scale: 0.1
replicates: 3
seeds_only: 2
analyses: [comparison, robustness]
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[Path, Path]:
    """Return a plan and its finished folder."""
    folder = tmp_path_factory.mktemp("plan")
    shutil.copytree(TINY, folder / "fork")
    file = folder / "tiny.yaml"
    file.write_text(TEXT, encoding="utf-8")
    run_experiment(load_plan(file), folder / "out")
    return file, folder / "out"


def test_a_page_is_made_of_kept_runs(finished, tmp_path, capsys) -> None:
    file, folder = finished
    assert main([str(file), str(folder), str(tmp_path)]) == 0
    text = (tmp_path / "tiny.md").read_text(encoding="utf-8")
    assert text.startswith("# Does enforcement move people?\n\nTwo arms on a map of a fork.\n")
    assert "3 joint draws of the uncertain parameters, each shared by all 2 arms" in text
    assert "10 runs. Seed 7" in text
    assert (tmp_path / "tiny" / "best_total.png").is_file()
    study = read_study(file, folder)
    assert study.tables["robustness"]["arm"].unique().tolist() == list(study.comparison.plan.arms)
    assert capsys.readouterr().out == f"wrote {tmp_path / 'tiny.md'}\n"


def test_without_runs_that_vary_the_seed_alone_there_is_no_page(finished) -> None:
    file = finished[0].with_name("draws.yaml")
    text = TEXT.replace("seeds_only: 2", "seeds_only: 0").replace("comparison, ", "")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match="seeds_only of at least 1"):
        read_study(file, finished[1])


# The shared reader of experiments asks pandas for exact numbers in a way that pandas 3 announces to drop.
@pytest.mark.filterwarnings("ignore:The 'float_precision' argument is deprecated")
def test_a_plan_about_sensitivity_has_a_page_of_its_drivers(finished, tmp_path) -> None:
    file = finished[0].with_name("screened.yaml")
    design = "design: {method: morris, trajectories: 2, factors: [parameter:discount], groups: {risks: ['risk:*']}}"
    text = TEXT.replace("replicates: 3\n", "").replace("analyses: [comparison, robustness]", design)
    file.write_text(text, encoding="utf-8")
    run_experiment(load_plan(file), tmp_path / "out")
    page = write_results_page(read_study(file, tmp_path / "out"), tmp_path / "pages")
    text = page.read_text(encoding="utf-8")
    assert "6 points of a morris design over 2 factors" in text
    assert "## Which assumptions drive the answer" in text
    assert "What changes for people" not in text
    shown = re.findall(r"\]\((tiny/drivers[^)]+\.png)\)", text)
    assert shown
    assert all((page.parent / name).is_file() for name in shown)


def test_runs_of_another_plan_make_no_page(finished, tmp_path, capsys) -> None:
    file, folder = finished
    other = file.with_name("other.yaml")
    other.write_text(TEXT.replace("seed: 7", "seed: 8"), encoding="utf-8")
    with pytest.raises(ResultError, match=r"holds no runs of other.yaml as it is now"):
        read_study(other, folder)
    assert main([str(other), str(folder), str(tmp_path)]) == 2
    assert "run it again" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
