"""The example notebook runs from top to bottom, and its results show themselves."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "notebooks" / "first_comparison.ipynb"


@pytest.fixture(scope="module")
def shown() -> list[str]:
    """What the last line of each cell shows, as HTML; cells run in order in one namespace."""
    page = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    found = []
    for number, cell in enumerate(cell for cell in page["cells"] if cell["cell_type"] == "code"):
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {number}", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)
            found.append(value._repr_html_())
    return found


def test_the_notebook_is_kept_without_outputs():
    page = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert page["nbformat"] == 4
    assert len({cell["id"] for cell in page["cells"]}) == len(page["cells"])
    assert all(cell["outputs"] == [] for cell in page["cells"] if cell["cell_type"] == "code")


def test_a_run_a_comparison_and_a_table_show_themselves(shown):
    run, comparison, table = shown
    assert "One run, seed 7" in run
    assert re.search(r"deaths</th><td>[\d,]+", run)
    assert 'data-outcome="deaths"' in comparison
    assert comparison.index('data-outcome="deaths"') < comparison.index('data-outcome="arrivals"')
    assert "<svg" in comparison
    assert "difference_low" in table
