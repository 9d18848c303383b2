"""What of a run would be recorded: where each indicator of the observation table counts, and at which rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulation.kernels.layout import F64
from simulation.outcomes import RECORDABLE
from simulation.result import RunResult
from simulation.spec.models import Leg
from simulation.world.routes import Routes, build_routes

Mask = npt.NDArray[np.bool_]
OTHER_SEAS = ("sea_atlantic", "sea_alboran")  # the ways to Spain are not the Central Mediterranean
NORTHERN_LIBYA = 28.0  # degrees; deaths further south are deaths in the desert


def recorded_cells(result: RunResult) -> dict[str, Mask]:
    """Return the cells (C,) at which each outcome of RECORDABLE counts.

    Deaths at sea are those on any sea leg and deaths in the desert those on irregular desert legs. Arrivals by sea,
    and people brought back to a country, are those of the Central Mediterranean; the flow is that past the monitoring
    points; expulsions are entries to the legs by which people are driven from Algeria to Niger.
    """
    routes = build_routes(result.scenario)
    sea = _legs(result, [leg.mode == "sea" for leg in routes.legs])
    points = {row.leg for row in result.scenario.monitoring if row.kind == "monitoring_point"}
    cells = {
        "deaths_sea": sea,
        "deaths_sahara": _legs(
            result, [leg.mode == "desert" and leg.purpose == "irregular" for leg in routes.legs]
        ),
        "deaths_libya": _northern_libya(result),
        "arrivals_sea": _legs(
            result, [leg.mode == "sea" and leg.risk_zone not in OTHER_SEAS for leg in routes.legs]
        ),
        "interceptions_libya": _legs(result, _brought_back(routes, "LBY")),
        "interceptions_tunisia": _legs(result, _brought_back(routes, "TUN")),
        "expelled_algeria": _legs(result, [_drives_out(leg, routes, "DZA", "NER") for leg in routes.legs]),
        "flow_niger": _legs(result, [leg.id in points for leg in routes.legs]),
        "returned_by_programme": np.ones(len(result.cells), np.bool_),
    }
    assert set(cells) == set(RECORDABLE)
    return cells


def recorded_share(result: RunResult, indicator: str) -> F64:
    """Return (n_months,) recorded over true by the year of each month; NaN for years without a row."""
    rows = [row for row in result.scenario.observation if row.indicator == indicator]
    holds = [[r.rate for r in rows if r.from_year <= year <= r.to_year] for year in result.months.year]
    return np.array([rates[0] if rates else np.nan for rates in holds], np.float64)


def _legs(result: RunResult, chosen: list[bool] | Mask) -> Mask:
    """Return (C,) the cells of some legs (L,)."""
    cells = np.zeros(len(result.cells), np.bool_)
    cells[: len(result.scenario.legs)] = chosen
    return cells


def _brought_back(routes: Routes, country: str) -> Mask:
    """Return (L,) the sea legs from which people who are intercepted are brought to a country."""
    landed = routes.destination[np.maximum(routes.back_leg, 0)]
    there = np.array([place.country == country for place in routes.places], np.bool_)
    return np.asarray((routes.back_leg >= 0) & there[landed], np.bool_)


def _drives_out(leg: Leg, routes: Routes, from_country: str, to_country: str) -> bool:
    country = {place.id: place.country for place in routes.places}
    ends = (country[leg.origin], country[leg.destination])
    return leg.purpose == "return_forced" and ends == (from_country, to_country)


def _northern_libya(result: RunResult) -> Mask:
    """Return the cells of places in Libya north of 28 degrees, and of the roads between them."""
    north = {
        place.id
        for place in result.scenario.places
        if place.country == "LBY" and place.latitude > NORTHERN_LIBYA
    }
    roads = {
        leg.id
        for leg in result.scenario.legs
        if leg.origin in north and leg.destination in north and leg.mode != "sea"
    }
    cells = result.cells
    here = cells["location"].isin(north | roads) & (cells["setting"] != "ended")
    return np.asarray(here.to_numpy(), np.bool_)
