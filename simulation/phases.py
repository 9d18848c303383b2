"""The day as an ordered list of named phases; each adapts the model to the arguments of a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simulation.kernels.day import drop_ended, live_day, refresh_bounds
from simulation.kernels.layout import APPLYING, BOARDING, F64, I32, I64, SEEKING
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


def _hand_out(
    model: RouteModel,
    asked: I32,
    stream: Stream,
    left: F64,
    give: Callable[[I32, I32, I64], None],
    *,
    binding: bool,
) -> F64:
    """Let people who ask draw lots for what is left at each place or leg; return what is left after them.

    asked  (n, 2) row and place or leg;  give  (rows, targets, whole places left OUT) in lottery order
    """
    if not len(asked):
        return left
    order = lottery_order(model.keys[stream], model.day, model.people.who[asked[:, 0]], asked[:, 1])
    free = _whole(left) if binding else np.full(left.size, _UNLIMITED, np.int64)
    before = free.copy()
    give(asked[order, 0].copy(), asked[order, 1].copy(), free)
    return left - (before - free) if binding else left


def serve_needs(model: RouteModel) -> None:
    """Services help people up to capacity, in a fair random order."""
    daily = model.settings.capacity * model.scale
    left = _refill(model.capacity_left, daily, np.ceil(daily))

    def give(rows: I32, places: I32, capacity: I64) -> None:
        serve(model.world, model.keys, model.people, model.recorder.tally, rows, places, capacity, model.day)

    binding = model.scenario.document.coupling.services
    asked = model.recorder.listed(SEEKING)
    model.capacity_left = _hand_out(model, asked, Stream.SERVICE, left, give, binding=binding)


def grant_pathways(model: RouteModel) -> None:
    """Pathway offices decide complete applications; places unused by the end of a calendar month lapse."""
    if model.today.day == 1:  # less than one whole place carries over, or small quotas would admit nobody
        model.quota_left = model.quota_left % 1.0
    daily = model.settings.quota * model.scale
    left = _refill(model.quota_left, daily, np.maximum(daily * DAYS_PER_MONTH, 1.0))

    def give(rows: I32, legs: I32, quota: I64) -> None:
        tally = model.recorder.tally
        grant(model.world, model.keys, model.people, tally, rows, legs, quota, model.day, model.days_left)

    binding = model.scenario.document.coupling.pathways
    asked = model.recorder.listed(APPLYING)
    model.quota_left = _hand_out(model, asked, Stream.PATHWAY, left, give, binding=binding)


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
