"""Values of runs written down by hand, so that every answer can be worked out on paper."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from synthetic_runs import build_scenario

from experiments.collect import ALL, KEYS, Values
from experiments.compare import Comparison, analyse
from experiments.pareto import HARMS
from experiments.plan import Plan


def make_values(by_outcome: Mapping[str, Mapping[str, list[float]]], *, people: float = 100.0) -> Values:
    """Return values of the whole route: outcome -> arm -> value of each draw; seeds alone give the same."""
    names = list(by_outcome)
    rows = pd.DataFrame([(name, ALL, ALL, ALL, ALL) for name in names], columns=KEYS)
    arms = list(next(iter(by_outcome.values())))
    table = {arm: np.array([by_outcome[name][arm] for name in names], float) for arm in arms}
    kinds = ("total", "monte_carlo")
    value = {(kind, arm): table[arm] for kind in kinds for arm in arms}
    return Values(rows, value, {key: np.full(numbers.shape, people) for key, numbers in value.items()})


def make_plan(arms: list[str], replicates: int, seed: int = 7) -> Plan:
    """Return a plan of arms that differ in nothing but names and how much is enforced."""
    scenarios = [build_scenario(arm, enforcement=i / len(arms)) for i, arm in enumerate(arms)]
    return Plan(scenarios[0], tuple(scenarios[1:]), replicates, seed, 1.0)


def make_comparison_values(arms: list[str], replicates: int, seed: int = 3) -> Values:
    """Return values of every harm, journeys, arrivals and costs, for pictures and pages; all made up."""
    return make_values(make_outcomes(arms, replicates, seed))


def make_comparison(arms: list[str], replicates: int, seed: int = 7, people: float = 100.0) -> Comparison:
    """Return a finished comparison of made-up runs; deaths move from one leg to another."""
    plan = make_plan(arms, replicates, seed)
    outcomes = {
        kind: make_outcomes(arms, n, 3)
        for kind, n in (("total", replicates), ("monte_carlo", plan.monte_carlo))
    }
    runs = {}
    for task in plan.tasks():
        by_arm = {name: of[task.arm][task.replicate] for name, of in outcomes[task.kind].items()}
        deaths, i = outcomes[task.kind]["deaths"][arms[0]][task.replicate], arms.index(task.arm)
        places = {"main": (0.6 - 0.4 * i / len(arms)) * deaths, "around": (0.1 + 0.12 * i) * deaths}
        rows = [(name, ALL, ALL, value) for name, value in by_arm.items()]
        rows += [("deaths", "leg", leg, value) for leg, value in places.items()]
        frame = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
        runs[task] = frame.assign(group_kind=ALL, group=ALL, n_simulated=people)
    return analyse(plan, runs)


def make_outcomes(arms: list[str], replicates: int, seed: int) -> dict[str, dict[str, list[float]]]:
    """Return outcome -> arm -> value of each draw; all made up."""
    rng = np.random.default_rng(seed)
    scale = dict(zip(HARMS, (6e3, 9e3, 8e4, 2e4, 7e4, 2.5e4, 2e6, 4e3, 3e4), strict=True))
    level = rng.lognormal(0.0, 0.4, replicates)
    effect = {arm: 1.0 - 0.5 * i / len(arms) for i, arm in enumerate(arms)}
    by_outcome: dict[str, dict[str, list[float]]] = {}
    for place, (harm, size) in enumerate(scale.items()):
        by_outcome[harm] = {}
        for i, arm in enumerate(arms):
            shift = effect[arm] if (place + i) % 3 else 1.0 + 0.05 * i
            noise = rng.lognormal(0.0, 0.08, replicates) if i else 1.0
            by_outcome[harm][arm] = list(np.round(size * level * shift * noise))
    by_outcome["journeys"] = {
        arm: [500_000.0 - 80_000.0 * i / len(arms)] * replicates for i, arm in enumerate(arms)
    }
    by_outcome["arrivals"] = {arm: [150_000.0] * replicates for arm in arms}
    price = rng.lognormal(0.0, 0.5, replicates)
    costs = {
        arm: 5e7 + 3.0e8 * (i > 0) * price * rng.normal(1.0, 0.1, replicates) for i, arm in enumerate(arms)
    }
    by_outcome["cost_total"] = {arm: list(np.broadcast_to(cost, replicates)) for arm, cost in costs.items()}
    by_outcome["cost_services"] = {
        arm: list(np.broadcast_to(0.6 * cost, replicates)) for arm, cost in costs.items()
    }
    return by_outcome
