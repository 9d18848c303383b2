"""Who could start a journey, where and when: a list of potential journeys that no policy changes.

Daily numbers are negative binomial around season x annual journeys; every potential traveller has a stable identity
``who`` = stream hash (24 bits) | day of start (16) | ordinal (24), and draws everything else by it.
"""

from __future__ import annotations

import calendar as gregorian

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import F64, I32, MAX_PARTY, NEVER, U64
from simulation.kernels.persons import keep
from simulation.kernels.rng import Stream, stream_key
from simulation.spec.models import InitialGroup, Scenario
from simulation.world.policy import EPOCH, day_number
from simulation.world.routes import Routes, name_hash

_ORDINALS = 1 << 24


def identity(name: str, day: I32 | int, ordinal: U64) -> U64:
    """Return who of people of a stream and day: hash of the name (24 bits), day (16), ordinal (24)."""
    base = np.uint64(name_hash(name, 24)) << np.uint64(40)
    return base | (np.asarray(day).astype(np.uint64) << np.uint64(24)) | ordinal


def kept_at(seed: int, scale: float, who: U64) -> npt.NDArray[np.bool_]:
    """Return (n,) who is simulated at a scale: by a keyed hash, so that smaller scales are nested."""
    if scale >= 1.0:
        return np.ones(who.size, np.bool_)
    return np.asarray(keep(stream_key(seed, Stream.THINNING), who, scale))


def _generator(seed: int, name: str, stream: Stream) -> np.random.Generator:
    """Return a generator for numbers per stream and day; keyed by names, so another stream changes nothing here."""
    key = np.array([stream_key(seed, stream), name_hash(name, 64)], np.uint64)  # a list would be rounded
    return np.random.Generator(np.random.Philox(key=key))


def expected_per_day(scenario: Scenario, stream: str, days: I32, headroom: float) -> F64:
    """Return (n_days,) expected potential journeys of a stream: annual journeys x season x headroom / days in year."""
    annual = {row.year: row.journeys for row in scenario.streams if row.stream == stream}
    season = np.ones(12)
    for row in scenario.season:
        if row.stream == stream:
            season[row.month - 1] = row.weight
    season = season / season.mean() if season.sum() > 0 else np.ones(12)
    date = np.datetime64(EPOCH, "D") + days
    first, which = np.unique(date.astype("datetime64[Y]").astype(np.int64) + 1970, return_inverse=True)
    journeys = np.array([annual.get(int(year), 0.0) for year in first])[which]
    length = np.array([366 if gregorian.isleap(int(year)) else 365 for year in first])[which]
    month = date.astype("datetime64[M]").astype(np.int64) % 12
    return np.asarray(journeys * season[month] / length * headroom, np.float64)


def potential_journeys(
    scenario: Scenario,
    routes: Routes,
    seed: int,
    parameters: dict[str, float],
    heads: F64 | None,
    scale: float = 1.0,
) -> tuple[U64, I32, I32]:
    """Return (who, stream, start day) of everybody who could start in the period, by start day, then who.

    The list depends on the seed, the streams and the headroom, never on policy.

    Args:
        scenario: Period, streams and season.
        routes: The compiled graph.
        seed: The run's seed.
        parameters: Behavioural parameters by name.
        heads: (S,) heads of parties a person: only they are returned, with room for the numbers of members in who.
            None: everybody travels alone.
        scale: Share of them kept.
    """
    per_head = 1 if heads is None else MAX_PARTY
    period = scenario.document.period
    days = np.arange(day_number(period.start), day_number(period.departures_end) + 1, dtype=np.int32)
    shape = parameters["departure_dispersion"]
    who, stream, start = [], [], []
    by_hash = sorted(enumerate(routes.streams), key=lambda stream: name_hash(stream[1], 24))
    for s, name in by_hash:
        headroom = (1.0 if heads is None else heads[s]) / parameters["departure_reference"]
        mean = expected_per_day(scenario, name, days, headroom)
        generator = _generator(seed, name, Stream.DEPARTURES)
        number = generator.poisson(mean * generator.gamma(shape, 1.0 / shape, mean.size))
        if number.max(initial=0) >= _ORDINALS // per_head:
            raise ValueError(f"stream {name} has more than {_ORDINALS // per_head - 1} people on one day")
        day = np.repeat(days, number)
        ordinal = np.arange(day.size) - np.repeat(np.r_[0, np.cumsum(number)[:-1]], number)
        found = identity(name, day, (ordinal * per_head).astype(np.uint64))
        mask = kept_at(seed, scale, found)
        who.append(found[mask])
        stream.append(np.full(who[-1].size, s, np.int32))
        start.append(day[mask])
    return _ordered(who, stream, start)


def initial_heads(row: InitialGroup, per_head: int) -> U64:
    """Return (n,) who of as many people as a row of initial.csv has; ``per_head`` numbers are kept for each."""
    ordinal = np.arange(round(row.people), dtype=np.uint64) * np.uint64(per_head)
    return identity(f"{row.stream}@{row.place}", 0, ordinal)


def _ordered(who: list[U64], stream: list[I32], start: list[I32]) -> tuple[U64, I32, I32]:
    """Return columns by start day; within a day streams stay in order, and that is the order of who."""
    if not who:
        return np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    all_start = np.concatenate(start)
    day = (all_start - all_start.min(initial=NEVER)).astype(np.uint16)  # a short number sorts in linear time
    order = np.argsort(day, kind="stable")
    return np.concatenate(who)[order], np.concatenate(stream)[order], all_start[order]
