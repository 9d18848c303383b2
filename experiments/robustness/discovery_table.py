"""Scenario discovery as tables: for every question what was found, and every rule in words a person can repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.multiplicity import adjust_holm
from experiments.robustness.factor_words import FactorWords, say_condition
from experiments.robustness.failures import Failure
from experiments.robustness.false_leads import (
    FALSE_LEADS,
    Lead,
    count_shuffles,
    follow_lead,
)
from experiments.robustness.rules import Rule, Search, choose_search, find_rules
from experiments.statistics import Floats

COLUMNS = [
    "question", "arm", "basis", "harm", "meaning", "against", "above", "draws", "failures", "base_rate", "found",
    "skill", "p_value", "p_corrected", "shuffles", "rules", "coverage", "density", "unseen_called", "unseen_failures",
    "sentence",
]  # fmt: skip
RULE_COLUMNS = [
    "question", "rule", "draws", "failures", "factor", "low", "high", "value_low", "value_high", "unit", "sentence",
]  # fmt: skip
NOT_ASKED, NO_RULE, RULE = "too_few", "no_rule", "rule"


def compute_discovery(
    failures: Sequence[Failure], points: Floats, factors: Sequence[FactorWords], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what was found for every question, and the rules that are better than chance.

    Args:
        failures: The questions.
        points: (n_replicates, n_factors) uniforms of the design.
        factors: The factors in words, in the order of columns.
        seed: Decides folds and shuffles.

    Returns:
        A table of COLUMNS, one row a question. ``found``: "too_few" where failures, or successes, are fewer than the
        folds of the cross-validation; "no_rule" where none is better than chance; "rule". ``coverage`` and ``density``
        are those of the rules in the draws they were made from; ``unseen_called`` draws were called failures by rules
        from other draws, and ``unseen_failures`` of these are. ``p_corrected`` holds all questions together.

        And a table of RULE_COLUMNS, one row a condition.
    """
    searches = [choose_search(len(failure.fails)) for failure in failures]
    asked = [i for i, failure in enumerate(failures) if _can_ask(failure, searches[i])]
    shuffles = count_shuffles(len(asked))
    leads = {
        i: follow_lead(
            points[failures[i].draws], failures[i].fails, searches[i], (seed, *_key(failures[i])), shuffles
        )
        for i in asked
    }
    corrected = dict(zip(asked, adjust_holm(np.array([leads[i].p_value for i in asked])), strict=True))
    rows, parts = [], []
    for i, failure in enumerate(failures):
        row, rules = _describe(failure, leads.get(i), corrected.get(i, np.nan), points, searches[i])
        row["sentence"] = say_finding(failure, row, rules, factors)
        rows.append({"question": i + 1, **row})
        parts += [part for n, rule in enumerate(rules, 1) for part in _list_rule(i + 1, n, rule, factors)]
    return pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(parts, columns=RULE_COLUMNS)


def say_rule(rule: Rule, factors: Sequence[FactorWords]) -> str:
    """Return a rule as a sentence: "fails in 8 of 10 draws in which A is above X and B is at most Y"."""
    clauses = ", and ".join(say_condition(c, factors[c.factor]) for c in rule.conditions)
    return f"fails in {rule.failures} of the {rule.draws} draws in which {clauses}"


def say_finding(
    failure: Failure, row: dict[str, Any], rules: Sequence[Rule], factors: Sequence[FactorWords]
) -> str:
    """Return what was found for a question, in words."""
    n, k = row["draws"], row["failures"]
    often = "none" if k == 0 else "all" if k == n else f"{k}"
    head = f"{failure.arm}, {failure.said}: fails in {often} of {n} draws"
    if row["found"] == NOT_ASKED:
        return (
            f"{head}."
            if k in (0, n)
            else f"{head}, too {'rarely' if k < n - k else 'often'} to look for a rule."
        )
    if row["found"] == NO_RULE:
        return f"{head}; no rule better than chance found (corrected p {_say_p(row['p_corrected'])})."
    told = "; it ".join(say_rule(rule, factors) for rule in rules)
    return (
        f"{head}. It {told}. Together these hold {row['coverage']:.0%} of its failures. Made from other draws, such "
        f"rules called {row['unseen_called']} draws failures, and {row['unseen_failures']} of them were "
        f"(corrected p {_say_p(row['p_corrected'])})."
    )


def _can_ask(failure: Failure, search: Search) -> bool:
    """Return whether failures and successes are enough for every fold."""
    n, k = len(failure.fails), int(failure.fails.sum())
    return min(k, n - k) >= search.folds and n >= 2 * search.leaf


def _key(failure: Failure) -> tuple[int, ...]:
    """Return numbers that depend on what is asked, not on the order of questions."""
    text = f"{failure.arm}|{failure.basis}|{failure.harm}|{failure.meaning}|{failure.against}"
    return tuple(text.encode())


def _describe(
    failure: Failure, lead: Lead | None, corrected: float, points: Floats, search: Search
) -> tuple[dict[str, Any], list[Rule]]:
    fails, inside = failure.fails, points[failure.draws]
    found = NOT_ASKED if lead is None else RULE if corrected <= FALSE_LEADS else NO_RULE
    rules = find_rules(inside, fails, search) if found == RULE else []
    found = NO_RULE if found == RULE and not rules else found
    covered = np.logical_or.reduce([rule.holds(inside) for rule in rules]) if rules else np.zeros_like(fails)
    row: dict[str, Any] = {
        "arm": failure.arm,
        "basis": failure.basis,
        "harm": failure.harm,
        "meaning": failure.meaning,
        "against": failure.against,
        "above": failure.above if failure.meaning == "regret_above" else np.nan,
        "draws": len(fails),
        "failures": int(fails.sum()),
        "base_rate": float(fails.mean()),
        "found": found,
        "skill": lead.skill if lead else np.nan,
        "p_value": lead.p_value if lead else np.nan,
        "p_corrected": corrected,
        "shuffles": lead.shuffles if lead else 0,
        "rules": len(rules),
        "coverage": covered[fails].mean() if rules else np.nan,
        "density": fails[covered].mean() if rules else np.nan,
        "unseen_called": int(lead.said.sum()) if lead else 0,
        "unseen_failures": int((lead.said & fails).sum()) if lead else 0,
    }
    return row, rules


def _list_rule(
    question: int, number: int, rule: Rule, factors: Sequence[FactorWords]
) -> list[dict[str, Any]]:
    return [
        {
            "question": question,
            "rule": number,
            "draws": rule.draws,
            "failures": rule.failures,
            "factor": factors[c.factor].label,
            "low": c.low,
            "high": c.high,
            "value_low": factors[c.factor].value_at(c.low),
            "value_high": factors[c.factor].value_at(c.high),
            "unit": factors[c.factor].unit,
            "sentence": say_rule(rule, factors),
        }
        for c in rule.conditions
    ]


def _say_p(p: float) -> str:
    return "below 0.01" if p < 0.01 else f"{p:.2f}"
