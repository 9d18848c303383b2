"""One mechanism at a time, in a small world made to show it: each test fails for a mistake that was once made."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_worlds import worlds
from small_worlds import (
    FIRST,
    by_event,
    changed,
    closing,
    counted_so_far,
    everybody,
    lived,
    risk,
    tiny,
    with_levers,
)
from test_company import Pairs, in_company

from simulation import RouteModel
from simulation.kernels import company, programmes
from simulation.kernels.day import refresh_bounds
from simulation.kernels.layout import DEMOGRAPHICS, LISTED, SPARE, UNRECORDED, Event, Status
from simulation.spec.checks import check_scenario
from simulation.spec.models import Levers, Scenario
from simulation.world.policy import day_number

LATER = FIRST + datetime.timedelta(days=60)
FOREVER = 1e8  # days


def bare(scenario: Scenario, *risks: tuple[str, str, str, float], **parameters: float) -> Scenario:
    """Return a scenario without levers, with these hazards (zone, setting, outcome, per day) and no others."""
    given_risks = tuple(risk(*one) for one in risks)
    quiet = changed(scenario, levers=Levers(), parameters=scenario.document.parameters | parameters)
    return quiet.model_copy(update={"risks": given_risks, "vehicle_risks": ()})


def with_rows(scenario: Scenario, table: str, **columns: Any) -> Scenario:
    """Return the scenario with columns of all rows of a table replaced."""
    rows = tuple(row.model_copy(update=columns) for row in getattr(scenario, table))
    return scenario.model_copy(update={table: rows})


def children(model: RouteModel) -> np.ndarray:
    """Return (n,) whether somebody is an accompanied child."""
    return np.asarray(model.people.life["group"] % DEMOGRAPHICS % 3 == 1)


# Families in and out of custody ---
def test_a_child_who_is_taken_alone_is_not_free_the_same_night() -> None:
    """Nobody leaves captivity for thousands of years, so no child does either, though the adults are free."""
    abducting = bare(in_company(tiny("fork")), ("town", "place", "abduction", 0.02), family_unity=1.0)
    model = lived(with_rows(abducting, "custody", mean_days=FOREVER), threads=1)
    events = by_event(model)
    held = model.cell_status[model.people.life["cell"]] == Status.CAPTIVE
    assert held[children(model)].sum() > 10
    assert events[Event.RELEASED].sum() == 0


def test_alternatives_part_no_family_on_the_way() -> None:
    """Somebody of a family is arrested on a leg and placed in the community: the others go there tonight.

    Nobody moves on later. Only from those who end their journey on the very day of the arrest somebody can be parted.
    """
    numbers = {"family_unity": 1.0, "pathway_awareness": 0.0, "alternative_days": FOREVER}
    numbers |= dict.fromkeys(("settle_utility", "return_utility"), -50.0)
    arresting = bare(in_company(tiny("fork")), ("road", "leg", "arrest", 0.1), **numbers)
    arresting = with_rows(arresting, "places", stay_days=FOREVER)
    arresting = with_levers(arresting, detention=[{"after_arrest": 1.0, "alternatives": 1.0}])
    model = RouteModel(arresting, threads=1)
    in_family = np.isin(model.people.life["party"], model.people.life["party"][children(model)])
    while model.running:
        people = model.people.life
        was_here, together = model.cell_status[people["cell"]] != Status.ARRIVED, people["together"].copy()
        model.step()
        has_arrived = was_here & (model.cell_status[people["cell"]] == Status.ARRIVED)
        parted = in_family & (people["together"] != together) & ~has_arrived
        assert np.isin(people["party"][parted], people["party"][has_arrived]).all()
    assert by_event(model)[Event.ALTERNATIVE].sum() > 50


@pytest.mark.parametrize("exempt", [False, True])
def test_children_follow_into_unofficial_sites_unless_exempt(exempt: bool) -> None:
    """It is custody of a state: counted as such, not as an abduction, and closed to children who are exempt."""
    arresting = bare(in_company(tiny("fork")), ("town", "place", "arrest", 0.05), family_unity=1.0)
    setting = {"after_arrest": 1.0, "unofficial": 1.0, "children": not exempt}
    model = lived(with_levers(arresting, detention=[setting]), threads=1)
    by_demographic = counted_so_far(model).sum(axis=0).reshape(-1, DEMOGRAPHICS, len(Event)).sum(axis=0)
    accompanied = by_demographic[[1, 4]].sum(axis=0)
    assert by_demographic[:, Event.ABDUCTION].sum() == 0
    assert by_demographic[[0, 3], Event.UNOFFICIAL].sum() > 50
    assert (accompanied[Event.UNOFFICIAL] == 0) if exempt else (accompanied[Event.UNOFFICIAL] > 20)


def test_a_place_holds_its_own_people_before_it_takes_in_others() -> None:
    """Whichever place stands first in places.csv: people of home, which has no room, come after those of gate."""
    arresting = bare(tiny("fork"), ("town", "place", "arrest", 0.1))
    arresting = with_levers(arresting, detention=[{"after_arrest": 1.0}])
    room = {"home": 0.0, "gate": 5.0, "well": 0.0, "haven": None}
    rows = tuple(p.model_copy(update={"detention_capacity": room[p.id]}) for p in arresting.places)
    on = arresting.document.coupling.model_copy(update={"detention": True})
    one, other = (
        lived(changed(arresting.model_copy(update={"places": places}), coupling=on), threads=1)
        for places in (rows, rows[::-1])
    )
    assert by_event(one)[Event.TRANSFERRED].sum() > 10
    pd.testing.assert_frame_equal(everybody(one), everybody(other))


# Money ---
def test_an_odd_dollar_parts_nobody() -> None:
    """Everybody has what the ways cost but for one dollar, the head of each party has it: nobody can pay."""
    poor = bare(in_company(tiny("fork")), savings_median=40.0, credit_share=0.0)
    poor = with_rows(poor, "legs", price_low=40.0, price_high=40.0)
    coupling = poor.document.coupling.model_copy(update={"money": True})
    model = RouteModel(changed(poor, coupling=coupling), threads=1)
    life = model.people.life
    first = np.flatnonzero((np.arange(life.size) < model.n_initial) & (life["party_size"] > 1))
    life["money"][first] = 39
    life["money"][first[life["party_index"][first] == 0]] = 40
    life["flags"][first] |= LISTED
    company.keep_company(
        model.world, model.keys, model.people, model.recorder.tally, first.astype(np.int32), model.day, 1
    )
    model.recorder.listed(0)
    assert life["money"][first].sum() == 39 * first.size + (life["party_index"][first] == 0).sum()
    spendable = life["money"][first] - (life["flags"][first] & SPARE > 0)
    assert (spendable == 39).all()
    pairs = Pairs(model)
    while model.running:
        model.step()
    waited = np.isin(pairs.one, first)
    assert waited.sum() > 20
    assert pairs.together()[waited].all()


def test_the_first_days_work_of_people_under_way_is_paid() -> None:
    model = RouteModel(tiny("fork"), threads=1)
    assert set(model.people.life["since"][: model.n_initial]) == {model.first_day - 1}


# Legs ---
def test_an_injury_on_the_day_of_arrival_delays() -> None:
    """Ways of one day end the day after they begin, but for the injured."""
    hurting = bare(tiny("fork"), ("road", "leg", "injury", 0.5), injury_delay=3.0)
    days = {"days_low": 1.0, "days_mode": 1.0, "days_high": 1.0, "vehicle_capacity": 0}
    model = RouteModel(with_rows(hurting, "legs", **days), threads=1)
    delayed = 0
    for _ in range(40):
        model.step()
        life = model.people.life
        travelling = model.cell_status[life["cell"]] == Status.TRAVELLING
        delayed += (model.people.due - life["since"])[travelling].max(initial=0) > 1
    assert delayed > 5


@settings(max_examples=40)
@given(scenario=worlds())
def test_no_day_is_skipped_on_which_something_could_happen(scenario: Scenario) -> None:
    """Every night everybody's screening bound is at least what their cell, debts and vulnerability ask for."""
    model = RouteModel(scenario, threads=1)
    while model.running:
        model.step()
        anew = model.people._replace(bound=model.people.bound.copy())
        refresh_bounds(model.world, anew, model.rows.start, model.rows.stop)
        assert (model.people.bound >= anew.bound).all()


# Pathways, referral, relocation ---
@pytest.mark.parametrize("how", ["closure", "quota"])
def test_who_waits_for_a_pathway_that_closes_is_refused(how: str) -> None:
    keen = changed(
        bare(tiny("fork"), pathway_utility=20.0, pathway_awareness=1.0),
        coupling=tiny("fork").document.coupling,
    )
    if how == "quota":
        closed = with_levers(keen, legal_pathways=[{"from": LATER.isoformat(), "quota_factor": 0.0}])
    else:
        closed = closing(keen, "home_haven_visa", start=LATER)
    model = RouteModel(closed, threads=1)
    longest = max(leg.days_high for leg in closed.legs)
    waiting = []
    while model.running:
        model.step()
        waiting.append(model.count(Status.PATHWAY))
    begins = day_number(LATER) - model.first_day
    assert waiting[begins - 1] > 100, "a queue"
    assert sum(waiting[begins + int(longest) + 1 :]) == 0
    assert by_event(model)[Event.REFUSED].sum() > 100


def test_nobody_is_referred_where_needs_are_not_followed() -> None:
    base = changed(tiny("fork"), parameters=tiny("fork").document.parameters | {"service_seeking": 0.5})
    assert not base.services
    events = by_event(lived(with_levers(base, regional_protection=[{"coverage": 1.0}]), threads=1))
    assert events[Event.UNMET].sum() > 20
    assert events[Event.REFERRED].sum() == 0


def test_destinations_under_two_settings_do_not_share_places_of_relocation() -> None:
    model = RouteModel(tiny("fork"), threads=1)
    rows = np.arange(6, dtype=np.int32)
    places, queue = np.array([0, 0, 0, 1, 1, 2], np.int32), np.array([0, 1, 0], np.int32)
    left = np.array([2, 5, 9], np.int64)
    programmes.relocate(model.people, model.recorder.tally, rows, places, left, queue)
    assert left.tolist() == [0, 3, 9]
    assert counted_so_far(model)[:, :, Event.RELOCATED].sum() == 4


def test_too_many_people_on_the_way_are_an_error() -> None:
    crowded = with_rows(tiny("fork"), "initial", people=2.2e6, people_high=2.2e6)
    found = [f for f in check_scenario(crowded) if f.severity == "error"]
    assert [f.where[:3] for f in found] == [("initial", 0, "people"), ("initial", 0, "people_high")]


def test_those_held_without_record_have_no_day_of_release() -> None:
    """The due day that marks unofficial custody is as far away as never."""
    held = with_levers(
        bare(tiny("fork"), ("town", "place", "arrest", 0.05)),
        detention=[{"after_arrest": 1.0, "unofficial": 1.0, "time_limit": "3 days"}],
    )
    model, seen = RouteModel(held, threads=1), 0
    while model.running:
        model.step()
        captive = model.cell_status[model.people.life["cell"]] == Status.CAPTIVE
        seen = max(seen, int(captive.sum()))
        assert (model.people.due[captive] == UNRECORDED).all()
        assert model.last_day + 1e9 < UNRECORDED
    assert seen > 10
