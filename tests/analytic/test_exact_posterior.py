"""A linear world with normal noise has a posterior in closed form; the whole chain of a fit must give it back."""

from __future__ import annotations

import numpy as np
import pytest
from linear_truth import LinearWorld, build_world

from calibration.engine import Training, Waves, train
from calibration.sampler import Chains, draw_posterior
from calibration.target import Target

SCALE = 1e6
"""Runs without luck: as if made of so many people that Poisson noise is nothing."""


@pytest.fixture(scope="module")
def world() -> LinearWorld:
    return build_world()


@pytest.fixture(scope="module")
def training(world: LinearWorld) -> Training:
    return train(world.space, world.observation, SCALE, Waves(0, (64, 32)), world.map_runs, seed=3)


@pytest.fixture(scope="module")
def drawn(world: LinearWorld, training: Training) -> tuple[Target, Chains]:
    target = Target(world.space, training.emulator, world.observation)
    return target, draw_posterior(target.log_density, target.n_unknown, n_steps=400, n_drop=100, seed=4)


def test_the_emulator_finds_a_linear_world(world, training):
    scores = world.space.colour(np.random.default_rng(0).standard_normal((200, 6)))
    error = training.emulator.mean(scores) - (world.base + scores @ world.slope)
    assert np.abs(error).max() < 2e-3
    assert training.emulator.uncertainty.truncation.max() < 2e-3


def test_the_chain_gives_back_the_exact_posterior(world, drawn):
    target, chains = drawn
    flat = chains.draws.reshape(-1, target.n_unknown)
    found = np.hstack([target.scores(flat), target.psi(flat)])
    mean, covariance = world.exact()
    sd = np.sqrt(np.diag(covariance))
    # Some 2,000 effective draws: a mean is off by 0.02 sd, an sd by 1.6%; five times that is one in a million.
    assert (np.abs(found.mean(axis=0) - mean) / sd).max() < 0.12
    assert np.abs(found.std(axis=0) / sd - 1.0).max() < 0.08
    correlation = covariance / np.outer(sd, sd)
    assert np.abs(np.corrcoef(found.T) - correlation).max() < 0.12


def test_the_check_would_notice_a_wrong_noise(world, drawn):
    target, chains = drawn
    flat = chains.draws.reshape(-1, target.n_unknown)
    wrong = np.sqrt(np.diag(world.exact()[1])) * 1.2
    found = np.hstack([target.scores(flat), target.psi(flat)]).std(axis=0)
    assert np.abs(found / wrong - 1.0).max() > 0.08


def test_later_waves_surround_what_the_data_leave(world, training):
    from calibration.space import to_scores

    mean, covariance = world.exact()
    first, second = to_scores(training.uniforms[:64]), to_scores(training.uniforms[64:])
    inside = np.linalg.inv(covariance[:6, :6])

    def distance(scores):
        return np.einsum("ni,ij,nj->n", scores - mean[:6], inside, scores - mean[:6])

    assert np.median(distance(second)) < 0.2 * np.median(distance(first))
    assert training.waves[0].share_left < 1.0
