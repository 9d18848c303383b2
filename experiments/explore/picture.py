"""The map of a look: how many people took each leg, and where more or fewer did than in the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from experiments.explore.look import LegFlow, Look
from experiments.report.catalogue import load_catalogue
from experiments.report.route_map import Frame, choose_frames, draw_definitions, draw_labels, draw_places
from experiments.report.svg import flow_width, frame, tag
from experiments.wording import say_leg, say_levels
from simulation.spec.models import Leg, Place, Scenario

MORE, FEWER, SAME = "#6A3D9A", "#1B7F79", "#8A8A8A"
"""No colour of harm: more people on a leg is neither good nor bad."""
NOTABLE = 0.05
"""Changes below this share of the baseline's people are drawn as none."""


def draw_flows(scenario: Scenario, look: Look) -> Markup:
    """Return the route map of the run with the levers moved; legs are as wide as people are many."""
    places = {place.id: place for place in scenario.places}
    frames = choose_frames(scenario.places)
    flows = {flow.leg: flow for flow in look.legs}
    legs = [leg for leg in scenario.legs if leg.purpose == "irregular"]
    catalogue = load_catalogue("en")
    parts = [draw_definitions(scenario, frames)]
    for one in frames:
        drawn = [
            tag("use", href=f"#ground-{one.name}", width=f"{one.width:.0f}", height=f"{one.height:.0f}"),
            *_draw_legs(legs, flows, one),
            *draw_places(legs, places, one),
            *draw_labels(places, one, catalogue),
        ]
        title = "People on each leg" + (", the sea enlarged" if one.name == "sea" else "")
        words = (title, describe(scenario, look))
        svg = frame(drawn, (one.width, one.height), words, f"flows-{one.name}", "wide map")
        parts.append(tag("div", svg, class_="scroll", tabindex=0, role="group", aria_label=title))
    return tag("div", *parts, class_="maps")


def direction_of(flow: LegFlow) -> int:
    """Return 1 where notably more people took a leg than in the baseline, -1 where fewer, 0 otherwise."""
    change = flow.changed - flow.baseline
    if flow.few or flow.may_be_luck or abs(change) <= NOTABLE * flow.baseline:
        return 0
    return 1 if change > 0 else -1


def list_moves(scenario: Scenario, look: Look, n: int = 4) -> list[str]:
    """Return the legs on which people became most, and fewest, as sentences: at most ``n`` of each."""
    places = {place.id: place for place in scenario.places}
    legs = {leg.id: leg for leg in scenario.legs if leg.purpose == "irregular"}
    moved = [flow for flow in look.legs if flow.leg in legs and direction_of(flow)]
    moved.sort(key=lambda flow: flow.changed - flow.baseline)
    fewer, more = ([flow for flow in moved if direction_of(flow) == sign] for sign in (-1, 1))
    return [_say(legs[flow.leg], flow, places) for flow in (*more[: -n - 1 : -1], *fewer[:n])]


def describe(scenario: Scenario, look: Look) -> str:
    """Return the map in words."""
    moves = list_moves(scenario, look)
    return (
        ". ".join(moves) + "." if moves else "No leg has notably more or fewer people than in the baseline."
    )


def _say(leg: Leg, flow: LegFlow, places: Mapping[str, Place]) -> str:
    before, after = say_levels([flow.baseline, flow.changed])
    words = "more" if flow.changed > flow.baseline else "fewer"
    name = say_leg(leg, places)
    return f"{name[:1].upper()}{name[1:]}: {words}, {after} people instead of {before}"


def _draw_legs(legs: list[Leg], flows: Mapping[str, LegFlow], one: Frame) -> Iterator[Markup]:
    """Yield a line a leg that somebody took in either run, those with a change on top."""
    busiest = max((max(flow.baseline, flow.changed) for flow in flows.values()), default=0.0)
    taken = [(leg, flows[leg.id]) for leg in legs if leg.id in flows]
    for leg, flow in sorted(taken, key=lambda pair: abs(direction_of(pair[1]))):
        direction = direction_of(flow)
        people = max(flow.changed, flow.baseline)
        if not people > 0:
            continue
        yield tag(
            "use", href=f"#{one.name}-{leg.id}", fill="none",
            stroke={1: MORE, -1: FEWER, 0: SAME}[direction],
            stroke_width=flow_width(people, busiest),
            stroke_dasharray="6 4" if direction < 0 else None,  # also told apart in grey
            data_leg=leg.id, data_people=f"{flow.changed:.10g}",
        )  # fmt: skip
