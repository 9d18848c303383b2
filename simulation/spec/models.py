"""The scenario language: closed, frozen models of everything that a scenario may say, with units.

YAML gives the period, the levers and the parameter overrides; CSV tables beside it give places, legs, risks
and people. Nothing after this module sees YAML, strings of units, or defaults.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from simulation.units import parse_quantity


class Strict(BaseModel):
    """Unknown keys are errors, loaded values never change, field docstrings become the reference page."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


def _id(text: str) -> str:
    if not text or not all(c.isalnum() or c in "_-" for c in text):
        raise ValueError("an identifier has letters, digits, _ and - only")
    return text


Identifier = Annotated[str, Field(max_length=64), AfterValidator(_id)]


def _number(value: object) -> object:
    # Pydantic would read true as 1: a switch written where a number belongs is a mistake, not a number.
    if isinstance(value, bool):
        raise ValueError(f"needs a number, not {str(value).lower()}")
    return value


Number = Annotated[float, BeforeValidator(_number)]
Share = Annotated[Number, Field(ge=0.0, le=1.0)]
Factor = Annotated[Number, Field(ge=0.0, le=1000.0)]
Confidence = Literal["data", "published", "derived", "recalled", "assumed"]
# Written and dumped with a unit (repr keeps every bit), so that a bare number is always a mistake.
Days = Annotated[
    float,
    BeforeValidator(lambda text: parse_quantity(text, "day")),
    PlainSerializer(lambda days: f"{days!r} days", return_type=str),
    Field(json_schema_extra={"type": "string", "examples": ["90 days", "6 months"]}),
]
PersonsPerDay = Annotated[
    float,
    BeforeValidator(lambda text: parse_quantity(text, "persons/day")),
    PlainSerializer(lambda rate: f"{rate!r} persons/day", return_type=str),
    Field(json_schema_extra={"type": "string", "examples": ["100 persons/month", "20 persons/day"]}),
]


def _day(value: object) -> object:
    # Pydantic would read 2016 as a number of seconds since 1970.
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError(f"needs a day such as 2016-09-01; got {value!r}")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value.strip()} is not a day of the calendar") from None


Day = Annotated[date, BeforeValidator(_day)]

Mode = Literal["paved", "unpaved", "desert", "sea", "regular"]
Purpose = Literal["irregular", "regular", "interception", "return_forced", "return_voluntary"]
Control = Literal["main", "bypass"]
PlaceKind = Literal[
    "origin",
    "hub",
    "border_post",
    "desert_waypoint",
    "coastal_departure",
    "sea_zone",
    "destination",
    "detention_hub",
]
Setting = Literal["leg", "place", "detention", "captivity"]
Outcome = Literal["death", "abduction", "arrest", "injury", "violence", "sgbv", "robbery", "separation"]
Sex = Literal["female", "male"]
AgeBand = Literal["child", "adult"]
Intention = Literal["europe", "north_africa", "region", "circular"]
PathwayKind = Literal["humanitarian", "evacuation", "family", "labour", "visa"]


# ---------------------------------------------------------------------------------------------------- tables
class Place(Strict):
    """A node of the route graph: one row of places.csv."""

    id: Identifier
    name: str
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """ISO 3166 alpha-3."""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees north."""
    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees east."""
    kind: PlaceKind
    risk_zone: Identifier
    """Row group of risks.csv that holds while at the place (setting "place")."""
    custody_zone: Identifier
    """Row group of custody.csv, and of risks.csv in settings "detention" and "captivity", for custody
    here."""
    stay_days: Annotated[float, Field(gt=0)]
    """Mean days between two decisions of somebody who stays (renewal interval)."""
    stay_days_low: Annotated[float, Field(gt=0)]
    stay_days_high: Annotated[float, Field(gt=0)]
    service_capacity: Annotated[float, Field(ge=0)]
    """People who can be served a day, all services together."""
    role: str = ""
    services: str = ""
    coord_source: str
    coord_confidence: Confidence
    source: str
    """Keys of sources.csv, separated by a space."""
    confidence: Confidence


class Leg(Strict):
    """A directed edge of the route graph: one row of legs.csv.

    Parallel legs between the same places are normal.
    """

    id: Identifier
    origin: Identifier
    destination: Identifier
    mode: Mode
    purpose: Purpose
    control: Control
    """main: passes controls; bypass: avoids them."""
    distance_km: Annotated[float, Field(ge=0)]
    distance_basis: str
    days_low: Annotated[float, Field(gt=0)]
    days_mode: Annotated[float, Field(gt=0)]
    days_high: Annotated[float, Field(gt=0)]
    """Travel time is triangular (low, mode, high), days as a real number. Regular legs: processing and
    travel."""
    days_basis: str
    price_low: Annotated[float, Field(ge=0)]
    price_high: Annotated[float, Field(ge=0)]
    """USD; the model uses the geometric mean where both are above 0, else the mean."""
    price_basis: str
    border: str = ""
    """Border crossed, e.g. NER-LBY; empty inside one country."""
    risk_zone: Identifier
    """Row group of risks.csv that holds on the leg (setting "leg")."""
    vehicle_capacity: Annotated[int, Field(ge=0)]
    """People to a boat or desert vehicle, who share its fate; 0: people travel apart."""
    pathway: PathwayKind | None = None
    """Kind of regular pathway; only for purpose "regular"."""
    quota: Annotated[float, Field(ge=0)] = 0.0
    """Regular legs: places a month at the reference policy."""
    acceptance: Share = 1.0
    """Regular legs: share of complete applications that are granted."""
    controlled_by: str = ""
    hazards: str = ""
    source: str
    confidence: Confidence


class Risk(Strict):
    """A base hazard: one row of risks.csv; defined at the reference policy, composition and service use."""

    zone: Identifier
    setting: Setting
    outcome: Outcome
    value: Annotated[float, Field(ge=0)]
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    """Range from which compare draws (log-uniform where low > 0)."""
    unit: Literal["per_day", "per_leg"]
    """per_day: rate a person-day. per_leg: chance over one traverse of mean duration, turned into a rate per
    day."""
    derivation: str
    """Section of docs/data_sheet.md with the arithmetic."""
    source: str
    confidence: Confidence


class VehicleRisk(Strict):
    """Shared fate of boats and desert vehicles in a zone: one row of vehicle_risks.csv."""

    zone: Identifier
    quantity: Literal[
        "peril", "rescue_share", "death_rescued", "death_unrescued", "pickup", "interception_full"
    ]
    """peril: chance per leg of wreck, breakdown or abandonment. rescue_share: chance that help reaches a
    vehicle in peril (at sea: at full search and rescue coverage). death_*: chance of death of each person
    aboard in peril, if rescued or not. pickup: chance per leg at full coverage that a boat is met and its
    people disembarked before peril. interception_full: chance per leg of pull-back at interception
    intensity 1."""
    value: Annotated[float, Field(ge=0, le=1)]
    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]
    derivation: str
    source: str
    confidence: Confidence


class Custody(Strict):
    """What custody is like in a zone: one row of custody.csv for each of detention and captivity.

    Detention is by a state, captivity by captors.
    """

    zone: Identifier
    setting: Literal["detention", "captivity"]
    mean_days: Annotated[float, Field(gt=0)]
    """Mean stay, days (exponential)."""
    mean_days_low: Annotated[float, Field(gt=0)]
    mean_days_high: Annotated[float, Field(gt=0)]
    after_arrest: Share
    """Chance that an arrest on land leads to detention here (else: turned back after a bribe)."""
    after_interception: Share
    """Chance that somebody brought back from sea is detained on disembarkation."""
    exit_expelled: Share
    """Share of exits by forced return over the zone's return_forced leg, where the place has one."""
    exit_assisted: Share
    """Share of exits by assisted return home; the rest are released at the place."""
    derivation: str
    source: str
    confidence: Confidence


class Stream(Strict):
    """People who could start a journey from one place in one year: one row of streams.csv."""

    stream: Identifier
    """Name of the entry stream or origin, the same over the years."""
    place: Identifier
    nationality: str
    """ISO alpha-3, or a declared group such as "East Africa"."""
    year: Annotated[int, Field(ge=1990, le=2100)]
    journeys: Annotated[float, Field(ge=0)]
    """Journeys started that year at the reference policy."""
    journeys_low: Annotated[float, Field(ge=0)]
    journeys_high: Annotated[float, Field(ge=0)]
    derivation: str
    source: str
    confidence: Confidence


class Composition(Strict):
    """Who the people of a stream are: one row of composition.csv."""

    stream: Identifier
    female: Share
    child: Share
    """Share under 18."""
    unaccompanied: Share
    """Share of children who travel without a parent or guardian."""
    europe: Share
    north_africa: Share
    region: Share
    circular: Share
    """Intended region at the start; the four add to 1. circular: works in Libya or Algeria and goes home."""
    derivation: str
    source: str
    confidence: Confidence


class InitialGroup(Strict):
    """People already on the way on the first day: one row of initial.csv."""

    place: Identifier
    stream: Identifier
    people: Annotated[float, Field(ge=0)]
    people_low: Annotated[float, Field(ge=0)]
    people_high: Annotated[float, Field(ge=0)]
    mean_days_since_arrival: Annotated[float, Field(ge=0)]
    derivation: str
    source: str
    confidence: Confidence


class RelativeRisk(Strict):
    """Relative risk of an outcome for a group: one row of relative_risks.csv.

    Normalised to the reference composition.
    """

    outcome: Outcome
    sex: Sex
    age: AgeBand
    value: Annotated[float, Field(ge=0)]
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    source: str
    confidence: Confidence


class SeasonWeight(Strict):
    """Weight of a month in a stream's year: one row of season.csv.

    The mean over twelve months is taken as 1.
    """

    stream: Identifier
    month: Annotated[int, Field(ge=1, le=12)]
    weight: Annotated[float, Field(ge=0)]
    source: str
    confidence: Confidence


class MonitoringLeg(Strict):
    """A leg that belongs to a named monitoring point or cut of the map: one row of monitoring.csv."""

    point: Identifier
    leg: Identifier
    kind: Literal["monitoring_point", "cut"]
    title: str
    """How charts call the point or cut."""


# What parameters.csv must hold; what each means is said there.
PARAMETER_NAMES = (
    "price_weight",
    "time_weight",
    "risk_weight",
    "arrest_weight",
    "discount",
    "destination_reward",
    "second_best_share",
    "stay_utility",
    "settle_utility",
    "return_utility",
    "pathway_utility",
    "uninformed_share",
    "uninformed_bias",
    "departure_reference",
    "departure_dispersion",
    "deterrence_elasticity",
    "pathway_awareness",
    "vulnerability_start",
    "vulnerability_step",
    "vulnerability_gamma",
    "service_relief",
    "service_seeking",
    "service_knowledge",
    "service_trust",
    "arrest_at_full",
    "price_ratio_full",
    "bypass_peril_full",
    "main_peril_full",
    "departure_reference",
    "departure_dispersion",
)


class Parameter(Strict):
    """A behavioural or institutional number with its range: one row of parameters.csv."""

    name: Identifier
    value: float
    low: float
    high: float
    distribution: Literal["uniform", "loguniform"]
    unit: str
    meaning: str
    source: str
    confidence: Confidence


class Source(Strict):
    """Where a number comes from: one row of sources.csv."""

    key: Identifier
    publisher: str
    title: str
    date: str
    url: str
    note: str = ""


# ---------------------------------------------------------------------------------------------------- levers
class Scope(Strict):
    """Where a lever acts. Nothing given: everywhere. Several kinds given: a leg or place in any of them."""

    countries: tuple[str, ...] = ()
    """ISO alpha-3; a leg belongs to the country of its origin."""
    places: tuple[Identifier, ...] = ()
    legs: tuple[Identifier, ...] = ()
    pathways: tuple[PathwayKind, ...] = ()


class LeverEntry(Strict):
    """One setting of one lever, from a day to a day. Of entries that overlap, the later in the list holds."""

    model_config = ConfigDict(populate_by_name=True)

    start: Day | None = Field(default=None, alias="from")
    """First day in force; left out: the first day of the run."""
    end: Day | None = Field(default=None, alias="to")
    """Last day in force; left out: the last day of the run."""
    scope: Scope = Scope()
    source: str = ""
    """Where the setting comes from, or "assumed: why"."""


class BorderEnforcement(LeverEntry):
    """Control intensity on controlled legs: arrests and prices rise, people shift to bypasses."""

    intensity: Share
    """0: none beyond the reference; 1: every vehicle on the controlled legs is stopped."""


class LegalPathways(LeverEntry):
    """Regular ways to travel."""

    quota: PersonsPerDay | None = None
    """Places over time for each pathway leg in scope; replaces the table's quota."""
    quota_factor: Factor = 1.0
    processing: Days | None = None
    """Mean time from application to travel; replaces the table's, keeping its relative spread."""
    acceptance: Share | None = None
    awareness: Share | None = None
    """Share of people who know that the pathway exists."""


class Detention(LeverEntry):
    """Detention by state authorities."""

    after_arrest: Share | None = None
    after_interception: Share | None = None
    time_limit: Days | None = None
    """Nobody is held longer."""
    children: bool = True
    """False: children are never detained."""


class Services(LeverEntry):
    """Humanitarian and public services to people on the move."""

    capacity: PersonsPerDay | None = None
    """For each place in scope; replaces the table's."""
    capacity_factor: Factor = 1.0


class SearchAndRescue(LeverEntry):
    """Rescue at sea."""

    coverage: Share
    """Share of a sea zone's boats in reach of a rescue vessel."""


class Interception(LeverEntry):
    """Pull-back of boats by a coast guard."""

    intensity: Share
    """1: every boat in the zone is looked for; the chance at full intensity is in vehicle_risks.csv."""


class Levers(Strict):
    """All levers; each a list of settings over time and scope. An empty list leaves the reference policy."""

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
    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")


class Period(Strict):
    """Days that the run covers. Journeys start until departures_end; people are followed to end."""

    start: Day
    departures_end: Day
    end: Day


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
    title: str
    description: str = ""
    tables: str = "."
    """Folder of the CSV tables, relative to the file that says it."""
    period: Period
    seed: Annotated[int, BeforeValidator(_number), Field(ge=0, lt=2**64)] = 1
    levers: Levers = Levers()
    closures: tuple[Closure, ...] = ()
    parameters: dict[Identifier, Number] = {}
    """Overrides of parameters.csv by name."""
    coupling: Coupling = Coupling()


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
