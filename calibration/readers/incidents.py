"""Reads exports of the Missing Migrants Project: incidents, added up to recorded deaths by segment of the route."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from calibration.readers.header import Records, drop_totals
from calibration.readers.options import Options
from calibration.readers.places import check_points
from calibration.readers.repeats import drop_repeated
from calibration.readers.report import Findings, Reading
from calibration.readers.tally import Key, Tally, widen
from calibration.readers.values import fold, read_counts, read_spans
from calibration.table import EVERYBODY, build_table

USED = ("id", "date", "dead", "missing", "dead_missing", "route", "incident_region", "incident_country", "coordinates",
    "latitude", "longitude")  # fmt: skip
CENTRAL_MEDITERRANEAN = fold("Central Mediterranean")
SEAS = tuple(
    fold(name) for name in ("Western Mediterranean", "Eastern Mediterranean", "Western Africa / Atlantic")
)
ON_LAND = {
    fold(name)
    for name in (
        "Northern Africa", "North Africa", "Western Africa", "Middle Africa", "Central Africa", "Sub-Saharan Africa",
    )
}  # fmt: skip
LIBYA = {"libya", "lby"}
SAHARA, COAST = 15.0, 28.0
"""Degrees north between which a death on land is one in the Sahara."""


def is_incidents(records: Records) -> bool:
    """Return whether records are incidents with dead and missing people."""
    counts = "dead_missing" in records.roles or records.has("dead", "missing")
    return counts and "date" in records.roles


def read_incidents(sheets: Sequence[Records], findings: Findings, options: Options) -> Reading:
    """Return recorded deaths, the dead and the missing together, by window and segment.

    Raises:
        ScenarioError: It cannot be read without doubt.
    """
    records = drop_totals(next(sheet for sheet in sheets if is_incidents(sheet)), findings)
    records = drop_repeated(records, findings, may_repeat=True)
    lines = records.numbers()
    days = read_spans(records.column("date"), lines, records.title("date"), findings, options.order)
    points = check_points(records, findings)
    people = _count(records, findings)
    findings.raise_problems()
    words = [records.texts(role) for role in ("route", "incident_region", "incident_country")]
    source = options.source or findings.name
    tally = Tally()
    for at, (day, number) in enumerate(zip(days, people, strict=True)):
        if day is None or math.isnan(number):
            findings.drop("says no day" if day is None else "says no number of people", lines[at])
            continue
        segment = find_segment(words[0][at], words[1][at], words[2][at], points[at][0])
        if not segment:
            findings.drop("on land without a latitude: in no segment", lines[at])
            continue
        tally.add(Key(segment, widen(day, options.every), EVERYBODY, "deaths_recorded", source), number)
    tally.fill_with_zeros(options.every)
    findings.note("windows without an incident count nobody, from the first to the last of the file")
    name = "incidents of the Missing Migrants Project"
    return Reading(findings.file, name, records.uses(USED), len(lines), build_table(tally.rows()), findings)


def find_segment(route: str, region: str, country: str, latitude: float) -> str:
    """Return the segment of the route that an incident is in; empty if it is on land in Africa and nobody knows where.

    Incidents elsewhere are named by their route or, without one, by their region.
    """
    plain = fold(route)
    if plain.startswith(CENTRAL_MEDITERRANEAN):
        return "central_med"
    if fold(region) not in ON_LAND or plain.startswith(SEAS):
        return re.sub(r"\W+", "_", (route or region or "not_said").casefold()).strip("_") or "not_said"
    if math.isnan(latitude):
        return ""
    if latitude >= COAST:
        return "libya_land" if fold(country) in LIBYA else "north_africa_land"
    return "sahara" if latitude >= SAHARA else "sahel_wca_land"


def _count(records: Records, findings: Findings) -> list[float]:
    """Return the dead and the missing of every line, as the file adds them or else added up here."""
    lines = records.numbers()
    roles = ("dead_missing",) if "dead_missing" in records.roles else ("dead", "missing")
    counts = [read_counts(records.column(role), lines, records.title(role), findings) for role in roles]
    known = [
        [number for number in of_line if not math.isnan(number)] for of_line in zip(*counts, strict=True)
    ]
    return [sum(numbers) if numbers else math.nan for numbers in known]
