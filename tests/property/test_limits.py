"""What is closed, set to zero or exempt does not happen, in any small world."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import worlds
from small_worlds import FIRST, by_event, changed, closing, everybody, lived, same_counts, tiny, with_levers

from simulation import RouteModel
from simulation.kernels.layout import DEMOGRAPHICS, HARMS, Event, Status
from simulation.spec.models import Levers, Scenario

LATER = FIRST + datetime.timedelta(days=28)


def with_one_later(scenario: Scenario, lever: str, **setting: object) -> Scenario:
    """Return the scenario with one more setting of a lever, everywhere, from day 28 on: it overrides the others."""
    entries = [*getattr(scenario.document.levers, lever)]
    more = Levers.model_validate({lever: [{"from": LATER.isoformat(), **setting}]})
    levers = scenario.document.levers.model_copy(update={lever: (*entries, *getattr(more, lever))})
    return changed(scenario, levers=levers)


def replaced(scenario: Scenario, lever: str, **setting: object) -> Scenario:
    """Return the scenario with one setting of a lever, everywhere and always, in place of all others."""
    return with_levers(scenario, **{lever: [setting]})


def lived_alone(scenario: Scenario) -> RouteModel:
    """Return a model that has lived all its days on one thread."""
    return lived(scenario, threads=1)


@settings(max_examples=50)
@given(scenario=worlds(), data=st.data())
def test_nobody_starts_a_closed_leg(scenario: Scenario, data: st.DataObject) -> None:
    every = [leg.id for leg in scenario.legs]  # expulsions, pull-backs and returns among them
    legs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3, unique=True))
    model = lived_alone(closing(scenario, *legs, start=LATER))
    flow = model.counts().flow[(LATER - FIRST).days :, [model.routes.leg_index[name] for name in legs]]
    assert flow.sum() == 0


@settings(max_examples=30)
@given(scenario=worlds())
def test_nobody_is_assisted_where_there_is_no_programme(scenario: Scenario) -> None:
    places = tuple(place.model_copy(update={"return_capacity": None}) for place in scenario.places)
    without = with_levers(scenario.model_copy(update={"places": places}), returns=[])
    assert by_event(lived_alone(without))[Event.RETURNED_ASSISTED].sum() == 0


@settings(max_examples=70)
@given(scenario=worlds(), harm=st.sampled_from(list(Event)[:HARMS]))
def test_a_hazard_of_0_never_happens(scenario: Scenario, harm: Event) -> None:
    risks = tuple(r for r in scenario.risks if r.outcome != harm.name.lower())
    without = scenario.model_copy(update={"risks": risks})
    if harm == Event.DEATH:
        without = without.model_copy(update={"vehicle_risks": ()})
    if harm == Event.ARREST:  # controls and the pursuit of drivers arrest people beside the table's hazard
        without = with_levers(without, border_enforcement=[], anti_smuggling=[])
    if harm == Event.SEPARATION:  # of parties it is observed, whatever took somebody elsewhere
        without = changed(without, coupling=without.document.coupling.model_copy(update={"parties": False}))
    assert by_event(lived_alone(without))[harm].sum() == 0


def with_reference(scenario: Scenario, control: float) -> Scenario:
    """Return the scenario with base arrests defined at a control intensity."""
    return changed(scenario, parameters=scenario.document.parameters | {"control_reference": control})


@settings(max_examples=25)
@given(scenario=worlds())
def test_enforcement_of_0_is_no_lever_where_none_is_the_reference(scenario: Scenario) -> None:
    scenario = with_reference(scenario, 0.0)
    none = lived_alone(with_levers(scenario, border_enforcement=[]))
    zero = lived_alone(replaced(scenario, "border_enforcement", intensity=0.0))
    assert same_counts(none, zero)
    pd.testing.assert_frame_equal(everybody(none), everybody(zero))


@settings(max_examples=35)
@given(scenario=worlds(), others=st.sampled_from([0.0, 0.6, 1.0]))
def test_enforcement_of_0_is_free_movement(scenario: Scenario, others: float) -> None:
    """Everything that depends on controls, to the last bit: whatever controls a bloc of all countries lifts."""
    everywhere = sorted({place.country for place in scenario.places})
    free = with_levers(
        scenario,
        border_enforcement=[{"intensity": others}],
        free_movement=[{"share": 1.0, "bloc": everywhere}],
    )
    zero = with_levers(scenario, border_enforcement=[{"intensity": 0.0}], free_movement=[])
    one, other = lived_alone(free), lived_alone(zero)
    assert same_counts(one, other)
    pd.testing.assert_frame_equal(everybody(one), everybody(other))


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


@settings(max_examples=40)
@given(scenario=worlds(), limit=st.sampled_from(["0 days", "1 day", "2.5 days", "4 days"]))
def test_nobody_is_detained_beyond_the_limit(scenario: Scenario, limit: str) -> None:
    whole_days = max(1, math.ceil(float(limit.split(maxsplit=1)[0])))
    limited = with_one_later(scenario, "detention", time_limit=limit, after_arrest=1.0)
    assert detained_days(RouteModel(limited, threads=1), whole_days) <= whole_days


@settings(max_examples=40)
@given(scenario=worlds())
def test_no_child_is_detained_once_children_are_exempt(scenario: Scenario) -> None:
    model = RouteModel(with_one_later(scenario, "detention", children=False, after_arrest=1.0), threads=1)
    child = model.people.life["group"] % DEMOGRAPHICS % 3 > 0
    while model.running:
        model.step()
        if model.today >= LATER:
            inside = model.cell_status[model.people.life["cell"]] == Status.DETAINED
            assert not (inside & child).any()


@settings(max_examples=30)
@given(scenario=worlds())
def test_without_rescue_or_interception_there_is_none_at_sea(scenario: Scenario) -> None:
    at_sea = [leg.mode == "sea" for leg in scenario.legs]
    unseen = by_event(lived_alone(replaced(scenario, "search_and_rescue", coverage=0.0)))
    assert unseen[Event.RESCUED][: len(at_sea)][at_sea].sum() == 0
    unstopped = by_event(lived_alone(replaced(scenario, "interception", intensity=0.0)))
    assert unstopped[Event.INTERCEPTED].sum() == 0


@settings(max_examples=30)
@given(scenario=worlds())
def test_alternatives_for_all_detain_nobody(scenario: Scenario) -> None:
    """With an alternative for everybody there is neither detention nor an unofficial site; with none no alternative."""
    free = by_event(lived_alone(replaced(scenario, "detention", alternatives=1.0)))
    assert free[Event.DETAINED].sum() + free[Event.UNOFFICIAL].sum() == 0
    held = by_event(lived_alone(replaced(scenario, "detention", alternatives=0.0, unofficial=0.0)))
    assert held[Event.ALTERNATIVE].sum() + held[Event.UNOFFICIAL].sum() == 0


def test_the_tiny_sea_has_what_these_tests_look_for() -> None:
    """The twin of the limits above: with the levers on, rescues and interceptions do happen."""
    events = by_event(lived(tiny("sea")))
    for event in (Event.RESCUED, Event.INTERCEPTED, Event.PERIL, Event.DEATH, Event.DETAINED):
        assert events[event].sum() > 10, event
