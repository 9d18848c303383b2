"""Measure the noise of each pattern's margin over seeds that no test uses: writes noise.csv.

Run it again (`python tests/patterns/measure_noise.py`) when a pattern or the scale of the runs changes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import arms
import numpy as np
import pandas as pd
from arms import arm

from experiments.pattern_statements import PATTERNS, SIGNS

SEEDS = range(1, 8)
STATEMENTS = [statement for statement in (*PATTERNS, *SIGNS) if not statement.is_shape]


def main(seeds: range = SEEDS) -> None:
    margins: dict[str, list[float]] = {statement.name: [] for statement in STATEMENTS}
    for seed in seeds:
        for statement in STATEMENTS:
            before, after = arm(statement.base, seed), arm(statement.variant, seed)
            margins[statement.name].append(statement.margin(before, after))
        arms.trunk.cache_clear()
        arms._RUNS.clear()
        table = pd.DataFrame(
            [(n, np.mean(m), np.std(m, ddof=1) if len(m) > 1 else 0, len(m)) for n, m in margins.items()],
            columns=["pattern", "mean", "sd", "seeds"],
        )
        table.to_csv(
            Path(__file__).with_name("noise.csv"), index=False, float_format="%.5g", lineterminator="\n"
        )
        sys.stderr.write(f"{table.to_string()}\n")


if __name__ == "__main__":
    main()
