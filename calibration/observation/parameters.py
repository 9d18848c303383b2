"""psi by name: every rate, selection and scatter of an observation model, and which cells each acts on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from calibration.cells import Cells, Floats, Ints
from calibration.observation.load import LoadedObservation
from calibration.observation.models import RatePeriod, SeriesDocument
from calibration.priors import Prior, scale
from simulation.errors import ScenarioError
from simulation.spec.documents import in_order
from simulation.spec.models import Scenario
from simulation.spec.rows_reference import ObservationRate

FOREVER = date(9999, 12, 31)
NOISE = ("clumping", "sd", "correlation")


@dataclass(frozen=True)
class Parameters:
    """The numbers of an observation model.

    Those that are known exactly are no part of psi; ``complete`` puts them back.

    Attributes:
        names: (n_psi,) rate:NAME:FROM, selection:SERIES, clumping:NOISE, sd:NOISE, correlation:NOISE.
        priors: Prior of each.
        known: Values of the others, which come after psi in the complete vector.
        factors: (n_cells, n_complete) 1 where a rate or the odds of selection multiply a cell, else 0.
        noise: (n_series, 3) index of clumping, sd and correlation of each series in the complete vector.
    """

    names: tuple[str, ...]
    priors: tuple[Prior, ...]
    known: Floats
    factors: Floats
    noise: Ints

    def scale(self, u: Floats) -> Floats:
        """Return values of psi at uniforms, (..., n_psi)."""
        columns = [scale(prior, u[..., i]) for i, prior in enumerate(self.priors)]
        return np.stack(columns, axis=-1) if columns else np.empty(u.shape)

    def complete(self, psi: Floats) -> Floats:
        """Return (..., n_complete) psi with the known numbers after it."""
        known = np.broadcast_to(self.known, (*psi.shape[:-1], self.known.size))
        return np.concatenate([psi, known], axis=-1)


def collect_parameters(
    loaded: LoadedObservation, cells: Cells, scenario: Scenario, rates_until: date | None = None
) -> Parameters:
    """Return the numbers that the cells need; a rate that no cell needs is no parameter.

    A window has the rate of the period that its first day is in; the last period holds on after its end.

    Args:
        loaded: The observation model.
        cells: What was observed or is to be predicted.
        scenario: Where the rates of observation.csv are.
        rates_until: With a day: periods that start after it are taken as not yet known, as a hindcast must.

    Raises:
        ScenarioError: A cell is in no period of a rate of its series.
    """
    problems = []
    found: dict[str, Prior] = {}
    acting: dict[str, Floats] = {}
    for index, (name, series) in enumerate(loaded.document.series.items()):
        of = cells.series_of == index
        for at, rate in enumerate(series.recorded):
            left = of.copy()
            for label, prior, first, last in _periods(loaded, rate, scenario, rates_until or FOREVER):
                inside = of & (cells.start >= first) & (cells.start <= last)
                left &= ~inside
                if inside.any():
                    found[label] = prior
                    acting[label] = np.maximum(acting.get(label, np.zeros(len(cells))), inside)
            if left.any():
                message = f"{rate} has no rate on {cells.start[left][0]}, where {name} has a number"
                where = ("series", name, "recorded", at)
                hint = "add a period, or shorten the series with from and to"
                problems.append(loaded.problem(where, message, hint))
        if series.selection is not None and of.any():
            found[f"selection:{name}"] = series.selection
            acting[f"selection:{name}"] = of.astype(np.float64)
    if problems:
        raise ScenarioError(in_order(problems, loaded.tree.file))
    return _arrange(loaded, cells, found, acting)


def _arrange(
    loaded: LoadedObservation, cells: Cells, found: dict[str, Prior], acting: dict[str, Floats]
) -> Parameters:
    """Return parameters in order: those to be drawn, then the known ones."""
    present = [s for i, s in enumerate(loaded.document.series.values()) if (cells.series_of == i).any()]
    for name in dict.fromkeys(series.noise for series in present):
        noise = loaded.document.noise[name]
        found |= {f"{key}:{name}": getattr(noise, key) for key in NOISE}
    drawn = [name for name, prior in found.items() if not prior.is_known]
    known = [name for name, prior in found.items() if prior.is_known]
    place = {name: i for i, name in enumerate(drawn + known)}
    none = np.zeros(len(cells))
    factors = np.stack([acting.get(name, none) for name in place], axis=1)
    return Parameters(
        tuple(drawn),
        tuple(found[name] for name in drawn),
        np.array([found[name].best for name in known], np.float64),
        factors,
        np.array([_noise_of(series, place) for series in loaded.document.series.values()], np.int64),
    )


def _noise_of(series: SeriesDocument, place: dict[str, int]) -> list[int]:
    return [place.get(f"{key}:{series.noise}", -1) for key in NOISE]


def _periods(
    loaded: LoadedObservation, rate: str, scenario: Scenario, until: date
) -> list[tuple[str, Prior, np.datetime64, np.datetime64]]:
    """Return (name of the parameter, prior, first day, last day) of the periods of a rate that start by a day."""
    if rate in loaded.document.rates:
        found = [(row, row.start, row.to) for row in loaded.document.rates[rate]]
    else:
        found = [
            (_as_period(row), date(row.from_year, 1, 1), date(row.to_year, 12, 31))
            for row in scenario.observation
            if row.indicator == rate
        ]
    found = [period for period in found if period[1] <= until]
    end = max((last for _, _, last in found), default=FOREVER)
    return [
        (f"rate:{rate}:{first}", row, np.datetime64(first), np.datetime64(FOREVER if last == end else last))
        for row, first, last in found
    ]


def _as_period(row: ObservationRate) -> RatePeriod:
    """Return a row of observation.csv with the distribution that the simulation draws it from."""
    return RatePeriod(
        low=row.low, best=row.rate, high=row.high, distribution="even_halves",
        source=row.source, confidence=row.confidence,
    )  # fmt: skip
