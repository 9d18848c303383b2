"""Parts of a fit by themselves: factors and their prior, regressions, emulator, screen, draws and what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lognormal_observation import LogNormal, monthly_cells

from calibration.checks.convergence import describe_trouble, split_r_hat
from calibration.checks.identify import compute_contraction, find_directions
from calibration.checks.predictive import describe_cells, describe_years
from calibration.emulator import fit_emulator, measure_luck
from calibration.regression import best_of, fit_regressions
from calibration.sampler import draw_posterior
from calibration.screen import Screen, build_screen
from calibration.space import Yearly, build_space, to_scores, to_uniforms
from simulation import load_scenario
from simulation.errors import SafePassageError
from simulation.world.factors import DesignError

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def history():
    return load_scenario(SCENARIOS / "central_mediterranean" / "history.yaml")


# theta ---
def test_years_are_factors_with_an_ar1_prior_and_later_ones_follow(history):
    yearly = {"west": Yearly(("stream:senegal", "stream:gambia"), 0.8)}
    space = build_space(history, 2020, ["parameter:discount"], None, yearly)
    assert space.factors[:2] == ("west 2014", "west 2015")
    assert space.members[1] == ("stream:senegal:2015", "stream:gambia:2015")
    assert space.fitted_factors == (*(f"west {year}" for year in range(2014, 2021)), "parameter:discount")
    assert space.correlation[0, 2] == pytest.approx(0.64)
    assert space.correlation[0, -1] == 0.0
    rng = np.random.default_rng(0)
    full = space.extend(space.colour(rng.standard_normal((20_000, space.n_fitted))), rng)
    # 20,000 draws: a correlation is off by 0.007 at most in one of 1,000 cases, three times that in none.
    assert np.abs(np.corrcoef(full.T) - space.correlation).max() < 0.035


def test_whitening_undoes_colouring(history):
    space = build_space(history, 2020, (), None, {"west": Yearly(("stream:senegal",), 0.9)})
    white = np.random.default_rng(1).standard_normal((5, space.n_fitted))
    np.testing.assert_allclose(space.whiten(space.colour(white)), white, atol=1e-10)


@given(st.floats(1e-6, 1 - 1e-6))
def test_scores_and_uniforms_are_one_to_one(u):
    assert to_uniforms(to_scores(np.array([u])))[0] == pytest.approx(u, rel=1e-9)


def test_factors_that_fit_nothing_are_refused(history):
    with pytest.raises(DesignError) as caught:
        build_space(history, 2020, (), None, {"west": Yearly(("stream:atlantis",), 0.5)})
    assert caught.value.problems[0].where[:2] == ("yearly", "west")
    with pytest.raises(DesignError, match="no stream"):
        build_space(history, 2020, (), None, {"west": Yearly(("parameter:discount",), 0.5)})


# Regression and emulator ---
@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(2).standard_normal((120, 8))


def test_a_linear_function_is_found_with_its_noise(points):
    rng = np.random.default_rng(3)
    slope = np.array([1.0, -0.5, 0.3, 0, 0, 0, 0, 0])
    found = fit_regressions(points, points @ slope + 0.2 * rng.standard_normal(120), ["linear"])["linear"]
    assert found.slope == pytest.approx(slope, abs=0.1)  # five standard errors of 0.2 / sqrt(120)
    assert np.sqrt(found.noise) == pytest.approx(0.2, rel=0.35)
    new = rng.standard_normal((200, 8))
    mean, variance = found.predict(new)
    inside = np.abs(mean - new @ slope) < 4 * np.sqrt(variance)
    assert inside.mean() > 0.95


def test_a_bent_function_is_given_more_than_a_line(points):
    y = points[:, 0] ** 2 + points[:, 1] + 0.1 * np.random.default_rng(4).standard_normal(120)
    fits = fit_regressions(points, y - y.mean())
    assert best_of(fits).kind != "linear"
    assert fits["quadratic"].left_out.log_score > fits["linear"].left_out.log_score + 50


def test_leaving_out_by_formula_is_leaving_out(points):
    y = points @ np.arange(8) * 0.1 + 0.3 * np.random.default_rng(5).standard_normal(120)
    found = fit_regressions(points, y, ["linear"])["linear"]
    kernel = found.hyper["linear"] / 8 * points @ points.T
    keep = np.arange(120) != 7
    covariance = np.linalg.inv(found.inverse)[np.ix_(keep, keep)]
    assert kernel[7, keep] @ np.linalg.solve(covariance, y[keep]) == pytest.approx(
        found.left_out.mean[7], rel=1e-6
    )


def test_the_mean_is_the_same_by_parts_and_whole(points):
    y = np.sin(points[:, 0]) + points[:, 1] ** 2
    for found in fit_regressions(points, y - y.mean()).values():
        parts = (points @ found.slope) + ((points**2 - 1) / np.sqrt(2)) @ found.curvature
        np.testing.assert_allclose(parts + found.smooth_mean(points), found.predict(points)[0], atol=1e-8)


def test_noisy_counts_are_learnt_with_honest_errors():
    rng = np.random.default_rng(6)
    cells = monthly_cells(2, "2016-01", 24)
    slope = 0.4 * rng.standard_normal((5, 2))[:, cells.series_of]

    def truth(x):
        return np.log(np.where(cells.series_of == 0, 3000.0, 300.0)) + x @ slope + 0.1 * (x[:, :1] ** 2 - 1)

    scores, scale = rng.standard_normal((160, 5)), 0.02
    runs = rng.poisson(np.exp(truth(scores)) * scale) / scale
    luck = rng.poisson(np.exp(truth(np.zeros((10, 5)))) * scale) / scale
    found = fit_emulator(scores, runs, cells, scale, replicates=luck)
    new = rng.standard_normal((200, 5))
    error = found.mean(new) - truth(new)
    known = np.sqrt(found.uncertainty.parameter**2 + found.uncertainty.truncation**2)
    assert error.std() < 0.3 * truth(new).std(axis=0).mean()
    assert 0.5 < np.sqrt((error**2).mean() / (known**2).mean()) < 1.6
    assert abs(found.coverage - 0.9) < 0.07
    # Six people a month at this scale, of one kind of month: luck is by far the larger part.
    assert found.uncertainty.run_noise[-1] > 2 * known[-1]


def test_too_few_runs_show_no_luck():
    cells = monthly_cells(1, "2016-01", 3)
    with pytest.raises(SafePassageError, match="only 1 runs at the best estimates finished"):
        measure_luck(cells, 0.1, np.full((1, 3), 50.0))
    np.testing.assert_allclose(measure_luck(cells, 0.1, None), 10.0)


# The screen ---
def test_implausibility_is_the_second_largest_distance():
    screen = Screen(np.eye(3, dtype=bool), np.log([1.0, 10.0, 100.0]), np.zeros(3), np.full(3, 0.5))
    log_true = np.log([[1.0, 10.0, 100.0], [1.0, 10.0, 1000.0], [1.0, 100.0, 1000.0]])
    np.testing.assert_allclose(screen.implausibility(log_true), [0.0, 0.0, np.log(10) / 0.5], atol=1e-12)


def test_the_truth_is_not_ruled_out_and_what_is_far_is():
    rng = np.random.default_rng(7)
    cells = monthly_cells(3, "2016-01", 24)
    scores = rng.standard_normal((64, 3))
    base = np.full(len(cells), np.log(1000.0))
    slope = np.eye(3)[:, cells.series_of]
    emulator = fit_emulator(scores, np.exp(base + scores @ slope), cells, 1e6)
    observation = LogNormal(replace(cells, observed=np.exp(base)))
    screen = build_screen(observation, emulator, rng)
    at = screen.implausibility(emulator.mean(np.array([[0.0, 0, 0], [2.0, 2.0, 0.0]])))
    assert at[0] < 3 < at[1]


# Draws ---
def test_a_normal_posterior_is_drawn_as_it_is():
    rng = np.random.default_rng(8)
    design = rng.standard_normal((40, 12))
    precision = design.T @ design + np.eye(12)
    mean = np.linalg.solve(precision, design.T @ rng.standard_normal(40))

    def log_density(z):
        return -0.5 * np.einsum("ni,ij,nj->n", z - mean, precision, z - mean)

    chains = draw_posterior(log_density, 12, n_steps=500, n_drop=150, seed=1)
    flat, sd = chains.draws.reshape(-1, 12), np.sqrt(np.diag(np.linalg.inv(precision)))
    # About 1,500 effective draws: five standard errors are 0.13 sd of a mean and 9% of an sd.
    assert np.abs((flat.mean(axis=0) - mean) / sd).max() < 0.13
    assert np.abs(flat.std(axis=0) / sd - 1).max() < 0.09
    assert split_r_hat(chains.draws).max() < 1.05
    again = draw_posterior(log_density, 12, n_steps=500, n_drop=150, seed=1)
    np.testing.assert_array_equal(again.draws, chains.draws)


def test_a_density_that_is_nowhere_is_said():
    with pytest.raises(SafePassageError, match="no likelihood"):
        draw_posterior(lambda z: np.full(len(z), -np.inf), 3, seed=1)


def test_r_hat_sees_walkers_that_disagree():
    draws = np.random.default_rng(9).standard_normal((200, 16, 2))
    assert split_r_hat(draws).max() < 1.01
    draws[:, 12:, 1] += 3.0
    found = split_r_hat(draws)
    assert found[0] < 1.01
    assert found[1] > 1.3


# What is said ---
def test_directions_are_those_of_a_known_posterior():
    rng = np.random.default_rng(10)
    sums = rng.standard_normal((4000, 1)) * 0.1
    differences = rng.standard_normal((4000, 1))
    white = np.hstack([sums + differences, sums - differences, rng.standard_normal((4000, 1))]) / np.sqrt(2)
    table = find_directions(["a", "b", "c"], white)
    assert table["variance_left"].iloc[0] == pytest.approx(0.01, rel=0.15)
    assert table.loc[0, "mostly"] in ("+0.71 a, +0.71 b", "+0.71 b, +0.71 a")
    told = compute_contraction(["a", "b", "c"], to_uniforms(white), white)
    assert told["contraction"].iloc[2] == pytest.approx(0.5, abs=0.1)


def test_where_observed_numbers_fall_among_draws():
    drawn = np.tile(np.arange(99.0)[:, None], (1, 3))
    cells = replace(monthly_cells(1, "2016-01", 3), observed=np.array([-1.0, 200.0, np.nan]))
    pit = describe_cells(cells, drawn, np.random.default_rng(0))["pit"]
    assert pit[0] < 0.01
    assert pit[1] > 0.99
    assert np.isnan(pit[2])


def test_years_add_counts_and_average_shares_and_stocks():
    cells = monthly_cells(4, "2016-01", 12)
    observed = np.array([10.0, 1.0, 0.25, 500.0])[cells.series_of]
    observed[0] = np.nan
    table = describe_years(
        replace(cells, observed=observed),
        ("count", "count", "share", "stock"),
        np.tile(observed, (50, 1)),
        np.random.default_rng(0),
    )
    assert table["observed"].tolist() == [110.0, 12.0, 0.25, 500.0]
    assert table["cells"].tolist() == [11, 12, 12, 12]


def test_draws_that_have_not_converged_are_told():
    table = pd.DataFrame({"name": ["a", "b"], "r_hat": [1.01, 1.02], "effective_draws": [400.0, 300.0]})
    assert describe_trouble(table) is None
    told = describe_trouble(table.assign(r_hat=[1.01, 1.2]))
    assert told is not None
    assert "1 of 2 unknowns" in told
    assert describe_trouble(table.assign(effective_draws=[40.0, 300.0])) is not None
    assert describe_trouble(table.assign(r_hat=[np.nan, 1.0])) is not None
