"""Our engine on a Flee case, on one core: processor seconds of the days, kernels compiled before.

Usage: python -m benchmarks.flee_case.ours FOLDER [--scale S] [--repeats N]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.measured import tell
from simulation.displacement.model import DisplacementModel
from simulation.importers.flee import read_flee_case


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description="Our engine on a Flee case.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    of = parser.parse_args()
    case = read_flee_case(of.folder)
    DisplacementModel(case, scale=min(of.scale, 0.05)).run()
    days, whole, person_days = [], [], 0
    for seed in range(of.repeats):
        begin = time.process_time()
        model = DisplacementModel(case, seed=seed, scale=of.scale)
        founded = time.process_time()
        person_days = int(model.run().toll.people.sum())
        end = time.process_time()
        days.append(end - founded)
        whole.append(end - begin)
    tell(
        {
            "seconds": sorted(days)[len(days) // 2],
            "whole": sorted(whole)[len(whole) // 2],
            "person_days": person_days,
        }
    )


if __name__ == "__main__":
    main()
