"""The shipped observed numbers are cited, may be shipped, and add up to what the sources say."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from calibration.data import OBSERVED, SOURCES, load_shipped
from calibration.data.make import UNCLEAR_TERMS, choose_rows, choose_sources
from calibration.readers.folder import FILES, read_folder
from calibration.readers.read import read_observed
from calibration.table import SMALL, ObservedTable, build_table
from simulation.errors import ScenarioError

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "observed"
needs_folder = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of observed series is not here")


@pytest.fixture(scope="module")
def shipped() -> ObservedTable:
    return load_shipped()


def total(table: ObservedTable, year: int, **wanted: str) -> float:
    rows = table.select(period="month", group="all", **wanted).rows
    assert (rows["from"].dt.year == year).sum() == 12
    return float(rows.loc[rows["from"].dt.year == year, "value"].sum())


def test_every_row_has_a_source_that_may_be_shipped(shipped: ObservedTable) -> None:
    sources = pd.read_csv(SOURCES)
    assert set(shipped.rows["source"]) <= set(sources["key"])
    assert sources["key"].is_unique
    assert sources[["publisher", "title", "url", "terms"]].notna().all(axis=None)
    assert "zens_sigman_2026" in set(sources["key"])
    assert not set(shipped.rows["source"]) & set(UNCLEAR_TERMS)
    assert not sources["publisher"].str.contains("DTM").any()
    assert not set(shipped.rows["indicator"]) & {"migrants_present", "flow_outgoing", "share_of_flow"}
    assert set(shipped.rows["confidence"]) == {"data", "published"}
    assert shipped.rows["to"].max() == pd.Timestamp("2022-12-31")


@pytest.mark.parametrize(
    ("year", "published"), [(2016, 181_436), (2017, 119_369), (2021, 67_477), (2022, 105_129)]
)
def test_months_of_arrivals_are_near_the_published_year(
    shipped: ObservedTable, year: int, published: int
) -> None:
    daily = total(shipped, year, indicator="arrivals_sea", source="UNHCR_DAILY")
    assert 0.96 * published < daily < 1.01 * published  # daily values are not consolidated


@pytest.mark.parametrize(
    ("year", "deaths"), [(2014, 3126), (2015, 3149), (2016, 4574), (2017, 2853), (2018, 1314)]
)
def test_months_of_recorded_deaths_make_the_published_year(
    shipped: ObservedTable, year: int, deaths: int
) -> None:
    assert total(shipped, year, indicator="deaths_recorded", place="central_med") == deaths


def test_deaths_of_the_two_deserts_are_those_of_the_desert(shipped: ObservedTable) -> None:
    deaths = shipped.select(indicator="deaths_recorded").rows.pivot(
        index="from", columns="place", values="value"
    )
    assert len(deaths) == 108
    assert (deaths["sahara_east"] + deaths["sahara_west"] == deaths["sahara"]).all()


def test_nationalities_of_a_month_add_up_and_none_is_small(shipped: ObservedTable) -> None:
    rows = shipped.select(indicator="detections").rows
    named = rows[rows["group"] != "all"].groupby("from")["value"].sum()
    everybody = rows[rows["group"] == "all"].set_index("from")["value"]
    assert len(everybody) == 108
    assert (named.reindex(everybody.index, fill_value=0.0) == everybody).all()
    assert (rows.loc[rows["group"] != "all", "value"] >= SMALL).all()


def test_small_nationalities_take_others_with_them_until_they_are_not_small() -> None:
    months = {
        "from": "2020-01-01",
        "to": "2020-01-31",
        "place": "CMR",
        "indicator": "detections",
        "source": "x",
    }
    counts = {
        "all": 76,
        "nationality:AAA": 3,
        "nationality:BBB": 2,
        "nationality:CCC": 11,
        "nationality:DDD": 60,
    }
    table = build_table([{**months, "group": group, "value": value} for group, value in counts.items()])
    chosen = choose_rows(table).rows.set_index("group")["value"].to_dict()
    assert chosen == {"all": 76, "nationality:other": 16, "nationality:DDD": 60}


@needs_folder
def test_the_shipped_table_is_what_its_script_makes(tmp_path: Path) -> None:
    made = choose_rows(read_folder(FOLDER))
    made.write(tmp_path / "observed.csv", small_counts=True)
    assert (tmp_path / "observed.csv").read_bytes() == OBSERVED.read_bytes()
    sources = choose_sources(made, pd.read_csv(FOLDER / "sources.csv"))
    pd.testing.assert_frame_equal(sources, pd.read_csv(SOURCES))


@needs_folder
def test_the_folder_has_the_series_that_are_not_shipped() -> None:
    table = read_folder(FOLDER)
    stock = table.select(indicator="migrants_present", group="all", period="round").rows.set_index("from")[
        "value"
    ]
    assert (len(stock), stock["2018-01-01"]) == (37, 704_142)
    assert total(table, 2017, indicator="interceptions", place="LBY", source="IOM_MEDX") > 15_000
    outgoing = table.select(
        indicator="flow_outgoing", place="Arlit+Seguedine", source="NE_1610", period="month"
    )
    assert outgoing.rows["value"].tolist() == [12_654]


@needs_folder
def test_a_file_of_detections_is_read_alike_by_itself() -> None:
    alone = read_observed(FOLDER / "frontex_cmr_monthly.csv").table.rows
    of_folder = read_folder(FOLDER).select(indicator="detections").rows
    pd.testing.assert_frame_equal(alone, of_folder)


@needs_folder
def test_incidents_on_the_sea_route_are_added_up_by_month() -> None:
    file = FOLDER / "mmp_incidents_cmr_sahara.csv"
    sea = read_observed(file).table.select(place="central_med").rows.set_index("from")["value"]
    incidents = pd.read_csv(file)
    incidents = incidents[incidents["route_mmp"].str.startswith("Central Mediterranean", na=False)]
    months = pd.to_datetime(incidents["date"].str[:7])
    expected = incidents.groupby(months)["total_dead_missing"].sum().reindex(sea.index, fill_value=0)
    assert len(sea) == 107  # the first incident of the file is in February 2014
    assert sea.tolist() == expected.tolist()


def test_a_folder_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="holds none of the observed files"):
        read_folder(tmp_path)


def test_a_file_of_the_folder_without_a_column(tmp_path: Path) -> None:
    assert "interceptions.csv" in FILES
    (tmp_path / "interceptions.csv").write_text("source_id,confidence,n\nX,data,3\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"interceptions\.csv:1: actor_country: column is missing"):
        read_folder(tmp_path)
