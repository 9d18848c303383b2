"""Route maps: width people, colour deaths per 1,000, halos and an arrow where deaths moved between two scenarios."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from experiments.atlas import (
    BORDER,
    CENTRAL_SEA,
    COAST,
    LABELS,
    LABELS_CENTRAL_SEA,
    LAND,
    ROUTE,
    SEA,
    Window,
    compute_curves,
)
from experiments.basemap import load_basemap
from experiments.displacement import MAP
from experiments.report.catalogue import Catalogue
from experiments.report.moved import find_told
from experiments.report.read import Effect, Findings
from experiments.report.svg import BLUE, INK, VERMILLION, Picture, flow_width, harm_class, path, tag
from experiments.report.svg import frame as draw_frame
from simulation.spec.models import Leg, Place, Scenario

WIDTH, INSET_WIDTH = 760.0, 480.0
LISTED = 4
"""Rises, and falls, that have a number on the map and a line below it."""


class Frame(NamedTuple):
    """A window and how it is laid on paper."""

    name: str
    window: Window
    scale: float
    """Units of the picture a degree of latitude."""
    labels: Mapping[str, tuple[float, float, str]]

    @property
    def squeeze(self) -> float:
        """Length of a degree east over one north, in mid-window."""
        return math.cos(math.radians((self.window.south + self.window.north) / 2.0))

    @property
    def width(self) -> float:
        """Width of the picture."""
        return (self.window.east - self.window.west) * self.scale * self.squeeze

    @property
    def height(self) -> float:
        """Height of the picture."""
        return (self.window.north - self.window.south) * self.scale

    def lay(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a point lies in the picture."""
        x = (longitude - self.window.west) * self.scale * self.squeeze
        return x, (self.window.north - latitude) * self.scale


def choose_frames(places: Sequence[Place]) -> list[Frame]:
    """Return the shipped route, with its central sea enlarged if the map goes there, or a window of the map's own."""
    named = sum(place.id in LABELS or place.id in LABELS_CENTRAL_SEA for place in places)
    if named >= len(places) / 2 and all(_meets(ROUTE, p.longitude, p.latitude) for p in places):
        at_sea = any(_meets(CENTRAL_SEA, place.longitude, place.latitude) for place in places)
        sea = [_frame("sea", CENTRAL_SEA, LABELS_CENTRAL_SEA, INSET_WIDTH)] if at_sea else []
        return [_frame("route", ROUTE, LABELS), *sea]
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    margin = 0.08 * max(east - west, north - south, 1.0)
    window = Window(west - margin, east + margin, south - margin, north + margin)
    return [_frame("route", window, {place.id: (6.0, 3.0, "left") for place in places})]


def _frame(
    name: str, window: Window, labels: Mapping[str, tuple[float, float, str]], width: float = WIDTH
) -> Frame:
    wide = Frame(name, window, 1.0, labels)
    return wide._replace(scale=width / wide.width)


def _meets(window: Window, longitude: float, latitude: float) -> bool:
    return bool(window.west <= longitude <= window.east and window.south <= latitude <= window.north)


def draw_definitions(scenario: Scenario, frames: Sequence[Frame]) -> Markup:
    """Return what all maps of a page share: the ground of each frame, and the legs' curves."""
    places = {place.id: place for place in scenario.places}
    curves = compute_curves(places, scenario.legs)
    parts = []
    for frame in frames:
        parts.append(tag("symbol", *_draw_ground(frame), id=f"ground-{frame.name}", overflow="hidden",
            viewBox=f"0 0 {frame.width:.0f} {frame.height:.0f}"))  # fmt: skip
        for leg in scenario.legs:
            if leg.purpose != "irregular":
                continue
            start, middle, end = (frame.lay(*curves[leg.id][i]) for i in (0, len(curves[leg.id]) // 2, -1))
            bend = [2 * m - (a + b) / 2 for a, m, b in zip(start, middle, end, strict=True)]
            d = f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
            parts.append(tag("path", id=f"{frame.name}-{leg.id}", d=d))
    return tag("svg", tag("defs", *parts), width=0, height=0, aria_hidden="true", class_="defs")


def _draw_ground(frame: Frame) -> Iterator[Markup]:
    basemap = load_basemap()
    yield tag("rect", width=frame.width, height=frame.height, fill=SEA)
    style: list[tuple[str, dict[str, object]]] = [
        ("land", {"fill": LAND}),
        ("coast", {"fill": "none", "stroke": COAST, "stroke_width": 0.8}),
        ("borders", {"fill": "none", "stroke": BORDER, "stroke_width": 0.8}),
        ("disputed", {"fill": "none", "stroke": BORDER, "stroke_width": 1, "stroke_dasharray": "4 3"}),
    ]
    window = frame.window
    for name, look in style:
        lines = [
            path([frame.lay(*point) for point in line], closed=name == "land")
            for line in getattr(basemap, name)
            if line[:, 0].min() <= window.east
            and line[:, 0].max() >= window.west
            and line[:, 1].min() <= window.north
            and line[:, 1].max() >= window.south
        ]
        yield tag("path", d="".join(lines), **look)


class LegState(NamedTuple):
    """What one leg has in one scenario."""

    leg: Leg
    people: float
    deaths: float
    few: bool
    """Fewer than 10 simulated deaths are behind it, in both scenarios."""
    change: Effect | None
    """Its deaths beside the baseline's; None on the baseline's own map."""


def find_legs(findings: Findings, arm: str | None) -> list[LegState]:
    """Return all irregular legs of a scenario; ``arm`` None: of the baseline."""
    own = arm or findings.variants[0]
    side = "baseline" if arm is None else "variant"
    found = []
    for leg in findings.plan.baseline.legs:
        if leg.purpose != "irregular":
            continue
        flow, deaths = (findings.find(own, outcome, ("leg", leg.id)) for outcome in ("flow", "deaths"))
        people, died = (float(getattr(effect, side)) if effect else 0.0 for effect in (flow, deaths))
        found.append(
            LegState(leg, people, died, deaths is None or deaths.few, None if arm is None else deaths)
        )
    return found


def list_changes(legs: Sequence[LegState]) -> list[tuple[int, LegState]]:
    """Return the largest clear rises of deaths, then the largest clear falls, numbered from 1."""
    clear = [leg for leg in legs if leg.change is not None and leg.change.direction and not leg.change.few]
    sized = [(leg.change.difference.value, leg) for leg in clear if leg.change is not None]
    rises = sorted((pair for pair in sized if pair[0] > 0), key=lambda pair: -pair[0])[:LISTED]
    falls = sorted((pair for pair in sized if pair[0] < 0), key=lambda pair: pair[0])[:LISTED]
    return list(enumerate([leg for _, leg in [*rises, *falls]], start=1))


def draw_map(
    findings: Findings, arm: str | None, frame: Frame, catalogue: Catalogue, title: str, busiest: float
) -> Picture:
    """Return the map of one scenario in one frame.

    Args:
        findings: The experiment.
        arm: A variant; None: the baseline.
        frame: The window.
        catalogue: The language.
        title: Says which scenario.
        busiest: People on the busiest leg of all maps that will be compared: they share one scale.
    """
    legs = find_legs(findings, arm)
    places = {place.id: place for place in findings.plan.baseline.places}
    listed = list_changes(legs)
    key = f"map-{frame.name}-{'baseline' if arm is None else findings.variants.index(arm) + 1}"
    parts = [
        tag("use", href=f"#ground-{frame.name}", width=f"{frame.width:.0f}", height=f"{frame.height:.0f}"),
        *_draw_halos(legs, frame, busiest),
        *_draw_legs(legs, frame, busiest, catalogue, places),
        *draw_places([state.leg for state in legs], places, frame),
        *(_draw_move(findings, arm, frame, places) if arm else ()),
        *draw_labels(places, frame, catalogue),
        *_draw_badges(listed, places, frame),
    ]
    alt = describe(legs, listed, places, catalogue, title)
    svg = draw_frame(parts, (frame.width, frame.height), (title, alt), key, "wide map")
    return Picture(svg, alt, tabulate(legs))


def tabulate(legs: Sequence[LegState]) -> pd.DataFrame:
    """Return the numbers of a map as a table."""
    rows = []
    for state in legs:
        change = state.change.difference if state.change else (math.nan,) * 3
        rows.append(
            (
                state.leg.id,
                state.leg.origin,
                state.leg.destination,
                state.people,
                state.deaths,
                *change,
                state.few,
            )
        )
    columns = ["leg", "origin", "destination", "people", "deaths", "difference", "difference_low", "difference_high",
        "fewer_than_10"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def describe(
    legs: Sequence[LegState],
    listed: Sequence[tuple[int, LegState]],
    places: Mapping[str, Place],
    catalogue: Catalogue,
    title: str,
) -> str:
    """Return a map in sentences."""
    busy = sorted(legs, key=lambda state: -state.people)[:3]
    names = "; ".join(
        catalogue.say("map.alt.leg", leg=catalogue.leg(s.leg, places), people=catalogue.levels([s.people])[0])
        for s in busy
        if s.people
    )
    said = catalogue.say("map.alt", title=title, legs=names)
    if listed:
        said += " " + catalogue.say(
            "map.alt.changes", items="; ".join(say_change(state, places, catalogue) for _, state in listed)
        )
    return said


def say_change(state: LegState, places: Mapping[str, Place], catalogue: Catalogue) -> str:
    """Return a leg with its change of deaths and the interval."""
    if state.change is None:
        return ""
    said = catalogue.interval(catalogue.change(*state.change.difference))
    leg = catalogue.leg(state.leg, places)
    return catalogue.say("map.change", leg=leg[:1].upper() + leg[1:], change=said)


def _draw_halos(legs: Sequence[LegState], frame: Frame, busiest: float) -> Iterator[Markup]:
    for state in legs:
        if state.change is None or not state.change.direction or state.change.few:
            continue
        colour = VERMILLION if state.change.direction > 0 else BLUE
        width = flow_width(state.people, busiest) + 11
        yield tag("use", href=f"#{frame.name}-{state.leg.id}", stroke=colour, stroke_width=width, fill="none",
            stroke_opacity=0.4, stroke_linecap="round")  # fmt: skip


def _draw_legs(
    legs: Sequence[LegState], frame: Frame, busiest: float, catalogue: Catalogue, places: Mapping[str, Place]
) -> Iterator[Markup]:
    for state in sorted(legs, key=lambda s: (not s.few, s.deaths)):
        if not state.people > 0:
            continue
        label = catalogue.say(
            "map.alt.leg", leg=catalogue.leg(state.leg, places), people=catalogue.levels([state.people])[0]
        )
        yield tag(
            "use", tag("title", label), href=f"#{frame.name}-{state.leg.id}", fill="none",
            stroke=harm_class(state.deaths, state.people, few=state.few),
            stroke_width=flow_width(state.people, busiest),
            stroke_dasharray="5 3" if state.leg.control == "bypass" else None, data_people=f"{state.people:.10g}",
        )  # fmt: skip


def draw_places(legs: Sequence[Leg], places: Mapping[str, Place], frame: Frame) -> Iterator[Markup]:
    """Yield a ring at each end of the legs that lies in the frame."""
    for name in sorted({end for leg in legs for end in (leg.origin, leg.destination)}):
        x, y = frame.lay(places[name].longitude, places[name].latitude)
        if 0 <= x <= frame.width and 0 <= y <= frame.height:
            yield tag("circle", cx=x, cy=y, r=2.6, fill="#FFFFFF", stroke=INK)


def draw_labels(places: Mapping[str, Place], frame: Frame, catalogue: Catalogue) -> Iterator[Markup]:
    """Yield the names of the places that the frame names."""
    anchors = {"left": "start", "right": "end", "center": "middle"}
    for name, (right, up, side) in frame.labels.items():
        if name in places:
            x, y = frame.lay(places[name].longitude, places[name].latitude)
            yield tag("text", catalogue.place(places[name]), x=x + right, y=y - up + 3, text_anchor=anchors[side],
                class_="halo")  # fmt: skip


def _draw_badges(
    listed: Sequence[tuple[int, LegState]], places: Mapping[str, Place], frame: Frame
) -> Iterator[Markup]:
    """Yield a numbered mark a listed leg: pointing up where deaths rose, down where they fell.

    What lies in the enlarged window is marked only there.
    """
    for number, state in listed:
        curve = compute_curves(places, [state.leg])[state.leg.id]
        longitude, latitude = curve[len(curve) // 2]
        if frame.window == ROUTE and _meets(CENTRAL_SEA, longitude, latitude):
            continue
        x, y = frame.lay(longitude, latitude)
        rose = state.change is not None and state.change.direction > 0
        mark = "M-11 8h22l-11 -21z" if rose else "M-11 -9h22l-11 21z"
        yield tag(
            "g", tag("path", d=mark, fill=VERMILLION if rose else BLUE, stroke="#FFFFFF", stroke_width=1.2),
            tag("text", str(number), y=6 if rose else 0, text_anchor="middle", class_="badge"),
            transform=f"translate({x:.1f} {y:.1f})",
        )  # fmt: skip


def _draw_move(findings: Findings, arm: str, frame: Frame, places: Mapping[str, Place]) -> Iterator[Markup]:
    """Yield an arrow from where deaths fell most to where they rose most, where ``find_move`` tells of one."""
    row = find_move(findings, arm)
    if row is None:
        return
    ends = [_find_point(findings, str(row[name]), places) for name in ("most_fall", "most_rise")]
    if None in ends:
        return
    (x0, y0), (x1, y1) = (frame.lay(*end) for end in ends if end is not None)
    bend = ((x0 + x1) / 2 - 0.25 * (y1 - y0), (y0 + y1) / 2 + 0.25 * (x1 - x0))
    angle = math.degrees(math.atan2(y1 - bend[1], x1 - bend[0]))
    d = f"M{x0:.1f} {y0:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {x1:.1f} {y1:.1f}"
    yield tag("path", d=d, fill="none", stroke="#FFFFFF", stroke_width=5)
    yield tag("path", d=d, fill="none", stroke=INK, stroke_width=2.4, stroke_dasharray="7 4")
    yield tag(
        "path", d="M0 0l-13 -6v12z", fill=INK, transform=f"translate({x1:.1f} {y1:.1f}) rotate({angle:.0f})"
    )


def find_move(findings: Findings, arm: str) -> Mapping[Any, Any] | None:
    """Return the row on deaths that moved on the map, where that is told apart from luck; else None."""
    told = find_told(findings, arm)
    return next((row for row in told if (row["outcome"], row["among"]) == ("deaths", MAP)), None)


def _find_point(findings: Findings, cell: str, places: Mapping[str, Place]) -> tuple[float, float] | None:
    """Return where a place, or the middle of a leg, lies: longitude and latitude."""
    if cell in places:
        return places[cell].longitude, places[cell].latitude
    for leg in findings.plan.baseline.legs:
        if leg.id == cell:
            ends = [places[name] for name in (leg.origin, leg.destination)]
            return sum(p.longitude for p in ends) / 2, sum(p.latitude for p in ends) / 2
    return None


def find_busiest(findings: Findings) -> float:
    """Return the people on the busiest irregular leg of any scenario."""
    effects = (
        findings.find(arm, "flow", ("leg", leg.id))
        for arm in findings.variants
        for leg in findings.plan.baseline.legs
        if leg.purpose == "irregular"
    )
    return max((max(e.baseline, e.variant) for e in effects if e is not None), default=0.0)
