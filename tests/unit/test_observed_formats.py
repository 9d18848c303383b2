"""What each format says is read as its publisher means it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.readers.incidents import find_segment
from calibration.readers.options import Options
from calibration.readers.read import load_observed, read_observed
from calibration.readers.values import Span
from calibration.table import ObservedTable, build_table
from simulation.errors import ScenarioError
from tests.observed_files import (
    Grid,
    Group,
    Layout,
    flow_grid,
    flow_table,
    record,
    write_grid,
    write_response,
    write_workbook,
)

GROUPS = [
    Group(date(2030, 1, 5), "Arlit", "outgoing", "NER", (21, 3, 1, 0)),
    Group(date(2030, 1, 20), "Arlit", "outgoing", "NGA", (1200, 40, 0, 2)),
    Group(date(2030, 1, 21), "Arlit", "incoming", "NER", (11, 0, 0, 0)),
    Group(date(2030, 2, 3), "Séguédine", "outgoing", "NER", (15, 6, 2, 1)),
]


def values(table: ObservedTable, **wanted: str) -> dict[tuple[str, str], float]:
    rows = table.select(**wanted).rows
    return {(row.place, row.group): row.value for row in rows.itertuples()}


def assert_same(found: ObservedTable, wanted: ObservedTable) -> None:
    pd.testing.assert_frame_equal(found.rows, wanted.rows)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"has_tags": True, "encoding": "utf-8-sig"},
        {"separator": ";", "thousands": " ", "day": "%d/%m/%Y"},
        {"separator": "\t", "encoding": "utf-16", "thousands": "."},
        {"has_titles": True, "above": [["Flow monitoring, January to March"], ["invented numbers"]]},
        {"is_workbook": True, "has_tags": True},
        {"is_workbook": True, "has_titles": True, "above": [["Registre"]]},
    ],
)
def test_a_registry_in_any_layout(tmp_path: Path, language: str, layout: dict[str, object]) -> None:
    how = Layout(language=language, **layout)
    file = write_grid(flow_grid(GROUPS, how), tmp_path / "registry", how)
    reading = read_observed(file)
    assert_same(reading.table, flow_table(GROUPS, "registry"))
    assert reading.format == "flow monitoring"
    assert reading.n_lines == len(GROUPS)
    assert all(use.meaning for use in reading.columns)


def test_windows_code_page(tmp_path: Path) -> None:
    how = Layout(language="fr", encoding="cp1252", separator=";")
    file = write_grid(flow_grid(GROUPS, how), tmp_path / "registre.csv", how)
    reading = read_observed(file)
    assert_same(reading.table, flow_table(GROUPS, "registre"))
    assert any("cp1252" in note for note in reading.findings.notes)


def test_merged_titles_above_the_names(tmp_path: Path) -> None:
    grid: Grid = [
        ["Survey date", "FMP name", "Adults 18-59", "", "Children", "", "Total"],
        ["", "", "Men", "Women", "Boys", "Girls", ""],
        [date(2030, 1, 5), "Arlit", 20, 30, 40, 50, 140],
    ]
    file = write_workbook({"Data": grid}, tmp_path / "m.xlsx", ["C1:D1", "E1:F1", "A1:A2", "B1:B2", "G1:G2"])
    table = read_observed(file).table
    assert values(table, indicator="flow") == {
        ("Arlit", "all"): 140,
        ("Arlit", "sex_age:men"): 20,
        ("Arlit", "sex_age:women"): 30,
        ("Arlit", "sex_age:boys"): 40,
        ("Arlit", "sex_age:girls"): 50,
    }


def test_days_and_weeks_instead_of_months(tmp_path: Path) -> None:
    file = write_grid(flow_grid(GROUPS, Layout()), tmp_path / "f.csv")
    by_day = read_observed(file, Options(every="day")).table.select(group="all")
    assert by_day.rows["period"].unique().tolist() == ["day"]
    assert by_day.rows["value"].sum() == 25 + 1242 + 11 + 24
    weeks = read_observed(file, Options(every="week")).table.select(group="all").rows
    assert set(weeks["from"].dt.day_of_week) == {0}
    assert weeks["value"].sum() == by_day.rows["value"].sum()


def test_a_weekly_table_of_flows_out_and_in(tmp_path: Path) -> None:
    grid: Grid = [
        ["Start", "End", "FMP", "Outgoing Flow", "Incoming Flow"],
        ["2030-02-01", "2030-02-07", "Arlit", 986, 416],
        ["2030-02-08", "2030-02-14", "Arlit", 604, 564],
    ]
    rows = load_observed(write_grid(grid, tmp_path / "w.csv")).rows
    assert rows[["indicator", "period", "value"]].values.tolist() == [
        ["flow_incoming", "week", 416.0],
        ["flow_incoming", "week", 564.0],
        ["flow_outgoing", "week", 986.0],
        ["flow_outgoing", "week", 604.0],
    ]


def test_nationalities_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    registry: Grid = [
        ["Key", "Survey date", "FMP", "Flow type", "Total"],
        ["k1", "2030-01-05", "Arlit", "outgoing", 40],
        ["k2", "2030-01-06", "Arlit", "outgoing", 30],
    ]
    nationalities: Grid = [
        ["Key", "Nationality", "Number"], ["k1", "NER", 25], ["k1", "NGA", 15], ["k2", "NER", 30], ["k9", "NER", 99],
    ]  # fmt: skip
    file = write_workbook({"Registry": registry, "Nationalities": nationalities}, tmp_path / "two.xlsx")
    reading = read_observed(file)
    assert values(reading.table) == {
        ("Arlit", "all"): 70, ("Arlit", "nationality:NER"): 55, ("Arlit", "nationality:NGA"): 15,
    }  # fmt: skip
    assert reading.findings.dropped == {"sheet 'Nationalities': belongs to no record": [5]}


def test_rows_of_the_api_are_added_over_reason_and_origin_and_never_over_assessments(tmp_path: Path) -> None:
    records = [
        record(id=1, numPresentIdpInd=1200, numberMales=500, numberFemales=700),
        record(
            id=2,
            numPresentIdpInd=300,
            displacementReason="Natural disaster",
            numberMales=100,
            numberFemales=200,
        ),
        record(id=3, numPresentIdpInd=50, idpOriginAdmin1Name="Borno", numberMales=20, numberFemales=30),
        record(id=4, numPresentIdpInd=1490, assessmentType="SA"),
        record(id=5, numPresentIdpInd=900, roundNumber=2, reportingDate="2030-03-31T00:00:00"),
    ]
    reading = read_observed(write_response(records, tmp_path / "r.json"))
    rows = reading.table.select(group="all").rows
    assert rows[["period", "value"]].values.tolist() == [["round", 1550.0], ["round", 900.0]]
    assert (
        rows["from"].tolist()
        == rows["to"].tolist()
        == [pd.Timestamp("2030-01-31"), pd.Timestamp("2030-03-31")]
    )
    assert reading.rounds == ("1", "2")
    assert reading.findings.dropped == {"assessment SA beside BA: the same people, never added": [4]}
    # Round 2 does not say the sex of its people: unknown, not none.
    assert reading.table.select(group="sex:male").rows["value"].tolist() == [620.0]
    chosen = read_observed(tmp_path / "r.json", Options(assessment="sa")).table
    assert chosen.rows["value"].tolist() == [1490.0]


def test_an_export_with_all_levels_is_read_at_one(tmp_path: Path) -> None:
    header = "id,admin0Name,admin1Name,adminLevel,numPresentIdpInd,reportingDate,roundNumber,assessmentType"
    tags = "#id+code,#country+name,#adm1+name,#adm+level,#affected+idps,#date+reported,#round+code,#assessment+type"
    lines = [
        "1,Niger,,0,500,2030-01-31,1,BA",
        "2,Niger,Agadez,1,340,2030-01-31,1,BA",
        "3,Niger,Diffa,1,160,2030-01-31,1,BA",
    ]
    file = tmp_path / "hdx.csv"
    file.write_text("\n".join([header, tags, *lines]), encoding="utf-8")
    reading = read_observed(file)
    assert values(reading.table) == {("Agadez", "all"): 340, ("Diffa", "all"): 160}
    assert set(reading.findings.dropped) == {"HXL tags", "areas of level 0 beside level 1: never added"}
    assert values(read_observed(file, Options(places="country")).table) == {("Niger", "all"): 500}


def test_operations_are_told_apart(tmp_path: Path) -> None:
    records = [record(), record(id=2, operation="Other Operation", numPresentIdpInd=800)]
    table = read_observed(write_response(records, tmp_path / "o.json")).table
    assert table.rows[["source", "value"]].values.tolist() == [
        ["o: Example Operation", 1200.0],
        ["o: Other Operation", 800.0],
    ]


def libya(tmp_path: Path) -> Path:
    baladiya: Grid = [
        ["Location", "", "", "", "", "", "Migrants", ""],
        ["ADM 1 Geodivision (EN)", "ADM 1 Geodivision (AR)", "ADM 2 Mantika-Region (EN)", "ADM 3 Baladiya-Area (EN)",
         "Baladiya PCode", "Lat", "AssessmentRound", "Migrants (IND)"],
        ["South", "الجنوب", "Murzuq", "Alsharguiya", "LY010602", 25.9, 54, 300],
        ["South", "الجنوب", "Murzuq", "Algatroun", "LY010603", 24.9, 54, 700],
    ]  # fmt: skip
    muhalla: Grid = [
        ["Location", "", "", "", "", "Sex and age", ""],
        ["ADM1_Region_EN", "ADM2_Mantika_EN", "ADM3_Baladiya_EN", "ADM4_Muhalla_EN", "Migrant IND",
         "Migrants Adult Men", "Migrants Childern"],
        ["South", "Murzuq", "Alsharguiya", "One", 100, 80, 20],
        ["South", "Murzuq", "Alsharguiya", "Two", 200, 150, 50],
        ["South", "Murzuq", "Algatroun", "Three", 700, 500, 200],
    ]  # fmt: skip
    nations: Grid = [
        [
            "ADM1_Region_EN",
            "ADM2_Mantika_EN",
            "ADM3_Baladiya_EN",
            "Region1",
            "Migrant Nationality",
            "Migrant Individuals",
        ],
        ["South", "Murzuq", "Alsharguiya", "Sub-Sahara", "Niger", 250],
        ["South", "Murzuq", "Alsharguiya", "Sub-Sahara", "Chad", 50],
        ["South", "Murzuq", "Algatroun", "Sub-Sahara", "Niger", 700],
    ]
    sheets = {
        "Summary": [["DTM, invented numbers"]],
        "Baladiya Main ": baladiya,
        "Muhalla Main": muhalla,
        "Nationalities": nations,
    }
    return write_workbook(sheets, tmp_path / "libya.xlsx")


def test_sheets_of_a_baseline_workbook_are_never_added(tmp_path: Path) -> None:
    when = Span(date(2030, 1, 1), date(2030, 2, 28))
    reading = read_observed(libya(tmp_path), Options(when=when))
    assert values(reading.table) == {
        ("Alsharguiya", "all"): 300, ("Algatroun", "all"): 700,
        ("Alsharguiya", "sex_age:men"): 230, ("Algatroun", "sex_age:men"): 500,
        ("Alsharguiya", "age:children"): 70, ("Algatroun", "age:children"): 200,
        ("Alsharguiya", "nationality:Niger"): 250, ("Alsharguiya", "nationality:Chad"): 50,
        ("Algatroun", "nationality:Niger"): 700,
    }  # fmt: skip
    assert set(reading.table.rows["indicator"]) == {"migrants_present"}
    assert set(reading.table.rows["to"]) == {pd.Timestamp("2030-02-28")}
    assert reading.rounds == ("54",)
    assert any("Summary" in note for note in reading.findings.notes)


def test_a_round_without_days_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no column says when .* --when"):
        read_observed(libya(tmp_path))


INCIDENTS = """Main ID|Incident ID|Incident Type|Region of Incident|Incident Date|Number of Dead|\
Minimum Estimated Number of Missing|Total Number of Dead and Missing|Country of Incident|Migration Route|Coordinates
1|1.1|Incident|Mediterranean|2030-01-05|2|1,020|1,022|Libya|Central Mediterranean|33.1, 13.2
2|2.1|Split Incident|Northern Africa|2030-01-07|30||30|Libya||24.5, 14.1
2|2.2|Split Incident|Northern Africa|2030-01-08|20|4|24|Libya||29.5, 14.1
4|4.1|Cumulative Incident|Western Africa|2030-02-08|40||40|Mali||13.0, -3.0
5|5.1|Incident|Northern Africa|2030-02-09|50||50|Algeria||35.2, 3.0
6|6.1|Incident|Northern Africa|2030-02-10|60||60|Algeria||
7|7.1|Incident|North America|2030-02-11|70||70|Mexico|US-Mexico border crossing|31, -110"""


def test_missing_migrants_by_segment(tmp_path: Path) -> None:
    grid = [line.split("|") for line in INCIDENTS.splitlines()]
    file = write_grid(grid, tmp_path / "mm.csv", Layout(encoding="utf-8-sig"))
    reading = read_observed(file)
    found = reading.table.rows
    assert set(found["indicator"]) == {"deaths_recorded"}
    assert len(found) == 12  # six places, two months: a month without an incident counts nobody
    assert found.groupby("place")["value"].sum().to_dict() == {
        "central_med": 1022, "sahara": 30, "libya_land": 24, "sahel_wca_land": 40,
        "north_africa_land": 50, "us_mexico_border_crossing": 70,
    }  # fmt: skip
    assert reading.findings.dropped == {"on land without a latitude: in no segment": [7]}


@pytest.mark.parametrize(
    ("route", "region", "country", "latitude", "segment"),
    [
        ("Central Mediterranean", "Mediterranean", "Italy", 36.0, "central_med"),
        ("Central Mediterranean Route", "", "", np.nan, "central_med"),
        ("Sahara Desert crossing", "Northern Africa", "Libya", 27.99, "sahara"),
        ("", "Northern Africa", "Libya", 28.0, "libya_land"),
        ("", "Western Africa", "Niger", 15.0, "sahara"),
        ("", "Western Africa", "Niger", 14.9, "sahel_wca_land"),
        ("Western Mediterranean", "Northern Africa", "Morocco", 35.0, "western_mediterranean"),
    ],
)
def test_segments(route: str, region: str, country: str, latitude: float, segment: str) -> None:
    assert find_segment(route, region, country, latitude) == segment


def test_detections_a_column_a_month_and_a_line_a_month_are_the_same(tmp_path: Path) -> None:
    wide: Grid = [
        ["Route", "BorderLocation", "NationalityLong", "JAN2030", "FEB2030", "MAR2030"],
        ["Central Mediterranean Route", "Sea", "Egypt", 120, 30, 0],
        ["Central Mediterranean Route", "Land", "Egypt", 5, 0, 0],
        ["Central Mediterranean Route", "Sea", "Mali", 40, 50, 60],
        ["Western Balkan Route", "Land", "Syria", 11, 12, 13],
        ["Total", "", "", 176, 92, 73],
    ]
    long: Grid = [["route", "type", "nat", "month", "n"]]
    for row in wide[1:-1]:
        long += [[*row[:3], f"2030-{month:02}", row[2 + month]] for month in (1, 2, 3)]
    first = read_observed(write_grid(wide, tmp_path / "d.xlsx"))
    second = read_observed(write_grid(long, tmp_path / "d.csv"))
    assert_same(first.table, second.table)
    cmr = first.table.select(place="CMR").rows.pivot(index="group", columns="from", values="value")
    assert cmr.loc["all"].tolist() == [165, 80, 60]
    assert cmr.loc["nationality:Egypt"].tolist() == [125, 30, 0]
    assert first.findings.dropped == {"adds up other lines (it says total)": [6]}


def test_a_tidy_table_with_the_fewest_columns(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "place,from,to,indicator,value\nITA,2030-01-01,2030-01-31,arrivals_sea,1234\n", encoding="utf-8"
    )
    rows = read_observed(file).table.rows
    assert rows.iloc[0].to_dict() == {
        "place": "ITA", "from": pd.Timestamp("2030-01-01"), "to": pd.Timestamp("2030-01-31"), "period": "month",
        "group": "all", "indicator": "arrivals_sea", "value": 1234.0, "base": pytest.approx(np.nan, nan_ok=True),
        "source": "mine", "confidence": "data",
    }  # fmt: skip


def test_what_is_withheld_cannot_be_computed_from_the_rest(tmp_path: Path) -> None:
    window = {"place": "Arlit", "from": "2030-01-01", "to": "2030-01-31", "indicator": "flow", "source": "x"}
    counts = {"all": 100, "n:A": 3, "n:B": 12, "n:C": 85, "sex:f": 100, "sex:m": 0}
    table = build_table([{**window, "group": group, "value": value} for group, value in counts.items()])
    assert table.write(tmp_path / "t.csv") == 2
    shown = pd.read_csv(tmp_path / "t.csv", dtype="str").set_index("group")["value"].to_dict()
    assert shown == {"all": "100", "n:A": "<10", "n:B": "withheld", "n:C": "85", "sex:f": "100", "sex:m": "0"}
    again = load_observed(tmp_path / "t.csv").rows.set_index("group")["value"]
    assert again.isna().sum() == 2
