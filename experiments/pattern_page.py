"""The page of the patterns over parameter draws: what was run, the share that shows each, and what the margins are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from experiments.pattern_draws import DEFAULTS, DRAWS, Draws, share_interval
from experiments.pattern_margins import (
    IN_EUROPE_AT_MOST,
    LEGS_AT_LEAST,
    TIMES_MORE,
    UNMOVED,
    WORKING_AT_LEAST,
)
from experiments.pattern_runs import END, MAP, SINCE
from experiments.pattern_statements import PATTERNS

MEANINGS = {
    "enforcement_diverts_rather_than_stops": (
        "Enforcement on the Agadez corridor cuts the flow past the monitoring point far more than the flow over the "
        "full cut from Niger to Libya and Algeria",
        f"relative fall at the point, less {TIMES_MORE:g} times that over the cut",
    ),
    "enforcement_makes_the_desert_deadlier": (
        "It raises deaths per crossing of the Sahara",
        "rise of the deaths to be expected per 1,000 crossings",
    ),
    "less_rescue_makes_the_sea_deadlier": (
        "Less rescue raises deaths per attempt at sea",
        "rise of deaths at sea per 1,000 attempts",
    ),
    "pull_backs_fill_detention": (
        "More interception raises detention person-days",
        "rise of person-days in detention",
    ),
    "pull_backs_are_followed_by_new_attempts": (
        "More interception raises repeat attempts",
        "rise of repeated attempts",
    ),
    "most_journeys_end_within_the_region": (
        "Most movement stays within the region",
        f"{IN_EUROPE_AT_MOST:g} less the share of ended journeys that end in Europe; the base alone",
    ),
    "journeys_go_leg_by_leg_with_pauses_for_work": (
        "Journeys go leg by leg with pauses for work",
        f"smallest of: legs a journey over {LEGS_AT_LEAST:g}, less 1; a quarter less the share of days on legs; share "
        f"of days at work less {WORKING_AT_LEAST:g}; the base alone",
    ),
    "routes_react_with_a_lag": (
        "Routes react to policy with a lag",
        "smallest of: fall of the flow past the point in the first month; by how much more it falls over all months; "
        f"{UNMOVED:g} less the change of boats from Libya in the first month",
    ),
}
"""Statement -> (words of MODEL.md section 7.5, what the margin is)."""


def write_pages(found: Draws, target: Path) -> None:
    """Write TARGET.csv and TARGET.md."""
    found.table.to_csv(target.with_suffix(".csv"), index=False, float_format="%.5g", lineterminator="\n")
    target.with_suffix(".md").write_text("\n".join(write_page(found, target.stem)) + "\n", encoding="utf-8")


def write_page(found: Draws, name: str) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Patterns over parameter draws\n"
    yield (
        "A pattern that shows at chosen defaults is weak evidence: here is the share of joint draws of all uncertain "
        "numbers, from the ranges of their tables, in which each shows. A share near 1 says that the pattern follows "
        "from the structure; a share in the middle says that the ranges hold both answers, as the evidence does.\n"
    )
    yield (
        f"Base: `{MAP.stem}`, lived to {SINCE} and then on to {END} under each policy; outcomes count from {SINCE}. "
        f"{found.draws} draws, each with a seed of its own, shared by its policies; {found.seeds} seeds at the "
        f"defaults; {found.scale:g} of the people simulated; revision `{found.revision}`. Renew with `make patterns`; "
        f"margins of every draw are in [{name}.csv]({name}.csv).\n"
    )
    yield "| pattern | share of draws (95%) | draws | seeds at the defaults | median margin over draws (5% to 95%) |"
    yield "|---|---:|---:|---:|---:|"
    for statement in PATTERNS:
        yield _row(found, statement.name)
    yield (
        "\nThe interval of the share holds the chance of so many draws alone. A draw counts as showing a pattern if "
        "its margin is above 0, however little: with few people simulated, chance alone turns margins close to 0. A "
        "margin that cannot be formed (nobody crossed) counts as not shown.\n"
    )
    yield "| pattern | margin, above 0 where it shows |\n|---|---|"
    for statement in PATTERNS:
        yield f"| `{statement.name}` | {MEANINGS[statement.name][1]} |"


def _row(found: Draws, name: str) -> str:
    shown, of = found.shown(name, DRAWS)
    low, high = share_interval(shown, of)
    table = found.table
    margin = table.loc[(table["pattern"] == name) & (table["kind"] == DRAWS), "margin"]
    middle, least, most = (f"{margin.quantile(q):,.3g}" for q in (0.5, 0.05, 0.95))
    at_defaults = "{} of {}".format(*found.shown(name, DEFAULTS))
    return (
        f"| {MEANINGS[name][0]} (`{name}`) | {shown / of:.0%} ({low:.0%} to {high:.0%}) | {shown} of {of} "
        f"| {at_defaults} | {middle} ({least} to {most}) |"
    )
