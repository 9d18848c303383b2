"""Common random numbers: without coupling, what cannot reach a person changes nothing in their life."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_worlds import closing, everybody, lived, route, tiny, uncoupled

from simulation import RouteModel
from simulation.kernels.layout import NEVER, PLACE_BLOCKS, Status
from simulation.spec.models import Scenario
from simulation.world.routes import Routes

ROUTE = uncoupled(route())
SCALE = 0.05


def reaching(routes: Routes, closed: str) -> np.ndarray:
    """Return (P,) whether the leg can be reached from each place, by choice or on a boat that is brought back."""
    onward = [(leg.origin, leg.destination) for leg in routes.legs if leg.purpose == "irregular"]
    onward += [
        (leg.origin, leg.destination) for leg in routes.legs if leg.purpose == "regular" and leg.quota > 0
    ]
    onward += [
        (leg.origin, routes.legs[back].destination)
        for leg, back in zip(routes.legs, routes.back_leg, strict=True)
        if leg.purpose == "irregular" and back >= 0
    ]
    found = {routes.legs[routes.leg_index[closed]].origin}
    while more := {a for a, b in onward if b in found} - found:
        found |= more
    return np.array([p.id in found for p in routes.places])


def lived_with_visits(scenario: Scenario) -> tuple[RouteModel, pd.DataFrame]:
    """Return a model that has lived all its days, and (who x place) whether somebody has been there."""
    model = RouteModel(scenario, scale=SCALE)
    routes, people = model.routes, model.people
    n_legs, n_places = len(routes.legs), len(routes.places)
    visited = np.zeros((people.who.size, n_places + 1), np.bool_)
    starts = people.life["start_day"] >= 0
    everyone = np.arange(people.who.size)
    visited[everyone[starts], routes.stream_place[people.life["group"][starts] // 6]] = True
    end = np.concatenate(
        [routes.destination, *[np.arange(n_places)] * len(PLACE_BLOCKS), np.full(7, n_places)]
    )
    begin = np.concatenate([routes.origin, end[n_legs:]])
    while model.running:
        visited[everyone, begin[people.life["cell"]]] = visited[everyone, end[people.life["cell"]]] = True
        model.step()
    visited[everyone, begin[people.life["cell"]]] = visited[everyone, end[people.life["cell"]]] = True
    names = [p.id for p in routes.places]
    return model, pd.DataFrame(visited[:, :-1], index=people.who, columns=names).sort_index()


@pytest.fixture(scope="module")
def baseline() -> tuple[RouteModel, pd.DataFrame, pd.DataFrame]:
    model, visits = lived_with_visits(ROUTE)
    return model, visits, everybody(model)


# The road from Dakar, a road in the Sahara, the exits from eastern Libya and from Tunisia.
@pytest.mark.parametrize("closed", ["e001", "e037", "e112", "e109"])
def test_closing_a_leg_out_of_reach_changes_nobody(
    closed: str, baseline: tuple[RouteModel, pd.DataFrame, pd.DataFrame]
) -> None:
    model, visits, before = baseline
    used = model.counts().flow[:, model.routes.leg_index[closed]].sum()
    assert used > 10, "a leg that nobody takes shows nothing"
    after = everybody(lived(closing(ROUTE, closed), scale=SCALE))
    out_of_reach = ~(visits.to_numpy() & reaching(model.routes, closed)).any(axis=1)
    lives = before[out_of_reach]
    assert (lives["status"] > Status.STAYED_HOME).sum() > 500
    pd.testing.assert_frame_equal(lives, after[out_of_reach])
    # The twin that must fail: somebody in reach of the leg lives another life.
    assert not before[~out_of_reach].equals(after[~out_of_reach])


def with_newcomers(scenario: Scenario, start: str, journeys: float) -> Scenario:
    """Return the scenario with one more stream, the first in its tables."""
    row, people = scenario.streams[0], scenario.composition[0]
    year = scenario.document.period.start.year
    more = row.model_copy(update={"stream": "newcomers", "place": start, "journeys": journeys, "year": year})
    of_them = people.model_copy(update={"stream": "newcomers", "female": 0.9, "child": 0.7})
    streams, composition = (more, *scenario.streams), (of_them, *scenario.composition)
    return scenario.model_copy(update={"streams": streams, "composition": composition})


@pytest.mark.parametrize(("name", "start"), [("fork", "home"), ("sea", "coast"), ("route", "agadez")])
def test_one_more_stream_changes_nobody_else(name: str, start: str) -> None:
    scenario = ROUTE if name == "route" else uncoupled(tiny(name))
    # Relative risks are 1 on average over the people who start, so another stream would rescale them.
    scenario = scenario.model_copy(update={"relative_risks": ()})
    alone = everybody(lived(scenario, scale=SCALE if name == "route" else 1.0))
    joined = everybody(lived(with_newcomers(scenario, start, 3000), scale=SCALE if name == "route" else 1.0))
    newcomers = joined["stream"] == "newcomers"
    assert newcomers.sum() > 20
    pd.testing.assert_frame_equal(alone, joined[~newcomers])


def test_with_shared_boats_newcomers_do_change_others() -> None:
    """The twin that must fail: where vehicles are small and shared, one more stream moves somebody."""
    legs = tuple(
        x.model_copy(update={"vehicle_capacity": min(x.vehicle_capacity, 2)}) for x in tiny("fork").legs
    )
    scenario = tiny("fork").model_copy(update={"legs": legs})
    alone, joined = everybody(lived(scenario)), everybody(lived(with_newcomers(scenario, "home", 3000)))
    assert not alone.equals(joined[joined["stream"] != "newcomers"])


@pytest.mark.parametrize("name", ["fork", "sea", "route"])
def test_a_tenth_are_some_of_all_and_live_the_same_lives(name: str) -> None:
    scenario, whole = (ROUTE, SCALE) if name == "route" else (uncoupled(tiny(name)), 1.0)
    everyone, some = everybody(lived(scenario, scale=whole)), everybody(lived(scenario, scale=whole / 10))
    share = len(some) / len(everyone)
    spread = np.sqrt(0.09 / len(everyone))
    assert abs(share - 0.1) < 5 * spread  # kept by a keyed hash: binomial, false alarm below 1e-6
    pd.testing.assert_frame_equal(everyone.loc[some.index], some)


def test_who_is_nobody_elses() -> None:
    for scenario in (ROUTE, tiny("fork"), tiny("sea")):
        who = RouteModel(scenario, scale=0.2).people.who
        assert np.unique(who).size == who.size


def test_ended_journeys_stay_ended() -> None:
    people = everybody(lived(tiny("fork")))
    ended = people["status"] >= Status.ARRIVED
    assert ended.sum() > 100
    assert (people[ended]["due"] == NEVER).all()
    assert (people[ended]["bound"] == 0).all()
    assert (people[ended]["location"] == "").all()
