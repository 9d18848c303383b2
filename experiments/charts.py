"""The comparative risk chart: what a policy does to people, harm first, with intervals, a page a variant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from experiments.chart_rows import Row, Section, Span, build_sections
from experiments.clear import RULE
from experiments.compare import Comparison
from experiments.pictures import (
    BLUE,
    INK,
    PALE,
    VERMILLION,
    describe_assumptions,
    describe_source,
    house_style,
    save,
    wrap,
)
from experiments.wording import LONGEST_TITLE, clean, is_known, say_ratio

WIDTH_INCHES = 14.0
ROW_INCHES, HEADING_INCHES = 0.40, 0.46
HEADER_INCHES, NOTE_INCHES, AXIS_INCHES = 1.55, 0.152, 0.62
LONGEST_LEVEL = 4.0
"""Intervals of levels are cut, with an arrow, at this multiple of the larger estimate."""
RATIO_LIMIT = 8.0
"""Ratios beyond this factor are drawn at the edge with an arrow; the text column has the number."""
_TICKS = {
    1.0: "same",
    2.0: "twice",
    1 / 2: "half",
    4.0: "4\N{MULTIPLICATION SIGN}",
    1 / 4: "1/4",
    8.0: "8\N{MULTIPLICATION SIGN}",
    1 / 8: "1/8",
    1.25: "+25%",
    0.8: "\N{MINUS SIGN}20%",
    1.5: "+50%",
}
"""The first in the list stays where two would overlap."""
TICK_SIZE = 8.5
_GLYPH_INCHES = 0.64 * TICK_SIZE / 72
"""A generous mean width of a letter of a tick's label."""


class Columns(NamedTuple):
    """Left edges and widths of the columns, shares of the figure's width."""

    label: float = 0.02
    levels: float = 0.2
    levels_width: float = 0.195
    ratio: float = 0.405
    ratio_width: float = 0.165
    ratio_text: float = 0.58
    change: float = 0.715
    agreement: float = 0.905


COLUMNS = Columns()


def write_charts(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the risk chart of each variant as risk_VARIANT.png, .svg, .txt and .csv, and return the paths."""
    written: list[Path] = []
    for variant in comparison.plan.variants:
        arm = variant.document.scenario
        with house_style():
            sections = build_sections(comparison, arm)
            figure = draw_risk_chart(comparison, arm, sections)
            written += save(
                figure,
                folder / f"risk_{arm}",
                _title(comparison, arm),
                describe_chart(comparison, arm, sections),
                tabulate_chart(sections),
            )
    return written


def draw_risk_chart(comparison: Comparison, arm: str, sections: list[Section]) -> Figure:
    """Return the chart of one variant against the baseline."""
    n_rows = sum(len(section.rows) for section in sections)
    body = n_rows * ROW_INCHES + len(sections) * HEADING_INCHES
    notes = _write_notes(comparison, arm)
    footer = AXIS_INCHES + NOTE_INCHES * len(notes.splitlines())
    height = HEADER_INCHES + body + footer
    figure = Figure(figsize=(WIDTH_INCHES, height))
    top, bottom = 1 - HEADER_INCHES / height, footer / height
    ratio = figure.add_axes((COLUMNS.ratio, bottom, COLUMNS.ratio_width, top - bottom))
    ratio.set_ylim(body, 0)
    _prepare_ratio_axis(ratio, [row for section in sections for row in section.rows])
    _draw_header(figure, comparison, arm, height)
    for section, start, rows in _place(sections):
        y = top - (start + HEADING_INCHES * 0.62) / height
        figure.text(COLUMNS.label, y, section.heading, weight="bold", size=10.5, color=INK, va="center")
        ratio.axhline(
            start + 0.08,
            color=INK,
            lw=0.6,
            xmin=(0.02 - COLUMNS.ratio) / COLUMNS.ratio_width,
            xmax=(0.985 - COLUMNS.ratio) / COLUMNS.ratio_width,
            clip_on=False,
        )
        for row, centre in rows:
            _draw_row(figure, ratio, row, centre, (top, height))
    figure.text(COLUMNS.label, 0.16 / height, notes, size=8, color=INK, va="bottom", linespacing=1.35)
    return figure


def describe_chart(comparison: Comparison, arm: str, sections: list[Section]) -> str:
    """Return the chart in sentences, for those who cannot see it."""
    baseline = comparison.plan.baseline.document.scenario
    lines = [f"A table of dots with 95% intervals compares {baseline} with {arm}, harm to people first."]
    for section in sections:
        lines.append(f"{section.heading}:")
        for row in section.rows:
            left, right = row.level_texts
            lines.append(
                f"- {row.label}: {left} in the baseline, {right} in the variant; "
                f"difference {row.change_text}; ratio {say_ratio(*row.ratio)}; {row.agreement_text} draws."
                + (" Rests on fewer than 10 simulated people." if row.few else "")
            )
    lines += [describe_source(comparison.plan, arm), describe_assumptions(comparison.plan, arm)]
    return "\n".join(lines)


def tabulate_chart(sections: list[Section]) -> pd.DataFrame:
    """Return the numbers that a chart shows, a line a row."""
    rows = []
    for section in sections:
        for row in section.rows:
            spans = {"baseline": row.baseline, "variant": row.variant, "difference": row.difference, "ratio": row.ratio,
                "ratio_seeds_only": row.ratio_seeds}  # fmt: skip
            numbers = {
                f"{name}{end}": value
                for name, span in spans.items()
                for end, value in zip(("", "_low", "_high"), span, strict=True)
            }
            said = {"section": section.heading, "row": row.label, "outcome": row.outcome}
            drawn = {"higher": row.higher, "lower": row.lower, "draws": row.draws, "direction": row.direction}
            rows.append({**said, **numbers, **drawn, "fewer_than_10": row.few})
    return pd.DataFrame(rows)


def _title(comparison: Comparison, arm: str) -> str:
    return f"What changes for people: {clean(comparison.plan.arms[arm].document.title, LONGEST_TITLE)}"


def _place(sections: list[Section]) -> Iterator[tuple[Section, float, list[tuple[Row, float]]]]:
    """Yield each section with its start and its rows' centres, inches below the header."""
    y = 0.0
    for section in sections:
        start = y
        y += HEADING_INCHES
        rows = []
        for row in section.rows:
            rows.append((row, y + ROW_INCHES / 2))
            y += ROW_INCHES
        yield section, start, rows


def _draw_header(figure: Figure, comparison: Comparison, arm: str, height: float) -> None:
    plan = comparison.plan
    figure.text(
        COLUMNS.label,
        1 - 0.34 / height,
        _title(comparison, arm),
        size=15,
        weight="bold",
        color=INK,
        va="center",
    )
    baseline = clean(plan.baseline.document.title, LONGEST_TITLE)
    subtitle = (
        f"Compared with: {baseline}. Simulated: the same people could set out in both, with the same luck."
    )
    figure.text(COLUMNS.label, 1 - 0.66 / height, subtitle, size=10, color=INK, va="center")
    y = 1 - 1.04 / height
    head: dict[str, Any] = {"size": 9, "color": INK, "va": "center", "weight": "bold"}
    figure.text(COLUMNS.levels, y, "How many, in each scenario", **head)
    figure.text(
        COLUMNS.ratio + COLUMNS.ratio_width / 2, y, "Variant relative to baseline", ha="center", **head
    )
    figure.text(COLUMNS.ratio_text, y, "Ratio (95%)", **head)
    figure.text(COLUMNS.change, y, "Difference (95%)", **head)
    figure.text(COLUMNS.agreement, y, "In the draws", **head)
    key: dict[str, Any] = {"size": 8.5, "va": "center"}
    y = 1 - 1.22 / height
    figure.text(COLUMNS.levels, y, "each row on its own scale", color=INK, **key)
    y = 1 - 1.40 / height
    figure.text(COLUMNS.levels, y, "\N{WHITE CIRCLE} baseline (above)", color=INK, **key)
    figure.text(COLUMNS.levels + 0.115, y, "\N{BLACK CIRCLE} variant (below)", color=INK, **key)
    figure.text(COLUMNS.ratio, y, "\N{LEFTWARDS ARROW} fewer", color=BLUE, weight="bold", **key)
    figure.text(
        COLUMNS.ratio + COLUMNS.ratio_width,
        y,
        "more \N{RIGHTWARDS ARROW}",
        ha="right",
        color=VERMILLION,
        weight="bold",
        **key,
    )


def _draw_row(figure: Figure, ratio: Axes, row: Row, centre: float, frame: tuple[float, float]) -> None:
    top, height = frame
    y = top - centre / height
    label = row.label + (" *" if row.few else "")
    figure.text(COLUMNS.label + 0.008, y, label, size=9.5, color=INK, va="center")
    levels = figure.add_axes(
        (COLUMNS.levels, y - ROW_INCHES * 0.46 / height, COLUMNS.levels_width, ROW_INCHES * 0.92 / height)
    )
    _draw_levels(levels, row)
    _draw_ratio(ratio, row, centre)
    style: dict[str, Any] = {"size": 8.5, "color": _colour(row), "va": "center"}
    figure.text(COLUMNS.ratio_text, y, say_ratio(*row.ratio), **style)
    figure.text(COLUMNS.change, y, row.change_text, **style)
    figure.text(COLUMNS.agreement, y, row.agreement_text, size=8.5, color=INK, va="center")


def _draw_levels(axes: Axes, row: Row) -> None:
    """Draw baseline above, variant below, on the row's own scale from 0, each with its number."""
    axes.axis("off")
    spans = (row.baseline, row.variant)
    most = max(high for span in spans for high in span if math.isfinite(high))
    most = min(most, LONGEST_LEVEL * max(span.value for span in spans))
    axes.set_xlim(0, most * 1.42)  # room for the numbers on the right
    axes.set_ylim(0, 1)
    axes.plot([0, 0], [0.05, 0.95], color=PALE, lw=0.8)
    for span, text, y, is_variant in zip(spans, row.level_texts, (0.72, 0.28), (False, True), strict=True):
        colour = _colour(row) if is_variant else INK
        end = span.value
        if is_known(span.low, span.high):
            end = min(max(span.high, span.value), most)
            bar = [max(span.low, 0.0), end]
            axes.plot(bar, [y, y], color=colour, lw=2.6, alpha=0.30, solid_capstyle="butt")
            if span.high > most:
                axes.plot(end, y, ">", color=colour, ms=3.5)
        fill = colour if is_variant else "white"
        axes.plot(span.value, y, "o", ms=4.6, mfc=fill, mec=colour, mew=1.1, clip_on=False)
        axes.annotate(text, (end, y), (5, 0), textcoords="offset points", va="center", size=8.5, color=colour)


def _prepare_ratio_axis(axes: Axes, rows: list[Row]) -> None:
    ends = [
        end
        for row in rows
        for span in (row.ratio, row.ratio_seeds)
        for end in span
        if is_known(end) and end > 0
    ]
    low = max(min([*ends, 0.78]) / 1.06, 1 / RATIO_LIMIT)
    high = min(max([*ends, 1.28]) * 1.06, RATIO_LIMIT)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = _choose_ticks(low, high)
    axes.set_xticks(ticks, [_TICKS[tick] for tick in ticks], size=TICK_SIZE, color=INK)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    for tick in ticks:
        axes.axvline(tick, color=INK if tick == 1 else PALE, lw=1.0 if tick == 1 else 0.6, zorder=0)


def _choose_ticks(low: float, high: float) -> list[float]:
    """Return the ticks within the limits whose labels stand apart, in ascending order."""
    inches = COLUMNS.ratio_width * WIDTH_INCHES / math.log(high / low)

    def stand_apart(one: float, two: float) -> bool:
        letters = (len(_TICKS[one]) + len(_TICKS[two])) / 2 + 1
        return abs(math.log(one / two)) * inches >= letters * _GLYPH_INCHES

    chosen: list[float] = []
    for tick in _TICKS:
        if low <= tick <= high and all(stand_apart(tick, other) for other in chosen):
            chosen.append(tick)
    return sorted(chosen)


def _draw_ratio(axes: Axes, row: Row, y: float) -> None:
    """Draw total as a pale bar, Monte Carlo as a thin dark line in it, the estimate as a dot."""
    low, high = axes.get_xlim()
    colour = _colour(row)
    if not is_known(row.ratio.value):
        axes.annotate(
            "no ratio: 0 in the baseline",
            (1, y),
            (6, 0),
            textcoords="offset points",
            va="center",
            size=8,
            color=INK,
        )
        return
    for span, width, alpha in ((row.ratio, 6.5, 0.32), (row.ratio_seeds, 1.6, 1.0)):
        if not math.isnan(span.low) and not math.isnan(span.high):
            ends = [min(max(end, low), high) for end in (span.low, span.high)]
            axes.plot(ends, [y, y], color=colour, lw=width, alpha=alpha, solid_capstyle="butt", zorder=2)
    for beyond, edge, marker in ((_below(row.ratio, low), low, "<"), (_above(row.ratio, high), high, ">")):
        if beyond:
            axes.plot(edge, y, marker, color=colour, ms=6, clip_on=False, zorder=3)
    if low <= row.ratio.value <= high:
        fill = colour if row.direction else "white"
        axes.plot(row.ratio.value, y, "o", ms=5.6, mfc=fill, mec=colour, mew=1.0, zorder=4)


def _below(span: Span, low: float) -> bool:
    return span.low < low or span.value < low


def _above(span: Span, high: float) -> bool:
    return span.high > high or span.value > high


def _colour(row: Row) -> str:
    """Return vermillion for more, blue for fewer, grey where it is not clear; movement is never judged."""
    if row.direction == 0:
        return "#6B6B6B"
    if not row.is_harm:
        return INK
    return VERMILLION if row.direction > 0 else BLUE


def _write_notes(comparison: Comparison, arm: str) -> str:
    """Return how to read the chart, its source and its assumptions."""
    plan = comparison.plan
    reading = (
        f"How to read: dots are means over {plan.replicates} joint draws of the uncertain parameters, "
        "shared by both scenarios. Pale bars: where the value would lie under one more such draw (95%, total "
        f"uncertainty). Thin dark lines: 95% interval of the mean with parameters at their defaults "
        f"(chance alone; seeds: {plan.monte_carlo}). "
        f"{RULE} Otherwise it is hollow and grey. Movement is not coloured: fewer arrivals are not a "
        "protection outcome. * rests on fewer than 10 simulated people."
    )
    return wrap([reading, describe_source(plan, arm), describe_assumptions(plan, arm)], 200)
