"""Margins of the stated patterns: above 0 where a pattern shows. One source for comparisons, tests and the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from experiments.statistics import Floats

TIMES_MORE = 3.0  # flow at the point falls at least so many times as much as over the cut
IN_EUROPE_AT_MOST = 0.5  # of journeys that end
LEGS_AT_LEAST = 3.0  # legs entered a journey
ON_LEGS_AT_MOST = 0.25  # of person-days
WORKING_AT_LEAST = 0.2  # of person-days
UNMOVED = 0.1  # boats of the first month differ by less


def compute_relative_fall(before: ArrayLike, after: ArrayLike) -> Floats:
    """Return 1 - after / before; NaN where ``before`` is 0."""
    base, other = np.asarray(before, float), np.asarray(after, float)
    share = np.divide(other, base, out=np.full(base.shape, np.nan), where=base > 0)
    return np.asarray(1.0 - share, float)


def diverted(point: ArrayLike, cut: ArrayLike) -> Floats:
    """Return by how much the relative fall at the point exceeds 3 times that over the cut, where both fall."""
    at_point, over_cut = np.asarray(point, float), np.asarray(cut, float)
    return np.asarray(np.minimum(at_point - TIMES_MORE * over_cut, at_point), float)


def within_region(in_europe: ArrayLike, elsewhere: ArrayLike) -> Floats:
    """Return how far the share of ended journeys that end in Europe stays below a half; NaN if nobody gets there."""
    europe, others = np.asarray(in_europe, float), np.asarray(elsewhere, float)
    share = np.divide(europe, europe + others, out=np.full(europe.shape, np.nan), where=europe > 0)
    return np.asarray(IN_EUROPE_AT_MOST - share, float)


def leg_by_leg(legs: ArrayLike, on_legs: ArrayLike, working: ArrayLike) -> Floats:
    """Return the smallest margin of three: legs a journey, share of days on legs, share of days at work."""
    return np.asarray(
        np.minimum.reduce(
            [
                np.asarray(legs, float) / LEGS_AT_LEAST - 1.0,
                ON_LEGS_AT_MOST - np.asarray(on_legs, float),
                np.asarray(working, float) - WORKING_AT_LEAST,
            ]
        ),
        float,
    )


def lagging(road_first: ArrayLike, road_later: ArrayLike, boats_first: ArrayLike) -> Floats:
    """Return the smallest margin of three, from the falls of flows.

    In the first month the controlled road has begun to empty, later it is emptier still, and boats, months of work and
    waiting further on, have not changed yet. A road that has not changed at all in the first month says nothing: NaN.
    """
    first, later, boats = (np.asarray(fall, float) for fall in (road_first, road_later, boats_first))
    margin = np.minimum.reduce([first, later - first, UNMOVED - np.abs(boats)])
    return np.asarray(np.where(first == 0, np.nan, margin), float)
