"""Processes are killed while a plan runs: parents, workers, whole clusters. No finished run is lost, none counts twice.

These tests start processes and wait for what these say or write; where only a file tells, `await_file` looks again
and again until a deadline, since another process cannot be asked.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from known_plans import (
    KNOWN,
    check_runs,
    deadly_model,
    frail_model,
    kept_runs,
    known_plan,
    read_table,
    run_into,
)

from experiments.compare import simulation_model
from experiments.execution.cluster import DaskExecutor
from experiments.execution.execute import MemoryStore, execute
from experiments.execution.workers import compare_versions, find_versions
from experiments.plan import Plan
from simulation.errors import ResultError
from simulation.spec.load import load_scenario

ROOT = Path(__file__).parents[2]
PLAN = known_plan()
TASKS = PLAN.tasks()
ENVIRONMENT = os.environ | {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "unit"), str(ROOT / "tests" / "faults")])
}
DEADLINE_S = 120.0
HELPER = ROOT / "tests" / "faults" / "known_plans.py"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The table of a plan that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed") / "out"
    run_into(folder, PLAN)
    return read_table(folder)


def start_stalling(folder: Path, runs: int) -> subprocess.Popen[str]:
    """Start a parent that finishes so many runs and then waits to be ended."""
    parent = subprocess.Popen(
        [sys.executable, str(HELPER), str(folder), str(runs)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "stalled\n"
    return parent


def await_file(path: Path) -> None:
    """Return when a file is there and not empty; another process writes it and says nothing else."""
    deadline = time.monotonic() + DEADLINE_S
    while not (path.exists() and path.stat().st_size):
        assert time.monotonic() < deadline, f"{path.name} did not come"
        time.sleep(0.02)  # leaves the processor to whoever is to write it


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_parent_that_is_ended_is_gone_on_from(tmp_path, undisturbed, by):
    out = tmp_path / "out"
    parent = start_stalling(out, 7)
    parent.send_signal(by)
    _, errors = parent.communicate(timeout=DEADLINE_S)
    assert parent.returncode != 0
    assert not out.exists()
    kept = kept_runs(out)
    # Two threads: of the 7 that were finished when it stalled, a kill may catch some on their way to the disk.
    assert kept == 7 if by is not signal.SIGKILL else 0 <= kept <= 7
    assert ("KeyboardInterrupt" in errors) == (by is not signal.SIGKILL)
    report = run_into(out, PLAN, resume=True)
    assert (report.earlier, report.finished) == (kept, len(TASKS))
    check_runs(out, PLAN)
    assert read_table(out) == undisturbed


@pytest.mark.faults
def test_workers_killed_at_random_lose_nothing(tmp_path, undisturbed):
    """Four runs take their workers with them, each once; whatever these had not handed over is run again."""
    marks = tmp_path / "marks"
    marks.mkdir()
    model = frail_model(marks, TASKS[5].seed, TASKS[20].seed)
    report = run_into(tmp_path / "out", PLAN, model, DaskExecutor(workers=2))
    assert len(list(marks.iterdir())) == 4
    assert (report.finished, report.failed) == (len(TASKS), ())
    check_runs(tmp_path / "out", PLAN)
    assert read_table(tmp_path / "out") == undisturbed


@pytest.mark.faults
def test_a_run_that_kills_every_worker_is_named_and_its_neighbours_are_not(tmp_path):
    bad = next(task for task in TASKS if task.kind == "total" and task.arm == "enforcement")
    out = tmp_path / "out"
    report = run_into(out, PLAN, deadly_model((bad.arm, bad.seed)), DaskExecutor(workers=2))
    assert [failure.task for failure in report.failed] == [bad]
    assert "its worker process died each time it was run" in report.lines()[1]
    check_runs(out, PLAN, missing=(bad.name,))
    again = run_into(out, PLAN, resume=True)
    assert (again.earlier, again.finished) == (len(TASKS) - 1, len(TASKS))


@pytest.mark.faults
def test_ctrl_c_reaches_workers_too_and_loses_nothing(tmp_path, undisturbed):
    """A terminal sends it to the whole group of processes: the parent and the workers that it started."""
    out, marks = tmp_path / "out", tmp_path / "marks"
    marks.mkdir()
    words = [sys.executable, str(HELPER), str(out), str(marks), "workers"]
    parent = subprocess.Popen(
        words, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    await_file(marks / "stalled")
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=DEADLINE_S)
    assert "KeyboardInterrupt" in errors
    assert not out.exists()
    kept = kept_runs(out)
    assert 11 <= kept < len(TASKS)  # run 17 is sent off when at most 5 others are under way
    report = run_into(out, PLAN, resume=True)
    assert (report.earlier, report.finished) == (kept, len(TASKS))
    check_runs(out, PLAN)
    assert read_table(out) == undisturbed


def listening_beyond_this_machine() -> set[str]:
    """Return what this process and its children listen on, but 127.0.0.1."""
    mine, found = {str(os.getpid())}, set()
    for path in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parts[2])):
        try:
            if path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1] in mine:
                mine.add(path.parts[2])
        except OSError:  # it ended meanwhile
            continue
    sockets = set()
    for process in mine:
        for handle in Path("/proc", process, "fd").glob("*"):
            try:
                sockets.add(str(handle.readlink()))
            except OSError:
                continue
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            listens, inode = fields[3] == "0A", f"socket:[{fields[9]}]"
            if listens and inode in sockets and not fields[1].startswith("0100007F:"):
                found.add(fields[1])
    return found


@pytest.mark.faults
def test_a_cluster_started_here_is_reached_from_here_alone():
    seen = []
    execute(
        PLAN, KNOWN, MemoryStore(), executor=DaskExecutor(workers=1),
        watch=lambda state: seen.append(listening_beyond_this_machine()),
    )  # fmt: skip
    assert len(seen) == len(TASKS)
    assert set().union(*seen) == set()


@pytest.mark.faults
def test_the_real_model_gives_the_same_bits_on_workers():
    tiny = ROOT / "scenarios" / "tiny" / "fork"
    arms = [load_scenario(tiny / name) for name in ("fork.yaml", "enforcement.yaml")]
    plan = Plan(arms[0], (arms[1],), 2, 11, 1.0)
    here, there = MemoryStore(), MemoryStore()
    execute(plan, simulation_model(), here)
    execute(plan, simulation_model(), there, executor=DaskExecutor(workers=2))
    assert here.runs.keys() == there.runs.keys() == set(plan.tasks())
    assert all(frame.equals(there.runs[task]) for task, frame in here.runs.items())


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """A scheduler in a process of its own; gives its address."""
    file = folder / "scheduler.json"
    words = [
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    with dask_process(words, ENVIRONMENT):
        await_file(file)
        found = re.search(r"tcp://127\.0\.0\.1:\d+", file.read_text(encoding="utf-8"))
        assert found is not None
        yield found[0]


@contextmanager
def worker(address: str, folder: Path, environment: dict[str, str] = ENVIRONMENT) -> Iterator[None]:
    """A worker in a process of its own."""
    words = [
        "worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
        "--local-directory",
        str(folder),
    ]
    with dask_process(words, environment):
        yield


@contextmanager
def dask_process(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    module = f"distributed.cli.dask_{words[0]}"
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words[1:]],
        env=environment,
        cwd=environment["PYTHONPATH"].split(os.pathsep)[0],  # where it is started comes first in the search
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=DEADLINE_S)


@pytest.mark.faults
def test_a_scheduler_and_workers_in_processes_of_their_own(tmp_path, undisturbed):
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(tmp_path))
        for number in range(2):
            stack.enter_context(worker(address, tmp_path / str(number)))
        report = run_into(tmp_path / "out", PLAN, KNOWN, DaskExecutor(address))
    assert report.finished == len(TASKS)
    check_runs(tmp_path / "out", PLAN)
    assert read_table(tmp_path / "out") == undisturbed


@pytest.mark.faults
def test_a_worker_with_other_code_is_refused(tmp_path):
    other = tmp_path / "other"
    for package in ("simulation", "experiments"):
        shutil.copytree(
            ROOT / package, other / package, ignore=shutil.ignore_patterns("__pycache__", "*.png", "*.json")
        )
    with (other / "simulation" / "model.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    search = os.pathsep.join([str(other), *ENVIRONMENT["PYTHONPATH"].split(os.pathsep)[1:]])
    with (
        scheduler(tmp_path) as address,
        worker(address, tmp_path / "w", ENVIRONMENT | {"PYTHONPATH": search}),
        pytest.raises(
            ResultError, match=r"the worker at tcp://.* differs from this process: model code .*here"
        ),
    ):
        run_into(tmp_path / "out", PLAN, KNOWN, DaskExecutor(address))
    assert list(tmp_path.glob("*out*")) == []


def test_a_scheduler_that_is_not_there_is_one_message(tmp_path):
    with pytest.raises(ResultError, match=r"tcp://127\.0\.0\.1:1: no scheduler answers there"):
        run_into(tmp_path / "out", PLAN, KNOWN, DaskExecutor("tcp://127.0.0.1:1", connect_seconds=1.0))


def test_versions_that_differ_are_said():
    here = find_versions()
    assert compare_versions(here, dict(here)) is None
    assert compare_versions(here, here | {"numba": "0.1"}) == f"numba 0.1 (here {here['numba']})"
