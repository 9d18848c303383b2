"""How many places there are today of what is scarce: refilled daily or monthly, handed out in whole places."""

from __future__ import annotations

import numpy as np

from simulation.kernels.compile import inner, viewing

UNLIMITED = 2**60
_MARGIN = 1e-9  # for sums such as ten times 0.1


@inner
def refill(left, daily, most):  # type: ignore[no-untyped-def]
    """Return what can be given today: what was left and today's share, never more whole places than in ``most``.

    Only whole places lapse. What is below one person is kept for the days that follow, so that a small capacity, or a
    small scale, still serves as many in all.
    """
    if daily <= 0.0:
        return 0.0
    total = max(left, 0.0) + daily  # left may be below 0 by rounding
    return total - max(np.floor(total + _MARGIN) - np.floor(most + _MARGIN), 0.0)


@viewing
def refill_daily(left, daily):  # type: ignore[no-untyped-def]
    """Add a day's share to what can be given, which keeps for a day. left (n,) IN and OUT; daily (n,) float64."""
    for i in range(left.size):
        left[i] = refill(left[i], daily[i], np.ceil(daily[i]))


@viewing
def refill_monthly(left, monthly, month_day, month_days):  # type: ignore[no-untyped-def]
    """Add a day's share of places that lapse at the end of a calendar month.

    A month's places are dealt out evenly over its days, so that long and short months give the same number.

    left     (n,) float64 IN and OUT
    monthly  (n,) float64, places a month;  month_day 1..month_days
    """
    for i in range(left.size):
        kept = left[i]
        if month_day == 1:  # less than one whole place carries over, or small quotas would admit nobody
            kept = max((kept + _MARGIN) % 1.0 - _MARGIN, 0.0)
        left[i] = refill(kept, monthly[i] / month_days, max(monthly[i], 1.0))


@viewing
def whole_places(left, binding):  # type: ignore[no-untyped-def]
    """Return (n,) int64 whole places of ``left``; endless where they do not bind."""
    free = np.full(left.size, UNLIMITED, np.int64)
    for i in range(left.size if binding else 0):
        free[i] = np.int64(np.floor(min(left[i] + _MARGIN, float(UNLIMITED))))
    return free


@viewing
def keep_rest(left, free, binding):  # type: ignore[no-untyped-def]
    """Take what was given off what is left. left (n,) float64 IN and OUT; free (n,) int64, whole places left over."""
    if binding:
        before = whole_places(left, True)
        for i in range(left.size):
            left[i] -= float(before[i] - free[i])
