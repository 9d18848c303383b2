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
F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

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


TERMINAL = (Status.STAYED_HOME, Status.ARRIVED, Status.ADMITTED, Status.SETTLED, Status.RETURNED, Status.DEAD)


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


CROSSED_SAHARA = 1  # bit of People.flags


class People(NamedTuple):
    """One row a person, in the order of who; rows never move."""

    who: U64  # (N,) stable identity: stream hash (24 bits), day of start (16), ordinal (24)
    group: I32  # (N,) stream * DEMOGRAPHICS + demographic
    choice_class: U8  # (N,) intention * 2 + uninformed
    start_day: I32  # (N,) day on which the person could start
    cell: I32  # (N,)
    due: I32  # (N,) day at whose end the leg or a time limit ends; NEVER if none
    last_fraction: F32  # (N,) share of the due day that is spent on the leg, in (0, 1]
    vehicle: U64  # (N,) boat or desert vehicle, 0 if none
    vulnerability: U8  # (N,) in 1/255
    bound: U8  # (N,) the day is looked at only if its screening byte is <= bound
    flags: U8  # (N,)
    incidents: U8  # (N,) harms suffered, saturating
    times_detained: U8  # (N,) saturating
    sea_attempts: U8  # (N,) saturating


class Cells(NamedTuple):
    """What holds in a cell today; rebuilt when a lever changes."""

    status: U8  # (C,) Status
    place: I32  # (C,) place of a place-like cell, destination of a leg, -1 for terminal cells
    rate: F64  # (C, RISK_CLASSES, RATES) per day, at the vulnerability of reference


class Legs(NamedTuple):
    """Legs; the columns from peril on answer to levers."""

    origin: I32  # (L,)
    destination: I32  # (L,)
    purpose: U8  # (L,)
    is_sea: U8  # (L,)
    is_desert: U8  # (L,)
    is_sahara: U8  # (L,) irregular desert leg: its first entry is a Sahara crossing
    capacity: I32  # (L,) people to a vehicle at this scale, 0 if people travel apart
    days_low: F64  # (L,)
    days_mode: F64  # (L,)
    days_high: F64  # (L,)
    hash: U32  # (L,) of the leg's name: the draw's item
    rescue_place: I32  # (L,) where people rescued at sea land, -1 on land
    back_leg: I32  # (L,) interception leg back to the coast, -1 if none
    custody_place: I32  # (L,) where somebody arrested on the leg is detained
    captivity_place: I32  # (L,) where somebody abducted on the leg is held
    shared: F64  # (L, 3) rates a day of peril, pick-up, interception
    rescue_share: F64  # (L,) chance that help reaches a vehicle in peril
    death_rescued: F64  # (L,) chance of death of each person aboard, given peril and rescue
    death_unrescued: F64  # (L,)


class Places(NamedTuple):
    """Places; the columns answer to levers except the first two."""

    is_terminal: U8  # (P,) a destination from which nobody goes on
    is_sea_zone: U8  # (P,)
    detain_after_arrest: F64  # (P, 2) chance, for adults and children
    detain_after_interception: F64  # (P, 2)
    exit_expelled: F64  # (P,)
    exit_assisted: F64  # (P,)
    expulsion_leg: I32  # (P,) -1 if none
    limit_days: I32  # (P,) detention's time limit, 0 if none


class Options(NamedTuple):
    """Options at each place, one block of rows a place."""

    start: I32  # (P + 1,) options of place p are start[p]:start[p + 1]
    kind: U8  # (O,) Option
    leg: I32  # (O,) leg to enter, -1 if none
    hash: U32  # (O,) of the option's name
    weight: F64  # (O, CHOICE_CLASSES) exp(utility), 0 if closed
    awareness: F64  # (O,) share of people to whom the option is known
    go: F64  # (S, CHOICE_CLASSES) chance that somebody who could start does


class World(NamedTuple):
    """All tables that a day reads."""

    cells: Cells
    legs: Legs
    places: Places
    options: Options
    harm_multiplier: F64  # (256,) of vulnerability, 1 on average over people who start
    vulnerability_step: int  # rise per incident, in 1/255
    vehicles_on: bool  # False: everybody has a boat or vehicle of their own
    service_reach: float  # share of needs whose bearer knows where to go and dares to
    service_relief: float  # share of vulnerability removed when served
    acceptance: F64  # (L,) share of complete applications granted, 1 for legs that need none
    n_places: int
    n_legs: int


class Keys(NamedTuple):
    """Philox keys of the streams that kernels use."""

    screen: np.uint64
    event: np.uint64
    choice: np.uint64
    travel: np.uint64
    vehicle: np.uint64
    survival: np.uint64
    boarding: np.uint64
    custody: np.uint64
    service: np.uint64
    pathway: np.uint64
    start: np.uint64
    awareness: np.uint64


class Tally(NamedTuple):
    """Counts and lists of one lane (one thread's share of the rows), or of all lanes with a leading axis.

    Integers, so that sums do not depend on threads.
    """

    events: I32  # (C, G, EVENTS) of the month so far
    person_days: I64  # (C, G) of the month, as a change against "nobody moves", see moves.move()
    stock: I32  # (C, G) change since the start of the run
    flow: I32  # (L,) legs entered today
    n_boarding: I64  # (1,)
    boarding: I32  # (N_lane, 2) row, leg
    n_seeking: I64  # (1,)
    seeking: I32  # (N_lane, 2) row, place
    n_applying: I64  # (1,)
    applying: I32  # (N_lane, 2) row, leg


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
