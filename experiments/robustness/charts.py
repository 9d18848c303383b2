"""Pictures of the ranking: shares of being best as a matrix of harms and packages, and regret as small multiples."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.pareto import TOTAL
from experiments.pictures import GREY, INK, PALE, wrap
from experiments.robustness.harm_values import say_basis
from experiments.robustness.ranking import HIGH_QUANTILE
from experiments.weights import INDEX
from experiments.wording import say_outcome

WIDTH = 13.0
LABEL_INCHES, COLUMN_INCHES = 3.05, 1.06
LETTERS_AN_INCH, NOTE_LETTERS_AN_INCH = 12.2, 16.5
"""Of headings, and of the notes below a picture: few enough for wide letters."""
SHADES = LinearSegmentedColormap.from_list("shares", ["#FFFFFF", "#56B4E9"])
"""White to Okabe and Ito's sky blue: a share, neither good nor bad."""
BEST_COLUMNS = [
    "basis",
    "harm",
    "arm",
    "draws",
    "best",
    "best_low",
    "best_high",
    "may_be_best",
    "fewer_than_10",
]
REGRET_COLUMNS = [
    "basis", "harm", "arm", "draws", "regret_mean", "regret_p90", "regret_max",
    "regret_mean_share", "regret_p90_share", "regret_max_share", "may_be_best", "fewer_than_10",
]  # fmt: skip
CONTEXT = "Fewer arrivals are no protection outcome and no criterion here."
MANY_TIMES = 2.0
"""Axis of regret ends here, at twice the baseline's mean harm; what lies beyond has an arrow and its number."""


def draw_best(table: pd.DataFrame, basis: str, source: str) -> Figure:
    """Return the matrix of harms (rows) and arms (columns): in which share of the draws each arm is best.

    Args:
        table: ``robustness_table.COLUMNS``.
        basis: One of its bases.
        source: The line that says where the numbers come from.
    """
    rows = table[table["basis"] == basis]
    harms, arms = list(dict.fromkeys(rows["harm"])), list(dict.fromkeys(rows["arm"]))
    width = max(WIDTH, LABEL_INCHES + COLUMN_INCHES * len(arms) + 0.2)
    column = (width - LABEL_INCHES - 0.2) / len(arms)
    heads = [say_arm(arm, int(LETTERS_AN_INCH * column)) for arm in arms]
    row_inches, top = 0.52, 1.0 + 0.17 * max(head.count("\n") + 1 for head in heads)
    notes = wrap([_say_best(rows), source], int(NOTE_LETTERS_AN_INCH * width))
    bottom = 0.3 + 0.152 * len(notes.splitlines())
    height = top + row_inches * len(harms) + bottom
    figure = Figure(figsize=(width, height))
    body = row_inches * len(harms) / height
    axes = figure.add_axes((LABEL_INCHES / width, bottom / height, column * len(arms) / width, body))
    axes.set(xlim=(0, len(arms)), ylim=(len(harms), 0), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for row in rows.to_dict("records"):
        _draw_cell(axes, row, arms.index(row["arm"]), harms.index(row["harm"]))
    for y, harm in enumerate(harms):
        axes.text(-0.15 / column, y + 0.5, say_harm(harm), ha="right", va="center", size=9.5, color=INK)
    for x, head in enumerate(heads):
        axes.text(x + 0.5, -0.12, head, ha="center", va="bottom", size=9.0, color=INK)
    title = f"Which package has the least harm, draw by draw ({say_basis(basis)})"
    figure.text(0.02, 1 - 0.32 / height, title, size=15, weight="bold", color=INK, va="center")
    figure.text(0.02, 1 - 0.64 / height, say_winner(table, basis), size=10, color=INK, va="center")
    figure.text(0.02, 0.14 / height, notes, size=8, color=INK, va="bottom", linespacing=1.35)
    return figure


def say_winner(table: pd.DataFrame, basis: str) -> str:
    """Return whether one arm has the least of every harm, by means over draws."""
    rows = table[(table["basis"] == basis) & (table["harm"] != INDEX)]
    harms = list(dict.fromkeys(rows["harm"]))
    least = rows["level"] == rows.groupby("harm")["level"].transform("min")
    wins = rows[least].groupby("arm", sort=False)["harm"].nunique()
    if wins.empty:
        return "No harm happened in any draw."
    all_of_them = [str(arm) for arm, n in wins.items() if n == len(harms)]
    if all_of_them:
        return f"By means over draws, {say_list(all_of_them)} has the least of all {len(harms)} harms."
    most = wins.max()
    leaders = [str(arm) for arm, n in wins.items() if n == most]
    return (
        f"No package is best on all harms: by means over draws, {say_list(leaders)} "
        f"{'has' if len(leaders) == 1 else 'have'} the least of {most} of {len(harms)}"
        f"{'' if len(leaders) == 1 else ' each'}."
    )


def say_list(arms: list[str]) -> str:
    """Return names as a list in words."""
    said = [arm.replace("_", " ") for arm in arms]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def draw_regret(table: pd.DataFrame, basis: str, source: str) -> Figure:
    """Return regret as small multiples, one panel a harm, one line an arm: mean, nine draws in ten, largest."""
    rows = table[table["basis"] == basis]
    harms, arms = list(dict.fromkeys(rows["harm"])), list(dict.fromkeys(rows["arm"]))
    n_columns = 3
    n_lines = -(-len(harms) // n_columns)
    panel, gap, top = 0.30 * len(arms) + 0.15, 0.62, 1.25
    notes = wrap([_say_regret(rows), source], int(NOTE_LETTERS_AN_INCH * WIDTH))
    bottom = 0.55 + 0.152 * len(notes.splitlines())
    height = top + n_lines * (panel + gap) - gap + bottom
    figure = Figure(figsize=(WIDTH, height))
    left, between = 0.165, 0.035
    width = (0.972 - left - between * (n_columns - 1)) / n_columns
    most = min(max(float(rows["regret_max_share"].max()), 0.05) * 1.04, MANY_TIMES)
    for number, harm in enumerate(harms):
        line, column = divmod(number, n_columns)
        y = height - top - (line + 1) * panel - line * gap
        axes = figure.add_axes((left + column * (width + between), y / height, width, panel / height))
        of_harm = {row["arm"]: row for row in rows[rows["harm"] == harm].to_dict("records")}
        _draw_panel(axes, [of_harm[arm] for arm in arms], say_harm(harm), most)
        if column == 0:
            for place, arm in enumerate(arms):
                said = arm.replace("_", " ")
                axes.text(-0.02 * most, place, said, ha="right", va="center", size=8.5, color=INK)
    title = f"Regret: harm above the best package of the same draw ({say_basis(basis)})"
    figure.text(0.02, 1 - 0.32 / height, title, size=15, weight="bold", color=INK, va="center")
    below = "As a share of the baseline's mean harm. 0: in no draw would another of these packages have been better."
    figure.text(0.02, 1 - 0.64 / height, below, size=10, color=INK, va="center")
    figure.text(0.02, 0.14 / height, notes, size=8, color=INK, va="bottom", linespacing=1.35)
    return figure


def say_harm(harm: str) -> str:
    """Return a harm's name; the user's own sum is marked as theirs."""
    return "Sum by the user's own weights" if harm == INDEX else say_outcome(harm)


def say_arm(arm: str, width: int) -> str:
    """Return an arm's name on as many lines as needed."""
    return "\n".join(textwrap.wrap(arm.replace("_", " "), width))


def _draw_cell(axes: Axes, row: dict[Hashable, Any], x: int, y: int) -> None:
    may = bool(row["may_be_best"])
    box = Rectangle((x + 0.03, y + 0.06), 0.94, 0.88, facecolor=SHADES(row["best"]), edgecolor=PALE, lw=0.6)
    axes.add_patch(box)
    style: dict[str, Any] = {"ha": "center", "va": "center", "color": INK if may else "#555555"}
    star = " *" if row["fewer_than_10"] else ""
    weight = "bold" if may else "normal"
    axes.text(x + 0.5, y + 0.36, f"{row['best']:.0%}{star}", size=10.5, weight=weight, **style)
    ends = f"{row['best_low']:.0%} to {row['best_high']:.0%}"
    axes.text(x + 0.5, y + 0.70, ends, size=7.5, **style)


def _draw_panel(axes: Axes, rows: list[dict[Hashable, Any]], title: str, most: float) -> None:
    axes.set(xlim=(0, most), ylim=(len(rows) - 0.5, -0.5), yticks=[])
    axes.set_title(title, size=9.5, loc="left", weight="bold", color=INK, pad=4)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", labelsize=8, colors=INK, length=2)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:.0%}")
    axes.set_xticks(_choose_ticks(most))
    axes.axvline(0, color=INK, lw=0.8)
    for place, row in enumerate(rows):
        mean, high, largest = (row[f"regret_{name}_share"] for name in ("mean", "p90", "max"))
        if not row["regret_max"] > 0:
            axes.plot(0, place, "o", ms=5.0, mfc=INK, mec=INK, clip_on=False, zorder=3)
            continue
        axes.plot([0, min(largest, most)], [place, place], color=GREY, lw=0.8, zorder=1)
        axes.plot([0, min(high, most)], [place, place], color=PALE, lw=6.0, solid_capstyle="butt", zorder=2)
        end = "|" if largest <= most else ">"
        axes.plot(min(largest, most), place, end, color=GREY, ms=7, zorder=3, clip_on=False)
        if largest > most:
            axes.annotate(
                f"{largest:.0%}",
                (most, place),
                (-5, 5),
                textcoords="offset points",
                ha="right",
                size=7,
                color=INK,
            )
        fill = INK if row["may_be_best"] else "white"
        axes.plot(min(mean, most), place, "o", ms=5.0, mfc=fill, mec=INK, mew=1.0, clip_on=False, zorder=4)


def _choose_ticks(most: float) -> list[float]:
    """Return round shares from 0 to ``most``, at most six."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if most / step < 6)
    return [number * step for number in range(int(most / step + 1e-9) + 1)]


def _say_best(rows: pd.DataFrame) -> str:
    n = int(rows["draws"].max())
    return (
        f"How to read: share of {n} joint draws of the uncertain parameters in which the package has the least of the "
        "harm; packages that tie share a draw. Small: 95% interval of the share, for the finite number of draws "
        "(Wilson). Bold: may have the least expected harm; the others are ruled out at 5% for each harm by itself "
        "(paired t tests, Bonferroni). A draw has its own luck: a difference of a few people counts. Harms are not "
        f"added up. {_say_total(rows)}* rests on fewer than 10 simulated people. {CONTEXT}"
    )


def _say_regret(rows: pd.DataFrame) -> str:
    n = int(rows["draws"].max())
    return (
        f"How to read: in each of {n} joint draws, regret is the harm of the package minus the least harm of any of "
        f"the packages (Savage 1951). Dot: mean. Pale bar: ends at the {HIGH_QUANTILE:.0%} quantile of the draws. End "
        "of the thin line: the largest. Filled: may have the least expected harm; hollow: ruled out at 5%. The same "
        "scale in all panels. Regret depends on which packages are compared. Harms are not added up. "
        f"{_say_total(rows)}{CONTEXT}"
    )


def _say_total(rows: pd.DataFrame) -> str:
    if rows["basis"].iloc[0] == TOTAL:
        return "Totals also fall when fewer people move: see the same per 1,000 journeys. "
    return "Per journey, whoever no longer moves is not counted: see the same in all. "
