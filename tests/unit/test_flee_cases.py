"""Displacement in small cases whose course is known: closures, camps, settings, scores by command, checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from flee_folders import CLOSURES, INPUT, VALIDATION, write_folder
from hypothesis import given
from hypothesis import strategies as st

from experiments.cli import main
from experiments.flee.checks import parameter_ends, perturbed, without_camp, without_sizes
from experiments.flee.page import COLUMNS, MARKS, _case_lines
from experiments.flee.page import main as page
from experiments.flee.validation import validate
from experiments.flee.write import write_tables
from simulation.displacement.arrivals import TooManyPeopleError
from simulation.displacement.case import DisplacementCase, Spawning
from simulation.displacement.files import DOCUMENT, load_case, write_case
from simulation.displacement.model import DisplacementModel
from simulation.displacement.observed import observed_camps
from simulation.displacement.parameters import DEFAULTS
from simulation.displacement.result import DisplacementResult
from simulation.errors import ResultError, ScenarioError
from simulation.importers.flee import read_flee_case
from simulation.spec.csv_rows import read_rows


def live(case: DisplacementCase, **how: float) -> DisplacementResult:
    return DisplacementModel(case, **how).run()  # type: ignore[arg-type]


def small(tmp_path: Path, **changed: str | None) -> DisplacementCase:
    return read_flee_case(write_folder(tmp_path / "small", **changed))


def moved_by(case: DisplacementCase, **spawning: object) -> DisplacementCase:
    return case.model_copy(update={"spawning": Spawning.model_validate(spawning)})


# Closures ---
def test_nobody_crosses_a_border_while_it_is_closed(tmp_path: Path) -> None:
    result = live(small(tmp_path))  # the border to Elm opens on day 6
    elm = result.toll.inside[:, 1]
    assert elm[:6].max() == 0
    assert elm[-1] > 0
    open_ = live(small(tmp_path / "open", closures__csv="#none\n"))
    assert open_.toll.inside[5, 1] > 0


def test_who_is_shut_in_is_stuck_and_goes_when_the_way_opens(tmp_path: Path) -> None:
    case = small(tmp_path, closures__csv=CLOSURES + "location,Ashford,,0,4\n")
    toll = live(case).toll
    assert toll.stranded[1:3].tolist() == (toll.people - toll.inside[0].sum())[1:3].tolist()
    assert (toll.in_conflict[1:4] >= toll.stranded[1:4]).all()
    assert toll.stranded[4:].max() == 0


def test_a_closed_road_carries_nobody_either_way(tmp_path: Path) -> None:
    result = live(small(tmp_path, closures__csv="link,Dale,Birch,0,-1\n"))
    legs = dict(zip(result.network.leg_names, result.counts.flow.sum(axis=0), strict=True))
    assert (legs["Birch>Dale"], legs["Dale>Birch"]) == (0, 0)
    assert legs["Birch>Cove"] > 0


def test_people_leave_a_camp_that_closes_and_none_enter_until_it_opens(tmp_path: Path) -> None:
    result = live(small(tmp_path, closures__csv="camp,Dale,,4,8\n"))
    dale = result.toll.inside[:, 0]
    assert dale[3] > 100
    assert dale[4:8].tolist() == [0] * 4
    assert result.toll.inside[-1, 1] > 300


def test_a_town_that_becomes_a_camp_takes_people_in_from_then_on(tmp_path: Path) -> None:
    layout = VALIDATION["data_layout.csv"] + "Birch,elm.csv\n"
    result = live(small(tmp_path, closures__csv="camp,Birch,,0,5\n", data_layout__csv=layout))
    birch = result.toll.inside[:, result.case.camps.index("Birch")]
    assert birch[:5].max() == 0
    assert birch[-1] > 0


# How many people, and from where ---
def test_day_0_is_in_the_camps_or_taken_off(tmp_path: Path) -> None:
    case = small(tmp_path)
    assert live(case).toll.inside[0].tolist()[0] == 100
    assert live(moved_by(case, day0="empty")).toll.people[0] == 0


def test_day_0_may_set_out_and_the_data_stay_as_they_are(tmp_path: Path) -> None:
    case = small(tmp_path)
    out = moved_by(case, day0="set_out")
    assert np.array_equal(observed_camps(out), observed_camps(case))
    toll = live(out).toll
    assert toll.people.tolist() == live(case).toll.people.tolist()
    assert toll.inside[0].sum() < toll.people[0] == 100


@pytest.mark.parametrize(
    ("mode", "amount", "first"), [("constant", 10, 10), ("pop_ratio", 0.001, 40), ("poisson", 30, None)]
)
def test_conflict_displaces_without_looking_at_the_data(
    mode: str, amount: float, first: int | None, tmp_path: Path
) -> None:
    # Ashford alone on day 0, 40,000 people at intensity 1; from day 3 on Cove too.
    case = moved_by(small(tmp_path), mode=mode, amount=amount, day0="empty")
    people = live(case, seed=4).toll.people
    assert first is None or people[0] == first
    assert people[-1] > people[3] > people[0] > 0


def test_old_conflicts_displace_fewer(tmp_path: Path) -> None:
    case = moved_by(
        small(tmp_path), mode="constant", amount=100, day0="empty", decay=(1.0, 0.5), decay_days=2
    )
    assert np.diff(live(case).toll.people, prepend=0)[:3].tolist() == [100, 100, 50]


def test_a_zone_that_has_lost_its_people_sends_no_more(tmp_path: Path) -> None:
    few = INPUT["locations.csv"].replace("40000", "60").replace("10000", "5000")
    case = small(tmp_path, locations__csv=few)
    origin = DisplacementModel(moved_by(case, takes_population=True)).origin
    ashford = case.places[0].name == "Ashford" and int((origin == 0).sum())
    assert ashford <= 60 + 200  # what leaves on one day is drawn together
    assert ashford < (DisplacementModel(case).origin == 0).sum()


@pytest.mark.parametrize(("mode", "amount"), [("constant", 9000), ("poisson", 9000), ("pop_ratio", 0.9)])
@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_conflict_takes_no_more_people_than_a_zone_has(
    mode: str, amount: float, scale: float, tmp_path: Path
) -> None:
    case = moved_by(small(tmp_path), mode=mode, amount=amount, takes_population=True)
    model = DisplacementModel(case, scale=scale)
    came = np.bincount(model.origin[model.start_days >= 0], minlength=len(case.places))
    # Ashford's 40,000 at intensity 1 on days 0-2: 9,000 a day, or 0.9, then 0.09, then 0.009 of all ...
    assert all(n <= p.population * scale for n, p in zip(came, case.places, strict=True))
    assert came[0] > 0.7 * 40_000 * scale
    if mode == "pop_ratio" and scale == 1.0:
        by_day = [int(((model.origin == 0) & (model.start_days == d)).sum()) for d in range(3)]
        assert by_day == [36_000, 3_600, 360]


@pytest.mark.parametrize("mode", ["constant", "poisson"])
def test_more_people_than_can_be_simulated_are_refused(mode: str, tmp_path: Path) -> None:
    with pytest.raises(TooManyPeopleError, match="at most"):
        live(moved_by(small(tmp_path), mode=mode, amount=1e12))


def test_a_share_of_people_is_that_share(tmp_path: Path) -> None:
    case = small(tmp_path)
    whole, half = live(case), live(case, scale=0.5)
    assert half.toll.people.tolist() == np.floor(whole.toll.people / 2).tolist()
    assert half.camps.to_numpy()[0].tolist() == [100.0, 0.0]


@pytest.mark.parametrize("how", [{"scale": 0.0}, {"scale": 1.5}, {"threads": 0}])
def test_impossible_runs_are_refused(how: dict[str, float], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must"):
        live(small(tmp_path), **how)


# The command ---
def test_a_case_is_scored_by_command_from_either_form(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "small")
    write_case(read_flee_case(folder), tmp_path / "ours")
    told = []
    for given_folder in (folder, tmp_path / "ours"):
        words = ["validate", "flee", str(given_folder), "--seeds", "3"]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        told.append(done.stdout)
    assert told[0] == told[1]
    for words in ("this model", "shares of capacities", "shares of day", "values of day", "turned away"):
        assert words in told[0]


def test_scores_are_written_and_the_naive_ones_are_as_defined(tmp_path: Path) -> None:
    folder, out = write_folder(tmp_path / "small"), tmp_path / "scores"
    done = CliRunner().invoke(main, ["validate", "flee", str(folder), "--seeds", "2", "--out", str(out)])
    assert done.exit_code == 0, done.output
    scores = pd.read_csv(out / "scores.csv").set_index("forecast")
    found = validate(read_flee_case(folder), 2)
    d = found.observed
    capacity = d.sum(axis=1, keepdims=True) * np.array([900.0, 600.0]) / 1500.0
    expected = (np.abs(capacity - d).sum(axis=1) / d.sum(axis=1)).mean()
    assert scores.loc["shares of capacities", "rescaled"] == pytest.approx(expected, rel=1e-5)
    own = [(np.abs(s - d).sum(axis=1) / d.sum(axis=1)).mean() for s in found.forecast]
    assert scores.loc["this model", "difference"] == pytest.approx(np.mean(own), rel=1e-5)
    days = pd.read_csv(out / "days.csv")
    assert len(days) == 10
    dale = found.forecast[:, :, 0]
    assert days["Dale forecast"].to_numpy() == pytest.approx(dale.mean(axis=0))
    assert days["Dale forecast sd"].to_numpy() == pytest.approx(dale.std(axis=0, ddof=1))
    assert days["Dale error"].to_numpy() == pytest.approx(np.abs(dale / d[:, 0] - 1).mean(axis=0))
    # Flee's raw count: everything that the layout lists on day 0, 120 in all and 100 in camps.
    gap = np.abs(found.forecast - d).sum(axis=2).mean(axis=0)
    assert days["Total error"].to_numpy() == pytest.approx(gap / (d.sum(axis=1) + 120))
    camps = pd.read_csv(out / "camps.csv").set_index("camp")
    assert camps["forecast_end_sd"].to_numpy() == pytest.approx(found.forecast[:, -1].std(axis=0, ddof=1))
    assert camps["adds"].sum() == pytest.approx(scores.loc["this model", "rescaled"])
    again = CliRunner().invoke(main, ["validate", "flee", str(folder), "--seeds", "2", "--out", str(out)])
    assert again.exit_code == 2


def test_names_of_camps_are_text_in_tables_and_on_the_terminal(tmp_path: Path) -> None:
    formula, steering = "=1+1", "Elm\x1b[2J"
    renamed = {
        f"{file.replace('.', '__')}": text.replace("Dale", formula)
        .replace("Elm", steering)
        .replace('"#', "#")
        for file, text in {**INPUT, **VALIDATION}.items()
    }
    folder, out = write_folder(tmp_path / "small", **renamed), tmp_path / "scores"
    done = CliRunner().invoke(main, ["validate", "flee", str(folder), "--seeds", "1", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert pd.read_csv(out / "camps.csv")["camp"].tolist() == ["'=1+1", "Elm\\x1b[2J"]
    assert "'=1+1 observed" in pd.read_csv(out / "days.csv").columns


def test_tables_keep_every_person(tmp_path: Path) -> None:
    many = "2020-01-01,3810395\n"
    case = small(tmp_path, dale__csv=many, registration_corrections__csv=None)
    write_tables(validate(case, 1, scale=0.001), tmp_path / "scores")
    assert pd.read_csv(tmp_path / "scores" / "camps.csv")["observed_end"].tolist()[0] == 3810395


def test_a_case_without_anybody_cannot_be_scored(tmp_path: Path) -> None:
    nobody = "2020-01-01,0\n"
    case = small(tmp_path, dale__csv=nobody, elm__csv=nobody, registration_corrections__csv=None)
    with pytest.raises(ResultError, match="nobody is observed"):
        validate(case, 1)


# Checks ---
def test_leaving_a_camp_out_leaves_its_people_out(tmp_path: Path) -> None:
    rest = without_camp(small(tmp_path), "Dale")
    assert rest.camps == ("Elm",)
    found = validate(rest, 1)
    assert found.observed[-1].tolist() == [300.0]
    assert found.forecast[0][-1].sum() <= 300


def test_hidden_sizes_and_moved_inputs_change_what_they_say(tmp_path: Path) -> None:
    case = small(tmp_path)
    assert [p.capacity for p in without_sizes(case, ("Dale",)).places if p.is_camp] == [None, 600]
    moved = perturbed(case, 1)
    assert moved == perturbed(case, 1) != perturbed(case, 2)
    assert [r.km for r in moved.roads] != [r.km for r in case.roads]
    assert (moved.observed, moved.conflicts) == (case.observed, case.conflicts)
    assert [name for name, _, _ in parameter_ends(case, 1)] == list(DEFAULTS)


def test_the_page_has_every_case_beside_flee_and_keeps_its_words(tmp_path: Path) -> None:
    folders = [str(write_folder(tmp_path / name)) for name in ("one", "two")]
    peer, stem = tmp_path / "peer.csv", tmp_path / "flee"
    peer.write_text("case,rescaled\none,0.5000\n")
    stem.with_suffix(".md").write_text(f"# Mine\n\nWords.\n\n{MARKS[0]}\nold\n{MARKS[1]}\n\nThe end.\n")
    words = [str(stem), *folders, "--seeds", "2", "--check-seeds", "1", "--peer", str(peer)]
    done = CliRunner().invoke(page, words)
    assert done.exit_code == 0, done.output
    text = stem.with_suffix(".md").read_text()
    assert text.startswith("# Mine\n\nWords.\n")
    assert text.endswith("\nThe end.\n")
    assert "\nold\n" not in text
    table = pd.read_csv(stem.with_suffix(".csv")).set_index("case")
    assert table.loc["one", "flee"] == 0.5
    assert np.isnan(table.loc["two", "flee"])
    assert f"| one | 2 | 10 | {table.loc['one', 'ours']:.3f} " in text
    assert "Median over 1 case: " in text


def test_the_median_is_given_without_the_development_case_too() -> None:
    rows = [dict.fromkeys(COLUMNS, 0.0) | {"case": name, "ours": ours, "flee": flee}
            for name, ours, flee in (("mali2012", 0.1, 0.5), ("one", 0.4, 0.3), ("two", 0.6, 0.9))]  # fmt: skip
    lines = list(_case_lines(rows))
    assert "Median over 3 cases: 0.400 beside Flee's 0.500; at or below Flee's in 2 of 3." in lines
    assert "Without mali2012, a development case: median over 2 cases: 0.500 beside Flee's 0.600." in lines


# Our own form ---
BROKEN = {
    "an unknown key": (DOCUMENT, "name: small", "nam: small", "nam"),
    "an unknown parameter": (DOCUMENT, "parameters: {}", "parameters: {speed: 3}", "speed is no parameter"),
    "an impossible parameter": (DOCUMENT, "parameters: {}", "parameters: {km_per_day: 0}", "must be above 0"),
    "a road to nowhere": (
        "roads.csv",
        "Birch,Dale",
        "Birch,Dover",
        "roads name places that are not there: Dover",
    ),
    "a kind that is none": ("places.csv", "town", "village", "places.csv:3: kind"),
    "dates that fall": ("observed.csv", "2020-01-10", "2019-01-10", "dates must rise"),
    "more days than are run": (DOCUMENT, "days: 10", "days: 1000000000", "36500"),
    "a start at the end of time": (DOCUMENT, "start: '2020", "start: '9999", "must lie in the years"),
    "more people than there are": ("places.csv", "40000.0", "1e308", "places.csv:2: population"),
    "a day that is none": ("conflicts.csv", "Ashford,0,", "Ashford,zero,", "conflicts.csv:2: first_day"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scenario_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    file, old, new, words = BROKEN[name]
    write_case(small(tmp_path), tmp_path / "ours")
    path = tmp_path / "ours" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ScenarioError, match=words):
        load_case(tmp_path / "ours")


def test_totals_without_a_conflict_are_refused(tmp_path: Path) -> None:
    write_case(small(tmp_path), tmp_path / "ours")
    (tmp_path / "ours" / "conflicts.csv").write_text("#place,first_day,last_day,intensity\nAshford,90,99,1\n")
    with pytest.raises(ScenarioError, match="no place is in conflict on any day"):
        load_case(tmp_path / "ours")


def test_a_scenario_that_repeats_itself_is_not_repeated(tmp_path: Path) -> None:
    write_case(small(tmp_path), tmp_path / "ours")
    path = tmp_path / "ours" / DOCUMENT
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    path.write_text("\n".join(levels) + "\n" + path.read_text().replace("name: small", "name: *a8"))
    with pytest.raises(ScenarioError) as caught:
        load_case(tmp_path / "ours")
    assert len(str(caught.value)) < 5000


# Any damage ---
@given(data=st.data())
def test_a_damaged_folder_is_read_or_refused_in_plain_words(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_folder(tmp_path_factory.mktemp("case") / "small")
    file = data.draw(st.sampled_from(sorted(p for p in folder.rglob("*.csv"))))
    lines = file.read_text().splitlines()
    i = data.draw(st.integers(0, len(lines) - 1))
    cells = lines[i].split(",")
    j = data.draw(st.integers(0, len(cells) - 1))
    junk = st.sampled_from(
        ["", "-1", "x", "1e999", "nan", '"', "#", "2020-02-30", "Dale", "9" * 30, "0", "\u2028"]
    )
    cells[j] = data.draw(junk)
    lines[i] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        case = read_flee_case(folder)
    except ScenarioError as error:
        assert all(problem.message for problem in error.problems)
        return
    toll = live(case).toll
    assert (np.diff(toll.people) >= 0).all()


def test_rows_keep_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text('\n"#name", b\n\n"a, b" ,"two\nlines"\n# comment\nlast,\n')
    header, rows = read_rows(file)
    assert header == ["name", "b"]
    assert [(row.line, row.cells) for row in rows] == [(4, ("a, b", "two\nlines")), (7, ("last", ""))]
