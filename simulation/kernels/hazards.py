"""Competing daily risks: at most one event a day for a person, by cause-specific rates (survival analysis).

With rates r_k a day over a fraction f of the day, something happens with chance 1 - exp(-f * sum r), and it is k with
chance r_k / sum r (Prentice et al. 1978, Biometrics 34:541). More of one rate never lowers its own incidence.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.kernels.compile import inner
from simulation.kernels.layout import F32, F64, HARMS, LOADS, RATES, Rate

NOTHING = -1


def _rate_of(k, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return rate k of a person, 0 from n_rates on: harms but arrest grow with vulnerability, abduction with debt too.

    seek  factor of the search for help;  bond  factor of abduction and trafficking for people in debt
    """
    if k >= n_rates:
        return 0.0
    base = rate[cell, risk, k]
    if k == Rate.SEEK:
        return base * seek
    if k == Rate.ABDUCTION:
        return base * (harm_multiplier[vulnerability] * bond)
    if k < HARMS and k != Rate.ARREST:
        return base * harm_multiplier[vulnerability]
    return base


rate_of = inner(_rate_of)


def _total_rate(rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return the sum of the first n_rates rates a day of a cell and risk class, at this vulnerability (0..255)."""
    total = 0.0
    for k in range(RATES):
        total += rate_of(k, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond)
    return total


total_rate = inner(_total_rate)


def _which_event(left, far, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return (k, certain): the rate to which ``left`` falls with rates end to end, and whether all up to ``far`` do."""
    last = NOTHING
    for k in range(RATES):
        r = rate_of(k, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond)
        if r > 0.0:
            last = k
            if left < r:
                return k, far < r
            left -= r
            far -= r
    return last, True


which_event = inner(_which_event)


def _draw_event(u, fraction, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return (event, rest): the rate's number or NOTHING, and, if nothing, a uniform for what the day still holds.

    u           uniform in [0, 1)
    fraction    share of the day exposed, in [0, 1]
    rate        (C, R, RATES) per day
    cell, risk  row of the rates
    n_rates     only the first so many compete
    """
    total = total_rate(rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond)
    p_any = -math.expm1(-total * fraction)
    if u >= p_any:
        return NOTHING, (u - p_any) / (1.0 - p_any) if p_any < 1.0 else 0.0
    left = u / p_any * total
    event, _ = which_event(left, left, rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond)
    return event, 0.0


draw_event = inner(_draw_event)


def _screening_bound(rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return b such that the chance of an event today is at most (b + 1) / 256: bytes above b are quiet days."""
    p_any = -math.expm1(-total_rate(rate, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond))
    return np.uint8(min(255, max(0, math.ceil(256.0 * p_any) - 1)))


screening_bound = inner(_screening_bound)


# Rates of a cell and risk class by what multiplies them: one line of memory holds all that a bound needs.
SCALED, ABDUCTED, ARRESTED, SEEKING_HELP, LEAVING = range(5)


def loads(rate: F64) -> F32:
    """Return (C, R, LOADS) rates added up by what they are multiplied by, from (C, R, RATES).

    Single precision: they are only compared against, with a margin of 1e-6; rates decide.
    """
    load = np.zeros((*rate.shape[:2], LOADS), np.float32)
    alone = [Rate.ABDUCTION, Rate.ARREST, Rate.SEEK, Rate.LEAVE]
    load[..., SCALED] = np.delete(rate, alone, axis=2).sum(axis=2)
    load[..., ABDUCTED : LEAVING + 1] = rate[..., alone]
    return load


def _load_of(load, cell, risk, n_rates, harm_multiplier, vulnerability, seek, bond):  # type: ignore[no-untyped-def]
    """Return the sum of the first n_rates rates, as total_rate but for the last bits."""
    row = load[cell, risk]
    total = harm_multiplier[vulnerability] * (row[SCALED] + bond * row[ABDUCTED]) + row[ARRESTED]
    if n_rates > HARMS:
        total += seek * row[SEEKING_HELP]
    if n_rates > HARMS + 1:
        total += row[LEAVING]
    return total


load_of = inner(_load_of)


def _bound_of(total):  # type: ignore[no-untyped-def]
    """Return a bound that is never below screening_bound: 1 - exp(-t) <= t - t^2/2 + t^3/6, and some for rounding."""
    return np.uint8(min(255.0, 256.000001 * total * (1.0 - total * (0.5 - total * (1.0 / 6.0)))))


bound_of = inner(_bound_of)
