"""The experiment folder, complete or absent, and what an interrupted comparison keeps."""

from __future__ import annotations

import csv
import dataclasses
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.collect import Values, collect_tables
from experiments.design import Design
from experiments.execution.code import hash_model_code
from experiments.execution.files import readable_errors, replacing, write_csv
from experiments.execution.store import RunFiles, StoredRuns, read_parquet
from experiments.execution.units import Failure
from experiments.plan import Plan, Task
from experiments.statistics import LEVEL, QUANTILES_FROM
from simulation.errors import ResultError
from simulation.provenance import provenance
from simulation.result import FORMAT, read_metadata
from simulation.spec.load import dump_scenario

if TYPE_CHECKING:
    from experiments.compare import Comparison

__all__ = ["ExperimentFolder", "describe", "hash_model_code", "read_parquet"]

KIND = "comparison"
METADATA = "metadata.json"
COMPARISON = "comparison.csv"
DISPLACEMENT = "displacement.csv"
MOVED = "displacement_summary.csv"
MULTIPLICITY = "multiplicity.csv"
PAIRING = "pairing.csv"
ENOUGH_DRAWS = 8
"""From so many draws on, a comparison says which numbers its differences go with."""
PATTERNS = "patterns.csv"
PARETO = "pareto.csv"
INDEX = "index_by_user_weights.csv"
FAILED = "failed.csv"
DESIGN = "design.csv"
RUNS = "runs"
FAILED_COLUMNS = ["run", "arm", "interval_kind", "replicate", "seed", "reason", "traceback"]


class ExperimentFolder:
    """An experiment folder in the making: everything is written beside it and moved into place at the end.

    Finished runs are kept in ``.NAME.partial`` beside the folder, also when the comparison is interrupted; see
    ``experiments.execution.store``. Asked for again, it takes those whose fingerprint (scenario, draw, seed, scale,
    model code) matches. Use as a context manager.

    Raises:
        ResultError: The folder exists and ``force`` is not given, is not an experiment folder, cannot be
            written, or another comparison is writing it.
    """

    def __init__(self, folder: Path, *, force: bool = False, resume: bool | None = None) -> None:
        """Take the folder for this process.

        Args:
            folder: Where the result goes.
            force: Replace an experiment folder that is there.
            resume: True: go on from finished runs, also those of a whole folder, and refuse runs of another plan or
                code; False: refuse to, unless ``force`` drops them; None: go on, and make other runs again.
        """
        self.folder = folder.expanduser().absolute()
        self.partial = self.folder.parent / f".{self.folder.name}.partial"
        self._lock: IO[str] | None = None
        self._strict = bool(resume)
        self._code = hash_model_code()
        self._refuse_existing(force=force or bool(resume))
        with readable_errors(self.folder):
            (self.partial / RUNS).mkdir(parents=True, exist_ok=True)
            self._lock = self._take_lock()
            try:
                self._begin(force=force, resume=resume)
                self.runs = RunFiles(self.partial / RUNS)
            except BaseException:
                self._lock.close()
                raise

    def __enter__(self) -> ExperimentFolder:
        """Return the folder."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others write; finished runs stay, an empty partial folder goes."""
        if self._lock is not None:
            self._lock.close()
        if self.partial.is_dir() and not any((self.partial / RUNS).iterdir()):
            shutil.rmtree(self.partial, ignore_errors=True)

    @property
    def damaged(self) -> list[str]:
        """Names of files that could not be read back: they were moved to ``damaged``, their runs are made again."""
        return self.runs.damaged

    def find(self, plan: Plan) -> set[Task]:
        """Return the tasks whose runs of exactly this plan are kept.

        Raises:
            ResultError: Going on was asked for, and there are runs of another plan or code under the same names.
        """
        own = self._fingerprints(plan)
        found = self.runs.find(own)
        others = [task for task in own if task not in found and self.runs.fingerprint(task) is not None]
        if others and self._strict:
            raise ResultError(
                f"{self.folder}: {len(others)} of its runs ({others[0].name}, ...) were made by another plan "
                "or another version of the model and are not mixed with this one's; --force without --resume "
                "starts afresh"
            )
        return found

    def write(self, plan: Plan, task: Task, summary: pd.DataFrame) -> None:
        """Keep the summary of a finished run; a reader never sees half of it."""
        with readable_errors(self.folder):
            self.runs.write(task, plan.fingerprint(task, self._code), summary)

    def note_failure(self, failure: Failure) -> None:
        """Keep what is known of a run that failed, for whoever looks while the others go on."""
        path = self.partial / FAILED
        with readable_errors(self.folder):
            new = not path.exists()
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([*([FAILED_COLUMNS] if new else []), _failure_row(failure)])

    def collect(self, plan: Plan) -> Values:
        """Return the values of all finished runs side by side."""
        return collect_tables(plan.tasks(), self.runs.read_parts(self.find(plan)))

    def runs_of(self, plan: Plan) -> Mapping[Task, pd.DataFrame]:
        """Return the summaries of all finished runs, read when they are looked at."""
        return StoredRuns(self.runs, plan.tasks())

    def finish(
        self,
        comparison: Comparison,
        *,
        pictures: bool = True,
        write_more: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write tables, charts and metadata, move the folder into place, and return it.

        Args:
            comparison: What was found; tables without any column are left out.
            pictures: Draw charts and maps.
            write_more: Writes whatever else belongs into the folder, given as its argument, before it moves.
        """
        with readable_errors(self.folder):
            self._drop_strangers(comparison.plan)
            tables = {
                COMPARISON: comparison.table,
                DISPLACEMENT: comparison.displacement,
                MOVED: comparison.moved,
                MULTIPLICITY: comparison.multiplicity,
                PAIRING: comparison.pairing,
                PATTERNS: comparison.patterns,
                PARETO: comparison.pareto,
            }
            for name, table in tables.items():
                if len(table.columns):
                    write_csv(table, self.partial / name)
            if comparison.weights is not None:
                write_csv(comparison.index, self.partial / INDEX)
            if comparison.failed:
                rows = [_failure_row(failure) for failure in comparison.failed]
                write_csv(pd.DataFrame(rows, columns=FAILED_COLUMNS), self.partial / FAILED)
            if comparison.plan.design is not None:
                _write_design(comparison.plan, self.partial / DESIGN)
            if pictures and len(comparison.table):
                self._draw(comparison)
            if len(comparison.table) and comparison.plan.replicates >= ENOUGH_DRAWS:
                self._write_drivers(comparison, pictures=pictures)
            if write_more is not None:
                write_more(self.partial)
            self._write_metadata(comparison)
            self._move_into_place()
        return self.folder

    def _draw(self, comparison: Comparison) -> None:
        from experiments.charts import write_charts  # noqa: PLC0415 - matplotlib only when something is drawn
        from experiments.maps import write_maps  # noqa: PLC0415

        write_charts(comparison, self.partial)
        write_maps(comparison, self.partial)

    def _write_drivers(self, comparison: Comparison, *, pictures: bool) -> None:
        from experiments.sensitivity.analyse import analyse_sensitivity  # noqa: PLC0415

        plan = comparison.plan
        analyse_sensitivity(plan, comparison.values, plan.design, self.partial, pictures=pictures)

    def _refuse_existing(self, *, force: bool) -> None:
        if not os.path.lexists(self.folder):
            return
        if not self.folder.is_dir() or self.folder.is_symlink():
            raise ResultError(f"{self.folder}: is not a folder; choose another place with --out")
        if not any(self.folder.iterdir()):
            return
        if not (self.folder / METADATA).is_file() or read_metadata(self.folder).get("kind") != KIND:
            raise ResultError(
                f"{self.folder}: holds files that are not a comparison's and will not be replaced; "
                "choose another place with --out"
            )
        if not force:
            raise ResultError(f"{self.folder}: exists already; --force replaces it, --out moves elsewhere")

    def _take_lock(self) -> IO[str]:
        lock = (self.partial / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ResultError(f"{self.folder}: another comparison is writing it") from None
        return lock

    def _begin(self, *, force: bool, resume: bool | None) -> None:
        """Drop, refuse or take over runs that are there already."""
        runs = self.partial / RUNS
        if resume is False and any(runs.glob("*.parquet")):
            if not force:
                raise ResultError(
                    f"{self.folder}: an unfinished experiment is there; --resume goes on from its finished runs, "
                    "--force starts afresh"
                )
            shutil.rmtree(runs)
            runs.mkdir()
        if resume and (self.folder / RUNS).is_dir():
            for path in (self.folder / RUNS).glob("*.parquet"):
                if not (runs / path.name).exists():
                    _link(path, runs / path.name)

    def _fingerprints(self, plan: Plan) -> dict[Task, str]:
        return {task: plan.fingerprint(task, self._code) for task in plan.tasks()}

    def _drop_strangers(self, plan: Plan) -> None:
        """Remove what an earlier, different attempt left in the partial folder."""
        self.runs.keep_only(self._fingerprints(plan))
        for path in self.partial.iterdir():
            if path.is_file() and path.name != "lock":
                path.unlink()

    def _write_metadata(self, comparison: Comparison) -> None:
        text = json.dumps(
            describe(comparison, self._code, self.runs), indent=1, ensure_ascii=False, allow_nan=False
        )
        with replacing(self.partial / METADATA) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def _move_into_place(self) -> None:
        (self.partial / "lock").unlink()
        old = self.folder.parent / f".{self.folder.name}.old"
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        self.partial.rename(self.folder)
        self.runs.folder = self.folder / RUNS
        shutil.rmtree(old, ignore_errors=True)


def describe(comparison: Comparison, code: str, runs: RunFiles) -> dict[str, Any]:
    """Return the metadata of a comparison: enough to repeat every run and to know what made the numbers."""
    plan, weights = comparison.plan, comparison.weights
    finished = [task for task in plan.tasks() if runs.fingerprint(task) is not None]
    return {
        "format": FORMAT,
        "kind": KIND,
        "provenance": provenance(),
        "model_code_sha256": code,
        "baseline": plan.baseline.document.scenario,
        "variants": [variant.document.scenario for variant in plan.variants],
        "replicates": {"total": plan.replicates, "monte_carlo": plan.monte_carlo},
        "seed": plan.seed,
        "scale": plan.scale,
        "since": None if plan.since is None else plan.since.isoformat(),
        "outcomes": None if plan.outcomes is None else list(plan.outcomes),
        "design": None if plan.design is None else describe_design(plan.design),
        "user_weights": None if weights is None else dataclasses.asdict(weights),
        "intervals": {
            "level": LEVEL,
            "total": "where the value of one further joint draw of the parameters would lie; t-based "
            f"prediction interval below {QUANTILES_FROM} replicates, empirical quantiles from there on",
            "monte_carlo": "t interval of the mean over seeds, parameters at their defaults",
        },
        "runs": [
            {
                "file": f"{RUNS}/{runs.locate(task)}",
                "arm": task.arm,
                "interval_kind": task.kind,
                "replicate": task.replicate,
                "parameter_draw": task.replicate if task.kind == "total" else None,
                "seed": task.seed,
                "fingerprint": runs.fingerprint(task),
            }
            for task in finished
        ],
        "failed": [bad.task.name for bad in comparison.failed],
        "damaged": sorted(runs.damaged),
        "scenarios": {name: dump_scenario(scenario) for name, scenario in plan.arms.items()},
    }


def describe_design(design: Design) -> dict[str, Any]:
    """Return a design without its points, which are in DESIGN."""
    return {
        "method": design.method,
        "factors": list(design.factors),
        "members": [list(names) for names in design.members],
        "seeds": design.seeds,
        "levels": design.levels,
        "second_order": design.second_order,
        "center": None if design.center is None else design.center.tolist(),
    }


def _write_design(plan: Plan, path: Path) -> None:
    """Write a row a replicate and a column a factor, to the last bit."""
    design = plan.design
    assert design is not None
    table = pd.DataFrame(design.points, columns=list(design.factors))
    table.insert(0, "replicate", np.arange(len(table)))
    write_csv(table, path, float_format="%.17g")


def _failure_row(failure: Failure) -> tuple[object, ...]:
    task = failure.task
    return task.name, task.arm, task.kind, task.replicate, task.seed, failure.reason, failure.trace


def _link(source: Path, target: Path) -> None:
    """Put a file in a second place; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        with replacing(target) as temporary:
            shutil.copyfile(source, temporary)
