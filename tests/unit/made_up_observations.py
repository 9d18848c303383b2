"""An observation file about the shipped tiny map with a sea, tables to go with it, and models made of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from small_worlds import tiny

from calibration.observation.model import DeclaredModel, load_model

NOISE = """
noise:
  plain:
    clumping: {low: 1, best: 4, high: 20, source: "assumed: test", confidence: assumed}
    sd: {low: 0.05, best: 0.2, high: 0.6, source: "assumed: test", confidence: assumed}
    correlation: {low: 0.1, best: 0.5, high: 0.9, distribution: uniform, source: "assumed: test", confidence: assumed}
"""
HEAD = "observation: test\ntitle: A test\n" + NOISE
RATES = """
rates:
  seen: [{from: 2000-01-01, to: 2030-12-31, low: 0.5, best: 0.8, high: 1, source: "assumed: test", confidence: assumed}]
"""
LANDED = """
series:
  landed:
    title: People who land
    observes: {counts: arrivals}
    select: {indicator: arrivals_sea, place: ITA}
    window: month
    recorded: [seen]
    noise: plain
"""


def noise(clumping: float = 1.0, sd: float = 0.0, correlation: float = 0.0, name: str = "plain") -> str:
    """Return an entry of noise whose numbers are known."""
    lines = [f"  {name}:"]
    for key, value in (("clumping", clumping), ("sd", sd), ("correlation", correlation)):
        entry = (
            f'{{low: {value}, best: {value}, high: {value}, source: "assumed: test", confidence: assumed}}'
        )
        lines.append(f"    {key}: {entry}")
    return "\n".join(lines) + "\n"


def write(folder: Path, text: str) -> Path:
    """Write an observation file."""
    file = folder / "observation.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def rows(values: dict[str, float] | list[float], first: str = "2015-01", **columns: Any) -> pd.DataFrame:
    """Return monthly rows from a month on, or with the months named."""
    named = values if isinstance(values, dict) else None
    months = list(named) if named else [str(np.datetime64(first, "M") + i) for i in range(len(values))]
    start = np.array(months, "datetime64[M]")
    table = pd.DataFrame(
        {
            "place": "ITA",
            "from": start.astype("datetime64[s]"),
            "to": ((start + 1).astype("datetime64[D]") - 1).astype("datetime64[s]"),
            "period": "month",
            "group": "all",
            "indicator": "arrivals_sea",
            "value": list(named.values()) if named else values,
            "source": "test",
        }
    )
    return table.assign(**columns)


def monthly_model(folder: Path, values: list[float], scatter: str) -> DeclaredModel:
    """Return a model of one monthly series, all of it recorded, with known noise."""
    text = (
        "observation: test\ntitle: A test\nnoise:\n" + scatter + LANDED.replace("    recorded: [seen]\n", "")
    )
    return load_model(write(folder, text), rows(values), tiny("sea"))
