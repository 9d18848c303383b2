"""The model is a Mesa model: what a person used to Mesa expects of it works, and a day makes no objects."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import date, timedelta

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet
from small_worlds import changed, counted, everybody, lived, tiny, with_levers

from simulation import RouteModel
from simulation.institutions import (
    BorderAuthority,
    CoastGuard,
    DetentionAuthority,
    InformationOffice,
    Institution,
    PathwayOffice,
    RelocationOffice,
    RescueOperator,
    ReturnProgramme,
    ServiceProvider,
    SmugglingMarket,
)
from simulation.kernels.layout import Status
from simulation.people_view import PeopleSet, Person
from simulation.spec.models import BorderEnforcement
from simulation.units import DAYS_PER_MONTH
from simulation.world.policy import calendar


@pytest.fixture
def model() -> RouteModel:
    """The fork in its third month: people at places, on legs and at the end of their journey."""
    model = RouteModel(tiny("fork"), seed=5)
    for _ in range(80):
        model.step()
    return model


def started(model: RouteModel) -> int:
    return int((everybody(model)["status"] >= Status.WAITING).sum())


# The model ---
def test_step_lives_one_day(model: RouteModel) -> None:
    assert isinstance(model, mesa.Model)
    assert model.steps == 80
    assert model.today == calendar(model.first_day + 79)
    model.step()
    assert model.today == tiny("fork").document.period.start + timedelta(days=80)
    assert model.running


def test_run_model_stops_after_the_last_day() -> None:
    model = RouteModel(tiny("line"))
    model.run_model()
    assert model.today == tiny("line").document.period.end
    assert not model.running


def test_what_cannot_be_run_is_said() -> None:
    with pytest.raises(ValueError, match="scale must lie in"):
        RouteModel(tiny("line"), scale=0.0)
    with pytest.raises(ValueError, match="scale must lie in"):
        RouteModel(tiny("line"), scale=1.5)
    with pytest.raises(ValueError, match="threads must be at least 1"):
        RouteModel(tiny("line"), threads=0)


def test_mesas_own_generator_has_no_part_in_lives() -> None:
    used, unused = RouteModel(tiny("fork")), lived(tiny("fork"))
    while used.running:
        used.random.random()
        used.rng.random()
        used.step()
    assert everybody(used).equals(everybody(unused))


# Sets of agents ---
def test_agents_are_institutions_and_everybody_who_started(model: RouteModel) -> None:
    agents = model.agents
    assert isinstance(agents, AgentSet)
    assert len(agents) == len(model.institutions) + started(model)
    assert len(list(agents)) == len(agents)
    assert Counter(type(a) for a in agents) == {
        kind: len(found) for kind, found in model.agents_by_type.items() if len(found)
    }
    assert set(model.agent_types) == set(model.agents_by_type) >= {Person, BorderAuthority}
    with pytest.raises(AttributeError, match="cannot be set"):
        model.agents = agents


def test_positions_slices_and_membership(model: RouteModel) -> None:
    agents = model.agents
    assert agents[0] is model.institutions[0]
    assert agents[-1] == list(agents)[-1]
    assert agents[2:40:5] == list(agents)[2:40:5]
    assert agents[3] in agents
    assert agents[-1] in agents
    assert agents[-1] not in agents.select(agent_type=Institution)
    other = RouteModel(tiny("fork"), seed=5)
    assert Person(other, agents[-1].row) not in agents
    with pytest.raises(IndexError):
        agents[len(agents)]


def test_select_by_function_type_number_and_share(model: RouteModel) -> None:
    agents = model.agents
    people = agents.select(agent_type=Person)
    assert len(people) == started(model)
    assert all(isinstance(a, Person) for a in people)
    assert len(agents.select(agent_type=Institution)) == len(model.institutions)
    borders = agents.select(agent_type=BorderAuthority)
    assert [b.name for b in borders] == ["border authority LBY", "border authority NER"]
    assert list(agents.select(agent_type=mesa.Agent)) == list(agents)
    travelling = people.select(lambda a: a.status == Status.TRAVELLING)
    assert {a.status for a in travelling} == {Status.TRAVELLING}
    assert len(travelling) == model.count(Status.TRAVELLING) > 0
    assert list(people.select(at_most=7)) == list(people)[:7]
    assert (
        list(people.select(lambda a: a.sex == "female", at_most=4))
        == [a for a in people if a.sex == "female"][:4]
    )
    assert len(agents.select(at_most=0)) == 0
    assert len(agents.select(at_most=1)) == 1
    assert len(agents.select(at_most=0.25)) == int(0.25 * len(agents))
    assert len(agents.select(at_most=1.0)) == len(agents)
    # As in Mesa, a share is a share of the set, not of those who pass.
    assert len(agents.select(at_most=0.5, agent_type=Institution)) == min(
        len(agents) // 2, len(model.institutions)
    )


def test_select_by_column_makes_the_same_set(model: RouteModel) -> None:
    agents = model.agents
    for status in Status:
        quick = agents.select(status=status)
        assert list(quick) == list(agents.select(lambda a, s=status: isinstance(a, Person) and a.status == s))
    on_road = agents.select(location="home_gate")
    assert len(on_road) > 0
    assert {a.location for a in on_road} == {"home_gate"}
    assert {a.status for a in on_road} == {Status.TRAVELLING}
    at_gate = agents.select(location="gate", status=Status.WORKING)
    assert {(a.location, a.status) for a in at_gate} <= {("gate", Status.WORKING)}


def test_select_in_place(model: RouteModel) -> None:
    agents = model.agents
    assert agents.select(agent_type=Person, at_most=5, inplace=True) is agents
    assert len(agents) == 5


def test_get_do_map_and_agg(model: RouteModel) -> None:
    people = model.agents.select(agent_type=Person)
    assert people.get("status") == [a.status for a in people]
    assert people.get(["sex", "age"]) == [[a.sex, a.age] for a in people]
    assert model.agents.get("lever", handle_missing="default", default_value="-")[-1] == "-"
    with pytest.raises(AttributeError):
        model.agents.get("lever")
    with pytest.raises(ValueError, match="handle_missing"):
        people.get("sex", handle_missing="ignore")
    met: list[int] = []
    assert people.do(lambda a: met.append(a.unique_id)) is people
    assert met == people.get("unique_id") == people.map(lambda a: a.unique_id)
    assert people.do("step") is people
    controls = model.agents.select(agent_type=BorderAuthority)
    assert controls.map("settings_in_force", BorderEnforcement, model.today) == [[], []]
    assert people.agg("vulnerability", max) == max(people.get("vulnerability"))
    assert people.agg("vulnerability", [min, max]) == [
        min(people.get("vulnerability")),
        max(people.get("vulnerability")),
    ]


def test_shuffle_and_sort(model: RouteModel) -> None:
    agents = model.agents
    mixed = agents.shuffle()
    assert list(mixed) != list(agents)
    assert set(mixed) == set(agents)
    assert any(isinstance(a, Institution) for a in mixed[len(model.institutions) :]), (
        "institutions are shuffled too"
    )
    met: list[int] = []
    agents.shuffle_do(lambda a: met.append(a.unique_id))
    assert sorted(met) == sorted(agents.get("unique_id"))
    assert met != agents.get("unique_id")
    people = agents.select(agent_type=Person)
    assert people.sort("vulnerability").get("vulnerability") == sorted(
        people.get("vulnerability"), reverse=True
    )
    rising = people.sort(lambda a: a.vulnerability, ascending=True, inplace=True)
    assert rising is people
    assert people.get("vulnerability") == sorted(people.get("vulnerability"))


def test_groupby(model: RouteModel) -> None:
    people = model.agents.select(agent_type=Person)
    groups = people.groupby("status")
    assert groups.count() == dict(Counter(people.get("status")))
    for status, group in groups:
        assert isinstance(group, PeopleSet)
        assert set(group.get("status")) == {status}
    assert sum(groups.map(len).values()) == len(people)
    by_sex = people.groupby(lambda a: a.sex, result_type="list")
    assert {name: len(found) for name, found in by_sex} == dict(Counter(people.get("sex")))
    assert isinstance(by_sex.groups["male"][0], Person)
    assert groups.agg("vulnerability", max) == {
        s: max(a.vulnerability for a in people if a.status == s) for s in set(people.get("status"))
    }


def test_sets_combine_and_copy(model: RouteModel) -> None:
    people = model.agents.select(agent_type=Person)
    women = people.select(lambda a: a.sex == "female")
    children = people.select(lambda a: a.age == "child")
    assert set(women & children) == set(people.select(lambda a: a.sex == "female" and a.age == "child"))
    assert len(women | children) == len(women) + len(children) - len(women & children)
    assert len(women - women) == 0
    twin = copy.copy(women)
    assert list(twin) == list(women)
    twin.select(at_most=1, inplace=True)
    assert len(women) > 1


def test_nobody_is_added_or_removed_from_outside(model: RouteModel) -> None:
    agents = model.agents
    for change in (agents.add, agents.discard, agents.remove):
        with pytest.raises(TypeError, match="scenario's streams"):
            change(agents[-1])
    with pytest.raises(TypeError, match="cannot be removed"):
        agents[-1].remove()
    with pytest.raises(TypeError, match="cannot be removed"):
        agents[0].remove()
    with pytest.raises(TypeError, match="cannot be removed"):
        model.remove_all_agents()
    assert len(model.agents) == len(agents)


# One person ---
def test_a_person_is_a_view_of_a_row(model: RouteModel) -> None:
    table = everybody(model)
    routes = model.routes
    for person in model.agents.select(agent_type=Person, at_most=60):
        row = table.loc[person.unique_id]
        assert person.status == row["status"]
        assert person.location == row["location"]
        assert person.nationality == row["stream"] == "locals"
        sex, rest = divmod(int(row["demographic"]), 3)
        assert (person.sex, person.age) == (("female", "male")[sex], "child" if rest else "adult")
        assert person.unaccompanied == (rest == 2)
        assert person.intention in {"north_africa", "region", "circular"}
        assert person.informed == (row["choice_class"] % 2 == 0)
        assert person.vulnerability == row["vulnerability"] / 255
        assert 0.0 <= person.vulnerability <= 1.0
        assert (person.incidents, person.times_detained, person.sea_attempts) == tuple(
            row[["incidents", "times_detained", "sea_attempts"]]
        )
        if row["start_day"] >= 0:
            assert person.days_en_route == model.day - row["start_day"] >= 0
        else:
            assert person.days_en_route is None
        assert person.location in {"", *routes.place_index, *routes.leg_index}
        assert person.model is model
        assert f"{person.status.name.lower()}" in repr(person)


def test_two_views_of_a_person_are_equal(model: RouteModel) -> None:
    one, again, other = model.agents[-1], model.agents[-1], model.agents[-2]
    assert one is not again
    assert one == again
    assert hash(one) == hash(again)
    assert one != other
    assert one.unique_id != other.unique_id


def test_a_person_cannot_be_changed(model: RouteModel) -> None:
    person = model.agents[-1]
    for name in ("status", "vulnerability", "row", "note"):
        with pytest.raises(AttributeError, match="cannot be changed"):
            setattr(person, name, 1)
    with pytest.raises(AttributeError, match="cannot be changed"):
        model.agents.select(agent_type=Person).set("vulnerability", 0.0)


def test_a_view_sees_the_person_live_on(model: RouteModel) -> None:
    person = next(a for a in model.agents if isinstance(a, Person) and a.status == Status.TRAVELLING)
    days = person.days_en_route
    for _ in range(10):
        model.step()
    assert person.status != Status.TRAVELLING or person.location != ""
    assert person.days_en_route == days + 10


def test_a_day_makes_no_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Counter[str]()
    for kind in (mesa.Agent, Person):
        original = kind.__init__

        def counting(
            self: object, *args: object, original=original, name=kind.__name__, **kwargs: object
        ) -> None:
            made[name] += 1
            original(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__init__", counting)
    model = RouteModel(tiny("fork"))
    assert made == {"Agent": len(model.institutions)}
    for _ in range(400):
        model.step()
    assert made == {"Agent": len(model.institutions)}
    people = len(model.agents.select(agent_type=Person))
    assert made["Person"] == 0, "selection by class makes no objects"
    list(model.agents)
    assert made["Person"] == people > 500


# Institutions ---
def test_institutions_cover_the_map_once() -> None:
    model = RouteModel(tiny("sea"))
    kinds = Counter(type(i) for i in model.institutions)
    assert kinds == {
        BorderAuthority: 2, SmugglingMarket: 2, InformationOffice: 2, DetentionAuthority: 2, ReturnProgramme: 2,
        RelocationOffice: 1, RescueOperator: 1, CoastGuard: 1, ServiceProvider: 3,
    }  # fmt: skip
    assert sum(type(i) is PathwayOffice for i in RouteModel(tiny("fork")).institutions) == 1
    for kind in (BorderAuthority, SmugglingMarket, DetentionAuthority, ReturnProgramme, ServiceProvider):
        territory = np.sum([i.territory for i in model.institutions if type(i) is kind], axis=0)
        assert (territory == 1).all(), kind
    ids = [i.unique_id for i in model.institutions]
    assert len(set(ids)) == len(ids)


def test_institutions_act_on_lever_days() -> None:
    levers = {
        "border_enforcement": [
            {"from": "2015-01-11", "to": "2015-01-20", "intensity": 0.8, "scope": {"countries": ["NER"]}},
            {"from": "2015-01-16", "intensity": 0.3, "scope": {"legs": ["gate_haven_main"]}},
        ],
        "detention": [{"from": "2015-01-11", "after_arrest": 0.9, "time_limit": "30 days", "children": False,
                       "scope": {"places": ["gate"]}}],
        "services": [{"from": "2015-01-16", "capacity": "3 persons/day", "capacity_factor": 2}],
        "legal_pathways": [{"from": "2015-01-21", "quota_factor": 5, "processing": "10 days", "acceptance": 0.7,
                            "awareness": 0.9}],
    }  # fmt: skip
    model = RouteModel(with_levers(tiny("fork"), **levers))
    leg, place = model.routes.leg_index, model.routes.place_index
    settings, reference = model.settings, model.reference

    def live_to(day: int) -> None:
        while model.today.day < day:
            model.step()

    model.step()
    assert settings.control.sum() == 0
    live_to(11)
    assert settings.control[leg["gate_haven_main"]] == 0.8
    assert settings.control[leg["home_gate"]] == 0.8
    assert settings.after_arrest[place["gate"]].tolist() == [0.9, -1.0]
    assert settings.after_arrest[place["home"]].tolist() == [0.5, 0.5]
    assert settings.limit_days[place["gate"]] == 30
    assert (settings.capacity == reference.capacity).all()
    live_to(16)
    assert settings.control[leg["gate_haven_main"]] == 0.3, "of two settings in force, the later holds"
    assert settings.control[leg["home_gate"]] == 0.8
    assert (settings.capacity.sum(axis=1) == 6.0).all()
    live_to(21)
    assert settings.control[leg["home_gate"]] == 0.0, "the last day has passed"
    visa = leg["home_haven_visa"]
    assert settings.quota[visa] == pytest.approx(5 * 10 / DAYS_PER_MONTH)
    assert settings.processing_factor[visa] * model.routes.mean_days[visa] == pytest.approx(10)
    assert (settings.acceptance[visa], settings.awareness[visa]) == (0.7, 0.9)
    assert model.world.leg["days_low"][visa] < 10 < model.world.leg["days_high"][visa]


def test_sea_institutions_act_on_lever_days() -> None:
    model = RouteModel(tiny("sea"))
    while model.today < date(2015, 7, 1):
        assert model.settings.interception.sum() == 0
        model.step()
    assert set(model.settings.interception) == {0.5}
    assert set(model.settings.coverage) == {0.5}
    assert model.world.leg["pullback"][:2].min() > 0


# Mesa's DataCollector ---
def test_mesas_data_collector_works() -> None:
    model = RouteModel(changed(tiny("fork"), seed=3))
    collector = mesa.DataCollector(
        model_reporters={"on the road": lambda m: m.count(Status.TRAVELLING), "day": "day",
                         "people": [lambda kind: len(model.agents.select(agent_type=kind)), [Person]]},
        agent_reporters={"status": lambda a: getattr(a, "status", None), "name": "name"},
        agenttype_reporters={Person: {"vulnerability": "vulnerability", "where": "location"},
                             BorderAuthority: {"territory": lambda a: int(a.territory.sum())},
                             Institution: {"lever": "lever"}},
    )  # fmt: skip
    for _ in range(30):
        model.step()
        collector.collect(model)
    of_model = collector.get_model_vars_dataframe()
    assert len(of_model) == 30
    assert of_model["day"].tolist() == list(range(model.day - 29, model.day + 1))
    assert of_model["on the road"].iloc[-1] == model.count(Status.TRAVELLING) > 0
    of_agents = collector.get_agent_vars_dataframe().loc[30]
    assert len(of_agents) == len(model.agents)
    assert of_agents["name"].notna().sum() == len(model.institutions)
    assert (of_agents["status"] == Status.TRAVELLING).sum() == model.count(Status.TRAVELLING)
    of_people = collector.get_agenttype_vars_dataframe(Person)
    assert len(of_people.loc[30]) == of_model["people"].iloc[-1] == started(model)
    person = model.agents[-1]
    assert of_people.loc[(30, person.unique_id), "where"] == person.location
    assert collector.get_agenttype_vars_dataframe(BorderAuthority).loc[30]["territory"].tolist() == [0, 6]
    assert len(collector.get_agenttype_vars_dataframe(Institution).loc[1]) == len(model.institutions)


def test_collecting_changes_nothing() -> None:
    watched = RouteModel(tiny("fork"))
    collector = mesa.DataCollector(agent_reporters={"status": lambda a: getattr(a, "status", None)})
    for _ in range(20):
        watched.step()
        collector.collect(watched)
        watched.agents.shuffle_do("step")
    watched.run_model()
    assert all(map(np.array_equal, counted(watched), counted(lived(tiny("fork")))))
