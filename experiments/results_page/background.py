"""Parts of a results page that tell what was run and how much it is worth: packages, runs, evidence, limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from experiments.clear import ENOUGH_DRAWS
from experiments.pictures import count_weak_inputs, describe_levers, find_loose_parameters
from experiments.results_page.study import Study, say_code, write_rows
from experiments.statistics import QUANTILES_FROM


def write_packages(study: Study) -> Iterator[str]:
    """Yield what is compared."""
    yield "## What is compared\n"
    yield f"The baseline is {say_code(study.baseline)}: {_title(study, study.baseline)}. Beside it:\n"
    rows = []
    for arm in study.variants:
        plan = study.comparison.plan
        changed = describe_levers(plan.baseline, plan.arms[arm]) or "other tables than the baseline's"
        rows.append((say_code(arm), _title(study, arm), changed.replace("|", "/")))
    yield _left(("package", "title", "what it sets otherwise"), rows) + "\n"


def write_runs(study: Study) -> Iterator[str]:
    """Yield periods, runs, seeds, scale and revision."""
    plan = study.comparison.plan
    period = plan.baseline.document.period
    people = "every person (1:1)" if plan.scale == 1 else f"1 person in {round(1 / plan.scale, 1):g}"
    failed = f", of which {study.failed} failed and count nowhere, nor do their twins" if study.failed else ""
    n_runs = len(plan.arms) * (plan.replicates + plan.monte_carlo)
    since = ""
    if plan.since:
        since = (
            f"Outcomes count from {plan.since.replace(day=1):%-d %B %Y}; the packages begin to differ on "
            f"{plan.since:%-d %B %Y}. "
        )
    yield "## What was run\n"
    yield (
        f"Journeys that start from {period.start:%-d %B %Y} to {period.departures_end:%-d %B %Y}, followed to "
        f"{period.end:%-d %B %Y}; {people} simulated. {since}{_say_rows(study)}: {n_runs:,} runs{failed}. Seed "
        f"{plan.seed}; revision `{study.revision}`.\n"
    )


def _say_rows(study: Study) -> str:
    """Return how many replicates there are, and what varies in them."""
    plan, design = study.comparison.plan, study.comparison.plan.design
    if study.is_screening and design is not None:
        rows = f"{plan.replicates} points of a {design.method} design over {len(design.factors)} factors"
    else:
        rows = f"{plan.replicates} joint draws of the uncertain parameters"
    seeds = (
        f", and {plan.monte_carlo} of seeds alone, parameters at their defaults" if plan.monte_carlo else ""
    )
    return f"{rows}, each shared by all {len(plan.arms)} arms together with the luck of every person{seeds}"


def write_evidence(study: Study) -> Iterator[str]:
    """Yield how much of the input is weakly supported, and which parameters have the widest ranges among it."""
    scenario = study.comparison.plan.baseline
    weak, rows = count_weak_inputs(scenario)
    yield "## Weak evidence\n"
    yield (
        f"Of {rows:,} rows of input {weak:,} ({weak / rows:.0%}) are assumed or recalled, not measured. They enter "
        "with ranges, so that what is not known widens the intervals above; a range that is itself wrong does not.\n"
    )
    loose = find_loose_parameters(scenario)
    if loose:
        yield "Weakly supported parameters with the widest ranges:\n"
        yield (
            _left(
                ("parameter", "meaning", "value", "range"),
                [
                    (
                        say_code(p.name),
                        p.meaning.replace("|", "/"),
                        f"{p.value:g}",
                        f"{p.low:g} to {p.high:g}",
                    )
                    for p in loose
                ],
            )
            + "\n"
        )


def write_repeat(study: Study) -> Iterator[str]:
    """Yield the command that repeats the study."""
    yield "## How to repeat it\n"
    yield f"```\n{study.command}\n```\n"
    yield (
        f"At revision `{study.revision}` the same command gives the same numbers, on any number of cores or machines. "
        "How to read intervals, marks and files: [comparing.md](../comparing.md).\n"
    )


def write_limits(study: Study) -> Iterator[str]:
    """Yield what these numbers do not say."""
    n = study.comparison.plan.replicates
    yield "## Limits\n"
    yield (
        "- These compare policies within a model under stated assumptions. They are not forecasts, and a difference "
        "here is a difference in the model."
    )
    if study.is_screening:
        yield "- How strongly an assumption drives an outcome depends on the range it was given."
        yield "- A factor that does nothing here may matter under other packages, or in another period.\n"
        return
    if n < QUANTILES_FROM:
        yield (
            f"- {n} draws: intervals assume the shape of the spread, and shares of draws are coarse. At least "
            f"{QUANTILES_FROM} are advised for anything that is quoted."
        )
    if n < ENOUGH_DRAWS:
        yield f"- With fewer than {ENOUGH_DRAWS} draws a change is bold only if the seeds alone agree."
    yield (
        "- Each row is judged by itself: of many changes that are none, a few are bold by chance. * rests on fewer "
        "than 10 simulated people: do not quote it."
    )
    yield (
        "- Totals fall when fewer people move, whatever befalls those who stay or wait: what happens to people who "
        "never set out is not in any number here. Fewer arrivals are no protection outcome."
    )
    yield "- Harms are not added up: what a death weighs against a rape or a year in detention is not a finding.\n"
    yield "Who may use this, and for what: [responsible_use.md](../responsible_use.md).\n"


def _title(study: Study, arm: str) -> str:
    return study.comparison.plan.arms[arm].document.title


def _left(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of text, all columns to the left."""
    return write_rows(head, rows).replace("---:|", "---|")
