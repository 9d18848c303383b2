"""Closed, frozen models of everything that an observation file may say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from calibration.priors import Prior
from simulation.outcomes import COUNTED, RECORDABLE
from simulation.spec.explain import near_name
from simulation.spec.quantities import AgeBand, Day, Identifier, Sex, Strict, number_only

PRESENT = "people_present"
Window = Literal["month", "quarter", "year", "as_given"]
Setting = Literal["waiting", "working", "stranded", "alternative", "detention", "captivity"]


def _known(name: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    if name not in names:
        hint = near_name(name, names)
        raise ValueError(f"unknown {what} {name}" + (f"; {hint}" if hint else ""))
    return name


CountName = Annotated[str, AfterValidator(lambda name: _known(name, [*COUNTED, PRESENT], "count"))]
Segment = Annotated[str, AfterValidator(lambda name: _known(name, RECORDABLE, "segment"))]


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
"""One text, or a list of them."""


class Scope(Strict):
    """Where it is counted. All keys that are given must hold; without any: everywhere."""

    segment: Segment | None = None
    """A part of the map as results have it: arrivals_sea, deaths_sea, deaths_sahara, deaths_libya, ..."""
    legs: Names = ()
    """Legs by id."""
    points: Names = ()
    """Monitoring points or cuts of monitoring.csv. Ways around a point are legs of their own, so that people who go
    round it are not counted."""
    into: Names = ()
    """Legs on which people come to land in these countries (ISO 3166, three letters): where the leg ends, or in the
    port of those who are rescued on it at sea (the nearest; a lever that names another port is not looked at)."""
    countries: Names = ()
    """Places in these countries."""
    places: Names = ()
    """Places by id."""
    settings: Annotated[tuple[Setting, ...], BeforeValidator(_as_list)] = ()
    """How people are at a place, such as detention; left out: in any way."""


class Who(Strict):
    """Who is counted. All keys that are given must hold; without any: everybody."""

    sex: Sex | None = None
    age: AgeBand | None = None
    company: Literal["accompanied", "unaccompanied"] | None = None
    """Only of children."""
    streams: Names = ()
    """Streams, or patterns with * and ?."""


class Observes(Strict):
    """The quantity of the model that a series observes."""

    counts: Annotated[tuple[CountName, ...], Field(min_length=1), BeforeValidator(_as_list)]
    """Events of the model (arrivals, sea_attempts, interceptions, deaths, flow, ...), added up; or people_present:
    people there, on average over the days of the window."""
    where: Scope = Scope()
    who: Who = Who()
    """Among whom."""
    share_of: Who | None = None
    """With this key the series is a share: these among ``who``."""

    @model_validator(mode="after")
    def _is_one_kind(self) -> Observes:
        if PRESENT in self.counts and len(self.counts) > 1:
            raise ValueError(f"{PRESENT} cannot be added to events")
        return self

    @property
    def is_stock(self) -> bool:
        """Whether people present are counted, not events."""
        return self.counts == (PRESENT,)


class Select(Strict):
    """Which rows of the observed table belong to a series: those with one of the values of every key given."""

    indicator: Names = ()
    place: Names = ()
    group: Names = ()
    period: Names = ()
    source: Names = ()
    without_group: Names = ()
    """Rows with one of these groups are left out."""
    without_source: Names = ()
    """Rows with one of these sources are left out."""


class RatePeriod(Prior):
    """Recorded over true in some days."""

    start: Annotated[Day, Field(alias="from")] = date(1990, 1, 1)
    """First day."""
    to: Day = date(2100, 12, 31)
    """Last day."""


class Noise(Strict):
    """How observations scatter about what the model gives."""

    clumping: Prior
    """Variance over mean of a count, at least 1: people are counted in boats, convoys and incidents. For a share: the
    design effect of the survey."""
    sd: Prior
    """Discrepancy of the model: standard deviation on the log scale (log odds of a share) in a month."""
    correlation: Prior
    """Correlation of the discrepancy from one month to the next, from 0 to below 1."""

    @model_validator(mode="after")
    def _is_possible(self) -> Noise:
        if self.clumping.low < 1:
            raise ValueError(f"clumping is at least 1; got low {self.clumping.low:g}")
        if self.sd.low < 0:
            raise ValueError(f"sd is at least 0; got low {self.sd.low:g}")
        if self.correlation.low < 0 or self.correlation.high >= 1:
            raise ValueError("correlation goes from 0 to below 1")
        return self


class SeriesDocument(Strict):
    """One observed series: what it observes, which rows it is, and how it was recorded."""

    title: str
    """One line for tables and charts."""
    observes: Observes
    select: Select
    window: Window
    """month, quarter, year: rows inside a window are added up, and a window with a gap is left out. as_given: every row
    is a window of its own, such as a round of a stock."""
    combine: Literal["one", "sum", "first_source"] = "one"
    """Rows of the same days: one (two are an error); their sum, such as of nationalities; or that of the source that
    select.source names first."""
    start: Annotated[Day, Field(alias="from")] = date(1990, 1, 1)
    """Windows before this day are left out."""
    to: Day = date(2100, 12, 31)
    """Windows after this day are left out."""
    missing: Literal["unknown", "zero"] = "unknown"
    """What a month without a row is, between the series' first day and its last: not known, or zero, as in files of
    incidents. Zero needs the keys from and to."""
    without_days_of: Identifier | None = None
    """Another series that says the same in other windows, such as months of these years: windows that share a day with
    one of its windows are left out, so that nothing is counted twice."""
    recorded: Names = ()
    """Rates that multiply what is true: names of the key rates, or indicators of observation.csv. Left out: all is
    recorded."""
    selection: Prior | None = None
    """Of a share: the odds to be asked of those counted, over the odds of the others."""
    interviews: Annotated[int, Field(ge=2), BeforeValidator(number_only)] | None = None
    """Of a share: people asked in a window, where the table's column base does not say."""
    noise: Identifier
    """Name of an entry of the key noise; series with the same name share its numbers, not their errors."""
    discrepancy_of: Identifier | None = None
    """Another series that observes the same people, such as detections and landings: where the model is off for one it
    is off for the other, in the same months by the same factor."""


class ObservationDocument(Strict):
    """An observation file as written."""

    observation: Identifier
    """Short name."""
    title: str
    description: str = ""
    noise: Annotated[dict[Identifier, Noise], Field(min_length=1)]
    """Kinds of scatter by name."""
    rates: dict[Identifier, Annotated[tuple[RatePeriod, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Recorded over true by name and period, for what observation.csv of the scenario does not have. The last period
    holds on after its end: what is forecast is recorded as it was last."""
    series: Annotated[dict[Identifier, SeriesDocument], Field(min_length=1)]
    """Observed series by name."""
