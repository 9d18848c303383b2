"""How the cost of a run grows with people, days, legs, groups and changes of levers; each varied alone.

Usage: python -m benchmarks.growth [--people 20000] [--repeats 3] [--points 3]
"""

from __future__ import annotations

import argparse
import datetime
import statistics
from collections.abc import Callable

from benchmarks.full_model import FOLDER, cut, everybody, live, model_of
from benchmarks.measured import Result, tell
from simulation import load_scenario
from simulation.spec.levers import BorderEnforcement
from simulation.spec.models import Scenario

_YEARS = 1.0


def with_legs(scenario: Scenario, times: int) -> Scenario:
    """Return the scenario with so many parallel copies of every irregular leg."""
    more = [
        leg.model_copy(update={"id": f"{leg.id}_{k}"})
        for k in range(1, times)
        for leg in scenario.legs
        if leg.purpose == "irregular"
    ]
    return scenario.model_copy(update={"legs": (*scenario.legs, *more)})


def with_streams(scenario: Scenario, times: int) -> Scenario:
    """Return the scenario with every stream cut into so many equal ones."""
    changed: dict[str, object] = {}
    for table in ("streams", "composition", "season"):
        rows = []
        for row in getattr(scenario, table):
            share = {"journeys": row.journeys / times} if table == "streams" else {}
            rows += [row.model_copy(update=share)]
            rows += [row.model_copy(update={"stream": f"{row.stream}_{k}", **share}) for k in range(1, times)]
        changed[table] = tuple(rows)
    return scenario.model_copy(update=changed)


def with_changes(scenario: Scenario, number: int) -> Scenario:
    """Return the scenario with so many more days on which a lever changes, evenly over the period."""
    period, levers = scenario.document.period, scenario.document.levers
    days = (period.end - period.start).days
    entries = tuple(
        BorderEnforcement.model_validate(
            {
                "from": period.start + datetime.timedelta(days=1 + k * (days - 1) // number),
                "scope": {"legs": [scenario.legs[0].id]},
                "intensity": 0.1 + 0.1 * (k % 2),
                "source": "assumed: benchmark",
            }
        )
        for k in range(number)
    )
    added = levers.model_copy(update={"border_enforcement": (*levers.border_enforcement, *entries)})
    document = scenario.document.model_copy(update={"levers": added})
    return scenario.model_copy(update={"document": document})


# What is varied: its points from small to large, and the scenario and people of a point.
Point = tuple[Scenario, float]
Axis = tuple[tuple[float, ...], Callable[[Scenario, float, float], Point]]
AXES: dict[str, Axis] = {
    "people": ((1.0, 5.0, 25.0), lambda s, n, x: (cut(s, years=_YEARS), n * x)),
    "days": ((1.0, 2.0, 4.0), lambda s, n, x: (cut(s, years=x), n * x)),
    "legs": ((1.0, 2.0, 4.0), lambda s, n, x: (with_legs(cut(s, years=_YEARS), int(x)), n)),
    "groups": ((1.0, 2.0, 4.0), lambda s, n, x: (with_streams(cut(s, years=_YEARS), int(x)), n)),
    "lever changes": ((1.0, 12.0, 120.0), lambda s, n, x: (with_changes(cut(s, years=_YEARS), int(x)), n)),
}


def measure(people: float, repeats: int, points: int) -> list[Result]:
    """Return one row a point, all points lived in turn so many times."""
    whole = load_scenario(FOLDER / "baseline.yaml")
    cases = []
    for axis, (values, make) in AXES.items():
        for value in values[:points]:
            scenario, n = make(whole, people, value)
            cases.append((axis, value, scenario, n, everybody(scenario)))
    times: list[list[tuple[float, int]]] = [[] for _ in cases]
    sizes: list[dict[str, int]] = [{} for _ in cases]
    live(model_of(cases[0][2], 1000, 1, cases[0][4]))  # compiled code is loaded
    for _ in range(repeats):
        for i, (_, _, scenario, n, at_scale_1) in enumerate(cases):
            model = model_of(scenario, n, 1, at_scale_1)
            sizes[i] = {
                "people": model.people.who.size, "days": model.last_day - model.first_day + 1,
                "legs": len(model.routes.legs), "groups": model.routes.n_groups, "lever changes": len(model.changes),
            }  # fmt: skip
            times[i].append(live(model))
            model.close()
    return [
        {
            "axis": axis, "value": size[axis], "seconds": statistics.median(t for t, _ in of),
            "ns_a_day": statistics.median(t / days * 1e9 for t, days in of), **{"size": size},
        }
        for (axis, *_), of, size in zip(cases, times, sizes, strict=True)
    ]  # fmt: skip


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Growth of the cost of a run.")
    parser.add_argument("--people", type=float, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--points", type=int, default=3)
    of = parser.parse_args()
    tell({"rows": measure(of.people, of.repeats, of.points)})


if __name__ == "__main__":
    main()
