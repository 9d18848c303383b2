"""Who is displaced, when and from where: numbers by day, identities, and the zone each comes from."""

from __future__ import annotations

import numpy as np

from simulation.displacement.case import DisplacementCase
from simulation.displacement.network import Network
from simulation.displacement.observed import displaced_by_day, observed_camps
from simulation.errors import SafePassageError
from simulation.kernels.flight import draw_origins
from simulation.kernels.layout import F64, I32, I64, U64
from simulation.kernels.rng import Stream, stream_key
from simulation.world.departures import identity
from simulation.world.routes import name_hash

MOST_SIMULATED = 20_000_000
"""People in one run: they take some gigabytes."""
_ORDINALS = 1 << 24
_BEFORE = 0xFFFF  # in place of a day: people who are in the camps from the start


class TooManyPeopleError(SafePassageError):
    """A case displaces more people than can be simulated."""


def _check_limit(people: float) -> None:
    if not people <= MOST_SIMULATED:
        raise TooManyPeopleError(
            f"{people:,.0f} people would be displaced; at most {MOST_SIMULATED:,} can be simulated: check the counts "
            "and rates, or use a smaller --scale"
        )


def _who(day: int, n: int) -> U64:
    """Return (n,) stable identities of the people of a day."""
    if n >= _ORDINALS:
        when = "are there from the start" if day == _BEFORE else f"are displaced on day {day}"
        raise TooManyPeopleError(
            f"{n:,} people {when}; at most {_ORDINALS - 1:,} can be simulated: use a smaller --scale"
        )
    return identity("displaced", day, np.arange(n, dtype=np.uint64))


def initial_people(case: DisplacementCase, scale: float) -> I64:
    """Return (K,) people who are in the camps from the start."""
    if case.spawning.mode != "totals" and not case.observed:
        return np.zeros(len(case.camps), np.int64)
    if case.spawning.day0 == "set_out":
        return np.zeros(len(case.camps), np.int64)
    stock = np.floor(observed_camps(case)[0] * scale)
    _check_limit(float(stock.sum()))
    return np.asarray(stock, np.int64)


def _decay(case: DisplacementCase, network: Network) -> F64:
    """Return (T, P) factor of displacement by the age of each place's conflict."""
    if not case.spawning.decay:
        return np.ones_like(network.intensity)
    age = np.zeros(network.intensity.shape, np.int64)
    for day in range(1, case.days):
        age[day] = np.where(network.intensity[day] > 0, age[day - 1] + 1, 0)
        age[day][(network.intensity[day] > 0) & (network.intensity[day - 1] <= 0)] = 0
    factors = np.array(case.spawning.decay)
    return np.asarray(factors[np.minimum(age // case.spawning.decay_days, factors.size - 1)], np.float64)


def zone_weights(case: DisplacementCase, network: Network) -> F64:
    """Return (T, P) how much of a day's displacement comes from each place: population x intensity x decay.

    On a day without conflict the weights of the last day that had any hold, or of the first day to come.
    """
    population = np.array([0.0 if p.is_camp else p.population for p in case.places])
    weight = population * network.intensity * _decay(case, network)
    if not weight.any():  # no zone has people: all zones alike
        weight = network.intensity.copy()
    has = weight.any(axis=1)
    if not has.any():
        return weight
    days = np.arange(case.days)
    last = np.maximum.accumulate(np.where(has, days, -1))
    return np.asarray(weight[np.where(last < 0, np.flatnonzero(has)[0], last)], np.float64)


def _numbers(case: DisplacementCase, network: Network, seed: int, scale: float) -> I64:
    """Return (T, P) people displaced a day and place under the modes that do not follow the observed totals."""
    mode, population = case.spawning.mode, np.array([p.population for p in case.places])
    rate = case.spawning.amount * network.intensity * _decay(case, network)
    if mode == "pop_ratio":
        rate = _depleting(rate, population) if case.spawning.takes_population else rate * population
    _check_limit(float(rate.sum()) * scale)
    if mode == "poisson":
        key = np.array([stream_key(seed, Stream.DEPARTURES), name_hash("poisson", 64)], np.uint64)
        drawn = np.random.Generator(np.random.Philox(key=key)).poisson(rate * scale)
        so_far = np.cumsum(drawn.astype(np.float64), axis=0)
    else:
        so_far = np.cumsum(rate if mode == "pop_ratio" else np.floor(rate), axis=0) * scale
    if case.spawning.takes_population:
        so_far = np.minimum(so_far, population * scale)
    return np.diff(np.floor(so_far), axis=0, prepend=0.0).astype(np.int64)


def _depleting(rate: F64, population: F64) -> F64:
    """Return (T, P) people who leave when every day the share ``rate`` (T, P), at most 1, of those still there does."""
    share = np.minimum(rate, 1.0)
    stay = np.vstack([np.ones_like(population), np.cumprod(1.0 - share, axis=0)[:-1]])
    return np.asarray(share * stay * population, np.float64)


def _by_conflict(number: I64) -> tuple[U64, I32, I32]:
    day, place = (x.astype(np.int32) for x in np.nonzero(number))
    times = number[day, place]
    whos = [np.zeros(0, np.uint64), *(_who(int(d), int(number[d].sum())) for d in np.unique(day))]
    return np.concatenate(whos), np.repeat(day, times), np.repeat(place, times)


def displaced(case: DisplacementCase, network: Network, seed: int, scale: float) -> tuple[U64, I32, I32]:
    """Return (who, day, place) of everybody who is displaced in the period, by day, then who."""
    if case.spawning.mode != "totals":
        return _by_conflict(_numbers(case, network, seed, scale))
    so_far = np.floor(displaced_by_day(case) * scale).astype(np.int64)
    _check_limit(float(so_far[-1]))
    number = np.diff(so_far, prepend=0 if case.spawning.day0 == "set_out" else so_far[0])
    weight, key = zone_weights(case, network), stream_key(seed, Stream.DEPARTURES)
    left = np.array([p.population for p in case.places])
    who: list[U64] = [np.zeros(0, np.uint64)]
    day: list[I32] = [np.zeros(0, np.int32)]
    place: list[I32] = [np.zeros(0, np.int32)]
    for d in np.flatnonzero(number):
        today = weight[d]
        if case.spawning.takes_population:
            today = today * np.maximum(left, 0.0) / np.maximum([p.population for p in case.places], 1.0)
            today = today if today.any() else weight[d]
        who.append(_who(int(d), int(number[d])))
        cumulated = np.cumsum(today)
        place.append(draw_origins(key, who[-1], cumulated))
        day.append(np.full(who[-1].size, d, np.int32))
        if case.spawning.takes_population:
            left -= np.bincount(place[-1], minlength=left.size) / scale
    return np.concatenate(who), np.concatenate(day), np.concatenate(place)


def initial_identities(n: int) -> U64:
    """Return (n,) who of the people who are in the camps from the start."""
    return _who(_BEFORE, n)
