"""Maps: where deaths rose and fell along the route between two scenarios, and the plain route graph."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure

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
from experiments.clear import RULE, find_directions_of_table
from experiments.compare import Comparison
from experiments.pictures import (
    BLUE,
    INK,
    VERMILLION,
    describe_assumptions,
    describe_source,
    house_style,
    save,
    wrap,
)
from experiments.wording import LONGEST_TITLE, clean, say_change, say_leg, say_levels, say_number
from simulation.spec.models import Leg, Scenario

WIDTH_INCHES, PANELS_INCHES, NOTE_INCHES = 13.0, 8.0, 0.145
NEUTRAL = "#A8A8A8"
WIDEST, THINNEST = 7.5, 0.5
"""Line widths in points: of the busiest leg, and of the least."""
_KEY_COLUMNS = (0.18, 0.42, 0.66)
LISTED = 4
"""Rises, and falls, that are numbered on the map and listed beside it."""
CHANGE = LinearSegmentedColormap.from_list("change", [BLUE, "#8FB8D4", NEUTRAL, "#E8A778", VERMILLION])


_READING = (
    "How to read: width shows the people who enter a leg, in the scenario where more do; dashed legs "
    "(bypass) avoid controls. Deaths on a leg include those on its boats and vehicles. "
    f"{RULE} Grey: not so, or fewer than 10 simulated people are behind it."
)


@dataclass(frozen=True)
class LegChange:
    """What changed on one leg.

    Attributes:
        leg: The leg.
        flow: People who entered it, in the scenario where more did.
        difference: Deaths, variant minus baseline, with the ends of the total 95% interval.
        is_clear: By the rule of ``experiments.clear``, and 10 simulated people or more are behind it.
        few: Fewer than 10 simulated people are behind it.
    """

    leg: Leg
    flow: float
    difference: tuple[float, float, float]
    is_clear: bool
    few: bool


def write_maps(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the map of each variant as map_VARIANT.png, .svg, .txt and .csv, and return the paths."""
    written: list[Path] = []
    for variant in comparison.plan.variants:
        arm = variant.document.scenario
        changes = build_leg_changes(comparison, arm)
        with house_style():
            figure = draw_change_map(comparison, arm, changes)
            written += save(
                figure, folder / f"map_{arm}", _title(comparison, arm), describe_map(comparison, arm, changes),
                tabulate_map(changes),
            )  # fmt: skip
    return written


def build_leg_changes(comparison: Comparison, arm: str) -> list[LegChange]:
    """Return what changed on every leg that people travel irregularly, in the order of the tables."""
    table = comparison.table
    here = table[
        (table["arm"] == arm)
        & (table["scope_kind"] == "leg")
        & (table["group_kind"] == "all")
        & (table["interval_kind"] == "total")
    ]
    here = here.assign(direction=find_directions_of_table(table, here))
    rows = {(row["outcome"], row["scope"]): row for row in here.to_dict("records")}
    found = []
    for leg in comparison.plan.baseline.legs:
        if leg.purpose != "irregular":
            continue
        flow, deaths = rows.get(("flow", leg.id)), rows.get(("deaths", leg.id))
        people = max(flow["baseline"], flow["variant"]) if flow else 0.0
        if deaths is None:
            found.append(LegChange(leg, people, (0.0, 0.0, 0.0), is_clear=False, few=True))
            continue
        span = tuple(float(deaths[f"difference{end}"]) for end in ("", "_low", "_high"))
        few = bool(deaths["fewer_than_10"])
        clear = not few and deaths["direction"] != 0
        found.append(LegChange(leg, people, (span[0], span[1], span[2]), is_clear=clear, few=few))
    return found


def draw_change_map(comparison: Comparison, arm: str, changes: Sequence[LegChange]) -> Figure:
    """Return the map of one variant: the route, the central sea enlarged, the largest changes in words."""
    plan = comparison.plan
    reading = f"{_READING} {_say_tested(changes)}"
    notes = wrap([reading, describe_source(plan, arm), describe_assumptions(plan, arm), DISCLAIMER], 205)
    footer = 0.25 + NOTE_INCHES * len(notes.splitlines())
    figure = Figure(figsize=(WIDTH_INCHES, PANELS_INCHES + footer))
    grid = figure.add_gridspec(2, 1, height_ratios=[PANELS_INCHES, footer])
    panels, foot = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    panels.text(0.02, 0.962, _title(comparison, arm), size=15, weight="bold", color=INK, va="center")
    subtitle = (
        f"Deaths on each leg, compared with: {clean(plan.baseline.document.title, LONGEST_TITLE)}. Simulated."
    )
    panels.text(0.02, 0.925, subtitle, size=10, color=INK, va="center")
    route = panels.add_axes((0.02, 0.092, 0.62, 0.808))
    sea = panels.add_axes((0.655, 0.424, 0.33, 0.475))
    listed = _largest(changes)
    for axes, window, labels in ((route, ROUTE, LABELS), (sea, CENTRAL_SEA, LABELS_CENTRAL_SEA)):
        _draw_panel(axes, window, plan.baseline, changes, listed)
        draw_labels(axes, {place.id: place for place in plan.baseline.places}, labels, 7.5)
    mark_enlarged(route, sea)
    _draw_list(panels, plan.baseline, listed)
    _draw_key(panels, changes)
    foot.text(0.02, 0.12 / footer, notes, size=7.6, color=INK, va="bottom", linespacing=1.3)
    return figure


def describe_map(comparison: Comparison, arm: str, changes: Sequence[LegChange]) -> str:
    """Return the map in sentences, for those who cannot see it."""
    places = {place.id: place for place in comparison.plan.baseline.places}
    lines = ["A map of the route; the legs with the largest changes in deaths are:"]
    for number, change in _largest(changes):
        lines.append(f"{number}. {say_leg(change.leg, places)}: {say_change(*change.difference)} deaths.")
    if len(lines) == 1:
        lines.append("none, no change is clear.")
    clear = sum(change.is_clear for change in changes)
    lines.append(f"{clear} of {len(changes)} legs are coloured; the others show no clear change.")
    lines += [RULE, _say_tested(changes)]
    plan = comparison.plan
    return "\n".join([*lines, describe_source(plan, arm), describe_assumptions(plan, arm), DISCLAIMER])


def tabulate_map(changes: Sequence[LegChange]) -> pd.DataFrame:
    """Return the numbers that a map shows, a line a leg."""
    columns = ["leg", "origin", "destination", "people", "difference", "difference_low", "difference_high", "clear",
        "fewer_than_10"]  # fmt: skip
    rows = [
        (c.leg.id, c.leg.origin, c.leg.destination, c.flow, *c.difference, c.is_clear, c.few) for c in changes
    ]
    return pd.DataFrame(rows, columns=columns)


def _say_tested(changes: Sequence[LegChange]) -> str:
    """Return how many legs had the chance to be coloured: with many, some are by luck."""
    tested = sum(not change.few for change in changes)
    return f"{tested} of {len(changes)} legs were tested, each by itself: a few may be coloured by chance."


def _title(comparison: Comparison, arm: str) -> str:
    return f"Where deaths change: {clean(comparison.plan.arms[arm].document.title, LONGEST_TITLE)}"


def _largest(changes: Sequence[LegChange]) -> list[tuple[int, LegChange]]:
    """Return the largest clear rises, then the largest clear falls, numbered from 1."""
    clear = [change for change in changes if change.is_clear]
    rises = sorted((c for c in clear if c.difference[0] > 0), key=lambda c: -c.difference[0])[:LISTED]
    falls = sorted((c for c in clear if c.difference[0] < 0), key=lambda c: c.difference[0])[:LISTED]
    return list(enumerate([*rises, *falls], start=1))


def _draw_panel(
    axes: Axes,
    window: Window,
    scenario: Scenario,
    changes: Sequence[LegChange],
    listed: Sequence[tuple[int, LegChange]],
) -> None:
    draw_ground(axes, window)
    places = {place.id: place for place in scenario.places}
    curves = compute_curves(places, [change.leg for change in changes])
    busiest = max((change.flow for change in changes), default=1.0) or 1.0
    largest = _largest_difference(changes)
    for change in sorted(changes, key=lambda c: (c.is_clear, abs(c.difference[0]))):
        colour, width = _colour(change, largest), _width(change.flow, busiest)
        style = (0, (2.2, 1.2)) if change.leg.control == "bypass" else "solid"
        axes.add_collection(
            LineCollection(
                [curves[change.leg.id]],
                colors=[colour],
                linewidths=[width],
                linestyles=[style],
                capstyle="butt",
                alpha=0.95 if change.is_clear else 0.75,
                zorder=3 if change.is_clear else 2,
            )
        )
        if change.flow > 0:
            draw_arrow(axes, curves[change.leg.id], colour, min(width, 3.0))
    used = {end for change in changes for end in (change.leg.origin, change.leg.destination)}
    points = np.array([(places[name].longitude, places[name].latitude) for name in sorted(used)])
    axes.plot(points[:, 0], points[:, 1], "o", ms=2.6, mfc="white", mec=INK, mew=0.7, zorder=6)
    _draw_badges(axes, window, curves, listed)


def _draw_badges(
    axes: Axes,
    window: Window,
    curves: dict[str, np.ndarray],
    listed: Sequence[tuple[int, LegChange]],
) -> None:
    """Write the numbers of the listed legs on them; inside the enlarged window only there."""
    for number, change in listed:
        x, y = curves[change.leg.id][len(curves[change.leg.id]) * 3 // 8]
        enlarged = _holds(CENTRAL_SEA, x, y)
        if (window == CENTRAL_SEA) != enlarged:
            continue
        colour = VERMILLION if change.difference[0] > 0 else BLUE
        axes.text(
            x,
            y,
            str(number),
            size=7.5,
            weight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=9,
            bbox={"boxstyle": "circle,pad=0.22", "fc": colour, "ec": "white", "lw": 0.7},
        )


def _draw_list(figure: SubFigure, scenario: Scenario, listed: Sequence[tuple[int, LegChange]]) -> None:
    places = {place.id: place for place in scenario.places}
    y = 0.378
    for heading, sign, colour in (("More deaths", 1, VERMILLION), ("Fewer deaths", -1, BLUE)):
        part = [(number, change) for number, change in listed if change.difference[0] * sign > 0]
        figure.text(0.655, y, heading, size=10.5, weight="bold", color=colour, va="center")
        y -= 0.029
        if not part:
            figure.text(0.665, y, "no leg with a clear change", size=8.8, color=INK, va="center")
            y -= 0.029
        for number, change in part:
            figure.text(
                0.665, y, f"{number}   {say_leg(change.leg, places)}", size=8.6, color=INK, va="center"
            )
            figure.text(
                0.985, y, say_change(*change.difference), size=8.6, color=INK, va="center", ha="right"
            )
            y -= 0.030
        y -= 0.014


def _draw_key(figure: SubFigure, changes: Sequence[LegChange]) -> None:
    """Draw samples of width and colour with their numbers beside them."""
    axes = figure.add_axes((0.02, 0.005, 0.62, 0.075))
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    busiest = max((change.flow for change in changes), default=0.0)
    axes.text(0.0, 0.78, "People on a leg", size=8.2, color=INK, va="center")
    samples = round_samples(busiest)
    for x, people, words in zip(_KEY_COLUMNS, samples, say_levels(samples), strict=True):
        width = _width(people, busiest or 1.0)
        axes.plot([x, x + 0.05], [0.78, 0.78], color=NEUTRAL, lw=width, solid_capstyle="butt")
        axes.text(x + 0.065, 0.78, words, size=8.2, color=INK, va="center")
    largest = _largest_difference(changes)
    axes.text(0.0, 0.25, "Change in deaths", size=8.2, color=INK, va="center")
    step = 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0
    top = max(math.floor(largest / step) * step, 1.0)
    samples_of_change = (-top, 0.0, top) if largest > 0 else (0.0,)
    for x, value in zip(_KEY_COLUMNS, samples_of_change, strict=False):
        axes.plot([x, x + 0.05], [0.25, 0.25], color=_shade(value, largest), lw=5, solid_capstyle="butt")
        words = say_number(value, 1.0, sign=True) if value else "not clear"
        axes.text(x + 0.065, 0.25, words, size=8.2, color=INK, va="center")


def round_samples(busiest: float) -> tuple[float, float, float]:
    """Return three round numbers of people up to the busiest leg's."""
    if busiest <= 0:
        return 1.0, 1.0, 1.0
    step = 10.0 ** math.floor(math.log10(busiest))
    top = math.floor(busiest / step) * step
    return top / 20.0, top / 4.0, top


def _holds(window: Window, x: float, y: float) -> bool:
    return bool(window.west <= x <= window.east and window.south <= y <= window.north)


def _width(flow: float, busiest: float) -> float:
    return THINNEST + (WIDEST - THINNEST) * math.sqrt(max(flow, 0.0) / busiest)


def _largest_difference(changes: Sequence[LegChange]) -> float:
    return max((abs(change.difference[0]) for change in changes if change.is_clear), default=0.0)


def _colour(change: LegChange, largest: float) -> str:
    return _shade(change.difference[0], largest) if change.is_clear else NEUTRAL


def _shade(value: float, largest: float) -> str:
    """Return the colour of a change: by the square root, so that middling changes are seen."""
    if largest <= 0 or value == 0:
        return NEUTRAL
    share = math.copysign(math.sqrt(min(abs(value) / largest, 1.0)), value)
    red, green, blue, _ = CHANGE(0.5 + share / 2.0)
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"
