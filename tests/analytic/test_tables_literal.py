"""Deterministic: the tables that the kernels read are the model's text, on random and shipped scenarios."""

from __future__ import annotations

import math
from pathlib import Path

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
from simulation.spec.models import Levers, Scenario

SHIPPED = Path(__file__).parents[2] / "scenarios"
MAPS = [
    "tiny/fork/fork.yaml",
    "tiny/line/line.yaml",
    "tiny/sea/sea.yaml",
    "central_mediterranean/baseline.yaml",
]
TIGHT = {"rel": 1e-11, "abs": 1e-15}


def tables_in_force(scenario: Scenario) -> tuple[RouteModel, World]:
    """Return a model and its tables after the first day's policy."""
    model = RouteModel(scenario, scale=1e-3, threads=1)
    model.step()
    model.pool.shutdown()
    return model, model.world


def without_levers(path: str) -> Scenario:
    scenario = load_scenario(SHIPPED / path)
    document = scenario.document.model_copy(update={"levers": Levers(), "closures": ()})
    return scenario.model_copy(update={"document": document})


def worlds() -> list[pytest.param]:
    drawn = [pytest.param(random_world(seed, 100), id=f"random {seed}") for seed in range(100, 130)]
    return drawn + [pytest.param(without_levers(path), id=path) for path in MAPS]


@pytest.mark.parametrize("scenario", worlds())
def test_every_cell_every_leg_and_every_option_follow_the_text(scenario):
    model, world = tables_in_force(scenario)
    text = Text(scenario)
    check_rates(text, model, world)
    check_legs(text, model, world)
    check_places(text, model, world)
    check_choices(text, model, world)


def check_rates(text: Text, model: RouteModel, world: World) -> None:
    n_legs, n_places = len(model.routes.legs), len(model.routes.places)
    cells = [("leg", leg.id) for leg in model.routes.legs]
    for setting in ("place", "place", "detention", "captivity"):
        cells += [(setting, p.id) for p in model.routes.places]
    expected = np.zeros_like(world.rate)
    for cell, (setting, name) in enumerate(cells):
        for risk, who in enumerate(RISK_CLASSES):
            harms = text.rates(setting, name, who)
            for outcome in OUTCOMES:
                expected[cell, risk, Rate[outcome.upper()]] = harms[outcome]
        if setting == "place":
            expected[cell, :, Rate.LEAVE] = 1 / text.places[name].stay_days
            if not text.is_terminal(name) and not text.is_sea_zone(name):
                expected[cell, :, Rate.SEEK] = text.p["service_seeking"]
        elif setting != "leg" and text.custody_at(name, setting) is not None:
            expected[cell, :, Rate.LEAVE] = 1 / text.custody_at(name, setting).mean_days
    assert len(cells) == n_legs + 4 * n_places
    np.testing.assert_allclose(world.rate, expected, rtol=1e-11, atol=1e-15)
    v = np.arange(256) / 255
    gamma, start = text.p["vulnerability_gamma"], text.p["vulnerability_start"]
    grid = (np.arange(200_000) + 0.5) / 200_000 * 2 * start  # people start uniform on [0, 2 start]
    mean = 1.0 if gamma == 0 else np.exp(gamma * (grid - start)).mean()
    np.testing.assert_allclose(world.harm_multiplier, np.exp(gamma * (v - start)) / mean, rtol=1e-9)


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
        back = text.back_leg(leg)
        assert row["back_leg"] == (-1 if back is None else number[back.id])
        assert row["rescue_place"] == index[text.rescue_place(leg)]
        assert row["custody_place"] == index[text.held_at(leg, "detention") or leg.origin]
        assert row["captivity_place"] == index[text.held_at(leg, "captivity")]
        if leg.purpose == "regular":
            assert row["acceptance"] == now.acceptance


def check_places(text: Text, model: RouteModel, world: World) -> None:
    for place, row in zip(model.routes.places, world.place, strict=True):
        now, detention = text.place_policy(place), text.custody_at(place.id, "detention")
        found = [(row[f"{why}_adult"], max(0.0, row[f"{why}_child"])) for why in ("arrest", "interception")]
        assert found == [now.after_arrest, now.after_interception]
        assert row["limit_days"] == math.ceil(now.limit_days)
        way = text.first_leg(place.id, "return_forced")
        assert row["expulsion_leg"] == (-1 if way is None else model.routes.leg_index[way.id])
        assert bool(row["is_terminal"]) == text.is_terminal(place.id)
        if detention is not None:
            assert (row["exit_expelled"], row["exit_assisted"]) == (
                detention.exit_expelled,
                detention.exit_assisted,
            )


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
