"""What measures cost: units of settings over time by hand, units of events by the tables, ranges and budgets."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from small_worlds import changed, tiny, with_levers

from simulation import run
from simulation.costs import PAID_DAYS, PAID_EVENTS, costs
from simulation.kernels.layout import Event
from simulation.observables import summarise
from simulation.result import RunResult
from simulation.spec.models import Period, Scenario, UnitCost
from simulation.units import DAYS_PER_YEAR

ITEMS = (
    "border_enforcement", "anti_smuggling", "legal_pathways", "detention", "alternatives", "services", "firewall",
    "search_and_rescue", "interception", "returns_assisted", "returns_forced", "information", "regional_protection",
    "relocation",
)  # fmt: skip
START = datetime.date(2015, 1, 1)
DAYS = 120


def priced(scenario: Scenario, *more: str) -> Scenario:
    """Return a scenario of some months in which every unit costs 10 USD, from 5 to 20."""
    said = {"derivation": "test", "source": "assumed: test", "confidence": "assumed"}
    rows = tuple(UnitCost(item=i, unit="unit", value=10, low=5, high=20, **said) for i in (*ITEMS, *more))
    end = START + datetime.timedelta(days=DAYS - 1)
    short = changed(scenario, period=Period(start=START, departures_end=end, end=end))
    return short.model_copy(update={"unit_costs": rows})


def spent(
    scenario: Scenario, since: datetime.date | None = None, **levers: list[dict[str, Any]]
) -> dict[str, float]:
    """Return the units that each item used under some levers."""
    table = costs(run(with_levers(priced(scenario), **levers), scale=0.1), since)
    return dict(zip(table["item"], table["units"], strict=True))


def on(day: int) -> str:
    """Return the date of a day of the run, counted from 0."""
    return (START + datetime.timedelta(days=day)).isoformat()


def result_of(scenario: Scenario, **levers: list[dict[str, Any]]) -> RunResult:
    return run(with_levers(priced(scenario), **levers), seed=1, scale=0.5)


def test_ships_are_paid_by_the_day_and_zone() -> None:
    ships = [
        {"coverage": 0.5, "from": on(20), "to": on(59)},
        {"coverage": 0.75, "from": on(50), "to": on(59)},
    ]
    levers = {"search_and_rescue": ships, "interception": [{"intensity": 0.25, "from": on(100)}]}
    used = spent(tiny("sea"), **levers)
    assert used["search_and_rescue"] == pytest.approx(30 * 0.5 + 10 * 0.75)
    assert used["interception"] == pytest.approx((DAYS - 100) * 0.25)


def test_controls_are_paid_beyond_the_reference() -> None:
    fork = tiny("fork")
    controlled = [
        leg for leg in fork.legs if leg.control == "main" and leg.purpose == "irregular" and leg.mode != "sea"
    ]
    by_hand = len(controlled) * (0.8 - 0.3) * 40 / DAYS_PER_YEAR
    usual = changed(fork, parameters={"control_reference": 0.3})
    assert spent(usual, border_enforcement=[{"intensity": 0.8, "from": on(80)}])[
        "border_enforcement"
    ] == pytest.approx(by_hand)
    assert spent(usual, border_enforcement=[{"intensity": 0.1}])["border_enforcement"] == 0


def test_pursuit_firewall_and_information_are_paid_where_they_act() -> None:
    fork = tiny("fork")
    leg = next(leg for leg in fork.legs if leg.purpose == "irregular")
    levers = {
        "anti_smuggling": [{"intensity": 0.5, "scope": {"legs": [leg.id]}}],
        "firewall": [{"share": 0.5}],
        "information": [{"reach": 0.4, "trust": 0.1, "scope": {"legs": [leg.id]}}],
    }
    result = result_of(fork, **levers)
    used = costs(result).set_index("item")["units"]
    assert used["anti_smuggling"] == pytest.approx(0.5 * DAYS / DAYS_PER_YEAR)
    helping = [p for p in fork.places if p.service_capacity > 0 and p.kind not in ("destination", "sea_zone")]
    assert used["firewall"] == pytest.approx(0.5 * len(helping) * DAYS / DAYS_PER_YEAR)
    flows = result.flows
    assert used["information"] == pytest.approx(
        0.4 * flows[flows["leg"] == leg.id]["people"].sum() / result.scale
    )
    assert used["information"] > 0


def test_events_and_days_are_paid_as_counted() -> None:
    result = result_of(tiny("fork"), detention=[{"after_arrest": 1.0, "alternatives": 0.5}])
    used = costs(result).set_index("item")["units"]
    events, days = result.events, result.person_days
    for item, kinds in PAID_EVENTS.items():
        people = events[events["event"].isin([kind.name.lower() for kind in kinds])]["people"].sum()
        assert used[item] == pytest.approx(people / result.scale)
    for item, setting in PAID_DAYS.items():
        held = days[days["setting"] == setting]["days"].sum()
        assert used[item] == pytest.approx(held / result.scale)
    regular = [leg.id for leg in result.scenario.legs if leg.purpose == "regular"]
    travelled = events[(events["event"] == Event.COMPLETED.name.lower()) & events["location"].isin(regular)]
    assert used["legal_pathways"] == pytest.approx(travelled["people"].sum() / result.scale)
    assert used["services"] > 0


def test_a_budget_costs_what_it_is() -> None:
    table = costs(result_of(tiny("sea"), search_and_rescue=[{"budget": 300.0, "from": on(30), "to": on(89)}]))
    usd = dict(zip(table["item"], table["usd"], strict=True))
    assert usd["search_and_rescue"] == pytest.approx(300.0)


def test_usd_follow_the_range_of_the_unit_cost() -> None:
    table = costs(result_of(tiny("fork")))
    assert table["item"].tolist() == list(ITEMS)
    assert table["usd"].tolist() == pytest.approx((10 * table["units"]).tolist())
    assert table["usd_low"].tolist() == pytest.approx((5 * table["units"]).tolist())
    assert table["usd_high"].tolist() == pytest.approx((20 * table["units"]).tolist())


def test_counting_later_leaves_out_what_was_spent_before() -> None:
    levers = {"search_and_rescue": [{"coverage": 1.0}]}
    since = datetime.date(2015, 3, 15)
    assert spent(tiny("sea"), since, **levers)["search_and_rescue"] == pytest.approx(DAYS - 31 - 28)


def test_an_item_that_the_model_does_not_know_is_left_out() -> None:
    assert costs(run(priced(tiny("fork"), "rumours"), scale=0.1))["item"].tolist() == list(ITEMS)


def test_costs_are_outcomes_of_a_run() -> None:
    result = result_of(tiny("fork"))
    table = summarise(result)
    rows = table[table["outcome"].str.startswith("cost_")].set_index("outcome")
    for item, usd in zip(costs(result)["item"], costs(result)["usd"], strict=True):
        assert rows.loc[f"cost_{item}", "value"] == pytest.approx(usd)
    assert rows.loc["cost_total", "value"] == pytest.approx(costs(result)["usd"].sum())
    assert set(rows["scope_kind"]) == set(rows["group_kind"]) == {"all"}
    journeys = table.query("outcome == 'journeys' and scope_kind == 'all' and group_kind == 'all'")[
        "n_simulated"
    ]
    assert rows.loc["cost_search_and_rescue", "n_simulated"] == journeys.item()


def test_without_unit_costs_nothing_is_priced() -> None:
    result = run(tiny("fork"), scale=0.1)
    assert costs(result).empty
    assert not summarise(result)["outcome"].str.startswith("cost_").any()
