"""Rows of the CSV tables about numbers and where they come from: parameters, services, costs, observation, sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulation.spec.quantities import Confidence, Day, Identifier, ServiceKind, Share, Strict


class MonitoringLeg(Strict):
    """A leg that belongs to a named monitoring point or cut of the map: one row of monitoring.csv."""

    point: Identifier
    """Name in results."""
    leg: Identifier
    """A leg counted there."""
    kind: Literal["monitoring_point", "cut"]
    """A cut holds all legs between two parts of the map; a monitoring point may miss bypasses."""
    title: str
    """How charts call the point or cut."""


class Parameter(Strict):
    """A behavioural or institutional number with its range: one row of parameters.csv."""

    name: Identifier
    value: float
    low: float
    high: float
    """Range from which compare draws."""
    distribution: Literal["uniform", "loguniform"]
    """Shape of the draw between low and high."""
    unit: str
    meaning: str
    source: str
    confidence: Confidence


class Source(Strict):
    """Where a number comes from: one row of sources.csv."""

    key: Identifier
    """Name used in the source columns."""
    publisher: str
    title: str
    date: str
    url: str
    note: str = ""
    """Anything a reader should know."""


class ServiceRow(Strict):
    """What one kind of service is: one row of services.csv. Without the table all help is of the kind basic."""

    service: ServiceKind
    """health holds mental health; protection holds legal aid and help against trafficking."""
    capacity_share: Share
    """Share of a place's service_capacity; the shares of all kinds add to 1."""
    need_share: Share
    """Share of needs that no harm has caused and that ask for this kind; all kinds add to 1."""
    relief: Share
    """Share of vulnerability removed when served."""
    relief_low: Share | None = None
    relief_high: Share | None = None
    """Range of relief."""
    source: str
    confidence: Confidence


class UnitCost(Strict):
    """What a unit of a measure costs: one row of unit_costs.csv."""

    item: Identifier
    """A lever, or a part of one."""
    unit: str
    """What is paid for, such as "person returned"."""
    value: Annotated[float, Field(ge=0)]
    """USD a unit."""
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    """Range of value."""
    derivation: str
    source: str
    confidence: Confidence


class ObservationRate(Strict):
    """How much of what happens is recorded: one row of observation.csv."""

    indicator: Identifier
    """What is recorded, such as deaths_sea."""
    scope: str = ""
    """Where, in words."""
    from_year: Annotated[int, Field(ge=1990, le=2100)] = 1990
    to_year: Annotated[int, Field(ge=1990, le=2100)] = 2100
    rate: Annotated[float, Field(gt=0)]
    """Recorded over true; above 1 where people are counted more than once."""
    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]
    """Range of rate."""
    derivation: str
    source: str
    confidence: Confidence


class TimelineEvent(Strict):
    """A dated change of policy and how the history scenario shows it: one row of policy_timeline.csv."""

    date: Day
    precision: Literal["day", "month", "year"]
    """How exactly the date is known."""
    place: str
    """Country or place, in words."""
    lever: str
    """Lever that carries it, or "context"."""
    event: str
    """What happened."""
    how_in_model: str
    """Which setting of history.yaml shows it, or why none does."""
    source: str
    confidence: Confidence
