"""Closed, frozen models of everything that a fit file may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from calibration.emulator import LEAST_REPLICATES
from simulation.spec.models import Day, Identifier, Strict
from simulation.spec.quantities import number_only

Count = Annotated[int, Field(ge=1, le=100_000), BeforeValidator(number_only)]
CountOrNone = Annotated[int, Field(ge=0, le=100_000), BeforeValidator(number_only)]
PartOfAll = Annotated[float, Field(gt=0.0, le=1.0), BeforeValidator(number_only)]
Correlation = Annotated[float, Field(ge=0.0, lt=1.0), BeforeValidator(number_only)]
Seed = Annotated[int, Field(ge=0, lt=2**64), BeforeValidator(number_only)]


class YearlyDocument(Strict):
    """Journeys of some streams, a factor of their own in every year."""

    streams: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names stream:NAME, or patterns with * and ?; in a year they move together."""
    correlation: Correlation = 0.5
    """Of a year and the next, on the scale of normal scores; years further apart correlate by its powers."""


class RunsDocument(Strict):
    """How many runs are made."""

    replicates: CountOrNone = 12
    """Runs at the best estimates that differ in luck alone: they show how large luck is. 0: luck is that of Poisson
    counts, which holds for no share."""
    waves: Annotated[tuple[Count, ...], Field(min_length=1)] = (256, 128)
    """Runs of each wave; the first fills the prior, later ones what the data do not rule out."""

    @model_validator(mode="after")
    def _shows_luck(self) -> RunsDocument:
        if 0 < self.replicates < LEAST_REPLICATES:
            raise ValueError(
                f"replicates: {self.replicates} show no variance; take 0, or {LEAST_REPLICATES} or more"
            )
        return self


class SamplingDocument(Strict):
    """How the posterior is drawn; each step is of an ensemble of twice as many walkers as there are unknowns."""

    steps: Count = 600
    """Steps that are kept."""
    drop: Count = 300
    """Steps before."""
    draws: Count = 1000
    """Draws in the posterior file."""


class FitDocument(Strict):
    """A fit file as written."""

    fit: Identifier
    """Short name; the folder of results is named after it."""
    title: str
    """One line for reports."""
    description: str = ""
    """What is fitted to what, and why so."""
    scenario: str
    """Scenario file; a path relative to this one. Its period says which years there are."""
    observation: str
    """Observation file: what was observed, and how imperfectly; a path relative to this one."""
    observed: tuple[str, ...] = ()
    """Files of observed numbers that `import dtm` knows, paths relative to this file; more can be given on the
    command line."""
    until: Day
    """Last day of what is fitted; what was observed in windows that end later is not looked at."""
    factors: tuple[str, ...] = ()
    """Names of uncertain numbers that are fitted, or patterns with * and ?, each a factor, as in plans."""
    groups: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """A label, and the names or patterns whose numbers move together as one factor, as in plans."""
    yearly: dict[str, YearlyDocument] = Field(default_factory=dict)
    """A label, and streams whose journeys are fitted year by year."""
    runs: RunsDocument = RunsDocument()
    """How many runs are made."""
    scale: PartOfAll
    """Share of people simulated in these runs."""
    sampling: SamplingDocument = SamplingDocument()
    """How the posterior is drawn."""
    seed: Seed = 1
    """Seed of designs, runs and draws."""
