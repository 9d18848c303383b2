"""Every word and number format of the report, by language: a closed list of messages in messages/LANGUAGE.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from experiments.countries import NAMES
from experiments.wording import (
    SHORT_PLACES,
    clean,
    find_change_steps,
    find_level_step,
    is_known,
    say_group,
    say_number,
    say_outcome,
)
from simulation.spec.gcm import GCM_OBJECTIVES
from simulation.spec.models import Leg, Levers, Place

MESSAGES = Path(__file__).with_name("messages")
HARMS = (
    "deaths",
    "violence",
    "sgbv",
    "abductions",
    "injury",
    "robbery",
    "detentions",
    "separations",
    "unmet_need",
)
MOVEMENT = ("journeys_started", "sea_attempts", "arrivals", "admissions", "returned")
OUTCOMES = (
    *HARMS, *(f"{harm}_per_1000_journeys" for harm in HARMS), *MOVEMENT, "deaths_sea_per_1000_attempts",
    "deaths_sahara_per_1000_crossings", "detention_person_days", "deaths_per_1000_started", "flow", "journeys",
    "cost_total",
)  # fmt: skip
"""What the report names."""
GROUPS = (
    ("sex", "female"), ("sex", "male"), ("age", "child"), ("age", "adult"), ("unaccompanied", "unaccompanied"),
)  # fmt: skip
STREAMS = (
    "senegal", "gambia", "guinea", "cote_divoire", "ghana", "nigeria_lagos", "nigeria_benin_city", "central_africa",
    "mali", "burkina_faso", "niger_agadez", "niger_zinder", "niger_niamey", "chad_ndjamena", "chad_abeche",
    "horn_of_africa", "sudan_khartoum", "sudan_darfur", "egypt", "syria_tripoli", "syria_benghazi", "south_asia",
    "morocco", "tunisia_sfax", "tunisia_zarzis", "algeria", "libya", "cote_divoire_tunis",
)  # fmt: skip
"""Streams of the shipped maps; others are named after themselves in every language."""
NATIONALITIES = (
    "Bangladesh and Pakistan", "Cameroon and other Central Africa", "Eritrea, Ethiopia, Somalia and Comoros",
    "Ghana, Togo and Benin", "Guinea, Sierra Leone and Liberia", "Mali and Mauritania", "Senegal and Guinea-Bissau",
    "Syria, Palestine, Iraq and Yemen",
)  # fmt: skip
"""Nationalities of the shipped maps that are no single country."""


class Said(NamedTuple):
    """A difference and the ends of its interval, rounded alike, as text."""

    value: str
    low: str
    high: str


class Catalogue:
    """The messages of one language."""

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        self.language = language
        self.messages = messages

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.messages["language.direction"]

    def say(self, key: str, **values: object) -> str:
        """Return a message with its placeholders filled.

        Raises:
            KeyError: The catalogue has no such message, or a placeholder is not given.
        """
        return self.messages[key].format_map(values)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the message for one or for many."""
        return self.say(f"{key}.{'one' if n == 1 else 'many'}", n=self.number(n), **values)

    def name(self, kind: str, own: str, otherwise: str) -> str:
        """Return the name of something, or what it is called otherwise where no message knows it."""
        return self.messages.get(f"{kind}.{own}", otherwise)

    def outcome(self, outcome: str) -> str:
        """Return the name of an outcome."""
        return self.name("outcome", outcome, say_outcome(outcome))

    def group(self, kind: str, group: str) -> str:
        """Return the name of a group."""
        return self.name(f"group.{kind}", group, clean(say_group(kind, group)))

    def nationality(self, nationality: str) -> str:
        """Return a nationality or country in words."""
        return self.name("country", nationality, self.name("nationality", nationality, clean(nationality)))

    def place(self, place: Place) -> str:
        """Return the short name of a place."""
        return self.name("place", place.id, clean(place.name.split(" (")[0].split(" / ")[0]))

    def leg(self, leg: Leg, places: Mapping[str, Place]) -> str:
        """Return a leg by its two ends."""
        key = "leg.bypass" if leg.control == "bypass" else "leg"
        return self.say(
            key, origin=self.place(places[leg.origin]), destination=self.place(places[leg.destination])
        )

    # Numbers ---
    def number(self, value: float, step: float = 1.0, *, sign: bool = False) -> str:
        """Return a number rounded to a step, with the marks of the language; infinity and NaN as a dash."""
        if not math.isfinite(value):
            return self.say("number.unknown")
        return self._mark(say_number(value, step, sign=sign))

    def given(self, value: float) -> str:
        """Return a number as its author gave it, with the marks of the language."""
        return self._mark(f"{value:,.6g}")

    def _mark(self, english: str) -> str:
        """Return an English number with the marks of the language."""
        marks = {ord(","): self.messages["number.thousands"], ord("."): self.messages["number.decimal"]}
        return english.translate(marks)

    def percent(self, share: float, step: float = 0.01, *, sign: bool = False) -> str:
        """Return a share in percent."""
        return (
            self.say("number.percent", n=self.number(100.0 * share, 100.0 * step, sign=sign))
            if is_known(share)
            else self.say("number.unknown")
        )

    def levels(self, values: list[float], width: float = math.nan, *, whole: bool = True) -> list[str]:
        """Return numbers that will be compared, rounded alike."""
        step = find_level_step(values, width, whole=whole)
        return [self.number(value, step) for value in values]

    def change(self, value: float, low: float, high: float, *, whole: bool = True) -> Said:
        """Return a difference and its interval; an end whose sign matters never reads as 0."""
        if not is_known(value):
            return Said(*[self.say("number.unknown")] * 3)
        steps, nearest = find_change_steps(value, low, high, whole=whole)
        said = []
        for number, step in zip((value, low, high), steps, strict=True):
            hidden = is_known(nearest, number) and number != 0 and abs(number) <= step / 2.0
            key = "number.just_above_zero" if number > 0 else "number.just_below_zero"
            said.append(self.say(key) if hidden else self.number(number, step, sign=True))
        return Said(*said)

    def interval(self, said: Said) -> str:
        """Return a difference with its interval behind it."""
        return self.say("number.interval", value=said.value, low=said.low, high=said.high)


@cache
def load_catalogue(language: str) -> Catalogue:
    """Read the messages of a language.

    Names that the program says in English elsewhere (outcomes, groups, countries, objectives) come from there for
    English; other languages have them in their file.
    """
    own = read_messages(language)
    return Catalogue(language, english_names() | own if language == "en" else own)


def read_messages(language: str) -> dict[str, str]:
    """Return the messages of a language's file."""
    found: dict[str, str] = json.loads((MESSAGES / f"{language}.json").read_text(encoding="utf-8"))
    return found


def english_names() -> dict[str, str]:
    """Return the names that a language's file must have besides the keys of en.json, in English."""
    names = {f"outcome.{outcome}": say_outcome(outcome) for outcome in OUTCOMES}
    groups = (*GROUPS, *(("stream", stream) for stream in STREAMS))
    names |= {f"group.{kind}.{group}": say_group(kind, group) for kind, group in groups}
    names |= {f"country.{code}": name for code, name in NAMES.items()}
    names |= {f"nationality.{name}": name for name in NATIONALITIES}
    names |= {f"place.{place}": name for place, name in SHORT_PLACES.items()}
    names |= {f"lever.{lever}": lever.replace("_", " ") for lever in Levers.model_fields}
    return names | {f"gcm.{number}": title for number, title in GCM_OBJECTIVES.items()}
