"""Hazards under today's policy: rates of cells, shared fates and fares of legs, and what of it people can know."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulation.kernels import layout
from simulation.kernels.layout import F64, HARMS, I32, PLACE_BLOCKS, Purpose, Rate, Status
from simulation.world.choice import Perceived
from simulation.world.market import rescue_quality
from simulation.world.outlook import Outlook
from simulation.world.policy import Mask, Settings
from simulation.world.routes import Routes

_CERTAIN = 0.999999  # a chance of 1 per leg would be an infinite rate


@dataclass(frozen=True)
class LegHazards:
    """What policy and market make of the legs today; (L,) each."""

    arrest_factor: F64  # on base arrests: control up to the reference
    arrests: F64  # further arrests a day: control beyond the reference, and of drivers
    shared: F64  # (L, 3) rates a day of peril, pick-up and interception, shared by a vehicle
    rescue_share: F64  # chance that help reaches a vehicle in peril
    fare: F64  # USD
    dies_in_peril: F64  # chance of death of each person aboard, given peril


def _per_day(chance: F64, days: F64) -> F64:
    """Return rates a day that add up to ``chance`` over ``days``."""
    return np.asarray(-np.log1p(-np.minimum(chance, _CERTAIN)) / days, np.float64)


def vulnerability_multiplier(gamma: float, start: float) -> F64:
    """Return (256,) exp(gamma * (v - start)), divided by its mean over people who start (uniform on [0, 2 start])."""
    v = np.arange(256) / 255.0
    spread = gamma * start
    mean = math.sinh(spread) / spread if spread != 0 else 1.0
    return np.asarray(np.exp(gamma * (v - start)) / mean, np.float64)


def vehicle_chance(routes: Routes, quantity: str) -> F64:
    """Return (L,) a quantity of vehicle_risks.csv, 0 where people travel without shared fate."""
    found = routes.vehicle_chances.get(quantity)
    return np.zeros(len(routes.legs)) if found is None else found


def _is_irregular(routes: Routes, *, by_land: bool = False, with_vehicles: bool = False) -> Mask:
    found: Mask = np.asarray(routes.purpose == Purpose.IRREGULAR, np.bool_)
    if by_land:
        found &= routes.is_sea == 0
    if with_vehicles:
        found &= routes.vehicle_capacity > 0
    return found


def control_terms(routes: Routes, control: F64, reference: float) -> tuple[F64, F64]:
    """Return (L,) control beyond the reference, as a share of what can be added, and (L,) the share of it in force.

    beyond = max(0, (c - r) / (1 - r)) with r the reference; within = min(c / r, 1) on controlled legs by land, where
    base arrests are defined, and 1 elsewhere.
    """
    r = np.where(routes.land_controls, reference, 0.0)
    beyond = np.maximum((control - reference) / (1.0 - reference), 0.0)
    within = np.where(r > 0, np.minimum(control / np.where(r > 0, r, 1.0), 1.0), 1.0)
    return beyond, within


def _arrests(routes: Routes, settings: Settings, beyond: F64, p: dict[str, float]) -> F64:
    """Return (L,) arrests a day that come on top of base arrests."""
    controls = _per_day(beyond * p["arrest_at_full"], routes.mean_days)
    drivers = _per_day(settings.anti_smuggling * p["driver_arrest_at_full"], routes.mean_days)
    return np.where(routes.land_controls, controls, 0.0) + np.where(
        _is_irregular(routes, by_land=True), drivers, 0.0
    )


def _sought(routes: Routes, settings: Settings, full: float) -> F64:
    """Return (L,) factor of anti-smuggling on a leg with vehicles, ``full`` at intensity 1."""
    carried = _is_irregular(routes, with_vehicles=True)
    return np.where(carried, 1.0 + settings.anti_smuggling * (full - 1.0), 1.0)


def _peril(routes: Routes, settings: Settings, outlook: Outlook, beyond: F64) -> F64:
    """Return (L,) chance of peril per leg."""
    p = outlook.parameters
    full = np.where(routes.is_main, p["main_peril_full"], p["bypass_peril_full"])
    factor = np.where(routes.is_sea == 1, 1.0, 1.0 + beyond * (full - 1.0))
    factor *= _sought(routes, settings, p["anti_smuggling_peril"])
    if outlook.market_on:
        factor *= outlook.market.quality * rescue_quality(routes, settings.coverage, p)
    return np.minimum(vehicle_chance(routes, "peril") * factor, _CERTAIN)


def _fares(routes: Routes, settings: Settings, outlook: Outlook, beyond: F64) -> F64:
    """Return (L,) USD asked for a leg today."""
    p = outlook.parameters
    controls = 1.0 + beyond * (p["price_ratio_full"] - 1.0)
    by_land = _is_irregular(routes, by_land=True)
    price = np.where(by_land, routes.price * controls, routes.price)
    price *= _sought(routes, settings, p["anti_smuggling_price"])
    return price * outlook.market.price if outlook.market_on else price


def leg_hazards(routes: Routes, settings: Settings, outlook: Outlook) -> LegHazards:
    """Return what the settings and the market make of every leg."""
    p = outlook.parameters
    beyond, within = control_terms(routes, settings.control, p["control_reference"])
    full = vehicle_chance(routes, "interception_full") * settings.interception
    pulled = np.where(unless_closed(routes.back_leg, settings) >= 0, full, 0.0)
    chances = (
        _peril(routes, settings, outlook, beyond),
        vehicle_chance(routes, "pickup") * settings.coverage,
        pulled,
    )
    share = vehicle_chance(routes, "rescue_share")
    mobile = settings.mobile * p["mobile_reach"]
    rescue = np.where(routes.is_sea == 1, share * settings.coverage, share + (1.0 - share) * mobile)
    rescue = np.where(_is_irregular(routes), rescue, 0.0)
    dies = rescue * vehicle_chance(routes, "death_rescued")
    dies += (1 - rescue) * vehicle_chance(routes, "death_unrescued")
    return LegHazards(
        arrest_factor=within,
        arrests=_arrests(routes, settings, beyond, p),
        shared=np.stack([_per_day(c, routes.mean_days) for c in chances], axis=1),
        rescue_share=rescue,
        fare=_fares(routes, settings, outlook, beyond),
        dies_in_peril=dies,
    )


def unless_closed(leg: I32, settings: Settings) -> I32:
    """Return legs that places or other legs lead to, (n,), -1 where there is none or it is closed today."""
    return np.where((leg >= 0) & ~settings.closed[np.maximum(leg, 0)], leg, -1).astype(np.int32)


def open_legs(routes: Routes, settings: Settings) -> Mask:
    """Return (L,) whether a leg can be chosen today: not closed, and, if regular, with places."""
    return np.asarray(
        ~settings.closed & ((routes.purpose != Purpose.REGULAR) | (settings.quota > 0)), np.bool_
    )


def known_risks(routes: Routes, settings: Settings, hazards: LegHazards, outlook: Outlook) -> Perceived:
    """Return what is true of every leg today, and how the uninformed see it."""
    p, days = outlook.parameters, routes.mean_days
    total = hazards.shared.sum(axis=1) * days
    occurs = (
        np.where(total > 0, -np.expm1(-total) / np.where(total > 0, total, 1.0), 0.0)[:, None]
        * hazards.shared
        * days[:, None]
    )
    regular = routes.purpose == Purpose.REGULAR
    arrests = routes.leg_risk[:, int(Rate.ARREST)] * hazards.arrest_factor + hazards.arrests
    death = -np.expm1(-routes.leg_risk[:, int(Rate.DEATH)] * days) + occurs[:, 0] * hazards.dies_in_peril
    told = settings.information * p["information_effect"]
    queue = np.where(regular, p["queue_weight"] * outlook.wait, 0.0)
    return Perceived(
        death=np.where(regular, 0.0, death),
        stopped=np.where(regular, 0.0, -np.expm1(-arrests * days) + occurs[:, 2]),
        price=hazards.fare,
        days=days * settings.processing_factor + queue,
        admitted=settings.acceptance,
        open=open_legs(routes, settings),
        bias=outlook.bias + (1.0 - outlook.bias) * told,
    )


def cell_rates(routes: Routes, settings: Settings, hazards: LegHazards, p: dict[str, float]) -> F64:
    """Return (C, R, RATES) rates a day of every cell and risk class."""
    n_legs, n_places = len(routes.legs), len(routes.places)
    rr = routes.relative_risk
    rate = np.zeros((layout.n_cells(n_legs, n_places), rr.shape[0], layout.RATES))

    def harms(base: F64) -> F64:
        return np.asarray(base[:, None, :] * rr[None], np.float64)

    regular = routes.purpose == Purpose.REGULAR
    on_leg = routes.leg_risk.copy()
    on_leg[:, int(Rate.ARREST)] *= hazards.arrest_factor
    rate[:n_legs, :, :HARMS] = harms(np.where(regular[:, None], routes.place_risk[routes.origin], on_leg))
    rate[:n_legs, :, Rate.ARREST] += hazards.arrests[:, None] * rr[None, :, int(Rate.ARREST)]
    lively = (routes.is_terminal == 0) & (routes.is_sea_zone == 0)
    seek = np.where(lively, p["service_seeking"], 0.0)
    stay = np.array([1.0 / place.stay_days for place in routes.places], np.float64)
    held = [1.0 / c.mean_days if c else 0.0 for c in routes.detention]
    taken = [1.0 / c.mean_days if c else 0.0 for c in routes.captivity]
    in_custody = {
        Status.DETAINED: (routes.detention_risk * settings.harm_factor[:, None], np.array(held, np.float64)),
        Status.CAPTIVE: (routes.captivity_risk, np.array(taken, np.float64)),
    }
    for block, status in enumerate(PLACE_BLOCKS):
        rows = slice(n_legs + block * n_places, n_legs + (block + 1) * n_places)
        if status in in_custody:
            risk, leave = in_custody[status]
        else:
            alternative = np.full(n_places, 1.0 / p["alternative_days"])
            risk, leave = routes.place_risk, alternative if status == Status.ALTERNATIVE else stay
            rate[rows, :, Rate.SEEK] = seek[:, None]
        rate[rows, :, :HARMS] = harms(risk)
        rate[rows, :, Rate.LEAVE] = leave[:, None]
    return rate


def death_chances(routes: Routes, settings: Settings, outlook: Outlook) -> F64:
    """Return (L,) true chance of death on every leg today, for somebody of average risk."""
    return known_risks(routes, settings, leg_hazards(routes, settings, outlook), outlook).death


def believed_deaths(routes: Routes, settings: Settings, outlook: Outlook) -> tuple[F64, F64]:
    """Return chances of death on every leg today: (2, L) as the informed and the uninformed see them, and (L,) true."""
    known = known_risks(routes, settings, leg_hazards(routes, settings, outlook), outlook)
    return np.minimum(known.bias * known.death, 1.0), known.death
