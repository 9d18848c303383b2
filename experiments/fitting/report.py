"""The report of a fit: a page in Markdown that says what was fitted, what it says, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from calibration.checks.convergence import describe_trouble
from calibration.fit.run import Fit
from experiments.execution.files import replacing

TOLD, UNTOLD = 0.5, 0.1
"""Contraction above which a number is called told by the data, and below which untold."""


def write_report(
    fit: Fit,
    parameters: pd.DataFrame,
    years: pd.DataFrame,
    convergence: pd.DataFrame,
    joint_p: float | None,
    path: Path,
) -> None:
    """Write the report; tables as ``calibration.checks`` makes them."""
    lines = [
        *_head(fit),
        *_emulator(fit),
        *_draws(fit, convergence, joint_p),
        *_years(years),
        *_parameters(parameters),
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _head(fit: Fit) -> Iterator[str]:
    document, cells = fit.loaded.document, fit.loaded.observation.cells
    yield f"# {document.title}\n"
    yield f"{document.description}\n" if document.description else ""
    yield (
        f"Fit `{document.fit}`: scenario {fit.loaded.scenario.document.scenario}, "
        f"{fit.loaded.scenario.document.period.start} to {document.until}; {len(cells)} observed numbers in "
        f"{len(set(cells.series_of.tolist()))} series; {fit.loaded.space.n_fitted} factors of the model and "
        f"{len(fit.loaded.observation.names)} numbers of the observation model. The posterior holds under this model "
        "and this observation model; months that were fitted are no test of forecasts.\n"
    )


def _emulator(fit: Fit) -> Iterator[str]:
    yield "## Runs and emulator\n"
    yield "| wave | new runs | failed so far | components | cells of runs left out in 90% intervals | prior left |"
    yield "|---|---|---|---|---|---|"
    for number, wave in enumerate(fit.training.waves, start=1):
        yield (
            f"| {number} | {wave.runs} | {wave.failed} | {wave.components} | {wave.coverage:.0%} | "
            f"{wave.share_left:.2%} |"
        )
    unknown = fit.training.emulator.uncertainty
    yield (
        f"\nStandard deviation of log cells, mean over cells: {unknown.parameter.mean():.3f} not known of the "
        f"components, {unknown.truncation.mean():.3f} left out with the others, {unknown.run_noise.mean():.3f} luck of "
        "one run at the scale of the runs, which is averaged out.\n"
    )


def _draws(fit: Fit, convergence: pd.DataFrame, joint_p: float | None) -> Iterator[str]:
    yield "## Draws\n"
    yield (
        f"{len(fit.posterior):,} draws; largest R-hat {convergence['r_hat'].max():.3f}, fewest effective draws "
        f"{convergence['effective_draws'].min():,.0f} of {fit.chains.log_density.size:,} steps; "
        f"{fit.chains.accepted:.0%} of steps moved.\n"
    )
    if trouble := describe_trouble(convergence):
        yield f"**{trouble}**\n"
    if joint_p is not None:
        yield f"Synthetic twins: joint test of uniform ranks p = {joint_p:.3f} (twins.csv has the coverage).\n"


def _years(years: pd.DataFrame) -> Iterator[str]:
    yield "## Yearly totals\n"
    yield "Shares and people present are averages of the year's windows.\n"
    yield "| series | year | observed | 5% | median | 95% | inside | 95% over 5% |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in years.to_dict("records"):
        observed, low, median, high = (float(row[name]) for name in ("observed", "low", "median", "high"))
        digits = 2 if row["kind"] == "share" else 0
        numbers = " | ".join(_say_count(number, digits) for number in (observed, low, median, high))
        inside = "yes" if low <= observed <= high else "**no**"
        yield f"| {row['series']} | {row['from']:%Y} | {numbers} | {inside} | {float(row['ratio']):.1f} |"
    yield ""


def _say_count(number: float, digits: int) -> str:
    """Return a number in words; small counts of people are not echoed."""
    return "<10" if digits == 0 and 0 < number < 10 else f"{number:,.{digits}f}"


def _parameters(parameters: pd.DataFrame) -> Iterator[str]:
    yield "## What the data tell of each number\n"
    yield (
        "Quantiles of the prior at which the posterior stands: 0.5 is the best estimate. Contraction is 0 where the "
        "data tell nothing and 1 where they tell all; directions.csv has the combinations.\n"
    )
    yield "| number | 5% | median | 95% | contraction |"
    yield "|---|---|---|---|---|"
    for row in parameters.sort_values("contraction", ascending=False).to_dict("records"):
        numbers = " | ".join(f"{float(row[name]):.2f}" for name in ("low", "median", "high", "contraction"))
        yield f"| {row['name']} | {numbers} |"
    untold = parameters.loc[parameters["contraction"] < UNTOLD, "name"]
    told = parameters.loc[parameters["contraction"] > TOLD, "name"]
    yield (
        f"\nOf {len(parameters)} numbers, {len(told)} are told by the data (contraction above {TOLD:g}) and "
        f"{len(untold)} are hardly told (below {UNTOLD:g}): {', '.join(untold) or 'none'}."
    )
