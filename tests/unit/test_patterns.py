"""Where levers act, as the patterns see it, is where they act in a run; what the patterns say of known runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import compare
from experiments.patterns import select_legs
from simulation.spec.load import load_scenario
from simulation.spec.models import Levers, MonitoringLeg, Scope
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


# Patterns that need more than deaths and flows ---
def with_points(scenario):
    """Return a synthetic scenario that counts boats from Libya too, at its crossing."""
    boats = MonitoringLeg(point="libya_departures", leg="crossing", kind="cut", title="boats")
    return scenario.model_copy(update={"monitoring": (*scenario.monitoring, boats)})


def lived(model, strict, relaxed):
    """Return a model that adds rows which differ between the strict arm and the other."""

    def evaluate(scenario, seed, scale):
        frame = model.evaluate(scenario, seed, scale)
        rows = strict if scenario.document.levers.border_enforcement else relaxed
        more = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
        kept = frame[~frame["outcome"].isin(set(more["outcome"]) - {"flow"})]
        return pd.concat(
            [kept, more.assign(group_kind="all", group="all", n_simulated=100)], ignore_index=True
        )

    return model._replace(evaluate=evaluate)


def rows(first, boats, arrivals=200.0):
    """Return what the patterns of shape and lag are made of."""
    whole = {
        "arrivals": arrivals, "admissions": 0.0, "settled": 400.0, "returned": 400.0, "flow": 5000.0,
        "journeys": 1000.0, "person_days": 1000.0, "travelling_person_days": 100.0, "working_person_days": 500.0,
    }  # fmt: skip
    at_cuts = {"agadez_seguedine": first, "libya_departures": boats}
    return [(name, "all", "all", value) for name, value in whole.items()] + [
        ("flow_first_month", "cut", name, value) for name, value in at_cuts.items()
    ]


def found(strict, relaxed):
    """Return the patterns of a comparison, by name."""
    base, other = with_points(build_scenario()), with_points(build_scenario("strict", enforcement=1.0))
    model = lived(synthetic_model(), strict, relaxed)
    return compare(base, other, replicates=3, model=model).patterns.set_index("pattern")


def test_shapes_are_of_the_baseline_and_lags_of_the_variant():
    # The flow past the point falls by 90% in all, by 30% in the first month; boats by 1%.
    table = found(rows(70.0, 99.0), rows(100.0, 100.0))
    assert {"mostly_within_region", "leg_by_leg", "routes_lag"} <= set(table.index)
    shapes = table.loc[["mostly_within_region", "leg_by_leg"]]
    assert set(shapes["arm"]) == {"baseline"}
    assert shapes["holds_at_defaults"].all()
    assert table.loc["mostly_within_region", "at_defaults"].startswith("20% of the journeys")
    assert (
        table.loc["leg_by_leg", "at_defaults"] == "5.0 legs a journey; 10% of the days on legs, 50% at work"
    )
    lag = table.loc["routes_lag"]
    assert (lag["arm"], lag["draws_showing"], lag["holds_at_defaults"]) == ("strict", 3, True)
    assert lag["at_defaults"] == "road -30% in the first month and -90% in all; boats -1% in the first month"


def test_shapes_and_lags_that_do_not_hold_are_said():
    table = found(rows(5.0, 60.0), rows(100.0, 100.0, arrivals=900.0))
    assert not table.loc[["mostly_within_region", "routes_lag"], "holds_at_defaults"].any()
    assert (table.loc[["mostly_within_region", "routes_lag"], "draws_showing"] == 0).all()
    unmoved = found(rows(100.0, 100.0), rows(100.0, 100.0))
    assert not unmoved.loc["routes_lag", "holds_at_defaults"]


def test_more_interception_is_followed_by_more_attempts():
    levers = {"interception": ({"intensity": 0.5},)}
    other = build_scenario("pulled_back")
    document = other.document.model_copy(update={"levers": Levers.model_validate(levers)})
    other = other.model_copy(update={"document": document})
    model = synthetic_model()

    def evaluate(scenario, seed, scale):
        frame = model.evaluate(scenario, seed, scale)
        tried = 300.0 if scenario.document.levers.interception else 100.0
        row = frame[frame["outcome"] == "arrivals"].assign(outcome="repeat_attempts", value=tried)
        return pd.concat([frame, row], ignore_index=True)

    table = compare(build_scenario(), other, replicates=2, model=model._replace(evaluate=evaluate)).patterns
    table = table.set_index("pattern")
    assert table.loc["interception_repeats", "at_defaults"] == "100 to 300 repeated attempts"
    assert table.loc["interception_repeats", "draws_showing"] == 2
