"""Closed, frozen models of everything that a plan file may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from experiments.design import Method, Seeds
from simulation.spec.models import Closure, Day, Identifier, Levers, Number, Strict
from simulation.spec.quantities import number_only

Analysis = Literal["comparison", "robustness", "sensitivity", "budget", "discovery"]
Count = Annotated[int, Field(ge=1, le=1_000_000), BeforeValidator(number_only)]
CountOrNone = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(number_only)]
AboveZero = Annotated[float, Field(gt=0.0), BeforeValidator(number_only)]
PartOfAll = Annotated[float, Field(gt=0.0, le=1.0), BeforeValidator(number_only)]
Seed = Annotated[int, Field(ge=0, lt=2**64), BeforeValidator(number_only)]


class ArmDocument(Strict):
    """A scenario, and what changes it for this plan only."""

    scenario: str
    """Scenario file; a path relative to the plan."""
    name: Identifier | None = None
    """Name of the arm; left out: the scenario's own. Must be given if the arm has levers, closures or parameters."""
    title: str | None = None
    """One line for charts and reports; left out: the scenario's own, or the name in words."""
    levers: Levers = Levers()
    """Levers on top of the scenario's, in the scenario language."""
    closures: tuple[Closure, ...] = ()
    """Legs closed over time, in place of the scenario's closures."""
    parameters: dict[Identifier, Number] = Field(default_factory=dict)
    """Parameters by name, on top of the scenario's overrides. They are choices and stay when numbers are drawn."""


class PlanPeriod(Strict):
    """Days that all arms cover. What is left out stays as the scenarios have it."""

    start: Day | None = None
    """First day."""
    departures_end: Day | None = None
    """Last day on which a journey starts."""
    end: Day | None = None
    """Last day on which people are followed."""


class DesignDocument(Strict):
    """How the uncertain numbers of each replicate are drawn."""

    method: Method = "random"
    """random: each number by itself. latin_hypercube, sobol: spread evenly. morris, saltelli: for sensitivity."""
    factors: tuple[str, ...] = ()
    """Names of uncertain numbers, or patterns with * and ?. Without factors and groups every name is a factor."""
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """A label, and the names or patterns whose numbers move together as one factor."""
    seeds: Seeds | None = None
    """own: a seed for each replicate; common: one for all. Left out: common for morris and saltelli, else own."""
    trajectories: Count | None = None
    """Only for morris: how many; each takes as many replicates as there are factors, and one. Left out: 10."""
    levels: Count | None = None
    """Only for morris: levels of the grid, an even number. Left out: 4."""
    samples: Count | None = None
    """Only for saltelli: a power of 2; each takes as many replicates as there are factors, and two. Left out: 64."""
    second_order: bool | None = None
    """Only for saltelli: whether pairs of factors are studied too, at nearly twice the replicates. Left out: false."""


class BudgetDocument(Strict):
    """Which arms are meant to cost the same, and how close is equal."""

    equal_usd: AboveZero | None = None
    """What each arm is meant to cost above the baseline, USD; left out: the mean of what they cost."""
    arms: tuple[Identifier, ...] = ()
    """Arms that are meant to cost the same; left out: all but the baseline."""
    tolerance: AboveZero | None = None
    """Share by which spending may differ and still be called equal; left out: 0.1."""


class PlanDocument(Strict):
    """A plan file as written."""

    plan: Identifier
    """Short name; the experiment folder is named after it."""
    title: str
    """One line for reports: the question."""
    description: str = ""
    """Why these arms, this period and so many replicates."""
    arms: Annotated[tuple[ArmDocument, ...], Field(min_length=1)]
    """What is compared; the first is the baseline."""
    cross: dict[Identifier, dict[Identifier, Levers]] = Field(default_factory=dict)
    """Levers crossed: a name for each question, below it its levels, below each level the levers that it sets on top of
    the first arm. Every combination of one level each is an arm. A level {} changes nothing."""
    period: PlanPeriod = PlanPeriod()
    """Days that all arms cover; left out: as in the scenarios."""
    replicates: Count | None = None
    """Joint draws of the uncertain numbers. Must be left out for morris and saltelli, whose factors decide it."""
    seeds_only: CountOrNone | None = None
    """Replicates that vary the seed alone, numbers at their best estimates: what luck does. Left out: as many as
    replicates, at most 20; 10 for morris and saltelli."""
    seed: Seed | None = None
    """Seed of draws, design and luck; left out: the baseline's own."""
    scale: PartOfAll = 1.0
    """Share of people simulated; results are weighted to everybody."""
    whole_period: bool = False
    """Count from the first day, not from the month in which the arms begin to differ."""
    posterior: str | None = None
    """Posterior file, a path relative to the plan: numbers that were fitted are drawn from it, all others from their
    ranges; runs that vary the seed alone have its medians. Left out: all are drawn from their ranges."""
    design: DesignDocument = DesignDocument()
    """How numbers are drawn; see below."""
    outcomes: tuple[str, ...] = ()
    """Outcomes to keep of every run, with what they and the analyses are made of; left out: all."""
    analyses: tuple[Analysis, ...] = ()
    """Results to compute. Left out: comparison, or sensitivity for morris and saltelli."""
    budget: BudgetDocument | None = None
    """For the analysis budget."""
