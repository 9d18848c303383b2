"""Which data would settle a number: a small table by kind of number."""

from __future__ import annotations

from typing import NamedTuple


class Settling(NamedTuple):
    """What kind of number it is, and what would narrow its range."""

    kind: str
    data: str


_DEATHS = Settling(
    "risk of dying", "Missing Migrants records by leg, with how complete they are (two independent lists)"
)
_VEHICLES = Settling(
    "peril and rescue", "rescue coordination and NGO logs by vehicle, matched with Missing Migrants"
)
_HARM = Settling(
    "risk of harm on the way", "4Mi surveys: incidents by place and month, with how many passed there"
)
_HELD = Settling(
    "harm and time in custody", "detention monitoring (UNHCR, IOM DTM): admissions, stays, exits by site"
)
_ARREST = Settling(
    "arrests", "detention monitoring and arrest records by control point, with flow monitoring there"
)
_PRICES = Settling("prices and money", "4Mi surveys: fares, savings, debts and losses by leg and month")
_STAYS = Settling("stays", "4Mi surveys and DTM: days between arriving and leaving, by kind of place")
_FLOWS = Settling(
    "how many set out", "IOM DTM flow monitoring and stock counts, tied to arrivals by nationality"
)
_PEOPLE = Settling(
    "who sets out", "DTM flow monitoring surveys: sex, age, company and destination by nationality"
)
_SERVICES = Settling(
    "services", "registers of who was served, and needs assessments among people on the move"
)
_PATHWAYS = Settling(
    "regular pathways", "visa, resettlement and family-reunion records: applied, granted, waited"
)
_RETURNS = Settling("returns", "follow-up of returned people: who starts again, and when")
_CHOICE = Settling(
    "parameter of choice", "choices stated in surveys, or a natural experiment (a sudden change of one route)"
)
_BELIEFS = Settling(
    "information and beliefs", "4Mi surveys: what people believed of a leg beforehand, against its record"
)
_MARKET = Settling("smuggling market", "fares and boat quality by month beside demand and rescue coverage")
_CONTROL = Settling(
    "effect of control", "a natural experiment: the same leg before and after control, with counts around it"
)
_WORK = Settling("work and wages", "4Mi surveys and labour surveys of migrants by country")
_FAMILY = Settling("families", "tracing requests (ICRC, national societies) and surveys on company kept")
_VULNERABLE = Settling(
    "vulnerability", "panel surveys that follow the same people: needs and incidents over time"
)
_COSTS = Settling("unit costs", "budgets and audited accounts of programmes, with what they delivered")
_RECORDS = Settling("what is recorded", "capture-recapture of two independent lists of the same events")
_OTHER = Settling("other", "see docs/data_sheet.md")

BY_PREFIX: dict[str, Settling] = {
    "vehicle": _VEHICLES,
    "stay": _STAYS,
    "price": _PRICES,
    "capacity": _SERVICES,
    "work": _WORK,
    "wage": _WORK,
    "detention": _HELD,
    "returns": _RETURNS,
    "custody": _HELD,
    "quota": _PATHWAYS,
    "acceptance": _PATHWAYS,
    "stream": _FLOWS,
    "initial": _FLOWS,
    "female": _PEOPLE,
    "child": _PEOPLE,
    "europe": _PEOPLE,
    "savings_factor": _PRICES,
    "relief": _SERVICES,
    "cost": _COSTS,
    "observation": _RECORDS,
}
"""Prefix of a draw's name -> what would settle it. Risks, relative risks and parameters are finer, see below."""
BY_OUTCOME: dict[str, Settling] = {"death": _DEATHS, "arrest": _ARREST, "separation": _FAMILY}
"""Outcome of a base or relative risk on the way or at places; every other harm is asked of people themselves."""
BY_PARAMETER: dict[str, Settling] = {
    **dict.fromkeys(
        ("price_weight", "time_weight", "risk_weight", "arrest_weight", "discount", "destination_reward",
         "second_best_share", "stay_utility", "settle_utility", "return_utility", "pathway_utility", "queue_weight",
         "path_size_weight", "deterrence_elasticity"), _CHOICE),
    **dict.fromkeys(("departure_reference", "departure_dispersion"), _FLOWS),
    **dict.fromkeys(
        ("uninformed_share", "uninformed_bias", "belief_rate", "belief_reports", "belief_diaspora", "belief_smugglers",
         "belief_reassured", "information_effect"), _BELIEFS),
    "pathway_awareness": _PATHWAYS,
    **dict.fromkeys(
        ("vulnerability_start", "vulnerability_step", "vulnerability_gamma", "guardianship_relief"), _VULNERABLE),
    **dict.fromkeys(("detention_step", "detention_scar", "alternative_days"), _HELD),
    **dict.fromkeys(
        ("service_relief", "service_seeking", "service_knowledge", "service_trust", "service_stigma", "need_urgency",
         "informal_share"), _SERVICES),
    **dict.fromkeys(
        ("savings_median", "savings_spread", "credit_share", "saving_share", "debt_exploitation", "debt_reference",
         "robbery_loss", "bribe", "return_fare"), _PRICES),
    **dict.fromkeys(("companions_mean", "reunion_rate", "family_unity"), _FAMILY),
    **dict.fromkeys(
        ("arrest_at_full", "price_ratio_full", "bypass_peril_full", "main_peril_full", "control_reference",
         "anti_smuggling_price", "anti_smuggling_peril", "driver_arrest_at_full"), _CONTROL),
    **dict.fromkeys(
        ("market_demand_price", "market_demand_quality", "market_rescue_quality"), _MARKET),
    **dict.fromkeys(("mobile_reach", "reference_coverage"), _VEHICLES),
    "injury_delay": _STAYS,
    **dict.fromkeys(("remigration_share", "remigration_days"), _RETURNS),
}  # fmt: skip


def find_settling(name: str) -> Settling:
    """Return what would settle the number of a draw's name."""
    kind, _, rest = name.partition(":")
    if kind == "parameter":
        return BY_PARAMETER.get(rest, _OTHER)
    if kind == "risk":
        _, _, setting_outcome = rest.partition(":")
        setting, _, outcome = setting_outcome.partition(":")
        if setting in ("detention", "captivity"):
            return _HELD
        return BY_OUTCOME.get(outcome, _HARM)
    if kind == "relative":
        return BY_OUTCOME.get(rest.split(":")[0], _HARM)
    return BY_PREFIX.get(kind, _OTHER)
