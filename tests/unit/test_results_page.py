"""The results page: every part there, sentences that follow the numbers, and the same text each time."""

from __future__ import annotations

import dataclasses
import hashlib
import re

import pytest
from made_up_values import make_comparison

from experiments.clear import RULE
from experiments.results_page.study import Study
from experiments.results_page.write import write_page, write_results_page
from experiments.robustness.budget_question import BudgetQuestion
from experiments.robustness.tables import analyse_budget, analyse_discovery, analyse_robustness

ARMS = ["status_quo", "protection_package", "rescue_restored", "services_firewall"]
HEADINGS = [
    "In short", "What is compared", "What was run", "What changes for people", "Where harm moved", "Harms together",
    "Which package holds up", "Money", "When does a package fail?", "Weak evidence", "How to repeat it", "Limits",
]  # fmt: skip


def make_study(people: float = 100.0, *, tables: bool = True) -> Study:
    comparison = make_comparison(ARMS, 20, people=people)
    plan, values = comparison.plan, comparison.values
    found = {}
    if tables:
        found |= analyse_robustness(plan, values) | analyse_discovery(plan, values)
        found |= analyse_budget(plan, values, budget={"equal_usd": 3.2e8})
    return Study(
        name="packages",
        title="Packages compared",
        question="Which package prevents most harm?",
        command="safepassage plan run experiments/plans/packages.yaml",
        comparison=comparison,
        revision="abc123",
        tables=found,
        budget=BudgetQuestion(3.2e8),
    )


@pytest.fixture(scope="module")
def study() -> Study:
    return make_study()


@pytest.fixture(scope="module")
def page(study) -> str:
    return write_page(study)


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def row(text: str, section: str, label: str) -> list[str]:
    """Return the cells of a row of a section's first table with that label."""
    part = text.partition(f"## {section}\n")[2]
    line = next(line for line in part.splitlines() if line.startswith(f"| {label} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_part_is_there_in_order(page) -> None:
    assert headings(page) == HEADINGS
    assert page.startswith("# Packages compared\n")
    assert RULE in page


def test_without_analyses_their_parts_are_left_out() -> None:
    left_out = {"Which package holds up", "Money", "When does a package fail?"}
    assert headings(write_page(make_study(tables=False))) == [
        name for name in HEADINGS if name not in left_out
    ]


def test_runs_and_command_are_told(page) -> None:
    assert "20 joint draws of the uncertain parameters, each shared by all 4 arms" in page
    assert "160 runs. Seed 7; revision `abc123`" in page
    assert "```\nsafepassage plan run experiments/plans/packages.yaml\n```" in page
    assert "At least 40 are advised" in page


def test_numbers_are_those_of_the_comparison(page, study) -> None:
    table = study.comparison.headlines().set_index(["arm", "outcome"])
    ratio = table.loc[("rescue_restored", "deaths"), "ratio"]
    label, base, _, rescue, _ = row(page, "What changes for people", "Deaths and disappearances")
    assert (label, base) == ("Deaths and disappearances", "6,550")
    assert f"\N{MULTIPLICATION SIGN}{ratio:.2f} (" in rescue
    failed = study.tables["discovery"].set_index(["arm", "basis", "harm"])["failures"]
    cells = row(page, "When does a package fail?", "Injuries")
    assert [int(cell) for cell in cells[1:]] == [failed[arm, "total", "injury"] for arm in ARMS[1:]]


def test_what_stands_among_many_is_told(page, study) -> None:
    table = study.comparison.multiplicity
    own = table[(table["interval_kind"] == "total") & (table["arm"] == "rescue_restored") & table["stands"]]
    line = next(line for line in page.splitlines() if line.startswith("- `rescue_restored`: less: "))
    less, _, more = line.partition("; more: ")
    stands = own.set_index("outcome")["difference"]
    assert ("deaths and disappearances" in less) == (stands.get("deaths", 0) < 0)
    assert ("injuries" in more) == (stands.get("injury", 0) > 0)


def test_where_harm_moved_is_told_with_intervals(page) -> None:
    moved = page.partition("## Where harm moved")[2].partition("## Harms together")[0]
    assert re.search(r"Deaths and disappearances: more on Agadez to Sabha \(bypass\) \+[\d,]+ \(\+", moved)


def test_movement_is_context_and_never_marked(page) -> None:
    context = page.partition("Movement, as context")[2].partition("Numbers of people")[0]
    assert "Irregular arrivals in Europe" in context
    assert "**" not in context
    harms = page.partition("## What changes for people")[2].partition("Movement, as context")[0]
    assert "rrivals" not in harms
    assert "Fewer arrivals are no protection outcome" in page


def test_estimates_on_few_people_are_marked_and_never_bold() -> None:
    page = write_page(make_study(people=5.0))
    cells = row(page, "What changes for people", "Deaths and disappearances")[2:]
    assert all(cell.endswith("*") and "**" not in cell for cell in cells)


def test_the_page_judges_nothing(page) -> None:
    assert re.search(r"\b(recommend|should choose|proves?|success|winner|causes?d?)\b", page) is None or (
        "it is no cause" in page
    )


def test_page_and_pictures_repeat_to_the_byte(study, tmp_path) -> None:
    hashes = []
    for number in ("0", "1"):
        page = write_results_page(study, tmp_path / number)
        files = sorted(path for path in page.parent.rglob("*") if path.is_file())
        names = [path.relative_to(page.parent).as_posix() for path in files]
        hashes.append(
            dict(zip(names, (hashlib.sha256(p.read_bytes()).hexdigest() for p in files), strict=True))
        )
    assert hashes[0] == hashes[1]
    text = (tmp_path / "0" / "packages.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\((packages/[^)]+\.png)\)", text)
    assert len(shown) == 5
    assert set(shown) <= set(hashes[0])  # every picture that is shown is there, with its data and words
    assert {name.replace(".png", ".csv") for name in shown} <= set(hashes[0])
    assert {name.replace(".png", ".txt") for name in shown} <= set(hashes[0])


def test_a_picture_of_sensitivity_is_taken_over(study, tmp_path) -> None:
    (tmp_path / "sensitivity.csv").write_text("factor\n", encoding="utf-8")
    (tmp_path / "drivers_x.png").write_bytes(b"picture")
    (tmp_path / "drivers_x.txt").write_text("What drives it\n\n- wages\n", encoding="utf-8")
    page = write_results_page(dataclasses.replace(study, sensitivity=tmp_path), tmp_path / "pages")
    text = page.read_text(encoding="utf-8")
    assert "packages/drivers_x.png" in text
    assert "- wages" in text
    assert (tmp_path / "pages" / "packages" / "drivers_x.png").read_bytes() == b"picture"
