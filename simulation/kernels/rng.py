"""Counter-based randomness: every draw is a pure function of (seed, stream, who, day, item).

Philox 4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11). There is no
generator state, so threads, row order and restarts cannot change a draw, and a person meets the same luck in every
scenario. Formulas are plain functions, compiled by call, so that they can be tested without the compiler.
"""

from __future__ import annotations

from enum import IntEnum, unique

import numpy as np
import numpy.typing as npt

from simulation.kernels.compile import inner


@unique
class Stream(IntEnum):
    """One number per kind of decision. Never renumber: old runs would change."""

    SCREEN = 1
    EVENT = 2
    CHOICE = 3
    TRAVEL = 4
    VEHICLE = 5
    SURVIVAL = 6
    BOARDING = 7
    CUSTODY = 8
    SERVICE = 9
    PATHWAY = 10
    PERSON = 11
    START = 12
    THINNING = 13
    AWARENESS = 14
    DEPARTURES = 15
    PARAMETERS = 16
    RENEWAL = 17
    RETURN = 18
    PARTY = 19
    MONEY = 20
    REUNION = 21
    RELOCATION = 22
    HOLDING = 23


MASK32 = np.uint64(0xFFFFFFFF)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_S32 = np.uint64(32)
_GOLDEN, _MIX1, _MIX2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_TWO_26 = 67108864.0
_TWO_53 = 9007199254740992.0


def _philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return the four 32-bit words (as uint64) of Philox 4x32-10 at counter (c0..c3), key (k0, k1); all uint64."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (p1 >> _S32) ^ c1 ^ k0, p1 & MASK32, (p0 >> _S32) ^ c3 ^ k1, p0 & MASK32
        k0 = (k0 + _W0) & MASK32
        k1 = (k1 + _W1) & MASK32
    return c0, c1, c2, c3


philox4x32 = inner(_philox4x32)


def stream_key(seed: int, stream: Stream) -> np.uint64:
    """Return the 64-bit Philox key of one stream of one seed (SplitMix64 finaliser, a bijection: streams differ)."""
    mask = (1 << 64) - 1
    z = (seed + int(stream) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return np.uint64(z ^ (z >> 31))


def stream_keys(seed: int) -> npt.NDArray[np.uint64]:
    """Return the key of every stream of a seed, by the stream's number."""
    keys = np.zeros(max(Stream) + 1, np.uint64)
    for stream in Stream:
        keys[stream] = stream_key(seed, stream)
    return keys


def _words(key, who, day, item):  # type: ignore[no-untyped-def]
    """Return four 32-bit words for (key, who, day, item); who is 64-bit, day and item 32-bit."""
    return philox4x32(
        np.uint64(who) & MASK32,
        np.uint64(who) >> _S32,
        np.uint64(day) & MASK32,
        np.uint64(item) & MASK32,
        key & MASK32,
        key >> _S32,
    )


words = inner(_words)


def _to_uniform(high, low):  # type: ignore[no-untyped-def]
    """Return a double in [0, 1) with 53 random bits from two 32-bit words."""
    return (np.float64(high >> np.uint64(5)) * _TWO_26 + np.float64(low >> np.uint64(6))) / _TWO_53


to_uniform = inner(_to_uniform)


def _mix(start, number):  # type: ignore[no-untyped-def]
    """Return output ``number`` of the SplitMix64 generator started at ``start`` (Steele, Lea & Flood 2014, OOPSLA).

    For many draws that share a key: the start is a block's word pair, the number says which. All uint64.
    """
    z = start + number * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX1
    z = (z ^ (z >> np.uint64(27))) * _MIX2
    return z ^ (z >> np.uint64(31))


mix = inner(_mix)


def _uniform(key, who, day, item):  # type: ignore[no-untyped-def]
    """Return the uniform double in [0, 1) of (key, who, day, item)."""
    a, b, _, _ = words(key, who, day, item)
    return to_uniform(a, b)


uniform = inner(_uniform)
