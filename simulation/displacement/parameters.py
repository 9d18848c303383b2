"""The parameters of displacement: one default set for every case, each with range, source and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulation.spec.quantities import Confidence


@dataclass(frozen=True, slots=True)
class DisplacementParameter:
    """A number of the rule set.

    Attributes:
        value: Default.
        low: Low end of the range that is still plausible.
        high: High end.
        unit: Unit of all three.
        meaning: What it does, in a line.
        source: Why this value.
        confidence: How far to trust it.
    """

    value: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    confidence: Confidence


DEFAULTS: dict[str, DisplacementParameter] = {
    "km_per_day": DisplacementParameter(
        200.0, 25.0, 400.0, "km/day", "distance covered a day, on foot and by vehicle together",
        "assumed: between walking (about 25 km/day) and a day by road (about 400 km); Suleimenova, Bell & Groen "
        "2017 (Scientific Reports 7:13377) let people move at most 200 km a day", "assumed",
    ),
    "size_elasticity": DisplacementParameter(
        0.75, 0.5, 1.0, "-", "elasticity of a camp's weight in the free places that it has",
        "theory: 1 if all places of a camp were alternatives of their own and told truly (McFadden 1978), between 0 "
        "and 1 where they are alike or the size is only a sign (Daly 1982, Transportation Research B 16:5); "
        "set to the middle of the range after a first look at five cases", "assumed",
    ),
    "distance_elasticity": DisplacementParameter(
        1.0, 0.5, 2.0, "-", "elasticity of a camp's weight in the perceived days to it, taken negative",
        "Zipf 1946 (American Sociological Review 11:677): movement between places falls with the first power of "
        "distance", "published",
    ),
    "trip_days": DisplacementParameter(
        1.0, 0.0, 3.0, "days", "days that every trip costs beside its travel",
        "assumed: to leave, to arrive and to be registered takes a day however near the camp", "assumed",
    ),
    "danger_weight": DisplacementParameter(
        1.0, 0.0, 3.0, "-", "perceived lengthening of a leg into a zone of conflict, at intensity 1",
        "assumed: such a leg counts twice; people go round where the way round is less than that", "assumed",
    ),
}  # fmt: skip


def check_parameters(given: Mapping[str, float]) -> None:
    """Raise ValueError unless every name is a parameter and every value within what the model can run."""
    for name, value in given.items():
        if name not in DEFAULTS:
            raise ValueError(f"{name} is no parameter of displacement (known: {', '.join(DEFAULTS)})")
        if not (value > 0.0 if name == "km_per_day" else value >= 0.0):
            raise ValueError(
                f"{name} must be {'above' if name == 'km_per_day' else 'at least'} 0, got {value}"
            )
