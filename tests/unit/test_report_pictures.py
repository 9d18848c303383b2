"""Pictures of the report: widths and places that follow the numbers, and colours that keep the rules."""

from __future__ import annotations

import datetime
import re

import pytest
from report_folders import make_effect
from synthetic_runs import build_scenario

from experiments.report.catalogue import load_catalogue
from experiments.report.flows import Flow, draw_flows, find_most, find_stages
from experiments.report.panels import build_panel, find_domain
from experiments.report.series import Year, draw_series
from experiments.report.svg import (
    BLUE,
    INK,
    TOO_FEW,
    UNCLEAR,
    VERMILLION,
    colour_of,
    flow_width,
    harm_class,
    round_down,
    tag,
)

ENGLISH = load_catalogue("en")


def test_elements_escape_what_they_are_given():
    said = tag("text", "<b>&", class_='a"b', data_x="<", left_out=None)
    assert said == '<text class="a&#34;b" data-x="&lt;">&lt;b&gt;&amp;</text>'


def test_only_clear_changes_of_harm_have_a_colour():
    assert colour_of(1, is_harm=True) == VERMILLION
    assert colour_of(-1, is_harm=True) == BLUE
    assert colour_of(0, is_harm=True) == UNCLEAR
    assert {colour_of(way, is_harm=False) for way in (-1, 1)} == {INK}


def test_harm_on_a_leg_darkens_in_steps_and_few_deaths_have_no_colour():
    rates = [harm_class(deaths, 1000.0, few=False) for deaths in (0.5, 1.0, 4.9, 5.0, 19.0, 20.0)]
    assert [rates.index(rate) for rate in rates] == [0, 1, 1, 3, 3, 5]
    lightness = [sum(int(rate[i : i + 2], 16) for i in (1, 3, 5)) for rate in dict.fromkeys(rates)]
    assert lightness == sorted(lightness, reverse=True)
    assert harm_class(50.0, 1000.0, few=True) == TOO_FEW
    assert flow_width(0.0, 100.0) < flow_width(25.0, 100.0) < flow_width(100.0, 100.0)


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.0, 0.0), (7.3, 5.0), (-240.0, -200.0), (0.013, 0.01), (1.0, 1.0)]
)
def test_axes_have_round_numbers(value, rounded):
    assert round_down(value) == pytest.approx(rounded)


def test_an_endless_interval_does_not_hide_the_others():
    wild = make_effect(10.0, 11.0, (-5000.0, 9000.0), (0.1, 900.0))
    low, high = find_domain([make_effect(10.0, 12.0, (1.0, 3.0), (1.1, 1.3), 1), wild])
    assert high < 20.0
    assert low > -20.0
    panel = build_panel([wild], ["a"], ENGLISH, "title")
    assert panel.rows[0].picture.count("<svg") == 3  # the row, and an arrow at each end
    assert "5,000" in panel.rows[0].text


def test_flows_are_as_wide_as_their_people():
    flows = [
        Flow("NER", "LBY", (1, 2), 300.0, 3.0, False),
        Flow("DZA", "LBY", (1, 2), 100.0, 0.1, False),
        Flow("LBY", "ITA", (2, 4), 200.0, 5.0, True),
    ]
    most = find_most([flows])
    assert most == 400.0
    picture = draw_flows(flows, build_scenario_with_algeria(), ENGLISH, "title", most, "key")
    thick = dict(re.findall(r'v([\d.]+)C[^"]*"[^>]*data-people="([\d.]+)"', picture.svg))
    heights = {float(people): float(height) for height, people in thick.items()}
    assert heights[300.0] / heights[100.0] == pytest.approx(3.0, rel=0.01)
    assert heights[200.0] / heights[100.0] == pytest.approx(2.0, rel=0.01)
    assert TOO_FEW in picture.svg
    assert "Niger to Libya, 300" in picture.alt
    assert list(picture.data["people"]) == [300.0, 200.0, 100.0]


def build_scenario_with_algeria():
    """The map with known answers, and a place in Algeria."""
    scenario = build_scenario()
    other = scenario.places[0].model_copy(update={"id": "algiers", "country": "DZA", "longitude": 3.0})
    return scenario.model_copy(update={"places": (*scenario.places, other)})


def test_countries_stand_in_the_order_of_travel():
    assert find_stages(build_scenario()) == {"NER": 1, "LBY": 1, "ITA": 4}


def test_years_stand_where_their_numbers_are():
    effects = [
        make_effect(20.0, 20.0 + n, (n - 1.0, n + 1.0), outcome="deaths_per_1000_started")
        for n in (0.0, 2.0, 4.0)
    ]
    years = [Year(2014 + i, effect) for i, effect in enumerate(effects)]
    dates = [(datetime.date(2015, 7, 1), "legal pathways"), (datetime.date(2030, 1, 1), "beyond")]
    picture = draw_series(years, dates, ENGLISH, "title", "key")
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.6" fill="([^"]+)"', picture.svg)
    own = [float(y) for _, y, fill in dots if fill == INK]
    base = [float(y) for _, y, fill in dots if fill != INK]
    assert base == pytest.approx([base[0]] * 3)
    assert base[2] - own[2] == pytest.approx(2 * (base[1] - own[1]), rel=0.01)
    assert own[0] == pytest.approx(base[0])
    assert "legal pathways" in picture.svg
    assert "beyond" not in picture.svg
    assert "2016: 20.0 in the baseline, 24.0 in the scenario" in picture.alt
    assert draw_series(years[:2], dates, ENGLISH, "title", "key") is None


def test_a_year_stands_between_its_first_day_and_the_next_years():
    effect = make_effect(20.0, 22.0, (1.0, 3.0), outcome="deaths_per_1000_started")
    days = [datetime.date(2014, 1, 1), datetime.date(2015, 7, 2), datetime.date(2016, 12, 31)]
    picture = draw_series(
        [Year(year, effect) for year in (2014, 2015, 2016)],
        [(day, f"begins {day}") for day in [*days, datetime.date(2017, 1, 1)]],
        ENGLISH,
        "title",
        "key",
    )
    dots = [float(x) for x in re.findall(rf'<circle cx="([\d.]+)"[^>]*fill="{INK}"', picture.svg)]
    lines = [float(x) for x in re.findall(r'<line x1="([\d.]+)"[^>]*stroke-dasharray="1 3"', picture.svg)]
    width = dots[1] - dots[0]
    assert dots[2] - dots[1] == pytest.approx(width, abs=0.2)
    assert lines[0] == pytest.approx(dots[0] - width / 2, abs=0.2)
    assert lines[1] == pytest.approx(dots[1], abs=0.5)  # 2 July is the middle day of a year
    assert lines[2] == pytest.approx(dots[2] + width / 2, abs=0.6)
    assert len(lines) == 3  # what begins later is not within these years


def test_a_range_beyond_the_axis_of_years_has_an_arrow():
    def arrows(*ends: float) -> int:
        effect = make_effect(20.0, 22.0, ends, outcome="deaths_per_1000_started")
        years = [Year(2014 + n, effect) for n in range(3)]
        return len(re.findall(r'<path d="M[^"]*z"', draw_series(years, [], ENGLISH, "title", "key").svg))

    assert arrows(1.0, 3.0) == 0
    assert arrows(1.0, 300.0) == 3
    assert arrows(-21.0, 300.0) == 6
