"""People as Mesa agents that look at columns: objects are made only when somebody looks at them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
import numpy.typing as npt
from mesa.agent import AgentSet, GroupBy

from simulation.kernels.layout import DEMOGRAPHICS, Status
from simulation.world.policy import calendar
from simulation.world.routes import DEMOGRAPHIC_NAMES, INTENTIONS

if TYPE_CHECKING:
    from simulation.model import RouteModel

Rows = npt.NDArray[np.int64]


class Person(mesa.Agent):
    """One person on the move: a view. Two views of the same person are equal; none can be changed.

    Attributes:
        row: The person's number in the model, the same for good (rows of the columns move: see Crowd.row_of).
    """

    model: RouteModel
    row: int
    pos = None
    """People have no position on a Mesa grid; see ``location``."""

    def __init__(self, model: RouteModel, row: int) -> None:
        """Look at a person by number, who is not registered with the model: that has its own list."""
        self.__dict__["model"] = model
        self.__dict__["row"] = row

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: the columns are written by the day alone, and a note on a view would be lost with it."""
        raise AttributeError(f"a person cannot be changed from outside; {name} is not set")

    @property
    def _life(self) -> np.void:
        record: np.void = self.model.people.life[self.model.crowd.row_of[self.row]]
        return record

    @property
    def unique_id(self) -> int:
        """The person's stable identity, the same in every scenario."""
        return int(self._life["who"])

    @property
    def status(self) -> Status:
        """What the person is doing."""
        return Status(int(self.model.cell_status[self._life["cell"]]))

    @property
    def location(self) -> str:
        """Id of the place or leg; empty once the journey has ended."""
        return self.model.location_of(int(self._life["cell"]))

    @property
    def nationality(self) -> str:
        """Stream that the person belongs to."""
        return self.model.routes.streams[int(self._life["group"]) // DEMOGRAPHICS]

    @property
    def sex(self) -> str:
        """``female`` or ``male``."""
        return DEMOGRAPHIC_NAMES[int(self._life["group"]) % DEMOGRAPHICS][0]

    @property
    def age(self) -> str:
        """``adult`` or ``child`` (under 18)."""
        return DEMOGRAPHIC_NAMES[int(self._life["group"]) % DEMOGRAPHICS][1]

    @property
    def unaccompanied(self) -> bool:
        """Whether a child travels without a parent or guardian."""
        return DEMOGRAPHIC_NAMES[int(self._life["group"]) % DEMOGRAPHICS][2] == "unaccompanied"

    @property
    def intention(self) -> str:
        """Intended region at the start."""
        return INTENTIONS[int(self._life["choice_class"]) // 2]

    @property
    def informed(self) -> bool:
        """False for people who understate the risks ahead."""
        return int(self._life["choice_class"]) % 2 == 0

    @property
    def vulnerability(self) -> float:
        """Vulnerability in [0, 1]."""
        return int(self._life["vulnerability"]) / 255.0

    @property
    def incidents(self) -> int:
        """Harms suffered so far (counted up to 255)."""
        return int(self._life["incidents"])

    @property
    def times_detained(self) -> int:
        """Episodes of detention so far."""
        return int(self._life["times_detained"])

    @property
    def sea_attempts(self) -> int:
        """Attempts to cross the sea so far."""
        return int(self._life["sea_attempts"])

    @property
    def days_en_route(self) -> int | None:
        """Days since the start; None before it, and for people who were already on the way on the first day."""
        start = int(self._life["start_day"])
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
    """An AgentSet over rows: selection, order and iteration as in Mesa, objects only as they are asked for.

    Attributes:
        members: (n,) who is in the set, in its order: numbers of people, and -1 - k for the k-th institution.
    """

    def __init__(self, model: RouteModel, members: Rows) -> None:
        """Hold some people and institutions of a model."""
        super().__init__((), random=model.random)
        self.model = model
        self.members = members

    @classmethod
    def of(cls, model: RouteModel, agents: Iterable[mesa.Agent]) -> PeopleSet:
        """Return the set of some agents of the model, each once, in the order given."""
        places = {id(institution): -1 - k for k, institution in enumerate(model.institutions)}
        members = dict.fromkeys(a.row if isinstance(a, Person) else places[id(a)] for a in agents)
        return cls(model, np.array(list(members), np.int64))

    @classmethod
    def _from_iterable(cls, agents: Iterable[mesa.Agent]) -> AgentSet:  # for &, |, - and ^
        found = list(agents)
        return cls.of(found[0].model, found) if found else AgentSet((), random=Random(0))

    def _agent(self, member: int) -> mesa.Agent:
        return Person(self.model, member) if member >= 0 else self.model.institutions[-1 - member]

    def _with(self, members: Rows, inplace: bool) -> PeopleSet:
        if not inplace:
            return PeopleSet(self.model, members)
        self.members = members
        return self

    def __len__(self) -> int:
        """Return the number of agents."""
        return int(self.members.size)

    def __iter__(self) -> Iterator[mesa.Agent]:
        """Yield the agents in the set's order, one object at a time."""
        for member in self.members:
            yield self._agent(int(member))

    def __contains__(self, agent: object) -> bool:
        """Return whether an agent is in the set."""
        if isinstance(agent, Person):
            return agent.model is self.model and bool((self.members == agent.row).any())
        return any(agent is self._agent(int(member)) for member in self.members[self.members < 0])

    def __getitem__(self, item: int | slice) -> Any:
        """Return the agent, or list of agents, at a position."""
        if isinstance(item, slice):
            return [self._agent(int(member)) for member in self.members[item]]
        return self._agent(int(self.members[item]))

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
            filter_func: Asked of every agent (makes an object each) until enough have passed.
            at_most: Number of agents to keep; a float up to 1.0 is a share of the set.
            inplace: Narrow this set and return it.
            agent_type: Keep only this class.
            status: Keep only people in this status; looked up in the columns, no objects.
            location: Keep only people at this place or leg; looked up in the columns, no objects.
        """
        limit = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        members = self._of_type(agent_type)
        if status is not None or location is not None:
            cells = np.ones(self.model.cell_status.size, np.bool_)
            if status is not None:
                cells &= self.model.cell_status == status
            if location is not None:
                cells &= np.array([self.model.location_of(c) == location for c in range(cells.size)])
            members = members[members >= 0]
            members = members[cells[self.model.people.life["cell"][self.model.crowd.row_of[members]]]]
        if filter_func is not None:
            passing = (m for m in members if filter_func(self._agent(int(m))))
            return self._with(_first(passing, limit), inplace)
        return self._with(members if limit >= members.size else members[: int(limit)], inplace)

    def _of_type(self, agent_type: type[mesa.Agent] | None) -> Rows:
        if agent_type is None:
            return self.members
        institutions = self.model.institutions
        fits = np.array([isinstance(i, agent_type) for i in reversed(institutions)] + [False], np.bool_)
        # fits[m] for m = -len .. -1, and its last entry for people, who are looked up apart.
        place = np.where(self.members < 0, self.members + len(institutions), len(institutions))
        people = self.members >= 0 if issubclass(Person, agent_type) else np.zeros(len(self), np.bool_)
        return self.members[fits[place] | people]

    def shuffle(self, inplace: bool = False) -> PeopleSet:
        """Return the set in an order drawn from Mesa's generator of the model; lives have no part in it."""
        return self._with(self.model.rng.permutation(self.members), inplace)

    def sort(
        self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> PeopleSet:
        """Return the set ordered by an attribute or a function of the agents, highest first unless ascending."""
        value = operator.attrgetter(key) if isinstance(key, str) else key
        values = [value(agent) for agent in self]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return self._with(self.members[np.array(order, np.int64)], inplace)

    def groupby(self, by: Callable[[Any], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Return the agents by what an attribute or a function gives for them: sets, or lists of objects."""
        value = operator.attrgetter(by) if isinstance(by, str) else by
        groups: dict[Any, list[int]] = {}
        for member in self.members:
            groups.setdefault(value(self._agent(int(member))), []).append(int(member))
        sets = {name: PeopleSet(self.model, np.array(members, np.int64)) for name, members in groups.items()}
        return GroupBy(
            sets if result_type == "agentset" else {name: list(found) for name, found in sets.items()}
        )

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> PeopleSet:
        """Call a method, or a function, on every agent."""
        for agent in self:
            _call(agent, method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> PeopleSet:
        """Call a method, or a function, on every agent, in an order drawn anew; the set keeps its own."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method, or a function, gives for every agent."""
        return [_call(agent, method, args, kwargs) for agent in self]

    def get(
        self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None
    ) -> list[Any]:
        """Return one attribute, or a list of several, of every agent."""
        if handle_missing not in {"error", "default"}:
            raise ValueError(f"handle_missing is error or default, got {handle_missing!r}")
        missing = () if handle_missing == "error" else (default_value,)
        if isinstance(attr_names, str):
            return [getattr(agent, attr_names, *missing) for agent in self]
        return [[getattr(agent, name, *missing) for name in attr_names] for agent in self]

    def to_list(self) -> list[mesa.Agent]:
        """Return all agents as objects."""
        return list(self)

    def add(self, agent: mesa.Agent) -> None:
        """Refuse: people enter the model by the scenario's streams."""
        raise TypeError(
            "people enter the model by the scenario's streams, and leave it by what happens to them"
        )

    discard = remove = add

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs."""
        return {"model": self.model, "members": self.members, "random": self.random}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of another set."""
        super().__setstate__({"agents": (), "random": state["random"]})
        self.model, self.members = state["model"], state["members"]


def _call(agent: mesa.Agent, method: str | Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if isinstance(method, str):
        return getattr(agent, method)(*args, **kwargs)
    return method(agent, *args, **kwargs)


def _first(members: Iterator[np.int64], limit: float) -> Rows:
    """Return the first so many."""
    taken: list[int] = []
    while len(taken) < limit and (member := next(members, None)) is not None:
        taken.append(int(member))
    return np.array(taken, np.int64)
