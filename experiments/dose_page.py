"""The page of the dose-response panel: what was run, what level 1 is, which stated signs are seen, and the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from experiments.dose_levers import LEVELS, SIGNS, SINCE, Dose, Sign
from experiments.dose_notes import NOTES
from experiments.dose_picture import COLUMNS, say_percent, write_picture
from experiments.dose_response import OUTCOMES, Panel, find_sign
from experiments.outcome_words import OUTCOMES as WORDING
from experiments.wording import say_number

_OWN_WORDS = {
    "fares_per_leg": "Fare per leg, USD",
    "flow_agadez_seguedine": "Flow past the monitoring point Agadez-Seguedine",
    "flow_niger_north_cut": "Flow from Niger to Libya and Algeria, all ways",
    "person_days_libya": "Days at places in Libya, free or held",
    "belief_gap": "Belief gap of the uninformed, share of true risk",
}
_SEEN = {1: "rises", -1: "falls", 0: "no clear change"}
_LARGE = 0.1  # changes beyond 10% that nobody stated are named


def write_panel(panel: Panel, target: Path) -> None:
    """Write TARGET.csv, TARGET.png and TARGET.md."""
    rounded = panel.table.round({"n_simulated": 1})
    rounded.to_csv(target.with_suffix(".csv"), index=False, float_format="%.6g", lineterminator="\n")
    write_picture(panel, target.with_suffix(".png"))
    target.with_suffix(".md").write_text("\n".join(write_page(panel, target.stem)) + "\n", encoding="utf-8")


def write_page(panel: Panel, name: str) -> Iterator[str]:
    """Yield the lines of the page."""
    period = panel.scenario.document.period
    yield "# Dose and response: every lever, five levels, every outcome\n"
    yield (
        f"Base: `{panel.scenario.document.scenario}` ({period.start} to {period.end}); each lever is set from {SINCE} "
        f"to the last day, over whatever the base sets, and outcomes count from then on. {panel.seeds} paired seeds, "
        f"scale {panel.scale:g}, parameters at their defaults, revision `{panel.revision}`. The days before {SINCE} "
        "are lived once a seed and lever and shared by its levels. Intervals (95%) are of the mean difference from "
        "level 0 over seeds: they hold chance only, not the uncertainty of parameters (see `safepassage compare`).\n"
    )
    yield f"Renew it with `make panel`; all numbers are in [{name}.csv]({name}.csv).\n"
    yield f"![Small multiples of changes by lever and outcome; the tables below say the same]({name}.png)\n"
    yield "## What level 1 is\n\n| lever | what is varied | amount at level 1 | level 1 means |\n|---|---|---|---|"
    for dose in panel.doses:
        yield f"| `{dose.lever}` | {dose.quantity} | {dose.top:,g} | {dose.meaning} |"
    yield "\n## Change at level 1 against level 0\n"
    yield (
        "Bold: the interval leaves out no change and at least 10 simulated people stand behind it. Each is judged by "
        "itself; of all the changes that are none, about 5 per cent are bold by chance.\n"
    )
    yield from _overview(panel)
    yield "\n## Signs, lever by lever\n"
    yield (
        "Stated: MODEL.md or the evidence said so beforehand. *as stated*: level 1 differs from level 0 with that "
        "sign, clear of chance. Other large and clear changes are named after it.\n"
    )
    for dose in panel.doses:
        yield from _lever(panel, dose)


def say_name(outcome: str) -> str:
    """Return an outcome's name for a row of the page."""
    known = WORDING.get(outcome)
    return _OWN_WORDS.get(outcome) or (known.label if known else outcome.replace("_", " "))


def _overview(panel: Panel) -> Iterator[str]:
    yield "| outcome | " + " | ".join(dose.label for dose in panel.doses) + " |"
    yield "|---" * (len(panel.doses) + 1) + "|"
    for outcome in OUTCOMES:
        cells = [_say_cell(panel.rows(dose.lever, outcome)) for dose in panel.doses]
        yield f"| {say_name(outcome)} | " + " | ".join(cells) + " |"


def _say_cell(rows: pd.DataFrame) -> str:
    zero, last = float(rows["value"].iloc[0]), rows.iloc[-1]
    if last["value"] == 0 and zero == 0:
        return "none"
    text = say_percent(last["difference"] / zero) if zero > 0 else f"0 to {_say_value(last['value'])}"
    return f"**{text}**" if find_sign(last) else text


def _say_value(value: float) -> str:
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    return say_number(value, 10.0 ** (math.floor(math.log10(abs(value))) - 2))


def _lever(panel: Panel, dose: Dose) -> Iterator[str]:
    yield f"### {dose.label}\n"
    stated = [sign for sign in SIGNS if sign.lever == dose.lever]
    for sign in stated:
        yield f"- {judge_sign(panel, sign)}"
    others = _unstated(panel, dose, {sign.outcome for sign in stated})
    if others:
        yield f"- Not stated, large and clear: {'; '.join(others)}."
    yield f"\n{NOTES[dose.lever]}\n"
    yield (
        f"| {dose.quantity} | "
        + " | ".join(f"{dose.top * level:,g}" for level in LEVELS)
        + " | change (95%) |"
    )
    yield "|---" * (len(LEVELS) + 2) + "|"
    for outcome in OUTCOMES:
        levels = [_say_value(float(value)) for value in panel.rows(dose.lever, outcome)["value"]]
        last = panel.rows(dose.lever, outcome).iloc[-1]
        change = _say_value(last["difference"])
        if math.isfinite(last["low"]):
            change += f" ({_say_value(last['low'])} to {_say_value(last['high'])})"
        yield f"| {say_name(outcome)} | " + " | ".join(levels) + f" | {change} |"
    yield ""


def judge_sign(panel: Panel, sign: Sign) -> str:
    """Return one line: what was stated, what is seen, and whether they agree."""
    rows = panel.rows(sign.lever, sign.outcome)
    seen = find_sign(rows.iloc[-1])
    name = say_name(sign.outcome)
    found = f"{_SEEN[seen]} ({_say_cell(rows).strip('*')})"
    if sign.sign == 0:
        return f"{name}: both signs are stated ({sign.source}); seen: {found}."
    verdict = (
        "as stated" if seen == sign.sign else "not clear here" if seen == 0 else "**against what is stated**"
    )
    return (
        f"{name}: stated to {'rise' if sign.sign > 0 else 'fall'} ({sign.source}); seen: {found}, {verdict}."
    )


def _unstated(panel: Panel, dose: Dose, stated: set[str]) -> list[str]:
    """Return the drawn outcomes that change clearly and by more than 10%, and that nobody stated."""
    found = []
    for outcome in COLUMNS:
        rows = panel.rows(dose.lever, outcome)
        zero, last = float(rows["value"].iloc[0]), rows.iloc[-1]
        is_large = zero == 0 or abs(last["difference"]) > _LARGE * zero
        if outcome not in stated and is_large and find_sign(last):
            found.append(f"{say_name(outcome)} {_say_cell(rows).strip('*')}")
    return found
