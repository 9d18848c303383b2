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
from experiments.robustness.charts import say_winner
from experiments.robustness.pictures import draw_pictures, write_analyses
from experiments.robustness.robustness_table import compute_robustness
from experiments.robustness.tables import Tables, analyse_budget, analyse_robustness

ARMS = ["status_quo", "protection_package", "budget_returns_300_pathways_3", "services_firewall"]


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


@pytest.mark.parametrize("number", range(5))
def test_no_text_is_cut_or_lies_on_another(plan, tables, number) -> None:
    with house_style():
        picture = list(draw_pictures(plan, tables))[number]
        found, page = boxes(picture.figure)
    cut = [
        text for text, box in found if box.x0 < 0 or box.y0 < 0 or box.x1 > page.width or box.y1 > page.height
    ]
    assert cut == []
    on_another = [
        (one, other)
        for (one, box), (other, second) in itertools.combinations(found, 2)
        if box.x0 < second.x1 - 1
        and second.x0 < box.x1 - 1
        and box.y0 < second.y1 - 1
        and second.y0 < box.y1 - 1
    ]
    assert on_another == []


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
