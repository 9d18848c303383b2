"""The day as an ordered list of named phases; each adapts the model to the arguments of a kernel."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simulation.allotment import UNLIMITED as _UNLIMITED
from simulation.allotment import (
    fraction,
    last_month_start,
    pooled,
    refill,
    roomiest,
    sharing,
    split_by_service,
    whole,
)
from simulation.kernels import company
from simulation.kernels import programmes as kernels
from simulation.kernels.day import live_day, refresh_bounds
from simulation.kernels.help import serve
from simulation.kernels.layout import (
    APPLYING,
    BOARDING,
    F64,
    HOLDING,
    I32,
    I64,
    PARTING,
    PLACE_BLOCKS,
    RELOCATING,
    RETURNING,
    SEEKING,
    Event,
    Purpose,
    Status,
)
from simulation.kernels.rng import Stream
from simulation.kernels.rows import who_of
from simulation.kernels.settle import apply_time_limits, depart, grant, lottery_order
from simulation.kernels.travel import assign_vehicles
from simulation.units import DAYS_PER_MONTH
from simulation.world.policy import calendar
from simulation.world.rates import believed_deaths, death_chances, unless_closed
from simulation.world.tables import build_world, effective_capacity

if TYPE_CHECKING:
    from simulation.model import RouteModel

CHUNK = 4096
_LONGEST_WAIT = 3650.0  # days


def _lots(model: RouteModel, stream: Stream, asked: I32, queue: I32 | None = None) -> I32:
    """Return positions of (row, target) entries by queue (the target if none is given), then in fair random order.

    A party draws one lot.
    """
    rows = asked[:, 0]
    queue = asked[:, 1].copy() if queue is None else queue
    return lottery_order(
        model.keys[stream], model.day, model.luck_of(rows), who_of(model.people, rows), queue
    )


def _hand_out(
    model: RouteModel,
    stream: Stream,
    asked: I32,
    left: F64,
    give: Callable[[I32, I32, I64], None],
    *,
    queue: I32 | None = None,
    binding: bool = True,
) -> F64:
    """Let people who ask draw lots for what is left; return what is left after them.

    asked  (n, 2) row and target;  give  (rows, targets, whole places left OUT) in lottery order
    queue  (n,) whose places each entry draws on, the target's own if None
    """
    if not len(asked):
        return left
    order = _lots(model, stream, asked, queue)
    free = whole(left) if binding else np.full(left.size, _UNLIMITED, np.int64)
    before = free.copy()
    give(asked[order, 0].copy(), asked[order, 1].copy(), free)
    return left - (before - free) if binding else left


def _monthly(model: RouteModel, left: F64, daily: F64) -> F64:
    """Return what can be given today of places that lapse at the end of a calendar month.

    A month's places are dealt out evenly over its days, so that long and short months give the same number.
    """
    if model.today.day == 1:  # less than one whole place carries over, or small quotas would admit nobody
        left = fraction(left)
    a_month = daily * DAYS_PER_MONTH
    return refill(
        left, a_month / monthrange(model.today.year, model.today.month)[1], np.maximum(a_month, 1.0)
    )


def adapt(model: RouteModel) -> None:
    """On the first day of a month the market, what people believe and the queues they see answer to the last."""
    if model.today.day != 1 or model.day == model.first_day:
        return
    entered, deaths = model.recorder.last_month(Event.ENTERED), model.recorder.last_month(Event.DEATH)
    n_legs = len(model.routes.legs)
    chance = death_chances(model.routes, model.settings, model.outlook)
    days = (model.today - max(last_month_start(model.today), calendar(model.first_day))).days
    model.is_stale |= model.outlook.adapt(entered[:n_legs], deaths[:n_legs], chance, days, model.scale)
    if model.parameters["queue_weight"] > 0 and model.scenario.document.coupling.pathways:
        daily = model.settings.quota * model.scale
        backlog = model.recorder.stock_of(0, n_legs) * (model.routes.purpose == Purpose.REGULAR)
        model.outlook.wait = np.minimum(
            np.where(daily > 0, backlog / np.maximum(daily, 1e-12), 0.0), _LONGEST_WAIT
        )
        model.is_stale = True


def policy(model: RouteModel) -> None:
    """On days on which a lever changes: institutions act, and tables and screening bounds are built anew."""
    has_changed = model.day in model.changes
    if not has_changed and not model.is_stale:
        return
    for institution in model.institutions if has_changed else ():
        institution.act(model.today)
    rates = model.world.rate
    model.world, _ = build_world(
        model.scenario, model.routes, model.settings, model.scale, model.reference_value, model.outlook
    )
    if has_changed:
        apply_time_limits(model.world, model.people, model.rows.start, model.rows.stop, model.day)
    if has_changed or not np.array_equal(rates, model.world.rate):
        refresh_bounds(model.world, model.people, model.rows.start, model.rows.stop)
    model.is_stale = False


def live(model: RouteModel) -> None:
    """Everybody lives the day on the state of the world at its start."""
    crowd, tally = model.crowd, model.recorder.tally
    crowd.admit_starters(model.day)
    lanes = range(tally.flow.shape[0])

    def side_by_side(do: Callable[[int], None]) -> None:
        if len(lanes) == 1 or crowd.n_seen - crowd.n_ended <= CHUNK:
            for number in lanes:
                do(number)
        else:
            list(model.pool.map(do, lanes))

    crowd.draw_luck(model.world, model.keys[Stream.SCREEN], model.day, len(lanes), side_by_side)

    def lane(number: int) -> None:
        live_day(
            model.world, model.keys, model.people, crowd.luck, tally, number, crowd.n_ended, crowd.n_seen, CHUNK,
            model.routes.stream_place, model.day, model.days_left,
        )  # fmt: skip

    side_by_side(lane)


def hold(model: RouteModel) -> None:
    """Detention authorities take in who was arrested or brought back, while there is room."""
    asked = model.recorder.listed(HOLDING)
    if not len(asked):
        return
    n_legs, n_places = len(model.routes.legs), len(model.routes.places)
    first = n_legs + n_places * PLACE_BLOCKS.index(Status.DETAINED)
    already = model.recorder.stock_of(first, first + n_places)
    capacity = np.minimum(np.ceil(model.settings.detention_capacity * model.scale - 1e-9), _UNLIMITED)
    room = np.maximum(capacity.astype(np.int64) - already, 0)
    asked = asked[_lots(model, Stream.HOLDING, asked)]
    held = np.empty(len(asked), np.bool_)
    kernels.hold(
        model.world, model.keys, model.people, model.recorder.tally, asked[:, 0].copy(), asked[:, 1].copy(),
        room, held, model.day, model.days_left,
    )  # fmt: skip
    asked = asked[~held]  # those whom no place has taken draw again, all together: no place comes first
    asked = asked[_lots(model, Stream.HOLDING, asked, np.zeros(len(asked), np.int32))]
    kernels.transfer(
        model.world, model.keys, model.people, model.recorder.tally, asked[:, 0].copy(), asked[:, 1].copy(),
        room, roomiest(model.routes, room), model.day, model.days_left,
    )  # fmt: skip


def serve_needs(model: RouteModel) -> None:
    """Services help people up to capacity by kind, in a fair random order."""
    daily = effective_capacity(model.settings, model.parameters).ravel() * model.scale
    left = refill(model.capacity_left, daily, np.ceil(daily))

    def give(rows: I32, needs: I32, capacity: I64) -> None:
        serve(model.world, model.keys, model.people, model.recorder.tally, rows, needs, capacity, model.day)

    asked = split_by_service(model.recorder.listed(SEEKING))
    binding = model.scenario.document.coupling.services
    model.capacity_left = _hand_out(model, Stream.SERVICE, asked, left, give, binding=binding)


def grant_pathways(model: RouteModel) -> None:
    """Pathway offices decide complete applications; places unused by the end of a calendar month lapse."""
    left = _monthly(model, model.quota_left, model.settings.quota * model.scale)

    def give(rows: I32, legs: I32, quota: I64) -> None:
        tally = model.recorder.tally
        grant(model.world, model.keys, model.people, tally, rows, legs, quota, model.day, model.days_left)

    asked = model.recorder.listed(APPLYING)
    binding = model.scenario.document.coupling.pathways
    model.quota_left = _hand_out(model, Stream.PATHWAY, asked, left, give, binding=binding)


def board(model: RouteModel) -> None:
    """People who leave today by boat or desert vehicle are put aboard by a keyed lottery."""
    asked = model.recorder.listed(BOARDING)
    if not len(asked):
        return
    rows, legs = asked[:, 0].copy(), asked[:, 1].copy()
    table = model.world.leg
    order, vehicle = assign_vehicles(
        model.keys[Stream.BOARDING], model.day, model.luck_of(rows), who_of(model.people, rows), legs,
        table["capacity"], table["hash"],
    )  # fmt: skip
    depart(
        model.world, model.keys, model.people, model.recorder.tally, rows[order], legs[order], vehicle,
        model.day, model.days_left,
    )  # fmt: skip


def assist_returns(model: RouteModel) -> None:
    """Return programmes bring home people who want to go, while they have places; a country shares one pool a month."""
    queue = model.return_queue
    per_country = pooled(queue, model.settings.return_capacity) * model.scale
    left = _monthly(model, model.returns_left, per_country)

    def give(rows: I32, places: I32, free: I64) -> None:
        kernels.assist(
            model.world, model.keys, model.people, model.recorder.tally, rows, places, free, queue,
            unless_closed(model.voluntary_leg, model.settings), model.day, model.days_left,
        )  # fmt: skip

    asked = model.recorder.listed(RETURNING)
    model.returns_left = _hand_out(model, Stream.RETURN, asked, left, give, queue=queue[asked[:, 1]])


def relocate(model: RouteModel) -> None:
    """Arrivals draw lots for places in other countries, of which destinations under one setting share a pool."""
    queue = sharing(model.settings.relocation_pool)
    offered = np.bincount(queue, model.settings.relocation, queue.size)
    daily = np.asarray(offered * model.scale, np.float64)
    left = _monthly(model, model.relocation_left, daily)

    def give(rows: I32, places: I32, free: I64) -> None:
        kernels.relocate(model.people, model.recorder.tally, rows, places, free, queue)

    asked = model.recorder.listed(RELOCATING)
    model.relocation_left = _hand_out(model, Stream.RELOCATION, asked, left, give, queue=queue[asked[:, 1]])


def keep_company(model: RouteModel) -> None:
    """Parties in which somebody moved are looked over: who is still with whom."""
    asked = model.recorder.listed(PARTING)
    if len(asked) and model.scenario.document.coupling.parties:
        company.keep_company(
            model.world, model.keys, model.people, model.recorder.tally, asked[:, 0].copy(), model.day,
            model.days_left,
        )  # fmt: skip


def record(model: RouteModel) -> None:
    """Keep the census and flows of the day; close the month, with what people believe, on its last day."""
    model.recorder.end_day(model.day - model.first_day)
    if model.days_left == 1:
        model.recorder.keep_beliefs(*believed_deaths(model.routes, model.settings, model.outlook))
        model.recorder.end_month()


DAY = (
    adapt,
    policy,
    live,
    hold,
    serve_needs,
    grant_pathways,
    board,
    assist_returns,
    relocate,
    keep_company,
    record,
)
