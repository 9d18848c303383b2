"""Levers in force on a day, as settings of legs and places: institutions write them, tables read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import DEMOGRAPHICS, F64, I32, SERVICES, U8, Service
from simulation.spec.models import LeverEntry, Scenario, Scope
from simulation.units import DAYS_PER_MONTH
from simulation.world.routes import DEMOGRAPHIC_NAMES, Routes

EPOCH = date(1990, 1, 1)
Mask = npt.NDArray[np.bool_]

VULNERABLE = 128  # eligibility "vulnerable" asks for at least this vulnerability, in 1/255: about 0.5


def day_number(day: date) -> int:
    """Return the absolute day, counted from 1990-01-01, that keys every draw: luck does not depend on a run's start."""
    return (day - EPOCH).days


def calendar(day: int) -> date:
    """Return the date of an absolute day."""
    return EPOCH + timedelta(days=day)


@dataclass
class Settings:
    """What the levers in force make of every leg and place today. Each array has exactly one writer: an institution."""

    # (L,) legs
    control: F64  # control intensity in [0, 1] after free movement; border authorities
    closed: Mask  # border authorities
    anti_smuggling: F64  # intensity in [0, 1]; smuggling markets
    information: F64  # reach x trust; information offices
    coverage: F64  # share of boats in reach of a rescue vessel; rescue operators
    disembark: I32  # place where the rescued land, -1: nearest port; rescue operators
    interception: F64  # pull-back intensity; coast guards
    quota: F64  # pathway places a day; pathway offices
    processing_factor: F64  # of the table's times; pathway offices
    acceptance: F64  # pathway offices
    awareness: F64  # pathway offices
    eligible: U8  # a bit a demographic; pathway offices
    min_vulnerability: U8  # in 1/255; pathway offices
    mobile: F64  # share of desert legs in reach of mobile teams; mobile teams
    # (P,) places
    after_arrest: F64  # (P, 2) chance of detention, adults and children (-1: exempt); detention authorities
    after_interception: F64  # (P, 2); detention authorities
    limit_days: F64  # 0: none; detention authorities
    alternatives: F64  # detention authorities
    unofficial: F64  # detention authorities
    harm_factor: F64  # conditions in official detention; detention authorities
    detention_capacity: F64  # people at a time, inf: no limit; detention authorities
    capacity: F64  # (P, SERVICES) people served a day; service providers
    firewall: F64  # share of fear removed; service providers
    knowledge: F64  # share of those who do not know of services who are told; service providers
    informal_loss: F64  # share of informal help lost; service providers
    referral: F64  # share of unmet needs referred onward; service providers
    expelled: F64  # share of exits from detention; return programmes
    assisted_exits: F64  # share of exits from detention; return programmes
    return_capacity: F64  # assisted returns a day, inf: no limit; return programmes
    relocation: F64  # places a day for arrivals; relocation offices
    relocation_pool: I32  # destinations with the same number share their places; relocation offices


def eligibility(kind: str) -> tuple[int, int]:
    """Return (a bit a demographic, least vulnerability in 1/255) of who may apply for a regular pathway."""
    child = [age == "child" for _, age, _ in DEMOGRAPHIC_NAMES]
    member = {
        "all": [True] * DEMOGRAPHICS,
        "vulnerable": [True] * DEMOGRAPHICS,
        "children": child,
        "unaccompanied": [alone == "unaccompanied" for _, _, alone in DEMOGRAPHIC_NAMES],
        "women_and_children": [
            sex == "female" or c for (sex, _, _), c in zip(DEMOGRAPHIC_NAMES, child, strict=True)
        ],
    }[kind]
    mask = sum(1 << bit for bit, is_member in enumerate(member) if is_member)
    return mask, VULNERABLE if kind == "vulnerable" else 0


def service_shares(scenario: Scenario) -> F64:
    """Return (SERVICES,) shares of a place's capacity; without services.csv all help is of the kind basic."""
    shares = np.zeros(SERVICES)
    if not scenario.services:
        shares[Service.BASIC] = 1.0
    for row in scenario.services:
        shares[Service[row.service.upper()]] = row.capacity_share
    return shares


def reference_settings(scenario: Scenario, routes: Routes, parameters: dict[str, float]) -> Settings:
    """Return the settings with no lever in force: the policy at which base hazards are defined."""
    n_legs, n_places = len(routes.legs), len(routes.places)
    regular = np.array([leg.purpose == "regular" for leg in routes.legs], np.bool_)
    may_apply = [eligibility(leg.eligible) for leg in routes.legs]

    def held(name: str) -> F64:
        return np.array([getattr(c, name) if c is not None else 0.0 for c in routes.detention], np.float64)

    def by_age(name: str) -> F64:
        return np.repeat(held(name)[:, None], 2, axis=1)

    def limit(name: str) -> F64:
        given = [getattr(p, name) for p in routes.places]
        return np.array([np.inf if x is None else x for x in given], np.float64)

    capacity = np.array([p.service_capacity for p in routes.places], np.float64)
    return Settings(
        control=np.where(routes.land_controls, parameters["control_reference"], 0.0),
        closed=np.zeros(n_legs, np.bool_),
        anti_smuggling=np.zeros(n_legs),
        information=np.zeros(n_legs),
        coverage=np.zeros(n_legs),
        disembark=np.full(n_legs, -1, np.int32),
        interception=np.zeros(n_legs),
        quota=np.array([leg.quota / DAYS_PER_MONTH for leg in routes.legs], np.float64),
        processing_factor=np.ones(n_legs),
        acceptance=np.array([leg.acceptance for leg in routes.legs], np.float64),
        awareness=np.where(regular, parameters["pathway_awareness"], 1.0),
        eligible=np.array([mask for mask, _ in may_apply], np.uint8),
        min_vulnerability=np.array([least for _, least in may_apply], np.uint8),
        mobile=np.zeros(n_legs),
        after_arrest=by_age("after_arrest"),
        after_interception=by_age("after_interception"),
        limit_days=np.zeros(n_places),
        alternatives=held("alternatives_share"),
        unofficial=held("unofficial_share"),
        harm_factor=np.ones(n_places),
        detention_capacity=limit("detention_capacity"),
        capacity=capacity[:, None] * service_shares(scenario),
        firewall=np.zeros(n_places),
        knowledge=np.zeros(n_places),
        informal_loss=np.zeros(n_places),
        referral=np.zeros(n_places),
        expelled=held("exit_expelled"),
        assisted_exits=held("exit_assisted"),
        return_capacity=limit("return_capacity"),
        relocation=np.zeros(n_places),
        relocation_pool=np.zeros(n_places, np.int32),
    )


def in_force(entry: LeverEntry, today: date) -> bool:
    """Return whether a lever's setting holds today; both ends count."""
    return (entry.start is None or entry.start <= today) and (entry.end is None or today <= entry.end)


def _is_everywhere(scope: Scope) -> bool:
    return not (scope.countries or scope.places or scope.legs or scope.pathways)


def legs_in_scope(scope: Scope, routes: Routes) -> Mask:
    """Return (L,) whether each leg is in scope: its country is its origin's; of a sea leg, by the zone too."""
    if _is_everywhere(scope):
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
    if _is_everywhere(scope):
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
