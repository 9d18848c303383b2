"""From effective settings to the tables that kernels read on a day: everything that policy and outlook decide."""

from __future__ import annotations

import numpy as np

from simulation.kernels import layout
from simulation.kernels.hazards import loads
from simulation.kernels.layout import F64, SERVICES, Purpose, Service, Status, World
from simulation.spec.models import NEUTRAL, Scenario
from simulation.world.choice import solve, stuck_factor
from simulation.world.outlook import Outlook
from simulation.world.policy import Settings
from simulation.world.rates import cell_rates, known_risks, leg_hazards, vulnerability_multiplier
from simulation.world.records import leg_records, option_records, place_records, setup_record
from simulation.world.routes import Routes


def resolve_parameters(scenario: Scenario) -> dict[str, float]:
    """Return behavioural parameters by name: neutral values, the table's, and the scenario's overrides over them."""
    given = {p.name: p.value for p in scenario.parameters}
    return NEUTRAL | given | dict(scenario.document.parameters)


def cell_status(routes: Routes) -> tuple[layout.U8, layout.I32]:
    """Return (C,) status and place of every cell."""
    n_places, n_blocks = len(routes.places), len(layout.PLACE_BLOCKS)
    on_leg = np.where(routes.purpose == Purpose.REGULAR, int(Status.PATHWAY), int(Status.TRAVELLING))
    blocks = [np.full(n_places, int(s)) for s in layout.PLACE_BLOCKS]
    terminal = [int(s) for s in layout.TERMINAL_ORDER]
    status = np.concatenate([on_leg, *blocks, terminal]).astype(np.uint8)
    place = np.concatenate(
        [routes.destination, *[np.arange(n_places)] * n_blocks, np.full(len(terminal), -1)]
    )
    return status, place.astype(np.int32)


def service_reach(settings: Settings, parameters: dict[str, float]) -> F64:
    """Return (P, SERVICES) share of needs whose bearer knows where to go and dares to.

    Being told adds knowledge, the firewall takes away fear; shame keeps a share from asking for protection.
    """
    knowledge, trust = parameters["service_knowledge"], parameters["service_trust"]
    knows = knowledge + (1.0 - knowledge) * settings.knowledge
    dares = trust + (1.0 - trust) * settings.firewall
    reach = np.repeat((knows * dares)[:, None], SERVICES, axis=1)
    reach[:, int(Service.PROTECTION)] *= 1.0 - parameters["service_stigma"]
    return reach


def effective_capacity(settings: Settings, parameters: dict[str, float]) -> F64:
    """Return (P, SERVICES) people who can be served a day: informal help is lost where helping is punished."""
    lost = parameters["informal_share"] * settings.informal_loss
    return settings.capacity * (1.0 - lost[:, None])


def service_kinds(scenario: Scenario, parameters: dict[str, float]) -> tuple[F64, F64]:
    """Return (SERVICES,) relief and (SERVICES,) cumulated shares of needs that no harm has caused."""
    relief = np.full(SERVICES, parameters["service_relief"])
    share = np.zeros(SERVICES)
    for row in scenario.services:
        kind = Service[row.service.upper()]
        relief[kind], share[kind] = row.relief, row.need_share
    if share.sum() <= 0:
        share[Service.BASIC] = 1.0
    cumulated = np.cumsum(share)
    return relief, np.asarray(cumulated / cumulated[-1], np.float64)


def build_world(
    scenario: Scenario,
    routes: Routes,
    settings: Settings,
    scale: float,
    reference: F64 | None,
    outlook: Outlook | None = None,
) -> tuple[World, F64]:
    """Return the tables of a day under ``settings``, and the value of every place.

    Args:
        scenario: For parameters and couplings.
        routes: The compiled graph.
        settings: What the levers in force make of it.
        scale: Share of people simulated; vehicles shrink with it, so that their number stays.
        reference: (P, CHOICE_CLASSES) values at the reference policy, against which deterrence is measured; None
            while these are computed.
        outlook: Market, beliefs and queues of today; None: as at the start of a run.
    """
    p, coupling = resolve_parameters(scenario), scenario.document.coupling
    now = Outlook.begin(routes, p, coupling) if outlook is None else outlook
    hazards = leg_hazards(routes, settings, now)
    perceived = known_risks(routes, settings, hazards, now)
    value, weight = solve(routes, perceived, p)
    base = value if reference is None else reference
    change = value[routes.stream_place] - base[routes.stream_place]
    status, place = cell_status(routes)
    relief, need_share = service_kinds(scenario, p)
    rate = cell_rates(routes, settings, hazards, p)
    world = World(
        cell_status=status,
        cell_place=place,
        rate=rate,
        load=loads(rate),
        risk=routes.risk,
        leg=leg_records(routes, settings, hazards, scale),
        place=place_records(routes, settings, p, coupling),
        option=option_records(routes, settings, hazards.fare),
        option_start=routes.option_start,
        weight=np.asfortranarray(weight),
        stuck=stuck_factor(routes, perceived, p, value),
        go=np.minimum(p["departure_reference"] * np.exp(p["deterrence_elasticity"] * change), 1.0),
        savings=routes.savings_factor * p["savings_median"],
        harm_multiplier=vulnerability_multiplier(p["vulnerability_gamma"], p["vulnerability_start"]),
        reach=service_reach(settings, p),
        relief=relief,
        need_share=need_share,
        setup=setup_record(routes, p, coupling, has_service_kinds=bool(scenario.services)),
    )
    return world, value
