"""The full model on the real route at any number of people; one timed run in this process, profiled by phase.

Usage: python -m benchmarks.full_model PEOPLE [--years 4] [--days 0] [--threads 1] [--scenario baseline]
Memory of 20 million people: python -m benchmarks.full_model 20000000 --days 10

Fewer people than the route has are a scale, as anywhere. For more, the journeys of every stream and the people on the
way on the first day are multiplied, and the scale with them: quotas, capacities, boats and market then have the same
size a person as at every other number.
"""

from __future__ import annotations

import argparse
import datetime
import resource
import time
from collections.abc import Callable

import simulation.model
from benchmarks.measured import ROOT, Result, tell
from simulation import RouteModel, load_scenario
from simulation.phases import DAY
from simulation.spec.models import Scenario
from simulation.world.people import build_population
from simulation.world.routes import build_routes
from simulation.world.tables import resolve_parameters

FOLDER = ROOT / "scenarios" / "central_mediterranean"
_SAMPLE = 0.01
_LOADING = 60  # days lived before the clock starts: compiled code is loaded when a kernel is first called


def cut(scenario: Scenario, *, years: float = 0, days: int = 0) -> Scenario:
    """Return the scenario with its period cut to the first years or days."""
    period = scenario.document.period
    length = days or round(years * 365.25)
    end = period.start + datetime.timedelta(days=length - 1) if length else period.end
    shorter = {"departures_end": min(period.departures_end, end), "end": min(period.end, end)}
    document = scenario.document.model_copy(update={"period": period.model_copy(update=shorter)})
    return scenario.model_copy(update={"document": document})


def multiplied(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with so many times the journeys and the people on the way."""
    streams = tuple(s.model_copy(update={"journeys": s.journeys * factor}) for s in scenario.streams)
    initial = tuple(g.model_copy(update={"people": g.people * factor}) for g in scenario.initial)
    return scenario.model_copy(update={"streams": streams, "initial": initial})


def everybody(scenario: Scenario) -> float:
    """Return about how many people a run at scale 1 holds, from a sample."""
    routes, parameters = build_routes(scenario), resolve_parameters(scenario)
    sample = build_population(scenario, routes, scenario.document.seed, _SAMPLE, parameters)
    return sample.people.who.size / _SAMPLE


def model_of(scenario: Scenario, people: float, threads: int, whole: float | None = None) -> RouteModel:
    """Return a model of about so many people.

    Args:
        scenario: A scenario.
        people: People simulated.
        threads: Lanes of the day.
        whole: People at scale 1, if it is known.
    """
    share = people / (everybody(scenario) if whole is None else whole)
    if share <= 1.0:
        return RouteModel(scenario, scale=share, threads=threads)
    model = RouteModel(multiplied(scenario, share), threads=threads)
    model.scale, model.is_stale = share, True  # the tables of the first day are built at this scale
    return model


class Clocks:
    """Seconds spent in every phase of the day of all models made in this process."""

    def __init__(self) -> None:
        """Put a clock around every phase."""
        self.seconds = {phase.__name__: 0.0 for phase in DAY}
        vars(simulation.model)["DAY"] = tuple(self._timed(phase) for phase in DAY)

    def _timed(self, phase: Callable[[RouteModel], None]) -> Callable[[RouteModel], None]:
        def timed(model: RouteModel) -> None:
            begin = time.perf_counter()
            phase(model)
            self.seconds[phase.__name__] += time.perf_counter() - begin

        return timed


def live(model: RouteModel) -> tuple[float, int]:
    """Live all days; return seconds and active person-days."""
    begin = time.perf_counter()
    while model.running:
        model.step()
    seconds = time.perf_counter() - begin
    return seconds, int(model.counts().days_count.sum())


def peak_bytes() -> int:
    """Return the largest memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(scenario: Scenario, people: float, threads: int) -> Result:
    """Return time, memory and profile of one run."""
    whole = everybody(scenario)
    live(model_of(cut(scenario, days=_LOADING), whole / 1000, threads, whole))
    clocks, before = Clocks(), peak_bytes()
    begin = time.perf_counter()
    model = model_of(scenario, people, threads, whole)
    built = time.perf_counter() - begin
    n, days = model.people.who.size, model.last_day - model.first_day + 1
    columns = sum(getattr(model.people, name).nbytes for name in model.people._fields)
    seconds, active = live(model)
    return {
        "people": n, "days": days, "threads": threads, "scale": model.scale, "set_up_s": built, "seconds": seconds,
        "active_days": active, "active": active / seconds, "padded": n * days / seconds,
        "ns_a_day": seconds / active * 1e9, "phases": clocks.seconds, "peak_rss": peak_bytes(),
        "bytes_a_person": columns / n, "grown_a_person": (peak_bytes() - before) / n,
    }  # fmt: skip


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="One timed run of the full model on the real route.")
    parser.add_argument("people", type=float)
    parser.add_argument("--years", type=float, default=0, help="first years only; 0: all")
    parser.add_argument(
        "--days", type=int, default=0, help="first days only; people who could start later are left out"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--scenario", default="baseline")
    of = parser.parse_args()
    scenario = cut(load_scenario(FOLDER / f"{of.scenario}.yaml"), years=of.years, days=of.days)
    tell(measure(scenario, of.people, of.threads))


if __name__ == "__main__":
    main()
