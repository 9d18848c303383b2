"""The messages of the report: the same keys and placeholders in every language, all in use, right-to-left possible."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import experiments.report
from experiments.commands.report import command
from experiments.outcome_words import OUTCOMES as WORDS
from experiments.report import LANGUAGES
from experiments.report.catalogue import (
    OUTCOMES,
    Catalogue,
    english_names,
    load_catalogue,
    read_messages,
)

ROOM = Path(experiments.report.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
MADE_UP = (
    "effect.clear.",
    "effect.same.",
    "run.",
    "caution.",
    "moved.among.",
    "compared.more.",
    "drivers.measure.",
)
"""Beginnings of keys that are put together where they are used."""


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_languages_have_the_same_keys_and_placeholders(language):
    english, other = load_catalogue("en").messages, load_catalogue(language).messages
    assert set(english) == set(other)
    different = {key for key in english if placeholders(english[key]) != placeholders(other[key])}
    assert different == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_left_in_english_or_empty(language):
    english, other = load_catalogue("en").messages, load_catalogue(language).messages
    sentences = [key for key in english if len(english[key].split()) > 3]
    assert sentences
    assert not [key for key in sentences if english[key] == other[key]]
    assert all(message.strip() or key == "number.thousands" for key, message in other.items())


def test_names_that_english_has_elsewhere_are_not_written_twice():
    assert not set(english_names()) & set(read_messages("en"))
    assert set(OUTCOMES) <= set(WORDS)


def test_every_message_is_in_use():
    files = [*ROOM.glob("*.py"), *ROOM.glob("templates/*.html")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    unused = []
    for key in read_messages("en"):
        stem = re.sub(r"\.(one|many|more|fewer|yes|no)$", "", key)
        if (
            f'"{key}' not in text
            and f'"{stem}' not in text
            and not key.startswith(MADE_UP)
            and f"'{key}'" not in text
        ):
            unused.append(key)
    assert unused == []


def test_the_page_has_no_text_of_its_own():
    page = (ROOM / "templates" / "report.html").read_text(encoding="utf-8")
    visible = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", page, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-z]{3,}", visible))
    assert words <= {"Safe", "Passage"}


def test_the_style_names_no_left_or_right():
    style = (ROOM / "templates" / "style.css").read_text(encoding="utf-8")
    assert not re.search(
        r"(margin|padding|border|inset)-(left|right)|text-align:\s*(left|right)|[^-](left|right)\s*:", style
    )
    assert "url(" not in style
    assert "@import" not in style


def test_the_verb_offers_every_language():
    option = next(option for option in command.params if option.name == "lang")
    assert tuple(option.type.choices) == LANGUAGES
    assert set(LANGUAGES) == {path.stem for path in (ROOM / "messages").glob("*.json")}


def test_a_message_that_is_missing_is_an_error_not_a_gap():
    catalogue = Catalogue("xx", {"language.direction": "rtl"})
    assert catalogue.direction == "rtl"
    with pytest.raises(KeyError):
        catalogue.say("effect.none", name="x")
