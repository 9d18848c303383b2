"""Rows that kernels read: legs, places, options and the setup of a day as records."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.kernels import layout
from simulation.kernels.layout import DEMOGRAPHICS, F64, I32, Purpose
from simulation.spec.models import Coupling
from simulation.world.policy import Settings
from simulation.world.rates import LegHazards, open_legs, unless_closed, vehicle_chance
from simulation.world.routes import Routes

AnyArray = npt.NDArray[Any]
_EVERYBODY = (1 << DEMOGRAPHICS) - 1


def _records(dtype: np.dtype[np.void], **columns: AnyArray) -> layout.Records:
    """Return columns side by side as records; every field of the dtype must be given."""
    table = np.zeros(next(iter(columns.values())).shape[0], dtype)
    for name in dtype.names or ():
        table[name] = columns[name]
    return table


def is_own_way(routes: Routes) -> npt.NDArray[np.bool_]:
    """Return (L,) whether a leg is a way home that people pay for themselves: one of return with a price."""
    return np.asarray((routes.purpose == Purpose.RETURN_VOLUNTARY) & (routes.price > 0), np.bool_)


def fares_due(routes: Routes, fare: F64) -> I32:
    """Return (L,) whole USD that somebody pays who starts a leg of their own will."""
    pays = (routes.purpose == Purpose.IRREGULAR) | (routes.purpose == Purpose.REGULAR) | is_own_way(routes)
    return np.where(pays, np.rint(fare), 0.0).astype(np.int32)


def leg_records(routes: Routes, settings: Settings, hazards: LegHazards, scale: float) -> layout.Records:
    """Return the legs as the kernels read them."""
    days = routes.days * settings.processing_factor[:, None]
    irregular = routes.purpose == Purpose.IRREGULAR
    capacity = np.ceil(routes.vehicle_capacity * scale)
    port = np.where((settings.disembark >= 0) & (routes.is_sea == 1), settings.disembark, routes.rescue_place)
    return _records(
        layout.LEG,
        days_low=days[:, 0],
        days_mode=days[:, 1],
        days_high=days[:, 2],
        peril=hazards.shared[:, 0],
        pickup=hazards.shared[:, 1],
        pullback=hazards.shared[:, 2],
        rescue_share=hazards.rescue_share,
        death_rescued=vehicle_chance(routes, "death_rescued"),
        death_unrescued=vehicle_chance(routes, "death_unrescued"),
        # Whose application is complete when its pathway is closed is refused.
        acceptance=np.where(
            routes.purpose == Purpose.REGULAR, settings.acceptance * open_legs(routes, settings), 1.0
        ),
        origin=routes.origin,
        destination=routes.destination,
        price=fares_due(routes, hazards.fare),
        capacity=np.where(irregular, capacity, 0),
        rescue_place=port,
        back_leg=unless_closed(routes.back_leg, settings),
        custody_place=routes.custody_place,
        captivity_place=routes.captivity_place,
        hash=routes.leg_hash,
        purpose=routes.purpose,
        is_sea=routes.is_sea,
        is_sahara=routes.is_sahara,
        is_own_way=is_own_way(routes),
    )


def place_records(
    routes: Routes, settings: Settings, parameters: dict[str, float], coupling: Coupling
) -> layout.Records:
    """Return the places as the kernels read them."""
    held, taken, places = routes.detention, routes.captivity, routes.places
    exits = np.stack(
        [settings.expelled, settings.assisted_exits, np.array([c.exit_bribe if c else 0.0 for c in held])]
    )
    exits = exits / np.maximum(exits.sum(axis=0), 1.0)  # a lever may ask for more than all exits
    wages = np.array([p.work_chance * p.wage for p in places], np.float64)
    return _records(
        layout.PLACE,
        arrest_adult=settings.after_arrest[:, 0],
        arrest_child=settings.after_arrest[:, 1],
        interception_adult=settings.after_interception[:, 0],
        interception_child=settings.after_interception[:, 1],
        exit_expelled=exits[0],
        exit_assisted=exits[1],
        exit_bribe=exits[2],
        exit_ransom=np.array([c.exit_ransom if c else 0.0 for c in taken]),
        alternatives=settings.alternatives,
        # Where no captivity is described nobody could leave it.
        unofficial=np.where([c is not None for c in taken], settings.unofficial, 0.0),
        stay_days=np.array([p.stay_days for p in places]),
        savings=wages * parameters["saving_share"],
        referral=settings.referral,
        relocation=settings.relocation,
        bribe_usd=np.array([round(c.bribe_usd) if c else 0 for c in held]),
        ransom_usd=np.array([round(c.ransom_usd) if c else 0 for c in taken]),
        expulsion_leg=unless_closed(routes.expulsion_leg, settings),
        limit_days=np.ceil(settings.limit_days),
        is_limited=np.isfinite(settings.detention_capacity) & coupling.detention,
        is_terminal=routes.is_terminal,
        is_sea_zone=routes.is_sea_zone,
        # A programme is a country's: one place with a number is enough.
        has_programme=np.isin(routes.country, routes.country[np.isfinite(settings.return_capacity)]),
    )


def option_records(routes: Routes, settings: Settings, fare: F64) -> layout.Records:
    """Return the options as the kernels read them; what is not a leg is free, known and open to everybody."""
    leg = np.maximum(routes.option_leg, 0)
    is_leg = routes.option_leg >= 0

    def of_leg(column: AnyArray, otherwise: float) -> AnyArray:
        return np.where(is_leg, column[leg], otherwise)

    return _records(
        layout.OPTION,
        awareness=of_leg(settings.awareness, 1.0),
        leg=routes.option_leg,
        price=of_leg(fares_due(routes, fare), 0),
        hash=routes.option_hash,
        eligible=of_leg(settings.eligible, _EVERYBODY),
        min_vulnerability=of_leg(settings.min_vulnerability, 0),
        kind=routes.option_kind,
    )


def setup_record(
    routes: Routes, p: dict[str, float], coupling: Coupling, *, has_service_kinds: bool
) -> layout.Records:
    """Return the numbers that hold everywhere, and which mechanisms are on."""
    same = (
        "robbery_loss", "detention_step", "need_urgency",
        "guardianship_relief", "reunion_rate", "family_unity", "remigration_share", "remigration_days",
        "savings_spread",
    )  # fmt: skip
    mean_bond = 1.0 + p["debt_reference"] * (
        p["debt_exploitation"] - 1.0
    )  # base hazards hold at this share in debt
    columns: dict[str, float] = {name: p[name] for name in same} | {
        "bonded": p["debt_exploitation"] / mean_bond,
        "unbonded": 1.0 / mean_bond,
        "n_legs": len(routes.legs),
        "n_places": len(routes.places),
        "vulnerability_step": round(255 * p["vulnerability_step"]),
        "detention_scar": round(255 * p["detention_scar"]),
        "injury_delay": round(p["injury_delay"]),
        "bribe": round(p["bribe"]),
        "return_fare": round(p["return_fare"]) if coupling.money and p["savings_median"] > 0 else 0,
        "vehicles_on": coupling.vehicles,
        "parties_on": coupling.parties,
        "money_on": coupling.money and p["savings_median"] > 0,
        "returns_on": coupling.returns,
        "needs_on": has_service_kinds,
    }
    return _records(layout.SETUP, **{name: np.array([value]) for name, value in columns.items()})
