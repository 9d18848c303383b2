"""The day as an ordered list of named phases; each adapts the model to the arguments of a kernel."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from simulation.allotment import last_month_start, roomiest
from simulation.kernels import company
from simulation.kernels import programmes as kernels
from simulation.kernels.day import live_day, refresh_bounds
from simulation.kernels.help import serve
from simulation.kernels.layout import PARTING, Event, Purpose
from simulation.kernels.rng import Stream
from simulation.kernels.settle import apply_time_limits, depart, grant
from simulation.world.policy import calendar
from simulation.world.rates import believed_deaths, death_chances
from simulation.world.tables import build_world

if TYPE_CHECKING:
    from simulation.model import RouteModel

CHUNK = 4096
_LONGEST_WAIT = 3650.0  # days


def _today(model: RouteModel) -> tuple[int, int, int]:
    """Return the absolute day, the day of the month and the days of the calendar month."""
    today = model.today
    return model.day, today.day, monthrange(today.year, today.month)[1]


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
    model.take_stock()
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
    recorder = model.recorder
    rows, places, room = kernels.hold(
        model.world, model.keys, model.people, recorder.tally, recorder.initial, model.offers.detention,
        model.day, model.days_left,
    )  # fmt: skip
    if len(rows):
        kernels.transfer(
            model.world, model.keys, model.people, recorder.tally, rows, places, room,
            roomiest(model.routes, room), model.day, model.days_left,
        )  # fmt: skip


def serve_needs(model: RouteModel) -> None:
    """Services help people up to capacity by kind, in a fair random order."""
    serve(
        model.world, model.keys, model.people, model.recorder.tally, model.offers.services, model.capacity_left,
        model.scenario.document.coupling.services, model.day,
    )  # fmt: skip


def grant_pathways(model: RouteModel) -> None:
    """Pathway offices decide complete applications; places unused by the end of a calendar month lapse."""
    grant(
        model.world, model.keys, model.people, model.recorder.tally, model.offers.pathways, model.quota_left,
        model.scenario.document.coupling.pathways, _today(model), model.days_left,
    )  # fmt: skip


def board(model: RouteModel) -> None:
    """People who leave today by boat or desert vehicle are put aboard by a keyed lottery."""
    depart(model.world, model.keys, model.people, model.recorder.tally, model.day, model.days_left)


def assist_returns(model: RouteModel) -> None:
    """Return programmes bring home people who want to go, while they have places; a country shares one pool a month."""
    kernels.assist(
        model.world, model.keys, model.people, model.recorder.tally, model.offers.returns, model.returns_left,
        model.return_queue, model.offers.return_leg, _today(model), model.days_left,
    )  # fmt: skip


def relocate(model: RouteModel) -> None:
    """Arrivals draw lots for places in other countries, of which destinations under one setting share a pool."""
    kernels.draw_for_relocation(
        model.keys, model.people, model.recorder.tally, model.offers.relocations, model.relocation_left,
        model.offers.relocation_queue, _today(model),
    )  # fmt: skip


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
