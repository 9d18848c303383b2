"""Detention, alternatives to it and captivity: how people get in, what it leaves behind, how they get out."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import inner, step
from simulation.kernels.layout import HOLDING, RETURNING, UNRECORDED, Event, Service, Status
from simulation.kernels.legs import set_down, take_leg
from simulation.kernels.money import lose, pay
from simulation.kernels.moves import count, enlist, go_home, note_company, stay_at
from simulation.kernels.rng import Stream, uniform
from simulation.kernels.vulnerability import wear_down


@step
def take_into_custody(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Place somebody in the community, hold them in an unofficial site, or detain them, tonight if room is scarce."""
    rules = world.place[place]
    if rules.alternatives >= 1.0 or (
        rules.alternatives > 0.0
        and uniform(keys[Stream.CUSTODY], people.life[row].who, day, 3) < rules.alternatives
    ):
        count(tally, people, row, Event.ALTERNATIVE)
        stay_at(world, keys, people, tally, row, place, Status.ALTERNATIVE, day, days_left)
        return
    if rules.unofficial > 0.0 and (
        uniform(keys[Stream.CUSTODY], people.life[row].who, day, 4) < rules.unofficial
    ):
        hold_unofficially(world, keys, people, tally, row, place, day, days_left)
    elif rules.is_limited:
        enlist(tally, HOLDING, row, place)
    else:
        detain(world, keys, people, tally, row, place, day, days_left)


@inner
def mark(world, people, row):  # type: ignore[no-untyped-def]
    """Keep what being detained leaves behind: a count, a need of protection, a floor under vulnerability."""
    life, setup = people.life[row], world.setup[0]
    life.times_detained = min(255, life.times_detained + 1)
    life.scar = min(255, life.scar + setup.detention_scar)
    life.vulnerability = max(life.vulnerability, life.scar)
    if setup.needs_on:
        life.needs |= 1 << Service.PROTECTION


@inner
def hold_unofficially(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Hold a person for a state where no register says so: as captors would, and without a time limit."""
    mark(world, people, row)
    count(tally, people, row, Event.UNOFFICIAL)
    stay_at(world, keys, people, tally, row, place, Status.CAPTIVE, day, days_left)
    people.due[row] = UNRECORDED


@step
def detain(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Detain a person at a place, until release or the time limit."""
    mark(world, people, row)
    stay_at(world, keys, people, tally, row, place, Status.DETAINED, day, days_left)
    count(tally, people, row, Event.DETAINED)
    if world.place[place].limit_days > 0:
        people.due[row] = day + world.place[place].limit_days


@step
def leave_custody(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """End detention or captivity: expulsion over a leg, assisted return, release at the place, for money or not."""
    life = people.life[row]
    cell = life.cell
    place = world.cell_place[cell]
    rules = world.place[place]
    u = uniform(keys[Stream.CUSTODY], people.life[row].who, day, 2)
    wear_down(world, people, row, day)
    if world.cell_status[cell] == Status.DETAINED:
        if rules.expulsion_leg >= 0 and u < rules.exit_expelled:
            count(tally, people, row, Event.EXPELLED)
            take_leg(world, keys, people, tally, row, rules.expulsion_leg, np.uint64(0), day, days_left)
            return
        if u >= 1.0 - rules.exit_assisted:
            if world.setup[0].returns_on:
                enlist(tally, RETURNING, row, place)
                return
            count(tally, people, row, Event.RETURNED_DETAINED)
            go_home(world, keys, people, tally, row, day, days_left)
            return
        if rules.exit_expelled <= u < rules.exit_expelled + rules.exit_bribe and world.setup[0].money_on:
            count(tally, people, row, Event.BOUGHT_OFF)
            pay(tally, people, row, Event.USD_BRIBES, rules.bribe_usd)
            note_company(people, tally, row)
    elif world.setup[0].money_on:
        if u < rules.exit_ransom:
            count(tally, people, row, Event.RANSOMED)
            pay(tally, people, row, Event.USD_RANSOM, rules.ransom_usd)
        else:
            lose(tally, people, row, Event.USD_ROBBED, life.money)
    release(world, keys, people, tally, row, place, day, days_left)


@step
def release(world, keys, people, tally, row, place, day, days_left):  # type: ignore[no-untyped-def]
    """Let somebody go at the place of custody."""
    count(tally, people, row, Event.RELEASED)
    set_down(world, keys, people, tally, row, place, day, days_left)
