"""Rows of the CSV tables about the map: places, legs, hazards, vehicles and custody, with units."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulation.spec.quantities import (
    Confidence,
    Control,
    Eligible,
    Identifier,
    Mode,
    Outcome,
    PathwayKind,
    PlaceKind,
    Purpose,
    Setting,
    Share,
    Strict,
)

# An end of a range that a table may leave out: without it, compare keeps the value as it stands.
_ShareEnd = Share | None
_AmountEnd = Annotated[float, Field(ge=0)] | None


class Place(Strict):
    """A node of the route graph: one row of places.csv."""

    id: Identifier
    """Short name used by the other tables and by scenarios."""
    name: str
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """ISO 3166 alpha-3."""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    """Degrees north."""
    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees east."""
    kind: PlaceKind
    """Destinations end a journey; waypoints, border posts and sea zones are passed through."""
    risk_zone: Identifier
    """Row group of risks.csv that holds while at the place (setting "place")."""
    custody_zone: Identifier
    """Row group of custody.csv, and of risks.csv in settings "detention" and "captivity", for custody
    here."""
    stay_days: Annotated[float, Field(gt=0)]
    """Mean days between two decisions of somebody who stays (renewal interval)."""
    stay_days_low: Annotated[float, Field(gt=0)]
    """Range of stay_days."""
    stay_days_high: Annotated[float, Field(gt=0)]
    service_capacity: Annotated[float, Field(ge=0)]
    """People who can be served a day, all services together."""
    service_capacity_low: _AmountEnd = None
    service_capacity_high: _AmountEnd = None
    """Range of service_capacity, people a day."""
    work_chance: Share = 0.0
    """Chance a day of paid work."""
    work_chance_low: _ShareEnd = None
    work_chance_high: _ShareEnd = None
    """Range of work_chance."""
    wage: Annotated[float, Field(ge=0)] = 0.0
    """USD a day of work."""
    wage_low: _AmountEnd = None
    wage_high: _AmountEnd = None
    """Range of wage."""
    detention_capacity: _AmountEnd = None
    """People who can be detained at a time; left out: no limit."""
    detention_capacity_low: _AmountEnd = None
    detention_capacity_high: _AmountEnd = None
    """Range of detention_capacity."""
    return_capacity: _AmountEnd = None
    """Assisted returns a day from here at the reference policy; left out: no limit."""
    return_capacity_low: _AmountEnd = None
    return_capacity_high: _AmountEnd = None
    """Range of return_capacity."""
    role: str = ""
    """Note for readers: what the place is on the route."""
    services: str = ""
    """Note for readers: who helps there."""
    coord_source: str
    """Where the coordinates come from."""
    coord_confidence: Confidence
    source: str
    """Keys of sources.csv, separated by a space."""
    confidence: Confidence
    """How far to trust it: data (a dataset), published, derived (by our arithmetic), recalled, assumed."""


class Leg(Strict):
    """A directed edge of the route graph: one row of legs.csv.

    Parallel legs between the same places are normal.
    """

    id: Identifier
    """Short name used by monitoring.csv and by scenarios."""
    origin: Identifier
    """Place where it starts."""
    destination: Identifier
    """Place where it ends."""
    mode: Mode
    """Surface; regular: by air or coach, with papers."""
    purpose: Purpose
    """irregular and regular legs are chosen by people; the others are done to them or for them."""
    control: Control
    """main: passes controls; bypass: avoids them."""
    distance_km: Annotated[float, Field(ge=0)]
    """Kilometres."""
    distance_basis: str
    """How the distance was found."""
    days_low: Annotated[float, Field(gt=0)]
    days_mode: Annotated[float, Field(gt=0)]
    days_high: Annotated[float, Field(gt=0)]
    """Travel time is triangular (low, mode, high), days as a real number. Regular legs: processing and
    travel."""
    days_basis: str
    """How the days were found."""
    price_low: Annotated[float, Field(ge=0)]
    price_high: Annotated[float, Field(ge=0)]
    """USD; the model uses the geometric mean where both are above 0, else the mean."""
    price_basis: str
    """How the price was found."""
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
    quota_low: _AmountEnd = None
    quota_high: _AmountEnd = None
    """Regular legs: range of quota, places a month."""
    acceptance: Share = 1.0
    """Regular legs: share of complete applications that are granted."""
    acceptance_low: _ShareEnd = None
    acceptance_high: _ShareEnd = None
    """Regular legs: range of acceptance."""
    eligible: Eligible = "all"
    """Regular legs: who may apply."""
    controlled_by: str = ""
    """Note for readers: who controls it."""
    hazards: str = ""
    """Note for readers: what happens there."""
    source: str
    confidence: Confidence


class Risk(Strict):
    """A base hazard: one row of risks.csv; defined at the reference policy, composition and service use."""

    zone: Identifier
    """Name that legs or places refer to."""
    setting: Setting
    """Where it acts: on a leg, at a place, in detention, in captivity."""
    outcome: Outcome
    """What happens; a row left out means 0."""
    value: Annotated[float, Field(ge=0)]
    """In the unit of the row, for the reference group."""
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
    """Name that legs with vehicles refer to."""
    quantity: Literal[
        "peril", "rescue_share", "death_rescued", "death_unrescued", "pickup", "interception_full"
    ]
    """peril: chance per leg of wreck, breakdown or abandonment. rescue_share: chance that help reaches a
    vehicle in peril (at sea: at full search and rescue coverage). death_*: chance of death of each person
    aboard in peril, if rescued or not. pickup: chance per leg at full coverage that a boat is met and its
    people disembarked before peril. interception_full: chance per leg of pull-back at interception
    intensity 1."""
    value: Annotated[float, Field(ge=0, le=1)]
    """A chance."""
    low: Annotated[float, Field(ge=0, le=1)]
    high: Annotated[float, Field(ge=0, le=1)]
    """Range from which compare draws."""
    derivation: str
    source: str
    confidence: Confidence


class Custody(Strict):
    """What custody is like in a zone: one row of custody.csv for each of detention and captivity.

    Detention is by a state, captivity by captors.
    """

    zone: Identifier
    """Name that places refer to."""
    setting: Literal["detention", "captivity"]
    mean_days: Annotated[float, Field(gt=0)]
    """Mean stay, days (exponential)."""
    mean_days_low: Annotated[float, Field(gt=0)]
    mean_days_high: Annotated[float, Field(gt=0)]
    """Range of mean_days."""
    after_arrest: Share
    """Chance that an arrest on land leads to detention here (else: turned back after a bribe)."""
    after_arrest_low: _ShareEnd = None
    after_arrest_high: _ShareEnd = None
    """Range of after_arrest."""
    after_interception: Share
    """Chance that somebody brought back from sea is detained on disembarkation."""
    after_interception_low: _ShareEnd = None
    after_interception_high: _ShareEnd = None
    """Range of after_interception."""
    exit_expelled: Share
    """Share of exits by forced return over the zone's return_forced leg, where the place has one."""
    exit_expelled_low: _ShareEnd = None
    exit_expelled_high: _ShareEnd = None
    """Range of exit_expelled."""
    exit_assisted: Share
    """Share of exits by assisted return home; the rest are released at the place."""
    exit_assisted_low: _ShareEnd = None
    exit_assisted_high: _ShareEnd = None
    """Range of exit_assisted."""
    unofficial_share: Share = 0.0
    """Detention: share of people who are held in unofficial sites, as captives."""
    unofficial_share_low: _ShareEnd = None
    unofficial_share_high: _ShareEnd = None
    """Range of unofficial_share."""
    alternatives_share: Share = 0.0
    """Detention: share of people who are placed in the community instead."""
    alternatives_share_low: _ShareEnd = None
    alternatives_share_high: _ShareEnd = None
    """Range of alternatives_share."""
    exit_bribe: Share = 0.0
    """Detention: share of exits that are bought."""
    exit_bribe_low: _ShareEnd = None
    exit_bribe_high: _ShareEnd = None
    """Range of exit_bribe."""
    bribe_usd: Annotated[float, Field(ge=0)] = 0.0
    """Detention: price of release, USD."""
    exit_ransom: Share = 0.0
    """Captivity: share of exits for ransom; the others get away, or are let go after forced labour, with nothing."""
    exit_ransom_low: _ShareEnd = None
    exit_ransom_high: _ShareEnd = None
    """Range of exit_ransom."""
    ransom_usd: Annotated[float, Field(ge=0)] = 0.0
    """Captivity: ransom, USD."""
    ransom_usd_low: _AmountEnd = None
    ransom_usd_high: _AmountEnd = None
    """Range of ransom_usd."""
    derivation: str
    source: str
    confidence: Confidence
