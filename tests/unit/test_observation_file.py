"""Observation files: a sound one loads; of another, every fault is said with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from made_up_observations import HEAD, LANDED, RATES, rows, write
from small_worlds import route, tiny

from calibration.observation.load import load_observation
from calibration.observation.model import load_model
from simulation.errors import ScenarioError

SHIPPED = Path(__file__).parents[2] / "calibration" / "central_mediterranean" / "observation.yaml"


def faults(folder: Path, text: str) -> list[str]:
    """Return what is said about a file, without its folder."""
    with pytest.raises(ScenarioError) as error:
        load_observation(write(folder, text), tiny("sea"))
    return [str(problem).removeprefix(f"{folder}/") for problem in error.value.problems]


def test_a_sound_file_loads(tmp_path: Path) -> None:
    loaded = load_observation(write(tmp_path, HEAD + RATES + LANDED), tiny("sea"))
    assert list(loaded.document.series) == ["landed"]
    assert loaded.document.series["landed"].observes.counts == ("arrivals",)


def test_the_shipped_file_agrees_with_the_shipped_map() -> None:
    loaded = load_observation(SHIPPED, route())
    assert {"arrivals_italy", "interceptions_libya", "deaths_sea", "detections"} <= set(
        loaded.document.series
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("counts: arrivals", "counts: arivals", "unknown count arivals; did you mean arrivals?"),
        ("counts: arrivals", "counts: [people_present, arrivals]", "people_present cannot be added to events"),
        ("counts: arrivals", "counts: people_present", "a stock cannot be added up over rows (window: as_given)"),
        ("window: month", "window: monthly", "'monthly' is not one of: month, quarter, year, as_given"),
        ("window: month", "windw: month", "unknown key (did you mean window?)"),
        ("noise: plain", "noise: plane", "unknown noise plane (did you mean plain?)"),
        ("recorded: [seen]", "recorded: [sen]", "sen is neither in rates nor in observation.csv (did you mean seen?)"),
        ("recorded: [seen]", "interviews: 100", "is a key of shares; this series has no observes.share_of"),
        ("recorded: [seen]", "missing: zero", "zero needs the keys from and to"),
        ("recorded: [seen]", "combine: first_source", "first_source needs an order: select.source"),
        ("recorded: [seen]", "from: 2016-02-30", "2016-02-30 is not a day of the calendar"),
        ("recorded: [seen]", "from: 2016\n    to: 2015-01-01", "needs a day such as 2016-09-01; got 2016"),
        ("recorded: [seen]", "discrepancy_of: lander", "unknown series lander (did you mean landed?)"),
        ("recorded: [seen]", "discrepancy_of: landed", "landed has none of its own"),
        ("recorded: [seen]", "without_days_of: landed", "landed gives way itself"),
        ("recorded: [seen]", "without_days_of: lander", "unknown series lander (did you mean landed?)"),
        ("counts: arrivals", "counts: arrivals, where: {into: ITL}", "ITL is not on the map (did you mean ITA?)"),
        ("counts: arrivals", "counts: arrivals, where: {segment: see}", "unknown segment see"),
        ("counts: arrivals", "counts: arrivals, who: {streams: x*}", "x* matches no stream"),
        ("counts: arrivals", "counts: arrivals, share_of: {sex: female}", "a share has no recorded part"),
        ("low: 0.5, best: 0.8", "low: 0.9, best: 0.8", "needs low <= best <= high; got 0.9, 0.8, 1"),
        ("best: 4, high: 20, source", "best: 4, high: 20, sauce", "is missing"),
        ('high: 1, source: "assumed: test"', "high: 1, source: frontx", "frontx is not in sources.csv"),
        ("from: 2000-01-01, to: 2030-12-31", "from: 2000-01-01, to: 1999-12-31", "ends on 1999-12-31, before"),
        ("clumping: {low: 1,", "clumping: {low: 0.5,", "clumping is at least 1; got low 0.5"),
        ("correlation: {low: 0.1, best: 0.5, high: 0.9", "correlation: {low: 0.1, best: 0.5, high: 1", "below 1"),
    ],
)  # fmt: skip
def test_every_fault_is_said_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = HEAD + RATES + LANDED
    assert text.count(old) == 1
    said = faults(tmp_path, text.replace(old, new))
    found = [line for line in said if message in line]
    assert found, said
    assert found[0].startswith("observation.yaml:")
    assert found[0].split(":")[1].isdigit()


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    text = (HEAD + RATES + LANDED).replace("noise: plain", "noise: plane").replace("[seen]", "[sen, son]")
    assert len(faults(tmp_path, text)) == 3


def test_a_rate_must_hold_where_there_are_numbers(tmp_path: Path) -> None:
    text = HEAD + RATES.replace("from: 2000-01-01", "from: 2015-02-01") + LANDED
    with pytest.raises(ScenarioError, match="seen has no rate on 2015-01-01, where landed has a number"):
        load_model(write(tmp_path, text), rows([1, 2, 3]), tiny("sea"))


def test_the_last_rate_holds_on_and_later_ones_can_be_kept_back(tmp_path: Path) -> None:
    entry = 'low: 0.5, best: 0.8, high: 1, source: "assumed: test", confidence: assumed}'
    rates = f"rates:\n  seen:\n    - {{to: 2015-01-31, {entry}\n    - {{from: 2015-02-01, to: 2015-02-28, {entry}\n"
    file, table = write(tmp_path, HEAD + rates + LANDED), rows([1, 2, 3])
    all_rates = load_model(file, table, tiny("sea"))
    early, late = "rate:seen:1990-01-01", "rate:seen:2015-02-01"
    assert all_rates.names[:2] == (early, late)
    assert all_rates.parameters.factors[:, :2].tolist() == [[1, 0], [0, 1], [0, 1]]
    kept_back = load_model(file, table, tiny("sea"), rates_until=date(2015, 1, 31))
    assert late not in kept_back.names
    assert kept_back.parameters.factors[:, 0].tolist() == [1, 1, 1]


def test_a_plan_is_no_observation_model(tmp_path: Path) -> None:
    said = faults(tmp_path, "- a list\n")
    assert said == ["observation.yaml:1: is not an observation model (see docs/observation_model.md)"]
