"""The ODD names everything that the model has: a name that is added to the code must be explained there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_worlds import tiny

from simulation import run
from simulation.kernels.layout import Event, Status
from simulation.observables import COUNTED, RATES, outcome_cells
from simulation.phases import DAY
from simulation.spec.models import PARAMETER_NAMES, Coupling, LeverEntry, Levers, Scenario, VehicleRisk
from simulation.world.routes import OUTCOMES

DOCS = Path(__file__).parents[2] / "docs"
ODD = (DOCS / "ODD.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z0-9_.]+)`", ODD))


def lever_keys() -> set[str]:
    """Return the keys of every lever beside its dates, scope and source."""
    entries = [field.annotation.__args__[0] for field in Levers.model_fields.values()]
    return {key for entry in entries for key in entry.model_fields} - set(LeverEntry.model_fields)


NAMES = {
    "levers": set(Levers.model_fields),
    "keys of levers": lever_keys(),
    "statuses": {status.name.lower() for status in Status},
    "events": {event.name.lower() for event in Event},
    "harms": set(OUTCOMES),
    "outcomes": {*COUNTED, *RATES, *outcome_cells(run(tiny("line"), scale=0.1))},
    "parameters": set(PARAMETER_NAMES),
    "phases of a day": {phase.__name__ for phase in DAY},
    "couplings": set(Coupling.model_fields),
    "tables": set(Scenario.model_fields) - {"document"},
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_name_is_explained(kind: str) -> None:
    assert NAMES[kind], kind
    assert sorted(NAMES[kind] - NAMED) == []


def test_every_quantity_of_vehicles_is_explained() -> None:
    quantities = VehicleRisk.model_fields["quantity"].annotation.__args__
    assert [q for q in quantities if q not in ODD] == []


def test_all_seven_elements_are_there() -> None:
    titles = re.findall(r"^## (\d)\. (.+)$", ODD, flags=re.MULTILINE)
    assert [title for _, title in titles[:7]] == [
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    ]


def test_the_architecture_names_files_that_exist() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:simulation|experiments|tests|docs)/[\w/.*]+)`", text)
    assert len(named) > 12
    assert [name for name in named if not list(DOCS.parent.glob(name.rstrip("/")))] == []


def test_the_day_is_described_in_its_order() -> None:
    order = [phase.__name__ for phase in DAY]
    for text in (ODD, (DOCS / "architecture.md").read_text(encoding="utf-8")):
        places = [text.index(f"`{name}`") for name in order]
        assert places == sorted(places)


@pytest.mark.parametrize("page", ["ODD.md", "architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []
