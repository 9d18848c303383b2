"""DisplacementModel: a displacement scenario on the engine's people, legs, draws, lotteries and counts."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import mesa
import numpy as np

from simulation.cohorts import follow_cohorts
from simulation.displacement.arrivals import displaced, initial_identities, initial_people
from simulation.displacement.case import DisplacementCase
from simulation.displacement.network import build_network
from simulation.displacement.reach import build_reach, camp_weights
from simulation.displacement.result import DisplacementResult, Toll
from simulation.displacement.tables import build_tables, first_cell
from simulation.kernels import layout
from simulation.kernels.flight import Ways, flee_day, look_again, take_in
from simulation.kernels.layout import F64, I32, NEVER, People, Status
from simulation.kernels.rng import stream_keys
from simulation.provenance import provenance
from simulation.recorder import Recorder

_CHUNK = 4096
_UNLIMITED = 2**40  # people


class DisplacementModel(mesa.Model):
    """People flee zones of conflict to camps; one ``step()`` is one day."""

    def __init__(
        self, case: DisplacementCase, *, seed: int = 1, scale: float = 1.0, threads: int = 1
    ) -> None:
        """Build the world of a case on the eve of its first day.

        Args:
            case: A valid case.
            seed: Seed of every draw.
            scale: Share of people simulated, in (0, 1]; capacities shrink with it.
            threads: Lanes that share the rows; results are the same for any number.

        Raises:
            ValueError: scale is outside (0, 1] or threads below 1.
        """
        if not 0.0 < scale <= 1.0:
            raise ValueError(f"scale must lie in (0, 1], got {scale}")
        if threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        super().__init__(rng=seed)
        self.case, self.seed, self.scale = case, seed, scale
        self.parameters = case.all_parameters
        self.network = network = build_network(case)
        self.keys = stream_keys(seed)
        self.world = build_tables(network)
        self.day = -1
        self.people, self.target, self.origin, self.start_days = self._found_people()
        known = network.capacity[0][np.isfinite(network.capacity[0])] * scale
        self.known_size: float | None = float(known.mean()) if known.size else None
        self.changes = network.changes
        self.changes[1:] |= (network.capacity[1:] != network.capacity[:-1]).any(axis=1)
        self.reach = build_reach(network, 0, self.parameters["danger_weight"])
        self.ways: Ways | None = None
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="lane") if threads > 1 else None
        n = self.target.size
        self.recorder = Recorder(threads, self.world.cell_status, 1, network.origin.size, case.days, n)
        self.recorder.count_initial(self.people.life["cell"], self.people.life["group"])
        self.toll = Toll.zero(case.days, network.camp.size)

    def _found_people(self) -> tuple[People, I32, I32, I32]:
        """Return the columns, the camp made for, the place of origin and the day of start of everybody, by day."""
        stock = initial_people(self.case, self.scale)
        who, day, place = displaced(self.case, self.network, self.seed, self.scale)
        n_early, n_later = int(stock.sum()), who.size
        life = np.zeros(n_early + n_later, layout.LIFE)
        life["who"] = np.concatenate([initial_identities(n_early), who])
        life["party"], life["party_size"] = life["who"], 1
        camp = np.repeat(np.arange(stock.size, dtype=np.int32), stock)
        cells = self.world.cell_status
        life["cell"][:n_early] = first_cell(self.network, Status.WAITING) + self.network.camp[camp]
        life["cell"][n_early:] = np.flatnonzero(cells == Status.NOT_STARTED)[0]
        start = np.concatenate([np.full(n_early, -1, np.int32), day])
        life["start_day"] = start
        due = np.concatenate([np.full(n_early, NEVER, np.int32), day])
        target = np.concatenate([camp, np.full(n_later, -1, np.int32)])
        origin = np.concatenate([self.network.camp[camp], place])
        return People(due=due, bound=np.zeros(due.size, np.uint8), life=life), target, origin, start

    def step(self) -> None:
        """Live the next day: the phases of ``DAY`` in order."""
        self.day += 1
        for phase in DAY:
            phase(self)
        self.running = self.day < self.case.days - 1

    def run(self, progress: Callable[[int, int], None] | None = None) -> DisplacementResult:
        """Live all days that are left and return what was counted; the model lets go of its memory.

        Args:
            progress: Called after every day with (days done, days in all).
        """
        while self.day < self.case.days - 1:
            self.step()
            if progress is not None:
                progress(self.day + 1, self.case.days)
        counts = self.recorder.finish(follow_cohorts(self.people.life, self.world.cell_status))
        if self.pool is not None:
            self.pool.shutdown(wait=False)
        return DisplacementResult(
            self.case, self.seed, self.scale, self.network, counts, self.toll, provenance()
        )

    @property
    def today(self) -> date:
        """Date of the day that was lived last."""
        return self.case.start + timedelta(days=self.day)

    @property
    def n_seen(self) -> int:
        """Rows of everybody who has been displaced by today."""
        return int(np.searchsorted(self.start_days, np.int32(self.day), side="right"))

    @property
    def days_left(self) -> int:
        """Days of the month that remain, today included."""
        month_days = gregorian.monthrange(self.today.year, self.today.month)[1]
        return min(month_days - self.today.day + 1, self.case.days - self.day)

    def inside(self) -> I32:
        """Return (K,) people who live in each camp now."""
        first = first_cell(self.network, Status.WAITING)
        stock = self.recorder.stock_of(first, first + len(self.network.names))
        return np.asarray(stock[self.network.camp], np.int32)

    def guessed_size(self) -> F64:
        """Return (K,) what a camp of unknown size counts for: the mean of the sizes that are known.

        Where none is, word of those who live there stands for it, half and half with the mean of all camps.
        """
        if self.known_size is not None:
            return np.full(self.network.camp.size, self.known_size)
        inside = self.inside().astype(np.float64)
        return inside + max(float(inside.mean()), 1.0)

    def free(self) -> F64:
        """Return (K,) places that each camp has left now; inf without a limit, 0 while it is closed."""
        left = np.floor(self.network.capacity[self.day] * self.scale + 1e-9) - self.inside()
        return np.where(self.network.camp_open[self.day], np.maximum(left, 0.0), 0.0)


def open_and_close(model: DisplacementModel) -> None:
    """On days on which a way, a camp or a conflict changes: find the ways anew; the stranded look again."""
    if not model.changes[model.day]:
        return
    model.reach = build_reach(model.network, model.day, model.parameters["danger_weight"])
    look_again(
        model.world,
        model.people,
        model.n_seen,
        model.network.camp,
        model.network.camp_open[model.day],
        model.day,
    )


def look_ahead(model: DisplacementModel) -> None:
    """What everybody knows this morning: the way to every camp, and how much it draws by the places it has free."""
    network = model.network
    weight = camp_weights(model.reach, model.free(), model.guessed_size(), model.parameters)
    model.ways = Ways(weight, model.reach.next_leg, network.camp, network.camp_hash)


def flee(model: DisplacementModel) -> None:
    """People set out, go on and arrive."""
    tally = model.recorder.tally
    if model.today.day == 1 or model.day == 0:
        model.recorder.begin_month(model.days_left)
    n_lanes, n_seen, days_left = tally.flow.shape[0], model.n_seen, model.days_left

    def lane(number: int) -> None:
        flee_day(
            model.world, model.ways, model.keys, model.people, model.target, model.origin, tally, number, n_seen,
            _CHUNK, model.day, days_left,
        )  # fmt: skip

    if model.pool is None:
        lane(0)
    else:
        list(model.pool.map(lane, range(n_lanes)))


def admit(model: DisplacementModel) -> None:
    """Camps take in who has arrived, in fair random order, while they have places; the others are turned away."""
    free = np.minimum(model.free(), _UNLIMITED).astype(np.int64)
    take_in(
        model.world, model.ways, model.keys, model.people, model.target, model.recorder.tally, free, model.day,
        model.days_left,
    )  # fmt: skip


def record(model: DisplacementModel) -> None:
    """Keep the census of the day and what people were exposed to."""
    day, network, recorder = model.day, model.network, model.recorder
    days_left = model.days_left
    recorder.end_day(day)
    stock = recorder.stock_of(0, model.world.cell_status.size)
    model.toll.count(day, network, stock, model.inside())
    if days_left == 1:
        recorder.keep_beliefs(np.zeros((2, network.origin.size)), np.zeros(network.origin.size))
        recorder.end_month()


DAY = (
    open_and_close,
    look_ahead,
    flee,
    admit,
    record,
)
