"""The plain picture of the route graph: kinds of place, and main, bypass, sea and regular legs.

Renew the picture of the documentation with::

    python -m experiments.route_graph scenarios/central_mediterranean/baseline.yaml docs/route_graph
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from experiments.atlas import (
    CENTRAL_SEA,
    DISCLAIMER,
    LABELS,
    LABELS_CENTRAL_SEA,
    ROUTE,
    Window,
    compute_curves,
    draw_arrow,
    draw_ground,
    draw_labels,
    mark_enlarged,
)
from experiments.pictures import BLUE, INK, VERMILLION, house_style, save, wrap
from simulation.spec.models import Leg, Scenario


class LegStyle(NamedTuple):
    """How a kind of leg looks and what it is called."""

    label: str
    colour: str
    width: float
    dashes: tuple[float, float] | None


LEG_STYLES = {
    "main": LegStyle("road or track past controls", "#5A5A5A", 1.5, None),
    "bypass": LegStyle("around controls", VERMILLION, 1.5, (2.2, 1.2)),
    "sea": LegStyle("by boat", BLUE, 1.5, None),
    "back": LegStyle("pulled back, expelled, returned", "#CC79A7", 1.1, (4.0, 1.5)),
    "regular": LegStyle("regular pathway", "#009E73", 0.9, (1.0, 1.4)),
}
# Marker, size and fill of each kind of place; shapes differ so that grey prints work.
PLACE_STYLES = {
    "origin": ("s", 5.0, "#56B4E9", "origin"),
    "hub": ("o", 5.5, "white", "hub"),
    "border_post": ("D", 4.0, "#E69F00", "border post"),
    "desert_waypoint": ("^", 4.5, "#F0E442", "desert waypoint"),
    "coastal_departure": ("v", 5.0, "#0072B2", "coast, boats leave"),
    "sea_zone": ("h", 5.5, "#B7D3E5", "zone at sea"),
    "destination": ("*", 8.0, "#009E73", "arrival in Europe"),
    "detention_hub": ("X", 6.0, INK, "detention hub"),
}


def write_route_graph(scenario: Scenario, path: Path) -> list[Path]:
    """Write the picture of the route graph as ``path``.png, .svg and .txt, and return the paths."""
    with house_style():
        return save(draw_route_graph(scenario), path, "The route graph", describe_route_graph(scenario))


def draw_route_graph(scenario: Scenario) -> Figure:
    """Return the picture of all places and legs of a scenario."""
    figure = Figure(figsize=(13.0, 7.75))
    title = f"The route graph: {len(scenario.places)} places, {len(scenario.legs)} legs"
    figure.text(0.02, 0.965, title, size=15, weight="bold", color=INK, va="center")
    route = figure.add_axes((0.02, 0.075, 0.62, 0.85))
    sea = figure.add_axes((0.655, 0.475, 0.33, 0.45))
    for axes, window, labels in ((route, ROUTE, LABELS), (sea, CENTRAL_SEA, LABELS_CENTRAL_SEA)):
        _draw_panel(axes, window, scenario)
        draw_labels(axes, {place.id: place for place in scenario.places}, labels, 7.5)
    mark_enlarged(route, sea)
    _draw_key(figure, scenario)
    figure.text(0.02, 0.015, wrap([DISCLAIMER], 205), size=7.6, color=INK, va="bottom", linespacing=1.3)
    return figure


def describe_route_graph(scenario: Scenario) -> str:
    """Return the picture in sentences, for those who cannot see it."""
    places = Counter(place.kind for place in scenario.places)
    legs = Counter(_kind(leg) for leg in scenario.legs)
    lines = [f"A map of {len(scenario.places)} places and {len(scenario.legs)} legs. Places:"]
    lines += [f"- {PLACE_STYLES[kind][3]}: {n}" for kind, n in sorted(places.items())]
    lines += ["Legs:", *(f"- {LEG_STYLES[kind].label}: {n}" for kind, n in sorted(legs.items())), DISCLAIMER]
    return "\n".join(lines)


def _kind(leg: Leg) -> str:
    if leg.purpose == "regular":
        return "regular"
    if leg.purpose != "irregular":
        return "back"
    return "sea" if leg.mode == "sea" else leg.control


def _draw_panel(axes: Axes, window: Window, scenario: Scenario) -> None:
    draw_ground(axes, window)
    places = {place.id: place for place in scenario.places}
    pairs, drawn = set(), []
    for leg in scenario.legs:  # pathways between the same two places look the same: one line is enough
        key = (leg.origin, leg.destination)
        if _kind(leg) != "regular" or key not in pairs:
            drawn.append(leg)
        if _kind(leg) == "regular":
            pairs.add(key)
    curves = compute_curves(places, drawn)
    for leg in drawn:
        style = LEG_STYLES[_kind(leg)]
        axes.add_collection(
            LineCollection(
                [curves[leg.id]],
                colors=[style.colour],
                linewidths=[style.width],
                linestyles=[(0, style.dashes) if style.dashes else "solid"],
                alpha=0.5 if _kind(leg) == "regular" else 0.95,
                zorder=2 if _kind(leg) == "regular" else 3,
            )
        )
        if _kind(leg) != "regular":
            draw_arrow(axes, curves[leg.id], style.colour, 1.2)
    for place in scenario.places:
        marker, size, fill, _ = PLACE_STYLES[place.kind]
        axes.plot(
            place.longitude,
            place.latitude,
            marker,
            ms=size,
            mfc=fill,
            mec=INK,
            mew=0.6,
            zorder=6,
            clip_on=True,
        )


def _draw_key(figure: Figure, scenario: Scenario) -> None:
    axes = figure.add_axes((0.655, 0.075, 0.33, 0.37))
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    counts = Counter[str](place.kind for place in scenario.places)
    y = 0.96
    axes.text(0, y, "Places", size=10, weight="bold", color=INK, va="center")
    for kind, (marker, size, fill, label) in PLACE_STYLES.items():
        y -= 0.085
        axes.plot(0.025, y, marker, ms=size, mfc=fill, mec=INK, mew=0.6)
        axes.text(0.065, y, f"{label} ({counts[kind]})", size=8.8, color=INK, va="center")
    lines = Counter(_kind(leg) for leg in scenario.legs)
    y = 0.96
    axes.text(0.42, y, "Legs", size=10, weight="bold", color=INK, va="center")
    for kind, style in LEG_STYLES.items():
        y -= 0.085
        axes.plot(
            [0.42, 0.485],
            [y, y],
            color=style.colour,
            lw=style.width,
            ls=(0, style.dashes) if style.dashes else "-",
        )
        axes.text(0.505, y, f"{style.label} ({lines[kind]})", size=8.4, color=INK, va="center")


if __name__ == "__main__":
    from simulation.spec.load import load_scenario

    write_route_graph(load_scenario(Path(sys.argv[1])), Path(sys.argv[2]))
