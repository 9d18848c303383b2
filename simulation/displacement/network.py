"""The map of a displacement scenario as arrays, and what is open, in conflict or taking people in on each day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.displacement.case import CAMPS, CaseClosure, DisplacementCase
from simulation.kernels.layout import F64, I32, U32
from simulation.world.routes import name_hash

_DAYS = (1e-6, 1e6)  # of a leg: above 0, and so few that the day on which it ends is a number of the engine
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Places, and two legs for every road: leg 2r from its first place to its second, 2r + 1 back.

    P places, L legs, K camps, T days.
    """

    names: tuple[str, ...]  # (P,)
    leg_names: tuple[str, ...]  # (L,) origin>destination
    origin: I32  # (L,)
    destination: I32  # (L,)
    days: F64  # (L,) of travel
    camp: I32  # (K,) place of each camp
    camp_hash: U32  # (K,) of the camp's name: the draw's item
    intensity: F64  # (T, P) of conflict, 0 where there is none
    leg_open: Mask  # (T, L)
    camp_open: Mask  # (T, K) takes people in
    capacity: F64  # (T, K) people, inf where there is no limit

    @property
    def changes(self) -> Mask:
        """(T,) whether ways, camps or conflicts differ from the day before; the first day is one."""
        same = np.ones(self.intensity.shape[0], np.bool_)
        same[0] = False
        for table in (self.intensity, self.leg_open, self.camp_open):
            same[1:] &= (table[1:] == table[:-1]).all(axis=1)
        return ~same


def _days(closure: CaseClosure, n_days: int) -> slice:
    return slice(closure.first_day, n_days if closure.last_day is None else closure.last_day + 1)


def _leg_open(case: DisplacementCase, origin: I32, destination: I32) -> Mask:
    """Return (T, L) whether a leg can be started: borders, places and roads are closed in both directions."""
    names = np.array([p.name for p in case.places])
    country = np.array([p.country for p in case.places])
    open_ = np.ones((case.days, origin.size), np.bool_)
    for closure in case.closures:
        if closure.kind in CAMPS:
            continue
        label = country if closure.kind == "country" else names
        a, b = label[origin], label[destination]
        if closure.kind == "location":
            shut = (a == closure.name1) | (b == closure.name1)
        else:
            shut = ((a == closure.name1) & (b == closure.name2)) | (
                (a == closure.name2) & (b == closure.name1)
            )
        open_[_days(closure, case.days), shut] = False
    return open_


def _camp_open(case: DisplacementCase) -> Mask:
    """Return (T, K): a camp takes people in but while it is closed; another place from the end of its first closure."""
    kind = {p.name: p.is_camp for p in case.places}
    open_ = np.zeros((case.days, len(case.camps)), np.bool_)
    for k, name in enumerate(case.camps):
        closures = [c for c in case.closures if c.kind in CAMPS and c.name1 == name]
        ends = [case.days if c.last_day is None else c.last_day + 1 for c in closures]
        open_[0 if kind[name] else min(ends) :, k] = True
        for closure in closures:
            open_[_days(closure, case.days), k] = False
    return open_


def build_network(case: DisplacementCase) -> Network:
    """Return the arrays of a case."""
    index = {p.name: i for i, p in enumerate(case.places)}
    ends = [(index[r.name1], index[r.name2]) for r in case.roads]
    both = np.array([e for a, b in ends for e in ((a, b), (b, a))], np.int32).reshape(-1, 2)
    origin, destination = both[:, 0].copy(), both[:, 1].copy()
    speed = case.all_parameters["km_per_day"]
    days = np.repeat([r.km / (min(r.km_per_day, speed) if r.km_per_day else speed) for r in case.roads], 2)
    intensity = np.zeros((case.days, len(case.places)))
    for spell in case.conflicts:
        intensity[spell.first_day : spell.last_day + 1, index[spell.place]] = spell.intensity
    by_name = {p.name: p for p in case.places}
    capacity = np.empty((case.days, len(case.camps)))
    for k, name in enumerate(case.camps):
        place = by_name[name]
        base = np.inf if place.capacity is None else place.capacity
        capacity[:, k] = base + place.capacity_per_day * np.arange(1, case.days + 1)
    names = tuple(p.name for p in case.places)
    return Network(
        names=names,
        leg_names=tuple(f"{names[a]}>{names[b]}" for a, b in both),
        origin=origin,
        destination=destination,
        days=np.clip(days, *_DAYS),
        camp=np.array([index[name] for name in case.camps], np.int32),
        camp_hash=np.array([name_hash(name, 32) for name in case.camps], np.uint32),
        intensity=intensity,
        leg_open=_leg_open(case, origin, destination),
        camp_open=_camp_open(case),
        capacity=capacity,
    )  # fmt: skip
