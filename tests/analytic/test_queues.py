"""Where capacity binds: detention turns people away as loss systems do, and offices work off queues by places a day."""

from __future__ import annotations

import math
from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from map_rows import ALL_VULNERABLE, assemble, composition, custody, leg, place, risk, stream
from scipy import stats
from small_worlds import FALSE_ALARM, events_so_far

from simulation.kernels.layout import Event, Status
from simulation.model import RouteModel
from simulation.spec.models import Scenario
from simulation.units import DAYS_PER_MONTH

YEAR = {"start": date(2015, 1, 1), "departures_end": date(2015, 12, 31), "end": date(2015, 12, 31)}
NEVER_CHOSEN = dict.fromkeys(("stay_utility", "return_utility", "settle_utility"), -60.0)
AT_ONCE = (0.5, 0.5, 0.5)  # days of a leg that is over on the day after its start
DAYS = 200


def world(coupled: str, *, parameters: dict[str, float], **tables: Any) -> Scenario:
    """Return a world of the year 2015 in which one thing ties people to each other."""
    document = {
        "period": YEAR,
        "coupling": {
            name: name == coupled
            for name in (
                "vehicles", "services", "pathways", "parties", "money", "detention", "returns", "market", "beliefs"
            )
        },
        "levers": tables.pop("levers", {}),
    }  # fmt: skip
    return assemble(parameters=NEVER_CHOSEN | parameters, document=document, **tables)


def daily(model: RouteModel, cell: int, events: tuple[Event, ...], days: int) -> np.ndarray:
    """Return (days, events) what happened in a cell on each of the next days."""
    rows = [events_so_far(model)[cell, list(events)]]
    for _ in range(days):
        model.step()
        rows.append(events_so_far(model)[cell, list(events)])
    return np.diff(rows, axis=0)


def cell_of(model: RouteModel, name: str, status: Status) -> int:
    return next(
        c
        for c in range(model.cell_status.size)
        if model.location_of(c) == name and model.cell_status[c] == status
    )


# Detention as a loss system ---
JAILS, ROOM, MEAN_DAYS, A_DAY = 60, 10, 20.0, 0.5  # each jail is offered 10 people's worth of places
CAUGHT = 0.999


def jails() -> Scenario:
    """Many towns, each in a country of its own: whoever sets out is arrested, and detained there if there is room."""
    codes = [f"Z{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGH"][:JAILS]
    towns = [
        place(f"town{i}", "destination", country=code, custody_zone="jail", detention_capacity=float(ROOM))
        for i, code in enumerate(codes)
    ]
    homes = [place(f"home{i}", "origin", country=code, stay_days=1e6) for i, code in enumerate(codes)]
    roads = [
        leg(f"road{i}", f"home{i}", f"town{i}", (1.0, 1.0, 1.0), risk_zone="watched") for i in range(JAILS)
    ]
    return world(
        "detention", parameters={}, places=[*homes, *towns], legs=roads,
        risks=[risk("watched", "leg", "arrest", CAUGHT, "per_leg")],
        custody=[custody("jail", "detention", MEAN_DAYS, after_arrest=1.0, exit_assisted=1.0)],
        streams=[stream(f"s{i}", f"home{i}", A_DAY) for i in range(JAILS)],
        composition=[composition(f"s{i}") for i in range(JAILS)],
    )  # fmt: skip


def erlang_b(servers: int, load: float) -> float:
    """Return the share turned away by an M/M/c/c system (Erlang 1917), by its recursion."""
    blocked = 1.0
    for c in range(1, servers + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def turned_away(arrivals_a_day: float, mean_days: float, days: int) -> tuple[np.ndarray, float]:
    """Return what a jail that starts empty turns away on each day, and in the long run, by the chain of its days.

    On a day everybody held leaves with chance 1 - exp(-1 / mean_days); then a Poisson number arrives.
    """
    leave = 1 - np.exp(-1 / mean_days)
    stay = np.array([stats.binom.pmf(np.arange(ROOM + 1), n, 1 - leave) for n in range(ROOM + 1)])
    arrive = stats.poisson.pmf(np.arange(60), arrivals_a_day)
    fill, excess = np.zeros((ROOM + 1, ROOM + 1)), np.zeros(ROOM + 1)
    for n in range(ROOM + 1):
        for a, chance in enumerate(arrive):
            fill[n, min(ROOM, n + a)] += chance
            excess[n] += chance * max(0, n + a - ROOM)
    held, lost = np.eye(ROOM + 1)[0], []
    for _ in range(max(days, 4000)):
        lost.append(held @ stay @ excess)
        held = held @ stay @ fill
    return np.array(lost[:days]), lost[-1]


def test_detention_turns_away_what_the_chain_of_a_jail_says():
    """Mean over 60 jails against the exact chain: Student's t, false alarm 1e-6; about Erlang's B in the long run."""
    model = RouteModel(jails(), seed=4, threads=1)
    while model.running:
        model.step()
    events = events_so_far(model)
    arrested = np.array(
        [events[cell_of(model, f"road{i}", Status.TRAVELLING), Event.ARREST] for i in range(JAILS)]
    )
    held = [events[cell_of(model, f"town{i}", Status.DETAINED), Event.DETAINED] for i in range(JAILS)]
    lost = arrested - np.array(held)
    # Whoever starts on a day is arrested on the next.
    by_day, in_the_long_run = turned_away(A_DAY * CAUGHT, MEAN_DAYS, 364)
    t = (lost.mean() - by_day.sum()) / (lost.std(ddof=1) / np.sqrt(JAILS))
    assert abs(t) < stats.t.isf(FALSE_ALARM / 2, JAILS - 1)
    assert lost.std(ddof=1) / np.sqrt(JAILS) < 0.06 * by_day.sum()  # so the check notices an error of a third
    # Days are coarser than time: with stays of 20 days the share lost is within 0.01 of Erlang's.
    assert in_the_long_run / (A_DAY * CAUGHT) == pytest.approx(
        erlang_b(ROOM, A_DAY * CAUGHT * MEAN_DAYS), abs=0.01
    )
    assert (
        model.recorder.stock[[cell_of(model, f"town{i}", Status.DETAINED) for i in range(JAILS)]].max()
        <= ROOM
    )


def test_the_chain_of_a_jail_becomes_erlangs_formula_as_days_grow_short():
    load = 8.0
    errors = [
        abs(turned_away(load / m, m, 1)[1] / (load / m) - erlang_b(ROOM, load)) for m in (10.0, 40.0, 160.0)
    ]
    assert errors[2] < errors[1] / 3 < errors[0] / 9
    assert errors[2] < 2e-3


# Offices with places a day ---
def dealt_monthly(a_day: str, today: date) -> Fraction:
    """Return what of a month's places is dealt today: as many in all in every calendar month."""
    return Fraction(a_day) * Fraction(DAYS_PER_MONTH) / monthrange(today.year, today.month)[1]


def places_given(asked: np.ndarray, a_day: str, most: int, *, monthly: bool = False) -> np.ndarray:
    """Return places given on each day to a queue that is not kept: today's, and what of earlier ones has not lapsed.

    Whole places above ``most`` lapse, parts of one never do.
    """
    left, given = Fraction(0), []
    for day, n in enumerate(asked):
        today = date.fromordinal(YEAR["start"].toordinal() + day)
        if monthly and today.day == 1:
            left %= 1
        left += dealt_monthly(a_day, today) if monthly else Fraction(a_day)
        while left >= most + 1:
            left -= 1
        given.append(min(int(n), int(left)))
        left -= given[-1]
    return np.array(given)


@pytest.mark.parametrize("capacity", ["3", "2.5", "0.4"])
def test_services_serve_what_is_asked_up_to_capacity_every_day(capacity):
    """People who know and dare (all of them) are served while there is capacity; the others' needs are unmet."""
    scenario = world(
        "services",
        parameters={
            "service_seeking": 0.05, "service_knowledge": 1.0, "service_trust": 1.0, "stay_utility": 0.0,
            "vulnerability_start": ALL_VULNERABLE, "price_weight": 60.0,
        },
        places=[
            place("home", "origin", stay_days=1e4).model_copy(update={"service_capacity": float(capacity)}),
            place("shore", "destination", country="ITA"),
        ],
        legs=[leg("road", "home", "shore", AT_ONCE, price_low=9e4, price_high=9e4)],
        streams=[stream("s", "home", 1.0)], composition=[composition("s")],
    )  # fmt: skip
    model = RouteModel(scenario, seed=1, threads=1)
    served, unmet = daily(model, cell_of(model, "home", Status.WORKING), (Event.SERVED, Event.UNMET), DAYS).T
    expected = places_given(served + unmet, capacity, math.ceil(float(capacity)))
    assert served.tolist() == expected.tolist()
    assert unmet.sum() > 100
    late = served[DAYS // 2 :]
    assert late.sum() > 0.95 * float(capacity) * late.size  # more is asked for than there is: all is used


@pytest.mark.parametrize("a_day", ["2", "0.7"])
def test_assisted_returns_are_what_is_asked_up_to_the_programmes_places(a_day):
    scenario = world(
        "returns",
        parameters={"return_utility": 9.0, "price_weight": 0.0},
        places=[
            place("home", "origin"), place("town", "hub", stay_days=2.0, return_capacity=float(a_day)),
            place("shore", "destination", country="ITA"),
        ],
        legs=[leg("out", "home", "town", AT_ONCE), leg("on", "town", "shore", AT_ONCE)],
        streams=[stream("s", "home", 4.0)], composition=[composition("s")],
    )  # fmt: skip
    model = RouteModel(scenario, seed=2, threads=1)
    kinds = (Event.RETURNED_ASSISTED, Event.RETURNED, Event.RETURN_REFUSED)
    assisted, home, refused = daily(model, cell_of(model, "town", Status.WAITING), kinds, DAYS).T
    expected = places_given(home + refused, a_day, int(float(a_day) * 365.25 / 12), monthly=True)
    assert assisted.tolist() == expected.tolist()
    assert assisted.sum() > 0.95 * float(a_day) * DAYS  # fully used: more people ask than there are places
    assert (home + refused).sum() > 1.5 * assisted.sum()


@pytest.mark.parametrize("a_day", ["1", "4"])
def test_relocation_gives_every_place_there_is_to_those_who_arrive(a_day):
    """Below and above the daily arrivals: places of a month are kept until they lapse at its end."""
    scenario = world(
        "vehicles",
        parameters={},
        places=[place("home", "origin"), place("shore", "destination", country="ITA")],
        legs=[leg("road", "home", "shore", AT_ONCE)],
        levers={"relocation": [{"places": f"{a_day} persons/day"}]},
        streams=[stream("s", "home", 2.5)], composition=[composition("s")],
    )  # fmt: skip
    model = RouteModel(scenario, seed=3, threads=1)
    arrived_in = cell_of(model, "", Status.ARRIVED)
    arrived = []
    relocated = []
    before = events_so_far(model).sum(axis=0)
    for _ in range(DAYS):
        model.step()
        after = events_so_far(model).sum(axis=0)
        arrived.append((after - before)[Event.ARRIVED])
        relocated.append((after - before)[Event.RELOCATED])
        before = after
    expected = places_given(np.array(arrived), a_day, int(float(a_day) * 365.25 / 12), monthly=True)
    assert relocated == expected.tolist()
    assert model.recorder.stock[arrived_in].sum() == sum(arrived)
    assert sum(relocated) == pytest.approx(min(float(a_day) * DAYS, sum(arrived)), rel=0.02)


@pytest.mark.parametrize(("a_day", "is_short"), [("2", True), ("3.3", False)])
def test_the_pathway_queue_follows_lindleys_recursion(a_day, is_short):
    """backlog = max(0, backlog + complete applications - places), on the model's own daily applications."""
    scenario = world(
        "pathways",
        parameters={},
        places=[place("home", "origin"), place("shore", "destination", country="ITA")],
        legs=[
            leg("visa", "home", "shore", (5.0, 9.0, 20.0), purpose="regular", mode="regular", pathway="visa",
                quota=float(a_day) * 365.25 / 12)
        ],
        streams=[stream("s", "home", 3.0)], composition=[composition("s")],
    )  # fmt: skip
    model = RouteModel(scenario, seed=5, threads=1)
    visa = cell_of(model, "visa", Status.PATHWAY)
    backlog, left, most = 0, Fraction(0), int(float(a_day) * 365.25 / 12)
    longest = 0
    for _ in range(DAYS):
        waiting = model.people.life["cell"] == visa
        complete = int((waiting & (model.people.due == model.day + 1)).sum())
        admitted = events_so_far(model)[visa, Event.ADMITTED]
        model.step()
        left = (left % 1 if model.today.day == 1 else left) + dealt_monthly(a_day, model.today)
        left -= max(0, int(left) - most)
        places = int(left)
        backlog = max(0, backlog + complete - places)
        found = (model.people.life["cell"] == visa) & (model.people.due <= model.day)
        assert found.sum() == backlog
        left -= int(events_so_far(model)[visa, Event.ADMITTED] - admitted)
        longest = max(longest, backlog)
    assert longest > 5
    assert (backlog > 100) == is_short  # a quota below what is asked for lets the queue grow without end
