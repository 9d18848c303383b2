"""The tidy table of a run against the counts it is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_worlds import everybody, lived, route, tiny

from simulation import RouteModel, run
from simulation.kernels.layout import Event, Status
from simulation.observables import COLUMNS, COUNTED, RATES, summarise
from simulation.outcomes import DAYS_IN
from simulation.result import RunResult


def result_of(model: RouteModel) -> RunResult:
    return RunResult(model.scenario, model.seed, model.scale, model.routes.streams, model.counts(), {})


@pytest.fixture(scope="module", params=["fork", "sea", "route"])
def model(request: pytest.FixtureRequest) -> RouteModel:
    return lived(route(), scale=0.02) if request.param == "route" else lived(tiny(request.param))


@pytest.fixture(scope="module")
def result(model: RouteModel) -> RunResult:
    return result_of(model)


@pytest.fixture(scope="module")
def table(result: RunResult) -> pd.DataFrame:
    return summarise(result)


def pick(table: pd.DataFrame, outcome: str, kind: str = "all", group: str = "all") -> pd.Series:
    """Return the one row of an outcome over the whole map."""
    rows = table.query(
        "outcome == @outcome and scope_kind == 'all' and group_kind == @kind and group == @group"
    )
    assert len(rows) == 1
    return rows.iloc[0]


def test_one_row_a_number(table: pd.DataFrame) -> None:
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(COLUMNS[:5]).any()
    assert set(table["scope_kind"]) <= {"all", "place", "leg", "cut", "cohort", "cohort_young"}
    assert set(table["group_kind"]) - {"risk_group"} == {"all", "sex", "age", "stream", "unaccompanied"}
    assert (table["n_simulated"] >= 0).all()
    assert not np.isinf(table["value"]).any()


def test_every_outcome_is_there_for_everybody_and_every_group(table: pd.DataFrame) -> None:
    wanted = {*COUNTED, *RATES, "deaths_sea", "deaths_sahara", "journeys", "detention_person_days"}
    wanted |= {"captivity_person_days", "person_days", "still_on_the_way"}
    for _, rows in table[table["scope_kind"] == "all"].groupby(["group_kind", "group"]):
        assert set(rows["outcome"]) >= wanted


def test_totals_are_the_counts(table: pd.DataFrame, result: RunResult) -> None:
    counts = result.counts
    for outcome, event in COUNTED.items():
        assert pick(table, outcome)["n_simulated"] == counts.event_count[counts.event_kind == event].sum()
    assert pick(table, "person_days")["n_simulated"] == counts.days_count.sum()
    last = counts.census[-1]
    for outcome, status in (
        ("arrivals", Status.ARRIVED),
        ("deaths", Status.DEAD),
        ("admissions", Status.ADMITTED),
        ("settled", Status.SETTLED),
    ):
        assert pick(table, outcome)["n_simulated"] == last[status]
    back = pick(table, "returned")["n_simulated"] - pick(table, "journeys_restarted")["n_simulated"]
    assert back == last[Status.RETURNED]
    on_the_way = last[Status.WAITING : Status.DETAINED + 1].sum()
    assert pick(table, "still_on_the_way")["n_simulated"] == on_the_way
    assert pick(table, "detention_person_days")["n_simulated"] == counts.census[:, Status.DETAINED].sum()
    assert pick(table, "captivity_person_days")["n_simulated"] == counts.census[:, Status.CAPTIVE].sum()


def test_values_are_weighted_to_one_person_a_person(table: pd.DataFrame, result: RunResult) -> None:
    numbers = table[table["outcome"].isin({*COUNTED, *DAYS_IN, "person_days", "journeys"})]
    np.testing.assert_allclose(numbers["value"] * result.scale, numbers["n_simulated"], rtol=1e-12)


def test_rates_are_ratios(table: pd.DataFrame) -> None:
    for rate, (top, bottom) in RATES.items():
        above, below = pick(table, top), pick(table, bottom)
        if below["n_simulated"]:
            assert pick(table, rate)["value"] == pytest.approx(1000 * above["value"] / below["value"])
        else:
            assert np.isnan(pick(table, rate)["value"])
        assert pick(table, rate)["n_simulated"] == above["n_simulated"]


def test_groups_add_up(table: pd.DataFrame, model: RouteModel) -> None:
    for outcome in ("deaths", "arrivals", "violence", "person_days", "journeys", "still_on_the_way"):
        whole = pick(table, outcome)["n_simulated"]
        groups = (
            table.query("outcome == @outcome and scope_kind == 'all'")
            .groupby("group_kind")["n_simulated"]
            .sum()
        )
        assert groups["sex"] == groups["age"] == groups["stream"] == whole
        assert groups["unaccompanied"] <= pick(table, outcome, "age", "child")["n_simulated"]
    people = everybody(model)
    dead = people[people["status"] == Status.DEAD]
    for stream, of_stream in dead.groupby("stream"):
        assert pick(table, "deaths", "stream", str(stream))["n_simulated"] == len(of_stream)
    assert pick(table, "deaths", "sex", "female")["n_simulated"] == (dead["demographic"] < 3).sum()
    assert pick(table, "deaths", "age", "child")["n_simulated"] == (dead["demographic"] % 3 > 0).sum()
    alone = pick(table, "deaths", "unaccompanied", "unaccompanied")["n_simulated"]
    assert alone == (dead["demographic"] % 3 == 2).sum()


def test_places_and_legs_add_up(table: pd.DataFrame) -> None:
    where = table[table["scope_kind"].isin(["place", "leg"])]
    for outcome in (
        "deaths",
        "violence",
        "arrests",
        "flow",
        "person_days",
        "served",
        "unmet_need",
        "rescues",
    ):
        parts = where[where["outcome"] == outcome]["n_simulated"].sum()
        assert parts == pick(table, outcome)["n_simulated"], outcome


def test_sea_and_sahara_deaths_are_by_leg(table: pd.DataFrame, result: RunResult) -> None:
    legs = {leg.id: leg for leg in result.scenario.legs}
    died = table[(table["outcome"] == "deaths") & (table["scope_kind"] == "leg")].set_index("scope")[
        "n_simulated"
    ]
    at_sea = sum(n for name, n in died.items() if legs[name].mode == "sea")
    in_desert = sum(
        n for name, n in died.items() if legs[name].mode == "desert" and legs[name].purpose == "irregular"
    )
    assert pick(table, "deaths_sea")["n_simulated"] == at_sea
    assert pick(table, "deaths_sahara")["n_simulated"] == in_desert


def test_cuts_add_their_legs(table: pd.DataFrame, result: RunResult) -> None:
    monitoring = pd.DataFrame([row.model_dump() for row in result.scenario.monitoring])
    cuts = table[table["scope_kind"] == "cut"]
    if monitoring.empty:
        assert cuts.empty
        return
    assert set(cuts["scope"]) == set(monitoring["point"])
    flow = dict(zip([leg.id for leg in result.scenario.legs], result.counts.flow.sum(axis=0), strict=True))
    for point, rows in monitoring.groupby("point"):
        of_cut = cuts[(cuts["scope"] == point) & (cuts["outcome"] == "flow")]
        assert of_cut["n_simulated"].tolist() == [sum(flow[leg] for leg in rows["leg"])]


def test_nobody_is_counted_twice_on_a_first_crossing() -> None:
    model = lived(tiny("fork"))
    table = summarise(result_of(model))
    crossed = int((everybody(model)["flags"] & 1).sum())
    assert pick(table, "sahara_crossings")["n_simulated"] == crossed
    on_desert = table.query(
        "outcome == 'flow' and scope_kind == 'leg' and scope in ['gate_well', 'well_haven']"
    )
    assert crossed < on_desert["n_simulated"].sum()


def test_journeys_are_those_started_and_those_under_way() -> None:
    result = run(tiny("fork"), seed=2)
    table = summarise(result)
    started = result.counts.event_count[result.counts.event_kind == Event.STARTED].sum()
    assert pick(table, "journeys_started")["n_simulated"] == started
    assert pick(table, "journeys")["n_simulated"] == started + 50  # 50 people at the gate on the first day
