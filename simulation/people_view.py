"""People as Mesa agents that look at columns: objects are made only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import numpy.typing as npt
from mesa.agent import AgentSet

from simulation.kernels.layout import DEMOGRAPHICS, Status
from simulation.world.policy import calendar
from simulation.world.routes import DEMOGRAPHIC_NAMES, INTENTIONS

if TYPE_CHECKING:
    from simulation.model import RouteModel

Rows = npt.NDArray[np.int64]


class Person(mesa.Agent):
    """One person on the move: a view of one row. Two views of the same person are equal; none can be changed."""

    def __init__(self, model: RouteModel, row: int) -> None:
        """Look at a row; the person is not registered with the model, which has its own list of rows."""
        self.model = model
        self.row = row
        self.pos = None

    @property
    def unique_id(self) -> int:
        """The person's stable identity, the same in every scenario."""
        return int(self.model.people.who[self.row])

    @property
    def status(self) -> Status:
        """What the person is doing."""
        return Status(int(self.model.cell_status[self.model.people.life[self.row]["cell"]]))

    @property
    def location(self) -> str:
        """Id of the place or leg; empty once the journey has ended."""
        return self.model.location_of(int(self.model.people.life[self.row]["cell"]))

    @property
    def nationality(self) -> str:
        """Stream that the person belongs to."""
        return self.model.routes.streams[int(self.model.people.life[self.row]["group"]) // DEMOGRAPHICS]

    @property
    def sex(self) -> str:
        """``female`` or ``male``."""
        return DEMOGRAPHIC_NAMES[int(self.model.people.life[self.row]["group"]) % DEMOGRAPHICS][0]

    @property
    def age(self) -> str:
        """``adult`` or ``child`` (under 18)."""
        return DEMOGRAPHIC_NAMES[int(self.model.people.life[self.row]["group"]) % DEMOGRAPHICS][1]

    @property
    def unaccompanied(self) -> bool:
        """Whether a child travels without a parent or guardian."""
        return (
            DEMOGRAPHIC_NAMES[int(self.model.people.life[self.row]["group"]) % DEMOGRAPHICS][2]
            == "unaccompanied"
        )

    @property
    def intention(self) -> str:
        """Intended region at the start."""
        return INTENTIONS[int(self.model.people.life[self.row]["choice_class"]) // 2]

    @property
    def informed(self) -> bool:
        """False for people who understate the risks ahead."""
        return int(self.model.people.life[self.row]["choice_class"]) % 2 == 0

    @property
    def vulnerability(self) -> float:
        """Vulnerability in [0, 1]."""
        return int(self.model.people.life[self.row]["vulnerability"]) / 255.0

    @property
    def incidents(self) -> int:
        """Harms suffered so far (counted up to 255)."""
        return int(self.model.people.life[self.row]["incidents"])

    @property
    def times_detained(self) -> int:
        """Episodes of detention so far."""
        return int(self.model.people.life[self.row]["times_detained"])

    @property
    def sea_attempts(self) -> int:
        """Attempts to cross the sea so far."""
        return int(self.model.people.life[self.row]["sea_attempts"])

    @property
    def days_en_route(self) -> int | None:
        """Days since the start; None before it, and for people who were already on the way on the first day."""
        start = int(self.model.people.life[self.row]["start_day"])
        return (
            None
            if start < 0 or self.status <= Status.STAYED_HOME
            else (self.model.today - calendar(start)).days
        )

    def remove(self) -> None:
        """Refuse: people leave the model by what happens to them."""
        raise TypeError("a person cannot be removed from the model")

    def __eq__(self, other: object) -> bool:
        """Return whether both look at the same person of the same model."""
        return isinstance(other, Person) and other.model is self.model and other.row == self.row

    def __hash__(self) -> int:
        """Return the hash of the identity."""
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        """Return a short description."""
        return f"<Person {self.unique_id:#x} {self.status.name.lower()} {self.location}>"


class PeopleSet(AgentSet):
    """An AgentSet over rows: selection, counting and iteration as in Mesa, objects only as they are asked for."""

    def __init__(self, model: RouteModel, rows: Rows, others: tuple[mesa.Agent, ...] = ()) -> None:
        """Hold the people in ``rows``, after the ``others`` (institutions)."""
        super().__init__(others, random=model.random)
        self.model = model
        self.rows = rows
        self.others = others

    def __len__(self) -> int:
        """Return the number of agents."""
        return len(self.others) + self.rows.size

    def __iter__(self) -> Iterator[mesa.Agent]:
        """Yield institutions, then people, one object at a time."""
        yield from self.others
        for row in self.rows:
            yield Person(self.model, int(row))

    def __contains__(self, agent: object) -> bool:
        """Return whether an agent is in the set."""
        if isinstance(agent, Person):
            return agent.model is self.model and bool(np.isin(agent.row, self.rows))
        return agent in self.others

    def __getitem__(self, item: int | slice) -> Any:
        """Return the agent, or list of agents, at a position."""
        if isinstance(item, slice):
            return [self[i] for i in range(*item.indices(len(self)))]
        position = item if item >= 0 else len(self) + item
        if not 0 <= position < len(self):
            raise IndexError(item)
        if position < len(self.others):
            return self.others[position]
        return Person(self.model, int(self.rows[position - len(self.others)]))

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
        *,
        status: Status | None = None,
        location: str | None = None,
    ) -> PeopleSet:
        """Return the agents that pass, as Mesa's AgentSet.select does.

        Args:
            filter_func: Asked for every agent (makes an object each).
            at_most: Number of agents to keep, or a share of them if below 1.
            inplace: Narrow this set and return it.
            agent_type: Keep only this class.
            status: Keep only people in this status; looked up in the columns, no objects.
            location: Keep only people at this place or leg; looked up in the columns, no objects.
        """
        rows, others = self.rows, self.others
        if agent_type is not None:
            others = tuple(a for a in others if isinstance(a, agent_type))
            rows = rows if issubclass(Person, agent_type) else rows[:0]
        if status is not None or location is not None:
            others = ()
            cells = np.ones(self.model.cell_status.size, np.bool_)
            if status is not None:
                cells &= self.model.cell_status == status
            if location is not None:
                cells &= np.array([self.model.location_of(c) == location for c in range(cells.size)])
            rows = rows[cells[self.model.people.life["cell"][rows]]]
        limit = int(at_most * (len(others) + rows.size)) if at_most < 1 else at_most
        if filter_func is not None:
            others = tuple(a for a in others if filter_func(a))
            chosen: list[int] = []
            for row in rows:
                if len(others) + len(chosen) >= limit:
                    break
                if filter_func(Person(self.model, int(row))):
                    chosen.append(int(row))
            rows = np.array(chosen, np.int64)
        if limit < len(others) + rows.size:
            others = others[: int(limit)]
            rows = rows[: int(limit) - len(others)]
        if inplace:
            self.rows, self.others = rows, others
            return self
        return PeopleSet(self.model, rows, others)

    def shuffle(self, inplace: bool = False) -> PeopleSet:
        """Return the set in an order drawn from the model's generator; the model itself has no order."""
        rows = self.model.rng.permutation(self.rows)
        if inplace:
            self.rows = rows
            return self
        return PeopleSet(self.model, rows, self.others)

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> PeopleSet:
        """Call a method, or a function, on every agent."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method, or a function, gives for every agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def get(
        self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None
    ) -> list[Any]:
        """Return one attribute, or a list of several, of every agent."""
        names = [attr_names] if isinstance(attr_names, str) else attr_names

        def value(agent: mesa.Agent, name: str) -> Any:
            return getattr(agent, name) if handle_missing == "error" else getattr(agent, name, default_value)

        found = [[value(agent, name) for name in names] for agent in self]
        return [row[0] for row in found] if isinstance(attr_names, str) else found

    def to_list(self) -> list[mesa.Agent]:
        """Return all agents as objects."""
        return list(self)

    def add(self, agent: mesa.Agent) -> None:
        """Refuse: people enter the model by the scenario's streams."""
        raise TypeError("people enter the model by the scenario's streams")

    discard = remove = add
