"""A comparison of a model with known answers: the table, its pairing, displacement and patterns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from synthetic_runs import build_scenario, synthetic_model

from experiments.collect import collect_values
from experiments.compare import COLUMNS, DISPLACED, compare, compute_displacement
from experiments.plan import MONTE_CARLO_AT_MOST, Plan, PlanError, Task, compute_run_seed

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)


@pytest.fixture(scope="module")
def comparison():
    return compare(BASELINE, VARIANT, replicates=5, seed=5, model=synthetic_model())


def find(table, outcome, kind, scope="all", group="all"):
    wanted = {"outcome": outcome, "interval_kind": kind, "scope": scope, "group": group}
    rows = table[(table[list(wanted)] == list(wanted.values())).all(axis=1)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_table_has_the_promised_columns_first(comparison):
    promised = (
        "outcome, scope, group, baseline, variant, difference, difference_low, difference_high, ratio, "
        "ratio_low, ratio_high, replicates, interval_kind, scope_kind, group_kind, arm, n_simulated, "
        "fewer_than_10, share_rising"
    )
    assert ", ".join(comparison.table.columns) == promised
    assert list(comparison.table.columns) == COLUMNS


def test_the_known_answer_comes_out(comparison):
    flow = find(comparison.table, "flow", "monte_carlo", scope="niger_north_cut")
    assert (flow["baseline"], flow["variant"], flow["difference"], flow["ratio"]) == (1000, 900, -100, 0.9)
    assert (flow["difference_low"], flow["difference_high"]) == (-100, -100)
    # deaths a run: (0.9 * 0.01 + 0.1 * 0.03) * 1000 = 12 against 900 * (0.1 * 0.01 + 0.9 * 0.03) = 25.2, x
    # luck
    deaths = find(comparison.table, "deaths", "monte_carlo")
    assert deaths["ratio"] == pytest.approx(25.2 / 12)
    assert deaths["ratio_low"] == pytest.approx(deaths["ratio_high"])  # luck is shared, so it cancels
    assert deaths["difference_low"] < deaths["difference"] < deaths["difference_high"]


def test_total_holds_parameter_uncertainty_that_monte_carlo_does_not(comparison):
    total, seeds = (find(comparison.table, "deaths", kind) for kind in ("total", "monte_carlo"))
    width = [row["difference_high"] - row["difference_low"] for row in (total, seeds)]
    assert width[0] > 5 * width[1]
    assert total["ratio"] == pytest.approx(2.1)  # the draw is shared by the arms


def test_headlines_are_total_and_for_everybody(comparison):
    headlines = comparison.headlines()
    assert set(headlines["interval_kind"]) == {"total"}
    assert set(headlines["scope"]) == set(headlines["group"]) == {"all"}
    assert {"deaths", "arrivals", "journeys_started"} <= set(headlines["outcome"])


def test_estimates_on_few_simulated_people_are_marked():
    thin = compare(BASELINE, VARIANT, replicates=2, scale=0.1, model=synthetic_model()).table
    assert find(thin, "deaths", "total")["fewer_than_10"]
    assert not find(thin, "flow", "total", scope="niger_north_cut")["fewer_than_10"]


def test_displacement_shows_rises_beside_falls(comparison):
    shown = comparison.displacement
    assert shown[["outcome", "scope", "direction"]].values.tolist() == [
        ["deaths", "around", "rose"],
        ["deaths", "main", "fell"],
    ]
    assert shown["clear"].all()
    assert shown["share_rising"].tolist() == [1.0, 0.0]
    table = comparison.table
    seeds = table["interval_kind"] == "monte_carlo"
    opposed = table.assign(difference=table["difference"].where(~seeds, -table["difference"]))
    assert not compute_displacement(opposed)["clear"].any()


def test_displacement_needs_both_directions_and_enough_people(comparison):
    assert compute_displacement(comparison.table.assign(fewer_than_10=True)).empty
    falls_only = comparison.table[comparison.table["scope"] != "around"]
    assert compute_displacement(falls_only).empty


def test_patterns_at_the_defaults_and_over_draws(comparison):
    patterns = comparison.patterns.set_index("pattern")
    assert set(patterns.index) == {"diversion_niger", "deadlier_desert"}
    assert patterns["holds_at_defaults"].all()
    assert (patterns["share_of_draws"] == 1).all()
    assert patterns.loc["diversion_niger", "at_defaults"] == "flow -90% at the point, -10% over the cut"


def test_a_pattern_that_does_not_hold_is_reported_as_such():
    model = synthetic_model()

    def stop_everybody(scenario, seed, scale):
        frame = model.evaluate(scenario, seed, scale)
        strict = bool(scenario.document.levers.border_enforcement)
        return frame.assign(value=frame["value"].where(~(strict & frame["outcome"].eq("flow")), 0.0))

    odd = model._replace(evaluate=stop_everybody)
    patterns = compare(BASELINE, VARIANT, replicates=2, model=odd).patterns.set_index("pattern")
    assert not patterns.loc["diversion_niger", "holds_at_defaults"]
    assert patterns.loc["diversion_niger", "draws_showing"] == 0


def test_patterns_are_looked_for_only_where_their_lever_and_cuts_are():
    turned = compare(VARIANT, BASELINE, replicates=2, model=synthetic_model())
    assert turned.patterns.empty
    plain = compare(build_scenario(monitored=False), VARIANT, replicates=2, model=synthetic_model())
    assert plain.patterns.empty


def test_arms_share_seeds_and_draws_whatever_the_order():
    calls, turned = [], []
    compare(BASELINE, VARIANT, replicates=3, model=synthetic_model(calls))
    compare(VARIANT, BASELINE, replicates=3, seed=5, model=synthetic_model(turned))
    assert sorted(calls) == sorted(turned)
    assert len({seed for _, seed in calls}) == 6  # 3 draws and 3 seeds, each shared by both arms


def test_more_replicates_and_arms_change_no_earlier_seed():
    few = {task.name: task.seed for task in Plan(BASELINE, (VARIANT,), 2, 9, 1.0).tasks()}
    third = build_scenario("third", enforcement=0.5)
    many = {task.name: task.seed for task in Plan(BASELINE, (third, VARIANT), 30, 9, 1.0).tasks()}
    assert {name: many[name] for name in few} == few
    assert len(many) == 3 * (30 + MONTE_CARLO_AT_MOST)
    assert compute_run_seed(0, "total", 0) != compute_run_seed(0, "monte_carlo", 0)


def test_progress_counts_every_run():
    seen, model = [], synthetic_model()
    compare(BASELINE, VARIANT, replicates=2, model=model, progress=lambda *step: seen.append(step))
    assert seen == [(done, 8) for done in range(1, 9)]


def test_what_cannot_be_compared_is_refused_with_every_reason():
    with pytest.raises(PlanError) as caught:
        compare(BASELINE, build_scenario(), replicates=0, scale=1.5, model=synthetic_model())
    assert len(str(caught.value).splitlines()) == 3
    assert "both called 'baseline'" in str(caught.value)
    with pytest.raises(PlanError, match="at least one other"):
        compare(BASELINE, model=synthetic_model())
    document = VARIANT.document
    longer = document.period.model_copy(update={"end": document.period.end.replace(year=2018)})
    other = VARIANT.model_copy(update={"document": document.model_copy(update={"period": longer})})
    with pytest.raises(PlanError, match="another period"):
        compare(BASELINE, other, model=synthetic_model())


def summary(rows):
    frame = pd.DataFrame(rows, columns=["outcome", "scope_kind", "scope", "value"])
    return frame.assign(group_kind="all", group="all", n_simulated=1)


def test_a_missing_count_is_nobody_and_a_missing_rate_is_unknown():
    full = summary([("deaths", "leg", "a", 3.0), ("deaths_per_1000_journeys", "all", "all", 2.0)])
    empty = summary([("deaths", "all", "all", 0.0)])
    values = collect_values({Task("total", 0, "x", 1): full, Task("total", 0, "y", 1): empty})
    deaths, rate = values.find("deaths", ("leg", "a")), values.find("deaths_per_1000_journeys")
    assert values.series("total", "y", deaths).tolist() == [0.0]
    assert np.isnan(values.series("total", "y", rate)).all()
    assert np.isnan(values.series("total", "y", values.find("no such outcome"))).all()


def test_a_malformed_summary_is_our_fault_and_says_so():
    twice = summary([("deaths", "all", "all", 1.0), ("deaths", "all", "all", 2.0)])
    with pytest.raises(ValueError, match="twice"):
        collect_values({Task("total", 0, "x", 1): twice})
    with pytest.raises(ValueError, match="lacks"):
        collect_values({Task("total", 0, "x", 1): twice.drop(columns="value")})


def test_harm_that_moves_between_groups_is_shown_beside_places():
    """Half as many deaths of women and twice as many of men: the groups of one kind are set against each other."""
    model = synthetic_model()

    def shift(scenario, seed, scale):
        frame = model.evaluate(scenario, seed, scale)
        strict = bool(scenario.document.levers.border_enforcement)
        factor = frame["group"].map({"female": 0.4, "male": 1.5}).fillna(1.0)
        return frame.assign(value=frame["value"] * (factor if strict else 1.0), n_simulated=100)

    moved = compare(BASELINE, VARIANT, replicates=5, model=model._replace(evaluate=shift)).displacement
    assert moved[["scope_kind", "group_kind", "group", "direction"]].values.tolist() == [
        ["leg", "all", "all", "rose"],
        ["leg", "all", "all", "fell"],
        ["all", "sex", "male", "rose"],
        ["all", "sex", "female", "fell"],
    ]
    assert set(DISPLACED) == {
        "deaths", "injury", "violence", "sgbv", "robbery", "abductions", "detentions", "separations", "unmet_need",
    }  # fmt: skip
