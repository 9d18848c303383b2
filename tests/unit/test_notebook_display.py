"""Results in a notebook: the numbers of their tables, and nothing that a title brings along."""

from __future__ import annotations

import re

import pytest
from report_folders import TITLES, model_with_rates, retitle
from synthetic_runs import build_scenario

from experiments.compare import compare, compare_nothing
from simulation.observables import summarise
from simulation.runner import run


@pytest.fixture(scope="module")
def comparison():
    variant = retitle(build_scenario("enforcement", enforcement=1.0), TITLES["script"])
    return compare(build_scenario(), variant, replicates=12, model=model_with_rates())


def test_every_row_has_the_difference_of_the_table(comparison):
    page = comparison._repr_html_()
    headlines = comparison.headlines().set_index("outcome")
    drawn = re.findall(r'data-outcome="(\w+)"[^>]*data-value="([^"]+)" data-low="([^"]+)"', page)
    assert len(drawn) >= 2
    for outcome, value, low in drawn:
        assert float(value) == pytest.approx(headlines.loc[outcome, "difference"], rel=1e-9, abs=1e-9)
        assert float(low) == pytest.approx(headlines.loc[outcome, "difference_low"], rel=1e-9, abs=1e-9)


def test_hostile_titles_are_inert(comparison):
    page = comparison._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_runs_without_a_comparison_say_so(comparison):
    nothing = compare_nothing(comparison.plan, comparison.values, comparison.runs)
    assert "without a comparison" in nothing._repr_html_()


def test_a_run_shows_what_its_summary_says():
    result = run("scenarios/tiny/fork/fork.yaml", seed=3)
    table = summarise(result)
    everybody = table[(table["scope_kind"] == "all") & (table["group_kind"] == "all")]
    deaths = everybody.set_index("outcome").loc["deaths", "value"]
    page = result._repr_html_()
    assert re.search(rf">deaths</th><td>{deaths:,.0f}( \*)?</td>", page)
    assert page.index(">deaths<") < page.index(">arrivals in Europe")
