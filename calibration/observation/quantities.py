"""What truly happened in a run, cell by cell: events and people present by month, at 1:1."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import numpy as np

from calibration.cells import Cells, Floats, Mask
from calibration.observation.models import Observes, Scope, Who
from calibration.observation.windows import overlap_days
from simulation.outcomes import COUNTED
from simulation.recorded import recorded_cells
from simulation.result import RunResult
from simulation.spec.models import Scenario
from simulation.world.routes import build_routes


def compute_true(result: RunResult, cells: Cells, observes: tuple[Observes, ...]) -> Floats:
    """Return (n_cells,) true counts at 1:1, means of people present, or shares.

    A run counts events and person-days by calendar month: a window that holds a part of a month has that part of its
    events. NaN where the run does not cover the whole window, or a share is of nobody.

    Args:
        result: The run.
        cells: Windows.
        observes: What each series of the cells observes.
    """
    months = result.months.to_numpy().astype("datetime64[D]")
    segments = recorded_cells(result)
    found = np.full(len(cells), np.nan)
    for index, observed in enumerate(observes):
        of = cells.series_of == index
        days = overlap_days(cells.start[of], cells.end[of], months)
        where, among = scope_mask(result, observed.where, segments), who_mask(result, observed.who)
        total = _in_windows(result, days, observed, where, among)
        if observed.share_of is None:
            found[of] = total / result.scale
        else:
            those = _in_windows(result, days, observed, where, among & who_mask(result, observed.share_of))
            found[of] = np.divide(those, total, out=np.full(of.sum(), np.nan), where=total > 0)
    period = result.scenario.document.period
    inside = (cells.start >= np.datetime64(period.start)) & (cells.end <= np.datetime64(period.end))
    return np.where(inside, found, np.nan)


def _in_windows(result: RunResult, days: Floats, observed: Observes, where: Mask, who: Mask) -> Floats:
    """Return (n_cells,) simulated events in windows, or people present on their average day.

    Args:
        result: The run.
        days: (n_cells, n_months) days that the windows share with the months of the run.
        observed: What is counted.
        where: (C,) in which cells of the map.
        who: (G,) of which groups.
    """
    period = result.scenario.document.period
    months = result.months.to_numpy().astype("datetime64[D]")
    whole = np.array([period.start], "datetime64[D]"), np.array([period.end], "datetime64[D]")
    per_day = _by_month(result, observed, where, who) / overlap_days(*whole, months)[0]
    total = np.asarray(days @ per_day)
    return total / np.maximum(days.sum(axis=1), 1.0) if observed.is_stock else total


def _by_month(result: RunResult, observed: Observes, where: Mask, who: Mask) -> Floats:
    """Return (n_months,) simulated events, or person-days."""
    c = result.counts
    if observed.is_stock:
        of = where[c.days_cell] & who[c.days_group]
        month, count = c.days_month[of], c.days_count[of]
    else:
        kinds = [COUNTED[name] for name in observed.counts]
        of = np.isin(c.event_kind, kinds) & where[c.event_cell] & who[c.event_group]
        month, count = c.event_month[of], c.event_count[of]
    return np.bincount(month, weights=count, minlength=len(result.months)).astype(np.float64)


def scope_mask(result: RunResult, scope: Scope, segments: Mapping[str, Mask]) -> Mask:
    """Return (C,) the cells of a scope. segments: the parts of the map that have a name."""
    scenario, table = result.scenario, result.cells
    setting, location = table["setting"].to_numpy(), table["location"].to_numpy()
    on_leg, at_place = setting == "leg", ~np.isin(setting, ["leg", "ended"])
    mask = np.ones(len(table), np.bool_)
    if scope.segment is not None:
        mask &= segments[scope.segment]
    if scope.legs:
        mask &= on_leg & np.isin(location, scope.legs)
    if scope.points:
        passed = [row.leg for row in scenario.monitoring if row.point in scope.points]
        mask &= on_leg & np.isin(location, passed)
    if scope.into:
        landing = _countries_of_landing(scenario)
        mask &= on_leg & np.isin(location, [leg for leg, name in landing.items() if name in scope.into])
    country = {place.id: place.country for place in scenario.places}
    if scope.countries:
        mask &= at_place & np.isin(location, [p for p, name in country.items() if name in scope.countries])
    if scope.places:
        mask &= at_place & np.isin(location, scope.places)
    if scope.settings:
        mask &= np.isin(setting, scope.settings)
    return mask


def _countries_of_landing(scenario: Scenario) -> dict[str, str]:
    """Return the country in which people who travel a leg come to land: its end, or the port of those rescued on it."""
    routes = build_routes(scenario)
    places = routes.places
    at_sea = {place.id for place in places if place.kind == "sea_zone"}
    ends = {}
    for leg, port in zip(routes.legs, routes.rescue_place, strict=True):
        end = (
            places[port]
            if leg.destination in at_sea and port >= 0
            else places[routes.place_index[leg.destination]]
        )
        ends[leg.id] = end.country
    return ends


def who_mask(result: RunResult, who: Who) -> Mask:
    """Return (G,) the groups that are meant."""
    groups = result.groups
    mask = np.ones(len(groups), np.bool_)
    for key in ("sex", "age", "company"):
        if (wanted := getattr(who, key)) is not None:
            mask &= (groups[key] == wanted).to_numpy()
    if who.streams:
        names = groups["stream"].to_numpy()
        mask &= np.array([any(fnmatchcase(name, p) for p in who.streams) for name in names], np.bool_)
    return mask
