"""Orders of magnitude: the history of 2014-2019 held against published numbers.

Renew the table and the picture of the documentation with::

    python -m experiments.orders_of_magnitude docs/validation/orders_of_magnitude
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import click
import numpy as np

from experiments.commands.inputs import ScaleRange
from experiments.orders_page import renew_page, write_chart, write_rows
from experiments.orders_rows import MATCHED, Lived, compare, read_observed
from simulation.kernels.layout import CHOICE_CLASSES, INTENTIONS, Status
from simulation.model import RouteModel
from simulation.provenance import provenance
from simulation.result import RunResult
from simulation.spec.load import load_scenario
from simulation.spec.models import Period, Scenario
from simulation.world.choice import EUROPE
from simulation.world.policy import day_number
from simulation.world.tables import cell_status

ROUTE = Path(__file__).parents[1] / "scenarios" / "central_mediterranean"
LAST_DAY = date(2019, 12, 31)


def cut_to(scenario: Scenario, last: date) -> Scenario:
    """Return the scenario with nothing after a day."""
    period = scenario.document.period
    end = min(last, period.end)
    cut = Period(start=period.start, departures_end=min(end, period.departures_end), end=end)
    return scenario.model_copy(update={"document": scenario.document.model_copy(update={"period": cut})})


def live(
    scenario: Scenario,
    seed: int,
    scale: float,
    census: Iterable[date],
    tell: Callable[[str], None] = lambda _: None,
) -> Lived:
    """Run a scenario to its end and count people in Libya on the census days.

    Args:
        scenario: What to run.
        seed: Seed of every draw.
        scale: Share of people simulated, in (0, 1].
        census: Days of the run at whose end people are counted.
        tell: Called with a line at the end of every year.
    """
    model = RouteModel(scenario, seed=seed, scale=scale)
    days = {day_number(day): day for day in census}
    bound, held = {}, {}
    while model.day < model.last_day:
        model.step()
        if model.day in days:
            bound[days[model.day]], held[days[model.day]] = _count_in_libya(model)
        if (model.today.month, model.today.day) == (12, 31):
            tell(f"seed {seed}: {model.today.year} done")
    result = RunResult(scenario, seed, scale, model.routes.streams, model.counts(), provenance())
    return Lived(result, model.routes, bound, held)


def _count_in_libya(model: RouteModel) -> tuple[int, int]:
    """Return (bound for Europe, in official detention) people simulated who are at places in Libya now."""
    status, place = cell_status(model.routes)
    libya = np.array([p.country == "LBY" for p in model.routes.places], np.bool_)
    at_place = (status != Status.TRAVELLING) & (status != Status.PATHWAY) & (place >= 0)
    here = at_place & libya[np.maximum(place, 0)]
    people = model.people.life[model.rows]
    present = here[people["cell"]]
    bound = people["choice_class"] // (CHOICE_CLASSES // INTENTIONS) == EUROPE
    detained = status[people["cell"]] == Status.DETAINED
    return int((present & bound).sum()), int((present & detained).sum())


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--scale", type=ScaleRange(), default=0.1, show_default=True, help="Share of people simulated.")
@click.option("--seeds", type=click.IntRange(1, 20), default=2, show_default=True, help="Number of runs.")
@click.option(
    "--history",
    type=click.Path(path_type=Path, exists=True),
    default=ROUTE / "history.yaml",
    help="Scenario that follows the policies of the years.",
)
def main(target: Path, scale: float, seeds: int, history: Path) -> None:
    """Compare the history to 2019 with observed_orders.csv; write TARGET.csv and .png, and the table in TARGET.md."""
    scenario = cut_to(load_scenario(history), LAST_DAY)
    observed = read_observed(history.parent / "observed_orders.csv")
    census = [row.end for row in observed if MATCHED[row.indicator].is_stock]
    runs = [
        live(scenario, seed, scale, census, lambda line: click.echo(line, err=True))
        for seed in range(1, seeds + 1)
    ]
    orders = compare(observed, runs)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_rows(orders, target.with_suffix(".csv"))
    write_chart(orders, target)
    renew_page(orders, target.with_suffix(".md"), scale=scale, seeds=seeds)
    for order in orders:
        if order.is_whole:
            click.echo(
                f"{MATCHED[order.indicator].title}: {order.ratio:.2f} of the observed, {order.verdict}"
            )


if __name__ == "__main__":
    main()
