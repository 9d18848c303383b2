"""Orders of magnitude: the right people are counted in the right months, and the page says what the rows say."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from experiments import orders_rows
from experiments.orders_of_magnitude import ROUTE, cut_to, live
from experiments.orders_page import BEGIN, END, describe, renew_page, write_chart, write_rows
from experiments.orders_rows import MATCHED, Lived, Observed, compare, read_observed, recorded_share
from simulation.kernels.layout import Event
from simulation.spec.load import load_scenario

LAST = date(2014, 4, 30)
MARCH = (date(2014, 3, 1), date(2014, 3, 31))


@pytest.fixture(scope="module")
def lived() -> Lived:
    scenario = cut_to(load_scenario(ROUTE / "history.yaml"), LAST)
    return live(scenario, seed=3, scale=0.02, census=[date(2014, 2, 28), LAST])


def numbers(indicator: str, start: date, end: date, value: float) -> Observed:
    return Observed(indicator, start, end, value, value, value, "test", "assumed: test", "assumed")


# What is counted ---
def test_every_published_number_has_a_match_or_says_none() -> None:
    with (ROUTE / "observed_orders.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unmatched = {row["indicator"] for row in rows if row["indicator"] not in MATCHED}
    assert all(row["compare_with"].startswith("none") for row in rows if row["indicator"] in unmatched)
    assert {row["indicator"] for row in rows} - unmatched == set(MATCHED)


def test_every_number_has_a_recorded_share() -> None:
    scenario = load_scenario(ROUTE / "history.yaml")
    for row in read_observed(ROUTE / "observed_orders.csv"):
        share, low, high = recorded_share(scenario, MATCHED[row.indicator].rate, row.start.year)
        assert 0 < low <= share <= high


def test_a_year_without_a_rate_is_refused(lived: Lived) -> None:
    with pytest.raises(ValueError, match="no rate of flow_niger in 1999"):
        recorded_share(lived.result.scenario, "flow_niger", 1999)


def test_arrivals_by_sea_are_all_arrivals_but_those_by_other_ways(lived: Lived) -> None:
    events = lived.result.events
    legs = {leg.id: leg for leg in lived.routes.legs}
    seas = ("sea_atlantic", "sea_alboran")
    expected = sum(
        row.people
        for row in events.itertuples()
        if row.event == "arrived"
        and row.month == "2014-03"
        and row.location in legs
        and legs[row.location].mode == "sea"
        and legs[row.location].risk_zone not in seas
    )
    assert expected > 0
    assert MATCHED["sea_arrivals"].count_people(lived, *MARCH) == expected


def test_months_add_up(lived: Lived) -> None:
    for matched in MATCHED.values():
        if not matched.is_stock:
            whole = matched.count_people(lived, date(2014, 1, 1), LAST)
            parts = [(1, 31), (2, 28), (3, 31), (4, 30)]
            assert whole == sum(
                matched.count_people(lived, date(2014, m, 1), date(2014, m, last)) for m, last in parts
            )


def test_nobody_is_counted_twice_among_the_dead(lived: Lived) -> None:
    counts = lived.result.counts
    dead = int(counts.event_count[counts.event_kind == Event.DEATH].sum())
    kinds = ("deaths_sea_recorded", "deaths_desert_recorded", "deaths_libya_recorded")
    counted = [MATCHED[kind].count_people(lived, date(2014, 1, 1), LAST) for kind in kinds]
    assert min(counted) > 0
    assert sum(counted) <= dead


def test_people_in_libya_are_some_of_those_on_the_way(lived: Lived) -> None:
    census = lived.result.census.set_index("day")
    for day, bound in lived.bound.items():
        row = census.loc[day.isoformat()]
        free = row[["waiting", "working", "stranded", "alternative"]].sum()
        assert 0 < bound <= free + row["detained"] + row["captive"]
        assert 0 <= lived.held[day] <= row["detained"]


def test_the_census_does_not_change_the_run(lived: Lived) -> None:
    again = live(lived.result.scenario, seed=3, scale=0.02, census=[])
    np.testing.assert_array_equal(again.result.counts.stock, lived.result.counts.stock)
    assert again.bound == {}


# Comparing ---
def test_a_row_is_true_times_recorded_over_observed(lived: Lived) -> None:
    true = MATCHED["deaths_sea_recorded"].count_people(lived, *MARCH) / 0.02
    share, low, high = recorded_share(lived.result.scenario, "deaths_sea", 2014)
    whole, order = compare([numbers("deaths_sea_recorded", *MARCH, 100.0)], [lived])
    assert (order.true, order.recorded) == (pytest.approx(true), pytest.approx(share * true))
    assert (order.low, order.high) == (pytest.approx(low * true), pytest.approx(high * true))
    assert order.ratio == pytest.approx(share * true / 100)
    assert whole == replace(order, is_whole=True)


def test_all_years_leave_out_a_period_inside_another(lived: Lived) -> None:
    rows = [
        numbers("flow_agadez", date(2014, 1, 1), date(2014, 2, 28), 10.0),
        numbers("flow_agadez", date(2014, 2, 1), date(2014, 2, 28), 4.0),
        numbers("flow_agadez", *MARCH, 6.0),
    ]
    rate = orders_rows.MATCHED["flow_agadez"]._replace(rate="")
    with pytest.MonkeyPatch.context() as patch:  # the points were not there yet in 2014
        patch.setitem(orders_rows.MATCHED, "flow_agadez", rate)
        whole = compare(rows, [lived])[0]
        assert whole.observed == 16.0
        assert whole.true == pytest.approx(rate.count_people(lived, date(2014, 1, 1), MARCH[1]) / 0.02)


def test_all_days_of_a_stock_are_averaged(lived: Lived) -> None:
    days = [date(2014, 2, 28), LAST]
    rows = [numbers("people_in_libya_bound_for_europe", day, day, 10.0) for day in days]
    whole, *each = compare(rows, [lived])
    assert whole.observed == 10.0
    assert whole.true == pytest.approx((each[0].true + each[1].true) / 2)


@pytest.mark.parametrize(
    ("recorded", "low", "high", "verdict"),
    [
        (300.0, 300.0, 300.0, "yes"),
        (301.0, 301.0, 301.0, "too high"),
        (301.0, 250.0, 400.0, "too high, ranges reach"),
        (33.0, 33.0, 33.0, "too low"),
        (33.0, 10.0, 40.0, "too low, ranges reach"),
        (34.0, 10.0, 1000.0, "yes"),
    ],
)
def test_verdict(lived: Lived, recorded: float, low: float, high: float, verdict: str) -> None:
    order = compare([numbers("sea_arrivals", *MARCH, 100.0)], [lived])[1]
    assert replace(order, recorded=recorded, low=low, high=high).verdict == verdict


# The page ---
def test_only_the_table_is_renewed(lived: Lived, tmp_path: Path) -> None:
    page = tmp_path / "orders.md"
    page.write_text(f"# Ours\n\nbefore\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    orders = compare([numbers("sea_arrivals", *MARCH, 1e9)], [lived])
    renew_page(orders, page, scale=0.02, seeds=1)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Ours\n\nbefore\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "**0 of 1 orders are within a factor of 3" in text
    assert "| Sea arrivals | Mar-Mar 2014 |" in text
    assert "**too low**" in describe(orders, scale=0.02, seeds=1)


def test_csv_has_a_row_for_every_comparison(lived: Lived, tmp_path: Path) -> None:
    orders = compare([numbers("sea_arrivals", *MARCH, 1000.0)], [lived])
    write_rows(orders, tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["is_whole"] for row in rows] == ["True", "False"]
    assert float(rows[1]["ratio"]) == pytest.approx(orders[1].ratio, abs=5e-4)


def test_picture_has_a_text_alternative(lived: Lived, tmp_path: Path) -> None:
    orders = compare([numbers("sea_arrivals", *MARCH, 1e9)], [lived])
    written = write_chart(orders, tmp_path / "orders")
    assert (
        {path.name for path in written}
        == {path.name for path in tmp_path.iterdir()}
        == {"orders.png", "orders.txt"}
    )
    assert "Sea arrivals Mar-Mar 2014: 0.00, too low" in (tmp_path / "orders.txt").read_text(encoding="utf-8")
