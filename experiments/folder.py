"""The experiment folder, complete or absent, and what an interrupted comparison keeps."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import simulation
from experiments.plan import Plan, Task
from experiments.statistics import LEVEL, QUANTILES_FROM
from simulation.errors import ResultError
from simulation.provenance import provenance
from simulation.result import FORMAT, read_metadata
from simulation.spec.load import dump_scenario

if TYPE_CHECKING:
    from experiments.compare import Comparison

KIND = "comparison"
METADATA = "metadata.json"
COMPARISON = "comparison.csv"
DISPLACEMENT = "displacement.csv"
PATTERNS = "patterns.csv"
PARETO = "pareto.csv"
INDEX = "index_by_user_weights.csv"
RUNS = "runs"
_FINGERPRINT = b"safepassage.fingerprint"


class ExperimentFolder:
    """An experiment folder in the making: everything is written beside it and moved into place at the end.

    Finished runs are kept in ``.NAME.partial`` beside the folder, also when the comparison is interrupted;
    the same comparison, asked for again, takes those whose fingerprint (scenario, draw, seed, scale, model
    code) matches. Use as a context manager.

    Raises:
        ResultError: The folder exists and ``force`` is not given, is not an experiment folder, cannot be
            written, or another comparison is writing it.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self.folder = folder.expanduser().absolute()
        self.force = force
        self.partial = self.folder.parent / f".{self.folder.name}.partial"
        self._lock: IO[str] | None = None
        self._code = hash_model_code()
        self._refuse_existing()
        with _readable_errors(self.folder):
            (self.partial / RUNS).mkdir(parents=True, exist_ok=True)
            self._lock = self._take_lock()

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

    def read(self, plan: Plan, task: Task) -> pd.DataFrame | None:
        """Return the summary of a finished run with this very fingerprint, or None."""
        path = self._run_path(task)
        if not path.is_file():
            return None
        try:
            table = read_parquet(path)
        except (OSError, pa.ArrowInvalid):
            return None  # damaged: run it again
        if (table.schema.metadata or {}).get(_FINGERPRINT) != self._fingerprint(plan, task):
            return None
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def write(self, plan: Plan, task: Task, summary: pd.DataFrame) -> None:
        """Keep the summary of a finished run; a reader never sees half of it."""
        table = pa.Table.from_pandas(summary, preserve_index=False)
        marked = {**(table.schema.metadata or {}), _FINGERPRINT: self._fingerprint(plan, task)}
        with _readable_errors(self.folder), _replacing(self._run_path(task)) as temporary:
            pq.write_table(table.replace_schema_metadata(marked), temporary, compression="zstd")

    def count_finished(self, plan: Plan) -> int:
        """Return how many runs of a plan are kept already."""
        return sum(self.read(plan, task) is not None for task in plan.tasks())

    def finish(self, comparison: Comparison, *, pictures: bool = True) -> Path:
        """Write tables, charts and metadata, move the folder into place, and return it."""
        with _readable_errors(self.folder):
            self._drop_strangers(comparison.plan)
            _write_csv(comparison.table, self.partial / COMPARISON)
            _write_csv(comparison.displacement, self.partial / DISPLACEMENT)
            _write_csv(comparison.patterns, self.partial / PATTERNS)
            _write_csv(comparison.pareto, self.partial / PARETO)
            if comparison.weights is not None:
                _write_csv(comparison.index, self.partial / INDEX)
            if pictures:
                self._draw(comparison)
            self._write_metadata(comparison)
            self._move_into_place()
        return self.folder

    def _draw(self, comparison: Comparison) -> None:
        from experiments.charts import write_charts  # noqa: PLC0415 - matplotlib only when something is drawn
        from experiments.maps import write_maps  # noqa: PLC0415

        write_charts(comparison, self.partial)
        write_maps(comparison, self.partial)

    def _refuse_existing(self) -> None:
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
        if not self.force:
            raise ResultError(f"{self.folder}: exists already; --force replaces it, --out moves elsewhere")

    def _take_lock(self) -> IO[str]:
        lock = (self.partial / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise ResultError(f"{self.folder}: another comparison is writing it") from None
        return lock

    def _run_path(self, task: Task) -> Path:
        return self.partial / RUNS / f"{task.name}.parquet"

    def _fingerprint(self, plan: Plan, task: Task) -> bytes:
        return plan.fingerprint(task, self._code).encode()

    def _drop_strangers(self, plan: Plan) -> None:
        """Remove what an earlier, different attempt left in the partial folder."""
        wanted = {self._run_path(task).name for task in plan.tasks()}
        for path in (self.partial / RUNS).iterdir():
            if path.name not in wanted:
                path.unlink()
        for path in self.partial.iterdir():
            if path.is_file() and path.name != "lock":
                path.unlink()

    def _write_metadata(self, comparison: Comparison) -> None:
        text = json.dumps(describe(comparison, self._code), indent=1, ensure_ascii=False, allow_nan=False)
        with _replacing(self.partial / METADATA) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def _move_into_place(self) -> None:
        (self.partial / "lock").unlink()
        old = self.folder.parent / f".{self.folder.name}.old"
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        self.partial.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)


def describe(comparison: Comparison, code: str) -> dict[str, Any]:
    """Return the metadata of a comparison: enough to repeat every run and to know what made the numbers."""
    plan, weights = comparison.plan, comparison.weights
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
        "user_weights": None if weights is None else dataclasses.asdict(weights),
        "intervals": {
            "level": LEVEL,
            "total": "where the value of one further joint draw of the parameters would lie; t-based "
            f"prediction interval below {QUANTILES_FROM} replicates, empirical quantiles from there on",
            "monte_carlo": "t interval of the mean over seeds, parameters at their defaults",
        },
        "runs": [
            {
                "file": f"{RUNS}/{task.name}.parquet",
                "arm": task.arm,
                "interval_kind": task.kind,
                "replicate": task.replicate,
                "parameter_draw": task.replicate if task.kind == "total" else None,
                "seed": task.seed,
                "fingerprint": plan.fingerprint(task, code),
            }
            for task in plan.tasks()
        ],
        "scenarios": {name: dump_scenario(scenario) for name, scenario in plan.arms.items()},
    }


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file by path, without threads: other ways may abort at exit (arrow #34314)."""
    return pq.read_table(path, use_threads=False)


def hash_model_code() -> str:
    """Return a hash of the model's source, so that a run made by other code is never taken for this one's."""
    digest = hashlib.sha256()
    package = Path(simulation.__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with _replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", float_format="%.10g")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path; put it in the place of ``path`` when all of it is on disk."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _readable_errors(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into one message for the person who chose the folder."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{folder}: cannot be written ({reason}); choose another place with --out"
        raise ResultError(message) from error
