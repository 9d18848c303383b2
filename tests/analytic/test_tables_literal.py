"""Deterministic: the tables that the kernels read are the model's text, on random and shipped scenarios."""

from __future__ import annotations

import math
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literal import INTENTIONS, Text
from literal_hazards import OUTCOMES, RISK_CLASSES
from random_world import random_world

from simulation import load_scenario
from simulation.kernels.layout import Option, Rate, World
from simulation.model import RouteModel
from simulation.spec.models import Levers, Scenario, ServiceRow
from simulation.spec.quantities import ServiceKind

SHIPPED = Path(__file__).parents[2] / "scenarios"
MAPS = [
    "tiny/fork/fork.yaml",
    "tiny/line/line.yaml",
    "tiny/sea/sea.yaml",
    "central_mediterranean/baseline.yaml",
]
# Who may apply, a bit each of female adult, child with somebody, child alone, and the same of males.
ELIGIBLE = {"all": 63, "vulnerable": 63, "children": 54, "unaccompanied": 36, "women_and_children": 55}
TIGHT = {"rel": 1e-11, "abs": 1e-15}


def tables_in_force(scenario: Scenario) -> tuple[RouteModel, World]:
    """Return a model and its tables after the first day's policy."""
    model = RouteModel(scenario, scale=1e-3, threads=1)
    model.step()
    model.pool.shutdown()
    return model, model.world


def enriched(seed: int) -> Scenario:
    """Return a random world with everything on that has a neutral value, and every lever in force somewhere."""
    world, rng = random_world(seed, 100), np.random.default_rng(seed)

    def share() -> float:
        return float(rng.uniform())

    held = [
        c.model_copy(update={"exit_bribe": 0.4 * share(), "bribe_usd": 300 * share(), "alternatives_share": share(),
                             "unofficial_share": share(), "exit_ransom": share(), "ransom_usd": 900 * share()})
        for c in world.custody
    ]  # fmt: skip
    places = [
        p.model_copy(update={"work_chance": share(), "wage": 20 * share(), "service_capacity": 30 * share(),
                             "detention_capacity": 50.0 if share() < 0.5 else None})
        for p in world.places
    ]  # fmt: skip
    needs, capacities = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
    services = [
        ServiceRow(service=kind, capacity_share=c, need_share=n, relief=share(), source="assumed: test map",
                   confidence="assumed")
        for kind, c, n in zip(get_args(ServiceKind), capacities, needs, strict=True)
    ]  # fmt: skip
    groups = ("near", "far")
    composition = [
        c.model_copy(update={"risk_group": g}) for c, g in zip(world.composition, groups, strict=True)
    ]
    own = [
        r.model_copy(update={"risk_group": "far", "value": 3 * share()}) for r in world.relative_risks[::2]
    ]
    chosen = {
        "control_reference": 0.4 * share(), "driver_arrest_at_full": share(), "anti_smuggling_price": 1 + share(),
        "anti_smuggling_peril": 0.5 + share(), "mobile_reach": share(), "path_size_weight": share(),
        "information_effect": share(), "market_rescue_quality": share() - 0.5, "saving_share": share(),
        "service_stigma": share(), "alternative_days": 90 * share() + 1,
    }  # fmt: skip
    inland = next(p.id for p in world.places if p.kind != "sea_zone")
    levers = {
        "border_enforcement": [{"intensity": share()}],
        "free_movement": [{"share": share(), "bloc": sorted({p.country for p in world.places})[:3]}],
        "anti_smuggling": [{"intensity": share()}],
        "information": [{"reach": share(), "trust": share()}],
        "detention": [{"alternatives": share(), "unofficial": share(), "harm_factor": 2 * share(),
                       "scope": {"countries": ["LBY", "NER"]}}],
        "returns": [{"expelled": share(), "assisted_exits": share(), "scope": {"countries": ["NER", "DZA"]}}],
        "services": [{"mobile_teams": share()}],
        "firewall": [{"share": share(), "scope": {"countries": ["TCD", "NER"]}}],
        "regional_protection": [{"coverage": share(), "scope": {"countries": ["TCD"]}}],
        "legal_pathways": [{"eligible": str(rng.choice(sorted(ELIGIBLE)))}],
        "search_and_rescue": [{"coverage": share(), "disembark": inland}],
    }  # fmt: skip
    document = world.document.model_copy(
        update={
            "levers": Levers.model_validate(levers),
            "parameters": world.document.parameters | chosen,
            "coupling": world.document.coupling.model_copy(update={"market": bool(rng.random() < 0.8)}),
        }
    )
    return world.model_copy(
        update={
            "document": document, "places": tuple(places), "custody": tuple(held), "services": tuple(services),
            "composition": tuple(composition), "relative_risks": (*world.relative_risks, *own),
        }
    )  # fmt: skip


def without_levers(path: str) -> Scenario:
    scenario = load_scenario(SHIPPED / path)
    document = scenario.document.model_copy(update={"levers": Levers(), "closures": ()})
    return scenario.model_copy(update={"document": document})


def worlds() -> list[pytest.param]:
    drawn = [pytest.param(random_world(seed, 100), id=f"random {seed}") for seed in range(100, 130)]
    drawn += [pytest.param(enriched(seed), id=f"enriched {seed}") for seed in range(200, 220)]
    return drawn + [pytest.param(without_levers(path), id=path) for path in MAPS]


@pytest.mark.parametrize("scenario", worlds())
def test_every_cell_every_leg_and_every_option_follow_the_text(scenario):
    model, world = tables_in_force(scenario)
    text = Text(scenario)
    check_rates(text, model, world)
    check_legs(text, model, world)
    check_places(text, model, world)
    check_services(text, model, world)
    check_choices(text, model, world)


def check_rates(text: Text, model: RouteModel, world: World) -> None:
    n_legs, n_places = len(model.routes.legs), len(model.routes.places)
    cells = [("leg", leg.id) for leg in model.routes.legs]
    for setting in ("place", "place", "place", "alternative", "detention", "captivity"):
        cells += [(setting, p.id) for p in model.routes.places]
    classes = [(*who, group) for group in text.risk_groups for who in RISK_CLASSES]
    expected = np.zeros((world.cell_status.size, len(classes), len(Rate)))
    for cell, (setting, name) in enumerate(cells):
        free = setting in {"place", "alternative"}
        for risk, who in enumerate(classes):
            harms = text.rates("place" if free else setting, name, who)
            for outcome in OUTCOMES:
                expected[cell, risk, Rate[outcome.upper()]] = harms[outcome]
        if free:
            days = text.places[name].stay_days if setting == "place" else text.p["alternative_days"]
            expected[cell, :, Rate.LEAVE] = 1 / days
            if not text.is_terminal(name) and not text.is_sea_zone(name):
                expected[cell, :, Rate.SEEK] = text.p["service_seeking"]
        elif setting != "leg" and text.custody_at(name, setting) is not None:
            expected[cell, :, Rate.LEAVE] = 1 / text.custody_at(name, setting).mean_days
    assert len(cells) == n_legs + 6 * n_places
    check_risk_classes(text, model, world)
    np.testing.assert_allclose(world.rate, expected, rtol=1e-11, atol=1e-15)
    v = np.arange(256) / 255
    gamma, start = text.p["vulnerability_gamma"], text.p["vulnerability_start"]
    grid = (np.arange(200_000) + 0.5) / 200_000 * 2 * start  # people start uniform on [0, 2 start]
    mean = 1.0 if gamma == 0 else np.exp(gamma * (grid - start)).mean()
    np.testing.assert_allclose(world.harm_multiplier, np.exp(gamma * (v - start)) / mean, rtol=1e-9)


def check_risk_classes(text: Text, model: RouteModel, world: World) -> None:
    """Which risk class a group belongs to: groups go by stream, sex, and adult or one of two kinds of child."""
    group_of = {c.stream: text.risk_groups.index(c.risk_group) for c in text.scenario.composition}
    expected = [
        (group_of[stream] * 2 + sex) * 2 + child
        for stream in model.routes.streams
        for sex in (0, 1)
        for child in (0, 1, 1)
    ]
    assert world.risk.tolist() == expected


def check_legs(text: Text, model: RouteModel, world: World) -> None:
    index = {p.id: i for i, p in enumerate(model.routes.places)} | {None: -1}
    number = {leg.id: i for i, leg in enumerate(model.routes.legs)}
    for leg, row in zip(model.routes.legs, world.leg, strict=True):
        now = text.leg_policy(leg)
        shared = (row["peril"], row["pickup"], row["pullback"])
        assert shared == pytest.approx(text.shared_rates(leg), **TIGHT)
        assert row["rescue_share"] == pytest.approx(text.rescue_share(leg), **TIGHT)
        for quantity in ("death_rescued", "death_unrescued"):
            assert row[quantity] == text.vehicle(leg, quantity)
        days = (row["days_low"], row["days_mode"], row["days_high"])
        expected = [d * now.processing_factor for d in (leg.days_low, leg.days_mode, leg.days_high)]
        assert days == pytest.approx(expected, **TIGHT)
        back = text.unless_closed(text.back_leg(leg))
        assert row["back_leg"] == (-1 if back is None else number[back.id])
        assert row["rescue_place"] == index[now.disembark or text.rescue_place(leg)]
        is_own_way = leg.purpose == "return_voluntary" and text.price(leg) > 0
        assert row["is_own_way"] == is_own_way
        pays = leg.purpose in {"irregular", "regular"} or is_own_way
        assert row["price"] == (round(text.price(leg)) if pays else 0)
        assert row["custody_place"] == index[text.held_at(leg, "detention") or leg.origin]
        assert row["captivity_place"] == index[text.held_at(leg, "captivity")]
        if leg.purpose == "regular":
            is_open = now.quota > 0 and not now.is_closed  # a closed pathway refuses whoever still waits
            assert row["acceptance"] == (now.acceptance if is_open else 0.0)


def check_places(text: Text, model: RouteModel, world: World) -> None:
    for place, row in zip(model.routes.places, world.place, strict=True):
        now, detention = text.place_policy(place), text.custody_at(place.id, "detention")
        found = [(row[f"{why}_adult"], max(0.0, row[f"{why}_child"])) for why in ("arrest", "interception")]
        assert found == [now.after_arrest, now.after_interception]
        assert row["limit_days"] == math.ceil(now.limit_days)
        captivity, p = text.custody_at(place.id, "captivity"), text.p
        assert row["alternatives"] == now.alternatives
        assert row["unofficial"] == (0.0 if captivity is None else now.unofficial)
        assert row["stay_days"] == place.stay_days
        assert row["savings"] == pytest.approx(place.work_chance * place.wage * p["saving_share"], **TIGHT)
        assert row["is_limited"] == (
            place.detention_capacity is not None and text.scenario.document.coupling.detention
        )
        assert row["exit_ransom"] == (0.0 if captivity is None else captivity.exit_ransom)
        assert row["ransom_usd"] == (0 if captivity is None else round(captivity.ransom_usd))
        assert row["bribe_usd"] == (0 if detention is None else round(detention.bribe_usd))
        way = text.unless_closed(text.first_leg(place.id, "return_forced"))
        assert row["expulsion_leg"] == (-1 if way is None else model.routes.leg_index[way.id])
        assert bool(row["has_programme"]) == any(
            other.country == place.country and other.return_capacity is not None
            for other in model.routes.places
        )
        assert bool(row["is_terminal"]) == text.is_terminal(place.id)
        if detention is not None:
            exits = [now.expelled, now.assisted, detention.exit_bribe]
            expected = [x / max(1.0, sum(exits)) for x in exits]
            found_exits = [row[f"exit_{name}"] for name in ("expelled", "assisted", "bribe")]
            assert found_exits == pytest.approx(expected, **TIGHT)


def check_services(text: Text, model: RouteModel, world: World) -> None:
    """Who knows where help is and dares to ask, what it does, and what people ask for whom no harm has befallen."""
    p = text.p
    kinds = ("health", "shelter", "basic", "protection", "information")
    for place, row, reach in zip(model.routes.places, world.place, world.reach, strict=True):
        now = text.help_policy(place)
        assert row["referral"] == now.referral
        knows = 1 - (1 - p["service_knowledge"]) * (1 - now.knowledge)
        dares = 1 - (1 - p["service_trust"]) * (1 - now.firewall)
        shame = [p["service_stigma"] if kind == "protection" else 0.0 for kind in kinds]
        assert reach.tolist() == pytest.approx([knows * dares * (1 - s) for s in shame], **TIGHT)
    rows = {row.service: row for row in text.scenario.services}
    relief = [rows[k].relief if k in rows else p["service_relief"] for k in kinds]
    assert world.relief.tolist() == relief
    need = [rows[k].need_share for k in kinds] if rows else [0.0, 0.0, 1.0, 0.0, 0.0]
    assert np.diff(world.need_share, prepend=0.0).tolist() == pytest.approx(need, abs=1e-12)
    shares = [rows[k].capacity_share for k in kinds] if rows else [0.0, 0.0, 1.0, 0.0, 0.0]
    for place, served in zip(model.routes.places, model.reference.capacity, strict=True):
        assert served.tolist() == pytest.approx([place.service_capacity * x for x in shares], **TIGHT)


def check_choices(text: Text, model: RouteModel, world: World) -> None:
    """Options and their chances, by choice class, against the recursive logit solved slowly."""
    kinds = {Option.STAY: "stay", Option.SETTLE: "settle", Option.RETURN: "return"}
    for i, intention in enumerate(INTENTIONS):
        for uninformed in (0, 1):
            _, expected = text.choice(intention, informed=not uninformed)
            for p, place in enumerate(model.routes.places):
                rows = range(world.option_start[p], world.option_start[p + 1])
                weight = {}
                for k in rows:
                    leg = int(world.option["leg"][k])
                    kind = Option(int(world.option["kind"][k]))
                    name = model.routes.legs[leg].id if leg >= 0 else kinds[kind]
                    weight[name] = world.weight[k, 2 * i + uninformed]
                    eligible, least = ELIGIBLE["all"], 0
                    if leg >= 0:
                        who = text.leg_policy(model.routes.legs[leg]).eligible
                        eligible, least = ELIGIBLE[who], 128 if who == "vulnerable" else 0
                    assert (world.option["eligible"][k], world.option["min_vulnerability"][k]) == (
                        eligible,
                        least,
                    )
                    assert world.option["price"][k] == (world.leg["price"][leg] if leg >= 0 else 0)
                    if leg >= 0:
                        known = text.leg_policy(model.routes.legs[leg]).awareness
                        assert world.option["awareness"][k] == pytest.approx(known)
                literal = {o.leg.id if o.leg else o.kind: w for o, w in expected[place.id]}
                total, all_literal = sum(weight.values()), sum(literal.values())
                for name, w in weight.items():
                    chance = w / total if total > 0 else 0.0
                    assert chance == pytest.approx(literal.get(name, 0.0) / (all_literal or 1.0), abs=1e-9)
                assert literal.keys() <= weight.keys()


@given(st.integers(0, 10**6), st.floats(0.0, 1.0), st.floats(0.2, 1.0))
@settings(max_examples=15)
def test_who_goes_follows_the_value_of_going(seed, elasticity, reference):
    """go = reference x exp(elasticity x change of the value of the start), never above 1."""
    scenario = random_world(seed, 100)
    chosen = {"deterrence_elasticity": elasticity, "departure_reference": reference}
    document = scenario.document.model_copy(update={"parameters": chosen})
    bare = document.model_copy(update={"levers": Levers(), "closures": ()})
    scenario = scenario.model_copy(update={"document": document})
    before, after = Text(scenario.model_copy(update={"document": bare})), Text(scenario)
    model, world = tables_in_force(scenario)
    for s, name in enumerate(model.routes.streams):
        start = next(row.place for row in scenario.streams if row.stream == name)
        for i, intention in enumerate(INTENTIONS):
            for uninformed in (0, 1):
                change = after.choice(intention, not uninformed)[0][start]
                change -= before.choice(intention, not uninformed)[0][start]
                expected = min(1.0, reference * math.exp(elasticity * change))
                assert world.go[s, 2 * i + uninformed] == pytest.approx(expected, rel=1e-8)


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_weights_of_any_tiny_graph_are_the_slow_recursive_logit(seed):
    scenario = random_world(seed, 100)
    model, world = tables_in_force(scenario)
    check_choices(Text(scenario), model, world)
