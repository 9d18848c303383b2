"""Scenario discovery: a planted region is found, noise gives no rule, and rules are said in words."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_values import make_plan, make_values

from experiments.design import Design
from experiments.plan import PlanError
from experiments.robustness.discovery_table import compute_discovery, say_rule
from experiments.robustness.factor_words import describe_factors, say_condition
from experiments.robustness.failures import Failure, ask_all
from experiments.robustness.false_leads import count_shuffles, follow_lead
from experiments.robustness.rules import (
    Condition,
    DiscoveryError,
    Rule,
    choose_search,
    compute_skill,
    deal_folds,
    find_rules,
    fit_tree,
    predict_unseen,
    rank_columns,
    screen_factors,
)
from experiments.robustness.tables import analyse_budget, analyse_discovery, analyse_robustness


def ask(fails, name="deaths") -> Failure:
    return Failure(
        "arm", "total", name, "not_less_than", "base", 0.0, np.arange(len(fails)), np.asarray(fails, bool)
    )


def name_factors(n):
    labels = [f"factor_{i}" for i in range(n)]
    return describe_factors(labels, [(label,) for label in labels], None)


# Rules ---
def test_a_planted_region_is_found() -> None:
    """Failure where factor 3 is above 0.6 and factor 7 below 0.5, among 30 factors and 400 draws."""
    points = np.random.default_rng(2).random((400, 30))
    fails = (points[:, 3] > 0.6) & (points[:, 7] < 0.5)
    rules = find_rules(points, fails, choose_search(400))
    assert rules[0].failures == rules[0].draws
    planted, other = rules[0].conditions
    assert (planted.factor, other.factor) == (3, 7)
    assert planted.low == pytest.approx(0.6, abs=0.03)
    assert planted.high == 1.0
    assert (other.low, other.high) == (0.0, pytest.approx(0.5, abs=0.03))
    assert rules[0].holds(points)[fails].mean() > 0.95


def test_one_condition_is_found_among_two_hundred_factors_in_forty_draws() -> None:
    points = np.random.default_rng(5).random((40, 200))
    fails = points[:, 120] > 0.55
    found, rules = compute_discovery([ask(fails)], points, name_factors(200), seed=1)
    row = found.iloc[0]
    assert row["found"] == "rule"
    assert row["p_corrected"] <= 0.05
    assert set(rules["factor"]) == {"factor_120"}
    assert (row["coverage"], row["density"]) == (1.0, 1.0)
    assert row["unseen_failures"] >= 0.9 * row["unseen_called"]


def test_rules_hold_where_they_say() -> None:
    points = np.array([[0.2, 0.9], [0.6, 0.9], [0.6, 0.1]])
    rule = Rule((Condition(0, 0.5, 1.0), Condition(1, 0.5, 1.0)), 1, 1)
    assert rule.holds(points).tolist() == [False, True, False]
    assert Rule((), 3, 0).holds(points).all()


def test_boxes_that_make_up_a_larger_one_are_that_one() -> None:
    """Failure above 0.5 alone: whatever the tree splits below that, one condition is left."""
    points = np.random.default_rng(9).random((300, 6))
    rules = find_rules(points, points[:, 2] > 0.5, choose_search(300))
    assert [[c.factor for c in rule.conditions] for rule in rules] == [[2]]


def test_screening_takes_the_strongest_ranks_and_skips_what_never_varies() -> None:
    points = np.random.default_rng(1).random((50, 5))
    points[:, 4] = 0.5
    fails = points[:, 1] + 0.3 * points[:, 3] > 0.65
    ranks = rank_columns(points)
    assert screen_factors(ranks, fails, 2).tolist() == [1, 3]
    assert (ranks[:, 4] == 0).all()


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(2, 6), st.integers(0, 99))
def test_folds_share_failures_evenly(labels, n_folds, seed) -> None:
    fails = np.array(labels)
    folds = deal_folds(fails, n_folds, np.random.default_rng(seed))
    for label in (True, False):
        counts = np.bincount(folds[fails == label], minlength=n_folds)
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(folds, minlength=n_folds)
    assert sizes.max() - sizes.min() <= 1


def test_skill_by_hand() -> None:
    fails = np.array([True, True, False, False, False])
    assert compute_skill(fails, fails) == 1.0
    assert compute_skill(fails, np.ones(5, bool)) == 0.0  # the same said of all
    assert compute_skill(fails, np.array([True, False, True, False, False])) == pytest.approx(0.5 - 1 / 3)
    assert compute_skill(np.ones(5, bool), fails) == 0.0


# Chance ---
def leak(points, fails, search, folds):
    """The mistake that the module avoids: factors chosen once, from all draws, before the folds are made."""
    kept = points[:, screen_factors(rank_columns(points), fails, search.factors)]
    return predict_unseen(kept, rank_columns(kept), fails, search, folds)


def test_noise_has_no_skill_and_choosing_factors_outside_the_folds_would_seem_to() -> None:
    """20 draws, 300 factors of noise, 40 repetitions; the standard error of the mean skill is about 0.035."""
    rng = np.random.default_rng(3)
    search, skills, leaks = choose_search(20), [], []
    for _ in range(40):
        points, fails = rng.random((20, 300)), rng.permutation(np.arange(20) < 9)
        folds = deal_folds(fails, search.folds, rng)
        skills.append(
            compute_skill(fails, predict_unseen(points, rank_columns(points), fails, search, folds))
        )
        leaks.append(compute_skill(fails, leak(points, fails, search, folds)))
    limit = 0.14  # 4 standard errors: 1 in 10,000
    assert abs(np.mean(skills)) < limit
    assert np.mean(leaks) > 2 * limit  # the check above would notice


def test_noise_gives_a_rule_no_more_often_than_stated() -> None:
    """P(p <= 0.05) is at most 5%: in 60 repetitions more than 10 have a chance of 3 in 10,000."""
    rng = np.random.default_rng(17)
    search = choose_search(20)
    found = 0
    for number in range(60):
        points, fails = rng.random((20, 25)), rng.permutation(np.arange(20) < 8)
        found += follow_lead(points, fails, search, (number,), 59).p_value <= 0.05
    assert found <= 10


def test_p_values_follow_the_stated_rule() -> None:
    points = np.random.default_rng(5).random((40, 10))
    sure = follow_lead(points, points[:, 2] > 0.5, choose_search(40), (1,), 59)
    assert sure.shuffles == 59
    assert sure.p_value == pytest.approx(1 / 60)
    fails = np.random.default_rng(6).permutation(np.arange(40) < 20)
    lost = follow_lead(points, fails, choose_search(40), (1,), 1000)
    assert lost.skill > 0 or (lost.p_value, lost.shuffles) == (1.0, 0)
    assert lost.p_value == 1.0 or lost.p_value == 10 / lost.shuffles


def test_all_questions_are_counted_in() -> None:
    """A p-value of one question among five is multiplied by five (Holm), as far as 1."""
    points = np.random.default_rng(5).random((40, 10))
    sure, noise = points[:, 2] > 0.5, np.random.default_rng(6).permutation(np.arange(40) < 20)
    questions = [ask(sure), *(ask(noise, name) for name in ("sgbv", "injury", "robbery", "violence"))]
    found, _ = compute_discovery(questions, points, name_factors(10), seed=1)
    assert found["p_corrected"].iloc[0] == pytest.approx(5 * found["p_value"].iloc[0])
    assert (found["p_corrected"] >= found["p_value"]).all()


@pytest.mark.parametrize("questions", [1, 7, 45, 90])
def test_shuffles_suffice_to_report_one_rule_among_all_questions(questions) -> None:
    assert questions / (count_shuffles(questions) + 1) <= 0.05


# Tables and words ---
def test_what_is_found_is_said_with_its_base_rate() -> None:
    points = np.random.default_rng(5).random((40, 8))
    noise = np.random.default_rng(6).permutation(np.arange(40) < 20)
    questions = [
        ask(np.zeros(40)),
        ask(np.ones(40)),
        ask(np.arange(40) < 2),
        ask(points[:, 4] > 0.5),
        ask(noise, "sgbv"),
    ]
    found, rules = compute_discovery(questions, points, name_factors(8), seed=1)
    assert found["found"].tolist() == ["too_few", "too_few", "too_few", "rule", "no_rule"]
    said = found["sentence"].tolist()
    assert said[0].endswith("no less than under base: fails in none of 40 draws.")
    assert said[1].endswith("fails in all of 40 draws.")
    assert said[2].endswith("fails in 2 of 40 draws, too rarely to look for a rule.")
    assert "draws in which factor 4 is in the highest" in said[3]
    assert "Made from other draws" in said[3]
    assert "no rule better than chance found" in said[4]
    assert set(rules["question"]) == {4}


def test_the_order_of_questions_does_not_change_the_answers() -> None:
    rng = np.random.default_rng(1)
    points = rng.random((30, 12))
    questions = [
        ask(points[:, 0] > 0.5),
        ask(rng.random(30) < 0.4, "sgbv"),
        ask(points[:, 5] < 0.4, "injury"),
    ]
    columns = ["harm", "skill", "p_value", "p_corrected", "found"]
    one, _ = compute_discovery(questions, points, name_factors(12), seed=4)
    other, _ = compute_discovery(questions[::-1], points, name_factors(12), seed=4)
    assert one[columns].to_dict("records") == other[columns][::-1].to_dict("records")


def test_rules_in_words() -> None:
    scenario = make_plan(["base", "other"], 2).baseline  # "risk": 0.5 to 2 around 1, log scale
    factors = describe_factors(
        ["parameter:risk", "stream:gambia", "libya"],
        [
            ("parameter:risk",),
            ("stream:gambia",),
            ("risk:libya_south:leg:death", "risk:libya_north:leg:death"),
        ],
        scenario,
    )
    rule = Rule((Condition(0, 0.75, 1.0), Condition(1, 0.0, 0.3)), 10, 8)
    assert say_rule(rule, factors) == (
        "fails in 8 of the 10 draws in which risk is above 1.41, in the highest 25% of its draws, and journeys from "
        "Gambia is in the lowest 30% of its draws"
    )
    assert (
        say_condition(Condition(0, 0.0, 0.25), factors[0])
        == "risk is at most 0.707, in the lowest 25% of its draws"
    )
    between = say_condition(Condition(2, 0.2, 0.6), factors[2])
    assert between == "libya (2 numbers together) is between the lowest 20% and the highest 40% of its draws"


# From values ---
def make_case(n=40):
    """Deaths under "arm" are more than under "base" where factor 2 of the design is above 0.6."""
    points = np.random.default_rng(12).random((n, 5))
    base = [1000.0] * n
    arm = [1100.0 if u > 0.6 else 900.0 for u in points[:, 2]]
    values = make_values({"deaths": {"base": base, "arm": arm}})
    labels = ("observation:x:y", "b", "c", "d", "e")
    design = Design("latin_hypercube", labels, tuple((label,) for label in labels), points)
    return values, design


def test_a_plan_is_analysed_from_its_values_and_design() -> None:
    values, design = make_case()
    tables = analyse_discovery(make_plan(["base", "arm"], 40), values, design)
    row = tables["discovery"].iloc[0]
    assert (row["failures"], row["draws"]) == (int((design.points[:, 2] > 0.6).sum()), 40)
    assert tables["discovery_rules"]["factor"].tolist() == ["c"]
    again = analyse_discovery(make_plan(["base", "arm"], 40), values, design)
    assert again["discovery"].equals(tables["discovery"])


def test_what_is_only_recorded_is_no_reason_of_harm() -> None:
    values, design = make_case()
    swapped = Design(design.method, design.factors, design.members, design.points[:, [2, 1, 0, 3, 4]])
    tables = analyse_discovery(make_plan(["base", "arm"], 40), values, swapped)
    assert tables["discovery"]["found"].tolist() == [
        "no_rule"
    ]  # the reason stands under an observation's name


def test_regret_above_a_share_can_be_asked_too() -> None:
    values, _ = make_case(10)
    asked = list(ask_all(["base", "arm"], values, regret_share=0.15))
    assert [failure.meaning for failure in asked] == ["not_less_than", "regret_above"]
    assert asked[1].above == pytest.approx(150.0)
    assert not asked[1].fails.any()  # regret is at most 100
    assert asked[1].said.endswith("more than 150 above the arm that is best in the draw")


def test_failing_against_another_arm_can_be_asked() -> None:
    deaths = {"base": [3.0, 3.0, 3.0], "one": [1.0, 2.0, 1.0], "other": [2.0, 2.0, 0.0]}
    values = make_values({"deaths": deaths})
    asked = {f.arm: f.fails.tolist() for f in ask_all(list(deaths), values, against=["one"])}
    assert asked == {"other": [True, True, False]}  # a tie is a failure
    plan = make_plan(list(deaths), 3)
    with pytest.raises(PlanError, match="'oen' is no arm of this plan; did you mean one"):
        analyse_discovery(plan, values, against=["oen"])


@pytest.mark.parametrize("analyse", [analyse_robustness, analyse_budget, analyse_discovery])
def test_designs_for_sensitivity_are_refused(analyse) -> None:
    design = Design("morris", ("a",), (("a",),), np.full((4, 1), 0.5))
    values, _ = make_case(4)
    with pytest.raises(PlanError, match="needs draws from the ranges"):
        analyse(make_plan(["base", "arm"], 4), values, design)


def test_without_scikit_learn_one_message_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    points = np.random.default_rng(0).random((20, 3))
    with pytest.raises(DiscoveryError, match=r"pip install 'safepassage\[discovery\]'"):
        fit_tree(points, rank_columns(points), points[:, 0] > 0.5, choose_search(20))
