"""What a harm does to a person: vulnerability, needs, money, and where it takes them."""

from __future__ import annotations

import math

from simulation.kernels.compile import inner, step
from simulation.kernels.custody import take_into_custody
from simulation.kernels.hazards import NOTHING, draw_event, total_rate, which_event
from simulation.kernels.layout import HARMS, OWN_WAY, Event, Purpose, Rate, Service, Status
from simulation.kernels.legs import bring_ashore
from simulation.kernels.money import lose, pay
from simulation.kernels.moves import (
    bond_factor,
    count,
    end_journey,
    is_child,
    load_today,
    note_company,
    refresh_bound,
    seek_factor,
    stay_at,
)
from simulation.kernels.rng import Stream, to_uniform, uniform, words
from simulation.kernels.vulnerability import hurt

_HEALTH, _BASIC, _PROTECTION = 1 << Service.HEALTH, 1 << Service.BASIC, 1 << Service.PROTECTION


@inner
def event_of_day(world, keys, people, row, cell, byte, fraction, n_rates, day):  # type: ignore[no-untyped-def]
    """Return what a person's share of a day in a cell holds, or NOTHING: see hazards.draw_event.

    The screening byte leads the day's uniform; the rest of it is drawn only where the byte does not decide.
    """
    life = people.life[row]
    if byte / 256.0 >= fraction * 1.000001 * load_today(
        world, life, cell, n_rates
    ):  # 1 - exp(-total) <= total
        return NOTHING
    risk, seek, bond = world.risk[life.group], seek_factor(world, life), bond_factor(world, life)
    total = total_rate(world.rate, cell, risk, n_rates, world.harm_multiplier, life.vulnerability, seek, bond)
    p_any = -math.expm1(-total * fraction)
    u, up_to, event, certain = byte / 256.0, (byte + 1.0) / 256.0, NOTHING, False
    if u >= p_any:
        return NOTHING
    if up_to > p_any:
        u = up_to = uniform_of_day(keys, people, row, byte, day)
        if u >= p_any:
            return NOTHING
    while not certain:  # once by the byte alone, again where that is not enough
        event, certain = which_event(
            u / p_any * total, up_to / p_any * total, world.rate, cell, risk, n_rates, world.harm_multiplier,
            life.vulnerability, seek, bond,
        )  # fmt: skip
        if not certain:
            u = up_to = uniform_of_day(keys, people, row, byte, day)
    return event


@inner
def uniform_of_day(keys, people, row, byte, day):  # type: ignore[no-untyped-def]
    """Return the uniform that decides a person's day: the screening byte, then 53 bits more."""
    a, b, _, _ = words(keys[Stream.EVENT], people.life[row].who, day, 0)
    return (byte + to_uniform(a, b)) / 256.0


@inner
def harm_after_arrival(world, keys, people, row, leg, cell, byte, rest, day):  # type: ignore[no-untyped-def]
    """Return the harm of what is left of a day on which a leg has ended without one, or NOTHING.

    The leg spared the person, whose uniform lies above the chance of a harm on it: what is above is uniform again.
    """
    life = people.life[row]
    seek, bond = seek_factor(world, life), bond_factor(world, life)
    spared = math.exp(-(1.0 - rest) * total_rate(
        world.rate, leg, world.risk[life.group], HARMS, world.harm_multiplier, life.vulnerability, seek, bond
    ))  # fmt: skip
    if 1.0 - (1.0 - byte / 256.0) / spared >= rest * 1.000001 * load_today(world, life, cell, HARMS):
        return NOTHING
    u = 1.0 - (1.0 - uniform_of_day(keys, people, row, byte, day)) / spared
    harm, _ = draw_event(
        max(u, 0.0), rest, world.rate, cell, world.risk[life.group], HARMS, world.harm_multiplier,
        life.vulnerability, seek, bond,
    )  # fmt: skip
    return harm


def _need_after(harm):  # type: ignore[no-untyped-def]
    """Return the services that a harm makes necessary, a bit each."""
    if harm == Rate.INJURY or harm == Rate.VIOLENCE:
        return _HEALTH
    if harm == Rate.SGBV or harm == Rate.ABDUCTION:
        return _HEALTH | _PROTECTION
    if harm == Rate.ROBBERY:
        return _BASIC
    return _PROTECTION


need_after = inner(_need_after)


@inner
def wound(world, people, row, harm):  # type: ignore[no-untyped-def]
    """What every harm leaves behind: vulnerability, and the needs that it makes."""
    hurt(world, people, row)
    if world.setup[0].needs_on:
        people.life[row].needs |= need_after(harm)


@step
def suffer(world, keys, people, tally, row, harm, day, days_left):  # type: ignore[no-untyped-def]
    """Apply a harm where the person is; return True if it changed where the person is, or will tonight."""
    life = people.life[row]
    if harm == Rate.DEATH:
        end_journey(world, people, tally, row, Status.DEAD, Event.DEATH, days_left)
        return True
    if harm == Rate.SEPARATION and world.setup[0].parties_on:
        if life.together:  # lost in the crowd; counted tonight, for everybody of the party
            life.flags |= OWN_WAY
            note_company(people, tally, row)
        return False
    count(tally, people, row, harm)
    if harm == Rate.ARREST:
        return arrest(world, keys, people, tally, row, day, days_left)
    wound(world, people, row, harm)
    if harm == Rate.ROBBERY and life.money > 0:
        lose(tally, people, row, Event.USD_ROBBED, int(life.money * world.setup[0].robbery_loss))
        note_company(people, tally, row)
    if harm == Rate.ABDUCTION:
        cell = life.cell
        held_at = world.leg[cell].captivity_place if cell < world.setup[0].n_legs else world.cell_place[cell]
        stay_at(world, keys, people, tally, row, held_at, Status.CAPTIVE, day, days_left)
        return True
    if harm == Rate.INJURY and world.setup[0].injury_delay > 0:
        hold_up(world, people, row)
    refresh_bound(world, people, row)
    return False


@inner
def hold_up(world, people, row):  # type: ignore[no-untyped-def]
    """Let an injury delay somebody who travels alone and in no vehicle; companions and carriers take others along."""
    life = people.life[row]
    alone = life.vehicle == 0 and life.party_size == 1
    if alone and life.cell < world.setup[0].n_legs and world.leg[life.cell].purpose == Purpose.IRREGULAR:
        people.due[row] += world.setup[0].injury_delay


@step
def arrest(world, keys, people, tally, row, day, days_left):  # type: ignore[no-untyped-def]
    """After an arrest on land: custody, a bribe, or being turned back to where the leg began; True if it moves."""
    life = people.life[row]
    cell = life.cell
    on_leg = cell < world.setup[0].n_legs
    place = world.leg[cell].custody_place if on_leg else world.cell_place[cell]
    rules = world.place[place]
    chance = rules.arrest_child if is_child(life.group) else rules.arrest_adult
    if uniform(keys[Stream.CUSTODY], people.life[row].who, day, 0) < chance:
        take_into_custody(world, keys, people, tally, row, place, day, days_left)
        return True
    if not on_leg:
        return False
    bribe = world.setup[0].bribe
    if world.setup[0].money_on and bribe > 0 and life.money >= bribe:
        count(tally, people, row, Event.BOUGHT_OFF)
        pay(tally, people, row, Event.USD_BRIBES, bribe)
        note_company(people, tally, row)
        return False
    if world.place[world.leg[cell].origin].is_sea_zone:
        bring_ashore(world, keys, people, tally, row, cell, False, day, days_left)
    else:
        stay_at(world, keys, people, tally, row, world.leg[cell].origin, Status.WAITING, day, days_left)
    return True
