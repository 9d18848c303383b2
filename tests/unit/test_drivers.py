"""The driver chart and its table: every number has words, a confidence and data that would settle it."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from synthetic_runs import build_scenario, synthetic_model

from experiments.collect import Values
from experiments.compare import compare
from experiments.design import Design, DesignSpec, make_design
from experiments.pictures import house_style
from experiments.plan import Plan
from experiments.sensitivity import analyse_sensitivity
from experiments.sensitivity.analyse import compute_sensitivity
from experiments.sensitivity.drivers import MOST_LEADS, build_sections, describe_drivers, rank_data, say_index
from experiments.sensitivity.factors import describe_factors
from experiments.sensitivity.numbers import FROM_FIRM_TO_WEAK, find_numbers, find_weakest
from experiments.sensitivity.page import write_page
from experiments.sensitivity.picture import draw_drivers
from experiments.sensitivity.settling import BY_PARAMETER, find_settling
from experiments.sensitivity.words import say_number_name
from simulation.errors import ResultError
from simulation.spec.load import load_scenario
from simulation.spec.parameters import PARAMETER_NAMES
from simulation.world.draws import find_uncertain

SHIPPED = Path(__file__).parents[2] / "scenarios" / "central_mediterranean"
ARM = "niger_enforcement_2016"
NAMES = ("deaths", "sgbv", "violence", "detention_person_days")


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(SHIPPED / "baseline.yaml")


@pytest.fixture(scope="module")
def variant():
    return load_scenario(SHIPPED / f"{ARM}.yaml")


def values_of(design, noise=1.0):
    """Return what a linear model gives: three factors drive the difference, the first most; one never varies."""
    rng = np.random.default_rng(2)
    rows = pd.DataFrame([[name, *["all"] * 4] for name in NAMES], columns=[
        "outcome", "scope_kind", "scope", "group_kind", "group"])  # fmt: skip
    n = design.n_replicates
    effect = np.zeros(len(design.factors))
    effect[:3] = (60, 30, -15)
    luck = noise * rng.standard_normal((4, 2, n)) * (design.seeds == "own")
    seeds = noise * rng.standard_normal((4, 2, 8))
    value = {
        ("total", "baseline"): 300 + luck[:, 0],
        ("total", ARM): 320 + design.points @ effect + luck[:, 1],
        ("monte_carlo", "baseline"): 300 + seeds[:, 0],
        ("monte_carlo", ARM): 320 + seeds[:, 1],
    }
    for table in value.values():
        table[3] = 0.0
    return Values(rows, value, {key: np.full(table.shape, 40.0) for key, table in value.items()})


def plan_of(scenario, variant, spec, replicates=None):
    design = make_design([scenario, variant], spec, 5, replicates)
    return Plan(scenario, (variant,), design.n_replicates, 5, 0.01, design=design, seeds_only=8)


def test_numbers_are_those_that_are_drawn(scenario):
    assert set(find_numbers(scenario)) == set(find_uncertain(scenario))


@pytest.mark.parametrize("path", sorted((SHIPPED / "pack").glob("*.yaml"))[:3])
def test_numbers_of_other_scenarios_are_those_that_are_drawn(path):
    scenario = load_scenario(path)
    assert set(find_numbers(scenario)) == set(find_uncertain(scenario))


def test_every_number_has_words_a_confidence_and_data_that_would_settle_it(scenario):
    numbers = find_numbers(scenario)
    meanings = {row.name: row.meaning for row in scenario.parameters}
    words = [say_number_name(name, meanings) for name in numbers]
    assert len(set(words)) == len(words)
    assert not [text for text in words if ":" in text or "_" in text or not text[0].isupper()]
    assert not [name for name in numbers if find_settling(name).kind == "other"]
    assert {number.confidence for found in numbers.values() for number in found} <= set(FROM_FIRM_TO_WEAK)
    assert set(BY_PARAMETER) == set(PARAMETER_NAMES)


def test_words_and_data_of_some_numbers(scenario):
    meanings = {row.name: row.meaning for row in scenario.parameters}
    assert (
        say_number_name("risk:libya_west:detention:violence", meanings)
        == "Physical violence in detention, Libya west"
    )
    assert say_number_name("stream:nigeria_benin_city", meanings) == "Journeys from Nigeria, from Benin City"
    assert say_number_name("capacity:NER", meanings) == "Capacity of services in Niger"
    assert say_number_name("parameter:price_weight", meanings) == "How much a fare counts against a leg"
    assert find_settling("risk:libya_west:detention:violence").kind == "harm and time in custody"
    assert "Missing Migrants" in find_settling("risk:sea_tunisia:leg:death").data
    assert "4Mi" in find_settling("stay:hub").data


def test_a_factor_of_several_numbers_is_as_sure_as_its_weakest(scenario):
    members = ("parameter:price_weight", "vehicle:desert_main:peril")
    table = describe_factors([scenario], Design("random", ("both",), (members,), np.full((2, 1), 0.5)))
    row = table.iloc[0]
    assert row["words"] == "Both (2 numbers together)"
    assert row["confidence"] == "assumed"
    assert row["kind"] == "parameter of choice; peril and rescue"
    assert np.isnan(row["value"])
    one = describe_factors(
        [scenario], Design("random", members[1:], (members[1:],), np.full((2, 1), 0.5))
    ).iloc[0]
    (number,) = find_numbers(scenario)[members[1]]
    assert (one["value"], one["low"], one["high"]) == (number.value, number.low, number.high)
    assert "iom_missing_migrants" in one["sources"]
    assert find_weakest(["data", "recalled", "derived"]) == "recalled"


@pytest.mark.parametrize(
    ("spec", "replicates"),
    [
        (DesignSpec("morris", factors=("parameter:*_weight",), trajectories=6), None),
        (DesignSpec("saltelli", factors=("parameter:*_weight",), samples=16), None),
        (DesignSpec("latin_hypercube", factors=("parameter:*_weight",)), 30),
        (DesignSpec(), 12),
    ],
)
def test_the_chart_shows_the_drivers_and_nothing_is_cut(tmp_path, scenario, variant, spec, replicates):
    plan = plan_of(scenario, variant, spec, replicates)
    found = analyse_sensitivity(plan, values_of(plan.design), plan.design, tmp_path)
    assert sorted(path.name for path in found.paths) == sorted(path.name for path in tmp_path.iterdir())
    sections = build_sections(found, ARM)
    if spec.factors:  # what never varies has no section
        assert [section.outcome for section in sections] == ["deaths", "violence", "sgbv"]
        first = found.factors.iloc[0]
        assert all(section.drivers[0].words == first["words"] for section in sections)
        assert all(section.drivers[0].beyond == "yes" for section in sections)
        assert rank_data(sections)[0][0] in first["settled_by"]
    else:  # 722 numbers, 12 draws
        assert all(section.drivers[0].beyond == "yes" for section in sections)
        leads = [driver for section in sections for driver in section.drivers if driver.beyond == "no"]
        assert len(leads) <= MOST_LEADS * len(sections)
        assert not found.indices.loc[found.indices["factor"].str.startswith("cost:"), "value"].notna().any()
    text = (tmp_path / f"drivers_{ARM}.txt").read_text(encoding="utf-8")
    assert all(section.heading in text for section in sections)
    with house_style():
        figure = draw_drivers(plan, ARM, sections, plan.design)
        assert find_cut_texts(figure) == []
        assert find_overlaps(figure) == []


def find_cut_texts(figure):
    FigureCanvasAgg(figure).draw()
    renderer = figure.canvas.get_renderer()
    width, height = figure.bbox.width, figure.bbox.height
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.findobj(mpl.text.Text)]
    return [t for t, b in boxes if t.strip() and (b.x0 < 0 or b.y0 < 0 or b.x1 > width or b.y1 > height)]


def find_overlaps(figure):
    """Return pairs of texts of the figure (not of its axes) that lie on each other."""
    FigureCanvasAgg(figure).draw()
    renderer = figure.canvas.get_renderer()
    boxes = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.texts
        if text.get_text().strip()
    ]
    return [(a, b) for i, (a, one) in enumerate(boxes) for b, two in boxes[i + 1 :] if one.overlaps(two)]


def test_pictures_repeat_to_the_byte_and_files_are_whole(tmp_path, scenario, variant):
    plan = plan_of(scenario, variant, DesignSpec("morris", factors=("parameter:*_weight",), trajectories=4))
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found = analyse_sensitivity(plan, values_of(plan.design), plan.design, tmp_path / name)
        written.append({path.name: path.read_bytes() for path in found.paths})
    assert written[0] == written[1]
    table = pd.read_csv(tmp_path / "one" / "sensitivity.csv")
    assert {"deaths", "sgbv", "violence"} <= set(table["outcome"])
    assert set(table["measure"]) == {"mu_star", "mu", "sigma"}


def test_a_folder_that_is_not_there_is_one_clear_message(tmp_path, scenario, variant):
    plan = plan_of(scenario, variant, DesignSpec("morris", factors=("parameter:*_weight",), trajectories=4))
    with pytest.raises(ResultError, match="choose another place with --out"):
        analyse_sensitivity(plan, values_of(plan.design), plan.design, tmp_path / "nowhere")


def test_an_ordinary_comparison_of_enough_draws_says_what_it_goes_with(tmp_path):
    one, two = build_scenario(), build_scenario(ARM, enforcement=1.0)
    few, many = (compare(one, two, replicates=n, seed=5, model=synthetic_model()) for n in (7, 9))
    assert not (few.write(tmp_path / "few") / "sensitivity.csv").exists()
    folder = many.write(tmp_path / "many")
    table = pd.read_csv(folder / "sensitivity_outcomes.csv")
    assert set(table["method"]) == {"spearman"}
    assert (folder / f"drivers_{ARM}.png").is_file()
    assert not list(folder.glob(".*"))


def test_without_a_design_the_keyed_draws_are_read_back():
    one, two = build_scenario(), build_scenario(ARM, enforcement=1.0)
    plan = Plan(one, (two,), 9, 5, 1.0)
    design = make_design(plan.scenarios, DesignSpec(), 5, 9)
    found = analyse_sensitivity(plan, values_of(design), None)
    assert found.paths == ()
    assert found.factors["factor"].tolist() == list(find_uncertain(one))


def test_nothing_that_varies_is_said_so(scenario, variant):
    plan = plan_of(scenario, variant, DesignSpec("morris", factors=("parameter:*_weight",), trajectories=4))
    values = values_of(plan.design)
    values.value["total", ARM][:] = values.value["total", "baseline"]
    found = compute_sensitivity(
        values, list(plan.arms), plan.design, describe_factors(plan.scenarios, plan.design)
    )
    sections = build_sections(found, ARM)
    assert sections == []
    assert "nothing to explain" in " ".join(describe_drivers(sections, "baseline", ARM, plan.design))
    with house_style():
        assert find_cut_texts(draw_drivers(plan, ARM, sections, plan.design)) == []


def test_indices_are_said_as_they_are_read():
    assert [say_index("mu_star", 12.3), say_index("mu_star", 3.21), say_index("total", 0.456)] == [
        "12%",
        "3.2%",
        "46%",
    ]
    assert [say_index("prcc", -0.5), say_index("total", float("nan"))] == ["-0.50", "unknown"]


def test_the_page_on_sensitivity_is_in_step(scenario):
    page = Path(__file__).parents[2] / "docs" / "sensitivity.md"
    assert page.read_text(encoding="utf-8") == "\n".join(write_page(scenario)) + "\n", (
        "renew it with python -m experiments.sensitivity.page docs/sensitivity.md"
    )
