"""Every kind of bad input, through the real command line: one clear message, exit code 2, no traceback."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from experiments.cli import main
from simulation.spec.bounds import BOUNDS
from simulation.spec.models import PARAMETER_NAMES

TINY = Path(__file__).parents[2] / "scenarios" / "tiny"


@pytest.fixture
def fork(tmp_path: Path) -> Path:
    """A copy of the tiny map `fork`, free to be broken; two folders down, as scenario folders are."""
    return Path(shutil.copytree(TINY / "fork", tmp_path / "maps" / "fork"))


def check(file: Path) -> Result:
    return CliRunner().invoke(main, ["check", str(file)])


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file.name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def only_problem(file: Path) -> str:
    """Check a file that must have exactly one problem, and return it."""
    result = check(file)
    lines = result.stderr.strip().splitlines()
    assert result.exit_code == 2, result.output
    assert len(lines) == 1, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert "pydantic" not in result.output
    return lines[0]


YAML_EDITS = {
    "unknown key": ("seed: 1", "sead: 1", "fork.yaml:7: sead: unknown key (did you mean seed?)"),
    "key of another place": ("seed: 1", "seed: 1\nlevers: {bribes: []}", "levers.bribes: unknown key"),
    "missing key": ("title: A main road and a bypass\n", "", "fork.yaml: title: is missing"),
    "wrong unit": (
        "seed: 1",
        "levers: {detention: [{time_limit: 90 km}]}",
        "fork.yaml:7: levers.detention.0.time_limit: unit 'km' does not fit here; use one of: day,",
    ),
    "no unit": (
        "seed: 1",
        "levers: {detention: [{time_limit: 90}]}",
        "needs a number and a unit, one of: day,",
    ),
    "negative quantity": (
        "seed: 1",
        "levers: {legal_pathways: [{quota: -1 persons/day}]}",
        "must be a finite number of at least 0",
    ),
    "share above 1": (
        "seed: 1",
        "levers: {interception: [{intensity: 1.5}]}",
        "less than or equal to 1; got 1.5",
    ),
    "not a number": ("seed: 1", "levers: {interception: [{intensity: .nan}]}", "needs a number; got '.nan'"),
    "a switch for a number": ("seed: 1", "seed: true", "seed: needs a number, not true"),
    "negative seed": ("seed: 1", "seed: -1", "seed: should be greater than or equal to 0; got -1"),
    "impossible date": ("2017-12-31", "2017-02-30", "period.end: 2017-02-30 is not a day of the calendar"),
    "a number for a date": ("2017-12-31", "2017", "period.end: needs a day such as 2016-09-01; got 2017"),
    "end before departures end": (
        "2017-12-31",
        "2016-06-30",
        "2016-06-30 is before the end of departures, 2016-12-31",
    ),
    "departures end before start": ("2015-01-01", "2017-01-01", "2016-12-31 is before the start, 2017-01-01"),
    "start long ago": (
        "2015-01-01",
        "1989-12-31",
        "period.start: must not be before 1990-01-01; got 1989-12-31",
    ),
    "closure of nothing": (
        "seed: 1",
        "closures: [{legs: []}]",
        "fork.yaml:7: closures.0.legs: a closure needs at least one leg",
    ),
    "lever dates out of order": (
        "seed: 1",
        "levers: {interception: [{from: 2016-05-01, to: 2016-04-01, intensity: 1}]}",
        "levers.interception.0.to: 2016-04-01 is before from, 2016-05-01",
    ),
    "unknown place": (
        "seed: 1",
        "levers: {services: [{scope: {places: [gat]}, capacity_factor: 2}]}",
        "levers.services.0.scope.places.0: unknown place gat (did you mean gate?)",
    ),
    "unknown leg": (
        "seed: 1",
        "closures: [{legs: [home_gat]}]",
        "unknown leg home_gat (did you mean home_gate?)",
    ),
    "unknown country": (
        "seed: 1",
        "levers: {border_enforcement: [{scope: {countries: [Niger]}, intensity: 1}]}",
        "unknown country Niger",
    ),
    "unknown parameter": (
        "seed: 1",
        "parameters: {discout: 0.9}",
        "unknown parameter discout (did you mean discount?)",
    ),
    "key given twice": (
        "seed: 1",
        "seed: 1\nseed: 2",
        "fork.yaml:8: seed: is given twice (first on line 7; keep one)",
    ),
    "anchor": ("seed: 1", "description: &a x", "anchor &a is not allowed"),
    "unknown tag": ("seed: 1", "description: !python/object:os.system x", "is not allowed"),
    "not YAML": ("seed: 1", "seed: [1", "is not valid YAML"),
    "tab": ("seed: 1", "coupling:\n\tvehicles: true", "is not valid YAML"),
    "two documents": ("seed: 1", "seed: 1\n---\nseed: 2", "holds more than one document"),
    "list for a scenario": ("scenario: fork\n", "scenario: [fork]\n", "fork.yaml:4: scenario: needs text"),
    "base that is not there": ("seed: 1", "base: bsae.yaml", "fork.yaml:7: base: bsae.yaml does not exist"),
    "base of itself": (
        "seed: 1",
        "base: fork.yaml",
        "base: fork.yaml leads back to a file that is already in use",
    ),
    "base outside": ("seed: 1", "base: ../../../x.yaml", "lies outside the folder of the scenario folders"),
    "absolute base": ("seed: 1", "base: /etc/x.yaml", "base: /etc/x.yaml is not a relative path"),
    "base of the home folder": ("seed: 1", "base: ~/x.yaml", "~/x.yaml is not a relative path"),
    "drive": ("seed: 1", 'base: "C:/x.yaml"', "C:/x.yaml is not a relative path"),
    "base that is no YAML": ("seed: 1", "base: places.csv", "places.csv is not a .yaml file"),
    "tables outside": ("seed: 1", "tables: ../../..", "tables: ../../.. lies outside"),
    "tables that are a file": ("seed: 1", "tables: places.csv", "tables: places.csv is not a folder"),
}


# parameter -> values that have no meaning in the model; the last column is the bound that is said
BAD_PARAMETERS = {
    "uninformed_share": ((-0.1, 1.1), "at least 0 and at most 1"),
    "service_seeking": ((-0.1, 1.1), "at least 0 and at most 1"),
    "vulnerability_start": ((-0.1, 0.6), "at least 0 and at most 0.5"),
    "vulnerability_gamma": ((-11, 1e300), "at least -10 and at most 10"),
    "discount": ((-0.1, 1), "at least 0 and at most 0.999"),
    "departure_reference": ((0, 1.1), "above 0 and at most 1"),
    "departure_dispersion": ((0, 1e7), "above 0 and at most 1e+06"),
    "uninformed_bias": ((-1, 11), "at least 0 and at most 10"),
    "price_ratio_full": ((-1, 101), "at least 0 and at most 100"),
    "price_weight": ((-1, 1e5), "at least 0 and at most 10000"),
    "stay_utility": ((-1001, 1001), "at least -1000 and at most 1000"),
    "deterrence_elasticity": ((-6, 6), "at least -5 and at most 5"),
}


def test_every_parameter_has_bounds() -> None:
    assert set(BOUNDS) == set(PARAMETER_NAMES)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (values, _) in BAD_PARAMETERS.items() for value in values]
)
def test_a_parameter_without_meaning_is_an_error(fork: Path, name: str, value: float) -> None:
    change(fork / "fork.yaml", "seed: 1", f"seed: 1\nparameters: {{{name}: {value}}}")
    line = only_problem(fork / "fork.yaml")
    assert f"fork.yaml:8: parameters.{name}: {name} must be {BAD_PARAMETERS[name][1]}; got" in line
    done = CliRunner().invoke(main, ["run", str(fork / "fork.yaml"), "--out", str(fork / "out")])
    assert (done.exit_code, done.stdout, done.stderr.strip()) == (2, "", line)


@pytest.mark.parametrize("name", YAML_EDITS)
def test_a_wrong_scenario_file_is_one_clear_problem(fork: Path, name: str) -> None:
    old, new, expected = YAML_EDITS[name]
    change(fork / "fork.yaml", old, new)
    assert expected in only_problem(fork / "fork.yaml")


TABLE_EDITS = {
    "negative hazard": (
        "risks",
        "sand,leg,death,0.002",
        "sand,leg,death,-0.002",
        "risks.csv:4: value: should be greater",
    ),
    "hazard that is text": (
        "risks",
        "sand,leg,death,0.002",
        "sand,leg,death,few",
        "value: needs a number; got 'few'",
    ),
    "endless hazard": ("risks", "sand,leg,death,0.002", "sand,leg,death,inf", "value: needs a finite number"),
    "unknown outcome": (
        "risks",
        "sand,leg,death,",
        "sand,leg,deaht,",
        "outcome: 'deaht' is not one of: death",
    ),
    "duplicate place": (
        "places",
        "\ngate,",
        "\nhome,x,NER,1,1,hub,town,jail,5,2,9,1,,,a,assumed,b,assumed\ngate,",
        "places.csv:3: id: home is given twice (first on line 2)",
    ),
    "unknown column": ("places", "role,services", "role,servces", "places.csv:1: servces: unknown column"),
    "missing column": ("places", "id,name,", "id,", "places.csv:1: name: column is missing"),
    "empty cell": ("places", "home,Home,NER,14", "home,Home,NER,", "latitude: needs a number; got ''"),
    "too few cells": (
        "places",
        ",assumed: test map,assumed\ngate",
        "\ngate",
        "places.csv:2: has 16 cells, the header has 18",
    ),
    "open quote": ("places", "home,Home", 'home,"Home', "is not valid CSV"),
    "identifier with a path": (
        "places",
        "home,Home",
        "../home,Home",
        "an identifier has letters, digits, _ and - only",
    ),
    "place that is not there": (
        "legs",
        "home_gate,home,gate",
        "home_gate,home,gaet",
        "legs.csv:2: destination: gaet is not in places.csv (did you mean gate?)",
    ),
    "leg to itself": (
        "legs",
        "home_gate,home,gate",
        "home_gate,home,home",
        "leg home_gate ends where it starts",
    ),
    "low above high": (
        "risks",
        "sand,leg,death,0.002,0.0002,0.02",
        "sand,leg,death,0.002,0.02,0.02",
        "does not hold: low 0.02 <= value 0.002",
    ),
    "chance of 1 per leg": (
        "risks",
        "0.0002,0.02,per_day",
        "0.0002,1.0,per_leg",
        "a chance per leg must stay below 1",
    ),
    "shares that do not add up": ("composition", "0.8,0.1,0.1", "0.8,0.1,0.3", "they add to 1.2"),
    "regular leg without a pathway": (
        "legs",
        "air,0,labour,",
        "air,0,,",
        "purpose regular and a kind of pathway go together",
    ),
    "no composition": (
        "streams",
        "locals,home,NER,2016",
        "others,home,NER,2016",
        "streams.csv:3: stream: others is not in composition.csv",
    ),
    "missing parameter": (
        "parameters",
        "\ndiscount,",
        "\ndiscuont,",
        "parameters.csv: parameter discount is missing",
    ),
    "more exits than people": (
        "custody",
        "0.5,0.5,0.3,0.1",
        "0.5,0.5,0.7,0.5",
        "custody.csv:2: exit_expelled: exit_expelled + exit_assisted + exit_bribe must be at most 1; they add to 1.2",
    ),
    "parameter without meaning": (
        "parameters",
        "\nservice_trust,0.7,0.4,0.9",
        "\nservice_trust,0.7,0.4,1.9",
        "high: service_trust must be at least 0 and at most 1; got 1.9",
    ),
    "stream with two places": (
        "streams",
        "locals,home,NER,2016",
        "locals,gate,NER,2016",
        "streams.csv:3: place: stream locals starts at home further up; a stream has one place",
    ),
    "monitored leg that is not there": (
        "monitoring",
        "gate_north,gate_haven_main",
        "gate_north,gate_haven",
        "leg: gate_haven is not in legs.csv (did you mean gate_haven_main?)",
    ),
}


@pytest.mark.parametrize("name", TABLE_EDITS)
def test_a_wrong_table_is_one_clear_problem(fork: Path, name: str) -> None:
    table, old, new, expected = TABLE_EDITS[name]
    change(fork / f"{table}.csv", old, new)
    if (
        name == "missing parameter"
    ):  # its misspelling is worth a warning, which only shows once the errors are gone
        assert "discount" in only_problem(fork / "fork.yaml")
    assert expected in only_problem(fork / "fork.yaml")


def test_an_unreachable_destination_is_an_error(fork: Path) -> None:
    change(fork / "composition.csv", "0,0.8,0.1,0.1", "0.8,0,0.1,0.1")
    change(fork / "places.csv", "destination", "hub")
    expected = "streams.csv:2: place: no destination can be reached from home, where stream locals starts"
    assert expected in only_problem(fork / "fork.yaml")


@pytest.mark.parametrize(
    ("table", "column", "value", "expected"),
    [
        ("streams", "journeys_high", "1.1e8", "must be at most 100,000,000; got 1.1e+08"),
        ("initial", "people_high", "2.1e6", "must be at most 2,097,151; got 2.1e+06"),
        ("legs", "vehicle_capacity", "100001", "must be at most 100,000; got 100001"),
    ],
)
def test_a_number_that_would_fill_the_memory(
    fork: Path, table: str, column: str, value: str, expected: str
) -> None:
    file = fork / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[0][column] = value
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert f"{table}.csv:2: {column}: {expected}" in only_problem(fork / "fork.yaml")


def test_a_map_without_a_destination_is_an_error(fork: Path) -> None:
    change(fork / "places.csv", "destination", "hub")
    expected = "places.csv: no journey can reach a destination: there is none"
    assert expected in only_problem(fork / "fork.yaml")


def test_a_destination_that_no_journey_reaches_is_an_error(fork: Path) -> None:
    text = (fork / "places.csv").read_text(encoding="utf-8")
    haven = next(line for line in text.splitlines() if line.startswith("haven,"))
    with (fork / "places.csv").open("a", encoding="utf-8") as table:
        table.write(haven.replace("haven,Haven", "island,Island") + "\n")
    expected = "places.csv:6: id: no journey can reach the destination island"
    assert expected in only_problem(fork / "fork.yaml")


def test_a_map_whose_only_destination_is_cut_off_is_an_error(fork: Path) -> None:
    change(fork / "places.csv", "destination", "hub")
    text = (fork / "places.csv").read_text(encoding="utf-8")
    gate = next(line for line in text.splitlines() if line.startswith("gate,"))
    with (fork / "places.csv").open("a", encoding="utf-8") as table:
        table.write(gate.replace("gate,Gate", "island,Island").replace(",hub,", ",destination,") + "\n")
    assert "no journey can reach the destination island" in only_problem(fork / "fork.yaml")


def test_a_missing_file(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "nothing.yaml").endswith("nothing.yaml: does not exist")


def test_a_missing_table(fork: Path) -> None:
    (fork / "risks.csv").unlink()
    assert "risks.csv: does not exist (see scenarios/REFERENCE.md" in only_problem(fork / "fork.yaml")


def test_a_folder_for_a_scenario(fork: Path) -> None:
    assert only_problem(fork).endswith("fork: is a folder, not a file")


def test_a_folder_for_a_table(fork: Path) -> None:
    (fork / "risks.csv").unlink()
    (fork / "risks.csv").mkdir()
    assert "risks.csv: is a folder, not a file" in only_problem(fork / "fork.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "is not a regular file" in only_problem(tmp_path / "pipe.yaml")


def test_a_table_that_is_not_utf8(fork: Path) -> None:
    file = fork / "places.csv"
    file.write_bytes(file.read_bytes().replace(b"Home", b"H\xf4me", 1))
    assert "places.csv:2: is not UTF-8 text" in only_problem(fork / "fork.yaml")


def test_scenario_that_is_not_utf8(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", "description: X")
    (fork / "fork.yaml").write_bytes((fork / "fork.yaml").read_bytes().replace(b"X", b"Espa\xf1a"))
    assert "fork.yaml:7: is not UTF-8 text" in only_problem(fork / "fork.yaml")


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"PK\0\0\0")
    assert "is not a text file: it holds a zero byte" in only_problem(tmp_path / "x.yaml")


def test_a_huge_scenario_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"#" * 300_000)
    assert "is too large: 300 kB, and at most 256 kB are read" in only_problem(tmp_path / "x.yaml")


def test_a_huge_table(fork: Path) -> None:
    with (fork / "risks.csv").open("ab") as table:
        table.truncate(60_000_000)  # sparse: takes no room on the disk
    assert "risks.csv: is too large: 60.0 MB, and at most 50.0 MB are read" in only_problem(
        fork / "fork.yaml"
    )


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("# nothing\n", encoding="utf-8")
    assert "x.yaml: is empty" in only_problem(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("kept", "expected"), [(0, "is empty (columns: zone,"), (1, "has a header but no rows")]
)
def test_an_empty_table(fork: Path, kept: int, expected: str) -> None:
    lines = (fork / "risks.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (fork / "risks.csv").write_text("".join(lines[:kept]), encoding="utf-8")
    assert f"risks.csv: {expected}" in only_problem(fork / "fork.yaml")


def test_semicolons_are_named(fork: Path) -> None:
    text = (fork / "risks.csv").read_text(encoding="utf-8")
    (fork / "risks.csv").write_text(text.replace(",", ";"), encoding="utf-8")
    assert "separates its columns by semicolons (save it with commas)" in only_problem(fork / "fork.yaml")


def test_a_yaml_bomb_is_not_expanded(tmp_path: Path) -> None:
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    (tmp_path / "bomb.yaml").write_text("\n".join(bomb), encoding="utf-8")
    result = check(tmp_path / "bomb.yaml")
    assert result.exit_code == 2
    assert "bomb.yaml:1: a0: anchor &a0 is not allowed" in result.stderr
    assert "Traceback" not in result.output


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("a: " + "[" * 50_000, encoding="utf-8")
    assert "is nested more than 20 levels deep" in only_problem(tmp_path / "deep.yaml")


def test_a_table_in_the_wrong_format_does_not_flood(fork: Path) -> None:
    rows = [f"z{i},leg,death,-1,0,1,per_day,d,s,assumed\n" for i in range(5_000)]
    with (fork / "risks.csv").open("a", encoding="utf-8") as table:
        table.writelines(rows)
    result = check(fork / "fork.yaml")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 27
    assert "has more problems; the first 25 are listed" in result.stderr


def test_a_link_out_of_the_scenario_folders_is_refused(fork: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    shutil.copy(fork / "fork.yaml", outside / "secret.yaml")
    (fork / "innocent.yaml").symlink_to(outside / "secret.yaml")
    change(fork / "fork.yaml", "seed: 1", "base: innocent.yaml")
    assert "lies outside the folder of the scenario folders" in only_problem(fork / "fork.yaml")


@pytest.mark.parametrize("table", ["risks", "season"])
def test_a_table_that_is_a_link_out_of_the_scenario_folders_is_refused(
    fork: Path, tmp_path: Path, table: str
) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("password\n", encoding="utf-8")
    (fork / f"{table}.csv").unlink(missing_ok=True)
    (fork / f"{table}.csv").symlink_to(outside)
    line = only_problem(fork / "fork.yaml")
    assert f"{table}.csv: is a link that leads outside the folder of the scenario folders" in line
    assert "password" not in line


def test_a_table_that_is_a_link_to_a_folder_beside_is_read(fork: Path) -> None:
    shared = fork.parent / "shared"
    shared.mkdir()
    (fork / "risks.csv").rename(shared / "risks.csv")
    (fork / "risks.csv").symlink_to(shared / "risks.csv")
    assert check(fork / "fork.yaml").exit_code == 0


def test_what_a_file_says_cannot_steer_the_terminal(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", 'seed: 1\n"a\\e[31mb\\nc": 1')
    assert "a\\x1b[31mb\\nc" in only_problem(fork / "fork.yaml")


def test_neither_values_nor_names_of_files_steer_the_terminal(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", 'base: "x\\e[2J\\u202e.yaml"')
    assert "x\\x1b[2J\\u202e.yaml does not exist" in only_problem(fork / "fork.yaml")
    assert "no\\x1bthing.yaml: does not exist" in only_problem(fork / "no\x1bthing.yaml")


def test_bases_in_a_ring(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", "base: enforcement.yaml")
    assert "leads back to a file that is already in use" in only_problem(fork / "enforcement.yaml")


def test_all_problems_of_all_kinds_are_reported_at_once(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", "sead: 1\nclosures: [{legs: [hom_gate]}]\nparameters: {discout: 1}")
    change(fork / "risks.csv", "sand,leg,death,0.002", "sand,leg,death,-0.002")
    change(fork / "monitoring.csv", "to_libya,well_haven", "to_libya,wel_haven")
    result = check(fork / "fork.yaml")
    assert result.exit_code == 2
    problems = result.stderr.splitlines()
    assert problems[-1] == "5 problems"
    named = [Path(problem.split(": ")[0]).name for problem in problems[:-1]]
    assert named == ["fork.yaml:7", "fork.yaml:8", "fork.yaml:9", "risks.csv:4", "monitoring.csv:4"]


def test_problems_of_a_base_name_the_base(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", "sead: 1")
    line = only_problem(fork / "enforcement.yaml")
    assert "fork.yaml:7: sead: unknown key" in line
    assert "enforcement.yaml" not in line


def test_a_broken_table_does_not_drag_others_along(fork: Path) -> None:
    change(fork / "places.csv", "gate,Gate,NER", "gate,Gate,Niger")
    assert "places.csv:3: country: should match pattern" in only_problem(fork / "fork.yaml")


# What run and compare say before anything is simulated ---
def verb(name: str, *arguments: object) -> Result:
    return CliRunner().invoke(main, [name, *map(str, arguments)])


def test_run_and_compare_say_the_warnings_that_check_says(fork: Path) -> None:
    change(fork / "fork.yaml", "seed: 1", "seed: 1\nparameters: {discount: 0.5}")
    said = "parameters.discount: 0.5 is outside the range of parameters.csv, 0.8 to 0.98"
    assert said in check(fork / "fork.yaml").stderr
    done = verb("run", fork / "fork.yaml", "--scale", 0.1, "--out", fork / "one")
    assert (done.exit_code, done.stderr.count(said)) == (0, 1)
    both = [fork / "fork.yaml", fork / "enforcement.yaml"]
    done = verb("compare", *both, "--scale", 0.1, "--replicates", 1, "--out", fork / "two")
    assert (done.exit_code, done.stderr.count(said)) == (0, 1)
    assert done.stderr.startswith("warning: ")
    assert len(done.stderr.splitlines()) == 1, "no bars where nobody watches"


@pytest.mark.parametrize("scale", ["nan", "inf", "0", "-1", "1.5", "half"])
@pytest.mark.parametrize("name", ["run", "compare"])
def test_a_scale_out_of_range_is_a_usage_error(fork: Path, name: str, scale: str) -> None:
    files = [fork / "fork.yaml", fork / "enforcement.yaml"][: 1 if name == "run" else 2]
    done = verb(name, *files, "--scale", scale, "--out", fork / "out")
    assert done.exit_code == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert "Invalid value for '--scale'" in errors[0]
    assert scale in errors[0]
    assert not (fork / "out").exists()


def test_a_plan_that_cannot_be_is_refused_before_anything_else(fork: Path) -> None:
    change(fork / "enforcement.yaml", "base: fork.yaml", "base: fork.yaml\nperiod: {end: 2018-12-31}")
    files = [fork / "fork.yaml", fork / "enforcement.yaml"]
    for extra, said in ([], "covers another period"), (["--replicates", 0], "replicates must be at least 1"):
        done = verb("compare", *files, *extra, "--out", fork / "out")
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
        assert "runs" not in done.stderr
        assert not list(fork.glob("*out*"))
