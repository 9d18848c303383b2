"""Map questions on tiny maps whose answers can be seen."""

from __future__ import annotations

import math
from pathlib import Path

import networkx as nx
import pytest

from simulation import load_scenario
from simulation.world.graph import (
    build_graph,
    bypass_paths,
    bypasses_of,
    find_bottlenecks,
    leg_cost,
    main_path,
    reachable_places,
    with_legs,
)

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def fork() -> nx.MultiDiGraph:
    return build_graph(load_scenario(SCENARIOS / "tiny" / "fork" / "fork.yaml"))


@pytest.fixture(scope="module")
def diamond() -> nx.MultiDiGraph:
    """Two origins meet at a hub; from there two parallel roads and a desert track lead to the coast.

    a -1d-> hub =(2d, 4d)=> coast ; hub -5d-> well -5d-> coast (bypass) ; b -1d-> hub
    """
    graph = nx.MultiDiGraph()
    legs = [
        ("a", "hub", "a_hub", 1, "main"),
        ("b", "hub", "b_hub", 1, "main"),
        ("hub", "coast", "fast", 2, "main"),
        ("hub", "coast", "slow", 4, "main"),
        ("hub", "well", "hub_well", 2, "bypass"),
        ("well", "coast", "well_coast", 3, "bypass"),
    ]
    for origin, destination, key, days, control in legs:
        triangle = {"days_low": days, "days_mode": days, "days_high": days}
        money = {"price_low": 100.0 / days, "price_high": 400.0 / days, "distance_km": 10.0 * days}
        graph.add_edge(
            origin, destination, key=key, purpose="irregular", control=control, **triangle, **money
        )
    return graph


def test_nodes_and_edges_carry_their_rows(fork: nx.MultiDiGraph) -> None:
    assert fork.number_of_nodes() == 4
    assert fork.number_of_edges() == 6
    assert fork.nodes["well"]["kind"] == "desert_waypoint"
    leg = fork.edges["gate", "haven", "gate_haven_main"]
    assert (leg["border"], leg["control"], leg["days_mode"]) == ("NER-LBY", "main", 4.0)


def test_leg_costs(fork: nx.MultiDiGraph) -> None:
    leg = fork.edges["gate", "haven", "gate_haven_main"]  # 3, 4, 6 days; 150 to 300 USD; 900 km
    assert leg_cost(leg, "days") == pytest.approx(13 / 3)
    assert leg_cost(leg, "price") == pytest.approx(math.sqrt(150 * 300))
    assert leg_cost(leg, "distance") == 900
    assert leg_cost(leg | {"price_low": 0.0}, "price") == 150


def test_reachable_places(fork: nx.MultiDiGraph) -> None:
    assert reachable_places(fork, "gate") == {"gate", "well", "haven"}
    assert reachable_places(fork, "haven") == {"haven"}
    assert reachable_places(fork, "gate", purposes=("return_forced",)) == {"gate", "home"}
    assert reachable_places(fork, "gate", closed=["gate_haven_main"]) == {"gate", "well", "haven"}
    assert reachable_places(fork, "gate", closed=["gate_haven_main", "gate_well"]) == {"gate"}
    assert reachable_places(fork, "home", purposes=("regular",)) == {"home", "haven"}


def test_a_closed_leg_must_exist(fork: nx.MultiDiGraph) -> None:
    with pytest.raises(KeyError, match="no such leg on the map: nowhere"):
        reachable_places(fork, "gate", closed=["nowhere"])


def test_with_legs_leaves_the_map_alone(fork: nx.MultiDiGraph) -> None:
    assert with_legs(fork, control="bypass").number_of_edges() == 2
    assert fork.number_of_edges() == 6


def test_bottlenecks_of_the_diamond(diamond: nx.MultiDiGraph) -> None:
    found = find_bottlenecks(diamond, ["a", "b"], ["coast"])
    assert found.places == {"hub"}
    assert found.legs == {"a_hub", "b_hub"}
    assert found.load == pytest.approx({"a": 0, "b": 0, "hub": 1, "well": 0, "coast": 0})


def test_parallel_legs_are_counted_each(diamond: nx.MultiDiGraph) -> None:
    found = find_bottlenecks(diamond, ["hub"], ["coast"])
    assert found.places is None  # a leg joins them directly
    assert len(found.legs) == 3
    assert {"fast", "slow"} < found.legs


def test_bottlenecks_where_nothing_leads_there(diamond: nx.MultiDiGraph) -> None:
    found = find_bottlenecks(diamond, ["coast"], ["a"])
    assert (found.places, found.legs) == (frozenset(), frozenset())
    assert set(found.load.values()) == {0.0}


def test_a_place_cannot_be_source_and_target(diamond: nx.MultiDiGraph) -> None:
    with pytest.raises(ValueError, match="both source and target: hub"):
        find_bottlenecks(diamond, ["a", "hub"], ["hub"])


def test_cutting_the_bottleneck_cuts_the_map(diamond: nx.MultiDiGraph) -> None:
    found = find_bottlenecks(diamond, ["a"], ["coast"])
    assert "coast" not in reachable_places(diamond, "a", closed=found.legs)
    for leg in found.legs:
        assert "coast" in reachable_places(diamond, "a", closed=found.legs - {leg})


def test_main_path(diamond: nx.MultiDiGraph) -> None:
    path = main_path(diamond, "a", "coast")
    assert path is not None
    assert (path.legs, path.places, path.cost) == (("a_hub", "fast"), ("a", "hub", "coast"), 3.0)
    cheap = main_path(diamond, "a", "coast", by="price")
    assert cheap is not None
    assert cheap.legs == ("a_hub", "slow")
    assert cheap.cost == pytest.approx(200 / 1 + 200 / 4)
    assert main_path(diamond, "coast", "a") is None


def test_bypass_paths_in_order(diamond: nx.MultiDiGraph) -> None:
    (path,) = bypass_paths(diamond, "a", "coast")
    assert (path.legs, path.cost) == (("a_hub", "hub_well", "well_coast"), 6.0)
    assert bypass_paths(diamond, "a", "hub") == []
    assert bypass_paths(diamond, "coast", "a") == []


def test_which_legs_bypass_a_control(diamond: nx.MultiDiGraph, fork: nx.MultiDiGraph) -> None:
    assert bypasses_of(diamond, "fast") == {"hub_well", "well_coast"}
    assert bypasses_of(diamond, "slow") == set()  # no main path passes it
    assert bypasses_of(diamond, "fast", at_most=2.0) == set()  # 5 days against 2
    assert bypasses_of(fork, "gate_haven_main") == {"gate_well", "well_haven"}
    assert bypasses_of(fork, "home_gate") == set()
    with pytest.raises(KeyError, match="no such leg on the map: nowhere"):
        bypasses_of(fork, "nowhere")


def test_the_shipped_route_joins_every_entry_to_europe() -> None:
    scenario = load_scenario(SCENARIOS / "central_mediterranean" / "baseline.yaml")
    graph = build_graph(scenario)
    europe = {place.id for place in scenario.places if place.country in ("ITA", "MLT", "GRC")}
    assert europe
    for place in {stream.place for stream in scenario.streams}:
        assert reachable_places(graph, place, purposes=("irregular",)) & europe, place
