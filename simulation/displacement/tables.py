"""The engine's tables for a displacement scenario: legs with days, nothing that harms by itself, one group."""

from __future__ import annotations

import numpy as np

from simulation.displacement.network import Network
from simulation.kernels import layout
from simulation.kernels.hazards import loads
from simulation.kernels.layout import CHOICE_CLASSES, I32, SERVICES, U8, Status, World
from simulation.world.routes import name_hash


def cell_table(network: Network) -> tuple[U8, I32]:
    """Return (C,) status and place of every cell, numbered as everywhere in the engine."""
    n_places = len(network.names)
    blocks = [np.full(n_places, int(s)) for s in layout.PLACE_BLOCKS]
    terminal = [int(s) for s in layout.TERMINAL_ORDER]
    travelling = np.full(network.origin.size, int(Status.TRAVELLING))
    status = np.concatenate([travelling, *blocks, terminal]).astype(np.uint8)
    at_places = np.tile(np.arange(n_places), len(layout.PLACE_BLOCKS))
    place = np.concatenate([network.destination, at_places, np.full(len(terminal), -1)])
    return status, place.astype(np.int32)


def first_cell(network: Network, status: Status) -> int:
    """Return the cell of place 0 in a status; the other places follow."""
    return network.origin.size + layout.PLACE_BLOCKS.index(status) * len(network.names)


def build_tables(network: Network) -> World:
    """Return the engine's tables. Travel takes its days for certain; what people meet is counted, not drawn."""
    status, place = cell_table(network)
    n_places, n_legs, n_cells = len(network.names), network.origin.size, status.size
    leg = np.zeros(n_legs, layout.LEG)
    for name in ("days_low", "days_mode", "days_high"):
        leg[name] = network.days
    leg["origin"], leg["destination"] = network.origin, network.destination
    leg["hash"] = [name_hash(name, 32) for name in network.leg_names]
    leg["rescue_place"] = leg["back_leg"] = leg["custody_place"] = leg["captivity_place"] = -1
    setup = np.zeros(1, layout.SETUP)
    setup["n_legs"], setup["n_places"] = n_legs, n_places
    rate = np.zeros((n_cells, 1, layout.RATES))
    return World(
        cell_status=status,
        cell_place=place,
        rate=rate,
        load=loads(rate),
        risk=np.zeros(1, np.uint8),
        leg=leg,
        place=np.zeros(n_places, layout.PLACE),
        option=np.zeros(0, layout.OPTION),
        option_start=np.zeros(n_places + 1, np.int32),
        weight=np.asfortranarray(np.zeros((0, CHOICE_CLASSES))),
        stuck=np.ones((n_places, CHOICE_CLASSES)),
        go=np.ones((1, CHOICE_CLASSES)),
        savings=np.zeros(1),
        harm_multiplier=np.ones(256),
        reach=np.zeros((n_places, SERVICES)),
        relief=np.zeros(SERVICES),
        need_share=np.ones(SERVICES),
        setup=setup,
    )
