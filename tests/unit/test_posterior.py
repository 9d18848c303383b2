"""Posterior files: written and read back, damaged ones refused, draws that plans and comparisons take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from calibration.posterior import Posterior, hash_ranges, read_posterior
from experiments.posterior_design import design_of_posterior
from simulation import load_scenario
from simulation.errors import ResultError
from simulation.world.draws import draw_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = ("parameter:discount", "stream:locals:2015")


@pytest.fixture(scope="module")
def fork():
    return load_scenario(SCENARIOS / "tiny" / "fork" / "fork.yaml")


@pytest.fixture
def posterior(fork) -> Posterior:
    rng = np.random.default_rng(1)
    return Posterior(
        ("patience", "journeys 2015"),
        (NAMES[:1], NAMES[1:]),
        rng.uniform(0.4, 0.6, (40, 2)),
        ("rate",),
        rng.normal(size=(40, 1)),
        rng.normal(size=40),
        np.full(40, 1 / 40),
        np.arange(40) % 4,
        hash_ranges(fork, NAMES),
        {"scenario": "fork"},
    )


def test_a_file_gives_back_what_was_written(posterior, tmp_path):
    found = read_posterior(posterior.write(tmp_path / "new" / "posterior.parquet"))
    assert (found.factors, found.members, found.psi_names) == (
        posterior.factors,
        posterior.members,
        posterior.psi_names,
    )
    assert (found.ranges, found.about) == (posterior.ranges, posterior.about)
    np.testing.assert_allclose(found.uniforms, posterior.uniforms, atol=1e-7)
    np.testing.assert_array_equal(found.log_likelihood, posterior.log_likelihood)
    np.testing.assert_array_equal(found.chain, posterior.chain)


def test_what_is_no_posterior_is_refused(posterior, tmp_path):
    with pytest.raises(ResultError, match="does not exist"):
        read_posterior(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("hello")
    with pytest.raises(ResultError, match="not a posterior file"):
        read_posterior(tmp_path / "text.parquet")
    table = pq.read_table(posterior.write(tmp_path / "posterior.parquet"))
    pq.write_table(table.replace_schema_metadata({}), tmp_path / "bare.parquet")
    with pytest.raises(ResultError, match="not a posterior file"):
        read_posterior(tmp_path / "bare.parquet")
    pq.write_table(table.drop_columns(["theta:patience"]), tmp_path / "less.parquet")
    with pytest.raises(ResultError, match="damaged"):
        read_posterior(tmp_path / "less.parquet")


def test_the_center_is_the_weighted_median(posterior):
    heavy = replace(posterior, weights=np.where(np.arange(40) == 7, 1.0, 0.0))
    np.testing.assert_array_equal(heavy.center, posterior.uniforms[7])
    assert np.abs(posterior.center - np.median(posterior.uniforms, axis=0)).max() < 0.02


def test_a_replicate_keeps_its_draw_when_others_are_added(posterior):
    assert list(posterior.choose(5, 3)) == list(posterior.choose(5, 9))[:3]
    heavy = replace(posterior, weights=np.where(np.arange(40) == 7, 1.0, 0.0))
    assert set(heavy.choose(5, 9)) == {7}


def test_replicates_draw_fitted_numbers_from_the_posterior_and_the_others_from_their_ranges(fork, posterior):
    design = design_of_posterior(posterior, [fork], 5, 3)
    drawn = draw_scenario(fork, seed=5, draw=1, given=design.given(1), others=design.others)
    plain = draw_scenario(fork, seed=5, draw=1)
    assert drawn.risks == plain.risks
    assert drawn.parameters != plain.parameters
    row = posterior.uniforms[posterior.choose(5, 3)[1]]
    assert design.given(1) == dict(zip(NAMES, row, strict=True))


def test_other_ranges_than_fitted_are_refused(fork, posterior):
    wider = tuple(
        p.model_copy(update={"high": p.high * 1.001}) if p.name == "discount" else p for p in fork.parameters
    )
    with pytest.raises(ResultError, match="other ranges of parameter:discount"):
        posterior.check_scenarios([fork.model_copy(update={"parameters": wider})], "p.parquet")


def test_arviz_sees_four_chains(posterior):
    pytest.importorskip("arviz")
    found = posterior.to_arviz()
    assert found.posterior["patience"].shape == (4, 10)
    with pytest.raises(ResultError, match="weighted"):
        replace(posterior, weights=np.arange(40) / 780).to_arviz()
