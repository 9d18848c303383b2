"""Changes that must not matter, and changes whose direction is known (MODEL.md 7.4)."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import worlds
from scipy import stats
from small_worlds import (
    FALSE_ALARM,
    FIRST,
    by_event,
    changed,
    everybody,
    leg,
    lived,
    place,
    risk,
    stream,
    tiny,
)

from simulation.kernels.hazards import NOTHING, draw_event
from simulation.kernels.layout import RATES, Event, Rate, Status
from simulation.spec.models import Coupling, Document, InitialGroup, Period, Scenario
from simulation.world.routes import OUTCOMES

# Choices that no risk, price or time enters, so that hazards change nothing but themselves.
FIXED_CHOICES = {
    "risk_weight": 0.0, "arrest_weight": 0.0, "discount": 0.0, "deterrence_elasticity": 0.0,
    "vulnerability_gamma": 0.0, "vulnerability_step": 0.0, "service_seeking": 0.0, "belief_rate": 0.0,
    "market_demand_price": 0.0, "market_demand_quality": 0.0,
}  # fmt: skip


def shortened(scenario: Scenario) -> Scenario:
    """Return the scenario's first five months, of which people set out in three."""
    start = scenario.document.period.start
    days = (start + datetime.timedelta(days=n) for n in (90, 150))
    return changed(scenario, period=Period(start=start, departures_end=next(days), end=next(days)))


# Names ---
def renamed(row: Any, names: dict[str, str], *columns: str) -> Any:
    """Return a row with names replaced in some columns."""
    return row.model_copy(update={c: names.get(getattr(row, c), getattr(row, c)) for c in columns})


def with_other_zones(scenario: Scenario) -> Scenario:
    """Return the scenario with other names of zones, and other words for people to read."""
    zones = {p.risk_zone for p in scenario.places} | {p.custody_zone for p in scenario.places}
    zones |= {x.risk_zone for x in scenario.legs} | {c.zone for c in scenario.custody}
    names = {name: f"x{k}" for k, name in enumerate(sorted(zones, reverse=True))}
    spoken = tuple(renamed(p, names, "risk_zone", "custody_zone") for p in scenario.places)
    return scenario.model_copy(
        update={
            "places": tuple(p.model_copy(update={"name": f"Place {k}"}) for k, p in enumerate(spoken)),
            "legs": tuple(renamed(x, names, "risk_zone") for x in scenario.legs),
            "risks": tuple(renamed(r, names, "zone") for r in scenario.risks),
            "vehicle_risks": tuple(renamed(v, names, "zone") for v in scenario.vehicle_risks),
            "custody": tuple(renamed(c, names, "zone") for c in scenario.custody),
        }
    )


@settings(max_examples=25)
@given(scenario=worlds())
def test_names_of_zones_change_no_bit(scenario: Scenario) -> None:
    """Draws are keyed by the names of places, legs and streams alone; zones are groups of rows."""
    one, other = lived(scenario, threads=1), lived(with_other_zones(scenario), threads=1)
    pd.testing.assert_frame_equal(everybody(one), everybody(other))


def with_other_names(scenario: Scenario) -> Scenario:
    """Return a scenario without levers in which every place, leg and stream has another name."""
    places, legs = ({x.id: f"other_{x.id}" for x in rows} for rows in (scenario.places, scenario.legs))
    streams = {s.stream: f"other_{s.stream}" for s in scenario.streams}
    moved = [
        x.model_copy(
            update={"id": legs[x.id], "origin": places[x.origin], "destination": places[x.destination]}
        )
        for x in scenario.legs
    ]
    return scenario.model_copy(
        update={
            "places": tuple(renamed(p, places, "id") for p in scenario.places),
            "legs": tuple(moved),
            "streams": tuple(
                renamed(renamed(s, places, "place"), streams, "stream") for s in scenario.streams
            ),
            "composition": tuple(renamed(c, streams, "stream") for c in scenario.composition),
            "initial": tuple(
                renamed(renamed(i, places, "place"), streams, "stream") for i in scenario.initial
            ),
            "season": tuple(renamed(s, streams, "stream") for s in scenario.season),
            "monitoring": (),
        }
    )


def shares_by_seed(scenario: Scenario, seeds: range) -> pd.DataFrame:
    """Return people by status at the end, and harms, as shares of everybody; one row a seed."""
    rows = []
    for seed in seeds:
        model = lived(scenario, seed=seed, threads=1)
        n = model.people.who.size
        row = dict(zip((s.name for s in Status), model.counts().census[-1] / n, strict=True))
        events = by_event(model)
        row |= {e.name: events[e].sum() / n for e in (Event.SEPARATION, Event.SEA_ATTEMPT, Event.SERVED)}
        rows.append(row)
    return pd.DataFrame(rows)


def least_p_value(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return the smallest p of Welch's tests of all columns that vary, times their number (Bonferroni)."""
    varying = [name for name in one if one[name].std() > 0 and other[name].std() > 0]
    found = [stats.ttest_ind(one[name], other[name], equal_var=False).pvalue for name in varying]
    return min(found) * len(found)


@pytest.mark.parametrize("name", ["fork", "sea"])
def test_other_names_leave_the_distribution(name: str) -> None:
    """Names of places, legs and streams key the draws: bits change, shares do not. False alarm: FALSE_ALARM."""
    scenario = shortened(changed(tiny(name), parameters={"companions_mean": 1.0}))
    other = with_other_names(scenario)
    one, two = shares_by_seed(scenario, range(12)), shares_by_seed(other, range(12))
    assert least_p_value(one, two) > FALSE_ALARM
    assert not one.equals(two)
    # The twin that must fail: fewer who set out show at these sizes.
    fewer = changed(other, parameters={"companions_mean": 1.0, "departure_reference": 0.6})
    assert least_p_value(one, shares_by_seed(fewer, range(12))) < FALSE_ALARM


# Legs in two parts ---
def corridor(days: tuple[int, ...], harms: dict[str, float], seed: int) -> Scenario:
    """Return a road without choices: home to the end over legs of whole days; only stopping on the way is different.

    Places have no hazards and nobody stays: to stay, or go home, has a weight of exp(-30).
    """
    stops = ["home", *(f"stop{k}" for k in range(len(days) - 1)), "end"]
    kinds = ["origin", *["border_post"] * (len(days) - 1), "destination"]
    legs = [
        leg(a, b, name=f"part{k}", days_low=n, days_mode=n, days_high=n, price_low=0.0, price_high=0.0)
        for k, (a, b, n) in enumerate(zip(stops[:-1], stops[1:], days, strict=True))
    ]
    people = stream("locals", "home", 1500.0, (0.4, 0.3, 0.2, 0.1))
    end = FIRST + datetime.timedelta(days=40)
    waiting = {"people": 30, "people_low": 30, "people_high": 30, "mean_days_since_arrival": 1}
    said = {"derivation": "test map", "source": "assumed: test map", "confidence": "assumed"}
    return Scenario(
        document=Document(
            scenario="corridor", title="A road", seed=seed,
            period=Period(start=FIRST, departures_end=FIRST + datetime.timedelta(days=25), end=end),
            parameters={"companions_mean": 1.0, "stay_utility": -30.0, "return_utility": -30.0},
        ),
        places=tuple(place(s, kind, capacity=0.0) for s, kind in zip(stops, kinds, strict=True)),
        legs=tuple(legs), risks=tuple(risk("paved", "leg", outcome, rate) for outcome, rate in harms.items()),
        custody=(), streams=(people[0],), composition=(people[1],),
        initial=(InitialGroup(place="home", stream="locals", **waiting, **said),),
        parameters=tiny("fork").parameters,
    )  # fmt: skip


_harmless = [
    o for o in OUTCOMES if o not in {"arrest", "abduction"}
]  # these lead back to where the leg begins


@settings(max_examples=50)
@given(
    parts=st.lists(st.integers(1, 5), min_size=2, max_size=3),
    harms=st.fixed_dictionaries({o: st.sampled_from([0.0, 0.01, 0.2]) for o in _harmless}),
    seed=st.integers(0, 2**32),
)
def test_a_stop_without_a_decision_changes_nobodys_life(
    parts: list[int], harms: dict[str, float], seed: int
) -> None:
    """A leg of whole days, or two or three legs of as many days in all: the same bits, apart from the names of legs."""
    whole, split = (lived(corridor(days, harms, seed), threads=1) for days in ((sum(parts),), tuple(parts)))
    same = ["status", "vulnerability", "incidents", "flags", "together", "party", "needs", "start_day"]
    one, other = everybody(whole)[same], everybody(split)[same]
    assert (one["status"] > Status.STAYED_HOME).any()
    pd.testing.assert_frame_equal(one, other)
    np.testing.assert_array_equal(whole.counts().census, split.counts().census)


# More of a hazard ---
@settings(max_examples=300)
@given(
    rates=st.lists(st.floats(0, 3), min_size=RATES, max_size=RATES),
    k=st.integers(0, RATES - 1),
    more=st.floats(0, 5),
    fraction=st.floats(0.01, 1),
)
def test_more_of_a_rate_never_makes_it_rarer(
    rates: list[float], k: int, more: float, fraction: float
) -> None:
    """Over an even grid of uniforms, the share of days on which the hazard's event is drawn does not fall."""
    grid = (np.arange(400) + 0.5) / 400
    one = np.ones(256)

    def often(table: list[float]) -> int:
        rate = np.array(table).reshape(1, 1, RATES)
        return sum(draw_event(u, fraction, rate, 0, 0, RATES, one, 0, 1.0, 1.0)[0] == k for u in grid)

    assert (
        often([r + more * (i == k) for i, r in enumerate(rates)]) >= often(rates) - 1
    )  # a point of the grid
    nothing = sum(draw_event(u, fraction, np.array(rates).reshape(1, 1, RATES), 0, 0, RATES, one, 0, 1.0, 1.0)[0]
                  == NOTHING for u in grid)  # fmt: skip
    assert abs(nothing / 400 - np.exp(-fraction * sum(rates))) < 1 / 200


def on_legs_only(scenario: Scenario, harm: str, value: float) -> Scenario:
    """Return the scenario with one hazard on its legs by land, and nothing else that can happen to anybody."""
    risks = [risk(mode, "leg", harm, value) for mode in ("paved", "unpaved", "desert")]
    legs = tuple(x.model_copy(update={"vehicle_capacity": 0}) for x in scenario.legs)
    coupling = Coupling(**dict.fromkeys(Coupling.model_fields, False) | {"parties": True})
    numbers = scenario.document.parameters | FIXED_CHOICES
    levers = type(scenario.document.levers)()
    return changed(
        scenario.model_copy(update={"risks": tuple(risks), "vehicle_risks": (), "legs": legs, "relative_risks": ()}),
        coupling=coupling, parameters=numbers, levers=levers,
    )  # fmt: skip


@settings(max_examples=50)
@given(
    scenario=worlds(),
    harm=st.sampled_from(["death", "injury", "violence", "sgbv", "robbery"]),
    low=st.sampled_from([0.005, 0.05]),
    factor=st.sampled_from([1.5, 4.0]),
)
def test_more_of_a_hazard_on_legs_spares_nobody_whom_less_of_it_hit(
    scenario: Scenario, harm: str, low: float, factor: float
) -> None:
    """With choices fixed and no other harm, person by person: whoever died still dies, whoever was hurt still is."""
    less, more = (lived(on_legs_only(scenario, harm, value), threads=1) for value in (low, low * factor))
    one, other = everybody(less), everybody(more)
    assert by_event(more)[Event[harm.upper()]].sum() >= by_event(less)[Event[harm.upper()]].sum()
    if harm == "death":
        assert other.loc[one["status"] == Status.DEAD, "status"].eq(Status.DEAD).all()
    else:
        assert (other["incidents"] >= one["incidents"]).all()
        assert (other["status"] == one["status"]).all()


@pytest.mark.parametrize("harm", [Rate.ARREST, Rate.ABDUCTION, Rate.DEATH])
def test_more_of_a_hazard_that_moves_people_raises_its_count(harm: Rate) -> None:
    """Where it takes people elsewhere lives differ, so in the mean over seeds; four times the hazard on the main road.

    False alarm: a one-sided paired test at FALSE_ALARM against a fall; the rise itself must be as clear.
    """
    base = shortened(changed(tiny("fork"), parameters={**FIXED_CHOICES, "companions_mean": 1.0}))
    others = tuple(r for r in base.risks if r.outcome != harm.name.lower())

    def counts(value: float) -> np.ndarray:
        risks = (*others, risk("road", "leg", harm.name.lower(), value))
        scenario = base.model_copy(update={"risks": risks})
        models = [lived(scenario, seed=seed, threads=1) for seed in range(10)]
        return np.array([by_event(model)[Event(int(harm))].sum() for model in models])

    rise = stats.ttest_rel(counts(0.04), counts(0.01), alternative="greater")
    assert rise.pvalue < FALSE_ALARM
