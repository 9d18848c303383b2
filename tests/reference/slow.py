"""Slow twins of the kernels' small functions: plain Python, written from the docstrings, with exact integers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

BITS32 = 2**32 - 1
Words = tuple[int, int, int, int]
Counts = Sequence[Sequence[Sequence[int]]]  # by kind, cell and group


# Randomness ---
def philox(counter: Words, key: tuple[int, int]) -> Words:
    """Return Philox 4x32-10, as figure 4 of Salmon et al. (2011) draws it."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (
            (product1 >> 32) ^ c1 ^ k0,
            product1 & BITS32,
            (product0 >> 32) ^ c3 ^ k1,
            product0 & BITS32,
        )
        k0, k1 = (k0 + 0x9E3779B9) & BITS32, (k1 + 0xBB67AE85) & BITS32
    return c0, c1, c2, c3


def words(key: int, who: int, day: int, item: int) -> Words:
    """Return the four words of (key, who, day, item)."""
    return philox((who & BITS32, who >> 32, day & BITS32, item & BITS32), (key & BITS32, key >> 32))


def uniform(key: int, who: int, day: int, item: int) -> float:
    """Return the double in [0, 1): 27 bits of the first word, then 26 of the second."""
    high, low, _, _ = words(key, who, day, item)
    return ((high >> 5) * 2**26 + (low >> 6)) / 2**53


def split_mix(start: int, number: int) -> int:
    """Return output ``number`` of SplitMix64 started at ``start``."""
    z = (start + number * 0x9E3779B97F4A7C15) % 2**64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


# Counts ---
def harvest(lanes: Sequence[Counts]) -> list[tuple[int, int, int, int]]:
    """Return (cell, group, kind, count) of all counts that are not 0, in that order; lanes[lane][kind][cell][group]."""
    kinds, cells, groups = len(lanes[0]), len(lanes[0][0]), len(lanes[0][0][0])
    rows = [
        (cell, group, kind, sum(lane[kind][cell][group] for lane in lanes))
        for cell in range(cells)
        for group in range(groups)
        for kind in range(kinds)
    ]
    return [row for row in rows if row[3] != 0]


# A day ---
def effective_rates(
    rates: Sequence[float], n: int, multiplier: float, seek: float, bond: float
) -> list[float]:
    """Return the first n rates of a person: death, abduction, arrest, 5 harms, seek, leave."""
    found = []
    for k, rate in enumerate(rates[:n]):
        if k == 8:
            found.append(rate * seek)
        elif k in (2, 9):
            found.append(rate)
        elif k == 1:
            found.append(rate * (multiplier * bond))
        else:
            found.append(rate * multiplier)
    return found


def draw_event(u: float, fraction: float, rates: Sequence[float]) -> tuple[int, float]:
    """Return (event, rest): events share [0, p) in proportion to their rates; rest is where u lies in [p, 1)."""
    total = 0.0
    for rate in rates:
        total += rate
    p = -math.expm1(-total * fraction)
    if u >= p:
        return -1, ((u - p) / (1 - p) if p < 1 else 0.0)
    point = u / p * total
    possible = [k for k, rate in enumerate(rates) if rate > 0]
    for k in possible:
        if point < rates[k]:
            return k, 0.0
        point -= rates[k]
    return possible[-1], 0.0


def due_day(day: int, days: float) -> tuple[int, float]:
    """Return the day on which a leg of so many days ends, if its first day is the next, and the share of that day."""
    due = day + 1
    while days > 1:
        days -= 1
        due += 1
    return due, days


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return the quantile u by bisection of the distribution function."""

    def below(t: float) -> float:
        if t <= mode:
            return (t - low) ** 2 / ((high - low) * (mode - low)) if mode > low else 0.0
        return 1 - (high - t) ** 2 / ((high - low) * (high - mode))

    a, b = low, high
    for _ in range(200):
        middle = (a + b) / 2
        a, b = (middle, b) if below(middle) < u else (a, middle)
    return (a + b) / 2


# Choice ---
def value_of_being_stuck(given_up: float, stay: float, discount: float, value: float, sweeps: int) -> float:
    """Return W after so many sweeps of W = log(exp(stay + discount W) + given_up), from ``value``."""
    for _ in range(sweeps):
        value = math.log(math.exp(stay + discount * value) + given_up)
    return value


class Option(NamedTuple):
    """One option of a place: weight, hash, share who know it, USD, who may take it."""

    weight: float
    hash: int
    awareness: float
    price: int = 0
    eligible: frozenset[int] = frozenset(range(6))
    least: int = 0
    stays: bool = False  # staying where one is


class Chooser(NamedTuple):
    """What a decision asks of a person; purse None: money does not matter."""

    party: int
    demographic: int
    vulnerability: int
    purse: int | None


def choose(
    options: Sequence[Option],
    choice_key: int,
    awareness_key: int,
    luck: int,
    who: Chooser | None,
    day: int,
    stuck: float = 1.0,
) -> tuple[int, bool]:
    """Return the option whose exponential finish time is first, -1 if none, and whether money was lacking for one.

    who None: a boat decides, whatever those aboard know, have, or are.
    stuck: What staying weighs, of its weight, for somebody who lacks the money for an option.
    """
    finish, is_short = {}, False
    high, low, _, _ = words(choice_key, luck, day, 0)
    start = high << 32 | low
    for k, option in enumerate(options):
        if option.weight == 0:
            continue
        if who is not None:
            knows = option.awareness >= 1
            knows = knows or uniform(awareness_key, who.party, 0, option.hash) < option.awareness
            if who.demographic not in option.eligible or who.vulnerability < option.least or not knows:
                continue
            if who.purse is not None and option.price > who.purse:
                is_short = True
                continue
        u = ((split_mix(start, option.hash) >> 12) + 0.5) / 2**52
        finish[k] = -math.log(1 - u) / option.weight
    if is_short:
        finish = {k: t / stuck if options[k].stays else t for k, t in finish.items()}
    return (min(finish, key=lambda k: (finish[k], k)) if finish else -1), is_short


# Lotteries ---
def board(
    key: int, day: int, people: Sequence[tuple[int, int, int]], capacity: dict[int, int]
) -> dict[int, tuple[int, int]]:
    """Return who -> (leg, number of the vehicle) of people (luck, who, leg), in lottery order.

    A party, people of one luck, draws one lot and boards the last vehicle if anybody still fits, else the next.
    """
    aboard = {}
    for leg in {leg for _, _, leg in people}:
        parties: dict[int, list[int]] = {}
        for luck, who, mine in people:
            if mine == leg:
                parties.setdefault(luck, []).append(who)
        vehicles: list[list[int]] = [[]]
        for luck in sorted(parties, key=lambda luck: words(key, luck, day, 0)[0]):
            if len(vehicles[-1]) >= capacity[leg]:
                vehicles.append([])
            vehicles[-1] += parties[luck]
        aboard |= {who: (leg, number) for number, crew in enumerate(vehicles) for who in crew}
    return aboard


def lottery(key: int, day: int, people: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return positions of (luck, who, queue), by queue, then in the order of the lottery, ties by who."""
    tickets = [(queue, words(key, luck, day, 1)[3], who) for luck, who, queue in people]
    return sorted(range(len(people)), key=lambda i: tickets[i])


def vulnerability_after(v: int, step: int) -> int:
    """Return vulnerability (0..255) after an incident: by the step (of 255) of what is left to 255, rounded."""
    return min(255, v + math.floor(step * (255 - v) / 255 + 0.5))


def vulnerability_after_relief(v: int, share: float, scar: int) -> int:
    """Return vulnerability after help takes a share away, rounded: not below the scar, if it was above."""
    return max(v - math.floor(share * v + 0.5), min(v, scar))


def vulnerability_after_custody(v: int, days: int, step: float) -> int:
    """Return vulnerability after so many days in custody: ``step`` of what is left to 255 per 30 days, rounded."""
    return min(255, v + math.floor((255 - v) * (1 - (1 - step) ** (days / 30)) + 0.5))


# Days, numbers and needs ---
def whole_days(u: float, mean: float) -> int:
    """Return how many whole days pass before an exponential time of this mean ends."""
    days, t = 0, -math.log1p(-u) * mean
    while days + 1 <= t:
        days += 1
    return days


def geometric(u: float, ratio: float, most: int) -> int:
    """Return the quantile u of a number 0..most with weights ratio^k."""
    weights = [ratio**k for k in range(most + 1)]
    below = 0.0
    for k, weight in enumerate(weights):
        below += weight / sum(weights)
        if u < below:
            return k
    return most


def needs_after(harm: int) -> set[str]:
    """Return the services that a harm makes necessary; death, abduction, arrest, injury, violence, sgbv, robbery..."""
    return {
        1: {"health", "protection"},
        2: {"protection"},
        3: {"health"},
        4: {"health"},
        5: {"health", "protection"},
        6: {"basic"},
        7: {"protection"},
    }[harm]
