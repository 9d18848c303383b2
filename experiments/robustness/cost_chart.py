"""The cost-effectiveness plane: what each package costs beyond the baseline, and the harm that it prevents."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pictures import GREY, INK, PALE, wrap
from experiments.robustness.charts import CONTEXT, NOTE_LETTERS_AN_INCH, say_harm
from experiments.wording import MINUS

WIDTH = 13.0
N_COLUMNS = 3
PANEL, GAP, TOP = 2.35, 0.62, 1.05
MILLION = 1e6
# Okabe and Ito (2008) without the two colours that mean more and fewer elsewhere; told apart by shape as well.
COLOURS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", INK, "#A6761D", GREY)
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
KEYS_A_LINE = 4
KEY_INCHES = 0.25


def draw_plane(plane: pd.DataFrame, bought: pd.DataFrame, source: str) -> Figure:
    """Return the planes of all harms: one panel a harm, one colour and shape a package.

    Args:
        plane: ``budget_table.PLANE_COLUMNS``, every draw.
        bought: ``budget_table.BOUGHT_COLUMNS``, means with intervals.
        source: The line that says where the numbers come from.
    """
    harms, arms = list(dict.fromkeys(bought["harm"])), list(dict.fromkeys(bought["arm"]))
    n_lines = -(-len(harms) // N_COLUMNS)
    notes = wrap([_say_how(int(bought["draws"].max())), source], int(NOTE_LETTERS_AN_INCH * WIDTH))
    bottom = 0.75 + 0.152 * len(notes.splitlines())
    top = TOP + KEY_INCHES * -(-len(arms) // KEYS_A_LINE)
    height = top + n_lines * PANEL + (n_lines - 1) * GAP + bottom
    figure = Figure(figsize=(WIDTH, height))
    left, between = 0.068, 0.062
    width = (0.985 - left - between * (N_COLUMNS - 1)) / N_COLUMNS
    for number, harm in enumerate(harms):
        line, column = divmod(number, N_COLUMNS)
        y = height - top - (line + 1) * PANEL - line * GAP
        axes = figure.add_axes((left + column * (width + between), y / height, width, PANEL / height))
        _draw_panel(axes, plane[plane["harm"] == harm], bought[bought["harm"] == harm], arms)
        axes.set_title(say_harm(harm), size=9.5, loc="left", weight="bold", color=INK, pad=4)
        if line == n_lines - 1 or number + N_COLUMNS >= len(harms):
            axes.set_xlabel("extra cost, million USD", size=8.5, color=INK)
        if column == 0:
            axes.set_ylabel("harm prevented", size=8.5, color=INK)
    title = "What packages cost beyond the baseline, and the harm that they prevent"
    figure.text(0.02, 1 - 0.32 / height, title, size=15, weight="bold", color=INK, va="center")
    _draw_key(figure, arms, height)
    figure.text(0.02, 0.14 / height, notes, size=8, color=INK, va="bottom", linespacing=1.35)
    return figure


def _draw_panel(axes: Axes, plane: pd.DataFrame, bought: pd.DataFrame, arms: list[str]) -> None:
    axes.axhline(0, color=INK, lw=0.7)
    axes.axvline(0, color=INK, lw=0.7)
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=8, colors=INK, length=2)
    axes.grid(color=PALE, lw=0.4)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(lambda y, _: _say_tick(y))
    axes.xaxis.set_major_formatter(lambda x, _: _say_tick(x))
    axes.locator_params(nbins=5)
    for number, arm in enumerate(arms):
        colour, shape = choose_look(number)
        draws = plane[plane["arm"] == arm]
        cost, prevented = draws["extra_usd"] / MILLION, draws["prevented"]
        axes.plot(cost, prevented, shape, ms=2.6, mfc=colour, mec="none", alpha=0.45, zorder=2)
        mean = bought[bought["arm"] == arm].iloc[0]
        at = mean["extra_usd"] / MILLION, mean["prevented"]
        for ends, along in ((("extra_low", "extra_high"), 0), (("prevented_low", "prevented_high"), 1)):
            low, high = (float(mean[end]) / (MILLION if along == 0 else 1.0) for end in ends)
            if np.isfinite([low, high]).all():
                x, y = ([low, high], [at[1]] * 2) if along == 0 else ([at[0]] * 2, [low, high])
                axes.plot(x, y, color=colour, lw=1.6, zorder=3)
        axes.plot(*at, shape, ms=6.5, mfc=colour, mec="white", mew=0.8, zorder=4)
    axes.margins(0.06)
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        axis.set_ticks([tick for tick in axis.get_majorticklocs() if low <= tick <= high])


def choose_look(number: int) -> tuple[str, str]:
    """Return colour and shape of a package; no two among 84 are the same."""
    return COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]


def _draw_key(figure: Figure, arms: list[str], height: float) -> None:
    share = 0.96 / KEYS_A_LINE
    for number, arm in enumerate(arms):
        line, column = divmod(number, KEYS_A_LINE)
        y = 1 - (0.72 + line * KEY_INCHES) / height
        colour, shape = choose_look(number)
        axes = figure.add_axes((0.02 + column * share, y - 0.08 / height, 0.012, 0.16 / height))
        axes.axis("off")
        axes.plot(0, 0, shape, ms=6.5, mfc=colour, mec="white", mew=0.8)
        figure.text(0.036 + column * share, y, arm.replace("_", " "), size=9, color=INK, va="center")


def _say_tick(number: float) -> str:
    if number == 0:
        return "0"
    size = abs(number)
    said = f"{size / MILLION:g} million" if size >= MILLION else f"{size:,.6g}"
    return (MINUS if number < 0 else "") + said


def _say_how(n: int) -> str:
    return (
        f"How to read: small marks are the {n} joint draws of the uncertain parameters, unit costs among them; large "
        "marks are means with the 95% intervals of the means. Above the line: less harm than in the baseline; right of "
        "it: dearer. Each panel has its own scale, and harms are not added up. Money is an approximation: units used "
        "times unit costs from the sources and ranges of unit_costs.csv, some of them assumed; what people themselves "
        f"pay is not in it. Totals also fall when fewer people move. {CONTEXT}"
    )
