"""A day of flight: people set out from zones of conflict, go on from place to place, and ask camps to take them in.

People are rows of the engine's columns, on its legs, with its draws; a person's camp is a column of its own. Everybody
reads the world of the morning. Who asks a camp is only listed here and let in afterwards by a lottery, so results do
not depend on threads or on the order of rows.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.kernels.compile import entry, step
from simulation.kernels.layout import APPLYING, F64, I32, NEVER, U32, Event, Status
from simulation.kernels.legs import take_leg
from simulation.kernels.moves import count, enlist, lane_of, stay_at
from simulation.kernels.order import take
from simulation.kernels.reference import by_reference
from simulation.kernels.rng import Stream, mix, uniform, words
from simulation.kernels.settle import draw_lots
from simulation.kernels.travel import due_day

_TWO_52 = 4503599627370496.0


class Ways(NamedTuple):
    """What people know this morning."""

    weight: F64  # (P, K) of each camp in the choice at each place, 0: full, closed or out of reach
    next_leg: I32  # (P, K) first leg of the way to each camp, -1 where there is none
    camp: I32  # (K,) place of each camp
    camp_hash: U32  # (K,) the draw's item


@entry
def draw_origins(key, who, cumulated):  # type: ignore[no-untyped-def]
    """Return (n,) int32 place that each comes from, by cumulated weights (P,) and the person's own luck."""
    place = np.empty(who.size, np.int32)
    total = cumulated[-1]
    last = cumulated.size - 1  # with a weight: a product may round up to the total
    while last > 0 and cumulated[last - 1] == total:
        last -= 1
    for i in range(who.size):
        place[i] = min(np.searchsorted(cumulated, uniform(key, who[i], 0, 0) * total, side="right"), last)
    return place


@step
def pick_camp(ways, keys, who, place, day, without):  # type: ignore[no-untyped-def]
    """Return the camp that somebody at a place makes for, -1 if none is open to them.

    An exponential race, as decide.choose: each camp draws its own finish time, by person, day and the camp's name, so
    that opening or closing one changes only those who take it.

    without  a camp that is not considered, -1 if all are
    """
    a, b, _, _ = words(keys[Stream.CHOICE], who, day, place)
    taste = (a << np.uint64(32)) | b
    best, winner = np.inf, -1
    for k in range(ways.camp.size):
        weight = ways.weight[place, k]
        if weight <= 0.0 or k == without:
            continue
        u = (float(mix(taste, np.uint64(ways.camp_hash[k])) >> np.uint64(12)) + 0.5) / _TWO_52
        finish = -math.log(1.0 - u) / weight
        if finish < best:
            best, winner = finish, k
    return winner


@step
def go_on(world, ways, keys, people, target, tally, row, place, spent, without, day, days_left):  # type: ignore[no-untyped-def]
    """Go on from a place, leg after leg while the day lasts; at the camp made for, ask to be let in.

    The camp made for is kept while it can be reached and has room, else another is picked here.

    spent    share of the day that has passed, in [0, 1]
    without  a camp that has just turned the person away, -1 if none
    """
    while True:
        k = target[row]
        if k < 0 or k == without or ways.weight[place, k] <= 0.0:
            k = pick_camp(ways, keys, people.life[row].who, place, day, without)
            target[row] = k
        if k < 0:
            stay_at(world, keys, people, tally, row, place, Status.STRANDED, day, days_left)
            count(tally, people, row, Event.STRANDED)
            return
        if ways.camp[k] == place:
            enlist(tally, APPLYING, row, k)
            return
        leg = ways.next_leg[place, k]
        take_leg(world, keys, people, tally, row, leg, np.uint64(0), day, days_left)
        used = spent + world.leg[leg].days_low
        if used > 1.0:
            due, fraction = due_day(day - 1, used)
            people.due[row] = due
            people.life[row].last_fraction = fraction
            return
        count(tally, people, row, Event.COMPLETED)
        place, spent, without = world.leg[leg].destination, used, -1


@entry
def flee_day(world, ways, keys, people, target, origin, tally, lane, n_seen, chunk, day, days_left):  # type: ignore[no-untyped-def]
    """Live one day of one lane's share of rows 0..n_seen - 1: every n-th chunk from the lane's number on.

    target  (N,) int32 camp made for, -1 if none (IN and OUT);  origin  (N,) int32 place where each starts
    tally   arrays with a leading axis of lanes;  days_left  days of the month that remain, today included
    """
    world, ways, people = by_reference(world), by_reference(ways), by_reference(people)
    n_lanes = tally.flow.shape[0]
    mine = by_reference(lane_of(tally, lane))
    for begin in range(lane * chunk, n_seen, n_lanes * chunk):
        for row in range(begin, min(begin + chunk, n_seen)):
            if people.due[row] > day:
                continue
            life = people.life[row]
            status = world.cell_status[life.cell]
            spent = 0.0
            if status == Status.NOT_STARTED:
                place = origin[row]
                stay_at(world, keys, people, mine, row, place, Status.WAITING, day, days_left)
                count(mine, people, row, Event.STARTED)
            else:
                place = world.cell_place[life.cell]
                if status == Status.TRAVELLING:
                    spent = float(life.last_fraction)
                    count(mine, people, row, Event.COMPLETED)
            people.due[row] = NEVER
            go_on(world, ways, keys, people, target, mine, row, place, spent, -1, day, days_left)


@entry
def take_in(world, ways, keys, people, target, tally, free, day, days_left):  # type: ignore[no-untyped-def]
    """Let who asked into camps by lottery while there is room; the others make for another camp, or stay outside.

    free  (K,) int64 places (IN and OUT)
    """
    world, ways, people = by_reference(world), by_reference(ways), by_reference(people)
    mine = by_reference(lane_of(tally, 0))
    rows, camps = take(tally, APPLYING)
    order = draw_lots(keys[Stream.SERVICE], people, rows, camps, day)
    for i in range(order.size):
        row, k = rows[order[i]], camps[order[i]]
        place = ways.camp[k]
        if free[k] > 0:
            free[k] -= 1
            stay_at(world, keys, people, mine, row, place, Status.WAITING, day, days_left)
            count(mine, people, row, Event.SERVED_SHELTER)
            continue
        stay_at(world, keys, people, mine, row, place, Status.STRANDED, day, days_left)
        count(mine, people, row, Event.UNMET_SHELTER)
        target[row] = pick_camp(ways, keys, people.life[row].who, place, day, k)
        if target[row] >= 0:
            go_on(world, ways, keys, people, target, mine, row, place, 1.0, k, day, days_left)


@entry
def look_again(world, people, n_seen, camp_place, camp_open, day):  # type: ignore[no-untyped-def]
    """After something opened or closed: the stranded, and people in camps that have closed, look for a camp today.

    camp_place  (K,) int32;  camp_open  (K,) whether each takes people in
    """
    world, people = by_reference(world), by_reference(people)
    for row in range(n_seen):
        cell = people.life[row].cell
        status = world.cell_status[cell]
        if status == Status.STRANDED:
            people.due[row] = day
        elif status == Status.WAITING:
            for k in range(camp_place.size):
                if camp_place[k] == world.cell_place[cell] and not camp_open[k]:
                    people.due[row] = day
