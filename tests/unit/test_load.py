"""Inheritance, merging and the exact round trip of scenarios."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from simulation import load_scenario
from simulation.errors import ScenarioError
from simulation.spec.load import dump_scenario, load_with_warnings, scenario_from_dict

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"
ALL_TINY = sorted(TINY.glob("*/*.yaml"))


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY / "fork", tmp_path / "maps" / "fork"))


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", ALL_TINY, ids=lambda file: file.stem)
def test_tiny_maps_load_without_a_warning(file: Path) -> None:
    _, warnings = load_with_warnings(file)
    assert [str(warning) for warning in warnings] == []


@pytest.mark.parametrize("file", ALL_TINY, ids=lambda file: file.stem)
def test_a_dump_goes_through_json_and_comes_back_the_same(file: Path) -> None:
    scenario = load_scenario(file)
    dump = json.loads(json.dumps(dump_scenario(scenario), allow_nan=False))
    assert scenario_from_dict(dump) == scenario
    assert dump_scenario(scenario_from_dict(dump)) == dump


def test_quantities_are_dumped_with_their_unit(fork: Path) -> None:
    levers = "levers: {detention: [{time_limit: 3 months}], legal_pathways: [{quota: 100 persons/month}]}"
    scenario = load_scenario(write(fork / "x.yaml", f"base: fork.yaml\nscenario: x\ntitle: x\n{levers}\n"))
    dump = dump_scenario(scenario)
    assert dump["document"]["levers"]["detention"][0]["time_limit"] == "91.3125 days"
    assert dump["document"]["levers"]["legal_pathways"][0]["quota"].endswith(" persons/day")
    assert scenario_from_dict(json.loads(json.dumps(dump))) == scenario


def test_a_dump_of_something_else_is_refused() -> None:
    with pytest.raises(ScenarioError, match="document: is missing"):
        scenario_from_dict({"places": []})


def test_a_variant_inherits_what_it_does_not_say(fork: Path) -> None:
    base, variant = load_scenario(fork / "fork.yaml"), load_scenario(fork / "enforcement.yaml")
    assert variant.document.scenario == "fork_enforcement"
    assert variant.document.period == base.document.period
    assert variant.legs == base.legs
    (lever,) = variant.document.levers.border_enforcement
    assert (lever.start, lever.end, lever.intensity) == (date(2016, 1, 1), None, 0.8)


def test_lever_entries_append_and_the_rest_replaces(fork: Path) -> None:
    middle = """
base: enforcement.yaml
scenario: middle
title: middle
period: {end: 2018-12-31}
levers: {border_enforcement: [{from: 2017-01-01, intensity: 0.2}], services: [{capacity_factor: 2}]}
closures: [{legs: [home_gate]}]
parameters: {discount: 0.8, stay_utility: -1.5}
"""
    top = "base: middle.yaml\nscenario: top\ntitle: top\nclosures: []\nparameters: {discount: 0.95}\n"
    write(fork / "middle.yaml", middle)
    document = load_scenario(write(fork / "top.yaml", top)).document
    assert [entry.intensity for entry in document.levers.border_enforcement] == [0.8, 0.2]
    assert len(document.levers.services) == 1
    assert document.closures == ()
    assert document.parameters == {"discount": 0.95, "stay_utility": -1.5}
    assert (document.period.start, document.period.end) == (date(2015, 1, 1), date(2018, 12, 31))


def test_the_name_of_a_scenario_is_not_inherited(fork: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(fork / "x.yaml", "base: fork.yaml\nseed: 3\n"))
    assert [(problem.file.name, problem.key) for problem in caught.value.problems] == [
        ("x.yaml", "scenario"),
        ("x.yaml", "title"),
    ]


def test_a_base_and_its_tables_may_lie_in_a_folder_beside(fork: Path) -> None:
    file = write(fork.parent / "mine" / "mine.yaml", "base: ../fork/fork.yaml\nscenario: mine\ntitle: mine\n")
    assert load_scenario(file).places == load_scenario(fork / "fork.yaml").places


def test_tables_are_relative_to_the_file_that_names_them(fork: Path) -> None:
    text = (fork / "fork.yaml").read_text(encoding="utf-8") + "tables: data\n"
    (fork / "data").mkdir()
    for table in fork.glob("*.csv"):
        table.rename(fork / "data" / table.name)
    write(fork / "fork.yaml", text)
    file = write(fork.parent / "mine" / "mine.yaml", "base: ../fork/fork.yaml\nscenario: mine\ntitle: mine\n")
    assert len(load_scenario(file).places) == 4


def test_yaml_reads_as_version_1_2(fork: Path) -> None:
    text = "base: fork.yaml\nscenario: NO\ntitle: off\ndescription: 12:30\nparameters: {discount: 9e-1}\n"
    document = load_scenario(write(fork / "x.yaml", text)).document
    assert (document.scenario, document.title, document.description) == ("NO", "off", "12:30")
    assert document.parameters == {"discount": 0.9}


def test_a_byte_order_mark_is_no_problem(fork: Path) -> None:
    for name in ("fork.yaml", "places.csv"):
        (fork / name).write_bytes(b"\xef\xbb\xbf" + (fork / name).read_bytes())
    assert load_scenario(fork / "fork.yaml") == load_scenario(TINY / "fork" / "fork.yaml")


def test_line_ends_of_other_systems_are_no_problem(fork: Path) -> None:
    for file in fork.iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_scenario(fork / "fork.yaml") == load_scenario(TINY / "fork" / "fork.yaml")
