"""Where levers act, as the patterns see it, is where they act in a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.patterns import select_legs
from simulation.spec.load import load_scenario
from simulation.spec.models import Scope
from simulation.world.policy import legs_in_scope
from simulation.world.routes import build_routes

ROUTE = Path(__file__).parents[2] / "scenarios" / "central_mediterranean" / "baseline.yaml"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(ROUTE)


@pytest.mark.parametrize("kind", ["everywhere", "country", "sea zone", "hub", "leg", "pathway", "several"])
def test_patterns_and_policies_agree_on_the_legs_in_scope(scenario, kind):
    sea = next(place.id for place in scenario.places if place.kind == "sea_zone")
    hub = next(leg.origin for leg in scenario.legs if leg.mode != "sea")
    pathway = next(leg.pathway for leg in scenario.legs if leg.pathway is not None)
    leg = scenario.legs[-1].id
    scope = {
        "everywhere": Scope(),
        "country": Scope(countries=("NER",)),
        "sea zone": Scope(places=(sea,)),
        "hub": Scope(places=(hub,)),
        "leg": Scope(legs=(leg,)),
        "pathway": Scope(pathways=(pathway,)),
        "several": Scope(countries=("LBY",), places=(sea,), legs=(leg,), pathways=(pathway,)),
    }[kind]
    chosen = select_legs(scope, scenario)
    np.testing.assert_array_equal(chosen, legs_in_scope(scope, build_routes(scenario)))
    assert chosen.any()
    assert chosen.all() == (kind == "everywhere")


def test_a_sea_zone_reaches_the_legs_that_lead_into_it(scenario):
    sea = next(place.id for place in scenario.places if place.kind == "sea_zone")
    chosen = select_legs(Scope(places=(sea,)), scenario)
    ends = {
        (leg.origin == sea, leg.destination == sea)
        for leg, is_in in zip(scenario.legs, chosen, strict=True)
        if is_in
    }
    assert ends == {(True, False), (False, True)}
