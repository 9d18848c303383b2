"""Families and companions: who is said to be together is, and nothing but what happens to one of them parts them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from random_worlds import worlds
from small_worlds import by_event, changed, counted_so_far, lived, with_levers

from simulation import RouteModel
from simulation.kernels.layout import DEMOGRAPHICS, LISTED, OWN_WAY, Event, Status
from simulation.spec.models import Scenario

PLACES = (Status.WAITING, Status.WORKING, Status.STRANDED, Status.ALTERNATIVE)


def in_company(scenario: Scenario) -> Scenario:
    """Return the scenario with parties on, two companions to an adult."""
    coupling = scenario.document.coupling.model_copy(update={"parties": True})
    return changed(
        scenario, coupling=coupling, parameters=scenario.document.parameters | {"companions_mean": 2.0}
    )


class Pairs:
    """Everybody with every other member of the party, as rows of two people."""

    def __init__(self, model: RouteModel) -> None:
        """Find the pairs once: rows of people never move."""
        life = model.people.life
        first = np.arange(life.size) - life["party_index"]
        pairs = [
            (row, first[row] + k)
            for row in np.flatnonzero(life["party_size"] > 1)
            for k in range(life["party_size"][row])
            if k != life["party_index"][row]
        ]
        self.one, self.other = np.array(pairs, np.int64).reshape(-1, 2).T
        self.model = model

    def together(self) -> np.ndarray:
        """Return (n,) what the first of each pair says: is the other with them?"""
        life = self.model.people.life
        return (life["together"][self.one] >> life["party_index"][self.other]) & 1 == 1

    def alive(self, rows: np.ndarray) -> np.ndarray:
        """Return (n,) whether each of some people is under way."""
        status = self.model.cell_status[self.model.people.life["cell"][rows]]
        return (status >= Status.WAITING) & (status <= Status.DETAINED)

    def under_way(self) -> np.ndarray:
        """Return (n,) whether both are under way."""
        return self.alive(self.one) & self.alive(self.other)

    def home_alone(self) -> np.ndarray:
        """Return (n,) whether the first came home and the other has not."""
        home = self.model.cell_status[self.model.people.life["cell"]] == Status.RETURNED
        return home[self.one] & ~home[self.other]

    def side_by_side(self) -> np.ndarray:
        """Return (n,) whether both are under way in the same place, custody, queue, or vehicle and day of arrival."""
        model, life = self.model, self.model.people.life
        status, place = model.cell_status[life["cell"]], model.world.cell_place[life["cell"]]
        own_way = life["flags"] & OWN_WAY > 0
        where = {"cell": life["cell"], "vehicle": life["vehicle"], "due": model.people.due}
        same = {name: column[self.one] == column[self.other] for name, column in where.items()}
        n_legs = model.world.leg.size  # who waits for a pathway does so where it was applied for
        applied = (status == Status.PATHWAY) & (life["cell"] < n_legs)
        place = np.where(applied, model.world.leg["origin"][np.minimum(life["cell"], n_legs - 1)], place)
        free = np.isin(status, PLACES) | applied
        at_place = free[self.one] & free[self.other] & (place[self.one] == place[self.other])
        travelling = (status == Status.TRAVELLING)[self.one]
        in_cell = same["cell"] & np.where(travelling, same["vehicle"] & same["due"], True)
        return (at_place | in_cell) & ~own_way[self.one] & ~own_way[self.other] & self.under_way()


@settings(max_examples=120)
@given(scenario=worlds())
def test_people_are_together_when_they_are_side_by_side(scenario: Scenario) -> None:
    """Every night, of two who are under way; reunions and separations are what has changed since last night.

    Nobody is reunited with more people than they have lost, so reunions never exceed separations person by person.
    """
    model = RouteModel(in_company(scenario), threads=1)
    pairs = Pairs(model)
    life = model.people.life
    family = families(model)
    assert pairs.together().all()
    lost, met = np.zeros(pairs.one.size, np.int64), np.zeros(pairs.one.size, np.int64)
    events = counted_so_far(model).sum(axis=(0, 1))
    while model.running:
        before = pairs.together()
        model.step()
        now = pairs.together()
        under_way = pairs.under_way()
        np.testing.assert_array_equal(now[under_way], pairs.side_by_side()[under_way])
        assert not (now & pairs.home_alone()).any(), "or starting again would count as parting"
        assert not model.recorder.tally.n_listed.any()
        assert not (life["flags"] & LISTED).any(), "nobody is left on a list of the day before"
        lost += before & ~now
        met += now & ~before
        assert (met <= lost).all()
        counted, earlier = counted_so_far(model).sum(axis=(0, 1)), events
        events = counted
        today = counted - earlier
        alive = pairs.alive(pairs.one)  # whoever came home is counted as parted from nobody
        for event, change in ((Event.SEPARATION, before & ~now & alive), (Event.REUNITED, now & ~before)):
            people = np.unique(pairs.one[change])
            assert today[event] == family[people].sum(), event
    child = life["group"] % DEMOGRAPHICS % 3 == 1
    assert events[Event.LEFT_ALONE] <= events[Event.SEPARATION]
    assert (life["party_size"][child] > 1).all()


def families(model: RouteModel) -> np.ndarray:
    """Return (n,) whether a person's party has both an adult and an accompanied child: there parting is counted."""
    life = model.people.life
    kind = life["group"] % DEMOGRAPHICS % 3
    party = np.arange(life.size) - life["party_index"]
    adults = np.bincount(party, kind == 0, life.size)
    children = np.bincount(party, kind == 1, life.size)
    return ((adults > 0) & (children > 0))[party]


@settings(max_examples=80)
@given(scenario=worlds())
def test_a_party_to_which_nothing_happens_stays_together(scenario: Scenario) -> None:
    """Without harms, custody, vehicles, limits or rules for some members only, all who set out together end together.

    Purses are shared to the dollar, and what is left over is nobody's to spend."""
    quiet = in_company(scenario).model_copy(
        update={
            "risks": (),
            "vehicle_risks": (),
            "custody": (),
            "legs": tuple(
                x.model_copy(update={"vehicle_capacity": 0, "eligible": "all"}) for x in scenario.legs
            ),
        }
    )
    off = dict.fromkeys(("pathways", "returns"), False)
    quiet = changed(
        with_levers(quiet, border_enforcement=[], anti_smuggling=[], legal_pathways=[], detention=[]),
        coupling=quiet.document.coupling.model_copy(update=off),
        parameters=quiet.document.parameters | {"remigration_share": 0.0, "control_reference": 0.0},
    )
    model = lived(quiet, threads=1)
    pairs, events, life = Pairs(model), by_event(model), model.people.life
    assert pairs.one.size
    assert pairs.together().all()
    assert sum(events[e].sum() for e in (Event.SEPARATION, Event.REUNITED, Event.LEFT_ALONE)) == 0
    np.testing.assert_array_equal(life["cell"][pairs.one], life["cell"][pairs.other])
