"""What every method of sensitivity analysis gives: an index a factor with its interval, and what it rests on."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.statistics import Estimate, Floats
from simulation.errors import SafePassageError

SEED = 20081
"""Seed of bootstraps: the same numbers each time. Not 0, which SALib takes for "none"."""


class SensitivityError(SafePassageError):
    """A design cannot be analysed."""


@dataclass(frozen=True)
class Indices:
    """Indices of one outcome.

    Attributes:
        method: "morris", "sobol", "prcc" or "spearman".
        measures: By name of the measure, an estimate with its 95% interval: arrays (n_factors,).
        p_value: (n_factors,) of "no monotone relation"; None where the method has none.
        n_used: Rows (or trajectories, or blocks) that the indices rest on.
        n_dropped: Rows (trajectories, blocks) left out since a run in them failed or has no value.
        note: Why there are no numbers, or what to know about them; "" if nothing.
        pairs: (n_factors, n_factors) interactions of pairs above the diagonal; None where not asked for.
    """

    method: str
    measures: dict[str, Estimate]
    n_used: int
    n_dropped: int
    note: str = ""
    p_value: Floats | None = None
    pairs: Estimate | None = None


def no_indices(
    method: str, names: tuple[str, ...], n_factors: int, note: str, *, n_used: int = 0, n_dropped: int = 0
) -> Indices:
    """Return indices that are not known, with the reason."""
    unknown = np.full(n_factors, np.nan)
    return Indices(
        method, {name: Estimate(unknown, unknown, unknown) for name in names}, n_used, n_dropped, note
    )


def load_salib(method: str) -> Any:  # noqa: ANN401  a module
    """Return SALib's analysis of a method, "morris" or "sobol".

    Raises:
        SensitivityError: The package is not installed.
    """
    try:
        return importlib.import_module(f"SALib.analyze.{method}")
    except ImportError:
        message = f'{method} needs the package SALib: pip install "safepassage[sensitivity]"'
        raise SensitivityError(message) from None


def describe_problem(n_factors: int) -> dict[str, Any]:
    """Return SALib's description of factors that are uniforms on [0, 1]."""
    return {
        "num_vars": n_factors,
        "names": [str(number) for number in range(n_factors)],
        "bounds": [[0.0, 1.0]] * n_factors,
    }


def split_blocks(values: Floats, size: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Return values as (n_blocks, size), and which blocks are complete.

    A design's blocks (trajectories, Saltelli blocks) make sense whole: one failed run takes its block with it.

    Raises:
        SensitivityError: The rows are not a multiple of a block.
    """
    if size < 1 or len(values) % size:
        raise SensitivityError(
            f"{len(values)} rows are not whole blocks of {size}: the design and the runs differ"
        )
    blocks = values.reshape(-1, size)
    return blocks, np.asarray(np.isfinite(blocks).all(axis=1), bool)


def is_constant(values: Floats) -> bool:
    """Return whether values do not vary beyond rounding."""
    spread = float(np.ptp(values)) if len(values) else 0.0
    return spread <= 1e-12 * max(float(np.abs(values).max(initial=0.0)), 1e-300)
