"""The columns of the exported table: name, HXL tag, unit and meaning, in one list that writes the dictionary too."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column.

    Attributes:
        name: Heading.
        tag: Humanitarian Exchange Language tag, after https://hxlstandard.org (1.1).
        kind: text, number or yes/no.
        unit: Unit of numbers.
        meaning: What it holds.
    """

    name: str
    tag: str
    kind: str
    unit: str
    meaning: str


_OUTCOME_UNIT = "unit of the outcome: people, events, person-days or USD; rates as their name says"
_NUMBERS = {
    "baseline": ("baseline", "mean over replicates in the baseline"),
    "variant": ("scenario", "mean over replicates in the scenario"),
    "difference": ("difference", "scenario minus baseline"),
    "difference_low": ("difference+low", "lower end of the 95% interval of the difference"),
    "difference_high": ("difference+high", "upper end of the 95% interval of the difference"),
}
_RATIOS = {
    "ratio": ("ratio", "scenario over baseline; empty where the baseline is 0"),
    "ratio_low": ("ratio+low", "lower end of the 95% interval of the ratio"),
    "ratio_high": ("ratio+high", "upper end of the 95% interval of the ratio; inf: it has none"),
}
COLUMNS = (
    Column("scenario", "#activity+code+scenario", "text", "", "identifier of the scenario, as its file names it"),
    Column("scenario_title", "#activity+name+scenario", "text", "", "title of the scenario, as its author gave it"),
    Column("baseline_scenario", "#activity+code+baseline", "text", "", "identifier of the baseline"),
    Column("outcome", "#indicator+code", "text", "", "identifier of the outcome"),
    Column("outcome_name", "#indicator+name", "text", "", "the outcome in plain words"),
    Column("is_harm", "#indicator+harm", "yes/no", "", "whether more of it is worse for the people themselves"),
    Column("scope_kind", "#loc+type", "text", "", "all (the whole route), place, leg, cut (a count point), cohort"),
    Column("scope", "#loc+code", "text", "", "identifier of the place, leg or cut; year of departure of a cohort"),
    Column("scope_name", "#loc+name", "text", "", "the place or leg in plain words"),
    Column("group_kind", "#population+type", "text", "", "all, sex, age, unaccompanied, risk_group or stream"),
    Column("group", "#population+code", "text", "", "the group; a stream is where people set out from"),
    Column(
        "interval_kind", "#meta+interval", "text", "",
        "total: where one more joint draw of the uncertain numbers would lie; monte_carlo: mean over seeds alone",
    ),
    *(Column(n, f"#value+{tag}", "number", _OUTCOME_UNIT, said) for n, (tag, said) in _NUMBERS.items()),
    *(Column(n, f"#value+{tag}", "number", "1", said) for n, (tag, said) in _RATIOS.items()),
    Column("replicates", "#meta+replicates", "number", "pairs of runs", "pairs in which both runs finished"),
    Column("share_rising", "#value+share+rising", "number", "1", "share of pairs in which the scenario has more"),
    Column("n_simulated", "#meta+simulated", "number", "people", "mean simulated people behind the larger side"),
    Column("clear", "#status+clear", "text", "", "more, fewer or unclear, by the rule that colours the charts"),
    Column(
        "suppressed", "#status+suppressed", "yes/no", "",
        "the numbers are left out: they rest on fewer than 10 simulated people",
    ),
)  # fmt: skip
NAMES = [column.name for column in COLUMNS]
SUPPRESSED = (*_NUMBERS, *_RATIOS, "share_rising", "n_simulated")
"""What is left out of rows that rest on fewer than FEW_PEOPLE simulated people."""
