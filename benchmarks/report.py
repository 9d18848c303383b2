"""From results to the page docs/validation/benchmarks.md and a row of its history."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measured import Result, median, span
from benchmarks.targets import Target, key_figures, targets

_M = 1e6
_LARGEST_Z = 4.5  # see workload_r.expected.largest_z
_NAMES = {
    "engine": "Safe Passage",
    "engine_daily": "Safe Passage, all counts day by day",
    "numba": "compiled loop, counter-based draws",
    "numpy": "NumPy, vectorised",
    "mesa_frames": "mesa-frames, tuned",
    "mesa_tuned": "Mesa, tuned",
    "mesa_idiomatic": "Mesa, idiomatic",
    "flee": "Flee, its nearest case",
}
_HEAD = """# Benchmarks

Renewed by `make bench` ({mode} mode); one call, one machine, implementations in turn, medians (lowest-highest).
Machines differ, and shared ones from minute to minute: compare by ratios inside one table.

"""
_ABOUT_R = """
## Workload R

60 nodes, 150 legs, 365 days, 8 groups, four policies; defined in `benchmarks/workload_r`. A person-day is *active* if
the person has neither arrived, died nor returned; the *padded* figure counts all people on all days. **z** is the
largest deviation of the shares of people in each state, at half time and at the end, from the exact expectation, in
standard errors; {limit:g} and more would be a fault. On our engine R is put in our terms
(`benchmarks/workload_r/engine.py`), with an exact expectation of its own. Our recorder keeps people and entries by day
and other events by month; the row "all counts day by day" closes the books every evening, as R asks. Flee has no
hazards, detention or return; most people never arrive there, so only its speed can be compared.

"""
_ABOUT_ROUTE = """
## The full model on the real route

`scenarios/central_mediterranean/baseline.yaml`, all mechanisms on. More people than the route has are made by
multiplying journeys, people on the way, and the scale with them. *People* counts all who could start; *365 days* are
the first year, with the people who could start in it. Set-up is that of a process that has compiled code loaded.

"""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [" | ".join(head), "|".join(["---"] * len(head)), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def faults(found: dict[str, Any]) -> list[str]:
    """Return the rows of workload R whose results are not what they should be."""
    results = found.get("r", {})
    return [
        k
        for k, of in results.items()
        if not isinstance(of, str) and any(x.get("z", 0) >= _LARGEST_Z for x in of)
    ]


def _r_rows(results: dict[str, list[Result] | str]) -> list[list[str]]:
    engine = results.get("engine/1")
    ours = median(engine, "padded") if isinstance(engine, list) and engine else None
    rows = []
    for key, of in results.items():
        name, threads = key.split("/")
        if isinstance(of, str):
            rows.append([_NAMES[name], "", threads, f"not measured: {of}", "", "", "", "", ""])
            continue
        ratio = f"{ours / median(of, 'padded'):,.1f}" if ours else ""
        deviation = max((run["z"] for run in of if "z" in run), default=None)
        agrees = (
            "-" if deviation is None else f"{deviation:.1f}" + ("" if deviation < _LARGEST_Z else " FAULT")
        )
        rows.append(
            [_NAMES[name], f"{of[0]['people']:,}", threads, span(of, "padded", _M, 2), span(of, "active", _M, 2), ratio,
             f"{of[0]['bytes_a_person']:,.0f}", f"{median(of, 'import_s'):.1f}", agrees]
        )  # fmt: skip
    return rows


def _route_rows(results: dict[str, list[Result] | str]) -> list[list[str]]:
    rows = []
    for key, of in results.items():
        if isinstance(of, str):
            rows.append([key, f"failed: {of}", *[""] * 8])
            continue
        rows.append(
            [f"{of[0]['people']:,}", f"{of[0]['days']:,}", f"{of[0]['threads']}", span(of, "set_up_s", 1, 2),
             span(of, "seconds", 1, 2), span(of, "active", _M, 2), span(of, "padded", _M, 2),
             f"{median(of, 'ns_a_day'):,.1f}", f"{of[0]['bytes_a_person']:,.0f}", f"{of[0]['peak_rss'] / 2**30:.2f}"]
        )  # fmt: skip
    return rows


def _profile(results: dict[str, list[Result] | str]) -> str:
    """Return the share of time by phase, a column a run."""
    runs = [of[0] for of in results.values() if not isinstance(of, str)]
    if not runs:
        return ""
    head = [
        "phase",
        *(f"{run['people']:,} people, {run['days']:,} days, {run['threads']} thr." for run in runs),
    ]
    rows = []
    for phase in runs[0]["phases"]:
        shares = [f"{run['phases'][phase] / run['seconds']:.1%}" for run in runs]
        rows.append([phase, *shares])
    return (
        "\n### Profile\n\nShare of a run's time by phase of the day, in the order of `simulation/phases.py`.\n\n"
        + _table(head, rows)
    )


def _growth(found: Result | str) -> str:
    if isinstance(found, str):
        return f"failed: {found}\n"
    rows = []
    for row in found["rows"]:
        cost, people = f"{row['ns_a_day']:,.0f}", f"{row['size']['people']:,}"
        rows.append([row["axis"], f"{row['value']:,}", f"{row['seconds']:.2f}", cost, people])
    return _table(["varied", "number", "seconds", "ns an active person-day", "people"], rows)


def _start(found: Result | str) -> str:
    if isinstance(found, str):
        return f"failed: {found}\n"
    cold = "not measured in this mode" if found["cold_s"] is None else f"{found['cold_s']:.1f} s"
    rows = [
        ["import of the model", f"{found['import_s']:.2f} s"],
        ["`safepassage --help`", f"{found['help_s']:.2f} s"],
        [
            "first run of a process, imports and loading of compiled code",
            f"{found['warm_s']:.1f} s more than the next",
        ],
        ["first run of all, compiling", cold],
        ["kernels that this run does not call", ", ".join(found["never_compiled"]) or "none"],
    ]
    return _table(["start", "time"], rows)


def _target_rows(all_of: Sequence[Target]) -> list[list[str]]:
    return [[t.what, t.asked, t.found, {True: "yes", False: "no", None: "-"}[t.holds]] for t in all_of]


def page(found: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    text = _HEAD.format(mode=found["mode"])
    text += _table(["", ""], [[name, value] for name, value in found["machine"].items()])
    text += "\n## What must hold\n\nA dash: not measured in this mode, or not at the million people it is asked at.\n\n"
    text += _table(["what", "asked", "found", "holds"], _target_rows(targets(found)))
    if "r" in found:
        head = ["implementation", "people", "threads", "padded, million a second", "active, million a second"]
        head += ["ours is faster by", "bytes a person", "import, s", "z"]
        text += _ABOUT_R.format(limit=_LARGEST_Z) + _table(head, _r_rows(found["r"]))
    if "route" in found:
        head = ["people", "days", "threads", "set-up, s", "run, s", "active, million a second"]
        head += ["padded, million a second", "ns an active person-day", "bytes a person", "peak, GiB"]
        text += _ABOUT_ROUTE + _table(head, _route_rows(found["route"])) + _profile(found["route"])
    if "growth" in found:
        text += "\n## Growth\n\nThe route over its first year, one thing varied at a time.\n\n" + _growth(
            found["growth"]
        )
    if "start" in found:
        text += "\n## Start-up\n\n" + _start(found["start"])
    return text


def append_history(file: Path, found: dict[str, Any]) -> None:
    """Add a row of key figures to the history; a new column is left empty in old rows."""
    about = found["machine"]
    row = {name: about[name] for name in ("date", "revision", "processor")} | {"mode": found["mode"]}
    row |= {name: "" if value is None else f"{value:.4g}" for name, value in key_figures(found).items()}
    old: list[dict[str, str]] = []
    if file.exists():
        with file.open(newline="", encoding="utf-8") as source:
            old = list(csv.DictReader(source))
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, list(row), restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*old, row])
