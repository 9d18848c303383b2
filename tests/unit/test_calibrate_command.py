"""The verbs calibrate and forecast on the invented example, and what a posterior changes in plans and runs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from calibration.cells import Cells
from calibration.fit.load import load_fit
from calibration.forecasts import read_forecast
from calibration.posterior import read_posterior
from experiments.cli import main
from experiments.commands.calibrate import _map_over
from experiments.fitting.calibrate import calibrate, prepare_folder
from experiments.fitting.forecast import _psi_of, known_luck
from experiments.fitting.runs import CellRuns, MakeRuns
from experiments.planning.load import load_plan
from simulation.errors import ResultError, ScenarioError
from simulation.result import read_metadata

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "calibration" / "example"


def ask(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Path:
    """The example's folder of results, in some ten seconds."""
    folder = tmp_path_factory.mktemp("fit") / "sea_example"
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--out", folder, "--held", "rate:deaths_found:2015-01-01")
    assert done.exit_code == 0, done.output
    return folder


def copy_example(folder: Path, old: str = "", new: str = "") -> Path:
    """Copy the example with one text replaced, beside a copy of its scenario."""
    shutil.copytree(EXAMPLE, folder / "fit")
    shutil.copytree(ROOT / "scenarios" / "tiny" / "sea", folder / "sea")
    file = folder / "fit" / "fit.yaml"
    text = file.read_text(encoding="utf-8").replace("../../scenarios/tiny/sea/sea.yaml", "../sea/sea.yaml")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


# A fit ---
def test_a_fit_leaves_a_posterior_tables_pictures_and_a_report(fitted):
    names = {path.name for path in fitted.iterdir()}
    assert {"posterior.parquet", "report.md", "metadata.json", "cells.csv", "years.csv", "moved.csv"} <= names
    assert {"series_arrivals.png", "series_arrivals.svg", "series_arrivals.txt"} <= names
    posterior = read_posterior(fitted / "posterior.parquet")
    assert posterior.factors == ("journeys 2015", "peril at sea", "pull-backs")
    assert posterior.about["runs"] == 8 + 32 + 16
    years = pd.read_csv(fitted / "years.csv")
    assert ((years["observed"] >= years["low"]) & (years["observed"] <= years["high"])).all()


def test_the_factors_that_made_the_example_are_recovered(fitted):
    """observed.csv was made with these uniforms; see calibration/example/fit.yaml."""
    posterior = read_posterior(fitted / "posterior.parquet")
    low, high = np.quantile(posterior.uniforms, [0.02, 0.98], axis=0)
    truth = np.array([0.7, 0.75, 0.3])
    assert ((low < truth) & (truth < high)).all()
    told = pd.read_csv(fitted / "parameters.csv").set_index("name")["contraction"]
    assert told["pull-backs"] > 0.5
    assert told["correlation:counts"] < 0.3


def test_a_fit_that_is_there_is_kept_unless_asked(fitted):
    again = ask("calibrate", EXAMPLE / "fit.yaml", "--out", fitted)
    assert again.exit_code == 2
    assert "--resume goes on from its finished runs" in again.output


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "thesis.txt").write_text("three years")
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--out", tmp_path, "--force")
    assert done.exit_code == 2
    assert "holds files that are not a fit's" in done.output
    assert (tmp_path / "thesis.txt").is_file()


def test_going_on_makes_no_run_again_and_gives_the_same_draws(fitted, tmp_path):
    shutil.copytree(fitted / "runs", tmp_path / "out" / "runs")
    before = sorted(path.name for path in (tmp_path / "out" / "runs").glob("*.parquet"))
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--out", tmp_path / "out", "--resume")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out" / "runs").glob("*.parquet")) == before
    first, second = (read_posterior(folder / "posterior.parquet") for folder in (fitted, tmp_path / "out"))
    np.testing.assert_array_equal(first.uniforms, second.uniforms)
    np.testing.assert_array_equal(first.psi, second.psi)


def test_an_interrupted_fit_goes_on_from_its_runs(fitted, tmp_path):
    shutil.copytree(fitted / "runs", tmp_path / "runs")
    loaded = load_fit(EXAMPLE / "fit.yaml")
    kept = sorted((tmp_path / "runs").glob("total-*.parquet"))
    for path in kept[10:13]:
        path.unlink()
    points = np.vstack([np.full((8, 3), 0.5)])
    with CellRuns(tmp_path / "runs", loaded.observation) as store:
        make = MakeRuns(
            loaded.fitted_scenario,
            loaded.space,
            loaded.observation,
            store,
            scale=0.5,
            seed=loaded.document.seed,
        )
        true = make(points)
    assert make.report is not None
    assert make.report.earlier == 8
    assert true.shape == (8, 36)
    assert not np.isnan(true).any()


def test_a_fit_interrupted_after_its_runs_can_be_taken_up_or_replaced(fitted, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(fitted / "runs", out / "runs")

    def stop(done: int, total: int) -> None:
        (out / "cells.csv").write_text("as if the writing of results had begun")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrate(load_fit(EXAMPLE / "fit.yaml"), out, resume=True, watch=stop)
    assert read_metadata(out)["unfinished"]
    prepare_folder(out, resume=True, force=False)
    assert (out / "cells.csv").is_file()
    prepare_folder(out, resume=False, force=True)
    assert not list(out.iterdir())
    assert "unfinished" not in read_metadata(fitted)


def test_shares_need_runs_that_show_their_luck(tmp_path):
    file = copy_example(tmp_path, "replicates: 8", "replicates: 0")
    assert load_fit(file).document.runs.replicates == 0
    told = tmp_path / "fit" / "observation.yaml"
    text = told.read_text(encoding="utf-8").replace("window: month", "window: as_given")
    women = "observes: {counts: arrivals, share_of: {sex: female}}"
    told.write_text(
        text.replace("observes: {counts: arrivals}", women + "\n    interviews: 100"), encoding="utf-8"
    )
    table = pd.read_csv(tmp_path / "fit" / "observed.csv")
    table["value"] = np.where(table["indicator"] == "arrivals_sea", 0.5, table["value"])
    table.to_csv(tmp_path / "fit" / "observed.csv", index=False)
    with pytest.raises(ScenarioError, match="0, and there are series of shares"):
        load_fit(file)


def test_a_look_gives_a_point_without_a_posterior(fitted, tmp_path):
    shutil.copytree(fitted / "runs", tmp_path / "out" / "runs")
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--out", tmp_path / "out", "--quick")
    assert done.exit_code == 0, done.output
    assert "peril at sea" in done.output
    assert not (tmp_path / "out" / "posterior.parquet").exists()


# What is wrong is said ---
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("until: 2015-12-31", "until: 2031-12-31", "until: 2031-12-31 is outside the scenario's period"),
        ("observation.yaml", "nothing.yaml", "observation: nothing.yaml does not exist"),
        ("observed: [observed.csv]", "observed: []", "observed: nothing was observed"),
        ("vehicle:open_sea:peril", "vehicle:open_see:peril", "(did you mean vehicle:open_sea:peril?)"),
        ("stream:travellers", "parameter:discount", "yearly.journeys: parameter:discount is no stream"),
        ("correlation: 0.5", "correlation: 1.0", "yearly.journeys.correlation:"),
        ("replicates: 8", "replicates: 3", "3 show no variance; take 0, or 4 or more"),
        ("scale: 0.5", "scale: 0.5\ncolour: red", "colour: unknown key"),
        ("until: 2015-12-31", "until: 2015-01-10", "observed: holds no number of any series"),
    ],
)
def test_a_wrong_fit_is_one_message_with_its_line(tmp_path, old, new, said):
    with pytest.raises(ScenarioError) as caught:
        load_fit(copy_example(tmp_path, old, new))
    assert said in str(caught.value)
    assert "fit.yaml:" in str(caught.value)


def test_a_check_runs_nothing(tmp_path):
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--check", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "arrivals: 12 windows" in done.output
    assert not (tmp_path / "out").exists()


class Doubles:
    """Doubles a number; counts how often it is sent to another process."""

    sent = 0

    def __reduce__(self) -> tuple[type[Doubles], tuple[()]]:
        Doubles.sent += 1
        return Doubles, ()

    def __call__(self, number: int) -> np.ndarray:
        return np.array([2.0 * number])


def test_what_makes_twins_goes_to_each_process_once():
    found = list(_map_over(2)(Doubles(), range(12)))
    np.testing.assert_array_equal(np.ravel(found), 2.0 * np.arange(12))
    assert 1 <= Doubles.sent <= 2


def test_a_number_that_cannot_be_held_is_refused():
    done = ask("calibrate", EXAMPLE / "fit.yaml", "--held", "rate:nothing")
    assert done.exit_code == 2
    assert "clumping:counts" in done.output


# What a posterior is for ---
def test_a_forecast_begins_after_its_day_and_ends_after_its_months(fitted, tmp_path):
    out = tmp_path / "forecast.parquet"
    done = ask(
        "forecast", fitted / "posterior.parquet", "--fit", EXAMPLE / "fit.yaml", "--from", "2015-12-31",
        "--months", 3, "--draws", 6, "--scale", 0.2, "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    rows = read_forecast(out).rows
    assert rows["from"].min() == pd.Timestamp("2016-01-01")
    assert rows["to"].max() == pd.Timestamp("2016-03-31")
    assert len(rows) == 3 * 3 * 6


def test_a_forecast_of_fitted_months_or_of_another_fit_is_refused(fitted, tmp_path):
    options = ("--months", 1, "--draws", 2, "--out", tmp_path / "forecast.parquet")
    file = fitted / "posterior.parquet"
    inside = ask("forecast", file, "--fit", EXAMPLE / "fit.yaml", "--from", "2015-06-30", *options)
    assert inside.exit_code == 2
    assert "months up to 2015-12-31 were fitted" in inside.output
    other = copy_example(tmp_path, "scale: 0.5", "scale: 0.4")
    strange = ask("forecast", file, "--fit", other, "--from", "2015-12-31", *options)
    assert strange.exit_code == 2
    assert "the posterior is not of fit" in strange.output
    assert not (tmp_path / "forecast.parquet").exists()


def test_only_rates_of_later_periods_come_from_the_prior(fitted):
    posterior = read_posterior(fitted / "posterior.parquet")
    model = load_fit(EXAMPLE / "fit.yaml").observation
    rows, rng = np.arange(5), np.random.default_rng(0)
    np.testing.assert_array_equal(_psi_of(posterior, model, rows, rng), posterior.psi[:5])
    place = posterior.psi_names.index("rate:deaths_found:2015-01-01")
    names = list(posterior.psi_names)
    names[place] = "rate:deaths_found:2014-01-01"
    found = _psi_of(replace(posterior, psi_names=tuple(names)), model, rows, rng)
    assert (found != posterior.psi[:5]).any(axis=0).nonzero()[0].tolist() == [place]
    names[place] = "clumping:others"
    with pytest.raises(ResultError, match="has no rate:deaths_found:2015-01-01"):
        _psi_of(replace(posterior, psi_names=tuple(names)), model, rows, rng)


def test_luck_of_runs_is_known_of_known_months_only(fitted):
    assert set(read_posterior(fitted / "posterior.parquet").about["luck"]) == {
        "arrivals",
        "interceptions",
        "deaths",
    }
    day = np.array(["2015-01-01", "2015-02-01", "2015-03-01"], "datetime64[D]")
    cells = Cells(("a",), np.zeros(3, np.int64), day, day + 27, np.full(3, np.nan))
    true = np.array([[90.0, np.nan, 90.0], [100.0, np.nan, 100.0]])
    found = known_luck(cells, true, np.full(3, 10.0), date(2015, 2, 28))
    np.testing.assert_allclose(
        found, [0.1, 0.0, 0.0]
    )  # 10 / (95 + 5); no run says the second; the third is later


def test_a_run_has_the_medians_of_the_posterior_or_a_draw_of_it(fitted, tmp_path):
    sea = ROOT / "scenarios" / "tiny" / "sea" / "sea.yaml"
    file = fitted / "posterior.parquet"
    done = ask("run", sea, "--posterior", file, "--draw", 3, "--scale", 0.1, "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    assert ask("run", sea, "--draw", 3).exit_code == 2
    assert ask("run", sea, "--posterior", file, "--draw", 400).exit_code == 2


PLAN = """plan: try_it
title: Draws from a posterior
arms:
  - scenario: sea/sea.yaml
  - {scenario: sea/sea.yaml, name: no_rescue, levers: {search_and_rescue: [{coverage: 0.1, source: "assumed: test"}]}}
replicates: 3
seed: 4
posterior: posterior.parquet
"""


def test_a_plan_draws_fitted_numbers_from_the_posterior(fitted, tmp_path):
    shutil.copytree(ROOT / "scenarios" / "tiny" / "sea", tmp_path / "sea")
    shutil.copy(fitted / "posterior.parquet", tmp_path / "posterior.parquet")
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    plan = load_plan(tmp_path / "plan.yaml").plan
    posterior = read_posterior(fitted / "posterior.parquet")
    options = plan.draw_options(2)
    assert options is not None
    row = posterior.uniforms[posterior.choose(4, 3)[2]]
    assert options["given"] == posterior.given(row)
    assert options["others"] == "draw"
    middle = plan.draw_options(0, "monte_carlo")
    assert middle == {"given": posterior.given(posterior.center), "others": "median"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("design: {method: sobol}\n", "posterior: a posterior decides how numbers are drawn"),
        ("", "posterior: "),
    ],
)
def test_a_plan_with_a_posterior_that_cannot_be_is_refused(tmp_path, more, said):
    shutil.copytree(ROOT / "scenarios" / "tiny" / "sea", tmp_path / "sea")
    (tmp_path / "plan.yaml").write_text(PLAN + more, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert said in str(caught.value)
