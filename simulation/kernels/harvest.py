"""Counts taken out of the tally: those of a day, and those of a month, of which few are not 0."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import entry


@entry
def harvest(events, touched):  # type: ignore[no-untyped-def]
    """Return (cell, group, kind, count), (n,) int32 and for count int64, of all counts that are not 0; leave zeros.

    events   (lanes, EVENTS, C, G) int32; lanes add up. Rows come by cell, group, kind.
    touched  (lanes, EVENTS, C) uint8, not 0 where there may be a count; nothing else is read
    """
    n_lanes, n_kinds, n_cells, n_groups = events.shape
    is_busy = np.zeros((n_cells, n_kinds), np.bool_)
    most = 0
    for lane in range(n_lanes):
        for kind in range(n_kinds):
            for cell in range(n_cells):
                if touched[lane, kind, cell]:
                    is_busy[cell, kind] = True
                    touched[lane, kind, cell] = 0
                    most += int(np.count_nonzero(events[lane, kind, cell]))
    where, count = np.empty((3, most), np.int32), np.empty(most, np.int64)
    n = 0
    for cell in range(n_cells):
        kinds = np.flatnonzero(is_busy[cell])
        if kinds.size == 0:
            continue
        for group in range(n_groups):
            for busy in kinds:
                total = np.int64(0)
                for lane in range(n_lanes):
                    total += events[lane, busy, cell, group]
                if total != 0:
                    where[0, n], where[1, n], where[2, n], count[n] = cell, group, busy, total
                    n += 1
        for lane in range(n_lanes):
            for busy in kinds:
                events[lane, busy, cell, :] = 0
    return where[0, :n].copy(), where[1, :n].copy(), where[2, :n].copy(), count[:n].copy()


@entry
def close_day(tally, initial, status, flow, census):  # type: ignore[no-untyped-def]
    """Take the day's flows out of the tally, and the census.

    initial  (C,) int64 people before the first day;  status  (C,) Status
    flow     (L,) int32 OUT, legs entered today;  census  (statuses,) int64 OUT, people at the end of the day
    """
    flow[:], census[:] = 0, 0
    for cell in range(initial.size):
        census[status[cell]] += initial[cell]
    for lane in range(tally.flow.shape[0]):
        for leg in range(flow.size):
            flow[leg] += tally.flow[lane, leg]
            tally.flow[lane, leg] = 0
        for cell in range(initial.size):
            census[status[cell]] += tally.census[lane, cell]
