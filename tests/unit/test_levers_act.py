"""Deterministic: every key of every lever does to the settings what it says, on its scope and dates, and no more."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import numpy as np
import pytest
from small_worlds import changed, tiny, with_levers

from simulation.kernels.layout import SERVICES, Service
from simulation.model import RouteModel
from simulation.spec import load
from simulation.spec.checks import check_scenario
from simulation.spec.findings import Finding
from simulation.spec.models import LeverEntry, Levers, Scenario, ServiceRow, UnitCost
from simulation.units import DAYS_PER_MONTH
from simulation.world.policy import Settings
from simulation.world.tables import effective_capacity, service_reach

SAID = {"source": "assumed: test map", "confidence": "assumed"}
DAY = date(2015, 3, 1)
COSTS = {"legal_pathways": 5000.0, "services": 50.0, "search_and_rescue": 1e5, "returns_assisted": 2500.0}


def priced(scenario: Scenario) -> Scenario:
    """Return a scenario with unit costs."""
    rows = [
        UnitCost(item=i, unit="unit", value=v, low=v / 2, high=2 * v, derivation="test map", **SAID)
        for i, v in COSTS.items()
    ]
    return scenario.model_copy(update={"unit_costs": tuple(rows)})


def with_kinds(scenario: Scenario) -> Scenario:
    """Return a scenario with health for three quarters of the capacity and shelter for a quarter."""
    rows = [
        ServiceRow(service=kind, capacity_share=share, need_share=need, relief=relief, **SAID)
        for kind, share, need, relief in (("health", 0.75, 0.4, 0.5), ("shelter", 0.25, 0.6, 0.2))
    ]
    return scenario.model_copy(update={"services": tuple(rows)})


def with_parameters(scenario: Scenario, **values: float) -> Scenario:
    """Return a scenario with parameters overridden."""
    return changed(scenario, parameters=scenario.document.parameters | values)


def acted(scenario: Scenario, today: date = DAY, **levers: list[dict[str, Any]]) -> RouteModel:
    """Return a model whose institutions have acted on a day, under these levers and no others."""
    bare = changed(scenario, levers=Levers())
    model = RouteModel(with_levers(bare, **levers), scale=0.1, threads=1)
    for institution in model.institutions:
        institution.act(today)
    return model


def acted_as(scenario: Scenario) -> RouteModel:
    """Return a model whose institutions have acted on a day under the levers of a scenario."""
    model = RouteModel(scenario, scale=0.1, threads=1)
    for institution in model.institutions:
        institution.act(DAY)
    return model


def touched(model: RouteModel) -> dict[str, set[str]]:
    """Return the settings that differ from the reference, each with the ids of its legs or places."""
    names = {"leg": [leg.id for leg in model.routes.legs], "place": [p.id for p in model.routes.places]}
    found = {}
    for field in dataclasses.fields(Settings):
        now, reference = getattr(model.settings, field.name), getattr(model.reference, field.name)
        differs = (now != reference).reshape(len(now), -1).any(axis=1)
        over = names["leg"] if len(now) == len(names["leg"]) else names["place"]
        if differs.any():
            found[field.name] = {over[i] for i in np.flatnonzero(differs)}
    return found


def at(model: RouteModel, setting: str, name: str) -> Any:
    """Return a setting at a leg or place."""
    index = model.routes.leg_index | model.routes.place_index
    return getattr(model.settings, setting)[index[name]]


# Nothing, dates, order -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["fork", "sea", "line"])
def test_without_levers_institutions_leave_the_reference_policy(name: str) -> None:
    assert touched(acted(tiny(name))) == {}


def test_a_lever_holds_on_its_dates_and_leaves_nothing_behind() -> None:
    model = acted(tiny("fork"), anti_smuggling=[{"intensity": 0.7, "from": "2015-02-01", "to": "2015-03-01"}])
    assert set(touched(model)) == {"anti_smuggling"}
    for day, expected in ((date(2015, 3, 2), {}), (date(2015, 1, 31), {})):
        for institution in model.institutions:
            institution.act(day)
        assert touched(model) == expected


def test_of_two_settings_the_later_holds_key_by_key() -> None:
    model = acted(tiny("fork"), legal_pathways=[{"quota_factor": 3.0}, {"awareness": 0.4}])
    assert at(model, "quota", "home_haven_visa") == pytest.approx(30 / DAYS_PER_MONTH)
    assert at(model, "awareness", "home_haven_visa") == 0.4


@pytest.mark.parametrize(
    ("lever", "key", "first", "setting", "name"),
    [
        ("legal_pathways", "quota_factor", 3.0, "quota", "home_haven_visa"),
        ("detention", "harm_factor", 3.0, "harm_factor", "gate"),
        ("services", "capacity_factor", 3.0, "capacity", "gate"),
        ("returns", "assisted_factor", 3.0, "return_capacity", "gate"),
        ("detention", "children", False, "after_arrest", "gate"),
    ],
)
def test_a_later_setting_can_say_that_all_is_as_in_the_tables(
    lever: str, key: str, first: object, setting: str, name: str
) -> None:
    base = limited(tiny("fork"), gate=2.0)
    back = True if first is False else 1.0
    before = at(acted(base), setting, name)
    changed_by_it = at(acted(base, **{lever: [{key: first}]}), setting, name)
    assert not np.array_equal(changed_by_it, before)
    assert np.array_equal(at(acted(base, **{lever: [{key: first}, {key: back}]}), setting, name), before)
    other = {"scope": {"places": ["gate"]}}
    kept = at(acted(base, **{lever: [{key: first}, other]}), setting, name)
    assert np.array_equal(kept, changed_by_it)


def test_the_exemption_of_children_survives_later_settings() -> None:
    model = acted(tiny("fork"), detention=[{"children": False}, {"after_arrest": 0.7}])
    assert at(model, "after_arrest", "gate").tolist() == [0.7, -1.0]
    again = load.scenario_from_dict(load.dump_scenario(model.scenario))  # a run folder says the same
    assert at(acted_as(again), "after_arrest", "gate").tolist() == [0.7, -1.0]


# Legs ----------------------------------------------------------------------------------------------------------------
def test_control_starts_from_the_reference_and_is_replaced() -> None:
    base = with_parameters(tiny("fork"), control_reference=0.2)
    model = acted(
        base, border_enforcement=[{"intensity": 0.9, "scope": {"legs": ["gate_haven_main", "gate_well"]}}]
    )
    assert [at(model, "control", x) for x in ("home_gate", "gate_haven_main", "gate_well", "well_haven")] == [
        0.2, 0.9, 0.9, 0.0,
    ]  # fmt: skip


def test_free_movement_lifts_controls_inside_the_bloc_only() -> None:
    base = with_parameters(tiny("fork"), control_reference=0.2)
    levers = {"border_enforcement": [{"intensity": 0.8, "scope": {"legs": ["home_gate", "gate_haven_main"]}}]}
    half = acted(base, **levers, free_movement=[{"share": 0.5}])
    assert at(half, "control", "home_gate") == pytest.approx(0.4)  # Niger to Niger
    assert at(half, "control", "gate_haven_main") == 0.8  # Niger to Libya
    whole = acted(base, **levers, free_movement=[{"bloc": ["NER", "LBY"]}])
    assert whole.settings.control.sum() == 0.0
    assert acted(base, free_movement=[{}]).settings.control.sum() == pytest.approx(0.2)  # e of one leg left


def test_anti_smuggling_touches_carriers_and_help() -> None:
    setting = {"intensity": 0.6, "criminalises_help": 0.5, "scope": {"places": ["gate"]}}
    model = acted(tiny("fork"), anti_smuggling=[setting])
    assert touched(model) == {
        "anti_smuggling": {"gate_haven_main", "gate_well", "gate_home_back"}, "informal_loss": {"gate"},
    }  # fmt: skip
    parameters = model.parameters | {"informal_share": 0.4}
    gate = model.routes.place_index["gate"]
    left = effective_capacity(model.settings, parameters) / np.maximum(model.settings.capacity, 1e-9)
    assert left[gate, Service.BASIC] == pytest.approx(1 - 0.4 * 0.5)
    assert left[0, Service.BASIC] == 1.0


def test_information_reaches_legs_and_places_in_scope() -> None:
    model = acted(tiny("fork"), information=[{"reach": 0.8, "trust": 0.5, "scope": {"places": ["gate"]}}])
    assert touched(model) == {
        "information": {"gate_haven_main", "gate_well", "gate_home_back"}, "knowledge": {"gate"},
    }  # fmt: skip
    assert at(model, "information", "gate_well") == at(model, "knowledge", "gate") == 0.4


def test_rescue_sets_coverage_and_port_and_a_budget_adds_coverage() -> None:
    sea = priced(tiny("sea"))
    model = acted(sea, search_and_rescue=[{"coverage": 0.3, "disembark": "coast"}])
    assert set(model.settings.coverage) == {0.3}
    assert set(model.settings.disembark) == {model.routes.place_index["coast"]}
    # 59 days (January and February) x 100,000 USD a zone-day x 0.25 of the one zone.
    paid = {"budget": 59 * 1e5 * 0.25, "to": "2015-02-28"}
    model = acted(sea, date(2015, 2, 1), search_and_rescue=[{"coverage": 0.3}, paid])
    assert model.settings.coverage.tolist() == pytest.approx([0.55] * 3)
    model = acted(sea, date(2015, 2, 1), search_and_rescue=[{"coverage": 0.9}, paid])
    assert set(model.settings.coverage) == {1.0}, "coverage is never more than all"
    assert touched(acted(sea, search_and_rescue=[{"disembark": "coast"}])).keys() == {"disembark"}


def test_interception_sets_the_sea_only() -> None:
    model = acted(tiny("sea"), interception=[{"intensity": 0.5}])
    assert touched(model) == {"interception": {"coast_high_sea", "high_sea_europe", "high_sea_coast"}}
    assert touched(acted(tiny("fork"), interception=[{"intensity": 0.5}])) == {}


def test_every_key_of_pathways() -> None:
    keys = {"quota": "60 persons/month", "quota_factor": 2.0, "processing": "30 days", "acceptance": 0.9,
            "awareness": 0.7, "eligible": "vulnerable"}  # fmt: skip
    model = acted(tiny("fork"), legal_pathways=[keys])
    visa = model.routes.leg_index["home_haven_visa"]
    now = model.settings
    assert now.quota[visa] == pytest.approx(120 / DAYS_PER_MONTH)
    assert now.processing_factor[visa] * model.routes.mean_days[visa] == pytest.approx(30)
    assert (now.acceptance[visa], now.awareness[visa]) == (0.9, 0.7)
    assert (now.eligible[visa], now.min_vulnerability[visa]) == (0b111111, 128)
    assert {name for names in touched(model).values() for name in names} == {"home_haven_visa"}


@pytest.mark.parametrize(
    ("who", "bits"),
    [
        ("all", 0b111111),
        ("children", 0b110110),
        ("unaccompanied", 0b100100),
        ("women_and_children", 0b110111),
    ],
)
def test_who_may_apply_is_a_bit_a_demographic(who: str, bits: int) -> None:
    model = acted(tiny("fork"), legal_pathways=[{"eligible": who}])
    assert at(model, "eligible", "home_haven_visa") == bits
    assert at(model, "min_vulnerability", "home_haven_visa") == 0


def test_a_budget_buys_pathway_places_in_proportion_to_the_tables() -> None:
    base = priced(tiny("fork"))
    second = base.legs[4].model_copy(update={"id": "second_visa", "quota": 30.0})
    base = base.model_copy(update={"legs": (*base.legs, second)})
    days = (base.document.period.end - base.document.period.start).days + 1
    model = acted(base, legal_pathways=[{"budget": 5000.0 * days * 8}])
    assert at(model, "quota", "home_haven_visa") == pytest.approx(10 / DAYS_PER_MONTH + 2)
    assert at(model, "quota", "second_visa") == pytest.approx(30 / DAYS_PER_MONTH + 6)
    none = base.model_copy(update={"legs": tuple(x.model_copy(update={"quota": 0.0}) for x in base.legs)})
    model = acted(none, legal_pathways=[{"budget": 5000.0 * days * 8}])
    assert at(model, "quota", "home_haven_visa") == at(model, "quota", "second_visa") == pytest.approx(4)


def test_mobile_teams_keep_to_the_desert() -> None:
    model = acted(tiny("fork"), services=[{"mobile_teams": 0.6, "scope": {"countries": ["NER"]}}])
    assert touched(model) == {"mobile": {"gate_well", "well_haven"}}


# Places --------------------------------------------------------------------------------------------------------------
def test_every_key_of_detention() -> None:
    keys = {"after_arrest": 0.9, "after_interception": 0.8, "time_limit": "3 days", "alternatives": 0.4,
            "unofficial": 0.2, "harm_factor": 0.5, "scope": {"places": ["gate"]}}  # fmt: skip
    model = acted(tiny("fork"), detention=[keys])
    names = ("after_arrest", "after_interception", "limit_days", "alternatives", "unofficial", "harm_factor")
    assert touched(model) == {key: {"gate"} for key in names}
    assert at(model, "after_arrest", "gate").tolist() == [0.9, 0.9]
    assert [at(model, name, "gate") for name in names[2:]] == [3.0, 0.4, 0.2, 0.5]
    model = acted(tiny("fork"), detention=[{"children": False, "scope": {"places": ["gate"]}}])
    assert at(model, "after_arrest", "gate").tolist() == [0.5, -1.0]
    assert at(model, "after_interception", "gate").tolist() == [0.5, -1.0]


def test_capacity_of_kinds_is_replaced_multiplied_and_bought() -> None:
    base = priced(with_kinds(tiny("fork")))
    gate = base.places[1].id

    def capacity(**keys: Any) -> list[float]:
        model = acted(base, services=[keys | {"scope": {"places": [gate]}}])
        assert touched(model).keys() <= {"capacity"}
        assert touched(model).get("capacity", {gate}) == {gate}
        return [
            float(x) for x in at(model, "capacity", gate)[[Service.HEALTH, Service.SHELTER, Service.BASIC]]
        ]

    assert capacity() == [7.5, 2.5, 0.0]
    assert capacity(capacity_factor=2.0) == [15.0, 5.0, 0.0]
    assert capacity(capacity_factor=2.0, kinds=["health"]) == [15.0, 2.5, 0.0]
    assert capacity(capacity="20 persons/day") == [15.0, 5.0, 0.0]
    assert capacity(capacity="20 persons/day", kinds=["shelter"]) == [7.5, 20.0, 0.0]
    days = (base.document.period.end - base.document.period.start).days + 1
    assert capacity(budget=50.0 * 4 * days) == pytest.approx([10.5, 3.5, 0.0])
    assert capacity(budget=50.0 * 4 * days, kinds=["basic"]) == pytest.approx([7.5, 2.5, 4.0])


def test_a_budget_for_services_is_shared_as_capacity_is() -> None:
    base = priced(tiny("fork"))
    days = (base.document.period.end - base.document.period.start).days + 1
    model = acted(base, services=[{"budget": 50.0 * 9 * days}])
    # home, gate and well have 10 a day each; nobody looks for help at haven, which ends journeys.
    assert model.settings.capacity[:, Service.BASIC].tolist() == pytest.approx([13.0, 13.0, 13.0, 10.0])


def test_firewall_and_knowledge_open_the_way_to_help() -> None:
    model = acted(tiny("fork"), firewall=[{"share": 0.5, "scope": {"places": ["gate"]}}])
    assert touched(model) == {"firewall": {"gate"}}
    p = model.parameters | {"service_knowledge": 0.6, "service_trust": 0.2, "service_stigma": 0.25}
    reach = service_reach(model.settings, p)
    home, gate = model.routes.place_index["home"], model.routes.place_index["gate"]
    assert reach[home, Service.HEALTH] == pytest.approx(0.6 * 0.2)
    assert reach[gate, Service.HEALTH] == pytest.approx(0.6 * 0.6)
    assert reach[gate, Service.PROTECTION] == pytest.approx(0.6 * 0.6 * 0.75)
    model.settings.knowledge[gate] = 0.5
    assert service_reach(model.settings, p)[gate, Service.BASIC] == pytest.approx(0.8 * 0.6)
    assert reach.shape == (4, SERVICES)


def test_regional_protection_refers_needs_in_scope() -> None:
    model = acted(tiny("fork"), regional_protection=[{"coverage": 0.7, "scope": {"countries": ["NER"]}}])
    assert touched(model) == {"referral": {p.id for p in model.routes.places if p.country == "NER"}}
    assert at(model, "referral", "gate") == 0.7


def limited(scenario: Scenario, **capacity: float) -> Scenario:
    """Return a scenario in which assisted returns have limits at some places."""
    places = [p.model_copy(update={"return_capacity": capacity.get(p.id)}) for p in scenario.places]
    return scenario.model_copy(update={"places": tuple(places)})


def test_every_key_of_returns() -> None:
    base = limited(tiny("fork"), gate=2.0, well=6.0)
    keys = {"expelled": 0.6, "assisted_exits": 0.3, "assisted": "5 persons/day", "assisted_factor": 2.0}
    model = acted(base, returns=[keys | {"scope": {"places": ["gate"]}}])
    assert touched(model) == {key: {"gate"} for key in ("expelled", "assisted_exits", "return_capacity")}
    assert [at(model, n, "gate") for n in ("expelled", "assisted_exits", "return_capacity")] == [
        0.6,
        0.3,
        10.0,
    ]
    model = acted(base, returns=[{"assisted_factor": 2.0}])
    assert model.settings.return_capacity.tolist() == [np.inf, 4.0, 12.0, np.inf]


def test_a_budget_buys_returns_where_they_are_limited() -> None:
    base = priced(limited(tiny("fork"), gate=2.0, well=6.0))
    days = (base.document.period.end - base.document.period.start).days + 1
    model = acted(base, returns=[{"budget": 2500.0 * 4 * days}])
    assert model.settings.return_capacity.tolist() == pytest.approx([np.inf, 3.0, 9.0, np.inf])


def test_more_exits_than_all_are_scaled_to_all() -> None:
    base = tiny("fork")
    jail = [c.model_copy(update={"exit_bribe": 0.5 * (c.setting == "detention")}) for c in base.custody]
    base = base.model_copy(update={"custody": tuple(jail)})
    model = RouteModel(
        with_levers(base, returns=[{"expelled": 0.9, "assisted_exits": 0.6}]), scale=0.1, threads=1
    )
    model.step()
    exits = [model.world.place[f"exit_{name}"][1] for name in ("expelled", "assisted", "bribe")]
    assert exits == pytest.approx([0.45, 0.3, 0.25])


def test_relocation_places_are_shared_among_destinations() -> None:
    base = tiny("fork")
    other = base.places[3].model_copy(update={"id": "harbour", "country": "ITA"})
    way = base.legs[1].model_copy(update={"id": "gate_harbour", "destination": "harbour"})
    base = base.model_copy(update={"places": (*base.places, other), "legs": (*base.legs, way)})
    model = acted(base, relocation=[{"places": "4 persons/day"}])
    assert model.settings.relocation.tolist() == [0.0, 0.0, 0.0, 2.0, 2.0]
    assert len(set(model.settings.relocation_pool)) == 1
    two = [{"places": "4 persons/day", "scope": {"countries": [c]}} for c in ("LBY", "ITA")]
    pools = acted(base, relocation=two).settings.relocation_pool
    assert pools[3] != pools[4]
    model = acted(base, relocation=[{"places": "4 persons/day", "scope": {"countries": ["ITA", "NER"]}}])
    assert model.settings.relocation.tolist() == [0.0, 0.0, 0.0, 0.0, 4.0]


# Writers -------------------------------------------------------------------------------------------------------------
def test_every_setting_has_one_writer_everywhere_where_a_lever_can_act() -> None:
    """Settings are spoilt; all institutions together make every one good again, each value by one of them."""
    model = acted(tiny("sea"))
    spoilt = {
        f.name: np.zeros(getattr(model.settings, f.name).shape, int) for f in dataclasses.fields(Settings)
    }
    reference = {name: getattr(model.reference, name).copy() for name in spoilt}
    for institution in model.institutions:
        for name in spoilt:
            column = getattr(model.settings, name)
            column[...] = 1 if column.dtype == bool else 7
        institution.act(DAY)
        for name in spoilt:
            column = getattr(model.settings, name)
            spoilt[name] += column != (True if column.dtype == bool else 7)
    for name, count in spoilt.items():
        assert count.max(initial=0) <= 1, f"{name} has two writers"
    for name in (
        "control",
        "closed",
        "anti_smuggling",
        "information",
        "capacity",
        "after_arrest",
        "expelled",
    ):
        assert (spoilt[name] == 1).all(), name
    for name in ("coverage", "disembark", "interception"):
        assert (spoilt[name] == model.routes.is_sea).all(), name
    for institution in model.institutions:
        institution.act(DAY)
    for name, column in reference.items():
        written = spoilt[name] == 1
        assert (getattr(model.settings, name)[written] == column[written]).all(), name


def test_every_lever_has_an_institution_that_carries_it_out() -> None:
    """A setting at its strongest changes something on one of the two maps, whatever the lever."""
    strongest: dict[str, dict[str, Any]] = {
        "border_enforcement": {"intensity": 1.0}, "anti_smuggling": {"intensity": 1.0},
        "legal_pathways": {"quota_factor": 9.0}, "detention": {"after_arrest": 1.0},
        "services": {"capacity_factor": 9.0}, "firewall": {}, "search_and_rescue": {"coverage": 1.0},
        "interception": {"intensity": 1.0}, "returns": {"expelled": 1.0}, "free_movement": {},
        "information": {"reach": 1.0}, "regional_protection": {"coverage": 1.0},
        "relocation": {"places": "1 persons/day"},
    }  # fmt: skip
    assert strongest.keys() == Levers.model_fields.keys()
    for name, setting in strongest.items():
        maps = [with_parameters(tiny(x), control_reference=0.3) for x in ("fork", "sea")]
        assert any(touched(acted(m, **{name: [setting]})) for m in maps), name


# Checks --------------------------------------------------------------------------------------------------------------
def findings(scenario: Scenario, **levers: list[dict[str, Any]]) -> list[Finding]:
    """Return what the checks say of levers beyond what they say without."""
    bare = changed(scenario, levers=Levers())
    return [f for f in check_scenario(with_levers(bare, **levers)) if f not in list(check_scenario(bare))]


@pytest.mark.parametrize("lever", ["legal_pathways", "services", "search_and_rescue", "returns"])
def test_a_budget_needs_a_unit_cost(lever: str) -> None:
    levers = {lever: [{"budget": 1e6}]}
    said = [f for f in findings(tiny("sea"), **levers) if f.severity == "error"]
    assert len(said) == 1
    assert "unit_costs.csv" in said[0].message
    assert said[0].where == ("document", "levers", lever, 0, "budget")
    assert not [f for f in findings(priced(tiny("sea")), **levers) if f.severity == "error"]
    free = priced(tiny("sea"))
    free = free.model_copy(
        update={"unit_costs": tuple(c.model_copy(update={"low": 0.0}) for c in free.unit_costs)}
    )
    assert [f for f in findings(free, **levers) if f.severity == "error"]


def test_people_are_landed_at_a_place_on_the_map_that_is_no_sea() -> None:
    (typo,) = findings(tiny("sea"), search_and_rescue=[{"disembark": "coats"}])
    assert (typo.severity, typo.hint) == ("error", "did you mean coast?")
    (wet,) = findings(tiny("sea"), search_and_rescue=[{"disembark": "high_sea"}])
    assert wet.severity == "error"
    assert not findings(tiny("sea"), search_and_rescue=[{"disembark": "coast"}])


def test_relocation_needs_a_destination_in_scope() -> None:
    setting = {"places": "10 persons/month", "scope": {"countries": ["LBY"]}}
    assert [f.severity for f in findings(tiny("sea"), relocation=[setting])] == ["error"]
    assert not findings(tiny("sea"), relocation=[setting | {"scope": {"countries": ["ITA"]}}])


def test_a_parameter_with_a_neutral_value_may_be_overridden_where_the_table_lacks_it() -> None:
    sound = with_parameters(tiny("fork"), control_reference=0.2)
    assert not [f for f in check_scenario(sound) if f.severity == "error"]
    wild = with_parameters(tiny("fork"), control_reference=5.0, control_referenze=0.2)
    messages = [f.message for f in check_scenario(wild) if f.severity == "error"]
    assert len(messages) == 2


def test_entries_know_what_they_cost_and_which_objectives_they_touch() -> None:
    for name, field in Levers.model_fields.items():
        kind = field.annotation.__args__[0]  # type: ignore[union-attr]
        assert issubclass(kind, LeverEntry), name
        assert kind.gcm, name
