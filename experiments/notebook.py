"""How a comparison shows itself in a notebook: what differs and how sure that is, as a table with a chart in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from experiments.compare import Comparison
from experiments.report.catalogue import Catalogue, load_catalogue
from experiments.report.panels import draw_strip, find_domain
from experiments.report.read import Effect, Findings
from experiments.report.sentences import say_levels
from experiments.report.svg import tag
from experiments.wording import clean, is_known

HARM = (
    "deaths",
    "deaths_per_1000_journeys",
    "violence",
    "sgbv",
    "abductions",
    "detention_person_days",
    "separations",
    "unmet_need",
)
MOVEMENT = ("journeys_started", "sea_attempts", "returned", "admissions", "arrivals")
_LEFT = "text-align:left"


def show_comparison(comparison: Comparison) -> str:
    """Return a comparison as HTML: a table for each scenario beside the baseline, harm first."""
    if comparison.table.empty:
        return str(tag("p", "Runs without a comparison: the plan asks for none."))
    plan = comparison.plan
    findings = Findings(Path(), {}, plan, comparison.table, {}, ("", ""), "")
    catalogue = load_catalogue("en")
    return str(Markup().join(_show_arm(findings, arm, catalogue) for arm in findings.variants))


def _show_arm(findings: Findings, arm: str, catalogue: Catalogue) -> Markup:
    plan = findings.plan
    names = (clean(plan.arms[name].document.title) for name in (plan.baseline.document.scenario, arm))
    head = ("", *names, "Difference (95% interval)", "Line: no change; each row has its own scale")
    found = [e for outcome in (*HARM, *MOVEMENT) if (e := findings.find(arm, outcome)) and e.happens]
    return tag(
        "table",
        tag("caption", _say_basis(findings), style=_LEFT),
        tag("thead", tag("tr", *(tag("th", name, scope="col", style=_LEFT) for name in head))),
        tag("tbody", *_show_rows(found, catalogue)),
    )


def _show_rows(effects: list[Effect], catalogue: Catalogue) -> Iterator[Markup]:
    for effect in effects:
        name = catalogue.outcome(effect.outcome)
        said = catalogue.change(*effect.difference, whole=effect.whole)
        change = catalogue.interval(said) if is_known(*effect.difference) else said.value
        yield tag(
            "tr",
            tag("th", name, scope="row", style=_LEFT),
            *(tag("td", level) for level in say_levels(effect, catalogue)),
            tag("td", change, " *" if effect.few else ""),
            tag("td", draw_strip(effect, find_domain([effect])), style="min-width:11em"),
            data_outcome=effect.outcome,
        )


def _say_basis(findings: Findings) -> str:
    plan = findings.plan
    since = f", counted from {plan.since.replace(day=1):%-d %B %Y}" if plan.since else ""
    return (
        f"Paired runs, {plan.replicates} joint draws of the uncertain parameters, scale {plan.scale:g}{since}. A "
        "filled dot is a clear difference. * fewer than 10 simulated people. Numbers are of simulated people, "
        "weighted to all."
    )
