"""What would be observed in later months: the model run on draws of a posterior, recorded as declared."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from calibration.cells import Cells, Floats, Ints
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
        ResultError: The posterior is not of this fit or of other ranges, the day is in the fitted period, the scenario
            ends before the forecast, or no run finished.
    """
    _check_posterior(posterior, loaded, wanted.origin)
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
        reasons = [failure.reason for failure in store.failures]
    made = ~np.isnan(true).all(axis=1)
    if not made.any():
        raise ResultError(f"none of {wanted.draws} runs finished{': ' + reasons[0] if reasons else ''}")
    psi = _psi_of(posterior, model, rows[made], rng := _rng(wanted.seed))
    log_true = np.log(np.maximum(true[made], LEAST_SEEN / wanted.scale * _is_count(model)))
    luck = _luck_of(posterior, model.cells, wanted.scale)
    covariance = np.diag(known_luck(model.cells, true[made], luck, wanted.origin))
    table = draw_forecasts(model, log_true, psi, [wanted.origin], wanted.months, rng, covariance)
    about = {"posterior": posterior.about, "scenario": chosen.document.scenario, **wanted._asdict()}
    about |= {"origin": str(wanted.origin), "failed": int((~made).sum())}
    return Forecast(table, loaded.observation_document, about)


def known_luck(cells: Cells, true: Floats, luck: Floats, origin: date) -> Floats:
    """Return (n_cells,) the variance of the log of one run's cells by its luck; 0 after the origin.

    What was observed is compared with one run a draw: without this, its luck would be read as a discrepancy that goes
    on after the origin. In cells after it the luck of the run is in the draws already.

    Args:
        cells: What is known and what is to be predicted.
        true: (n_draws, n_cells) of the runs; NaN where a run does not say.
        luck: (n_cells,) variance over mean of runs that differ in luck alone, at the scale of these runs.
        origin: Last day of which anything is known.
    """
    said = ~np.isnan(true)
    mean = np.where(said, true, 0.0).sum(axis=0) / np.maximum(said.sum(axis=0), 1)
    known = said.any(axis=0) & (cells.end <= np.datetime64(origin))
    return np.where(known, luck / (mean + 0.5 * luck), 0.0)


def _check_posterior(posterior: Posterior, loaded: LoadedFit, origin: date) -> None:
    """Refuse a posterior of another fit, and a day whose later months were fitted: they are no forecast."""
    about = posterior.about
    if about.get("digest") != loaded.digest or "luck" not in about:
        raise ResultError(
            f"the posterior is not of fit {loaded.document.fit} as it is now: fit file, observation file, observed "
            "numbers (--observed) or scenario were others; give those of the fit, or fit again"
        )
    until = about["period"][1]
    if origin < date.fromisoformat(until):
        raise ResultError(
            f"months up to {until} were fitted, so that those after {origin} are no forecast; begin with --from {until}"
            f" or later, or fit with until: {origin}"
        )


def _luck_of(posterior: Posterior, cells: Cells, scale: float) -> Floats:
    """Return (n_cells,) variance over mean of runs at a scale; that of a series not fitted is of Poisson counts."""
    of = [float(posterior.about["luck"].get(name, 1.0)) for name in cells.series]
    return np.array(of, np.float64)[cells.series_of] / scale


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(6,)))


def _is_count(model: DeclaredModel) -> Floats:
    """Return (n_cells,) 1 for counts; hardly more than 0 for shares."""
    return np.where(np.isnan(model.asked), 1.0, 1e-4)


def _psi_of(posterior: Posterior, model: DeclaredModel, rows: Ints, rng: np.random.Generator) -> Floats:
    """Return (n, n_psi) values: those of the posterior, and draws from the prior of rates of later periods.

    Raises:
        ResultError: Other numbers of the observation model are not in the posterior.
    """
    later = [name for name in model.names if name not in posterior.psi_names]
    begin = {
        name: name.rpartition(":")[::2] for name in (*posterior.psi_names, *later) if name.startswith("rate:")
    }
    fitted = [begin[name] for name in posterior.psi_names if name in begin]
    unknown = [
        name
        for name in later
        if name not in begin or not any(r == begin[name][0] and day < begin[name][1] for r, day in fitted)
    ]
    if unknown:
        raise ResultError(
            f"the posterior has no {', '.join(unknown)}, which the forecast needs: what was observed up to its day has "
            "series that were not fitted; fit again with them"
        )
    values = model.scale_psi(rng.random((len(rows), len(model.names))))
    for place, name in enumerate(model.names):
        if name in posterior.psi_names:
            values[:, place] = posterior.psi[rows, posterior.psi_names.index(name)]
    return values
