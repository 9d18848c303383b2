"""From effective settings to the tables that kernels read: rates by cell, shared fates by leg, weights by option."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.kernels import layout
from simulation.kernels.layout import F64, HARMS, RISK_CLASSES, Purpose, Rate, Status, World
from simulation.spec.models import Scenario
from simulation.world.choice import Perceived, solve
from simulation.world.policy import Settings
from simulation.world.routes import Routes

AnyArray = npt.NDArray[Any]
_CERTAIN = 0.999999  # a chance of 1 per leg would be an infinite rate


def resolve_parameters(scenario: Scenario) -> dict[str, float]:
    """Return behavioural parameters by name: the table's values with the scenario's overrides."""
    return {p.name: p.value for p in scenario.parameters} | dict(scenario.document.parameters)


def _per_day(chance: F64, days: F64) -> F64:
    """Return rates a day that add up to ``chance`` over ``days``."""
    return np.asarray(-np.log1p(-np.minimum(chance, _CERTAIN)) / days, np.float64)


def vulnerability_multiplier(gamma: float, start: float) -> F64:
    """Return (256,) exp(gamma * (v - start)), divided by its mean over people who start (uniform on [0, 2 start])."""
    v = np.arange(256) / 255.0
    spread = gamma * start
    mean = math.sinh(spread) / spread if spread != 0 else 1.0
    return np.asarray(np.exp(gamma * (v - start)) / mean, np.float64)


def _vehicle(routes: Routes, quantity: str) -> F64:
    return np.array(
        [
            routes.vehicle.get(leg.risk_zone, {}).get(quantity, 0.0)
            if leg.purpose == "irregular" and leg.mode in {"sea", "desert"}
            else 0.0
            for leg in routes.legs
        ],
        np.float64,
    )


def arrest_rates(routes: Routes, settings: Settings, parameters: dict[str, float]) -> F64:
    """Return (L,) extra arrests a day from enforcement on legs that pass controls by land."""
    controlled = np.array(
        [leg.control == "main" and leg.purpose == "irregular" and leg.mode != "sea" for leg in routes.legs],
        np.bool_,
    )
    extra = _per_day(settings.enforcement * parameters["arrest_at_full"], routes.mean_days)
    return np.where(controlled, extra, 0.0)


def shared_rates(routes: Routes, settings: Settings, parameters: dict[str, float]) -> F64:
    """Return (L, 3) rates a day of peril, pick-up and interception, shared by a vehicle."""
    full = np.where(
        [leg.control == "main" for leg in routes.legs],
        parameters["main_peril_full"],
        parameters["bypass_peril_full"],
    )
    factor = np.where(routes.is_sea == 1, 1.0, 1.0 + settings.enforcement * (full - 1.0))
    peril = np.minimum(_vehicle(routes, "peril") * factor, _CERTAIN)
    pickup = _vehicle(routes, "pickup") * settings.coverage
    pulled = np.where(
        routes.back_leg >= 0, _vehicle(routes, "interception_full") * settings.interception, 0.0
    )
    return np.stack([_per_day(c, routes.mean_days) for c in (peril, pickup, pulled)], axis=1)


def rescue_shares(routes: Routes, settings: Settings) -> F64:
    """Return (L,) chance that help reaches a vehicle in peril; at sea in proportion to coverage."""
    return _vehicle(routes, "rescue_share") * np.where(routes.is_sea == 1, settings.coverage, 1.0)


def cell_rates(routes: Routes, arrests: F64, parameters: dict[str, float]) -> F64:
    """Return (C, RISK_CLASSES, RATES) rates a day of every cell."""
    n_legs, n_places = len(routes.legs), len(routes.places)
    rate = np.zeros((layout.n_cells(n_legs, n_places), RISK_CLASSES, layout.RATES))
    rr = routes.relative_risk

    def harms(base: F64) -> F64:
        return np.asarray(base[:, None, :] * rr[None], np.float64)

    regular = routes.purpose == Purpose.REGULAR
    rate[:n_legs, :, :HARMS] = harms(
        np.where(regular[:, None], routes.place_risk[routes.origin], routes.leg_risk)
    )
    rate[:n_legs, :, Rate.ARREST] += arrests[:, None] * rr[None, :, int(Rate.ARREST)]
    leave = np.array([1.0 / p.stay_days for p in routes.places], np.float64)
    lively = (routes.is_terminal == 0) & (routes.is_sea_zone == 0)
    for block in (0, 1):
        rows = slice(n_legs + block * n_places, n_legs + (block + 1) * n_places)
        rate[rows, :, :HARMS] = harms(routes.place_risk)
        rate[rows, :, Rate.LEAVE] = leave[:, None]
        rate[rows, :, Rate.SEEK] = np.where(lively, parameters["service_seeking"], 0.0)[:, None]
    for block, risk, kinds in (
        (2, routes.detention_risk, routes.detention),
        (3, routes.captivity_risk, routes.captivity),
    ):
        rows = slice(n_legs + block * n_places, n_legs + (block + 1) * n_places)
        rate[rows, :, :HARMS] = harms(risk)
        rate[rows, :, Rate.LEAVE] = np.array([1.0 / c.mean_days if c else 0.0 for c in kinds])[:, None]
    return rate


def cell_status(routes: Routes) -> tuple[layout.U8, layout.I32]:
    """Return (C,) status and place of every cell."""
    n_places = len(routes.places)
    on_leg = np.where(routes.purpose == Purpose.REGULAR, int(Status.PATHWAY), int(Status.TRAVELLING))
    blocks = [
        np.full(n_places, int(s)) for s in (Status.WAITING, Status.WORKING, Status.DETAINED, Status.CAPTIVE)
    ]
    terminal = [int(s) for s in layout.TERMINAL_ORDER]
    status = np.concatenate([on_leg, *blocks, terminal]).astype(np.uint8)
    place = np.concatenate([routes.destination, *[np.arange(n_places)] * 4, np.full(len(terminal), -1)])
    return status, place.astype(np.int32)


def perceive(
    routes: Routes, settings: Settings, shared: F64, rescue: F64, arrests: F64, p: dict[str, float]
) -> Perceived:
    """Return what an informed person knows of every leg today."""
    days = routes.mean_days
    dies = rescue * _vehicle(routes, "death_rescued") + (1 - rescue) * _vehicle(routes, "death_unrescued")
    total = shared.sum(axis=1) * days
    occurs = (
        np.where(total > 0, -np.expm1(-total) / np.where(total > 0, total, 1.0), 0.0)[:, None]
        * shared
        * days[:, None]
    )
    regular = routes.purpose == Purpose.REGULAR
    price = routes.price * (1.0 + settings.enforcement * (p["price_ratio_full"] - 1.0))
    return Perceived(
        death=np.where(regular, 0.0, -np.expm1(-routes.leg_risk[:, 0] * days) + occurs[:, 0] * dies),
        stopped=np.where(regular, 0.0, -np.expm1(-(routes.leg_risk[:, 2] + arrests) * days) + occurs[:, 2]),
        price=np.where(regular | (routes.is_sea == 1), routes.price, price),
        days=days * settings.processing_factor,
        admitted=settings.acceptance,
        open=~settings.closed & (~regular | (settings.quota > 0)),
    )


def build_world(
    scenario: Scenario, routes: Routes, settings: Settings, scale: float, reference: F64 | None
) -> tuple[World, F64]:
    """Return the tables of a day under ``settings``, and the value of every place.

    Args:
        scenario: For parameters and couplings.
        routes: The compiled graph.
        settings: What the levers in force make of it.
        scale: Share of people simulated; vehicles shrink with it, so that their number stays.
        reference: (P, CHOICE_CLASSES) values at the reference policy, against which deterrence is measured; None
            while these are computed.
    """
    p = resolve_parameters(scenario)
    arrests = arrest_rates(routes, settings, p)
    shared = shared_rates(routes, settings, p)
    rescue = rescue_shares(routes, settings)
    value, weight = solve(routes, perceive(routes, settings, shared, rescue, arrests, p), p)
    base = value if reference is None else reference
    change = value[routes.stream_place] - base[routes.stream_place]
    go = np.minimum(p["departure_reference"] * np.exp(p["deterrence_elasticity"] * change), 1.0)
    status, place = cell_status(routes)
    known = np.where(routes.option_leg >= 0, settings.awareness[np.maximum(routes.option_leg, 0)], 1.0)
    coupling = scenario.document.coupling
    reach = p["service_knowledge"] * p["service_trust"]
    world = World(
        cell_status=status,
        cell_place=place,
        rate=cell_rates(routes, arrests, p),
        leg=leg_records(routes, settings, shared, rescue, scale),
        place=place_records(routes, settings),
        option=_records(
            layout.OPTION,
            awareness=known,
            leg=routes.option_leg,
            hash=routes.option_hash,
            kind=routes.option_kind,
            block=routes.option_block,
            slot=routes.option_slot,
        ),
        option_start=routes.option_start,
        weight=weight,
        go=go,
        harm_multiplier=vulnerability_multiplier(p["vulnerability_gamma"], p["vulnerability_start"]),
        setup=_records(
            layout.SETUP,
            service_reach=np.array([reach]),
            service_relief=np.array([p["service_relief"]]),
            n_legs=np.array([len(routes.legs)]),
            n_places=np.array([len(routes.places)]),
            vulnerability_step=np.array([round(255 * p["vulnerability_step"])]),
            vehicles_on=np.array([coupling.vehicles]),
        ),
    )
    return world, value


def _records(dtype: np.dtype[np.void], **columns: AnyArray) -> layout.Records:
    """Return columns side by side as records; every field of the dtype must be given."""
    table = np.zeros(next(iter(columns.values())).shape[0], dtype)
    for name in dtype.names or ():
        table[name] = columns[name]
    return table


def leg_records(routes: Routes, settings: Settings, shared: F64, rescue: F64, scale: float) -> layout.Records:
    """Return the legs as the kernels read them."""
    days = routes.days * settings.processing_factor[:, None]
    irregular = routes.purpose == Purpose.IRREGULAR
    capacity = np.ceil(np.array([leg.vehicle_capacity for leg in routes.legs]) * scale)
    return _records(
        layout.LEG,
        days_low=days[:, 0],
        days_mode=days[:, 1],
        days_high=days[:, 2],
        peril=shared[:, 0],
        pickup=shared[:, 1],
        pullback=shared[:, 2],
        rescue_share=rescue,
        death_rescued=_vehicle(routes, "death_rescued"),
        death_unrescued=_vehicle(routes, "death_unrescued"),
        acceptance=np.where(routes.purpose == Purpose.REGULAR, settings.acceptance, 1.0),
        origin=routes.origin,
        destination=routes.destination,
        capacity=np.where(irregular, capacity, 0),
        rescue_place=routes.rescue_place,
        back_leg=routes.back_leg,
        custody_place=routes.custody_place,
        captivity_place=routes.captivity_place,
        hash=routes.leg_hash,
        purpose=routes.purpose,
        is_sea=routes.is_sea,
        is_sahara=routes.is_sahara,
    )


def place_records(routes: Routes, settings: Settings) -> layout.Records:
    """Return the places as the kernels read them."""
    return _records(
        layout.PLACE,
        arrest_adult=settings.after_arrest[:, 0],
        arrest_child=settings.after_arrest[:, 1],
        interception_adult=settings.after_interception[:, 0],
        interception_child=settings.after_interception[:, 1],
        exit_expelled=np.array([c.exit_expelled if c else 0.0 for c in routes.detention]),
        exit_assisted=np.array([c.exit_assisted if c else 0.0 for c in routes.detention]),
        expulsion_leg=routes.expulsion_leg,
        limit_days=np.ceil(settings.limit_days),
        is_terminal=routes.is_terminal,
        is_sea_zone=routes.is_sea_zone,
    )
