"""What truly happened in a run, cell by cell, against the table of outcomes and the counts themselves."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from small_worlds import changed, closing, lived, tiny

from calibration.cells import Cells
from calibration.observation.models import Observes
from calibration.observation.quantities import compute_true
from simulation import RouteModel
from simulation.kernels.layout import Event
from simulation.observables import summarise
from simulation.result import RunResult

CLOSED = date(2016, 1, 1)


@cache
def result(name: str) -> RunResult:
    """Return a run of a tiny map at half scale; closed: the fork without its main road from 2016 on."""
    scenario = tiny(name) if name != "closed" else closing(tiny("fork"), "gate_haven_main", start=CLOSED)
    model: RouteModel = lived(scenario, scale=0.5)
    return RunResult(model.scenario, model.seed, model.scale, model.routes.streams, model.counts(), {})


def windows(*days: tuple[str, str], series: int = 1) -> Cells:
    """Return the same windows for every series."""
    start, end = (np.array([d[i] for d in days] * series, "datetime64[D]") for i in (0, 1))
    of = np.repeat(np.arange(series), len(days))
    names = tuple(f"s{i}" for i in range(series))
    return Cells(names, of, start, end, np.full(of.size, np.nan))


def period(run: RunResult) -> tuple[str, str]:
    whole = run.scenario.document.period
    return str(whole.start), str(whole.end)


def months(run: RunResult) -> list[tuple[str, str]]:
    first = run.months.to_numpy().astype("datetime64[M]")
    return [(str(m.astype("datetime64[D]")), str((m + 1).astype("datetime64[D]") - 1)) for m in first]


def outcome(run: RunResult, name: str) -> float:
    table = summarise(run)
    of = (table["outcome"] == name) & (table["scope_kind"] == "all") & (table["group_kind"] == "all")
    return float(table.loc[of, "value"].iloc[0])


@pytest.mark.parametrize(
    "name", ["arrivals", "sea_attempts", "interceptions", "deaths", "flow", "journeys_started"]
)
def test_the_whole_run_is_the_table_of_outcomes(name: str) -> None:
    run = result("sea")
    found = compute_true(run, windows(period(run)), (Observes(counts=(name,)),))
    assert found == [outcome(run, name)]


def test_months_add_up_to_the_whole() -> None:
    run = result("sea")
    observed = (Observes(counts=("arrivals", "deaths")),)
    by_month = compute_true(run, windows(*months(run)), observed)
    assert len(by_month) == len(run.months)
    whole = outcome(run, "arrivals") + outcome(run, "deaths")
    assert by_month.sum() == pytest.approx(whole, rel=1e-12)


def test_half_a_month_has_half_of_its_events() -> None:
    run = result("sea")
    parts = windows(("2015-06-01", "2015-06-15"), ("2015-06-01", "2015-06-30"), ("2015-06-16", "2015-06-30"))
    first, whole, second = compute_true(run, parts, (Observes(counts=("flow",)),))
    assert first == second == whole / 2 > 0


def test_people_present_are_the_mean_of_the_days() -> None:
    run = result("sea")
    held = {"counts": ("people_present",), "where": {"settings": "working"}}
    days = [("2015-05-01", "2015-05-31"), ("2015-05-01", "2015-07-31")]
    month, quarter = compute_true(run, windows(*days), (Observes.model_validate(held),))
    census = run.census.set_index("day")["working"] / run.scale
    assert month == pytest.approx(census["2015-05-01":"2015-05-31"].mean())
    assert quarter == pytest.approx(census["2015-05-01":"2015-07-31"].mean())
    assert month > 0


def test_scope_and_group_divide_what_they_divide() -> None:
    run = result("sea")
    asked: list[dict[str, object]] = [
        {"counts": ("deaths",)},
        {"counts": ("deaths",), "where": {"segment": "deaths_sea"}},
        {"counts": ("deaths",), "where": {"countries": "LBY"}},
        {"counts": ("arrivals",)},
        {"counts": ("arrivals",), "where": {"into": "ITA"}},
        {"counts": ("arrivals",), "where": {"legs": "coast_high_sea"}},
        {"counts": ("arrivals",), "who": {"sex": "female"}},
        {"counts": ("arrivals",), "who": {"sex": "male"}},
        {"counts": ("arrivals",), "share_of": {"sex": "female"}},
    ]
    observed = tuple(Observes.model_validate(entry) for entry in asked)
    everywhere, at_sea, on_land, landed, in_italy, rescued_early, women, men, share = compute_true(
        run, windows(period(run), series=len(asked)), observed
    )
    assert everywhere == at_sea + on_land > 0
    assert landed == in_italy == women + men > 0
    assert 0 < rescued_early < landed  # rescued before the high sea; they land in Italy, too
    assert share == women / landed


def test_outside_the_run_nothing_is_known() -> None:
    run = result("sea")
    found = compute_true(
        run,
        windows(("2014-12-01", "2015-01-31"), ("2015-02-01", "2015-02-28")),
        (Observes(counts=("flow",)),),
    )
    assert np.isnan(found).tolist() == [True, False]


def test_people_who_go_round_a_point_are_not_counted_there() -> None:
    observed = tuple(
        Observes.model_validate({"counts": "flow", "where": {"points": point}})
        for point in ("gate_north", "to_libya")
    )
    years = windows(("2015-01-01", "2015-12-31"), ("2016-01-01", "2016-12-31"), series=2)
    before, after, _, all_after = compute_true(result("closed"), years, observed)
    assert before > 0
    assert after == 0
    assert all_after > 0


def test_it_is_the_event_that_is_counted() -> None:
    run = result("sea")
    counts = run.counts
    brought_back = counts.event_count[counts.event_kind == Event.INTERCEPTED].sum() / run.scale
    where = {"segment": "interceptions_libya"}
    asked = Observes.model_validate({"counts": "interceptions", "where": where})
    assert compute_true(run, windows(period(run)), (asked,)) == [brought_back]
    assert brought_back > 0


def test_a_short_last_month_is_not_scaled_up() -> None:
    scenario = changed(
        tiny("sea"), period=tiny("sea").document.period.model_copy(
            update={"departures_end": date(2015, 3, 10), "end": date(2015, 3, 10)}
        ),
    )  # fmt: skip
    model = lived(scenario)
    run = RunResult(model.scenario, model.seed, model.scale, model.routes.streams, model.counts(), {})
    days = windows(("2015-03-01", "2015-03-10"), ("2015-03-01", "2015-03-31"))
    found = compute_true(run, days, (Observes(counts=("flow",)),))
    c = run.counts
    assert found[0] == pytest.approx(
        c.event_count[(c.event_kind == Event.ENTERED) & (c.event_month == 2)].sum()
    )
    assert np.isnan(found[1])
