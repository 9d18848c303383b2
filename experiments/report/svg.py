"""Small pictures as text: elements whose names and attributes are escaped, and the colours that all of them share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from experiments.pictures import BLUE, INK, PALE, VERMILLION

__all__ = [
    "BLUE",
    "INK",
    "PALE",
    "VERMILLION",
]  # with what is below: one palette for pictures of page and print
DEATH_STEPS = (1.0, 5.0, 20.0)
"""Deaths per 1,000 people who enter a leg at which the colour changes: fixed, so that maps compare."""
DEATH_COLOURS = ("#F0C27A", "#E08A2E", "#B0440F", "#5A1606")
"""Light to dark, so that they keep their order in a grey print."""
TOO_FEW = "#A8A8A8"
UNCLEAR = "#6B6B6B"


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; ``_`` in names becomes ``-``, a trailing one goes; None leaves an attribute out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(str(escape(child)) for child in children)
    return Markup(f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>")


def _plain(value: object) -> str:
    """Return a number with at most two decimals, anything else as it is."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""
    return str(value)


class Picture(NamedTuple):
    """A picture, the same in words, and its numbers."""

    svg: Markup
    alt: str
    data: pd.DataFrame


def frame(
    parts: Iterable[Markup], size: tuple[float, float], words: tuple[str, str], key: str, look: str = "wide"
) -> Markup:
    """Return a whole picture with its title and description.

    Args:
        parts: What is drawn, the lowest first.
        size: Width and height.
        words: Title, and the picture in words.
        key: Identifier in the page.
        look: Class of its style.
    """
    title, alt = words
    return tag(
        "svg", tag("title", title, id=f"{key}-t"), tag("desc", alt, id=f"{key}-d"), *parts,
        viewBox=f"0 0 {size[0]:.0f} {size[1]:.0f}", role="img", aria_labelledby=f"{key}-t {key}-d", class_=look,
    )  # fmt: skip


def path(points: list[tuple[float, float]], *, closed: bool = False) -> str:
    """Return points as the steps of a path, tenths of a unit, without those that fall on the one before."""
    steps, last = [], None
    for x, y in points:
        here = (round(x * 10), round(y * 10))
        if here == last:
            continue
        steps.append(
            f"M{here[0] / 10:g} {here[1] / 10:g}"
            if last is None
            else f"l{(here[0] - last[0]) / 10:g} {(here[1] - last[1]) / 10:g}"
        )
        last = here
    return "".join(steps) + ("z" if closed else "")


def colour_of(direction: int, *, is_harm: bool) -> str:
    """Return vermillion for clearly more harm, blue for clearly less, ink for movement, grey where it is not clear."""
    if direction == 0:
        return UNCLEAR
    if not is_harm:
        return INK
    return VERMILLION if direction > 0 else BLUE


def harm_class(deaths: float, people: float, *, few: bool) -> str:
    """Return the colour of deaths per 1,000 people who enter; grey where too few simulated deaths are behind it."""
    if few or not people > 0:
        return TOO_FEW
    rate = 1000.0 * deaths / people
    return DEATH_COLOURS[sum(rate >= step for step in DEATH_STEPS)]


def flow_width(people: float, busiest: float, widest: float = 9.0, thinnest: float = 0.6) -> float:
    """Return a width that grows with the root of the people: middling flows are seen beside the busiest."""
    return thinnest + (widest - thinnest) * math.sqrt(max(people, 0.0) / busiest) if busiest > 0 else thinnest


def round_down(value: float) -> float:
    """Return the nearest number towards 0 with one digit that is 1, 2 or 5."""
    if not value:
        return 0.0
    power = 10.0 ** math.floor(math.log10(abs(value)))
    digit = max(d for d in (1.0, 2.0, 5.0) if d * power <= abs(value) * (1 + 1e-9))
    return math.copysign(digit * power, value)
