"""Levers in force on a day, as settings of legs and places: institutions write them, tables read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import F64
from simulation.spec.models import LeverEntry, Scenario, Scope
from simulation.units import DAYS_PER_MONTH
from simulation.world.routes import Routes

EPOCH = date(1990, 1, 1)
Mask = npt.NDArray[np.bool_]


def day_number(day: date) -> int:
    """Return the absolute day, counted from 1990-01-01, that keys every draw: luck does not depend on a run's start."""
    return (day - EPOCH).days


def calendar(day: int) -> date:
    """Return the date of an absolute day."""
    return EPOCH + timedelta(days=day)


@dataclass
class Settings:
    """What the levers in force make of every leg and place today. Each array has exactly one writer: an institution."""

    enforcement: F64  # (L,) control intensity in [0, 1]; border authorities
    coverage: F64  # (L,) share of boats in reach of a rescue vessel; rescue operators
    interception: F64  # (L,) pull-back intensity; coast guards
    quota: F64  # (L,) pathway places a day; pathway offices
    processing_factor: F64  # (L,) of the table's times; pathway offices
    acceptance: F64  # (L,); pathway offices
    awareness: F64  # (L,); pathway offices
    closed: Mask  # (L,); border authorities
    after_arrest: (
        F64  # (P, 2) chance of detention, adults and children (-1: children exempt); detention authorities
    )
    after_interception: F64  # (P, 2); detention authorities
    limit_days: F64  # (P,) 0: none; detention authorities
    capacity: F64  # (P,) people served a day; service providers


def reference_settings(scenario: Scenario, routes: Routes, awareness: float) -> Settings:
    """Return the settings with no lever in force: the policy at which base hazards are defined."""
    n_legs, n_places = len(routes.legs), len(routes.places)

    def chance(name: str) -> F64:
        per_place = [getattr(c, name) if c is not None else 0.0 for c in routes.detention]
        return np.repeat(np.array(per_place, np.float64)[:, None], 2, axis=1)

    return Settings(
        enforcement=np.zeros(n_legs),
        coverage=np.zeros(n_legs),
        interception=np.zeros(n_legs),
        quota=np.array([leg.quota / DAYS_PER_MONTH for leg in routes.legs], np.float64),
        processing_factor=np.ones(n_legs),
        acceptance=np.array([leg.acceptance for leg in routes.legs], np.float64),
        awareness=np.where([leg.purpose == "regular" for leg in routes.legs], awareness, 1.0),
        closed=np.zeros(n_legs, np.bool_),
        after_arrest=chance("after_arrest"),
        after_interception=chance("after_interception"),
        limit_days=np.zeros(n_places),
        capacity=np.array([p.service_capacity for p in routes.places], np.float64),
    )


def in_force(entry: LeverEntry, today: date) -> bool:
    """Return whether a lever's setting holds today; both ends count."""
    return (entry.start is None or entry.start <= today) and (entry.end is None or today <= entry.end)


def legs_in_scope(scope: Scope, routes: Routes) -> Mask:
    """Return (L,) whether each leg is in scope: its country is its origin's; of a sea leg, by the zone too."""
    if not (scope.countries or scope.places or scope.legs or scope.pathways):
        return np.ones(len(routes.legs), np.bool_)
    country = {p.id: p.country for p in routes.places}
    zones = {p.id for p in routes.places if p.kind == "sea_zone"}
    return np.array(
        [
            leg.id in scope.legs
            or country[leg.origin] in scope.countries
            or leg.origin in scope.places
            or (leg.destination in scope.places and leg.destination in zones)
            or (leg.pathway is not None and leg.pathway in scope.pathways)
            for leg in routes.legs
        ],
        np.bool_,
    )


def places_in_scope(scope: Scope, routes: Routes) -> Mask:
    """Return (P,) whether each place is in scope."""
    if not (scope.countries or scope.places or scope.legs or scope.pathways):
        return np.ones(len(routes.places), np.bool_)
    return np.array([p.id in scope.places or p.country in scope.countries for p in routes.places], np.bool_)


def change_days(scenario: Scenario) -> frozenset[int]:
    """Return the absolute days on which some lever or closure starts or stops to hold."""
    levers = scenario.document.levers
    entries: list[Iterable[LeverEntry]] = [getattr(levers, name) for name in type(levers).model_fields]
    days = {day_number(scenario.document.period.start)}
    for entry in [e for group in entries for e in group] + list(scenario.document.closures):
        if entry.start is not None:
            days.add(day_number(entry.start))
        if entry.end is not None:
            days.add(day_number(entry.end) + 1)
    return frozenset(days)
