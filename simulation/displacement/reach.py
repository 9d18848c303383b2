"""How far every camp seems from every place, the way to it, and how much it draws: the value function of flight.

A person at place p picks camp k with chance w_pk / sum w_p, where

    w_pk = free_k ^ size_elasticity * (trip_days + C_pk) ^ -distance_elasticity

free_k are the places that k has free this morning and C_pk is the perceived travel time in days: the value function
C_pk = min over legs a from p of (days_a (1 + danger_weight intensity of where a leads) + C_(end of a)k) of the quickest
way, which solves Bellman's equation by Dijkstra's algorithm. A camp is an aggregate of places to live, so its free
places enter as the size variable of a discrete choice among aggregates (McFadden 1978, "Modelling the choice of
residential location"; Ben-Akiva & Lerman 1985, chapter 9); distance enters as in Zipf 1946.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from simulation.displacement.network import Network
from simulation.kernels.layout import F64, I32


@dataclass(frozen=True)
class Reach:
    """Ways of one day, until something opens, closes or flares up."""

    perceived: F64  # (P, K) days to each camp that takes people in, inf where no way is open
    next_leg: I32  # (P, K) first leg of the quickest way, -1 at the camp itself and where there is none


def build_reach(network: Network, day: int, danger_weight: float) -> Reach:
    """Return the ways of a day."""
    n_places, n_camps = len(network.names), network.camp.size
    legs = np.flatnonzero(network.leg_open[day])
    ahead = network.intensity[day][network.destination[legs]]
    cost = network.days[legs] * (1.0 + danger_weight * ahead)
    # Of parallel roads the quickest: lexsort puts it first among those between the same two places.
    order = np.lexsort((legs, cost, network.origin[legs], network.destination[legs]))
    legs, cost = legs[order], cost[order]
    start, end = network.origin[legs].astype(np.int64), network.destination[legs].astype(np.int64)
    pair = end * n_places + start
    first = np.r_[True, pair[1:] != pair[:-1]] if pair.size else np.zeros(0, np.bool_)
    legs, cost, start, end, pair = legs[first], cost[first], start[first], end[first], pair[first]
    backwards = csr_array((cost, (end, start)), shape=(n_places, n_places))
    perceived, before = dijkstra(backwards, indices=network.camp, return_predecessors=True)
    perceived[~network.camp_open[day]] = np.inf
    next_leg = np.full((n_camps, n_places), -1, np.int32)
    camp, place = np.nonzero((before >= 0) & np.isfinite(perceived))
    if camp.size:
        wanted = before[camp, place].astype(np.int64) * n_places + place
        next_leg[camp, place] = legs[np.searchsorted(pair, wanted)]
    return Reach(np.ascontiguousarray(perceived.T), np.ascontiguousarray(next_leg.T))


def camp_weights(reach: Reach, free: F64, size: F64, parameters: dict[str, float]) -> F64:
    """Return (P, K) what each camp weighs in the choice of somebody at each place; 0 where it is full or out of reach.

    Args:
        reach: The ways of the day.
        free: (K,) places free this morning; inf where there is no limit.
        size: (K,) what counts as free places of a camp without a limit.
        parameters: By name.
    """
    room = np.where(np.isinf(free), size, np.maximum(free, 0.0))
    drawn = np.where(room > 0.0, room ** parameters["size_elasticity"], 0.0)
    effort = np.maximum(parameters["trip_days"] + reach.perceived, 1e-3) ** -parameters["distance_elasticity"]
    return np.where(np.isfinite(reach.perceived), drawn * effort, 0.0)
