"""Joint draws of uncertain numbers: inside their ranges, centred on the best estimate, shared by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation import load_scenario
from simulation.spec.load import check_dump
from simulation.spec.models import Scenario
from simulation.world.departures import potential_journeys
from simulation.world.draws import Draw, draw_around, draw_scenario, find_uncertain, read_uniforms
from simulation.world.routes import build_routes
from simulation.world.tables import resolve_parameters

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def route() -> Scenario:
    return load_scenario(SCENARIOS / "central_mediterranean" / "baseline.yaml")


@given(
    ends=st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted),
    u=st.floats(0, 1, exclude_max=True),
    log=st.booleans(),
)
def test_draws_lie_in_the_range_and_rise_with_luck(ends: list[float], u: float, log: bool) -> None:
    low, value, high = ends
    drawn = draw_around(u, value, low, high, log=log)
    assert low * (1 - 1e-12) <= drawn <= high * (1 + 1e-12)
    assert drawn <= draw_around(min(u + 0.1, 1.0), value, low, high, log=log) * (1 + 1e-12)


@given(ends=st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted), log=st.booleans())
def test_the_median_is_the_best_estimate(ends: list[float], log: bool) -> None:
    low, value, high = ends
    assert draw_around(0.5, value, low, high, log=log) == pytest.approx(value, rel=1e-12)


def test_every_drawn_number_of_the_route_lies_in_its_range_and_half_of_them_above_the_estimate(
    route: Scenario,
) -> None:
    drawn = [draw_scenario(route, seed=3, draw=k) for k in range(40)]
    above = []
    for one in drawn:
        for risk, best in zip(one.risks, route.risks, strict=True):
            assert best.low * (1 - 1e-9) <= risk.value <= best.high * (1 + 1e-9)
            if best.low < best.value < best.high:
                above.append(risk.value > best.value)
        for row in one.composition:
            assert row.europe + row.north_africa + row.region + row.circular == pytest.approx(1.0)
        for custody in one.custody:
            assert custody.exit_expelled + custody.exit_assisted <= 1.0 + 1e-12
    # Names are drawn independently: 6 standard errors, a false alarm of 2e-9.
    assert abs(np.mean(above) - 0.5) < 6 * 0.5 / np.sqrt(len(above))


def test_every_name_gives_another_uniform_number_in_every_draw_and_seed() -> None:
    names = [f"name {k}" for k in range(60)]
    table = np.array([[Draw(seed, k).uniform(name) for seed in (0, 1) for k in range(200)] for name in names])
    assert np.unique(table).size == table.size
    # 60 Kolmogorov-Smirnov tests at 1e-8 each.
    assert min(stats.kstest(row, "uniform").pvalue for row in table) > 1e-8


@pytest.mark.parametrize("name", ["fork", "line", "sea"])
def test_every_stream_starts_otherwise_under_another_seed(name: str) -> None:
    scenario = load_scenario(SCENARIOS / "tiny" / name / f"{name}.yaml")
    routes, parameters = build_routes(scenario), resolve_parameters(scenario)
    for s in range(len(routes.streams)):
        seen = set()
        for seed in range(6):
            _, stream, start = potential_journeys(scenario, routes, seed, parameters, None)
            seen.add(start[stream == s].tobytes())
        assert len(seen) == 6


def test_a_draw_is_the_same_in_every_scenario_that_has_the_names(route: Scenario) -> None:
    other = load_scenario(SCENARIOS / "central_mediterranean" / "wider_pathways.yaml")
    one, two = (draw_scenario(s, seed=3, draw=5) for s in (route, other))
    assert one.risks == two.risks
    assert one.parameters == two.parameters
    fewer = route.model_copy(update={"risks": route.risks[1:]})
    assert draw_scenario(fewer, seed=3, draw=5).risks == one.risks[1:]
    assert draw_scenario(route, seed=3, draw=6).risks != one.risks
    assert draw_scenario(route, seed=4, draw=5).risks != one.risks


def _ranges(scenario: Scenario) -> Iterator[tuple[str, int, str, float, float, float]]:
    """Yield (table, row, column, low, value, high) of every number that has a range."""
    for table in Scenario.model_fields:
        if table in {"document", "legs"}:  # legs: days are a triangle, fares have ends without a middle
            continue
        for i, row in enumerate(getattr(scenario, table)):
            columns = type(row).model_fields
            ends = [(c, f"{c}_low", f"{c}_high") for c in columns if f"{c}_low" in columns]
            ends += [(c, "low", "high") for c in ("value", "rate") if c in columns and "low" in columns]
            for column, low, high in ends:
                numbers = getattr(row, low), getattr(row, column), getattr(row, high)
                if None not in numbers and table != "parameters":
                    yield table, i, column, *numbers


def test_every_number_with_a_range_is_drawn_from_it(route: Scenario) -> None:
    """Whatever the table: a column that gains a range must be drawn, or uncertainty would be too narrow."""
    drawn = [draw_scenario(route, seed=7, draw=k) for k in range(4)]
    moved: dict[tuple[str, str], bool] = {}
    for table, i, column, low, value, high in _ranges(route):
        found = [getattr(getattr(one, table)[i], column) for one in drawn]
        least = 0.0 if column.startswith("exit_") else low  # exits that add to more than all are scaled down
        assert all(least * (1 - 1e-9) <= x <= high * (1 + 1e-9) for x in found), (table, i, column)
        if low < value < high:
            moved[table, column] = moved.get((table, column), False) or len(set(found)) > 1
    assert len(moved) > 10
    assert all(moved.values()), [name for name, is_drawn in moved.items() if not is_drawn]
    for one in drawn:
        for custody in one.custody:
            assert custody.exit_expelled + custody.exit_assisted + custody.exit_bribe <= 1.0 + 1e-12


def test_places_of_a_country_share_their_luck() -> None:
    fork = load_scenario(SCENARIOS / "tiny" / "fork" / "fork.yaml")
    wages = {"wage": 8.0, "wage_low": 2.0, "wage_high": 20.0}
    fork = fork.model_copy(update={"places": tuple(p.model_copy(update=wages) for p in fork.places)})
    drawn: dict[str, set[float]] = {}
    for place in draw_scenario(fork, seed=7, draw=1).places:
        drawn.setdefault(place.country, set()).add(place.wage)
    assert [len(wages) for wages in drawn.values()] == [1, 1]
    assert drawn["NER"] != drawn["LBY"]


def test_overridden_parameters_are_choices_and_stay(route: Scenario) -> None:
    document = route.document.model_copy(update={"parameters": {"discount": 0.9}})
    drawn = draw_scenario(route.model_copy(update={"document": document}), seed=3, draw=1)
    assert drawn.document.parameters == {"discount": 0.9}
    table = {p.name: p.value for p in route.parameters}
    assert {p.name: p.value for p in drawn.parameters}["discount"] == table["discount"]


# Uniforms by name ---
def test_keyed_uniforms_are_what_they_were() -> None:
    """Published numbers rest on them: this one was read before uniforms could be given by name."""
    assert Draw(3, 5).uniform("parameter:risk_weight") == 0.38764530307293454


def test_giving_the_keyed_uniforms_changes_no_bit(route: Scenario) -> None:
    names = find_uncertain(route)
    given = dict(zip(names, read_uniforms(names, seed=3, draw=5).tolist(), strict=True))
    plain = draw_scenario(route, seed=3, draw=5)
    assert draw_scenario(route, seed=3, draw=5, given={}) == plain
    assert draw_scenario(route, seed=3, draw=5, given=given) == plain
    # All names were found, or a number would stay at its median here.
    assert draw_scenario(route, seed=99, draw=0, given=given, others="median") == plain


def test_half_returns_the_best_estimate_to_the_last_bit(route: Scenario) -> None:
    middle = draw_scenario(route, seed=3, draw=5, others="median")
    for table in Scenario.model_fields:
        if table != "legs":
            assert getattr(middle, table) == getattr(route, table), table
    # A fare has ends and no best estimate: the model uses their geometric mean, and so does the draw.
    drawn, plain = build_routes(middle), build_routes(route)
    np.testing.assert_allclose(drawn.price, plain.price, rtol=1e-15)
    assert draw_scenario(route, seed=3, draw=5, given=dict.fromkeys(find_uncertain(route), 0.5)) == middle


@pytest.mark.parametrize("u", [0.0, 1.0])
def test_the_ends_are_those_of_the_range_so_that_the_scenario_stays_sound(route: Scenario, u: float) -> None:
    ends = draw_scenario(route, seed=3, draw=5, given=dict.fromkeys(find_uncertain(route), u))
    for one, best in zip(ends.risks, route.risks, strict=True):
        assert one.value == (best.high if u else best.low)
    assert [problem for problem in check_dump(ends) if "does not hold" in problem.message] == []


def test_one_given_name_moves_its_numbers_and_no_others(route: Scenario) -> None:
    middle = draw_scenario(route, seed=3, draw=5, others="median")
    name = "capacity:NER"
    assert name in find_uncertain(route)
    high = draw_scenario(route, seed=3, draw=5, given={name: 1.0}, others="median")
    for table in Scenario.model_fields:
        if table != "places":
            assert getattr(high, table) == getattr(middle, table), table
    for one, best in zip(high.places, middle.places, strict=True):
        if best.country == "NER" and best.service_capacity_high is not None:
            assert one.service_capacity == pytest.approx(best.service_capacity_high, rel=1e-12)
        else:
            assert one == best


def test_names_are_listed_once_and_cover_every_kind_of_table(route: Scenario) -> None:
    names = find_uncertain(route)
    assert len(set(names)) == len(names)
    kinds = {name.split(":")[0] for name in names}
    assert kinds >= {
        "parameter", "stay", "capacity", "work", "wage", "detention", "returns", "price", "quota", "acceptance",
        "risk", "vehicle", "custody", "stream", "female", "child", "savings_factor", "europe", "initial",
        "relative", "relief", "cost", "observation",
    }  # fmt: skip
    assert find_uncertain(route) == names


def test_each_listed_name_moves_the_scenario(route: Scenario) -> None:
    middle = draw_scenario(route, seed=1, draw=0, others="median")
    names = find_uncertain(route)
    for name in names[:: len(names) // 24]:
        ends = [
            draw_scenario(route, seed=1, draw=0, given={name: u}, others="median") != middle
            for u in (0.0, 1.0)
        ]
        assert any(ends), name


def test_overridden_and_pointlike_numbers_are_not_uncertain(route: Scenario) -> None:
    document = route.document.model_copy(update={"parameters": {"discount": 0.9}})
    changed = route.model_copy(update={"document": document})
    assert set(find_uncertain(route)) - set(find_uncertain(changed)) == {"parameter:discount"}
    sure = tuple(p.model_copy(update={"low": p.value, "high": p.value}) for p in route.parameters)
    sure_names = find_uncertain(route.model_copy(update={"parameters": sure}))
    assert not any(name.startswith("parameter:") for name in sure_names)


@pytest.mark.parametrize("u", [-0.1, 1.1, float("nan")])
def test_what_is_no_uniform_is_refused(route: Scenario, u: float) -> None:
    with pytest.raises(ValueError, match="capacity:NER"):
        draw_scenario(route, seed=3, draw=5, given={"capacity:NER": u})


def test_the_uniform_of_a_year_goes_before_that_of_its_stream(route: Scenario) -> None:
    names = find_uncertain(route, by_year=True)
    assert "stream:senegal" not in names
    assert "stream:senegal:2015" in names
    given = {"stream:senegal": 0.0, "stream:senegal:2015": 1.0}
    drawn = draw_scenario(route, seed=1, draw=0, given=given, others="median")
    rows = {row.year: row for row in drawn.streams if row.stream == "senegal"}
    assert rows[2015].journeys == rows[2015].journeys_high
    assert rows[2014].journeys == rows[2014].journeys_low
