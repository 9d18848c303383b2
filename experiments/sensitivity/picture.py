"""The driver chart: which assumptions drive a difference between two policies, and which data would settle them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.design import Design
from experiments.pictures import BLUE, GREY, INK, PALE, VERMILLION, describe_source, wrap
from experiments.plan import Plan
from experiments.sensitivity.drivers import (
    AXES,
    MOST_LEADS,
    RANKS,
    Driver,
    Section,
    count_weak,
    describe_design,
    rank_data,
    say_index,
)
from experiments.sensitivity.numbers import WEAK

WIDTH = 15.0
ROW, HEADING, HEADER, AXIS, LINE = 0.44, 0.52, 1.5, 0.72, 0.155  # inches
LABEL, DOTS, DOTS_WIDTH, NUMBER, SURE, DATA = 0.015, 0.305, 0.215, 0.53, 0.628, 0.715
_LABEL_LETTERS, _DATA_LETTERS, _NOTE_LETTERS = 54, 56, 205


def draw_drivers(plan: Plan, arm: str, sections: list[Section], design: Design) -> Figure:
    """Return the chart of one variant's difference from the baseline."""
    n_rows = sum(len(section.drivers) for section in sections)
    body = max(n_rows * ROW + len(sections) * HEADING, ROW)
    notes = _write_notes(plan, arm, sections, design)
    footer = AXIS + LINE * (len(notes.splitlines()) + 1)
    height = HEADER + body + footer
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((DOTS, footer / height, DOTS_WIDTH, body / height))
    measure = sections[0].measure if sections else "spearman"
    _prepare(axes, sections, measure, body)
    _draw_header(figure, plan, arm, height)
    top = 1 - HEADER / height
    for section, start, rows in _place(sections):
        y = top - (start + 0.56 * HEADING) / height
        figure.text(LABEL, y, section.heading, weight="bold", size=10.5, color=INK, va="center")
        figure.text(
            DATA, y, textwrap.fill(section.remark, 66), size=7.5, color=INK, va="center", linespacing=1.15
        )
        axes.axhline(start + 0.06, color=INK, lw=0.6, xmin=(LABEL - DOTS) / DOTS_WIDTH,
                     xmax=(0.985 - DOTS) / DOTS_WIDTH, clip_on=False)  # fmt: skip
        scale = (
            max((driver.value for driver in section.drivers), default=1.0) if measure == "mu_star" else 1.0
        )
        for driver, centre in rows:
            _draw_dots(axes, driver, scale, centre)
            _say_row(figure, driver, section.measure, top - centre / height)
    if not sections:
        figure.text(
            LABEL, top - 0.5 * body / height, "No difference that varies was found.", size=10, color=INK
        )
    figure.text(LABEL, 0.13 / height, notes, size=8, color=INK, va="bottom", linespacing=1.35)
    return figure


def _place(sections: list[Section]) -> Iterator[tuple[Section, float, list[tuple[Driver, float]]]]:
    """Yield each section with its top, and its rows with their centres, inches from the top of the body."""
    y = 0.0
    for section in sections:
        start, y = y, y + HEADING
        rows = [(driver, y + (place + 0.5) * ROW) for place, driver in enumerate(section.drivers)]
        y += ROW * len(section.drivers)
        yield section, start, rows


def _prepare(axes: Axes, sections: list[Section], measure: str, body: float) -> None:
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    drivers = [driver for section in sections for driver in section.drivers]
    if measure in RANKS:
        axes.set_xlim(-1.05, 1.05)
        axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    elif measure == "total":
        lows, highs = ([end for end in ends if np.isfinite(end)] for ends in zip(
            *((driver.low, driver.high) for driver in drivers), strict=True))  # fmt: skip
        axes.set_xlim(min([0.0, *lows]) - 0.03, max([1.0, *highs]) * 1.05)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    else:
        axes.set_xlim(0, 1.6)
        axes.set_xticks([0, 0.5, 1], ["0", "half of it", "strongest"])
    axes.axvline(0, color=GREY, lw=0.8)
    axes.set_xlabel(AXES[measure], size=8.5, color=INK)
    axes.tick_params(axis="x", labelsize=8.5, length=3, color=GREY)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="x", color=PALE, lw=0.5)
    axes.set_axisbelow(True)


def _draw_header(figure: Figure, plan: Plan, arm: str, height: float) -> None:
    title = "Which assumptions drive the answer, and which data would settle it"
    figure.text(LABEL, 1 - 0.14 / height, title, size=15, weight="bold", color=INK, va="top")
    variant, baseline = (
        _quote(plan.arms[name].document.title) for name in (arm, plan.baseline.document.scenario)
    )
    below = f"The difference that {variant} makes against {baseline}, and the uncertain numbers it depends on most."
    figure.text(
        LABEL, 1 - 0.5 / height, textwrap.fill(below, 170), size=10, color=INK, va="top", linespacing=1.3
    )
    heads = ((LABEL, "difference in, and number"), (DOTS, "how much it matters, with 95% interval"),
             (SURE, "how sure\nwe are of it"), (DATA, "which data would settle it"))  # fmt: skip
    for x, words in heads:
        figure.text(
            x, 1 - (HEADER - 0.08) / height, words, size=8.5, color=GREY, va="bottom", linespacing=1.1
        )


def _quote(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def _draw_dots(axes: Axes, driver: Driver, scale: float, centre: float) -> None:
    """Draw an index with its interval; one that runs out of the picture ends in an arrow at its edge."""
    colour = BLUE if driver.beyond != "no" else GREY
    value, low, high = (end / scale for end in (driver.value, driver.low, driver.high))
    edge = axes.get_xlim()[1]
    if np.isfinite(low) and np.isfinite(high):
        axes.plot([low, min(high, edge)], [centre, centre], color=colour, lw=1.6, solid_capstyle="butt")
        if high > edge:
            axes.plot([edge], [centre], ">", color=colour, ms=5, clip_on=False)
    face = colour if driver.beyond != "no" else "white"
    axes.plot([value], [centre], "o", color=colour, ms=6.5, mfc=face, mew=1.3, clip_on=False)
    if np.isfinite(driver.alone):
        axes.plot([driver.alone], [centre + 0.11], "o", color=colour, ms=4, mfc="white", mew=1.0)


def _say_row(figure: Figure, driver: Driver, measure: str, y: float) -> None:
    told = driver.beyond != "no"
    label = textwrap.shorten(driver.words, 2 * _LABEL_LETTERS, placeholder=" ...")
    figure.text(
        LABEL + 0.008,
        y,
        textwrap.fill(label, _LABEL_LETTERS),
        size=9,
        color=INK,
        va="center",
        linespacing=1.1,
    )
    ends = f"{say_index(measure, driver.low)} to {say_index(measure, driver.high)}"
    number = (
        f"{say_index(measure, driver.value)}\n({ends})"
        if np.isfinite(driver.low)
        else say_index(measure, driver.value)
    )
    figure.text(NUMBER, y, number, size=8, color=INK if told else GREY, va="center", linespacing=1.15)
    weak = driver.confidence in WEAK
    figure.text(SURE, y, driver.confidence or "\N{EN DASH}", size=9, va="center", color=VERMILLION if weak else INK,
                weight="bold" if weak else "normal")  # fmt: skip
    data = textwrap.shorten(driver.settled_by, 2 * _DATA_LETTERS, placeholder=" ...")
    figure.text(
        DATA, y, textwrap.fill(data, _DATA_LETTERS), size=8.5, color=INK, va="center", linespacing=1.1
    )


def _write_notes(plan: Plan, arm: str, sections: list[Section], design: Design) -> str:
    weak, shown = count_weak(sections, WEAK)
    known = any(driver.beyond for section in sections for driver in section.drivers)
    lines = [
        "Blue: beyond what chance alone gives. Grey, hollow: not told from chance."
        if known
        else "Whether these are beyond chance is not known: no runs vary the seed alone.",
        f"{weak} of the {shown} numbers shown are assumed or recalled, not measured (orange). The strongest of each "
        "difference are shown; all are in sensitivity.csv. An index says how much the range of a number matters in "
        "this model, not that the number is wrong, nor that it is a cause beyond the model.",
    ]
    if any(section.measure in RANKS for section in sections):
        lines.append(
            f"Of rank correlations that chance may explain, at most {MOST_LEADS} a difference are shown: leads."
        )
    if sections and sections[0].measure == "mu_star":
        lines.append("Numbers beside the dots: mean change of the difference, % of the baseline's level.")
    ranked = rank_data(sections)
    if ranked:
        most = "; ".join(f"{data} ({n} of those shown)" for data, n in ranked[:3])
        lines.append(f"Would settle most of it: {most}.")
    lines.append(
        "4Mi: surveys of the Mixed Migration Centre. DTM: Displacement Tracking Matrix of IOM. Missing Migrants: IOM."
    )
    lines.append(f"Design: {describe_design(design)}. {describe_source(plan, arm)}")
    return wrap(lines, _NOTE_LETTERS)
