"""The benchmark's workload R: its definition, its exact expectation, and its implementations, ours included."""

import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.workload_r import definition as r
from benchmarks.workload_r.engine import EngineR
from benchmarks.workload_r.expected import Terms, expect, largest_z
from benchmarks.workload_r.peer_numba import Peer as LoopPeer
from benchmarks.workload_r.peer_numpy import Peer as NumpyPeer

# The generator that the workload comes with; tests that need it are skipped where it is not at hand.
SHARED = Path(os.environ.get("WORKLOAD_R", Path(__file__).parents[3] / "shared" / "workload_r"))
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the workload's generator is not here")


@pytest.fixture
def generator(monkeypatch):
    monkeypatch.syspath_prepend(SHARED)
    monkeypatch.delitem(sys.modules, "common", raising=False)
    return importlib.import_module("common")


@needs_shared
def test_the_world_is_the_generators_bit_for_bit(generator):
    theirs, ours = generator.make_world(), r.make_world()
    same = {"src": "start", "dst": "end", "days": "days", "reg_hazard": "hazard", "p_dep": "depart"}
    same |= {"p_ret": "go_home", "is_dest": "is_destination", "out": "out", "deg": "n_out"}
    for their_name, our_name in same.items():
        np.testing.assert_array_equal(getattr(ours, our_name), getattr(theirs, their_name), their_name)
    choice = r.cumulative_choice(ours)
    for k in range(r.REGIMES):
        np.testing.assert_allclose(choice[k], generator.logit_tables(theirs, k), rtol=1e-12)


@needs_shared
def test_people_and_policies_are_the_generators_bit_for_bit(generator):
    ours = r.make_people(1000)
    for column, theirs in zip(
        (ours.group, ours.vulnerability, ours.node), generator.make_agents(1000), strict=True
    ):
        np.testing.assert_array_equal(column, theirs)
    np.testing.assert_array_equal(r.regime_of_day(), generator.regime_of_day())


@needs_shared
def test_the_expectation_is_the_published_one():
    published = json.loads((SHARED / "oracle_R.json").read_text())
    # The same people as in the published one but for bins of vulnerability: 200,000 of them stand for its 2 million,
    # so first nodes differ by chance, 1e-3 in a share.
    ours = expect(r.make_people(200_000, seed=99), Terms.REFERENCE, n_bins=8)
    np.testing.assert_allclose(ours.outcome, published["outcome"], atol=3e-3)
    np.testing.assert_allclose(ours.flow, list(published["flows_per_agent"].values()), rtol=1e-2)


@pytest.mark.parametrize("terms", Terms)
def test_nobody_is_lost_in_the_expectation(terms):
    shares = expect(r.make_people(500), terms, days=120, n_bins=3)
    np.testing.assert_allclose(shares.outcome.sum(1), 1.0, rtol=1e-12)
    assert shares.outcome[-1].min() > 0.0


def test_without_hazards_our_terms_are_the_workloads():
    calm = np.zeros((r.LEGS, 3)) + 1e-9
    v = np.array([0.5, 1.0, 2.0])
    chance = {terms: r_chance(calm, v, terms) for terms in Terms}
    np.testing.assert_allclose(chance[Terms.ENGINE][:, [0, 2]], chance[Terms.REFERENCE][:, [0, 2]], rtol=1e-6)
    np.testing.assert_allclose(chance[Terms.ENGINE][:, 1], 1e-9, rtol=1e-6)  # arrest does not grow with v


def r_chance(hazard, v, terms):
    from benchmarks.workload_r.expected import leg_chances

    return leg_chances(hazard, v, terms)


# Twelve shares each, beyond 4.5 standard errors with chance 1e-4 by chance; the seed is fixed.
@pytest.mark.parametrize(
    ("implementation", "terms"),
    [(NumpyPeer, Terms.REFERENCE), (LoopPeer, Terms.REFERENCE), (EngineR, Terms.ENGINE)],
)
def test_shares_are_the_expected_ones(implementation, terms):
    n, days = 20_000, 200
    shares = implementation(n, days=days).run()
    np.testing.assert_allclose(shares.outcome.sum(1), 1.0, rtol=1e-12)
    assert largest_z(shares, expect(r.make_people(n), terms, days, n_bins=8), n) < 4.5


def test_the_engine_counts_the_same_on_two_threads_and_day_by_day():
    runs = [EngineR(9000, days=60, **options).run() for options in ({}, {"threads": 2}, {"daily": True})]
    for other in runs[1:]:
        np.testing.assert_array_equal(other.outcome, runs[0].outcome)
        np.testing.assert_array_equal(other.flow, runs[0].flow)
