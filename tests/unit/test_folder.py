"""The experiment folder: whole or absent, never overwritten by accident, resumed after an interruption."""

from __future__ import annotations

import itertools
import json
import os

import pandas as pd
import pytest
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import compare
from experiments.folder import ExperimentFolder, hash_model_code, read_parquet
from simulation.errors import ResultError
from simulation.spec.load import scenario_from_dict

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)


def run_into(path, calls=None, *, force=False, replicates=2, model=None, scenario=VARIANT):
    with ExperimentFolder(path, force=force) as folder:
        model = model or synthetic_model(calls)
        comparison = compare(BASELINE, scenario, replicates=replicates, store=folder, model=model)
        return folder.finish(comparison, pictures=False)


def interrupt_after(n_runs, calls=None):
    model, turns = synthetic_model(calls), itertools.count()

    def evaluate(scenario, seed, scale):
        if next(turns) >= n_runs:
            raise KeyboardInterrupt
        return model.evaluate(scenario, seed, scale)

    return model._replace(evaluate=evaluate)


def test_the_folder_holds_the_comparison_and_every_run(tmp_path):
    folder = run_into(tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.csv",
        "displacement.csv",
        "displacement_summary.csv",
        "metadata.json",
        "multiplicity.csv",
        "pairing.csv",
        "pareto.csv",
        "patterns.csv",
        "runs",
    ]
    table = pd.read_csv(folder / "comparison.csv")
    assert (table["outcome"] == "deaths").any()
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    assert {entry["file"] for entry in metadata["runs"]} == {
        f"runs/{p.name}" for p in (folder / "runs").iterdir()
    }
    assert scenario_from_dict(metadata["scenarios"]["enforcement"]) == VARIANT
    assert metadata["model_code_sha256"] == hash_model_code()
    assert list(tmp_path.iterdir()) == [folder]  # no partial folder, lock or temporary file is left


def test_a_comparison_from_the_python_side_writes_the_same_folder_with_pictures(tmp_path):
    comparison = compare(BASELINE, VARIANT, replicates=2, model=synthetic_model())
    folder = comparison.write(tmp_path / "api")
    names = {path.name for path in folder.iterdir()}
    pictures = {f"{kind}_enforcement.{end}" for kind in ("risk", "map") for end in ("png", "svg", "txt")}
    assert pictures <= names
    other = run_into(tmp_path / "out")
    for name in ("comparison.csv", "metadata.json", "patterns.csv"):
        assert (folder / name).read_bytes() == (other / name).read_bytes()
    with pytest.raises(ResultError, match="--force"):
        comparison.write(folder)


def test_a_run_read_back_is_the_run(tmp_path):
    folder = run_into(tmp_path / "out")
    expected = compare(BASELINE, VARIANT, replicates=2, model=synthetic_model())
    for task, summary in expected.runs.items():
        stored = read_parquet(folder / "runs" / f"{task.name}.parquet").to_pandas()
        pd.testing.assert_frame_equal(stored, summary, check_dtype=False)


def test_an_existing_comparison_is_replaced_only_by_force(tmp_path):
    folder = run_into(tmp_path / "out")
    before = (folder / "comparison.csv").read_bytes()
    with pytest.raises(ResultError, match="--force"):
        run_into(folder)
    assert (folder / "comparison.csv").read_bytes() == before
    run_into(folder, force=True, replicates=3)
    assert len(list((folder / "runs").iterdir())) == 12
    assert list(tmp_path.iterdir()) == [folder]


def test_other_peoples_files_are_never_replaced(tmp_path):
    mine = tmp_path / "thesis"
    mine.mkdir()
    (mine / "chapter.txt").write_text("years of work")
    with pytest.raises(ResultError, match="will not be replaced"):
        run_into(mine, force=True)
    assert (mine / "chapter.txt").read_text() == "years of work"
    note = tmp_path / "note"
    note.write_text("a file")
    with pytest.raises(ResultError, match="not a folder"):
        run_into(note, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note", "thesis"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    assert (run_into(tmp_path / "out") / "comparison.csv").is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_permission_is_one_clear_message(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ResultError, match=r"cannot be written \(Permission denied\)"):
        run_into(tmp_path / "out")
    tmp_path.chmod(0o700)


def test_a_place_that_cannot_hold_a_folder_is_one_clear_message(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ResultError, match=r"cannot be written \(.*\); choose another place"):
        run_into(tmp_path / "file" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_comparison_goes_on_where_it_stopped(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_into(out, model=interrupt_after(3))
    assert not out.exists()
    calls = []
    folder = run_into(out, calls)
    assert len(calls) == 8 - 3
    assert (folder / "comparison.csv").read_bytes() == (
        run_into(tmp_path / "whole") / "comparison.csv"
    ).read_bytes()


def test_runs_of_another_scenario_or_seed_are_not_taken(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_into(out, model=interrupt_after(4), replicates=3)
    calls = []
    run_into(out, calls, scenario=build_scenario("enforcement", enforcement=0.5))
    assert [name for name, _ in calls].count("enforcement") == 4  # none of the other scenario's runs
    assert [name for name, _ in calls].count(
        "baseline"
    ) == 2  # the baseline is the same: its two runs are kept
    assert len(list((out / "runs").iterdir())) == 8


def test_a_damaged_run_is_run_again(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_into(out, model=interrupt_after(2))
    for path in (tmp_path / ".out.partial" / "runs").iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    calls = []
    run_into(out, calls)
    assert len(calls) == 8


def test_a_failure_leaves_nothing_half_written(tmp_path):
    out = tmp_path / "out"
    folder = run_into(out)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(KeyboardInterrupt):
        run_into(out, force=True, replicates=9, model=interrupt_after(5))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_two_comparisons_do_not_write_one_folder(tmp_path):
    with ExperimentFolder(tmp_path / "out"), pytest.raises(ResultError, match="another comparison"):
        ExperimentFolder(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
