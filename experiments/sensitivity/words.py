"""Uncertain numbers in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.countries import say_country
from experiments.wording import say_group

_HARMS = {
    "death": "death", "injury": "injury", "violence": "physical violence", "sgbv": "sexual violence",
    "robbery": "robbery", "abduction": "abduction", "arrest": "arrest", "separation": "parting of families",
}  # fmt: skip
_SETTINGS = {
    "leg": "on the way", "place": "at places", "detention": "in detention", "captivity": "in the hands of captors",
}  # fmt: skip
_VEHICLES = {
    "peril": "Chance that a vehicle gets into peril",
    "rescue_share": "Share of vehicles in peril that are rescued",
    "death_rescued": "Deaths among people who are rescued",
    "death_unrescued": "Deaths among people who are not rescued",
    "interception_full": "Chance of being pulled back at full interception",
}
_CUSTODY = {
    "": "How long people are held",
    "after_arrest": "Share held after an arrest",
    "after_interception": "Share held after being pulled back",
    "exit_expelled": "Share of the held who are expelled",
    "exit_assisted": "Share of the held who leave by assisted return",
    "exit_bribe": "Share of the held who buy themselves out",
    "unofficial_share": "Share held in unofficial sites",
    "alternatives_share": "Share placed in the community instead",
    "exit_ransom": "Share of captives released for ransom",
    "ransom_usd": "Ransom",
}
_COUNTRY = {
    "capacity": "Capacity of services in {}",
    "work": "Chance of paid work in {}",
    "wage": "Wages in {}",
    "detention": "Room for detention in {}",
    "returns": "Room in return programmes in {}",
}
_STREAM = {
    "stream": "Journeys from {}",
    "initial": "People already on the way on the first day, {}",
    "female": "Share of women and girls, {}",
    "child": "Share of children, {}",
    "europe": "Share bound for Europe, {}",
    "savings_factor": "Savings, {}",
}
_LIMIT = 90
_PROPER = {
    "libya", "chad", "sudan", "tunisia", "morocco", "niger", "algeria", "mali", "africa", "europe", "sahel",
    "tripolitania", "cyrenaica", "lampedusa", "malta", "sardinia", "alboran", "atlantic", "frontex",
}  # fmt: skip
"""Words of zone names that are names."""


def say_factor(label: str, members: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    """Return a factor in words: of a single number what it is, of a group its label and how many it holds.

    Args:
        label: Of the factor.
        members: Names of the draws behind it.
        meanings: What each parameter means, by its name.
    """
    if len(members) == 1 and members[0] == label:
        return say_number_name(label, meanings)
    n = len(members)
    return f"{_sentence(label)} ({n} number{'s' if n != 1 else ''} together)"


def say_number_name(name: str, meanings: Mapping[str, str]) -> str:
    """Return the name of a draw in words; an unknown kind of name with its underscores as spaces."""
    kind, _, rest = name.partition(":")
    parts = rest.split(":")
    if kind == "parameter":
        meaning = meanings.get(rest, rest).split(";")[0].split(":")[0].split(" (")[0]
        return _sentence(meaning if len(meaning) <= _LIMIT else rest)
    if kind == "risk" and len(parts) == 3:
        zone, setting, outcome = parts
        return _sentence(
            f"{_HARMS.get(outcome, outcome)} {_SETTINGS.get(setting, setting)}, {_say_zone(zone)}"
        )
    if kind == "custody" and len(parts) >= 2:
        what = _CUSTODY.get(parts[2] if len(parts) > 2 else "", _sentence(parts[-1]))
        by = " by captors" if parts[1] == "captivity" and len(parts) == 2 else ""
        return f"{what}{by}, {_say_zone(parts[0])}"
    if kind in _COUNTRY:
        return _COUNTRY[kind].format(say_country(rest))
    if kind in _STREAM:
        return _STREAM[kind].format(say_group("stream", rest))
    return _say_rest(kind, rest, parts)


def _say_rest(kind: str, rest: str, parts: list[str]) -> str:
    if kind == "vehicle" and len(parts) == 2:
        return f"{_VEHICLES.get(parts[1], _sentence(parts[1]))}, {_say_zone(parts[0])}"
    if kind == "relative" and len(parts) >= 3:
        who = {"female": ("women", "girls"), "male": ("men", "boys")}.get(parts[1], (parts[1], parts[1]))
        group = f", {_say_zone(parts[3])}" if len(parts) > 3 else ""
        harm = _HARMS.get(parts[0], parts[0])
        return _sentence(f"{harm}, {who[parts[2] == 'child']} relative to others{group}")
    said = {
        "price": f"Fares, {_say_zone(rest)}",
        "stay": f"How long people stay at a {_say_zone(rest)}",
        "quota": f"Places on regular pathways, {rest}",
        "acceptance": f"Share of applications granted, {rest}",
        "relief": f"Vulnerability that {rest} services take away",
        "cost": f"Unit cost of {_say_zone(rest)}",
        "observation": f"Share that is recorded, {_say_zone(parts[0])}",
    }
    return said.get(kind) or _sentence(f"{kind} {rest}")


def _say_zone(zone: str) -> str:
    return " ".join(word.capitalize() if word in _PROPER else word for word in zone.split("_"))


def _sentence(text: str) -> str:
    words = text.replace("_", " ").replace(":", " ").strip()
    return words[:1].upper() + words[1:]
