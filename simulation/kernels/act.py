"""A decision and what follows from it at once: stay, work, settle, go home, apply, or set out."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import step
from simulation.kernels.decide import choose
from simulation.kernels.layout import BOARDING, RETURNING, Event, Option, Purpose, Service, Status
from simulation.kernels.legs import bring_ashore, take_leg
from simulation.kernels.money import lose
from simulation.kernels.moves import (
    count,
    end_journey,
    enlist,
    go_home,
    place_cell,
    renew,
    shared_luck,
    stay_at,
)

_STAY, _LEG = int(Option.STAY), int(Option.LEG)
_CIRCULAR = 6  # first choice class of people in circular work: they go home by their own means


@step
def decide(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Choose at a place and act on it; the person is in a cell of the place, or still on the leg that led to it."""
    life = people.life[row]
    at_sea = world.place[place].is_sea_zone
    boat = life.vehicle if at_sea else np.uint64(0)
    luck = boat if boat != 0 else shared_luck(people, row)
    choice_class = 0 if boat != 0 else life.choice_class
    k, short = choose(world, keys, life, place, choice_class, luck, day, boat != 0)
    if k < 0 and at_sea and life.cell < world.setup[0].n_legs:
        bring_ashore(world, keys, people, tally, row, life.cell, False, day, days_left)
        return
    kind = int(world.option[k].kind) if k >= 0 else _STAY
    leg = world.option[k].leg if k >= 0 else -1
    if kind == Option.STAY:
        remain(world, keys, people, tally, row, place, k >= 0, short, day, days_left)
    elif kind == Option.SETTLE:
        stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
        end_journey(world, people, tally, row, Status.SETTLED, Event.SETTLED, days_left)
    elif kind == Option.RETURN or (
        kind == _LEG and world.leg[leg].purpose == Purpose.RETURN_VOLUNTARY and not world.leg[leg].is_own_way
    ):
        turn_home(world, keys, people, tally, row, place, leg, day, days_left)
    elif boat == 0 and world.leg[leg].capacity > 0 and world.setup[0].vehicles_on:
        enlist(tally, BOARDING, row, leg)
    else:
        if boat == 0 and world.leg[leg].capacity > 0:
            boat = shared_luck(people, row)
        take_leg(world, keys, people, tally, row, leg, boat, day, days_left)


@step
def turn_home(world, keys, people, tally, row, place, leg, day, days_left):  # type: ignore[no-untyped-def]
    """Ask a programme for the way home, where there is one; others go by their own means, for what they have."""
    life, setup = people.life[row], world.setup[0]
    if life.cell < setup.n_legs:
        stay_at(world, keys, people, tally, row, place, Status.WAITING, day, days_left)
    if setup.returns_on and world.place[place].has_programme and life.choice_class < _CIRCULAR:
        enlist(tally, RETURNING, row, place)
    elif leg >= 0:
        take_leg(world, keys, people, tally, row, leg, np.uint64(0), day, days_left)
    else:
        if setup.returns_on and setup.money_on and life.choice_class < _CIRCULAR:
            lose(tally, people, row, Event.USD_FARES, setup.return_fare)
        go_home(world, keys, people, tally, row, day, days_left)


@step
def remain(world, keys, people, tally, row, place, by_choice, short, day, days_left):  # type: ignore[no-untyped-def]
    """Stay until the next decision: at work by choice, stranded if the fare is lacking and there is no work here."""
    life = people.life[row]
    status = Status.WORKING if by_choice else Status.WAITING
    if short and world.place[place].savings <= 0.0:
        status = Status.STRANDED
    if life.cell != place_cell(world, place, status):
        if status == Status.STRANDED and world.setup[0].needs_on:
            life.needs |= (1 << Service.SHELTER) | (1 << Service.BASIC)
        stay_at(world, keys, people, tally, row, place, status, day, days_left)
        if status == Status.STRANDED:
            count(tally, people, row, Event.STRANDED)
    elif life.party_size > 1:
        renew(world, keys, people, row, place, day)
