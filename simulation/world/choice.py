"""Forward-looking choice: the recursive-logit value of every place, and the weight of every option, by choice class.

``V(place) = log sum over options of exp(u(option) + discount * E[V(next)])`` (Fosgerau, Frejinger & Karlstrom 2013,
Transportation Research B 56:70; Rust 1987, Econometrica 55:999). The expectation runs over the perceived chances to
die, to be stopped and to get through, so a control post far ahead already changes the choice here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels.layout import CHOICE_CLASSES, F64, I32, INTENTIONS, Option, Purpose
from simulation.world.policy import Mask
from simulation.world.routes import Routes

EUROPE, NORTH_AFRICA, REGION, CIRCULAR = range(4)
_SWEEPS = 600  # a fixed number: the values of a place depend only on legs that can be reached from it, to the last bit
_NO_OPTION = -50.0  # value of a place from which nothing is open, in utils


@dataclass(frozen=True)
class Perceived:
    """What is true of the legs today, and how people see it."""

    death: F64  # (L,) chance to die on the leg
    stopped: F64  # (L,) chance to be arrested or pulled back
    price: F64  # (L,) USD
    days: F64  # (L,) mean travel time, and what people count of the queue before it
    admitted: F64  # (L,) regular legs: chance that an application is granted
    open: Mask  # (L,) can be started
    bias: F64  # (2, L) perceived over true risk, of the informed and the uninformed


def rewards(parameters: dict[str, float]) -> F64:
    """Return (INTENTIONS, 3) utility of ending the journey in Europe, North Africa or the region, by intention."""
    full = parameters["destination_reward"]
    table = np.full((INTENTIONS, 3), parameters["second_best_share"] * full)
    for intention, region in ((EUROPE, 0), (NORTH_AFRICA, 1), (REGION, 2)):
        table[intention, region] = full
    return table


@dataclass(frozen=True)
class _Terms:
    """Options as value iteration needs them; rows as Routes.option_*."""

    utility: F64  # (O, CHOICE_CLASSES) of the option itself, -inf where closed
    through: F64  # (O, CHOICE_CLASSES) chance to reach the target
    held_back: F64  # (O, CHOICE_CLASSES) chance to be stopped and find oneself at ``back``
    target: I32  # (O,) place
    back: I32  # (O,) place


def _terms(routes: Routes, perceived: Perceived, parameters: dict[str, float], reward: F64) -> _Terms:
    """Return utilities and perceived chances of every option, by choice class."""
    n_options = routes.option_kind.size
    region = np.minimum(routes.region, 2)
    utility = np.full((n_options, CHOICE_CLASSES), -np.inf)
    through, held_back = np.zeros((n_options, CHOICE_CLASSES)), np.zeros((n_options, CHOICE_CLASSES))
    target, back = routes.option_place.copy(), routes.option_place.copy()
    bias = np.tile(perceived.bias, (INTENTIONS, 1))  # (CHOICE_CLASSES, L): odd classes are uninformed
    crowded = parameters["path_size_weight"] * np.log(routes.parallel)
    for k in range(n_options):
        here, kind, leg = int(routes.option_place[k]), routes.option_kind[k], int(routes.option_leg[k])
        if kind == Option.STAY:
            utility[k] = parameters["stay_utility"]
            through[k] = 1.0
        elif kind == Option.SETTLE:
            utility[k] = parameters["settle_utility"] + reward[:, region[here]]
        elif kind == Option.LEG and not perceived.open[leg]:
            continue
        elif kind == Option.RETURN or routes.purpose[leg] == Purpose.RETURN_VOLUNTARY:
            utility[k] = parameters["return_utility"]
            if region[here] == NORTH_AFRICA:  # people in circular work have done what they came for
                utility[k, 2 * CIRCULAR : 2 * CIRCULAR + 2] += parameters["destination_reward"]
        else:
            cost = parameters["price_weight"] * perceived.price[leg] / 1000.0
            cost += parameters["time_weight"] * perceived.days[leg]
            target[k] = routes.destination[leg]
            if routes.purpose[leg] == Purpose.REGULAR:
                utility[k] = parameters["pathway_utility"] - cost
                through[k] = perceived.admitted[leg]
                held_back[k] = 1.0 - perceived.admitted[leg]
                continue
            death = np.minimum(bias[:, leg] * perceived.death[leg], 1.0)
            stopped = np.minimum(bias[:, leg] * perceived.stopped[leg], 1.0 - death)
            utility[k] = -cost - parameters["risk_weight"] * death - parameters["arrest_weight"] * stopped
            utility[k] -= crowded[leg]
            through[k] = 1.0 - death - stopped
            held_back[k] = stopped
            if routes.is_sea[leg] and routes.back_leg[leg] >= 0:
                back[k] = routes.destination[routes.back_leg[leg]]
    return _Terms(utility, through, held_back, target, back)


def solve(routes: Routes, perceived: Perceived, parameters: dict[str, float]) -> tuple[F64, F64]:
    """Return (V, weight): values (P, CHOICE_CLASSES) in utils and exp-utilities (O, CHOICE_CLASSES), 0 where closed.

    Weights of a place are scaled so that the largest is 1. Value iteration contracts with modulus ``discount``.
    """
    reward = np.repeat(rewards(parameters), 2, axis=0)  # (CHOICE_CLASSES, 3)
    terms = _terms(routes, perceived, parameters, reward)
    terminal = routes.is_terminal[:, None] == 1
    arrived = np.where(terminal, reward[:, np.minimum(routes.region, 2)].T, 0.0)
    busy = np.flatnonzero(np.diff(routes.option_start))  # places with options
    if not busy.size:
        return arrived, np.zeros_like(terms.utility)
    starts = routes.option_start[busy]
    block = np.searchsorted(busy, routes.option_place)
    value = arrived
    for _ in range(_SWEEPS):
        ahead = terms.through * value[terms.target] + terms.held_back * value[terms.back]
        total = terms.utility + parameters["discount"] * ahead
        top = np.maximum.reduceat(total, starts, axis=0)
        top = np.where(np.isfinite(top), top, 0.0)
        scaled = np.exp(total - top[block])
        spread = np.add.reduceat(scaled, starts, axis=0)
        value = arrived.copy()
        with np.errstate(divide="ignore"):
            value[busy] = np.where(spread > 0, top + np.log(spread), _NO_OPTION)
    return np.where(terminal, arrived, value), scaled


def stuck_factor(routes: Routes, perceived: Perceived, parameters: dict[str, float], value: F64) -> F64:
    """Return (P, CHOICE_CLASSES) what the weight of staying is multiplied by for people who cannot go on.

    Values count on going on. Somebody without the fare where there is no work can only stay, settle or go home: their
    value W of the place obeys W = log(exp(u_stay + discount W) + sum over settle and return of exp(u)), and staying
    weighs exp(discount (W - V)) of what it does to others.

    value  (P, CHOICE_CLASSES) from ``solve``
    """
    terms = _terms(routes, perceived, parameters, np.repeat(rewards(parameters), 2, axis=0))
    homeward = (routes.option_kind == Option.SETTLE) | (routes.option_kind == Option.RETURN)
    on_leg = (routes.option_leg >= 0) & (routes.purpose[routes.option_leg] == Purpose.RETURN_VOLUNTARY)
    given_up = np.zeros_like(value)
    chosen = np.flatnonzero(homeward | on_leg)
    np.add.at(given_up, routes.option_place[chosen], np.exp(terms.utility[chosen]))
    discount, stuck = parameters["discount"], value.copy()
    with np.errstate(divide="ignore"):
        given_up = np.log(given_up)
    for _ in range(_SWEEPS):
        stuck = np.logaddexp(parameters["stay_utility"] + discount * stuck, given_up)
    return np.asarray(np.exp(np.minimum(discount * (stuck - value), 0.0)), np.float64)
