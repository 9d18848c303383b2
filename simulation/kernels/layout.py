"""The arrays that kernels read and write: one row table per subject, with shape, dtype and unit of every column.

P places, L legs, C cells, N people, S streams, G groups (stream x demographic), K choice classes, O options.
A cell is where a person is. Cells are numbered: legs 0..L-1, then P each of the statuses in PLACE_BLOCKS, then the
terminal statuses. Every person is in exactly one cell, so conservation is a property of the numbering.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
Records = npt.NDArray[np.void]

NEVER = 2**31 - 1  # a due day that never comes
UNRECORDED = NEVER - 1  # nor does this: the due day of who is held in an unofficial site, and not by captors
DEMOGRAPHICS = 6  # female, male x adult, accompanied child, unaccompanied child
SEX_AGE = 4  # female, male x adult, child; a risk class is risk group * SEX_AGE + sex and age
INTENTIONS = 4
CHOICE_CLASSES = 8  # intention x (informed, uninformed)


@unique
class Status(IntEnum):
    """What a person is doing; the census of every day adds up over these."""

    NOT_STARTED = 0
    STAYED_HOME = 1
    WAITING = 2
    WORKING = 3
    STRANDED = 4
    ALTERNATIVE = 5
    PATHWAY = 6
    TRAVELLING = 7
    CAPTIVE = 8
    DETAINED = 9
    ARRIVED = 10
    ADMITTED = 11
    SETTLED = 12
    RETURNED = 13
    DEAD = 14


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
    SEEK = 8  # needs and looks for a service
    LEAVE = 9  # a decision falls due at a place; custody ends. Last: people in company leave it out


HARMS = 8
RATES = 10
LOADS = 8  # half a line of the processor's cache; the last three are empty


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
    REUNITED = 27
    LEFT_ALONE = 28
    STRANDED = 29
    BOUGHT_OFF = 30
    RANSOMED = 31
    ALTERNATIVE = 32
    TRANSFERRED = 33
    UNOFFICIAL = 34
    REPEAT_ATTEMPT = 35
    RETURNED_DETAINED = 36
    RETURNED_ASSISTED = 37
    RETURN_REFUSED = 38
    RESTARTED = 39
    RELOCATED = 40
    REFERRED = 41
    SERVED_HEALTH = 42
    SERVED_SHELTER = 43
    SERVED_BASIC = 44
    SERVED_PROTECTION = 45
    SERVED_INFORMATION = 46
    UNMET_HEALTH = 47
    UNMET_SHELTER = 48
    UNMET_BASIC = 49
    UNMET_PROTECTION = 50
    UNMET_INFORMATION = 51
    # Whole USD, not people.
    USD_SAVINGS = 52
    USD_EARNED = 53
    USD_BORROWED = 54
    USD_REPAID = 55
    USD_FARES = 56
    USD_ROBBED = 57
    USD_BRIBES = 58
    USD_RANSOM = 59


EVENTS = 60


@unique
class Service(IntEnum):
    """Kinds of service, in the order of the scenario language."""

    HEALTH = 0
    SHELTER = 1
    BASIC = 2
    PROTECTION = 3
    INFORMATION = 4


SERVICES = 5


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


# Bits of LIFE.flags.
CROSSED_SAHARA = 1
OWN_WAY = 2  # parted from the party: decides by own luck until found again
CREDIT = 4  # can travel on credit
REFERRED = 8  # an unmet need is known at the next place
GUARDED = 16  # an unaccompanied child with a guardian
LEFT = 32  # a child who has lost every adult of the party
LISTED = 64  # on today's list of people whose company may have changed
SPARE = 128  # carries a dollar of the shared purse that could not be divided

MAX_PARTY = 8  # people; `together` has a bit for each


# Rows that are read together lie together: a record a person, a leg, a place, an option. Kernels pass few arrays, since
# numba copies every array header at every call.
LIFE = np.dtype(  # 64 bytes: a line of the processor's cache
    [
        ("who", np.uint64),  # stable identity: stream hash (24 bits), day of start (16), ordinal (24)
        ("vehicle", np.uint64),  # boat or desert vehicle, 0 if none
        (
            "party",
            np.uint64,
        ),  # whose luck shared draws follow: who of the party's head; own who of the solitary
        ("cell", np.int32),
        ("group", np.int32),  # stream * DEMOGRAPHICS + demographic
        ("start_day", np.int32),  # day on which the person could start, -1 for the initial population
        ("last_fraction", np.float32),  # share of the due day that is spent on the leg, in (0, 1]
        ("money", np.int32),  # USD
        ("debt", np.int32),  # USD
        ("since", np.int32),  # day from which wages, or days in custody, have not been counted yet
        ("choice_class", np.uint8),  # intention * 2 + uninformed
        ("vulnerability", np.uint8),  # in 1/255
        ("flags", np.uint8),
        ("incidents", np.uint8),  # harms suffered, saturating
        ("times_detained", np.uint8),  # saturating
        ("sea_attempts", np.uint8),  # saturating
        ("needs", np.uint8),  # a bit a Service
        ("missed", np.uint8),  # needs that were asked for and not met since they arose: counted once
        ("party_size", np.uint8),  # people who started together; their rows are neighbours
        ("party_index", np.uint8),  # this person's among them, 0 the head
        ("together", np.uint8),  # a bit a member of the party whom the person is with, own bit left out
        ("scar", np.uint8),  # what vulnerability does not fall below, in 1/255
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
        ("price", np.int32),  # fare today, USD
        ("capacity", np.int32),  # people to a vehicle at this scale, 0 if people travel apart
        ("rescue_place", np.int32),  # where people rescued at sea land, -1 on land
        ("back_leg", np.int32),  # interception leg back to the coast, -1 if none
        ("custody_place", np.int32),  # where somebody arrested on the leg is detained
        ("captivity_place", np.int32),  # where somebody abducted on the leg is held
        ("hash", np.uint32),  # of the leg's name: the draw's item
        ("purpose", np.uint8),
        ("is_sea", np.uint8),
        ("is_sahara", np.uint8),  # irregular desert leg: its first entry is a Sahara crossing
        ("is_own_way", np.uint8),  # way home that people pay for themselves
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
        ("exit_bribe", np.float64),  # share of exits from detention that are bought
        ("exit_ransom", np.float64),  # share of exits from captivity for ransom
        ("alternatives", np.float64),  # share of those to be detained who are placed in the community instead
        ("unofficial", np.float64),  # share of detentions in unofficial sites, as captives
        ("stay_days", np.float64),  # mean days between two decisions
        ("savings", np.float64),  # USD a day kept of wages
        ("referral", np.float64),  # share of unmet needs that are referred onward
        ("relocation", np.float64),  # places a day for arrivals, 0 if none
        ("bribe_usd", np.int32),
        ("ransom_usd", np.int32),
        ("expulsion_leg", np.int32),  # -1 if none
        ("limit_days", np.int32),  # detention's time limit, 0 if none
        ("is_limited", np.uint8),  # detention has a limit of people here
        ("is_terminal", np.uint8),  # a destination from which nobody goes on
        ("is_sea_zone", np.uint8),
        ("has_programme", np.uint8),  # people who choose to go home ask a programme with places
    ],
    align=True,
)

OPTION = np.dtype(
    [
        ("awareness", np.float64),  # share of people to whom the option is known
        ("leg", np.int32),  # leg to enter, -1 if none
        ("price", np.int32),  # USD to be paid at once
        ("hash", np.uint32),  # of the option's name: the draw's item
        ("eligible", np.uint8),  # a bit a demographic
        ("min_vulnerability", np.uint8),  # in 1/255
        ("kind", np.uint8),
    ],
    align=True,
)

SETUP = np.dtype(
    [
        ("robbery_loss", np.float64),
        ("bonded", np.float64),  # factor of abduction and trafficking for people in debt
        ("unbonded", np.float64),  # and for the others
        ("detention_step", np.float64),
        ("need_urgency", np.float64),
        ("guardianship_relief", np.float64),
        ("reunion_rate", np.float64),
        (
            "family_unity",
            np.float64,
        ),  # chance that a child goes along with the adult, into custody and out of it
        ("remigration_share", np.float64),
        ("remigration_days", np.float64),
        ("savings_spread", np.float64),
        ("n_legs", np.int32),
        ("n_places", np.int32),
        ("vulnerability_step", np.int32),  # rise per incident, in 1/255
        ("detention_scar", np.int32),  # in 1/255
        ("injury_delay", np.int32),  # days that an injury on a leg takes
        ("bribe", np.int32),  # USD
        ("return_fare", np.int32),  # USD that going home by one's own means takes
        ("vehicles_on", np.uint8),  # 0: everybody has a boat or vehicle of their own
        ("parties_on", np.uint8),
        ("money_on", np.uint8),
        ("returns_on", np.uint8),  # places of assisted return bind
        ("needs_on", np.uint8),  # harms make services necessary, kind by kind (services.csv is there)
    ],
    align=True,
)


class People(NamedTuple):
    """One row a person. What every day reads of everybody lies in columns of its own, the rest in a record.

    Rows are those of ended journeys, of journeys under way, of people who have not started yet; a party's are
    neighbours. Journeys that have ended move to the first part now and then: see kernels.rows.
    """

    due: I32  # (N,) day at whose end the leg or a time limit ends; NEVER if none
    bound: U8  # (N,) the day is looked at only if its screening byte is <= bound
    life: Records  # (N,) LIFE

    @property
    def who(self) -> U64:
        """Stable identity of everybody, (N,)."""
        who: U64 = self.life["who"]
        return who


class World(NamedTuple):
    """All tables that a day reads; rebuilt when a lever changes."""

    cell_status: U8  # (C,) Status
    cell_place: I32  # (C,) place of a place-like cell, destination of a leg, -1 for terminal cells
    rate: F64  # (C, R, RATES) per day, at the vulnerability of reference; R risk classes
    load: F32  # (C, R, LOADS) the same, added up by what they are multiplied by: see hazards.loads
    risk: U8  # (G,) risk class of a group; its lowest bit says child
    leg: Records  # (L,) LEG
    place: Records  # (P,) PLACE
    option: Records  # (O,) OPTION
    option_start: I32  # (P + 1,) options of place p are option_start[p]:option_start[p + 1]
    weight: F64  # (O, CHOICE_CLASSES) exp(utility), 0 if closed; a class's options lie together in memory
    stuck: (
        F64  # (P, CHOICE_CLASSES) factor of staying's weight for people who can neither pay nor earn the fare
    )
    go: F64  # (S, CHOICE_CLASSES) chance that somebody who could start does
    savings: F64  # (S,) median of what people of a stream take along, USD
    harm_multiplier: F64  # (256,) of vulnerability, 1 on average over people who start
    reach: F64  # (P, SERVICES) share of needs whose bearer knows where to go and dares to
    relief: F64  # (SERVICES,) share of vulnerability removed when served
    need_share: F64  # (SERVICES,) of needs that no harm has caused, cumulated
    setup: Records  # (1,) SETUP


# Lists of a day, of a row and a leg (BOARDING, APPLYING), a place * WANTS + needs (SEEKING), or a place.
BOARDING, SEEKING, APPLYING, HOLDING, RETURNING, RELOCATING, PARTING = range(7)
LISTS = 7


class Tally(NamedTuple):
    """Counts and lists of one lane (one thread's share of the rows), or of all lanes with a leading axis.

    Integers, so that sums do not depend on threads.
    """

    events: I32  # (EVENTS, C, G) of the month so far: few kinds are frequent
    touched: U8  # (EVENTS, C) 1 where a count of the month may not be 0
    moved: (
        I64  # (C, G) two numbers in one, see moves.move(): 2^32 x person-days of the month + change of people
    )
    census: I64  # (C,) change of people since the start of the run
    flow: I32  # (L,) legs entered today
    listed: I32  # (LISTS, N_lane, 2)
    n_listed: I64  # (LISTS,)


# Cell numbering -----------------------------------------------------------------------------------------------------
PLACE_BLOCKS = (
    Status.WAITING,
    Status.WORKING,
    Status.STRANDED,
    Status.ALTERNATIVE,
    Status.DETAINED,
    Status.CAPTIVE,
)
TERMINAL_ORDER = (
    Status.NOT_STARTED,
    Status.STAYED_HOME,
    Status.ARRIVED,
    Status.ADMITTED,
    Status.SETTLED,
    Status.RETURNED,
    Status.DEAD,
)


def n_cells(n_legs: int, n_places: int) -> int:
    """Return C."""
    return n_legs + len(PLACE_BLOCKS) * n_places + len(TERMINAL_ORDER)
