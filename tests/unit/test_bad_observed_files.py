"""What is wrong with a file of observed numbers is found and said, through the real command line."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from experiments.cli import main
from tests.observed_files import (
    Grid,
    Group,
    Layout,
    flow_grid,
    record,
    write_grid,
    write_response,
    write_workbook,
)

HEADER = ["Date", "FMP", "Lat", "Lon", "Total"]
POINTS = {
    "Arlit": (18.7, 7.4),
    "Agadez": (17.0, 8.0),
    "Bilma": (18.7, 12.9),
    "Dirkou": (19.0, 12.9),
    "Assamaka": (19.3, 5.8),
}
LINES: Grid = [[f"2030-01-{day:02}", name, *POINTS[name], 40] for day, name in enumerate(POINTS, 1)]


def call(file: Path, *options: str) -> Result:
    result = CliRunner().invoke(main, ["import", "dtm", str(file), *options])
    assert "Traceback" not in result.output
    assert "Something went wrong" not in result.output
    return result


def said(file: Path, *options: str) -> str:
    """Return what is said of a file that can be read."""
    result = call(file, *options)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def problems(file: Path, *options: str) -> list[str]:
    """Return the problems of a file that cannot."""
    result = call(file, *options)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()


def table(tmp_path: Path, *changes: tuple[int, str, object], extra: Grid | None = None) -> Path:
    """Write the small registry with some cells changed (line of data from 1, column, what stands there)."""
    grid = [list(HEADER), *[list(line) for line in LINES], *(extra or [])]
    for line, column, cell in changes:
        grid[line][HEADER.index(column)] = cell
    return write_grid(grid, tmp_path / "points.csv")


def test_the_file_that_the_others_spoil_is_fine(tmp_path: Path) -> None:
    text = said(table(tmp_path))
    assert "flow monitoring" in text
    assert "swapped" not in text
    assert "dropped" not in text


# Counts


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("-40", "points.csv:3: Total: is negative"),
        ("(40)", "points.csv:3: Total: is negative"),
        ("40%", "points.csv:3: Total: is in per cent"),
        ("4.7", "points.csv:3: Total: is no whole number, but counts people (are these thousands,"),
        ("1,5", "points.csv:3: Total: is no whole number"),
        ("about 40", "points.csv:3: Total: is not a number"),
        ("1e999", "points.csv:3: Total: is not a finite number"),
    ],
)
def test_a_cell_that_is_no_count(tmp_path: Path, cell: str, message: str) -> None:
    (line,) = problems(table(tmp_path, (2, "Total", cell)))
    assert message in line
    assert cell.strip("()-%") not in line.partition("points.csv:3")[2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Total (thousands)", "is in thousands"),
        ("Nombre total (en milliers)", "is in thousands"),
        ("Total '000", "is in thousands"),
    ],
)
def test_a_unit_in_the_header(tmp_path: Path, name: str, message: str) -> None:
    grid: Grid = [["Date", "FMP", name, "Men"], ["2030-01-01", "Arlit", 40, 30]]
    assert any(message in line for line in problems(write_grid(grid, tmp_path / "x.csv")))


def test_a_column_in_per_cent_beside_counts_is_not_used(tmp_path: Path) -> None:
    grid: Grid = [["Date", "FMP", "Total", "% women"], ["2030-01-01", "Arlit", 40, 12]]
    text = said(write_grid(grid, tmp_path / "x.csv"))
    assert "column % women is in per cent: not used" in text
    assert "groups everybody" in text
    grid = [["Date", "FMP", "Distance (miles)", "Total"], ["2030-01-01", "Arlit", 12, 40]]
    assert "Distance (miles) not used" in said(write_grid(grid, tmp_path / "y.csv"))


def test_words_of_the_first_line_of_data_are_no_header(tmp_path: Path) -> None:
    grid: Grid = [
        ["Date", "FMP", "Sex", "Total"],
        ["2030-01-01", "Arlit", "Women", 40],
        ["2030-01-01", "Arlit", "Men", 30],
    ]
    text = said(write_grid(grid, tmp_path / "x.csv"))
    assert "lines 2 of data" in text
    assert "Sex not used" in text


def test_errors_of_a_spreadsheet_are_no_tags(tmp_path: Path) -> None:
    assert "says no number of people: line 2" in said(table(tmp_path, (1, "Total", "#N/A")))
    assert problems(table(tmp_path, (1, "Total", "#REF!"))) == [
        f"{tmp_path / 'points.csv'}:2: Total: is not a number"
    ]


def test_sheets_that_could_be_read_instead_are_said(tmp_path: Path) -> None:
    sheets: dict[str, Grid] = {
        name: [["Date", "FMP", "Total"], [date(2030, month, 1), "Arlit", 40]]
        for month, name in enumerate(("Jan ", "Feb"), 1)
    }
    file = write_workbook(sheets, tmp_path / "m.xlsx")
    assert "only sheet 'Jan ' is read; 'Feb' hold counts too (--sheet chooses)" in said(file)
    assert "days 2030-02-01 to 2030-02-28" in said(file, "--sheet", "Feb")
    assert "has no sheet March (it has: Jan , Feb)" in problems(file, "--sheet", "March")[0]


def test_households_are_not_people(tmp_path: Path) -> None:
    grid: Grid = [["Date", "FMP", "Households", "Total"], ["2030-01-01", "Arlit", 11, 40]]
    assert "counts households, not people: not used" in said(write_grid(grid, tmp_path / "x.csv"))
    grid = [["Date", "FMP", "Households"], ["2030-01-01", "Arlit", 11]]
    assert "is no format that is known" in problems(write_grid(grid, tmp_path / "y.csv"))[0]


def test_separators_of_thousands_and_where_they_cannot_be_told(tmp_path: Path) -> None:
    assert "taken for a separator of thousands" in said(table(tmp_path, (1, "Total", "1,234")))
    (line,) = problems(table(tmp_path, (1, "Total", "1.234"), (2, "Total", "1,234")))
    assert "1,234" not in line
    assert "cannot tell whether ',' separates thousands or decimals" in line
    assert "cannot tell" in problems(table(tmp_path, (1, "Total", "1.234"), (2, "Total", "12.5")))[0]


def test_a_decimal_comma_in_coordinates_is_one(tmp_path: Path) -> None:
    commas = [
        (n, column, str(LINES[n - 1][at]).replace(".", ","))
        for n in range(1, 6)
        for at, column in ((2, "Lat"), (3, "Lon"))
    ]
    assert "swapped" not in said(table(tmp_path, *commas))


def test_parts_that_do_not_add_up(tmp_path: Path) -> None:
    grid: Grid = [["Date", "FMP", "Men", "Women", "Total"], ["2030-01-01", "Arlit", 30, 12, 40]]
    assert "do not add up to the total; the total is taken: line 2" in said(
        write_grid(grid, tmp_path / "x.csv")
    )


def test_totals_among_the_lines(tmp_path: Path) -> None:
    extra: Grid = [
        ["Total", "", "", "", 200],
        ["2030-01-05", "Arlit Total", "", "", 40],
        ["", "TOTAL GÉNÉRAL", "", "", 200],
    ]
    assert "adds up other lines (it says total): lines 7-9" in said(table(tmp_path, extra=extra))


def test_a_line_that_says_nothing(tmp_path: Path) -> None:
    text = said(table(tmp_path, (1, "Total", "n/a"), (2, "Date", "")))
    assert "says no number of people: line 2" in text
    assert "names no day: line 3" in text
    nothing = [(n, "Total", "Non disponible") for n in range(1, 6)]
    assert "nothing is left to read: says no number of people" in problems(table(tmp_path, *nothing))[0]


# Places


def test_swapped_coordinates(tmp_path: Path) -> None:
    far: Grid = [["2030-01-06", "Far", 7.4, 118.7, 40]]
    assert "latitude and longitude" not in said(table(tmp_path, extra=far))
    impossible: Grid = [["2030-01-06", "Far", 118.7, 7.4, 40]]
    assert "latitude and longitude are swapped; not used: line 7" in said(table(tmp_path, extra=impossible))
    turned = said(table(tmp_path, (3, "Lat", 8.0), (3, "Lon", 18.9)))
    assert "look swapped: turned round they lie among the other places: line 4" in turned
    assert "not on Earth; not used: line 2" in said(table(tmp_path, (1, "Lat", 900), (1, "Lon", 800)))


# Time


@pytest.mark.parametrize(
    "text", ["5 janvier 2030", "05-Jan-2030", "5 de enero de 2030", "5 يناير 2030", "47488", "05.01.2030"]
)
def test_dates_as_text_are_read(tmp_path: Path, text: str) -> None:
    text = said(
        table(tmp_path, *[(n, "Date", text) for n in range(1, 6)]), "--every", "day", "--dates", "day-first"
    )
    assert "days 2030-01-05 to 2030-01-05" in text


def test_a_text_that_is_no_date(tmp_path: Path) -> None:
    lines = problems(table(tmp_path, (1, "Date", "last week"), (2, "Date", "2030-02-30"), (3, "Date", "7")))
    assert [line.partition("points.csv")[2] for line in lines[:3]] == [
        ":2: Date: is not a date: last week (write days as 2030-01-31 and months as 2030-01)",
        ":3: Date: is not a date (write days as 2030-01-31 and months as 2030-01)",
        ":4: Date: is not a date (write days as 2030-01-31 and months as 2030-01)",
    ]


def test_days_and_months_that_cannot_be_told_apart(tmp_path: Path) -> None:
    file = table(tmp_path, *[(n, "Date", f"0{n}/02/2030") for n in range(1, 6)])
    assert "cannot tell the day from the month" in problems(file)[0]
    assert "2030-02-01 to 2030-02-28" in said(file, "--dates", "day-first")
    assert "2030-01-01 to 2030-05-31" in said(file, "--dates", "month-first")
    both = table(
        tmp_path,
        *[(n, "Date", text) for n, text in enumerate(["13/02/2030", "02/13/2030"] * 2 + ["01/01/2030"], 1)],
    )
    assert "some dates put the day first and some the month" in problems(both)[0]


def test_a_window_that_ends_before_it_begins(tmp_path: Path) -> None:
    grid: Grid = [["From", "To", "FMP", "Outgoing"], ["2030-01-07", "2030-01-01", "Arlit", 40]]
    assert "x.csv:2: To: ends before it begins" in problems(write_grid(grid, tmp_path / "x.csv"))[0]


def test_a_missing_month(tmp_path: Path) -> None:
    file = table(tmp_path, *[(n, "FMP", "Arlit") for n in range(1, 6)], (1, "Date", "2029-11-30"))
    assert "no line for 2029-12: flow at Arlit (a gap is not zero)" in said(file)
    assert "no line for" not in said(table(tmp_path))


# Lines and rounds that are there twice


def test_a_round_written_twice_counts_once(tmp_path: Path) -> None:
    file = write_response([record(), record(id=2), record(id=3, roundNumber=3)], tmp_path / "r.json")
    text = said(file, "--out", str(tmp_path / "out.csv"))
    assert "repeats an earlier line: line 2" in text
    assert "rounds 2 are not in the file" in text
    assert "rounds 1, 3 have the same date at the same place: is a round there twice?" in text


def test_a_round_that_contradicts_itself(tmp_path: Path) -> None:
    file = write_response([record(), record(id=2, numPresentIdpInd=1300)], tmp_path / "r.json")
    (line,) = problems(file)
    assert "r.json:2: is about the same as an earlier line, and the numbers differ" in line
    assert "1300" not in line


def test_a_round_with_two_dates(tmp_path: Path) -> None:
    file = write_response([record(), record(id=2, reportingDate="2030-03-01T00:00:00")], tmp_path / "r.json")
    assert "round 1 has more than one date at the same place" in said(file)


def test_a_record_written_twice(tmp_path: Path) -> None:
    groups = [Group(date(2030, 1, 5), "Arlit", "outgoing", "NER", (20, 10, 10, 10))] * 2
    grid = flow_grid(groups, Layout())
    grid[2][0] = "R1"
    assert "repeats an earlier record: line 3" in said(write_grid(grid, tmp_path / "x.csv"))
    grid[2][2] = "Agadez"
    assert (
        "x.csv:3: record_id: record R1 is there twice and differs"
        in problems(write_grid(grid, tmp_path / "x.csv"))[0]
    )


def test_equal_groups_without_a_number_are_two(tmp_path: Path) -> None:
    assert "counted as another group of that day: line 7" in said(table(tmp_path, extra=[LINES[4]]))


# Bytes


def test_mixed_encodings(tmp_path: Path) -> None:
    file = tmp_path / "mixed.csv"
    lines = ["Date,FMP,Total", "2030-01-01,Séguédine,40", "2030-01-02,Séguédine,40"]
    file.write_bytes(b"\n".join([lines[0].encode(), lines[1].encode("utf-8"), lines[2].encode("cp1252")]))
    text = said(file)
    assert (
        "mixed encodings: these lines are Windows text (cp1252), others UTF-8; look at their names: line 3"
        in text
    )
    assert "places 1: Séguédine" in text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b",,,\n,,\n", "is empty: no cell of it holds anything"),
        (b"Date,FMP,Total\n", "has a header but no rows"),
        (b"Date,FMP,Total\n2030-01-01,\x81,40\n", "x.csv:2: is neither UTF-8 nor Windows (cp1252) text"),
        (b"Date,FMP,Total\n2030-01-01,A\0,40\n", "x.csv:2: is not text: it holds a zero byte"),
        (b"\xff\xfeD\0\x00\xd8", "begins as UTF-16 and goes on as something else"),
        ("Date,FMP,Total\n".encode("utf-16-le"), "holds a zero byte (UTF-16 without its mark?)"),
        (b'Date,FMP,Total\n2030-01-01,"Arlit,40\n', "is not valid CSV"),
        (b"\xd0\xcf\x11\xe0 old workbook", "is an old Excel workbook"),
        (b"PK\x03\x04 no workbook", "is not a whole .xlsx workbook"),
        (b"this is a letter\nof two lines", "no line near the top is a header that is known"),
        (b"Colour,Natonality\n", "did you mean nationality?"),
        (b"Date,Colour\n2030-01-01,red\n", "no line near the top is a header"),
        (b'{"result": [', "is not valid JSON"),
        (b'{"colour": "red"}', "is JSON, but not a response of the DTM API"),
        (b'{"result": [1, 2]}', "is JSON, but not a response of the DTM API"),
        (b'{"result": []}', "is a response without records"),
        (b"[" * 100_000, "is not a response of the DTM API"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_table(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(raw)
    lines = problems(file)
    assert len(lines) == 1
    assert message in lines[0]


def test_a_response_that_failed(tmp_path: Path) -> None:
    file = write_response([], tmp_path / "r.json", isSuccess=False, errorMessages=["No Country found"])
    assert "is the response to a request that failed: No Country found" in problems(file)[0]


def test_a_response_that_is_not_whole(tmp_path: Path) -> None:
    assert "is it whole?" in said(write_response([record()], tmp_path / "r.json", totalRecordsCount=812))


def test_an_assessment_that_is_not_there(tmp_path: Path) -> None:
    file = write_response([record()], tmp_path / "r.json")
    assert "has no lines of assessment ETT (it has: BA)" in problems(file, "--assessment", "ETT")[0]


def test_an_empty_sheet_beside_a_full_one_and_an_empty_workbook(tmp_path: Path) -> None:
    full = write_workbook(
        {"Notes": [], "Data": [["Date", "FMP", "Total"], [date(2030, 1, 1), "Arlit", 40]]},
        tmp_path / "a.xlsx",
    )
    assert "sheet 'Notes' is empty" in said(full)
    assert (
        "is empty: no cell of it holds anything"
        in problems(write_workbook({"Data": []}, tmp_path / "b.xlsx"))[0]
    )


def test_merged_cells_among_the_data(tmp_path: Path) -> None:
    grid: Grid = [["Date", "FMP", "Total"], *[[date(2030, 1, 1), f"P{n}", 40] for n in range(30)]]
    file = write_workbook({"Data": grid}, tmp_path / "m.xlsx", ["B25:B26"])
    text = said(file)
    assert "sheet 'Data' has merged cells among its data: line 25" in text


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    assert "does not exist" in problems(tmp_path / "no.csv")[0]
    assert "is a folder" in problems(tmp_path)[0]


def test_a_flood_of_problems_is_cut(tmp_path: Path) -> None:
    extra: Grid = [["2030-01-06", "Arlit", "", "", "-40"]] * 40
    lines = problems(table(tmp_path, extra=extra))
    assert "has more problems; the first 25 are listed" in " ".join(lines)


def test_control_signs_do_not_reach_the_terminal(tmp_path: Path) -> None:
    result = call(table(tmp_path, (1, "FMP", "Ar\x1b[31mlit")))
    assert "\x1b" not in result.output
    assert result.exit_code in (0, 2)


# The tidy table


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",2030-01-01,2030-01-31,flow,40", "t.csv:2: place: is empty"),
        ("A,2030-02-01,2030-01-31,flow,40", "t.csv:2: to: lies before the first day"),
        ("A,2030-01-01,2030-01-31,flow out,40", "t.csv:2: indicator: is not letters, digits and underscores"),
        ("A,2030-01-01,2030-01-31,share_men,40", "t.csv:2: value: is more than 1"),
        ("A,2030-01-01,2030-01-31,flow,", "t.csv:2: value: is empty"),
        ("A,,2030-01-31,flow,40", "t.csv:2: from: is empty"),
        ("A,2030-01-01,2030-01-31,flow,40,7", "t.csv:2: has 6 cells, the header has 5"),
        (
            "A,2030-01-01,2030-01-31,flow,40\nA,2030-01-01,2030-01-31,flow,41",
            "t.csv:3: indicator: is there twice",
        ),
    ],
)
def test_a_tidy_table_that_breaks_its_rules(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"place,from,to,indicator,value\n{line}\n", encoding="utf-8")
    assert any(message in problem for problem in problems(file))


# The command


def test_a_table_is_not_replaced_unasked(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    said(table(tmp_path), "--out", str(out))
    before = out.read_bytes()
    assert "exists already" in call(table(tmp_path), "--out", str(out)).stderr
    assert out.read_bytes() == before
    said(table(tmp_path), "--out", str(out), "--force")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = call(table(tmp_path), "--out", str(tmp_path / "no" / "out.csv"))
    assert result.exit_code == 2
    assert "is in a folder that does not exist" in result.stderr


def test_nothing_is_written_where_something_is_wrong(tmp_path: Path) -> None:
    problems(table(tmp_path, (2, "Total", "-1")), "--out", str(tmp_path / "out.csv"))
    assert not list(tmp_path.glob("out.csv*"))


@pytest.mark.parametrize("text", ["soon", "2030-01-01..", "2030-02-01..2030-01-01", "2030-02-30"])
def test_days_of_a_round_that_are_none(tmp_path: Path, text: str) -> None:
    result = call(table(tmp_path), "--when", text)
    assert result.exit_code == (2 if text != "2030-01-01.." else 0)


def test_asking_the_api_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dtmapi", None)
    (line,) = problems(tmp_path / "answer.json", "--live", "TCD")
    assert "asking the DTM API needs the extra dtm" in line
    existing = write_response([record()], tmp_path / "old.json")
    assert "exists already" in problems(existing, "--live", "TCD")[0]


def test_asking_the_api_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dtmapi")
    monkeypatch.delenv("DTMAPI_SUBSCRIPTION_KEY", raising=False)
    (line,) = problems(tmp_path / "answer.json", "--live", "TCD")
    assert "the key is read from DTMAPI_SUBSCRIPTION_KEY" in line
    assert not (tmp_path / "answer.json").exists()
