"""Saving pictures: the same bytes each time, PNG, SVG and a text for those who cannot see them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from experiments.execution.files import write_csv
from experiments.plan import Plan
from experiments.safe_cells import guard_table
from experiments.wording import find_step, say_number
from simulation import __version__
from simulation.spec.models import LeverEntry, Parameter, Scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

# Okabe and Ito (2008): told apart with every common kind of colour vision; lightness differs for grey prints.
BLUE, VERMILLION, GREY, INK, PALE = "#0072B2", "#D55E00", "#8C8C8C", "#222222", "#D9D9D9"
DPI = 300
WEAK = ("assumed", "recalled")
LOOSE_PARAMETERS = 8
"""Weakly supported parameters that a page names."""
_TABLES = [
    "places",
    "legs",
    "risks",
    "vehicle_risks",
    "custody",
    "streams",
    "composition",
    "initial",
    "relative_risks",
    "season",
    "parameters",
]
_STYLE: Any = {
    "svg.hashsalt": "safepassage",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.parse_math": False,  # a title may hold "$"
    "axes.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in our style, whatever the user's own matplotlib settings are, and leave those as they were."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def save(figure: Figure, path: Path, title: str, text: str, data: pd.DataFrame | None = None) -> list[Path]:
    """Write ``path`` as .png, .svg and .txt (the text alternative), with ``data`` as .csv too, and return them."""
    png, svg, alternative = (path.with_name(f"{path.name}.{kind}") for kind in ("png", "svg", "txt"))
    figure.savefig(png, dpi=DPI, metadata={"Title": title, "Description": text, "Software": "Safe Passage"})
    figure.savefig(
        svg, metadata={"Date": None, "Title": title, "Description": text, "Creator": "Safe Passage"}
    )
    alternative.write_text(f"{title}\n\n{text}\n", encoding="utf-8")
    if data is None:
        return [png, svg, alternative]
    return [png, svg, alternative, write_csv(guard_table(data), path.with_name(f"{path.name}.csv"))]


def wrap(lines: Iterable[str], width: int) -> str:
    """Return lines wrapped to ``width`` characters."""
    return "\n".join("\n".join(textwrap.wrap(line, width)) for line in lines)


def describe_source(plan: Plan, arm: str) -> str:
    """Return the source line: software, scenarios, period, people simulated, replicates, seed."""
    period, route = plan.baseline.document.period, plan.baseline
    people = (
        "every person simulated (1:1)"
        if plan.scale == 1
        else f"1 person in {round(1 / plan.scale, 1):g} simulated"
    )
    since = f"; outcomes counted from {plan.since.replace(day=1):%-d %B %Y}" if plan.since else ""
    return (
        f"Source: Safe Passage {__version__}, scenarios {plan.baseline.document.scenario} and {arm}; "
        f"journeys started {period.start:%-d %B %Y} to {period.departures_end:%-d %B %Y}, followed to "
        f"{period.end:%-d %B %Y}{since}; {people}; {len(route.places)} places, {len(route.legs)} legs; "
        f"{_count(plan.replicates, 'draw')} of the parameters, {_count(plan.monte_carlo, 'seed')} at the defaults; "
        f"seed {plan.seed}."
    )


def describe_assumptions(plan: Plan, arm: str) -> str:
    """Return the assumptions line: what the variant changes, and how many inputs are weakly supported."""
    variant = plan.arms[arm]
    weak, rows = count_weak_inputs(variant)
    changed = describe_levers(plan.baseline, variant) or "other tables than the baseline's"
    return (
        f"Assumptions: the variant sets {changed}. Of {rows:,} rows of input, {weak:,} ({weak / rows:.0%}) "
        "are assumed or recalled, not measured; they enter with wide ranges. Results compare policies under "
        "these assumptions; they are not forecasts."
    )


def count_weak_inputs(scenario: Scenario) -> tuple[int, int]:
    """Return how many rows of a scenario's tables are assumed or recalled, and how many rows there are."""
    marks = [row.confidence for table in _TABLES for row in getattr(scenario, table)]
    return sum(mark in WEAK for mark in marks), max(len(marks), 1)


def find_loose_parameters(scenario: Scenario) -> list[Parameter]:
    """Return the weakly supported parameters with the widest ranges, as ratios of their ends, widest first."""
    loose = [p for p in scenario.parameters if p.confidence in WEAK and p.low > 0]
    return sorted(loose, key=lambda p: (-p.high / p.low, p.name))[:LOOSE_PARAMETERS]


def describe_levers(baseline: Scenario, variant: Scenario) -> str:
    """Return the levers, closures and parameters that the variant sets otherwise than the baseline."""
    said = []
    for name, changed in find_changed_levers(baseline, variant).items():
        entries = "; ".join(map(say_entry, changed)) or "less than the baseline"
        said.append(f"{name.replace('_', ' ')} ({entries})")
    if variant.document.closures != baseline.document.closures:
        said.append("closed legs")
    own = set(variant.document.parameters.items()) ^ set(baseline.document.parameters.items())
    said += sorted({f"parameter {name}" for name, _ in own})
    return ", ".join(said)


def find_changed_levers(baseline: Scenario, variant: Scenario) -> dict[str, list[LeverEntry]]:
    """Return the levers that differ, each with the variant's own entries; none where it only leaves some out."""
    found = {}
    for name in type(variant.document.levers).model_fields:
        before, after = (getattr(scenario.document.levers, name) for scenario in (baseline, variant))
        if after != before:
            found[name] = [entry for entry in after if entry not in before]
    return found


def say_entry(entry: LeverEntry) -> str:
    """Return the numbers, start and breadth of one lever entry."""
    given = entry.model_dump(
        exclude_unset=True, exclude_none=True, exclude={"start", "end", "scope", "source"}
    )
    settings = [
        f"{name.replace('_', ' ')} {_say_setting(value)}" for name, value in given.items() if value != ()
    ]
    scope = entry.scope
    where = [
        *scope.countries,
        *([_count(len(scope.places), "place")] if scope.places else []),
        *([_count(len(scope.legs), "leg")] if scope.legs else []),
        *scope.pathways,
    ]
    parts = [", ".join(settings)]
    parts += [f"in {', '.join(where)}"] if where else []
    parts += [f"from {entry.start:%-d %b %Y}"] if entry.start else []
    return " ".join(parts)


def _say_setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " and ".join(map(str, value))
    number, _, unit = str(value).partition(" ")  # quantities with a unit are text: "30.0 days"
    try:
        amount = float(number)
    except ValueError:
        return str(value).replace("_", " ")
    said = f"{amount:.3g}" if abs(amount) < 1000 else say_number(amount, find_step(amount))
    return f"{said} {unit}".strip()


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
