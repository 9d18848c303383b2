"""Who is looked at today: a byte of luck a person and day against a bound on what the day can hold.

Somebody whose byte is above the bound has, for certain, a day without an event, since the byte is the leading part of
the uniform that decides the day: nothing is approximated. One Philox block holds the bytes of 16 days; they are drawn
for everybody at once and lie day by day, so that the compiler can compare many people at a time.
"""

from __future__ import annotations

import numpy as np

from simulation.kernels.bits import lowest_bit
from simulation.kernels.compile import entry, viewing
from simulation.kernels.rng import words

DAYS_OF_LUCK = 16  # one draw holds a screening byte for each of so many days
_TILE = 512  # people whose blocks are drawn together
_GATHER, _TOP_BYTE = np.uint64(0x0102040810204080), np.uint64(56)


@viewing
def draw_blocks(key, who, day, item, block):  # type: ignore[no-untyped-def]
    """Draw one Philox block a person: a loop without branches, which the compiler turns into vector instructions.

    who    (n,) uint64
    block  (4, n) uint32 OUT
    """
    w0, w1, w2, w3 = block[0], block[1], block[2], block[3]
    for i in range(who.size):
        a, b, c, d = words(key, who[i], day, item)
        w0[i] = a
        w1[i] = b
        w2[i] = c
        w3[i] = d


@viewing
def _spread_bytes(word, luck, first, n):  # type: ignore[no-untyped-def]
    """Write the four bytes of a word a person to four days. word (n,) uint32; luck (4, N) uint8 OUT."""
    for b in range(4):
        shift, day_of_luck = np.uint32(8 * b), luck[b, first : first + n]
        for i in range(n):
            day_of_luck[i] = (word[i] >> shift) & np.uint32(255)


@entry
def draw_luck(key, people, luck, first, last, day):  # type: ignore[no-untyped-def]
    """Draw the screening bytes of rows first..last - 1 for the 16 days that hold ``day``. luck (16, N) uint8 OUT."""
    who, block = np.empty(_TILE, np.uint64), np.empty((4, _TILE), np.uint32)
    for begin in range(first, last, _TILE):
        n = min(_TILE, last - begin)
        for i in range(n):
            who[i] = people.life[begin + i].who
        draw_blocks(key, who[:n], day // DAYS_OF_LUCK, 0, block)
        for w in range(4):
            _spread_bytes(block[w, :n], luck[4 * w : 4 * w + 4], begin, n)


@viewing
def _flag(luck, bound, due, day, flag):  # type: ignore[no-untyped-def]
    """Mark who is looked at. All (n,): luck, bound uint8, due int32, flag uint8 OUT."""
    for i in range(flag.size):
        flag[i] = (luck[i] <= bound[i]) | (due[i] <= day)


@viewing
def screen(people, luck, first, last, day, flag, picked):  # type: ignore[no-untyped-def]
    """Pick the rows of first..last - 1 to whom something may happen today; return how many.

    luck  (16, N) uint8;  flag  (n,) uint8 scratch, n the next multiple of 64;  picked  (last - first,) int32 OUT
    """
    n = last - first
    _flag(
        luck[day % DAYS_OF_LUCK, first:last], people.bound[first:last], people.due[first:last], day, flag[:n]
    )
    flag[n : (n + 63) // 64 * 64] = 0
    eights = flag.view(np.uint64)
    found = 0
    for begin in range(0, n, 64):
        # 64 flags, a bit each: eight bytes of 0 or 1 times _GATHER have their bits in the top byte.
        word = np.uint64(0)
        for k in range(8):
            word |= ((eights[(begin >> 3) + k] * _GATHER) >> _TOP_BYTE) << np.uint64(8 * k)
        while word != 0:
            picked[found] = first + begin + lowest_bit(word)
            found += 1
            word &= word - np.uint64(1)
    return found
