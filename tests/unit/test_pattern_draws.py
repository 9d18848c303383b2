"""Margins of the patterns by hand, the share of draws with its interval, and the page that says them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from experiments import pattern_margins as margins
from experiments.pattern_draws import COLUMNS, Draws, run_draws, share_interval
from experiments.pattern_page import MEANINGS, write_page, write_pages
from experiments.pattern_statements import PATTERNS


@pytest.mark.parametrize(
    ("point", "cut", "margin"),
    [
        (0.9, 0.1, 0.6),
        (0.9, 0.3, 0.0),
        (0.3, 0.2, -0.3),
        (-0.1, -0.2, -0.1),
        (0.5, -0.2, 0.5),
        (0.0, 0.0, 0.0),
    ],
)
def test_diversion(point: float, cut: float, margin: float) -> None:
    assert margins.diverted(point, cut) == pytest.approx(margin)


def test_region() -> None:
    assert margins.within_region(30.0, 70.0) == pytest.approx(0.2)
    assert margins.within_region(60.0, 40.0) == pytest.approx(-0.1)
    assert np.isnan(margins.within_region(0.0, 40.0))  # a map on which nobody gets there shows nothing


def test_leg_by_leg_needs_all_three() -> None:
    assert margins.leg_by_leg(6.0, 0.1, 0.5) == pytest.approx(0.15)
    for odd in ((3.0, 0.1, 0.5), (6.0, 0.25, 0.5), (6.0, 0.1, 0.2)):
        assert margins.leg_by_leg(*odd) <= 0


def test_lag_needs_all_three_and_a_road_that_reacts() -> None:
    assert margins.lagging(0.2, 0.5, 0.01) == pytest.approx(0.09)
    assert margins.lagging(0.5, 0.2, 0.0) < 0  # at once, then back
    assert margins.lagging(-0.1, 0.2, 0.0) < 0
    assert margins.lagging(0.2, 0.5, -0.3) < 0
    assert np.isnan(margins.lagging(0.0, 0.5, 0.0))
    assert np.isnan(margins.compute_relative_fall([0.0, 2.0], [1.0, 1.0])).tolist() == [True, False]


@pytest.mark.parametrize(("shown", "of"), [(0, 10), (3, 10), (10, 10), (59, 60)])
def test_the_interval_of_a_share_is_exact(shown: int, of: int) -> None:
    low, high = share_interval(shown, of)
    assert low <= shown / of <= high
    if shown:
        assert binom.sf(shown - 1, of, low) == pytest.approx(0.025)
    if shown < of:
        assert binom.cdf(shown, of, high) == pytest.approx(0.025)


def made_up() -> Draws:
    rows = [("defaults", 0, s.name, 1.0) for s in PATTERNS]
    rows += [("draws", n, s.name, m) for s in PATTERNS for n, m in enumerate((1.0, -1.0, np.nan, 2.0))]
    return Draws(4, 1, 0.5, "abc", pd.DataFrame(rows, columns=COLUMNS))


def test_the_page_says_every_pattern(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert list(MEANINGS) == [statement.name for statement in PATTERNS]
    found = made_up()
    assert found.shown(PATTERNS[0].name, "draws") == (2, 4)  # what cannot be said is not shown
    page = "\n".join(write_page(found, "patterns"))
    assert page.count("| 50% (7% to 93%) | 2 of 4 | 1 of 1 |") == len(PATTERNS) == 8
    assert "4 draws" in page
    assert "0.5 of the people" in page
    write_pages(found, tmp_path / "patterns")
    assert len(pd.read_csv(tmp_path / "patterns.csv")) == 5 * len(PATTERNS)


def test_a_draw_gives_a_margin_for_every_pattern() -> None:
    found = run_draws(1, 1, 0.001)
    assert found.table["pattern"].tolist() == 2 * [statement.name for statement in PATTERNS]
    assert found.table["margin"].notna().sum() > len(PATTERNS)
