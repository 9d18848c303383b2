"""The picture of the dose-response panel: levers as rows, outcomes as columns, one small curve each."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.dose_levers import LEVELS, Dose
from experiments.dose_response import Panel, find_sign
from experiments.outcome_words import OUTCOMES
from experiments.pictures import BLUE, GREY, INK, PALE, VERMILLION, house_style, wrap
from experiments.statistics import Floats
from experiments.wording import MINUS

COLUMNS: dict[str, str] = {
    "deaths": "deaths",
    "deaths_per_1000_journeys": "deaths\nper 1,000\njourneys",
    "deaths_sahara_per_1000_crossings": "desert\ndeaths per\n1,000\ncrossings",
    "deaths_sea_per_1000_attempts": "sea deaths\nper 1,000\nattempts",
    "violence": "physical\nviolence",
    "sgbv": "sexual\nviolence",
    "abductions": "abductions",
    "arrests": "arrests",
    "detentions": "times\ndetained",
    "detention_person_days": "days in\ndetention",
    "separations": "family\nseparations",
    "unmet_need": "unmet\nneed",
    "unmet_need_share": "share of\nneeds\nnot met",
    "served": "help\nreceived",
    "money_lost": "money\nlost",
    "fares_per_leg": "fare\nper leg",
    "stranded_person_days": "days\nstranded",
    "returned": "returned",
    "interceptions": "pulled\nback",
    "sea_attempts": "sea\nattempts",
    "repeat_attempts": "repeat\nattempts",
    "arrivals": "irregular\narrivals",
    "admissions": "regular\nadmissions",
    "relocated": "relocated",
    "journeys": "journeys",
    "person_days_libya": "days in\nLibya",
    "belief_gap": "belief\ngap",
}
"""Outcomes drawn, and their headings: harm first, movement beside it and never alone."""
_LINEAR = 0.1  # changes up to 10% are drawn to scale, larger ones on a log scale
_MOST = 4.0  # changes beyond five times are drawn at the edge
CELL_WIDTH, CELL_HEIGHT = 0.80, 0.80  # inches
LEFT, RIGHT, TOP, BOTTOM = 1.75, 0.15, 1.75, 1.05
DPI = 130


def write_picture(panel: Panel, path: Path) -> None:
    """Write the panel as a PNG."""
    with house_style():
        figure = draw_panel(panel)
        text = "Levers as rows, outcomes as columns; every number is in the CSV file beside this picture."
        figure.savefig(path, dpi=DPI, metadata={"Title": "Dose and response", "Description": text})


def draw_panel(panel: Panel) -> Figure:
    """Return the figure."""
    n_rows, n_columns = len(panel.doses), len(COLUMNS)
    width = LEFT + n_columns * CELL_WIDTH + RIGHT
    height = TOP + n_rows * CELL_HEIGHT + BOTTOM
    figure = Figure(figsize=(width, height))
    for i, dose in enumerate(panel.doses):
        base = height - TOP - (i + 1) * CELL_HEIGHT
        _say_row(figure, dose, base, width, height)
        for j, outcome in enumerate(COLUMNS):
            left = LEFT + j * CELL_WIDTH
            box = (
                left / width,
                (base + 0.04) / height,
                (CELL_WIDTH - 0.06) / width,
                (CELL_HEIGHT - 0.08) / height,
            )
            draw_cell(figure.add_axes(box), panel.rows(dose.lever, outcome), outcome)
    for j, words in enumerate(COLUMNS.values()):
        x = (LEFT + (j + 0.46) * CELL_WIDTH) / width
        figure.text(x, (height - TOP + 0.06) / height, words, ha="center", va="bottom", fontsize=8.5)
    _say_header(figure, panel, width, height)
    return figure


def _say_row(figure: Figure, dose: Dose, base: float, width: float, height: float) -> None:
    words = (
        dose.label.replace(" and ", "\nand ")
        .replace("Regional ", "Regional\n")
        .replace("Border ", "Border\n")
    )
    figure.text(0.1 / width, (base + 0.5 * CELL_HEIGHT) / height, words, va="center", fontsize=10.5)


def _say_header(figure: Figure, panel: Panel, width: float, height: float) -> None:
    title = "Dose and response: each policy lever at five levels, and what happens to people"
    figure.text(0.1 / width, 1 - 0.12 / height, title, fontsize=16, weight="bold", va="top")
    period = panel.scenario.document.period
    people = "every person" if panel.scale == 1 else f"1 person in {1 / panel.scale:,.0f}"
    below = (
        "Left to right in each cell: level 0, 1/4, 1/2, 3/4, 1 of the lever, in force from January 2015 to "
        f"{period.end:%B %Y}. Curve: change from level 0 with its 95% interval over {panel.seeds} paired seeds, "
        f"parameters at their defaults, {people} simulated; the number is the change at level 1. The same vertical "
        f"scale everywhere: to scale up to {MINUS}10% and +10% (dotted lines), logarithmic beyond, cut at five times. "
        "From 0: there is none of it at level 0, and the curve is its share of the largest value."
    )
    figure.text(0.1 / width, 1 - 0.47 / height, wrap([below], 330), fontsize=9.5, va="top", linespacing=1.35)
    note = [
        "Orange, thick: more of a harm; blue, thick: less of it; black: clearly more or less of something that is not "
        "in itself good or bad; grey, thin: the interval holds no change, or fewer than 10 simulated people stand "
        "behind it. Each cell is judged by itself: of every forty that do not change, about two may be coloured by "
        "chance. Only chance is shown; uncertain parameters are not drawn here, see docs/comparing.md.",
        "What level 1 is: dose_response.md. Source: Safe Passage, scenario "
        f"{panel.scenario.document.scenario}, revision {panel.revision[:12]}. Comparisons under stated assumptions, "
        "not forecasts. Fewer arrivals are not a protection outcome.",
    ]
    figure.text(0.1 / width, 0.12 / height, wrap(note, 350), fontsize=9.0, va="bottom", linespacing=1.35)


def draw_cell(axes: Axes, rows: pd.DataFrame, outcome: str) -> None:
    """Draw one curve: change from level 0 by level, with its interval and the change at level 1."""
    value, zero = rows["value"].to_numpy(float), float(rows["value"].iloc[0])
    last = rows.iloc[-1]
    sign = find_sign(last)
    colour, width = _look(sign, outcome)
    if zero > 0:
        change, low, high = (rows[name].to_numpy(float) / zero for name in ("difference", "low", "high"))
        words = say_percent(change[-1])
    else:
        largest = max(value.max(), 1e-12)
        change, low, high = (rows[name].to_numpy(float) / largest for name in ("value", "low", "high"))
        words = "from 0" if value.max() > 0 else "none"
    axes.axhline(0.0, color=GREY, linewidth=0.5)
    for line in (-_LINEAR, _LINEAR):
        axes.axhline(float(_scale(line)), color=PALE, linewidth=0.6, linestyle=":")
    if np.isfinite(low).all() and value.max() > 0:
        axes.fill_between(LEVELS, _scale(low), _scale(high), color=colour, alpha=0.18, linewidth=0)
    axes.plot(LEVELS, _scale(change), color=colour, linewidth=width, marker="o", markersize=1.6 * width**0.5)
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(float(_scale(-1.0)) * 1.25, float(_scale(_MOST)) * 1.15)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color(PALE)
    top = change[-1] <= 0.35
    axes.text(
        0.5, 0.95 if top else 0.05, words, transform=axes.transAxes, ha="center", va="top" if top else "bottom",
        fontsize=8.0, color=INK if sign else GREY,
    )  # fmt: skip


def _look(sign: int, outcome: str) -> tuple[str, float]:
    if sign == 0:
        return GREY, 0.9
    wording = OUTCOMES.get(outcome)
    if wording is None or not wording.is_harm:
        return INK, 1.8
    return (VERMILLION if sign > 0 else BLUE), 1.8


def _scale(change: Floats | float) -> Floats:
    """Return heights: to scale within +-10%, logarithmic beyond."""
    return np.asarray(np.arcsinh(np.clip(np.asarray(change, float), -1.0, _MOST) / _LINEAR))


def say_percent(change: float) -> str:
    """Return a relative change: ``+3.4%``, ``-57%``, beyond +400% as a factor."""
    if not math.isfinite(change):
        return ""
    if change > _MOST:
        return (
            f"\N{MULTIPLICATION SIGN}{1 + change:.0f}" if change < 100 else "over \N{MULTIPLICATION SIGN}100"
        )
    size = abs(change) * 100.0
    text = f"{size:.0f}%" if size >= 9.95 else f"{size:.1f}%"
    if text == "0.0%":
        return "0%"
    return f"{'+' if change > 0 else MINUS}{text}"
