"""What a plan will run and write, in words, for a person who wants to know before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from experiments.design import Design
from experiments.plan import Plan
from experiments.planning.load import LoadedPlan
from experiments.planning.results import FILES
from simulation.spec.models import Scenario

MOST_FACTORS = 12
_METHODS = {
    "random": "each number drawn by itself",
    "latin_hypercube": "Latin hypercube",
    "sobol": "scrambled Sobol points",
    "morris": "Morris trajectories",
    "saltelli": "Saltelli's sample for Sobol indices",
    "posterior": "draws of a posterior",
}


def describe_plan(loaded: LoadedPlan, n_uncertain: int) -> Iterator[str]:
    """Yield the lines of a summary; ``n_uncertain`` is the number of uncertain numbers of all arms together."""
    document, plan = loaded.document, loaded.plan
    yield f"{document.plan}: {document.title}"
    yield from _arms(plan)
    yield from _period(plan)
    yield from _runs(plan)
    yield from _factors(plan, n_uncertain)
    yield from _people(plan)
    kept = (
        "every outcome"
        if plan.outcomes is None
        else f"{len(plan.outcomes)} outcomes with what they are made of"
    )
    yield f"keeps        {kept}"
    yield f"analyses     {', '.join(loaded.analyses)}"
    files = [name for analysis in loaded.analyses for name in FILES[analysis]]
    design = ["design.csv"] if plan.design is not None else []
    yield f"writes       {', '.join([*dict.fromkeys(files), *design, 'plan.yaml', 'metadata.json', 'runs/*.parquet'])}"


def _arms(plan: Plan) -> Iterator[str]:
    width = max(len(name) for name in plan.arms)
    yield f"arms         {len(plan.arms)}, the first is the baseline"
    for name, scenario in plan.arms.items():
        yield f"             {name:<{width}}  {scenario.document.title}"


def _period(plan: Plan) -> Iterator[str]:
    period = plan.baseline.document.period
    yield (f"period       {period.start} to {period.end}; journeys start until {period.departures_end}")
    if plan.since is None:
        yield "             outcomes count from the first day"
    else:
        first = plan.since.replace(day=1)
        yield f"             outcomes count from {first}: until {plan.since} all arms are the same and live once"


def _runs(plan: Plan) -> Iterator[str]:
    arms, drawn, seeds = len(plan.arms), plan.replicates, plan.monte_carlo
    yield f"runs         {arms * (drawn + seeds):,} = {arms} arms x ({drawn:,} replicates + {seeds:,} of seeds only)"
    common = plan.design is not None and plan.design.seeds == "common"
    yield f"seed         {plan.seed}; " + (
        "replicates share one run seed" if common else "a run seed a replicate"
    )


def _factors(plan: Plan, n_uncertain: int) -> Iterator[str]:
    design = plan.design
    if design is None:
        yield f"design       random: {_METHODS['random']}, {n_uncertain:,} of them"
        return
    others = n_uncertain - len({name for names in design.members for name in names})
    rest = "at their best estimates" if design.others == "median" else "drawn at random"
    yield f"design       {design.method}: {_METHODS[design.method]} in {len(design.factors):,} factors" + (
        f"; {others:,} other numbers {rest}" if others else ""
    )
    yield from _list_factors(design)


def _list_factors(design: Design) -> Iterator[str]:
    for label, names in list(zip(design.factors, design.members, strict=True))[:MOST_FACTORS]:
        said = "" if names == (label,) else f": {len(names)} numbers, such as {names[0]}"
        yield f"             {label}{said}"
    if len(design.factors) > MOST_FACTORS:
        yield f"             and {len(design.factors) - MOST_FACTORS:,} more"


def _people(plan: Plan) -> Iterator[str]:
    people = count_people(plan.baseline)
    runs = len(plan.arms) * (plan.replicates + plan.monte_carlo)
    yield (
        f"people       about {people:,.0f} in a run of the baseline, {people * plan.scale:,.0f} of them simulated "
        f"(scale {plan.scale:g}); {people * plan.scale * runs:,.0f} in all runs"
    )


def count_people(scenario: Scenario) -> float:
    """Return about how many people a run has: on the way on the first day, or starting at the reference policy."""
    period = scenario.document.period
    started = sum(
        row.journeys * _share_of_year(row.year, period.start, period.departures_end)
        for row in scenario.streams
    )
    return started + sum(group.people for group in scenario.initial)


def _share_of_year(year: int, first: date, last: date) -> float:
    """Return the share of a year's days that lie between two days, both included."""
    begin, end = date(year, 1, 1), date(year, 12, 31)
    days = (min(end, last) - max(begin, first)).days + 1
    return max(days, 0) / ((end - begin).days + 1)
