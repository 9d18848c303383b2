"""The report: one file without links out, whose sentences and pictures have the numbers of comparison.csv."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import io
import json
import re
import shlex
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from report_folders import TITLES, retitle, write_folder
from synthetic_runs import build_scenario

from experiments.cli import main
from experiments.commands.compare import command as compare_command
from experiments.data_out.tidy import build_tidy
from experiments.design import Design
from experiments.report.about import describe_run, say_command
from experiments.report.catalogue import Catalogue, load_catalogue
from experiments.report.moved import say_moved
from experiments.report.page import build_movement, render, write_report
from experiments.report.read import read_findings
from experiments.report.route_map import choose_frames, find_move
from simulation.errors import ResultError

ENGLISH = load_catalogue("en")


class Page(HTMLParser):
    """Tags with their attributes, visible text, and the links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._hidden = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"style", "script"}

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self._hidden -= tag in {"style", "script"}

    def handle_data(self, data):
        if not self._hidden:
            self.text.append(data)

    def said(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    variants = [build_scenario("enforcement", enforcement=1.0), build_scenario("half", enforcement=0.5)]
    return write_folder(tmp_path_factory.mktemp("report") / "out", variants)


@pytest.fixture(scope="module")
def page(folder):
    return render(read_findings(folder), ENGLISH)


def strips(page: str) -> list[dict[str, str]]:
    """Return the attributes of every row's picture, with where its dot lies, percent."""
    found = []
    for attributes, inner in re.findall(
        r'<svg class="strip"([^>]*data-outcome[^>]*)>(.*?)</svg>(?=<span)', page
    ):
        values = dict(re.findall(r'data-([a-z]+)="([^"]*)"', attributes))
        dot = re.search(r'<circle cx="([^"]*)%"', inner)
        found.append(values | {"dot": dot[1] if dot else ""})
    return found


def test_every_number_of_the_pictures_is_a_number_of_the_table(folder, page):
    table = pd.read_csv(folder / "comparison.csv")
    known = table[table["interval_kind"] == "total"]
    known = set(zip(known["arm"], known["outcome"], known["difference"].map("{:.10g}".format), strict=True))
    drawn = strips(page)
    assert len(drawn) > 10
    for strip in drawn:
        assert (strip["arm"], strip["outcome"], strip["value"]) in known
        low, high = map(float, strip["axis"].split())
        value = float(strip["value"])
        assert float(strip["dot"]) == pytest.approx(100 * (value - low) / (high - low), abs=0.01)


def test_the_sentences_can_be_worked_out_from_the_table(folder, page):
    table = pd.read_csv(folder / "comparison.csv").set_index(
        ["interval_kind", "outcome", "scope_kind", "group_kind", "arm"]
    )
    row = table.loc[("total", "deaths_per_1000_journeys", "all", "all", "enforcement")]
    said = re.search(r"([\d.]+) times as many people die per 1,000 journeys \(([\d.]+) instead of ([\d.]+)\)",
        Page(page).said())  # fmt: skip
    assert said
    assert float(said[1]) == pytest.approx(row["variant"] / row["baseline"], abs=0.051)
    assert float(said[2]) == pytest.approx(row["variant"], abs=0.51)
    assert float(said[3]) == pytest.approx(row["baseline"], abs=0.51)


def test_changed_input_changes_sentence_picture_and_data(folder, tmp_path):
    """The three come from one table: change it, and all of them follow."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    table = pd.read_csv(copy / "comparison.csv")
    here = (table["outcome"] == "deaths_per_1000_journeys") & (table["arm"] == "half")
    here &= (table["group_kind"] == "all") & (table["scope_kind"] == "all")
    table.loc[here, ["baseline", "variant", "difference"]] = 1000.0, 730.0, -270.0
    table.loc[here, ["difference_low", "difference_high"]] = -330.0, -210.0
    table.loc[here, ["ratio", "ratio_low", "ratio_high"]] = 0.73, 0.67, 0.79
    table.to_csv(copy / "comparison.csv", index=False)
    findings = read_findings(copy)
    changed = render(findings, ENGLISH)
    assert "About 3 in 10 fewer people die per 1,000 journeys (730 instead of 1,000)" in changed
    assert "-270" in [s["value"] for s in strips(changed) if s["arm"] == "half"]
    tidy = build_tidy(findings)
    row = tidy[(tidy["outcome"] == "deaths_per_1000_journeys") & (tidy["scenario"] == "half")].iloc[0]
    assert (row["variant"], row["difference"], row["clear"]) == (730.0, -270.0, "fewer")
    unchanged = render(read_findings(folder), ENGLISH)
    assert "730 instead of" not in unchanged
    assert "-270" not in [s["value"] for s in strips(unchanged)]


def test_the_data_behind_a_picture_are_in_the_page(folder, page):
    links = [a for tag, a in Page(page).tags if tag == "a" and a.get("download")]
    assert len(links) > 8
    panel = next(a for a in links if a["download"] == "harm_per_1000_1.csv")
    table = pd.read_csv(io.BytesIO(base64.b64decode(panel["href"].partition("base64,")[2])))
    own = pd.read_csv(folder / "comparison.csv")
    own = own[(own["interval_kind"] == "total") & (own["outcome"] == table["outcome"][0])]
    own = own[(own["scope_kind"] == "all") & (own["group_kind"] == "all")]
    assert sorted(table["difference"]) == pytest.approx(sorted(own["difference"]))


def test_the_page_stands_alone_and_forbids_what_it_does_not_need(page):
    found = Page(page)
    assert not [
        tag for tag, _ in found.tags if tag in {"script", "iframe", "img", "object", "embed", "form", "base"}
    ]
    for tag, attributes in found.tags:
        assert tag != "link"
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action"):
            address = attributes.get(name) or ""
            outside = address.startswith(("http:", "https:", "//"))
            assert not outside or tag == "a"
    policy = next(a["content"] for tag, a in found.tags if tag == "meta" and a.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert len(page.encode()) < 5e6


def test_pictures_are_named_in_words(page):
    found = Page(page)
    pictures = [a for tag, a in found.tags if tag == "svg" and a.get("role") == "img"]
    assert pictures
    identifiers = [a["id"] for _, a in found.tags if a.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for picture in pictures:
        assert set(picture["aria-labelledby"].split()) <= set(identifiers)
    bare = [
        a
        for tag, a in found.tags
        if tag == "svg" and a.get("role") != "img" and a.get("aria-hidden") != "true"
    ]
    assert all(set(a) <= {"x", "overflow"} for a in bare)  # the arrows inside a hidden picture
    figures = [a for tag, a in found.tags if tag == "figure" and a.get("class") == "panel"]
    assert all(figure["aria-label"] for figure in figures)


def test_headings_go_down_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_arrivals_never_stand_alone(folder, page):
    section = page.partition('<section id="movement">')[2].partition("</section>")[0]
    panels = re.findall(r"<h3>(.*?)</h3>", section)
    assert panels[0] == "Deaths per 1,000 journeys"
    assert "Irregular arrivals in Europe" in panels
    short = page.partition('<section id="short">')[2].partition("</section>")[0]
    assert "rrival" not in short
    findings = read_findings(folder)
    harmless = findings.table[~findings.table["outcome"].str.startswith("deaths")]
    alone = type(findings)(**{**findings.__dict__, "table": harmless})
    assert build_movement(alone, ENGLISH) == []


def test_maps_show_where_the_map_is():
    shipped = build_scenario().places
    assert [frame.name for frame in choose_frames(shipped)] == ["route", "sea"]
    assert [frame.name for frame in choose_frames(shipped[:2])] == ["route"]
    moved = {"id": "elsewhere", "longitude": -99.0, "latitude": 19.0}
    own = choose_frames(
        [shipped[0].model_copy(update=moved | {"latitude": 25.0}), shipped[0].model_copy(update=moved)]
    )
    assert [frame.name for frame in own] == ["route"]
    x, y = own[0].lay(-99.0, 19.0)
    assert 0 < x < own[0].width
    assert 0 < y < own[0].height


def test_the_same_tables_give_the_same_page(folder, page):
    assert render(read_findings(folder), ENGLISH) == page


def test_french_and_right_to_left(folder):
    findings = read_findings(folder)
    french = render(findings, load_catalogue("fr"))
    assert '<html lang="fr" dir="ltr">' in french
    assert "Ce qui change pour les personnes" in french
    assert len(strips(french)) == len(strips(render(findings, ENGLISH)))
    mirrored = Catalogue("ar", ENGLISH.messages | {"language.direction": "rtl"})
    assert '<html lang="ar" dir="rtl">' in render(findings, mirrored)


@pytest.mark.parametrize("name", TITLES)
def test_hostile_titles_come_out_inert(name, tmp_path):
    title = TITLES[name]
    baseline, variant = (
        retitle(build_scenario(), title),
        retitle(build_scenario("enforcement", enforcement=1.0), title),
    )
    folder = write_folder(tmp_path / "out", [variant], replicates=2, baseline=baseline)
    page = render(read_findings(folder), ENGLISH)
    found = Page(page)
    assert not [tag for tag, _ in found.tags if tag in {"script", "img"}]
    assert not [a for _, a in found.tags if any(key.startswith("on") for key in a)]
    assert "\u202e" not in page
    assert "\u0007" not in page
    for picture in re.findall(r'<svg(?=[^>]*role="img").*?</svg>(?=</div>)', page):
        ElementTree.fromstring(picture)
    assert title.strip("\u202e")[:4].strip() in found.said()
    assert len(title) < 1000 or title.strip() not in page


def test_hostile_names_in_data_come_out_inert(folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    table = pd.read_csv(copy / "comparison.csv")
    table["group"] = table["group"].replace({"ghana": "<script>alert(1)</script>", "female": "=1+1"})
    table.to_csv(copy / "comparison.csv", index=False)
    page = Page(render(read_findings(copy), ENGLISH))
    assert "script" not in [tag for tag, _ in page.tags]
    who = next(a for tag, a in page.tags if tag == "a" and (a.get("download") or "").startswith("who_"))
    cells = base64.b64decode(who["href"].partition("base64,")[2]).decode()
    assert not re.search(r"(^|,)=", cells, re.MULTILINE)


def test_few_simulated_people_are_starred(tmp_path):
    folder = write_folder(tmp_path / "out", [build_scenario("enforcement", enforcement=1.0)], scale=0.1)
    page = Page(render(read_findings(folder), ENGLISH)).said()
    assert "Rests on fewer than 10 simulated people" in page
    assert "One person in 10 was simulated" in page
    assert "Only 12 draws" in page


def test_the_verb_writes_the_file_and_refuses_what_is_no_experiment(folder, tmp_path):
    out = tmp_path / "page.html"
    result = CliRunner().invoke(main, ["report", str(folder), "--lang", "fr", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert 'lang="fr"' in out.read_text(encoding="utf-8")
    result = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert result.exit_code == 2
    assert "is not a finished experiment folder" in result.output
    result = CliRunner().invoke(main, ["report", str(folder), "--out", str(tmp_path / "no" / "page.html")])
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_damaged_tables_are_one_message(folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "comparison.csv").write_text("arm,outcome\nx,deaths\n")
    with pytest.raises(ResultError, match="lacks the columns"):
        write_report(copy)
    (copy / "comparison.csv").write_text('a,b\n"1,2\n3')
    with pytest.raises(ResultError, match=r"damaged|lacks"):
        write_report(copy)
    (copy / "comparison.csv").unlink()
    with pytest.raises(ResultError, match="nothing to report"):
        write_report(copy)
    metadata = json.loads((copy / "metadata.json").read_text())
    (copy / "metadata.json").write_text(json.dumps(metadata | {"kind": "run"}))
    with pytest.raises(ResultError, match="is not an experiment folder"):
        write_report(copy)
    assert not (copy / "report.html").exists()


def moved_row(**changed) -> pd.DataFrame:
    """A row of displacement_summary.csv: 40 fewer deaths on one leg, 20 more on another."""
    row = {"interval_kind": "total", "arm": "enforcement", "outcome": "deaths", "among": "map", "fell": 40.0,
        "rose": 20.0, "share_reappeared": 0.5, "share_reappeared_low": 0.1, "share_reappeared_high": 0.9,
        "most_rise": "desert", "most_fall": "sea", "fewer_than_10": False}  # fmt: skip
    return pd.DataFrame([row | changed])


def test_harm_is_said_to_move_only_where_the_rise_is_told_apart_too(folder):
    findings = read_findings(folder)
    for changed, is_told in (
        ({}, True),
        ({"share_reappeared_low": -0.1}, False),
        ({"share_reappeared_low": 0.0}, False),
        ({"share_reappeared_high": float("nan")}, False),
        ({"fewer_than_10": True}, False),
        ({"most_rise": float("nan")}, False),
        ({"outcome": "flow"}, False),
    ):
        own = dataclasses.replace(findings, siblings={"displacement_summary": moved_row(**changed)})
        assert (find_move(own, "enforcement") is not None) == is_told, changed
        assert bool(say_moved(own, "enforcement", ENGLISH)) == is_told, changed
        assert find_move(own, "half") is None


def test_the_command_repeats_what_was_run(folder):
    findings = read_findings(folder)
    plan = findings.plan
    drawn = Design("posterior", ("a",), (("a",),), np.full((plan.replicates, 1), 0.5))
    weighed = findings.metadata | {"user_weights": {"file": "my weights.yaml", "title": "", "by_harm": {}}}
    for own, metadata, posterior, weights in (
        (dataclasses.replace(plan, since=datetime.date(2016, 1, 1)), findings.metadata, None, None),
        (dataclasses.replace(plan, since=None, scale=0.0123456789), findings.metadata, None, None),
        (dataclasses.replace(plan, design=drawn), weighed, "posterior.parquet", "my weights.yaml"),
    ):
        said = shlex.split(say_command(dataclasses.replace(findings, plan=own, metadata=metadata)))
        assert said[:2] == ["safepassage", "compare"]
        asked = compare_command.make_context("compare", said[2:]).params
        assert [path.stem for path in asked["scenarios"]] == list(plan.arms)
        assert (asked["replicates"], asked["seed"], asked["scale"]) == (own.replicates, own.seed, own.scale)
        assert asked["whole_period"] == (own.since is None)
        assert [path and path.name for path in (asked["posterior"], asked["weights"])] == [posterior, weights]


def test_the_software_is_the_one_that_made_the_runs(folder):
    findings = read_findings(folder)
    provenance = findings.metadata["provenance"]
    older = provenance | {"packages": provenance["packages"] | {"safepassage": "0.0.9"}}
    own = dataclasses.replace(findings, metadata=findings.metadata | {"provenance": older})
    assert ("Software", "Safe Passage 0.0.9") in describe_run(own, ENGLISH)
