"""Pictures and tables of the analyses: numbers beside them, nothing cut or overlapping, the same bytes each time."""

from __future__ import annotations

import hashlib
import itertools

import matplotlib as mpl
import pandas as pd
import pytest
from made_up_values import make_comparison_values, make_plan, make_values
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.pictures import house_style
from experiments.plan import Plan
from experiments.robustness.charts import say_winner
from experiments.robustness.pictures import draw_pictures, write_analyses
from experiments.robustness.robustness_table import compute_robustness
from experiments.robustness.tables import Tables, analyse_budget, analyse_robustness

ARMS = ["status_quo", "protection_package", "budget_returns_300_pathways_3", "services_firewall"]

PACK = [
    *ARMS, "rescue_restored", "deterrence_package", "end_of_containment", "detention_last_resort",
    "safe_pathways_children_families", "regional_protection_ecowas", "relocation_10000", "budget_services_rescue_303",
    "budget_pathways_300_returns_3",
]  # fmt: skip


@pytest.fixture(scope="module")
def plan():
    return make_plan(ARMS, 8)


@pytest.fixture(scope="module")
def tables(plan) -> Tables:
    values = make_comparison_values(ARMS, 8)
    return analyse_robustness(plan, values) | analyse_budget(plan, values)


def boxes(figure: Figure):
    """Return the visible texts of a figure with their boxes, and the figure's own."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = [text for text in figure.findobj(mpl.text.Text) if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in found], figure.bbox


def touch(one, other) -> bool:
    """Return whether two texts lie on each other by more than a pixel."""
    a, b = one[1], other[1]
    return bool(a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1)


@pytest.fixture(scope="module")
def of_the_whole_pack() -> tuple[Plan, Tables]:
    plan, values = make_plan(PACK, 6), make_comparison_values(PACK, 6)
    return plan, analyse_robustness(plan, values) | analyse_budget(plan, values)


@pytest.mark.parametrize("whole_pack", [False, True])
def test_no_text_is_cut_or_lies_on_another(plan, tables, of_the_whole_pack, whole_pack) -> None:
    plan, tables = of_the_whole_pack if whole_pack else (plan, tables)
    with house_style():
        for picture in draw_pictures(plan, tables):
            found, page = boxes(picture.figure)
            cut = [
                text
                for text, box in found
                if box.x0 < 0 or box.y0 < 0 or box.x1 > page.width or box.y1 > page.height
            ]
            assert cut == [], picture.name
            assert [pair for pair in itertools.combinations(found, 2) if touch(*pair)] == [], picture.name


def test_every_picture_has_its_data_and_its_text(plan, tables, tmp_path) -> None:
    written = {path.name for path in write_analyses(plan, tables, tmp_path)}
    pictures = {name for name in written if name.endswith(".png")}
    assert pictures == {
        "best_total.png", "best_per_1000_journeys.png", "regret_total.png", "regret_per_1000_journeys.png",
        "cost_plane.png",
    }  # fmt: skip
    for name in pictures:
        stem = name.removesuffix(".png")
        assert {f"{stem}.csv", f"{stem}.svg", f"{stem}.txt"} <= written
    best = pd.read_csv(tmp_path / "best_total.csv")
    table = tables["robustness"]
    assert best["best"].tolist() == pytest.approx(table[table["basis"] == "total"]["best"].tolist(), rel=1e-9)
    text = (tmp_path / "best_total.txt").read_text(encoding="utf-8")
    assert "No package is best on all harms" in text
    assert "Fewer arrivals" not in text or "no protection outcome" in text


def test_bytes_repeat(plan, tables, tmp_path) -> None:
    hashes = []
    for number in ("0", "1"):
        folder = tmp_path / number
        folder.mkdir()
        files = write_analyses(plan, tables, folder)
        hashes.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert hashes[0] == hashes[1]


def test_whether_one_is_best_on_all_harms_is_said() -> None:
    deaths = {"base": [3.0, 3.0], "one": [1.0, 1.0], "other": [2.0, 2.0]}
    worse = {"base": [3.0, 3.0], "one": [2.0, 2.0], "other": [1.0, 1.0]}
    table, _ = compute_robustness(list(deaths), make_values({"deaths": deaths, "sgbv": deaths}))
    assert say_winner(table, "total") == "By means over draws, one has the least of all 2 harms."
    table, _ = compute_robustness(list(deaths), make_values({"deaths": deaths, "sgbv": worse}))
    assert say_winner(table, "total") == (
        "No package is best on all harms: by means over draws, one and other have the least of 1 of 2 each."
    )
