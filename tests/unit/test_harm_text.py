"""What is printed of departure cohorts, in a run and in a comparison."""

from __future__ import annotations

import datetime

import pandas as pd
from synthetic_runs import build_scenario, synthetic_model

from experiments.compare import compare
from experiments.harm_text import render_run_cohorts
from experiments.tables import render
from simulation.cohorts import ENDS, EVER

END = datetime.date(2017, 12, 31)


def cohort(kind: str, scope: str, died: float) -> pd.DataFrame:
    """Return the rows of a cohort in which some died, the rest are on the way and nobody came to harm before."""
    values = dict.fromkeys([*ENDS, *EVER], 0.0)
    values |= {
        "deaths_per_1000_started": died,
        "on_the_way_per_1000_started": 1000 - died,
        "cohort_people": 500.0,
    }
    frame = pd.DataFrame({"outcome": list(values), "value": list(values.values())})
    return frame.assign(scope_kind=kind, scope=scope, group_kind="all", group="all", n_simulated=50)


def test_a_run_tells_its_cohorts_and_marks_the_young() -> None:
    parts = [
        cohort("cohort", "2016", 20.0),
        cohort("cohort_young", "2016", 10.0),
        cohort("cohort", "before", 5.0),
    ]
    lines = render_run_cohorts(pd.concat(parts), END)
    assert lines[0] == "by year of start, per 1,000 who started, on 31 December 2017:"
    assert lines[1].split() == ["before", "2016", "2016", "+"]
    died = next(line for line in lines if line.startswith("  died"))
    assert died.split()[1:] == ["5.0", "20.0", "10.0"]
    assert lines[-1].startswith("  + followed for less than 12 months")
    assert not any("+" in line for line in render_run_cohorts(cohort("cohort", "2016", 1.0), END))
    assert render_run_cohorts(cohort("leg", "e1", 1.0), END) == []


def test_a_comparison_tells_cohorts_with_paired_differences_and_what_is_not_known_yet() -> None:
    model = synthetic_model()

    def with_cohorts(scenario, seed, scale):
        died = 20.0 + 4.0 * bool(scenario.document.levers.border_enforcement) + seed % 3
        parts = [cohort("cohort", "all", died), cohort("cohort_young", "all", died / 2)]
        return pd.concat([model.evaluate(scenario, seed, scale), *parts], ignore_index=True)

    strict = build_scenario("strict", enforcement=1.0)
    found = compare(
        build_scenario(),
        strict,
        replicates=4,
        model=model._replace(evaluate=with_cohorts, evaluate_arms=None),
    )
    table = found.table[
        (found.table["outcome"] == "deaths_per_1000_started") & (found.table["scope"] == "all")
    ]
    assert set(table["scope_kind"]) == {"cohort", "cohort_young"}
    of = table[(table["scope_kind"] == "cohort") & (table["interval_kind"] == "total")].iloc[0]
    assert (of["difference"], of["difference_low"], of["difference_high"]) == (4.0, 4.0, 4.0)
    text = render(found)
    assert "of 1,000 who started at least 12 months before the end (31 December 2017)" in text
    (line,) = (line for line in text.splitlines() if line.startswith("  died"))
    assert "+4" in line
    assert "followed for less than 12 months: of 1,000, 9" in text
