"""When a change is called clear: one rule for the chart, the map and the table of displacement."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.statistics import Estimate, Paired

ENOUGH_DRAWS = 10
"""From so many joint draws on, the total interval speaks for itself."""
RULE = (
    "A change is coloured only where the total interval leaves out no change and either there are at least "
    f"{ENOUGH_DRAWS} draws or the interval over seeds leaves it out on the same side; never where draws and "
    "seeds point in opposite directions."
)

Directions = NDArray[np.int64]


def find_direction(total: Paired, seeds: Paired) -> Directions:
    """Return (n_rows,) 1 where there is clearly more, -1 where clearly fewer, 0 where it is not clear.

    The rule is RULE. An interval leaves out no change where that of the difference leaves out 0 and that of
    the ratio, if it is known at both ends, leaves out 1. Few draws make a prediction interval fragile: the
    seeds at the default parameters must then agree.
    """
    direction, by_seeds = _find_side(total), _find_side(seeds)
    opposite = np.sign(total.difference.value) * np.sign(seeds.difference.value) < 0
    supported = (total.pairs >= ENOUGH_DRAWS) | (by_seeds == direction)
    return np.where(supported & ~opposite, direction, 0)


def find_directions_of_table(table: pd.DataFrame, rows: pd.DataFrame) -> Directions:
    """Return (n_rows,) the directions of rows of a comparison's table, whatever their own interval kind.

    Args:
        table: The comparison's table, both kinds of interval.
        rows: Rows of it.
    """
    keys = ["arm", "outcome", "scope_kind", "scope", "group_kind", "group"]
    wanted = pd.MultiIndex.from_frame(rows[keys])
    total, seeds = (
        _take(table[table["interval_kind"] == kind].set_index(keys).reindex(wanted))
        for kind in ("total", "monte_carlo")
    )
    return find_direction(total, seeds)


def _find_side(paired: Paired) -> Directions:
    """Return on which side of no change the interval lies: 1, -1, or 0 where it holds no change."""
    low, high = paired.difference.low, paired.difference.high
    by_difference = np.where(low > 0, 1, np.where(high < 0, -1, 0))
    low, high = paired.ratio.low, paired.ratio.high
    by_ratio = np.where(low > 1, 1, np.where(high < 1, -1, 0))
    no_ratio = np.isnan(paired.ratio.value) | np.isnan(low) | np.isnan(high)
    return np.where(no_ratio | (by_ratio == by_difference), by_difference, 0).astype(np.int64)


def _take(rows: pd.DataFrame) -> Paired:
    def column(name: str) -> NDArray[np.float64]:
        return rows[name].to_numpy(float)

    difference, ratio = (
        Estimate(column(name), column(f"{name}_low"), column(f"{name}_high"))
        for name in ("difference", "ratio")
    )
    pairs = np.nan_to_num(column("replicates")).astype(np.int64)
    return Paired(column("baseline"), column("variant"), difference, ratio, pairs)
