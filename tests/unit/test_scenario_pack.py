"""Deterministic: every scenario of the pack loads, says who asks for it and what it touches, and changes policy."""

from __future__ import annotations

import csv
import re
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from small_worlds import SCENARIOS, changed

from simulation.allotment import roomiest
from simulation.institutions import LeverBook
from simulation.model import RouteModel
from simulation.spec.load import load_with_warnings
from simulation.spec.models import LeverEntry, Levers, Scenario
from simulation.world.policy import Settings

ROUTE = SCENARIOS / "central_mediterranean"
BASE = ROUTE / "pack" / "status_quo.yaml"
PACK = {file.stem: file for file in sorted((ROUTE / "pack").glob("*.yaml")) if file != BASE}
ASKED_FOR = {
    "deterrence_package",
    "protection_package",
    "safe_pathways_children_families",
    "relocation_10000",
    "detention_last_resort",
    "services_firewall",
    "rescue_restored",
    "regional_protection_ecowas",
    "end_of_containment",
    "budget_returns_300_pathways_3",
    "budget_pathways_300_returns_3",
    "budget_services_rescue_303",
}
EQUAL_BUDGET = sorted(name for name in ASKED_FOR if name.startswith("budget_"))
CHANGE = date(2017, 1, 1)  # the first day on which the pack may differ from the status quo
DAYS = (CHANGE, date(2017, 9, 15), date(2018, 9, 1), date(2018, 12, 31), date(2019, 12, 31))
OFF_LIBYA = [f"e{n:03}" for n in range(98, 109)]


@cache
def loaded(file: Path) -> Scenario:
    """Return a scenario of the pack."""
    return load_with_warnings(file)[0]


def own_settings(name: str) -> list[tuple[str, int, LeverEntry]]:
    """Return (lever, index in the merged list, entry) of every setting that a file adds to the status quo."""
    base, variant = loaded(BASE).document.levers, loaded(PACK[name]).document.levers
    return [
        (lever, index, entry)
        for lever in Levers.model_fields
        for index, entry in enumerate(getattr(variant, lever))
        if index >= len(getattr(base, lever))
    ]


@cache
def institutions() -> RouteModel:
    """Return a model whose institutions may carry out any scenario of the pack; it has hardly any people."""
    return RouteModel(loaded(BASE), scale=0.0001, threads=1)


def policy(scenario: Scenario, today: date) -> dict[str, np.ndarray]:
    """Return every setting of every leg and place on a day, as the institutions make it of the levers."""
    model = institutions()
    model.scenario = scenario
    book = LeverBook(scenario, model.routes)
    for institution in model.institutions:
        institution.book = book
        institution.act(today)
    return {field.name: getattr(model.settings, field.name).copy() for field in fields(Settings)}


def differ(one: Scenario, other: Scenario, today: date) -> set[str]:
    """Return the settings in which two scenarios differ on a day."""
    here, there = policy(one, today), policy(other, today)
    return {name for name in here if not np.array_equal(here[name], there[name])}


def test_the_pack_holds_what_the_debate_asks_for() -> None:
    assert set(PACK) == ASKED_FOR


@pytest.mark.parametrize("name", ["status_quo", *PACK])
def test_checks_find_nothing_but_remarks_on_the_tables(name: str) -> None:
    scenario, warnings = load_with_warnings(BASE.with_stem(name))
    assert {warning.file.suffix for warning in warnings} <= {".csv"}, warnings
    assert scenario.document.scenario == name
    assert scenario.document.title
    assert scenario.document.period == loaded(BASE).document.period


@pytest.mark.parametrize("name", PACK)
def test_the_description_says_who_asks_what_is_assumed_and_the_objectives(name: str) -> None:
    text = loaded(PACK[name]).document.description
    assert len(text.split()) > 50
    assert "assumes" in text
    said = re.search(r"GCM objectives? ([\d, and]+)\.$", text)
    assert said, "the description ends with its GCM objectives"
    touched = {number for _, _, entry in own_settings(name) for number in entry.gcm}
    assert {int(number) for number in re.findall(r"\d+", said[1])} == touched


@pytest.mark.parametrize("name", PACK)
def test_every_setting_has_a_source_that_exists(name: str) -> None:
    with (ROUTE / "sources.csv").open(encoding="utf-8", newline="") as table:
        keys = {row["key"] for row in csv.DictReader(table)}
    assert own_settings(name)
    for lever, index, entry in own_settings(name):
        if entry.source.startswith("assumed: "):
            # Words that look like a key, such as iom_libya_r22, must be one.
            named = set(re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)*_[a-z]*\d+\b", entry.source))
        else:
            named = set(entry.source.split())
            assert named, f"{lever} {index} has no source"
        assert named <= keys, f"{lever} {index}: {named - keys}"


@pytest.mark.parametrize("name", PACK)
def test_every_setting_of_its_own_acts(name: str) -> None:
    """Without any one of its settings, policy would be different on some day; before 2017 nothing changes."""
    variant = loaded(PACK[name])
    assert not differ(variant, loaded(BASE), date(2016, 12, 31))
    for lever, index, _ in own_settings(name):
        entries = getattr(variant.document.levers, lever)
        kept = variant.document.levers.model_copy(update={lever: entries[:index] + entries[index + 1 :]})
        without = changed(variant, levers=kept)
        assert any(differ(variant, without, day) for day in DAYS), f"{lever} {index} changes nothing"


@pytest.mark.parametrize("name", EQUAL_BUDGET)
def test_budgets_are_equal(name: str) -> None:
    paid = [getattr(entry, "budget", None) or 0.0 for _, _, entry in own_settings(name)]
    assert sum(paid) == pytest.approx(303e6 * 1.11, rel=1e-9)
    assert {(entry.start, entry.end) for _, _, entry in own_settings(name)} == {(CHANGE, date(2018, 12, 31))}


def test_budgets_turned_round_swap_what_they_buy() -> None:
    base, day = policy(loaded(BASE), DAYS[2]), DAYS[2]
    bought = {}
    for name in ("budget_returns_300_pathways_3", "budget_pathways_300_returns_3"):
        now = policy(loaded(PACK[name]), day)
        returns = np.isfinite(now["return_capacity"])
        bought[name] = [
            now["return_capacity"][returns].sum() - base["return_capacity"][returns].sum(),
            (now["quota"] - base["quota"]).sum(),
        ]
    known, turned = bought.values()
    assert known[0] == pytest.approx(100 * turned[0])
    assert turned[1] == pytest.approx(100 * known[1])
    assert min(*known, *turned) > 0


def test_relocation_offers_ten_thousand_places() -> None:
    offered = policy(loaded(PACK["relocation_10000"]), CHANGE)["relocation"].sum() * 730
    assert offered == pytest.approx(10_000, rel=0.001)


@pytest.mark.parametrize("day", DAYS)
def test_the_end_of_containment_ends_it(day: date) -> None:
    now, routes = policy(loaded(PACK["end_of_containment"]), day), institutions().routes
    off_libya = [routes.leg_index[leg] for leg in OFF_LIBYA]
    assert now["interception"][off_libya].max() == 0.0
    assert now["anti_smuggling"].max() == 0.0
    assert [routes.legs[i].id for i in np.flatnonzero(now["closed"])] == ["e052"]


def test_who_finds_no_room_in_detention_is_not_held_at_sea() -> None:
    """A sea zone without a detention_capacity would be the roomiest place of Libya, and a way on to Europe."""
    model = institutions()
    room = np.where(np.isfinite(model.reference.detention_capacity), 0, 10**6).astype(np.int64)
    elsewhere = roomiest(model.routes, room)
    assert model.routes.is_sea_zone[elsewhere[elsewhere >= 0]].max() == 0
    assert elsewhere[model.routes.place_index["tripoli"]] != model.routes.place_index["sea_tripolitania"]


@pytest.mark.parametrize("day", DAYS)
def test_ecowas_lifts_controls_inside_the_bloc_only(day: date) -> None:
    now, base = policy(loaded(PACK["regional_protection_ecowas"]), day), policy(loaded(BASE), day)
    routes = institutions().routes
    inside, across = (
        routes.leg_index["e021"],
        routes.leg_index["e025"],
    )  # from Agadez; over the border to Libya
    assert now["control"][inside] == 0.0 < base["control"][inside]
    assert now["control"][across] == base["control"][across] == 0.8
