"""Forward-looking choice: the recursive-logit value of every place, and the weight of every option, by choice class.

``V(place) = log sum over options of exp(u(option) + discount * E[V(next)])`` (Fosgerau, Frejinger & Karlstrom 2013,
Transportation Research B 56:70; Rust 1987, Econometrica 55:999). The expectation runs over the perceived chances to
die, to be stopped and to get through, so a control post far ahead already changes the choice here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels.layout import CHOICE_CLASSES, F64, INTENTIONS, Option, Purpose
from simulation.world.policy import Mask
from simulation.world.routes import Routes

EUROPE, NORTH_AFRICA, REGION, CIRCULAR = range(4)
_SWEEPS = 600  # a fixed number: the values of a place depend only on legs that can be reached from it, to the last bit
_NO_OPTION = -50.0  # value of a place from which nothing is open, in utils


@dataclass(frozen=True)
class Perceived:
    """What people believe of the legs, before the bias of the uninformed."""

    death: F64  # (L,) chance to die on the leg
    stopped: F64  # (L,) chance to be arrested or pulled back
    price: F64  # (L,) USD
    days: F64  # (L,) mean travel time
    admitted: F64  # (L,) regular legs: chance that an application is granted
    open: Mask  # (L,) can be started


def rewards(parameters: dict[str, float]) -> F64:
    """Return (INTENTIONS, 3) utility of ending the journey in Europe, North Africa or the region, by intention."""
    full = parameters["destination_reward"]
    table = np.full((INTENTIONS, 3), parameters["second_best_share"] * full)
    for intention, region in ((EUROPE, 0), (NORTH_AFRICA, 1), (REGION, 2)):
        table[intention, region] = full
    return table


def _bias(parameters: dict[str, float]) -> F64:
    """Return (CHOICE_CLASSES,) perceived over true risk: 1 for the informed (even classes)."""
    return np.tile([1.0, parameters["uninformed_bias"]], INTENTIONS)


def solve(routes: Routes, perceived: Perceived, parameters: dict[str, float]) -> tuple[F64, F64]:
    """Return (V, weight): values (P, CHOICE_CLASSES) in utils and exp-utilities (O, CHOICE_CLASSES), 0 where closed.

    Weights of a place are scaled so that the largest is 1. Value iteration contracts with modulus ``discount``.
    """
    n_places, n_options = len(routes.places), routes.option_kind.size
    reward = np.repeat(rewards(parameters), 2, axis=0)  # (classes, 3)
    region = np.minimum(routes.region, 2)
    beta = parameters["discount"]
    utility = np.full((n_options, CHOICE_CLASSES), -np.inf)
    through = np.zeros((n_options, CHOICE_CLASSES))
    held_back = np.zeros((n_options, CHOICE_CLASSES))
    target = routes.option_place.copy()
    back = routes.option_place.copy()
    bias = _bias(parameters)
    for k in range(n_options):
        here, kind, leg = int(routes.option_place[k]), routes.option_kind[k], int(routes.option_leg[k])
        if kind == Option.STAY:
            utility[k] = parameters["stay_utility"]
            through[k] = 1.0
        elif kind == Option.SETTLE:
            utility[k] = parameters["settle_utility"] + reward[:, region[here]]
        elif kind == Option.RETURN or routes.purpose[leg] == Purpose.RETURN_VOLUNTARY:
            utility[k] = parameters["return_utility"]
            if region[here] == NORTH_AFRICA:  # people in circular work have done what they came for
                utility[k, 2 * CIRCULAR : 2 * CIRCULAR + 2] += parameters["destination_reward"]
        elif perceived.open[leg]:
            cost = parameters["price_weight"] * perceived.price[leg] / 1000.0
            cost += parameters["time_weight"] * perceived.days[leg]
            target[k] = routes.destination[leg]
            if routes.purpose[leg] == Purpose.REGULAR:
                utility[k] = parameters["pathway_utility"] - cost
                through[k] = perceived.admitted[leg]
                held_back[k] = 1.0 - perceived.admitted[leg]
            else:
                death = np.minimum(bias * perceived.death[leg], 1.0)
                stopped = np.minimum(bias * perceived.stopped[leg], 1.0 - death)
                utility[k] = -cost - parameters["risk_weight"] * death - parameters["arrest_weight"] * stopped
                through[k] = 1.0 - death - stopped
                held_back[k] = stopped
                if routes.is_sea[leg] and routes.back_leg[leg] >= 0:
                    back[k] = routes.destination[routes.back_leg[leg]]
    arrived = np.where(routes.is_terminal[:, None] == 1, reward[:, region].T, 0.0)
    value = arrived.copy()
    busy = np.flatnonzero(np.diff(routes.option_start))
    starts = routes.option_start[busy]
    block = np.searchsorted(busy, routes.option_place)
    total = utility
    for _ in range(_SWEEPS):
        total = utility + beta * (through * value[target] + held_back * value[back])
        top = np.maximum.reduceat(total, starts, axis=0) if busy.size else np.zeros((0, CHOICE_CLASSES))
        safe_top = np.where(np.isfinite(top), top, 0.0)
        spread = np.add.reduceat(np.exp(total - safe_top[block]), starts, axis=0) if busy.size else top
        value = arrived.copy()
        with np.errstate(divide="ignore"):
            value[busy] = np.where(spread > 0, safe_top + np.log(spread), _NO_OPTION)
    value = np.where(routes.is_terminal[:, None] == 1, arrived, value)
    weight = np.exp(total - safe_top[block]) if busy.size else np.zeros((n_options, CHOICE_CLASSES))
    assert value.shape == (n_places, CHOICE_CLASSES)
    return value, weight
