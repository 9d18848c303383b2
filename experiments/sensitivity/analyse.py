"""From the runs of a plan to its drivers: the indices of every outcome and of every difference, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.collect import Values
from experiments.design import Design
from experiments.pareto import HARMS
from experiments.plan import Plan
from experiments.sensitivity.factors import describe_factors
from experiments.sensitivity.indices import Indices, SensitivityError
from experiments.sensitivity.noise import compute_luck, compute_luck_share
from experiments.sensitivity.ranks import adjust_rates, compute_ranks
from experiments.sensitivity.screening import compute_chance_effect, compute_morris
from experiments.sensitivity.variance import compute_sobol
from experiments.statistics import INTERVAL_KINDS, Estimate, Floats, IntervalKind

MAIN = (
    *HARMS, "deaths_per_1000_journeys", "violence_per_1000_journeys", "sgbv_per_1000_journeys", "journeys", "arrivals",
    "admissions",
)  # fmt: skip
"""Outcomes that are looked at unless others are asked for: the harms of the Pareto set, rates, and movement."""
DIFFERENCE, LEVEL = "difference", "level"
INDICES = "sensitivity.csv"
OUTCOMES = "sensitivity_outcomes.csv"
PAIRS = "sensitivity_pairs.csv"
FACTORS = "sensitivity_factors.csv"
_KEYS = ["outcome", "about", "arm", "method"]
INDEX_COLUMNS = [
    *_KEYS, "factor", "measure", "value", "low", "high", "chance", "beyond_chance", "p_value", "q_value", "words",
    "confidence", "settled_by",
]  # fmt: skip
OUTCOME_COLUMNS = [
    *_KEYS, "mean", "deviation", "used", "dropped", "factors", "luck_share", "luck_share_low", "luck_share_high",
    "leads", "leads_by_chance", "leads_adjusted", "note",
]  # fmt: skip
PAIR_COLUMNS = [*_KEYS, "factor", "other", "value", "low", "high"]
LEAD = 0.05


class Target(NamedTuple):
    """What is explained: the level of an outcome in an arm, or the difference of an arm from the baseline."""

    outcome: str
    about: str
    arm: str
    values: Floats
    """(n_replicates,) over the design."""
    seeds: Floats
    """(n_seeds,) over seeds, parameters at their defaults."""


@dataclass(frozen=True)
class Sensitivity:
    """What drives the outcomes of a plan.

    Attributes:
        indices: One row a target, factor and measure; columns INDEX_COLUMNS.
        outcomes: One row a target: what its indices rest on, and how much is luck; columns OUTCOME_COLUMNS.
        pairs: Interactions of two factors; columns PAIR_COLUMNS; empty unless the design has them.
        factors: The factors in words, with confidence, sources and data that would settle them.
        paths: Files written; empty if none were asked for.
    """

    indices: pd.DataFrame
    outcomes: pd.DataFrame
    pairs: pd.DataFrame
    factors: pd.DataFrame
    paths: tuple[Path, ...] = ()


def analyse_sensitivity(
    plan: Plan,
    values: Values,
    design: Design | None,
    folder: Path | None = None,
    *,
    pictures: bool = True,
) -> Sensitivity:
    """Return what drives a plan's outcomes, and write tables and charts into a folder if one is given.

    Args:
        plan: Arms and their tables of numbers; ``plan.outcomes`` chooses the outcomes, None: MAIN.
        values: Of every run; the columns of kind "total" are the rows of the design.
        design: Where each replicate stands; None: the plan has keyed draws over everything, which are read back.
        folder: Where to write; each file is whole or absent.
        pictures: Draw the charts too.

    Raises:
        SensitivityError: The design and the runs do not belong together.
    """
    if design is None:
        from experiments.design import DesignSpec, make_design  # noqa: PLC0415

        design = make_design(plan.scenarios, DesignSpec(), plan.seed, plan.replicates)
    factors = describe_factors(plan.scenarios, design)
    outcomes = MAIN if plan.outcomes is None else plan.outcomes
    found = compute_sensitivity(values, list(plan.arms), design, factors, outcomes)
    if folder is None:
        return found
    from experiments.sensitivity.write import write_sensitivity  # noqa: PLC0415 - matplotlib only when drawn

    return write_sensitivity(plan, found, design, folder, pictures=pictures)


def compute_sensitivity(
    values: Values,
    arms: Sequence[str],
    design: Design,
    factors: pd.DataFrame,
    outcomes: Iterable[str] = MAIN,
) -> Sensitivity:
    """Return the indices of the chosen outcomes over the whole route, in the baseline and as differences from it.

    Args:
        values: Of every run.
        arms: Names, the baseline first.
        design: Where each replicate stands.
        factors: See ``factors.describe_factors``.
        outcomes: Those that no run reports are left out.
    """
    targets = list(find_targets(values, arms, outcomes))
    index_rows, said, pair_rows = [], [], []
    for target in targets:
        if len(target.values) != design.n_replicates:
            raise SensitivityError(
                f"the design has {design.n_replicates} rows, the runs of {target.arm} {len(target.values)}"
            )
        indices = compute_indices(design, target.values, find_idle(design, target.outcome))
        luck, freedom = compute_luck(
            design.points, target.values, target.seeds, own_seeds=design.seeds == "own"
        )
        share = compute_luck_share(target.values, luck, freedom)
        table = _table_indices(indices, design, luck, share).assign(
            outcome=target.outcome, about=target.about, arm=target.arm
        )
        index_rows.append(table)
        said.append((target, indices, share))
        pair_rows.append(
            _table_pairs(indices, design).assign(outcome=target.outcome, about=target.about, arm=target.arm)
        )
    _adjust_together(targets, index_rows)
    outcome_rows = [_describe_outcome(*one, table) for one, table in zip(said, index_rows, strict=True)]
    joined = _join(index_rows, [c for c in INDEX_COLUMNS if c not in ("words", "confidence", "settled_by")])
    joined = joined.merge(factors[["factor", "words", "confidence", "settled_by"]], on="factor", how="left")
    return Sensitivity(
        indices=joined[INDEX_COLUMNS],
        outcomes=pd.DataFrame(outcome_rows, columns=OUTCOME_COLUMNS),
        pairs=_join(pair_rows, PAIR_COLUMNS),
        factors=factors,
    )


def find_targets(values: Values, arms: Sequence[str], outcomes: Iterable[str]) -> Iterator[Target]:
    """Yield the level of each outcome in the baseline, and its difference in every other arm, row by row."""
    baseline, *variants = arms
    for outcome in dict.fromkeys(outcomes):
        row = values.find(outcome)
        if row is None:
            continue
        base, base_seeds = (_series(values, kind, baseline, row) for kind in INTERVAL_KINDS)
        yield Target(outcome, LEVEL, baseline, base, base_seeds)
        for arm in variants:
            own, own_seeds = (_series(values, kind, arm, row) for kind in INTERVAL_KINDS)
            yield Target(outcome, DIFFERENCE, arm, own - base, own_seeds - base_seeds)


def _series(values: Values, kind: IntervalKind, arm: str, row: int) -> Floats:
    table = values.value.get((kind, arm))  # a kind without runs has no table
    return np.zeros(0) if table is None else np.asarray(table[row], float)


def find_idle(design: Design, outcome: str) -> NDArray[np.bool_]:
    """Return (n_factors,) whether a factor cannot touch an outcome: unit costs only costs, recording only records."""
    idle = [
        prefix
        for prefix, touched in (("cost:", "cost" in outcome), ("observation:", outcome.endswith("_recorded")))
        if not touched
    ]
    return np.array(
        [
            all(name.startswith(tuple(idle)) for name in members) if idle else False
            for members in design.members
        ],
        bool,
    )


def compute_indices(design: Design, values: Floats, idle: NDArray[np.bool_] | None = None) -> Indices:
    """Return the indices that a design allows: Morris or Sobol by its structure, ranks for any other.

    Args:
        design: Where each replicate stands.
        values: (n_replicates,) the outcome.
        idle: (n_factors,) factors that cannot touch it; rank correlations leave them out. None: there are none.
    """
    if design.method == "morris":
        return compute_morris(design.points, values, design.levels)
    if design.method == "saltelli":
        return compute_sobol(design.points, values, second_order=design.second_order)
    return compute_ranks(design.points, values, idle)


def _table_indices(indices: Indices, design: Design, luck: float, share: Estimate) -> pd.DataFrame:
    """Return one row a factor and measure."""
    p_value = np.full(len(design.factors), np.nan) if indices.p_value is None else indices.p_value
    parts = []
    for measure, estimate in indices.measures.items():
        chance = _find_chance(measure, design, luck, share, indices.n_used)
        if indices.p_value is None:
            beyond = _say_beyond(estimate.value if measure == "mu_star" else estimate.low, chance)
        else:
            beyond = np.full(len(p_value), "")  # said when all outcomes are known
        parts.append(
            pd.DataFrame(
                {
                    "method": indices.method,
                    "factor": design.factors,
                    "measure": measure,
                    "value": estimate.value,
                    "low": estimate.low,
                    "high": estimate.high,
                    "chance": chance,
                    "beyond_chance": beyond,
                    "p_value": p_value,
                    "q_value": np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _adjust_together(targets: Sequence[Target], tables: Sequence[pd.DataFrame]) -> None:
    """Fill in which rank correlations stand, counting all outcomes of an arm: a chart shows the strongest of them."""
    families: dict[tuple[str, str], list[pd.DataFrame]] = {}
    for target, table in zip(targets, tables, strict=True):
        families.setdefault((target.about, target.arm), []).append(table)
    for family in families.values():
        q_value = adjust_rates(np.concatenate([table["p_value"].to_numpy(float) for table in family]))
        for table, own in zip(
            family, np.split(q_value, np.cumsum([len(t) for t in family])[:-1]), strict=True
        ):
            known = ~np.isnan(own)
            table["q_value"] = own
            table.loc[known, "beyond_chance"] = np.where(own[known] <= LEAD, "yes", "no")


def _find_chance(measure: str, design: Design, luck: float, share: Estimate, n_used: int) -> float:
    """Return the size of an index that luck alone may have; NaN where it is not known.

    Luck raises the total order index of a number that does nothing to its share of the variance where every row has a
    seed of its own, and to at most that with one seed for all. First order indices and rank correlations are 0 then.
    """
    if measure == "mu_star":
        return compute_chance_effect(np.sqrt(luck), design.levels, n_used, len(design.factors))
    if measure == "total":
        return float(share.value[0])
    return 0.0 if measure == "first" else float("nan")


def _say_beyond(size: Floats, chance: float) -> NDArray[np.str_]:
    """Return (n_factors,) "yes", "no", or "" where it cannot be known, whether a size is above what chance gives.

    What chance gives to elementary effects is a bound already; a share of variance is held against it by its low end.
    """
    return np.where(np.isnan(size) | np.isnan(chance), "", np.where(size > chance, "yes", "no"))


def _describe_outcome(
    target: Target, indices: Indices, share: Estimate, table: pd.DataFrame
) -> dict[str, object]:
    known = target.values[np.isfinite(target.values)]
    p_value = table["p_value"].dropna()
    ranks = indices.p_value is not None
    return {
        "outcome": target.outcome,
        "about": target.about,
        "arm": target.arm,
        "method": indices.method,
        "mean": known.mean() if len(known) else np.nan,
        "deviation": known.std(ddof=1) if len(known) > 1 else np.nan,
        "used": indices.n_used,
        "dropped": indices.n_dropped,
        "factors": len(p_value) if ranks and len(p_value) else table["factor"].nunique(),
        "luck_share": share.value[0],
        "luck_share_low": share.low[0],
        "luck_share_high": share.high[0],
        "leads": int((p_value <= LEAD).sum()) if ranks else np.nan,
        "leads_by_chance": LEAD * len(p_value) if ranks else np.nan,
        "leads_adjusted": int((table["q_value"] <= LEAD).sum()) if ranks else np.nan,
        "note": indices.note,
    }


def _table_pairs(indices: Indices, design: Design) -> pd.DataFrame:
    """Return one row a pair of factors; none where the design has no pairs."""
    if indices.pairs is None:
        return pd.DataFrame(columns=["method", "factor", "other", "value", "low", "high"])
    first, second = np.triu_indices(len(design.factors), 1)
    names = np.array(design.factors, object)
    return pd.DataFrame(
        {
            "method": indices.method,
            "factor": names[first],
            "other": names[second],
            **{
                end: np.asarray(side)[first, second]
                for end, side in zip(("value", "low", "high"), indices.pairs, strict=True)
            },
        }
    )


def _join(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)
