"""How groups, places and numbers are said to people: plain words, rounding as coarse as the doubt."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence

from experiments.outcome_words import OUTCOMES
from simulation.spec.models import Leg, Place

MINUS = "\N{MINUS SIGN}"
MILLION = 1e6
UNKNOWN = "\N{EN DASH}"
LONGEST_NAME = 160
"""Letters of a title or name that a user gave; what is longer is cut."""
LONGEST_TITLE = 90
"""Letters of it in the heading of a picture: as many as stand beside the heading's own words."""


_GROUPS = {
    ("stream", "cote_divoire"): "C\u00f4te d'Ivoire",
    ("stream", "nigeria_benin_city"): "Nigeria, from Benin City",
    ("stream", "nigeria_lagos"): "Nigeria, from Lagos",
    ("stream", "syria_tripoli"): "Syria, entering at Tripoli",
    ("stream", "syria_benghazi"): "Syria, entering at Benghazi",
    ("stream", "sudan_khartoum"): "Sudan, from Khartoum",
    ("stream", "sudan_darfur"): "Sudan, from Darfur",
    ("stream", "niger_agadez"): "Niger, from Agadez",
    ("stream", "niger_niamey"): "Niger, from Niamey",
    ("stream", "niger_zinder"): "Niger, from Zinder",
    ("all", "all"): "Everybody",
    ("sex", "female"): "Women and girls",
    ("sex", "male"): "Men and boys",
    ("age", "child"): "Children",
    ("age", "adult"): "Adults",
    ("unaccompanied", "yes"): "Unaccompanied children",
    ("unaccompanied", "no"): "Not unaccompanied",
}


def say_outcome(outcome: str) -> str:
    """Return an outcome's name for a row."""
    known = OUTCOMES.get(outcome)
    return known.label if known else outcome.replace("_", " ").capitalize()


def say_group(kind: str, group: str) -> str:
    """Return a group's name for a row; a stream keeps its own name."""
    if kind == "unaccompanied":
        group = {"true": "yes", "unaccompanied": "yes", "1": "yes"}.get(group.lower(), group)
    return _GROUPS.get((kind, group)) or group.replace("_", " ").title().replace(" Of ", " of ")


SHORT_PLACES = {
    "sea_tripolitania": "the sea off Tripolitania",
    "sea_tunisia": "the sea off Tunisia",
    "sea_cyrenaica": "the sea off Cyrenaica",
    "sea_malta_sar": "the sea south of Malta",
    "sea_sardinia": "the sea off Annaba",
    "kouri_bougoudi": "Kouri Bougoudi",
    "awaynat": "Jebel Uweinat",
    "zarzis": "Zarzis",
    "ajdabiya": "Ajdabiya",
    "zintan": "Zintan",
    "crete_gavdos": "Crete",
    "rome": "Rome",
    "sicily_pozzallo": "Sicily",
    "calabria_roccella": "Calabria",
    "sardinia_santantioco": "Sardinia",
}


def say_place(place: Place) -> str:
    """Return a place's short name: without what stands in brackets or after a stroke."""
    return SHORT_PLACES.get(place.id) or place.name.split(" (")[0].split(" / ")[0]


def say_leg(leg: Leg, places: Mapping[str, Place]) -> str:
    """Return a leg by its two places: ``Agadez to Salvador Pass (bypass)``."""
    around = " (bypass)" if leg.control == "bypass" else ""
    return f"{say_place(places[leg.origin])} to {say_place(places[leg.destination])}{around}"


def is_known(*values: float) -> bool:
    """Return whether all values are finite numbers."""
    return all(math.isfinite(value) for value in values)


def find_step(value: float, low: float = math.nan, high: float = math.nan, *, whole: bool = True) -> float:
    """Return the step to round to: a power of ten, about a tenth of the interval's width.

    Without an interval: three significant digits. Whole numbers are never rounded finer than 1.
    """
    width = high - low if is_known(low, high) else 0.0
    size = width / 4.0 if width > 0 else abs(value) / 100.0
    step = 10.0 ** math.floor(math.log10(size)) if size > 0 else 1.0
    return max(step, 1.0) if whole else step


def say_number(value: float, step: float, *, sign: bool = False) -> str:
    """Return a number rounded to ``step`` with thousands separators: ``1,230``, ``0.42``."""
    if not math.isfinite(value):
        return "many times" if value > 0 and math.isinf(value) else UNKNOWN
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    rounded = round(value / step) * step
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def say_levels(values: Sequence[float], width: float = math.nan, *, whole: bool = True) -> list[str]:
    """Return numbers that will be compared, rounded alike: see ``find_level_step``; from a million on in millions."""
    largest = max((abs(value) for value in values if is_known(value)), default=0.0)
    step = find_level_step(values, width, whole=whole)
    unit = MILLION if largest >= MILLION else 1.0
    after = " million" if unit == MILLION else ""
    return [say_number(value / unit, step / unit) + (after if is_known(value) else "") for value in values]


def find_level_step(values: Sequence[float], width: float = math.nan, *, whole: bool = True) -> float:
    """Return the step to round numbers to that will be compared: a fortieth of ``width``, two digits at least."""
    largest = max((abs(value) for value in values if is_known(value)), default=0.0)
    step = find_step(largest, whole=whole)
    if width > 0:
        two_digits = (
            min((_leading(value) for value in values if is_known(value) and value), default=step) / 10.0
        )
        coarse = min(
            find_step(largest, 0.0, width / 10.0, whole=whole), max(two_digits, 1.0 if whole else 0.0)
        )
        step = max(step, coarse)
    return step


def say_change(value: float, low: float, high: float, *, whole: bool = True) -> str:
    """Return a difference with its interval: ``+120 (+40 to +210)``; without interval only the difference.

    An end that is not 0 must not read as 0, the sign would be in doubt: it gets up to two digits more than
    the rest, and where these are not enough it is "just above 0" or "just below 0".
    """
    if not is_known(value):
        return UNKNOWN
    ends = [end for end in (value, low, high) if is_known(end)]
    steps, nearest = find_change_steps(value, low, high, whole=whole)
    in_millions = max(map(abs, ends)) >= MILLION and not steps[0] / 100.0 <= nearest < MILLION / 100.0
    unit = MILLION if in_millions else 1.0
    said = [
        _say_end(end / unit, end_step / unit, in_doubt=nearest < math.inf)
        for end, end_step in zip((value, low, high), steps, strict=True)
    ]
    text = f"{said[0]} ({said[1]} to {said[2]})" if is_known(low, high) else said[0]
    return f"{text} million" if in_millions else text


def find_change_steps(
    value: float, low: float, high: float, *, whole: bool = True
) -> tuple[list[float], float]:
    """Return the steps to round a difference and its two ends to, and the end nearest to 0.

    The nearest end is infinite where the interval holds 0; else the sign of what is rounded matters.
    """
    step = find_step(value, low, high, whole=whole)
    nearest = min(abs(low), abs(high)) if low * high > 0 else math.inf
    if not 0 < _leading(nearest) < step:
        return [step] * 3, nearest
    finest = max(_leading(nearest), step / 100.0, 1.0 if whole else 0.0)
    return [min(step, max(finest, _leading(end) / 10.0)) for end in (value, low, high)], nearest


def _say_end(value: float, step: float, *, in_doubt: bool) -> str:
    """Return a signed number; one that would read as 0 is put in words where the sign matters."""
    if in_doubt and value and abs(value) <= step / 2.0:  # half a step would be rounded to even
        return f"just {'above' if value > 0 else 'below'} 0"
    return say_number(value, step, sign=True)


def _leading(value: float) -> float:
    """Return the power of ten of a number's first digit; 0 for 0 and for what is not known."""
    return 10.0 ** math.floor(math.log10(abs(value))) if is_known(value) and value else 0.0


def say_ratio(value: float, low: float, high: float) -> str:
    """Return a ratio with its interval: ``x1.24 (1.10 to 1.43)``; a dash where there is none.

    At most two digits of the interval's half-width and at most two decimals. Only where the interval leaves
    out 1, what would read as 1 has a third decimal, and beyond that is "just above 1" or "just below 1".
    """
    if not is_known(value):
        return UNKNOWN
    excludes_one = low > 1 or high < 1
    half = (high - low) / 2.0 if is_known(low, high) else 0.0
    said = [_say_factor(number, half, excludes_one=excludes_one) for number in (value, low, high)]
    sign = "" if said[0].startswith("just") else "\N{MULTIPLICATION SIGN}"
    text = sign + said[0]
    return text if math.isnan(low) or math.isnan(high) else f"{text} ({said[1]} to {said[2]})"


def _say_factor(value: float, half: float, *, excludes_one: bool) -> str:
    """Return a factor with two digits at least, more only if half the interval's width is finer."""
    if not is_known(value):
        return "no limit"
    scales = [size for size in (half, value) if size > 0]
    wanted = [1 - math.floor(math.log10(size)) for size in scales]
    decimals = min(max([*wanted, 0]), 2) if half > 0 else 2 if value < 10 else 1 if value < 100 else 0
    text = f"{value:,.{decimals}f}"
    if not excludes_one or value == 1 or float(text.replace(",", "")) != 1:
        return text
    finer = [f"{value:.{more}f}" for more in (2, 3)]
    words = f"just {'above' if value > 1 else 'below'} 1"
    return next((text for text in finer if float(text) != 1), words)


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a name that somebody gave on one line, without control or direction marks, cut where it is very long.

    Marks of direction (as U+202E) could turn the words around a name about; scripts keep their own direction.
    """
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_plain(c))
    kept = " ".join(kept.split())
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _is_plain(character: str) -> bool:
    """Return whether a character is no control; joiners are kept, since words of several scripts need them."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co") or character in "\u200c\u200d"


def isolate(text: str) -> str:
    """Return a name fit to stand within a sentence: one with right-to-left letters turns nothing around it about."""
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text
