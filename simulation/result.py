"""A finished run: its counts with names put back, written as Parquet tables and metadata, never half-written."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.cohorts import BEFORE
from simulation.cohorts import COLUMNS as COHORT_COLUMNS
from simulation.errors import Problem, ResultError, ScenarioError, printable
from simulation.kernels.layout import I32, TERMINAL_ORDER, Event, Status
from simulation.recorder import Counts
from simulation.spec.files import read_text
from simulation.spec.load import check_dump, dump_scenario, scenario_from_dict
from simulation.spec.models import Scenario
from simulation.world.policy import calendar, day_number
from simulation.world.routes import DEMOGRAPHIC_NAMES

FORMAT = 1
METADATA_LIMIT_BYTES = 50_000_000
TABLES = ("events", "person_days", "flows", "census", "money", "beliefs", "cohorts")
KNOWLEDGE = ("informed", "uninformed")
_SETTINGS = ("waiting", "working", "stranded", "alternative", "detention", "captivity")


@dataclass(frozen=True)
class RunResult:
    """What one run of one scenario gave.

    Attributes:
        scenario: The scenario as it was run, resolved.
        seed: Seed of the run.
        scale: Share of people simulated; counts are of simulated people, multiply by 1/scale for people.
        streams: Names of the streams, in the order of group numbers.
        counts: Everything that was counted.
        provenance: Versions and revision.
    """

    scenario: Scenario
    seed: int
    scale: float
    streams: tuple[str, ...]
    counts: Counts
    provenance: dict[str, Any]

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row a cell: setting (leg, one of the settings at places, ended) and location (id)."""
        legs, places = self.scenario.legs, self.scenario.places
        setting = (
            ["leg"] * len(legs) + [s for s in _SETTINGS for _ in places] + ["ended"] * len(TERMINAL_ORDER)
        )
        ended = [status.name.lower() for status in TERMINAL_ORDER]
        location = [leg.id for leg in legs] + [p.id for _ in _SETTINGS for p in places] + ended
        return pd.DataFrame({"setting": setting, "location": location})

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row a group: stream, sex, age and company (accompanied, unaccompanied; empty for adults)."""
        rows = [(s, *d) for s in self.streams for d in DEMOGRAPHIC_NAMES]
        return pd.DataFrame(rows, columns=["stream", "sex", "age", "company"])

    @cached_property
    def months(self) -> pd.DatetimeIndex:
        """First day of every month of the run."""
        period = self.scenario.document.period
        return pd.date_range(period.start.replace(day=1), period.end, freq="MS")

    def first_month(self, since: date | None) -> int:
        """Return the index of the month from which to count: that of ``since``, or the run's first."""
        start = self.scenario.document.period.start
        return 0 if since is None else max(0, (since.year - start.year) * 12 + since.month - start.month)

    def _named(self, month: I32, cell: I32, group: I32, extra: dict[str, Any]) -> pa.Table:
        columns = {"month": _named_once(self.months.strftime("%Y-%m"), month)}
        for table, which in ((self.cells, cell), (self.groups, group)):
            columns |= {str(name): _named_once(table[name], which) for name in table}
        return pa.table(columns | extra)

    @property
    def events(self) -> pd.DataFrame:
        """Simulated events by month, setting, location, stream, sex, age, company and event: column ``people``."""
        return _frame(self._of_kinds("event", "people", is_money=False))

    @property
    def money(self) -> pd.DataFrame:
        """Whole USD of people simulated, by month, setting, location, group and flow of money: column ``usd``."""
        return _frame(self._of_kinds("flow", "usd", is_money=True))

    def _of_kinds(self, kind: str, number: str, *, is_money: bool) -> pa.Table:
        c = self.counts
        of = np.flatnonzero(np.array([e.name.startswith("USD_") for e in Event])[c.event_kind] == is_money)
        names = [e.name.lower().removeprefix("usd_") for e in Event]
        extra = {kind: _named_once(names, c.event_kind[of]), number: c.event_count[of]}
        return self._named(c.event_month[of], c.event_cell[of], c.event_group[of], extra)

    @property
    def cohorts(self) -> pd.DataFrame:
        """What has become of simulated people by the end of the run, by start ("before": under way before).

        One row a month of start (``start_year``, ``start_month``), stream, sex, age, company and status: columns
        ``people``, and of them ``harmed`` (at least one incident), ``detained`` and ``attempted_sea`` (at least once).
        """
        rows = self.counts.cohorts
        year, month = np.divmod(rows[:, 0], 12)
        is_before = rows[:, 0] == BEFORE
        names = [f"{y}-{m + 1:02d}" for y, m in zip(year, month, strict=True)]
        table = self.groups.iloc[rows[:, 1]].reset_index(drop=True)
        table.insert(0, "start_year", np.where(is_before, "before", year.astype(str)))
        table.insert(1, "start_month", np.where(is_before, "before", np.array(names, str)))
        table["status"] = np.array([s.name.lower() for s in Status])[rows[:, 2]]
        return table.assign(**{name: rows[:, 3 + i] for i, name in enumerate(COHORT_COLUMNS)})

    @property
    def beliefs(self) -> pd.DataFrame:
        """Perceived against true risk: mean chance of death on the irregular legs of a zone of risk, at month's end.

        One row a month, zone and class of knowledge (informed, uninformed): columns ``perceived`` and ``true``.
        """
        zone = np.array([leg.risk_zone if leg.purpose == "irregular" else "" for leg in self.scenario.legs])
        parts = [
            pd.DataFrame(
                {
                    "month": self.months.strftime("%Y-%m"),
                    "zone": name,
                    "knowledge": knowledge,
                    "perceived": self.counts.believed[:, k][:, zone == name].mean(axis=1),
                    "true": self.counts.true[:, zone == name].mean(axis=1),
                }
            )
            for name in dict.fromkeys(zone[zone != ""])
            for k, knowledge in enumerate(KNOWLEDGE)
        ]
        columns = ["month", "zone", "knowledge", "perceived", "true"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    @property
    def person_days(self) -> pd.DataFrame:
        """Simulated person-days by month, setting, location and group, from the census at the end of each day."""
        return _frame(self._days)

    @property
    def _days(self) -> pa.Table:
        c = self.counts
        return self._named(c.days_month, c.days_cell, c.days_group, {"days": c.days_count})

    def _table(self, name: str) -> pa.Table:
        """Return one of TABLES as it is written; long ones have every name only once."""
        if name == "person_days":
            return self._days
        if name == "events":
            return self._of_kinds("event", "people", is_money=False)
        if name == "money":
            return self._of_kinds("flow", "usd", is_money=True)
        return pa.Table.from_pandas(getattr(self, name), preserve_index=False)

    @property
    def flows(self) -> pd.DataFrame:
        """Legs entered, by day and leg; days and legs with nobody are left out."""
        day, leg = np.nonzero(self.counts.flow)
        first = day_number(self.scenario.document.period.start)
        names = np.array([x.id for x in self.scenario.legs])
        dates = np.array([calendar(first + int(d)).isoformat() for d in range(self.counts.flow.shape[0])])
        return pd.DataFrame({"day": dates[day], "leg": names[leg], "people": self.counts.flow[day, leg]})

    @property
    def census(self) -> pd.DataFrame:
        """Simulated people by day (rows) and status (columns), at the end of each day."""
        first = day_number(self.scenario.document.period.start)
        dates = [calendar(first + d).isoformat() for d in range(self.counts.census.shape[0])]
        columns = [s.name.lower() for s in Status]
        return pd.DataFrame(self.counts.census, columns=columns).assign(day=dates).loc[:, ["day", *columns]]

    def _repr_html_(self) -> str:
        """Return the run as a notebook shows it."""
        from simulation.display import show_run  # noqa: PLC0415 - only in notebooks

        return show_run(self)

    def metadata(self) -> dict[str, Any]:
        """Return everything needed to repeat the run, ready for JSON."""
        return {
            "format": FORMAT,
            "kind": "run",
            "seed": self.seed,
            "scale": self.scale,
            "provenance": self.provenance,
            "scenario": dump_scenario(self.scenario),
        }

    def write(self, folder: Path | str, *, force: bool = False) -> Path:
        """Write tables and metadata to a folder, which appears whole or not at all.

        Args:
            folder: Where to write; its parents are made.
            force: Replace a run that is there.

        Raises:
            ResultError: The folder exists (without force), is not a run (with force), or cannot be written.
        """
        target = Path(folder)
        check_target(target, force=force, kind="run")
        try:
            temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        except OSError as error:
            raise ResultError(
                f"{target}: cannot write here ({error.strerror}); choose another folder with --out"
            ) from error
        try:
            for name in TABLES:
                _write_table(self._table(name), temporary / f"{name}.parquet")
            (temporary / "metadata.json").write_text(
                json.dumps(self.metadata(), indent=1) + "\n", encoding="utf-8"
            )
            temporary.chmod(0o755)
            if target.exists():  # the old run goes only when the new one is in its place
                target.replace(temporary.with_suffix(".old"))
            temporary.replace(target)
        except OSError as error:
            raise ResultError(f"{target}: cannot write ({error.strerror})") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            shutil.rmtree(temporary.with_suffix(".old"), ignore_errors=True)
        return target


def check_target(target: Path, *, force: bool, kind: str) -> None:
    """Make the parents of a result folder and refuse it now rather than after a long computation.

    A folder that exists is refused, unless it is empty, or ``force`` is given and it is itself a ``kind`` folder.

    Raises:
        ResultError: With what to do instead.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent):
            pass
    except OSError as error:
        reason = error.strerror or "cannot write"
        raise ResultError(
            f"{target}: cannot write here ({reason}); choose another folder with --out"
        ) from error
    if not target.exists():
        return
    if not target.is_dir():
        raise ResultError(f"{target}: is a file, not a folder; choose another folder with --out")
    if not any(target.iterdir()):
        return
    if not force:
        raise ResultError(
            f"{target}: exists already; choose another folder with --out, or replace it with --force"
        )
    if read_metadata(target).get("kind") != kind:
        raise ResultError(f"{target}: is not a {kind} folder, so --force does not replace it")


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as one zstd Parquet file, by way of a temporary name."""
    _write_table(pa.Table.from_pandas(table, preserve_index=False), path)


def _write_table(table: pa.Table, path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    # Names that are stored once are text to who reads the file: Arrow would note that they were codes.
    has_codes = any(pa.types.is_dictionary(kind) for kind in table.schema.types)
    pq.write_table(table, temporary, compression="zstd", store_schema=not has_codes)
    temporary.replace(path)


def _named_once(names: Iterable[str], which: I32) -> pa.DictionaryArray:
    """Return (n,) names by number; each different name is kept once."""
    unique, code = np.unique(np.array(list(names), str), return_inverse=True)
    return pa.DictionaryArray.from_arrays(
        code.astype(np.int32)[which], pa.array(unique.tolist(), pa.string())
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return a table with its names written out."""
    columns = {
        name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame


def read_parquet(path: Path) -> pd.DataFrame:
    """Read one Parquet file by path, without threads (Arrow can abort at exit after a threaded read)."""
    try:
        frame: pd.DataFrame = pq.read_table(str(path), use_threads=False).to_pandas()
    except (OSError, pa.ArrowInvalid) as error:
        raise ResultError(f"{path}: cannot be read as Parquet ({error})") from error
    return frame


def read_metadata(folder: Path) -> dict[str, Any]:
    """Return metadata.json of a run or experiment folder.

    Raises:
        ResultError: The folder has none, or it is not ours.
    """
    path = folder / "metadata.json"
    said = f"{folder}: no readable metadata.json, so this is not a result folder"
    try:
        found: dict[str, Any] = json.loads(read_text(path, limit_bytes=METADATA_LIMIT_BYTES))
    except ScenarioError as error:
        raise ResultError(f"{said} (it {error.problems[0].message})") from error
    except (ValueError, RecursionError) as error:
        raise ResultError(said) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ResultError(f"{path}: result format {FORMAT} is needed")
    return found


def read_request(folder: Path | str) -> tuple[Scenario, int, float]:
    """Return (scenario, seed, scale) of a run folder: all that is needed for the same bits again.

    Raises:
        ResultError: The folder is not that of a run, or its scenario is not one that can be run.
    """
    metadata = read_metadata(Path(folder))
    said = f"{folder}: metadata.json"
    try:
        kind, seed, scale = metadata["kind"], metadata["seed"], metadata["scale"]
        stored = metadata["scenario"]
    except KeyError as error:
        raise ResultError(f"{said} does not say which run this is ({error})") from error
    if kind != "run":
        raise ResultError(printable(f"{said} says {kind}; only a run can be repeated"))
    if type(seed) is not int or not 0 <= seed < 2**64:
        raise ResultError(printable(f"{said}: seed must be a whole number from 0 to 2**64 - 1; got {seed!r}"))
    # A number that is not one (nan) is not above 0.
    if type(scale) not in (int, float) or not 0 < scale <= 1:
        raise ResultError(printable(f"{said}: scale must be above 0 and at most 1; got {scale!r}"))
    return _stored_scenario(stored, said), seed, float(scale)


def _stored_scenario(stored: Any, said: str) -> Scenario:  # noqa: ANN401  (whatever the file holds)
    """Return the scenario of a run folder, checked as one that comes from its files."""
    try:
        scenario = scenario_from_dict(stored)
        problems = check_dump(scenario)
    except ScenarioError as error:
        raise ResultError(f"{said}: {_first(error.problems)}") from error
    if problems:
        raise ResultError(f"{said}: {_first(problems)}")
    return scenario


def _first(problems: list[Problem]) -> str:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}"
