"""Writing what drives a plan's outcomes: tables, charts and their text, each whole or absent."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from experiments.design import Design
from experiments.execution.files import readable_errors, write_csv
from experiments.pictures import house_style, save
from experiments.plan import Plan
from experiments.sensitivity.analyse import FACTORS, INDICES, OUTCOMES, PAIRS, Sensitivity
from experiments.sensitivity.drivers import build_sections, describe_drivers
from experiments.sensitivity.picture import draw_drivers


def write_sensitivity(
    plan: Plan, found: Sensitivity, design: Design, folder: Path, *, pictures: bool = True
) -> Sensitivity:
    """Write the tables, and a chart a variant (drivers_VARIANT.png, .svg, .txt); return the same with its paths.

    Raises:
        ResultError: The folder cannot be written.
    """
    paths: list[Path] = []
    tables = {INDICES: found.indices, OUTCOMES: found.outcomes, FACTORS: found.factors}
    if len(found.pairs):
        tables[PAIRS] = found.pairs
    with readable_errors(folder):
        for name, table in tables.items():
            paths.append(write_csv(table, folder / name))
        for variant in plan.variants if pictures else ():
            paths += _write_chart(plan, variant.document.scenario, found, design, folder)
    return dataclasses.replace(found, paths=tuple(paths))


def _write_chart(plan: Plan, arm: str, found: Sensitivity, design: Design, folder: Path) -> list[Path]:
    """Write one chart under temporary names first, so that none is ever seen half drawn."""
    sections = build_sections(found, arm)
    baseline = plan.baseline.document.scenario
    text = "\n".join(describe_drivers(sections, baseline, arm, design))
    with house_style():
        figure = draw_drivers(plan, arm, sections, design)
        title = f"Which assumptions drive the difference between {baseline} and {arm}"
        drawn = save(figure, folder / f".drivers_{arm}", title, text)
    return [path.replace(path.with_name(path.name.removeprefix("."))) for path in drawn]
