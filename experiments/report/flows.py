"""Flows along the route as an alluvial picture: countries in the order of travel, width people, colour deaths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from experiments.report.catalogue import Catalogue
from experiments.report.read import Effect, Findings
from experiments.report.svg import INK, Picture, frame, harm_class, tag
from simulation.display import FEW_PEOPLE
from simulation.spec.models import Place, Scenario

WIDTH, HEIGHT, TOP = 720.0, 330.0, 26.0
BAR, GAP = 12.0, 9.0
LEAST = 0.004
"""Flows below this share of the largest column are left out of the picture, not of its numbers."""
LISTED = 6
"""Flows that the description names."""
SEA = "sea"
FIRST, INLAND, COAST, AT_SEA, ARRIVED = range(5)


class Flow(NamedTuple):
    """People who go from one country, or the sea, to the next in the order of travel."""

    origin: str
    destination: str
    stages: tuple[int, int]
    people: float
    deaths: float
    few: bool
    """Fewer than 10 simulated deaths are behind it."""


def find_stages(scenario: Scenario) -> dict[str, int]:
    """Return the stage of every node: countries where people set out, inland, coasts, the sea, destinations."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for place in scenario.places:
        kinds[find_node(place)].add(place.kind)
    return {node: _stage(node, found) for node, found in kinds.items()}


def _stage(node: str, kinds: set[str]) -> int:
    if node == SEA:
        return AT_SEA
    if "origin" in kinds:
        return FIRST
    if "destination" in kinds:
        return ARRIVED
    return COAST if "coastal_departure" in kinds else INLAND


def find_node(place: Place) -> str:
    """Return the country of a place; all zones at sea are one node."""
    return SEA if place.kind == "sea_zone" else place.country


def find_longitudes(scenario: Scenario) -> dict[str, float]:
    """Return the mean longitude of every node's places, degrees east."""
    places: dict[str, list[float]] = defaultdict(list)
    for place in scenario.places:
        places[find_node(place)].append(place.longitude)
    return {node: sum(found) / len(found) for node, found in places.items()}


def find_flows(findings: Findings, arm: str | None) -> list[Flow]:
    """Return the flows of a scenario over irregular legs that lead on, from its legs in the comparison.

    Args:
        findings: The experiment.
        arm: A variant; None: the baseline.
    """
    scenario = findings.plan.baseline
    stages, nodes = find_stages(scenario), {place.id: find_node(place) for place in scenario.places}
    people: dict[tuple[str, str], float] = defaultdict(float)
    deaths: dict[tuple[str, str], float] = defaultdict(float)
    simulated: dict[tuple[str, str], float] = defaultdict(float)
    for leg in scenario.legs:
        ends = nodes[leg.origin], nodes[leg.destination]
        if leg.purpose != "irregular" or stages[ends[0]] >= stages[ends[1]]:
            continue
        own = arm or findings.variants[0]
        flow, died = (findings.find(own, outcome, ("leg", leg.id)) for outcome in ("flow", "deaths"))
        people[ends] += _level(flow, arm)
        deaths[ends] += _level(died, arm)
        simulated[ends] += died.simulated if died else 0.0
    return [
        Flow(
            *ends,
            (stages[ends[0]], stages[ends[1]]),
            people[ends],
            deaths[ends],
            simulated[ends] < FEW_PEOPLE,
        )
        for ends in people
        if people[ends] > 0
    ]


def _level(effect: Effect | None, arm: str | None) -> float:
    if effect is None:
        return 0.0
    return effect.baseline if arm is None else effect.variant


def draw_flows(
    flows: list[Flow], scenario: Scenario, catalogue: Catalogue, title: str, most: float, key: str
) -> Picture | None:
    """Return the alluvial picture; None where no leg leads on.

    Args:
        flows: Of one scenario.
        scenario: Its places say what lies west and east.
        catalogue: The language.
        title: Says which scenario.
        most: People in the largest column of all pictures that will be compared: they share one scale.
        key: Identifier of the picture in the page.
    """
    flows = sorted(flows, key=lambda flow: -flow.people)
    if not flows:
        return None
    shown = [flow for flow in flows if flow.people >= LEAST * most]
    nodes = _place_nodes(shown, most, find_longitudes(scenario))
    parts = [*_draw_ribbons(shown, nodes, catalogue), *_draw_nodes(nodes, catalogue)]
    alt = catalogue.say(
        "flows.alt", title=title, items="; ".join(_say(flow, catalogue) for flow in flows[:LISTED])
    )
    columns = ["origin", "destination", "people", "deaths", "fewer_than_10"]
    rows = [(f.origin, f.destination, f.people, f.deaths, f.few) for f in flows]
    return Picture(frame(parts, (WIDTH, HEIGHT), (title, alt), key), alt, pd.DataFrame(rows, columns=columns))


def _say(flow: Flow, catalogue: Catalogue) -> str:
    ends = {"origin": _name(flow.origin, catalogue), "destination": _name(flow.destination, catalogue)}
    return catalogue.say("flows.alt.item", people=catalogue.levels([flow.people])[0], **ends)


def _draw_nodes(
    nodes: Mapping[tuple[str, int], tuple[float, float, float]], catalogue: Catalogue
) -> Iterator[Markup]:
    for (name, _), (x, y, size) in nodes.items():
        height = max(size, 1.0)
        anchor, place = ("end", x - 4) if x > WIDTH * 0.8 else ("start", x + BAR + 4)
        yield tag("rect", x=x, y=y, width=BAR, height=height, fill=INK)
        yield tag(
            "text", _name(name, catalogue), x=place, y=y + height / 2 + 4, text_anchor=anchor, class_="halo"
        )


def _name(node: str, catalogue: Catalogue) -> str:
    return catalogue.say("flows.sea") if node == SEA else catalogue.nationality(node)


def _place_nodes(
    flows: list[Flow], most: float, west: Mapping[str, float]
) -> dict[tuple[str, int], tuple[float, float, float]]:
    """Return x, y and height of each node's bar; the westernmost of a stage on top, so that few ribbons cross."""
    size = _count_nodes(flows)
    used = sorted({stage for _, stage in size})
    counts = [sum(stage == other for _, other in size) for stage in used]
    room = HEIGHT - TOP - 6 - GAP * (max(counts) - 1)
    placed = {}
    for column, stage in enumerate(used):
        y = TOP
        x = 2 + (WIDTH - BAR - 4) * (column / max(len(used) - 1, 1))
        for node in sorted((n for n in size if n[1] == stage), key=lambda n: (west[n[0]], n[0])):
            height = max(size[node]) / most * room
            placed[node] = (x, y, height)
            y += height + GAP
    return placed


def _draw_ribbons(
    flows: list[Flow],
    nodes: dict[tuple[str, int], tuple[float, float, float]],
    catalogue: Catalogue,
) -> Iterator[Markup]:
    """Yield a ribbon a flow, stacked at both ends in the order of the nodes."""
    scale = _scale(flows, nodes)
    used: dict[tuple[tuple[str, int], str], float] = defaultdict(float)
    order = sorted(
        flows,
        key=lambda f: (nodes[f.origin, f.stages[0]][1], nodes[f.destination, f.stages[1]][1]),
    )
    for flow in order:
        start, end = (flow.origin, flow.stages[0]), (flow.destination, flow.stages[1])
        thick = flow.people * scale
        y0, y1 = nodes[start][1] + used[start, "out"], nodes[end][1] + used[end, "in"]
        used[start, "out"] += thick
        used[end, "in"] += thick
        x0, x1 = nodes[start][0] + BAR, nodes[end][0]
        middle = (x0 + x1) / 2
        d = (
            f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            f"v{thick:.1f}C{middle:.1f} {y1 + thick:.1f} {middle:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}z"
        )
        fill = harm_class(flow.deaths, flow.people, few=flow.few)
        yield tag(
            "path", tag("title", _say(flow, catalogue)), d=d, fill=fill, fill_opacity=0.75, stroke="#FFFFFF",
            stroke_width=0.5, data_people=f"{flow.people:.10g}",
        )  # fmt: skip


def _scale(flows: list[Flow], nodes: dict[tuple[str, int], tuple[float, float, float]]) -> float:
    """Return the height of one person."""
    largest = max(flows, key=lambda flow: flow.people)
    start = (largest.origin, largest.stages[0])
    into = sum(f.people for f in flows if (f.destination, f.stages[1]) == start)
    out = sum(f.people for f in flows if (f.origin, f.stages[0]) == start)
    return nodes[start][2] / max(into, out)


def find_most(pictures: list[list[Flow]]) -> float:
    """Return the people in the largest column of several pictures: what their common scale must hold."""
    return max(
        (sum(column.values()) for flows in pictures for column in _count_columns(flows).values()), default=0.0
    )


def _count_columns(flows: list[Flow]) -> dict[int, dict[str, float]]:
    """Return, by stage and node, the people who come in or go out, whichever are more."""
    size = _count_nodes(flows)
    columns: dict[int, dict[str, float]] = defaultdict(dict)
    for (node, stage), (out, into) in size.items():
        columns[stage][node] = max(out, into)
    return columns


def _count_nodes(flows: list[Flow]) -> dict[tuple[str, int], list[float]]:
    """Return, by node and stage, the people who go out and who come in."""
    size: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for flow in flows:
        size[flow.origin, flow.stages[0]][0] += flow.people
        size[flow.destination, flow.stages[1]][1] += flow.people
    return size
