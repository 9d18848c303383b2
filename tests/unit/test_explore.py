"""The explore page without a browser: choices become scenarios, runs become outcomes and a map."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from synthetic_runs import build_scenario

from experiments.explore.dials import DIALS, apply, fit_scope, list_days
from experiments.explore.look import HARM, MOVEMENT, LegFlow, compare_runs
from experiments.explore.picture import direction_of, draw_flows, list_moves
from experiments.explore.runs import Phase, Request, Runner, State
from experiments.explore.serve import find_scenarios
from experiments.explore.words import write_banner, write_findings, write_progress
from experiments.outcome_words import OUTCOMES
from simulation.errors import SafePassageError
from simulation.observables import summarise
from simulation.runner import run
from simulation.spec.load import load_scenario

SHIPPED = Path("scenarios/central_mediterranean/baseline.yaml")
TINY = Path("scenarios/tiny/fork/fork.yaml")
DAY = date(2015, 1, 1)


@pytest.fixture(scope="module")
def shipped():
    return load_scenario(SHIPPED)


# Choices to scenarios ---
def test_no_lever_moved_is_the_scenario_itself(shipped):
    assert apply(shipped, {}, DAY) == shipped
    assert apply(shipped, {dial.key: None for dial in DIALS}, DAY) == shipped


@pytest.mark.parametrize("dial", DIALS, ids=lambda dial: dial.key)
def test_a_moved_lever_is_added_from_the_day_and_nothing_else_changes(shipped, dial):
    changed = apply(shipped, {dial.key: dial.steps[-1]}, DAY)
    own, now = (getattr(s.document.levers, dial.key) for s in (shipped, changed))
    added = now[len(own) :]
    assert now[: len(own)] == own
    assert added
    assert {(entry.start, entry.end) for entry in added} == {(DAY, None)}
    back = changed.document.levers.model_copy(update={dial.key: own})
    assert (
        changed.model_copy(update={"document": changed.document.model_copy(update={"levers": back})})
        == shipped
    )


@pytest.mark.parametrize(
    ("key", "amount", "field", "value"),
    [
        ("border_enforcement", 0.75, "intensity", 0.75),
        ("search_and_rescue", 0.0, "coverage", 0.0),
        ("interception", 0.5, "intensity", 0.5),
        ("services", 4.0, "capacity_factor", 4.0),
        ("detention", 30.0, "time_limit", 30.0),
        ("legal_pathways", 5.0, "quota_factor", 5.0),
    ],
)
def test_the_amount_is_what_the_lever_gets(shipped, key, amount, field, value):
    entry = getattr(apply(shipped, {key: amount}, DAY).document.levers, key)[-1]
    assert getattr(entry, field) == value


def test_an_unknown_lever_is_refused(shipped):
    with pytest.raises(ValueError, match="no lever walls"):
        apply(shipped, {"walls": 1.0}, DAY)


def test_a_scope_keeps_what_the_map_has_and_falls_back_to_everywhere():
    tiny = build_scenario()
    entry = {"scope": {"countries": ("NER", "TCD")}, "intensity": 1.0}
    assert fit_scope(entry, tiny) == {"scope": {"countries": ["NER"]}, "intensity": 1.0}
    assert fit_scope({"scope": {"legs": ("e098",)}, "intensity": 1.0}, tiny) == {"intensity": 1.0}


def test_days_lie_within_departures(shipped):
    days = list_days(shipped)
    assert DAY in days
    period = shipped.document.period
    assert all(period.start < day < period.departures_end for day in days)


def test_steps_are_said_in_words():
    said = {dial.key: [dial.say(step) for step in dial.steps] for dial in DIALS}
    assert said["search_and_rescue"][1:3] == ["25%", "50%"]
    assert said["detention"][0] == "7 days"
    assert all(len(set(words)) == len(words) for words in said.values())


# Runs to outcomes ---
def summary(**values):
    """A summary of everybody: (value, simulated people) by outcome, or by leg for names that start with leg_."""
    rows = [
        ("flow", "leg", name[4:], "all", "all", *pair)
        if name.startswith("leg_")
        else (name, "all", "all", "all", "all", *pair)
        for name, pair in values.items()
    ]
    columns = ["outcome", "scope_kind", "scope", "group_kind", "group", "value", "n_simulated"]
    return pd.DataFrame(rows, columns=columns)


def test_outcomes_stand_side_by_side_and_few_people_are_marked():
    look = compare_runs(
        summary(deaths=(100.0, 10), arrivals=(900.0, 9), leg_main=(500.0, 50)),
        summary(deaths=(300.0, 30), arrivals=(500.0, 5), leg_around=(200.0, 20)),
    )
    assert [tuple(o) for o in look.harm] == [("deaths", 100.0, 300.0, False)]
    assert [tuple(o) for o in look.movement] == [("arrivals", 900.0, 500.0, True)]
    assert [tuple(f) for f in look.legs] == [
        ("around", 0.0, 200.0, False, False),
        ("main", 500.0, 0.0, False, False),
    ]


@pytest.mark.parametrize(
    ("before", "after", "lucky"), [(200, 240, True), (200, 243, False), (200, 163, True), (200, 161, False)]
)
def test_a_change_within_two_standard_deviations_of_counting_is_called_luck(before, after, lucky):
    """At 200 and 240 people: the limit is 2 sqrt(440) = 41.95; at 243: 42.10; at 163: 38.11; at 161: 38.0."""
    look = compare_runs(summary(leg_main=(1.0, before)), summary(leg_main=(1.0, after)))
    assert look.legs[0].may_be_luck is lucky


def test_harm_comes_first_and_arrivals_last():
    assert all(OUTCOMES[name].is_harm for name in HARM)
    assert not any(OUTCOMES[name].is_harm for name in MOVEMENT)
    assert MOVEMENT[-1] == "arrivals"


@pytest.mark.parametrize(
    ("flow", "direction"),
    [
        (LegFlow("a", 100.0, 106.0, False, False), 1),
        (LegFlow("a", 100.0, 94.0, False, False), -1),
        (LegFlow("a", 100.0, 105.0, False, False), 0),
        (LegFlow("a", 0.0, 100.0, False, False), 1),
        (LegFlow("a", 0.0, 900.0, True, False), 0),
        (LegFlow("a", 0.0, 900.0, False, True), 0),
    ],
)
def test_a_leg_has_a_direction_only_where_it_is_notable(flow, direction):
    assert direction_of(flow) == direction


def test_the_map_and_its_words_say_the_same():
    scenario = build_scenario()
    look = compare_runs(
        summary(leg_main=(500.0, 50), leg_crossing=(300.0, 30)),
        summary(leg_main=(200.0, 20), leg_around=(250.0, 25), leg_crossing=(300.0, 30)),
    )
    moves = list_moves(scenario, look)
    assert [re.split(": |,", move)[1] for move in moves] == ["more", "fewer"]
    assert "250 people instead of 0" in moves[0]
    drawn = draw_flows(scenario, look)
    people = dict(re.findall(r'data-leg="(\w+)" data-people="([\d.]+)"', drawn))
    assert people == {"main": "200", "around": "250", "crossing": "300"}


def test_few_people_are_shown_without_figures_and_titles_stay_inert():
    scenario = build_scenario()
    hostile = scenario.model_copy(
        update={"document": scenario.document.model_copy(update={"title": "<script>alert(1)</script>"})}
    )
    look = compare_runs(summary(deaths=(900.0, 9)), summary(deaths=(100.0, 1)))
    page = write_findings(State(Phase.DONE, Request("x", DAY), 1.0, look), hostile)
    row = re.search(r'<tr data-outcome="deaths">.*?</tr>', page)[0]
    assert re.findall(r"<td>(.*?)</td>", row) == ["too few"] * 3
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_banner_says_what_is_approximate():
    words = write_banner(0.01)
    for said in ("one seed", "one person in 100", "not a result", "no uncertainty", "safepassage compare"):
        assert said in words


# Runs in the background ---
def test_the_background_run_gives_what_two_plain_runs_give():
    scenario = load_scenario(TINY)
    day = list_days(scenario)[0]
    choice = {"border_enforcement": 1.0}
    runner = Runner({"fork": scenario}, scale=1.0)
    runner.start(Request("fork", day, choice))
    state = runner.wait()
    plain = [run(s, seed=scenario.document.seed, threads=1) for s in (scenario, apply(scenario, choice, day))]
    assert state.phase is Phase.DONE
    assert state.look == compare_runs(*(summarise(result, day) for result in plain))
    assert any(outcome.changed != outcome.baseline for outcome in state.look.harm)


def test_a_run_can_be_stopped_and_the_next_one_is_whole(shipped):
    runner = Runner({"a": shipped}, scale=0.002)
    runner.start(Request("a", DAY))
    runner.stop()
    assert runner.wait().phase is Phase.STOPPED
    assert "Stopped" in write_progress(runner.state)
    runner.start(Request("a", DAY))
    state = runner.wait()
    assert state.phase is Phase.DONE
    assert all(outcome.changed == outcome.baseline for outcome in (*state.look.harm, *state.look.movement))


def test_a_run_that_fails_says_so(shipped):
    runner = Runner({"a": shipped}, scale=0.002)
    runner.start(Request("a", DAY, {"walls": 1.0}))
    state = runner.wait()
    assert state.phase is Phase.FAILED
    assert "no lever walls" in write_progress(state)


# What can be explored ---
def test_a_scenario_file_is_one_start(shipped):
    assert find_scenarios(SHIPPED) == {"baseline": shipped}


def test_a_folder_that_is_no_result_is_refused(tmp_path):
    with pytest.raises(SafePassageError):
        find_scenarios(tmp_path)
    with pytest.raises(SafePassageError):
        find_scenarios(tmp_path / "none.yaml")


def test_an_experiment_folder_offers_its_scenarios(tmp_path):
    from report_folders import write_folder

    folder = write_folder(tmp_path / "out", [build_scenario("enforcement", enforcement=1.0)])
    assert list(find_scenarios(folder)) == ["baseline", "enforcement"]
