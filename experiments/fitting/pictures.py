"""Observed and predicted numbers of every series over time, with where the observed fall among the draws."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from calibration.fit.load import LoadedFit
from experiments.pictures import BLUE, GREY, INK, PALE, house_style, save
from simulation import __version__

_BINS = 10


def write_series(cells: pd.DataFrame, loaded: LoadedFit, folder: Path) -> list[Path]:
    """Draw a picture of every series and return the files.

    Args:
        cells: As ``calibration.checks.predictive.describe_cells`` gives it.
        loaded: The fit, for titles and source.
        folder: Where they go.
    """
    written: list[Path] = []
    for name, rows in cells.groupby("series", sort=False):
        slug = re.sub(r"\W+", "_", str(name)).strip("_")
        written += _draw(str(name), rows, loaded, folder / f"series_{slug}")
    return written


def _draw(name: str, rows: pd.DataFrame, loaded: LoadedFit, path: Path) -> list[Path]:
    document = loaded.document
    seen = rows[rows["observed"].notna()]
    inside = ((seen["observed"] >= seen["low"]) & (seen["observed"] <= seen["high"])).mean()
    title = f"{name}: observed, and what the fitted model would give"
    text = (
        f"{len(seen)} windows from {rows['from'].min():%Y-%m-%d} to {rows['to'].max():%Y-%m-%d}; {inside:.0%} of what "
        "was observed lies in the 90% posterior predictive intervals. The small chart counts where observed numbers "
        "fall among the draws: flat where the model scatters as the data do. Months were fitted, not forecast. "
        f"Source: Safe Passage {__version__}, fit {document.fit}, scenario {loaded.scenario.document.scenario}."
    )
    with house_style():
        figure, (axis, side) = plt.subplots(
            1, 2, figsize=(8.0, 3.2), width_ratios=[4, 1], layout="constrained"
        )
        middle = rows["from"] + (rows["to"] - rows["from"]) / 2
        axis.fill_between(middle, rows["low"], rows["high"], color=PALE, linewidth=0, label="90% of draws")
        axis.plot(middle, rows["median"], color=BLUE, linewidth=1.0, label="median of draws")
        axis.plot(middle, rows["observed"], ".", color=INK, markersize=4, label="observed")
        axis.set_ylim(bottom=0)
        axis.set_title(title, loc="left", fontsize=9)
        axis.legend(frameon=False, fontsize=7.5)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(axis="x", rotation=30)
        counts, edges = np.histogram(rows["pit"].dropna(), bins=_BINS, range=(0, 1))
        side.bar(edges[:-1], counts, width=1 / _BINS, align="edge", color=GREY, edgecolor="white")
        side.axhline(len(seen) / _BINS, color=INK, linewidth=0.8)
        side.set_title("observed among draws", loc="left", fontsize=8)
        side.spines[["top", "right"]].set_visible(False)
        found = save(figure, path, title, text)
        plt.close(figure)
    return found
