"""What is scarce is never given twice: services by place and kind, room in detention, quotas, returns, relocation."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import worlds
from small_worlds import changed, events_so_far, tiny

from simulation import RouteModel, run
from simulation.kernels.layout import DEMOGRAPHICS, PLACE_BLOCKS, SERVICES, Event, Status
from simulation.spec.models import Scenario
from simulation.units import DAYS_PER_MONTH
from simulation.world.tables import effective_capacity

SCALES = st.sampled_from([1.0, 0.3])


def binding(scenario: Scenario) -> Scenario:
    """Return the scenario with every limit in force."""
    on = dict.fromkeys(("services", "pathways", "detention", "returns"), True)
    return changed(scenario, coupling=scenario.document.coupling.model_copy(update=on))


def days_of(model: RouteModel) -> Iterator[np.ndarray]:
    """Live all days; yield (C, EVENTS) events of each."""
    before = events_so_far(model)
    while model.running:
        model.step()
        now = events_so_far(model)
        yield now - before
        before = now


def at_places(model: RouteModel, of_cells: np.ndarray) -> np.ndarray:
    """Return (P, ...) sums over the cells of each place."""
    n_legs, n_places = len(model.routes.legs), len(model.routes.places)
    blocks = of_cells[n_legs : n_legs + len(PLACE_BLOCKS) * n_places]
    return blocks.reshape(len(PLACE_BLOCKS), n_places, *of_cells.shape[1:]).sum(axis=0)


@settings(max_examples=90)
@given(scenario=worlds(), scale=SCALES)
def test_nobody_is_served_beyond_the_capacity_of_a_place_and_kind(scenario: Scenario, scale: float) -> None:
    model = RouteModel(binding(scenario), scale=scale, threads=1)
    kinds = slice(int(Event.SERVED_HEALTH), int(Event.SERVED_HEALTH) + SERVICES)
    ever, offered = 0, 0
    for today in days_of(model):
        capacity = effective_capacity(model.settings, model.parameters) * scale
        served = at_places(model, today[:, kinds])
        assert (served <= np.ceil(capacity)).all()
        ever, offered = ever + served, offered + capacity
        assert (ever <= offered + 1e-6).all()
        assert served.sum() == today[:, Event.SERVED].sum(), "help is counted where it is given"
        unmet = today[:, Event.UNMET_HEALTH : Event.UNMET_HEALTH + SERVICES]
        assert unmet.sum() == today[:, Event.UNMET].sum()


@settings(max_examples=90)
@given(scenario=worlds(), scale=SCALES)
def test_no_place_detains_more_people_than_it_has_room_for(scenario: Scenario, scale: float) -> None:
    """Children who go along with their parents (family_unity) are not turned away at the door: they come on top."""
    model = RouteModel(binding(scenario), scale=scale, threads=1)
    room = np.ceil(np.minimum(model.settings.detention_capacity, 1e9) * scale - 1e-9)
    for today in days_of(model):
        status = model.cell_status[model.people.life["cell"]]
        accompanied = model.people.life["group"] % DEMOGRAPHICS % 3 == 1
        along = accompanied & (model.parameters["family_unity"] > 0)
        inside = model.world.cell_place[model.people.life["cell"][(status == Status.DETAINED) & ~along]]
        assert (np.bincount(inside, minlength=room.size) <= room).all()
        assert today[:, Event.TRANSFERRED].sum() <= today[:, Event.DETAINED].sum()


class Allotment:
    """Checks what is dealt out day by day: never more in all than offered, nor in a month but for a remainder."""

    def __init__(self, n: int) -> None:
        """Count ``n`` things of a kind."""
        self.given, self.offered, self.of_month, self.offered_in_month = (np.zeros(n) for _ in range(4))

    def check(self, given: np.ndarray, daily: np.ndarray, *, first_of_month: bool) -> None:
        """Add a day: (n,) given and (n,) offered; less than one place is carried over to another month."""
        if first_of_month:
            self.of_month, self.offered_in_month = np.zeros_like(daily), np.zeros_like(daily)
        self.given, self.offered = self.given + given, self.offered + daily
        self.of_month, self.offered_in_month = self.of_month + given, self.offered_in_month + daily
        assert (self.given <= self.offered + 1e-6).all()
        assert (self.of_month <= self.offered_in_month + 1.0 + 1e-6).all()


@settings(max_examples=90)
@given(scenario=worlds(), scale=SCALES)
def test_quotas_returns_and_relocation_never_give_more_than_they_have(
    scenario: Scenario, scale: float
) -> None:
    model = RouteModel(binding(scenario), scale=scale, threads=1)
    regular = np.array([leg.purpose == "regular" for leg in scenario.legs])
    countries = np.array([place.country for place in scenario.places])
    names = sorted(set(countries))
    admitted, returned, relocated = Allotment(int(regular.sum())), Allotment(len(names)), Allotment(1)
    for today in days_of(model):
        now = model.settings
        first = {"first_of_month": model.today.day == 1}
        share = (
            DAYS_PER_MONTH / monthrange(model.today.year, model.today.month)[1]
        )  # of a month's places, a day
        granted = today[: regular.size, Event.COMPLETED][regular]
        admitted.check(granted, (now.quota * scale * share)[regular], **first)
        relocated.check(
            today[:, [Event.RELOCATED]].sum(axis=0),
            np.array([now.relocation.sum() * scale * share]),
            **first,
        )
        helped = at_places(model, today[:, Event.RETURNED_ASSISTED] + today[:, Event.RETURNED_DETAINED])
        by_country, places_a_day = np.zeros(len(names)), np.zeros(len(names))
        for k, name in enumerate(names):
            numbers = now.return_capacity[countries == name]
            limited = np.isfinite(numbers)
            by_country[k] = helped[countries == name].sum()
            places_a_day[k] = numbers[limited].sum() * scale * share if limited.any() else np.inf
        limits = np.isfinite(places_a_day)
        returned.check(np.where(limits, by_country, 0.0), np.where(limits, places_a_day, 0.0), **first)


def test_a_long_quota_lapses_by_month() -> None:
    """A quota of 10 a month admits some, and at most 10 a month on average, with hundreds of applicants."""
    keen = changed(tiny("fork"), parameters={"pathway_utility": 20.0, "pathway_awareness": 1.0})
    result = run(keen)
    granted = result.events.query("event == 'completed' and location == 'home_haven_visa'")
    by_month = granted.groupby("month")["people"].sum()
    assert by_month.sum() == pytest.approx(10 / DAYS_PER_MONTH * result.counts.flow.shape[0], rel=0.2)
    assert by_month.max() <= 10
