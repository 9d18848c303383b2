"""How far a score hangs on one camp, on inputs that are not exact, on told sizes, and on the parameters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calibration.camp_scores import averaged_difference
from experiments.flee.validation import validate
from simulation.displacement.case import DisplacementCase, DisplacementPlace
from simulation.displacement.parameters import DEFAULTS
from simulation.kernels.rng import Stream, stream_key

# Standard deviations of the logarithm by which inputs are moved at random.
ROAD_ERROR, POPULATION_ERROR, CAPACITY_ERROR = 0.2, 0.5, 0.2


def _rebuilt(case: DisplacementCase, **changed: object) -> DisplacementCase:
    return DisplacementCase.model_validate({**dict(case), **changed})


def without_camp(case: DisplacementCase, camp: str) -> DisplacementCase:
    """Return the case without a camp: its place is passed through as a town, and its people are nobody's total."""
    places = [
        p.model_copy(update={"kind": "town", "capacity": None, "capacity_per_day": 0.0})
        if p.name == camp
        else p
        for p in case.places
    ]
    return _rebuilt(
        case,
        places=tuple(places),
        observed=tuple(s for s in case.observed if s.place != camp),
        corrections=tuple(c for c in case.corrections if c.place != camp),
        closures=tuple(c for c in case.closures if c.kind not in ("camp", "idp_camp") or c.name1 != camp),
    )


def without_sizes(case: DisplacementCase, camps: tuple[str, ...] | None = None) -> DisplacementCase:
    """Return the case in which some camps, or all, have no size that people know of, and no limit."""
    hidden = case.camps if camps is None else camps
    places = [
        p.model_copy(update={"capacity": None, "capacity_per_day": 0.0}) if p.name in hidden else p
        for p in case.places
    ]
    return _rebuilt(case, places=tuple(places))


def perturbed(case: DisplacementCase, seed: int) -> DisplacementCase:
    """Return the case with roads, populations and capacities multiplied by log-normal errors of median 1."""
    key = np.array([stream_key(seed, Stream.PARAMETERS), 0], np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))

    def error(spread: float) -> float:
        return float(np.exp(spread * generator.standard_normal()))

    def moved(place: DisplacementPlace) -> DisplacementPlace:
        population = place.population * error(POPULATION_ERROR)
        size = error(CAPACITY_ERROR)
        capacity = None if place.capacity is None else place.capacity * size
        return place.model_copy(update={"population": population, "capacity": capacity})

    roads = [road.model_copy(update={"km": road.km * error(ROAD_ERROR)}) for road in case.roads]
    return _rebuilt(case, places=tuple(moved(p) for p in case.places), roads=tuple(roads))


def score(case: DisplacementCase, seeds: int, *, scale: float = 1.0) -> float:
    """Return the mean rescaled averaged relative difference of a case over seeds."""
    return float(validate(case, seeds, scale=scale).scores(rescaled=True).mean())


def leave_one_out(case: DisplacementCase, seeds: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield (camp, score without it, capacities alone without it, score with only its size hidden)."""
    for camp in case.camps:
        rest = without_camp(case, camp)
        found = validate(rest, seeds)
        naive = found.naive.get("shares of capacities")
        alone = np.nan if naive is None else averaged_difference(naive, found.observed, rescaled=True)
        hidden = score(without_sizes(case, (camp,)), seeds)
        yield camp, float(found.scores(rescaled=True).mean()), alone, hidden


def perturbations(case: DisplacementCase, draws: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (draws,) scores of one seed each, under inputs that are moved at random."""
    return np.array([score(perturbed(case, seed), 1) for seed in range(1, draws + 1)])


def parameter_ends(case: DisplacementCase, seeds: int) -> Iterator[tuple[str, float, float]]:
    """Yield (parameter, score at the low end of its range, at the high end), the others at their defaults."""
    for name, parameter in DEFAULTS.items():
        ends = [
            score(_rebuilt(case, parameters={name: end}), seeds) for end in (parameter.low, parameter.high)
        ]
        yield name, ends[0], ends[1]
