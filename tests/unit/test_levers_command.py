"""The verb levers: every lever with keys, objectives and unit costs, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from small_worlds import SCENARIOS

from experiments.cli import main
from simulation.spec.gcm import GCM_OBJECTIVES
from simulation.spec.levers import LeverEntry, Levers

HISTORY = SCENARIOS / "central_mediterranean" / "niger_enforcement_2016.yaml"


def levers(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["levers", *map(str, arguments)])


@pytest.fixture(scope="module")
def listed() -> list[dict[str, Any]]:
    done = levers(HISTORY, "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_all_thirteen_levers_are_listed(listed: list[dict[str, Any]]) -> None:
    assert [lever["lever"] for lever in listed] == list(Levers.model_fields)
    assert len(listed) == 13


def test_every_key_has_a_value_a_default_and_a_meaning(listed: list[dict[str, Any]]) -> None:
    for lever in listed:
        kind = Levers.model_fields[lever["lever"]].annotation.__args__[0]  # type: ignore[union-attr]
        assert [key["key"] for key in lever["keys"]] == [
            field for field in kind.model_fields if field not in LeverEntry.model_fields
        ]
        assert all(key[part] for key in lever["keys"] for part in ("value", "default", "meaning"))
        assert lever["changes"]
        assert lever["scope"]


def test_every_lever_names_its_objectives(listed: list[dict[str, Any]]) -> None:
    assert sorted(GCM_OBJECTIVES) == list(range(1, 24))
    for lever in listed:
        assert lever["gcm"], lever["lever"]
        for objective in lever["gcm"]:
            assert objective["title"] == GCM_OBJECTIVES[objective["objective"]]


def test_a_scenario_adds_costs_with_ranges_and_settings_over_time(listed: list[dict[str, Any]]) -> None:
    for lever in listed:
        assert [cost["item"] for cost in lever["costs"]] == lever["cost_items"]
        assert all(cost["low"] <= cost["value"] <= cost["high"] for cost in lever["costs"])
    entries = next(lever["entries"] for lever in listed if lever["lever"] == "border_enforcement")
    assert entries
    assert all(entry["from"] < entry["to"] for entry in entries)
    assert all(0 <= entry["settings"]["intensity"] <= 1 for entry in entries)


def test_the_list_reads_as_text() -> None:
    done = levers()
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line for line in lines if line in Levers.model_fields] == list(Levers.model_fields)
    assert "  GCM 13 detention only as a last resort, alternatives" in lines
    assert not any(line.startswith("  in force") for line in lines)
    with_scenario = levers(HISTORY).stdout
    assert "  in force" in with_scenario
    assert "e+" not in with_scenario, "money is written out"


def test_a_wrong_scenario_is_said_in_one_line() -> None:
    done = levers("nowhere.yaml")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == "nowhere.yaml: does not exist"
