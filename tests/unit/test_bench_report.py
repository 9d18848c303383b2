"""The benchmark's report: medians, what must hold, the page and the history."""

import csv

import pytest

from benchmarks import report
from benchmarks.measured import MeasurementError, interleave, span
from benchmarks.targets import key_figures, targets


def peer(padded, **more):
    return {
        "people": 1_000_000, "padded": padded, "active": 0.65 * padded, "bytes_a_person": 10.0, "import_s": 0.1,
        "z": 1.0,
    } | more  # fmt: skip


def route(people, ns):
    return {
        "people": people, "days": 365, "threads": 1, "set_up_s": 0.1, "seconds": 2.5, "active": 1e9 / ns,
        "padded": 2e9 / ns, "ns_a_day": ns, "bytes_a_person": 80.0, "peak_rss": 2**30, "phases": {"live": 1.0},
    }  # fmt: skip


def results():
    about = ("processor", "load", "system", "software", "revision", "date")
    return {
        "mode": "quick",
        "machine": dict.fromkeys(about, "x"),
        "r": {
            "engine/1": [peer(310e6), peer(330e6), peer(100e6)],
            "engine/2": [peer(600e6)],
            "mesa_tuned/1": [peer(2e6)],
            "flee/1": "it does not install",
        },
        "route": {"100000/1/1": [route(1e5, 10.0)], "1000000/1/1": [route(1e6, 16.0)]},
        "growth": "stopped",
    }


def test_figures_are_medians_and_ratios_of_them():
    figures = key_figures(results())
    assert figures["r_padded"] == pytest.approx(310)
    assert figures["r_two_threads"] == pytest.approx(600 / 310)
    assert figures["r_over_mesa"] == pytest.approx(155)
    assert figures["route_flatness"] == pytest.approx(1.6)
    assert figures["r_over_flee"] is None
    assert figures["cold_s"] is None


def test_what_was_not_measured_neither_holds_nor_fails():
    held = {target.what: target.holds for target in targets(results())}
    assert held["workload R, one thread, padded"] is True
    assert held["full model, cost of a person-day, dearest over cheapest"] is False
    assert held["compiling everything"] is None


def test_a_smaller_size_does_not_decide_what_is_asked_at_a_million():
    found = results()
    found["r"]["engine/1"] = [peer(310e6, people=100_000)]
    held = {target.what: (target.found, target.holds) for target in targets(found)}
    assert held["workload R, one thread, padded"] == ("310.00 million a second", None)


def test_the_page_says_why_a_peer_has_no_figure():
    text = report.page(results())
    assert "it does not install" in text
    assert "155.0" in text
    table = [line for line in text.splitlines() if line.startswith("| Safe Passage |")]
    assert "310.00 (100.00-330.00)" in table[0]


def test_wrong_results_are_a_fault():
    found = results()
    assert report.faults(found) == []
    found["r"]["engine/1"][1]["z"] = 5.0
    assert report.faults(found) == ["engine/1"]
    assert "FAULT" in report.page(found)


def test_the_history_grows_by_a_row(tmp_path):
    file = tmp_path / "history.csv"
    for _ in range(2):
        report.append_history(file, results())
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["r_padded"] for row in rows] == ["310", "310"]
    assert rows[0]["r_over_flee"] == ""


def test_jobs_take_turns_and_a_failure_is_kept_as_its_reason():
    turns = []

    def job(name):
        turns.append(name)
        if name == "b":
            raise MeasurementError("no memory")
        return {"x": len(turns)}

    found = interleave({name: lambda name=name: job(name) for name in "abc"}, 2)
    assert turns == ["a", "b", "c", "a", "c"]
    assert found["b"] == "no memory"
    assert span(found["a"], "x", 1, 0) == "2 (1-4)"
