"""The scenario language: closed, frozen models of everything that a scenario may say, with units.

YAML gives the period, the levers and the parameter overrides; CSV tables beside it give places, legs, risks
and people (rows.py). Nothing after this package sees YAML, strings of units, or defaults. Other packages
import every model from here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from simulation.spec.quantities import (
    AgeBand,
    Confidence,
    Control,
    Day,
    Days,
    Factor,
    Identifier,
    Intention,
    Mode,
    Number,
    Outcome,
    PathwayKind,
    PersonsPerDay,
    PlaceKind,
    Purpose,
    Setting,
    Sex,
    Share,
    Strict,
    number_only,
)
from simulation.spec.rows import (
    PARAMETER_NAMES,
    Composition,
    Custody,
    InitialGroup,
    Leg,
    MonitoringLeg,
    Parameter,
    Place,
    RelativeRisk,
    Risk,
    SeasonWeight,
    Source,
    Stream,
    VehicleRisk,
)

__all__ = [
    "PARAMETER_NAMES",
    "AgeBand",
    "BorderEnforcement",
    "Closure",
    "Composition",
    "Confidence",
    "Control",
    "Coupling",
    "Custody",
    "Day",
    "Days",
    "Detention",
    "Document",
    "Factor",
    "Identifier",
    "InitialGroup",
    "Intention",
    "Interception",
    "Leg",
    "LegalPathways",
    "LeverEntry",
    "Levers",
    "Mode",
    "MonitoringLeg",
    "Number",
    "Outcome",
    "Parameter",
    "PathwayKind",
    "Period",
    "PersonsPerDay",
    "Place",
    "PlaceKind",
    "Purpose",
    "RelativeRisk",
    "Risk",
    "Scenario",
    "Scope",
    "SearchAndRescue",
    "SeasonWeight",
    "Services",
    "Setting",
    "Sex",
    "Share",
    "Source",
    "Stream",
    "Strict",
    "VehicleRisk",
]


class Scope(Strict):
    """Where a lever acts. Nothing given: everywhere. Several kinds given: a leg or place in any of them."""

    countries: tuple[str, ...] = ()
    """ISO alpha-3; a leg belongs to the country of its origin."""
    places: tuple[Identifier, ...] = ()
    """Places by id."""
    legs: tuple[Identifier, ...] = ()
    """Legs by id."""
    pathways: tuple[PathwayKind, ...] = ()
    """Kinds of regular pathway."""


class LeverEntry(Strict):
    """One setting of one lever, from a day to a day. Of entries that overlap, the later in the list holds."""

    model_config = ConfigDict(populate_by_name=True)

    start: Day | None = Field(default=None, alias="from")
    """First day in force; left out: the first day of the run."""
    end: Day | None = Field(default=None, alias="to")
    """Last day in force; left out: the last day of the run."""
    scope: Scope = Scope()
    """Where it acts; left out: everywhere."""
    source: str = ""
    """Where the setting comes from, or "assumed: why"."""


class BorderEnforcement(LeverEntry):
    """Control intensity on controlled legs (GCM objective 11).

    Arrests and prices rise, people shift to bypasses.
    """

    intensity: Share
    """0: none beyond the reference; 1: every vehicle on the controlled legs is stopped."""


class LegalPathways(LeverEntry):
    """Regular ways to travel (GCM objective 5)."""

    quota: PersonsPerDay | None = None
    """Places over time for each pathway leg in scope; replaces the table's quota."""
    quota_factor: Factor = 1.0
    """Multiplies the table's quota."""
    processing: Days | None = None
    """Mean time from application to travel; replaces the table's, keeping its relative spread."""
    acceptance: Share | None = None
    """Share of complete applications that are granted; replaces the table's."""
    awareness: Share | None = None
    """Share of people who know that the pathway exists."""


class Detention(LeverEntry):
    """Detention by state authorities (GCM objective 13)."""

    after_arrest: Share | None = None
    """Chance of detention after an arrest on land; replaces the table's."""
    after_interception: Share | None = None
    """Chance of detention after a pull-back; replaces the table's."""
    time_limit: Days | None = None
    """Nobody is held longer."""
    children: bool = True
    """False: children are never detained."""


class Services(LeverEntry):
    """Humanitarian and public services to people on the move (GCM objectives 15 and 7)."""

    capacity: PersonsPerDay | None = None
    """For each place in scope; replaces the table's."""
    capacity_factor: Factor = 1.0
    """Multiplies the table's capacity."""


class SearchAndRescue(LeverEntry):
    """Rescue at sea (GCM objective 8)."""

    coverage: Share
    """Share of a sea zone's boats in reach of a rescue vessel."""


class Interception(LeverEntry):
    """Pull-back of boats by a coast guard (GCM objectives 8 and 11)."""

    intensity: Share
    """1: every boat in the zone is looked for; the chance at full intensity is in vehicle_risks.csv."""


class Levers(Strict):
    """All levers; each a list of settings over time and scope. An empty list leaves the reference policy.

    GCM: objectives of the Global Compact for Migration that a lever touches.
    """

    border_enforcement: tuple[BorderEnforcement, ...] = ()
    legal_pathways: tuple[LegalPathways, ...] = ()
    detention: tuple[Detention, ...] = ()
    services: tuple[Services, ...] = ()
    search_and_rescue: tuple[SearchAndRescue, ...] = ()
    interception: tuple[Interception, ...] = ()


class Closure(Strict):
    """Legs that nobody can start, from a day to a day."""

    model_config = ConfigDict(populate_by_name=True)

    legs: tuple[Identifier, ...]
    """Legs by id."""
    start: Day | None = Field(default=None, alias="from")
    """First day closed; left out: the first day of the run."""
    end: Day | None = Field(default=None, alias="to")
    """Last day closed; left out: the last day of the run."""


class Period(Strict):
    """Days that the run covers. Journeys start until departures_end; people are followed to end."""

    start: Day
    """First day."""
    departures_end: Day
    """Last day on which a journey starts."""
    end: Day
    """Last day on which people are followed."""


class Coupling(Strict):
    """Which mechanisms tie people to each other. All off: people are independent (used by exact tests)."""

    vehicles: bool = True
    """Boats and desert vehicles share their fate; off: each person has their own."""
    services: bool = True
    """Capacity of services binds; off: everybody who asks is served."""
    pathways: bool = True
    """Quotas bind; off: everybody who is accepted travels."""


class Document(Strict):
    """A scenario file as written: what scenario.yaml may hold, after base files are merged."""

    scenario: Identifier
    """Short name; run folders are named after it. Not taken from a base file."""
    title: str
    """One line for charts and reports. Not taken from a base file."""
    description: str = ""
    """What the scenario stands for, and its assumptions. Not taken from a base file."""
    tables: str = "."
    """Folder of the CSV tables, relative to the file that says it."""
    period: Period
    """Days that the run covers."""
    seed: Annotated[int, Field(ge=0, lt=2**64), BeforeValidator(number_only)] = 1
    """Same seed, same people, same luck."""
    levers: Levers = Levers()
    """Policies; see below. Entries here come after those of the base file."""
    closures: tuple[Closure, ...] = ()
    """Legs closed over time."""
    parameters: dict[Identifier, Number] = Field(default_factory=dict)
    """Overrides of parameters.csv by name."""
    coupling: Coupling = Coupling()
    """Mechanisms that tie people to each other."""


class Scenario(Strict):
    """A whole scenario, resolved: the document and its tables.

    What the model runs and what a run folder keeps.
    """

    document: Document
    places: tuple[Place, ...]
    legs: tuple[Leg, ...]
    risks: tuple[Risk, ...]
    vehicle_risks: tuple[VehicleRisk, ...] = ()
    custody: tuple[Custody, ...]
    streams: tuple[Stream, ...]
    composition: tuple[Composition, ...]
    initial: tuple[InitialGroup, ...] = ()
    relative_risks: tuple[RelativeRisk, ...] = ()
    season: tuple[SeasonWeight, ...] = ()
    monitoring: tuple[MonitoringLeg, ...] = ()
    parameters: tuple[Parameter, ...]
    sources: tuple[Source, ...] = ()
