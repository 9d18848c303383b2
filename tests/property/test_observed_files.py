"""Whatever is written in a known format is read back equal; whatever is damaged is said, and never a small count."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.readers.read import read_observed
from calibration.table import COMPLEMENT, HIDDEN, SMALL, ObservedTable, build_table
from experiments.cli import main
from simulation.errors import ScenarioError
from tests.observed_files import (
    Grid,
    Group,
    Layout,
    flow_grid,
    flow_table,
    month_of,
    record,
    write_grid,
    write_response,
    write_workbook,
)

DAYS = st.dates(date(2027, 1, 1), date(2032, 12, 31))
NAMES = st.sampled_from(
    ["Arlit", "Séguédine", "Ag, adez", 'Dir "ko" u', "أرليت", "Ñ; 7", "Total Bilma East", "#1 gate"]
)
POINTS = st.sampled_from(["Arlit", "Séguédine", "Ag, adez", 'Dir "ko" u', "Ñ; 7", "N'Guigmi"])
COUNTS = st.one_of(st.integers(0, 30), st.integers(0, 3_000_000))


@st.composite
def tables(draw: st.DrawFn) -> ObservedTable:
    """A table of counts and shares, some of them withheld."""
    rows: dict[tuple[object, ...], dict[str, Any]] = {}
    for _ in range(draw(st.integers(1, 12))):
        first = draw(DAYS)
        share = draw(st.booleans())
        value = draw(st.floats(0, 1)) if share else float(draw(COUNTS))
        row = {
            "place": draw(NAMES), "from": first, "to": first + timedelta(days=draw(st.integers(0, 400))),
            "group": draw(st.sampled_from(["all", "nationality:NER", "sex_age:women"])),
            "indicator": "share_of_flow" if share else draw(st.sampled_from(["flow", "deaths_recorded"])),
            "value": draw(st.one_of(st.just(value), st.just(value), st.none())),
            "base": draw(st.one_of(st.none(), COUNTS)), "source": draw(NAMES),
            "confidence": draw(st.sampled_from(["data", "published", "recalled"])),
            "period": draw(st.sampled_from([None, "round"])),
        }  # fmt: skip
        rows[tuple(row[name] for name in ("place", "from", "to", "group", "indicator", "source"))] = row
    return build_table(rows.values())


groups = st.lists(
    st.builds(
        Group,
        DAYS,
        POINTS,
        st.sampled_from(["outgoing", "incoming", "internal"]),
        st.sampled_from(["NER", "NGA", "MIX"]),
        st.tuples(*[st.integers(0, 15_000)] * 4),
    ),
    min_size=1,
    max_size=12,
)
TITLES = st.sampled_from([[], [["Flow monitoring registry"]], [["DTM"], ["invented numbers, not a count"]]])


@st.composite
def layouts(draw: st.DrawFn, *, is_workbook: bool) -> Layout:
    """How somebody may write a registry."""
    language = draw(st.sampled_from(["en", "fr", "es", "ar"]))
    encodings = ["utf-8", "utf-8-sig", "utf-16", *([] if language == "ar" else ["cp1252"])]
    return Layout(
        language=language,
        encoding=draw(st.sampled_from(encodings)),
        separator=draw(st.sampled_from([",", ";", "\t", "|"])),
        thousands=draw(st.sampled_from(["", " ", "\N{NO-BREAK SPACE}", ",", ".", "'"])),
        day=draw(st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%dT00:00:00", "%d %B %Y", "%d-%b-%Y"])),
        has_tags=draw(st.booleans()),
        has_titles=draw(st.booleans()),
        above=draw(TITLES),
        is_workbook=is_workbook,
    )


def assert_same(found: ObservedTable, wanted: ObservedTable) -> None:
    pd.testing.assert_frame_equal(found.rows, wanted.rows)


FOLDER = tempfile.TemporaryDirectory(prefix="observed")  # one for all examples; removed when the tests end


def in_folder(name: str) -> Path:
    return Path(FOLDER.name) / name


@given(tables())
@settings(max_examples=50)
def test_our_own_table_is_read_back_to_the_last_bit(table: ObservedTable) -> None:
    file = in_folder("t.csv")
    table.write(file, small_counts=True)
    assert_same(read_observed(file).table, table)


@given(tables())
@settings(max_examples=50)
def test_our_own_table_withholds_small_counts_and_nothing_else_changes(table: ObservedTable) -> None:
    file = in_folder("t.csv")
    table.write(file)
    shown = pd.read_csv(file, dtype="str", keep_default_na=False)["value"]
    assert ((shown == HIDDEN) == table.is_small()).all()
    found = read_observed(file).table
    withheld = shown.isin([HIDDEN, COMPLEMENT])
    wanted = table.rows.assign(value=table.rows["value"].mask(withheld))
    pd.testing.assert_frame_equal(found.rows, wanted)
    counts = found.rows.loc[~found.rows["indicator"].str.startswith("share_"), "value"]
    assert not ((counts > 0) & (counts < SMALL)).any()


@given(groups, layouts(is_workbook=False))
@settings(max_examples=60)
def test_a_registry_as_text(seen: list[Group], layout: Layout) -> None:
    file = write_grid(flow_grid(seen, layout), in_folder("r.csv"), layout)
    assert_same(read_observed(file).table, flow_table(seen, "r"))


@given(groups, layouts(is_workbook=True))
@settings(max_examples=25)
def test_a_registry_as_a_workbook(seen: list[Group], layout: Layout) -> None:
    file = write_grid(flow_grid(seen, layout), in_folder("r.xlsx"), layout)
    assert_same(read_observed(file).table, flow_table(seen, "r"))


ROUNDS = st.dictionaries(
    st.tuples(st.integers(1, 5), st.sampled_from(["Lac", "Mayo"]), st.sampled_from(["Conflict", "Insecurity"]),
              st.sampled_from(["BA", "SA"])),
    COUNTS, min_size=1, max_size=12,
)  # fmt: skip


def reported(number: int) -> date:
    return date(2030, number, 28)


@given(ROUNDS)
@settings(max_examples=40)
def test_rounds_of_the_api(people: dict[tuple[int, str, str, str], int]) -> None:
    records = [
        record(id=at, roundNumber=number, reportingDate=f"{reported(number)}T00:00:00", admin1Name=area,
               displacementReason=reason, assessmentType=kind, numPresentIdpInd=n)
        for at, ((number, area, reason, kind), n) in enumerate(people.items())
    ]  # fmt: skip
    kept = "BA" if any(kind == "BA" for *_, kind in people) else "SA"
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for (number, area, _, kind), n in people.items():
        if kind == kept:
            sums[number, area] += n
    rows = [
        {"place": area, "from": reported(number), "to": reported(number), "period": "round",
         "indicator": "idps_present", "value": n, "source": "a"}
        for (number, area), n in sums.items()
    ]  # fmt: skip
    assert_same(read_observed(write_response(records, in_folder("a.json"))).table, build_table(rows))


MONTHLY = st.dictionaries(
    st.tuples(st.sampled_from(["Egypt", "Mali"]), st.integers(1, 12)), COUNTS, min_size=1, max_size=12
)


@given(MONTHLY, st.booleans())
@settings(max_examples=40)
def test_detections(people: dict[tuple[str, int], int], is_workbook: bool) -> None:
    header = [
        "Route",
        "BorderLocation",
        "NationalityLong",
        *[f"{date(2030, m, 1):%b}".upper() + "2030" for m in range(1, 13)],
    ]
    grid: Grid = [header]
    for name in sorted({name for name, _ in people}):
        counts = [people.get((name, month), "") for month in range(1, 13)]
        grid.append(["Central Mediterranean Route", "Sea", name, *counts])
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for (name, month), n in people.items():
        sums[f"nationality:{name}", month] += n
        sums["all", month] += n
    rows = []
    for (group, month), n in sums.items():
        first, last = month_of(date(2030, month, 1))
        rows.append({"place": "CMR", "from": first, "to": last, "group": group, "indicator": "detections", "value": n,
                     "source": "d"})  # fmt: skip
    file = write_grid(grid, in_folder("d.xlsx" if is_workbook else "d.csv"))
    assert_same(read_observed(file).table, build_table(rows))


# Damage


def spoil(raw: bytes, data: st.DataObject) -> bytes:
    """Return bytes with some of them changed, left out, or written twice."""
    broken = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(broken) - 1, 0)))
        end = at + data.draw(st.sampled_from([0, 1, 3, 40, 1000]))
        kind = data.draw(st.sampled_from(["change", "cut", "twice", "end"]))
        if kind == "change":
            broken[at:end] = data.draw(st.binary(min_size=0, max_size=6))
        elif kind == "cut":
            del broken[at:end]
        elif kind == "twice":
            broken[end:end] = broken[at:end]
        else:
            del broken[at:]
    return bytes(broken)


def workbook() -> bytes:
    grid = flow_grid(
        [Group(date(2030, 1, 5), "Arlit", "outgoing", "NER", (21, 3, 1, 0))] * 3, Layout(is_workbook=True)
    )
    return write_workbook({"Data": grid, "Notes": [["x"]]}, in_folder("w.xlsx"), ["A8:B8"]).read_bytes()


def sample_files() -> dict[str, bytes]:
    seen = [
        Group(date(2030, month, 5), "Séguédine", "incoming", "NER", (2100, 3, 1, 0)) for month in (1, 2, 4)
    ]
    table = in_folder("t.csv")
    flow_table(seen, "x").write(table)
    text = write_grid(flow_grid(seen, Layout(has_tags=True)), in_folder("r.csv")).read_bytes()
    other = Layout(language="fr", encoding="utf-16", separator=";", thousands=" ", has_titles=True)
    return {
        "registry": text,
        "UTF-16": write_grid(flow_grid(seen, other), in_folder("u.csv"), other).read_bytes(),
        "tidy": table.read_bytes(),
        "response": json.dumps(
            {"result": [record(), record(id=2, roundNumber=2)], "isSuccess": True}
        ).encode(),
        "workbook": workbook(),
        "incidents": b"Incident ID,Incident Date,Region of Incident,Total Number of Dead and Missing,Coordinates\n"
        b'1.1,2030-01-05,Northern Africa,"1,022","24.5, 14.1"\n2.1,2030-03-05,Mediterranean,30,\n',
        "detections": b"Route,BorderLocation,NationalityLong,JAN2030,FEB2030,MAR2030\n"
        b"Central Mediterranean Route,Sea,Egypt,120,30,0\nCentral Mediterranean Route,Sea,Total,120,30,0\n",
    }


FILES = sample_files()


@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_words(kind: str, data: st.DataObject) -> None:
    file = in_folder("x")
    file.write_bytes(spoil(FILES[kind], data))
    try:
        reading = read_observed(file)
    except ScenarioError as error:
        assert error.problems
        assert all(str(problem).isprintable() and problem.file == file for problem in error.problems)
    else:
        assert len(reading.table)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(raw: bytes) -> None:
    file = in_folder("x")
    file.write_bytes(raw)
    with pytest.raises(ScenarioError):
        read_observed(file)


@given(
    st.lists(st.tuples(*[st.integers(1, SMALL - 1)] * 8), min_size=3, max_size=3),
    st.sampled_from(["", "-", "7 or 8", "%", ".5"]),
)
@settings(max_examples=40)
def test_what_is_shown_does_not_depend_on_small_counts(counts: list[tuple[int, ...]], spoilt: str) -> None:
    """The same file with other counts from 1 to 9 in it is told in the same words, whether it is sound or not."""
    file = in_folder("x.csv")

    def tell(rows: list[tuple[int, ...]]) -> tuple[int, str]:
        grid: Grid = [
            [
                "Id",
                "Date",
                "FMP",
                "Flow type",
                "Nationality",
                "Men",
                "Women",
                "Boys",
                "Girls",
                "Unaccompanied children",
                "Total",
            ]
        ]
        for at, row in enumerate(rows):
            cells = [f"R{at}", f"2030-0{at + 1}-05", "Arlit", "outgoing", "NER", *row[:5], sum(row[:4])]
            grid.append(cells)
        if spoilt:
            grid[2][6] = f"{spoilt}{grid[2][6]}" if spoilt == "-" else f"{grid[2][6]}{spoilt}"
        result = CliRunner().invoke(main, ["import", "dtm", str(write_grid(grid, file))])
        return result.exit_code, result.output

    others = [tuple(SMALL - n for n in row) for row in counts]
    assert tell(counts) == tell(others)
