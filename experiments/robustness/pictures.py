"""Writing the analyses: tables as CSV, and pictures each with the data behind it and the same in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from experiments.execution.files import write_csv
from experiments.plan import Plan
from experiments.robustness.harm_values import say_basis
from experiments.robustness.tables import BOUGHT, PLANE, ROBUSTNESS, Tables
from simulation import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Picture(NamedTuple):
    """A picture and what stands beside it.

    Attributes:
        name: Name of its files, without what follows the point.
        title: Title.
        figure: The picture.
        data: The numbers that it shows.
        text: The same in sentences, for those who cannot see it.
    """

    name: str
    title: str
    figure: Figure
    data: pd.DataFrame
    text: str


def write_analyses(plan: Plan, tables: Tables, folder: Path, *, pictures: bool = True) -> list[Path]:
    """Write tables as NAME.csv and pictures as NAME.png, .svg and .txt, and return the paths.

    Each table is whole or absent.

    Args:
        plan: The plan that was run.
        tables: What the analyses gave, see ``experiments.robustness.tables``.
        folder: An existing folder.
        pictures: Whether to draw.
    """
    written = [write_csv(table, folder / f"{name}.csv") for name, table in tables.items()]
    if not pictures:
        return written
    from experiments.pictures import house_style, save  # noqa: PLC0415 - matplotlib only when something is drawn

    with house_style():
        for picture in draw_pictures(plan, tables):
            if picture.name not in tables:
                written.append(write_csv(picture.data, folder / f"{picture.name}.csv"))
            written += save(picture.figure, folder / picture.name, picture.title, picture.text)
    return written


def draw_pictures(plan: Plan, tables: Tables) -> Iterator[Picture]:
    """Yield the pictures that the tables allow; call inside ``house_style``."""
    source = describe_plan(plan)
    if ROBUSTNESS in tables:
        yield from _draw_ranking(tables[ROBUSTNESS], source)
    if BOUGHT in tables and len(tables[BOUGHT]):
        from experiments.robustness.cost_chart import draw_plane  # noqa: PLC0415

        title = "What packages cost beyond the baseline, and the harm that they prevent"
        figure = draw_plane(tables[PLANE], tables[BOUGHT], source)
        yield Picture(PLANE, title, figure, tables[PLANE], describe_plane(tables[BOUGHT], source))


def describe_plan(plan: Plan) -> str:
    """Return the source line of a picture of all arms."""
    period = plan.baseline.document.period
    people = "every person (1:1)" if plan.scale == 1 else f"1 person in {round(1 / plan.scale, 1):g}"
    since = f"; counted from {plan.since.replace(day=1):%-d %B %Y}" if plan.since else ""
    return (
        f"Source: Safe Passage {__version__}; baseline {plan.baseline.document.scenario}; journeys started "
        f"{period.start:%-d %B %Y} to {period.departures_end:%-d %B %Y}, followed to {period.end:%-d %B %Y}{since}; "
        f"{people} simulated; {plan.replicates} draws of the parameters, shared by all packages; seed {plan.seed}. "
        "Results compare policies under stated assumptions; they are not forecasts."
    )


def describe_best(table: pd.DataFrame, basis: str, source: str) -> str:
    """Return the matrix of being best in sentences."""
    from experiments.robustness.charts import say_harm, say_winner  # noqa: PLC0415

    rows = table[table["basis"] == basis]
    lines = [f"A matrix of harms and packages, {say_basis(basis)}.", say_winner(table, basis)]
    for harm, of_harm in rows.groupby("harm", sort=False):
        said = [
            f"{row['arm']} {row['best']:.0%} ({row['best_low']:.0%} to {row['best_high']:.0%}"
            f"{'' if row['may_be_best'] else ', ruled out as best in expectation'})"
            for row in of_harm.to_dict("records")
        ]
        lines.append(f"- {say_harm(str(harm))}: best in " + "; ".join(said) + " of the draws.")
    return "\n".join([*lines, source])


def describe_regret(table: pd.DataFrame, basis: str, source: str) -> str:
    """Return the picture of regret in sentences."""
    from experiments.robustness.charts import say_harm  # noqa: PLC0415

    rows = table[table["basis"] == basis]
    lines = [
        f"Regret as a share of the baseline's mean harm, {say_basis(basis)}: mean, nine draws in ten, largest."
    ]
    for harm, of_harm in rows.groupby("harm", sort=False):
        said = [
            f"{row['arm']} {row['regret_mean_share']:.1%}, {row['regret_p90_share']:.1%}, {row['regret_max_share']:.1%}"
            for row in of_harm.to_dict("records")
        ]
        lines.append(f"- {say_harm(str(harm))}: " + "; ".join(said) + ".")
    return "\n".join([*lines, source])


def describe_plane(bought: pd.DataFrame, source: str) -> str:
    """Return the cost-effectiveness plane in sentences."""
    from experiments.robustness.budget_words import say_bought  # noqa: PLC0415

    lines = ["Extra cost against harm prevented, a panel a harm."]
    lines += [f"- {say_bought(row)}" for row in bought.to_dict("records")]
    return "\n".join([*lines, source])


def _draw_ranking(table: pd.DataFrame, source: str) -> Iterator[Picture]:
    from experiments.robustness.charts import (  # noqa: PLC0415
        BEST_COLUMNS,
        REGRET_COLUMNS,
        draw_best,
        draw_regret,
    )

    for basis in dict.fromkeys(table["basis"]):
        rows = table[table["basis"] == basis]
        title = f"Which package has the least harm, draw by draw ({say_basis(basis)})"
        text = describe_best(table, basis, source)
        yield Picture(f"best_{basis}", title, draw_best(table, basis, source), rows[BEST_COLUMNS], text)
        title = f"Regret: harm above the best package of the same draw ({say_basis(basis)})"
        text = describe_regret(table, basis, source)
        yield Picture(f"regret_{basis}", title, draw_regret(table, basis, source), rows[REGRET_COLUMNS], text)
