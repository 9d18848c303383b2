"""Integer counts of a run as it goes: a day's tally in, sparse monthly tables out. Size independent of people."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.kernels import layout
from simulation.kernels.harvest import close_day, harvest
from simulation.kernels.layout import EVENTS, F64, I32, I64, LISTS, U8, Event, Tally

AnyInt = npt.NDArray[np.integer[Any]]
N_STATUSES = len(layout.Status)


@dataclass(frozen=True)
class Counts:
    """What a run counted. A month is the index of a calendar month since the start of the run."""

    event_month: I32  # (n,)
    event_cell: I32
    event_group: I32
    event_kind: I32
    event_count: I64
    days_month: I32  # (m,)
    days_cell: I32
    days_group: I32
    days_count: I64  # person-days, by the census at the end of each day
    flow: I32  # (n_days, L) legs entered
    census: I64  # (n_days, N_STATUSES) people at the end of each day
    initial: I64  # (C, G) people before the first day
    stock: I64  # (C, G) people at the end of the run
    on_the_way: I64  # (n_months, G) people between start and end of their journey when the month begins
    believed: F64  # (n_months, 2, L) chance of death on a leg as the informed and the uninformed see it, month's end
    true: F64  # (n_months, L) true chance of death on the leg, for somebody of average risk
    cohorts: I64  # (k, 7) what has become of people by month of start: see cohorts.follow_cohorts


def _people_moved(moved: I64) -> I64:
    """Return the change of people of Tally.moved: its low half, which may be below 0."""
    return moved.astype(np.int32).astype(np.int64)


class Recorder:
    """Owns the tally of every lane and turns it into Counts, month by month."""

    def __init__(self, n_lanes: int, cells: U8, n_groups: int, n_legs: int, n_days: int, n_rows: int) -> None:
        """Allocate the buffers.

        Args:
            n_lanes: Lanes of the day kernel.
            cells: (C,) status of every cell.
            n_groups: G.
            n_legs: L.
            n_days: Days of the run.
            n_rows: Longest list that a day may write: everybody (memory that is never written costs nothing).
        """
        n_cells = cells.size
        self._status = cells
        self.tally = Tally(
            events=np.zeros((n_lanes, EVENTS, n_cells, n_groups), np.int32),
            touched=np.zeros((n_lanes, EVENTS, n_cells), np.uint8),
            moved=np.zeros((n_lanes, n_cells, n_groups), np.int64),
            census=np.zeros((n_lanes, n_cells), np.int64),
            flow=np.zeros((n_lanes, n_legs), np.int32),
            listed=np.zeros((n_lanes, LISTS, n_rows, 2), np.int32),
            n_listed=np.zeros((n_lanes, LISTS), np.int64),
        )
        self._stock = np.zeros((n_cells, n_groups), np.int64)
        self._if_still = np.zeros((n_cells, n_groups), np.int64)  # person-days of the month if nobody moved
        self.initial = np.zeros(n_cells, np.int64)
        self._flow = np.zeros((n_days, n_legs), np.int32)
        self._census = np.zeros((n_days, N_STATUSES), np.int64)
        self._events: list[tuple[AnyInt, ...]] = []
        self._days: list[tuple[AnyInt, ...]] = []
        self._on_the_way: list[I64] = []
        self._believed: list[F64] = []
        self._true: list[F64] = []
        self._alive = (cells >= layout.Status.WAITING) & (cells <= layout.Status.DETAINED)
        self._month = 0

    def count_initial(self, cell: I32, group: I32) -> None:
        """Count where everybody is before the first day."""
        n_groups = self._stock.shape[1]
        where = np.bincount(cell.astype(np.int64) * n_groups + group, minlength=self._stock.size)
        self._stock += where.reshape(self._stock.shape)
        self.initial += self._stock.sum(axis=1)

    @property
    def stock(self) -> I64:
        """People by cell and group, (C, G), as of now."""
        return self._stock + _people_moved(self.tally.moved.sum(axis=0))

    def stock_of(self, first: int, last: int) -> I64:
        """Return (last - first,) people in the cells of a range as of now."""
        now: I64 = self.initial[first:last] + self.tally.census[:, first:last].sum(axis=0)
        return now

    def __deepcopy__(self, memo: dict[int, Any]) -> Recorder:
        """Copy all counts; the day's lists are empty between days, and their memory is only set aside."""
        twin = Recorder.__new__(Recorder)
        memo[id(self)] = twin
        of = self.tally
        tally = Tally(
            of.events.copy(), of.touched.copy(), of.moved.copy(), of.census.copy(), of.flow.copy(),
            np.zeros(of.listed.shape, np.int32), of.n_listed.copy(),
        )  # fmt: skip
        twin.__dict__ |= {
            name: tally if name == "tally" else deepcopy(value, memo) for name, value in self.__dict__.items()
        }
        return twin

    def begin_month(self, days: int) -> None:
        """Open a month of which ``days`` are simulated: if nobody moves, the stock stays for all of them."""
        stock = self.stock
        self.tally.moved[:] = _people_moved(self.tally.moved)
        self._if_still = stock * days
        self._on_the_way.append(stock[self._alive].sum(axis=0))

    def listed(self, which: int) -> I32:
        """Take what the lanes listed today, (n, 2) int32 of row and target. which: a list of the layout."""
        lists, numbers = self.tally.listed, self.tally.n_listed
        parts = [lists[lane, which, :n] for lane, n in enumerate(numbers[:, which].tolist()) if n]
        numbers[:, which] = 0
        taken: I32 = np.concatenate(parts) if parts else np.empty((0, 2), np.int32)
        return taken

    def end_day(self, index: int) -> None:
        """Keep the day's flows and census."""
        close_day(self.tally, self.initial, self._status, self._flow[index], self._census[index])

    def keep_beliefs(self, believed: F64, true: F64) -> None:
        """Keep what people believe at the end of a month: (2, L) and (L,) chances of death on a leg."""
        self._believed.append(believed)
        self._true.append(true)

    def end_month(self) -> None:
        """Close the month: keep its counts as sparse rows and start new ones at zero."""
        cell, group, kind, count = harvest(self.tally.events, self.tally.touched)
        self._events.append((np.full(cell.size, self._month, np.int32), cell, group, kind, count))
        moved = self.tally.moved.sum(axis=0)
        days = self._if_still + ((moved - _people_moved(moved)) >> 32)
        alive = np.flatnonzero(self._alive)
        row, group = (found.astype(np.int32) for found in np.nonzero(days[alive]))
        month = np.full(row.size, self._month, np.int32)
        self._days.append((month, alive.astype(np.int32)[row], group, days[alive[row], group]))
        self._month += 1

    def last_month(self, event: Event) -> I64:
        """Return (C,) people by cell to whom an event happened in the month that was closed last."""
        _, cell, _, kind, count = self._events[-1]
        of = kind == event
        found: I64 = np.bincount(cell[of], weights=count[of], minlength=self._status.size).astype(np.int64)
        return found

    def finish(self, cohorts: I64) -> Counts:
        """Return everything that was counted, and what has become of the departure cohorts."""
        month, cell, group, kind, count = (np.concatenate(c) for c in zip(*self._events, strict=True))
        d_month, d_cell, d_group, d_count = (np.concatenate(c) for c in zip(*self._days, strict=True))
        return Counts(
            month, cell, group, kind, count, d_month, d_cell, d_group, d_count, self._flow, self._census,
            self._stock, self.stock, np.stack(self._on_the_way), np.stack(self._believed), np.stack(self._true),
            cohorts,
        )  # fmt: skip
