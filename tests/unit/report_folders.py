"""Experiment folders for the tests of the report, from a model with known answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import Model, compare
from experiments.folder import ExperimentFolder
from experiments.report.read import Effect, Span

TITLES = {
    "script": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://example.org","click")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "long": "very long " * 500,
    "right_to_left": "\u202e\u0645\u0633\u0627\u0631 \u0622\u0645\u0646\u202c \u0007 abc",
    "dollar": "costs $x^2 and $5 {not} a %(format)s &amp; \"quote' ]]> -->",
}
"""Titles that somebody could give, by mistake or on purpose."""


def model_with_rates() -> Model:
    """The model with known answers, with a people-count behind rates and groups by age."""
    inner = synthetic_model()

    def evaluate(scenario, seed: int, scale: float) -> pd.DataFrame:
        table = inner.evaluate(scenario, seed, scale)
        people = table["outcome"].isin(["journeys_started", "deaths"]) & (table["group_kind"] == "all")
        children = table[people & (table["scope_kind"] == "all")].assign(group_kind="age", group="child")
        return pd.concat([table, children.assign(value=children["value"] * 0.25)], ignore_index=True)

    return Model(evaluate, inner.draw)


def write_folder(
    folder: Path, variants: list, *, replicates: int = 12, baseline=None, scale: float = 1.0
) -> Path:
    """Write an experiment folder without pictures and return it."""
    comparison = compare(
        baseline or build_scenario(),
        *variants,
        replicates=replicates,
        seed=5,
        model=model_with_rates(),
        scale=scale,
    )
    with ExperimentFolder(folder) as store:
        for task, summary in comparison.runs.items():
            store.write(comparison.plan, task, summary)
        return store.finish(comparison, pictures=False)


def retitle(scenario, title: str):
    """Return a scenario under another title and description, with its places named alike."""
    document = scenario.document.model_copy(update={"title": title, "description": title})
    places = tuple(place.model_copy(update={"name": title}) for place in scenario.places)
    return scenario.model_copy(update={"document": document, "places": places})


def make_effect(
    baseline: float,
    variant: float,
    difference: tuple[float, float] = (float("nan"), float("nan")),
    ratio: tuple[float, float] = (float("nan"), float("nan")),
    direction: int = 0,
    outcome: str = "deaths_per_1000_journeys",
    *,
    few: bool = False,
) -> Effect:
    """Return a row of a comparison with the ends of its intervals."""
    of_baseline = variant / baseline if baseline else float("nan")
    return Effect(
        "arm", outcome, baseline, variant, Span(variant - baseline, *difference), Span(of_baseline, *ratio), 20, 100.0,
        few, direction,
    )  # fmt: skip
