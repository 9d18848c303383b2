"""Writes a results page: ``python -m experiments.results_page PLAN FOLDER [docs/results]``."""

from __future__ import annotations

import sys
from pathlib import Path

from experiments.results_page.read import read_study
from experiments.results_page.write import write_results_page
from simulation.errors import SafePassageError

PAGES = Path("docs/results")


def main(arguments: list[str]) -> int:
    """Write the page of a plan file and its experiment folder; 0 if done, 2 with one message if not."""
    if len(arguments) not in (2, 3):
        sys.stderr.write("usage: python -m experiments.results_page PLAN FOLDER [docs/results]\n")
        return 2
    pages = Path(arguments[2]) if len(arguments) == 3 else PAGES
    try:
        page = write_results_page(read_study(Path(arguments[0]), Path(arguments[1])), pages)
    except SafePassageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"wrote {page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
