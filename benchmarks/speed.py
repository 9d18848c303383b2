"""How fast a run is: people, active person-days and seconds, by scale and threads; medians of several runs.

Usage: python benchmarks/speed.py [--scales 0.1 1] [--threads 1 2] [--repeats 3]
Active person-days are those of people between the start and the end of their journey. Quote ratios from one run of this
program: machines differ, and shared ones from minute to minute.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from pathlib import Path

from simulation import RouteModel, load_scenario
from simulation.machine import n_cores

BASELINE = Path(__file__).parents[1] / "scenarios" / "central_mediterranean" / "baseline.yaml"


def measure(scale: float, threads: int) -> tuple[int, int, float, float]:
    """Return people simulated, active person-days, seconds to build and seconds to run."""
    scenario = load_scenario(BASELINE)
    begin = time.perf_counter()
    model = RouteModel(scenario, scale=scale, threads=threads)
    built = time.perf_counter()
    while model.running:
        model.step()
    done = time.perf_counter()
    counts = model.counts()
    return model.people.who.size, int(counts.days_count.sum()), built - begin, done - built


def main() -> None:
    """Print one row for each scale and number of threads."""
    parser = argparse.ArgumentParser(description="How fast a run is, by scale and threads.")
    parser.add_argument("--scales", type=float, nargs="+", default=[0.1, 1.0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, n_cores()])
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    begin = time.perf_counter()
    measure(0.001, 1)
    print(f"{platform.machine()}, {n_cores()} cores, Python {platform.python_version()}")
    print(f"first run, compilation included where the cache is cold: {time.perf_counter() - begin:.1f} s")
    head = ("scale", "threads", "people", "person-days", "build s", "run s", "million/s")
    print("".join(f"{title:>13}" for title in head))
    for scale in chosen.scales:
        for threads in chosen.threads:
            runs = [measure(scale, threads) for _ in range(chosen.repeats)]
            people, days = runs[0][:2]
            build, run = (statistics.median(r[k] for r in runs) for k in (2, 3))
            row = (f"{scale:g}", f"{threads}", f"{people:,}", f"{days:,}", f"{build:.2f}", f"{run:.2f}")
            print("".join(f"{cell:>13}" for cell in (*row, f"{days / run / 1e6:.1f}")))


if __name__ == "__main__":
    main()
