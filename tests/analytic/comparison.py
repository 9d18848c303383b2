"""Compares a run with the chain's exact solution, count by count, at one false-alarm budget for the whole suite.

A count of endings, or of people in a status on a day, is binomial, so its test is exact. Repeatable happenings and
person-days are sums over independent people: their test uses the exact mean, variance and skewness of the chain and
the gamma distribution with these three moments, which keeps the far tail right where a normal one would not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from branches import Happening
from chain import ENDINGS, LIVING, STATUSES, Cohort, Moments
from literal_hazards import RISK_CLASSES
from matrix import HAPPENINGS
from scipy import stats

from simulation.kernels.layout import DEMOGRAPHICS, Event, Status
from simulation.model import RouteModel
from simulation.spec.models import Scenario

FALSE_ALARM = 1e-6  # chance that a correct model fails any of the suite's comparisons with the chain
MAX_TESTS = 100_000  # comparisons in the suite, at most; each gets FALSE_ALARM / MAX_TESTS (Bonferroni)
PER_TEST = FALSE_ALARM / MAX_TESTS
CENSUS_DAYS = (1, 2, 3, 4, 6, 9, 14, 21, 35, 60, 100)
_COUNTED = {*HAPPENINGS, "repeat_attempt", "sahara_crossing"}  # the last two need a person's past
_ENOUGH = 30.0  # expected happenings below which the three-moment tail is not used

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Observed:
    """Counts of one or more runs of a world: nothing but integers."""

    people: dict[tuple[str, tuple[str, str]], int]  # by stream and risk class
    happens: dict[tuple[str, tuple[str, str]], dict[Happening, int]]
    days: dict[str, dict[str, int]]  # stream -> status -> person-days
    census: dict[str, dict[int, Counts]]  # stream -> day -> people by STATUSES


@dataclass(frozen=True)
class Finding:
    """One comparison: what it is of, what was seen, what the chain expects, and how surprising that is."""

    what: str
    observed: float
    expected: float
    p_value: float


def binomial_p_value(count: int, n: int, p: float) -> float:
    """Return the two-sided p-value of a binomial count: twice the smaller tail, exact."""
    if p <= 1e-15:
        return 1.0 if count == 0 else 0.0
    p = min(p, 1.0)
    lower, upper = stats.binom.cdf(count, n, p), stats.binom.sf(count - 1, n, p)
    return float(min(1.0, 2.0 * min(lower, upper)))


def three_moment_p_value(total: float, n: int, one: Moments) -> float:
    """Return the two-sided p-value of a sum over n people, by the gamma with the sum's mean, variance and skewness."""
    if one.variance < 1e-12:
        return 1.0 if abs(total - n * one.mean) < 1e-6 * max(1.0, n * one.mean) else 0.0
    z = (total - n * one.mean) / np.sqrt(n * one.variance)
    skewness = one.skewness / np.sqrt(n)
    if abs(skewness) < 1e-6:
        return float(2.0 * stats.norm.sf(abs(z)))
    gamma = stats.pearson3(skewness)
    return float(min(1.0, 2.0 * min(gamma.cdf(z), gamma.sf(z))))


def observe(scenario: Scenario, seed: int, days: int) -> Observed:
    """Run a world for a number of days and count by stream and risk class."""
    model = RouteModel(scenario, seed=seed, threads=1)
    streams = model.routes.streams
    census: dict[str, dict[int, Counts]] = {s: {} for s in streams}
    by_status = np.array([[s == Status[name] for s in model.cell_status] for name in STATUSES], np.int64)
    for day in range(1, days + 1):
        model.step()
        if day in CENSUS_DAYS or day == days:
            stock = by_status @ model.recorder.stock
            for i, stream in enumerate(streams):
                census[stream][day] = stock[:, i * DEMOGRAPHICS : (i + 1) * DEMOGRAPHICS].sum(axis=1)
    return _collect(model, census)


def _collect(model: RouteModel, census: dict[str, dict[int, Counts]]) -> Observed:
    counts, streams = model.counts(), model.routes.streams
    model.pool.shutdown()
    cells = [("leg", leg.id) for leg in model.routes.legs]
    for setting in ("place", "place", "place", "alternative", "detention", "captivity"):
        cells += [(setting, p.id) for p in model.routes.places]
    groups = [
        (streams[g // DEMOGRAPHICS], RISK_CLASSES[g % DEMOGRAPHICS // 3 * 2 + (g % 3 > 0)])
        for g in range(model.routes.n_groups)
    ]
    group_of = model.people.life["group"]
    size = np.bincount(group_of, minlength=len(groups))
    people = {key: 0 for key in groups}
    for g, key in enumerate(groups):
        people[key] += int(size[g])
    happens: dict[tuple[str, tuple[str, str]], dict[Happening, int]] = {key: {} for key in groups}
    for cell, group, kind, n in zip(
        counts.event_cell, counts.event_group, counts.event_kind, counts.event_count, strict=True
    ):
        name = Event(kind).name.lower()
        if name in _COUNTED:
            mine = happens[groups[group]]
            mine[name, cells[cell]] = mine.get((name, cells[cell]), 0) + int(n)
    days = {s: dict.fromkeys(LIVING, 0) for s in streams}
    for cell, group, n in zip(counts.days_cell, counts.days_group, counts.days_count, strict=True):
        days[groups[group][0]][Status(model.cell_status[cell]).name] += int(n)
    return Observed(people, happens, days, census)


def compare(cohort: Cohort, seen: Observed) -> list[Finding]:
    """Compare everything that was counted of a stream with the chain."""
    stream = cohort.stream
    risks = [risk for risk in RISK_CLASSES if seen.people[stream, risk]]
    n = sum(seen.people[stream, risk] for risk in risks)
    found = []
    # Who starts again after going home may go home again: such returns are compared as what can be repeated.
    once = ENDINGS.keys() - ({"returned"} if cohort.moments["restarted"].mean > 0 else set())
    for risk in risks:
        who = f"{stream} {' '.join(risk)}"
        found += _endings(who, once, cohort.ends[risk], seen.happens[stream, risk], seen.people[stream, risk])
    total: dict[Happening, int] = {}
    for risk in risks:
        for item, count in seen.happens[stream, risk].items():
            total[item] = total.get(item, 0) + count
    found += _endings(stream, once, cohort.happens, total, n)
    found += _impossible(stream, cohort, total)
    crossed = sum(c for (what, _), c in total.items() if what == "sahara_crossing")
    p_value = binomial_p_value(crossed, n, cohort.ever["desert"])
    found.append(Finding(f"{stream}: ever crossed", crossed, n * cohort.ever["desert"], p_value))
    for kind in (*HAPPENINGS, "repeat_attempt"):
        one = cohort.moments[kind]
        if kind in once or kind == "started" or n * one.mean < _ENOUGH:
            continue
        count = sum(c for (what, _), c in total.items() if what == kind)
        found.append(Finding(f"{stream}: {kind}", count, n * one.mean, three_moment_p_value(count, n, one)))
    for status in LIVING:
        one, days = cohort.moments[status], seen.days[stream][status]
        if n * one.mean >= _ENOUGH:
            p_value = three_moment_p_value(days, n, one)
            found.append(Finding(f"{stream}: days {status}", days, n * one.mean, p_value))
    for day, people in seen.census[stream].items():
        chances = cohort.census[min(day, cohort.horizon) - 1]
        for status, count, p in zip(STATUSES, people, chances, strict=True):
            p_value = binomial_p_value(int(count), n, float(p)) if p > 1e-9 else float(count == 0)
            found.append(Finding(f"{stream}: day {day} {status}", int(count), n * p, p_value))
    return found


def _endings(
    who: str, once: set[str], expected: dict[Happening, float], seen: dict[Happening, int], n: int
) -> list[Finding]:
    found = []
    for item in {k for k in expected.keys() | seen.keys() if k[0] in once}:
        p, count = expected.get(item, 0.0), seen.get(item, 0)
        found.append(Finding(f"{who}: {item}", count, n * p, binomial_p_value(count, n, p)))
    return found


def _impossible(stream: str, cohort: Cohort, seen: dict[Happening, int]) -> list[Finding]:
    """Return what was seen at a place or leg where the chain says that it cannot happen."""
    return [
        Finding(f"{stream}: {item}", count, 0.0, 0.0)
        for item, count in seen.items()
        if item[0] in HAPPENINGS and item[0] != "started" and cohort.happens.get(item, 0.0) <= 0.0
    ]


def people_of(seen: Observed, stream: str) -> int:
    """Return the number of people of a stream."""
    return sum(n for (name, _), n in seen.people.items() if name == stream)


def merge(runs: list[Observed]) -> Observed:
    """Add up runs of one world with different seeds."""
    first = runs[0]
    return Observed(
        people={key: sum(r.people[key] for r in runs) for key in first.people},
        happens={
            key: {
                item: sum(r.happens[key].get(item, 0) for r in runs)
                for item in set().union(*(r.happens[key] for r in runs))
            }
            for key in first.happens
        },
        days={s: {k: sum(r.days[s][k] for r in runs) for k in LIVING} for s in first.days},
        census={s: {d: sum(r.census[s][d] for r in runs) for d in first.census[s]} for s in first.census},  # type: ignore[misc]
    )
