"""The language of a displacement scenario: places, roads, conflicts, closures, observed camps; frozen, with units.

Days are whole numbers counted from the first day of the case, which is day 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from simulation.displacement.parameters import DEFAULTS, check_parameters
from simulation.spec.quantities import Strict

DayNumber = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]
PlaceKind = Literal["town", "conflict_zone", "camp", "idp_camp", "junction", "hub", "flood_zone"]
ClosureKind = Literal["country", "location", "link", "camp", "idp_camp"]
CAMPS: frozenset[str] = frozenset({"camp", "idp_camp"})


class DisplacementPlace(Strict):
    """A place: people start where there is conflict and are taken in where there is a camp."""

    name: Annotated[str, Field(min_length=1)]
    """Unique; the other tables use it."""
    region: str = "unknown"
    country: str = "unknown"
    """As written by the author; borders are closed between countries."""
    latitude: float | None = None
    """Degrees north; not needed by the model, roads have their own lengths."""
    longitude: float | None = None
    kind: PlaceKind
    population: Amount = 0.0
    """People who live here; weighs where displaced people come from."""
    capacity: Amount | None = None
    """Camps: people who can be taken in; left out: no limit, size unknown."""
    capacity_per_day: Amount = 0.0
    """Camps: people by which the capacity grows each day."""
    extra: Mapping[str, str] = {}
    """Columns that the model does not use, as written."""

    @property
    def is_camp(self) -> bool:
        """Whether the place takes people in on day 0."""
        return self.kind in CAMPS


class Road(Strict):
    """A road between two places, open in both directions."""

    name1: str
    name2: str
    km: Amount
    """Kilometres."""
    km_per_day: Annotated[float, Field(gt=0)] | None = None
    """Most that is covered a day on this road; left out: the parameter km_per_day."""
    extra: Mapping[str, str] = {}
    """Columns that the model does not use, as written."""


class Spell(Strict):
    """Days on which a place is in conflict, at one intensity."""

    place: str
    first_day: DayNumber
    last_day: DayNumber
    """Included."""
    intensity: Annotated[float, Field(gt=0)]
    """Unitless, normally up to 1: weighs where people come from, and how much a zone is avoided."""


class CaseClosure(Strict):
    """What is closed from a day on: a border, a place, a road, or a camp (which takes nobody in while it is closed)."""

    kind: ClosureKind
    name1: str
    name2: str = ""
    """Second country or place; not used for places and camps."""
    first_day: DayNumber
    last_day: DayNumber | None = None
    """Last day closed; left out: to the end."""


class Observed(Strict):
    """Registered people of a camp (or of all, place "total"): a stock on dated days, counts of its files added up."""

    place: str
    dates: tuple[date, ...]
    counts: tuple[float, ...]
    """People, one for each date, dates rising."""


class Correction(Strict):
    """A verified count: all earlier values of the camp are multiplied by this value over the one before it."""

    place: str
    day: date


class Spawning(Strict):
    """How many people are displaced a day, and from where."""

    mode: Literal["totals", "constant", "poisson", "pop_ratio"] = "totals"
    """totals: as many as the observed total rises by; else so many a zone and day, times intensity."""
    amount: Amount = 0.0
    """People a zone and day (constant, poisson) or share of its population a day (pop_ratio); not for totals."""
    total: Literal["camps", "total_column"] = "camps"
    """Which observed total: the sum of the camps, or the series "total"."""
    day0: Literal["in_camps", "empty"] = "in_camps"
    """Whether those observed on day 0 are in their camps from the start, or are taken off every later value."""
    takes_population: bool = False
    """Whether everybody who leaves is missed in the population of their zone."""
    decay: tuple[Amount, ...] = ()
    """Factors of displacement by age of a conflict, each for decay_days; the last holds from then on."""
    decay_days: Annotated[int, Field(gt=0)] = 30


class DisplacementCase(Strict):
    """A whole displacement scenario: what the model runs and what is kept."""

    name: Annotated[str, Field(min_length=1)]
    start: date
    """Day 0."""
    days: Annotated[int, Field(gt=0)]
    """Days simulated."""
    places: tuple[DisplacementPlace, ...]
    roads: tuple[Road, ...]
    conflicts: tuple[Spell, ...] = ()
    closures: tuple[CaseClosure, ...] = ()
    observed: tuple[Observed, ...] = ()
    corrections: tuple[Correction, ...] = ()
    spawning: Spawning = Spawning()
    parameters: Mapping[str, float] = {}
    """Overrides of the parameters by name."""
    not_mapped: tuple[str, ...] = ()
    """What the files said and the model does not use."""

    @field_validator("parameters")
    @classmethod
    def _known(cls, given: Mapping[str, float]) -> Mapping[str, float]:
        check_parameters(given)
        return given

    @model_validator(mode="after")
    def _names_are_known(self) -> DisplacementCase:
        names = [p.name for p in self.places]
        if len(set(names)) < len(names):
            raise ValueError(
                f"places are named twice: {', '.join(sorted({n for n in names if names.count(n) > 1}))}"
            )
        roads = {n for r in self.roads for n in (r.name1, r.name2)}
        closed = {n for c in self.closures if c.kind != "country" for n in (c.name1, c.name2) if n}
        for table, used in (
            ("roads", roads),
            ("conflicts", {s.place for s in self.conflicts}),
            ("closures", closed),
        ):
            if unknown := sorted(used - set(names)):
                raise ValueError(f"{table} name places that are not there: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _series_are_sound(self) -> DisplacementCase:
        for series in self.observed:
            if len(series.dates) != len(series.counts) or not series.dates:
                raise ValueError(f"observed {series.place}: as many counts as dates, and at least one")
            if list(series.dates) != sorted(set(series.dates)):
                raise ValueError(f"observed {series.place}: dates must rise")
        dates = {s.place: s.dates for s in self.observed}
        for correction in self.corrections:
            if correction.day not in dates.get(correction.place, ())[1:]:
                raise ValueError(f"correction of {correction.place}: no later count on {correction.day}")
        if self.spawning.mode == "totals" and self.spawning.total == "total_column" and "total" not in dates:
            raise ValueError("spawning follows the series total, which is not there")
        return self

    @property
    def all_parameters(self) -> dict[str, float]:
        """Every parameter by name: the defaults under the case's own."""
        return {name: p.value for name, p in DEFAULTS.items()} | dict(self.parameters)

    @property
    def camps(self) -> tuple[str, ...]:
        """Camps in the order of the places; a place that becomes a camp later is one of them."""
        opened = {c.name1 for c in self.closures if c.kind in CAMPS}
        return tuple(p.name for p in self.places if p.is_camp or p.name in opened)
