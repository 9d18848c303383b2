"""Forward-looking choice: the recursive-logit value of every place, and the weight of every option, by choice class.

``V(place) = log sum over options of exp(u(option) + discount * E[V(next)])`` (Fosgerau, Frejinger & Karlstrom 2013,
Transportation Research B 56:70; Rust 1987, Econometrica 55:999). The expectation runs over the perceived chances to
die, to be stopped and to get through, so a control post far ahead already changes the choice here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.kernels.layout import CHOICE_CLASSES, F64, I32, INTENTIONS, Option, Purpose
from simulation.kernels.values import settle_values
from simulation.world.policy import Mask
from simulation.world.routes import Routes

EUROPE, NORTH_AFRICA, REGION, CIRCULAR = range(4)
_SWEEPS = 600  # at most: the same for all, so values depend only on legs that can be reached, to the last bit
_STEPS = 12


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
    region, kind = np.minimum(routes.region, 2)[routes.option_place], routes.option_kind
    utility = np.full((kind.size, CHOICE_CLASSES), -np.inf)
    through, held_back = np.zeros(utility.shape), np.zeros(utility.shape)
    target, back = routes.option_place.copy(), routes.option_place.copy()
    utility[kind == int(Option.STAY)] = parameters["stay_utility"]
    through[kind == int(Option.STAY)] = 1.0
    settling = kind == int(Option.SETTLE)
    utility[settling] = parameters["settle_utility"] + reward[:, region[settling]].T
    on_leg = np.flatnonzero(kind == int(Option.LEG))
    on_leg = on_leg[perceived.open[routes.option_leg[on_leg]]]
    purpose = routes.purpose[routes.option_leg[on_leg]]
    voluntary, regular = purpose == int(Purpose.RETURN_VOLUNTARY), purpose == int(Purpose.REGULAR)
    homeward = kind == int(Option.RETURN)
    homeward[on_leg[voluntary]] = True
    utility[homeward] = parameters["return_utility"]
    # People in circular work have done what they came for.
    done = np.flatnonzero(homeward & (region == NORTH_AFRICA))
    utility[done, 2 * CIRCULAR : 2 * CIRCULAR + 2] += parameters["destination_reward"]
    cost = parameters["price_weight"] * perceived.price / 1000.0
    cost += parameters["time_weight"] * perceived.days
    target[on_leg[~voluntary]] = routes.destination[routes.option_leg[on_leg[~voluntary]]]
    k = on_leg[regular]
    leg = routes.option_leg[k]
    utility[k] = (parameters["pathway_utility"] - cost[leg])[:, None]
    through[k], held_back[k] = perceived.admitted[leg, None], 1.0 - perceived.admitted[leg, None]
    k = on_leg[~voluntary & ~regular]
    leg = routes.option_leg[k]
    bias = np.tile(perceived.bias, (INTENTIONS, 1)).T[leg]  # (n, CHOICE_CLASSES): odd classes are uninformed
    death = np.minimum(bias * perceived.death[leg, None], 1.0)
    stopped = np.minimum(bias * perceived.stopped[leg, None], 1.0 - death)
    utility[k] = -cost[leg, None] - parameters["risk_weight"] * death - parameters["arrest_weight"] * stopped
    utility[k] -= (parameters["path_size_weight"] * np.log(routes.parallel))[leg, None]
    through[k], held_back[k] = 1.0 - death - stopped, stopped
    returned = (routes.is_sea[leg] == 1) & (routes.back_leg[leg] >= 0)
    back[k[returned]] = routes.destination[routes.back_leg[leg[returned]]]
    return _Terms(utility, through, held_back, target, back)


def solve(routes: Routes, perceived: Perceived, parameters: dict[str, float]) -> tuple[F64, F64]:
    """Return (V, weight): values (P, CHOICE_CLASSES) in utils and exp-utilities (O, CHOICE_CLASSES), 0 where closed.

    Weights of a place are scaled so that the largest is 1. Places at which journeys end have no options.
    """
    reward = np.repeat(rewards(parameters), 2, axis=0)  # (CHOICE_CLASSES, 3)
    terms = _terms(routes, perceived, parameters, reward)
    terminal = routes.is_terminal[:, None] == 1
    arrived = np.where(terminal, reward[:, np.minimum(routes.region, 2)].T, 0.0)
    value, weight = arrived.copy(), np.zeros_like(terms.utility)
    in_turn = np.argsort(routes.place_rank)  # by name: results do not depend on the order of places.csv
    settle_values(
        terms.utility, terms.through, terms.held_back, terms.target, terms.back, routes.option_start,
        in_turn[np.diff(routes.option_start)[in_turn] > 0], value, weight, parameters["discount"], _SWEEPS,
    )  # fmt: skip
    return value, weight


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
    discount, stays = parameters["discount"], parameters["stay_utility"]
    with np.errstate(divide="ignore"):
        given_up = np.log(given_up)
    # Newton's steps on the concave equation: from below they rise to its root, and from what staying alone or giving up
    # alone is worth a few are enough. Their number is fixed, so no place's last bits depend on another's.
    stuck = np.maximum(stays / (1.0 - discount), given_up)
    for _ in range(_STEPS):
        ahead = np.logaddexp(stays + discount * stuck, given_up)
        stuck += (ahead - stuck) / (1.0 - discount * np.exp(stays + discount * stuck - ahead))
    return np.asarray(np.exp(np.minimum(discount * (stuck - value), 0.0)), np.float64)
