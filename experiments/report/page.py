"""The report as one file: parts in the order of reading, people first, then how sure it is and how it was made."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd
from markupsafe import Markup

from experiments.execution.files import readable_errors, replacing
from experiments.report import about, flows, route_map, series
from experiments.report.catalogue import HARMS, MOVEMENT, Catalogue, clean, load_catalogue
from experiments.report.moved import say_moved
from experiments.report.panels import Panel, build_ladder, build_panel, build_shares
from experiments.report.read import Effect, Findings, read_findings
from experiments.report.sentences import say_effect
from experiments.report.spending import build_money
from experiments.report.svg import DEATH_COLOURS, DEATH_STEPS, TOO_FEW
from experiments.safe_cells import to_csv

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
    maps: list[route_map.Picture]
    changes: list[str]
    people: Panel | None
    moved: list[str]
    flows: flows.Picture | None
    series: flows.Picture | None


def write_report(folder: str | Path, language: str = "en", out: str | Path | None = None) -> Path:
    """Write the report of an experiment folder as one file without any link to the outside, and return it.

    Args:
        folder: A finished experiment folder.
        language: One of ``catalogue.LANGUAGES``.
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
    style = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return environment.get_template("report.html").render(style=style, **_gather(findings, catalogue))


def _gather(findings: Findings, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the template shows."""
    titles = [clean(findings.plan.arms[arm].document.title) or arm for arm in findings.variants]
    title, question = about.find_question(findings, titles, catalogue)
    frames = route_map.choose_frames(findings.plan.baseline.places)
    busiest = route_map.find_busiest(findings)
    baseline_flows = flows.find_flows(findings, None)
    own_flows = {arm: flows.find_flows(findings, arm) for arm in findings.variants}
    most = flows.find_most([baseline_flows, *own_flows.values()])
    before = catalogue.say("map.before", title=clean(findings.plan.baseline.document.title))
    arms = [
        _build_arm(findings, arm, catalogue, frames, (busiest, most, own_flows[arm])) for arm in findings.variants
    ]
    has_map = busiest > 0
    return {
        "language": catalogue.language,
        "direction": catalogue.direction,
        "title": title,
        "question": question,
        "baseline": clean(findings.plan.baseline.document.title),
        "baseline_name": findings.plan.baseline.document.scenario,
        "baseline_description": clean(findings.plan.baseline.document.description, 700),
        "arms": arms,
        "cautions": about.say_cautions(findings, catalogue),
        "panels": build_panels(findings, RATES, titles, catalogue),
        "totals": build_panels(findings, HARMS, titles, catalogue),
        "movement": build_movement(findings, titles, catalogue),
        "ladder": build_ladder(findings, RATES, catalogue),
        "shares": [
            panel
            for kind, group in SHARED_BY
            if (panel := build_shares(findings, kind, group, SHARES_OF, catalogue))
        ],
        "definitions": route_map.draw_definitions(findings, frames) if has_map else "",
        "maps": [
            route_map.draw_map(findings, None, frame, catalogue, before, busiest) for frame in frames if has_map
        ],
        "colours": _build_key(catalogue),
        "widths": _build_widths(busiest, catalogue),
        "flows": flows.draw_flows(
            baseline_flows, findings.plan.baseline, catalogue, catalogue.say("flows.before"), most, "flows-baseline"
        ),
        "money": build_money(findings, label_arms(findings, titles), catalogue),
        "evidence": about.describe_evidence(findings, catalogue),
        "sources": about.list_sources(findings),
        "run": about.describe_run(findings, catalogue),
        "command": about.say_command(findings),
        "objectives": about.list_objectives(findings, catalogue),
    }


def _build_arm(
    findings: Findings,
    arm: str,
    catalogue: Catalogue,
    frames: Sequence[route_map.Frame],
    shared: tuple[float, float, list[flows.Flow]],
) -> Arm:
    busiest, most, own_flows = shared
    document = findings.plan.arms[arm].document
    number = findings.variants.index(arm) + 1
    title = clean(document.title) or arm
    legs = route_map.find_legs(findings, arm)
    places = {place.id: place for place in findings.plan.baseline.places}
    return Arm(
        number,
        arm,
        title,
        clean(document.description, 700),
        about.list_levers(findings, arm, catalogue),
        [say_effect(findings.find(arm, outcome), catalogue, outcome) for outcome in FIRST],
        [say_effect(effect, catalogue) for effect in _find(findings, arm, RATES[1:])],
        [say_effect(effect, catalogue) for effect in _find(findings, arm, MOVEMENT)],
        [
            route_map.draw_map(findings, arm, frame, catalogue, catalogue.say("map.after", title=title), busiest)
            for frame in frames
            if busiest > 0
        ],
        [
            f"{n}. {route_map.say_change(state, places, catalogue)}"
            for n, state in route_map.list_changes(legs)
        ],
        build_people(findings, arm, catalogue),
        say_moved(findings, arm, catalogue),
        flows.draw_flows(own_flows, findings.plan.baseline, catalogue, catalogue.say("flows.after", title=title), most, f"flows-{number}"),
        series.draw_series(
            series.find_years(findings, arm), about.list_dates(findings, arm, catalogue), catalogue,
            catalogue.say("series.title", title=title), f"series-{number}",
        ),
    )  # fmt: skip


def label_arms(findings: Findings, titles: Sequence[str]) -> dict[str, str]:
    """Return the label of each scenario in charts: its number in the report, and its title."""
    return {arm: f"{n}. {title}" for n, (arm, title) in enumerate(zip(findings.variants, titles, strict=True), 1)}


def _find(findings: Findings, arm: str, outcomes: Sequence[str]) -> list[Effect]:
    found = (findings.find(arm, outcome) for outcome in outcomes)
    return [effect for effect in found if effect is not None and effect.happens]


def build_panels(
    findings: Findings, outcomes: Sequence[str], titles: Sequence[str], catalogue: Catalogue
) -> list[Panel]:
    """Return a panel an outcome that happens, a row a scenario."""
    panels = []
    labels = label_arms(findings, titles)
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


def build_movement(findings: Findings, titles: Sequence[str], catalogue: Catalogue) -> list[Panel]:
    """Return movement with deaths before it; empty where no harm is known: arrivals never stand alone."""
    harm = build_panels(findings, ["deaths_per_1000_journeys", "deaths"], titles, catalogue)[:1]
    return [*harm, *build_panels(findings, MOVEMENT, titles, catalogue)] if harm else []


def build_people(findings: Findings, arm: str, catalogue: Catalogue) -> Panel | None:
    """Return who is affected: deaths per 1,000 journeys by sex, age, being unaccompanied, and where people come from."""
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
    largest = sorted((pair for pair, _ in known if pair[0] == "stream"), key=lambda pair: -sizes[pair])[:MOST_STREAMS]
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
        *(catalogue.say("key.between", low=a, high=b) for a, b in zip(steps, steps[1:], strict=False)),
        catalogue.say("key.above", n=steps[-1]),
    ]
    return [*zip(DEATH_COLOURS, ranges, strict=True), (TOO_FEW, catalogue.say("key.few"))]


def _build_widths(busiest: float, catalogue: Catalogue) -> list[tuple[float, str]]:
    """Return sample widths with the people that they stand for."""
    from experiments.maps import round_samples  # noqa: PLC0415 - matplotlib
    from experiments.report.svg import flow_width  # noqa: PLC0415

    samples = round_samples(busiest)
    return [(round(flow_width(n, busiest), 1), catalogue.levels([n])[0]) for n in samples] if busiest > 0 else []


def _link_csv(table: pd.DataFrame) -> str:
    """Return a table as the address of a file within the page."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(to_csv(table).encode()).decode("ascii")
