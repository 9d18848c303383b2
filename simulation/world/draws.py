"""One joint draw of every uncertain number of a scenario, keyed by the number's name: arms of a comparison share it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from simulation.kernels.rng import Stream as Chance
from simulation.kernels.rng import stream_key
from simulation.spec.models import (
    Composition,
    Custody,
    Leg,
    Parameter,
    Place,
    RelativeRisk,
    Scenario,
    Stream,
    Strict,
)
from simulation.world.routes import EVERY_GROUP, name_hash

Row = TypeVar("Row", bound=Strict)
Others = Literal["draw", "median"]
"""What becomes of numbers whose uniform is not given: drawn by key, or at their best estimate."""

MEDIAN = 0.5


class Draw:
    """Draw number ``number`` of a seed: a source of keyed uniforms, one a name."""

    def __init__(self, seed: int, number: int) -> None:
        """Remember seed and number; nothing is drawn yet."""
        self._key = int(stream_key(seed, Chance.PARAMETERS)) ^ number

    def uniform(self, name: str) -> float:
        """Return the uniform in [0, 1) that belongs to a name."""
        key = np.array(
            [self._key, name_hash(name, 64)], np.uint64
        )  # a list of large integers would be rounded
        return float(np.random.Generator(np.random.Philox(key=key)).random())

    def choose(self, name: str, of_one: str) -> str:
        """Return whose uniform counts: that of a name, or that of one of the numbers behind it."""
        return name

    def around(self, name: str, value: float, low: float, high: float, *, log: bool = True) -> float:
        """Return a draw from [low, high] with median ``value``; see ``draw_around``."""
        return draw_around(self.uniform(name), value, low, high, log=log)

    def redraw(self, row: Row, name: str, field: str) -> Row:
        """Return a row with one field drawn from its range; as it is where the row gives no range."""
        own = f"{field}_low" in type(row).model_fields
        low, high = (getattr(row, f"{field}_{end}" if own else end, None) for end in ("low", "high"))
        value = getattr(row, field)
        if value is None or low is None or high is None:
            return row
        return row.model_copy(update={field: self.around(name, value, low, high)})


def _between(u: float, low: float, high: float, *, log: bool) -> float:
    """Return the quantile u of the uniform on [low, high], on the log scale where ``log`` and low > 0."""
    if log and low > 0:
        return math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
    return low + u * (high - low)


def draw_around(u: float, value: float, low: float, high: float, *, log: bool) -> float:
    """Return the quantile u of a distribution on [low, high] whose median is ``value``.

    Half of the draws lie below the value and half above, each half uniform (log-uniform where ``log`` and its low end
    is above 0): a range that is wide to one side does not move the centre away from the best estimate.
    """
    exact = {0.0: low, MEDIAN: value, 1.0: high}
    if u in exact:
        return exact[u]  # to the last bit, which a logarithm and back would not give
    if u < MEDIAN:
        return _between(2.0 * u, low, value, log=log)
    return _between(2.0 * u - 1.0, value, high, log=log)


class _Given(Draw):
    """Uniforms that are given by name; for other names keyed ones, or the median."""

    def __init__(self, seed: int, number: int, given: Mapping[str, float], others: Others) -> None:
        super().__init__(seed, number)
        self._given, self._others = given, others

    def uniform(self, name: str) -> float:
        """Return the uniform given for a name, else what ``others`` says."""
        if name in self._given:
            return self._given[name]
        return MEDIAN if self._others == "median" else super().uniform(name)

    def choose(self, name: str, of_one: str) -> str:
        """Return the name of the one number if its uniform is given."""
        return of_one if of_one in self._given else name


Range = tuple[float, float, float, bool]
"""Best estimate, low, high, and whether draws are even on the log scale."""


class _Listing(Draw):
    """Draws every number at its best estimate and notes the names and ranges of those that have one."""

    def __init__(self, *, by_year: bool) -> None:
        super().__init__(0, 0)
        self.names: dict[str, set[Range]] = {}
        self._by_year = by_year

    def choose(self, name: str, of_one: str) -> str:
        """Return the name of each year if those are asked for."""
        return of_one if self._by_year else name

    def around(self, name: str, value: float, low: float, high: float, *, log: bool = True) -> float:
        """Note the name if its number can differ from the best estimate, which is returned."""
        if low < value or value < high:
            self.names.setdefault(name, set()).add((value, low, high, log))
        return value


# Name of the draw that the places of a country share -> column.
_OF_COUNTRY = {
    "capacity": "service_capacity",
    "work": "work_chance",
    "wage": "wage",
    "detention": "detention_capacity",
    "returns": "return_capacity",
}
_EXITS = ("exit_expelled", "exit_assisted", "exit_bribe")
_CUSTODY = (
    "after_arrest", "after_interception", *_EXITS, "unofficial_share", "alternatives_share", "exit_ransom",
    "ransom_usd",
)  # fmt: skip


def _parameter(draw: Draw, parameter: Parameter) -> Parameter:
    log = parameter.distribution == "loguniform"
    name, value = f"parameter:{parameter.name}", parameter.value
    drawn = draw.around(name, value, parameter.low, parameter.high, log=log)
    return parameter.model_copy(update={"value": drawn})


def _place(draw: Draw, place: Place) -> Place:
    place = draw.redraw(place, f"stay:{place.kind}", "stay_days")
    for name, field in _OF_COUNTRY.items():
        place = draw.redraw(place, f"{name}:{place.country}", field)
    return place


def _leg(draw: Draw, leg: Leg) -> Leg:
    if leg.price_low > 0:
        middle = math.sqrt(leg.price_low * leg.price_high)
        price = draw.around(f"price:{leg.risk_zone}", middle, leg.price_low, leg.price_high)
        leg = leg.model_copy(update={"price_low": price, "price_high": price})
    if leg.purpose == "regular":
        leg = draw.redraw(leg, f"quota:{leg.pathway}", "quota")
        leg = draw.redraw(leg, f"acceptance:{leg.pathway}", "acceptance")
    return leg


def _custody(draw: Draw, custody: Custody) -> Custody:
    name = f"custody:{custody.zone}:{custody.setting}"
    custody = draw.redraw(custody, name, "mean_days")
    for field in _CUSTODY:
        custody = draw.redraw(custody, f"{name}:{field}", field)
    exits: float = sum(getattr(custody, field) for field in _EXITS)
    if exits <= 1.0:
        return custody
    return custody.model_copy(update={field: getattr(custody, field) / exits for field in _EXITS})


def _stream(draw: Draw, row: Stream) -> Stream:
    """Draw the journeys of a year: by the stream's uniform, which all years share, or by the year's own if given."""
    name = f"stream:{row.stream}"
    return draw.redraw(row, draw.choose(name, f"{name}:{row.year}"), "journeys")


def _relative_risk(draw: Draw, row: RelativeRisk) -> RelativeRisk:
    name = f"relative:{row.outcome}:{row.sex}:{row.age}"
    return draw.redraw(row, name if row.risk_group == EVERY_GROUP else f"{name}:{row.risk_group}", "value")


def _composition(draw: Draw, row: Composition) -> Composition:
    """Draw sex, age and the share bound for Europe; the other intentions keep their proportions."""
    for field in ("female", "child", "savings_factor"):
        row = draw.redraw(row, f"{field}:{row.stream}", field)
    drawn = draw.redraw(row, f"europe:{row.stream}", "europe")
    if drawn.europe == row.europe or row.europe >= 1.0:
        return row
    rest = (1.0 - drawn.europe) / (1.0 - row.europe)
    others = {name: getattr(row, name) * rest for name in ("north_africa", "region", "circular")}
    return drawn.model_copy(update=others)


def draw_scenario(
    scenario: Scenario,
    *,
    seed: int,
    draw: int,
    given: Mapping[str, float] | None = None,
    others: Others = "draw",
) -> Scenario:
    """Return the scenario with every number that has a range drawn jointly; the median of each is its best estimate.

    Args:
        scenario: A valid scenario. Its parameter overrides are choices, not uncertainties: they stay.
        seed: Seed of the comparison.
        draw: Number of the draw; the same (seed, draw) gives the same numbers in every scenario that has the names.
        given: Uniforms in [0, 1] by name, in place of the keyed ones. Names that the scenario lacks do nothing, since
            arms of a comparison may differ in what they have; ``find_uncertain`` lists those that it has.
        others: Numbers that are not given are drawn by key ("draw"), or stay at their best estimate ("median").

    Numbers that are uncertain for one reason share a draw: a stream's journeys over the years (unless the uniform of
    a year is given, as ``stream:NAME:YEAR``), stays at places of a
    kind, services, work, wages and capacities of a country, fares of a zone, quotas and odds of a kind of pathway, how
    much of an indicator is recorded over the years.

    Raises:
        ValueError: A given uniform is outside [0, 1] or not a number.
    """
    if given is None and others == "draw":
        return _redraw(Draw(seed, draw), scenario)
    for name, u in (given or {}).items():
        if not 0.0 <= u <= 1.0:
            raise ValueError(f"the uniform of {name!r} must lie in [0, 1]; got {u}")
    return _redraw(_Given(seed, draw, given or {}, others), scenario)


def find_uncertain(scenario: Scenario, *, by_year: bool = False) -> tuple[str, ...]:
    """Return the names of the draws of a scenario, each once, in the order of its tables.

    One name may stand for several numbers, which share its uniform. Numbers whose range is a point have none, nor have
    parameters that the scenario overrides. With ``by_year`` the journeys of streams are listed year by year.
    """
    listing = _Listing(by_year=by_year)
    _redraw(listing, scenario)
    return tuple(listing.names)


def find_ranges(scenario: Scenario) -> dict[str, set[Range]]:
    """Return the ranges that uncertain numbers have, by name; journeys of streams both by stream and by year."""
    found: dict[str, set[Range]] = {}
    for by_year in (False, True):
        listing = _Listing(by_year=by_year)
        _redraw(listing, scenario)
        found |= listing.names
    return found


def read_uniforms(names: Iterable[str], *, seed: int, draw: int) -> npt.NDArray[np.float64]:
    """Return the keyed uniforms (n_names,) in [0, 1) that ``draw_scenario`` uses for these names."""
    source = Draw(seed, draw)
    return np.array([source.uniform(name) for name in names], np.float64)


def _redraw(one: Draw, scenario: Scenario) -> Scenario:
    overridden = scenario.document.parameters
    return scenario.model_copy(
        update={
            "parameters": tuple(
                p if p.name in overridden else _parameter(one, p) for p in scenario.parameters
            ),
            "places": tuple(_place(one, place) for place in scenario.places),
            "legs": tuple(_leg(one, leg) for leg in scenario.legs),
            "risks": tuple(
                one.redraw(r, f"risk:{r.zone}:{r.setting}:{r.outcome}", "value") for r in scenario.risks
            ),
            "vehicle_risks": tuple(
                one.redraw(v, f"vehicle:{v.zone}:{v.quantity}", "value") for v in scenario.vehicle_risks
            ),
            "custody": tuple(_custody(one, custody) for custody in scenario.custody),
            "streams": tuple(_stream(one, row) for row in scenario.streams),
            "composition": tuple(_composition(one, row) for row in scenario.composition),
            "initial": tuple(one.redraw(g, f"initial:{g.stream}", "people") for g in scenario.initial),
            "relative_risks": tuple(_relative_risk(one, row) for row in scenario.relative_risks),
            "services": tuple(one.redraw(s, f"relief:{s.service}", "relief") for s in scenario.services),
            "unit_costs": tuple(one.redraw(c, f"cost:{c.item}", "value") for c in scenario.unit_costs),
            "observation": tuple(
                one.redraw(o, f"observation:{o.indicator}:{o.scope}", "rate") for o in scenario.observation
            ),
        }
    )
