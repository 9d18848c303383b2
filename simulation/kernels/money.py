"""What people have and owe: wages, fares, credit, robbery, bribes, ransom. Whole USD, so that every dollar adds up."""

from __future__ import annotations

import math

from simulation.kernels.compile import inner, step
from simulation.kernels.layout import SPARE, Event, Status
from simulation.kernels.rng import Stream, to_uniform, words


def _lognormal(u, v, median, spread):  # type: ignore[no-untyped-def]
    """Return a whole lognormal number with this median and sigma of the log from two uniforms (Box & Muller 1958)."""
    normal = math.sqrt(-2.0 * math.log1p(-u)) * math.cos(2.0 * math.pi * v)
    return int(min(median * math.exp(spread * normal), 1e6))


lognormal = inner(_lognormal)


@inner
def purse(life):  # type: ignore[no-untyped-def]
    """Return what somebody can spend by choice, USD: the same for all who share, so no odd dollar parts them."""
    return max(0, life.money - (1 if life.flags & SPARE else 0))


@inner
def book(tally, people, row, event, usd):  # type: ignore[no-untyped-def]
    """Count an amount at the person's cell."""
    life = people.life[row]
    tally.events[event, life.cell, life.group] += usd
    tally.touched[event, life.cell] = 1


@inner
def savings_of(world, keys, stream, luck, day):  # type: ignore[no-untyped-def]
    """Return what somebody of a stream takes along, USD; the same for all of a party."""
    a, b, c, d = words(keys[Stream.MONEY], luck, day, 0)
    spread = world.setup[0].savings_spread
    return lognormal(to_uniform(a, b), to_uniform(c, d), world.savings[stream], spread)


@step
def collect_wages(world, people, tally, row, day):  # type: ignore[no-untyped-def]
    """Pay somebody at work what was earned since it was counted last; debts are paid off first."""
    life = people.life[row]
    if world.setup[0].money_on == 0 or world.cell_status[life.cell] != Status.WORKING:
        return
    kept = world.place[world.cell_place[life.cell]].savings
    earned = int(day * kept) - int(life.since * kept)  # adds up over any days on which it is counted
    if earned <= 0:
        return
    life.since = day
    repaid = min(life.debt, earned)
    book(tally, people, row, Event.USD_EARNED, earned)
    if repaid > 0:
        book(tally, people, row, Event.USD_REPAID, repaid)
        life.debt -= repaid
    life.money += earned - repaid


@inner
def lose(tally, people, row, event, usd):  # type: ignore[no-untyped-def]
    """Take up to so much of a person's money."""
    life = people.life[row]
    taken = min(life.money, usd)
    life.money -= taken
    book(tally, people, row, event, taken)


@step
def pay(tally, people, row, event, usd):  # type: ignore[no-untyped-def]
    """Pay a price in full; what is lacking is borrowed."""
    life = people.life[row]
    lacking = max(0, usd - life.money)
    if lacking > 0:
        book(tally, people, row, Event.USD_BORROWED, lacking)
        life.debt += lacking
        life.money += lacking
    life.money -= usd
    book(tally, people, row, event, usd)
