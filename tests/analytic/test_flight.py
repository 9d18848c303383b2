"""Flight against its formulas: who picks which camp, how long the way takes, what is avoided, who is turned away.

Statistical tests: fixed seeds, each with a chance below 1e-6 of failing a correct model, and a twin that must fail.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from flee_folders import RandomCase, random_cases
from hypothesis import given, settings
from scipy import stats
from small_worlds import FALSE_ALARM

from simulation.displacement.case import DisplacementCase
from simulation.displacement.model import DisplacementModel
from simulation.displacement.network import build_network
from simulation.displacement.reach import build_reach
from simulation.displacement.result import DisplacementResult
from simulation.importers.flee import read_flee_case
from simulation.kernels.flight import draw_origins
from simulation.kernels.layout import Event
from simulation.kernels.rng import Stream, stream_key

N = 20_000


def star(
    tmp_path: Path, *, km: dict[str, int], capacity: dict[str, int | None], people: int = N
) -> DisplacementCase:
    """Return a case of one zone and camps around it; all are displaced on day 1."""
    camps = list(km)
    case = RandomCase(
        days=12, zones=["Z0"], towns=[], camps=camps, capacity=capacity,
        routes=[("Z0", camp, length) for camp, length in km.items()],
        intensity={"Z0": [1.0] * 12}, closures=[], counts={"total": [0]} | {camp: [0] for camp in camps},
    )  # fmt: skip
    case.counts[camps[0]] = [0, people]
    folder = case.write(tmp_path / "star")
    (folder / "validation" / f"{camps[0]}.csv").write_text(f"{case.start},0\n2021-02-21,{people}\n")
    return read_flee_case(folder)


def run(case: DisplacementCase, **parameters: float) -> DisplacementResult:
    return DisplacementModel(case.model_copy(update={"parameters": parameters}), seed=5).run()


def p_value(inside: np.ndarray, weight: np.ndarray) -> float:
    return float(stats.chisquare(inside, inside.sum() * weight / weight.sum()).pvalue)


def test_camps_draw_by_free_places_and_days(tmp_path: Path) -> None:
    capacity = {"C0": 40_000, "C1": 400_000, "C2": 90_000}
    case = star(tmp_path, km={"C0": 100, "C1": 1000, "C2": 300}, capacity=capacity)
    size, days = np.array([40.0, 400.0, 90.0]), np.array([0.5, 5.0, 1.5])
    inside = run(case).toll.inside[-1]
    assert inside.sum() == N
    assert p_value(inside, size**0.75 / (1.0 + days)) > FALSE_ALARM
    assert p_value(inside, size / (1.0 + days)) < FALSE_ALARM  # what the comparison would notice
    plain = run(case, size_elasticity=1.0, distance_elasticity=2.0, trip_days=0.5).toll.inside[-1]
    assert p_value(plain, size / (0.5 + days) ** 2) > FALSE_ALARM


def test_a_camp_of_unknown_size_counts_like_the_mean_of_the_known(tmp_path: Path) -> None:
    capacity = {"C0": 50_000, "C1": None, "C2": 150_000}
    case = star(tmp_path, km=dict.fromkeys(capacity, 200), capacity=capacity)
    assert p_value(run(case).toll.inside[-1], np.array([50.0, 100.0, 150.0]) ** 0.75) > FALSE_ALARM


def test_where_people_come_from_goes_by_population_and_intensity(tmp_path: Path) -> None:
    case = RandomCase(
        days=3, zones=["Z0", "Z1", "Z2"], towns=[], camps=["C0"], capacity={"C0": None},
        routes=[("Z0", "C0", 10), ("Z1", "C0", 10), ("Z2", "C0", 10)],
        intensity={"Z0": [1.0] * 3, "Z1": [0.5] * 3, "Z2": [0.0] * 3}, closures=[], counts={"total": [0], "C0": [0, N]},
    )  # fmt: skip
    model = DisplacementModel(read_flee_case(case.write(tmp_path / "three")), seed=3)
    came = np.bincount(model.origin, minlength=4)[:3]
    assert came[2] == 0
    assert p_value(came[:2], np.array([1000 * 1.0, 2000 * 0.5])) > FALSE_ALARM
    assert p_value(came[:2], np.array([1000.0, 2000.0])) < FALSE_ALARM


def test_the_way_takes_its_kilometres_in_days(tmp_path: Path) -> None:
    # 200 km a day, from the morning of day 1: 500 km end in the middle of the third day.
    case = star(tmp_path, km={"C0": 500}, capacity={"C0": None}, people=10)
    assert run(case).toll.inside[:, 0].tolist() == [0, 0, 0, *[10] * 9]
    assert run(case).toll.travelling.tolist() == [0, 10, 10, *[0] * 9]
    assert run(case, km_per_day=100.0).toll.inside[:, 0].tolist() == [*[0] * 5, *[10] * 7]


def test_nobody_comes_from_a_place_without_weight() -> None:
    # The place of the total's last rise is the last with a weight, also where a product rounds up to the total.
    who = np.arange(2000, dtype=np.uint64)
    for cumulated in ([0.0, 0.0], [0.0, 5e-324, 5e-324], [0.0, 1e12, 1e12], [0.0, np.inf, np.inf]):
        came = draw_origins(stream_key(1, Stream.DEPARTURES), who, np.array(cumulated))
        assert came.max() < len(cumulated)
        assert (came == 1).all() or not any(cumulated)


def test_a_way_of_any_length_is_a_number_of_days(tmp_path: Path) -> None:
    case = star(tmp_path, km={"C0": 10**12}, capacity={"C0": None}, people=10)
    assert run(case, km_per_day=1e-3).toll.travelling.tolist() == [0, *[10] * 11]


def test_short_legs_in_a_row_take_no_longer_than_one(tmp_path: Path) -> None:
    towns = [f"T{i}" for i in range(4)]
    chain = ["Z0", *towns, "C0"]
    case = RandomCase(
        days=6, zones=["Z0"], towns=towns, camps=["C0"], capacity={"C0": None},
        routes=[(a, b, 100) for a, b in pairwise(chain)], intensity={"Z0": [1.0] * 6}, closures=[],
        counts={"total": [0], "C0": [0, 50]},
    )  # fmt: skip
    folder = case.write(tmp_path / "chain")
    (folder / "validation" / "C0.csv").write_text(f"{case.start},0\n2021-02-21,50\n")
    # 500 km at 200 km a day.
    assert run(read_flee_case(folder)).toll.inside[:, 0].tolist() == [0, 0, 0, 50, 50, 50]


@settings(max_examples=40)
@given(case=random_cases())
def test_perceived_days_are_the_quickest_way_of_networkx(
    case: RandomCase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read = read_flee_case(case.write(tmp_path_factory.mktemp("case") / "case"))
    network = build_network(read)
    for day in (0, case.days - 1):
        reach = build_reach(network, day, danger_weight=1.0)
        graph = nx.DiGraph()
        graph.add_nodes_from(network.names)
        for leg in np.flatnonzero(network.leg_open[day]):
            a, b = network.names[network.origin[leg]], network.names[network.destination[leg]]
            cost = network.days[leg] * (1.0 + network.intensity[day][network.destination[leg]])
            if cost < graph.edges.get((a, b), {"cost": np.inf})["cost"]:
                graph.add_edge(a, b, cost=cost)
        for k, camp in enumerate(read.camps):
            found = nx.single_source_dijkstra_path_length(graph.reverse(), camp, weight="cost")
            for p, name in enumerate(network.names):
                expected = found.get(name, np.inf) if network.camp_open[day, k] else np.inf
                assert reach.perceived[p, k] == pytest.approx(expected)
                leg = reach.next_leg[p, k]
                assert (leg >= 0) == (np.isfinite(expected) and name != camp)
                assert leg < 0 or network.leg_open[day, leg]


def test_a_full_camp_turns_people_away_and_the_rest_go_on(tmp_path: Path) -> None:
    # Everybody sets out before the first has arrived, so most make for C0 and find it full.
    case = star(tmp_path, km={"C0": 10, "C1": 10_000}, capacity={"C0": 30, "C1": 100}, people=200)
    result = run(case, distance_elasticity=5.0)
    assert result.toll.inside[:, 0].max() == 30
    assert result.events(Event.UNMET_SHELTER) > 100
    assert result.toll.people.tolist() == [0, *[200] * 11]


def test_all_camps_full_leaves_people_outside_and_counted(tmp_path: Path) -> None:
    case = star(tmp_path, km={"C0": 10}, capacity={"C0": 30}, people=200)
    result = run(case)
    assert result.toll.inside[-1].tolist() == [30]
    assert result.toll.outside[-1].tolist() == [170]
    outcomes = result.protection()
    assert outcomes["turned_away"] == 170
    assert outcomes["outside_person_days"] == 170 * 11
