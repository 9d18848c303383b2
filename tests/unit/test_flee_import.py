"""Flee folders: read as they are, said what is not used; wrong ones say where, what and what would be right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from flee_folders import (
    CLOSURES,
    CONFLICTS,
    LOCATIONS,
    MALI,
    ROUTES,
    SETTINGS,
    VALIDATION,
    write_folder,
)

from experiments.cli import main
from simulation.displacement.case import CaseClosure, Correction, Spell
from simulation.displacement.files import DOCUMENT, load_case, write_case
from simulation.displacement.observed import displaced_by_day, observed_camps
from simulation.errors import ScenarioError
from simulation.importers.flee import read_flee_case


def test_a_folder_is_read_as_it_is(tmp_path: Path) -> None:
    case = read_flee_case(write_folder(tmp_path / "small"))
    assert (case.name, case.start, case.days) == ("small", date(2020, 1, 1), 10)
    assert [p.name for p in case.places] == ["Ashford", "Birch", "Cove", "Dale", "Elm"]
    ashford, birch, _, dale, _ = case.places
    assert (ashford.latitude, ashford.longitude, ashford.population) == (10.5, 1.25, 40000)
    assert (dale.kind, dale.capacity, dale.population, dale.country) == ("camp", 900, 0, "Away")
    assert birch.extra == {"hdi": "0.4"}
    assert [(r.name1, r.name2, r.km) for r in case.roads][:2] == [
        ("Ashford", "Birch", 100),
        ("Birch", "Dale", 200),
    ]
    assert case.roads[1].extra == {"forced_redirection": "2"}
    assert case.closures == (
        CaseClosure(kind="country", name1="Home", name2="Beyond", first_day=0, last_day=5),
    )
    assert case.corrections == (Correction(place="Dale", day=date(2020, 1, 6)),)


def test_intensity_follows_the_file_day_by_day(tmp_path: Path) -> None:
    # Unlike Flee, where a change between two intensities above 0 is not seen.
    case = read_flee_case(write_folder(tmp_path / "small"))
    assert [s for s in case.conflicts if s.place == "Ashford"] == [
        Spell(place="Ashford", first_day=0, last_day=2, intensity=1.0),
        Spell(place="Ashford", first_day=3, last_day=4, intensity=0.5),
        Spell(place="Ashford", first_day=7, last_day=9, intensity=1.0),
    ]


def test_without_conflicts_csv_the_conflict_date_decides(tmp_path: Path) -> None:
    case = read_flee_case(write_folder(tmp_path / "small", conflicts__csv=None))
    assert case.conflicts == (
        Spell(place="Ashford", first_day=0, last_day=9, intensity=1.0),
        Spell(place="Cove", first_day=3, last_day=9, intensity=1.0),
    )


def test_corrections_scale_what_came_before(tmp_path: Path) -> None:
    case = read_flee_case(write_folder(tmp_path / "small"))
    dale = observed_camps(case)[:, 0]
    # 50 and 200 become 100 and 400; then 400 on the 6th, 700 on the 10th, linear between, cut to whole people.
    assert dale.tolist() == [100, 175, 250, 325, 400, 400, 475, 550, 625, 700]
    total = observed_camps(case).sum(axis=1)
    assert displaced_by_day(case).tolist() == np.maximum.accumulate(total).tolist()


def test_a_fall_is_taken_off_the_next_rise(tmp_path: Path) -> None:
    falling = "2020-01-01,100\n2020-01-03,60\n2020-01-05,120\n"
    folder = write_folder(tmp_path / "small", dale__csv=falling, registration_corrections__csv=None)
    assert displaced_by_day(read_flee_case(folder)).tolist()[:5] == [100, 100, 100, 100, 120]


def test_several_files_of_a_camp_are_interpolated_and_added(tmp_path: Path) -> None:
    layout = VALIDATION["data_layout.csv"].replace("Elm,elm.csv", "Elm,elm.csv,dale.csv")
    folder = write_folder(tmp_path / "small", data_layout__csv=layout, registration_corrections__csv=None)
    case = read_flee_case(folder)
    elm = next(s for s in case.observed if s.place == "Elm")
    assert dict(zip(elm.dates, elm.counts, strict=True))[date(2020, 1, 7)] == pytest.approx(0 + 475)
    assert any("added up" in remark for remark in case.not_mapped)


def test_what_is_not_used_is_said(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "small")
    (folder / "simsetting.yml").write_text(SETTINGS)
    (folder / "input" / "demographics_age.csv").write_text("age,Default\n1,1\n")
    case = read_flee_case(folder)
    said = "\n".join(case.not_mapped)
    for words in ("column Nowhere", "locations.csv~", "forced_redirection on 1 routes", "max_move_speed: 360.0",
                  "demographics_age.csv"):  # fmt: skip
        assert words in said
    assert case.spawning.takes_population


def test_what_is_used_in_another_way_than_in_flee_is_said(tmp_path: Path) -> None:
    late = CONFLICTS.replace("1, 0, 0", "0, 0, 0", 1)
    lines = "camp,Dale,,5,3\ncamp,Dale,,4,4\nlocation,Cove,,-2,1\n"
    case = read_flee_case(
        write_folder(tmp_path / "late", conflicts__csv=late, closures__csv=CLOSURES + lines)
    )
    assert [c.first_day for c in case.closures] == [0, 0]
    no_column = CONFLICTS.replace("Cove", "Nobody")
    more = LOCATIONS.replace('"town",,', '"town",7,').replace("0.4", "0.4,more")
    other = read_flee_case(write_folder(tmp_path / "other", conflicts__csv=no_column, locations__csv=more))
    for case_, words in (
        (case, "not used: closures.csv:3: ends on day 3, before it has closed anything (Flee closes it for good)"),
        (case, "not used: closures.csv:4: ends on day 4, before it has closed anything"),
        (case, "note: closures.csv:5: begins before the start: closed from day 0 on (Flee leaves it open)"),
        (case, "note: conflicts.csv: Ashford is at peace until its column says else (in Flee in conflict)"),
        (other, "note: locations.csv: Cove has no column in conflicts.csv and is in conflict from its conflict_date "
                "on, day 3 (in Flee never)"),
        (other, "not used: locations.csv:4: conflict_date of Birch, which is no conflict_zone"),
        (other, "not used: locations.csv: cells beyond the header in 1 rows, line 4"),
    ):  # fmt: skip
        assert words in case_.not_mapped


def test_comments_before_the_header_and_quotes_in_them_are_comments(tmp_path: Path) -> None:
    wordy = {f"{name}__csv": f'# from the 5" survey\n#{name}\n{text}'
             for name, text in (("conflicts", CONFLICTS), ("locations", LOCATIONS), ("routes", ROUTES))}  # fmt: skip
    plain = read_flee_case(write_folder(tmp_path / "plain" / "small"))
    read = read_flee_case(write_folder(tmp_path / "wordy" / "small", **wordy))
    assert read.model_copy(update={"not_mapped": plain.not_mapped}) == plain
    assert plain.conflicts


def test_conflicts_need_no_hash(tmp_path: Path) -> None:
    bare = write_folder(tmp_path / "bare", conflicts__csv=CONFLICTS.replace("#Day", "Day"))
    assert read_flee_case(bare).conflicts == read_flee_case(write_folder(tmp_path / "small")).conflicts


def test_settings_of_displacement_are_used(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "small")
    (folder / "simsetting.yml").write_text(
        "spawn_rules:\n  insert_day0: false\n  conflict_spawn_decay: [1, 0.5]\n"
        "  conflict_driven_spawning:\n    spawn_mode: pop_ratio\n    displaced_per_conflict_day: 0.02\n"
    )
    spawning = read_flee_case(folder).spawning
    assert (spawning.mode, spawning.amount, spawning.day0, spawning.decay) == (
        "pop_ratio",
        0.02,
        "set_out",
        (1, 0.5),
    )


def test_a_case_is_read_back_the_same(tmp_path: Path) -> None:
    case = read_flee_case(write_folder(tmp_path / "small"))
    write_case(case, tmp_path / "ours")
    assert load_case(tmp_path / "ours") == case


BAD = {
    "a number that is none": ({"routes__csv": ROUTES.replace("200", "2OO")}, "routes.csv:3: distance: '2OO'"),
    "an unknown place": (
        {"routes__csv": ROUTES.replace("Birch,Dale", "Brich,Dale")},
        "routes.csv:3: name1: 'Brich' is no location of locations.csv (did you mean Birch?)",
    ),
    "a place that is there twice": (
        {"locations__csv": LOCATIONS.replace('"Elm"', '"Dale"')}, "locations.csv:8: name: Dale is there twice",
    ),
    "a kind that is none": (
        {"locations__csv": LOCATIONS.replace('"town"', '"village"')}, "location_type: 'village' is no kind",
    ),
    "a latitude off the globe": ({"locations__csv": LOCATIONS.replace("10.5", "100.5")}, "locations.csv:2: latitude"),
    "an open quote": ({"locations__csv": LOCATIONS + '"Fir'}, "locations.csv:9: is not a CSV row"),
    "a closure without a kind": (
        {"closures__csv": CLOSURES.replace("country,", "frontier,")}, "closures.csv:2: closure_type",
    ),
    "too few days of conflict": ({"conflicts__csv": CONFLICTS[:60]}, "conflicts.csv: holds"),
    "no header of conflicts": ({"conflicts__csv": CONFLICTS.split("\n", 1)[1]}, "conflicts.csv:1: has no header"),
    "conflicts of places that are not there": (
        {"conflicts__csv": CONFLICTS.replace("Ashford", "A").replace("Cove", "C")},
        "conflicts.csv: no column names a location",
    ),
    "a column of conflicts that is there twice": (
        {"conflicts__csv": CONFLICTS.replace("Nowhere", "Cove")}, "conflicts.csv: Cove: is the name of two columns",
    ),
    "an intensity below 0": ({"conflicts__csv": CONFLICTS.replace("0.5", "-1", 1)}, "conflicts.csv:5: Ashford"),
    "a start that is no date": (
        {"sim_period__csv": "StartDate,2020-13-01\nLength,10\n"}, "sim_period.csv:1: StartDate: '2020-13-01'",
    ),
    "no length": ({"sim_period__csv": "StartDate,2020-01-01\n"}, "sim_period.csv:1: Length"),
    "dates that fall": (
        {"elm__csv": "2020-01-05,0\n2020-01-02,7\n"}, "elm.csv:2: date: 2020-01-02 does not come after 2020-01-05",
    ),
    "a series that is not there": (
        {"data_layout__csv": VALIDATION["data_layout.csv"].replace("elm.csv", "elms.csv")},
        "data_layout.csv:3: file: elms.csv is not in validation (did you mean elm.csv?)",
    ),
    "a camp without a row": (
        {"data_layout__csv": "total,refugees.csv\nDale,dale.csv\n"}, "the camp Elm of locations.csv has no row",
    ),
    "a layout without its total": (
        {"data_layout__csv": "Dale,dale.csv\nElm,elm.csv\n"}, "data_layout.csv:1: name: the first row is 'Dale'",
    ),
    "a correction of no date": (
        {"registration_corrections__csv": "Dale,2020-01-07\n"},
        "registration_corrections.csv:1: date: Dale has no count on 2020-01-07 (the nearest is 2020-01-06)",
    ),
    "a correction of the first count": (
        {"registration_corrections__csv": "Dale,2020-01-01\n"}, "2020-01-01 is the first count of Dale",
    ),
    "more people than there are": ({"locations__csv": LOCATIONS.replace("40000", "1e308")}, "csv:2: population"),
    "a count above all people": ({"elm__csv": "2020-01-01,1e300\n"}, "elm.csv:1: count: '1e300' is too large"),
    "an intensity without end": ({"conflicts__csv": CONFLICTS.replace("0.5", "1e13", 1)}, "conflicts.csv:5: Ashford"),
    "a series outside the folder": (
        {"data_layout__csv": VALIDATION["data_layout.csv"].replace("elm.csv", "../input/routes.csv")},
        "data_layout.csv:3: file: '../input/routes.csv' lies outside validation",
    ),
    "a series by an absolute path": (
        {"data_layout__csv": VALIDATION["data_layout.csv"].replace("elm.csv", "/etc/hostname")},
        "data_layout.csv:3: file: '/etc/hostname' lies outside validation",
    ),
    "a series with a name that no file has": (
        {"data_layout__csv": VALIDATION["data_layout.csv"].replace("elm.csv", "e" * 5000)}, "csv:3: file: eee",
    ),
    "a start at the end of time": (
        {"sim_period__csv": "StartDate,9999-12-30\nLength,10\n"}, "sim_period.csv:1: StartDate: 9999-12-30 is too far",
    ),
    "a day of 5,000 digits": ({"closures__csv": CLOSURES.replace("6", "6" * 5000)}, "closure_end: '666"),
    "no location": ({"locations__csv": "#name\n"}, "locations.csv: holds no location"),
    "two corrections, the first to nothing": (
        {"dale__csv": "2020-01-01,50\n2020-01-05,0\n2020-01-06,400\n",
         "registration_corrections__csv": "Dale,2020-01-05\nDale,2020-01-06\n"},
        "registration_corrections.csv:2: date: Dale: the count before 2020-01-06 is below 1",
    ),
    "corrections that outgrow the world": (
        {"dale__csv": "2020-01-01,1\n2020-01-05,1e9\n2020-01-06,1\n2020-01-07,1e9\n",
         "registration_corrections__csv": "Dale,2020-01-05\nDale,2020-01-07\n"},
        "registration_corrections.csv:2: date: Dale comes above 1e+10 people",
    ),
    "a missing file": ({"routes__csv": None}, "routes.csv: does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_folder_says_where_what_and_what_would_be_right(name: str, tmp_path: Path) -> None:
    changed, words = BAD[name]
    folder = write_folder(tmp_path / "small", **changed)  # type: ignore[arg-type]
    done = CliRunner().invoke(main, ["import", "flee", str(folder), "--out", str(tmp_path / "ours")])
    assert done.exit_code == 2, done.output
    assert words in done.output
    assert len(done.output) < 2000
    assert not (tmp_path / "ours").exists()


BAD_SETTINGS = {
    "a decay that is no list": ("conflict_spawn_decay: 5", "conflict_spawn_decay: 5 is no list"),
    "an endless interval": ("conflict_spawn_decay_interval: 1e+300", "interval: 1e+300 is no number"),
    "a rate without end": (
        "conflict_driven_spawning: {spawn_mode: poisson, displaced_per_conflict_day: 1.0e+30}", "1e+30 is no number",
    ),
    "a mode that is a list": ("conflict_driven_spawning: {spawn_mode: [constant]}", "['constant'] is unknown"),
    "a switch that is a word": ("insert_day0: maybe", "spawn_rules.insert_day0: 'maybe' is no switch"),
    "a switch that is a number": ("take_from_population: 2", "spawn_rules.take_from_population: 2 is no switch"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_SETTINGS)
def test_wrong_settings_say_where_what_and_what_would_be_right(name: str, tmp_path: Path) -> None:
    line, words = BAD_SETTINGS[name]
    folder = write_folder(tmp_path / "small")
    (folder / "simsetting.yml").write_text(f"spawn_rules:\n  {line}\n")
    done = CliRunner().invoke(main, ["import", "flee", str(folder)])
    assert done.exit_code == 2, done.output
    assert words in done.output


def test_switches_are_read_as_flee_reads_them(tmp_path: Path) -> None:
    # YAML 1.1: no and off are switches. In YAML 1.2 they are words, and true.
    folder = write_folder(tmp_path / "small")
    (folder / "simsetting.yml").write_text("spawn_rules:\n  insert_day0: no\n  take_from_population: on\n")
    spawning = read_flee_case(folder).spawning
    assert (spawning.day0, spawning.takes_population) == ("set_out", True)


def test_a_settings_file_that_repeats_itself_is_not_repeated(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "small")
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    (folder / "simsetting.yml").write_text("move_rules:\n  " + "\n  ".join(levels) + "\n")
    assert sum(map(len, read_flee_case(folder).not_mapped)) < 5000


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "small", routes__csv=ROUTES.replace("200", "2OO"), elm__csv="2020-01-05,many\n"
    )
    with pytest.raises(ScenarioError) as caught:
        read_flee_case(folder)
    assert {problem.file.name for problem in caught.value.problems} >= {"routes.csv", "elm.csv"}


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["import", "flee", str(tmp_path)])
    assert done.exit_code == 2
    assert "is not an input folder of Flee" in done.output


def test_import_writes_a_scenario_and_never_over_one(tmp_path: Path) -> None:
    folder, out = write_folder(tmp_path / "small"), tmp_path / "ours"
    done = CliRunner().invoke(main, ["import", "flee", str(folder), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert (out / DOCUMENT).is_file()
    again = CliRunner().invoke(main, ["import", "flee", str(folder), "--out", str(out)])
    assert again.exit_code == 2
    assert "exists already" in again.output


@pytest.mark.skipif(not MALI.is_dir(), reason="the case mali2012 is not there")
def test_mali_2012_has_its_published_size() -> None:
    case = read_flee_case(MALI)
    assert (len(case.places), len(case.roads), len(case.camps), case.days) == (23, 35, 7, 300)
    camps, people = observed_camps(case), displaced_by_day(case)
    assert sorted(n for n in camps[0].tolist() if n) == [698, 875, 9265]
    assert (people[0], people[-1], people.sum()) == (10838, 89991, 19_769_519)
