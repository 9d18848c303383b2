"""Finished runs in a folder of Parquet files that grows safely: one file a run at first, many runs a part later."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.execution.files import replacing
from experiments.plan import Task
from simulation.errors import ResultError

RUNS_A_PART = 256
DAMAGED = "damaged"
_FINGERPRINT = b"safepassage.fingerprint"
_RUNS = b"safepassage.runs"
_RUN = "run"
"""Column of a part: which of its runs a row belongs to."""
_PART = "part-"


class Kept(NamedTuple):
    """Where a finished run is kept."""

    file: str
    fingerprint: str


class RunFiles:
    """The finished runs of an experiment, each under its name and the fingerprint of all that decides its numbers.

    A run is a file of its own until there are RUNS_A_PART of them; then they become one part. A file is written
    beside its place, forced to disk and renamed, so it is whole or absent; singles go only when their part is in
    place. Whatever is cut short in between, a run counts once: under a name the latest file wins. One writer at a
    time: whoever makes it locks. Files that cannot be read back, checksums included, are moved to ``damaged`` beside
    the folder, and their runs are missing again.
    """

    def __init__(self, folder: Path, *, runs_a_part: int = RUNS_A_PART, mend: bool = True) -> None:
        """Read what is there.

        Args:
            folder: Where the files are.
            runs_a_part: From so many single files on they become a part.
            mend: Remove what a cut-short writer left and move damaged files aside; else refuse damaged files.

        Raises:
            ResultError: A file is damaged and ``mend`` is off.
        """
        self.folder = folder
        self.damaged: list[str] = []
        self._runs_a_part = runs_a_part
        self._mend = mend
        self._kept: dict[str, Kept] = {}
        self._singles: set[str] = set()  # names of runs in files of their own
        self._scan()

    def find(self, fingerprints: Mapping[Task, str]) -> set[Task]:
        """Return the tasks that are kept with these very fingerprints."""
        return {task for task, own in fingerprints.items() if self.fingerprint(task) == own}

    def fingerprint(self, task: Task) -> str | None:
        """Return the fingerprint under which a run is kept, None if it is not."""
        kept = self._kept.get(task.name)
        return None if kept is None else kept.fingerprint

    def locate(self, task: Task) -> str:
        """Return the name of the file that holds a run."""
        return self._kept[task.name].file

    def __len__(self) -> int:
        """Return how many runs are kept."""
        return len(self._kept)

    def read(self, task: Task) -> pd.DataFrame | None:
        """Return the summary of a run, None if it is not kept."""
        kept = self._kept.get(task.name)
        if kept is None:
            return None
        table = self._read(self.folder / kept.file)
        runs = _runs_of(table, kept.file)
        if _RUN in table.column_names:
            number = list(runs).index(task.name)
            begin, end = np.searchsorted(table.column(_RUN).to_numpy(), [number, number + 1])
            table = table.slice(begin, end - begin).drop_columns([_RUN])
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def write(self, task: Task, fingerprint: str, summary: pd.DataFrame) -> None:
        """Keep the summary of a finished run; a reader never sees half of it.

        Raises:
            OSError: The file system refuses; what was kept before is still there.
        """
        table = pa.Table.from_pandas(summary, preserve_index=False)
        marked = {**(table.schema.metadata or {}), _FINGERPRINT: fingerprint.encode()}
        file = f"{task.name}.parquet"
        self._write(table.replace_schema_metadata(marked), file)
        self._kept[task.name] = Kept(file, fingerprint)
        self._singles.add(task.name)
        if len(self._singles) >= self._runs_a_part:
            self.compact()

    def compact(self) -> None:
        """Put runs that have files of their own into one part."""
        names = sorted(self._singles)
        if not names:
            return
        parts = [path.stem.removeprefix(_PART) for path in self.folder.glob(f"{_PART}*.parquet")]
        file = f"{_PART}{max((int(number) for number in parts), default=0) + 1:06d}.parquet"
        self._write_part(file, {name: self._kept[name].fingerprint for name in names})
        for name in names:
            (self.folder / f"{name}.parquet").unlink(missing_ok=True)
        self._singles.clear()

    def keep_only(self, fingerprints: Mapping[Task, str]) -> None:
        """Remove every run but these, and every run of one of these names with another fingerprint."""
        wanted = {task.name for task in self.find(fingerprints)}
        files: dict[str, dict[str, str]] = {path.name: {} for path in self.folder.glob("*.parquet")}
        for name, kept in self._kept.items():
            if name in wanted:
                files[kept.file][name] = kept.fingerprint
        self._kept = {name: kept for name, kept in self._kept.items() if name in wanted}
        self._singles &= wanted
        for file, runs in files.items():
            if not runs:
                (self.folder / file).unlink()
            elif len(runs) < len(_read_names(self.folder / file)):
                self._write_part(file, runs)

    def read_parts(
        self, tasks: Collection[Task]
    ) -> Iterator[tuple[Sequence[Task | None], Sequence[int], pa.Table]]:
        """Return the runs among ``tasks`` file by file, as ``Collector.add`` takes them.

        Raises:
            ResultError: A file was damaged since it was written.
        """
        by_name = {task.name: task for task in tasks if task.name in self._kept}
        files = dict.fromkeys(self._kept[name].file for name in by_name)
        for file in files:
            table = self._read(self.folder / file)
            names = list(_runs_of(table, file))
            here = [by_name.get(name) if self._kept[name].file == file else None for name in names]
            if _RUN in table.column_names:
                bounds = np.searchsorted(table.column(_RUN).to_numpy(), np.arange(len(names) + 1))
                yield here, bounds.tolist(), table
            else:
                yield here, [0, table.num_rows], table

    def _scan(self) -> None:
        if self._mend:
            for left in self.folder.glob(".*.tmp"):
                left.unlink()
        paths = sorted(
            self.folder.glob("*.parquet"), key=lambda path: (not path.stem.startswith(_PART), path.name)
        )
        for path in paths:
            try:
                runs = _runs_of(read_parquet(path), path.name)
            except (OSError, ValueError, pa.ArrowException) as error:
                self._set_aside(path, error)
                continue
            if path.stem.startswith(_PART):
                self._kept.update({name: Kept(path.name, own) for name, own in runs.items()})
            elif self._mend and self._is_in_part(path.stem, runs[path.stem]):
                path.unlink()  # cut short between writing the part and removing its singles
            else:
                self._kept[path.stem] = Kept(path.name, runs[path.stem])
                self._singles.add(path.stem)

    def _is_in_part(self, name: str, fingerprint: str) -> bool:
        kept = self._kept.get(name)
        return kept is not None and kept.fingerprint == fingerprint

    def _set_aside(self, path: Path, error: Exception) -> None:
        if not self._mend:
            raise ResultError(f"{path}: is damaged ({_first_line(error)})") from error
        aside = self.folder.parent / DAMAGED
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
        self.damaged.append(path.name)

    def _read(self, path: Path) -> pa.Table:
        try:
            return read_parquet(path)
        except (OSError, pa.ArrowException) as error:
            advice = "; the same command makes its runs again" if self._mend else ""
            raise ResultError(f"{path}: cannot be read back ({_first_line(error)}){advice}") from error

    def _write(self, table: pa.Table, file: str) -> None:
        with replacing(self.folder / file) as temporary:
            pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)

    def _write_part(self, file: str, runs: Mapping[str, str]) -> None:
        """Write runs that are kept elsewhere, or in the very file, into one part."""
        tables = []
        sources: dict[str, pa.Table] = {}  # at most one part, and singles are small
        for number, name in enumerate(runs):
            source = self._kept[name].file
            if source not in sources:
                sources = {source: self._read(self.folder / source)}
            table = sources[source]
            if _RUN in table.column_names:
                place = list(_runs_of(table, source)).index(name)
                begin, end = np.searchsorted(table.column(_RUN).to_numpy(), [place, place + 1])
                table = table.slice(begin, end - begin).drop_columns([_RUN])
            column = pa.array(np.full(table.num_rows, number, np.int32))
            tables.append(table.replace_schema_metadata(None).append_column(_RUN, column))
        whole = pa.concat_tables(tables, promote_options="permissive")
        marks = {_RUNS: json.dumps(list(runs.items())).encode()}
        self._write(whole.replace_schema_metadata(marks), file)
        self._kept.update({name: Kept(file, own) for name, own in runs.items()})


class StoredRuns(Mapping[Task, pd.DataFrame]):
    """The summaries of stored runs, read when they are looked at."""

    def __init__(self, files: RunFiles, tasks: Sequence[Task]) -> None:
        self._files = files
        self._tasks = {task: None for task in tasks if files.fingerprint(task) is not None}

    def __getitem__(self, task: Task) -> pd.DataFrame:
        """Return the summary of a run."""
        frame = self._files.read(task) if task in self._tasks else None
        if frame is None:
            raise KeyError(task)
        return frame

    def __iter__(self) -> Iterator[Task]:
        """Return the runs in the order of the plan."""
        return iter(self._tasks)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._tasks)


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file by path, without threads: other ways may abort at exit (arrow #34314)."""
    return pq.read_table(path, use_threads=False, page_checksum_verification=True)


def _read_names(path: Path) -> list[str]:
    return list(_runs_of(pq.read_schema(path), path.name))


def _runs_of(table: pa.Table | pa.Schema, file: str) -> dict[str, str]:
    """Return the runs of a file in order, with their fingerprints."""
    schema = table if isinstance(table, pa.Schema) else table.schema
    marks = schema.metadata or {}
    if _RUNS in marks:
        return {str(name): str(own) for name, own in json.loads(marks[_RUNS])}
    if _FINGERPRINT in marks:
        return {file.removesuffix(".parquet"): marks[_FINGERPRINT].decode()}
    raise ValueError("it does not say which run it holds")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
