"""Nobody appears or vanishes, limits bind, and what is switched off does not happen, in any small world."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import (
    ALIVE,
    FIRST,
    closing,
    events_so_far,
    everybody,
    lived,
    same_counts,
    tiny,
    with_levers,
    worlds,
)

from simulation import RouteModel, run
from simulation.kernels.layout import DEMOGRAPHICS, HARMS, TERMINAL_ORDER, Event, Status
from simulation.spec.models import Levers, Scenario
from simulation.units import DAYS_PER_MONTH

LATER = FIRST + datetime.timedelta(days=30)


def with_one_later(scenario: Scenario, lever: str, **setting: object) -> Scenario:
    """Return the scenario with one more setting of a lever, everywhere, from day 30 on: it overrides the others."""
    entries = [*getattr(scenario.document.levers, lever)]
    more = Levers.model_validate({lever: [{"from": LATER.isoformat(), **setting}]})
    levers = scenario.document.levers.model_copy(update={lever: (*entries, *getattr(more, lever))})
    document = scenario.document.model_copy(update={"levers": levers})
    return scenario.model_copy(update={"document": document})


def replaced(scenario: Scenario, lever: str, **setting: object) -> Scenario:
    """Return the scenario with one setting of a lever, everywhere and always, in place of all others."""
    return with_levers(scenario, **{lever: [setting]})


@settings(max_examples=25)
@given(scenario=worlds(), scale=st.sampled_from([1.0, 0.4]))
def test_every_day_adds_up(scenario: Scenario, scale: float) -> None:
    model = RouteModel(scenario, scale=scale, threads=2)
    n, n_cells = model.people.who.size, model.cell_status.size
    index = 0
    while model.running:
        model.step()
        cell, group = model.people.life["cell"], model.people.life["group"]
        stock = np.zeros((n_cells, model.routes.n_groups), np.int64)
        np.add.at(stock, (cell, group), 1)
        np.testing.assert_array_equal(model.recorder.stock, stock)
        census = np.bincount(model.cell_status[cell], minlength=len(Status))
        np.testing.assert_array_equal(model.recorder._census[index], census)
        assert census.sum() == n
        for status in (Status.WAITING, Status.TRAVELLING, Status.DEAD):
            assert model.count(status) == census[status]
        index += 1
    assert index == model.counts().census.shape[0]


def by_event(model: RouteModel) -> dict[Event, np.ndarray]:
    """Return events of a finished run, by cell."""
    counts = model.counts()
    table = np.zeros((len(Event), model.cell_status.size), np.int64)
    np.add.at(table, (counts.event_kind, counts.event_cell), counts.event_count)
    return {event: table[event] for event in Event}


@settings(max_examples=40)
@given(scenario=worlds())
def test_whoever_enters_a_leg_leaves_it_or_is_on_it(scenario: Scenario) -> None:
    model = lived(scenario)
    counts, events = model.counts(), by_event(model)
    legs = np.arange(len(scenario.legs))
    np.testing.assert_array_equal(counts.flow.sum(axis=0), events[Event.ENTERED][legs])
    left = sum(events[e] for e in (Event.COMPLETED, Event.ABDUCTION, Event.ARREST, Event.REFUSED))
    other = (events[Event.ENTERED] - left - counts.stock.sum(axis=1))[legs]
    shared = model.world.leg["capacity"] > 0
    deaths, peril, rescued = (events[e][legs] for e in (Event.DEATH, Event.PERIL, Event.RESCUED))
    np.testing.assert_array_equal(other[~shared], deaths[~shared])
    # On a boat, a death may or may not come of peril, a rescue may or may not follow it.
    other = other - events[Event.INTERCEPTED][legs]
    assert (other >= peril).all()
    assert (other <= peril + deaths + rescued).all()
    assert (peril + rescued + events[Event.INTERCEPTED][legs])[~shared].sum() == 0


@settings(max_examples=40)
@given(scenario=worlds())
def test_journeys_started_end_or_go_on(scenario: Scenario) -> None:
    model = lived(scenario)
    counts, events = model.counts(), by_event(model)
    last = counts.census[-1]
    started = events[Event.STARTED].sum() + model.n_initial
    ended = {
        Status.ARRIVED: Event.ARRIVED,
        Status.ADMITTED: Event.ADMITTED,
        Status.SETTLED: Event.SETTLED,
        Status.RETURNED: Event.RETURNED,
        Status.DEAD: Event.DEATH,
        Status.STAYED_HOME: Event.STAYED_HOME,
    }
    for status, event in ended.items():
        assert last[status] == events[event].sum(), status
    assert last[ALIVE].sum() + last[Status.ARRIVED :].sum() == started
    assert last[Status.NOT_STARTED] == 0
    ends = model.cell_status.size - len(TERMINAL_ORDER)
    happen_before = [e for e in Event if e not in (Event.STARTED, Event.STAYED_HOME)]
    assert not any(events[e][ends:].any() for e in happen_before), "an ended journey has no more events"


@settings(max_examples=25)
@given(scenario=worlds())
def test_person_days_are_the_census_added_up(scenario: Scenario) -> None:
    model = lived(scenario)
    counts = model.counts()
    days = np.bincount(model.cell_status[counts.days_cell], weights=counts.days_count, minlength=len(Status))
    np.testing.assert_array_equal(days[ALIVE], counts.census.sum(axis=0)[ALIVE])
    assert (counts.days_count >= 0).all()


@settings(max_examples=25)
@given(scenario=worlds(), scale=st.sampled_from([1.0, 0.3]))
def test_quotas_and_capacities_are_never_exceeded(scenario: Scenario, scale: float) -> None:
    coupling = scenario.document.coupling.model_copy(update={"services": True, "pathways": True})
    document = scenario.document.model_copy(update={"coupling": coupling})
    model = RouteModel(scenario.model_copy(update={"document": document}), scale=scale)
    n_legs, n_places = len(scenario.legs), len(scenario.places)
    regular = np.array([leg.purpose == "regular" for leg in scenario.legs])
    before = events_so_far(model)
    offered, granted = np.zeros(n_legs), np.zeros(n_legs)
    offers = []
    while model.running:
        model.step()
        now = events_so_far(model)
        today, before = now - before, now
        served = (
            today[n_legs : n_legs + n_places, Event.SERVED]
            + today[n_legs + n_places :, Event.SERVED][:n_places]
        )
        assert (served <= np.ceil(model.settings.capacity * scale)).all()
        quota = model.settings.quota * scale
        offered += quota
        offers.append(quota)
        granted += today[:n_legs, Event.COMPLETED]
        month = np.sum(offers[-31:], axis=0)
        assert (granted <= offered + 1e-9)[regular].all()
        # Unused places lapse after a month.
        assert (today[:n_legs, Event.COMPLETED] <= np.maximum(month, 1.0) + 1e-9)[regular].all()
    total = model.settings.capacity * scale * len(offers)
    if not scenario.document.levers.services:
        ever = now[n_legs:, Event.SERVED][: 4 * n_places].reshape(4, n_places).sum(axis=0)
        assert (ever <= total + 1e-9).all()


@settings(max_examples=20)
@given(scenario=worlds(), data=st.data())
def test_nobody_starts_a_closed_leg(scenario: Scenario, data: st.DataObject) -> None:
    chosen = [leg.id for leg in scenario.legs if leg.purpose in {"irregular", "regular"}]
    legs = data.draw(st.lists(st.sampled_from(chosen), min_size=1, max_size=3, unique=True))
    model = lived(closing(scenario, *legs, start=LATER))
    flow = model.counts().flow[(LATER - FIRST).days :, [model.routes.leg_index[name] for name in legs]]
    assert flow.sum() == 0


@settings(max_examples=20)
@given(scenario=worlds(), harm=st.sampled_from(list(Event)[:HARMS]))
def test_a_hazard_of_0_never_happens(scenario: Scenario, harm: Event) -> None:
    risks = tuple(r for r in scenario.risks if r.outcome != harm.name.lower())
    without = scenario.model_copy(update={"risks": risks})
    if harm == Event.DEATH:
        without = without.model_copy(update={"vehicle_risks": ()})
    if harm == Event.ARREST:
        without = with_levers(without, border_enforcement=[])
    assert by_event(lived(without))[harm].sum() == 0


@settings(max_examples=15)
@given(scenario=worlds())
def test_enforcement_of_0_is_no_lever(scenario: Scenario) -> None:
    none = lived(with_levers(scenario, border_enforcement=[]))
    zero = lived(replaced(scenario, "border_enforcement", intensity=0.0))
    assert same_counts(none, zero)
    pd.testing.assert_frame_equal(everybody(none), everybody(zero))


def detained_days(model: RouteModel, limit: int) -> int:
    """Live all days; return the longest unbroken stay in detention, days, that ends after the lever began."""
    held = np.zeros(model.people.who.size, np.int64)
    longest = 0
    while model.running:
        model.step()
        inside = model.cell_status[model.people.life["cell"]] == Status.DETAINED
        in_force = model.today >= LATER + datetime.timedelta(days=limit)
        held = np.where(inside, held + 1, 0)
        if in_force:
            longest = max(longest, int(held.max(initial=0)))
    return longest


@settings(max_examples=20)
@given(scenario=worlds(), limit=st.sampled_from(["0 days", "1 day", "2.5 days", "6 days"]))
def test_nobody_is_detained_beyond_the_limit(scenario: Scenario, limit: str) -> None:
    whole_days = max(1, math.ceil(float(limit.split(maxsplit=1)[0])))
    limited = with_one_later(scenario, "detention", time_limit=limit, after_arrest=1.0)
    assert detained_days(RouteModel(limited), whole_days) <= whole_days


@settings(max_examples=20)
@given(scenario=worlds())
def test_no_child_is_detained_once_children_are_exempt(scenario: Scenario) -> None:
    model = RouteModel(with_one_later(scenario, "detention", children=False, after_arrest=1.0))
    child = model.people.life["group"] % DEMOGRAPHICS % 3 > 0
    while model.running:
        model.step()
        if model.today >= LATER:
            inside = model.cell_status[model.people.life["cell"]] == Status.DETAINED
            assert not (inside & child).any()


@settings(max_examples=20)
@given(scenario=worlds())
def test_without_rescue_or_interception_there_is_none_at_sea(scenario: Scenario) -> None:
    at_sea = [leg.mode == "sea" for leg in scenario.legs]
    unseen = by_event(lived(replaced(scenario, "search_and_rescue", coverage=0.0)))
    assert unseen[Event.RESCUED][: len(at_sea)][at_sea].sum() == 0
    unstopped = by_event(lived(replaced(scenario, "interception", intensity=0.0)))
    assert unstopped[Event.INTERCEPTED].sum() == 0


def test_the_tiny_sea_has_what_these_tests_look_for() -> None:
    """The twin of the limits above: with the levers on, rescues and interceptions do happen."""
    events = by_event(lived(tiny("sea")))
    for event in (Event.RESCUED, Event.INTERCEPTED, Event.PERIL, Event.DEATH, Event.DETAINED):
        assert events[event].sum() > 10, event


def test_random_worlds_show_every_event_and_status() -> None:
    """What no world shows, no property tests: every event and every status must come up somewhere."""
    seen, statuses = np.zeros(len(Event), np.int64), np.zeros(len(Status), np.int64)

    @settings(max_examples=40, database=None)
    @given(scenario=worlds())
    def look(scenario: Scenario) -> None:
        model = lived(scenario)
        seen[:] += [table.sum() for table in by_event(model).values()]
        statuses[:] += model.counts().census.sum(axis=0)

    look()
    assert [event.name for event in Event if seen[event] == 0] == []
    assert [status.name for status in Status if statuses[status] == 0] == []


def test_a_long_quota_lapses_by_month() -> None:
    """A quota of 10 a month admits some, and at most 10 a month on average, with hundreds of applicants."""
    scenario = tiny("fork")
    keen = scenario.document.model_copy(
        update={"parameters": {"pathway_utility": 20.0, "pathway_awareness": 1.0}}
    )
    result = run(scenario.model_copy(update={"document": keen}))
    granted = result.events.query("event == 'completed' and location == 'home_haven_visa'")
    by_month = granted.groupby("month")["people"].sum()
    assert by_month.sum() == pytest.approx(10 / DAYS_PER_MONTH * result.counts.flow.shape[0], rel=0.2)
    assert by_month.max() <= 21
