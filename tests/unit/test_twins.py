"""Synthetic twins: what is right passes, a planted error does not; coverage, ranks, bands and the joint test."""

from __future__ import annotations

import numpy as np
import pytest
from lognormal_observation import LogNormal, monthly_cells

from calibration.checks.twins import (
    TwinMaker,
    describe_coverage,
    find_bands,
    joint_p_value,
    leaves_bands,
    make_twins,
    rank,
)
from calibration.emulator import fit_emulator
from calibration.space import Space
from calibration.target import Target

SEED = 20262
"""Declared here, before any twin was made with it."""
N_TWINS = 60


@pytest.fixture(scope="module")
def maker() -> TwinMaker:
    rng = np.random.default_rng(1)
    cells = monthly_cells(2, "2016-01", 6)
    space = Space(("a", "b"), (("parameter:a",), ("parameter:b",)), np.eye(2), np.ones(2, np.bool_))
    scores = rng.standard_normal((40, 2))
    slope = np.array([[0.3, 0.1], [0.1, -0.3]])[:, cells.series_of]
    emulator = fit_emulator(scores, np.exp(7 + scores @ slope), cells, 1e6, kinds=("linear",))
    observation = LogNormal(cells, sd=0.1).with_observed(np.ones(len(cells)))
    return TwinMaker(Target(space, emulator, observation), observation, n_steps=40, n_drop=40)


@pytest.fixture(scope="module")
def ranks(maker):
    return rank(make_twins(maker, N_TWINS, SEED))


def test_twins_of_the_right_model_pass(maker, ranks):
    assert ranks.shape == (N_TWINS, 100, 4)
    assert describe_coverage(maker.names, ranks)["inside"].all()
    assert joint_p_value(ranks, np.random.default_rng(0)) > 0.01


def test_a_planted_bias_is_seen(maker):
    def biased(observed):
        return observed * np.where(maker.observation.cells.series_of == 0, 1.3, 1.0)

    found = rank(make_twins(TwinMaker(maker.target, maker.observation, 99, 40, 40, biased), N_TWINS, SEED))
    assert joint_p_value(found, np.random.default_rng(0)) < 0.01


def test_intervals_that_are_too_narrow_are_seen(ranks):
    rng = np.random.default_rng(2)
    twins = rng.standard_normal((200, 100, 1)) * np.where(np.arange(100) == 0, 1.6, 1.0)[None, :, None]
    table = describe_coverage(["x"], rank(twins))
    assert not table["inside"].all()
    assert joint_p_value(rank(twins), rng) < 0.01


def test_the_same_seed_gives_the_same_twins(maker):
    np.testing.assert_array_equal(make_twins(maker, 2, 5), make_twins(maker, 2, 5))


def test_bands_hold_uniform_ranks_as_often_as_they_say():
    rng = np.random.default_rng(3)
    bands = find_bands(100, 50, rng, alarm=0.1, times=1000)
    left = [any(leaves_bands(rng.integers(50, size=(100, 1)), bands)) for _ in range(1000)]
    # 10% of 1,000 is off by more than 5 points in one of a million cases.
    assert 0.05 < np.mean(left) < 0.15


def test_the_joint_test_keeps_its_level_for_dependent_quantities():
    rng = np.random.default_rng(4)
    p = []
    for _ in range(60):
        shared = rng.standard_normal((50, 40, 1))
        p.append(joint_p_value(rank(shared + 0.1 * rng.standard_normal((50, 40, 5))), rng))
    # Uniform p: more than 10 of 60 below 0.05 has a chance of 0.0004.
    assert np.sum(np.array(p) < 0.05) <= 10
