"""How a finished run shows itself in a notebook: a table of what happened to people, weighted to everybody."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from simulation.observables import summarise

if TYPE_CHECKING:
    from simulation.result import RunResult

SHOWN = (
    ("journeys_started", "journeys started"),
    ("deaths", "deaths"),
    ("deaths_per_1000_journeys", "deaths per 1,000 journeys"),
    ("violence", "incidents of physical violence"),
    ("sgbv", "incidents of sexual and gender-based violence"),
    ("abductions", "abductions"),
    ("detention_person_days", "person-days in detention"),
    ("unmet_need", "times that need was not met"),
    ("arrivals", "arrivals in Europe by sea"),
    ("admissions", "admissions by a regular pathway"),
)
"""Outcomes that a run is introduced by, and their names: harm first, arrivals never alone."""
FEW_PEOPLE = 10
"""An estimate that rests on fewer simulated people is marked."""


def show_run(result: RunResult) -> str:
    """Return a run as HTML; an outcome that rests on fewer than 10 simulated people is marked."""
    table = summarise(result)
    everybody = table[(table["scope_kind"] == "all") & (table["group_kind"] == "all")].set_index("outcome")
    rows = []
    for outcome, name in SHOWN:
        if outcome not in everybody.index:
            continue
        value, people = (float(everybody[name][outcome]) for name in ("value", "n_simulated"))
        digits = 1 if "_per_" in outcome else 0
        said = f"{value:,.{digits}f}" + (" *" if people < FEW_PEOPLE else "")
        rows.append(f'<tr><th scope="row" style="text-align:left">{escape(name)}</th><td>{said}</td></tr>')
    document = result.scenario.document
    caption = (
        f"{escape(document.title)}. One run, seed {result.seed}, scale {result.scale:g}: no uncertainty is shown. "
        "Numbers are of simulated people, weighted to everybody; * fewer than 10 simulated people."
    )
    return (
        f'<table><caption style="text-align:left">{caption}</caption><tbody>{"".join(rows)}</tbody></table>'
    )
