"""The register of numbers: docs/parameters.md, made from the shipped tables and from where the code names each number.

``python -m simulation.spec.register`` writes it; a test fails when it no longer agrees with the tables or the code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from simulation.spec.bounds import BOUNDS
from simulation.spec.describe import WEAK
from simulation.spec.load import load_scenario
from simulation.spec.models import NEUTRAL, PARAMETER_NAMES, Parameter, Scenario, Strict
from simulation.spec.tables import TABLES

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "scenarios" / "central_mediterranean" / "baseline.yaml"
PAGE = ROOT / "docs" / "parameters.md"
CONFIDENCES = ("data", "published", "derived", "recalled", "assumed")
FEW_ROWS = 80
"""Tables with fewer rows are printed row by row."""

_MODEL = ROOT / "simulation"
# These say that a name exists, not what is done with it.
_LANGUAGE, _LAYOUT = _MODEL / "spec", _MODEL / "kernels" / "layout.py"
# These use the same words for the tables of cases of displacement, which are others.
_OTHER = (_MODEL / "displacement", _MODEL / "importers", _MODEL / "kernels" / "flight.py")
_ONLY = ("value", "rate")  # columns whose range is low and high: the only number of their table
_FIGURES = 6  # significant figures: enough for every number of the tables as it was written

HEAD = """# Register of parameters and table numbers

Made by `make reference` from `scenarios/central_mediterranean/` and from the code; do not edit. What each number does
is in [ODD.md](ODD.md), how it was found in [data_sheet.md](data_sheet.md); keys of sources are rows of `sources.csv`.

How sure we are: **data** (computed from a data file), **published** (a report says it), **derived** (our arithmetic on
published figures), **recalled** (own knowledge, no stored source), **assumed** (a choice with a wide range). Recalled
and assumed numbers are weakly supported: a result that hangs on one of them is a result about that assumption. In
`places` and `legs` the confidence is that of the place or way itself; how its days, fares, stays and capacities were
found is on the data sheet.

A range is what `compare` draws from; the median of the draws is the value. *Neutral*: the value at which the mechanism
does nothing. *Can be*: values that the model accepts at all. *Where used*: modules of `simulation` that name it.
"""


def build_register(scenario: Scenario) -> str:
    """Return the page for a scenario's parameters and tables."""
    return "\n".join([HEAD, *_parameters(scenario), *_overview(scenario), *_tables(scenario)]) + "\n"


def write_register(page: Path) -> None:
    """Write the register of the shipped scenario to ``page``."""
    page.write_text(build_register(load_scenario(SHIPPED)), encoding="utf-8")


@cache
def _sources() -> dict[str, str]:
    """Return module name -> source text of every part of the model that could use a number."""
    return {
        ".".join(file.relative_to(_MODEL).with_suffix("").parts): file.read_text(encoding="utf-8")
        for file in sorted(_MODEL.rglob("*.py"))
        if _LANGUAGE not in file.parents and not {file, *file.parents} & {_LAYOUT, *_OTHER}
    }


def find_uses(name: str) -> list[str]:
    """Return the modules of the model that name a parameter or column, as an attribute or as a text of its own."""
    pattern = re.compile(rf"(?:\.|[\"']){re.escape(name)}\b(?![\w(])")
    return [module for module, text in _sources().items() if pattern.search(text)]


def _parameters(scenario: Scenario) -> Iterator[str]:
    given = {row.name: row for row in scenario.parameters}
    rows = [given[name] for name in PARAMETER_NAMES if name in given]
    weak = [row for row in rows if row.confidence in WEAK]
    firm = [row for row in rows if row.confidence not in WEAK]
    yield f"## Parameters with support in the evidence ({len(firm)} of {len(rows)})\n"
    yield from _parameter_rows(firm)
    yield f"\n## Weakly supported parameters ({len(weak)} of {len(rows)})\n"
    yield from _parameter_rows(weak)
    absent = [name for name in PARAMETER_NAMES if name not in given]
    if absent:
        yield f"\nLeft out by the table, so at their neutral value: {', '.join(f'`{n}`' for n in absent)}."


def _parameter_rows(rows: list[Parameter]) -> Iterator[str]:
    columns = (
        "name", "value", "range", "distribution", "unit", "meaning", "neutral", "can be", "source", "confidence",
        "where used",
    )  # fmt: skip
    body = (
        (
            f"`{row.name}`", _number(row.value), _range(row.low, row.high), row.distribution, row.unit, row.meaning,
            _number(NEUTRAL[row.name]) if row.name in NEUTRAL else "none", str(BOUNDS[row.name]), row.source,
            row.confidence, _modules(row.name),
        )
        for row in rows
    )  # fmt: skip
    yield from _table(columns, body)


def _overview(scenario: Scenario) -> Iterator[str]:
    """Tell how many rows of each table have which confidence."""
    yield "\n## Tables, by how sure we are\n"
    body: list[tuple[object, ...]] = []
    for name in TABLES:
        rows = _rows(scenario, name)
        if rows:
            n = Counter(row.confidence for row in rows)
            weak = sum(n[confidence] for confidence in WEAK)
            body.append(
                (f"`{name}`", len(rows), *(n[c] or "" for c in CONFIDENCES), f"{100 * weak / len(rows):.0f}%")
            )
    yield from _table(("table", "rows", *CONFIDENCES, "weakly supported"), body)


def _tables(scenario: Scenario) -> Iterator[str]:
    for name in TABLES:
        rows = _rows(scenario, name)
        if not rows or name == "parameters" or not _measures(name):
            continue
        yield f"\n## {name}.csv\n"
        yield from _quantities(name, rows)
        if name == "risks":
            yield from _hazards(scenario)
        if len(rows) < FEW_ROWS:
            yield from _every_row(name, rows)


def _rows(scenario: Scenario, table: str) -> list[Any]:
    """Return the rows of a table if they have a confidence each."""
    if "confidence" not in TABLES[table].model.model_fields:
        return []
    return list(getattr(scenario, table))


def _ends(model: type[Strict], field: str) -> tuple[str, str] | None:
    """Return the names of the columns with the range of a column; None where it has none."""
    fields = model.model_fields
    if f"{field}_low" in fields:
        return f"{field}_low", f"{field}_high"
    return ("low", "high") if field in _ONLY else None


def _measures(table: str) -> list[str]:
    """Return the columns that hold a number of the model: not a key, not an end of a range."""
    model = TABLES[table].model
    ends = {end for field in model.model_fields for end in _ends(model, field) or ()}
    numeric = [
        field
        for field, info in model.model_fields.items()
        if re.search(r"\b(float|int)\b", str(info.annotation)) and field not in (*TABLES[table].key, *ends)
    ]
    return [field for field in numeric if field not in ("from_year", "to_year")]


def _quantities(table: str, rows: list[Any]) -> Iterator[str]:
    """Tell, for every column of numbers, what it is, its spread over rows, how many have a range, who uses it."""
    model = TABLES[table].model
    body = []
    for field in _measures(table):
        ends = _ends(model, field)
        ranged = sum(ends is not None and getattr(row, ends[0]) is not None for row in rows)
        values = [getattr(row, field) for row in rows if _is_given(row, field)]
        spread = _range(min(values), max(values)) if values else "none"
        meaning = model.model_fields[field].description or ""
        named = table if field in _ONLY else field
        body.append((f"`{field}`", meaning, len(values), spread, ranged, _modules(named)))
    columns = ("column", "meaning", "given", "least to most", "with a range", "where used")
    yield from _table(columns, body)


def _hazards(scenario: Scenario) -> Iterator[str]:
    """Tell, for every kind of hazard, the spread of its values over zones and how many are weakly supported."""
    kinds: dict[tuple[str, ...], list[Any]] = {}
    for row in scenario.risks:
        kinds.setdefault((row.setting, row.outcome, row.unit), []).append(row)
    body = [
        (
            *kind, len(rows), _range(min(r.value for r in rows), max(r.value for r in rows)),
            sum(r.confidence in WEAK for r in rows),
        )
        for kind, rows in sorted(kinds.items())
    ]  # fmt: skip
    yield ""
    yield from _table(("setting", "outcome", "unit", "zones", "least to most", "weakly supported"), body)


def _every_row(table: str, rows: list[Any]) -> Iterator[str]:
    key, model = TABLES[table].key, TABLES[table].model
    names = [*key, *(("to_year",) if table == "observation" else ())]
    extra = ("unit",) if "unit" in model.model_fields else ()
    body = (
        (
            *(str(getattr(row, field)) for field in (*names, *extra)),
            "; ".join(filter(None, (_told(row, field) for field in _measures(table)))),
            row.source, row.confidence,
        )
        for row in rows
    )  # fmt: skip
    yield ""
    yield from _table((*names, *extra, "numbers", "source", "confidence"), body)


def _is_given(row: Strict, field: str) -> bool:
    """Return whether a row says a number, and does not only leave the column at its default."""
    info, ends = type(row).model_fields[field], _ends(type(row), field)
    has_range = ends is not None and getattr(row, ends[0]) is not None
    return getattr(row, field) is not None and (
        info.is_required() or has_range or getattr(row, field) != info.default
    )


def _told(row: Strict, field: str) -> str:
    """Return a number with its range; nothing where a row does not give it."""
    if not _is_given(row, field):
        return ""
    value, ends = getattr(row, field), _ends(type(row), field)
    low, high = (getattr(row, end) for end in ends) if ends else (None, None)
    named = "" if field in _ONLY else f"{field} "
    return f"{named}{_number(value)}" + ("" if low is None or high is None else f" ({_range(low, high)})")


def _number(value: float) -> str:
    return f"{value:.{_FIGURES}g}"


def _range(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _modules(name: str) -> str:
    return ", ".join(f"`{module}`" for module in find_uses(name)) or "not by the model"


def _table(columns: tuple[str, ...], body: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in body:
        yield "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in row) + " |"


if __name__ == "__main__":
    write_register(PAGE)
