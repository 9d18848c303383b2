"""Where the evidence disagrees, the ranges of parameters.csv hold both answers, or none and some.

Chances of death and of a start are read from the tables of the first day: no statistical error. Deterrence compares
who starts, person by person, with the same luck: exact as well.
"""

from __future__ import annotations

import numpy as np
import pytest
from arms import SEED, death_chances

from experiments.dose_levers import Entries, add_entries
from experiments.pattern_runs import base
from experiments.pattern_statements import settings
from simulation.kernels.layout import Event
from simulation.model import RouteModel
from simulation.spec.models import Period

CONTROLS = settings(
    "border_enforcement", scope={"countries": ["MLI", "NER", "TCD", "SDN", "DZA"]}, intensity=0.8
)
PURSUIT = settings("anti_smuggling", intensity=1.0)


def ends(name: str) -> tuple[float, float]:
    """Return the range of a parameter in parameters.csv."""
    row = next(row for row in base().parameters if row.name == name)
    return row.low, row.high


def is_kind(mode: str, control: str) -> np.ndarray:
    """Return (L,) irregular legs of a mode in Niger (desert) or off Libya (sea), but for e039: 30 km without peril."""
    origin = "NER" if mode == "desert" else "LBY"
    country = {place.id: place.country for place in base().places}
    return np.array(
        [
            leg.mode == mode and leg.control == control and leg.purpose == "irregular"
            and country[leg.origin] == origin and leg.id != "e039"
            for leg in base().legs
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "entries", "where"),
    [
        ("main_peril_full", CONTROLS, is_kind("desert", "main")),
        ("bypass_peril_full", CONTROLS, is_kind("desert", "bypass")),
        ("anti_smuggling_peril", PURSUIT, is_kind("desert", "main")),
        ("anti_smuggling_peril", PURSUIT, is_kind("sea", "main")),
    ],
    ids=["escort or pursuit", "tracks", "pursuit by road", "pursuit by boat"],
)
def test_policy_can_make_a_way_safer_or_deadlier(name: str, entries: Entries, where: np.ndarray) -> None:
    low, high = ends(name)
    assert low < 1.0 < high
    for value, sign in ((low, -1), (high, 1)):
        change = death_chances(name, value, entries) - death_chances(name, value, {})
        assert where.any()
        assert (np.sign(change[where]) == sign).all()


def test_rescue_can_make_boats_worse_or_better() -> None:
    """With boats of unchanged state (weight 0) as the measure: rescue above the reference moves them either way."""
    low, high = ends("market_rescue_quality")
    assert low < 0.0 < high
    rescue = settings("search_and_rescue", coverage=1.0)
    same = death_chances("market_rescue_quality", 0.0, rescue)
    sea = is_kind("sea", "main")
    assert (death_chances("market_rescue_quality", low, rescue)[sea] < same[sea]).all()
    assert (death_chances("market_rescue_quality", high, rescue)[sea] > same[sea]).all()


def test_enforcement_can_deter_some_or_nobody() -> None:
    low, high = ends("deterrence_elasticity")
    assert low == 0.0
    assert started(low, CONTROLS) == started(low, {})
    assert started(high, CONTROLS) < started(high, {})


def started(elasticity: float, entries: Entries) -> int:
    """Return how many of the same people start within a month."""
    scenario = base()
    first = scenario.document.period.start
    month = Period(start=first, departures_end=first.replace(day=31), end=first.replace(day=31))
    document = scenario.document.model_copy(update={"period": month})
    rows = tuple(
        row.model_copy(update={"value": elasticity}) if row.name == "deterrence_elasticity" else row
        for row in scenario.parameters
    )
    cut = scenario.model_copy(update={"document": document, "parameters": rows})
    model = RouteModel(add_entries(cut, entries, since=first), seed=SEED, scale=0.02, threads=1)
    while model.running:
        model.step()
    counts = model.counts()
    return int(counts.event_count[counts.event_kind == Event.STARTED].sum())


def attempts(risk_weight: float, coverage: float) -> int:
    """Return attempts to cross the sea in a year with so much weight on the chance of death, and so much rescue."""
    scenario = base()
    first = scenario.document.period.start
    year = Period(start=first, departures_end=first.replace(month=12), end=first.replace(month=12, day=31))
    document = scenario.document.model_copy(update={"period": year})
    rows = tuple(
        row.model_copy(update={"value": risk_weight}) if row.name == "risk_weight" else row
        for row in scenario.parameters
    )
    cut = scenario.model_copy(update={"document": document, "parameters": rows})
    entries = settings("search_and_rescue", coverage=coverage)
    model = RouteModel(add_entries(cut, entries, since=first), seed=SEED, scale=0.02, threads=1)
    while model.running:
        model.step()
    counts = model.counts()
    return int(counts.event_count[counts.event_kind == Event.SEA_ATTEMPT].sum())


def test_rescue_can_draw_many_to_sea_or_hardly_anybody() -> None:
    """Evidence finds no pull (evidence file 5); people who weigh the risk they know would be drawn.

    Counted with the same luck; 3 standard deviations of the relative change between two such runs are below 0.08
    (some 2,600 attempts each, at least half of them the same people's).
    """
    low, high = ends("risk_weight")
    few = attempts(low, 1.0) / attempts(low, 0.0) - 1.0
    many = attempts(high, 1.0) / attempts(high, 0.0) - 1.0
    assert few < 0.2
    assert many > 0.5
