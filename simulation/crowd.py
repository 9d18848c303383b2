"""Everybody of a run: the columns, which rows are looked at, and the luck that says who is looked at today."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulation.kernels.layout import I32, LIFE, U8, People, World
from simulation.kernels.rows import part_ended
from simulation.kernels.screening import DAYS_OF_LUCK, draw_luck

SideBySide = Callable[[Callable[[int], None]], None]
"""Calls a function with the number of every lane, several at a time."""
FEWEST = 100_000  # rows looked at from which on it pays to put ended journeys apart
_LINES = np.dtype((np.void, LIFE.itemsize))  # a record as bytes: numpy would copy it field by field


class Crowd:
    """Rows lie in three parts: ended journeys, journeys under way, people who start later.

    Attributes:
        people: The columns.
        start_days: (N,) int32, day on which each could start, rising; -1 for people under way before the first day.
        n_ended, n_seen: Rows n_ended to n_seen - 1 are looked at today.
        luck: (16, N) uint8, screening bytes of the days until they are drawn again.
    """

    def __init__(self, people: People, n_initial: int, first_day: int) -> None:
        """Take the columns, of which the first n_initial rows are under way on the eve of the first day."""
        n = people.due.size
        self.people = people
        self.start_days: I32 = people.life["start_day"].copy()
        self.n_ended, self.n_seen = 0, n_initial
        self.luck: U8 = np.empty((DAYS_OF_LUCK, n), np.uint8)
        self._luck_until = first_day  # day on which screening bytes must be drawn again
        self._number = np.arange(n, dtype=np.int32)  # of the person in a row, for good
        self._row: I32 | None = None  # its inverse, made when somebody looks at people

    @property
    def rows(self) -> slice:
        """Rows of everybody whose journey may not have ended."""
        return slice(self.n_ended, self.n_seen)

    @property
    def number_of(self) -> I32:
        """Number for good of the person in each row now, (N,)."""
        return self._number

    @property
    def row_of(self) -> I32:
        """Row in which each person is now, (N,), by the number that the person keeps for good."""
        if self._row is None:
            self._row = np.empty_like(self._number)
            self._row[self._number] = np.arange(self._number.size, dtype=np.int32)
        return self._row

    def admit_starters(self, day: int) -> None:
        """Look, from today on, at the people who could start today, too."""
        self.n_seen = int(np.searchsorted(self.start_days, np.int32(day), side="right"))

    def draw_luck(
        self, world: World, key: np.uint64, day: int, n_lanes: int, side_by_side: SideBySide
    ) -> None:
        """Draw the screening bytes of all who are looked at until they are drawn again; ended journeys may go first.

        A person's bytes follow from who and day alone, so it does not matter when they are drawn, or by which lane.
        """
        if day < self._luck_until:
            return
        if self.n_seen - self.n_ended >= FEWEST:
            self._part_ended(world)
        self._luck_until = (day // DAYS_OF_LUCK + 1) * DAYS_OF_LUCK
        last = int(np.searchsorted(self.start_days, np.int32(self._luck_until), side="left"))
        ends = np.linspace(self.n_ended, last, n_lanes + 1).astype(np.int64)
        side_by_side(lambda lane: draw_luck(key, self.people, self.luck, ends[lane], ends[lane + 1], day))

    def _part_ended(self, world: World) -> None:
        order, ended = part_ended(world, self.people, self.n_ended, self.n_seen)
        if ended * 4 < order.size:  # screening so few in vain costs less than moving the others
            return
        for column in (self.people.due, self.people.bound, self.people.life.view(_LINES), self._number):
            column[self.n_ended : self.n_seen] = column[order]
        self.n_ended += ended
        self._row = None

    def take_state(self, other: Crowd) -> None:
        """Become a copy of another crowd of the same people."""
        self.people.due[:], self.people.bound[:] = other.people.due, other.people.bound
        self.people.life[:], self._number[:] = other.people.life, other.number_of
        self._row, self.n_ended, self.n_seen = None, other.n_ended, other.n_seen

    @property
    def bytes_a_person(self) -> float:
        """Memory of all that grows with people."""
        columns = (*self.people, self.luck, self.start_days, self._number)
        return sum(column.nbytes for column in columns) / max(self._number.size, 1)
