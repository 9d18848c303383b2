"""A displacement scenario on disk: displacement.yaml and CSV tables, written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simulation.displacement.case import (
    MOST_PEOPLE,
    CaseClosure,
    Correction,
    DisplacementCase,
    DisplacementPlace,
    Observed,
    Road,
    Spell,
)
from simulation.errors import Problem, ScenarioError
from simulation.spec.csv_rows import Findings, number_of, read_rows
from simulation.spec.explain import explain
from simulation.spec.files import read_text, whole_folder
from simulation.spec.quantities import Strict

DOCUMENT = "displacement.yaml"
_LIMIT_BYTES = 10_000_000
_TABLES: dict[str, type[Strict]] = {
    "places": DisplacementPlace,
    "roads": Road,
    "conflicts": Spell,
    "closures": CaseClosure,
    "corrections": Correction,
}
_OBSERVED = "observed"
_EXTRA = "extra_"


def write_case(case: DisplacementCase, folder: Path) -> None:
    """Write a case to a folder that does not exist or is empty; it appears whole or not at all.

    Raises:
        OSError: The folder cannot be written, or holds something.
    """
    with whole_folder(folder) as new:
        for name in _TABLES:
            (new / f"{name}.csv").write_text(_table(getattr(case, name)), encoding="utf-8")
        (new / f"{_OBSERVED}.csv").write_text(_observed(case), encoding="utf-8")
        document = case.model_dump(mode="json", exclude={*_TABLES, _OBSERVED})
        with (new / DOCUMENT).open("w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump(document, file)


def _flat(row: Strict) -> dict[str, str]:
    dumped = row.model_dump(mode="json")
    extra = dumped.pop("extra", {})
    flat = {name: "" if value is None else str(value) for name, value in dumped.items()}
    return flat | {f"{_EXTRA}{name}": text for name, text in extra.items()}


def _table(rows: Sequence[Strict]) -> str:
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    if columns:
        text.write("#")
        writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _observed(case: DisplacementCase) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["#place", "date", "people"])
    for series in case.observed:
        writer.writerows(
            [series.place, day, repr(n)] for day, n in zip(series.dates, series.counts, strict=True)
        )
    return text.getvalue()


def load_case(folder: Path) -> DisplacementCase:
    """Return the case of a folder that ``write_case`` wrote, or somebody by hand.

    Raises:
        ScenarioError: With every problem found.
    """
    file = folder / DOCUMENT
    text = read_text(file, limit_bytes=_LIMIT_BYTES, advice="safepassage import flee makes one")
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise ScenarioError([Problem(file, None, "", f"is not YAML: {error}")]) from None
    if not isinstance(document, Mapping):
        raise ScenarioError([Problem(file, 1, "", "needs keys and values", "name: mali2012")])
    found = Findings()
    tables: dict[str, Any] = {
        name: _read(folder / f"{name}.csv", model, found) for name, model in _TABLES.items()
    }
    tables[_OBSERVED] = _read_observed(folder / f"{_OBSERVED}.csv", found)
    found.raise_if_any()
    try:
        return DisplacementCase.model_validate({**document, **tables})
    except ValidationError as error:
        problems = [Problem(file, None, ".".join(map(str, e["loc"])), *explain(e)) for e in error.errors()]
        raise ScenarioError(problems) from None


def _read(file: Path, model: type[Strict], found: Findings) -> tuple[Strict, ...]:
    header, rows = read_rows(file)
    parsed = []
    for row in rows:
        cells = {name: row.cell(i) for i, name in enumerate(header) if row.cell(i)}
        extra = {name.removeprefix(_EXTRA): text for name, text in cells.items() if name.startswith(_EXTRA)}
        given: dict[str, Any] = {name: text for name, text in cells.items() if not name.startswith(_EXTRA)}
        if extra:
            given["extra"] = extra
        try:
            parsed.append(model.model_validate(given))
        except ValidationError as error:
            for e in error.errors():
                found.wrong(file, row.line, ".".join(map(str, e["loc"])), *explain(e))
    return tuple(parsed)


def _read_observed(file: Path, found: Findings) -> tuple[Observed, ...]:
    series: dict[str, tuple[list[str], list[float]]] = {}
    for row in read_rows(file)[1]:
        people = number_of(row, 2, "people", found, high=MOST_PEOPLE)
        dates, counts = series.setdefault(row.cell(0), ([], []))
        dates.append(row.cell(1))
        counts.append(people or 0.0)
    parsed = []
    for place, (dates, counts) in series.items():
        try:
            parsed.append(Observed.model_validate({"place": place, "dates": dates, "counts": counts}))
        except ValidationError as error:
            for e in error.errors():
                found.wrong(file, None, place, *explain(e))
    return tuple(parsed)
