"""The store of runs: whatever is cut short or damaged, a finished run is there once, with its own numbers."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_plans import (
    KNOWN,
    check_runs,
    counting_model,
    evaluate,
    known_plan,
    raising_model,
    read_table,
    run_into,
    same_values,
)

from experiments.collect import collect_tables, collect_values
from experiments.compare import run_plan
from experiments.execution.execute import MemoryStore, execute
from experiments.execution.store import RunFiles
from experiments.folder import ExperimentFolder
from experiments.plan import Task
from simulation.errors import ResultError

PLAN = known_plan()
TASKS = PLAN.tasks()
MARKS = {task: f"fingerprint of {task.name}" for task in TASKS}


def frame_of(task: Task, shift: float = 0.0) -> pd.DataFrame:
    frame = evaluate(PLAN.arms[task.arm], task.seed, 1.0)
    return frame.assign(value=frame["value"] + task.replicate + shift)


def fill(folder, tasks=TASKS, runs_a_part=5) -> RunFiles:
    folder.mkdir(parents=True, exist_ok=True)
    files = RunFiles(folder, runs_a_part=runs_a_part)
    for task in tasks:
        files.write(task, MARKS[task], frame_of(task))
    return files


def same_frames(files: RunFiles, tasks) -> None:
    for task in tasks:
        pd.testing.assert_frame_equal(files.read(task), frame_of(task))


def test_runs_become_parts_and_are_read_back_as_they_were(tmp_path):
    files = fill(tmp_path / "runs")
    names = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert [name for name in names if name.startswith("part-")] == [
        f"part-{k:06d}.parquet" for k in (1, 2, 3, 4)
    ]
    assert len(names) == 4 + len(TASKS) - 20
    for opened in (files, RunFiles(tmp_path / "runs", mend=False)):
        assert opened.find(MARKS) == set(TASKS)
        same_frames(opened, TASKS)
    expected = collect_values({task: frame_of(task) for task in TASKS})
    found = collect_tables(TASKS, files.read_parts(TASKS[::-1]))
    pd.testing.assert_frame_equal(found.rows, expected.rows)
    assert same_values(found.value, expected.value)
    assert same_values(found.n_simulated, expected.n_simulated)


@settings(max_examples=30)
@given(
    steps=st.lists(
        st.one_of(
            st.integers(0, len(TASKS) - 1), st.sampled_from(["compact", "open", "copy back", "keep half"])
        ),
        max_size=25,
    )
)
def test_any_order_of_writing_compacting_and_being_cut_short_counts_every_run_once(tmp_path_factory, steps):
    """ "copy back" is the state after a kill between writing a part and removing its single files."""
    folder = tmp_path_factory.mktemp("store") / "runs"
    folder.mkdir()
    files, wanted, version = RunFiles(folder, runs_a_part=4), {}, 0
    for step in steps:
        if step == "compact":
            saved = {path.name: path.read_bytes() for path in folder.glob("[!p]*.parquet")}
            files.compact()
        elif step == "copy back":
            saved = {path.name: path.read_bytes() for path in folder.glob("[!p]*.parquet")}
            files.compact()
            for name, content in saved.items():
                (folder / name).write_bytes(content)
            files = RunFiles(folder, runs_a_part=4)
        elif step == "open":
            files = RunFiles(folder, runs_a_part=4)
        elif step == "keep half":
            wanted = dict(list(wanted.items())[::2])
            files.keep_only({task: mark for task, (mark, _) in wanted.items()})
        else:
            task, version = TASKS[step], version + 1
            wanted[task] = (f"{MARKS[task]} {version}", frame_of(task, version))
            files.write(task, *wanted[task])
    files = RunFiles(folder)
    assert len(files) == len(wanted)
    assert files.find({task: mark for task, (mark, _) in wanted.items()}) == set(wanted)
    for task, (_, frame) in wanted.items():
        pd.testing.assert_frame_equal(files.read(task), frame)
    seen = [task for here, *_ in files.read_parts(wanted) for task in here if task is not None]
    assert sorted(task.name for task in seen) == sorted(task.name for task in wanted)


@pytest.mark.parametrize("which", ["part-000001", TASKS[20].name])
@pytest.mark.parametrize("harm", ["a flipped bit", "cut off", "empty", "not ours"])
def test_a_damaged_file_is_named_moved_aside_and_its_runs_made_again(tmp_path, which, harm):
    fill(tmp_path / "runs")
    path = tmp_path / "runs" / f"{which}.parquet"
    content = path.read_bytes()
    middle = content.index(b"PAR1") + 60  # inside the first page of data
    path.write_bytes(
        {
            "a flipped bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "cut off": content[:-10],
            "empty": b"",
            "not ours": b"PAR1 no PAR1",
        }[harm]
    )
    with pytest.raises(ResultError, match=f"{which}.parquet: is damaged"):
        RunFiles(tmp_path / "runs", mend=False)
    files = RunFiles(tmp_path / "runs")
    assert files.damaged == [f"{which}.parquet"]
    assert (tmp_path / "damaged" / f"{which}.parquet").is_file()
    lost = set(TASKS) - files.find(MARKS)
    assert len(lost) == (5 if which.startswith("part") else 1)
    same_frames(files, set(TASKS) - lost)


def test_a_damaged_file_in_an_unfinished_experiment_changes_no_number(tmp_path):
    whole, calls = tmp_path / "whole", []
    run_into(whole, PLAN)
    shutil.copytree(whole / "runs", tmp_path / ".out.partial" / "runs")
    path = tmp_path / ".out.partial" / "runs" / f"{TASKS[3].name}.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with ExperimentFolder(tmp_path / "out", resume=True) as store:
        assert store.damaged == [path.name]
        execute(PLAN, counting_model(calls), store)
    assert calls == [(TASKS[3].arm, TASKS[3].seed)]
    run_into(tmp_path / "out", PLAN, resume=True)
    check_runs(tmp_path / "out", PLAN)
    assert read_table(tmp_path / "out") == read_table(whole)


def test_a_run_that_raises_is_named_and_only_its_pair_is_left_out(tmp_path):
    bad = next(task for task in TASKS if task.kind == "total" and task.arm == "enforcement")
    report = run_into(tmp_path / "out", PLAN, raising_model((bad.arm, bad.seed)))
    assert [failure.task for failure in report.failed] == [bad]
    assert report.finished == len(TASKS) - 1
    assert report.lines() == [
        "1 of 24 runs failed; their pairs are left out",
        f"  {bad.name} (seed {bad.seed}): FloatingPointError: people became negative",
    ]
    check_runs(tmp_path / "out", PLAN, missing=(bad.name,))
    (row,) = pd.read_csv(tmp_path / "out" / "failed.csv").to_dict("records")
    assert (row["run"], row["seed"]) == (bad.name, bad.seed)
    assert "in _raise_for" in row["traceback"]
    table = pd.read_csv(tmp_path / "out" / "comparison.csv").set_index(["interval_kind", "outcome", "scope"])
    assert table.loc[("total", "deaths", "all"), "replicates"] == PLAN.replicates - 1
    assert table.loc[("monte_carlo", "deaths", "all"), "replicates"] == PLAN.replicates
    pairs = {}
    for task in TASKS:
        if task.kind == "total" and task.replicate != bad.replicate:
            drawn = KNOWN.draw(PLAN.arms[task.arm], PLAN.seed, task.replicate)
            pairs.setdefault(task.arm, []).append(evaluate(drawn, task.seed, 1.0)["value"][1])
    expected = np.mean(pairs["enforcement"]) - np.mean(pairs["baseline"])
    assert table.loc[("total", "deaths", "all"), "difference"] == pytest.approx(expected)
    again = run_into(tmp_path / "out", PLAN, resume=True)  # asked again, only the failed run is tried
    assert (again.earlier, again.finished) == (len(TASKS) - 1, len(TASKS))
    run_into(tmp_path / "whole", PLAN)
    assert read_table(tmp_path / "out") == read_table(tmp_path / "whole")
    assert not (tmp_path / "out" / "failed.csv").exists()


def test_a_plan_of_which_every_run_fails_stops_with_the_first_reason():
    everything = raising_model(*((task.arm, task.seed) for task in known_plan(40).tasks()))
    store = MemoryStore()
    with pytest.raises(ResultError, match=r"no run finished: all of the first \d+ failed.*people became"):
        execute(known_plan(40), everything, store)
    assert not store.runs


def test_arms_that_share_days_and_fail_together_are_told_apart():
    import datetime

    plan = known_plan(3, since=datetime.date(2016, 6, 1))
    bad = plan.tasks()[1]

    def together(scenarios, seed, scale):
        return [model.evaluate(scenario, seed, scale) for scenario in scenarios]

    model = raising_model((bad.arm, bad.seed))._replace(evaluate_arms=together)
    store = MemoryStore()
    report = execute(plan, model, store)
    assert [failure.task for failure in report.failed] == [bad]
    assert set(store.runs) == set(plan.tasks()) - {bad}


def test_only_the_outcomes_that_a_plan_keeps_are_stored():
    runs = run_plan(known_plan(2, outcomes=("deaths",)), KNOWN)
    assert {name for frame in runs.values() for name in frame["outcome"]} == {"deaths"}


def test_runs_of_another_plan_are_refused_and_an_unfinished_one_is_not_forgotten(tmp_path):
    out = tmp_path / "out"
    with ExperimentFolder(out) as store:
        execute(PLAN, KNOWN, store)
    with pytest.raises(ResultError, match="--resume goes on from its finished runs, --force starts afresh"):
        run_into(out, PLAN, resume=False)
    other = known_plan(seed=8)
    with pytest.raises(ResultError, match=r"24 of its runs .* are not mixed"):
        run_into(out, other, resume=True)
    report = run_into(out, other, resume=False, force=True)
    assert (report.earlier, report.finished) == (0, 24)


def test_a_finished_experiment_takes_more_replicates(tmp_path):
    run_into(tmp_path / "out", PLAN)
    report = run_into(tmp_path / "out", known_plan(8), resume=True)
    assert (report.earlier, report.finished) == (24, 32)
    run_into(tmp_path / "whole", known_plan(8))
    assert read_table(tmp_path / "out") == read_table(tmp_path / "whole")


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can mount a small disk")
def test_a_full_disk_is_one_message_and_loses_no_finished_run(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(
            ResultError, match=r"the disk is full \(No space left on device\); finished runs are kept"
        ):
            run_into(disk / "out", PLAN)
        kept = len(list((disk / ".out.partial" / "runs").glob("*.parquet")))
        assert 0 < kept < len(TASKS)
        subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
        report = run_into(disk / "out", PLAN, resume=True)
        assert (report.earlier, report.finished) == (kept, len(TASKS))
        run_into(tmp_path / "whole", PLAN)
        assert read_table(disk / "out") == read_table(tmp_path / "whole")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_file_that_may_not_grow_is_a_full_disk_too(tmp_path):
    """Needs no superuser: the process limits the size of its files, in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from known_plans import known_plan, run_into\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "run_into(Path(sys.argv[1]), known_plan())"
    )
    done = subprocess.run(
        [os.sys.executable, "-c", code, str(tmp_path / "out")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(os.sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"the disk is full ({os.strerror(errno.EFBIG)})" in done.stderr
    assert not (tmp_path / "out").exists()
