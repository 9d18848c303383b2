"""Parts of a results page about choosing: ranking, regret, money, when a package fails, and what drives the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.results_page.study import Study, part_arms, say_code, write_rows
from experiments.robustness.budget_table import COST, MILLION
from experiments.robustness.budget_words import (
    MONEY_NOTE,
    say_equality,
    say_per_million,
    say_quadrants,
    say_usd,
    say_usd_per_harm,
)
from experiments.robustness.charts import say_harm, say_winner
from experiments.robustness.discovery_table import NO_RULE, RULE
from experiments.robustness.false_leads import FALSE_LEADS
from experiments.robustness.harm_values import say_basis
from experiments.robustness.tables import BOUGHT, DISCOVERY, PLANE, ROBUSTNESS, RULES, SPENT
from experiments.statistics import QUANTILES_FROM
from experiments.wording import find_step, say_change, say_number

Row = dict[Hashable, Any]
SMALL_COST = 0.1
"""Of the dearest package: what costs less has ratios that chance moves far."""


def write_ranking(study: Study) -> Iterator[str]:
    """Yield harm prevented, shares of being best and regret; nothing without the analysis."""
    table = study.tables.get(ROBUSTNESS)
    if table is None or table.empty:
        return
    yield "## Which package holds up\n"
    yield (
        "Harm by harm, never added up"
        + (
            ", but for the user's own weights, marked as theirs"
            if (table["user_weights"] != "").any()
            else ""
        )
        + ". Arrivals are no criterion.\n"
    )
    for basis in dict.fromkeys(table["basis"]):
        rows = table[table["basis"] == basis]
        yield f"### {say_basis(basis).capitalize()}\n"
        yield say_winner(table, basis) + "\n"
        yield _picture(
            study, f"best_{basis}", f"Shares of draws in which each package is best, {say_basis(basis)}"
        )
        yield "Harm prevented against the baseline: mean (95% interval of it) [where one further draw would lie].\n"
        yield _write_prevented(study, rows) + "\n"
        if basis == "total":
            yield from _write_only_fewer(study, rows)
        yield _picture(study, f"regret_{basis}", f"Regret of each package, {say_basis(basis)}")
        yield from _write_least_regret(rows)


def write_money(study: Study) -> Iterator[str]:
    """Yield what was spent, how equal it came out and what it bought; nothing without the analysis."""
    spent, bought = study.tables.get(SPENT), study.tables.get(BOUGHT)
    if spent is None or bought is None or bought.empty:
        return
    yield "## Money\n"
    yield f"{MONEY_NOTE}\n"
    yield say_equality(spent, study.budget.tolerance) + "\n"
    totals = spent[spent["item"] == COST]
    if totals["is_equal"].isin(["no", "unclear"]).any():
        yield (
            "Money that is set aside is not always spent: places stay empty, and coverage has an end. Totals of "
            "packages that really cost different sums are not totals at an equal budget.\n"
        )
    if totals["extra_usd"].min() < SMALL_COST * totals["extra_usd"].max():
        yield "Where a package spends little, a small difference of chance makes a large ratio to its cost.\n"
    rows = []
    for row in spent[spent["item"] == COST].to_dict("records"):
        share = "" if pd.isna(row["share_of_meant"]) else f"{row['share_of_meant']:.0%}"
        ends = (row["spread_low"], row["spread_high"])
        rows.append(
            (
                say_code(row["arm"]),
                say_usd(row["extra_usd"], row["mean_low"], row["mean_high"]),
                " to ".join(say_number(end / MILLION, 1.0) for end in ends),
                share,
                _say_items(spent, str(row["arm"])),
            )
        )
    head = (
        "package",
        "extra cost (95% interval of the mean)",
        "one further draw, million USD",
        "of the sum",
        "mostly on",
    )
    yield write_rows(head, rows) + "\n"
    yield _picture(study, PLANE, "Extra cost against harm prevented, a panel a harm")
    yield "Harm prevented per million USD (95% set of the ratio of means; Fieller):\n"
    yield _by_arm(study, bought, lambda row: say_per_million(row).removesuffix(" per million USD")) + "\n"
    yield "USD for one unit of harm prevented:\n"
    yield _by_arm(study, bought, say_usd_per_harm) + "\n"
    yield from _write_most_per_usd(study, bought)
    yield (
        "What preventing a harm is worth in money is nobody's finding; `acceptability.csv` only shows how an order of "
        "packages would depend on it.\n"
    )


def write_failures(study: Study) -> Iterator[str]:
    """Yield when packages fail, with rules where there are any; nothing without the analysis."""
    found = study.tables.get(DISCOVERY)
    if found is None or found.empty:
        return
    yield "## When does a package fail?\n"
    yield "Failing: in a draw, no less of the harm than in the baseline. Draws in which each package fails:\n"
    plain = found[(found["meaning"] == "not_less_than") & (found["against"] == study.baseline)]
    for basis in dict.fromkeys(plain["basis"]):
        rows = plain[plain["basis"] == basis]
        yield f"{say_basis(basis).capitalize()}, of {int(rows['draws'].max())} draws:\n"
        yield _by_arm(study, rows, lambda row: str(row["failures"])) + "\n"
    rules = study.tables.get(RULES)
    told = found[found["found"] == RULE]
    searched = int(found["found"].isin([RULE, NO_RULE]).sum())
    yield (
        f"Rules were looked for in {searched} of {len(found)} questions, those with enough draws of both kinds: small "
        "classification trees, judged on draws that they were not made from, and against shuffled draws; the chance "
        f"that any rule below is a false lead is at most {FALSE_LEADS:.0%} if there is none to be found.\n"
    )
    if told.empty or rules is None:
        so_few = (
            ", which in so few draws is no surprise" if int(found["draws"].max()) < QUANTILES_FROM else ""
        )
        yield f"No rule better than chance was found{so_few}.\n"
        return
    yield "\n".join(f"- {row['sentence']}" for row in told.to_dict("records")) + "\n"
    yield "A rule says what goes with failure in the model; it is no cause, and its ends are those of these draws.\n"


def write_drivers(study: Study) -> Iterator[str]:
    """Yield which assumptions drive the answer, from the tables and pictures of a sensitivity analysis."""
    if study.sensitivity is None:
        return
    yield "## Which assumptions drive the answer\n"
    for path in find_driver_pictures(study.sensitivity):
        yield f"![{path.stem}; the same in sentences below]({study.folder}/{path.name})\n"
        words = path.with_suffix(".txt")
        if words.is_file():
            text = words.read_text(encoding="utf-8").strip()
            yield f"<details><summary>The same in sentences</summary>\n\n{text}\n\n</details>\n"
    yield "All indices are in `sensitivity.csv` of the experiment folder.\n"


def find_driver_pictures(folder: Path) -> list[Path]:
    """Return the pictures of drivers that a sensitivity analysis left in its folder."""
    return sorted(folder.glob("drivers*.png"))


def _write_prevented(study: Study, rows: pd.DataFrame) -> str:
    whole = bool((rows["basis"] == "total").all())

    def say(row: Row) -> str:
        mean = say_change(
            row["prevented"], row["prevented_mean_low"], row["prevented_mean_high"], whole=whole
        )
        spread = say_change(
            row["prevented"], row["prevented_spread_low"], row["prevented_spread_high"], whole=whole
        )
        ends = spread.partition("(")[2].partition(")")[0]
        unit = " million" if spread.endswith("million") else ""
        star = " *" if row["fewer_than_10"] else ""
        return f"{mean} [{ends}{unit}]{star}" if ends else f"{mean}{star}"

    return _by_arm(study, rows[rows["arm"] != study.baseline], say)


def _write_only_fewer(study: Study, rows: pd.DataFrame) -> Iterator[str]:
    """Yield how much of each change of a total sits in how many people move, and which sit in nothing else."""
    if rows["prevented_by_fewer_journeys"].isna().all():
        return
    yield (
        "How much of this sits in fewer (or more) journeys and how much in harm per journey (fewer journeys / lower "
        "harm per journey; Kitagawa 1955). It says where a difference sits, not why:\n"
    )

    def say(row: Row) -> str:
        moving, risk = (float(row[f"prevented_by_{part}"]) for part in ("fewer_journeys", "lower_risk"))
        step = find_step(row["prevented"], row["prevented_mean_low"], row["prevented_mean_high"])
        return f"{say_number(moving, step, sign=True)} / {say_number(risk, step, sign=True)}"

    yield _by_arm(study, rows[rows["arm"] != study.baseline], say) + "\n"
    only = rows[rows["only_fewer_journeys"].astype(bool)]
    for arm, of_arm in only.groupby("arm", sort=False):
        harms = ", ".join(say_harm(str(harm)).lower() for harm in of_arm["harm"])
        yield (
            f"**Only because fewer people move:** under {say_code(str(arm))} the totals of {harms} are lower, while "
            "the same harm per 1,000 journeys is not.\n"
        )


def _write_least_regret(rows: pd.DataFrame) -> Iterator[str]:
    """Yield which package has the least largest regret of each harm, and of how many."""
    least = rows["regret_max"] == rows.groupby("harm")["regret_max"].transform("min")
    wins = rows[least].groupby("arm", sort=False)["harm"].apply(list)
    said = [
        f"{say_code(str(arm))} for {', '.join(say_harm(harm).lower() for harm in harms)}"
        for arm, harms in wins.items()
    ]
    yield f"The smallest largest regret (Savage's rule, harm by harm): {'; '.join(said)}.\n"


def _write_most_per_usd(study: Study, bought: pd.DataFrame) -> Iterator[str]:
    """Yield shares of draws in which each package prevents most per USD, and the quadrants for deaths."""
    n = int(bought["most_per_usd_draws"].max())
    if n:
        yield (
            f"Share of {n} draws in which each package prevents most per USD (95% interval; only draws in which all of "
            "them cost more than the baseline):\n"
        )
        yield _by_arm(study, bought, _say_most) + "\n"
    rows = bought[bought["harm"] == bought["harm"].iloc[0]].to_dict("records")
    yield f"Cost and {say_harm(str(rows[0]['harm'])).lower()} together, beside the baseline:\n"
    yield "\n".join(f"- {say_code(str(row['arm']))}: {say_quadrants(row)}." for row in rows) + "\n"


def _say_most(row: Row) -> str:
    if not row["most_per_usd_draws"]:
        return ""
    return f"{row['most_per_usd']:.0%} ({row['most_per_usd_low']:.0%} to {row['most_per_usd_high']:.0%})"


def _by_arm(study: Study, rows: pd.DataFrame, say: Any) -> str:  # noqa: ANN401 - any function of a row
    """Return harms by package, a few packages a table."""
    tables = []
    shown = [arm for arm in study.variants if (rows["arm"] == arm).any()]
    for arms in part_arms(shown):
        lines = []
        for harm, of_harm in rows.groupby("harm", sort=False):
            by_arm = {str(row["arm"]): row for row in of_harm.to_dict("records")}
            cells = [say(by_arm[arm]) if arm in by_arm else "" for arm in arms]
            lines.append((say_harm(str(harm)), *cells))
        tables.append(write_rows(("", *(say_code(arm) for arm in arms)), lines))
    return "\n\n".join(tables)


def _say_items(spent: pd.DataFrame, arm: str) -> str:
    """Return the two items on which a package spends most beyond the baseline."""
    rows = spent[(spent["arm"] == arm) & (spent["item"] != COST) & (spent["extra_usd"] > 0)]
    rows = rows.sort_values("extra_usd", ascending=False, kind="stable").head(2)
    return ", ".join(str(item).removeprefix("cost_").replace("_", " ") for item in rows["item"])


def _picture(study: Study, name: str, text: str) -> str:
    return f"![{text}; the same in sentences: {study.folder}/{name}.txt]({study.folder}/{name}.png)\n"
