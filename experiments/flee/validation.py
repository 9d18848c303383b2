"""A displacement case held against its observed camps over several seeds, beside naive forecasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.camp_scores import (
    averaged_difference,
    camp_differences,
    camp_errors,
    last_value,
    raw_count,
    relative_difference,
    shares_of,
    shares_of_day,
    total_error,
)
from experiments.row_statistics import deviation_known
from simulation.displacement.case import DisplacementCase
from simulation.displacement.model import DisplacementModel
from simulation.displacement.observed import by_day, observed_camps
from simulation.displacement.result import PROTECTION
from simulation.errors import ResultError

Floats = NDArray[np.float64]
KNOWN_DAY = 30  # naive forecasts know the data of this day


@dataclass(frozen=True)
class Validation:
    """What several runs of a case gave.

    Attributes:
        case: The case.
        scale: Share of people simulated.
        observed: (T, K) people observed in the camps.
        forecast: (S, T, K) people forecast, one run a seed.
        protection: One row a seed: the outcomes of PROTECTION.
    """

    case: DisplacementCase
    scale: float
    observed: Floats
    forecast: Floats
    protection: pd.DataFrame

    def scores(self, *, rescaled: bool) -> Floats:
        """Return (S,) averaged relative difference of each seed."""
        return np.array([averaged_difference(f, self.observed, rescaled=rescaled) for f in self.forecast])

    def camp_scores(self) -> Floats:
        """Return (S, K) what each camp adds to the rescaled difference."""
        return np.stack([camp_differences(f, self.observed, rescaled=True) for f in self.forecast])

    @property
    def raw(self) -> Floats:
        """(T,) people of Flee's raw count: the series "total" where the case follows it, else by its camps."""
        series = {s.place: s for s in self.case.observed}
        if self.case.spawning.total == "total_column":
            return by_day(series["total"], self.case).astype(np.float64)
        return raw_count(self.observed, sum(float(by_day(s, self.case)[0]) for s in series.values()))

    @property
    def naive(self) -> dict[str, Floats]:
        """Naive forecasts by what they hold, (T, K) people."""
        by_name = {p.name: p for p in self.case.places}
        sizes = [by_name[name].capacity for name in self.case.camps]
        capacity = np.array([np.nan if size is None else size for size in sizes], np.float64)
        day = KNOWN_DAY if self.case.days > KNOWN_DAY else 0
        found = {
            f"shares of day {day}": shares_of_day(self.observed, day),
            f"values of day {day}": last_value(self.observed, day),
        }
        if np.isfinite(capacity).any():
            found["shares of capacities"] = shares_of(capacity, self.observed)
        return found


def validate(
    case: DisplacementCase,
    seeds: int,
    *,
    scale: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> Validation:
    """Run a case with seeds 1 to ``seeds`` and hold every run against the observed camps.

    Raises:
        ResultError: The case has nothing observed to hold a run against.
    """
    observed = observed_camps(case).astype(np.float64)
    if not observed.any():
        raise ResultError(
            f"{case.name}: nobody is observed in any camp, so there is nothing to hold a run against"
        )
    forecast = np.empty((seeds, *observed.shape))
    protection = []
    for i in range(seeds):
        result = DisplacementModel(case, seed=i + 1, scale=scale).run()
        forecast[i] = result.toll.inside / scale
        protection.append(result.protection())
        if progress is not None:
            progress(i + 1, seeds)
    return Validation(case, scale, observed, forecast, pd.DataFrame(protection, columns=list(PROTECTION)))


def score_table(found: Validation) -> pd.DataFrame:
    """Return one row a forecast: averaged relative difference, rescaled and not, mean and deviation over seeds."""
    own = np.stack([found.scores(rescaled=True), found.scores(rescaled=False)])
    deviation = deviation_known(own)
    rows = [("this model", own[0].mean(), deviation[0], own[1].mean(), deviation[1])]
    for name, naive in found.naive.items():
        both = [averaged_difference(naive, found.observed, rescaled=of) for of in (True, False)]
        rows.append((name, both[0], np.nan, both[1], np.nan))
    columns = ["forecast", "rescaled", "rescaled_sd", "difference", "difference_sd"]
    return pd.DataFrame(rows, columns=columns)


def _deviation(of: Floats) -> Floats:
    """Return (...) the deviation over seeds of (S, ...) numbers; NaN for one seed."""
    return deviation_known(of.reshape(len(of), -1).T).reshape(of.shape[1:])


def camp_table(found: Validation) -> pd.DataFrame:
    """Return one row a camp: shares of people over all days, people at the end, what it adds to the score.

    Forecasts are means over seeds, with their deviation.
    """
    people = found.forecast.mean(axis=0)
    total = np.maximum(found.forecast.sum(axis=(1, 2)), 1e-12)
    adds = found.camp_scores()
    return pd.DataFrame(
        {
            "camp": list(found.case.camps),
            "observed_share": found.observed.sum(axis=0) / found.observed.sum(),
            "forecast_share": people.sum(axis=0) / max(people.sum(), 1e-12),
            "forecast_share_sd": _deviation(found.forecast.sum(axis=1) / total[:, None]),
            "observed_end": found.observed[-1],
            "forecast_end": people[-1],
            "forecast_end_sd": _deviation(found.forecast[:, -1]),
            "adds": adds.mean(axis=0),
            "adds_sd": _deviation(adds),
        }
    )


def day_table(found: Validation) -> pd.DataFrame:
    """Return one row a day: each camp's observed and forecast people and Flee's error of it, and errors of the day.

    The day's errors are the relative difference, as it is and rescaled, and Flee's "Total error". All that comes from
    the forecast is the mean over seeds, with its deviation (sd).
    """
    dates = pd.date_range(found.case.start, periods=found.case.days, freq="D")
    columns: dict[str, object] = {"date": dates.strftime("%Y-%m-%d")}

    def add(name: str, of: Floats) -> None:
        columns[name], columns[f"{name} sd"] = of.mean(axis=0), _deviation(of)

    errors = np.stack([camp_errors(f, found.observed) for f in found.forecast])
    for k, camp in enumerate(found.case.camps):
        columns[f"{camp} observed"] = found.observed[:, k]
        add(f"{camp} forecast", found.forecast[:, :, k])
        add(f"{camp} error", errors[:, :, k])
    for name, of in (("difference", False), ("rescaled", True)):
        add(name, np.stack([relative_difference(f, found.observed, rescaled=of) for f in found.forecast]))
    add("Total error", np.stack([total_error(f, found.observed, found.raw) for f in found.forecast]))
    return pd.DataFrame(columns)
