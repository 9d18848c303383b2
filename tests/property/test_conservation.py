"""Nobody appears or vanishes, and every dollar is accounted for, on any day of any small world."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import worlds
from small_worlds import ALIVE, by_event, changed, counted_so_far, lived

from simulation import RouteModel
from simulation.kernels.layout import DEMOGRAPHICS, I64, NEVER, PLACE_BLOCKS, TERMINAL_ORDER, Event, Status
from simulation.spec.models import Scenario


@settings(max_examples=60)
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


@settings(max_examples=70)
@given(scenario=worlds())
def test_whoever_enters_a_leg_leaves_it_or_is_on_it(scenario: Scenario) -> None:
    # A family that is kept together leaves a leg with whom was taken from it, by no event of its own.
    apart = changed(scenario, parameters=scenario.document.parameters | {"family_unity": 0.0})
    model = lived(apart, threads=1)
    counts, events = model.counts(), by_event(model)
    legs = np.arange(len(scenario.legs))
    np.testing.assert_array_equal(counts.flow.sum(axis=0), events[Event.ENTERED][legs])
    left = sum(events[e] for e in (Event.COMPLETED, Event.ABDUCTION, Event.ARREST, Event.REFUSED))
    left = left - events[Event.BOUGHT_OFF]  # after a bribe people travel on
    other = (events[Event.ENTERED] - left - counts.stock.sum(axis=1))[legs]
    shared = model.world.leg["capacity"] > 0
    deaths, peril, rescued = (events[e][legs] for e in (Event.DEATH, Event.PERIL, Event.RESCUED))
    np.testing.assert_array_equal(other[~shared], deaths[~shared])
    # On a boat, a death may or may not come of peril, a rescue may or may not follow it.
    other = other - events[Event.INTERCEPTED][legs]
    assert (other >= peril).all()
    assert (other <= peril + deaths + rescued).all()
    assert (peril + rescued + events[Event.INTERCEPTED][legs])[~shared].sum() == 0


# What may be counted of people whose journey has ended: it is seen at night where they are by then.
_AFTERWARDS = (Event.SEPARATION, Event.REUNITED, Event.LEFT_ALONE, Event.RELOCATED, Event.RESTARTED)


@settings(max_examples=70)
@given(scenario=worlds())
def test_journeys_started_end_or_go_on(scenario: Scenario) -> None:
    model = lived(scenario, threads=1)
    counts, events = model.counts(), by_event(model)
    last = counts.census[-1]
    started = events[Event.STARTED].sum() + model.n_initial
    ended = {
        Status.ARRIVED: Event.ARRIVED,
        Status.ADMITTED: Event.ADMITTED,
        Status.SETTLED: Event.SETTLED,
        Status.DEAD: Event.DEATH,
        Status.STAYED_HOME: Event.STAYED_HOME,
    }
    for status, event in ended.items():
        assert last[status] == events[event].sum(), status
    assert last[Status.RETURNED] == events[Event.RETURNED].sum() - events[Event.RESTARTED].sum()
    assert last[ALIVE].sum() + last[Status.ARRIVED :].sum() == started
    assert last[Status.NOT_STARTED] == 0
    ends = model.cell_status.size - len(TERMINAL_ORDER)
    before = [e for e in Event if e not in (Event.STARTED, Event.STAYED_HOME, *_AFTERWARDS)]
    assert [e.name for e in before if events[e][ends:].any()] == [], "an ended journey has no more events"
    np.testing.assert_array_equal(counts.stock.sum(axis=1) >= 0, True)
    assert (counts.days_count >= 0).all()


@settings(max_examples=70)
@given(scenario=worlds())
def test_journeys_that_could_go_on_have_an_end_in_sight(scenario: Scenario) -> None:
    """Nobody is forgotten: at a place one decides again, custody ends, a leg or an application has a day."""
    model = lived(scenario, threads=1)
    people, world = model.people, model.world
    cell = people.life["cell"]
    status, place = model.cell_status[cell], world.cell_place[cell]
    at_end = (place >= 0) & (world.place["is_terminal"][np.maximum(place, 0)] == 1)
    n_legs, last = len(scenario.legs), n_blocks(model)
    at_place = (cell >= n_legs) & (cell < last)
    assert not (
        at_end & at_place & ~np.isin(status, (Status.DETAINED, Status.CAPTIVE, Status.ALTERNATIVE))
    ).any()
    assert (people.due[status == Status.TRAVELLING] > model.day).all()
    in_party = people.life["party_size"] > 1
    free = np.isin(status, (Status.WAITING, Status.WORKING, Status.STRANDED))
    assert (people.due[free & in_party] < NEVER).all()
    assert (people.due[free & in_party] > model.day - 1).all()


def n_blocks(model: RouteModel) -> int:
    """Return the first cell after those of places."""
    return len(model.routes.legs) + len(PLACE_BLOCKS) * len(model.routes.places)


GAINS = (Event.USD_SAVINGS, Event.USD_EARNED, Event.USD_BORROWED)
LOSSES = (Event.USD_REPAID, Event.USD_FARES, Event.USD_ROBBED, Event.USD_BRIBES, Event.USD_RANSOM)


def by_stream(model: RouteModel, people_or_groups: I64) -> I64:
    """Return sums by stream of a column of (G,) groups."""
    return people_or_groups.reshape(len(model.routes.streams), DEMOGRAPHICS).sum(axis=1)


def held(model: RouteModel, column: str) -> I64:
    """Return (S,) USD that the people of each stream have or owe."""
    life = model.people.life
    total = np.zeros(model.routes.n_groups, np.int64)
    np.add.at(total, life["group"], life[column])
    return by_stream(model, total)


@settings(max_examples=140)
@given(scenario=worlds(), scale=st.sampled_from([1.0, 0.4]))
def test_every_dollar_is_accounted_for(scenario: Scenario, scale: float) -> None:
    """By stream, since members of a party share a purse: what came in less what went out is what people have."""
    model = RouteModel(scenario, scale=scale, threads=1)
    at_first = held(model, "money")
    while model.running:
        model.step()
        events = counted_so_far(model).sum(axis=0)
        flows = {event: by_stream(model, events[:, event]) for event in (*GAINS, *LOSSES)}
        assert all((usd >= 0).all() for usd in flows.values())
        balance = at_first + sum(flows[e] for e in GAINS) - sum(flows[e] for e in LOSSES)
        np.testing.assert_array_equal(held(model, "money"), balance)
        owed = flows[Event.USD_BORROWED] - flows[Event.USD_REPAID]
        np.testing.assert_array_equal(held(model, "debt"), owed)
        life = model.people.life
        assert (life["money"] >= 0).all()
        assert (life["debt"] >= 0).all()
    if not (scenario.document.coupling.money and model.parameters["savings_median"] > 0):
        assert not any(usd.any() for usd in flows.values()), "without money nothing is paid"
        assert not life["money"].any()


@settings(max_examples=40)
@given(scenario=worlds())
def test_without_credit_nobody_travels_on_debt(scenario: Scenario) -> None:
    """Fares are paid in full from what people have; ransom and bribes alone make debts.

    A boat at sea goes on whatever those aboard have left: there a fare may be owed.
    """
    parameters = scenario.document.parameters | {"credit_share": 0.0, "savings_median": 60.0}
    coupling = scenario.document.coupling.model_copy(update={"money": True})
    custody = tuple(c.model_copy(update={"exit_bribe": 0.0, "exit_ransom": 0.0}) for c in scenario.custody)
    moneyed = changed(
        scenario.model_copy(update={"custody": custody}), parameters=parameters, coupling=coupling
    )
    model = lived(moneyed, threads=1)
    borrowed = by_event(model)[Event.USD_BORROWED]
    paid_ashore = [not (leg.origin == "zone" and leg.vehicle_capacity > 0) for leg in scenario.legs]
    assert not borrowed[: len(scenario.legs)][paid_ashore].any()
    assert not borrowed[len(scenario.legs) :].any()


def test_random_worlds_show_every_event_and_status() -> None:
    """What no world shows, no property tests: every event and every status must come up somewhere."""
    seen, statuses = np.zeros(len(Event), np.int64), np.zeros(len(Status), np.int64)

    @settings(max_examples=70, database=None)
    @given(scenario=worlds())
    def look(scenario: Scenario) -> None:
        model = lived(scenario, threads=1)
        seen[:] += [table.sum() for table in by_event(model).values()]
        statuses[:] += model.counts().census.sum(axis=0)

    look()
    assert [event.name for event in Event if seen[event] == 0] == []
    assert [status.name for status in Status if statuses[status] == 0] == []
