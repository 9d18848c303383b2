"""The page docs/validation/flee.md: scores of several Flee cases beside Flee's and naive forecasts, and the checks.

Renew it with ``make flee``, or for cases of one's own::

    python -m experiments.flee.page docs/validation/flee FOLDER... --peer benchmarks' table of Flee's scores
"""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from experiments.flee.checks import leave_one_out, parameter_ends, perturbations, score, without_sizes
from experiments.flee.text import camp_cells, protection_cells, score_cells
from experiments.flee.validation import Validation, score_table, validate
from experiments.marked_page import renew_between
from simulation.displacement.case import DisplacementCase
from simulation.displacement.observed import displaced_by_day
from simulation.displacement.parameters import DEFAULTS
from simulation.importers.flee import read_flee_case

MARKS = ("<!-- tables: written by make flee -->", "<!-- end of the tables -->")
DETAILED = "mali2012"  # the case whose camps and checks are shown in full
DRAWS = 20  # of perturbed inputs
MOST_PEOPLE = 1_000_000  # simulated a run; larger cases are scaled down

# Where each case comes from and what was changed to run it, by the name of its folder.
SOURCES = {
    "mali2012": "djgroen/flee at 02cd2cb, as it is",
    "burundi2015": "djgroen/flee at 5d58259 and 0b723c0, the camp Lusenda from djgroen/flee-release at b2c7946",
    "car2013": "djgroen/FabFlee at ed117f2, series from djgroen/flee-release at b2c7946",
    "ssudan2013": "djgroen/flee-release at d9c7048; some series: djgroen/flee at ad89980 and 0b723c0",
    "syria2013": "djgroen/flee at 212ae18",
    "ethiopia2020": "djgroen/flee at 5d58259 and 0b723c0; placeholder series assumed, see above",
}
COLUMNS = ("case", "camps", "days", "seeds", "ours", "ours_sd", "flee", "capacities", "day_30", "no_sizes")


@dataclass(frozen=True)
class Scored:
    """A case and its scores; NaN where there is none."""

    found: Validation
    flee: float
    no_sizes: float

    @property
    def row(self) -> dict[str, object]:
        """The case as a row of the table that is kept."""
        table = score_table(self.found).set_index("forecast")["rescaled"]
        own = self.found.scores(rescaled=True)
        day = next(name for name in table.index if name.startswith("shares of day"))
        values = (
            self.found.case.name, len(self.found.case.camps), self.found.case.days, own.size, float(own.mean()),
            float(own.std(ddof=1)) if own.size > 1 else math.nan, self.flee,
            float(table.get("shares of capacities", math.nan)), float(table[day]), self.no_sizes,
        )  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))


def scale_of(case: DisplacementCase) -> float:
    """Return the share of people simulated: all, or as many as make MOST_PEOPLE."""
    people = int(displaced_by_day(case)[-1])
    return 1.0 if people <= MOST_PEOPLE else round(MOST_PEOPLE / people, 2)


def read_peer(file: Path | None) -> dict[str, float]:
    """Return Flee's rescaled score by case from the benchmark's table; nothing if there is none."""
    if file is None or not file.is_file():
        return {}
    with file.open(encoding="utf-8") as text:
        return {row["case"]: float(row["rescaled"]) for row in csv.DictReader(text)}


def _row(cells: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(cells: list[tuple[str, ...]]) -> Iterator[str]:
    yield _row(cells[0])
    yield "|---|" + "---:|" * (len(cells[0]) - 1)
    yield from (_row(row) for row in cells[1:])


def _three(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) and not math.isnan(value) else "-"


def _medians(rows: list[dict[str, object]]) -> str:
    ours, flee = (statistics.median(float(str(row[name])) for row in rows) for name in ("ours", "flee"))
    return f"over {len(rows)} case{'s' * (len(rows) > 1)}: {ours:.3f} beside Flee's {flee:.3f}"


def _case_lines(rows: list[dict[str, object]]) -> Iterator[str]:
    head = (
        "case",
        "camps",
        "days",
        "this model",
        "Flee",
        "capacities",
        "shares of day 30",
        "this model, no sizes told",
    )
    cells: list[tuple[str, ...]] = [head]
    for row in rows:
        own = f"{_three(row['ours'])} ± {_three(row['ours_sd'])}"
        numbers = [_three(row[name]) for name in ("flee", "capacities", "day_30", "no_sizes")]
        cells.append((str(row["case"]), str(row["camps"]), str(row["days"]), own, *numbers))
    yield from _table(cells)
    both = [row for row in rows if not math.isnan(float(str(row["flee"])))]
    if both:
        below = sum(float(str(row["ours"])) <= float(str(row["flee"])) for row in both)
        others = [row for row in both if row["case"] != DETAILED]
        yield ""
        yield f"Median {_medians(both)}; at or below Flee's in {below} of {len(both)}."
        if 0 < len(others) < len(both):
            yield f"Without {DETAILED}, a development case: median {_medians(others)}."
        yield ""
        yield "Where the cases come from:"
        yield ""
        yield from (
            f"- {row['case']}: {SOURCES.get(str(row['case']), 'a folder of the user')}" for row in rows
        )


def _check_lines(case: DisplacementCase, seeds: int) -> Iterator[str]:
    yield f"### {case.name}: one camp left out, or its size hidden"
    yield ""
    cells: list[tuple[str, ...]] = [
        ("camp", "score without it", "capacities alone, without it", "score, its size hidden")
    ]
    for camp, rest, alone, hidden in leave_one_out(case, seeds):
        cells.append((camp, _three(rest), _three(alone), _three(hidden)))
    yield from _table(cells)
    moved = perturbations(case, DRAWS)
    yield ""
    yield f"### {case.name}: inputs moved at random"
    yield ""
    yield (
        f"Every road, population and capacity times an error of its own ({DRAWS} draws): mean {moved.mean():.3f}, "
        f"from {moved.min():.3f} to {moved.max():.3f}."
    )
    yield ""
    yield f"### {case.name}: parameters at the ends of their ranges"
    yield ""
    cells = [("parameter", "default", "low", "score", "high", "score ")]
    for name, low, high in parameter_ends(case, seeds):
        p = DEFAULTS[name]
        cells.append((f"`{name}`", f"{p.value:g}", f"{p.low:g}", _three(low), f"{p.high:g}", _three(high)))
    yield from _table(cells)


def _detail_lines(found: Validation) -> Iterator[str]:
    yield f"### {found.case.name}: forecasts, camps and what people are exposed to"
    yield ""
    yield from _table(score_cells(found))
    yield ""
    yield from _table(camp_cells(found))
    yield ""
    yield from _table([("outcome", "mean over seeds"), *protection_cells(found)])


def _protection_lines(scored: list[Scored]) -> Iterator[str]:
    words = [of for of, _ in protection_cells(scored[0].found)]
    cells: list[tuple[str, ...]] = [("outcome", *(one.found.case.name for one in scored))]
    columns = [dict(protection_cells(one.found)) for one in scored]
    cells += [(word, *(column[word] for column in columns)) for word in words]
    yield from _table(cells)


def lines_of(scored: list[Scored], seeds: int) -> Iterator[str]:
    """Yield the generated part of the page."""
    n = len(scored[0].found.forecast)
    yield f"Rescaled averaged relative difference over all days: mean of {n} seeds ± their deviation."
    yield ""
    yield from _case_lines([one.row for one in scored])
    yield ""
    yield "### What people are exposed to"
    yield ""
    yield from _protection_lines(scored)
    detailed = next((one.found for one in scored if one.found.case.name == DETAILED), scored[0].found)
    yield ""
    yield from _detail_lines(detailed)
    yield ""
    yield from _check_lines(detailed.case, seeds)


@click.command()
@click.argument("stem", type=click.Path(path_type=Path))
@click.argument("folders", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option("--seeds", type=click.IntRange(1), default=20, show_default=True)
@click.option("--check-seeds", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--peer", type=click.Path(path_type=Path), help="Flee's scores: CSV of benchmarks.flee_case.run."
)
def main(stem: Path, folders: tuple[Path, ...], seeds: int, check_seeds: int, peer: Path | None) -> None:
    """Score the Flee cases in FOLDERS and renew STEM.md and STEM.csv."""
    known, scored = read_peer(peer), []
    for folder in folders:
        case = read_flee_case(folder)
        scale = scale_of(case)
        found = validate(case, seeds, scale=scale)
        hidden = score(without_sizes(case), check_seeds, scale=scale)
        scored.append(Scored(found, known.get(case.name, math.nan), hidden))
        click.echo(f"{case.name}: {_three(float(np.mean(found.scores(rescaled=True))))}", err=True)
    text = "\n".join(["", *lines_of(scored, check_seeds), ""])
    renew_between(stem.with_suffix(".md"), MARKS, text, title="Flee's cases on this engine")
    with stem.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for one in scored:
            writer.writerow({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in one.row.items()})


if __name__ == "__main__":
    main()
