"""Writing a results page: the order of its parts, its pictures, and a text that is whole or absent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.execution.files import readable_errors, replacing, write_csv
from experiments.results_page.background import (
    write_evidence,
    write_limits,
    write_packages,
    write_repeat,
    write_runs,
)
from experiments.results_page.headlines import write_moved, write_pareto, write_people
from experiments.results_page.robust_sections import (
    find_driver_pictures,
    write_drivers,
    write_failures,
    write_money,
    write_ranking,
)
from experiments.results_page.short import write_short
from experiments.results_page.study import Study
from experiments.robustness.pictures import draw_pictures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 110
PARTS = (
    write_short, write_packages, write_runs, write_people, write_moved, write_pareto, write_ranking, write_money,
    write_failures, write_drivers, write_evidence, write_repeat, write_limits,
)  # fmt: skip


ABOUT_DRIVERS = (
    write_packages, write_runs, write_drivers, write_evidence, write_repeat, write_limits
)  # fmt: skip
"""Parts of a page about a design made for sensitivity."""


def write_page(study: Study) -> str:
    """Return the page; the same study gives the same text."""
    lines = [
        f"# {study.title}\n",
        f"{study.question.strip()}\n",
        f"Made by `{study.command}`; do not edit.\n",
    ]
    for part in ABOUT_DRIVERS if study.is_screening else PARTS:
        lines += part(study)
    return "\n".join(lines).rstrip() + "\n"


def write_results_page(study: Study, results: Path) -> Path:
    """Write results/NAME.md and its pictures in results/NAME/, each with its text and data, and return the page.

    Args:
        study: What is told.
        results: Folder of pages, such as docs/results; made if it is not there.

    Raises:
        ResultError: Something cannot be written.
    """
    page, folder = results / f"{study.name}.md", results / study.folder
    with readable_errors(page):
        folder.mkdir(parents=True, exist_ok=True)
        for path in _draw_all(study, folder):
            path.stat()
        with replacing(page) as temporary:
            temporary.write_text(write_page(study), encoding="utf-8")
    return page


def _draw_all(study: Study, folder: Path) -> Iterator[Path]:
    """Draw every picture of the page and yield the paths."""
    from experiments.pictures import house_style  # noqa: PLC0415 - matplotlib only when something is drawn

    with house_style():
        for picture in draw_pictures(study.comparison.plan, study.tables):
            yield write_csv(picture.data, folder / f"{picture.name}.csv")
            yield _save(picture.figure, folder / f"{picture.name}.png", picture.title)
            text = folder / f"{picture.name}.txt"
            text.write_text(f"{picture.title}\n\n{picture.text}\n", encoding="utf-8")
            yield text
    if study.sensitivity is not None:
        for path in find_driver_pictures(study.sensitivity):
            (folder / path.name).write_bytes(path.read_bytes())
            yield folder / path.name


def _save(figure: Figure, path: Path, title: str) -> Path:
    figure.savefig(path, dpi=DPI, metadata={"Title": title, "Software": "Safe Passage"})
    return path
