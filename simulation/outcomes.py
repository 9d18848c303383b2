"""The names of all outcomes, and of which events, person-days and sums each is made."""

from __future__ import annotations

from typing import NamedTuple

from simulation.kernels.layout import Event
from simulation.units import DAYS_PER_MONTH

# Outcome -> event that it counts, wherever it happens: people.
COUNTED = {
    "journeys_started": Event.STARTED,
    "journeys_restarted": Event.RESTARTED,
    "arrivals": Event.ARRIVED,
    "admissions": Event.ADMITTED,
    "applications_refused": Event.REFUSED,
    "relocated": Event.RELOCATED,
    "deaths": Event.DEATH,
    "violence": Event.VIOLENCE,
    "sgbv": Event.SGBV,
    "robbery": Event.ROBBERY,
    "injury": Event.INJURY,
    "abductions": Event.ABDUCTION,
    "ransoms": Event.RANSOMED,
    "separations": Event.SEPARATION,
    "reunions": Event.REUNITED,
    "children_left_alone": Event.LEFT_ALONE,
    "stranded": Event.STRANDED,
    "arrests": Event.ARREST,
    "bribes": Event.BOUGHT_OFF,
    "detentions": Event.DETAINED,
    "unofficial_custody": Event.UNOFFICIAL,
    "transfers": Event.TRANSFERRED,
    "alternatives": Event.ALTERNATIVE,
    "expulsions": Event.EXPELLED,
    "interceptions": Event.INTERCEPTED,
    "repeat_attempts": Event.REPEAT_ATTEMPT,
    "rescues": Event.RESCUED,
    "sahara_crossings": Event.SAHARA_CROSSING,
    "sea_attempts": Event.SEA_ATTEMPT,
    "served": Event.SERVED,
    "served_health": Event.SERVED_HEALTH,
    "served_shelter": Event.SERVED_SHELTER,
    "served_basic": Event.SERVED_BASIC,
    "served_protection": Event.SERVED_PROTECTION,
    "served_information": Event.SERVED_INFORMATION,
    "unmet_need": Event.UNMET,
    "unmet_health": Event.UNMET_HEALTH,
    "unmet_shelter": Event.UNMET_SHELTER,
    "unmet_basic": Event.UNMET_BASIC,
    "unmet_protection": Event.UNMET_PROTECTION,
    "unmet_information": Event.UNMET_INFORMATION,
    "referred": Event.REFERRED,
    "returned": Event.RETURNED,
    "returns_assisted": Event.RETURNED_ASSISTED,
    "returns_from_detention": Event.RETURNED_DETAINED,
    "returns_refused": Event.RETURN_REFUSED,
    "settled": Event.SETTLED,
    "flow": Event.ENTERED,
}

# Outcome -> setting in which it counts person-days.
DAYS_IN = {
    "detention_person_days": "detention",
    "captivity_person_days": "captivity",
    "stranded_person_days": "stranded",
    "alternatives_person_days": "alternative",
    "working_person_days": "working",
    "travelling_person_days": "leg",
}

# Outcome -> (event, setting of custody): harm of custody apart; it is part of deaths, violence and sgbv too.
IN_CUSTODY = {
    f"{harm}_in_{custody}": (event, custody)
    for custody in ("detention", "captivity")
    for harm, event in (("deaths", Event.DEATH), ("violence", Event.VIOLENCE), ("sgbv", Event.SGBV))
}

# Outcome in USD -> (events that sum it, events in which it can change hands: how many people simulated stand behind it
# at most). Wages are earned by the day: none, person-days at work stand behind them.
MONEY: dict[str, tuple[tuple[Event, ...], tuple[Event, ...]]] = {
    "money_fares": ((Event.USD_FARES,), (Event.ENTERED, Event.RETURNED)),
    "money_robbed": ((Event.USD_ROBBED,), (Event.ROBBERY, Event.RELEASED)),
    "money_bribes": ((Event.USD_BRIBES,), (Event.BOUGHT_OFF, Event.RELEASED)),
    "money_ransom": ((Event.USD_RANSOM,), (Event.RANSOMED,)),
    "money_lost": (
        (Event.USD_ROBBED, Event.USD_BRIBES, Event.USD_RANSOM),
        (Event.ROBBERY, Event.BOUGHT_OFF, Event.RELEASED),
    ),
    "money_borrowed": ((Event.USD_BORROWED,), (Event.ENTERED, Event.RELEASED, Event.BOUGHT_OFF)),
    "money_earned": ((Event.USD_EARNED,), ()),
}

# What observation.csv can be asked about, counted where its indicator says (see ``recorded``): true outcome -> (events,
# indicator). Each has a twin NAME_recorded, the outcome as it would be recorded.
RECORDABLE: dict[str, tuple[tuple[Event, ...], str]] = {
    "deaths_sea": ((Event.DEATH,), "deaths_sea"),
    "deaths_sahara": ((Event.DEATH,), "deaths_desert"),
    "deaths_libya": ((Event.DEATH,), "deaths_libya"),
    "arrivals_sea": ((Event.ARRIVED,), "arrivals_sea"),
    "interceptions_libya": ((Event.INTERCEPTED,), "interceptions_libya"),
    "interceptions_tunisia": ((Event.INTERCEPTED,), "interceptions_tunisia"),
    "expelled_algeria": ((Event.ENTERED,), "expelled_algeria"),
    "flow_niger": ((Event.ENTERED,), "flow_niger"),
    "returned_by_programme": ((Event.RETURNED_ASSISTED, Event.RETURNED_DETAINED), "returns_assisted"),
}
RECORDED = {f"{name}_recorded": name for name in RECORDABLE}

# Rate -> (numerator, denominator), per 1,000.
RATES = {
    "deaths_per_1000_journeys": ("deaths", "journeys"),
    "deaths_sahara_per_1000_crossings": ("deaths_sahara", "sahara_crossings"),
    "deaths_sea_per_1000_attempts": ("deaths_sea", "sea_attempts"),
    "interceptions_per_1000_attempts": ("interceptions", "sea_attempts"),
    "violence_per_1000_journeys": ("violence", "journeys"),
    "sgbv_per_1000_journeys": ("sgbv", "journeys"),
    "injury_per_1000_journeys": ("injury", "journeys"),
    "robbery_per_1000_journeys": ("robbery", "journeys"),
    "abductions_per_1000_journeys": ("abductions", "journeys"),
    "detentions_per_1000_journeys": ("detentions", "journeys"),
    "separations_per_1000_journeys": ("separations", "journeys"),
    "unmet_need_per_1000_journeys": ("unmet_need", "journeys"),
}


class Ratio(NamedTuple):
    """A ratio of outcomes: ``factor`` x top / sum of bottoms."""

    top: str
    bottoms: tuple[str, ...]
    factor: float


_PER_1000_MONTHS = 1000.0 * DAYS_PER_MONTH

# Ratios that are not per 1,000 of a count of people. Shares and means have no factor.
RATIOS = {
    **{
        f"{harm}_per_1000_person_months": Ratio(harm, ("person_days",), _PER_1000_MONTHS)
        for harm in ("deaths", "violence", "sgbv", "abductions")
    },
    "days_en_route_per_journey": Ratio("person_days", ("journeys",), 1.0),
    "money_lost_per_journey": Ratio("money_lost", ("journeys",), 1.0),
    "returns_from_detention_share": Ratio(
        "returns_from_detention", ("returns_from_detention", "returns_assisted"), 1.0
    ),
    "unmet_need_share": Ratio("unmet_need", ("unmet_need", "served"), 1.0),
}

ALL_RATIOS = {name: Ratio(top, (bottom,), 1000.0) for name, (top, bottom) in RATES.items()} | RATIOS
