"""The density of what was observed, and draws from it: against scipy, against brute force, and by simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up_observations import LANDED, monthly_model, noise, rows, write
from scipy.stats import binom, kstest, multivariate_normal, nbinom, norm
from small_worlds import FALSE_ALARM, tiny

from calibration.observation.likelihood import log_series_density
from calibration.observation.model import DeclaredModel, load_model

TWO = (
    LANDED.replace("    recorded: [seen]\n", "")
    + """
  women:
    title: Share of women
    observes: {counts: arrivals, share_of: {sex: female}}
    select: {indicator: share_women}
    window: as_given
    interviews: 400
    noise: survey
"""
)


def two_series(folder: Path) -> DeclaredModel:
    """Return a model of a monthly count and a share of a survey, with known noise."""
    text = (
        "observation: test\ntitle: A test\nnoise:\n" + noise(5, 0.3, 0.7) + noise(2, 0.4, 0.5, "survey") + TWO
    )
    shares = rows([0.2, 0.3, 0.25], indicator="share_women")
    table = pd.concat([rows([1e5, 2e5, 3e5, 2e5]), shares], ignore_index=True)
    return load_model(write(folder, text), table, tiny("sea"))


NO_PSI = np.empty(0)


# The density ---
def test_of_large_counts_it_is_the_normal_density_that_everybody_would_write(tmp_path: Path) -> None:
    values = [1e6, 2e6, 1.5e6, 3e6]
    model = monthly_model(tmp_path, values, noise(50, 0.3, 0.7))
    log_true = np.log([1.2e6, 1.8e6, 1.4e6, 2e6])
    emulated = 0.01 * np.exp(-np.abs(np.subtract.outer(range(4), range(4))))
    lags = np.abs(np.subtract.outer(range(4), range(4)))
    covariance = 0.09 * 0.7**lags + emulated + np.diag(50 / np.exp(log_true))
    expected = multivariate_normal(log_true, covariance).logpdf(np.log(values))
    found = model.log_likelihood(log_true, emulated, NO_PSI)
    assert float(found) == pytest.approx(expected, abs=2e-3)


def test_of_shares_it_is_normal_on_the_log_odds(tmp_path: Path) -> None:
    model = two_series(tmp_path)
    of = model.cells.of("women")
    only = model.with_observed(np.where(of, model.cells.observed, np.nan))
    share = np.array([0.22, 0.24, 0.23])
    log_true = np.concatenate([np.zeros(4), np.log(share)])
    lags = np.abs(np.subtract.outer(range(3), range(3)))
    sampling = 2 / (400 * share * (1 - share))
    observed = np.array([0.2, 0.3, 0.25])
    expected = multivariate_normal(
        np.log(share / (1 - share)), 0.16 * 0.5**lags + np.diag(sampling)
    ).logpdf(np.log(observed / (1 - observed)))  # fmt: skip
    assert float(only.log_likelihood(log_true, None, NO_PSI)) == pytest.approx(expected, abs=0.02)


def test_the_emulator_of_a_share_enters_on_the_log_odds(tmp_path: Path) -> None:
    model = two_series(tmp_path)
    moments = model.moments(np.log(np.full(7, 0.25)), NO_PSI)
    emulated = np.diag(np.full(7, 0.01))
    cells = np.flatnonzero(model.cells.of("women"))
    alone = model.discrepancy(cells, moments, None, NO_PSI)
    both = model.discrepancy(cells, moments, emulated, NO_PSI)
    np.testing.assert_allclose(both - alone, np.eye(3) * 0.01 / 0.75**2)


@pytest.mark.parametrize("shared", [0.02, 0.0])
def test_series_apart_or_together_say_the_same(tmp_path: Path, shared: float) -> None:
    model = two_series(tmp_path)
    log_true = np.concatenate([np.log([1e5, 2e5, 2e5, 2e5]), np.log([0.2, 0.25, 0.3])])
    inside = np.kron(np.eye(2), np.ones((4, 4)))[:7, :7] * shared + 0.01 * np.eye(7)
    apart = model.log_likelihood(log_true, inside, NO_PSI)
    tied = inside.copy()
    tied[0, -1] = tied[-1, 0] = 1e-300  # enough to take the way of all cells at once
    together = model.log_likelihood(log_true, tied, NO_PSI)
    assert float(apart) == pytest.approx(float(together), rel=1e-10)


def test_many_points_at_once_are_as_one_by_one(tmp_path: Path) -> None:
    text = "observation: test\ntitle: A test\nnoise:\n" + noise(5, 0.3, 0.7) + LANDED
    rates = "rates:\n  seen: [{low: 0.5, best: 0.8, high: 1, source: 'assumed: test', confidence: assumed}]\n"
    model = load_model(write(tmp_path, text + rates), rows([10, 0, 300, 4]), tiny("sea"))
    assert model.names == ("rate:seen:1990-01-01",)
    rng = np.random.default_rng(3)
    log_true = np.log(rng.uniform(1, 400, (6, 4)))
    psi = model.scale_psi(rng.uniform(size=(6, 1)))
    covariance = rng.uniform(0.01, 0.02, (6, 1, 1)) * np.eye(4)
    at_once = model.log_likelihood(log_true, covariance, psi)
    one_by_one = [
        float(model.log_likelihood(*point)) for point in zip(log_true, covariance, psi, strict=True)
    ]
    np.testing.assert_allclose(at_once, one_by_one, rtol=1e-12)
    shifted = model.log_likelihood(log_true + np.log(psi), covariance, np.ones((6, 1)))
    np.testing.assert_allclose(at_once, shifted, rtol=1e-10)  # a rate is a factor of the mean


def test_linear_time_is_as_good_as_the_whole_matrix() -> None:
    """Months with gaps, some with two cells, against the density with the covariance written out."""
    rng = np.random.default_rng(5)
    month = np.array([3, 4, 4, 9, 10, 10, 25])
    residual, slope = rng.normal(size=(6, 7)), rng.uniform(0.2, 1, (6, 7))
    variance, sd, correlation = rng.uniform(0.01, 0.5, (6, 7)), rng.uniform(0, 1, 6), rng.uniform(0, 0.99, 6)
    found = log_series_density(residual, slope, variance, month, sd, correlation)
    lags = np.abs(month[:, None] - month)
    for i in range(6):
        covariance = np.outer(slope[i], slope[i]) * sd[i] ** 2 * correlation[i] ** lags + np.diag(variance[i])
        expected = multivariate_normal(np.zeros(7), covariance).logpdf(residual[i])
        assert found[i] == pytest.approx(expected, rel=1e-9)


def test_cells_to_be_predicted_say_nothing(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [10, 20, 30], noise(3, 0.2, 0.5))
    longer = monthly_model(tmp_path, [10, 20, 30, 40], noise(3, 0.2, 0.5))
    unknown = longer.with_observed(np.array([10, 20, 30, np.nan]))
    log_true = np.log([12.0, 18, 33, 1e9])
    assert unknown.log_likelihood(log_true, None, NO_PSI) == model.log_likelihood(log_true[:3], None, NO_PSI)


@pytest.mark.parametrize("mean", [30.0, 300.0])
def test_it_is_close_to_the_sum_over_the_hidden_discrepancy(tmp_path: Path, mean: float) -> None:
    """Two months, the discrepancy integrated by quadrature under the exact negative binomial counts."""
    clumping, sd, correlation = 4.0, 0.15, 0.6
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    first = sd * nodes[:, None]
    second = sd * (correlation * nodes[:, None] + np.sqrt(1 - correlation**2) * nodes[None, :])

    def density(discrepancy: np.ndarray, y: int) -> np.ndarray:
        return np.asarray(nbinom.pmf(y, mean * np.exp(discrepancy) / (clumping - 1), 1 / clumping))

    model = monthly_model(tmp_path, [mean, mean], noise(clumping, sd, correlation))
    wrong = monthly_model(tmp_path, [mean, mean], noise(clumping, 3 * sd, correlation))
    log_true = np.full(2, np.log(mean))
    off = []
    for ratios in ((1.0, 1.0), (1.2, 1.3), (0.8, 1.1), (1.35, 0.75)):
        y = [int(mean * ratio) for ratio in ratios]
        exact = float(np.log(weights @ (density(first, y[0]) * density(second, y[1])) @ weights))
        z_scale = float(np.log(np.array(y) + 0.5).sum())  # a density of log(y + 1/2), not of y
        found, other = (
            float(of.with_observed(np.array(y, float)).log_likelihood(log_true, None, NO_PSI)) - z_scale
            for of in (model, wrong)
        )
        assert found == pytest.approx(exact, abs=0.4 if mean < 100 else 0.15)
        off.append(abs(other - exact))
    assert max(off) > 0.8  # three times the discrepancy is another model


def test_a_month_that_can_have_no_deaths_says_nothing_when_it_has_none(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [0.0, 50.0], noise(10, 0.5, 0.8))
    some = [
        float(model.log_likelihood(np.array([least, np.log(50)]), None, NO_PSI))
        for least in (-7.0, -20.0, -np.inf)
    ]
    assert np.isfinite(some).all()
    np.testing.assert_allclose(some, some[0])  # below a thousandth of a person it no longer matters how few


# Draws ---
def draws(model: DeclaredModel, log_true: np.ndarray, n: int, after: date | None = None) -> np.ndarray:
    rng = np.random.default_rng(20161001)
    return np.stack([model.draw_observed(log_true, None, NO_PSI, rng, after) for _ in range(n)])


def test_draws_have_the_moments_of_the_density(tmp_path: Path) -> None:
    """4,000 draws; bounds of 5 standard errors: false alarms 1e-6 a number."""
    model = monthly_model(tmp_path, [1.0] * 3, noise(8, 0.3, 0.7))
    log_true = np.log([200.0, 400.0, 800.0])
    z = np.log(draws(model, log_true, 4000) + 0.5)
    moments = model.moments(log_true, NO_PSI)
    covariance = model.observed_covariance(np.arange(3), moments, None, NO_PSI)
    error = np.sqrt(np.diag(covariance) / 4000)
    assert (np.abs(z.mean(axis=0) - moments.mean) < 5 * error + 0.01).all()  # 0.01: curvature of z in d
    spread = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)) / 4000)
    assert (np.abs(np.cov(z.T) - covariance) < 5 * 1.5 * spread).all()


@pytest.mark.parametrize(
    ("mean", "clumping", "sd"), [(0.3, 1, 0.3), (4, 3, 0.3), (40, 20, 0.4), (3000, 60, 0.3)]
)
def test_nine_of_ten_numbers_are_in_their_interval(
    tmp_path: Path, mean: float, clumping: float, sd: float
) -> None:
    """The normal interval on the scale of z, of counts that are drawn: 4,000 of them, zeros included.

    Where counts are few they jump past the ends of any interval: hence the wide bounds. Forecasts are drawn as counts.
    """
    model = monthly_model(tmp_path, [1.0] * 4, noise(clumping, sd, 0.5))
    log_true = np.full(4, np.log(mean))
    z = np.log(draws(model, log_true, 1000) + 0.5)
    moments = model.moments(log_true, NO_PSI)
    covariance = model.observed_covariance(np.arange(4), moments, None, NO_PSI)
    covered = float((np.abs(z - moments.mean) < norm.ppf(0.95) * np.sqrt(np.diag(covariance))).mean())
    assert (0.84 if mean < 5 else 0.88) < covered < (1.0 if mean < 5 else 0.96)


def test_a_forecast_starts_at_the_last_residual_and_comes_back(tmp_path: Path) -> None:
    """Twice the people that the model says, in every month: the discrepancy decays by its correlation."""
    n, ahead = 36, 6
    values = [2e6] * n + [1.0] * ahead
    model = monthly_model(tmp_path, values, noise(1, 0.4, 0.8))
    log_true = np.full(n + ahead, np.log(1e6))
    found = draws(model, log_true, 600, after=date(2017, 12, 31))
    assert (found[:, :n] == 2e6).all()
    after = np.log(found[:, n:] / 1e6)
    expected = np.log(2) * 0.8 ** np.arange(1, ahead + 1)
    sd = 0.4 * np.sqrt(1 - 0.8 ** (2 * np.arange(1, ahead + 1)))
    assert (np.abs(after.mean(axis=0) - expected) < 5 * sd / np.sqrt(600)).all()
    assert (np.abs(after.std(axis=0) / sd - 1) < 0.15).all()


def test_what_is_known_later_is_not_used(tmp_path: Path) -> None:
    model = monthly_model(tmp_path, [100.0] * 6 + [900.0] * 3, noise(2, 0.4, 0.8))
    log_true = np.full(9, np.log(100.0))
    found = draws(model, log_true, 300, after=date(2015, 6, 30))
    assert (found[:, :6] == 100).all()
    assert 85 < np.median(found[:, 6:]) < 115


def test_two_series_of_the_same_people_are_off_together(tmp_path: Path) -> None:
    again = LANDED.replace("    recorded: [seen]\n", "").replace("series:\n", "").replace("landed:", "seen:")
    again = again.replace("place: ITA", "place: FRX") + "    discrepancy_of: landed\n"
    head = "observation: test\ntitle: A test\nnoise:\n" + noise(1, 0.5, 0.6)
    text = head + LANDED.replace("    recorded: [seen]\n", "") + again
    table = pd.concat([rows([3e6, 1e6]), rows([3e6, 1e6], place="FRX")], ignore_index=True)
    model = load_model(write(tmp_path, text), table, tiny("sea"))
    log_true = np.full(4, np.log(1e6))
    twice = float(model.log_likelihood(log_true, None, NO_PSI))
    once = monthly_model(tmp_path, [3e6, 1e6], noise(1, 0.5, 0.6))
    first = float(once.log_likelihood(log_true[:2], None, NO_PSI))
    # Given the first, the second is known but for the sampling of a million people: normal with sd sqrt(2)/1000.
    sampling = norm(0, np.sqrt(2 / 1e6))
    more = 2 * sampling.logpdf(0)
    assert twice - first == pytest.approx(more, abs=0.5)
    z = np.log(draws(model, log_true, 200))
    assert np.corrcoef(z[:, 0], z[:, 2])[0, 1] > 0.99


def test_a_year_is_off_by_the_mean_of_its_months(tmp_path: Path) -> None:
    text = (
        "observation: test\ntitle: A test\nnoise:\n"
        + noise(1, 0.5, 0.6)
        + LANDED.replace("    recorded: [seen]\n", "")
    )
    model = load_model(write(tmp_path, text.replace("month", "year")), rows([1e6] * 24), tiny("sea"))
    moments = model.moments(np.full(2, np.log(12e6)), NO_PSI)
    found = model.discrepancy(np.arange(2), moments, None, NO_PSI)
    lags = np.abs(np.subtract.outer(range(24), range(24)))
    weights = np.kron(np.eye(2), np.full((1, 12), 1 / 12))
    by_hand = weights @ (0.25 * 0.6**lags) @ weights.T
    np.testing.assert_allclose(found, by_hand, atol=2e-3)  # months weigh by their days


def test_survey_shares_scatter_by_the_people_asked(tmp_path: Path) -> None:
    """6,000 draws of a share without discrepancy: binomial, with a design effect of 2 twice the variance."""
    model = two_series(tmp_path)
    quiet = replace(model, parameters=replace(model.parameters, known=np.array([1, 0, 0, 2.0, 0, 0])))
    assert quiet.parameters.names == ()
    log_true = np.concatenate([np.full(4, np.log(1e5)), np.log([0.2, 0.2, 0.2])])
    found = draws(quiet, log_true, 2000)[:, 4:].ravel()
    assert abs(found.mean() - 0.2) < 5 * np.sqrt(2 * 0.16 / 400 / found.size)
    assert found.var() / (binom(400, 0.2).var() / 400**2) == pytest.approx(2, rel=0.1)


def test_residuals_made_white_are_standard_normal(tmp_path: Path) -> None:
    """Of one drawn series of 400 months; Kolmogorov-Smirnov, false alarm 1e-6; a wrong scatter must be seen."""
    model = monthly_model(tmp_path, [1.0] * 400, noise(8, 0.3, 0.8))
    log_true = np.full(400, np.log(500.0))
    rng = np.random.default_rng(7)
    observed = model.draw_observed(log_true, None, NO_PSI, rng)
    moments = model.moments(log_true, NO_PSI)
    covariance = model.observed_covariance(np.arange(400), moments, None, NO_PSI)
    white = np.linalg.solve(np.linalg.cholesky(covariance), np.log(observed + 0.5) - moments.mean)
    assert kstest(white, "norm").pvalue > FALSE_ALARM
    assert kstest(white * 1.6, "norm").pvalue < FALSE_ALARM
