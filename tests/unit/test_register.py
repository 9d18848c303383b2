"""The register of numbers agrees with the shipped tables and with the code, and leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation.spec.describe import WEAK
from simulation.spec.load import load_scenario
from simulation.spec.models import PARAMETER_NAMES, Scenario
from simulation.spec.register import PAGE, SHIPPED, build_register, find_uses, write_register


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(SHIPPED)


@pytest.fixture(scope="module")
def page(scenario: Scenario) -> str:
    return build_register(scenario)


def test_the_published_register_is_in_step(tmp_path: Path) -> None:
    write_register(tmp_path / "page.md")
    made = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "docs/parameters.md is out of step: run `make reference`"


@pytest.mark.parametrize("name", PARAMETER_NAMES)
def test_every_parameter_is_used_by_the_model(name: str) -> None:
    assert find_uses(name)


def test_a_name_that_nothing_uses_is_found_nowhere() -> None:
    assert find_uses("no_such_number") == []


def section(page: str, title: str) -> str:
    """Return what stands under a heading of the page."""
    _, heading, rest = page.partition(f"\n## {title}")
    assert heading
    return rest.partition("\n## ")[0]


def test_every_parameter_is_listed_once_under_its_support(scenario: Scenario, page: str) -> None:
    firm, weak = section(page, "Parameters with support"), section(page, "Weakly supported parameters")
    for row in scenario.parameters:
        line = f"\n| `{row.name}` | {row.value:.6g} | {row.low:.6g} to {row.high:.6g} |"
        assert (line in weak) == (row.confidence in WEAK)
        assert (line in firm) == (row.confidence not in WEAK)


def test_confidences_of_each_table_add_up(scenario: Scenario, page: str) -> None:
    overview = section(page, "Tables, by how sure we are")
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in overview.splitlines() if "`" in line
    ]
    assert len(lines) >= 10
    for name, rows, *counts, _ in lines:
        assert int(rows) == len(getattr(scenario, name.strip("`"))) == sum(int(n) for n in counts if n)


def test_small_tables_are_printed_row_by_row(scenario: Scenario, page: str) -> None:
    for name in ("custody", "vehicle_risks", "services", "unit_costs"):
        last = section(page, f"{name}.csv").strip().split("\n\n")[-1].splitlines()[2:]
        assert len(last) == len(getattr(scenario, name))


def test_every_table_of_the_page_has_one_width(page: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
