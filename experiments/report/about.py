"""Parts of a report on how it was made: what is compared, how sure the inputs are, sources, and how to repeat it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, NamedTuple, get_args

from experiments.pictures import count_weak_inputs, find_changed_levers, find_loose_parameters, say_entry
from experiments.planning.run import PLAN_COPY
from experiments.report.catalogue import Catalogue
from experiments.report.read import Findings
from experiments.wording import clean, isolate
from simulation.spec.models import Levers, Scenario

LONGEST_SETTING = 400
MOST_ENTRIES = 6
ENOUGH_TO_QUOTE = 40


class LeverChange(NamedTuple):
    """One lever that a scenario sets otherwise than the baseline."""

    lever: str
    settings: list[str]
    more: int
    """Entries that are not listed."""


def list_levers(findings: Findings, arm: str, catalogue: Catalogue) -> list[LeverChange]:
    """Return the levers of a scenario that differ from the baseline's."""
    baseline, variant = findings.plan.baseline, findings.plan.arms[arm]
    return [
        LeverChange(
            catalogue.say(f"lever.{name}"),
            [clean(say_entry(entry), LONGEST_SETTING) for entry in entries[:MOST_ENTRIES]],
            max(len(entries) - MOST_ENTRIES, 0),
        )
        for name, entries in find_changed_levers(baseline, variant).items()
    ]


def list_dates(findings: Findings, arm: str, catalogue: Catalogue) -> list[tuple[Any, str]]:
    """Return the days on which a scenario's own settings begin, with the lever; one a lever and day."""
    changed = find_changed_levers(findings.plan.baseline, findings.plan.arms[arm])
    found = {
        (entry.start, catalogue.say(f"lever.{name}"))
        for name, entries in changed.items()
        for entry in entries
    }
    return sorted((day, name) for day, name in found if day is not None)


def list_objectives(findings: Findings, catalogue: Catalogue) -> list[tuple[int, str, str]]:
    """Return objectives of the Global Compact that the compared levers touch: number, title, levers."""
    touched: dict[int, set[str]] = {}
    for arm in findings.variants:
        for name in find_changed_levers(findings.plan.baseline, findings.plan.arms[arm]):
            for number in get_args(Levers.model_fields[name].annotation)[0].gcm:
                touched.setdefault(number, set()).add(catalogue.say(f"lever.{name}"))
    return [
        (number, catalogue.say(f"gcm.{number}"), ", ".join(sorted(levers)))
        for number, levers in sorted(touched.items())
    ]


def describe_evidence(findings: Findings, catalogue: Catalogue) -> dict[str, Any]:
    """Return how much of the input is weakly supported, and the parameters behind it."""
    scenario = findings.plan.baseline
    weak, rows = count_weak_inputs(scenario)
    parameters = [
        {
            "name": p.name,
            "meaning": clean(p.meaning, 300),
            "value": catalogue.given(p.value),
            "low": catalogue.given(p.low),
            "high": catalogue.given(p.high),
        }
        for p in find_loose_parameters(scenario)
    ]
    said = catalogue.say(
        "evidence.weak",
        weak=catalogue.number(weak),
        rows=catalogue.number(rows),
        share=catalogue.percent(weak / rows),
    )
    return {"said": said, "parameters": parameters}


def list_sources(findings: Findings) -> list[dict[str, str]]:
    """Return the sources that the settings of the compared scenarios name, in the order of their keys."""
    cited: set[str] = set()
    for scenario in findings.plan.arms.values():
        for entries in dict(scenario.document.levers).values():
            for entry in entries:
                cited |= set(re.findall(r"[a-z0-9_]+", entry.source))
    known = {source.key: source for scenario in findings.plan.arms.values() for source in scenario.sources}
    return [
        {
            "key": key,
            "publisher": clean(source.publisher),
            "title": clean(source.title, 300),
            "date": clean(source.date),
            "url": source.url if re.fullmatch(r"https?://[^\s\"'<>]+", source.url) else "",
        }
        for key, source in sorted(known.items())
        if key in cited
    ]


def describe_run(findings: Findings, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return how the numbers were made: label and value."""
    plan, metadata = findings.plan, findings.metadata
    period = plan.baseline.document.period
    people = (
        catalogue.say("run.everybody")
        if plan.scale == 1
        else catalogue.say("run.one_in", n=catalogue.number(1 / plan.scale, 0.1 if plan.scale > 0.1 else 1.0))
    )
    facts = [
        (
            "period",
            catalogue.say(
                "run.period.said", start=period.start, departures=period.departures_end, end=period.end
            ),
        ),
        ("people", people),
        ("draws", catalogue.say("run.draws.said", draws=plan.replicates, seeds=plan.monte_carlo)),
        ("seed", str(plan.seed)),
        ("version", f"Safe Passage {findings.version}"),
        ("revision", clean(str(metadata["provenance"]["revision"]))),
        ("fingerprint", findings.fingerprint),
    ]
    if plan.since:
        facts.insert(1, ("since", plan.since.replace(day=1).isoformat()))
    if metadata.get("failed"):
        facts.append(("failed", catalogue.number(len(metadata["failed"]))))
    return [(catalogue.say(f"run.{key}"), said) for key, said in facts]


def say_command(findings: Findings) -> str:
    """Return the command that repeats the experiment, with the names of the scenarios for their files.

    The folder does not name the posterior's file: it stands as a fit calls it.
    """
    if (findings.folder / PLAN_COPY).is_file():
        return f"safepassage plan run {PLAN_COPY}"
    plan = findings.plan
    files = " ".join(f"{name}.yaml" for name in plan.arms)
    options = [f"--replicates {plan.replicates}", f"--seed {plan.seed}"]
    if plan.scale != 1:
        options.append(f"--scale {plan.scale!r}")
    if plan.since is None:
        options.append("--whole-period")
    if plan.design is not None and plan.design.method == "posterior":
        from experiments.fitting.calibrate import POSTERIOR  # noqa: PLC0415 - heavy, and only where one was drawn from

        options.append(f"--posterior {POSTERIOR}")
    weights = findings.metadata.get("user_weights")
    if weights is not None:
        options.append(f"--weights {shlex.quote(clean(weights['file'], LONGEST_SETTING))}")
    return f"safepassage compare {files} {' '.join(options)}"


def say_cautions(findings: Findings, catalogue: Catalogue) -> list[str]:
    """Return what keeps these numbers from being quoted: few draws, a small share of people, failed runs."""
    plan = findings.plan
    said = []
    if plan.replicates < ENOUGH_TO_QUOTE:
        said.append(catalogue.count("caution.draws", plan.replicates, enough=ENOUGH_TO_QUOTE))
    if plan.scale < 1:
        said.append(catalogue.say("caution.scale", n=catalogue.number(1 / plan.scale, 1.0)))
    if findings.metadata.get("failed"):
        said.append(catalogue.count("caution.failed", len(findings.metadata["failed"])))
    return said


def say_title(scenario: Scenario) -> str:
    """Return the title of a scenario, fit to stand within a sentence; its name where it has none."""
    return isolate(clean(scenario.document.title)) or scenario.document.scenario


def find_question(findings: Findings, catalogue: Catalogue) -> tuple[str, str]:
    """Return the title of a report and its question, from the plan file or made from the scenarios' titles."""
    title, question = (clean(text, 600) for text in findings.question)
    baseline = say_title(findings.plan.baseline)
    titles = [say_title(findings.plan.arms[arm]) for arm in findings.variants]
    key = "question.one" if len(titles) == 1 else "question.many"
    made = catalogue.say(key, variant=titles[0], n=len(titles), baseline=baseline)
    return title or catalogue.say("report.title"), question or made


def name_file(folder: Path, language: str) -> Path:
    """Return where a report goes if nobody says."""
    return folder / ("report.html" if language == "en" else f"report.{language}.html")
