"""RouteModel: the Mesa model that runs a scenario day by day; nothing numerical happens here."""

from __future__ import annotations

import calendar as gregorian
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date

import mesa
import numpy as np

from simulation.allotment import make_offers
from simulation.cohorts import follow_cohorts
from simulation.crowd import Crowd
from simulation.institutions import Institution, found_institutions
from simulation.kernels.day import settle_in
from simulation.kernels.layout import I32, SERVICES, People, Purpose, Status
from simulation.kernels.rng import stream_keys
from simulation.machine import n_cores
from simulation.people_view import PeopleSet, Person
from simulation.phases import DAY
from simulation.recorder import Counts, Recorder
from simulation.spec.models import Scenario
from simulation.world.outlook import Outlook
from simulation.world.people import build_population
from simulation.world.policy import calendar, change_days, day_number, reference_settings
from simulation.world.records import is_own_way
from simulation.world.routes import build_routes
from simulation.world.tables import build_world, cell_status, resolve_parameters

# What a fork takes along beside people, counts and outlook.
_CARRIED = (
    "day", "days_left", "quota_left", "capacity_left", "returns_left",
    "relocation_left", "is_stale",
)  # fmt: skip


class RouteModel(mesa.Model):
    """A route graph with people and institutions; one ``step()`` is one day.

    Institutions are Mesa agents that act; people are Mesa agents whose state lives in columns. ``model.agents``,
    AgentSet selection and Mesa's DataCollector work on both. Results do not depend on Mesa's own generator.
    """

    def __init__(
        self, scenario: Scenario, *, seed: int | None = None, scale: float = 1.0, threads: int | None = None
    ) -> None:
        """Build the world of a scenario on the eve of its first day.

        Args:
            scenario: A valid scenario.
            seed: Seed of every draw; the scenario's own if None. 0 is a seed like any other.
            scale: Share of people simulated, in (0, 1].
            threads: Lanes that share the rows; results are the same for any number. Default: one a core.

        Raises:
            ValueError: scale is outside (0, 1] or threads below 1.
        """
        if not 0.0 < scale <= 1.0:
            raise ValueError(f"scale must lie in (0, 1], got {scale}")
        self.seed = scenario.document.seed if seed is None else seed
        super().__init__(rng=self.seed)
        self.scenario, self.scale = scenario, scale
        self.routes = build_routes(scenario)
        period = scenario.document.period
        self.first_day, self.last_day = day_number(period.start), day_number(period.end)
        self.day = self.first_day - 1
        self.days_left = 0
        self.changes = change_days(scenario)
        self.parameters = parameters = resolve_parameters(scenario)
        self.reference = reference_settings(scenario, self.routes, parameters)
        self.settings = reference_settings(scenario, self.routes, parameters)
        self.outlook = Outlook.begin(self.routes, parameters, scenario.document.coupling)
        self.is_stale = False  # tables must be built anew though no lever changed
        self.world, self.reference_value = build_world(scenario, self.routes, self.reference, scale, None)
        self.keys = stream_keys(self.seed)
        self.institutions: list[Institution] = found_institutions(self)
        population = build_population(scenario, self.routes, self.seed, scale, parameters)
        self.n_initial = population.n_initial
        self.crowd = Crowd(population.people, self.n_initial, self.first_day)
        settle_in(self.world, self.keys, self.people, self.n_initial, self.first_day - 1)
        self._found_allotments()
        self.cell_status, self._cell_place = cell_status(self.routes)
        lanes = _lanes(threads)
        self.pool = ThreadPoolExecutor(lanes, thread_name_prefix="lane")
        n = self.people.who.size
        self.recorder = Recorder(
            lanes, self.cell_status, self.routes.n_groups, len(self.routes.legs),
            self.last_day - self.first_day + 1, n,
        )  # fmt: skip
        self.recorder.count_initial(self.people.life["cell"], self.people.life["group"])
        n_legs = len(self.routes.legs)
        self._cell_names = [leg.id for leg in self.routes.legs]
        self._cell_names += [self.routes.places[p].id if p >= 0 else "" for p in self._cell_place[n_legs:]]

    def _found_allotments(self) -> None:
        """Set up what is dealt out daily, and who shares it: nothing is left over from the eve of the first day."""
        routes, n_places = self.routes, len(self.routes.places)
        self.quota_left = np.zeros(len(routes.legs))
        self.capacity_left = np.zeros(n_places * SERVICES)
        self.returns_left = np.zeros(n_places)
        self.relocation_left = np.zeros(n_places)
        first: dict[str, int] = {}
        for p, place in enumerate(routes.places):
            first.setdefault(place.country, p)
        self.return_queue = np.array([first[place.country] for place in routes.places], np.int32)
        self.voluntary_leg = np.full(n_places, -1, np.int32)
        for i in reversed(np.flatnonzero((routes.purpose == Purpose.RETURN_VOLUNTARY) & ~is_own_way(routes))):
            self.voluntary_leg[routes.origin[i]] = i
        self.take_stock()

    def take_stock(self) -> None:
        """Find out what there is to give under the settings in force."""
        self.offers = make_offers(
            self.routes, self.settings, self.parameters, self.scale, self.return_queue, self.voluntary_leg
        )

    def step(self) -> None:
        """Live the next day: the phases of ``phases.DAY`` in order."""
        self.day += 1
        today = self.today
        month_days = gregorian.monthrange(today.year, today.month)[1]
        self.days_left = min(month_days - today.day + 1, self.last_day - self.day + 1)
        if today.day == 1 or self.day == self.first_day:
            self.recorder.begin_month(self.days_left)
        for phase in DAY:
            phase(self)
        if self.day == self.last_day:
            self.running = False

    def fork(self, scenario: Scenario) -> RouteModel:
        """Return a copy that goes on tomorrow under the levers and closures of another scenario.

        Where the two scenarios are the same until today, and in all but levers and closures after it, the copy lives
        the very life that a model of the other scenario, run from its first day, would have lived.
        """
        twin = RouteModel(
            scenario, seed=self.seed, scale=self.scale, threads=self.recorder.tally.flow.shape[0]
        )
        twin.crowd.take_state(self.crowd)
        twin.recorder = deepcopy(self.recorder)
        for name in _CARRIED:
            setattr(twin, name, deepcopy(getattr(self, name)))
        twin.outlook = self.outlook.copy()
        twin.settings = deepcopy(self.settings)  # the outlook adapts to yesterday's, before institutions act
        twin.changes |= {self.day + 1}  # its institutions have not acted yet
        return twin

    @property
    def people(self) -> People:
        """Columns of everybody."""
        return self.crowd.people

    @property
    def start_days(self) -> I32:
        """Days on which people could start, (N,), rising."""
        return self.crowd.start_days

    @property
    def rows(self) -> slice:
        """Rows of everybody whose journey may not have ended."""
        return self.crowd.rows

    @property
    def today(self) -> date:
        """Date of the day that was lived last."""
        return calendar(self.day)

    @property
    def agents(self) -> PeopleSet:
        """Institutions and everybody who has started a journey, as one AgentSet."""
        institutions = -1 - np.arange(len(self.institutions))
        return PeopleSet(self, np.concatenate([institutions, self._started()]))

    @agents.setter
    def agents(self, agents: object) -> None:
        raise AttributeError("model.agents is made from institutions and people; it cannot be set")

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], mesa.agent.AgentSet]:
        """Agents by class, people included."""
        return {**self._agents_by_type, Person: PeopleSet(self, self._started())}

    @property
    def agent_types(self) -> list[type]:
        """Classes of agents."""
        return list(self.agents_by_type)

    def location_of(self, cell: int) -> str:
        """Return the id of a cell's place or leg; empty for ended journeys."""
        return self._cell_names[cell]

    def count(self, status: Status) -> int:
        """Return the number of people simulated who are in a status now; no objects are made."""
        return int(self.recorder.stock[self.cell_status == status].sum())

    def counts(self) -> Counts:
        """Return everything that was counted, after the last day."""
        return self.recorder.finish(follow_cohorts(self.people.life, self.cell_status))

    def close(self) -> None:
        """Let go of people and counts once nobody looks at them any more.

        A model and its agents refer to each other, so its memory would wait for the garbage collector, which may not
        come for many runs.
        """
        self.pool.shutdown(wait=False)
        del self.crowd, self.recorder

    def _started(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        status = self.cell_status[self.people.life["cell"]]
        return np.sort(self.crowd.number_of[status >= Status.WAITING]).astype(np.int64)


def _lanes(threads: int | None) -> int:
    lanes = n_cores() if threads is None else threads
    if lanes < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    return lanes
