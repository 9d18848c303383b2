"""The plain words of every outcome, and whether more of it is worse for people."""

from __future__ import annotations

from typing import NamedTuple


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
    "deaths_libya": Wording("Deaths in northern Libya, on land", "deaths in northern Libya", True),
    "deaths_libya_recorded": Wording(
        "Deaths in northern Libya that would be recorded", "recorded deaths in northern Libya", True
    ),
    "deaths_per_1000_started": Wording("died", "deaths per 1,000 who started", True),
    "harmed_per_1000_started": Wording(
        "came to harm at least once", "people harmed per 1,000 who started", True
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
    "interceptions_libya": Wording("People brought back to Libya", "people brought back to Libya", True),
    "interceptions_libya_recorded": Wording(
        "People brought back to Libya that would be recorded", "recorded people brought back to Libya", True
    ),
    "interceptions_tunisia": Wording(
        "People brought back to Tunisia", "people brought back to Tunisia", True
    ),
    "interceptions_tunisia_recorded": Wording(
        "People brought back to Tunisia that would be recorded",
        "recorded people brought back to Tunisia",
        True,
    ),
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
    "expelled_algeria": Wording(
        "People driven from Algeria to Niger", "people driven from Algeria to Niger", True
    ),
    "expelled_algeria_recorded": Wording(
        "People driven from Algeria to Niger that would be recorded", "recorded people driven to Niger", True
    ),
    "detained_per_1000_started": Wording(
        "were detained at least once", "people detained per 1,000 who started", True
    ),
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
    "arrivals_sea": Wording(
        "Arrivals by the Central Mediterranean", "arrivals by the Central Mediterranean", False
    ),
    "arrivals_sea_recorded": Wording(
        "Arrivals by the Central Mediterranean that would be recorded", "recorded arrivals by sea", False
    ),
    "arrived_per_1000_started": Wording(
        "arrived irregularly in Europe", "arrivals per 1,000 who started", False
    ),
    "tried_sea_per_1000_started": Wording(
        "tried the sea", "people who tried the sea per 1,000 who started", False
    ),
    "relocated": Wording("Relocated after arrival", "people relocated", False),
    "admissions": Wording("Admitted by regular pathways", "admissions", False),
    "admitted_per_1000_started": Wording(
        "were admitted by a regular pathway", "admissions per 1,000 who started", False
    ),
    "applications_refused": Wording("Applications refused", "refused applications", False),
    "rescues": Wording("People rescued at sea", "rescues", False),
    "returned": Wording("Returned", "returns", False),
    "returns_assisted": Wording("Assisted returns of people at liberty", "assisted returns", False),
    "returns_from_detention": Wording("Assisted returns out of detention", "returns from detention", True),
    "returns_from_detention_share": Wording(
        "Share of assisted returns that were out of detention", "share of returns from detention", True
    ),
    "returns_refused": Wording("Asked to return and not helped", "returns refused", True),
    "returned_by_programme": Wording("Helped home, from detention or not", "people helped home", False),
    "returned_by_programme_recorded": Wording(
        "Helped home, that would be recorded", "recorded people helped home", False
    ),
    "returned_per_1000_started": Wording(
        "went home or were returned", "returns per 1,000 who started", False
    ),
    "settled": Wording("Settled on the way", "people settled", False),
    "settled_per_1000_started": Wording("settled on the way", "settled per 1,000 who started", False),
    "still_on_the_way": Wording("Still on the way at the end", "people on the way", False),
    "on_the_way_per_1000_started": Wording("are still on the way", "on the way per 1,000 who started", False),
    "cohort_people": Wording("People of a departure cohort", "people of a departure cohort", False),
    "journeys": Wording("Journeys, with those on the way at the start", "journeys", False),
    "flow": Wording("Legs entered", "legs entered", False),
    "flow_first_month": Wording("Legs entered in the first month", "legs entered in the first month", False),
    "flow_niger": Wording("People past the monitoring points", "people past the monitoring points", False),
    "flow_niger_recorded": Wording(
        "People past the monitoring points that would be counted",
        "people counted at the monitoring points",
        False,
    ),
    "travelling_person_days": Wording("Days on legs", "days on legs", False),
    "working_person_days": Wording("Days at places by choice", "days at places by choice", False),
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
