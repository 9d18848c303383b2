"""Checks of the map: can people get where they want to go, and does anybody come by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulation.spec.findings import Finding, error, warning
from simulation.spec.models import Scenario

ADD = "add a leg, or a place of kind destination"


def check_routes(scenario: Scenario) -> Iterator[Finding]:
    """Check that entries lead to a destination and that every place can be reached from an entry."""
    onward: dict[str, set[str]] = {}
    for leg in scenario.legs:
        if leg.purpose in ("irregular", "regular"):
            onward.setdefault(leg.origin, set()).add(leg.destination)
    destinations = {place.id for place in scenario.places if place.kind == "destination"}
    wants_on = {row.stream for row in scenario.composition if row.europe > 0}
    places = {place.id for place in scenario.places}
    told: set[str] = set()
    cut_off = False
    for index, stream in enumerate(scenario.streams):
        if stream.place in told or stream.place not in places or stream.journeys == 0:
            continue
        told.add(stream.place)
        reached = _reachable(onward, [stream.place])
        if len(reached) == 1 and stream.place not in destinations:
            message = f"no leg leaves {stream.place}, where stream {stream.stream} starts"
            cut_off = True
            yield error(("streams", index, "place"), message, refers_to="legs")
        elif stream.stream in wants_on and not reached & destinations:
            message = (
                f"no destination can be reached from {stream.place}, where stream {stream.stream} starts"
            )
            cut_off = True
            yield error(("streams", index, "place"), message, ADD, "legs")
    if not cut_off:  # otherwise what follows would only repeat it
        yield from _destinations(scenario, onward)
    yield from _unvisited(scenario, onward)


def _destinations(scenario: Scenario, onward: dict[str, set[str]]) -> Iterator[Finding]:
    """Every destination must be one that a journey can end at, or its column of results is empty."""
    reached = _reachable(onward, _entries(scenario))
    destinations = [row for row in enumerate(scenario.places) if row[1].kind == "destination"]
    if not destinations:
        yield error(("places",), "no journey can reach a destination: there is none", ADD)
    for index, place in destinations:
        if place.id not in reached:
            message = f"no journey can reach the destination {place.id}"
            yield error(("places", index, "id"), message, "add a leg, or take the place out", "legs streams")


def _entries(scenario: Scenario) -> list[str]:
    return [row.place for row in scenario.streams] + [row.place for row in scenario.initial]


def _unvisited(scenario: Scenario, onward: dict[str, set[str]]) -> Iterator[Finding]:
    # Returns and pull-backs bring people to places too.
    anywhere = {place: set(reached) for place, reached in onward.items()}
    for leg in scenario.legs:
        anywhere.setdefault(leg.origin, set()).add(leg.destination)
    reached = _reachable(anywhere, _entries(scenario))
    for index, place in enumerate(scenario.places):
        if place.id not in reached and place.kind != "destination":
            yield warning(
                ("places", index, "id"), f"nobody can reach {place.id} from any entry", refers_to="legs"
            )


def _reachable(onward: dict[str, set[str]], entries: Iterable[str]) -> set[str]:
    reached = set(entries)
    front = list(reached)
    while front:
        for place in onward.get(front.pop(), ()):
            if place not in reached:
                reached.add(place)
                front.append(place)
    return reached
