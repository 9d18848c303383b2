"""The language of a displacement scenario: places, roads, conflicts, closures, observed camps; frozen, with units.

Days are whole numbers counted from the first day of the case, which is day 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from simulation.displacement.corrections import correct
from simulation.displacement.parameters import DEFAULTS, check_parameters
from simulation.spec.csv_rows import MOST
from simulation.spec.quantities import Strict

MOST_DAYS = 36_500
MOST_PEOPLE = 1e10
"""More than there are on earth: no count of people can be above it."""
YEARS = (1700, 2200)
"""Years within which a case begins and ends: dates outside are slips, and no table of dates holds them all."""
DayNumber = Annotated[int, Field(ge=0, le=10**9)]
Amount = Annotated[float, Field(ge=0, le=MOST)]
People = Annotated[float, Field(ge=0, le=MOST_PEOPLE)]
PlaceKind = Literal["town", "conflict_zone", "camp", "idp_camp", "junction", "hub", "flood_zone"]
Mode = Literal["totals", "constant", "poisson", "pop_ratio"]
Day0 = Literal["in_camps", "empty", "set_out"]
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
    population: People = 0.0
    """People who live here; weighs where displaced people come from."""
    capacity: People | None = None
    """Camps: people who can be taken in; left out: no limit, size unknown."""
    capacity_per_day: People = 0.0
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
    km_per_day: Annotated[float, Field(gt=0, le=MOST)] | None = None
    """Most that is covered a day on this road; left out: the parameter km_per_day."""
    extra: Mapping[str, str] = {}
    """Columns that the model does not use, as written."""


class Spell(Strict):
    """Days on which a place is in conflict, at one intensity."""

    place: str
    first_day: DayNumber
    last_day: DayNumber
    """Included."""
    intensity: Annotated[float, Field(gt=0, le=MOST)]
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
    counts: tuple[People, ...]
    """People, one for each date, dates rising."""


class Correction(Strict):
    """A verified count: all earlier values of the camp are multiplied by this value over the one before it."""

    place: str
    day: date


class Spawning(Strict):
    """How many people are displaced a day, and from where."""

    mode: Mode = "totals"
    """totals: as many as the observed total rises by; else so many a zone and day, times intensity."""
    amount: Amount = 0.0
    """People a zone and day (constant, poisson) or share of its population a day (pop_ratio); not for totals."""
    total: Literal["camps", "total_column"] = "camps"
    """Which observed total: the sum of the camps, or the series "total"."""
    day0: Day0 = "in_camps"
    """Those observed on day 0: in their camps from the start, taken off all values (empty), or displaced that day."""
    takes_population: bool = False
    """Whether everybody who leaves is missed in the population of their zone; a zone without people sends none."""
    decay: tuple[Amount, ...] = ()
    """Factors of displacement by age of a conflict, each for decay_days; the last holds from then on."""
    decay_days: Annotated[int, Field(gt=0, le=MOST_DAYS)] = 30


class DisplacementCase(Strict):
    """A whole displacement scenario: what the model runs and what is kept."""

    name: Annotated[str, Field(min_length=1)]
    start: date
    """Day 0."""
    days: Annotated[int, Field(gt=0, le=MOST_DAYS)]
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
    """What the files said and the model does not use, or uses in a way of its own."""

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
    def _has_a_period_that_dates_can_say(self) -> DisplacementCase:
        last = self.start.toordinal() + self.days
        if self.start.year < YEARS[0] or last > date(YEARS[1], 12, 31).toordinal():
            raise ValueError(f"the days from {self.start} on must lie in the years {YEARS[0]} to {YEARS[1]}")
        return self

    @model_validator(mode="after")
    def _people_come_from_somewhere(self) -> DisplacementCase:
        in_period = any(s.first_day <= s.last_day and s.first_day < self.days for s in self.conflicts)
        if self.spawning.mode == "totals" and not in_period:
            raise ValueError(
                "no place is in conflict on any day, so nobody can be displaced: one spell at least"
            )
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
        for series in self.observed:
            days = [c.day for c in self.corrections if c.place == series.place and c.day >= self.start]
            if correct(series.dates, series.counts, days).max() > MOST_PEOPLE:
                raise ValueError(
                    f"observed {series.place}: corrections bring it above {MOST_PEOPLE:g} people"
                )
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
