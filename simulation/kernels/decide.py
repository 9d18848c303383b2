"""Choosing at a place: an exponential race between the open options, by weight (discrete choice)."""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner, step
from simulation.kernels.layout import CREDIT, DEMOGRAPHICS, Option
from simulation.kernels.money import purse
from simulation.kernels.rng import Stream, mix, uniform, words

_TWO_52 = 4503599627370496.0


@inner
def may_take(world, keys, life, option):  # type: ignore[no-untyped-def]
    """Return whether an option is known to a person and open to people like them."""
    if (
        not (option.eligible >> (life.group % DEMOGRAPHICS)) & 1
        or life.vulnerability < option.min_vulnerability
    ):
        return False
    return (
        option.awareness >= 1.0
        or uniform(keys[Stream.AWARENESS], life.party, 0, option.hash) < option.awareness
    )


@step
def choose(world, keys, life, place, choice_class, luck, day, as_boat):  # type: ignore[no-untyped-def]
    """Return (option, short): the option taken at a place, -1 if none; whether money was lacking for another.

    Each open option draws its own finish time, the first one home wins: option k with chance weight_k / sum. Taste
    noise is keyed by person, visit day and option, so closing or opening one changes only those who take it: one block
    a choice starts a generator, of which every option reads the number that its name gives.

    luck     whose taste decides: the person's, the party's, or the vehicle's for a boat that must stay together
    as_boat  the boat decides as one: money, knowledge and eligibility of those aboard do not matter
    """
    best = staying = np.inf
    winner = stay = -1
    short = False
    has = 2**30 if as_boat or world.setup[0].money_on == 0 or life.flags & CREDIT else purse(life)
    a, b, _, _ = words(keys[Stream.CHOICE], luck, day, 0)
    taste = (a << np.uint64(32)) | b
    for k in range(world.option_start[place], world.option_start[place + 1]):
        weight = world.weight[k, choice_class]
        if weight <= 0.0:
            continue
        option = world.option[k]
        if option.price > has:
            short = short or may_take(world, keys, life, option)
            continue
        u = (float(mix(taste, np.uint64(option.hash)) >> np.uint64(12)) + 0.5) / _TWO_52
        stays = option.kind == Option.STAY  # how good that is depends on the others: last
        if u >= best * weight and not stays:  # -log(1 - u) >= u: it cannot win, nothing else is needed
            continue
        if not as_boat and not may_take(world, keys, life, option):
            continue
        finish = -math.log(1.0 - u) / weight
        if stays:
            staying, stay = finish, k
        elif finish < best:
            best, winner = finish, k
    if short and world.place[place].savings <= 0.0:
        staying /= max(world.stuck[place, choice_class], 1e-12)
    return (stay if staying < best else winner), short
