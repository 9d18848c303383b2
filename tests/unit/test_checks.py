"""Warnings: what is allowed but worth a look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulation import load_scenario
from simulation.spec.checks import Finding, check_scenario
from simulation.spec.load import dump_scenario, scenario_from_dict

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"


def findings_after(change: Callable[[dict[str, Any]], None], name: str = "fork") -> list[Finding]:
    data = dump_scenario(load_scenario(TINY / name / f"{name}.yaml"))
    change(data)
    return check_scenario(scenario_from_dict(data))


def lonely_place(data: dict[str, Any]) -> None:
    data["places"].append(data["places"][1] | {"id": "nowhere"})


def late_lever(data: dict[str, Any]) -> None:
    data["document"]["levers"]["interception"].append({"from": "2030-01-01", "intensity": 1.0})


def wild_parameter(data: dict[str, Any]) -> None:
    data["document"]["parameters"]["discount"] = 0.1


def misspelt_zone(data: dict[str, Any]) -> None:
    data["risks"].append(data["risks"][0] | {"zone": "raod"})


def misspelt_vehicle_zone(data: dict[str, Any]) -> None:
    data["vehicle_risks"].append(data["vehicle_risks"][0] | {"zone": "snad"})


def year_without_journeys(data: dict[str, Any]) -> None:
    data["streams"] = data["streams"][:1]


def unused_parameter(data: dict[str, Any]) -> None:
    data["parameters"].append(data["parameters"][0] | {"name": "luck"})


def lost_source(data: dict[str, Any]) -> None:
    data["legs"][0]["source"] = "iom_2016 nowhere_2017"
    data["legs"][1]["source"] = "iom_2016"


def scope_of_no_leg(data: dict[str, Any]) -> None:
    data["document"]["levers"]["legal_pathways"].append(
        {"scope": {"pathways": ["family"]}, "quota_factor": 2.0}
    )


WARNINGS = {
    "lonely place": (lonely_place, ("places", 4, "id"), "nobody can reach nowhere from any entry"),
    "late lever": (
        late_lever,
        ("document", "levers", "interception", 0),
        "is outside the period, 2015-01-01",
    ),
    "wild parameter": (wild_parameter, ("document", "parameters", "discount"), "0.1 is outside the range"),
    "misspelt zone": (
        misspelt_zone,
        ("risks", 6, "zone"),
        "no row of legs.csv has zone raod for setting leg",
    ),
    "vehicle zone": (
        misspelt_vehicle_zone,
        ("vehicle_risks", 4, "zone"),
        "no leg with vehicles has zone snad",
    ),
    "year": (year_without_journeys, ("streams",), "nobody starts in 2016, a year of the period"),
    "parameter": (unused_parameter, ("parameters", -1, "name"), "the model has no parameter luck"),
    "source": (
        lost_source,
        ("legs",),
        "names sources that sources.csv does not have: iom_2016, nowhere_2017",
    ),
    "scope": (
        scope_of_no_leg,
        ("document", "levers", "legal_pathways", 0, "scope", "pathways", 0),
        "no leg is a family pathway",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_doubtful_scenario_gives_one_warning(name: str) -> None:
    change, where, message = WARNINGS[name]
    (finding,) = findings_after(change)
    assert finding.severity == "warning"
    assert message in finding.message
    assert (finding.where[0], finding.where[2:]) == (where[0], where[2:])
    assert finding.where == where or where[1:2] == (-1,)


def test_boats_without_a_way_back_are_noted_once() -> None:
    def no_pullback(data: dict[str, Any]) -> None:
        data["legs"] = [leg for leg in data["legs"] if leg["purpose"] != "interception"]

    (finding,) = findings_after(no_pullback, "sea")
    assert (
        "no interception leg starts at high_sea: boats of leg coast_high_sea are never pulled back"
        in finding.message
    )


def test_an_entry_without_a_way_out_is_an_error() -> None:
    def cut(data: dict[str, Any]) -> None:
        data["legs"] = [leg for leg in data["legs"] if leg["origin"] != "home"]

    errors = [finding for finding in findings_after(cut) if finding.severity == "error"]
    assert [finding.message for finding in errors] == ["no leg leaves home, where stream locals starts"]


def test_errors_come_first() -> None:
    def both(data: dict[str, Any]) -> None:
        lonely_place(data)
        data["composition"][0]["region"] = 0.5

    assert [finding.severity for finding in findings_after(both)] == ["error", "warning"]


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ({"female_low": 0.9, "female_high": 1.0}, "does not hold: female_low 0.9 <= female "),
        ({"female_low": 0.0}, "is empty, but the other end of its range is given"),
    ],
)
def test_an_optional_range_holds_the_value_or_is_an_error(ends: dict[str, float], message: str) -> None:
    def give(data: dict[str, Any]) -> None:
        data["composition"][0] |= ends

    (finding,) = findings_after(give)
    assert finding.severity == "error"
    assert message in finding.message


def test_an_optional_range_around_the_value_is_fine() -> None:
    def give(data: dict[str, Any]) -> None:
        data["composition"][0] |= {"female_low": 0.0, "female_high": 1.0}

    assert findings_after(give) == []


def errors_after(change: Callable[[dict[str, Any]], None]) -> list[str]:
    return [f.message for f in findings_after(change) if f.severity == "error"]


def test_a_risk_group_has_people_and_there_are_few() -> None:
    def unknown(data: dict[str, Any]) -> None:
        said = {"source": "assumed: test map", "confidence": "assumed", "value": 2.0, "low": 2.0, "high": 2.0}
        data["relative_risks"] = [
            {"outcome": "death", "sex": sex, "age": "adult", "risk_group": group, **said}
            for sex, group in (("female", "all"), ("male", "nobody"))
        ]

    def many(data: dict[str, Any]) -> None:
        row = data["composition"][0]
        data["composition"] += [row | {"stream": f"s{k}", "risk_group": f"group{k}"} for k in range(4)]

    assert errors_after(unknown) == ["no stream of composition.csv has risk group nobody"]
    assert errors_after(many) == ["has 5 risk groups; at most 4"]


def test_shares_of_services_add_to_all() -> None:
    def short(data: dict[str, Any]) -> None:
        said = {"relief": 0.3, "source": "assumed: test map", "confidence": "assumed"}
        data["services"] = [
            {"service": "health", "capacity_share": 0.5, "need_share": 0.4, **said},
            {"service": "basic", "capacity_share": 0.5, "need_share": 0.4, **said},
        ]

    assert errors_after(short) == ["need_share must add to 1; it adds to 0.8"]
