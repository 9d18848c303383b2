"""Parts of a results page about people: what changes for them, where harm moved, and which packages none beats."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from experiments.clear import RULE, find_directions_of_table
from experiments.collect import ALL, is_rate
from experiments.compare import DISPLACED, DISPLACED_AMONG
from experiments.displacement import MAP, describe_displacement
from experiments.pareto import HARMS
from experiments.results_page.study import Study, part_arms, say_code, say_names, write_rows
from experiments.robustness.harm_values import say_basis
from experiments.wording import (
    is_known,
    say_change,
    say_group,
    say_leg,
    say_levels,
    say_outcome,
    say_place,
    say_ratio,
)

PEOPLE = (
    "deaths", "deaths_per_1000_journeys", "deaths_sea_per_1000_attempts", "deaths_sahara_per_1000_crossings", "injury",
    "violence", "sgbv", "robbery", "abductions", "detentions", "detention_person_days", "separations", "unmet_need",
    "unmet_need_share",
)  # fmt: skip
"""Rows about people, harm first."""
MOVEMENT = ("journeys", "journeys_started", "sea_attempts", "arrivals", "admissions", "returned")
"""Context, never marked as good or bad."""
REAPPEARED = ("deaths", "sgbv")
"""Harms of which it is said how much of what fell in one place rose in another."""
ENDS = ("", "_low", "_high")
Row = dict[Hashable, Any]


def write_people(study: Study) -> Iterator[str]:
    """Yield the harms of every package beside the baseline, with intervals, and movement as context."""
    rows = study.comparison.headlines()
    plan = study.comparison.plan
    yield "## What changes for people\n"
    yield (
        f"Baseline: mean over {plan.replicates} draws. Packages: ratio to the baseline with its 95% interval, where "
        f"the ratio of one further draw would lie. Bold where a chart would be coloured. {RULE}\n"
    )
    yield _write_table(study, rows, PEOPLE, mark=True) + "\n"
    yield from _write_standing(study)
    yield "Movement, as context; more or fewer of it is neither good nor bad by itself:\n"
    yield _write_table(study, rows, MOVEMENT, mark=False) + "\n"
    yield "Numbers of people, from the same draws (difference with its 95% interval):\n"
    yield _write_table(study, rows, HARMS, mark=True, differences=True) + "\n"


def write_moved(study: Study) -> Iterator[str]:
    """Yield where, and for whom, a harm clearly rose while it clearly fell elsewhere."""
    moved = study.comparison.displacement
    moved = moved[moved["clear"].astype(bool)] if len(moved) else moved
    yield "## Where harm moved\n"
    yield "Most clearly, by leg or place and by group; only where a harm clearly rose and clearly fell.\n"
    found = False
    for arm in study.variants:
        lines = list(_say_moved(study, moved[moved["arm"] == arm]))
        if lines:
            found = True
            yield f"**{say_code(arm)}**\n"
            yield "\n".join(f"- {line}" for line in lines) + "\n"
    if not found:
        yield "No harm clearly rose in one place or group while it clearly fell in another.\n"
    yield from _write_reappeared(study)


def write_pareto(study: Study) -> Iterator[str]:
    """Yield which packages no other beats on all harms."""
    table = study.comparison.pareto
    table = table[table["interval_kind"] == "total"]
    if table.empty:
        return
    yield "## Harms together\n"
    yield (
        f"No package is beaten if none other has at most as much of all {len(HARMS)} harms and less of one. Inside "
        "this set, choosing means weighing one harm against another, which is for people to do.\n"
    )
    for basis in dict.fromkeys(table["basis"]):
        rows = table[table["basis"] == basis]
        inside = [str(arm) for arm in rows.loc[rows["in_set"].astype(bool), "arm"]]
        said = f"By means over draws, {say_basis(basis)}: not beaten {_is_are(inside)} {say_names(inside)}."
        beaten = [
            f"{say_code(row['arm'])} is beaten by {say_names(str(row['beaten_by']).split())}"
            for row in rows[~rows["in_set"].astype(bool)].to_dict("records")
        ]
        draws = ", ".join(
            f"{say_code(row['arm'])} {row['draws_in_set']} of {row['draws']}"
            for row in rows.to_dict("records")
        )
        yield f"- {said}{' ' + '; '.join(beaten) + '.' if beaten else ''} Draws in which each is not beaten: {draws}."
    yield ""


def _write_table(
    study: Study, rows: pd.DataFrame, outcomes: tuple[str, ...], *, mark: bool, differences: bool = False
) -> str:
    """Return outcomes by package, a few packages a table."""
    tables = []
    for arms in part_arms(study.variants):
        by_arm = {arm: _by_outcome(study, rows[rows["arm"] == arm]) for arm in arms}
        first = by_arm[arms[0]]
        lines = []
        for outcome in outcomes:
            if outcome not in first or not any(_happens(found[outcome]) for found in by_arm.values()):
                continue
            level = say_levels([first[outcome]["baseline"]], whole=not is_rate(outcome))[0]
            cells = [
                _say_cell(found[outcome], mark=mark, differences=differences) for found in by_arm.values()
            ]
            lines.append((say_outcome(outcome), level, *cells))
        tables.append(write_rows(("", *(say_code(arm) for arm in (study.baseline, *arms))), lines))
    return "\n\n".join(tables)


def _by_outcome(study: Study, rows: pd.DataFrame) -> dict[str, Row]:
    directions = find_directions_of_table(study.comparison.table, rows)
    return {str(row["outcome"]): row for row in rows.assign(direction=directions).to_dict("records")}


def _say_cell(row: Row, *, mark: bool, differences: bool) -> str:
    if differences:
        said = say_change(
            *(float(row[f"difference{end}"]) for end in ENDS), whole=not is_rate(row["outcome"])
        )
    elif is_known(float(row["ratio"])):
        said = say_ratio(*(float(row[f"ratio{end}"]) for end in ENDS))
    else:
        said = "0 in the baseline"
    star = " *" if row["fewer_than_10"] else ""
    return f"**{said}**{star}" if mark and row["direction"] and not star else f"{said}{star}"


def _happens(row: Row) -> bool:
    return any(is_known(float(row[side])) and row[side] != 0 for side in ("baseline", "variant"))


def _write_standing(study: Study) -> Iterator[str]:
    """Yield which changes of people's harm stand when the number of differences is counted in, by package."""
    table = study.comparison.multiplicity
    table = (
        table[(table["interval_kind"] == "total") & table["outcome"].isin(PEOPLE)] if len(table) else table
    )
    if table.empty:
        return
    yield (
        f"Of {int(table['shown'].iloc[0]):,} differences over the whole route some would look clear by chance. Means "
        "over draws that differ even when all of them are counted in (Holm, 5% for all together), whether or not one "
        "further draw could be otherwise:\n"
    )
    for arm in study.variants:
        rows = table[(table["arm"] == arm) & table["stands"].astype(bool)].set_index("outcome")
        parts = []
        for word, chosen in (("less", rows["difference"] < 0), ("more", rows["difference"] > 0)):
            names = [say_outcome(name).lower() for name in PEOPLE if name in rows.index[chosen]]
            parts += [f"{word}: {', '.join(names)}"] if names else []
        yield f"- {say_code(arm)}: {'; '.join(parts) or 'none'}."
    yield ""


def _write_reappeared(study: Study) -> Iterator[str]:
    """Yield how much of what fell on some legs and places reappeared on others, over draws."""
    table = study.comparison.moved
    if table.empty:
        return
    table = table[table["outcome"].isin(REAPPEARED) & (table["among"] == MAP)]
    lines = list(describe_displacement(table, study.comparison.plan.baseline))
    if lines:
        yield "How much of what fell on some legs and places reappeared on others, clear or not (means over draws):\n"
        yield "\n".join(f"- {line}" for line in lines) + "\n"


def _say_moved(study: Study, moved: pd.DataFrame) -> Iterator[str]:
    for harm in DISPLACED:
        parts = []
        for kind in (ALL, *DISPLACED_AMONG):
            rows = moved[(moved["outcome"] == harm) & (moved["group_kind"] == kind)]
            first = {row["direction"]: row for row in rows.drop_duplicates("direction").to_dict("records")}
            if len(first) == 2:
                parts.append(
                    f"more {_say_where(study, first['rose'])}, fewer {_say_where(study, first['fell'])}"
                )
        if parts:
            yield f"{say_outcome(harm)}: {'; '.join(parts)}."


def _say_where(study: Study, row: Row) -> str:
    """Return the place, leg or group of a row and its change."""
    scenario = study.comparison.plan.baseline
    places = {place.id: place for place in scenario.places}
    change = say_change(*(float(row[f"difference{end}"]) for end in ENDS))
    if row["group_kind"] != ALL:
        where = f"among {say_group(row['group_kind'], row['group'])}"
    elif row["scope_kind"] == "place":
        where = f"at {say_place(places[row['scope']])}"
    else:
        where = f"on {say_leg({leg.id: leg for leg in scenario.legs}[row['scope']], places)}"
    return f"{where} {change}"


def _is_are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
