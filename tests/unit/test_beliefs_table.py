"""Perceived against true risk as a run keeps it: by month, zone and knowledge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_worlds import changed, lived, route, tiny, with_levers

from simulation import run
from simulation.result import RunResult, read_parquet
from simulation.world.rates import believed_deaths


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(route(150), seed=2, scale=0.02)


def by_class(table: pd.DataFrame) -> pd.DataFrame:
    """Return perceived over true risk, one column a class, where there is a risk."""
    known = table[table["true"] > 0]
    ratio = known.assign(ratio=known["perceived"] / known["true"])
    return ratio.pivot_table(index=["month", "zone"], columns="knowledge", values="ratio")


def test_one_row_a_month_zone_and_class(result: RunResult) -> None:
    table = result.beliefs
    zones = {leg.risk_zone for leg in result.scenario.legs if leg.purpose == "irregular"}
    assert list(table.columns) == ["month", "zone", "knowledge", "perceived", "true"]
    assert len(table) == len(result.months) * len(zones) * 2
    assert set(table["zone"]) == zones
    assert table[["perceived", "true"]].to_numpy().min() >= 0
    assert table[["perceived", "true"]].to_numpy().max() <= 1


def test_the_informed_see_the_truth_and_the_others_do_not(result: RunResult) -> None:
    ratio = by_class(result.beliefs)
    np.testing.assert_allclose(ratio["informed"], 1.0, rtol=1e-12)
    bias = next(p.value for p in result.scenario.parameters if p.name == "uninformed_bias")
    first = ratio.loc["2014-01" if "2014-01" in ratio.index else ratio.index[0][0]]
    np.testing.assert_allclose(first["uninformed"], bias, rtol=1e-9)
    assert ratio["uninformed"].nunique() > 1, "reports move beliefs"


def test_beliefs_that_nothing_moves_stay_as_they_are() -> None:
    scenario = tiny("fork")
    bias = next(p.value for p in scenario.parameters if p.name == "uninformed_bias")
    ratio = by_class(run(scenario, scale=0.1).beliefs)
    np.testing.assert_allclose(ratio["uninformed"], bias, rtol=1e-12)


def test_information_brings_perceived_to_true_risk() -> None:
    scenario = with_levers(tiny("fork"), information=[{"reach": 1.0, "trust": 1.0, "from": "2016-03-01"}])
    ratio = by_class(run(scenario, scale=0.1).beliefs)["uninformed"].unstack("zone")
    assert (ratio.loc["2016-02"] < 0.999).all()
    np.testing.assert_allclose(ratio.loc["2016-03"], 1.0, rtol=1e-12)


def test_the_last_month_is_the_state_of_the_model() -> None:
    model = lived(tiny("sea"))
    believed, true = believed_deaths(model.routes, model.settings, model.outlook)
    counts = model.counts()
    np.testing.assert_array_equal(counts.believed[-1], believed)
    np.testing.assert_array_equal(counts.true[-1], true)
    assert true.max() > 0


def test_a_run_folder_keeps_beliefs_and_money(result: RunResult, tmp_path: Path) -> None:
    folder = result.write(tmp_path / "one")
    for name in ("beliefs", "money"):
        stored = read_parquet(folder / f"{name}.parquet")
        pd.testing.assert_frame_equal(stored, getattr(result, name).reset_index(drop=True))
        assert len(stored) > 0
    assert (folder / "beliefs.parquet").stat().st_size < 100_000


def test_without_money_there_is_no_money_table() -> None:
    scenario = route(40)
    free = changed(scenario, coupling=scenario.document.coupling.model_copy(update={"money": False}))
    assert run(free, scale=0.01).money.empty
