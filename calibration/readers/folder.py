"""The folder of observed series of the Central Mediterranean route, file by file, into the one table.

The files are tables of cited figures, each row with ``source_id`` and ``confidence``; most have ``period_start`` and
``period_end``, some a ``month``. Files that hold no counts or shares of people (prices, durations, covariates of
countries, the policy timeline) are for other uses and are not read. Computed rates and single incidents are left
out too: the monthly deaths hold the incidents.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.table import EVERYBODY, ObservedTable, build_table
from simulation.errors import Problem, ScenarioError

Record = dict[Hashable, Any]
Row = dict[str, Any]

RETURNS = {
    "IOM voluntary humanitarian return": "returns_assisted",
    "IOM assisted voluntary return": "returns_assisted",
    "expelled from Algeria to Niger": "expulsions",
    "UNHCR evacuation (cumulative since late 2017)": "evacuations",
    "UNHCR departures from Libya": "evacuations_and_resettlement",
    "UNHCR departures from Libya, evacuation and resettlement (cumulative since 2017)": "evacuations_and_resettlement",
    "UNHCR resettlement departures direct from Libya": "resettlement",
    "STOCK: refugees and asylum-seekers registered with UNHCR in Libya": "refugees_registered",
}
POPULATIONS = {
    "sea arrivals in Italy": ("ITA", "arrivals_sea"),
    "intercepted by the Libyan coast guard": ("LBY", "interceptions"),
    "Niger FMPs Arlit+Seguedine": ("Arlit+Seguedine", "flow"),
    "all active Niger FMPs": ("all Niger FMPs", "flow"),
    "migrants in Libya (DTM Round 15)": ("LBY", "migrants_present"),
}


def read_folder(folder: Path) -> ObservedTable:
    """Return all counts and shares of the files in a folder of observed series.

    Raises:
        ScenarioError: The folder holds none of the files, or one of them lacks columns or breaks the table's rules.
    """
    found = [name for name in FILES if (folder / name).is_file()]
    if not found:
        hint = f"files such as {', '.join(list(FILES)[:3])}"
        raise ScenarioError([Problem(folder, None, "", "holds none of the observed files", hint)])
    rows: list[Row] = []
    for name in found:
        rows += _read_file(folder / name, FILES[name])
    try:
        return build_table(rows)
    except ValueError as error:
        raise ScenarioError([Problem(folder, None, "", str(error))]) from None


def _read_file(file: Path, take: Callable[[Record], Iterator[Row]]) -> list[Row]:
    try:
        frame = pd.read_csv(file, dtype={"month": "str"}, keep_default_na=True)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise ScenarioError([Problem(file, None, "", f"is not a CSV table: {error}")]) from None
    rows: list[Row] = []
    try:
        for record in frame.to_dict("records"):
            for row in take(record):
                rows.append({"source": record["source_id"], "confidence": record["confidence"], **row})
    except KeyError as error:
        raise ScenarioError([Problem(file, 1, str(error.args[0]), "column is missing")]) from None
    return rows


def _month(text: str) -> Row:
    first = pd.Period(text, freq="M")
    return {"from": first.start_time, "to": first.end_time.normalize()}


def _span(record: Record) -> Row:
    return {"from": record["period_start"], "to": record["period_end"]}


def _slug(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower()


def _detections(record: Record) -> Iterator[Row]:
    group = EVERYBODY if record["nationality"] == "TOTAL" else f"nationality:{record['nationality']}"
    yield {
        "place": record["route"],
        "indicator": "detections",
        "group": group,
        "value": record["n"],
        **_month(record["month"]),
    }


def _deaths(record: Record) -> Iterator[Row]:
    # The second scheme differs in the Sahara only, where it tells the western from the eastern ways.
    if record["scheme"] == "segment" or record["segment"].startswith("sahara_"):
        row = {"place": record["segment"], "indicator": "deaths_recorded", "value": record["n"]}
        yield {**row, **_month(record["month"])}


def _arrivals(record: Record) -> Iterator[Row]:
    place = "MLT" if record["series"] == "malta_via_iom_sheet" else "ITA"
    yield {"place": place, "indicator": "arrivals_sea", "value": record["n"], **_month(record["month"])}


def _arrival_totals(record: Record) -> Iterator[Row]:
    yield {"place": "ITA", "indicator": "arrivals_sea", "value": record["n"], **_span(record)}


def _arrivals_by_nationality(record: Record) -> Iterator[Row]:
    window = {"from": f"{record['report_date'][:4]}-01-01", "to": record["report_date"]}
    group = f"nationality:{record['nationality']}"
    yield {
        "place": "ITA",
        "indicator": "arrivals_sea",
        "group": group,
        "value": record["n_year_to_date"],
        **window,
    }


def _arrivals_by_departure(record: Record) -> Iterator[Row]:
    row = {"place": "ITA", "group": f"departure:{record['departure_country']}", **_span(record)}
    if not math.isnan(record["n"]):
        yield {**row, "indicator": "arrivals_sea", "value": record["n"]}
    if not math.isnan(record["share"]):
        yield {**row, "indicator": "share_of_arrivals_sea", "value": record["share"]}


def _interceptions(record: Record) -> Iterator[Row]:
    yield {
        "place": record["actor_country"],
        "indicator": "interceptions",
        "value": record["n"],
        **_span(record),
    }


def _libya_stock(record: Record) -> Iterator[Row]:
    row = {"place": "LBY", "indicator": "migrants_present", "value": record["migrants_identified"]}
    yield {**row, "period": "round", **_span(record)}


def _libya_shares(record: Record) -> Iterator[Row]:
    row = {
        "place": "LBY",
        "indicator": "share_of_migrants_present",
        "value": record["share"],
        "period": "round",
    }
    yield {**row, "group": f"{record['dimension']}:{record['category']}", **_span(record)}


def _niger_flows(record: Record) -> Iterator[Row]:
    kind = "flow_daily_mean" if record["freq"].startswith("daily") else f"flow_{record['direction']}"
    yield {"place": record["fmp_scope"], "indicator": kind, "value": record["n"], **_span(record)}


def _niger_shares(record: Record) -> Iterator[Row]:
    among = "" if record["subset"] == "all" else f" of {record['subset']}"
    group = f"{record['dimension']}{among}:{record['category']}"
    row = {
        "place": record["fmp_scope"],
        "indicator": "share_of_flow",
        "group": group,
        "value": record["share"],
    }
    yield {**row, **_span(record)}


def _detention(record: Record) -> Iterator[Row]:
    row = {
        "place": "LBY",
        "indicator": "detained",
        "group": f"population:{record['population']}",
        "value": record["n"],
    }
    yield {**row, "from": record["date"], "to": record["date"], "period": "round"}


def _returns(record: Record) -> Iterator[Row]:
    if (indicator := RETURNS.get(record["pathway"])) is not None:
        row = {"place": record["from_country"], "indicator": indicator, "value": record["n"], **_span(record)}
        yield {**row, **({"period": "round"} if record["kind"] == "stock" else {})}


def _demographics(record: Record) -> Iterator[Row]:
    name, _, nationality = record["population"].partition(", nationality ")
    place, of = POPULATIONS.get(name, (name, "respondents"))
    group = f"sex_age:{record['category']}" + (f" of {nationality}" if nationality else "")
    row = {"place": place, "indicator": f"share_of_{of}", "group": group, "value": record["share"]}
    yield {**row, "base": record["base"], **_span(record)}


def _survey(record: Record) -> Iterator[Row]:
    place = record["location"] if isinstance(record["location"], str) else record["population"]
    row = {"place": place, "indicator": "share_of_respondents", "value": record["share"]}
    yield {
        **row,
        "group": f"{record['population']}:{record['indicator']}",
        "base": record["n_sample"],
        **_span(record),
    }


FILES: dict[str, Callable[[Record], Iterator[Row]]] = {
    "frontex_cmr_monthly.csv": _detections,
    "mmp_monthly.csv": _deaths,
    "italy_sea_arrivals_monthly.csv": _arrivals,
    "italy_sea_arrivals_period_totals.csv": _arrival_totals,
    "italy_arrivals_nationality_ytd.csv": _arrivals_by_nationality,
    "italy_arrivals_by_departure.csv": _arrivals_by_departure,
    "interceptions.csv": _interceptions,
    "dtm_libya_stock.csv": _libya_stock,
    "dtm_libya_stock_shares.csv": _libya_shares,
    "dtm_niger_flows.csv": _niger_flows,
    "dtm_niger_flow_shares.csv": _niger_shares,
    "libya_detention.csv": _detention,
    "returns_and_pathways.csv": _returns,
    "demographics_shares.csv": _demographics,
    "risk_survey_shares.csv": _survey,
}
"""File -> what one of its records says, as rows of the table."""
