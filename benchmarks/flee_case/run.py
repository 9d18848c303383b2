"""Flee beside our engine: person-days a second on one case, and Flee's scores on several, as a table to keep.

Usage: python -m benchmarks.flee_case.run --speed FOLDER
       python -m benchmarks.flee_case.run --scores FOLDER... [--seeds 3] [--agents 10000] [--out FILE]

FOLDER is a case of Flee's with input/ and validation/ in it. Flee runs in the environment of the peers; where it does
not install, its part is skipped and the reason is said.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
from pathlib import Path

import numpy as np

from benchmarks.measured import PEERS_PYTHON, MeasurementError, Result, ask
from calibration.camp_scores import averaged_difference
from simulation.displacement.case import DisplacementCase
from simulation.displacement.observed import displaced_by_day, observed_camps
from simulation.importers.flee import read_flee_case

TARGET = 200.0  # times Flee's person-days a second
COLUMNS = ("case", "rescaled", "rescaled_sd", "seeds", "people_per_agent")


def compare_speed(folder: Path, hasten: int) -> list[str]:
    """Return lines: processor seconds and person-days a second of both, with as many people."""
    ours = ask("flee_case.ours", folder, "--scale", 1.0 / hasten)
    lines = [_line("our engine, days", ours, "seconds"), _line("our engine, set-up and days", ours, "whole")]
    try:
        peer = ask("flee_case.peer", folder, "--hasten", hasten, python=PEERS_PYTHON)
    except MeasurementError as reason:
        return [*lines, f"Flee did not run ({reason}); nothing to compare"]
    lines.append(_line("Flee, days", peer, "seconds"))
    times = _rate(ours, "seconds") / _rate(peer, "seconds")
    return [*lines, f"{times:,.0f} times Flee's person-days a second on one core (target: {TARGET:.0f})"]


def _rate(result: Result, seconds: str) -> float:
    return float(result["person_days"] / result[seconds])


def _line(name: str, result: Result, seconds: str) -> str:
    million = _rate(result, seconds) / 1e6
    return f"{name}: {result['person_days']:,} person-days in {result[seconds]:.2f} s, {million:,.2f} million a second"


def score_flee(folder: Path, case: DisplacementCase, seeds: int, agents: int) -> dict[str, object]:
    """Return Flee's rescaled averaged relative difference on a case, mean and deviation over seeds."""
    hasten = max(1, round(int(displaced_by_day(case)[-1]) / agents))
    observed = observed_camps(case).astype(np.float64)
    scores = []
    for seed in range(1, seeds + 1):
        words = (folder, "--series", "--hasten", hasten, "--seed", seed)
        told = ask("flee_case.peer", *words, python=PEERS_PYTHON)
        order = [told["camps"].index(camp) for camp in case.camps]
        inside = np.array(told["inside"], np.float64)[:, order]
        scores.append(averaged_difference(inside, observed, rescaled=True))
    spread = statistics.stdev(scores) if seeds > 1 else float("nan")
    mean = statistics.mean(scores)
    row = (case.name, f"{mean:.4f}", f"{spread:.4f}", seeds, hasten)
    return dict(zip(COLUMNS, row, strict=True))


def main() -> None:
    """Measure; print, and keep the scores."""
    parser = argparse.ArgumentParser(description="Flee beside our engine.")
    parser.add_argument("--speed", type=Path, help="case on which both are timed")
    parser.add_argument("--hasten", type=int, default=1, help="people to an agent when timed, in both")
    parser.add_argument("--scores", type=Path, nargs="+", default=[], help="cases on which Flee is scored")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--agents", type=int, default=10_000, help="about so many agents when scored")
    parser.add_argument("--out", type=Path, help="table of the scores")
    of = parser.parse_args()
    if of.speed:
        print("\n".join(compare_speed(of.speed, of.hasten)))
    rows = []
    for folder in of.scores:
        case = read_flee_case(folder)
        try:
            rows.append(score_flee(folder, case, of.seeds, of.agents))
            print(*rows[-1].values(), flush=True)
        except MeasurementError as reason:
            print(f"{case.name}: Flee did not run ({reason})", file=sys.stderr)
    if of.out and rows:
        with of.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
