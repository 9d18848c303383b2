"""The day as an ordered list of named phases; each adapts the model to the arguments of a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.kernels.day import drop_ended, live_day, refresh_bounds
from simulation.kernels.layout import APPLYING, BOARDING, F64, I64, SEEKING
from simulation.kernels.rng import Stream
from simulation.kernels.settle import apply_time_limits, depart, grant, lottery_order, serve
from simulation.kernels.travel import assign_vehicles
from simulation.units import DAYS_PER_MONTH
from simulation.world.tables import build_world

if TYPE_CHECKING:
    from simulation.model import RouteModel

CHUNK = 4096
_UNLIMITED = 2**60


def policy(model: RouteModel) -> None:
    """On days on which a lever changes: institutions act, and tables and screening bounds are built anew."""
    if model.day not in model.changes:
        return
    for institution in model.institutions:
        institution.act(model.today)
    model.world, _ = build_world(
        model.scenario, model.routes, model.settings, model.scale, model.reference_value
    )
    apply_time_limits(model.world, model.people, model.rows, model.day)
    refresh_bounds(model.world, model.people, model.rows)


def live(model: RouteModel) -> None:
    """Everybody lives the day on the state of the world at its start."""
    model.admit_starters()
    if model.today.day == 1:
        model.n_active = drop_ended(model.world, model.people, model.rows)
    rows = model.rows
    tally = model.recorder.tally

    def lane(number: int) -> None:
        live_day(
            model.world, model.keys, model.people, tally, number, rows, CHUNK,
            model.routes.stream_place, model.day, model.days_left,
        )  # fmt: skip

    lanes = range(tally.flow.shape[0])
    if len(lanes) == 1 or rows.size <= CHUNK:
        for number in lanes:
            lane(number)
    else:
        list(model.pool.map(lane, lanes))


def _refill(left: F64, daily: F64, most: F64) -> F64:
    """Return what can be given today: what was left and today's share, never more than ``most``.

    What is below one person is kept for the days that follow, so that a small capacity, or a small scale, still serves.
    """
    return np.where(daily > 0, np.minimum(left + daily, most), 0.0)


def _whole(left: F64) -> I64:
    """Return whole people; the margin is for sums such as ten times 0.1."""
    return np.floor(left + 1e-9).astype(np.int64)


def serve_needs(model: RouteModel) -> None:
    """Services help people up to capacity, in a fair random order."""
    daily = model.settings.capacity * model.scale
    model.capacity_left = _refill(model.capacity_left, daily, np.ceil(daily))
    asked = model.recorder.listed(SEEKING)
    if not len(asked):
        return
    order = lottery_order(model.keys[Stream.SERVICE], model.day, model.people.who[asked[:, 0]], asked[:, 1])
    binding = model.scenario.document.coupling.services
    capacity = _whole(model.capacity_left) if binding else np.full(daily.size, _UNLIMITED, np.int64)
    before = capacity.copy()
    rows, places = asked[order, 0].copy(), asked[order, 1].copy()
    serve(model.world, model.keys, model.people, model.recorder.tally, rows, places, capacity, model.day)
    if binding:
        model.capacity_left -= before - capacity


def grant_pathways(model: RouteModel) -> None:
    """Pathway offices decide complete applications; places unused by the end of a calendar month lapse."""
    if model.today.day == 1:  # less than one whole place carries over, or small quotas would admit nobody
        model.quota_left = model.quota_left % 1.0
    daily = model.settings.quota * model.scale
    model.quota_left = _refill(model.quota_left, daily, np.maximum(daily * DAYS_PER_MONTH, 1.0))
    asked = model.recorder.listed(APPLYING)
    if not len(asked):
        return
    order = lottery_order(model.keys[Stream.PATHWAY], model.day, model.people.who[asked[:, 0]], asked[:, 1])
    binding = model.scenario.document.coupling.pathways
    quota = _whole(model.quota_left) if binding else np.full(daily.size, _UNLIMITED, np.int64)
    before = quota.copy()
    rows, legs = asked[order, 0].copy(), asked[order, 1].copy()
    grant(
        model.world,
        model.keys,
        model.people,
        model.recorder.tally,
        rows,
        legs,
        quota,
        model.day,
        model.days_left,
    )
    if binding:
        model.quota_left -= before - quota


def board(model: RouteModel) -> None:
    """People who leave today by boat or desert vehicle are put aboard by a keyed lottery."""
    asked = model.recorder.listed(BOARDING)
    if not len(asked):
        return
    rows, legs = asked[:, 0].copy(), asked[:, 1].copy()
    table = model.world.leg
    order, vehicle = assign_vehicles(
        model.keys[Stream.BOARDING], model.day, model.people.who[rows], legs, table["capacity"], table["hash"]
    )
    depart(
        model.world, model.keys, model.people, model.recorder.tally, rows[order], legs[order], vehicle,
        model.day, model.days_left,
    )  # fmt: skip


def record(model: RouteModel) -> None:
    """Keep the census and flows of the day; close the month on its last day."""
    model.recorder.end_day(model.day - model.first_day)
    if model.days_left == 1:
        model.recorder.end_month()


DAY = (policy, live, serve_needs, grant_pathways, board, record)
