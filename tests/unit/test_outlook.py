"""Deterministic: the market's and the beliefs' answers, month by month, against their formulas written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import tiny

from simulation.spec.models import Coupling
from simulation.units import DAYS_PER_MONTH
from simulation.world.market import MEMORY_MONTHS, rescue_quality
from simulation.world.outlook import Outlook
from simulation.world.policy import Settings, reference_settings
from simulation.world.rates import death_chances, known_risks, leg_hazards
from simulation.world.routes import Routes, build_routes
from simulation.world.tables import build_world, resolve_parameters

NOBODY = np.zeros(6, np.int64)
NO_RISK = np.zeros(6)


def begun(name: str = "fork", **parameters: float) -> tuple[Routes, Outlook, Settings]:
    """Return a tiny map's routes, outlook and reference settings under some parameters."""
    scenario = tiny(name)
    routes, p = build_routes(scenario), resolve_parameters(scenario) | parameters
    return routes, Outlook.begin(routes, p, Coupling()), reference_settings(scenario, routes, p)


# Market --------------------------------------------------------------------------------------------------------------
def test_without_weights_nothing_adapts() -> None:
    _, outlook, _ = begun()
    assert not outlook.adapt(NOBODY + 1000, NOBODY, NO_RISK, 31, 1.0)
    assert set(outlook.market.price) == set(outlook.market.quality) == {1.0}
    assert set(outlook.bias[0]) == {1.0}
    assert set(outlook.bias[1]) == {outlook.parameters["uninformed_bias"]}


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=30), st.floats(-1, 1), st.floats(0.1, 1.0))
def test_fares_follow_flow_over_what_a_leg_is_used_to(
    flows: list[int], elasticity: float, scale: float
) -> None:
    routes, outlook, _ = begun(market_demand_price=elasticity, market_demand_quality=-elasticity)
    leg, visa, expulsion = (routes.leg_index[x] for x in ("gate_well", "home_haven_visa", "gate_home_back"))
    used_to, price = 0.0, 1.0
    for month, entered in enumerate(flows):
        outlook.adapt(NOBODY + entered, NOBODY, NO_RISK, 30, scale)
        flow = entered / scale / 30 * DAYS_PER_MONTH
        used_to += (flow - used_to) / min(month + 1, MEMORY_MONTHS)
        if elasticity != 0:
            price = min(4.0, max(0.25, ((flow + 1) / (used_to + 1)) ** elasticity))
    assert outlook.market.price[leg] == pytest.approx(price)
    assert outlook.market.quality[leg] == pytest.approx(1 / price)
    assert outlook.market.price[visa] == outlook.market.price[expulsion] == 1.0


def test_the_first_year_is_a_plain_mean() -> None:
    routes, outlook, _ = begun(market_demand_price=0.5)
    for entered in range(100, 1300, 100):
        outlook.adapt(NOBODY + entered, NOBODY, NO_RISK, 31, 1.0)
    assert outlook.market.reference[0] == pytest.approx(np.mean(range(100, 1300, 100)) / 31 * DAYS_PER_MONTH)
    assert routes.purpose[0] == 0


def test_the_market_reaches_fares_and_peril_of_the_tables() -> None:
    scenario = tiny("fork")
    routes, outlook, settings = begun(market_demand_price=0.5, market_demand_quality=0.5)
    calm, _ = build_world(scenario, routes, settings, 1.0, None, outlook)
    outlook.adapt(NOBODY + 10, NOBODY, NO_RISK, 31, 1.0)
    outlook.adapt(NOBODY + 400, NOBODY, NO_RISK, 31, 1.0)
    busy, _ = build_world(scenario, routes, settings, 1.0, None, outlook)
    factor = float(outlook.market.price[0])
    assert factor > 1.2
    fare = np.rint(routes.price * outlook.market.price)
    assert busy.leg["price"][:5].tolist() == fare[:5].tolist()
    leg = routes.leg_index["gate_well"]
    days = routes.mean_days[leg]
    before, after = (-math.expm1(-w.leg["peril"][leg] * days) for w in (calm, busy))
    assert after / before == pytest.approx(factor)
    outlook.market_on = False
    still, _ = build_world(scenario, routes, settings, 1.0, None, outlook)
    assert (still.leg == calm.leg).all()


def test_boats_answer_to_rescue_with_either_sign() -> None:
    routes, _, settings = begun("sea")
    settings.coverage[:] = 0.9
    for weight in (-0.5, 0.0, 0.5):
        p = {"market_rescue_quality": weight, "reference_coverage": 0.5}
        factor = rescue_quality(routes, settings.coverage, p)
        assert factor.tolist() == pytest.approx([math.exp(0.4 * weight)] * 2 + [1.0])


# Beliefs -------------------------------------------------------------------------------------------------------------
BELIEVING = {"belief_rate": 0.25, "belief_reports": 0.5, "belief_smugglers": 0.2, "belief_reassured": 0.1,
             "uninformed_bias": 0.4}  # fmt: skip


def test_news_of_a_month_is_believed_a_month_later() -> None:
    routes, outlook, _ = begun(**BELIEVING)
    sand = [routes.leg_index[x] for x in ("gate_well", "well_haven")]
    road = routes.leg_index["gate_haven_main"]
    entered, deaths, chance = NOBODY.copy(), NOBODY.copy(), NO_RISK.copy()
    entered[sand], chance[sand], deaths[sand[0]] = (
        100,
        0.02,
        6,
    )  # 4 deaths to be expected in the zone, 6 happened
    outlook.adapt(entered, deaths, chance, 31, 1.0)
    assert set(outlook.bias[1]) == {0.4}
    outlook.adapt(NOBODY, NOBODY, NO_RISK, 28, 1.0)
    # two months have passed since the last news, so twice a quarter of what is left closes
    target = 0.8 * 0.5 * 6 / 4 + 0.2 * 0.1
    expected = 0.4 + (1 - 0.75**2) * (target - 0.4)
    assert outlook.bias[1, sand].tolist() == pytest.approx([expected, expected])
    assert outlook.bias[1, road] == 0.4
    assert set(outlook.bias[0]) == {1.0}


def test_few_expected_deaths_are_gathered_until_they_say_something() -> None:
    routes, outlook, _ = begun(**BELIEVING)
    leg = routes.leg_index["gate_well"]
    entered, deaths, chance = NOBODY.copy(), NOBODY.copy(), NO_RISK.copy()
    entered[leg], chance[leg] = 20, 0.02  # 0.4 a month
    deaths[leg] = 1
    beliefs = []
    for _ in range(5):
        outlook.adapt(entered, deaths, chance, 30, 1.0)
        beliefs.append(float(outlook.bias[1, leg]))
    assert beliefs[:3] == [0.4, 0.4, 0.4], "1.2 deaths are expected after three months, known in the fourth"
    target = 0.8 * 0.5 * 3 / 1.2 + 0.2 * 0.1
    assert beliefs[3] == pytest.approx(0.4 + (1 - 0.75**4) * (target - 0.4))
    assert beliefs[4] == beliefs[3]


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=40),
    st.floats(0, 1), st.floats(0, 10), st.floats(0, 1),
)  # fmt: skip
def test_beliefs_stay_between_none_and_ten_times_the_risk(
    months: list[tuple[int, int]], rate: float, reports: float, smugglers: float
) -> None:
    given_ = BELIEVING | {"belief_rate": rate, "belief_reports": reports, "belief_smugglers": smugglers}
    _, outlook, _ = begun(**given_)
    for entered, deaths in months:
        outlook.adapt(NOBODY + entered, NOBODY + deaths, NO_RISK + 0.01, 30, 1.0)
        assert (outlook.bias >= 0).all()
        assert (outlook.bias <= 10).all()


def test_true_reports_lead_beliefs_to_the_truth_and_reassurance_away_from_it() -> None:
    honest = BELIEVING | {"belief_reports": 1.0, "belief_smugglers": 0.0}
    for parameters, end in ((honest, 1.0), (honest | {"belief_smugglers": 1.0}, 0.1)):
        routes, outlook, _ = begun(**parameters)
        for _ in range(60):
            outlook.adapt(NOBODY + 1000, NOBODY + 10, NO_RISK + 0.01, 30, 1.0)
        assert outlook.bias[1, routes.leg_index["gate_well"]] == pytest.approx(end, abs=1e-6)


def test_information_moves_belief_towards_the_truth_where_it_is_heard() -> None:
    routes, outlook, settings = begun(uninformed_bias=0.4, information_effect=0.5)
    leg = routes.leg_index["gate_well"]
    settings.information[leg] = 0.8
    seen = known_risks(routes, settings, leg_hazards(routes, settings, outlook), outlook).bias
    assert seen[1, leg] == pytest.approx(0.4 + 0.6 * 0.8 * 0.5)
    assert seen[1, routes.leg_index["gate_haven_main"]] == 0.4
    assert set(seen[0]) == {1.0}


# Queues and copies ---------------------------------------------------------------------------------------------------
def test_people_count_a_share_of_the_queue_as_travel_days() -> None:
    routes, outlook, settings = begun(queue_weight=0.25)
    outlook.wait[:] = 100.0
    days = known_risks(routes, settings, leg_hazards(routes, settings, outlook), outlook).days
    visa = routes.leg_index["home_haven_visa"]
    assert days[visa] == pytest.approx(routes.mean_days[visa] + 25)
    others = np.arange(days.size) != visa
    assert (days[others] == routes.mean_days[others]).all()


def test_a_copy_goes_its_own_way() -> None:
    _, outlook, _ = begun(**BELIEVING, market_demand_price=0.5)
    outlook.adapt(NOBODY + 300, NOBODY + 9, NO_RISK + 0.01, 30, 1.0)
    twin = outlook.copy()
    for one in (outlook, twin):
        one.adapt(NOBODY + 900, NOBODY + 2, NO_RISK + 0.01, 30, 1.0)
    assert (twin.bias == outlook.bias).all()
    assert (twin.market.price == outlook.market.price).all()
    kept = outlook.bias.copy(), outlook.market.price.copy(), outlook.market.reference.copy()
    twin.wait[:] = 5.0
    twin.adapt(NOBODY + 5, NOBODY + 50, NO_RISK + 0.01, 30, 1.0)
    assert (outlook.bias == kept[0]).all()
    assert (outlook.market.price == kept[1]).all()
    assert (outlook.market.reference == kept[2]).all()
    assert outlook.wait.sum() == 0


def test_the_true_chance_of_death_of_a_leg_with_vehicles() -> None:
    routes, outlook, settings = begun()
    leg = routes.leg_index["gate_well"]
    # Deaths of one's own, 0.002 a day, and the tiny map's vehicles: peril 0.02, help for half, 0.05 and 0.6 die.
    own = -math.expm1(-0.002 * routes.mean_days[leg])
    assert death_chances(routes, settings, outlook)[leg] == pytest.approx(
        own + 0.02 * (0.5 * 0.05 + 0.5 * 0.6)
    )
