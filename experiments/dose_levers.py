"""What the five levels of each lever are on the dose-response panel, and which signs are stated beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from simulation.spec.models import Levers, Scenario

SINCE = date(2015, 1, 1)
"""The lever holds from this day on; the days before are the same at every level."""
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
Entries = Mapping[str, Sequence[Mapping[str, Any]]]
"""Settings by lever, as an author of a scenario writes them, without dates."""

_DESERT = ("MLI", "NER", "TCD", "SDN", "DZA")
_BLOC = ("SEN", "GMB", "GIN", "CIV", "GHA", "NGA", "MLI", "BFA", "NER")
_PURSUED = ("MLI", "NER", "TCD", "SDN", "DZA", "LBY", "TUN")
_BOATS_OFF_LIBYA = tuple(f"e{number:03d}" for number in range(98, 109))


@dataclass(frozen=True)
class Dose:
    """How much of a lever each level is.

    Attributes:
        lever: Key of the lever.
        quantity: What is varied, with its unit.
        top: Amount of the quantity at level 1; the other levels are shares of it.
        meaning: What level 1 is, and what else holds at every level.
        settings: Amount -> settings.
        background: Settings of other levers that hold at every level, 0 among them.
    """

    lever: str
    quantity: str
    top: float
    meaning: str
    settings: Callable[[float], Sequence[Mapping[str, Any]]]
    background: Entries = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The lever's name for a row."""
        return self.lever.replace("_", " ").replace("anti ", "anti-").capitalize()

    def arm(self, scenario: Scenario, level: float) -> Scenario:
        """Return the scenario with the lever at a level from SINCE on; earlier entries give way to it."""
        return add_entries(
            scenario, {**self.background, self.lever: self.settings(self.top * level)}, since=SINCE
        )


def add_entries(scenario: Scenario, entries: Entries, *, since: date) -> Scenario:
    """Return the scenario with settings appended to those of its levers, in force from a day to the end."""
    document = scenario.document
    dated = {name: [{"from": since, **entry} for entry in some] for name, some in entries.items()}
    added = Levers.model_validate(dated)
    both = {
        name: (*getattr(document.levers, name), *getattr(added, name)) for name in type(added).model_fields
    }
    levers = document.levers.model_copy(update=both)
    return scenario.model_copy(update={"document": document.model_copy(update={"levers": levers})})


def _one(**entry: object) -> list[Mapping[str, Any]]:
    return [entry]


def _pathways(times: float) -> list[Mapping[str, Any]]:
    """Return the settings of wider_pathways.yaml with another number of places; what else it sets stays."""
    same = {"processing": "60 days", "acceptance": 0.8, "awareness": 0.5}
    return [
        {"scope": {"pathways": ["visa", "labour", "family", "study"]}, "quota_factor": times, **same},
        {"scope": {"legs": ["e125", "e126"]}, "quota": f"{940 * times} persons/year", **same},
        {"scope": {"legs": ["e127", "e128"]}, "quota": f"{500 * times} persons/year", **same},
    ]


DOSES: tuple[Dose, ...] = (
    Dose(
        "border_enforcement",
        "control intensity, 0 to 1",
        1.0,
        "every vehicle is stopped on controlled legs in Mali, Niger, Chad, Sudan and Algeria",
        lambda x: _one(scope={"countries": _DESERT}, intensity=x),
    ),
    Dose(
        "anti_smuggling",
        "intensity, 0 to 1",
        1.0,
        "every carrier is sought, on roads, on bypasses and at sea, from Mali to Libya and Tunisia",
        lambda x: _one(scope={"countries": _PURSUED}, intensity=x),
    ),
    Dose(
        "legal_pathways",
        "places, times the reference",
        10.0,
        "ten times the places of the reference (of later years for evacuation and corridors); at every level two "
        "months of processing, four in five granted and half of the people aware, as in wider_pathways.yaml",
        _pathways,
    ),
    Dose(
        "detention",
        "chance of detention after an arrest or a pull-back, 0 to 1",
        1.0,
        "everybody who is arrested or pulled back is detained, wherever there is detention",
        lambda x: _one(after_arrest=x, after_interception=x),
    ),
    Dose(
        "services",
        "capacity, times the reference",
        4.0,
        "four times the capacity of every kind of service at every place; level 1/4 is the reference",
        lambda x: _one(capacity_factor=x),
    ),
    Dose(
        "firewall",
        "share of the fear of being reported that is removed, 0 to 1",
        1.0,
        "nobody stays away from help for fear of being reported",
        lambda x: _one(share=x),
    ),
    Dose(
        "search_and_rescue",
        "coverage, 0 to 1",
        1.0,
        "every boat of every sea zone is in reach of a rescue vessel; the reference off Libya is 0.5, then 0.85",
        lambda x: _one(coverage=x),
    ),
    Dose(
        "interception",
        "intensity, 0 to 1",
        1.0,
        "every boat from western Libya is looked for; the reference is 0, then 0.15 from 2016 on",
        lambda x: _one(scope={"legs": _BOATS_OFF_LIBYA}, intensity=x),
    ),
    Dose(
        "returns",
        "assisted returns, times the reference",
        4.0,
        "four times the places for assisted return from Agadez and Tripoli; level 1/4 is the reference",
        lambda x: _one(scope={"places": ["agadez", "tripoli"]}, assisted_factor=x),
    ),
    Dose(
        "free_movement",
        "share of controls lifted within ECOWAS, 0 to 1",
        1.0,
        "no controls on legs within the bloc; at every level controls of intensity 0.5 hold there otherwise, since the "
        "reference has hardly any that could be lifted",
        lambda x: _one(share=x),
        {"border_enforcement": _one(scope={"countries": _BLOC}, intensity=0.5)},
    ),
    Dose(
        "information",
        "share of people who hear it and believe it, 0 to 1",
        1.0,
        "everybody hears and believes accurate information, everywhere",
        lambda x: _one(reach=x),
    ),
    Dose(
        "regional_protection",
        "share of unmet needs referred onward, 0 to 1",
        1.0,
        "every need that one place does not meet is known at the next",
        lambda x: _one(coverage=x),
    ),
    Dose(
        "relocation",
        "places a year",
        10_000.0,
        "10,000 places a year in other countries of destination",
        lambda x: _one(places=f"{x} persons/year"),
    ),
)


class Sign(NamedTuple):
    """A sign that was stated before the panel was looked at."""

    lever: str
    outcome: str
    sign: int
    """1: more of the lever raises the outcome; -1: lowers it; 0: both stated, the evidence disagrees."""
    source: str


_LEVERS, _PATTERNS = "MODEL.md section 4", "MODEL.md section 7.5"
SIGNS: tuple[Sign, ...] = (
    Sign("border_enforcement", "flow_agadez_seguedine", -1, f"{_PATTERNS}; law 2015-36"),
    Sign("border_enforcement", "deaths_sahara_per_1000_crossings", 1, _PATTERNS),
    Sign("border_enforcement", "arrests", 1, _LEVERS),
    Sign("border_enforcement", "fares_per_leg", 1, _LEVERS),
    Sign("anti_smuggling", "fares_per_leg", 1, _LEVERS),
    Sign("anti_smuggling", "deaths_sahara_per_1000_crossings", 0, "pursuit against escort"),
    Sign("anti_smuggling", "deaths_sea_per_1000_attempts", 0, "pursuit against escort"),
    Sign("legal_pathways", "admissions", 1, _LEVERS),
    Sign("legal_pathways", "sea_attempts", -1, "refusals go with irregular entries"),
    Sign("detention", "detentions", 1, _LEVERS),
    Sign("detention", "detention_person_days", 1, _LEVERS),
    Sign("services", "served", 1, _LEVERS),
    Sign("services", "unmet_need", -1, _LEVERS),
    Sign("services", "unmet_need_share", -1, _LEVERS),
    Sign("firewall", "served", 1, "fear keeps people from help"),
    Sign("search_and_rescue", "deaths_sea_per_1000_attempts", -1, _PATTERNS),
    Sign("search_and_rescue", "sea_attempts", 0, "no pull effect found, better odds"),
    Sign("interception", "interceptions", 1, _LEVERS),
    Sign("interception", "detention_person_days", 1, _PATTERNS),
    Sign("interception", "repeat_attempts", 1, _PATTERNS),
    Sign("returns", "returns_assisted", 1, _LEVERS),
    Sign("free_movement", "arrests", -1, _LEVERS),
    Sign("information", "belief_gap", -1, "MODEL.md section 3.7"),
    Sign("regional_protection", "referred", 1, _LEVERS),
    Sign("regional_protection", "served", 1, _LEVERS),
    Sign("relocation", "relocated", 1, _LEVERS),
)
