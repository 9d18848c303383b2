"""The report as one file: parts in the order of reading, people first, then how sure it is and how it was made."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd
from markupsafe import Markup

from experiments.execution.files import readable_errors, replacing
from experiments.report import about, flows, route_map, series
from experiments.report.catalogue import HARMS, MOVEMENT, Catalogue, load_catalogue
from experiments.report.drivers import Drivers, find_drivers
from experiments.report.moved import say_moved
from experiments.report.panels import Panel, build_ladder, build_panel, build_shares
from experiments.report.read import Effect, Findings, read_findings
from experiments.report.sentences import say_effect
from experiments.report.spending import build_money
from experiments.report.svg import DEATH_COLOURS, DEATH_STEPS, TOO_FEW, Picture, flow_width
from experiments.safe_cells import to_csv
from experiments.wording import clean

TEMPLATES = Path(__file__).with_name("templates")
RATES = tuple(f"{harm}_per_1000_journeys" for harm in HARMS)
FIRST = ("deaths_per_1000_journeys", "deaths")
"""What a headline begins with: the risk of a journey, and how many die."""
GROUPED = "deaths_per_1000_journeys"
SHARES_OF = ("journeys_started", "deaths", "violence", "sgbv", "abductions", "detentions")
SHARED_BY = (("sex", "female"), ("age", "child"), ("unaccompanied", "unaccompanied"))
MOST_STREAMS = 8


class Arm(NamedTuple):
    """One scenario beside the baseline, as the page shows it."""

    number: int
    name: str
    title: str
    description: str
    levers: list[about.LeverChange]
    headlines: list[str]
    others: list[str]
    movement: list[str]
    maps: list[Picture]
    changes: list[str]
    people: Panel | None
    moved: list[str]
    drivers: Drivers | None
    flows: Picture | None
    series: Picture | None


class Scale(NamedTuple):
    """What all pictures of a page share, so that they compare.

    Attributes:
        frames: Windows of the maps; none where nobody is known to travel on any leg.
        busiest: People on the busiest leg.
        most: People in the largest column of flows.
    """

    frames: list[route_map.Frame]
    busiest: float
    most: float


def write_report(folder: str | Path, language: str = "en", out: str | Path | None = None) -> Path:
    """Write the report of an experiment folder as one file without any link to the outside, and return it.

    Args:
        folder: A finished experiment folder.
        language: One of ``experiments.report.LANGUAGES``.
        out: The file; None: report.html in the folder.

    Raises:
        ResultError: The folder cannot be read, or the file cannot be written.
    """
    findings = read_findings(folder)
    path = about.name_file(findings.folder, language) if out is None else Path(out).expanduser()
    page = render(findings, load_catalogue(language))
    with readable_errors(path), replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def render(findings: Findings, catalogue: Catalogue) -> str:
    """Return the page; the same tables give the same text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {"t": catalogue.say, "csv_link": _link_csv}
    style = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment.get_template("report.html").render(style=style, **_gather(findings, catalogue))


def _gather(findings: Findings, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the template shows."""
    title, question = about.find_question(findings, catalogue)
    scale = _find_scale(findings)
    baseline = findings.plan.baseline
    before = catalogue.say("map.before", title=about.say_title(baseline))
    arms = [_build_arm(findings, arm, catalogue, scale) for arm in findings.variants]
    return {
        "language": catalogue.language,
        "direction": catalogue.direction,
        "title": title,
        "question": question,
        "baseline": about.say_title(baseline),
        "baseline_name": baseline.document.scenario,
        "baseline_description": clean(baseline.document.description, 700),
        "arms": arms,
        "cautions": about.say_cautions(findings, catalogue),
        "panels": build_panels(findings, RATES, catalogue),
        "totals": build_panels(findings, HARMS, catalogue),
        "movement": build_movement(findings, catalogue),
        "ladder": build_ladder(findings, RATES, catalogue),
        "shares": [
            panel
            for kind, group in SHARED_BY
            if (panel := build_shares(findings, kind, group, SHARES_OF, catalogue))
        ],
        "definitions": route_map.draw_definitions(findings.plan.baseline, scale.frames)
        if scale.frames
        else "",
        "maps": [
            route_map.draw_map(findings, None, frame, catalogue, before, scale.busiest)
            for frame in scale.frames
        ],
        "colours": _build_key(catalogue),
        "widths": _build_widths(scale.busiest, catalogue),
        "flows": flows.draw_flows(
            flows.find_flows(findings, None),
            baseline,
            catalogue,
            catalogue.say("flows.before"),
            scale.most,
            "flows-baseline",
        ),
        "money": build_money(findings, label_arms(findings), catalogue),
        "evidence": about.describe_evidence(findings, catalogue),
        "sources": about.list_sources(findings),
        "run": about.describe_run(findings, catalogue),
        "command": about.say_command(findings),
        "objectives": about.list_objectives(findings, catalogue),
    }


def _find_scale(findings: Findings) -> Scale:
    busiest = route_map.find_busiest(findings)
    frames = route_map.choose_frames(findings.plan.baseline.places) if busiest > 0 else []
    pictures = [flows.find_flows(findings, arm) for arm in (None, *findings.variants)]
    return Scale(frames, busiest, flows.find_most(pictures))


def _build_arm(findings: Findings, arm: str, catalogue: Catalogue, scale: Scale) -> Arm:
    document, baseline = findings.plan.arms[arm].document, findings.plan.baseline
    number, title = findings.variants.index(arm) + 1, about.say_title(findings.plan.arms[arm])
    places = {place.id: place for place in baseline.places}
    changes = route_map.list_changes(route_map.find_legs(findings, arm))
    after = catalogue.say("map.after", title=title)
    return Arm(
        number=number,
        name=arm,
        title=title,
        description=clean(document.description, 700),
        levers=about.list_levers(findings, arm, catalogue),
        headlines=[say_effect(findings.find(arm, outcome), catalogue, outcome) for outcome in FIRST],
        others=[say_effect(effect, catalogue) for effect in _find(findings, arm, RATES[1:])],
        movement=[say_effect(effect, catalogue) for effect in _find(findings, arm, MOVEMENT)],
        maps=[
            route_map.draw_map(findings, arm, frame, catalogue, after, scale.busiest)
            for frame in scale.frames
        ],
        changes=[f"{n}. {route_map.say_change(state, places, catalogue)}" for n, state in changes],
        people=build_people(findings, arm, catalogue),
        moved=say_moved(findings, arm, catalogue),
        drivers=find_drivers(findings, arm, catalogue),
        flows=flows.draw_flows(
            flows.find_flows(findings, arm),
            baseline,
            catalogue,
            catalogue.say("flows.after", title=title),
            scale.most,
            f"flows-{number}",
        ),
        series=series.draw_series(
            series.find_years(findings, arm),
            about.list_dates(findings, arm, catalogue),
            catalogue,
            catalogue.say("series.title", title=title),
            f"series-{number}",
        ),
    )


def _find(findings: Findings, arm: str, outcomes: Sequence[str]) -> list[Effect]:
    found = (findings.find(arm, outcome) for outcome in outcomes)
    return [effect for effect in found if effect is not None and effect.happens]


def label_arms(findings: Findings) -> dict[str, str]:
    """Return the label of each scenario in charts: its number in the report, and its title."""
    return {
        arm: f"{n}. {about.say_title(findings.plan.arms[arm])}"
        for n, arm in enumerate(findings.variants, start=1)
    }


def build_panels(findings: Findings, outcomes: Sequence[str], catalogue: Catalogue) -> list[Panel]:
    """Return a panel an outcome that happens, a row a scenario."""
    panels = []
    labels = label_arms(findings)
    for outcome in outcomes:
        effects = findings.effects(outcome)
        if not any(effect.happens for effect in effects):
            continue
        level = catalogue.levels([effects[0].baseline], whole=effects[0].whole)[0]
        panels.append(
            build_panel(
                effects,
                [labels[effect.arm] for effect in effects],
                catalogue,
                catalogue.outcome(outcome),
                catalogue.say("panel.baseline", level=level),
            )
        )
    return panels


def build_movement(findings: Findings, catalogue: Catalogue) -> list[Panel]:
    """Return movement with deaths before it; empty where no harm is known: arrivals never stand alone."""
    harm = build_panels(findings, ["deaths_per_1000_journeys", "deaths"], catalogue)[:1]
    return [*harm, *build_panels(findings, MOVEMENT, catalogue)] if harm else []


def build_people(findings: Findings, arm: str, catalogue: Catalogue) -> Panel | None:
    """Return who is affected: deaths per 1,000 journeys by sex, age, being unaccompanied and origin."""
    pairs = [(kind, group) for kind in ("sex", "age", "unaccompanied") for group in findings.groups(kind)]
    streams = [("stream", group) for group in findings.groups("stream")]
    for outcome in (GROUPED, "deaths"):
        found = [(pair, findings.find(arm, outcome, group=pair)) for pair in (*pairs, *streams)]
        known = [(pair, effect) for pair, effect in found if effect is not None and effect.happens]
        if known:
            break
    else:
        return None
    sizes = {pair: _people(findings, arm, pair) for pair, _ in known}
    largest = sorted((pair for pair, _ in known if pair[0] == "stream"), key=lambda pair: -sizes[pair])[
        :MOST_STREAMS
    ]
    shown = [(pair, effect) for pair, effect in known if pair[0] != "stream" or pair in largest]
    return build_panel(
        [effect for _, effect in shown],
        [catalogue.group(*pair) for pair, _ in shown],
        catalogue,
        catalogue.outcome(outcome),
    )


def _people(findings: Findings, arm: str, group: tuple[str, str]) -> float:
    effect = findings.find(arm, "journeys_started", group=group) or findings.find(arm, "deaths", group=group)
    return effect.baseline if effect else 0.0


def _build_key(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the colours of deaths per 1,000 people on a leg, each with its range."""
    steps = [catalogue.number(step) for step in DEATH_STEPS]
    ranges = [
        catalogue.say("key.below", n=steps[0]),
        *(catalogue.say("key.between", low=a, high=b) for a, b in pairwise(steps)),
        catalogue.say("key.above", n=steps[-1]),
    ]
    return [*zip(DEATH_COLOURS, ranges, strict=True), (TOO_FEW, catalogue.say("key.few"))]


def _build_widths(busiest: float, catalogue: Catalogue) -> list[tuple[float, str]]:
    """Return sample widths with the people that they stand for."""
    from experiments.maps import round_samples  # noqa: PLC0415 - matplotlib

    samples = round_samples(busiest)
    return (
        [(round(flow_width(n, busiest), 1), catalogue.levels([n])[0]) for n in samples] if busiest > 0 else []
    )


def _link_csv(table: pd.DataFrame) -> str:
    """Return a table as the address of a file within the page."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(to_csv(table).encode()).decode("ascii")
