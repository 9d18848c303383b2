"""Outcomes of the full model against the tables that they are made of: custody, money, recorded deaths, ratios."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest
from small_worlds import route, tiny, with_levers

from experiments.orders_rows import MATCHED, Lived
from simulation import run
from simulation.kernels.layout import Event, Status
from simulation.observables import RATES, RATIOS, summarise
from simulation.outcomes import ALL_RATIOS, IN_CUSTODY, RECORDABLE
from simulation.result import RunResult
from simulation.spec.models import ObservationRate
from simulation.units import DAYS_PER_MONTH
from simulation.world.routes import build_routes

KINDS = ("health", "shelter", "basic", "protection", "information")


@pytest.fixture(scope="module")
def result() -> RunResult:
    """A run over the end of a year with alternatives to detention and assisted returns."""
    scenario = with_levers(
        route(420), detention=[{"alternatives": 0.3}], returns=[{"assisted_factor": 5.0, "assisted_exits": 0.3}]
    )  # fmt: skip
    return run(scenario, seed=4, scale=0.02)


@pytest.fixture(scope="module")
def table(result: RunResult) -> pd.DataFrame:
    return summarise(result)


def total(table: pd.DataFrame, outcome: str, kind: str = "all", group: str = "all") -> float:
    """Return the value of an outcome over the whole map."""
    of = table["scope_kind"].eq("all") & table["group_kind"].eq(kind) & table["group"].eq(group)
    (value,) = table.loc[of & table["outcome"].eq(outcome), "value"]
    return float(value)


def people(result: RunResult, event: Event, **where: str) -> float:
    """Return the people to whom an event happened, in the run's own table."""
    rows = result.events[result.events["event"] == event.name.lower()]
    for column, name in where.items():
        rows = rows[rows[column] == name]
    return float(rows["people"].sum() / result.scale)


def test_help_given_and_not_given_is_the_sum_of_its_kinds(table: pd.DataFrame) -> None:
    for whole, part in (("served", "served"), ("unmet_need", "unmet")):
        parts = [total(table, f"{part}_{kind}") for kind in KINDS]
        assert min(parts) > 0
        assert sum(parts) == pytest.approx(total(table, whole))


def test_days_are_those_of_the_census(table: pd.DataFrame, result: RunResult) -> None:
    for outcome, status in (
        ("stranded_person_days", Status.STRANDED),
        ("alternatives_person_days", Status.ALTERNATIVE),
        ("detention_person_days", Status.DETAINED),
    ):
        counted = result.counts.census[:, status].sum() / result.scale
        assert total(table, outcome) == pytest.approx(counted)
        assert counted > 0
    days = result.person_days
    children = days[(days["setting"] == "detention") & (days["age"] == "child")]["days"].sum()
    assert total(table, "detention_child_person_days") == pytest.approx(children / result.scale)
    assert total(table, "detentions_children") == pytest.approx(people(result, Event.DETAINED, age="child"))
    assert 0 < children < days[days["setting"] == "detention"]["days"].sum()


def test_harm_in_custody_is_apart_and_part_of_all_harm(table: pd.DataFrame, result: RunResult) -> None:
    whole = {Event.DEATH: "deaths", Event.VIOLENCE: "violence", Event.SGBV: "sgbv"}
    for outcome, (event, custody) in IN_CUSTODY.items():
        assert total(table, outcome) == pytest.approx(people(result, event, setting=custody))
        assert total(table, outcome) < total(table, whole[event])
    assert total(table, "violence_in_captivity") > 0


def test_money_is_counted_in_dollars_and_people_apart(table: pd.DataFrame, result: RunResult) -> None:
    money = result.money.groupby("flow")["usd"].sum() / result.scale
    for flow in ("fares", "robbed", "bribes", "ransom", "borrowed", "earned"):
        assert total(table, f"money_{flow}") == pytest.approx(money[flow])
        assert money[flow] > 0
    assert total(table, "money_lost") == pytest.approx(money[["robbed", "bribes", "ransom"]].sum())
    by_sex = [total(table, "money_lost", "sex", sex) for sex in ("female", "male")]
    assert sum(by_sex) == pytest.approx(total(table, "money_lost"))
    assert not result.events["event"].str.startswith("usd").any()
    assert total(table, "ransoms") == pytest.approx(people(result, Event.RANSOMED))
    assert total(table, "bribes") == pytest.approx(people(result, Event.BOUGHT_OFF))


def test_money_is_found_where_it_changed_hands(table: pd.DataFrame) -> None:
    local = table[table["scope_kind"].isin(["leg", "place"])]
    for outcome in ("money_fares", "money_robbed", "money_earned"):
        rows = local[local["outcome"] == outcome]
        assert rows["value"].sum() == pytest.approx(total(table, outcome))
        assert (rows["n_simulated"] > 0).all()


def test_returns_are_told_apart(table: pd.DataFrame) -> None:
    free, held = total(table, "returns_assisted"), total(table, "returns_from_detention")
    assert free > 0
    assert held > 0
    assert total(table, "returns_from_detention_share") == pytest.approx(held / (free + held))


def test_ratios_are_ratios(table: pd.DataFrame) -> None:
    months = total(table, "person_days") / DAYS_PER_MONTH
    assert total(table, "deaths_per_1000_person_months") == pytest.approx(
        1000 * total(table, "deaths") / months
    )
    journeys = total(table, "journeys")
    assert total(table, "days_en_route_per_journey") == pytest.approx(total(table, "person_days") / journeys)
    assert total(table, "money_lost_per_journey") == pytest.approx(total(table, "money_lost") / journeys)
    needs = total(table, "served") + total(table, "unmet_need")
    assert total(table, "unmet_need_share") == pytest.approx(total(table, "unmet_need") / needs)
    assert set(ALL_RATIOS) == {*RATES, *RATIOS}


def test_a_ratio_without_anybody_at_risk_is_unknown() -> None:
    table = summarise(run(tiny("line"), scale=0.1))
    assert np.isnan(total(table, "returns_from_detention_share"))


def test_risk_groups_are_told_where_there_are_several(table: pd.DataFrame, result: RunResult) -> None:
    names = {row.risk_group for row in result.scenario.composition}
    assert len(names) > 1
    found = table[(table["group_kind"] == "risk_group") & (table["outcome"] == "deaths")]
    assert set(found["group"]) == names
    assert found["value"].sum() == pytest.approx(total(table, "deaths"))
    assert "risk_group" not in set(summarise(run(tiny("line"), scale=0.1))["group_kind"])


# Recorded deaths ---
def rate(indicator: str, first: int, last: int, value: float) -> ObservationRate:
    return ObservationRate(indicator=indicator, from_year=first, to_year=last, rate=value, low=value, high=value,
                           derivation="test", source="assumed: test", confidence="assumed")  # fmt: skip


def recording(result: RunResult, *rates: ObservationRate) -> RunResult:
    scenario = result.scenario.model_copy(update={"observation": rates})
    return dataclasses.replace(result, scenario=scenario)


def test_recorded_deaths_follow_the_rate_of_the_year(result: RunResult) -> None:
    first = result.scenario.document.period.start.year
    rates = [rate("deaths_sea", first, first, 0.5), rate("deaths_sea", first + 1, first + 9, 0.25)]
    table = summarise(recording(result, *rates))
    events = result.events
    at_sea = [leg.id for leg in result.scenario.legs if leg.mode == "sea"]
    died = events[
        (events["event"] == "death") & (events["setting"] == "leg") & events["location"].isin(at_sea)
    ]
    by_year = died.groupby(died["month"].str[:4])["people"].sum() / result.scale
    expected = 0.5 * by_year[str(first)] + 0.25 * by_year[str(first + 1)]
    assert total(table, "deaths_sea_recorded") == pytest.approx(expected)
    assert by_year.min() > 0
    assert "deaths_sahara_recorded" not in set(table["outcome"])


def test_recorded_deaths_are_left_out_where_a_year_has_no_rate(result: RunResult) -> None:
    first = result.scenario.document.period.start.year
    later = recording(result, rate("deaths_desert", first + 1, first + 9, 0.1))
    assert "deaths_sahara_recorded" not in set(summarise(later)["outcome"])
    since = datetime.date(first + 1, 1, 1)
    table = summarise(later, since)
    assert total(table, "deaths_sahara_recorded") == pytest.approx(0.1 * total(table, "deaths_sahara"))


# Other recorded twins ---
def test_twins_are_what_the_orders_of_magnitude_count(result: RunResult) -> None:
    """Two ways to the same people: cells and rates here, functions over routes in the page of published numbers."""
    period = result.scenario.document.period
    lived = Lived(result, build_routes(result.scenario), {}, {})
    pairs = {
        "arrivals_sea": "sea_arrivals",
        "interceptions_libya": "interceptions_libya",
        "interceptions_tunisia": "interceptions_tunisia",
        "deaths_libya": "deaths_libya_recorded",
        "expelled_algeria": "expelled_algeria",
        "flow_niger": "flow_agadez",
    }
    rates = [rate(RECORDABLE[name][1], 2000, 2100, 0.25) for name in pairs]
    table = summarise(recording(result, *rates))
    for name, indicator in pairs.items():
        people = MATCHED[indicator].count_people(lived, period.start, period.end) / result.scale
        assert total(table, name) == pytest.approx(people), name
        assert total(table, f"{name}_recorded") == pytest.approx(0.25 * people), name
    assert total(table, "arrivals_sea") > total(table, "arrivals_sea_recorded") > 0
    assert total(table, "arrivals_sea") < total(table, "arrivals")
    assert total(table, "flow_niger") > 0


def test_returns_by_a_programme_are_those_at_liberty_and_out_of_detention(table: pd.DataFrame) -> None:
    parts = total(table, "returns_assisted") + total(table, "returns_from_detention")
    assert total(table, "returned_by_programme") == parts > 0
    assert total(table, "returned_by_programme_recorded") == pytest.approx(parts)  # the map's rate is 1


def test_a_map_without_what_an_indicator_counts_has_no_twin() -> None:
    found = recording(run(tiny("line"), scale=0.1), rate("interceptions_libya", 2000, 2100, 0.5))
    assert "interceptions_libya_recorded" not in set(summarise(found)["outcome"])


def test_days_at_work_and_on_legs_are_those_of_the_settings(table: pd.DataFrame, result: RunResult) -> None:
    days = result.person_days.groupby("setting")["days"].sum() / result.scale
    assert total(table, "working_person_days") == pytest.approx(days["working"])
    assert total(table, "travelling_person_days") == pytest.approx(days["leg"])


def test_the_flow_of_the_first_month_counted(result: RunResult) -> None:
    start = result.scenario.document.period.start
    for since in (start, datetime.date(start.year, 5, 20)):
        month = f"{since:%Y-%m}"
        entered = result.events[(result.events["event"] == "entered") & (result.events["month"] == month)]
        first = total(summarise(result, since), "flow_first_month")
        assert first == pytest.approx(entered["people"].sum() / result.scale)
        assert first > 0
