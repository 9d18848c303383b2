"""The arrays that kernels read and write: one row table per subject, with shape, dtype and unit of every column.

P places, L legs, C cells, N people, S streams, G groups (stream x demographic), K choice classes, O options.
A cell is where a person is. Cells are numbered: legs 0..L-1, then P each of waiting, working, detained, captive, then
the terminal statuses. Every person is in exactly one cell, so conservation is a property of the numbering.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
Records = npt.NDArray[np.void]

NEVER = 2**31 - 1  # a due day that never comes
DEMOGRAPHICS = 6  # female, male x adult, accompanied child, unaccompanied child
RISK_CLASSES = 4  # female, male x adult, child
INTENTIONS = 4
CHOICE_CLASSES = 8  # intention x (informed, uninformed)


@unique
class Status(IntEnum):
    """What a person is doing; the census of every day adds up over these."""

    NOT_STARTED = 0
    STAYED_HOME = 1
    WAITING = 2
    WORKING = 3
    PATHWAY = 4
    TRAVELLING = 5
    CAPTIVE = 6
    DETAINED = 7
    ARRIVED = 8
    ADMITTED = 9
    SETTLED = 10
    RETURNED = 11
    DEAD = 12


@unique
class Rate(IntEnum):
    """Columns of the daily rates of a cell. The harms come first, in the order of the scenario's outcomes."""

    DEATH = 0
    ABDUCTION = 1
    ARREST = 2
    INJURY = 3
    VIOLENCE = 4
    SGBV = 5
    ROBBERY = 6
    SEPARATION = 7
    LEAVE = 8  # a decision falls due at a place; custody ends
    SEEK = 9  # needs and looks for a service


HARMS = 8
RATES = 10


@unique
class Event(IntEnum):
    """What the tally counts, at the cell where it happens. The first eight are the harms, as in Rate."""

    DEATH = 0
    ABDUCTION = 1
    ARREST = 2
    INJURY = 3
    VIOLENCE = 4
    SGBV = 5
    ROBBERY = 6
    SEPARATION = 7
    STARTED = 8
    ENTERED = 9
    COMPLETED = 10
    DETAINED = 11
    RELEASED = 12
    EXPELLED = 13
    RETURNED = 14
    ARRIVED = 15
    ADMITTED = 16
    REFUSED = 17
    SETTLED = 18
    SEA_ATTEMPT = 19
    INTERCEPTED = 20
    RESCUED = 21
    PERIL = 22
    SAHARA_CROSSING = 23
    SERVED = 24
    UNMET = 25
    STAYED_HOME = 26


EVENTS = 27


@unique
class Purpose(IntEnum):
    """Purpose of a leg, in the order of the scenario language."""

    IRREGULAR = 0
    REGULAR = 1
    INTERCEPTION = 2
    RETURN_FORCED = 3
    RETURN_VOLUNTARY = 4


@unique
class Option(IntEnum):
    """Kinds of options at a decision."""

    LEG = 0
    STAY = 1
    SETTLE = 2
    RETURN = 3


CROSSED_SAHARA = 1  # bit of LIFE.flags


# Rows that are read together lie together: a record a person, a leg, a place, an option. Kernels pass few arrays, since
# numba copies every array header at every call.
LIFE = np.dtype(
    [
        ("vehicle", np.uint64),  # boat or desert vehicle, 0 if none
        ("cell", np.int32),
        ("group", np.int32),  # stream * DEMOGRAPHICS + demographic
        ("start_day", np.int32),  # day on which the person could start, -1 for the initial population
        ("last_fraction", np.float32),  # share of the due day that is spent on the leg, in (0, 1]
        ("choice_class", np.uint8),  # intention * 2 + uninformed
        ("vulnerability", np.uint8),  # in 1/255
        ("flags", np.uint8),
        ("incidents", np.uint8),  # harms suffered, saturating
        ("times_detained", np.uint8),  # saturating
        ("sea_attempts", np.uint8),  # saturating
    ],
    align=True,
)

LEG = np.dtype(
    [
        ("days_low", np.float64),  # travel time is triangular, days
        ("days_mode", np.float64),
        ("days_high", np.float64),
        ("peril", np.float64),  # rates a day shared by a vehicle: wreck, breakdown or abandonment
        ("pickup", np.float64),  # met by a rescue vessel
        ("pullback", np.float64),  # intercepted
        ("rescue_share", np.float64),  # chance that help reaches a vehicle in peril
        ("death_rescued", np.float64),  # chance of death of each person aboard, given peril and rescue
        ("death_unrescued", np.float64),
        ("acceptance", np.float64),  # share of complete applications granted, 1 for legs that need none
        ("origin", np.int32),
        ("destination", np.int32),
        ("capacity", np.int32),  # people to a vehicle at this scale, 0 if people travel apart
        ("rescue_place", np.int32),  # where people rescued at sea land, -1 on land
        ("back_leg", np.int32),  # interception leg back to the coast, -1 if none
        ("custody_place", np.int32),  # where somebody arrested on the leg is detained
        ("captivity_place", np.int32),  # where somebody abducted on the leg is held
        ("hash", np.uint32),  # of the leg's name: the draw's item
        ("purpose", np.uint8),
        ("is_sea", np.uint8),
        ("is_sahara", np.uint8),  # irregular desert leg: its first entry is a Sahara crossing
    ],
    align=True,
)

PLACE = np.dtype(
    [
        ("arrest_adult", np.float64),  # chance of detention after arrest
        ("arrest_child", np.float64),  # -1: children are exempt
        ("interception_adult", np.float64),  # chance of detention after being brought back from sea
        ("interception_child", np.float64),
        ("exit_expelled", np.float64),
        ("exit_assisted", np.float64),
        ("expulsion_leg", np.int32),  # -1 if none
        ("limit_days", np.int32),  # detention's time limit, 0 if none
        ("is_terminal", np.uint8),  # a destination from which nobody goes on
        ("is_sea_zone", np.uint8),
    ],
    align=True,
)

OPTION = np.dtype(
    [
        ("awareness", np.float64),  # share of people to whom the option is known
        ("leg", np.int32),  # leg to enter, -1 if none
        ("hash", np.uint32),  # of the option's name
        ("block", np.uint32),  # draw that serves this option and three of its neighbours, never 0
        ("slot", np.uint8),  # its word in that draw
        ("kind", np.uint8),
    ],
    align=True,
)

SETUP = np.dtype(
    [
        ("service_reach", np.float64),  # share of needs whose bearer knows where to go and dares to
        ("service_relief", np.float64),  # share of vulnerability removed when served
        ("n_legs", np.int32),
        ("n_places", np.int32),
        ("vulnerability_step", np.int32),  # rise per incident, in 1/255
        ("vehicles_on", np.uint8),  # 0: everybody has a boat or vehicle of their own
    ],
    align=True,
)


class People(NamedTuple):
    """One row a person, in the order of start day and who; rows never move."""

    who: U64  # (N,) stable identity: stream hash (24 bits), day of start (16), ordinal (24)
    due: I32  # (N,) day at whose end the leg or a time limit ends; NEVER if none
    bound: U8  # (N,) the day is looked at only if its screening byte is <= bound
    luck: U8  # (N, 16) screening bytes of the 16 days that hold today
    life: Records  # (N,) LIFE


class World(NamedTuple):
    """All tables that a day reads; rebuilt when a lever changes."""

    cell_status: U8  # (C,) Status
    cell_place: I32  # (C,) place of a place-like cell, destination of a leg, -1 for terminal cells
    rate: F64  # (C, RISK_CLASSES, RATES) per day, at the vulnerability of reference
    leg: Records  # (L,) LEG
    place: Records  # (P,) PLACE
    option: Records  # (O,) OPTION
    option_start: I32  # (P + 1,) options of place p are option_start[p]:option_start[p + 1]
    weight: F64  # (O, CHOICE_CLASSES) exp(utility), 0 if closed
    go: F64  # (S, CHOICE_CLASSES) chance that somebody who could start does
    harm_multiplier: F64  # (256,) of vulnerability, 1 on average over people who start
    setup: Records  # (1,) SETUP


BOARDING, SEEKING, APPLYING = 0, 1, 2  # lists of a day: (row, leg), (row, place), (row, leg)


class Tally(NamedTuple):
    """Counts and lists of one lane (one thread's share of the rows), or of all lanes with a leading axis.

    Integers, so that sums do not depend on threads.
    """

    events: I32  # (C, G, EVENTS) of the month so far
    moved: (
        I64  # (C, G, 2) person-days of the month against "nobody moves" (see moves.move()); change of people
    )
    census: I64  # (statuses,) change of people since the start of the run
    flow: I32  # (L,) legs entered today
    listed: I32  # (3, N_lane, 2)
    n_listed: I64  # (3,)


# Cell numbering -----------------------------------------------------------------------------------------------------
def n_cells(n_legs: int, n_places: int) -> int:
    """Return C."""
    return n_legs + 4 * n_places + 7


TERMINAL_ORDER = (
    Status.NOT_STARTED,
    Status.STAYED_HOME,
    Status.ARRIVED,
    Status.ADMITTED,
    Status.SETTLED,
    Status.RETURNED,
    Status.DEAD,
)
