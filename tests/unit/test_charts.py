"""Charts and maps: what they say, that arrivals never stand alone, and that bytes repeat."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from report_folders import TITLES, retitle
from synthetic_runs import build_scenario, synthetic_model

from experiments.atlas import ROUTE, compute_curves
from experiments.basemap import FILE, load_basemap
from experiments.chart_rows import Section, Span, build_sections
from experiments.charts import draw_risk_chart, write_charts
from experiments.clear import RULE
from experiments.compare import compare
from experiments.maps import build_leg_changes, draw_change_map, write_maps
from experiments.pictures import count_weak_inputs, describe_assumptions, describe_source, house_style
from experiments.route_graph import draw_route_graph, write_route_graph

BASELINE, VARIANT = build_scenario(), build_scenario("enforcement", enforcement=1.0)


@pytest.fixture(scope="module")
def comparison():
    return compare(BASELINE, VARIANT, replicates=4, seed=5, model=synthetic_model())


def without_seed_intervals(table):
    """Return a comparison's table whose seeds say nothing about the sign."""
    seeds = table["interval_kind"] == "monte_carlo"
    low, high = table["difference_low"].mask(seeds, -1e9), table["difference_high"].mask(seeds, 1e9)
    return table.assign(difference_low=low, difference_high=high)


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_visible()]
    return [text for text in found if text.strip()]


def outside(figure: Figure) -> list[str]:
    """Return the visible texts of a figure that are cut by its edge."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    width, height = figure.bbox.width, figure.bbox.height
    found = []
    for text in figure.findobj(mpl.text.Text):
        box = text.get_window_extent(renderer)
        if text.get_text().strip() and (box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height):
            found.append(text.get_text())
    return found


def test_harm_comes_first_and_movement_never_stands_alone(comparison):
    sections = build_sections(comparison, "enforcement")
    assert [section.heading for section in sections] == [
        "Harm to people",
        "Deaths and disappearances, by group",
        "Movement, to be read beside the harm above",
    ]
    assert [row.outcome for row in sections[0].rows][:2] == ["deaths", "deaths_per_1000_journeys"]
    assert "arrivals" in {row.outcome for row in sections[-1].rows}
    assert [row.label for row in sections[1].rows] == ["Women and girls", "Men and boys", "Ghana"]


def test_runs_without_harm_make_no_chart():
    model = synthetic_model()

    def only_movement(scenario, seed, scale):
        frame = model.evaluate(scenario, seed, scale)
        return frame[frame["outcome"].isin(["arrivals", "journeys_started", "flow"])]

    odd = compare(BASELINE, VARIANT, replicates=2, model=model._replace(evaluate=only_movement))
    with pytest.raises(ValueError, match="never shown alone"):
        build_sections(odd, "enforcement")


def test_rows_carry_the_numbers_of_the_table(comparison):
    deaths = build_sections(comparison, "enforcement")[0].rows[0]
    row = comparison.headlines().set_index("outcome").loc["deaths"]
    assert deaths.ratio.value == pytest.approx(row["ratio"])
    assert deaths.difference.low == pytest.approx(row["difference_low"])
    assert (deaths.higher, deaths.lower, deaths.draws) == (4, 0, 4)
    assert deaths.direction == 1
    assert deaths.agreement_text == "higher in 4 of 4"


def test_the_chart_says_where_it_comes_from_and_what_it_assumes(comparison):
    with house_style():
        figure = draw_risk_chart(comparison, "enforcement", build_sections(comparison, "enforcement"))
        said = " ".join(" ".join(texts(figure)).split())
        assert outside(figure) == []
    assert " ".join(describe_source(comparison.plan, "enforcement").split()) in said
    assert " ".join(describe_assumptions(comparison.plan, "enforcement").split()) in said
    assert "fewer arrivals are not a protection outcome" in said
    assert RULE in said
    assert "What changes for people: Title of enforcement" in said


@pytest.mark.parametrize(("low", "high"), [(0.75, 1.35), (0.9, 1.6), (0.7, 2.4), (0.45, 3.0), (1 / 8, 8.0)])
def test_labels_of_the_ratio_axis_never_overlap(comparison, low, high):
    first = build_sections(comparison, "enforcement")[0]
    rows = [dataclasses.replace(first.rows[0], ratio=Span(1.0, low, high), ratio_seeds=Span(1.0, 1.0, 1.0))]
    with house_style():
        figure = draw_risk_chart(comparison, "enforcement", [Section(first.heading, tuple(rows))])
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        labels = [label for label in figure.axes[0].get_xticklabels() if label.get_text()]
        boxes = [label.get_window_extent(renderer) for label in labels]
    assert "same" in [label.get_text() for label in labels]
    assert len(boxes) >= 2
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_the_source_line_names_scale_draws_and_seed(comparison):
    line = describe_source(comparison.plan, "enforcement")
    for part in ("every person simulated (1:1)", "4 draws", "4 seeds", "seed 5", "1 January 2016"):
        assert part in line
    assert "border enforcement (intensity 1)" in describe_assumptions(comparison.plan, "enforcement")
    assert count_weak_inputs(BASELINE) == (7, 7)  # 3 places, 3 legs, 1 parameter, all assumed


def test_pictures_are_the_same_each_time_whatever_the_users_settings(comparison, tmp_path):
    hashes = []
    for number, settings in enumerate(({}, {"font.size": 20.0, "axes.facecolor": "pink"})):
        folder = tmp_path / str(number)
        folder.mkdir()
        with mpl.rc_context(settings):
            files = write_charts(comparison, folder) + write_maps(comparison, folder)
            files += write_route_graph(BASELINE, folder / "graph")
            assert all(mpl.rcParams[key] == value for key, value in settings.items())
        hashes.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert hashes[0] == hashes[1]
    assert {name.rsplit(".", 1)[1] for name in hashes[0]} == {"png", "svg", "txt", "csv"}


def test_every_picture_has_a_text_for_those_who_cannot_see_it(comparison, tmp_path):
    write_charts(comparison, tmp_path)
    write_maps(comparison, tmp_path)
    chart = (tmp_path / "risk_enforcement.txt").read_text(encoding="utf-8")
    assert "Deaths and disappearances:" in chart
    assert "Irregular arrivals in Europe" in chart
    place_names = (tmp_path / "map_enforcement.txt").read_text(encoding="utf-8")
    assert "Agadez to Sabha (bypass)" in place_names


def test_a_leg_is_coloured_only_where_change_is_clear_and_people_are_enough(comparison):
    changes = {change.leg.id: change for change in build_leg_changes(comparison, "enforcement")}
    assert changes["around"].is_clear
    assert changes["around"].difference[0] > 0
    assert changes["crossing"].few  # no deaths reported there
    assert not changes["crossing"].is_clear
    assert changes["main"].flow == 900
    assert not any(
        change.is_clear
        for change in build_leg_changes(
            dataclasses.replace(comparison, table=without_seed_intervals(comparison.table)), "enforcement"
        )
    )
    thin = compare(BASELINE, VARIANT, replicates=4, scale=0.01, model=synthetic_model())
    assert not any(change.is_clear for change in build_leg_changes(thin, "enforcement"))


def test_maps_cut_no_text(comparison):
    with house_style():
        change_map = draw_change_map(comparison, "enforcement", build_leg_changes(comparison, "enforcement"))
        assert outside(change_map) == []
        said = " ".join(" ".join(texts(change_map)).split())
        assert outside(draw_route_graph(BASELINE)) == []
    assert "do not imply official endorsement or acceptance" in said
    assert "Natural Earth" in said
    assert RULE in said
    assert "1 of 3 legs were tested" in said


def test_parallel_legs_and_ways_back_are_told_apart():
    places = {place.id: place for place in BASELINE.places}
    back = BASELINE.legs[0].model_copy(update={"id": "back", "origin": "sabha", "destination": "agadez"})
    twin = BASELINE.legs[0].model_copy(update={"id": "twin"})
    curves = compute_curves(places, [*BASELINE.legs, back, twin])
    middles = {tuple(curve[len(curve) // 2].round(3)) for curve in curves.values()}
    assert len(middles) == len(curves)
    for name in ("main", "around", "twin"):
        assert curves[name][0].tolist() == [7.99, 16.97]
        assert curves[name][-1].tolist() == pytest.approx([14.43, 27.04])


def test_the_base_map_covers_the_route_and_stays_small():
    basemap = load_basemap()
    west, south, east, north = basemap.window
    assert west <= ROUTE.west
    assert south <= ROUTE.south
    assert east >= ROUTE.east
    assert north >= ROUTE.north
    assert FILE.stat().st_size < 150_000
    assert basemap.disputed  # dashed borders are there


def test_hostile_titles_are_drawn_as_they_are(tmp_path):
    title = TITLES["script"] + TITLES["dollar"] + TITLES["long"]
    baseline, variant = retitle(BASELINE, title), retitle(VARIANT, title)
    hostile = compare(baseline, variant, replicates=2, seed=5, model=synthetic_model())
    files = write_charts(hostile, tmp_path) + write_maps(hostile, tmp_path)
    for path in files:
        if path.suffix == ".svg":
            names = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
            assert "svg" in names
            assert not names & {"script", "img", "foreignObject"}
        if path.suffix == ".csv":
            assert not re.search(r"(^|,)[=+@]", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_numbers_of_a_picture_stand_beside_it(comparison, tmp_path):
    files = {
        path.name: path for path in write_charts(comparison, tmp_path) + write_maps(comparison, tmp_path)
    }
    rows = [row for section in build_sections(comparison, "enforcement") for row in section.rows]
    table = pd.read_csv(files["risk_enforcement.csv"])
    assert list(table["difference"]) == pytest.approx([row.difference.value for row in rows])
    legs = build_leg_changes(comparison, "enforcement")
    table = pd.read_csv(files["map_enforcement.csv"])
    assert list(table["people"]) == pytest.approx([leg.flow for leg in legs])
