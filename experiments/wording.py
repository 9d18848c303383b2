"""How outcomes, groups and numbers are said to people: plain words, rounding as coarse as the doubt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simulation.spec.models import Leg, Place

MINUS = "\N{MINUS SIGN}"
MILLION = 1e6
UNKNOWN = "\N{EN DASH}"


class Wording(NamedTuple):
    """How an outcome is named."""

    label: str
    """Capitalised name for a row."""
    plural: str
    """Words after "more" and "fewer" (or "higher", "lower" for rates)."""
    is_harm: bool
    """Whether more of it is worse for the people themselves."""


OUTCOMES: dict[str, Wording] = {
    "deaths": Wording("Deaths and disappearances", "deaths", True),
    "deaths_per_1000_journeys": Wording("Deaths per 1,000 journeys", "deaths per 1,000 journeys", True),
    "deaths_per_1000_person_months": Wording(
        "Deaths per 1,000 person-months", "deaths per 1,000 person-months", True
    ),
    "deaths_sahara": Wording("Deaths in the desert", "deaths in the desert", True),
    "deaths_sahara_recorded": Wording(
        "Deaths in the desert that would be recorded", "recorded deaths in the desert", True
    ),
    "deaths_sahara_per_1000_crossings": Wording(
        "Desert deaths per 1,000 crossings", "desert deaths per 1,000 crossings", True
    ),
    "deaths_sea": Wording("Deaths at sea", "deaths at sea", True),
    "deaths_sea_recorded": Wording("Deaths at sea that would be recorded", "recorded deaths at sea", True),
    "deaths_sea_per_1000_attempts": Wording(
        "Sea deaths per 1,000 attempts", "deaths at sea per 1,000 attempts", True
    ),
    "deaths_in_detention": Wording("Deaths in detention", "deaths in detention", True),
    "deaths_in_captivity": Wording("Deaths in the hands of captors", "deaths in captivity", True),
    "violence": Wording("Physical violence", "acts of violence", True),
    "violence_in_detention": Wording("Physical violence in detention", "acts of violence in detention", True),
    "violence_in_captivity": Wording("Physical violence by captors", "acts of violence in captivity", True),
    "sgbv": Wording("Sexual and gender-based violence", "acts of sexual violence", True),
    "sgbv_in_detention": Wording(
        "Sexual and gender-based violence in detention", "acts of sexual violence in detention", True
    ),
    "sgbv_in_captivity": Wording(
        "Sexual and gender-based violence by captors", "acts of sexual violence in captivity", True
    ),
    "robbery": Wording("Robbery and extortion", "robberies", True),
    "injury": Wording("Injuries", "injuries", True),
    "abductions": Wording("Abductions and trafficking", "abductions", True),
    "captivity_person_days": Wording("Days held by captors", "days in captivity", True),
    "ransoms": Wording("Released for ransom", "people released for ransom", True),
    "separations": Wording("Family separations", "separations", True),
    "reunions": Wording("Found each other again", "reunions", False),
    "children_left_alone": Wording("Children left without any adult", "children left alone", True),
    "stranded": Wording("Stranded for lack of money", "people stranded", True),
    "stranded_person_days": Wording("Days stranded", "days stranded", True),
    "arrests": Wording("Arrests", "arrests", True),
    "bribes": Wording("Let go for a bribe", "people let go for a bribe", True),
    "interceptions": Wording("People pulled back at sea", "people pulled back", True),
    "repeat_attempts": Wording("Sea crossings tried again", "repeated sea crossings", False),
    "detentions": Wording("Times detained", "detentions", True),
    "detention_person_days": Wording("Days in detention", "days in detention", True),
    "detentions_children": Wording("Times children were detained", "detentions of children", True),
    "detention_child_person_days": Wording(
        "Days of children in detention", "days of children in detention", True
    ),
    "unofficial_custody": Wording("Times held in unofficial sites", "people held in unofficial sites", True),
    "transfers": Wording("Moved to another place of detention", "transfers", True),
    "alternatives": Wording("Placed in the community instead of detention", "alternatives", False),
    "alternatives_person_days": Wording(
        "Days on an alternative to detention", "days on an alternative", False
    ),
    "expulsions": Wording("Expulsions", "expulsions", True),
    "violence_per_1000_journeys": Wording(
        "Physical violence per 1,000 journeys", "acts of violence per 1,000 journeys", True
    ),
    "violence_per_1000_person_months": Wording(
        "Physical violence per 1,000 person-months", "acts of violence per 1,000 person-months", True
    ),
    "sgbv_per_1000_journeys": Wording(
        "Sexual violence per 1,000 journeys", "acts of sexual violence per 1,000 journeys", True
    ),
    "sgbv_per_1000_person_months": Wording(
        "Sexual violence per 1,000 person-months", "acts of sexual violence per 1,000 person-months", True
    ),
    "injury_per_1000_journeys": Wording("Injuries per 1,000 journeys", "injuries per 1,000 journeys", True),
    "robbery_per_1000_journeys": Wording(
        "Robbery and extortion per 1,000 journeys", "robberies per 1,000 journeys", True
    ),
    "abductions_per_1000_journeys": Wording(
        "Abductions per 1,000 journeys", "abductions per 1,000 journeys", True
    ),
    "abductions_per_1000_person_months": Wording(
        "Abductions per 1,000 person-months", "abductions per 1,000 person-months", True
    ),
    "separations_per_1000_journeys": Wording(
        "Family separations per 1,000 journeys", "separations per 1,000 journeys", True
    ),
    "detentions_per_1000_journeys": Wording(
        "Times detained per 1,000 journeys", "detentions per 1,000 journeys", True
    ),
    "interceptions_per_1000_attempts": Wording(
        "Pulled back per 1,000 sea crossings", "people pulled back per 1,000 sea crossings", True
    ),
    "unmet_need": Wording("Help needed and not received", "unmet needs", True),
    "unmet_health": Wording("Health care needed and not received", "unmet needs for health care", True),
    "unmet_shelter": Wording("Shelter needed and not received", "unmet needs for shelter", True),
    "unmet_basic": Wording(
        "Food, water and cash needed and not received", "unmet needs for food, water and cash", True
    ),
    "unmet_protection": Wording(
        "Protection and legal aid needed and not received", "unmet needs for protection", True
    ),
    "unmet_information": Wording("Information needed and not received", "unmet needs for information", True),
    "unmet_need_per_1000_journeys": Wording(
        "Help not received per 1,000 journeys", "unmet needs per 1,000 journeys", True
    ),
    "unmet_need_share": Wording("Share of needs not met", "share of needs not met", True),
    "served": Wording("Help received", "times helped", False),
    "served_health": Wording("Health care received", "times given health care", False),
    "served_shelter": Wording("Shelter received", "times given shelter", False),
    "served_basic": Wording("Food, water and cash received", "times given food, water and cash", False),
    "served_protection": Wording("Protection and legal aid received", "times given protection", False),
    "served_information": Wording("Information received", "times informed", False),
    "referred": Wording("Referred onward with a need", "referrals", False),
    "money_lost": Wording("USD lost to robbery, bribes and ransom", "USD lost", True),
    "money_lost_per_journey": Wording("USD lost per journey", "USD lost per journey", True),
    "money_robbed": Wording("USD robbed", "USD robbed", True),
    "money_bribes": Wording("USD paid in bribes", "USD in bribes", True),
    "money_ransom": Wording("USD paid in ransom", "USD in ransom", True),
    "money_borrowed": Wording("USD borrowed", "USD borrowed", True),
    "money_fares": Wording("USD paid in fares", "USD in fares", False),
    "money_earned": Wording("USD earned on the way", "USD earned", False),
    "journeys_started": Wording("People who started", "journeys", False),
    "journeys_restarted": Wording("People who started again after a return", "repeated journeys", False),
    "days_en_route_per_journey": Wording("Days on the way per journey", "days on the way per journey", False),
    "sahara_crossings": Wording("Desert crossings started", "desert crossings", False),
    "sea_attempts": Wording("Sea crossings attempted", "sea crossings", False),
    "arrivals": Wording("Irregular arrivals in Europe", "arrivals", False),
    "relocated": Wording("Relocated after arrival", "people relocated", False),
    "admissions": Wording("Admitted by regular pathways", "admissions", False),
    "applications_refused": Wording("Applications refused", "refused applications", False),
    "rescues": Wording("People rescued at sea", "rescues", False),
    "returned": Wording("Returned", "returns", False),
    "returns_assisted": Wording("Assisted returns of people at liberty", "assisted returns", False),
    "returns_from_detention": Wording("Assisted returns out of detention", "returns from detention", True),
    "returns_from_detention_share": Wording(
        "Share of assisted returns that were out of detention", "share of returns from detention", True
    ),
    "returns_refused": Wording("Asked to return and not helped", "returns refused", True),
    "settled": Wording("Settled on the way", "people settled", False),
    "still_on_the_way": Wording("Still on the way at the end", "people on the way", False),
    "journeys": Wording("Journeys, with those on the way at the start", "journeys", False),
    "flow": Wording("Legs entered", "legs entered", False),
    "person_days": Wording("Days on the way", "days on the way", False),
    "cost_total": Wording("Cost of all measures, USD", "USD for all measures", False),
    "cost_border_enforcement": Wording(
        "Cost of border enforcement, USD", "USD for border enforcement", False
    ),
    "cost_anti_smuggling": Wording("Cost of anti-smuggling, USD", "USD for anti-smuggling", False),
    "cost_legal_pathways": Wording("Cost of regular pathways, USD", "USD for regular pathways", False),
    "cost_detention": Wording("Cost of detention, USD", "USD for detention", False),
    "cost_alternatives": Wording("Cost of alternatives to detention, USD", "USD for alternatives", False),
    "cost_services": Wording("Cost of services, USD", "USD for services", False),
    "cost_firewall": Wording("Cost of the firewall, USD", "USD for the firewall", False),
    "cost_search_and_rescue": Wording("Cost of search and rescue, USD", "USD for search and rescue", False),
    "cost_interception": Wording("Cost of interception, USD", "USD for interception", False),
    "cost_returns_assisted": Wording("Cost of assisted returns, USD", "USD for assisted returns", False),
    "cost_returns_forced": Wording("Cost of forced returns, USD", "USD for forced returns", False),
    "cost_information": Wording("Cost of information, USD", "USD for information", False),
    "cost_regional_protection": Wording(
        "Cost of regional protection, USD", "USD for regional protection", False
    ),
    "cost_relocation": Wording("Cost of relocation, USD", "USD for relocation", False),
}
"""In the order of tables: harm to people first, movement after it, what the measures cost last."""

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


_SHORT = {
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
    return _SHORT.get(place.id) or place.name.split(" (")[0].split(" / ")[0]


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
    """Return numbers that will be compared, rounded alike, to a fortieth of ``width`` but to two digits at least."""
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
    unit = MILLION if largest >= MILLION else 1.0
    after = " million" if unit == MILLION else ""
    return [say_number(value / unit, step / unit) + (after if is_known(value) else "") for value in values]


def say_change(value: float, low: float, high: float, *, whole: bool = True) -> str:
    """Return a difference with its interval: ``+120 (+40 to +210)``; without interval only the difference.

    An end that is not 0 must not read as 0, the sign would be in doubt: it gets up to two digits more than
    the rest, and where these are not enough it is "just above 0" or "just below 0".
    """
    if not is_known(value):
        return UNKNOWN
    ends = [end for end in (value, low, high) if is_known(end)]
    step = find_step(value, low, high, whole=whole)
    steps = [step] * 3
    nearest = min(abs(low), abs(high)) if low * high > 0 else math.inf
    if 0 < _leading(nearest) < step:
        finest = max(_leading(nearest), step / 100.0, 1.0 if whole else 0.0)
        steps = [min(step, max(finest, _leading(end) / 10.0)) for end in (value, low, high)]
    in_millions = max(map(abs, ends)) >= MILLION and not steps[0] / 100.0 <= nearest < MILLION / 100.0
    unit = MILLION if in_millions else 1.0
    said = [
        _say_end(end / unit, end_step / unit, in_doubt=nearest < math.inf)
        for end, end_step in zip((value, low, high), steps, strict=True)
    ]
    text = f"{said[0]} ({said[1]} to {said[2]})" if is_known(low, high) else said[0]
    return f"{text} million" if in_millions else text


def _say_end(value: float, step: float, *, in_doubt: bool) -> str:
    """Return a signed number; one that would read as 0 is put in words where the sign matters."""
    if in_doubt and value and abs(value) < step / 2.0:
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
