"""What a scenario will simulate, in words, for a person who wants to know before running it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain

from simulation.spec.models import Closure, Document, LeverEntry, Levers, Scenario, Scope

# Confidences that a reader must know about before quoting a result.
WEAK = ("recalled", "assumed")


def describe(scenario: Scenario) -> list[str]:
    """Return the lines of a summary: period, journeys, map, levers, overrides, support of the numbers."""
    document = scenario.document
    period = document.period
    days = (period.end - period.start).days + 1
    head = [
        f"{document.scenario}: {document.title}",
        f"period       {period.start} to {period.end} ({days:,} days); "
        f"journeys start until {period.departures_end}",
        f"seed         {document.seed}",
    ]
    return head + list(
        chain(
            _journeys(scenario), _map(scenario), _levers(document), _overrides(scenario), _support(scenario)
        )
    )


def _journeys(scenario: Scenario) -> Iterator[str]:
    period = scenario.document.period
    years = range(period.start.year, period.departures_end.year + 1)
    cells: defaultdict[tuple[str, int], float] = defaultdict(float)
    for row in scenario.streams:
        if row.year in years:
            cells[row.stream, row.year] += row.journeys
    streams = sorted({stream for stream, _ in cells}, key=lambda name: -sum(cells[name, y] for y in years))
    width = max([len(name) for name in streams] + [len("all")])
    yield "journeys     at the reference policy, by the year in which they start"
    yield _row("", [str(year) for year in years] + ["total"], width)
    for stream in streams:
        values = [cells[stream, year] for year in years]
        yield _row(stream, [f"{value:,.0f}" for value in (*values, sum(values))], width)
    totals = [sum(cells[stream, year] for stream in streams) for year in years]
    yield _row("all", [f"{value:,.0f}" for value in (*totals, sum(totals))], width)
    if period.start.strftime("%m-%d") != "01-01" or period.departures_end.strftime("%m-%d") != "12-31":
        yield "             (whole years; the first or last year is simulated in part)"
    on_the_way = sum(group.people for group in scenario.initial)
    yield f"             and {on_the_way:,.0f} people already on the way on the first day"


def _row(name: str, cells: list[str], width: int) -> str:
    return f"             {name:<{width}}" + "".join(f"{cell:>12}" for cell in cells)


def _map(scenario: Scenario) -> Iterator[str]:
    kinds = Counter(place.kind.replace("_", " ") for place in scenario.places)
    yield f"places       {len(scenario.places)}: {_counts(kinds)}"
    modes = Counter(leg.mode for leg in scenario.legs if leg.purpose == "irregular")
    purposes = Counter(leg.purpose.replace("_", " ") for leg in scenario.legs if leg.purpose != "irregular")
    bypasses = sum(leg.control == "bypass" and leg.purpose == "irregular" for leg in scenario.legs)
    yield f"legs         {len(scenario.legs)}: {_counts(modes + purposes)}; {bypasses} of them avoid controls"
    points = Counter(dict((row.point, row.kind.replace("_", " ")) for row in scenario.monitoring).values())
    if points:
        yield f"monitoring   {_counts(points)}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counter.most_common())


def _levers(document: Document) -> Iterator[str]:
    lines = [
        (entry.start or document.period.start, name, _lever_line(name, entry))
        for name in Levers.model_fields
        for entry in getattr(document.levers, name)
    ]
    yield "levers       " + (
        "in order of their first day" if lines else "none: the reference policy throughout"
    )
    yield from (line for _, _, line in sorted(lines))
    for closure in document.closures:
        yield f"  {_dates(closure)}  closed: {', '.join(closure.legs)}"


def _lever_line(name: str, entry: LeverEntry) -> str:
    told = entry.model_dump(exclude_unset=True, exclude={"start", "end", "scope", "source"})
    settings = ", ".join(f"{key} {value}" for key, value in told.items())
    return f"  {_dates(entry)}  {name}: {settings}; {_scope(entry.scope)}"


def _dates(entry: LeverEntry | Closure) -> str:
    start = str(entry.start) if entry.start else "first day"
    end = str(entry.end) if entry.end else "last day"
    return f"{start:<10} to {end:<10}"


def _scope(scope: Scope) -> str:
    kinds = [", ".join(getattr(scope, kind)) for kind in ("countries", "places", "legs", "pathways")]
    return "; ".join(filter(None, kinds)) or "everywhere"


def _overrides(scenario: Scenario) -> Iterator[str]:
    table = {parameter.name: parameter.value for parameter in scenario.parameters}
    for name, value in scenario.document.parameters.items():
        yield f"parameter    {name} {value:g} instead of {table[name]:g}"
    off = [name for name, is_on in scenario.document.coupling if not is_on]
    yield "coupling     " + (f"off: {', '.join(off)}" if off else "all on")


def _support(scenario: Scenario) -> Iterator[str]:
    weak: Counter[str] = Counter()
    total = 0
    for table in Scenario.model_fields:
        rows = () if table in ("document", "sources") else getattr(scenario, table)
        for row in rows:
            confidence = getattr(row, "confidence", None)
            total += confidence is not None
            if confidence in WEAK:
                weak[table] += 1
    n_weak = sum(weak.values())
    yield f"support      {n_weak} of {total} table rows are weakly supported ({' or '.join(WEAK)})"
    if weak:
        yield f"             {_counts(weak)}"
