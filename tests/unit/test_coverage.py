"""The 95% intervals hold a known truth in 93 to 97 of 100 repetitions, and the page says where they do not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.coverage import CASES, PAIRS, WANTED, measure_coverage, write_page

REPETITIONS = 2000
PAGE = Path(__file__).parents[2] / "docs" / "validation" / "coverage.md"
SKEWED_LUCK = {case.name for case in CASES if case.name.startswith("levels 0.8")} | {"thinned 20, drawn 0.8"}
FALLS_SHORT = {
    ("total", "levels 0.3, times 0.9", 4),
    ("total", "levels 0.8, times 1", 4),
    ("total", "levels 0.8, times 1", 8),
    ("total", "counts 2 and 1", 4),
    ("total", "counts 2 and 1", 8),
    ("total", "thinned 5", 20),
    ("total", "thinned 5", 40),
    ("monte_carlo", "levels 0.3, times 1.5", 4),
    ("monte_carlo", "levels 0.3, times 1.5", 8),
    ("monte_carlo", "levels 0.3, times 1.5", 20),
    ("monte_carlo", "thinned 5", 4),
    ("monte_carlo", "thinned 5", 8),
    *(("monte_carlo", name, n) for name in SKEWED_LUCK for n in PAIRS),
}
"""What does not hold, or only just: the page shows each with its number."""


@pytest.fixture(scope="module")
def table():
    return measure_coverage(REPETITIONS, seed=7)


def test_intervals_hold_the_truth_in_93_to_97_of_100(table):
    """2,000 repetitions, declared seed: a true 95% leaves the band with probability 4e-5 a cell, over 104 cells."""
    held = {(row.kind, row.case, row.pairs): row.difference for row in table.itertuples()}
    wrong = {key: share for key, share in held.items() if not WANTED[0] <= share <= WANTED[1]}
    assert set(wrong) <= FALLS_SHORT, wrong
    assert len(held) - len(FALLS_SHORT) >= 100
    assert sum(kind == "total" for kind, _, _ in FALLS_SHORT) <= 7


def test_the_check_would_notice_intervals_of_90_percent(monkeypatch):
    monkeypatch.setattr("experiments.statistics.LEVEL", 0.90)
    table = measure_coverage(REPETITIONS, pairs=(20,), seed=7)
    normal = table[table["case"].str.startswith("normal")]
    assert not normal["difference"].between(*WANTED).any()


def test_the_page_marks_what_falls_short(table):
    short = table.assign(difference=0.95)
    short.loc[0, "difference"] = 0.882
    lines = list(write_page(short, "coverage"))
    assert sum("**88.2%**" in line for line in lines) == 1
    assert not any("**95.0%**" in line for line in lines)


def test_the_shipped_page_names_every_case_and_its_method():
    page = PAGE.read_text(encoding="utf-8")
    numbers = pd.read_csv(PAGE.with_suffix(".csv"))
    assert (numbers["repetitions"] >= 1000).all()
    assert {case.name for case in CASES} == set(numbers["case"])
    assert all(f"| {case.name} |" in page for case in CASES)
    for row in numbers.itertuples():
        if not WANTED[0] <= row.difference <= WANTED[1]:
            assert f"**{100 * row.difference:.1f}%**" in page
