"""Deaths by year of departure: a line a scenario with its interval, and the dates on which measures begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from experiments.report.catalogue import Catalogue
from experiments.report.read import Effect, Findings
from experiments.report.svg import INK, PALE, Picture, frame, round_down, tag
from experiments.wording import clean, is_known

OUTCOME = "deaths_per_1000_started"
COHORT = "cohort"
LEAST_YEARS = 3
WIDTH, HEIGHT = 720.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 150.0, 40.0, 28.0
Axis = Callable[[float], float]


class Year(NamedTuple):
    """What befell those who set out in one year."""

    year: int
    effect: Effect

    @property
    def middle(self) -> float:
        """Where it stands in time: a whole year's departures are no day."""
        return self.year + 0.5


def find_years(findings: Findings, arm: str) -> list[Year]:
    """Return the departure years that were followed long enough, in order."""
    found = []
    for scope in findings.scopes(COHORT):
        effect = findings.find(arm, OUTCOME, (COHORT, scope))
        if scope.isdigit() and effect is not None and effect.happens:
            found.append(Year(int(scope), effect))
    return sorted(found)


def draw_series(
    years: Sequence[Year], dates: Sequence[tuple[date, str]], catalogue: Catalogue, title: str, key: str
) -> Picture | None:
    """Return the picture of one scenario beside the baseline; None for fewer than LEAST_YEARS years.

    Args:
        years: Of the scenario, with the baseline in them.
        dates: Days on which measures of the scenario begin, and their names.
        catalogue: The language.
        title: Says which scenario.
        key: Identifier of the picture in the page.
    """
    if len(years) < LEAST_YEARS:
        return None
    first, end = years[0].year, years[-1].year + 1
    top = max(level for y in years for level in (y.effect.baseline, y.effect.variant)) * 1.35

    def x(when: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (when - first) / (end - first)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(max(value, 0.0), top) / top

    parts = [
        *_draw_frame(years, top, (x, y), catalogue),
        *_draw_dates(dates, (first, end), x),
        *_draw_ranges(years, top, (x, y)),
        *_draw_line([(x(one.middle), y(one.effect.baseline)) for one in years], "5 3", "#FFFFFF"),
        *_draw_line([(x(one.middle), y(one.effect.variant)) for one in years], None, INK),
        *_draw_names((years[-1].effect.baseline, years[-1].effect.variant), y, catalogue),
    ]
    alt = catalogue.say(
        "series.alt", title=title, items="; ".join(_say_year(one, catalogue) for one in years)
    )
    rows = [
        (one.year, one.effect.baseline, one.effect.variant, *one.effect.difference, one.effect.few)
        for one in years
    ]
    columns = ["departure_year", "baseline", "variant", "difference", "difference_low", "difference_high",
        "fewer_than_10"]  # fmt: skip
    svg = frame(parts, (WIDTH, HEIGHT), (title, alt), key)
    return Picture(svg, alt, pd.DataFrame(rows, columns=columns))


def _say_year(year: Year, catalogue: Catalogue) -> str:
    baseline, variant = catalogue.levels([year.effect.baseline, year.effect.variant], whole=False)
    return catalogue.say("series.alt.item", year=year.year, baseline=baseline, variant=variant)


def _draw_ranges(years: Sequence[Year], top: float, axes: tuple[Axis, Axis]) -> Iterator[Markup]:
    """Yield where the scenario very likely lies: the baseline with the ends of the difference.

    An end that lies beyond the axis has an arrow.
    """
    x, y = axes
    for year in years:
        low, high = (year.effect.baseline + end for end in year.effect.difference[1:])
        if not is_known(low, high):
            continue
        at = x(year.middle)
        yield tag(
            "line", x1=at, x2=at, y1=y(low), y2=y(high), stroke=INK, stroke_width=5, stroke_opacity=0.25
        )
        if high > top:
            yield tag("path", d=f"M{at:.1f} {y(top) - 7:.1f}l-5 7h10z", fill=INK, fill_opacity=0.25)
        if low < 0:
            yield tag("path", d=f"M{at:.1f} {y(0.0) + 7:.1f}l-5 -7h10z", fill=INK, fill_opacity=0.25)


def _draw_line(points: Sequence[tuple[float, float]], dash: str | None, fill: str) -> Iterator[Markup]:
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield tag("path", d=d, fill="none", stroke=INK, stroke_width=1.6, stroke_dasharray=dash)
    for x, y in points:
        yield tag("circle", cx=x, cy=y, r=3.6, fill=fill, stroke=INK, stroke_width=1.5)


def _draw_frame(
    years: Sequence[Year], top: float, axes: tuple[Axis, Axis], catalogue: Catalogue
) -> list[Markup]:
    """Return the axes: years below, between marks where they begin, and deaths per 1,000 to the left, from 0."""
    x, y = axes
    bottom = HEIGHT - BOTTOM
    parts = []
    step = round_down(top / 3)
    for value in (0.0, step, 2 * step, 3 * step):
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT + 8, y1=y(value), y2=y(value), stroke=PALE))
        words = catalogue.number(value, step)
        parts.append(tag("text", words, x=LEFT - 12, y=y(value) + 4, text_anchor="end"))
    for year in range(years[0].year, years[-1].year + 2):
        parts.append(tag("line", x1=x(year), x2=x(year), y1=bottom, y2=bottom + 5, stroke=INK))
    for one in years:
        parts.append(tag("text", str(one.year), x=x(one.middle), y=HEIGHT - 8, text_anchor="middle"))
    return parts


def _draw_dates(dates: Sequence[tuple[date, str]], ends: tuple[int, int], x: Axis) -> list[Markup]:
    """Return a thin line a date within the years, its name at the top."""
    parts = []
    placed = 0
    for when, name in dates:
        if not ends[0] <= when.year < ends[1]:
            continue
        begun = date(when.year, 1, 1)
        place = x(when.year + (when - begun) / (date(when.year + 1, 1, 1) - begun))
        row = placed % 3
        parts.append(
            tag(
                "line",
                x1=place,
                x2=place,
                y1=6 + 11 * row,
                y2=HEIGHT - BOTTOM,
                stroke=INK,
                stroke_dasharray="1 3",
            )
        )
        anchor = "end" if place > WIDTH * 0.6 else "start"
        parts.append(
            tag("text", clean(name, 40), x=place + (-3 if anchor == "end" else 3), y=14 + 11 * row,
                text_anchor=anchor, class_="halo")
        )  # fmt: skip
        placed += 1
    return parts


def _draw_names(levels: tuple[float, float], y: Axis, catalogue: Catalogue) -> list[Markup]:
    """Return the names of both lines at their right ends, apart where the ends meet."""
    baseline, variant = (y(level) for level in levels)
    if abs(baseline - variant) < 13:
        middle = (baseline + variant) / 2
        up = -7 if variant <= baseline else 7
        variant, baseline = middle + up, middle - up
    x = WIDTH - RIGHT + 12
    return [
        tag("text", catalogue.say("series.baseline"), x=x, y=baseline + 4),
        tag("text", catalogue.say("series.variant"), x=x, y=variant + 4, font_weight="bold"),
    ]
