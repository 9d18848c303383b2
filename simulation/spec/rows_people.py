"""Rows of the CSV tables about people: who could start, who they are, who is on the way, and their relative risks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulation.spec.quantities import AgeBand, Confidence, Identifier, Outcome, Sex, Share, Strict

# An end of a range that a table may leave out: without it, compare keeps the value as it stands.
_ShareEnd = Share | None


class Stream(Strict):
    """People who could start a journey from one place in one year: one row of streams.csv."""

    stream: Identifier
    """Name of the entry stream or origin, the same over the years."""
    place: Identifier
    """Where its people start or enter; one place for a stream."""
    nationality: str
    """ISO alpha-3, or a declared group such as "East Africa"."""
    year: Annotated[int, Field(ge=1990, le=2100)]
    journeys: Annotated[float, Field(ge=0)]
    """Journeys started that year at the reference policy."""
    journeys_low: Annotated[float, Field(ge=0)]
    journeys_high: Annotated[float, Field(ge=0)]
    """Range of journeys."""
    derivation: str
    source: str
    confidence: Confidence


class Composition(Strict):
    """Who the people of a stream are: one row of composition.csv."""

    stream: Identifier
    female: Share
    """Share of women and girls."""
    female_low: _ShareEnd = None
    female_high: _ShareEnd = None
    """Range of female."""
    child: Share
    """Share under 18."""
    child_low: _ShareEnd = None
    child_high: _ShareEnd = None
    """Range of child."""
    unaccompanied: Share
    """Share of children who travel without a parent or guardian."""
    europe: Share
    north_africa: Share
    region: Share
    circular: Share
    """Intended region at the start; the four add to 1. circular: works in Libya or Algeria and goes home."""
    europe_low: _ShareEnd = None
    europe_high: _ShareEnd = None
    """Range of europe."""
    savings_factor: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Savings at the start over savings_median."""
    savings_factor_low: Annotated[float, Field(ge=0, le=100)] | None = None
    savings_factor_high: Annotated[float, Field(ge=0, le=100)] | None = None
    """Range of savings_factor."""
    risk_group: Identifier = "all"
    """Name that relative_risks.csv may refer to, such as west_central_africa."""
    derivation: str
    source: str
    confidence: Confidence


class InitialGroup(Strict):
    """People already on the way on the first day: one row of initial.csv."""

    place: Identifier
    """Where they are on the first day."""
    stream: Identifier
    """Stream whose composition they share."""
    people: Annotated[float, Field(ge=0)]
    """People."""
    people_low: Annotated[float, Field(ge=0)]
    people_high: Annotated[float, Field(ge=0)]
    """Range of people."""
    mean_days_since_arrival: Annotated[float, Field(ge=0)]
    """Days."""
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
    risk_group: Identifier = "all"
    """Streams of this risk group only; left out: every group that has no row of its own."""
    value: Annotated[float, Field(ge=0)]
    """Ratio to the reference group."""
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    """Range of value."""
    source: str
    confidence: Confidence


class SeasonWeight(Strict):
    """Weight of a month in a stream's year: one row of season.csv.

    The mean over twelve months is taken as 1.
    """

    stream: Identifier
    month: Annotated[int, Field(ge=1, le=12)]
    """1 is January."""
    weight: Annotated[float, Field(ge=0)]
    """Relative to the mean month."""
    source: str
    confidence: Confidence
