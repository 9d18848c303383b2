"""Sentences of the report: sizes, uncertainty, ties, zeros, small numbers, and the words that never occur."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_folders import make_effect

from experiments.report.catalogue import load_catalogue
from experiments.report.sentences import say_effect, say_size

ENGLISH, FRENCH = load_catalogue("en"), load_catalogue("fr")
FORBIDDEN = re.compile(
    r"\b(better|worse|best|worst|good|bad|success\w*|fail\w*|because|caus\w+|due to|thanks|prevent\w*|sav(es|ed)|"
    r"effective|proves?|lead\w* to|optimal|should)\b"
)


def test_a_clear_rise_is_said_in_tenths_with_its_range():
    effect = make_effect(10.0, 13.0, (1.0, 5.0), (1.1, 1.5), 1)
    assert say_effect(effect, ENGLISH) == (
        "About 3 in 10 more people die per 1,000 journeys (13.0 instead of 10.0); very likely between 10 in 100 more "
        "and 50 in 100 more."
    )


def test_a_clear_fall_and_its_mirror_differ_in_one_word_only():
    fall = say_effect(make_effect(10.0, 7.0, (-4.0, -2.0), (0.6, 0.8), -1), ENGLISH)
    rise = say_effect(make_effect(10.0, 13.0, (2.0, 4.0), (1.2, 1.4), 1), ENGLISH)
    assert fall == "About 3 in 10 fewer people die per 1,000 journeys (7.0 instead of 10.0); very likely between " \
        "4 in 10 fewer and 2 in 10 fewer."  # fmt: skip
    assert rise.startswith("About 3 in 10 more people die per 1,000 journeys (13.0 instead of 10.0)")


def test_what_is_not_clear_is_never_said_to_differ():
    said = say_effect(make_effect(10.0, 12.0, (-1.0, 5.0), (0.9, 1.5), 0), ENGLISH)
    assert said.startswith("Deaths per 1,000 journeys: no clear difference (12.0, and 10.0 in the baseline)")
    assert "very likely between 10 in 100 fewer and 50 in 100 more" in said
    assert "About" not in said


def test_a_range_on_one_side_that_the_rule_does_not_call_clear_says_why():
    """Few draws whose seeds alone do not agree: the sentence must not contradict its own range."""
    said = say_effect(make_effect(10.0, 13.0, (1.0, 5.0), (1.1, 1.5), 0), ENGLISH)
    assert said.startswith("Deaths per 1,000 journeys: not clear (13.0, and 10.0 in the baseline)")
    assert said.endswith("but the draws are too few, or the seeds alone do not bear it out.")
    assert "no clear difference" not in said


def test_ends_that_read_alike_are_said_finer_and_then_in_numbers():
    finer = say_effect(make_effect(10.0, 16.0, (5.6, 6.4), (1.56, 1.64), 1), ENGLISH)
    assert "very likely between 56 in 100 more and 64 in 100 more" in finer
    numbers = say_effect(make_effect(10.0, 16.0, (5.98, 6.02), (1.598, 1.602), 1), ENGLISH)
    assert "the difference is very likely between +5.9" in numbers


def test_ties():
    said = say_effect(make_effect(10.0, 10.0, (0.0, 0.0), (1.0, 1.0)), ENGLISH)
    assert said == "Deaths per 1,000 journeys: the same in both (10.0) in each of 20 draws."


def test_tiny_effects_are_not_said_in_thousandths():
    """Of 1,000 journeys, "4 in 1,000 more" would be read as four people."""
    said = say_effect(make_effect(16.73, 16.80, (0.03, 0.13), (1.002, 1.008), 1), ENGLISH)
    assert said == (
        "Less than 1 in 100 more people die per 1,000 journeys (16.8 instead of 16.7); the difference is very likely "
        "between +0.03 and +0.13."
    )


def test_a_difference_is_not_hidden_by_rounding():
    said = say_effect(
        make_effect(1140.2, 1140.4, (-900.0, 900.0), (0.2, 1.8), 0, "violence_per_1000_journeys"), ENGLISH
    )
    levels = re.search(r"\((\S+), and (\S+) in the baseline\)", said)
    assert levels
    assert levels[1] != levels[2]


def test_zero_baselines_and_zero_variants_are_said_in_numbers():
    from_zero = say_effect(make_effect(0.0, 8.0, (2.0, 14.0), direction=1, outcome="deaths"), ENGLISH)
    assert from_zero == (
        "Deaths and disappearances: 8, where the baseline has 0; the difference is very likely between +2 and +14."
    )
    to_zero = say_effect(make_effect(8.0, 0.0, (-14.0, -2.0), (0.0, 0.0), -1, "deaths"), ENGLISH)
    assert to_zero == (
        "Deaths and disappearances: 0, where the baseline has 8; the difference is very likely between "
        "\N{MINUS SIGN}14 and \N{MINUS SIGN}2."
    )
    assert (
        say_effect(make_effect(0.0, 0.0, (0.0, 0.0)), ENGLISH)
        == "Deaths per 1,000 journeys: none in either scenario."
    )


def test_a_sign_that_matters_never_reads_as_zero():
    said = say_effect(make_effect(100.0, 100.9, (0.004, 40.0), (1.0004, 1.4), 1), ENGLISH)
    assert "between just above 0 and" in said or re.search(r"between \+0\.0*[1-9]", said)


def test_large_effects_are_times_and_nearly_all_is_not_all():
    assert say_size(2.44, ENGLISH) == "2.4 times as many"
    assert say_size(7507.0, ENGLISH) == "more than 100 times as many"
    assert say_size(0.001, ENGLISH) == "99 in 100 fewer"
    assert say_size(0.05, ENGLISH) == "95 in 100 fewer"


def test_one_draw_or_none_makes_no_claim():
    assert "one draw cannot say" in say_effect(make_effect(10.0, 12.0), ENGLISH)
    assert say_effect(None, ENGLISH, "deaths") == "Deaths and disappearances: these runs do not tell."
    assert "do not tell" in say_effect(make_effect(math.nan, 1.0), ENGLISH)


def test_few_simulated_people_are_marked():
    said = say_effect(make_effect(10.0, 13.0, (1.0, 5.0), (1.1, 1.5), 1, few=True), ENGLISH)
    assert said.endswith("* Rests on fewer than 10 simulated people: do not quote.")


def test_french_has_its_own_marks_of_numbers():
    effect = make_effect(1234.5, 1604.85, (100.0, 600.0), (1.1, 1.5), 1, "violence_per_1000_journeys")
    assert say_effect(effect, FRENCH) == (
        "Violences physiques pour 1\u202f000 voyages\u00a0: environ 3 sur 10 de plus (1\u202f600 au lieu de "
        "1\u202f230)\u00a0; très probablement entre 10 sur 100 de plus et 50 sur 100 de plus."
    )
    assert FRENCH.number(0.25, 0.01) == "0,25"
    assert (FRENCH.given(12345.5), ENGLISH.given(0.05)) == ("12\u202f345,5", "0.05")


levels = st.floats(0.0, 1e6)
ends = st.one_of(st.just(math.nan), st.floats(-1e6, 1e6))
ratios = st.one_of(st.just(math.nan), st.floats(0.0, 1e3), st.just(math.inf))


@given(
    levels,
    levels,
    st.tuples(ends, ends),
    st.tuples(ratios, ratios),
    st.sampled_from(["deaths", "sgbv"]),
    st.booleans(),
)
def test_every_row_has_a_sentence_without_verdict_and_with_its_doubt(
    baseline, variant, difference, ratio, outcome, few
):
    difference, ratio = sorted(difference), sorted(ratio)
    way = 1 if difference[0] > 0 else -1 if difference[1] < 0 else 0
    way = way if (variant - baseline) * way > 0 else 0
    effect = make_effect(baseline, variant, tuple(difference), tuple(ratio), way, outcome, few=few)
    said = say_effect(effect, ENGLISH)
    assert not FORBIDDEN.search(said.lower())
    assert any(
        word in said
        for word in ("very likely", "the same in both", "none in either", "cannot say", "do not tell")
    )
    assert "nan" not in said
    if way == 0:
        assert not said.startswith(("About", "Less than"))
    if "About" in said or "about" in said:
        head = said.partition(";")[0]
        assert ("fewer" in head) == (variant < baseline)


@pytest.mark.parametrize("catalogue", [ENGLISH, FRENCH], ids=lambda catalogue: catalogue.language)
def test_no_message_on_effects_is_a_verdict_or_a_cause(catalogue):
    french = re.compile(r"\b(mieux|meilleur\w*|pire|succès|échec|grâce|cause|parce|évite|sauve|efficace)\b")
    for key, message in catalogue.messages.items():
        if key.startswith(("effect.", "size.", "likely.", "moved.", "series.", "flows.", "map.")):
            assert not FORBIDDEN.search(message.lower()), key
            assert not french.search(message.lower()), key
