"""Whatever is thrown at the loader, it answers with a scenario or problems; a dump comes back exact."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import load_scenario
from simulation.errors import ScenarioError
from simulation.spec.load import dump_scenario, scenario_from_dict
from simulation.spec.models import BorderEnforcement, Detention, LegalPathways
from simulation.spec.yaml_tree import read_tree
from simulation.units import UNITS, parse_quantity

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"
FORK = load_scenario(TINY / "fork" / "fork.yaml")

amounts = st.floats(0, 1e6, allow_nan=False)
shares = st.floats(0, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(TINY / "fork", tmp_path_factory.mktemp("maps") / "fork"))


@given(limit=amounts, quota=amounts, intensity=shares, value=amounts)
def test_every_bit_of_a_number_survives_a_dump(
    limit: float, quota: float, intensity: float, value: float
) -> None:
    levers = FORK.document.levers.model_copy(
        update={
            "detention": (Detention(time_limit=f"{limit!r} days"),),
            "legal_pathways": (LegalPathways(quota=f"{quota!r} persons/day"),),
            "border_enforcement": (BorderEnforcement(intensity=intensity),),
        }
    )
    document = FORK.document.model_copy(update={"levers": levers, "parameters": {"discount": value}})
    scenario = FORK.model_copy(update={"document": document})
    back = scenario_from_dict(json.loads(json.dumps(dump_scenario(scenario))))
    assert back == scenario
    assert back.document.levers.detention[0].time_limit == limit


@given(amount=st.floats(0, 1e9), unit=st.sampled_from([(m, u) for m, units in UNITS.items() for u in units]))
def test_quantities_scale_with_their_unit(amount: float, unit: tuple[str, str]) -> None:
    model_unit, written = unit
    assert parse_quantity(f"{amount!r} {written}", model_unit) == amount * UNITS[model_unit][written]


@given(text=st.text(max_size=200))
def test_any_text_is_a_tree_or_problems(folder: Path, text: str) -> None:
    file = folder / "any.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        assert isinstance(read_tree(file).plain(), dict)
    except ScenarioError as error:
        assert error.problems


words = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
KEYS = """scenario title period start end from to seed levers detention interception intensity scope places
closures legs parameters discount coupling tables base x"""
keys = st.sampled_from(KEYS.split())
documents = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=15
)


@given(document=st.dictionaries(keys, documents, max_size=8))
def test_any_document_is_a_scenario_or_problems_with_a_file(
    folder: Path, document: dict[str, object]
) -> None:
    # JSON is YAML, but for its infinities; the loader must take whatever stands below known keys.
    file = folder / "any.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    try:
        load_scenario(file)
    except ScenarioError as error:
        assert error.problems
        assert all(problem.message for problem in error.problems)


@given(
    cells=st.lists(st.text(max_size=6), min_size=1, max_size=12),
    row=st.integers(1, 4),
    column=st.integers(0, 17),
)
def test_any_cell_is_a_scenario_or_problems(folder: Path, cells: list[str], row: int, column: int) -> None:
    table = folder / "places.csv"
    original = (TINY / "fork" / "places.csv").read_text(encoding="utf-8")
    lines = [line.split(",") for line in original.splitlines()]
    for offset, cell in enumerate(cells):
        lines[row][(column + offset) % 18] = cell
    table.write_text("\n".join(map(",".join, lines)), encoding="utf-8", errors="surrogatepass")
    try:
        scenario = load_scenario(folder / "fork.yaml")
        assert all(math.isfinite(place.latitude) for place in scenario.places)
    except ScenarioError as error:
        assert error.problems
    finally:
        table.write_text(original, encoding="utf-8")
