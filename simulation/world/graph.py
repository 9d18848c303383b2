"""The map of a scenario as a networkx graph, and the questions that people ask of a map.

Nodes are place ids and edges are legs (key: leg id); attributes are the columns of places.csv and legs.csv.
Nothing here is used by the running model, which has its own arrays (routes.py).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import networkx as nx

from simulation.spec.models import Purpose, Scenario

Graph: TypeAlias = "nx.MultiDiGraph[str]"
Cost = Literal["days", "price", "distance"]
CHOSEN: tuple[Purpose, ...] = ("irregular", "regular")
IRREGULAR: tuple[Purpose, ...] = ("irregular",)


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one place to another.

    Attributes:
        legs: Leg ids in order.
        places: Place ids in order, one more than legs.
        cost: Sum over the legs: mean days, USD, or km, as asked.
    """

    legs: tuple[str, ...]
    places: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """Where traffic between sources and targets is narrowest.

    Attributes:
        places: Fewest places (sources and targets apart) without which no target can be reached; None where a
            leg joins a source and a target directly, so that no such set exists. Of several, those nearest to
            the targets.
        legs: Fewest legs without which no target can be reached. Of several, those nearest to the targets.
        load: For every place, the share of (source, target) pairs that are joined whose quickest way (mean
            days) passes it; pairs with several quickest ways count in parts.
    """

    places: frozenset[str] | None
    legs: frozenset[str]
    load: dict[str, float]


def build_graph(scenario: Scenario) -> Graph:
    """Return the map of a scenario: one node for each place, one edge for each leg, rows as attributes."""
    graph: Graph = nx.MultiDiGraph(scenario=scenario.document.scenario)
    for place in scenario.places:
        graph.add_node(place.id, **place.model_dump())
    for leg in scenario.legs:
        graph.add_edge(leg.origin, leg.destination, key=leg.id, **leg.model_dump())
    return graph


def leg_cost(leg: dict[str, Any], by: Cost) -> float:
    """Return what a leg costs: mean days of its triangle, its price as the model takes it (USD), or km."""
    if by == "days":
        return float(leg["days_low"] + leg["days_mode"] + leg["days_high"]) / 3
    if by == "price":
        low, high = leg["price_low"], leg["price_high"]
        return math.sqrt(low * high) if low > 0 and high > 0 else (low + high) / 2
    return float(leg["distance_km"])


def with_legs(
    graph: Graph,
    *,
    purposes: Collection[str] = CHOSEN,
    closed: Collection[str] = (),
    control: str | None = None,
) -> Graph:
    """Return the map with all places but only some legs.

    Args:
        graph: Map from ``build_graph``.
        purposes: Purposes of the legs to keep.
        closed: Ids of legs to leave out.
        control: "main" or "bypass" to keep only those; None for both.

    Raises:
        KeyError: A closed leg is not on the map.
    """
    unknown = set(closed) - {leg for _, _, leg in graph.edges(keys=True)}
    if unknown:
        raise KeyError(f"no such leg on the map: {', '.join(sorted(unknown))}")
    kept = graph.copy()
    kept.remove_edges_from(
        [
            (origin, destination, key)
            for origin, destination, key, leg in graph.edges(keys=True, data=True)
            if leg["purpose"] not in purposes or key in closed or control not in (None, leg["control"])
        ]
    )
    return kept


def reachable_places(
    graph: Graph, start: str, *, purposes: Collection[str] = CHOSEN, closed: Collection[str] = ()
) -> set[str]:
    """Return the places that can be reached from ``start``, itself included."""
    return {start} | nx.descendants(with_legs(graph, purposes=purposes, closed=closed), start)


def find_bottlenecks(
    graph: Graph, sources: Iterable[str], targets: Iterable[str], *, purposes: Collection[str] = IRREGULAR
) -> Bottlenecks:
    """Return where the ways from any of ``sources`` to any of ``targets`` are narrowest.

    Raises:
        ValueError: A place is both a source and a target.
    """
    starts, ends = set(sources), set(targets)
    if starts & ends:
        raise ValueError(f"both source and target: {', '.join(sorted(starts & ends))}")
    kept = with_legs(graph, purposes=purposes)
    return Bottlenecks(
        _fewest_places(kept, starts, ends), _fewest_legs(kept, starts, ends), _load(kept, starts, ends)
    )


def main_path(graph: Graph, start: str, goal: str, *, by: Cost = "days") -> Path | None:
    """Return the cheapest way over main (controlled) irregular legs; None where there is none."""
    return _cheapest(with_legs(graph, purposes=IRREGULAR, control="main"), start, goal, by)


def bypass_paths(graph: Graph, start: str, goal: str, *, by: Cost = "days", limit: int = 5) -> list[Path]:
    """Return ways round controls: for every bypass leg the cheapest way through it, cheapest first.

    Ways that pass a place twice are left out; at most ``limit`` are returned.
    """
    kept = with_legs(graph, purposes=IRREGULAR)
    found: set[Path] = set()
    for origin, destination, key, leg in kept.edges(keys=True, data=True):
        before = _cheapest(kept, start, origin, by) if leg["control"] == "bypass" else None
        after = _cheapest(kept, destination, goal, by) if before is not None else None
        if before is None or after is None or set(before.places) & set(after.places):
            continue
        cost = before.cost + leg_cost(leg, by) + after.cost
        found.add(Path((*before.legs, key, *after.legs), before.places + after.places, round(cost, 9)))
    return sorted(found, key=lambda path: (path.cost, path.legs))[:limit]


def bypasses_of(graph: Graph, leg: str, *, by: Cost = "days", at_most: float = 3.0) -> set[str]:
    """Return the bypass legs by which people get round a controlled leg.

    Two places whose main path passes the controlled leg may also be joined by bypass legs alone. The legs of
    the cheapest such way count where it costs at most ``at_most`` times the main path.

    Raises:
        KeyError: No such leg on the map.
    """
    if leg not in {key for _, _, key in graph.edges(keys=True)}:
        raise KeyError(f"no such leg on the map: {leg}")
    controlled = with_legs(graph, purposes=IRREGULAR, control="main")
    free = with_legs(graph, purposes=IRREGULAR, control="bypass")
    found: set[str] = set()
    for start in (place for place in free if free.out_degree(place) > 0):
        for goal in nx.descendants(free, start):
            main = _cheapest(controlled, start, goal, by)
            if main is None or leg not in main.legs:
                continue
            bypass = _cheapest(free, start, goal, by)
            if bypass is not None and bypass.cost <= at_most * main.cost:
                found.update(bypass.legs)
    return found


def _legs_as_nodes(graph: Graph, by: Cost) -> nx.DiGraph[Any]:
    """Return the map with each leg as a node between its places, so that parallel legs stay apart."""
    split: nx.DiGraph[Any] = nx.DiGraph()
    split.add_nodes_from(("place", place) for place in graph)
    for origin, destination, key, leg in graph.edges(keys=True, data=True):
        split.add_edge(("place", origin), ("leg", key), cost=leg_cost(leg, by))
        split.add_edge(("leg", key), ("place", destination), cost=0.0)
    return split


def _cheapest(graph: Graph, start: str, goal: str, by: Cost) -> Path | None:
    split = _legs_as_nodes(graph, by)
    try:
        return _as_path(split, nx.dijkstra_path(split, ("place", start), ("place", goal), weight="cost"))
    except nx.NetworkXNoPath:
        return None


def _as_path(split: nx.DiGraph[Any], steps: list[tuple[str, str]]) -> Path:
    return Path(
        legs=tuple(name for kind, name in steps if kind == "leg"),
        places=tuple(name for kind, name in steps if kind == "place"),
        cost=float(nx.path_weight(split, steps, weight="cost")),
    )


def _fewest_legs(graph: Graph, starts: set[str], ends: set[str]) -> frozenset[str]:
    flow: nx.DiGraph[Any] = nx.DiGraph()
    for origin, destination in graph.edges():
        flow.add_edge(origin, destination, capacity=graph.number_of_edges(origin, destination))
    # An edge without a capacity is endless: only legs can be cut.
    flow.add_edges_from((_SOURCE, start) for start in starts)
    flow.add_edges_from((end, _SINK) for end in ends)
    _, (near, far) = nx.minimum_cut(flow, _SOURCE, _SINK)
    return frozenset(key for a, b, key in graph.edges(keys=True) if a in near and b in far)


def _fewest_places(graph: Graph, starts: set[str], ends: set[str]) -> frozenset[str] | None:
    flow: nx.DiGraph[Any] = nx.DiGraph()
    for place in graph:
        capacity = {} if place in starts | ends else {"capacity": 1}
        flow.add_edge(("in", place), ("out", place), **capacity)
    flow.add_edges_from((("out", origin), ("in", destination)) for origin, destination in graph.edges())
    flow.add_edges_from((_SOURCE, ("in", start)) for start in starts)
    flow.add_edges_from((("out", end), _SINK) for end in ends)
    try:
        _, (near, far) = nx.minimum_cut(flow, _SOURCE, _SINK)
    except nx.NetworkXUnbounded:
        return None
    return frozenset(place for place in graph if ("in", place) in near and ("out", place) in far)


def _load(graph: Graph, starts: set[str], ends: set[str]) -> dict[str, float]:
    quickest: nx.DiGraph[str] = nx.DiGraph()
    quickest.add_nodes_from(graph)
    for origin, destination, leg in graph.edges(data=True):
        days = leg_cost(leg, "days")
        if not quickest.has_edge(origin, destination) or days < quickest[origin][destination]["days"]:
            quickest.add_edge(origin, destination, days=days)
    joined = 0
    for start in starts:
        onward: set[str] = nx.descendants(quickest, start)
        joined += len(onward & ends)
    passed = nx.betweenness_centrality_subset(quickest, sorted(starts), sorted(ends), weight="days")
    return {place: through / joined if joined else 0.0 for place, through in passed.items()}


# Not strings, so that they cannot be the id of a place.
_SOURCE = ("source", None)
_SINK = ("sink", None)
