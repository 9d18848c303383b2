"""What would be observed in later months: the model run on draws of a posterior, recorded as declared."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from calibration.cells import Floats, Ints
from calibration.fit.load import LoadedFit, shorten
from calibration.forecasts import Forecast, draw_forecasts
from calibration.observation.model import DeclaredModel, load_model
from calibration.posterior import Posterior
from experiments.design import Design
from experiments.execution.execute import Executor, Watch, execute
from experiments.execution.threads import run_in_threads
from experiments.fitting.runs import CellRuns, cell_model
from experiments.plan import Plan
from simulation.errors import ResultError
from simulation.spec.models import Scenario

LEAST_SEEN = 0.5
"""A cell in which a run has nobody is taken as half a simulated person."""


class Wanted(NamedTuple):
    """What is asked of a forecast."""

    origin: date
    """Last day of which anything is known."""
    months: int
    draws: int
    scale: float
    seed: int


def add_months(day: date, months: int) -> date:
    """Return the last day of the month that is so many months after that of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def forecast(  # noqa: PLR0913  each is a choice of its own
    loaded: LoadedFit,
    observation_file: Path,
    posterior: Posterior,
    wanted: Wanted,
    folder: Path,
    *,
    scenario: Scenario | None = None,
    executor: Executor = run_in_threads,
    watch: Watch | None = None,
) -> Forecast:
    """Return draws of the months after a day, given what was observed up to it.

    Policy and departures after the day are those of the scenario; departures of years that were not fitted follow from
    the fitted ones as far as their prior correlates them.

    Args:
        loaded: The fit, for what was observed.
        observation_file: Its observation file.
        posterior: Draws of theta and psi.
        wanted: What is asked for.
        folder: Where finished runs are kept, so that an interrupted forecast goes on.
        scenario: Another scenario than the fit's, for other policies after the day.
        executor: Where runs are made.
        watch: Told how far the runs are.

    Raises:
        ResultError: The scenario ends before the forecast, or the posterior was fitted to other ranges.
    """
    chosen = loaded.scenario if scenario is None else scenario
    last = add_months(wanted.origin, wanted.months)
    if chosen.document.period.end < last:
        raise ResultError(
            f"{chosen.document.scenario} ends on {chosen.document.period.end}, before the forecast does on {last}"
        )
    posterior.check_scenarios([chosen])
    known = loaded.observed.until(wanted.origin)
    model = load_model(observation_file, known.rows, chosen, last, rates_until=loaded.document.until)
    rows = posterior.choose(wanted.seed, wanted.draws)
    design = Design("posterior", posterior.factors, posterior.members, posterior.uniforms[rows])
    plan = Plan(
        shorten(chosen, last), (), wanted.draws, wanted.seed, wanted.scale, design=design, seeds_only=0
    )
    with CellRuns(folder, model) as store:
        execute(plan, cell_model(model), store, executor=executor, watch=watch)
        true = store.read(plan, len(model.cells))
    made = ~np.isnan(true).all(axis=1)
    rng = np.random.default_rng(np.random.SeedSequence(entropy=wanted.seed, spawn_key=(6,)))
    log_true = np.log(np.maximum(np.nan_to_num(true[made]), LEAST_SEEN / wanted.scale * _is_count(model)))
    psi = _psi_of(posterior, model, rows[made], rng)
    table = draw_forecasts(model, log_true, psi, [wanted.origin], wanted.months, rng)
    about = {"posterior": posterior.about, "scenario": chosen.document.scenario, **wanted._asdict()}
    return Forecast(table, loaded.observation_document, about | {"origin": str(wanted.origin)})


def _is_count(model: DeclaredModel) -> Floats:
    """Return (n_cells,) 1 for counts; hardly more than 0 for shares."""
    return np.where(np.isnan(model.asked), 1.0, 1e-4)


def _psi_of(posterior: Posterior, model: DeclaredModel, rows: Ints, rng: np.random.Generator) -> Floats:
    """Return (n, n_psi) values: those of the posterior, and draws from the prior of numbers of later periods."""
    values = model.scale_psi(rng.random((len(rows), len(model.names))))
    for place, name in enumerate(model.names):
        if name in posterior.psi_names:
            values[:, place] = posterior.psi[rows, posterior.psi_names.index(name)]
    return values
