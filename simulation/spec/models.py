"""The scenario language: closed, frozen models of everything that a scenario may say, with units.

YAML gives the period, the levers and the parameter overrides; CSV tables beside it give places, legs, risks
and people (rows.py). Nothing after this package sees YAML, strings of units, or defaults. Other packages
import every model from here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from simulation.spec.levers import (
    AntiSmuggling,
    BorderEnforcement,
    Detention,
    Firewall,
    FreeMovement,
    Information,
    Interception,
    LegalPathways,
    LeverEntry,
    Levers,
    RegionalProtection,
    Relocation,
    Returns,
    Scope,
    SearchAndRescue,
    Services,
)
from simulation.spec.parameters import NEUTRAL, PARAMETER_NAMES, REQUIRED
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
from simulation.spec.rows import Custody, Leg, Place, Risk, VehicleRisk
from simulation.spec.rows_people import Composition, InitialGroup, RelativeRisk, SeasonWeight, Stream
from simulation.spec.rows_reference import (
    MonitoringLeg,
    ObservationRate,
    Parameter,
    ServiceRow,
    Source,
    TimelineEvent,
    UnitCost,
)

__all__ = [
    "NEUTRAL",
    "PARAMETER_NAMES",
    "REQUIRED",
    "AgeBand",
    "AntiSmuggling",
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
    "Firewall",
    "FreeMovement",
    "Identifier",
    "Information",
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
    "ObservationRate",
    "Outcome",
    "Parameter",
    "PathwayKind",
    "Period",
    "PersonsPerDay",
    "Place",
    "PlaceKind",
    "Purpose",
    "RegionalProtection",
    "RelativeRisk",
    "Relocation",
    "Returns",
    "Risk",
    "Scenario",
    "Scope",
    "SearchAndRescue",
    "SeasonWeight",
    "ServiceRow",
    "Services",
    "Setting",
    "Sex",
    "Share",
    "Source",
    "Stream",
    "Strict",
    "TimelineEvent",
    "UnitCost",
    "VehicleRisk",
]


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
    parties: bool = True
    """Companions and families share decisions; off: everybody travels alone."""
    money: bool = True
    """Fares must be paid; off, or savings_median 0: nobody lacks money."""
    detention: bool = True
    """Capacity of detention binds; off: there is always room."""
    returns: bool = True
    """Places of assisted return bind; off: everybody who wants to go home does."""
    market: bool = True
    """Fares and boats answer to demand and rescue; off: to policy only."""
    beliefs: bool = True
    """Reports of deaths change what people believe; off: beliefs stay."""


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
    services: tuple[ServiceRow, ...] = ()
    unit_costs: tuple[UnitCost, ...] = ()
    observation: tuple[ObservationRate, ...] = ()
    policy_timeline: tuple[TimelineEvent, ...] = ()
    sources: tuple[Source, ...] = ()
