"""The run folder: whole or absent, never overwritten by accident, enough to repeat the run."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from small_worlds import SCENARIOS, tiny

from experiments.cli import main
from simulation import RouteModel, __version__, run
from simulation.errors import ResultError
from simulation.kernels.layout import Event, Status
from simulation.result import TABLES, RunResult, read_metadata, read_request
from simulation.spec.load import scenario_from_dict

FORK = SCENARIOS / "tiny" / "fork" / "fork.yaml"


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(tiny("fork"), seed=3, scale=0.5)


def safepassage(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments)])


# What it holds ---
def test_the_folder_holds_tables_and_metadata(result: RunResult, tmp_path: Path) -> None:
    folder = result.write(tmp_path / "runs" / "one")
    assert sorted(f.name for f in folder.iterdir()) == sorted(
        [*(f"{t}.parquet" for t in TABLES), "metadata.json"]
    )
    for name in TABLES:
        stored = pd.read_parquet(folder / f"{name}.parquet", use_threads=False)
        pd.testing.assert_frame_equal(stored, getattr(result, name).reset_index(drop=True))
        assert len(stored) > 0 or name == "money", "nobody on this map lacks money, so none is followed"
        assert (
            pq.ParquetFile(folder / f"{name}.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
        )
    assert list(tmp_path.iterdir()) == [tmp_path / "runs"], "no temporary folder is left"
    assert list((tmp_path / "runs").iterdir()) == [folder]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_the_metadata_are_enough_to_repeat_the_run(result: RunResult, tmp_path: Path) -> None:
    folder = result.write(tmp_path / "one")
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    assert metadata["kind"] == "run"
    assert (metadata["seed"], metadata["scale"]) == (3, 0.5)
    assert scenario_from_dict(metadata["scenario"]) == result.scenario
    packages = metadata["provenance"]["packages"]
    assert packages["safepassage"] == __version__
    assert {"numpy", "numba", "mesa", "scipy", "pandas", "pyarrow", "networkx"} <= set(packages)
    assert packages["numpy"] == np.__version__
    assert set(metadata["provenance"]) == {"revision", "python", "platform", "packages"}
    assert read_request(folder) == (result.scenario, 3, 0.5)
    assert str(Path.home()) not in json.dumps(metadata["provenance"]), "no names of users or folders"


def test_the_tables_say_what_happened(result: RunResult) -> None:
    events, census = result.events, result.census
    assert list(events.columns) == [
        "month", "setting", "location", "stream", "sex", "age", "company", "event", "people",
    ]  # fmt: skip
    assert set(events["event"]) <= {e.name.lower() for e in Event}
    assert (events["people"] > 0).all()
    assert events["month"].min() == "2015-01"
    assert census["day"].tolist() == pd.date_range("2015-01-01", "2017-12-31").strftime("%Y-%m-%d").tolist()
    assert list(census.columns[1:]) == [s.name.lower() for s in Status]
    n_people = RouteModel(tiny("fork"), seed=3, scale=0.5).people.who.size
    assert (census.iloc[:, 1:].sum(axis=1) == n_people).all()
    flows = result.flows.groupby("leg")["people"].sum()
    entered = events[events["event"] == "entered"].groupby("location")["people"].sum()
    assert flows.to_dict() == entered.to_dict()
    died = events[events["event"] == "death"]["people"].sum()
    assert died == census["dead"].iloc[-1] > 0
    days = result.person_days
    lively = [s.name.lower() for s in Status if Status.WAITING <= s <= Status.DETAINED]
    assert days["days"].sum() == census[lively].to_numpy().sum()
    assert set(days["setting"]) <= {"leg", "waiting", "working", "detention", "captivity"}


# Whole or absent ---
def broken(result: RunResult, error: Exception) -> RunResult:
    """Return the result with its last table failing, after others have been written."""

    class Broken(RunResult):
        @property
        def census(self) -> pd.DataFrame:
            raise error

    return Broken(**{f.name: getattr(result, f.name) for f in dataclasses.fields(result)})


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("a bug"), KeyboardInterrupt()]
)
def test_a_failure_while_writing_leaves_nothing(
    result: RunResult, error: BaseException, tmp_path: Path
) -> None:
    expected = ResultError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        broken(result, error).write(tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_replacing_keeps_the_old_run(result: RunResult, tmp_path: Path) -> None:
    folder = result.write(tmp_path / "one")
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    with pytest.raises(ResultError, match="No space left on device"):
        broken(result, OSError(28, "No space left on device")).write(folder, force=True)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]


def test_an_existing_run_is_replaced_only_by_force(result: RunResult, tmp_path: Path) -> None:
    folder = result.write(tmp_path / "one")
    (folder / "note.txt").write_text("mine")
    with pytest.raises(ResultError, match="exists already"):
        result.write(folder)
    assert (folder / "note.txt").exists()
    result.write(folder, force=True)
    assert not (folder / "note.txt").exists()
    assert read_metadata(folder)["seed"] == 3


def test_an_empty_folder_is_used(result: RunResult, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    assert read_metadata(result.write(tmp_path / "one"))["kind"] == "run"


# The command ---
def test_run_writes_a_folder_and_says_what_happened(tmp_path: Path) -> None:
    done = safepassage(FORK, "--scale", 0.2, "--seed", 0, "--out", tmp_path / "one")
    assert done.exit_code == 0, done.output
    assert read_request(tmp_path / "one")[1:] == (0, 0.2)
    lines = done.stdout.splitlines()
    assert lines[0] == "fork: A main road and a bypass (seed 0, scale 0.2)"
    assert any(line.endswith("  deaths") for line in lines)
    assert any(line.endswith("  times that need was not met") for line in lines)
    assert lines[-1].startswith("wrote ")


def test_run_repeats_a_run_folder(tmp_path: Path) -> None:
    assert safepassage(FORK, "--scale", 0.2, "--seed", 9, "--out", tmp_path / "one").exit_code == 0
    assert safepassage(tmp_path / "one", "--out", tmp_path / "two").exit_code == 0
    for name in TABLES:
        one, two = ((tmp_path / f / f"{name}.parquet").read_bytes() for f in ("one", "two"))
        assert one == two
    assert read_request(tmp_path / "one") == read_request(tmp_path / "two")
    other = safepassage(tmp_path / "one", "--seed", 10, "--out", tmp_path / "three")
    assert other.exit_code == 0
    assert read_request(tmp_path / "three")[1:] == (10, 0.2)


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trip wire: a bad target must be refused before a day is simulated."""

    def lived(*_: object, **__: object) -> None:
        raise AssertionError("the simulation started")

    monkeypatch.setattr(RouteModel, "__init__", lived)


def refused(done: Result, said: str) -> None:
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("no_simulation")
def test_run_refuses_a_bad_target_before_it_simulates(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    refused(safepassage(FORK, "--out", file / "run"), "cannot write here")
    refused(safepassage(FORK, "--out", file / "deep" / "run"), "cannot write here")
    refused(safepassage(FORK, "--out", file), "is a file, not a folder")
    refused(safepassage(FORK, "--out", file, "--force"), "is a file, not a folder")
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    refused(safepassage(FORK, "--out", full), "exists already; choose another folder with --out")
    refused(safepassage(FORK, "--out", full, "--force"), "not a result folder")
    for metadata in ("{", "[]", "{}", '{"format": 1, "kind": "experiment"}', '{"format": 99, "kind": "run"}'):
        (full / "metadata.json").write_text(metadata)
        refused(safepassage(FORK, "--out", full, "--force"), "metadata" if "kind" not in metadata else "")
    assert (full / "letter.txt").read_text() == "mine"
    assert sorted(f.name for f in tmp_path.iterdir()) == ["file", "full"]


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a place where nobody can write")
def test_run_refuses_a_folder_in_which_nobody_can_write() -> None:
    refused(safepassage(FORK, "--out", "/proc/safepassage/run"), "cannot write here")


@pytest.mark.usefixtures("no_simulation")
def test_run_refuses_what_is_not_a_scenario(tmp_path: Path) -> None:
    refused(safepassage(tmp_path / "nothing.yaml"), "nothing.yaml")
    refused(safepassage(tmp_path), str(tmp_path))
    for metadata in ("{", '{"format": 1, "kind": "experiment"}', '{"format": 1, "kind": "run"}'):
        (tmp_path / "metadata.json").write_text(metadata)
        refused(safepassage(tmp_path), "metadata.json")


def tampered(result: RunResult, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Write a run folder and change its metadata."""
    metadata = result.metadata()
    change(metadata)
    folder.mkdir()
    (folder / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return folder


TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "scale nan": (lambda m: m.update(scale=math.nan), "scale must be above 0 and at most 1; got nan"),
    "scale inf": (lambda m: m.update(scale=math.inf), "scale must be above 0 and at most 1; got inf"),
    "scale 0": (lambda m: m.update(scale=0), "scale must be above 0 and at most 1; got 0"),
    "scale true": (lambda m: m.update(scale=True), "scale must be above 0 and at most 1; got True"),
    "huge scale": (lambda m: m.update(scale=10**400), "scale must be above 0 and at most 1; got 1000"),
    "seed -1": (lambda m: m.update(seed=-1), "seed must be a whole number from 0 to 2**64 - 1; got -1"),
    "seed 2**64": (lambda m: m.update(seed=2**64), "seed must be a whole number from 0 to 2**64 - 1"),
    "seed 1.5": (lambda m: m.update(seed=1.5), "seed must be a whole number from 0 to 2**64 - 1; got 1.5"),
    "seed text": (lambda m: m.update(seed="\x1b[31m"), "got '\\x1b[31m'"),
    "no scenario": (lambda m: m.update(scenario=[]), "metadata.json: scenario:"),
    "parameter": (
        lambda m: m["scenario"]["document"]["parameters"].update(discount=1.5),
        "document.parameters.discount: discount must be at least 0 and at most 0.999; got 1.5",
    ),
    "leg to nowhere": (
        lambda m: m["scenario"]["legs"][0].update(destination="nowhere"),
        "legs.0.destination: nowhere is not in places.csv",
    ),
    "place twice": (
        lambda m: m["scenario"]["places"].append(m["scenario"]["places"][0]),
        "places: home is given twice",
    ),
    "no rows": (lambda m: m["scenario"].update(streams=[]), "streams: has no rows"),
    "name of a folder": (
        lambda m: m["scenario"]["document"].update(scenario="../../x"),
        "an identifier has letters, digits, _ and - only",
    ),
}


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("name", TAMPERED)
def test_run_refuses_a_run_folder_that_was_tampered_with(
    result: RunResult, tmp_path: Path, name: str
) -> None:
    change, said = TAMPERED[name]
    folder = tampered(result, tmp_path / "one", change)
    refused(safepassage(folder, "--out", tmp_path / "two"), said)
    assert not (tmp_path / "two").exists()


@pytest.mark.usefixtures("no_simulation")
def test_run_refuses_metadata_that_are_huge_or_nested_without_end(tmp_path: Path) -> None:
    file = tmp_path / "metadata.json"
    file.write_text("[" * 100_000, encoding="utf-8")
    refused(safepassage(tmp_path), "no readable metadata.json")
    with file.open("ab") as text:
        text.truncate(60_000_000)  # sparse: takes no room on the disk
    refused(safepassage(tmp_path), "is too large: 60.0 MB, and at most 50.0 MB are read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_for_metadata_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "metadata.json")
    with pytest.raises(ResultError, match="is not a regular file"):
        read_metadata(tmp_path)
    refused(safepassage(FORK, "--out", tmp_path, "--force"), "is not a regular file")


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("option", [("--scale", "0"), ("--scale", "1.1"), ("--seed", "-1"), ("--seed", "x")])
def test_run_refuses_numbers_out_of_range(option: tuple[str, str]) -> None:
    done = safepassage(FORK, *option)
    assert done.exit_code == 2
    assert option[0] in done.stderr
    assert "Traceback" not in done.output
